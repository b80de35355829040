//! `sleepable list` and `sleepable show`.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::console::Console;
use super::find::{self, Ready};
use super::{Exit, OutputFormat};
use crate::diag::Diagnostic;
use crate::diag::catalogue::input::NOTHING_TO_RUN;
use crate::{file, library};

pub(super) fn list(paths: &[PathBuf], format: OutputFormat, console: &mut Console) -> Exit {
    let everything = [PathBuf::from(library::PREFIX)];
    let found = find::scenarios(if paths.is_empty() { &everything } else { paths });
    if found.is_empty() {
        console.diagnostic(&Diagnostic::error(NOTHING_TO_RUN, "there is no scenario (*.toml) here"));
        return Exit::NothingToRun;
    }
    let mut exit = Exit::Success;
    let mut rows: Vec<Ready> = Vec::new();
    for one in found {
        match find::ready(one, console) {
            Some(ready) => rows.push(ready),
            None => exit = Exit::BadInput,
        }
    }
    let name = |ready: &Ready| {
        ready
            .source
            .path
            .strip_suffix(".toml")
            .filter(|path| path.starts_with(library::PREFIX))
            .unwrap_or(&ready.source.path)
            .to_owned()
    };
    let width = rows.iter().map(|ready| name(ready).chars().count()).max().unwrap_or(0);
    for ready in &rows {
        let question = ready.scenario.question.as_ref().map_or("", |question| question.as_str());
        match format {
            OutputFormat::Text => console.line(format!("{:<width$}  {question}", name(ready)).trim_end()),
            OutputFormat::Json => {
                let kernels: Vec<&str> =
                    ready.scenario.kernels().into_iter().map(|kernel| kernel.name()).collect();
                let title = ready.scenario.title();
                let line = json!({ "file": name(ready), "scenario": title, "question": question, "kernels": kernels });
                console.line(&line.to_string());
            }
        }
    }
    exit
}

pub(super) fn show(path: &Path, console: &mut Console) -> Exit {
    let mut exit = Exit::Success;
    let found = find::scenarios(&[path.to_path_buf()]);
    if found.is_empty() {
        console.diagnostic(&Diagnostic::error(NOTHING_TO_RUN, "there is no scenario (*.toml) here"));
        return Exit::NothingToRun;
    }
    for one in found {
        match find::ready(one, console) {
            Some(ready) => console.out(&file::to_toml(&ready.scenario)),
            None => exit = Exit::BadInput,
        }
    }
    exit
}

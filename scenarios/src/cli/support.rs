//! `sleepable support`: what is modelled, per kernel profile. The lists come from the tables that run programs, so they
//! cannot be out of date.

use std::collections::BTreeMap;

use programs::profile::Profile;
use programs::profile::support::{Bodies, Level, Subject, support};
use serde_json::json;

use super::console::Console;
use super::{Exit, OutputFormat};
use crate::file::Kernel;

/// What has a body, by the tables of the crates that run it.
struct Modelled;

impl Bodies for Modelled {
    fn executes(&self, _: &Profile, subject: Subject, name: &str) -> bool {
        match subject {
            Subject::Helper => programs::helpers::is_modelled(name),
            Subject::Kfunc => programs::kfuncs::position(name).is_some(),
            Subject::Map => maps::create::modelled_types().any(|known| known == name),
            Subject::ProgType | Subject::LsmHook => crate::run::executes_hook(subject, name),
        }
    }
}

const SUBJECTS: &[(Subject, &str)] = &[
    (Subject::Helper, "helpers"),
    (Subject::Kfunc, "kfuncs"),
    (Subject::Map, "maps"),
    (Subject::ProgType, "program types"),
    (Subject::LsmHook, "LSM hooks"),
];

const LEGEND: &str = "\
yes   load-time rules and run-time behaviour are modelled
load  load-time rules only: running it is reported as not modelled (F0009)
-     this kernel does not have it
";

pub(super) fn run(kernels: &[Kernel], format: OutputFormat, console: &mut Console) -> Exit {
    let mut levels: BTreeMap<(Subject, &'static str), BTreeMap<Kernel, Level>> = BTreeMap::new();
    for kernel in kernels {
        for line in support(&Profile::new(kernel.version()), &Modelled) {
            levels.entry((line.subject, line.name)).or_default().insert(*kernel, line.level);
        }
    }
    let level = |row: &BTreeMap<Kernel, Level>, kernel| row.get(kernel).copied().unwrap_or(Level::Absent);
    if format == OutputFormat::Json {
        for ((subject, name), row) in &levels {
            let kernels: serde_json::Map<_, _> =
                kernels.iter().map(|k| (k.name().to_owned(), json!(word(level(row, k))))).collect();
            console.line(&json!({ "kind": title(*subject), "name": name, "kernels": kernels }).to_string());
        }
        return Exit::Success;
    }
    let width = levels.keys().map(|(_, name)| name.len()).max().unwrap_or(0);
    let mut text = LEGEND.to_owned();
    for (subject, title) in SUBJECTS {
        let names: Vec<String> = kernels.iter().map(|kernel| format!("{:<5}", kernel.name())).collect();
        text += format!("\n{:<width$}  {}", title.to_uppercase(), names.join(" ")).trim_end();
        text.push('\n');
        for ((_, name), row) in levels.iter().filter(|((of, _), _)| of == subject) {
            let cells: Vec<String> =
                kernels.iter().map(|kernel| format!("{:<5}", word(level(row, kernel)))).collect();
            text += format!("{name:<width$}  {}", cells.join(" ")).trim_end();
            text.push('\n');
        }
    }
    console.out(&text);
    Exit::Success
}

fn title(subject: Subject) -> &'static str {
    SUBJECTS.iter().find(|(of, _)| *of == subject).map_or("", |(_, title)| title)
}

fn word(level: Level) -> &'static str {
    match level {
        Level::Executed => "yes",
        Level::KnownNotModelled => "load",
        Level::Absent => "-",
    }
}

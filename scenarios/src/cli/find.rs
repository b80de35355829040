//! Finds scenarios: files, directories (every `*.toml` below), `lib:NAME` and `lib:` for the embedded library.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::console::Console;
use crate::diag::catalogue::input::UNREADABLE;
use crate::diag::{Diagnostic, Source, suggest};
use crate::file::{self, Scenario};
use crate::inputs::{self, Origin};
use crate::library;

/// A scenario that was found: its text, or why it cannot be read.
pub(super) struct Found {
    pub origin: Origin,
    pub source: Result<Arc<Source>, Diagnostic>,
}

/// A scenario without errors.
pub(super) struct Ready {
    pub scenario: Scenario,
    pub source: Arc<Source>,
    pub origin: Origin,
}

/// Everything the arguments name, directories in alphabetical order.
pub(super) fn scenarios(paths: &[PathBuf]) -> Vec<Found> {
    let mut found = Vec::new();
    for path in paths {
        match path.to_str().and_then(|text| text.strip_prefix(library::PREFIX)) {
            Some("") => found.extend(library::scenarios().map(|(name, text)| embedded(name, text))),
            Some(name) => found.push(from_library(name)),
            None if path.is_dir() => found.extend(in_directory(path).iter().map(|file| on_disk(file))),
            None => found.push(on_disk(path)),
        }
    }
    found
}

fn embedded(name: &str, text: &str) -> Found {
    let source = Source::new(format!("{}{name}.toml", library::PREFIX), text);
    Found { origin: Origin::Library, source: Ok(source) }
}

fn from_library(name: &str) -> Found {
    let wanted = name.strip_suffix(".toml").unwrap_or(name);
    if let Some((name, text)) = library::scenarios().find(|(known, _)| *known == wanted) {
        return embedded(name, text);
    }
    let hint = suggest::closest(wanted, library::scenarios().map(|(name, _)| name));
    let diagnostic = Diagnostic::error(UNREADABLE, format!("the library has no scenario `{wanted}`"))
        .maybe_help(hint.map(|name| format!("did you mean `lib:{name}`?")))
        .help("`sleepable list` shows the library");
    Found { origin: Origin::Library, source: Err(diagnostic) }
}

fn on_disk(path: &Path) -> Found {
    let directory = path.parent().map_or_else(PathBuf::new, Path::to_path_buf);
    Found { origin: Origin::Disk(directory), source: inputs::read_scenario(path) }
}

/// Every `*.toml` below a directory. What cannot be listed is an empty directory: its files are not there to be run.
fn in_directory(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(directory) else { return Vec::new() };
    let mut entries: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    entries.sort();
    let mut files = Vec::new();
    for path in entries {
        // Links are not followed into directories, so that a loop of links ends.
        match path.symlink_metadata() {
            Ok(metadata) if metadata.is_dir() => files.extend(in_directory(&path)),
            Ok(_) if path.extension().is_some_and(|extension| extension == "toml") => files.push(path),
            _ => {}
        }
    }
    files
}

/// Reads and checks; prints what is wrong.
pub(super) fn ready(found: Found, console: &Console) -> Option<Ready> {
    let source = match found.source {
        Ok(source) => source,
        Err(diagnostic) => {
            console.diagnostic(&diagnostic);
            return None;
        }
    };
    let (scenario, diagnostics) = file::parse(&source);
    diagnostics.iter().for_each(|diagnostic| console.diagnostic(diagnostic));
    let sound = !diagnostics.iter().any(Diagnostic::is_error);
    scenario.filter(|_| sound).map(|scenario| Ready { scenario, source, origin: found.origin })
}

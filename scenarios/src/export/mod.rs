//! Readers of the event stream that write files: ftrace-like text, JSON lines, Perfetto, a picture.

pub mod jsonl;
pub mod perfetto;
pub mod proto;
pub mod svg;
pub mod text;

use std::io::{self, Write};
use std::path::Path;

use crate::diag::Diagnostic;
use crate::diag::catalogue::input::TRACE_FORMAT;
use crate::file::Scenario;
use crate::result::RunResult;

/// What a trace is of.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// The scenario's name.
    pub name: &'a str,
    /// What it asks.
    pub question: Option<&'a str>,
}

impl<'a> About<'a> {
    /// A run of this scenario.
    pub fn of(scenario: &'a Scenario) -> About<'a> {
        About {
            name: scenario.title(),
            question: scenario.question.as_ref().map(|question| question.as_str()),
        }
    }
}

/// A trace format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Text,
    JsonLines,
    Perfetto,
    Picture,
}

/// File extensions and their formats.
pub const EXTENSIONS: &[(&str, Format, &str)] = &[
    ("txt", Format::Text, "text as ftrace prints it"),
    ("jsonl", Format::JsonLines, "one JSON object per event"),
    ("pftrace", Format::Perfetto, "opens in ui.perfetto.dev"),
    ("perfetto-trace", Format::Perfetto, "opens in ui.perfetto.dev"),
    ("svg", Format::Picture, "a picture"),
];

impl Format {
    /// The format that a file name asks for.
    pub fn of(path: &Path) -> Result<Format, Diagnostic> {
        let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        EXTENSIONS.iter().find(|(name, ..)| *name == extension).map(|(_, format, _)| *format).ok_or_else(
            || {
                let message = match extension.as_str() {
                    "" => format!(
                        "`{}` has no extension that says which trace format is wanted",
                        path.display()
                    ),
                    _ => format!("no trace format is called `.{extension}`"),
                };
                let possible: Vec<String> =
                    EXTENSIONS.iter().map(|(name, _, what)| format!(".{name} ({what})")).collect();
                Diagnostic::error(TRACE_FORMAT, message).help(format!("possible: {}", possible.join(", ")))
            },
        )
    }

    /// Writes the trace of one run.
    pub fn write(self, about: &About<'_>, result: &RunResult, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Format::Text => text::write(about.name, result, out),
            Format::JsonLines => jsonl::write(about.name, result, out),
            Format::Perfetto => out.write_all(&perfetto::encode(result)),
            Format::Picture => svg::write(about, result, out),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;

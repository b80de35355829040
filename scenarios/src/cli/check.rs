//! `sleepable check`: which programs of an object each kernel loads.

use serde_json::{Value as Json, json};

use super::console::Console;
use super::{CheckArgs, Exit, OutputFormat};
use crate::diag::Diagnostic;
use crate::diag::catalogue::input::NOTHING_TO_RUN;
use crate::diag::catalogue::notes::{REJECTED, SKIPPED, UNDECIDED};
use crate::file::{Kernel, Ret};
use crate::inputs;
use crate::verdict::{self, Report, Row, Verdict};

const GREEN: u8 = 32;
const RED: u8 = 31;
const YELLOW: u8 = 33;

pub(super) fn run(args: &CheckArgs, console: &mut Console) -> Exit {
    let mut exit = Exit::Success;
    for path in &args.objects {
        if console.is_closed() {
            break;
        }
        let shown = path.display().to_string();
        let report = inputs::read_binary(path)
            .and_then(|bytes| verdict::read_object(&bytes, &shown))
            .map(|object| verdict::judge(&object, &args.kernel.0));
        exit = exit.and(match report {
            Ok(report) => show(&shown, &report, args, console),
            Err(diagnostic) => {
                console.diagnostic(&diagnostic);
                Exit::BadInput
            }
        });
    }
    exit
}

fn show(path: &str, report: &Report, args: &CheckArgs, console: &mut Console) -> Exit {
    for (section, reason) in &report.skipped {
        let message = format!("section `{section}` was left out: {reason}");
        console.diagnostic(&Diagnostic::warning(SKIPPED, message).at_path(path));
    }
    if report.rows.is_empty() {
        console
            .diagnostic(&Diagnostic::error(NOTHING_TO_RUN, "the object contains no program").at_path(path));
        return Exit::NothingToRun;
    }
    match args.format {
        OutputFormat::Json => {
            report.rows.iter().for_each(|row| console.line(&json_row(path, row).to_string()))
        }
        OutputFormat::Text => {
            let text = table(path, &report.rows, &args.kernel.0, console);
            console.out(&text);
            reasons(&report.rows, console);
        }
    }
    let sound = report.rows.iter().all(|row| row.verdict == Verdict::Accept);
    if sound { Exit::Success } else { Exit::Failed }
}

fn json_row(path: &str, row: &Row) -> Json {
    let (verdict, errno, reason, source) = match &row.verdict {
        Verdict::Accept => ("accept", None, None, None),
        Verdict::Reject { errno, reason, source } => ("reject", Some(errno), Some(reason), source.as_ref()),
        Verdict::Unknown { reason } => ("unknown", None, Some(reason), None),
    };
    json!({
        "file": path,
        "program": row.program,
        "section": row.section,
        "kernel": row.kernel.name(),
        "verdict": verdict,
        "errno": errno,
        "reason": reason,
        "source": source.map(|line| json!({ "file": line.file, "line": line.line, "column": line.column })),
    })
}

/// One line per program, one column per kernel.
fn table(path: &str, rows: &[Row], kernels: &[Kernel], console: &Console) -> String {
    let width = |of: fn(&Row) -> &str, title: &str| {
        rows.iter().map(|r| of(r).len()).max().unwrap_or(0).max(title.len())
    };
    let (programs, sections) = (width(|r| &r.program, "program"), width(|r| &r.section, "section"));
    let titles: Vec<String> = kernels.iter().map(|kernel| format!("{:<8}", kernel.name())).collect();
    let mut text =
        format!("{path}\n  {:<programs$}  {:<sections$}  {}", "program", "section", titles.join("  "));
    text = format!("{}\n", text.trim_end());
    for program in rows.chunks(kernels.len()) {
        let cells: Vec<String> = program.iter().map(|row| cell(&row.verdict, console)).collect();
        let line = format!(
            "  {:<programs$}  {:<sections$}  {}",
            program[0].program,
            program[0].section,
            cells.join("  ")
        );
        text += &format!("{}\n", line.trim_end());
    }
    text
}

fn cell(verdict: &Verdict, console: &Console) -> String {
    match verdict {
        Verdict::Accept => console.paint(GREEN, "accept  "),
        Verdict::Reject { .. } => console.paint(RED, "reject  "),
        Verdict::Unknown { .. } => console.paint(YELLOW, "unknown "),
    }
}

/// The kernels' words, each once with the kernels that say it.
fn reasons(rows: &[Row], console: &mut Console) {
    let mut said: Vec<(&Row, Vec<&str>)> = Vec::new();
    for row in rows.iter().filter(|row| row.verdict != Verdict::Accept) {
        match said.iter_mut().find(|(other, _)| other.program == row.program && other.verdict == row.verdict)
        {
            Some((_, kernels)) => kernels.push(row.kernel.name()),
            None => said.push((row, vec![row.kernel.name()])),
        }
    }
    for (row, kernels) in said {
        let on = kernels.join(", ");
        let diagnostic = match &row.verdict {
            Verdict::Reject { errno, reason, source } => {
                let message = format!("`{}` is rejected by {on} with {}: {reason}", row.program, Ret(*errno));
                let diagnostic = Diagnostic::error(REJECTED, message);
                match source {
                    Some(line) => diagnostic.at_path(format!("{}:{}:{}", line.file, line.line, line.column)),
                    None => diagnostic,
                }
            }
            Verdict::Unknown { reason } => Diagnostic::warning(
                UNDECIDED,
                format!("`{}` cannot be judged for {on}: {reason}", row.program),
            ),
            Verdict::Accept => continue,
        };
        console.difference(&diagnostic);
    }
}

//! The table of programs and kernels, with differences between versions marked and explained.
//!
//! Key function: [`table`].

use super::{Report, Row, Verdict, compare, printable};
use crate::file::Kernel;

/// How a word is coloured.
pub type Paint<'a> = &'a dyn Fn(&Verdict, &str) -> String;

/// Width of a cell: `reject V0001*`.
const CELL: usize = 13;

/// One line per program, one column per kernel, and below it what changes between versions.
pub fn table(report: &Report, paint: Paint<'_>) -> String {
    let width = |of: fn(&Row) -> &str, title: &str| {
        report.rows.iter().map(|row| of(row).chars().count()).max().unwrap_or(0).max(title.len())
    };
    let (programs, sections) = (width(|r| &r.program, "program"), width(|r| &r.section, "section"));
    let titles: Vec<String> =
        report.kernels.iter().map(|kernel| format!("{:<CELL$}", kernel.name())).collect();
    let head = format!("  {:<programs$}  {:<sections$}  {}", "program", "section", titles.join("  "));
    let mut text = format!("{}\n{}\n", printable(&report.path), head.trim_end());
    let mut notes = String::new();
    for rows in report.programs() {
        let changes = compare::differences(rows);
        let cells: Vec<String> = rows
            .iter()
            .enumerate()
            .map(|(at, row)| cell(&row.verdict, changes.iter().any(|(changed, _)| *changed == at), paint))
            .collect();
        let line = format!(
            "  {:<programs$}  {:<sections$}  {}",
            printable(&rows[0].program),
            printable(&rows[0].section),
            cells.join("  ")
        );
        text += &format!("{}\n", line.trim_end());
        for (_, change) in changes {
            notes += &format!("  * {}: {change}\n", rows[0].program);
        }
    }
    report.kernels.iter().for_each(|kernel| notes += &held_back(report, *kernel));
    if notes.is_empty() { text } else { format!("{text}\n{notes}") }
}

/// Accepted programs that are not loaded all the same: one of those with which they fill a struct_ops variable is refused.
fn held_back(report: &Report, kernel: Kernel) -> String {
    let row = |name: &String| report.rows.iter().find(|row| row.program == *name && row.kernel == kernel);
    let mut text = String::new();
    for (variable, programs) in &report.together {
        let refused =
            programs.iter().find(|name| row(name).is_some_and(|row| row.verdict.refusal().is_some()));
        let accepted =
            programs.iter().filter(|name| row(name).is_some_and(|row| row.verdict == Verdict::Accept));
        if let (Some(refused), count @ 1..) = (refused, accepted.count()) {
            text += &format!(
                "  ! {}: `{refused}` is refused, so libbpf loads no program of `{variable}`, not even what is accepted ({count})\n",
                kernel.name()
            );
        }
    }
    text
}

fn cell(verdict: &Verdict, differs: bool, paint: Paint<'_>) -> String {
    let word = match verdict.refusal() {
        Some(refusal) => format!("reject {}", refusal.code),
        None => verdict.word().to_owned(),
    };
    let mark = if differs { "*" } else { "" };
    let padding = " ".repeat(CELL - word.len() - mark.len());
    format!("{}{mark}{padding}", paint(verdict, &word))
}

/// "6 programs on 4 kernels: 20 accepted, 4 rejected".
pub fn summary(reports: &[&Report]) -> String {
    let count = |word: &str| -> usize {
        reports.iter().flat_map(|r| &r.rows).filter(|row| row.verdict.word() == word).count()
    };
    let programs: usize = reports.iter().map(|report| report.programs().count()).sum();
    let kernels = reports.first().map_or(0, |report| report.kernels.len());
    let counted =
        |number: usize, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
    let mut parts = vec![format!("{} accepted", count("accept")), format!("{} rejected", count("reject"))];
    if count("unknown") > 0 {
        parts.push(format!("{} unknown", count("unknown")));
    }
    format!("{} on {}: {}", counted(programs, "program"), counted(kernels, "kernel"), parts.join(", "))
}

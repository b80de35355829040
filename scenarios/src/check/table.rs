//! The table of programs and kernels, with the first difference between versions marked and explained.
//!
//! Key function: [`table`].

use super::{Report, Row, Verdict, compare, printable};

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
        let first = compare::difference(rows);
        let cells: Vec<String> = rows
            .iter()
            .enumerate()
            .map(|(at, row)| cell(&row.verdict, first.as_ref().is_some_and(|(first, _)| *first == at), paint))
            .collect();
        let line = format!(
            "  {:<programs$}  {:<sections$}  {}",
            printable(&rows[0].program),
            printable(&rows[0].section),
            cells.join("  ")
        );
        text += &format!("{}\n", line.trim_end());
        if let Some((_, change)) = first {
            notes += &format!("  * {}: {change}\n", rows[0].program);
        }
    }
    if notes.is_empty() { text } else { format!("{text}\n{notes}") }
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

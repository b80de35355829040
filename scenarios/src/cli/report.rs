//! What `run` prints about one run: a table for people, one JSON object for programs.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::console::Console;
use crate::diag::Diagnostic;
use crate::file::{Dur, Ret, Scenario};
use crate::result::{LoadResult, ProgramResult, ProgramRun, RunResult};

const GREEN: u8 = 32;
const RED: u8 = 31;
/// Longest schedule that is printed for people.
const SCHEDULE_SHOWN: usize = 400;

/// One line, or for a single scenario the whole story.
pub(super) fn text(
    scenario: &Scenario,
    result: &RunResult,
    failed: bool,
    detailed: bool,
    console: &Console,
) -> String {
    let word = if failed { console.paint(RED, "FAILED") } else { console.paint(GREEN, "ok") };
    let runs: usize = result.programs.iter().map(|program| program.runs.len()).sum();
    let line = format!(
        "{word}  {}  kernel {}: {runs} program runs, {} events in {} of virtual time\n",
        scenario.title(),
        result.kernel,
        result.events.len(),
        Dur(result.end_ns)
    );
    if !detailed {
        return line;
    }
    let question =
        scenario.question.as_ref().map_or(String::new(), |question| format!("{}\n\n", question.value));
    let parts = [programs(result), printed(result), expected_findings(scenario, result), schedule(result)];
    format!("{question}{}{line}", parts.concat())
}

/// What `--schedule` takes to repeat the run, when there was anything to choose.
fn schedule(result: &RunResult) -> String {
    let text = result.schedule.to_string();
    match text.len() {
        _ if result.schedule.choices.is_empty() => String::new(),
        0..=SCHEDULE_SHOWN => format!("  schedule: {text}\n\n"),
        more => format!("  schedule: {more} characters, see --format json\n\n"),
    }
}

/// A table with one line per program.
fn programs(result: &RunResult) -> String {
    if result.programs.is_empty() {
        return String::new();
    }
    let header = ["program", "returned", "runs", "missed", "slept", "blocked", "minor", "major"];
    let mut rows: Vec<[String; 8]> = vec![header.map(str::to_owned)];
    rows.extend(result.programs.iter().map(row));
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| match column {
            0 | 1 => format!("{cell:<width$}"),
            _ => format!("{cell:>width$}"),
        });
        let line = cells.collect::<Vec<_>>().join("  ");
        let _ = writeln!(text, "  {}", line.trim_end());
    }
    text + "\n"
}

fn row(program: &ProgramResult) -> [String; 8] {
    let sum = |of: fn(&ProgramRun) -> u64| program.runs.iter().map(of).sum::<u64>();
    let blocked = sum(|run| run.blocked_ns);
    [
        program.name.clone(),
        returned(program),
        program.runs.len().to_string(),
        program.missed.to_string(),
        sum(|run| run.sleeps).to_string(),
        if blocked == 0 { "-".to_owned() } else { Dur(blocked).to_string() },
        sum(|run| run.minor_faults).to_string(),
        sum(|run| run.major_faults).to_string(),
    ]
}

/// The distinct return values in order of first appearance, or why there are none.
fn returned(program: &ProgramResult) -> String {
    match &program.load {
        LoadResult::Rejected { errno, message, .. } => {
            return format!("rejected, {}: {message}", Ret(*errno));
        }
        LoadResult::Unknown(what) => return format!("not loaded, unknown: {what}"),
        LoadResult::Accepted => {}
    }
    let mut values: Vec<String> = Vec::new();
    for run in &program.runs {
        let value = run.returned.map_or("still running".to_owned(), |value| Ret(value).to_string());
        if !values.contains(&value) {
            values.push(value);
        }
    }
    match values.len() {
        0 => "never ran".to_owned(),
        1..=4 => values.join(", "),
        more => format!("{}, … ({more} values)", values[..3].join(", ")),
    }
}

fn printed(result: &RunResult) -> String {
    let lines: Vec<String> = result.printk.iter().take(20).map(|line| format!("  | {line}\n")).collect();
    match result.printk.len() {
        0 => String::new(),
        1..=20 => format!("  printed:\n{}\n", lines.concat()),
        more => format!("  printed ({more} lines, the first 20):\n{}\n", lines.concat()),
    }
}

/// Findings that the scenario expects, as the kernel would print them; the others are reported as differences.
fn expected_findings(scenario: &Scenario, result: &RunResult) -> String {
    let some = scenario.expect.some_findings.iter().map(|finding| &finding.code);
    let expected: Vec<&str> =
        scenario.expect.findings.as_slice().iter().chain(some).map(|code| code.0.as_str()).collect();
    let mut text = String::new();
    for finding in result.findings.iter().filter(|f| expected.contains(&f.code.0)) {
        let _ = writeln!(text, "  finding {}, as expected:", finding.code.0);
        for line in std::iter::once(&finding.message).chain(&finding.notes).flat_map(|line| line.lines()) {
            let _ = writeln!(text, "  | {line}");
        }
        text.push('\n');
    }
    text
}

/// One line of `run --format json`.
pub(super) fn json(
    scenario: &Scenario,
    file: &str,
    result: &RunResult,
    differences: &[Diagnostic],
    failed: bool,
) -> Json {
    json!({
        "file": file,
        "scenario": scenario.title(),
        "kernel": result.kernel.name(),
        "seed": result.seed,
        "schedule": result.schedule.to_string(),
        "verdict": if failed { "failed" } else { "ok" },
        "end_ns": result.end_ns,
        "events": result.events.len(),
        "dropped_events": result.dropped_events,
        "failures": differences.iter().filter(|d| d.is_error()).map(failure).collect::<Vec<_>>(),
        "findings": result.findings.iter().map(finding).collect::<Vec<_>>(),
        "programs": result.programs.iter().map(program).collect::<Vec<_>>(),
        "tasks": result.tasks.iter().map(task).collect::<Vec<_>>(),
        "printk": result.printk,
    })
}

fn failure(diagnostic: &Diagnostic) -> Json {
    let place = diagnostic.place();
    json!({
        "code": diagnostic.code,
        "message": diagnostic.message,
        "source": place.map(|(file, line, column)| json!({ "file": file, "line": line, "column": column })),
    })
}

fn finding(finding: &sim::finding::Finding) -> Json {
    json!({
        "code": finding.code.0,
        "message": finding.message,
        "notes": finding.notes,
        "time_ns": finding.time_ns,
        "cpu": finding.cpu.0,
        "pid": finding.pid.0,
        "comm": finding.comm,
    })
}

fn program(program: &ProgramResult) -> Json {
    let (verdict, errno, reason) = match &program.load {
        LoadResult::Accepted => ("accept", None, None),
        LoadResult::Rejected { errno, message, .. } => ("reject", Some(errno), Some(message)),
        LoadResult::Unknown(what) => ("unknown", None, Some(what)),
    };
    let run = |run: &ProgramRun| {
        json!({
            "start_ns": run.start_ns, "end_ns": run.end_ns, "cpu": run.cpu, "pid": run.pid, "returned": run.returned,
            "sleeps": run.sleeps, "blocked_ns": run.blocked_ns,
            "minor_faults": run.minor_faults, "major_faults": run.major_faults,
        })
    };
    json!({
        "name": program.name, "verdict": verdict, "errno": errno, "reason": reason, "missed": program.missed,
        "runs": program.runs.iter().map(run).collect::<Vec<_>>(),
    })
}

fn task(task: &crate::result::TaskResult) -> Json {
    json!({
        "name": task.name, "pid": task.pid, "ended_ns": task.ended_ns, "waiting_for": task.waiting_for,
        "minor_faults": task.minor_faults, "major_faults": task.major_faults, "blocked_ns": task.blocked_ns,
        "returned": task.steps.iter().map(|step| step.returned).collect::<Vec<_>>(),
    })
}

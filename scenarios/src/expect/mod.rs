//! Judging a run: what was expected, what happened, where the expectation stands, and the events around it.
//!
//! [`judge`] returns one diagnostic per difference. The parts: `programs`, `tasks` (steps), `state` (maps, globals,
//! printed lines), `events` (findings, order, counts).

mod events;
mod programs;
mod state;
mod tasks;

use std::fmt;
use std::sync::Arc;

use sim::event::Event;

use crate::diag::catalogue::mismatch::{COUNT, NOTHING_RAN, TIME};
use crate::diag::{Diagnostic, Source};
use crate::export::text;
use crate::file::layout::Layout;
use crate::file::{Count, Dur, Expect, Kernel, OneOrMany, Scenario, Sp};
use crate::result::RunResult;

/// How many events before a difference are shown.
const EVENTS_SHOWN: usize = 6;

/// All differences between what the scenario expects and what happened.
pub fn judge(scenario: &Scenario, source: &Arc<Source>, result: &RunResult) -> Vec<Diagnostic> {
    let layout = Layout::of(scenario);
    let mut judge = Judge { scenario, source, result, layout, differences: Vec::new() };
    judge.findings();
    judge.verdicts();
    judge.programs();
    judge.tasks();
    judge.packets();
    judge.maps();
    judge.globals();
    judge.printk();
    judge.order();
    judge.event_counts();
    judge.end();
    judge.differences
}

struct Judge<'a> {
    scenario: &'a Scenario,
    source: &'a Arc<Source>,
    result: &'a RunResult,
    layout: Layout,
    differences: Vec<Diagnostic>,
}

impl Judge<'_> {
    /// Adds a difference; with several kernels the message says on which one.
    fn differ(&mut self, diagnostic: Diagnostic) {
        let several = self.scenario.kernels().len() > 1 || self.scenario.kernels() != [self.result.kernel];
        let diagnostic = diagnostic.in_source(self.source);
        self.differences.push(if several {
            diagnostic.note(format!("on kernel {}", self.result.kernel))
        } else {
            diagnostic
        });
    }

    /// Whether an expectation with this filter is about this run's kernel.
    fn applies(&self, kernels: &OneOrMany<Sp<Kernel>>) -> bool {
        let list = kernels.as_slice();
        list.is_empty() || list.iter().any(|kernel| kernel.value == self.result.kernel)
    }

    /// The last events up to a moment, as the text trace prints them.
    fn around(&self, time_ns: u64) -> Option<String> {
        let end = self.result.events.partition_point(|event| event.time_ns <= time_ns);
        self.lines(&self.result.events[end.saturating_sub(EVENTS_SHOWN)..end])
    }

    fn lines(&self, events: &[Event]) -> Option<String> {
        let lines: Vec<String> = events.iter().map(text::line).collect();
        (!lines.is_empty()).then(|| format!("the events before:\n{}", lines.join("\n")))
    }

    /// A number that must be as expected.
    fn number<T: PartialOrd + fmt::Display>(&mut self, check: &Check<'_, T>, actual: &T) {
        let kernel = self.result.kernel;
        if check.expected.accepts(kernel, actual) {
            return;
        }
        let label = format!("expected {}", check.expected.describe(kernel));
        let diagnostic = Diagnostic::error(check.code, format!("{}: {actual}", check.what))
            .label(&check.expected.span, label);
        let around = check.at_ns.and_then(|at| self.around(at));
        self.differ(match around {
            Some(lines) => diagnostic.note(lines),
            None => diagnostic,
        });
    }

    /// A count that is judged when the scenario expects something of it.
    fn count(&mut self, expected: Option<&Sp<Expect<Count>>>, what: String, actual: u64) {
        if let Some(expected) = expected {
            self.number(&Check { code: COUNT, expected, what, at_ns: None }, &Count(actual));
        }
    }

    /// A duration that is judged when the scenario expects something of it.
    fn time(&mut self, expected: Option<&Sp<Expect<Dur>>>, what: String, actual_ns: u64, at_ns: Option<u64>) {
        if let Some(expected) = expected {
            self.number(&Check { code: TIME, expected, what, at_ns }, &Dur(actual_ns));
        }
    }

    fn took_no_part(&mut self, what: &str, name: &Sp<String>, known: &[&str]) {
        let diagnostic =
            Diagnostic::error(NOTHING_RAN, format!("{what} `{}` took no part in this run", name.value))
                .label(&name.span, "expected something of it")
                .maybe_help(crate::diag::suggest::hint(name, known.iter().copied()));
        self.differ(diagnostic);
    }

    fn end(&mut self) {
        let expected = self.scenario.expect.end.as_ref();
        self.time(expected, "the run ended at".to_owned(), self.result.end_ns, Some(self.result.end_ns));
    }
}

/// One judgement of a number.
struct Check<'a, T> {
    code: &'static str,
    expected: &'a Sp<Expect<T>>,
    /// Sentence that the actual value completes.
    what: String,
    /// The moment whose events help.
    at_ns: Option<u64>,
}

/// Bytes as hexadecimal, with the number they would be and the text they would read as.
fn show_bytes(bytes: &[u8]) -> String {
    let hex: Vec<String> = bytes.iter().take(64).map(|b| format!("{b:02x}")).collect();
    let more = if bytes.len() > 64 { format!(" … ({} bytes)", bytes.len()) } else { String::new() };
    let mut text = format!("{}{more}", hex.join(" "));
    if let 1 | 2 | 4 | 8 = bytes.len() {
        let mut wide = [if bytes[bytes.len() - 1] & 0x80 == 0 { 0 } else { 0xff }; 8];
        wide[..bytes.len()].copy_from_slice(bytes);
        text += &format!(" (= {})", i64::from_le_bytes(wide));
    }
    let printable = bytes.split(|b| *b == 0).next().unwrap_or(&[]);
    if printable.len() >= 3 && printable.iter().all(|b| (0x20..0x7f).contains(b)) {
        text += &format!(" {:?}", String::from_utf8_lossy(printable));
    }
    text
}

#[cfg(test)]
mod tests;

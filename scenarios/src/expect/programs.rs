//! Judging programs: verdicts at load, returns, runs, sleeps and faults; and packets.

use super::{Check, Judge};
use crate::diag::Diagnostic;
use crate::diag::catalogue::mismatch::{COUNT, PROGRAM_RETURN, VERDICT};
use crate::file::{LoadExpect, ProgramExpect, Ret, Sp};
use crate::result::{LoadResult, ProgramResult, ProgramRun};

impl Judge<'_> {
    pub(super) fn verdicts(&mut self) {
        let result = self.result;
        for program in &result.programs {
            let declared = program.index.and_then(|at| self.scenario.programs.get(at));
            let expected = declared.map_or(&LoadExpect::Accept, |p| p.load.on(result.kernel));
            let place = declared
                .map_or(0..0, |p| if p.load.span == (0..0) { p.span.clone() } else { p.load.span.clone() });
            if let Some(diagnostic) = verdict_difference(program, expected, &place) {
                self.differ(diagnostic);
            }
        }
    }

    pub(super) fn programs(&mut self) {
        for expect in &self.scenario.expect.programs {
            if !self.applies(&expect.kernel) {
                continue;
            }
            let result = self.result;
            match result.programs.iter().find(|program| program.name == expect.name.value) {
                Some(program) => self.program(expect, program),
                None => {
                    let known: Vec<&str> = result.programs.iter().map(|p| p.name.as_str()).collect();
                    self.took_no_part("program", &expect.name, &known);
                }
            }
        }
    }

    fn program(&mut self, expect: &Sp<ProgramExpect>, program: &ProgramResult) {
        let name = &program.name;
        let sum = |of: fn(&ProgramRun) -> u64| program.runs.iter().map(of).sum::<u64>();
        self.count(expect.runs.as_ref(), format!("runs of `{name}`"), program.runs.len() as u64);
        self.count(expect.missed.as_ref(), format!("missed runs of `{name}`"), program.missed);
        self.count(expect.sleeps.as_ref(), format!("times `{name}` slept"), sum(|run| run.sleeps));
        self.count(
            expect.minor_faults.as_ref(),
            format!("minor faults of `{name}`"),
            sum(|run| run.minor_faults),
        );
        self.count(
            expect.major_faults.as_ref(),
            format!("major faults of `{name}`"),
            sum(|run| run.major_faults),
        );
        let last = program.runs.last().and_then(|run| run.end_ns);
        self.time(
            expect.blocked.as_ref(),
            format!("`{name}` was blocked for"),
            sum(|run| run.blocked_ns),
            last,
        );
        self.returns(expect, program);
    }

    fn returns(&mut self, expect: &Sp<ProgramExpect>, program: &ProgramResult) {
        let expected = expect.returns.as_slice();
        let one_for_all = matches!(expect.returns, crate::file::OneOrMany::One(_));
        if expected.is_empty() {
            return;
        }
        if one_for_all && program.runs.is_empty() && expect.runs.is_none() {
            let message = format!("`{}` never ran", program.name);
            self.differ(
                Diagnostic::error(COUNT, message).label(&expected[0].span, "expected a return value"),
            );
        }
        if !one_for_all && expected.len() != program.runs.len() {
            let message = format!("`{}` ran {} times", program.name, program.runs.len());
            let label = format!("expected {} return values", expected.len());
            self.differ(Diagnostic::error(COUNT, message).label(&expect.name.span, label));
        }
        for (at, run) in program.runs.iter().enumerate() {
            let Some(wanted) = expected.get(if one_for_all { 0 } else { at }) else { break };
            let place = format!("run {} of `{}` (pid {}, cpu {})", at + 1, program.name, run.pid, run.cpu);
            match run.returned {
                Some(value) => {
                    let what = format!("{place} returned");
                    self.number(
                        &Check { code: PROGRAM_RETURN, expected: wanted, what, at_ns: run.end_ns },
                        &Ret(value),
                    );
                }
                None => {
                    let diagnostic = Diagnostic::error(PROGRAM_RETURN, format!("{place} did not end"));
                    self.differ(diagnostic.label(&wanted.span, "expected a return value"));
                }
            }
        }
    }

    pub(super) fn packets(&mut self) {
        let (scenario, result) = (self.scenario, self.result);
        for outcome in &result.packets {
            let Some(expected) = scenario.packets.get(outcome.index).and_then(|p| p.verdict.as_ref()) else {
                continue;
            };
            match outcome.verdict {
                Some(verdict) => {
                    let what = "the packet's verdict".to_owned();
                    let check = Check { code: PROGRAM_RETURN, expected, what, at_ns: Some(outcome.time_ns) };
                    self.number(&check, &Ret(verdict));
                }
                None => {
                    let diagnostic = Diagnostic::error(PROGRAM_RETURN, "no program saw the packet");
                    self.differ(diagnostic.label(&expected.span, "expected a verdict"));
                }
            }
        }
    }
}

/// The difference between the kernel's word and the expectation, if there is one.
fn verdict_difference(
    program: &ProgramResult,
    expected: &LoadExpect,
    place: &std::ops::Range<usize>,
) -> Option<Diagnostic> {
    let name = &program.name;
    match (&program.load, expected) {
        (LoadResult::Accepted, LoadExpect::Accept | LoadExpect::PerKernel(_)) => None,
        (LoadResult::Accepted, LoadExpect::Reject { .. }) => Some(
            Diagnostic::error(VERDICT, format!("`{name}` was accepted")).label(place, "expected a refusal"),
        ),
        (LoadResult::Rejected { errno, message, source }, LoadExpect::Accept | LoadExpect::PerKernel(_)) => {
            let diagnostic = Diagnostic::error(VERDICT, format!("`{name}` was rejected: {}", Ret(*errno)))
                .label(place, "expected to be accepted")
                .note(format!("the kernel says: {message}"))
                .help("`sleepable check` on the object shows what led there; `verify = false` runs what only the verifier refuses");
            Some(match source {
                Some(line) => diagnostic.note(format!("at {}:{}:{}", line.file, line.line, line.column)),
                None => diagnostic,
            })
        }
        (
            LoadResult::Rejected { errno, message, .. },
            LoadExpect::Reject { errno: wanted, message: part },
        ) => {
            let wrong_errno = wanted.filter(|wanted| wanted.0 != *errno);
            let wrong_part = part.as_ref().filter(|part| !message.contains(part.as_str()));
            if wrong_errno.is_none() && wrong_part.is_none() {
                return None;
            }
            let wanted =
                wrong_errno.map(|e| e.to_string()).into_iter().chain(wrong_part.map(|p| format!("{p:?}")));
            let label = format!("expected {}", wanted.collect::<Vec<_>>().join(" and "));
            let message = format!("`{name}` was rejected with {}: {message}", Ret(*errno));
            Some(Diagnostic::error(VERDICT, message).label(place, label))
        }
    }
}

//! Judging programs: verdicts at load, returns, runs, sleeps and faults; and packets.

use std::ops::Range;

use super::{Check, Judge};
use crate::diag::Diagnostic;
use crate::diag::catalogue::mismatch::{COUNT, PROGRAM_RETURN, VERDICT};
use crate::file::{LoadExpect, Program, ProgramExpect, Ret, Sp};
use crate::result::{LoadResult, ProgramResult, ProgramRun};

impl Judge<'_> {
    pub(super) fn verdicts(&mut self) {
        let result = self.result;
        for program in &result.programs {
            let declared = program.index.and_then(|at| self.scenario.programs.get(at));
            let expected = declared.map_or(&LoadExpect::Accept, |p| p.load.on(result.kernel));
            let place = declared
                .map_or(0..0, |p| if p.load.span == (0..0) { p.span.clone() } else { p.load.span.clone() });
            let help = self.about_refusal(declared);
            if let Some(diagnostic) = verdict_difference(program, expected, &place, &help) {
                self.differ(diagnostic);
            }
        }
    }

    /// Where to learn more about a refusal, and how to see the program run nevertheless.
    fn about_refusal(&self, program: Option<&Sp<Program>>) -> String {
        let more = match program {
            Some(program) if program.object.is_some() => {
                "`sleepable check` on the object shows what led there"
            }
            _ => "the message names the instruction's register or the rule",
        };
        if !self.scenario.verify {
            return more.to_owned();
        }
        format!(
            "{more}; `verify = false` at the top of the scenario asks only what comes before the verifier"
        )
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

/// The difference between the kernel's word and the expectation, if there is one. `help`: what to do about a refusal.
fn verdict_difference(
    program: &ProgramResult,
    expected: &LoadExpect,
    place: &Range<usize>,
    help: &str,
) -> Option<Diagnostic> {
    let name = &program.name;
    match (&program.load, expected) {
        (LoadResult::Accepted, LoadExpect::Accept | LoadExpect::PerKernel(_)) => None,
        (LoadResult::Accepted, LoadExpect::Reject { .. }) => Some(
            Diagnostic::error(VERDICT, format!("`{name}` was accepted")).label(place, "expected a refusal"),
        ),
        (LoadResult::Unknown(what), expected) => {
            let wanted = if matches!(expected, LoadExpect::Reject { .. }) { "refused" } else { "accepted" };
            let message = format!("`{name}` was not loaded: nobody knows what a kernel would say");
            let diagnostic =
                Diagnostic::error(VERDICT, message).label(place, format!("expected to be {wanted}"));
            Some(diagnostic.note(format!("not modelled: {what}")))
        }
        (LoadResult::Rejected { errno, message, source }, LoadExpect::Accept | LoadExpect::PerKernel(_)) => {
            let diagnostic = Diagnostic::error(VERDICT, format!("`{name}` was rejected: {}", Ret(*errno)))
                .label(place, "expected to be accepted")
                .note(format!("the kernel says: {message}"))
                .help(help);
            Some(match source {
                Some(line) => diagnostic.note(format!("at {}:{}:{}", line.file, line.line, line.column)),
                None => diagnostic,
            })
        }
        (
            LoadResult::Rejected { errno, message, .. },
            LoadExpect::Reject { errno: wanted, message: part },
        ) => wrong_refusal(name, (*errno, message), (wanted.as_ref(), part.as_deref()))
            .map(|(message, label)| Diagnostic::error(VERDICT, message).label(place, label)),
    }
}

/// Message and label, if another number or other words were expected.
fn wrong_refusal(
    name: &str,
    (errno, message): (i64, &str),
    (wanted, part): (Option<&Ret>, Option<&str>),
) -> Option<(String, String)> {
    let wrong_errno = wanted.filter(|wanted| wanted.0 != errno).map(|wanted| wanted.to_string());
    let wrong_part = part.filter(|part| !message.contains(part)).map(|part| format!("{part:?}"));
    let wrong: Vec<String> = wrong_errno.into_iter().chain(wrong_part).collect();
    let text = format!("`{name}` was rejected with {}: {message}", Ret(errno));
    (!wrong.is_empty()).then(|| (text, format!("expected {}", wrong.join(" and "))))
}

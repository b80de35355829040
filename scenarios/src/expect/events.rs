//! Judging the event stream: findings, order, counts of events.

use sim::event::{Event, Value};
use sim::finding::Finding;

use super::{EVENTS_SHOWN, Judge};
use crate::diag::Diagnostic;
use crate::diag::catalogue::mismatch::{COUNT, MISSING_FINDING, ORDER};
use crate::diag::catalogue::{self};
use crate::export::text;
use crate::file::{Count, EventExpect, SomeFinding, Sp};
use crate::result::{EVENT_ENTER, EVENT_EXIT, EVENT_MARK, MARK_FIELD, PROGRAM_FIELD};

impl Judge<'_> {
    pub(super) fn findings(&mut self) {
        let (scenario, result) = (self.scenario, self.result);
        let expected = scenario.expect.findings.as_slice();
        let some: Vec<_> = scenario.expect.some_findings.iter().filter(|f| self.applies(&f.kernel)).collect();
        let codes: Vec<&str> =
            expected.iter().chain(some.iter().map(|f| &f.code)).map(|code| code.0.as_str()).collect();
        for finding in &result.findings {
            if !codes.contains(&finding.code.0) {
                let diagnostic = self.unexpected(finding);
                self.differ(diagnostic);
            }
        }
        some.into_iter().for_each(|expect| self.some_finding(expect));
        for code in expected {
            if !result.findings.iter().any(|finding| finding.code.0 == code.0) {
                let title = catalogue::find(&code.0).map_or("", |entry| entry.title);
                let message = format!("the finding {} did not appear ({title})", code.0);
                self.differ(Diagnostic::error(MISSING_FINDING, message).label(&code.span, "expected"));
            }
        }
    }

    /// Findings of one code that say certain words.
    fn some_finding(&mut self, expect: &Sp<SomeFinding>) {
        let result = self.result;
        let of_code: Vec<&Finding> = result.findings.iter().filter(|f| f.code.0 == expect.code.0).collect();
        let text = |finding: &Finding| format!("{}\n{}", finding.message, finding.notes.join("\n"));
        let words = expect.says.as_slice();
        let fits = |finding: &&&Finding| words.iter().all(|words| text(finding).contains(words.as_str()));
        let count = of_code.iter().filter(fits).count() as u64;
        let code = &expect.code.0;
        match &expect.count {
            Some(_) => self.count(expect.count.as_ref(), format!("findings {code} that say so"), count),
            None if count == 0 => {
                let message = match of_code.len() {
                    0 => format!("the finding {code} did not appear"),
                    _ => format!("no finding {code} says all of this"),
                };
                let diagnostic =
                    Diagnostic::error(MISSING_FINDING, message).label(&expect.code.span, "expected");
                let notes = of_code.iter().take(EVENTS_SHOWN).map(|finding| text(finding));
                self.differ(notes.fold(diagnostic, Diagnostic::note));
            }
            None => {}
        }
    }

    fn unexpected(&self, finding: &Finding) -> Diagnostic {
        let code = catalogue::intern(finding.code.0).unwrap_or(sim::finding::NOT_MODELLED.0);
        let place = format!(
            "at {}, cpu {}, task {}-{}",
            crate::file::Dur(finding.time_ns),
            finding.cpu.0,
            finding.comm,
            finding.pid.0
        );
        let diagnostic = Diagnostic::error(code, finding.message.clone()).note(place);
        let diagnostic = finding.notes.iter().fold(diagnostic, |d, note| d.note(note.clone()));
        match self.around(finding.time_ns) {
            Some(lines) => diagnostic.note(lines),
            None => diagnostic,
        }
    }

    /// Each entry must happen after the one before it.
    pub(super) fn order(&mut self) {
        let (scenario, result) = (self.scenario, self.result);
        let mut from = 0;
        let mut previous: Option<&Sp<String>> = None;
        for entry in &scenario.expect.order {
            let happens = |event: &Event| matches_entry(event, entry);
            match result.events[from..].iter().position(happens) {
                Some(at) => from += at + 1,
                None => {
                    let earlier = result.events[..from].iter().any(happens);
                    let what = if earlier { "happened only before that" } else { "did not happen" };
                    let message = format!("`{}` {what}", entry.value);
                    let diagnostic = Diagnostic::error(ORDER, message).label(&entry.span, "expected here");
                    let diagnostic = match previous {
                        Some(previous) => diagnostic.secondary(&previous.span, "after this"),
                        None => diagnostic,
                    };
                    let start = from.saturating_sub(super::EVENTS_SHOWN);
                    let lines = self.lines(&result.events[start..from]);
                    return self.differ(match lines {
                        Some(lines) => diagnostic.note(lines),
                        None => diagnostic,
                    });
                }
            }
            previous = Some(entry);
        }
    }

    /// A field that events of this name do not have would make the expectation hold or fail for the wrong reason.
    fn no_such_field(&mut self, expect: &Sp<EventExpect>) -> bool {
        let named = |event: &&Event| event.body.name() == expect.name.value;
        let known: std::collections::BTreeSet<&str> = self
            .result
            .events
            .iter()
            .filter(named)
            .flat_map(|e| e.body.fields())
            .map(|(key, _)| key)
            .collect();
        let unknown =
            expect.fields.iter().find(|(key, _)| !known.is_empty() && !known.contains(key.as_str()));
        let Some((key, value)) = unknown else { return false };
        let message = format!("events `{}` have no field `{key}`", expect.name.value);
        let hint = crate::diag::suggest::hint(key, known.iter().copied());
        self.differ(Diagnostic::error(COUNT, message).label(&value.span, "its value").maybe_help(hint));
        true
    }

    pub(super) fn event_counts(&mut self) {
        let (scenario, result) = (self.scenario, self.result);
        for expect in &scenario.expect.events {
            if !self.applies(&expect.kernel) || self.no_such_field(expect) {
                continue;
            }
            let count = result.events.iter().filter(|event| matches_event(event, expect)).count() as u64;
            match &expect.count {
                Some(_) => {
                    self.count(expect.count.as_ref(), format!("events `{}`", expect.name.value), count)
                }
                None if count == 0 => {
                    let message = format!("there was no such event `{}`", expect.name.value);
                    let diagnostic =
                        Diagnostic::error(COUNT, message).label(&expect.name.span, "expected at least one");
                    let others: Vec<&Event> =
                        result.events.iter().filter(|e| e.body.name() == expect.name.value).collect();
                    let shown = others.iter().take(EVENTS_SHOWN).map(|e| text::line(e)).collect::<Vec<_>>();
                    self.differ(if shown.is_empty() {
                        diagnostic
                    } else {
                        diagnostic.note(format!(
                            "{} others of this name:\n{}",
                            others.len(),
                            shown.join("\n")
                        ))
                    });
                }
                None => debug_assert!(Count(count) > Count(0)),
            }
        }
    }
}

fn field(event: &Event, key: &str) -> Option<Value> {
    event.body.fields().into_iter().find(|(name, _)| *name == key).map(|(_, value)| value)
}

/// Whether an event is what an entry of `expect.order` speaks of.
fn matches_entry(event: &Event, entry: &str) -> bool {
    let (word, name) = entry.split_once(' ').unwrap_or((entry, ""));
    let is = |kind: &str, key: &str, name: &str| {
        event.body.name() == kind && field(event, key).is_some_and(|value| value.to_string() == name)
    };
    match word {
        "enter" => is(EVENT_ENTER, PROGRAM_FIELD, name),
        "exit" => is(EVENT_EXIT, PROGRAM_FIELD, name),
        "event" => event.body.name() == name,
        _ => is(EVENT_MARK, MARK_FIELD, entry),
    }
}

fn matches_event(event: &Event, expect: &EventExpect) -> bool {
    let scalar = |wanted: &crate::file::Param, found: &Value| match &wanted.0 {
        crate::file::scalar::Scalar::Int(v) => match found {
            Value::I64(f) => i128::from(*f) == *v,
            Value::U64(f) | Value::Ns(f) | Value::Addr(f) => i128::from(*f) == *v,
            _ => false,
        },
        crate::file::scalar::Scalar::Text(text) => found.to_string() == *text,
    };
    event.body.name() == expect.name.value
        && expect.task.as_ref().is_none_or(|task| *event.comm == *task.value)
        && expect
            .fields
            .iter()
            .all(|(key, wanted)| field(event, key).is_some_and(|found| scalar(wanted, &found)))
}

//! Judging tasks and their steps.

use super::{Check, Judge, show_bytes};
use crate::diag::Diagnostic;
use crate::diag::catalogue::mismatch::{MEMORY_CONTENTS, STEP_RETURN, TASK_STATE};
use crate::file::{Data, Holders, MapOp, MapStep, Names, Ret, Signal, Sp, Step, Task, TaskExpect, percpu};
use crate::result::{StepResult, TaskResult};

impl Judge<'_> {
    pub(super) fn tasks(&mut self) {
        let (scenario, result) = (self.scenario, self.result);
        for task in &scenario.tasks {
            let Some(outcome) = result.tasks.iter().find(|t| t.name == task.name.value) else {
                self.took_no_part("task", &task.name, &[]);
                continue;
            };
            for (step, done) in task.steps.iter().zip(&outcome.steps) {
                self.step(task, step, done);
            }
            self.task_end(task, outcome);
        }
        for expect in &scenario.expect.tasks {
            if let Some(outcome) = result.tasks.iter().find(|t| t.name == expect.name.value)
                && self.applies(&expect.kernel)
            {
                self.task(expect, outcome);
            }
        }
    }

    fn task(&mut self, expect: &Sp<TaskExpect>, task: &TaskResult) {
        let name = &task.name;
        self.count(expect.minor_faults.as_ref(), format!("minor faults of task `{name}`"), task.minor_faults);
        self.count(expect.major_faults.as_ref(), format!("major faults of task `{name}`"), task.major_faults);
        self.time(
            expect.blocked.as_ref(),
            format!("task `{name}` was blocked for"),
            task.blocked_ns,
            task.ended_ns,
        );
        if let Some(ended_ns) = task.ended_ns {
            self.time(expect.ended.as_ref(), format!("task `{name}` ended at"), ended_ns, Some(ended_ns));
        }
    }

    /// Every task must end, except those that are expected to be stuck.
    fn task_end(&mut self, task: &Sp<Task>, outcome: &TaskResult) {
        let expectations = self.scenario.expect.tasks.iter();
        let stuck = expectations
            .filter(|expect| expect.name.value == task.name.value && self.applies(&expect.kernel))
            .any(|expect| expect.stuck);
        let name = &task.name;
        match (outcome.ended_ns, stuck) {
            (Some(_), false) | (None, true) => {}
            (Some(at), true) => {
                let diagnostic = Diagnostic::error(
                    TASK_STATE,
                    format!("task `{}` ended at {}", name.value, crate::file::Dur(at)),
                );
                self.differ(diagnostic.label(&name.span, "expected to be stuck"));
            }
            (None, false) => {
                let doing = outcome.steps.iter().rposition(|step| step.end_ns.is_none());
                let step = doing.and_then(|at| task.steps.get(at));
                let waits = outcome
                    .waiting_for
                    .as_ref()
                    .map_or(String::new(), |what| format!(": it waits for {what}"));
                let diagnostic =
                    Diagnostic::error(TASK_STATE, format!("task `{}` did not end{waits}", name.value));
                let diagnostic = match step {
                    Some(step) => {
                        diagnostic.label(&step.span, "still in this step").secondary(&name.span, "this task")
                    }
                    None => diagnostic.label(&name.span, "this task"),
                };
                let around = self.around(self.result.end_ns);
                self.differ(match around {
                    Some(lines) => diagnostic.note(lines),
                    None => diagnostic,
                });
            }
        }
    }

    fn step(&mut self, task: &Sp<Task>, step: &Sp<Step>, done: &StepResult) {
        let at_ns = done.end_ns;
        if let (Some(expected), Some(returned)) = (step.returns(), done.returned) {
            let what = format!("{} of task `{}` returned", describe(&step.value), task.name.value);
            self.number(&Check { code: STEP_RETURN, expected, what, at_ns }, &Ret(returned));
        }
        let took = match &step.value {
            Step::Syscall(call) | Step::Call(call) | Step::KernelCall(call) => call.took.as_ref(),
            Step::Read(touch) | Step::Write(touch) => touch.took.as_ref(),
            Step::Synchronize(step) | Step::Barrier(step) => step.took.as_ref(),
            Step::Map(step) => step.took.as_ref(),
            _ => None,
        };
        if let Some(end_ns) = done.end_ns {
            let what = format!("{} of task `{}` took", describe(&step.value), task.name.value);
            self.time(took, what, end_ns - done.start_ns, at_ns);
        }
        self.signal(task, step, done);
        self.step_bytes(task, step, done);
        if let Step::Map(map) = &step.value {
            self.batch(task, map, done);
        }
        if let (Step::Holders(expected), Some(found)) = (&step.value, &done.holders) {
            self.holders(expected, found);
        }
    }

    /// Who holds a grace period, and what is said about them.
    fn holders(&mut self, expected: &Holders, found: &[(String, String)]) {
        let story: Vec<&str> = found.iter().map(|(_, story)| story.as_str()).collect();
        let story = if story.is_empty() { "nobody holds it".to_owned() } else { story.join("\n") };
        let mut names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        if let Some(tasks) = &expected.tasks {
            let mut wanted: Vec<&str> = tasks.iter().map(|name| name.as_str()).collect();
            wanted.sort_unstable();
            if wanted != names {
                let message = format!("the grace period is held by {}", quoted(&names));
                let label = format!("expected {}", quoted(&wanted));
                let diagnostic = Diagnostic::error(STEP_RETURN, message).label(&tasks.span, label);
                self.differ(diagnostic.note(story.clone()));
            }
        }
        for words in expected.says.as_slice().iter().filter(|words| !story.contains(words.as_str())) {
            let message = format!("who holds the grace period is told without `{}`", words.value);
            let diagnostic =
                Diagnostic::error(STEP_RETURN, message).label(&words.span, "expected these words");
            self.differ(diagnostic.note(story.clone()));
        }
    }

    fn signal(&mut self, task: &Sp<Task>, step: &Sp<Step>, done: &StepResult) {
        let (Step::Read(touch) | Step::Write(touch)) = &step.value else { return };
        let wanted = touch.signal.as_ref().map(|signal| match signal.value {
            Signal::Segv => "SIGSEGV",
            Signal::Bus => "SIGBUS",
        });
        if done.end_ns.is_some() && wanted != done.signal {
            let got = done.signal.unwrap_or("no signal");
            let message = format!("the access of task `{}` ended in {got}", task.name.value);
            let span = touch.signal.as_ref().map_or(&touch.at.span, |signal| &signal.span);
            let label = format!("expected {}", wanted.unwrap_or("no signal"));
            self.differ(Diagnostic::error(MEMORY_CONTENTS, message).label(span, label));
        }
    }

    /// How many elements a batch did, and which a lookup found.
    fn batch(&mut self, task: &Sp<Task>, step: &MapStep, done: &StepResult) {
        if let Some(count) = done.count {
            let what =
                format!("elements of the batch on `{}` of task `{}`", step.name.value, task.name.value);
            self.count(step.count.as_ref(), what, count);
        }
        if !step.op.finds()
            || step.op == MapOp::DeleteBatch
            || step.entries.is_empty()
            || done.end_ns.is_none()
        {
            return;
        }
        let names = self.layout.names(Some(&task.name.value));
        let mut left = done.pairs.clone();
        let mut missing = Vec::new();
        for entry in &step.entries {
            let found = left.iter().position(|(key, value)| {
                let value_fits = entry
                    .value
                    .as_ref()
                    .is_none_or(|data| self.map_value(step, data, value.len(), &names).as_ref() == Ok(value));
                value_fits && entry.key.encode(Some(key.len()), &names).as_ref() == Ok(key)
            });
            match found {
                Some(at) => drop(left.remove(at)),
                None => missing.push(entry.key.span.clone()),
            }
        }
        let show = |pairs: &[(Vec<u8>, Vec<u8>)]| {
            pairs.iter().map(|(k, v)| format!("{} => {}", show_bytes(k), show_bytes(v))).collect::<Vec<_>>()
        };
        for span in missing {
            let message = format!("{} found no such element", describe(&Step::Map(Box::new(step.clone()))));
            let diagnostic = Diagnostic::error(MEMORY_CONTENTS, message).label(&span, "expected this one");
            self.differ(
                show(&done.pairs).into_iter().fold(diagnostic, |d, pair| d.note(format!("found {pair}"))),
            );
        }
        for pair in show(&left) {
            let message = format!("{} found {pair}", describe(&Step::Map(Box::new(step.clone()))));
            let label = "not among the `entries` expected";
            self.differ(Diagnostic::error(MEMORY_CONTENTS, message).label(&step.name.span, label));
        }
    }

    /// What a map step expects, as the `found` bytes that the system call copied: of a per-CPU map every CPU's value.
    fn map_value(
        &self,
        step: &MapStep,
        data: &Data,
        found: usize,
        names: &dyn Names,
    ) -> Result<Vec<u8>, String> {
        let map = self.result.maps.iter().find(|map| map.name == step.name.value);
        match map.map(|map| map.value_size) {
            // Only values of per-CPU maps are copied with more bytes than they have; alone and unpadded it is like any other.
            Some(size) if step.op != MapOp::GetNextKey && found > size => {
                percpu::encode(data, size, found / size.next_multiple_of(8), names)
            }
            _ => data.encode(Some(found), names),
        }
    }

    fn step_bytes(&mut self, task: &Sp<Task>, step: &Sp<Step>, done: &StepResult) {
        let expected = match &step.value {
            Step::Read(touch) => touch.bytes.as_ref(),
            Step::Map(map) if map.op.finds() => map.value.as_ref(),
            _ => None,
        };
        let (Some(expected), Some(found)) = (expected, &done.bytes) else { return };
        let names = self.layout.names(Some(&task.name.value));
        let wanted = match &step.value {
            Step::Map(map) => self.map_value(map, expected, found.len(), &names),
            _ => expected.encode(Some(found.len()), &names),
        };
        if wanted.as_ref() == Ok(found) {
            return;
        }
        let label = wanted.map_or_else(|e| e, |bytes| format!("expected {}", show_bytes(&bytes)));
        let message =
            format!("{} of task `{}` found {}", describe(&step.value), task.name.value, show_bytes(found));
        self.differ(Diagnostic::error(MEMORY_CONTENTS, message).label(&expected.span, label));
    }
}

fn quoted(names: &[&str]) -> String {
    match names {
        [] => "nobody".to_owned(),
        _ => names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
    }
}

/// A step in a few words.
fn describe(step: &Step) -> String {
    match step {
        Step::Syscall(call) | Step::Call(call) | Step::KernelCall(call) => format!("`{}`", call.name.value),
        Step::Map(map) => format!("the bpf call on `{}`", map.name.value),
        Step::Run(run) => format!("the run of `{}`", run.program.value),
        other => format!("the step `{}`", other.kind()),
    }
}

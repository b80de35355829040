//! Checks of expectations: they must be able to fail for the reason the user has in mind.

use super::Checker;
use crate::diag::Diagnostic;
use crate::diag::catalogue::input::{CONFLICT, DANGLING, UNKNOWN_NAME};
use crate::file::event_names::EVENT_NAMES;
use crate::file::flex::OneOrMany;
use crate::file::model::MapExpect;
use crate::file::scalar::Kernel;
use crate::file::span::Sp;

impl Checker<'_> {
    pub(super) fn expectations(&mut self) {
        let expect = &self.scenario.expect;
        for program in &expect.programs {
            self.has_program(&program.name);
            self.kernels(&program.kernel);
        }
        for task in &expect.tasks {
            self.has_task(&task.name);
            self.kernels(&task.kernel);
            if task.stuck && task.ended.is_some() {
                self.error(CONFLICT, "a task that is `stuck` does not end", &task.name.span, "has both");
            }
        }
        for map in &expect.maps {
            self.has_map(&map.name);
            self.kernels(&map.kernel);
            self.map_expect(map);
        }
        for finding in &expect.some_findings {
            self.kernels(&finding.kernel);
        }
        for global in &expect.some_globals {
            self.kernels(&global.kernel);
            self.data(&global.value.value, None, None);
        }
        for event in &expect.events {
            self.kernels(&event.kernel);
            self.has_event(&event.name);
            if let Some(task) = &event.task {
                self.has_task(task);
            }
        }
        for entry in &expect.order {
            self.order(entry);
        }
    }

    /// A filter that names a kernel the scenario never runs on would make the expectation vacuous.
    fn kernels(&mut self, kernels: &OneOrMany<Sp<Kernel>>) {
        let runs_on = self.scenario.kernels();
        for kernel in kernels.as_slice() {
            if !runs_on.contains(&kernel.value) {
                let diagnostic = Diagnostic::warning(
                    DANGLING,
                    format!("this scenario does not run on kernel {}", kernel.value),
                )
                .label(&kernel.span, "expects something of a run that does not happen")
                .help("add it to `kernel` at the top of the file, or run with `--kernel`");
                self.report(diagnostic);
            }
        }
    }

    fn map_expect(&mut self, map: &Sp<MapExpect>) {
        for spanned in &map.entries {
            let entry = &spanned.value;
            if entry.absent == entry.value.is_some() {
                let label = if entry.absent {
                    "an absent element has no value"
                } else {
                    "neither `value` nor `absent`"
                };
                self.error(CONFLICT, "an element has a value or is absent", &spanned.span, label);
            }
            self.data(&entry.key, None, None);
            if let Some(value) = &entry.value {
                self.data(value, None, None);
            }
            if let Some(cpu) = &entry.cpu {
                self.cpu(cpu);
            }
        }
        for record in map.records.iter().flat_map(|records| &records.value) {
            self.data(record, None, None);
        }
    }

    /// A misspelt event never happens, and `count = 0` of it would always hold.
    fn has_event(&mut self, name: &Sp<String>) {
        if !EVENT_NAMES.contains(&name.as_str()) {
            self.unknown(UNKNOWN_NAME, "event", name, EVENT_NAMES.iter().copied());
        }
    }

    fn order(&mut self, entry: &Sp<String>) {
        let (word, rest) = entry.split_once(' ').unwrap_or((entry.as_str(), ""));
        let name = Sp::new(rest.to_owned(), entry.span.clone());
        match word {
            "enter" | "exit" => self.has_program(&name),
            "event" if !rest.is_empty() => self.has_event(&name),
            _ if entry.contains('.') => self.has_mark(entry),
            _ => {
                let diagnostic = Diagnostic::error(
                    UNKNOWN_NAME,
                    format!("`{}` is nothing that can be ordered", entry.value),
                )
                .label(&entry.span, "here")
                .help("write a mark (\"task.label\"), \"enter program\", \"exit program\" or \"event name\"");
                self.report(diagnostic);
            }
        }
    }
}

//! What serde cannot say about a scenario: names that exist, numbers that are possible, memory that does not overlap.
//! Everything wrong is reported at once, each with its place.

mod expect;
mod input;
mod map_step;
mod program;
mod task;

pub use program::{MAP_FLAGS, default_sizes};

use std::sync::Arc;

use super::data::{Data, Names};
use super::layout::{Layout, MAX_FILE_BYTES, Scope, file_len};
use super::model::Scenario;
use super::span::{Sp, Span};
use crate::diag::{Diagnostic, Source, catalogue, suggest};

use catalogue::input::{CONFLICT, DATA, DUPLICATE, OUT_OF_RANGE, UNKNOWN_NAME};

/// All mistakes of a scenario.
pub fn check(scenario: &Scenario, source: &Arc<Source>) -> Vec<Diagnostic> {
    let mut checker = Checker { scenario, source, layout: Layout::of(scenario), diagnostics: Vec::new() };
    checker.machine();
    checker.files();
    checker.programs();
    checker.maps();
    checker.tasks();
    checker.inputs();
    checker.expectations();
    checker.diagnostics
}

struct Checker<'a> {
    scenario: &'a Scenario,
    source: &'a Arc<Source>,
    layout: Layout,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Checker<'a> {
    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic.in_source(self.source));
    }

    fn error(
        &mut self,
        code: &'static str,
        message: impl Into<String>,
        span: &Span,
        label: impl Into<String>,
    ) {
        self.report(Diagnostic::error(code, message).label(span, label));
    }

    /// A name that does not exist, with what was probably meant.
    fn unknown<'n>(
        &mut self,
        code: &'static str,
        what: &str,
        name: &Sp<String>,
        known: impl IntoIterator<Item = &'n str> + Clone,
    ) {
        let hint = suggest::hint(name, known);
        self.report(
            Diagnostic::error(code, format!("there is no {what} `{}`", name.value))
                .label(&name.span, format!("no such {what}"))
                .maybe_help(hint),
        );
    }

    /// Reports every name that was given before.
    fn unique<'n>(&mut self, what: &str, names: impl Iterator<Item = &'n Sp<String>>) {
        let mut seen: Vec<&Sp<String>> = Vec::new();
        for name in names {
            match seen.iter().find(|other| other.value == name.value) {
                Some(first) => {
                    let diagnostic =
                        Diagnostic::error(DUPLICATE, format!("two {what}s are called `{}`", name.value))
                            .label(&name.span, "the second one")
                            .secondary(&first.span, "the first one");
                    self.report(diagnostic);
                }
                None => seen.push(name),
            }
        }
    }

    /// A message of a leaf type, which may begin with its code.
    fn leaf_error(&mut self, span: &Span, message: &str) {
        let (code, text) = match message.split_once(": ") {
            Some((code, text)) if catalogue::intern(code).is_some() => {
                (catalogue::intern(code).unwrap_or(DATA), text)
            }
            _ => (DATA, message),
        };
        self.error(code, text, span, "here");
    }

    /// Data must be possible in the width that is known, with names that exist.
    fn data(&mut self, data: &Sp<Data>, width: Option<usize>, task: Option<&str>) {
        let outcome = match (width, &data.value) {
            // An integer whose width only the object knows is judged when the object is read; its names are judged now.
            (None, Data::Int(_)) => Ok(()),
            _ => data.check(width, &self.layout.names(task)),
        };
        if let Err(message) = outcome {
            self.leaf_error(&data.span, &message);
        }
    }

    /// A CPU that the machine has.
    fn cpu(&mut self, cpu: &Sp<u32>) {
        let cpus = self.scenario.cpus.value;
        if cpu.value >= cpus {
            let diagnostic = Diagnostic::error(OUT_OF_RANGE, format!("there is no CPU {}", cpu.value))
                .label(&cpu.span, format!("the machine has {cpus}, numbered from 0"))
                .secondary(&self.scenario.cpus.span, "number of CPUs")
                .help("set `cpus` at the top of the file (1 when absent)");
            self.report(diagnostic);
        }
    }

    fn machine(&mut self) {
        let scenario = self.scenario;
        if !(1..=64).contains(&scenario.cpus.value) {
            let message = format!("a machine with {} CPUs is not possible", scenario.cpus.value);
            self.error(OUT_OF_RANGE, message, &scenario.cpus.span, "1 to 64");
        }
        let kernels = scenario.kernel.as_slice();
        if kernels.is_empty() {
            self.error(CONFLICT, "the list of kernels is empty", &(0..0), "");
        }
        for (at, kernel) in kernels.iter().enumerate() {
            if kernels[..at].contains(kernel) {
                self.error(
                    DUPLICATE,
                    format!("kernel {} is listed twice", kernel.value),
                    &kernel.span,
                    "again",
                );
            }
        }
        if let Some(frames) = &scenario.memory.frames
            && frames.value == 0
        {
            self.error(OUT_OF_RANGE, "a machine without memory is not possible", &frames.span, "at least 1");
        }
    }

    fn files(&mut self) {
        let scenario = self.scenario;
        self.unique("file", scenario.files.iter().map(|file| &file.path));
        for file in &scenario.files {
            if !file.path.starts_with('/') {
                self.error(
                    UNKNOWN_NAME,
                    "the path of a file must be absolute",
                    &file.path.span,
                    "begins with no `/`",
                );
            }
            if file_len(file) > MAX_FILE_BYTES {
                let label = format!("more than {MAX_FILE_BYTES} bytes");
                self.error(OUT_OF_RANGE, "this file is too large", &file.path.span, label);
                continue;
            }
            if let Some(contents) = &file.contents {
                self.data(contents, None, None);
            }
        }
    }

    fn has_task(&mut self, name: &Sp<String>) {
        let tasks: Vec<&'a str> = self.scenario.tasks.iter().map(|task| task.name.value.as_str()).collect();
        if !tasks.contains(&name.value.as_str()) {
            self.unknown(catalogue::input::DANGLING, "task", name, tasks);
        }
    }

    /// Programs known by name; `None` when an object contributes names that only the object knows.
    fn program_names(&self) -> Option<Vec<&'a str>> {
        let natives = self.scenario.natives.iter().map(|native| Some(native.name.as_str()));
        let programs = self.scenario.programs.iter().map(|p| {
            let whole_section = p.name.is_none() && p.function.is_none();
            (!whole_section).then(|| p.label().map(|name| name.as_str())).flatten()
        });
        natives.chain(programs).collect()
    }

    fn has_program(&mut self, name: &Sp<String>) {
        if let Some(known) = self.program_names()
            && !known.contains(&name.value.as_str())
        {
            self.unknown(catalogue::input::DANGLING, "program", name, known);
        }
    }

    /// Maps known by name; `None` when objects may have more.
    fn map_names(&self) -> Option<Vec<&'a str>> {
        let objects = self.scenario.programs.iter().any(|program| program.object.is_some());
        (!objects).then(|| self.scenario.maps.iter().map(|map| map.name.as_str()).collect())
    }

    fn has_map(&mut self, name: &Sp<String>) {
        if let Some(known) = self.map_names()
            && !known.contains(&name.value.as_str())
        {
            self.unknown(catalogue::input::DANGLING, "map", name, known);
        }
    }

    /// The address a reference means, reported when it means none.
    fn address(&mut self, place: &super::data::AddrRef, span: &Span, task: &str) -> Option<u64> {
        let scope: Scope = self.layout.names(Some(task));
        match scope.addr(place) {
            Ok(address) => Some(address),
            Err(message) => {
                let owner = place.task.as_deref().unwrap_or(task);
                let known: Vec<String> = self.layout.regions(owner).iter().map(|r| r.name.clone()).collect();
                let hint = suggest::hint(&place.region, known.iter().map(String::as_str));
                let text = message.split_once(": ").map_or(message.as_str(), |(_, text)| text).to_owned();
                let diagnostic =
                    Diagnostic::error(catalogue::input::DANGLING, text).label(span, "no such memory");
                self.report(diagnostic.maybe_help(hint));
                None
            }
        }
    }
}

//! `sleepable run`: reads, runs and judges scenarios, one after the other.

use std::path::{Path, PathBuf};

use super::console::Console;
use super::find::{self, Ready};
use super::{Exit, OutputFormat, RunArgs, report};
use crate::diag::Diagnostic;
use crate::diag::catalogue::input::NOTHING_TO_RUN;
use crate::diag::catalogue::notes::{LEFT_OUT, NEVER_FIRES};
use crate::export::{About, Format};
use crate::file::Kernel;
use crate::inputs::{self, Inputs};
use crate::result::RunResult;
use crate::run::{Engine, Job};
use crate::{expect, output};

pub(super) fn run(args: &RunArgs, console: &mut Console) -> Exit {
    let trace =
        match args.trace.as_deref().map(|path| Format::of(path).map(|format| (path, format))).transpose() {
            Ok(trace) => trace,
            Err(diagnostic) => {
                console.diagnostic(&diagnostic);
                return Exit::BadInput;
            }
        };
    let found = find::scenarios(&args.paths);
    if found.is_empty() {
        let message = "the directories given contain no scenario (*.toml)";
        console.diagnostic(
            &Diagnostic::error(NOTHING_TO_RUN, message).help("`sleepable list` shows the library"),
        );
        return Exit::NothingToRun;
    }
    console.begin_progress(found.len());
    let mut session = Session {
        args,
        trace,
        engine: crate::run::engine(),
        tally: Tally::default(),
        alone: found.len() == 1,
        said: Vec::new(),
    };
    let mut exit = Exit::Success;
    for one in found {
        if console.is_closed() {
            break;
        }
        exit = exit.and(match find::ready(one, console) {
            Some(ready) => session.scenario(&ready, console),
            None => Exit::BadInput,
        });
    }
    console.end_progress();
    session.summary(console);
    exit
}

#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
}

struct Session<'a, E> {
    args: &'a RunArgs,
    trace: Option<(&'a Path, Format)>,
    engine: E,
    tally: Tally,
    /// A single scenario is reported in detail.
    alone: bool,
    /// Input errors of the current scenario: what is wrong on every kernel is said once.
    said: Vec<Diagnostic>,
}

impl<E: Engine> Session<'_, E> {
    fn scenario(&mut self, ready: &Ready, console: &mut Console) -> Exit {
        console.advance(ready.scenario.title());
        self.said.clear();
        let (inputs, diagnostics) = inputs::read_inputs(&ready.scenario, &ready.source, &ready.origin);
        diagnostics.iter().for_each(|diagnostic| console.diagnostic(diagnostic));
        if !diagnostics.is_empty() {
            return Exit::BadInput;
        }
        let kernels =
            self.args.kernel.as_ref().map_or_else(|| ready.scenario.kernels(), |kernels| kernels.0.clone());
        let several = kernels.len() > 1 || !self.alone;
        let runs = kernels.into_iter().map(|kernel| self.kernel(ready, &inputs, kernel, several, console));
        // Not `fold` over a lazy iterator that stops: every kernel is run whatever the one before said.
        runs.fold(Exit::Success, Exit::and)
    }

    fn kernel(
        &mut self,
        ready: &Ready,
        inputs: &Inputs,
        kernel: Kernel,
        several: bool,
        console: &mut Console,
    ) -> Exit {
        let schedule = self.args.schedule.as_ref();
        let given = self.args.seed.or(schedule.map(|schedule| schedule.seed));
        let seed = given.unwrap_or(ready.scenario.seed.value.0);
        let job = Job { scenario: &ready.scenario, source: &ready.source, inputs, kernel, seed, schedule };
        let result = match self.engine.run(&job) {
            Ok(result) => result,
            Err(diagnostics) => {
                for diagnostic in diagnostics {
                    if !self.said.contains(&diagnostic) {
                        console.diagnostic(&diagnostic);
                        self.said.push(diagnostic);
                    }
                }
                return Exit::BadInput;
            }
        };
        let mut differences = expect::judge(&ready.scenario, &ready.source, &result);
        let failed = differences.iter().any(Diagnostic::is_error);
        if result.dropped_events > 0 {
            let message = format!("{} events were not recorded", result.dropped_events);
            let at = &ready.scenario.event_limit.span;
            differences
                .push(Diagnostic::warning(LEFT_OUT, message).in_source(&ready.source).label(at, "the limit"));
        }
        for program in &result.programs {
            differences.extend(program.silent.iter().map(|target| {
                let message = format!("`{}` never ran: nothing here passes through {target}", program.name);
                Diagnostic::warning(NEVER_FIRES, message)
                    .help("`sleepable support` lists what is passed through")
            }));
        }
        if failed {
            self.tally.failed += 1;
        } else {
            self.tally.passed += 1;
        }
        self.report(ready, &result, &differences, failed, console);
        let written = self.write_trace(ready, &result, several, console);
        written.and(if failed { Exit::Failed } else { Exit::Success })
    }

    fn report(
        &self,
        ready: &Ready,
        result: &RunResult,
        differences: &[Diagnostic],
        failed: bool,
        console: &mut Console,
    ) {
        if self.args.format == OutputFormat::Json {
            let line = report::json(&ready.scenario, &ready.source.path, result, differences, failed);
            console.line(&line.to_string());
            return;
        }
        if failed || !self.args.quiet {
            let text = report::text(&ready.scenario, result, failed, self.alone, console);
            console.out(&text);
        }
        if failed || !self.args.quiet {
            differences.iter().for_each(|diagnostic| console.difference(diagnostic));
        }
    }

    fn write_trace(&self, ready: &Ready, result: &RunResult, several: bool, console: &Console) -> Exit {
        let Some((path, format)) = self.trace else { return Exit::Success };
        let name = ready.scenario.title();
        let path = if several { with_run(path, name, result.kernel) } else { path.to_path_buf() };
        match output::write_whole(&path, |out| format.write(&About::of(&ready.scenario), result, out)) {
            Ok(()) => Exit::Success,
            Err(diagnostic) => {
                console.diagnostic(&diagnostic);
                Exit::BadInput
            }
        }
    }

    fn summary(&self, console: &mut Console) {
        let Tally { passed, failed } = self.tally;
        if self.args.format == OutputFormat::Text && !self.args.quiet && passed + failed > 1 {
            console.line(&format!("{} runs: {passed} as expected, {failed} not", passed + failed));
        }
    }
}

/// `out.jsonl` becomes `out.NAME.6.12.jsonl`.
fn with_run(path: &Path, name: &str, kernel: Kernel) -> PathBuf {
    let part =
        |part: Option<&std::ffi::OsStr>| part.map(|p| p.to_string_lossy().into_owned()).unwrap_or_default();
    let (stem, extension) = (part(path.file_stem()), part(path.extension()));
    let name: String =
        name.chars().map(|c| if c.is_alphanumeric() || c == '-' || c == '_' { c } else { '-' }).collect();
    path.with_file_name(format!("{stem}.{name}.{kernel}.{extension}"))
}

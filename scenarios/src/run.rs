//! The seam between scenario files and the simulator: a [`Job`] goes in, a `RunResult` comes out.

use std::sync::Arc;

use crate::diag::{Diagnostic, Source};
use crate::file::{Kernel, Scenario};
use crate::inputs::Inputs;
use crate::result::RunResult;

/// One run: a checked scenario, the files it names, a kernel and a seed.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    pub scenario: &'a Scenario,
    /// For diagnostics that point into the scenario (an instruction that cannot be assembled, an unknown hook).
    pub source: &'a Arc<Source>,
    pub inputs: &'a Inputs,
    pub kernel: Kernel,
    pub seed: u64,
}

/// What runs jobs. The same job gives the same result, byte for byte.
pub trait Engine {
    /// Runs a job to its end, to the time limit, or until nothing can run any more.
    ///
    /// # Errors
    /// What the user gave cannot be built: an object that does not load, an unknown hook, a bad instruction.
    fn run(&self, job: &Job<'_>) -> Result<RunResult, Vec<Diagnostic>>;
}

/// The engine of the command.
pub fn engine() -> impl Engine {
    Unbuilt
}

/// Until the simulator's engine is joined here, no scenario can be run, and says so.
struct Unbuilt;

impl Engine for Unbuilt {
    fn run(&self, job: &Job<'_>) -> Result<RunResult, Vec<Diagnostic>> {
        let message = "this build has no engine yet: scenarios are read and checked, not run";
        Err(vec![Diagnostic::error(crate::diag::catalogue::input::OBJECT, message).at_path(&job.source.path)])
    }
}

/// Whether programs of this type run, or this LSM hook fires: `hooks` knows, once it is joined here.
pub fn executes_hook(_: programs::profile::support::Subject, _: &str) -> bool {
    false
}

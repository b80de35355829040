//! The seam between scenario files and the simulator: a [`Job`] goes in, a `RunResult` comes out.

use std::sync::Arc;

use sim::sched::Schedule;

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
    /// Choices of an earlier run to follow instead of the scenario's scheduler.
    pub schedule: Option<&'a Schedule>,
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
    crate::engine::Simulator
}

/// Whether programs of this type can be attached and run here, or whether this LSM hook is called by anything that is simulated.
pub fn executes_hook(subject: programs::profile::support::Subject, name: &str) -> bool {
    use programs::profile::support::Subject;
    match subject {
        Subject::LsmHook => hooks::reach::LSM_HOOKS.contains(&name),
        Subject::ProgType => EXECUTED_TYPES.contains(&name),
        _ => false,
    }
}

/// Program types with an attach point in `hooks`.
const EXECUTED_TYPES: &[&str] = &[
    "SOCKET_FILTER",
    "KPROBE",
    "SCHED_CLS",
    "TRACEPOINT",
    "XDP",
    "PERF_EVENT",
    "CGROUP_SKB",
    "RAW_TRACEPOINT",
    "TRACING",
    "LSM",
    "SYSCALL",
];

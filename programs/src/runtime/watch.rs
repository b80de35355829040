//! Watching bytecode programs instruction by instruction, as a debugger or a test of the verifier's claims does.
//!
//! Without a watch a run pays one look at an empty cell per slice. Neighbours: `run` asks, `interp::Run` stops after each instruction.

use std::rc::Rc;

use super::Bpf;
use crate::interp::{Host, Progress, Run};

/// Sees every instruction of every bytecode program before it is executed.
pub trait StepWatch {
    /// The run is at `run.pc()`, with these registers.
    fn before(&self, run: &Run);
}

/// Runs at most `slice` instructions, each after the watch saw it.
pub(super) fn one_by_one<H: Host>(
    watch: &dyn StepWatch,
    run: &mut Run,
    host: &mut H,
    slice: u64,
) -> Progress {
    for _ in 0..slice {
        watch.before(run);
        match run.advance(host, 1) {
            Progress::Slice => {}
            other => return other,
        }
    }
    Progress::Slice
}

impl Bpf {
    /// Shows every instruction from now on to `watch`; `None` ends it.
    pub fn watch_steps(&self, watch: Option<Rc<dyn StepWatch>>) {
        *self.0.step_watch.borrow_mut() = watch;
    }

    pub(super) fn step_watch(&self) -> Option<Rc<dyn StepWatch>> {
        self.0.step_watch.borrow().clone()
    }
}

//! The simulated kernel stacks: which kernel functions each task is in. Kept only once a program may ask.
//!
//! Key types: [`KernelStacks`], [`InFunction`]. Neighbours: `hooks` enters and leaves, `helpers::stack` reads.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use sim::ids::TaskId;

use super::Bpf;
use crate::isa::{Insn, helper_id};

const BPF_CALL: u8 = 0x85;

/// Addresses of the functions that each task is in, outermost first.
#[derive(Default)]
pub struct KernelStacks {
    kept: Cell<bool>,
    frames: RefCell<BTreeMap<TaskId, Vec<u64>>>,
}

/// A task is in a function for as long as this lives.
pub struct InFunction {
    bpf: Bpf,
    task: TaskId,
}

impl KernelStacks {
    /// The task's frames, innermost first.
    pub fn of(&self, task: TaskId) -> Vec<u64> {
        self.frames.borrow().get(&task).map_or_else(Vec::new, |frames| frames.iter().rev().copied().collect())
    }

    /// From now on stacks are kept if the program asks for them.
    pub(super) fn keep_for(&self, insns: &[Insn]) {
        let asks = ["bpf_get_stackid", "bpf_get_stack"].map(helper_id);
        if insns.iter().any(|insn| insn.code == BPF_CALL && insn.src == 0 && asks.contains(&Some(insn.imm))) {
            self.kept.set(true);
        }
    }
}

impl Bpf {
    /// The simulated kernel stacks.
    pub fn stacks(&self) -> &KernelStacks {
        &self.0.stacks
    }

    /// The current task enters a kernel function. `None`: stacks are not kept.
    pub fn enter_function(&self, address: impl FnOnce() -> u64) -> Option<InFunction> {
        if !self.stacks().kept.get() {
            return None;
        }
        let task = self.machine().current();
        self.stacks().frames.borrow_mut().entry(task).or_default().push(address());
        Some(InFunction { bpf: self.clone(), task })
    }
}

impl Drop for InFunction {
    fn drop(&mut self) {
        let mut frames = self.bpf.stacks().frames.borrow_mut();
        if let Some(stack) = frames.get_mut(&self.task) {
            stack.pop();
            if stack.is_empty() {
                frames.remove(&self.task);
            }
        }
    }
}

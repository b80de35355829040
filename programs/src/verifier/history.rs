//! The instructions that a path followed since its last kept state. Paths that part share what is behind them: thousands may wait in a
//! program that keeps no state on its main path, each with all of the past.
//!
//! Key types: [`History`], [`Step`]. Neighbours: `search` keeps one in each state and path; `precision` walks it back. Modelled after the
//! `jmp_history` of kernel/bpf/verifier.c; where `copy_jmp_history` copies, this shares.

use std::cell::RefCell;
use std::rc::Rc;

use super::precision::Walks;

/// A slot of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotRef {
    pub frame: u8,
    pub slot: u8,
}

/// One followed instruction.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub insn: usize,
    /// The one stack slot it read or wrote, if it was one.
    pub access: Option<SlotRef>,
    /// Operands of a comparison that were stack pointers: destination, source.
    pub stack_operands: (bool, bool),
    /// Registers and slots that held the same scalar or one at a known distance, and learnt from this comparison.
    pub linked: Vec<Linked>,
}

/// A place that shares its value with others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Linked {
    Reg { frame: u8, reg: u8 },
    Slot(SlotRef),
}

/// Steps, oldest first. A copy has its own newest ones; those from before a [`History::fork`] are shared.
#[derive(Clone, Debug, Default)]
pub struct History {
    newest: Vec<Step>,
    before: Option<Rc<Chunk>>,
    len: usize,
}

/// Steps that several histories may share.
#[derive(Debug)]
pub struct Chunk {
    pub steps: Vec<Step>,
    before: Option<Rc<Chunk>>,
    /// What was walked back through here before.
    pub walks: RefCell<Walks>,
}

impl History {
    pub fn push(&mut self, step: Step) {
        self.len += 1;
        self.newest.push(step);
    }

    pub fn len(&self) -> usize {
        self.len
    }

    /// Another one with the same past, which both share.
    pub fn fork(&mut self) -> History {
        self.close(1);
        self.clone()
    }

    /// Puts the newest steps among those that are shared, if there are so many.
    pub fn close(&mut self, steps: usize) {
        if self.newest.len() >= steps {
            let steps = std::mem::take(&mut self.newest);
            let chunk = Chunk { steps, before: self.before.take(), walks: RefCell::default() };
            self.before = Some(Rc::new(chunk));
        }
    }

    /// Steps that are its own, oldest first.
    pub fn newest(&self) -> &[Step] {
        &self.newest
    }

    /// Those before, newest chunk first.
    pub fn chunks(&self) -> impl Iterator<Item = &Chunk> {
        std::iter::successors(self.before.as_deref(), |chunk| chunk.before.as_deref())
    }

    /// The newest step first.
    pub fn back(&self) -> impl Iterator<Item = &Step> {
        self.newest.iter().rev().chain(self.chunks().flat_map(|chunk| chunk.steps.iter().rev()))
    }
}

/// One chunk after the other: a long chain would need as many calls within each other.
impl Drop for Chunk {
    fn drop(&mut self) {
        let mut before = self.before.take();
        while let Some(mut chunk) = before.and_then(Rc::into_inner) {
            before = chunk.before.take();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(insn: usize) -> Step {
        Step { insn, access: None, stack_operands: (false, false), linked: Vec::new() }
    }

    fn insns(history: &History) -> Vec<usize> {
        history.back().map(|step| step.insn).collect()
    }

    #[test]
    fn paths_that_part_share_the_past_only() {
        let mut one = History::default();
        (0..3).for_each(|insn| one.push(step(insn)));
        let mut two = one.fork();
        one.push(step(7));
        two.push(step(9));
        let three = two.fork();
        assert_eq!(insns(&one), [7, 2, 1, 0]);
        assert_eq!(insns(&two), [9, 2, 1, 0]);
        assert_eq!((insns(&three), three.len()), (insns(&two), 4));
    }

    #[test]
    fn a_long_past_is_dropped_without_calls_within_calls() {
        let mut history = History::default();
        for insn in 0..1_000_000 {
            history.push(step(insn));
            drop(history.fork());
        }
        assert_eq!(history.len(), history.back().count());
    }
}

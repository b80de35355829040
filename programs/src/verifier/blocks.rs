//! The order in which 7.2 looks at instructions before it follows the program, and a search for what holds at each of them.
//!
//! Key types: [`Blocks`], [`Fact`]. What it costs is bounded here, which the kernel's is not. Neighbours: `constants` and `stack_use` settle their facts with it, `liveness` and `stack_life` go through it
//! backwards. Modelled after kernel/bpf/cfg.c:bpf_compute_postorder and kernel/bpf/liveness.c:bpf_insn_successors (7.2).

use std::cell::Cell;
use std::ops::Range;

use super::program::Subprog;
use super::stop::{Checked, not_modelled};
use crate::isa::{Callee, Op};

const TAIL_CALL: i32 = 12;
/// Facts that are looked at, all in all: seconds. The kernel has no such limit.
const MOST_BYTES: usize = 4 << 30;
/// Facts that are kept at once.
const MOST_KEPT_BYTES: usize = 256 << 20;

/// Reachable instructions, function by function.
pub struct Blocks {
    /// Each instruction after those that follow it, if there is no way back.
    order: Vec<usize>,
    /// Where each function is in `order`.
    parts: Vec<Range<usize>>,
    /// Up to two instructions after each; [`NOWHERE`] fills up.
    next: Vec<[u32; 2]>,
    /// What may be known at an instruction is kept where several ways meet.
    heads: Vec<bool>,
    /// How much was looked at so far.
    spent: Cell<usize>,
}

/// What may be known at an instruction.
pub trait Fact: Clone {
    /// Memory that it takes.
    fn bytes(&self) -> usize;
}

const NOWHERE: u32 = u32::MAX;

impl Blocks {
    pub fn new(ops: &[Option<Op>], subprogs: &[Subprog]) -> Blocks {
        let mut blocks = Blocks {
            order: Vec::with_capacity(ops.len()),
            parts: Vec::with_capacity(subprogs.len()),
            next: Vec::with_capacity(ops.len()),
            heads: vec![false; ops.len()],
            spent: Cell::new(0),
        };
        for subprog in subprogs {
            let exit = (subprog.start..subprog.end).rev().find(|at| ops[*at] == Some(Op::Exit));
            for at in subprog.start..subprog.end {
                blocks.next.push(successors(ops, at, exit.unwrap_or(subprog.end - 1)));
            }
            blocks.heads[subprog.start] = true;
        }
        for (at, op) in ops.iter().enumerate() {
            let plain = blocks.after(at).eq([at + op.map_or(1, |op| op.slots())]);
            if !plain {
                blocks.after(at).for_each(|next| blocks.heads[next] = true);
            }
        }
        let mut seen = vec![false; ops.len()];
        for subprog in subprogs {
            let from = blocks.order.len();
            blocks.walk(subprog.start, &mut seen);
            blocks.parts.push(from..blocks.order.len());
        }
        blocks
    }

    fn walk(&mut self, start: usize, seen: &mut [bool]) {
        let mut stack = vec![(start, false)];
        seen[start] = true;
        while let Some((at, explored)) = stack.pop() {
            if explored {
                self.order.push(at);
                continue;
            }
            stack.push((at, true));
            for next in self.next[at].map(|next| next as usize) {
                if next < seen.len() && !std::mem::replace(&mut seen[next], true) {
                    stack.push((next, false));
                }
            }
        }
    }

    /// Where an instruction may go on.
    pub fn after(&self, at: usize) -> impl Iterator<Item = usize> + use<> {
        self.next[at].into_iter().filter(|next| *next != NOWHERE).map(|next| next as usize)
    }

    /// All reachable instructions, later ones first.
    pub fn backwards(&self) -> &[usize] {
        &self.order
    }

    /// Those of a function.
    pub fn backwards_in(&self, subprog: usize) -> &[usize] {
        &self.order[self.parts[subprog].clone()]
    }

    /// Notes that facts were looked at.
    ///
    /// # Errors
    /// It was too much: not modelled.
    pub fn spend(&self, bytes: usize) -> Checked {
        self.spent.set(self.spent.get().saturating_add(bytes));
        if self.spent.get() > MOST_BYTES {
            return not_modelled("so many ways back through so large a function");
        }
        Ok(())
    }

    /// Spreads what is known at the beginning of blocks until nothing new comes up. `entries` say what is known where functions begin;
    /// `step` is what an instruction makes of it, `join` what is left when ways meet, and whether that is news.
    ///
    /// # Errors
    /// It is too much work, or too much to keep: not modelled.
    pub fn settle<S: Fact>(
        &self,
        order: &[usize],
        entries: Vec<(usize, S)>,
        mut step: impl FnMut(usize, &mut S),
        mut join: impl FnMut(&mut S, &S) -> bool,
    ) -> Checked<Settled<S>> {
        let mut settled = Settled { at: vec![None; self.heads.len()] };
        entries.into_iter().for_each(|(at, state)| settled.at[at] = Some(Box::new(state)));
        loop {
            let mut changed = false;
            let mut carried: Option<S> = None;
            let mut kept = 0;
            for &at in order.iter().rev() {
                let known = settled.at[at].as_deref().cloned();
                kept += known.as_ref().map_or(0, S::bytes);
                let Some(mut state) = (if self.heads[at] { known } else { carried.take() }) else { continue };
                self.spend(state.bytes())?;
                if kept > MOST_KEPT_BYTES {
                    return not_modelled("so many stack pointers at so many places");
                }
                step(at, &mut state);
                for next in self.after(at) {
                    if !self.heads[next] {
                        carried = Some(state.clone());
                        continue;
                    }
                    match &mut settled.at[next] {
                        Some(held) => changed |= join(held, &state),
                        none => {
                            *none = Some(Box::new(state.clone()));
                            changed = true;
                        }
                    }
                }
            }
            if !changed {
                return Ok(settled);
            }
        }
    }

    /// Shows what is known before each instruction.
    pub fn look<S: Fact>(
        &self,
        order: &[usize],
        settled: &Settled<S>,
        mut step: impl FnMut(usize, &mut S),
        mut see: impl FnMut(usize, &S),
    ) {
        let mut carried: Option<S> = None;
        for &at in order.iter().rev() {
            let known = settled.at[at].as_deref().cloned();
            let Some(mut state) = (if self.heads[at] { known } else { carried.take() }) else { continue };
            see(at, &state);
            step(at, &mut state);
            carried = self.after(at).any(|next| !self.heads[next]).then_some(state);
        }
    }
}

/// What is known where ways meet.
pub struct Settled<S> {
    at: Vec<Option<Box<S>>>,
}

/// A tail call or a classic packet load may leave the function at once.
fn successors(ops: &[Option<Op>], at: usize, exit: usize) -> [u32; 2] {
    let next = at + ops[at].map_or(1, |op| op.slots());
    let there = |to: usize| if to < ops.len() { to as u32 } else { NOWHERE };
    let to = |delta: i64| usize::try_from(next as i64 + delta).map_or(NOWHERE, there);
    match ops[at] {
        Some(Op::Exit | Op::JumpReg { .. }) => [NOWHERE, NOWHERE],
        Some(Op::Jump { delta, .. }) => [to(delta.into()), NOWHERE],
        Some(Op::Branch { delta, .. } | Op::MayGoto { delta }) => [there(next), to(delta.into())],
        Some(Op::Call(Callee::Helper(TAIL_CALL)) | Op::SkbAbs { .. } | Op::SkbInd { .. }) => {
            [there(next), there(exit)]
        }
        _ => [there(next), NOWHERE],
    }
}

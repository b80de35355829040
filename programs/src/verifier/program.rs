//! A program as the verifier goes through it: decoded, with its functions and the instructions where paths may meet.
//!
//! Key types: [`Program`], [`Subprog`], [`Mark`]. Neighbours: `search` stops at the marks. Modelled after
//! kernel/bpf/verifier.c:visit_insn (7.2: cfg.c) and check_subprogs.

use super::precision::touches;
use crate::gate::GateInput;
use crate::isa::{Callee, Imm64, Op, decode_at};
use crate::profile::{KernelVersion, Profile};

/// A function of the program.
#[derive(Clone, Debug)]
pub struct Subprog {
    pub name: String,
    pub start: usize,
    pub end: usize,
    /// Verified alone, for any arguments.
    pub global: bool,
}

/// What the search does at an instruction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// States are kept and compared here.
    pub prune: bool,
    /// A state is always kept here.
    pub force: bool,
    /// The call runs a callback before it returns.
    pub callback: bool,
    /// Calls the `next` function of an open-coded iterator.
    pub iter_next: bool,
    /// Paths come here by a jump, a call or a return: the kernel writes it into its history.
    pub jump: bool,
}

/// What calls mean for the search, asked once per call instruction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallTraits {
    pub sync_callback: bool,
    pub async_callback: bool,
    pub iter_next: bool,
    /// Number of arguments, if it is known.
    pub params: Option<u8>,
}

/// The program.
pub struct Program<'a> {
    pub input: &'a GateInput,
    /// Decoded instruction of each slot; `None` for second slots of 64-bit loads and for codes that mean nothing.
    pub ops: Vec<Option<Op>>,
    pub marks: Vec<Mark>,
    /// What matters when a path is walked back, as [`touches`] says. 7.2 makes jumps of branches that it has decided: these touch less.
    pub touches: Vec<u32>,
    pub subprogs: Vec<Subprog>,
    /// Number of arguments of the helper that each instruction calls, if it is known.
    pub params: Vec<Option<u8>>,
    /// Precision is not followed through calls of functions and their exits (before 6.5).
    pub calls_end_walks: bool,
    /// Precision goes from what an atomic operation fetched to the slot it came from (7.2); before, such an operation is a store.
    pub fetches_are_loads: bool,
}

impl<'a> Program<'a> {
    /// `starts` are the functions the kernel found; `traits` knows what a helper or kfunc does with callbacks.
    pub fn new(
        profile: &Profile,
        input: &'a GateInput,
        starts: &[usize],
        traits: impl Fn(Callee) -> CallTraits,
    ) -> Program<'a> {
        let ops = decode_all(input);
        let marks = marks(profile.version, &ops, &traits);
        let subprogs = subprogs(input, starts);
        let called = |op: &Option<Op>| match op {
            Some(Op::Call(callee)) => traits(*callee).params,
            _ => None,
        };
        let params = ops.iter().map(called).collect();
        let calls_end_walks = profile.version <= KernelVersion::V6_1;
        let fetches_are_loads = profile.version >= KernelVersion::V7_2;
        let touches = ops.iter().copied().map(touches).collect();
        Program { input, ops, marks, touches, subprogs, params, calls_end_walks, fetches_are_loads }
    }

    pub fn len(&self) -> usize {
        self.ops.len()
    }

    /// The function that begins at `at`.
    pub fn subprog_at(&self, at: usize) -> Option<usize> {
        self.subprogs.binary_search_by_key(&at, |subprog| subprog.start).ok()
    }

    /// The function around `at`.
    pub fn subprog_around(&self, at: usize) -> usize {
        self.subprogs.partition_point(|subprog| subprog.start <= at).saturating_sub(1)
    }

    /// Slot after the instruction at `at`.
    pub fn next(&self, at: usize) -> usize {
        at + self.ops[at].map_or(1, |op| op.slots())
    }

    /// The function a `call` or a function address at `at` refers to.
    pub fn callee(&self, at: usize) -> Option<usize> {
        let delta = match self.ops[at]? {
            Op::Call(Callee::Subprog(delta)) | Op::LoadImm64 { imm: Imm64::Func(delta), .. } => delta,
            _ => return None,
        };
        let to = usize::try_from(at as i64 + 1 + i64::from(delta)).ok()?;
        self.subprog_at(to)
    }
}

fn decode_all(input: &GateInput) -> Vec<Option<Op>> {
    let mut ops = vec![None; input.insns.len()];
    let mut at = 0;
    while at < ops.len() {
        ops[at] = decode_at(&input.insns, at).ok();
        at += if input.insns[at].is_load_imm64() { 2 } else { 1 };
    }
    ops
}

/// Marks of the whole program. 5.10 also stops behind jumps.
fn marks(version: KernelVersion, ops: &[Option<Op>], traits: &impl Fn(Callee) -> CallTraits) -> Vec<Mark> {
    let mut marks = vec![Mark::default(); ops.len()];
    let prune = |marks: &mut Vec<Mark>, at: i64| {
        if let Some(mark) = usize::try_from(at).ok().and_then(|at| marks.get_mut(at)) {
            mark.prune = true;
        }
    };
    let jump = |marks: &mut Vec<Mark>, at: i64| {
        if let Some(mark) = usize::try_from(at).ok().and_then(|at| marks.get_mut(at)) {
            (mark.prune, mark.jump) = (true, true);
        }
    };
    for (at, op) in ops.iter().enumerate() {
        let here = at as i64;
        let next = here + op.map_or(1, |op| op.slots() as i64);
        match op {
            Some(Op::Call(callee)) => {
                let call = traits(*callee);
                let mark = &mut marks[at];
                mark.callback = call.sync_callback;
                mark.iter_next = call.iter_next;
                // 6.1 follows a callback once, without coming back to the call.
                let again = call.sync_callback && version > KernelVersion::V6_1;
                mark.force |= again || call.iter_next;
                mark.jump |= again;
                mark.prune |= again || call.async_callback || call.iter_next;
                jump(&mut marks, next);
                if let Callee::Subprog(delta) = callee {
                    prune(&mut marks, here);
                    jump(&mut marks, next + i64::from(*delta));
                }
            }
            Some(Op::LoadImm64 { imm: Imm64::Func(delta), .. }) if version > KernelVersion::V5_10 => {
                prune(&mut marks, here);
                jump(&mut marks, next);
                jump(&mut marks, here + 1 + i64::from(*delta));
            }
            Some(Op::Jump { delta, .. }) => {
                jump(&mut marks, next + i64::from(*delta));
                if version == KernelVersion::V5_10 {
                    jump(&mut marks, next);
                }
            }
            Some(Op::Branch { delta, .. }) => {
                prune(&mut marks, here);
                jump(&mut marks, next + i64::from(*delta));
            }
            Some(Op::MayGoto { delta }) => {
                prune(&mut marks, here);
                jump(&mut marks, next + i64::from(*delta));
                marks[at].force = true;
            }
            _ => {}
        }
    }
    marks
}

fn subprogs(input: &GateInput, starts: &[usize]) -> Vec<Subprog> {
    let end_of = |index: usize| starts.get(index + 1).copied().unwrap_or(input.insns.len());
    let named = |start: usize| input.functions.iter().find(|function| function.start == start);
    starts
        .iter()
        .enumerate()
        .map(|(index, &start)| Subprog {
            name: named(start).map(|function| function.name.clone()).unwrap_or_default(),
            start,
            end: end_of(index),
            global: index > 0 && input.has_func_info && named(start).is_some_and(|function| function.global),
        })
        .collect()
}

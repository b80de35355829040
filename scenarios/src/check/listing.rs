//! The instructions of a program, decoded once, as the kernel's log prints them.
//!
//! Key type: [`Listing`]. Neighbours: `trail` follows them backwards, `draw` shows them when there is no line information.

use programs::isa::{Callee, Names, Op, decode_at, log_line};
use programs::object::{Object, ProgramSpec};
use programs::profile::Profile;

use super::{Instruction, Place};

/// A program's instructions.
pub(super) struct Listing<'a> {
    pub profile: &'a Profile,
    object: &'a Object,
    pub program: &'a ProgramSpec,
    /// `None` for the second slot of a wide load and for what cannot be decoded.
    ops: Vec<Option<Op>>,
}

impl<'a> Listing<'a> {
    pub fn new(profile: &'a Profile, object: &'a Object, program: &'a ProgramSpec) -> Listing<'a> {
        let mut ops = vec![None; program.insns.len()];
        let mut at = 0;
        while at < ops.len() {
            ops[at] = decode_at(&program.insns, at).ok();
            at += if program.insns[at].is_load_imm64() { 2 } else { 1 };
        }
        Listing { profile, object, program, ops }
    }

    /// What a slot means.
    pub fn op(&self, index: usize) -> Option<Op> {
        *self.ops.get(index)?
    }

    /// `(bf) r1 = r10`, without the slot's number; empty when there is no such slot.
    pub fn line(&self, index: usize) -> String {
        let Some(raw) = self.program.insns.get(index) else { return String::new() };
        let Some(op) = self.op(index) else {
            return format!("({:02x}) no instruction of this tool", raw.code);
        };
        let line = log_line(index, raw.code, &op, self);
        line.split_once(": ").map_or(line.clone(), |(_, text)| text.to_owned())
    }

    /// The instruction with its line of C.
    pub fn instruction(&self, index: usize) -> Instruction {
        Instruction { index, text: self.line(index), place: Place::of(self.program, index) }
    }

    /// The slot behind an instruction.
    pub fn next(&self, index: usize) -> usize {
        index + if self.program.insns.get(index).is_some_and(|insn| insn.is_load_imm64()) { 2 } else { 1 }
    }

    /// Name of what a call calls.
    pub fn callee(&self, index: usize) -> Option<String> {
        match self.op(index)? {
            Op::Call(Callee::Helper(id)) => programs::isa::helper_name(id).map(str::to_owned),
            Op::Call(Callee::Kfunc { id, .. }) => {
                self.program.kfuncs.get(usize::try_from(id).ok()?).map(|kfunc| kfunc.name.clone())
            }
            Op::Call(Callee::Subprog(delta)) => {
                let target = usize::try_from(self.next(index) as i64 + i64::from(delta)).ok()?;
                self.program.subprogs.iter().find(|sub| sub.start == target).map(|sub| sub.name.clone())
            }
            _ => None,
        }
    }

    /// Name of a map of the object.
    pub fn map_name(&self, index: i32) -> Option<&str> {
        self.object.maps.get(usize::try_from(index).ok()?).map(|map| map.name.as_str())
    }
}

impl Names for Listing<'_> {
    fn kfunc(&self, id: i32, _module: i16) -> Option<&str> {
        self.program.kfuncs.get(usize::try_from(id).ok()?).map(|kfunc| kfunc.name.as_str())
    }

    fn map(&self, index: i32) -> Option<&str> {
        self.map_name(index)
    }
}

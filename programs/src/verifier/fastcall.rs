//! Calls that the compiler surrounds with spills and fills that the kernel takes away (`bpf_fastcall`): the stack that only they used
//! does not count.
//!
//! Key types: [`Fastcalls`]. Neighbours: `stack` tells it of every access, `stack_depth` asks at the end. Modelled after
//! kernel/bpf/verifier.c:mark_fastcall_pattern_for_call, check_fastcall_stack_contract and remove_fastcall_spills_fills (6.12 on).

use super::program::Program;
use crate::gate::GateInput;
use crate::isa::{Callee, Insn, Op};
use crate::profile::KernelVersion;

const GET_SMP_PROCESSOR_ID: i32 = 8;
/// Kernel functions that the verifier replaces, with their number of arguments.
const REPLACED: [(&str, u8); 2] = [("bpf_cast_to_kern_ctx", 1), ("bpf_rdonly_cast", 2)];

const STORE_DW: u8 = 0x7b;
const LOAD_DW: u8 = 0x79;
const CALLER_SAVED: u8 = 0b11_1111;

/// One function's spills.
#[derive(Clone, Copy, Debug, Default)]
struct Spills {
    /// Where the stack begins that only patterns use; `None` once something else used it.
    start: Option<i64>,
    /// Some pattern has to stay.
    keep: bool,
    /// Some pattern goes.
    removed: bool,
}

/// What is known about a program's patterns.
#[derive(Clone, Debug, Default)]
pub struct Fastcalls {
    functions: Vec<Spills>,
    /// Instructions of patterns.
    pattern: Vec<bool>,
}

impl Fastcalls {
    pub fn of(version: KernelVersion, program: &Program<'_>, input: &GateInput) -> Fastcalls {
        let mut found = Fastcalls {
            functions: vec![Spills { start: Some(0), ..Spills::default() }; program.subprogs.len()],
            pattern: vec![false; program.len()],
        };
        if version < KernelVersion::V6_12 {
            return found;
        }
        let targets = targets(version, program);
        for (subprog, range) in program.subprogs.iter().map(|sub| sub.start..sub.end).enumerate() {
            let spills =
                input.insns[range.clone()].iter().filter(|insn| insn.code == STORE_DW && insn.dst == 10);
            let lowest = spills.map(|insn| insn.off).min().unwrap_or(0).min(0);
            for at in range {
                found.note_call(program, input, subprog, at, lowest.into(), &targets);
            }
        }
        found
    }

    fn note_call(
        &mut self,
        program: &Program<'_>,
        input: &GateInput,
        subprog: usize,
        at: usize,
        lowest: i64,
        targets: &[bool],
    ) {
        let Some(Op::Call(callee)) = program.ops[at] else { return };
        let Some((params, replaced)) = summary(program, input, at, callee) else { return };
        let mut expected = CALLER_SAVED & !((1 << (params + 1)) - 1);
        let mut pairs = 0;
        let mut off = lowest;
        while let (Some(before), Some(fill)) =
            (at.checked_sub(pairs + 1), input.insns.get(at + pairs + 1).copied())
        {
            let spill: Insn = input.insns[before];
            let entered = targets[before + 1] || targets[at + pairs + 1];
            let pair = spill.code == STORE_DW && fill.code == LOAD_DW && spill.dst == 10 && fill.src == 10;
            let same = spill.src == fill.dst && spill.src < 6 && expected & (1 << spill.src) != 0;
            let there = i64::from(spill.off) == off && i64::from(fill.off) == off;
            if entered || !pair || !same || !there {
                break;
            }
            expected &= !(1 << spill.src);
            (self.pattern[before], self.pattern[at + pairs + 1]) = (true, true);
            pairs += 1;
            off += 8;
        }
        if pairs == 0 {
            return;
        }
        let function = &mut self.functions[subprog];
        function.removed |= replaced;
        function.keep |= !replaced;
        function.start = function.start.map(|start| start.min(off));
    }

    /// An instruction reaches `off` on the stack of a function.
    pub fn touch(&mut self, subprog: usize, insn: usize, off: i64) {
        let function = &mut self.functions[subprog];
        if function.start.is_some_and(|start| off < start) && !self.pattern[insn] {
            function.start = None;
        }
    }

    /// Bytes of stack that are left of a function when its patterns are gone, if any go.
    pub fn left(&self, subprog: usize) -> Option<usize> {
        let function = &self.functions[subprog];
        let start = function.start.filter(|_| function.removed && !function.keep)?;
        usize::try_from(-start).ok()
    }
}

/// Number of arguments of a call, and whether the kernel puts instructions in its place.
fn summary(program: &Program<'_>, input: &GateInput, at: usize, callee: Callee) -> Option<(u8, bool)> {
    match callee {
        Callee::Helper(id) => Some((program.params[at]?, id == GET_SMP_PROCESSOR_ID)),
        Callee::Kfunc { id, .. } => {
            let name = &input.kfuncs.get(usize::try_from(id).ok()?)?.name;
            let known = REPLACED.iter().find(|(replaced, _)| replaced == name);
            known.map(|(_, params)| (*params, true))
        }
        Callee::Subprog(_) => None,
    }
}

/// Instructions that jumps lead to: no pattern reaches over them (7.2).
fn targets(version: KernelVersion, program: &Program<'_>) -> Vec<bool> {
    let mut targets = vec![false; program.len() + 1];
    if version < KernelVersion::V7_2 {
        return targets;
    }
    for (at, op) in program.ops.iter().enumerate() {
        let Some(delta) = op.as_ref().and_then(|op| op.jump_delta()) else { continue };
        let to = at as i64 + 1 + i64::from(delta);
        if let Some(target) = usize::try_from(to).ok().and_then(|to| targets.get_mut(to)) {
            *target = true;
        }
    }
    targets
}

//! Which registers some continuation of an instruction may read: what 7.2 computes before it follows the program.
//!
//! Key item: [`live_registers`]. Neighbours: `search` forgets what is dead before it compares states. Modelled after
//! kernel/bpf/liveness.c:bpf_compute_live_registers (7.2). Liveness of the stack is kept by read marks instead, as in earlier kernels.

use super::program::CallTraits;
use crate::isa::{AluOp, AtomicOp, Callee, Op, Src};

const TAIL_CALL: i32 = 12;
const R0: u16 = 1;
const CALLER_SAVED: u16 = 0b11_1111;

/// Registers that an instruction writes and reads.
#[derive(Clone, Copy, Default)]
struct Effect {
    writes: u16,
    reads: u16,
}

/// Live registers before each instruction. `ends` gives the last instruction of the function around one.
pub fn live_registers(
    ops: &[Option<Op>],
    traits: &impl Fn(Callee) -> CallTraits,
    ends: impl Fn(usize) -> usize,
) -> Vec<u16> {
    let effects: Vec<Effect> =
        ops.iter().map(|op| op.map_or(Effect::default(), |op| effect(op, traits))).collect();
    let mut live = vec![0_u16; ops.len()];
    let mut changed = true;
    while changed {
        changed = false;
        for at in (0..ops.len()).rev() {
            let Some(op) = ops[at] else { continue };
            let after = successors(op, at, &ends).into_iter().flatten();
            let out = after.fold(0, |out, next| out | live.get(next).copied().unwrap_or(0));
            let before = (out & !effects[at].writes) | effects[at].reads;
            changed |= before != live[at];
            live[at] = before;
        }
    }
    live
}

/// A tail call or a classic packet load may leave the function at once.
fn successors(op: Op, at: usize, ends: &impl Fn(usize) -> usize) -> [Option<usize>; 2] {
    let next = at + op.slots();
    let to = |delta: i64| usize::try_from(next as i64 + delta).ok();
    match op {
        Op::Exit | Op::JumpReg { .. } => [None, None],
        Op::Jump { delta, .. } => [to(delta.into()), None],
        Op::Branch { delta, .. } => [Some(next), to(delta.into())],
        Op::MayGoto { delta } => [Some(next), to(delta.into())],
        Op::Call(Callee::Helper(TAIL_CALL)) | Op::SkbAbs { .. } | Op::SkbInd { .. } => {
            [Some(next), Some(ends(at))]
        }
        _ => [Some(next), None],
    }
}

fn bit(reg: crate::isa::Reg) -> u16 {
    1 << reg.0.min(15)
}

fn of(src: Src) -> u16 {
    if let Src::Reg(reg) = src { bit(reg) } else { 0 }
}

fn effect(op: Op, traits: &impl Fn(Callee) -> CallTraits) -> Effect {
    let (writes, reads) = match op {
        Op::Alu { op: AluOp::Mov, dst, src, .. } => (bit(dst), of(src)),
        Op::Alu { dst, src, .. } => (bit(dst), bit(dst) | of(src)),
        Op::Neg { dst, .. } | Op::End { dst, .. } => (bit(dst), bit(dst)),
        Op::MovSx { dst, src, .. } | Op::AddrSpaceCast { dst, src, .. } => (bit(dst), bit(src)),
        Op::LoadImm64 { dst, .. } => (bit(dst), 0),
        Op::Load { dst, base, .. } | Op::LoadAcquire { dst, base, .. } => (bit(dst), bit(base)),
        Op::Store { base, src, .. } => (0, bit(base) | of(src)),
        Op::StoreRelease { base, src, .. } => (0, bit(base) | bit(src)),
        Op::Atomic { op, base, src, .. } => atomic(op, bit(base), bit(src)),
        Op::SkbAbs { .. } | Op::SkbInd { .. } => (0, u16::MAX),
        Op::Jump { .. } | Op::MayGoto { .. } => (0, 0),
        Op::JumpReg { .. } => (0, u16::MAX),
        Op::Branch { dst, src, .. } => (0, bit(dst) | of(src)),
        Op::Exit => (0, R0),
        Op::Call(callee) => {
            let params = traits(callee).params.unwrap_or(5);
            (CALLER_SAVED, ((1 << (params + 1)) - 1) & !R0)
        }
    };
    Effect { writes, reads }
}

fn atomic(op: AtomicOp, base: u16, src: u16) -> (u16, u16) {
    let fetched = match op {
        AtomicOp::CmpXchg => return (R0, R0 | base | src),
        AtomicOp::Xchg => true,
        AtomicOp::Add { fetch }
        | AtomicOp::Or { fetch }
        | AtomicOp::And { fetch }
        | AtomicOp::Xor { fetch } => fetch,
    };
    (if fetched { src } else { 0 }, base | src)
}

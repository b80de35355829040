//! Rewrites accesses to the 32-bit pointer fields of packet contexts to the 64-bit fields that stand behind them
//! (`kernel/bpf/verifier.c:convert_ctx_accesses`).
//!
//! Which register holds the context at an instruction is found by following copies, spills and calls through the program. A register
//! that holds it on one path and something else on another is taken as the context; a verifier refuses loads through it.
//! Neighbours: `packet` has the fields, `link` calls [`rewrite`].

use super::packet::PacketKind;
use crate::isa::{self, AluOp, Callee, Imm64, Insn, Op, Reg, Size, Src, Width};
use crate::profile::ProgType;

/// Opcode of `dst = *(u64 *)(src + off)`.
const LDX_MEM_DW: u8 = 0x79;
const FRAME_POINTER: u8 = 10;
const CALLER_SAVED: u16 = 0b11_1111;
const ARGUMENTS: u16 = 0b11_1110;

/// Which registers and stack slots may hold the context, a bit each. Slot n is 8 bytes at `r10 - 8 * (n + 1)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Holders {
    regs: u16,
    slots: u64,
}

impl Holders {
    fn reg(self, reg: Reg) -> bool {
        self.regs & (1 << reg.0) != 0
    }

    fn set_reg(&mut self, reg: Reg, holds: bool) {
        self.regs = self.regs & !(1 << reg.0) | (u16::from(holds) << reg.0);
    }

    fn slot_bit(base: Reg, off: i16) -> u64 {
        let slot = if base.0 == FRAME_POINTER && off < 0 { (-i32::from(off) - 1) / 8 } else { 64 };
        1u64.checked_shl(slot as u32).unwrap_or(0)
    }

    fn join(self, other: Holders) -> Holders {
        Holders { regs: self.regs | other.regs, slots: self.slots | other.slots }
    }
}

/// Which structure the context of a program type is.
fn kind_of(prog_type: ProgType) -> Option<PacketKind> {
    const SKB: [ProgType; 4] =
        [ProgType::SOCKET_FILTER, ProgType::SCHED_CLS, ProgType::SCHED_ACT, ProgType::CGROUP_SKB];
    match prog_type {
        ProgType::XDP => Some(PacketKind::Xdp),
        other => SKB.contains(&other).then_some(PacketKind::Skb),
    }
}

/// Rewrites in place; the program has been decoded before.
pub(super) fn rewrite(prog_type: ProgType, insns: &mut [Insn]) {
    let Some(kind) = kind_of(prog_type) else { return };
    let Ok(ops) = isa::decode(insns) else { return };
    let mut by_slot: Vec<Option<Op>> = vec![None; insns.len()];
    ops.iter().for_each(|(pc, op)| by_slot[*pc] = Some(*op));
    let states = follow(&by_slot);
    for (pc, op) in ops {
        let (Op::Load { size: Size::W, base, off, .. }, Some(state)) = (op, states[pc]) else { continue };
        let field = kind.pointers().iter().find(|field| i64::from(off) == i64::from(field.uapi));
        if let Some(field) = field.filter(|_| state.reg(base)) {
            insns[pc].code = LDX_MEM_DW;
            insns[pc].off = field.real as i16;
        }
    }
}

/// The holders before each instruction that can be reached.
fn follow(ops: &[Option<Op>]) -> Vec<Option<Holders>> {
    let mut states: Vec<Option<Holders>> = vec![None; ops.len()];
    let mut work = vec![(0, Holders { regs: 1 << 1, slots: 0 })];
    while let Some((pc, incoming)) = work.pop() {
        let Some(Some(op)) = ops.get(pc) else { continue };
        let joined = states[pc].unwrap_or_default().join(incoming);
        if states[pc] == Some(joined) {
            continue;
        }
        states[pc] = Some(joined);
        successors(pc, op, joined, &mut work);
    }
    states
}

fn successors(pc: usize, op: &Op, before: Holders, work: &mut Vec<(usize, Holders)>) {
    let mut after = before;
    step(op, &mut after);
    let jump = |delta: i32| (pc as i64 + 1 + i64::from(delta)) as usize;
    let next = pc + if matches!(op, Op::LoadImm64 { .. }) { 2 } else { 1 };
    match *op {
        Op::Exit => {}
        Op::Jump { delta, .. } => work.push((jump(delta), after)),
        Op::Branch { delta, .. } | Op::MayGoto { delta } => {
            work.push((jump(i32::from(delta)), after));
            work.push((next, after));
        }
        Op::Call(Callee::Subprog(delta)) => {
            work.push((jump(delta), Holders { regs: before.regs & ARGUMENTS, slots: 0 }));
            work.push((next, after));
        }
        // A callback may get the context through its own argument; its address alone says nothing about it.
        Op::LoadImm64 { imm: Imm64::Func(delta), .. } => {
            work.push((jump(delta), Holders::default()));
            work.push((next, after));
        }
        _ => work.push((next, after)),
    }
}

fn step(op: &Op, state: &mut Holders) {
    match *op {
        Op::Alu { width: Width::W64, op: AluOp::Mov, dst, src: Src::Reg(src) } => {
            state.set_reg(dst, state.reg(src));
        }
        Op::Load { size: Size::Dw, dst, base, off, .. } => {
            state.set_reg(dst, state.slots & Holders::slot_bit(base, off) != 0);
        }
        Op::Store { size, base, off, src } => {
            let bit = Holders::slot_bit(base, off);
            let holds = matches!((size, src), (Size::Dw, Src::Reg(src)) if state.reg(src));
            state.slots = state.slots & !bit | if holds { bit } else { 0 };
        }
        Op::Call(_) | Op::SkbAbs { .. } | Op::SkbInd { .. } => state.regs &= !CALLER_SAVED,
        Op::Alu { dst, .. }
        | Op::Neg { dst, .. }
        | Op::MovSx { dst, .. }
        | Op::End { dst, .. }
        | Op::AddrSpaceCast { dst, .. }
        | Op::LoadImm64 { dst, .. }
        | Op::Load { dst, .. }
        | Op::LoadAcquire { dst, .. } => state.set_reg(dst, false),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::isa::assemble;

    fn rewritten(prog_type: ProgType, text: &str) -> Vec<i16> {
        let mut insns = assemble(text, &[]).expect("valid").insns;
        rewrite(prog_type, &mut insns);
        insns.iter().filter(|insn| insn.code == LDX_MEM_DW && insn.off >= 256).map(|insn| insn.off).collect()
    }

    #[test]
    fn pointers_of_the_context_are_widened_wherever_it_went() {
        let rows: [(&str, &[i16]); 6] = [
            ("r2 = *(u32 *)(r1 +0)\nr3 = *(u32 *)(r1 +4)\nr0 = 0\nexit", &[256, 264]),
            ("r6 = r1\ncall 5\nr2 = *(u32 *)(r6 +0)\nr0 = 0\nexit", &[256]),
            (
                "*(u64 *)(r10 -8) = r1\ncall 5\nr4 = *(u64 *)(r10 -8)\nr2 = *(u32 *)(r4 +4)\nr0 = 0\nexit",
                &[264],
            ),
            // Not the context any more, another field, packet data.
            ("r1 = r10\nr2 = *(u32 *)(r1 -4)\nr0 = 0\nexit", &[]),
            ("r2 = *(u32 *)(r1 +12)\nr0 = 0\nexit", &[]),
            ("r2 = *(u32 *)(r1 +0)\nr3 = *(u32 *)(r2 +0)\nr0 = 0\nexit", &[256]),
        ];
        for (text, expected) in rows {
            assert_eq!(rewritten(ProgType::XDP, text), expected, "{text}");
        }
        assert_eq!(rewritten(ProgType::SCHED_CLS, "r2 = *(u32 *)(r1 +76)\nr0 = 0\nexit"), [256]);
        assert_eq!(rewritten(ProgType::KPROBE, "r2 = *(u32 *)(r1 +0)\nr0 = 0\nexit"), [0i16; 0]);
    }

    #[test]
    fn subprograms_get_it_as_an_argument() {
        let text = "call sub\nexit\nfunc sub:\nr0 = *(u32 *)(r1 +0)\nexit";
        assert_eq!(rewritten(ProgType::XDP, text), [256]);
    }
}

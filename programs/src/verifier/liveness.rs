//! Which registers some continuation of an instruction may read: what 7.2 computes before it follows the program.
//!
//! Key items: [`live_registers`], [`Ahead`]. Neighbours: `stack_life` does the same for the stack; `verify` forgets what is dead before
//! states are compared. Modelled after kernel/bpf/liveness.c:bpf_compute_live_registers and kernel/bpf/states.c:clean_verifier_state (7.2).
//! Earlier kernels mark what is read in the states they kept, instead.

use super::blocks::Blocks;
use super::constants::decide_branches;
use super::loops::components;
use super::reg::{Kind, Reg};
use super::stack_life::{Halves, StackLife};
use super::stack_use::Uses;
use super::state::{Byte, SLOT_BYTES, Slot};
use super::stop::Checked;
use super::verify::Verifier;
use crate::isa::{AluOp, AtomicOp, Callee, Op, Src};
use crate::profile::KernelVersion;

const R0: u16 = 1;
const CALLER_SAVED: u16 = 0b11_1111;

/// Registers that an instruction writes and reads.
#[derive(Clone, Copy, Default)]
struct Effect {
    writes: u16,
    reads: u16,
}

/// Live registers before each reachable instruction. `params` knows how many arguments a call has.
///
/// # Errors
/// The program has too many ways back.
pub fn live_registers(
    ops: &[Option<Op>],
    blocks: &Blocks,
    params: &dyn Fn(Callee) -> Option<u8>,
) -> Checked<Vec<u16>> {
    let effects: Vec<Effect> =
        ops.iter().map(|op| op.map_or(Effect::default(), |op| effect(op, params))).collect();
    let mut live = vec![0_u16; ops.len()];
    let mut changed = true;
    while changed {
        changed = false;
        blocks.spend(size_of_val(blocks.backwards()))?;
        for &at in blocks.backwards() {
            let out = blocks.after(at).fold(0, |out, next| out | live[next]);
            let before = (out & !effects[at].writes) | effects[at].reads;
            changed |= before != live[at];
            live[at] = before;
        }
    }
    Ok(live)
}

fn bit(reg: crate::isa::Reg) -> u16 {
    1 << reg.0.min(15)
}

fn of(src: Src) -> u16 {
    if let Src::Reg(reg) = src { bit(reg) } else { 0 }
}

fn effect(op: Op, params: &dyn Fn(Callee) -> Option<u8>) -> Effect {
    let (writes, reads) = match op {
        Op::Alu { op: AluOp::Mov, dst, src, .. } => (bit(dst), of(src)),
        Op::Alu { dst, src, .. } => (bit(dst), bit(dst) | of(src)),
        Op::Neg { dst, .. } | Op::End { dst, .. } => (bit(dst), bit(dst)),
        Op::MovSx { dst, src, .. } | Op::AddrSpaceCast { dst, src, .. } => (bit(dst), bit(src)),
        Op::LoadImm64 { dst, .. } => (bit(dst), 0),
        Op::Load { dst, base, .. } | Op::LoadAcquire { dst, base, .. } => (bit(dst), bit(base)),
        Op::Store { base, src, .. } => (0, bit(base) | of(src)),
        Op::StoreRelease { base, src, .. } => (0, bit(base) | bit(src)),
        Op::Atomic { op, base, src, .. } => {
            let compared = if op == AtomicOp::CmpXchg { R0 } else { 0 };
            (op.fetched(src).map_or(0, bit), bit(base) | bit(src) | compared)
        }
        Op::SkbAbs { .. } | Op::SkbInd { .. } => (0, u16::MAX),
        Op::Jump { .. } | Op::MayGoto { .. } => (0, 0),
        Op::JumpReg { .. } => (0, u16::MAX),
        Op::Branch { dst, src, .. } => (0, bit(dst) | of(src)),
        Op::Exit => (0, R0),
        Op::Call(callee) => {
            let params = params(callee).unwrap_or(5);
            (CALLER_SAVED, ((1 << (params + 1)) - 1) & !R0)
        }
    };
    Effect { writes, reads }
}

/// What 7.2 knows before it follows the program.
pub struct Ahead {
    registers: Vec<u16>,
    stack: StackLife,
}

impl Verifier<'_> {
    /// Branches that constants decide, and what is read from each instruction on. Before 7.2: nothing.
    pub(super) fn look_ahead(&mut self) -> Checked {
        if self.version() < KernelVersion::V7_2 {
            return Ok(());
        }
        let mut blocks = Blocks::new(&self.program.ops, &self.program.subprogs);
        let uses = Uses::new(self.profile, self.facts, &self.program, &blocks)?;
        if decide_branches(&mut self.program.ops, &uses.constants) {
            blocks = Blocks::new(&self.program.ops, &self.program.subprogs);
        }
        let stack = StackLife::of(&self.program, &blocks, &uses)?;
        let registers = live_registers(&self.program.ops, &blocks, &|callee| uses.params(callee))?;
        self.search.loops.components = components(&self.program, &blocks);
        self.ahead = Some(Ahead { registers, stack });
        Ok(())
    }

    /// 7.2: registers and stack that nothing will read say nothing (`clean_verifier_state`).
    pub(super) fn forget_dead(&mut self, insn: usize) {
        let Some(ahead) = &self.ahead else { return };
        let numbers = self.numbers;
        let nothing = Reg::not_init(numbers);
        let state = &mut self.path.state;
        for number in 0..state.frames.len() {
            let at = state.frames.get(number + 1).and_then(|above| above.callsite).unwrap_or(insn);
            let dead = |reg: usize| ahead.registers[at] >> reg & 1 == 0;
            let kept = &state.frames[number].regs;
            if !(0..10).all(|reg| !dead(reg) || kept[reg].kind == Kind::NotInit) {
                let regs = &mut state.frame_mut(number).regs;
                (0..10).filter(|reg| dead(*reg)).for_each(|reg| regs[reg] = nothing);
            }
            if state.frames[number].stack.is_empty() {
                continue;
            }
            let live = ahead.stack.live(&self.program, state, insn, number);
            for index in 0..state.frames[number].stack.len() {
                let slot = &state.frames[number].stack[index];
                if let Some(cleaned) = without_dead(slot, live >> (2 * index), nothing) {
                    *state.frame_mut(number).slot_mut(index, numbers) = cleaned;
                }
            }
        }
    }
}

/// The slot without what is dead of it; `live`: bit 0 is the half next to the frame pointer.
fn without_dead(slot: &Slot, live: Halves, nothing: Reg) -> Option<Slot> {
    let (near, far) = (live & 1 == 1, live >> 1 & 1 == 1);
    let kept = |half: std::ops::Range<usize>| slot.bytes[half].iter().all(|byte| *byte == Byte::Poison);
    let done = (near || kept(SLOT_BYTES / 2..SLOT_BYTES)) && (far || kept(0..SLOT_BYTES / 2));
    if done || matches!(slot.bytes[0], Byte::Dynptr | Byte::Iter | Byte::IrqFlag) {
        return None;
    }
    let mut cleaned = *slot;
    if !far {
        if near && slot.is_spill() {
            if !slot.reg.is_scalar() || slot.reg.is_null() {
                return None;
            }
            let spilled = cleaned.bytes[SLOT_BYTES / 2..].iter_mut().filter(|byte| **byte == Byte::Spill);
            spilled.for_each(|byte| *byte = Byte::Misc);
        }
        cleaned.reg = nothing;
        cleaned.bytes[..SLOT_BYTES / 2].fill(Byte::Poison);
    }
    if !near {
        cleaned.bytes[SLOT_BYTES / 2..].fill(Byte::Poison);
    }
    Some(cleaned)
}

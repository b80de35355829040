//! Which earlier values a verdict rests on: walks the history back from where a scalar's exact value mattered.
//!
//! Key items: [`Wanted`], [`mark_chain`], [`Walks`], [`touches`]. Neighbours: `search` keeps states with their histories. Modelled after
//! kernel/bpf/verifier.c:__mark_chain_precision and backtrack_insn (7.2: backtrack.c). 5.10 and 6.1 give up at calls of functions and take
//! all scalars before as precise.

use super::history::{History, Linked, SlotRef, Step};
use super::program::Program;
use super::search::{NodeId, Progress, Search};
use super::state::{MOST_FRAMES, State};
use crate::isa::{AluOp, Callee, Op, Src};

/// Registers and slots of each frame whose value is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    regs: [u16; MOST_FRAMES],
    slots: [u64; MOST_FRAMES],
    frame: usize,
    /// No frame beyond this one has anything that is wanted.
    deepest: usize,
}

/// Registers that carry arguments.
const ARGS: u16 = 0b11_1110;

/// The walk cannot say more: everything must be taken as precise.
struct GiveUp;

impl Wanted {
    pub fn reg(frame: usize, reg: usize) -> Wanted {
        let mut wanted = Wanted { frame, deepest: frame, ..Wanted::default() };
        wanted.regs[frame] = 1 << reg;
        wanted
    }

    /// As [`Wanted::reg`], of a frame further up.
    pub fn reg_of(current: usize, frame: usize, reg: usize) -> Wanted {
        Wanted { frame: current, deepest: current.max(frame), ..Wanted::reg(frame, reg) }
    }

    pub fn slot(current: usize, at: SlotRef) -> Wanted {
        let mut wanted = Wanted { frame: current, deepest: current, ..Wanted::default() };
        wanted.slots[usize::from(at.frame)] = 1 << at.slot;
        wanted
    }

    /// All that is precise in a state.
    pub fn precise_of(state: &State, current: usize) -> Wanted {
        let deepest = current.max(state.frames.len() - 1);
        let mut wanted = Wanted { frame: current, deepest, ..Wanted::default() };
        for (number, frame) in state.frames.iter().enumerate().take(MOST_FRAMES) {
            for reg in (0..10).filter(|reg| frame.regs[*reg].is_scalar() && frame.regs[*reg].precise) {
                wanted.regs[number] |= 1 << reg;
            }
            for (slot, held) in frame.stack.iter().enumerate() {
                wanted.slots[number] |= u64::from(held.is_scalar_spill() && held.reg.precise) << slot;
            }
        }
        wanted
    }

    pub fn is_empty(&self) -> bool {
        let frames = self.frame.max(self.deepest) + 1;
        self.regs[..frames].iter().all(|regs| *regs == 0)
            && self.slots[..frames].iter().all(|slots| *slots == 0)
    }

    fn has(&self, reg: u8) -> bool {
        self.regs[self.frame] >> reg & 1 == 1
    }

    /// The frame pointer's value is always known.
    fn set(&mut self, reg: u8) {
        if reg != 10 {
            self.regs[self.frame] |= 1 << reg;
        }
    }

    fn clear(&mut self, reg: u8) {
        self.regs[self.frame] &= !(1 << reg);
    }

    fn has_slot(&self, at: SlotRef) -> bool {
        self.slots[usize::from(at.frame)] >> at.slot & 1 == 1
    }

    /// If one of several places with the same value is wanted, all are.
    fn sync_linked(&mut self, linked: &[Linked]) {
        let wanted = linked.iter().any(|place| match place {
            Linked::Reg { frame, reg } => self.regs[usize::from(*frame)] >> reg & 1 == 1,
            Linked::Slot(at) => self.has_slot(*at),
        });
        if !wanted {
            return;
        }
        for place in linked {
            match place {
                Linked::Reg { frame, reg } => self.regs[usize::from(*frame)] |= 1 << reg,
                Linked::Slot(at) => self.slots[usize::from(at.frame)] |= 1 << at.slot,
            }
        }
    }
}

/// Marks what the exact values of `wanted` at the end of `history`, before instruction `insn`, rest on, in all states back to where they
/// came from. True if some state learnt something.
///
/// # Errors
/// It cannot be told: in this state and all before it every scalar must count as precise.
pub fn mark_chain(
    program: &Program,
    search: &mut Search,
    mut parent: Option<NodeId>,
    history: &History,
    insn: usize,
    mut wanted: Wanted,
) -> Result<bool, Option<NodeId>> {
    let (mut later, last, mut changed) = (Some(insn), parent, false);
    let mut known =
        walk(program, history, &mut later, &mut wanted, &mut search.progress).map_err(|GiveUp| last)?;
    while let (Some(id), false) = (parent, known || wanted.is_empty()) {
        changed |= mark_state(&mut search.nodes[id].state, &mut wanted);
        if wanted.is_empty() {
            break;
        }
        let history = std::mem::take(&mut search.nodes[id].history);
        let walked = walk(program, &history, &mut later, &mut wanted, &mut search.progress);
        search.nodes[id].history = history;
        parent = search.nodes[id].parent;
        // Later kernels begin at the end of the path again.
        known = walked.map_err(|GiveUp| if program.calls_end_walks { parent } else { last })?;
    }
    Ok(changed)
}

/// Back through one history. True if the same was walked from some place on before: all that it rests on has its marks.
fn walk(
    program: &Program,
    history: &History,
    later: &mut Option<usize>,
    wanted: &mut Wanted,
    progress: &mut Progress,
) -> Result<bool, GiveUp> {
    if wanted.is_empty() {
        return Ok(false);
    }
    walk_steps(program, history.newest(), later, wanted, progress)?;
    for chunk in history.chunks() {
        if wanted.is_empty() {
            break;
        }
        progress.walked += 1;
        if chunk.walks.borrow_mut().is_known(progress.given_up_walks, *later, wanted) {
            return Ok(true);
        }
        walk_steps(program, &chunk.steps, later, wanted, progress)?;
    }
    Ok(false)
}

/// Back through steps, until nothing is wanted any more; at first something is.
fn walk_steps(
    program: &Program,
    steps: &[Step],
    later: &mut Option<usize>,
    wanted: &mut Wanted,
    progress: &mut Progress,
) -> Result<(), GiveUp> {
    for step in steps.iter().rev() {
        progress.walked += 1;
        let matters = u32::from(wanted.regs[wanted.frame]) | ALWAYS;
        if program.touches[step.insn] & matters != 0 || !step.linked.is_empty() {
            let told = back(program, step, *later, wanted);
            progress.given_up_walks += usize::from(told.is_err());
            told?;
            if wanted.is_empty() {
                return Ok(());
            }
        }
        *later = Some(step.insn);
    }
    Ok(())
}

/// What was wanted when walks came to a chunk of history, each told once: behind it is always the same, and marks stay. Walks that gave up
/// told nothing; after one, all are forgotten.
#[derive(Debug, Default)]
pub struct Walks {
    known: Vec<(Option<usize>, Wanted)>,
    given_up_walks: usize,
}

/// Walks that a chunk remembers.
const MOST_KNOWN: usize = 4;

impl Walks {
    fn is_known(&mut self, given_up_walks: usize, later: Option<usize>, wanted: &Wanted) -> bool {
        if self.given_up_walks != given_up_walks {
            self.known.clear();
            self.given_up_walks = given_up_walks;
        }
        if self.known.iter().any(|known| known.0 == later && known.1 == *wanted) {
            return true;
        }
        if self.known.len() == MOST_KNOWN {
            self.known.remove(0);
        }
        self.known.push((later, *wanted));
        false
    }
}

/// The operation matters whatever is wanted.
const ALWAYS: u32 = 1 << 31;

/// Registers of which one must be wanted for the operation to matter to [`back`], or [`ALWAYS`].
pub fn touches(op: Option<Op>) -> u32 {
    match op {
        Some(
            Op::Alu { dst, .. }
            | Op::MovSx { dst, .. }
            | Op::AddrSpaceCast { dst, .. }
            | Op::LoadImm64 { dst, .. }
            | Op::Load { dst, .. }
            | Op::LoadAcquire { dst, .. },
        ) => 1 << dst.0,
        Some(Op::SkbAbs { .. } | Op::SkbInd { .. }) => 1,
        Some(Op::Branch { dst, src: Src::Reg(src), .. }) => 1 << dst.0 | 1 << src.0,
        Some(Op::Branch { .. } | Op::Jump { .. }) | None => 0,
        Some(_) => ALWAYS,
    }
}

/// Scalars that are wanted become precise; what is precise already needs no further walk. True if some became so.
fn mark_state(state: &mut State, wanted: &mut Wanted) -> bool {
    let mut changed = false;
    for frame in 0..state.frames.len().min(MOST_FRAMES) {
        for reg in 0..10 {
            let bit = 1 << reg;
            if wanted.regs[frame] & bit == 0 {
                continue;
            }
            let held = &mut state.frame_mut(frame).regs[reg];
            if !held.is_scalar() || std::mem::replace(&mut held.precise, true) {
                wanted.regs[frame] &= !bit;
            } else {
                changed = true;
            }
        }
        for slot in 0..64 {
            let bit = 1 << slot;
            if wanted.slots[frame] & bit == 0 {
                continue;
            }
            let held = state.frame_mut(frame).stack.get_mut(slot).filter(|slot| slot.is_scalar_spill());
            if held.is_none_or(|slot| std::mem::replace(&mut slot.reg.precise, true)) {
                wanted.slots[frame] &= !bit;
            } else {
                changed = true;
            }
        }
    }
    changed
}

/// One instruction backwards: what was wanted after it becomes what is wanted before it.
fn back(program: &Program, step: &Step, later: Option<usize>, wanted: &mut Wanted) -> Result<(), GiveUp> {
    wanted.sync_linked(&step.linked);
    match program.ops[step.insn] {
        Some(Op::Alu { op, dst, src, .. }) if wanted.has(dst.0) => {
            if op == AluOp::Mov {
                wanted.clear(dst.0);
            }
            if let Src::Reg(src) = src {
                wanted.set(src.0);
            }
        }
        Some(Op::MovSx { dst, src, .. } | Op::AddrSpaceCast { dst, src, .. }) if wanted.has(dst.0) => {
            wanted.clear(dst.0);
            wanted.set(src.0);
        }
        Some(Op::LoadImm64 { dst, .. }) => wanted.clear(dst.0),
        Some(Op::Load { dst, .. } | Op::LoadAcquire { dst, .. }) => load_back(step, dst.0, wanted),
        Some(Op::Store { base, src, .. }) => {
            let from = if let Src::Reg(src) = src { Some(src.0) } else { None };
            store_back(step, base.0, from, wanted)?;
        }
        Some(Op::StoreRelease { base, src, .. }) => store_back(step, base.0, Some(src.0), wanted)?,
        Some(Op::Atomic { base, src, op, .. }) => match op.fetched(src).filter(|_| program.fetches_are_loads)
        {
            Some(loaded) => load_back(step, loaded.0, wanted),
            None => store_back(step, base.0, Some(src.0), wanted)?,
        },
        Some(Op::SkbAbs { .. } | Op::SkbInd { .. }) if wanted.has(0) => return Err(GiveUp),
        Some(Op::Branch { dst, src: Src::Reg(src), .. }) if wanted.has(dst.0) || wanted.has(src.0) => {
            if !step.stack_operands.0 {
                wanted.set(dst.0);
            }
            if !step.stack_operands.1 {
                wanted.set(src.0);
            }
        }
        Some(Op::Call(callee)) => call_back(program, step.insn, callee, later, wanted)?,
        Some(Op::Exit) => exit_back(program, later, wanted)?,
        _ => {}
    }
    wanted.sync_linked(&step.linked);
    Ok(())
}

fn load_back(step: &Step, dst: u8, wanted: &mut Wanted) {
    if !wanted.has(dst) {
        return;
    }
    wanted.clear(dst);
    if let Some(at) = step.access {
        wanted.slots[usize::from(at.frame)] |= 1 << at.slot;
    }
}

fn store_back(step: &Step, base: u8, src: Option<u8>, wanted: &mut Wanted) -> Result<(), GiveUp> {
    if wanted.has(base) {
        return Err(GiveUp);
    }
    if let Some(at) = step.access.filter(|at| wanted.has_slot(*at)) {
        wanted.slots[usize::from(at.frame)] &= !(1 << at.slot);
        if let Some(src) = src {
            wanted.set(src);
        }
    }
    Ok(())
}

/// Backwards into a call: from the callee's first instruction to the caller, or over a helper.
fn call_back(
    program: &Program,
    insn: usize,
    callee: Callee,
    later: Option<usize>,
    wanted: &mut Wanted,
) -> Result<(), GiveUp> {
    let stepped_over = later == Some(insn + 1);
    if program.calls_end_walks && (matches!(callee, Callee::Subprog(_)) || program.marks[insn].callback) {
        return Err(GiveUp);
    }
    let into_callee = match callee {
        Callee::Subprog(_) => program.callee(insn).is_some_and(|to| !program.subprogs[to].global),
        _ => program.marks[insn].callback && !stepped_over,
    };
    if into_callee && later.is_some_and(|later| later != insn + 1 || matches!(callee, Callee::Subprog(_))) {
        let args = wanted.regs[wanted.frame] & ARGS;
        let rest = wanted.regs[wanted.frame] & !ARGS != 0 || wanted.slots[wanted.frame] != 0;
        if rest || wanted.frame == 0 {
            return Err(GiveUp);
        }
        wanted.regs[wanted.frame] = 0;
        wanted.frame -= 1;
        if matches!(callee, Callee::Subprog(_)) {
            wanted.regs[wanted.frame] |= args;
        }
        return Ok(());
    }
    wanted.clear(0);
    if wanted.regs[wanted.frame] & ARGS != 0 { Err(GiveUp) } else { Ok(()) }
}

/// Backwards over a callee's exit: its r0 is wanted if the caller's is.
fn exit_back(program: &Program, later: Option<usize>, wanted: &mut Wanted) -> Result<(), GiveUp> {
    if program.calls_end_walks {
        return Err(GiveUp);
    }
    let after_call = later.and_then(|later| later.checked_sub(1)).and_then(|at| program.ops[at]);
    let from_subprog = matches!(after_call, Some(Op::Call(Callee::Subprog(_))));
    if later.is_some_and(|later| program.marks[later].callback) {
        wanted.regs[wanted.frame] &= !ARGS;
    }
    let result = from_subprog && wanted.has(0);
    wanted.clear(0);
    if wanted.frame + 1 >= MOST_FRAMES {
        return Err(GiveUp);
    }
    wanted.frame += 1;
    wanted.deepest = wanted.deepest.max(wanted.frame);
    if result {
        wanted.set(0);
    }
    Ok(())
}

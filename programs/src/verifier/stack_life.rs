//! Which parts of the stack some continuation of an instruction may read: what 7.2 computes before it follows the program, for each
//! function and each way it is called with pointers into the stacks of its callers.
//!
//! Key type: [`StackLife`]. Neighbours: `stack_track` says where pointers go, `stack_use` what calls do; `search` forgets what is dead.
//! Modelled after kernel/bpf/liveness.c:analyze_subprog, update_instance and bpf_stack_slot_alive (7.2).

use std::collections::BTreeMap;

use super::blocks::{Blocks, Fact, Settled};
use super::constants::What;
use super::program::Program;
use super::stack_track::{Slots, Track, Tracks};
use super::stack_use::{Bytes, Uses};
use super::state::{MOST_FRAMES, State};
use super::stop::{Checked, invalid, not_modelled, refuse};
use crate::isa::{AtomicOp, Callee, Op};
use sim::errno::Errno;

/// Halves of slots: bit 0 is next to the frame pointer, 4 bytes each.
pub type Halves = u128;

const HALF: i64 = 4;
const ALL: Halves = Halves::MAX;
/// Functions that are looked at, over all ways to call them.
const MOST_CALLS: u32 = 10_000;
/// Instructions of all of them, for each frame that they may touch; the kernel has no such limit. It bounds memory to 288 MiB.
const MOST_WORK: usize = 6_000_000;
/// What is known at calls, of all functions.
const MOST_CALL_BYTES: usize = 128 << 20;
/// Helpers that call a function before they return: register with the function, with the context, and where it gets that.
const CALLBACKS: [(i32, [usize; 3]); 4] =
    [(164, [2, 3, 4]), (180, [3, 4, 3]), (181, [2, 3, 2]), (209, [2, 3, 2])];

/// What an instruction does to a frame's stack.
#[derive(Clone, Copy, Debug, Default)]
struct Marks {
    reads: Halves,
    writes: Halves,
    live: Halves,
}

/// A function, as called from one place at one depth.
#[derive(Clone, Debug)]
struct Instance {
    subprog: usize,
    depth: usize,
    /// For each frame that it touches, what each of its instructions does.
    frames: Vec<Option<Vec<Marks>>>,
}

impl Instance {
    fn marks(&mut self, frame: usize, at: usize, program: &Program) -> &mut Marks {
        let subprog = &program.subprogs[self.subprog];
        let len = subprog.end - subprog.start;
        &mut self.frames[frame].get_or_insert_with(|| vec![Marks::default(); len])[at - subprog.start]
    }

    fn live(&self, frame: usize, at: usize, program: &Program) -> Halves {
        let start = program.subprogs[self.subprog].start;
        let marks = self.frames.get(frame).and_then(Option::as_ref).and_then(|marks| marks.get(at - start));
        marks.map_or(0, |marks| marks.live)
    }

    /// What either of two ways to call it may read, and what both are sure to write (`merge_instances`).
    fn merge(&mut self, other: Instance) {
        for (held, new) in self.frames.iter_mut().zip(other.frames) {
            match (held.as_mut(), new) {
                (Some(held), Some(new)) => {
                    for (held, new) in held.iter_mut().zip(new) {
                        held.reads |= new.reads;
                        held.writes &= new.writes;
                    }
                }
                (Some(held), None) => held.iter_mut().for_each(|marks| marks.writes = 0),
                (None, Some(mut new)) => {
                    new.iter_mut().for_each(|marks| marks.writes = 0);
                    *held = Some(new);
                }
                (None, None) => {}
            }
        }
    }
}

/// The result.
#[derive(Default)]
pub struct StackLife {
    /// By depth and the call that leads there; of those at depth 0, by their first instruction.
    instances: BTreeMap<(usize, usize), Instance>,
}

impl StackLife {
    fn of_frame(&self, program: &Program, state: &State, number: usize) -> Option<&Instance> {
        let frame = &state.frames[number];
        let start = program.subprogs[frame.subprog].start;
        let key = |depth: usize| if depth > 0 { frame.callsite.unwrap_or(start) } else { start };
        (0..=number).rev().find_map(|depth| self.instances.get(&(depth, key(depth))))
    }

    /// What of a frame's stack may be read from `insn` on, where the state is.
    pub fn live(&self, program: &Program, state: &State, insn: usize, number: usize) -> Halves {
        let current = state.frames.len() - 1;
        let Some(instance) = self.of_frame(program, state, current) else { return ALL };
        let mut live = match (number + instance.depth).checked_sub(current) {
            Some(frame) if frame <= instance.depth => instance.live(frame, insn, program),
            _ => 0,
        };
        for caller in number..current {
            let Some(instance) = self.of_frame(program, state, caller) else { return ALL };
            let Some(frame) = (number + instance.depth).checked_sub(caller).filter(|f| *f <= instance.depth)
            else {
                return ALL;
            };
            let callsite = state.frames[caller + 1].callsite.unwrap_or_default();
            let from = if program.marks[callsite].callback { callsite } else { callsite + 1 };
            live |= instance.live(frame, from, program);
        }
        live
    }

    /// # Errors
    /// -E2BIG if there are too many ways to call functions with pointers into the stack, -EINVAL if such calls go too deep.
    pub fn of(program: &Program, blocks: &Blocks, uses: &Uses) -> Checked<StackLife> {
        let count = program.subprogs.len();
        let mut analysis = Analysis {
            program,
            blocks,
            uses,
            life: StackLife::default(),
            seen: vec![false; count],
            stacks: BTreeMap::new(),
            calls: 0,
            work: 0,
            call_bytes: 0,
        };
        for subprog in callers_first(program, blocks) {
            if !analysis.seen[subprog] || program.subprogs[subprog].global {
                let key = (0, program.subprogs[subprog].start);
                analysis.analyse(key, subprog, &[Track::None; 5], &mut [0; MOST_FRAMES])?;
            }
        }
        Ok(analysis.life)
    }
}

/// Functions before those that they call (`sort_subprogs_topo`).
fn callers_first(program: &Program, blocks: &Blocks) -> Vec<usize> {
    let mut seen = vec![false; program.subprogs.len()];
    let mut order = Vec::new();
    for first in 0..seen.len() {
        if std::mem::replace(&mut seen[first], true) {
            continue;
        }
        let mut stack = vec![first];
        while let Some(&subprog) = stack.last() {
            let callees = blocks.backwards_in(subprog).iter().filter_map(|at| program.callee(*at));
            match { callees }.find(|callee| !seen[*callee]) {
                Some(callee) => {
                    seen[callee] = true;
                    stack.push(callee);
                }
                None => order.extend(stack.pop()),
            }
        }
    }
    order.reverse();
    order
}

struct Analysis<'p, 'a> {
    program: &'p Program<'a>,
    blocks: &'p Blocks,
    uses: &'p Uses<'a>,
    life: StackLife,
    seen: Vec<bool>,
    /// The caller's stack at each call.
    stacks: BTreeMap<usize, Slots>,
    calls: u32,
    work: usize,
    call_bytes: usize,
}

impl Analysis<'_, '_> {
    /// A function at this depth with these arguments, and all that it hands stack pointers to.
    fn analyse(
        &mut self,
        key: (usize, usize),
        subprog: usize,
        args: &[Track; 5],
        callsites: &mut [usize; MOST_FRAMES],
    ) -> Checked {
        self.calls += 1;
        if self.calls > MOST_CALLS {
            let text = format!("liveness analysis exceeded complexity limit ({} calls)", self.calls);
            return refuse(Errno::E2BIG, text);
        }
        let depth = key.0;
        let range = &self.program.subprogs[subprog];
        self.work += (range.end - range.start) * (depth + 1);
        if self.work > MOST_WORK {
            return not_modelled("stack pointers that are handed to large functions in many ways");
        }
        let mut instance = Instance { subprog, depth, frames: vec![None; depth + 1] };
        self.seen[subprog] = true;
        let calls = self.own(&mut instance, args, callsites)?;
        for &at in self.blocks.backwards_in(subprog) {
            let Some(tracks) = calls.get(&at) else { continue };
            let Some((callee, args)) = self.callee(&mut instance, at, tracks) else { continue };
            if !args.iter().any(|arg| arg.is_stack()) {
                continue;
            }
            if depth == MOST_FRAMES - 1 {
                return invalid("(no message) Invalid argument");
            }
            callsites[depth] = at;
            self.analyse((depth + 1, at), callee, &args, callsites)?;
            let called = &self.life.instances[&(depth + 1, at)];
            let start = self.program.subprogs[called.subprog].start;
            let reads: Vec<Halves> =
                (0..=depth).map(|frame| called.live(frame, start, self.program)).collect();
            for (frame, reads) in reads.into_iter().enumerate().filter(|(_, reads)| *reads != 0) {
                instance.marks(frame, at, self.program).reads |= reads;
            }
        }
        if let Some(mut known) = self.life.instances.remove(&key) {
            known.merge(instance);
            instance = known;
        }
        self.settle(&mut instance)?;
        self.life.instances.insert(key, instance);
        Ok(())
    }

    /// Marks what the function's own instructions do; returns what is known at its calls.
    fn own(
        &mut self,
        instance: &mut Instance,
        args: &[Track; 5],
        callsites: &[usize; MOST_FRAMES],
    ) -> Checked<BTreeMap<usize, Tracks>> {
        let (program, depth) = (self.program, instance.depth);
        let order = self.blocks.backwards_in(instance.subprog);
        let start = program.subprogs[instance.subprog].start;
        let known = &self.stacks;
        let callers = |frame: usize| known.get(&callsites[frame]).cloned().unwrap_or_default();
        let step = |at: usize, tracks: &mut Tracks| {
            if let Some(op) = program.ops[at] {
                tracks.follow(op, depth, &callers);
            }
        };
        let entry = vec![(start, Tracks::entry(depth, args))];
        let settled: Settled<Tracks> = self.blocks.settle(order, entry, step, |held, new| held.join(new))?;
        let (mut calls, mut bytes) = (BTreeMap::new(), self.call_bytes);
        self.blocks.look(order, &settled, step, |at, tracks| {
            self.load_or_store(instance, at, tracks);
            if let Some(Op::Call(callee)) = program.ops[at] {
                self.helper_or_kfunc(instance, at, callee, tracks);
                if (bytes <= MOST_CALL_BYTES) && self.calls_function(at, callee) {
                    bytes += tracks.bytes();
                    calls.insert(at, tracks.clone());
                }
            }
        });
        self.call_bytes = bytes;
        if bytes > MOST_CALL_BYTES {
            return not_modelled("so many calls with so many stack pointers");
        }
        self.stacks.extend(calls.iter().map(|(at, tracks)| (*at, tracks.slots.clone())));
        Ok(calls)
    }

    fn calls_function(&self, at: usize, callee: Callee) -> bool {
        let calls_back = |id| CALLBACKS.iter().any(|row| row.0 == id);
        matches!(callee, Callee::Subprog(_))
            || matches!(callee, Callee::Helper(id) if calls_back(id))
            || self.program.marks[at].callback
    }

    fn load_or_store(&self, instance: &mut Instance, at: usize, tracks: &Tracks) {
        let Some(op) = self.program.ops[at] else { return };
        let (base, off, size, writes) = match op {
            Op::Load { size, base, off, .. } | Op::LoadAcquire { size, base, off, .. } => {
                (base, off, size, false)
            }
            Op::Store { size, base, off, .. } | Op::StoreRelease { size, base, off, .. } => {
                (base, off, size, true)
            }
            Op::Atomic { size, base, off, op: AtomicOp::CmpXchg, .. } => (base, off, size, false),
            Op::Atomic { size, base, off, .. } => (base, off, size, false),
            _ => return,
        };
        let track = match tracks.regs[usize::from(base.0)] {
            Track::Frame(frame, offsets) => Track::Frame(frame, offsets.moved(off.into())),
            other => other,
        };
        let size = i64::from(size.bytes());
        let bytes = if writes { Bytes::Writes(size) } else { Bytes::Reads(size) };
        self.record(instance, at, track, bytes);
    }

    fn helper_or_kfunc(&self, instance: &mut Instance, at: usize, callee: Callee, tracks: &Tracks) {
        if matches!(callee, Callee::Subprog(_)) {
            return;
        }
        let params = self.uses.params(callee).unwrap_or(5).min(5);
        for index in 0..usize::from(params) {
            let track = tracks.regs[index + 1];
            if track.is_stack() {
                self.record(instance, at, track, self.uses.bytes(at, callee, index));
            }
        }
    }

    fn record(&self, instance: &mut Instance, at: usize, track: Track, bytes: Bytes) {
        if bytes == Bytes::Nothing {
            return;
        }
        let depth = instance.depth;
        match track {
            Track::None => {}
            Track::Some(frames) => {
                for frame in (0..=depth).filter(|frame| frames >> frame & 1 == 1) {
                    instance.marks(frame, at, self.program).reads = ALL;
                }
            }
            Track::Frame(frame, _) if usize::from(frame) > depth => {}
            Track::Frame(frame, offsets) => {
                let frame = usize::from(frame);
                let sure = offsets.list().len() == 1;
                match bytes {
                    Bytes::Writes(size) if sure => {
                        if let Some(halves) = written(offsets.list()[0].into(), size) {
                            instance.marks(frame, at, self.program).writes |= halves;
                        }
                    }
                    Bytes::Writes(_) | Bytes::Nothing => {}
                    _ if offsets.any() => instance.marks(frame, at, self.program).reads = ALL,
                    _ => {
                        let reads =
                            offsets.list().iter().fold(0, |all, off| all | read((*off).into(), bytes));
                        if reads != 0 {
                            instance.marks(frame, at, self.program).reads |= reads;
                        }
                    }
                }
            }
        }
    }

    /// The function that a call gets to, and what it gets: itself, or as a callback of a helper.
    fn callee(&self, instance: &mut Instance, at: usize, tracks: &Tracks) -> Option<(usize, [Track; 5])> {
        match self.program.ops[at]? {
            Op::Call(Callee::Subprog(_)) => Some((self.program.callee(at)?, tracks.args())),
            Op::Call(Callee::Helper(id)) => {
                let [function, context, arrives] = CALLBACKS.iter().find(|row| row.0 == id)?.1;
                let known = self.uses.constants.get(&at).map(|regs| regs[function]);
                let Some(known) = known.filter(|known| known.what == What::Function) else {
                    if tracks.regs[context].is_stack() {
                        for frame in 0..=instance.depth {
                            instance.marks(frame, at, self.program).reads = ALL;
                        }
                    }
                    return None;
                };
                let mut args = [Track::None; 5];
                args[arrives - 1] = tracks.regs[context];
                Some((known.number as usize, args))
            }
            _ => None,
        }
    }

    /// Carries reads back to where nothing has been written yet (`update_instance`).
    fn settle(&self, instance: &mut Instance) -> Checked {
        let order = self.blocks.backwards_in(instance.subprog);
        let start = self.program.subprogs[instance.subprog].start;
        for marks in instance.frames.iter_mut().flatten() {
            loop {
                let mut changed = false;
                self.blocks.spend(size_of_val(order))?;
                for &at in order {
                    if self.blocks.after(at).next().is_none() {
                        continue;
                    }
                    let after = self.blocks.after(at).fold(0, |live, next| live | marks[next - start].live);
                    let here = &mut marks[at - start];
                    let live = (after & !here.writes) | here.reads;
                    changed |= live != here.live;
                    here.live = live;
                }
                if !changed {
                    break;
                }
            }
        }
        Ok(())
    }
}

/// Halves from `low` to `high`, both included.
fn halves(low: i64, high: i64) -> Halves {
    let upto = |end: i64| if end >= 128 { ALL } else { (1 << end.max(0)) - 1 };
    upto(high + 1) & !upto(low)
}

/// Every half that a read touches.
fn read(off: i64, bytes: Bytes) -> Halves {
    if off >= 0 {
        return 0;
    }
    let high = (-off - 1) / HALF;
    match bytes {
        Bytes::Reads(size) => halves(((-off - size) / HALF).max(0), high),
        _ => halves(0, high),
    }
}

/// Every half that a write covers.
fn written(off: i64, size: i64) -> Option<Halves> {
    if off >= 0 {
        return None;
    }
    let high = -off / HALF - 1;
    let low = ((-off - size + HALF - 1) / HALF).max(0);
    (low <= high).then(|| halves(low, high))
}

//! Which registers and stack slots may point into which frame's stack: what 7.2 knows of it before it follows the program.
//!
//! Key types: [`Track`], [`Tracks`]. Neighbours: `stack_use` asks where loads, stores and calls get to. Modelled after
//! kernel/bpf/liveness.c:struct arg_track and arg_track_xfer (7.2).

use super::blocks::Fact;
use crate::isa::{AluOp, End, Op, Reg, Size, Src, Width};

const SLOTS: usize = 64;
const FP: usize = 10;
/// Offsets that are told apart.
const MOST_OFFSETS: usize = 4;

/// Up to four offsets from a frame pointer, in order; none of them: any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offsets {
    count: u8,
    at: [i16; MOST_OFFSETS],
}

impl Offsets {
    fn one(off: i16) -> Offsets {
        Offsets { count: 1, at: [off, 0, 0, 0] }
    }

    pub fn list(&self) -> &[i16] {
        &self.at[..usize::from(self.count)]
    }

    pub fn any(&self) -> bool {
        self.count == 0
    }

    /// All of them further on; any, if one does not fit.
    pub fn moved(self, by: i64) -> Offsets {
        let mut moved = self;
        for off in &mut moved.at[..usize::from(self.count)] {
            match add(*off, by) {
                Some(there) => *off = there,
                None => return Offsets::default(),
            }
        }
        moved
    }

    fn merged(self, other: Offsets) -> Offsets {
        let mut all: Vec<i16> = self.list().iter().chain(other.list()).copied().collect();
        all.sort_unstable();
        all.dedup();
        if all.len() > MOST_OFFSETS {
            return Offsets::default();
        }
        let mut merged = Offsets { count: all.len() as u8, ..Offsets::default() };
        merged.at[..all.len()].copy_from_slice(&all);
        merged
    }
}

fn add(off: i16, by: i64) -> Option<i16> {
    i16::try_from(by).ok().and_then(|by| off.checked_add(by))
}

/// Where a value may point to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Track {
    /// Into no stack.
    #[default]
    None,
    /// Into the stack of this frame.
    Frame(u8, Offsets),
    /// Into the stack of one of these frames.
    Some(u16),
}

impl Track {
    fn frames(self) -> u16 {
        match self {
            Track::None => 0,
            Track::Frame(frame, _) => 1 << frame,
            Track::Some(frames) => frames,
        }
    }

    pub fn is_stack(self) -> bool {
        self != Track::None
    }

    /// Either of both (`__arg_track_join`). One that may be no pointer at all gets a second offset: it is never surely written through.
    fn or(self, other: Track) -> Track {
        match (self, other) {
            (Track::None, Track::None) => Track::None,
            (Track::Frame(a, x), Track::Frame(b, y)) if a == b => {
                let offsets = if x.any() || y.any() { Offsets::default() } else { x.merged(y) };
                Track::Frame(a, offsets)
            }
            (Track::Frame(frame, offsets), Track::None) | (Track::None, Track::Frame(frame, offsets)) => {
                let single = offsets.count == 1;
                Track::Frame(frame, if single { offsets.merged(Offsets::one(0)) } else { offsets })
            }
            _ => Track::Some(self.frames() | other.frames()),
        }
    }

    /// The result of arithmetic with both (`arg_track_alu64`).
    fn computed(self, other: Track) -> Track {
        match (self, other) {
            (Track::None, Track::None) => Track::None,
            (Track::Frame(frame, _), Track::None) | (Track::None, Track::Frame(frame, _)) => {
                Track::Frame(frame, Offsets::default())
            }
            (Track::Frame(a, _), Track::Frame(b, _)) if a == b => Track::Frame(a, Offsets::default()),
            _ => Track::Some(self.frames() | other.frames()),
        }
    }

    fn offsets(self) -> Offsets {
        if let Track::Frame(_, offsets) = self { offsets } else { Offsets::default() }
    }
}

/// What the slots of a frame hold; those that are not listed hold no such pointer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Slots(Vec<(u8, Track)>);

impl Slots {
    fn get(&self, slot: usize) -> Track {
        self.0.iter().find(|(at, _)| usize::from(*at) == slot).map_or(Track::None, |(_, track)| *track)
    }

    fn set(&mut self, slot: usize, track: Track) {
        match self.0.binary_search_by_key(&(slot as u8), |(at, _)| *at) {
            Ok(at) if track == Track::None => {
                self.0.remove(at);
            }
            Ok(at) => self.0[at].1 = track,
            Err(_) if track == Track::None => {}
            Err(at) => self.0.insert(at, (slot as u8, track)),
        }
    }

    fn also(&mut self, slot: usize, track: Track) {
        self.set(slot, self.get(slot).or(track));
    }

    /// `clear_overlapping_stack_slots`; `surely`: nothing is left of what was there.
    fn clear(&mut self, off: i64, size: i64, surely: bool) {
        for slot in 0..SLOTS {
            let start = -((slot as i64 + 1) * 8);
            if start < off + size && start + 8 > off {
                if surely {
                    self.set(slot, Track::None);
                } else {
                    self.also(slot, Track::None);
                }
            }
        }
    }

    fn all_also(&mut self, track: Track) {
        if track == Track::None {
            self.0.iter_mut().for_each(|(_, held)| *held = held.or(track));
        } else {
            (0..SLOTS).for_each(|slot| self.also(slot, track));
        }
    }
}

/// The slot of a whole register at this offset.
fn slot_at(off: i64) -> Option<usize> {
    let within = (-(SLOTS as i64) * 8..0).contains(&off) && off % 8 == 0;
    within.then(|| (-off / 8 - 1) as usize)
}

/// Registers and own stack before an instruction, in a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tracks {
    pub regs: [Track; 11],
    pub slots: Slots,
}

impl Fact for Tracks {
    fn bytes(&self) -> usize {
        size_of::<Tracks>() + self.slots.0.len() * size_of::<(u8, Track)>()
    }
}

impl Tracks {
    /// At the beginning of a function at this depth; `args` are r1 to r5.
    pub fn entry(depth: usize, args: &[Track; 5]) -> Tracks {
        let mut regs = [Track::None; 11];
        regs[1..6].copy_from_slice(args);
        regs[FP] = Track::Frame(depth as u8, Offsets::one(0));
        Tracks { regs, slots: Slots::default() }
    }

    pub fn args(&self) -> [Track; 5] {
        [self.regs[1], self.regs[2], self.regs[3], self.regs[4], self.regs[5]]
    }

    /// Either this or `other`; whether that is news.
    pub fn join(&mut self, other: &Tracks) -> bool {
        let before = self.clone();
        for (held, new) in self.regs.iter_mut().zip(&other.regs) {
            *held = held.or(*new);
        }
        for slot in
            self.slots.0.iter().chain(&other.slots.0).map(|(slot, _)| usize::from(*slot)).collect::<Vec<_>>()
        {
            let joined = before.slots.get(slot).or(other.slots.get(slot));
            self.slots.set(slot, joined);
        }
        *self != before
    }

    /// What an instruction makes of it, in the frame at `depth`; `callers` are the stacks of the frames below at their calls.
    pub fn follow(&mut self, op: Op, depth: usize, callers: &dyn Fn(usize) -> Slots) {
        let at = |reg: Reg| usize::from(reg.0);
        match op {
            Op::Alu { width: Width::W32, dst, .. }
            | Op::Neg { width: Width::W32, dst }
            | Op::MovSx { dst, .. }
            | Op::End { kind: End::Le | End::Be, dst, .. }
            | Op::AddrSpaceCast { dst, .. }
            | Op::LoadImm64 { dst, .. } => self.regs[at(dst)] = Track::None,
            Op::Neg { width: Width::W64, dst } | Op::End { kind: End::Swap, dst, .. } => {
                self.imprecise(at(dst))
            }
            Op::Alu { width: Width::W64, op, dst, src: Src::Imm(imm) } => {
                self.with_constant(op, at(dst), imm)
            }
            Op::Alu { width: Width::W64, op: AluOp::Mov, dst, src: Src::Reg(src) } => {
                self.regs[at(dst)] = self.regs[at(src)];
            }
            Op::Alu { width: Width::W64, dst, src: Src::Reg(src), .. } => {
                self.regs[at(dst)] = self.regs[at(dst)].computed(self.regs[at(src)]);
            }
            Op::Call(_) => self.regs[..6].fill(Track::None),
            Op::Load { size, signed, dst, base, off } => {
                let whole = size == Size::Dw && !signed;
                self.regs[at(dst)] =
                    if whole { self.loaded(at(base), off, depth, callers) } else { Track::None };
            }
            Op::Store { size, base, off, src: Src::Reg(src) } if self.is_own(at(base), depth) => {
                let value = if size == Size::Dw { self.regs[at(src)] } else { Track::None };
                self.spill(at(base), off, value);
            }
            Op::Store { size, base, off, src: Src::Imm(_) } => self.scribble(at(base), off, size, depth),
            Op::StoreRelease { size, base, off, .. } => self.scribble(at(base), off, size, depth),
            Op::Atomic { size, op, base, off, src } => {
                self.scribble(at(base), off, size, depth);
                if let Some(reg) = op.fetched(src) {
                    self.regs[at(reg)] = Track::None;
                }
            }
            Op::LoadAcquire { dst, .. } => self.regs[at(dst)] = Track::None,
            _ => {}
        }
    }

    fn imprecise(&mut self, reg: usize) {
        if let Track::Frame(frame, _) = self.regs[reg] {
            self.regs[reg] = Track::Frame(frame, Offsets::default());
        }
    }

    fn with_constant(&mut self, op: AluOp, dst: usize, imm: i32) {
        let by = match op {
            AluOp::Mov => {
                self.regs[dst] = Track::None;
                return;
            }
            AluOp::Add => i64::from(imm),
            AluOp::Sub => -i64::from(imm),
            _ => return self.imprecise(dst),
        };
        if let Track::Frame(frame, offsets) = self.regs[dst] {
            self.regs[dst] = Track::Frame(frame, offsets.moved(by));
        }
    }

    /// The register may point into the frame's own stack (`can_be_local_fp`).
    fn is_own(&self, base: usize, depth: usize) -> bool {
        base == FP
            || match self.regs[base] {
                Track::None => false,
                Track::Frame(frame, _) => usize::from(frame) == depth,
                Track::Some(frames) => frames >> depth & 1 == 1,
            }
    }

    fn loaded(&self, base: usize, off: i16, depth: usize, callers: &dyn Fn(usize) -> Slots) -> Track {
        if self.is_own(base, depth) {
            return self.filled(base, off, &self.slots, depth);
        }
        match self.regs[base] {
            Track::Frame(frame, _) if usize::from(frame) < depth => {
                self.filled(base, off, &callers(frame.into()), frame.into())
            }
            Track::Some(frames) => Track::Some(frames),
            _ => Track::None,
        }
    }

    fn filled(&self, base: usize, off: i16, slots: &Slots, depth: usize) -> Track {
        let lost = Track::Some(((1_u32 << (depth + 1)) - 1) as u16);
        if base == FP {
            return slot_at(off.into()).map_or(lost, |slot| slots.get(slot));
        }
        let offsets = self.regs[base].offsets();
        if offsets.any() {
            return lost;
        }
        let mut result = Track::None;
        for from in offsets.list() {
            let Some(slot) = add(*from, off.into()).and_then(|off| slot_at(off.into())) else { return lost };
            result = result.or(slots.get(slot));
        }
        result
    }

    fn spill(&mut self, base: usize, off: i16, value: Track) {
        if base == FP {
            if let Some(slot) = slot_at(off.into()) {
                self.slots.set(slot, value);
            }
            return;
        }
        let offsets = self.regs[base].offsets();
        if offsets.any() {
            return self.slots.all_also(value);
        }
        for from in offsets.list() {
            let Some(slot) = add(*from, off.into()).and_then(|off| slot_at(off.into())) else { continue };
            if offsets.list().len() == 1 {
                self.slots.set(slot, value);
            } else {
                self.slots.also(slot, value);
            }
        }
    }

    /// Something that is no pointer is written (`clear_stack_for_all_offs`).
    fn scribble(&mut self, base: usize, off: i16, size: Size, depth: usize) {
        if !self.is_own(base, depth) {
            return;
        }
        let size = i64::from(size.bytes());
        if base == FP {
            return self.slots.clear(off.into(), size, true);
        }
        let offsets = self.regs[base].offsets();
        if offsets.any() {
            return self.slots.all_also(Track::None);
        }
        for from in offsets.list() {
            match add(*from, off.into()) {
                Some(off) => self.slots.clear(off.into(), size, offsets.list().len() == 1),
                None => return self.slots.all_also(Track::None),
            }
        }
    }
}

//! Whether a state is covered by one that was followed to the end.
//!
//! Key items: [`states_equal`], [`Exact`]. Neighbours: `search` asks; `state` and `reg` are compared. Modelled after
//! kernel/bpf/verifier.c:states_equal (7.2: states.c), regsafe, stacksafe and refsafe.

use super::reg::{Flags, Id, Kind, Reg};
use super::state::{Byte, Object, SLOT_BYTES, Shared, Slot, State};

/// How alike two states must be (`enum exact_level`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exact {
    /// What is not read or not precise does not matter.
    Not,
    /// Ranges may be narrower, everything counts.
    RangeWithin,
    /// The same.
    Same,
}

/// How a version compares states.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// Stack below what a frame has touched may be read (6.12 on).
    pub untouched_ok: bool,
    /// What is dead was taken out of both states (7.2).
    pub dead_forgotten: bool,
    /// A number of which nothing is known.
    pub unknown: Reg,
}

/// Which ids of the old state stand for which of the new one; carries the rules along.
struct IdMap {
    pairs: Vec<(Id, Id)>,
    fresh: Id,
    rules: Rules,
}

impl IdMap {
    fn matches(&mut self, old: Id, new: Id) -> bool {
        if (old == 0) != (new == 0) {
            return false;
        }
        old == 0 || self.map(old, new)
    }

    fn map(&mut self, old: Id, new: Id) -> bool {
        if let Some(known) = self.pairs.iter().find(|pair| pair.0 == old) {
            return known.1 == new;
        }
        if self.pairs.iter().any(|pair| pair.1 == new) {
            return false;
        }
        self.pairs.push((old, new));
        true
    }

    /// Before 6.12 an id of the new state may stand for several of the old one, or be none.
    fn leads_to(&mut self, old: Id, new: Id) -> bool {
        if let Some(known) = self.pairs.iter().find(|pair| pair.0 == old) {
            return known.1 == new;
        }
        self.pairs.push((old, new));
        true
    }

    /// A scalar without an id is like one whose id nothing else has.
    fn scalars_match(&mut self, old: Id, new: Id) -> bool {
        if old == 0 {
            return true;
        }
        if new != 0 {
            return self.map(old, new);
        }
        self.fresh += 1;
        self.map(old, Id::MAX - self.fresh)
    }
}

/// Whether scalars are what they were when a loop was come to before.
pub struct Sameness(IdMap);

impl Sameness {
    pub fn new(rules: Rules) -> Sameness {
        Sameness(IdMap { pairs: Vec::new(), fresh: 0, rules })
    }

    /// 6.12 wants them to be tied to the same others, too (7.2: scalars_exact_for_widen).
    pub fn scalars(&mut self, was: &Reg, now: &Reg) -> bool {
        was.num == now.num
            && was.off == now.off
            && (self.0.rules.dead_forgotten
                || (was.linked.is_some() == now.linked.is_some() && self.0.matches(was.id, now.id)))
    }

    pub fn unknown(&self) -> Reg {
        self.0.rules.unknown
    }
}

/// Whether everything that can happen from `new` was seen from `old`.
pub fn states_equal(old: &State, new: &State, exact: Exact, rules: Rules) -> bool {
    if old.frames.len() != new.frames.len() {
        return false;
    }
    let (a, b) = (&old.regions, &new.regions);
    if !rules.untouched_ok {
        return a.lock == b.lock && early_states_equal(old, new, exact, rules);
    }
    let mut ids = IdMap { pairs: Vec::new(), fresh: 0, rules };
    let regions = a.rcu == b.rcu
        && a.preempt == b.preempt
        && a.sleepable == b.sleepable
        && a.locks == b.locks
        && ids.matches(a.irq, b.irq)
        && match (a.lock, b.lock) {
            (None, None) => true,
            (Some((x, of)), Some((y, other))) => of == other && ids.matches(x, y),
            _ => false,
        };
    regions
        && refs_equal(old, new, &mut ids)
        && old
            .frames
            .iter()
            .zip(&new.frames)
            .all(|(old, new)| old.callsite == new.callsite && frames_equal(old, new, &mut ids, exact))
}

/// Before 6.12: references and locks are the same ones, ids are compared frame by frame.
fn early_states_equal(old: &State, new: &State, exact: Exact, rules: Rules) -> bool {
    let refs = old.refs.len() == new.refs.len()
        && old.refs.iter().zip(new.refs.iter()).all(|(old, new)| (old.id, old.insn) == (new.id, new.insn));
    refs && old.frames.iter().zip(&new.frames).all(|(old, new)| {
        let mut ids = IdMap { pairs: Vec::new(), fresh: 0, rules };
        old.callsite == new.callsite && frames_equal(old, new, &mut ids, exact)
    })
}

fn refs_equal(old: &State, new: &State, ids: &mut IdMap) -> bool {
    old.refs.len() == new.refs.len()
        && old.refs.iter().zip(new.refs.iter()).all(|(old, new)| {
            old.kind == new.kind
                && old.lock == new.lock
                && ids.matches(old.id, new.id)
                && (!ids.rules.dead_forgotten || ids.matches(old.parent, new.parent))
        })
}

fn frames_equal(old: &Shared, new: &Shared, ids: &mut IdMap, exact: Exact) -> bool {
    if old.callback_depth > new.callback_depth {
        return false;
    }
    let regs = old.regs.iter().zip(&new.regs).enumerate().all(|(number, (a, b))| {
        let unread = old.read.regs >> number & 1 == 0 && number != 10;
        (unread && exact == Exact::Not) || reg_safe(a, b, ids, exact)
    });
    regs && stack_safe(old, new, ids, exact)
}

fn same_ids(old: &Reg, new: &Reg, ids: &mut IdMap) -> bool {
    ids.matches(old.id, new.id) && ids.matches(old.ref_id, new.ref_id)
}

fn same(old: &Reg, new: &Reg, ids: &mut IdMap) -> bool {
    old.kind == new.kind
        && old.flags == new.flags
        && old.off == new.off
        && old.num == new.num
        && same_ids(old, new, ids)
}

fn reg_safe(old: &Reg, new: &Reg, ids: &mut IdMap, exact: Exact) -> bool {
    if exact == Exact::Same {
        return same(old, new, ids);
    }
    if !ids.rules.untouched_ok {
        return early_reg_safe(old, new, ids, exact);
    }
    if old.kind == Kind::NotInit {
        return exact == Exact::Not || new.kind == Kind::NotInit || ids.rules.dead_forgotten;
    }
    if matches!(old.kind, Kind::Packet { .. } | Kind::PacketMeta { .. }) {
        // In 7.2 pointers that share an id stay as far apart as they were.
        let apart = !ids.rules.dead_forgotten || old.id == 0 || old.num.start() == new.num.start();
        return packet_shown(old, new) && apart && ids.matches(old.id, new.id) && old.num.includes(&new.num);
    }
    if old.kind != new.kind || old.flags != new.flags {
        return false;
    }
    match old.kind {
        Kind::Scalar => scalar_safe(old, new, ids, exact),
        Kind::MapKey { .. } | Kind::MapValue { .. } | Kind::Mem { .. } | Kind::Buf | Kind::TpBuffer => {
            old.off == new.off && old.num.includes(&new.num) && same_ids(old, new, ids)
        }
        Kind::Arena => true,
        _ => same(old, new, ids),
    }
}

/// `regsafe` before 6.12: numbers may be narrower and ids change only where it says so, everything else is the same to the last bit.
fn early_reg_safe(old: &Reg, new: &Reg, ids: &mut IdMap, exact: Exact) -> bool {
    // No kernel compares these exactly: this is for who wants every difference seen (`Observer::thorough`).
    if exact != Exact::Not && old.is_scalar() && new.is_scalar() {
        return ids.scalars_match(old.id, new.id) && old.num.includes(&new.num);
    }
    let equal = Reg { precise: old.precise, ..*new } == *old;
    if equal || matches!(old.kind, Kind::Stack { .. }) {
        return equal;
    }
    if old.kind == Kind::NotInit {
        return exact == Exact::Not;
    }
    let alike = old.kind == new.kind && old.flags == new.flags && old.off == new.off;
    match old.kind {
        Kind::Scalar if new.is_scalar() => !old.precise || old.num.includes(&new.num),
        Kind::MapKey { .. } | Kind::MapValue { .. } if old.flags.has(Flags::MAYBE_NULL) => {
            alike && ids.leads_to(old.id, new.id)
        }
        Kind::MapKey { .. } | Kind::MapValue { .. } => alike && old.num.includes(&new.num),
        Kind::Packet { .. } | Kind::PacketMeta { .. } => {
            packet_shown(old, new)
                && (old.id == 0 || ids.leads_to(old.id, new.id))
                && old.num.includes(&new.num)
        }
        _ => false,
    }
}

/// As much of the packet is known to be there as was.
fn packet_shown(old: &Reg, new: &Reg) -> bool {
    let (
        Kind::Packet { range: a } | Kind::PacketMeta { range: a },
        Kind::Packet { range: b } | Kind::PacketMeta { range: b },
    ) = (old.kind, new.kind)
    else {
        return false;
    };
    std::mem::discriminant(&old.kind) == std::mem::discriminant(&new.kind)
        && if a < 0 || b < 0 { a == b } else { a <= b }
        && old.off == new.off
}

fn scalar_safe(old: &Reg, new: &Reg, ids: &mut IdMap, exact: Exact) -> bool {
    if !old.precise && exact == Exact::Not {
        return true;
    }
    if old.id != 0 && (old.linked != new.linked || (old.linked.is_some() && old.off != new.off)) {
        return false;
    }
    ids.scalars_match(old.id, new.id) && old.num.includes(&new.num)
}

/// What is read of a slot from this byte on, away from the frame pointer, if it is one number: a spilled one, or any.
fn slot_scalar(slot: &Slot, from: usize, rules: &Rules) -> Option<Reg> {
    let (nearest, rest) = (slot.bytes[SLOT_BYTES - 1 - from], &slot.bytes[..SLOT_BYTES - from]);
    if nearest == Byte::Spill && slot.reg.is_scalar() {
        return Some(slot.reg);
    }
    rest.iter().all(|byte| allows_any(*byte)).then_some(rules.unknown)
}

fn stack_safe(old: &Shared, new: &Shared, ids: &mut IdMap, exact: Exact) -> bool {
    // 7.2 wants the same bytes only when the whole state must be the same.
    let strict = if ids.rules.dead_forgotten { exact == Exact::Same } else { exact != Exact::Not };
    for (index, slot) in old.stack.iter().enumerate() {
        let other = new.stack.get(index);
        if strict && other.is_none_or(|other| other.bytes.map(unpoisoned) != slot.bytes.map(unpoisoned)) {
            return false;
        }
        if old.read.slots >> index & 1 == 0 && exact == Exact::Not {
            continue;
        }
        // What was never written, or may hold anything, allows anything.
        if slot.bytes.iter().all(|byte| allows_any(*byte)) {
            continue;
        }
        let Some(other) = other else { return false };
        if !slot_safe(slot, other, ids, exact) {
            return false;
        }
    }
    true
}

fn unpoisoned(byte: Byte) -> Byte {
    if byte == Byte::Poison { Byte::Invalid } else { byte }
}

fn allows_any(byte: Byte) -> bool {
    matches!(byte, Byte::Invalid | Byte::Poison | Byte::Misc)
}

/// Byte by byte away from the frame pointer (`stacksafe`).
fn slot_safe(old: &Slot, new: &Slot, ids: &mut IdMap, exact: Exact) -> bool {
    let rules = ids.rules;
    for at in 0..SLOT_BYTES {
        let (a, b) = (old.bytes[SLOT_BYTES - 1 - at], new.bytes[SLOT_BYTES - 1 - at]);
        if allows_any(a) {
            continue;
        }
        // From 6.12 on a spilled number and bytes that may hold anything compare as numbers; in 7.2 that goes for half a slot, too.
        let numbers = rules.untouched_ok && (at == 0 || (at == SLOT_BYTES / 2 && rules.dead_forgotten));
        if numbers && let (Some(a), Some(b)) = (slot_scalar(old, at, &rules), slot_scalar(new, at, &rules)) {
            return reg_safe(&a, &b, ids, exact);
        }
        if a == Byte::Misc && b == Byte::Zero {
            continue;
        }
        if a != b || (at == SLOT_BYTES - 1 && !same_contents(old, new, ids, exact)) {
            return false;
        }
    }
    true
}

fn same_contents(old: &Slot, new: &Slot, ids: &mut IdMap, exact: Exact) -> bool {
    if old.is_spill() {
        return reg_safe(&old.reg, &new.reg, ids, exact);
    }
    if !ids.rules.untouched_ok {
        return true;
    }
    match (old.object, new.object) {
        (None, _) => true,
        (Some(a), Some(b)) => objects_equal(a, b, ids),
        (Some(_), None) => false,
    }
}

fn objects_equal(old: Object, new: Object, ids: &mut IdMap) -> bool {
    let late = ids.rules.dead_forgotten;
    match (old, new) {
        (
            Object::Dynptr { kind: a, first: x, ref_id: p, id: r },
            Object::Dynptr { kind: b, first: y, ref_id: q, id: s },
        ) => a == b && x == y && (!late || ids.matches(r, s)) && ids.matches(p, q),
        (
            Object::Iter { btf_id: a, state: x, ref_id: p, rcu: c, trusted: t, .. },
            Object::Iter { btf_id: b, state: y, ref_id: q, rcu: d, trusted: u, .. },
        ) => a == b && x == y && (!late || (c, t) == (d, u)) && ids.matches(p, q),
        (Object::IrqFlag { ref_id: a, lock: x }, Object::IrqFlag { ref_id: b, lock: y }) => {
            x == y && ids.matches(a, b)
        }
        _ => false,
    }
}

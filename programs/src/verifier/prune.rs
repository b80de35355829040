//! Whether a state is covered by one that was followed to the end.
//!
//! Key items: [`states_equal`], [`Exact`]. Neighbours: `search` asks; `state` and `reg` are compared. Modelled after
//! kernel/bpf/verifier.c:states_equal (7.2: states.c), regsafe, stacksafe and refsafe.

use super::reg::{Id, Kind, Reg};
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

/// Whether everything that can happen from `new` was seen from `old`.
pub fn states_equal(old: &State, new: &State, exact: Exact, rules: Rules) -> bool {
    if old.frames.len() != new.frames.len() {
        return false;
    }
    let (a, b) = (&old.regions, &new.regions);
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

fn refs_equal(old: &State, new: &State, ids: &mut IdMap) -> bool {
    old.refs.len() == new.refs.len()
        && old
            .refs
            .iter()
            .zip(new.refs.iter())
            .all(|(old, new)| old.kind == new.kind && old.lock == new.lock && ids.matches(old.id, new.id))
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
    if old.kind == Kind::NotInit {
        return exact == Exact::Not || new.kind == Kind::NotInit || ids.rules.dead_forgotten;
    }
    if let (
        Kind::Packet { range: a } | Kind::PacketMeta { range: a },
        Kind::Packet { range: b } | Kind::PacketMeta { range: b },
    ) = (old.kind, new.kind)
    {
        let same_base = std::mem::discriminant(&old.kind) == std::mem::discriminant(&new.kind);
        let shown = if a < 0 || b < 0 { a == b } else { a <= b };
        return same_base
            && shown
            && old.off == new.off
            && ids.matches(old.id, new.id)
            && old.num.includes(&new.num);
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

fn scalar_safe(old: &Reg, new: &Reg, ids: &mut IdMap, exact: Exact) -> bool {
    if !old.precise && exact == Exact::Not {
        return true;
    }
    if old.linked.is_some() && (new.linked.is_none() || old.off != new.off) {
        return false;
    }
    if old.id != 0 && old.linked.is_none() && new.linked.is_some() {
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
    rest.iter().all(|byte| allows_any(*byte, rules)).then_some(rules.unknown)
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
        if slot.bytes.iter().all(|byte| allows_any(*byte, &ids.rules)) {
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

fn allows_any(byte: Byte, rules: &Rules) -> bool {
    // Before 6.12 a slot of the newer state may not be there at all.
    matches!(byte, Byte::Invalid | Byte::Poison) || (rules.untouched_ok && byte == Byte::Misc)
}

/// Byte by byte away from the frame pointer (`stacksafe`).
fn slot_safe(old: &Slot, new: &Slot, ids: &mut IdMap, exact: Exact) -> bool {
    let rules = ids.rules;
    for at in 0..SLOT_BYTES {
        let (a, b) = (old.bytes[SLOT_BYTES - 1 - at], new.bytes[SLOT_BYTES - 1 - at]);
        if allows_any(a, &rules) {
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
    match (old.object, new.object) {
        (None, _) => true,
        (Some(a), Some(b)) => objects_equal(a, b, ids),
        (Some(_), None) => false,
    }
}

fn objects_equal(old: Object, new: Object, ids: &mut IdMap) -> bool {
    match (old, new) {
        (
            Object::Dynptr { kind: a, first: x, ref_id: p, .. },
            Object::Dynptr { kind: b, first: y, ref_id: q, .. },
        ) => a == b && x == y && ids.matches(p, q),
        (
            Object::Iter { btf_id: a, state: x, ref_id: p, .. },
            Object::Iter { btf_id: b, state: y, ref_id: q, .. },
        ) => a == b && x == y && ids.matches(p, q),
        (Object::IrqFlag { ref_id: a, lock: x }, Object::IrqFlag { ref_id: b, lock: y }) => {
            x == y && ids.matches(a, b)
        }
        _ => false,
    }
}

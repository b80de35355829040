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

/// Which ids of the old state stand for which of the new one; carries the rule on untouched stack along.
#[derive(Default)]
struct IdMap {
    pairs: Vec<(Id, Id)>,
    fresh: Id,
    untouched_ok: bool,
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

/// Whether everything that can happen from `new` was seen from `old`. `untouched_ok`: stack below what a frame has touched may be read (6.12 on).
pub fn states_equal(old: &State, new: &State, exact: Exact, untouched_ok: bool) -> bool {
    if old.frames.len() != new.frames.len() {
        return false;
    }
    let (a, b) = (&old.regions, &new.regions);
    let mut ids = IdMap { untouched_ok, ..IdMap::default() };
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
        return exact == Exact::Not || new.kind == Kind::NotInit;
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

/// A slot that holds a scalar, whole: the spilled one, or an unknown one made of written bytes.
fn slot_scalar(slot: &Slot) -> Option<Reg> {
    if slot.is_full_spill() && slot.reg.is_scalar() {
        return Some(slot.reg);
    }
    None
}

fn stack_safe(old: &Shared, new: &Shared, ids: &mut IdMap, exact: Exact) -> bool {
    for (index, slot) in old.stack.iter().enumerate() {
        let other = new.stack.get(index);
        if exact != Exact::Not && other.is_none_or(|other| other.bytes != slot.bytes) {
            return false;
        }
        if old.read.slots >> index & 1 == 0 && exact == Exact::Not {
            continue;
        }
        // What was never written, or may hold anything, allows anything.
        if slot.bytes.iter().all(|byte| allows_any(*byte, ids.untouched_ok)) {
            continue;
        }
        let Some(other) = other else { return false };
        if !slot_safe(slot, other, ids, exact) {
            return false;
        }
    }
    true
}

fn allows_any(byte: Byte, untouched_ok: bool) -> bool {
    // Before 6.12 a slot of the newer state may not be there at all.
    byte == Byte::Invalid || (untouched_ok && byte == Byte::Misc)
}

fn slot_safe(old: &Slot, new: &Slot, ids: &mut IdMap, exact: Exact) -> bool {
    if let (Some(a), Some(b)) = (slot_scalar(old), slot_scalar(new)) {
        return reg_safe(&a, &b, ids, exact);
    }
    for byte in 0..SLOT_BYTES {
        let (a, b) = (old.bytes[byte], new.bytes[byte]);
        let weaker = allows_any(a, ids.untouched_ok) || (a == Byte::Misc && b == Byte::Zero);
        if !(weaker || a == b) {
            return false;
        }
    }
    if old.is_spill() && !reg_safe(&old.reg, &new.reg, ids, exact) {
        return false;
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

//! Locks in map values and own objects, and the regions that follow from them.
//!
//! Key items: `process_spin_lock`, `check_map_field`, `in_rcu_section` of [`Verifier`], [`SpinLock`]. Neighbours: `args` for
//! `bpf_spin_lock` and timers; kfuncs for the resilient ones, work queues and task work. Modelled after
//! kernel/bpf/verifier.c:process_spin_lock, check_map_field_pointer and process_timer_func.

use crate::btf::{Kind as BtfKind, TypeId};
use crate::object::SpecialKind;
use crate::profile::KernelVersion;
use crate::verifier::facts::MapFacts;
use crate::verifier::memory::field_name;
use crate::verifier::reg::{Flags, Id, Kind, MapRef, Reg};
use crate::verifier::state::{LockOf, RefKind, Reference, Role};
use crate::verifier::stop::{Checked, invalid};
use crate::verifier::verify::Verifier;

/// What is done to a lock.
#[derive(Clone, Copy, Debug)]
pub(in crate::verifier) struct SpinLock {
    pub take: bool,
    /// `bpf_res_spin_lock` and its relatives.
    pub resilient: bool,
    pub irq: bool,
}

impl SpinLock {
    fn kind(self) -> RefKind {
        match (self.resilient, self.irq) {
            (false, _) => RefKind::Lock,
            (true, false) => RefKind::ResLock,
            (true, true) => RefKind::ResLockIrq,
        }
    }

    fn word(self) -> &'static str {
        if self.resilient { "bpf_res_spin" } else { "bpf_spin" }
    }
}

impl Verifier<'_> {
    /// In the comparison function of a tree, whose lock is held (`in_rbtree_lock_required_cb`).
    pub(in crate::verifier) fn in_locked_callback(&self) -> bool {
        let frames = &self.path.state.frames;
        let called_by_kfunc = |frame: &crate::verifier::state::Frame| {
            frame.role == Role::Callback && frame.callsite.is_some_and(|at| self.input.insns[at].src == 2)
        };
        let innermost_only = self.version() < KernelVersion::V7_2;
        let seen = frames.iter().skip(1).rev().take(if innermost_only { 1 } else { frames.len() });
        seen.into_iter().any(|frame| called_by_kfunc(frame))
    }

    /// Takes or releases a lock.
    pub(in crate::verifier) fn process_spin_lock(&mut self, regno: u8, lock: SpinLock) -> Checked {
        let reg = *self.reg(regno);
        let of = self.check_lock_pointer(regno, &reg, lock)?;
        if lock.take { self.take_lock(&reg, lock, of) } else { self.release_lock(&reg, lock, of) }
    }

    fn check_lock_pointer(&self, regno: u8, reg: &Reg, lock: SpinLock) -> Checked<LockOf> {
        let word = lock.word();
        let Some(at) = reg.known_offset() else {
            return invalid(format!(
                "R{regno} doesn't have constant offset. {word}_lock has to be at the constant offset"
            ));
        };
        let wanted = if lock.resilient { SpecialKind::ResSpinLock } else { SpecialKind::SpinLock };
        let Kind::MapValue { map, .. } = reg.kind else { return self.own_object_lock(reg, at, lock) };
        let facts = self.facts.map(map);
        if !has_btf(facts) {
            return invalid(format!("map '{}' has to have BTF in order to use {word}_lock", facts.name));
        }
        self.single_field(facts, wanted)?;
        let Some(field) = facts.field(wanted) else { return self.no_field(facts, wanted, word) };
        if i64::from(field.offset) != at {
            let that = if self.version() >= KernelVersion::V6_12 {
                format!(" that is at {}", field.offset)
            } else {
                String::new()
            };
            return invalid(format!("off {at} doesn't point to 'struct {word}_lock'{that}"));
        }
        Ok(LockOf::Map(map))
    }

    /// Up to 6.1 a map with two such fields can be made, and counts as having none.
    fn single_field(&self, facts: &MapFacts, kind: SpecialKind) -> Checked {
        let several = facts.fields.iter().filter(|field| field.kind == kind).count() > 1;
        if several && self.version() <= KernelVersion::V6_1 {
            let (name, what) = (&facts.name, field_name(kind));
            return invalid(format!("map '{name}' has more than one 'struct {what}'"));
        }
        Ok(())
    }

    /// The map has no such field, in the words of the version.
    fn no_field(&self, facts: &MapFacts, kind: SpecialKind, word: &str) -> Checked<LockOf> {
        let name = &facts.name;
        if self.version() >= KernelVersion::V6_12 {
            return invalid(format!("map '{name}' has no valid {word}_lock"));
        }
        self.no_field_early(facts, field_name(kind))
    }

    fn no_field_early<T>(&self, facts: &MapFacts, what: &str) -> Checked<T> {
        let name = &facts.name;
        let sections = self.version() == KernelVersion::V6_1;
        let is_structure = |kind| kind == BtfKind::Struct || (sections && kind == BtfKind::Datasec);
        let ty = self.facts.btf.and_then(|btf| btf.resolve(facts.value_type));
        let structure = ty.is_some_and(|ty| is_structure(ty.kind()));
        invalid(if structure {
            format!("map '{name}' doesn't have 'struct {what}'")
        } else {
            format!("map '{name}' is not a struct type or {what} is mangled")
        })
    }

    fn own_object_lock(&self, reg: &Reg, at: i64, lock: SpinLock) -> Checked<LockOf> {
        let word = lock.word();
        let wanted = if lock.resilient { SpecialKind::ResSpinLock } else { SpecialKind::SpinLock };
        let Some(offset) = self.own_field_offset(reg, wanted) else {
            return invalid(format!("local 'kptr' has no valid {word}_lock"));
        };
        if i64::from(offset) != at {
            return invalid(format!("off {at} doesn't point to 'struct {word}_lock' that is at {offset}"));
        }
        // The kernel compares the BTF, which is the program's for all of its objects.
        Ok(LockOf::Allocated(0))
    }

    /// Offset of a field of an object that the program made.
    fn own_field_offset(&self, reg: &Reg, wanted: SpecialKind) -> Option<u32> {
        let Kind::Btf { btf, id } = reg.kind else { return None };
        let btf = self.btf(btf)?;
        let whole = btf.resolve(TypeId(id))?;
        let name = field_name(wanted);
        let mut members = whole.members();
        let member = members.find(|member| btf.resolve(member.ty).is_some_and(|ty| ty.name() == name))?;
        Some(member.bit_offset / 8)
    }

    fn take_lock(&mut self, reg: &Reg, lock: SpinLock, of: LockOf) -> Checked {
        let last = self.version() == KernelVersion::V7_2;
        let insn = self.path.insn;
        let regions = self.path.state.regions;
        if !last {
            if regions.locks > 0 {
                return invalid("Locking two bpf_spin_locks are not allowed");
            }
        } else if regions.locks > 0 {
            let refs = &self.path.state.refs;
            let same = |held: &Reference| {
                matches!(held.kind, RefKind::ResLock | RefKind::ResLockIrq)
                    && held.id == reg.id
                    && held.lock == Some(of)
            };
            if lock.resilient && refs.iter().any(same) {
                return invalid("Acquiring the same lock again, AA deadlock detected");
            }
        }
        // Up to 6.1 the id is all that is kept, and 0 is no lock: that of a callback's map value (`active_spin_lock`).
        if self.version() <= KernelVersion::V6_1 && reg.id == 0 {
            return Ok(());
        }
        if last {
            let frame = self.path.state.frames.len() - 1;
            let held = Reference { kind: lock.kind(), id: reg.id, insn, frame, parent: 0, lock: Some(of) };
            self.path.state.acquire(held);
        }
        let regions = &mut self.path.state.regions;
        regions.locks += 1;
        regions.lock = Some((reg.id, of));
        Ok(())
    }

    fn release_lock(&mut self, reg: &Reg, lock: SpinLock, of: LockOf) -> Checked {
        let word = lock.word();
        let version = self.version();
        let regions = self.path.state.regions;
        if regions.locks == 0 {
            return invalid(format!("{word}_unlock without taking a lock"));
        }
        let innermost = regions.lock == Some((reg.id, of));
        if version < KernelVersion::V7_2 {
            let id_only = version <= KernelVersion::V6_1;
            let same_id = regions.lock.is_some_and(|held| held.0 == reg.id);
            if !(innermost || id_only && same_id) {
                return invalid(format!("{word}_unlock of different lock"));
            }
        } else {
            let held =
                |held: &Reference| held.kind == lock.kind() && held.id == reg.id && held.lock == Some(of);
            if !self.path.state.refs.iter().any(held) {
                return invalid(format!("{word}_unlock of different lock"));
            }
            if !innermost {
                return invalid(format!("{word}_unlock cannot be out of order"));
            }
        }
        let was_in_rcu = self.in_rcu_section();
        self.drop_lock(reg, lock, of);
        if version == KernelVersion::V7_2 && was_in_rcu && !self.in_rcu_section() {
            self.end_rcu_protection();
        }
        if version >= KernelVersion::V6_12 {
            self.end_borrowed();
        }
        Ok(())
    }

    /// `release_lock_state`: the one taken before becomes the innermost.
    fn drop_lock(&mut self, reg: &Reg, lock: SpinLock, of: LockOf) {
        let mut before = None;
        if self.version() == KernelVersion::V7_2 {
            let refs = std::rc::Rc::make_mut(&mut self.path.state.refs);
            let is =
                |held: &Reference| held.kind == lock.kind() && held.id == reg.id && held.lock == Some(of);
            let at = refs.iter().position(is).unwrap_or(0);
            let earlier = refs[..at].iter().rev();
            before = earlier.filter_map(|held| held.lock.map(|of| (held.id, of))).next();
            refs.remove(at);
        }
        let regions = &mut self.path.state.regions;
        regions.locks -= 1;
        regions.lock = before;
    }

    /// Nodes that the program only borrowed from a list or tree (`invalidate_non_owning_refs`).
    pub(in crate::verifier) fn end_borrowed(&mut self) {
        let gone = self.released_reg();
        self.path.state.each_reg_mut(|reg| {
            if reg.flags.has(Flags::NON_OWN_REF) {
                *reg = gone;
            }
        });
    }

    /// The register points to this field of a map value: timers, work queues, task work.
    pub(in crate::verifier) fn check_map_field(&self, regno: u8, kind: SpecialKind) -> Checked<(MapRef, Id)> {
        let reg = *self.reg(regno);
        let name = field_name(kind);
        let Some(at) = reg.known_offset() else {
            return invalid(format!(
                "R{regno} doesn't have constant offset. {name} has to be at the constant offset"
            ));
        };
        let Kind::MapValue { map, uid } = reg.kind else { return super::kernel_bug("map value expected") };
        let facts = self.facts.map(map);
        if !has_btf(facts) {
            return invalid(format!("map '{}' has to have BTF in order to use {name}", facts.name));
        }
        self.single_field(facts, kind)?;
        let Some(field) = facts.field(kind) else {
            return if self.version() >= KernelVersion::V6_12 {
                invalid(format!("map '{}' has no valid {name}", facts.name))
            } else {
                self.no_field_early(facts, name)
            };
        };
        if i64::from(field.offset) != at {
            let offset = field.offset;
            return invalid(format!("off {at} doesn't point to 'struct {name}' that is at {offset}"));
        }
        Ok((map, uid))
    }
}

/// The map was made with BTF.
fn has_btf(facts: &MapFacts) -> bool {
    facts.value_type != TypeId::VOID
}

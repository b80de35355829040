//! Open-coded iterators: `bpf_iter_<type>_new`, `_next` and `_destroy`, and iterators as arguments of other kfuncs.
//!
//! Key types: [`IterArg`], [`IterSeen`]. Neighbours: `kfunc` checks the call; `jump` widens what a loop changes; `search` decides when a
//! loop has converged. Modelled after kernel/bpf/verifier.c:process_iter_arg, mark_stack_slots_iter and process_iter_next_call.

use sim::errno::Errno;

use super::history::SlotRef;
use super::reg::{Flags, Reg};
use super::stack_objects::{Whereabouts, argument, as_argument};
use super::state::{Byte, IterState, Object, State};
use super::stop::{Checked, invalid, refuse};
use super::verify::Verifier;
use crate::btf::TypeId;

/// Prefix of the structs (`ITER_PREFIX`).
const PREFIX: &str = "bpf_iter_";

/// What a kfunc does with its iterator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IterArg {
    New { rcu_protected: bool },
    Use,
    Destroy,
}

/// The iterator a call uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct IterSeen {
    pub at: SlotRef,
    pub ref_id: u32,
    /// What it hands out lives as long as the RCU section.
    pub rcu: bool,
}

enum Missing {
    NotThere,
    /// It was made in an RCU section that is over, or outside of one.
    Unprotected,
}

impl Verifier<'_> {
    /// Checks an argument that points to the iterator struct `ty` of the kernel.
    pub(super) fn iter_argument(
        &mut self,
        insn: usize,
        regno: u8,
        ty: Option<TypeId>,
        what: IterArg,
        kfunc: &str,
    ) -> Checked<Option<IterSeen>> {
        let reg = *self.reg(regno);
        let version = self.version();
        if !matches!(reg.kind, super::reg::Kind::Stack { .. }) {
            return invalid(format!("{} expected pointer to an iterator on stack", argument(version, regno)));
        }
        let kernel = self.facts.kernel;
        let found = ty.and_then(|ty| kernel.type_by_id(ty)).filter(|ty| ty.name().starts_with(PREFIX));
        let Some(ty) = found else {
            return invalid(format!("expected valid iter pointer as {}", as_argument(version, regno)));
        };
        let slots = ty.own_size() as usize / 8;
        let name = &ty.name()[PREFIX.len()..];
        if let IterArg::New { rcu_protected } = what {
            if !self.may_hold_iter(&reg, slots) {
                let text = format!("expected uninitialized iter_{name} as {}", as_argument(version, regno));
                return invalid(text);
            }
            self.claim_stack(regno, slots)?;
            self.make_iter(insn, regno, (ty.id().0, slots), rcu_protected);
            return Ok(None);
        }
        let seen = match self.iter_behind(&reg, ty.id().0, slots) {
            Ok(seen) => seen,
            Err(Missing::NotThere) => {
                let text = format!("expected an initialized iter_{name} as {}", as_argument(version, regno));
                return invalid(text);
            }
            Err(Missing::Unprotected) => {
                return refuse(Errno::EPROTO, format!("expected an RCU CS when using {kfunc}"));
            }
        };
        self.object_read(seen.at, slots);
        if what == IterArg::Destroy {
            self.release_reference(seen.ref_id)?;
            for index in 0..slots as u8 {
                self.clear_object(SlotRef { slot: seen.at.slot - index, ..seen.at });
            }
        }
        Ok(Some(seen))
    }

    /// No slot is part of an iterator yet.
    fn may_hold_iter(&self, reg: &Reg, slots: usize) -> bool {
        match self.object_at(reg, slots) {
            Whereabouts::Nowhere => false,
            Whereabouts::Untouched => true,
            Whereabouts::At(at) => (0..slots as u8).all(|index| {
                let slot = self.object_slot(SlotRef { slot: at.slot - index, ..at });
                !slot.bytes.contains(&Byte::Iter)
            }),
        }
    }

    fn make_iter(&mut self, insn: usize, regno: u8, (btf_id, slots): (u32, usize), rcu_protected: bool) {
        let reg = *self.reg(regno);
        let Whereabouts::At(at) = self.object_at(&reg, slots) else { return };
        let id = self.acquire_reference(insn);
        let protected = self.in_rcu_section();
        for index in 0..slots as u8 {
            let object = Object::Iter {
                btf_id,
                state: IterState::Active,
                depth: 0,
                ref_id: if index == 0 { id } else { 0 },
                rcu: rcu_protected && protected,
                trusted: !rcu_protected || protected,
            };
            self.keep_object(SlotRef { slot: at.slot - index, ..at }, Byte::Iter, object);
        }
    }

    /// `is_iter_reg_valid_init`.
    fn iter_behind(&self, reg: &Reg, btf_id: u32, slots: usize) -> Result<IterSeen, Missing> {
        let Whereabouts::At(at) = self.object_at(reg, slots) else { return Err(Missing::NotThere) };
        let mut seen = None;
        for index in 0..slots as u8 {
            let slot = self.object_slot(SlotRef { slot: at.slot - index, ..at });
            let Some(Object::Iter { btf_id: held, ref_id, rcu, trusted, .. }) = slot.object else {
                return Err(Missing::NotThere);
            };
            if !trusted {
                return Err(Missing::Unprotected);
            }
            let first = index == 0;
            if first == (ref_id == 0) || held != btf_id || slot.bytes.iter().any(|byte| *byte != Byte::Iter) {
                return Err(Missing::NotThere);
            }
            if first {
                seen = Some(IterSeen { at, ref_id, rcu });
            }
        }
        seen.ok_or(Missing::NotThere)
    }

    /// The next element: once as if there was none, and once more later as if there was (`process_iter_next_call`).
    pub(super) fn iter_next(&mut self, insn: usize, seen: IterSeen) -> Checked {
        if iter_state(&self.path.state, seen.at) == Some(IterState::Active) {
            let mut again = self.fork_to(insn + 1);
            if let Some(Object::Iter { depth, .. }) = object_mut(&mut again.state, seen.at) {
                *depth += 1;
            }
            if let Some(before) = self.entry_before_own(insn) {
                self.widen(&before, &mut again.state);
            }
            let r0 = again.state.reg_mut(0);
            r0.flags = r0.flags.without(Flags::MAYBE_NULL);
            self.push_round(again)?;
        }
        if let Some(Object::Iter { state, .. }) = object_mut(&mut self.path.state, seen.at) {
            *state = IterState::Drained;
        }
        let zero = Reg::constant(0, self.numbers);
        self.set_reg(0, zero);
        Ok(())
    }

    /// The RCU section is over: iterators made in it are of no use any more.
    pub(super) fn unprotect_iters(&mut self) {
        for frame in 0..self.path.state.frames.len() {
            let has = |object: &Option<Object>| matches!(object, Some(Object::Iter { rcu: true, .. }));
            if !self.path.state.frames[frame].stack.iter().any(|slot| has(&slot.object)) {
                continue;
            }
            for slot in &mut self.path.state.frame_mut(frame).stack {
                if let Some(Object::Iter { rcu, trusted, .. }) = &mut slot.object
                    && *rcu
                {
                    (*rcu, *trusted) = (false, false);
                }
            }
        }
    }
}

fn object_mut(state: &mut State, at: SlotRef) -> Option<&mut Object> {
    state.frame_mut(at.frame.into()).stack.get_mut(usize::from(at.slot))?.object.as_mut()
}

fn iter_state(state: &State, at: SlotRef) -> Option<IterState> {
    match state.frames[usize::from(at.frame)].stack.get(usize::from(at.slot))?.object? {
        Object::Iter { state, .. } => Some(state),
        _ => None,
    }
}

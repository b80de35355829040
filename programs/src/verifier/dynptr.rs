//! Dynptrs: arguments of helpers and kfuncs that make, use or end one.
//!
//! Key types: [`DynptrUse`], [`Source`], [`Seen`]. Neighbours: `stack_objects` places them; `helper` and `kfunc` call here; `stack` ends
//! one that is written over. Modelled after kernel/bpf/verifier.c:process_dynptr_func, mark_stack_slots_dynptr and
//! unmark_stack_slots_dynptr.

use super::history::SlotRef;
use super::reg::{DynptrKind, Flags, Id, Kind};
use super::stack_objects::{Whereabouts, argument, as_argument};
use super::state::{Byte, Object};
use super::stop::{Checked, invalid, refuse};
use super::verify::Verifier;
use crate::profile::KernelVersion;
use crate::profile::argument::{Argument, DynptrArg};
use sim::errno::Errno;

/// Slots of a dynptr (`BPF_DYNPTR_NR_SLOTS`).
const SLOTS: usize = 2;

/// What a call does with a dynptr argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DynptrUse {
    /// Makes one of this kind.
    Make(DynptrKind),
    /// Reads it, or the memory behind it; 6.12 lets only such calls take a constant one.
    Read,
    /// May move its view; `None`: any kind will do.
    Change(Option<DynptrKind>),
    /// Ends it.
    End(Option<DynptrKind>),
}

/// Where the memory of a new dynptr comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// New; 7.2: derived from the object with this id (0: none).
    Fresh { owner: Id },
    /// The same as that of another dynptr.
    Clone(Seen),
}

/// A dynptr that was passed: its kind, its own id, and the id of what it was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    pub kind: DynptrKind,
    pub id: Id,
    pub ref_id: Id,
}

/// The dynptr that an argument of a helper is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DynptrFound {
    /// None if it is only made by this call.
    pub kind: Option<DynptrKind>,
    pub id: Id,
    pub ref_id: Id,
}

/// `dynptr_type_str`.
pub(super) fn kind_name(kind: DynptrKind) -> &'static str {
    match kind {
        DynptrKind::Local => "local",
        DynptrKind::Ringbuf => "ringbuf",
        DynptrKind::Skb => "skb",
        DynptrKind::Xdp => "xdp",
        DynptrKind::SkbMeta => "skb_meta",
        DynptrKind::File => "file",
    }
}

/// Something must be released through it (`dynptr_type_referenced`).
pub(super) fn is_owning(kind: DynptrKind) -> bool {
    matches!(kind, DynptrKind::Ringbuf | DynptrKind::File)
}

/// Whether a kernel function makes such a dynptr: helpers make local ones and records only.
fn source_is_kfunc(kind: DynptrKind, source: Source) -> bool {
    matches!(source, Source::Clone(_)) || !matches!(kind, DynptrKind::Local | DynptrKind::Ringbuf)
}

impl Verifier<'_> {
    /// Checks a dynptr argument, and makes the dynptr if the call does. Ending one is left to [`Verifier::end_dynptr`].
    pub(super) fn dynptr_argument(
        &mut self,
        insn: usize,
        regno: u8,
        what: DynptrUse,
        source: Source,
    ) -> Checked<Option<Seen>> {
        let reg = *self.reg(regno);
        let version = self.version();
        let constant = matches!(reg.kind, Kind::Dynptr { .. });
        if !constant && !matches!(reg.kind, Kind::Stack { .. }) {
            let name = argument(version, regno);
            return invalid(format!("{name} expected pointer to stack or const struct bpf_dynptr"));
        }
        if constant && version == KernelVersion::V6_1 {
            // Taken as it is, whatever the call does with it.
            return Ok(self.dynptr_behind(regno));
        }
        match what {
            DynptrUse::Make(kind) => {
                // 6.1 leaves offsets to the stores that follow.
                let early = version == KernelVersion::V6_1;
                let fits = !constant && (early || self.object_at(&reg, SLOTS) != Whereabouts::Nowhere);
                let taken = version == KernelVersion::V6_1 && self.dynptr_near(&reg);
                if constant && version == KernelVersion::V6_12 && source_is_kfunc(kind, source) {
                    // Its flags say both that it is only read and that it is made.
                    return refuse(
                        Errno::EFAULT,
                        "verifier internal error: misconfigured dynptr helper type flags",
                    );
                }
                if !fits || taken {
                    return invalid("Dynptr has to be an uninitialized dynptr");
                }
                self.claim_stack(regno, SLOTS)?;
                self.make_dynptr(insn, regno, kind, source)?;
                return Ok(None);
            }
            DynptrUse::End(_) if constant && version == KernelVersion::V7_2 => {
                return invalid("CONST_PTR_TO_DYNPTR cannot be released");
            }
            DynptrUse::Change(_) | DynptrUse::End(_) if constant && version == KernelVersion::V6_12 => {
                return invalid("cannot pass pointer to const bpf_dynptr, the helper mutates it");
            }
            _ => {}
        }
        let Some(seen) = self.dynptr_behind(regno) else {
            return invalid(format!("Expected an initialized dynptr as {}", as_argument(version, regno)));
        };
        let (DynptrUse::Change(wanted) | DynptrUse::End(wanted)) = what else { return Ok(Some(seen)) };
        if let Some(wanted) = wanted.filter(|wanted| *wanted != seen.kind) {
            let (kind, name) = (kind_name(wanted), as_argument(version, regno));
            return invalid(format!("Expected a dynptr of type {kind} as {name}"));
        }
        Ok(Some(seen))
    }

    /// As [`Self::dynptr_argument`], for helpers.
    pub(super) fn process_dynptr_arg(
        &mut self,
        regno: u8,
        insn: usize,
        argument: &Argument,
    ) -> Checked<DynptrFound> {
        let wanted = match argument.dynptr {
            DynptrArg::Any => None,
            DynptrArg::Local => Some(DynptrKind::Local),
            DynptrArg::Ringbuf => Some(DynptrKind::Ringbuf),
        };
        let what = match wanted {
            Some(kind) if argument.uninit => DynptrUse::Make(kind),
            wanted if argument.release => DynptrUse::End(wanted),
            _ if argument.rdonly => DynptrUse::Read,
            wanted => DynptrUse::Change(wanted),
        };
        let seen = self.dynptr_argument(insn, regno, what, Source::Fresh { owner: 0 })?;
        Ok(DynptrFound {
            kind: seen.map(|seen| seen.kind),
            id: seen.map_or(0, |seen| seen.id),
            ref_id: seen.map_or(0, |seen| seen.ref_id),
        })
    }

    /// The reference of the dynptr on the stack that the register points to; none if there is no dynptr.
    pub(super) fn dynptr_reference(&self, regno: u8) -> Option<Id> {
        let Whereabouts::At(at) = self.object_at(self.reg(regno), SLOTS) else { return None };
        match self.object_slot(at).object {
            Some(Object::Dynptr { ref_id, .. }) => Some(ref_id),
            _ => None,
        }
    }

    /// As [`Self::end_dynptr`]; false if there is none.
    pub(super) fn release_dynptr(&mut self, regno: u8) -> Checked<bool> {
        if self.dynptr_behind(regno).is_none() {
            return Ok(false);
        }
        self.end_dynptr(regno).map(|()| true)
    }

    /// 6.1: one of the two slots already is part of a dynptr.
    fn dynptr_near(&self, reg: &super::reg::Reg) -> bool {
        let Whereabouts::At(at) = self.object_at(reg, SLOTS) else { return false };
        [at.slot, at.slot - 1]
            .into_iter()
            .any(|slot| self.object_slot(SlotRef { slot, ..at }).bytes.contains(&Byte::Dynptr))
    }

    /// The initialized dynptr that a register points to (`is_dynptr_reg_valid_init`).
    pub(super) fn dynptr_behind(&mut self, regno: u8) -> Option<Seen> {
        let reg = *self.reg(regno);
        if let Kind::Dynptr { kind } = reg.kind {
            return Some(Seen { kind, id: reg.id, ref_id: reg.ref_id });
        }
        let Whereabouts::At(at) = self.object_at(&reg, SLOTS) else { return None };
        let whole =
            |slot: u8| self.object_slot(SlotRef { slot, ..at }).bytes.iter().all(|b| *b == Byte::Dynptr);
        if !whole(at.slot) || !whole(at.slot - 1) {
            return None;
        }
        let Some(Object::Dynptr { kind, first: true, id, ref_id }) = self.object_slot(at).object else {
            return None;
        };
        // 6.1 does not note that the slots are read, so states with and without a dynptr there are the same to it.
        if self.version() != KernelVersion::V6_1 {
            self.object_read(at, SLOTS);
        }
        Some(Seen { kind, id, ref_id })
    }

    fn make_dynptr(&mut self, insn: usize, regno: u8, kind: DynptrKind, source: Source) -> Checked {
        let reg = *self.reg(regno);
        let Whereabouts::At(at) = self.object_at(&reg, SLOTS) else { return invalid("(no message) dynptr") };
        let late = self.version() == KernelVersion::V7_2;
        // 6.12 numbers the dynptr first, 7.2 its reference.
        let early_id = if self.version() == KernelVersion::V6_12 { self.new_id() } else { 0 };
        let ref_id = match source {
            Source::Clone(seen) => seen.ref_id,
            Source::Fresh { owner } if is_owning(kind) => self.acquire_child(insn, owner),
            Source::Fresh { owner } if late => owner,
            Source::Fresh { .. } if self.version() == KernelVersion::V6_1 => self.number_left_at(at),
            Source::Fresh { .. } => 0,
        };
        let id = match self.version() {
            KernelVersion::V7_2 => self.new_id(),
            KernelVersion::V6_12 => early_id,
            _ => ref_id,
        };
        for (slot, first) in [(at.slot, true), (at.slot - 1, false)] {
            self.keep_object(
                SlotRef { slot, ..at },
                Byte::Dynptr,
                Object::Dynptr { kind, first, id, ref_id },
            );
        }
        Ok(())
    }

    /// 6.1 leaves the number of a record that was written over to the dynptr that is made in its place.
    fn number_left_at(&self, at: SlotRef) -> Id {
        match self.object_slot(at).object {
            Some(Object::Dynptr { ref_id, .. }) => ref_id,
            _ => 0,
        }
    }

    /// The call ends the dynptr that `regno` points to, and what was made from it (`unmark_stack_slots_dynptr`).
    pub(super) fn end_dynptr(&mut self, regno: u8) -> Checked {
        let reg = *self.reg(regno);
        let (Some(seen), Whereabouts::At(at)) = (self.dynptr_behind(regno), self.object_at(&reg, SLOTS))
        else {
            return invalid("(no message) no dynptr to release");
        };
        if self.version() == KernelVersion::V7_2 {
            let id = if is_owning(seen.kind) { seen.ref_id } else { seen.id };
            self.release_quietly(id);
            return self.invalidate_derived(id);
        }
        self.clear_dynptr(at);
        if !is_owning(seen.kind) {
            return Ok(());
        }
        self.release_reference(seen.ref_id)?;
        // Clones in the same frame end as well.
        let slots = self.path.state.frames[usize::from(at.frame)].stack.len();
        for slot in 0..slots as u8 {
            let at = SlotRef { slot, ..at };
            if let Some(Object::Dynptr { first: true, ref_id, .. }) = self.object_slot(at).object
                && ref_id == seen.ref_id
            {
                self.clear_dynptr(at);
            }
        }
        Ok(())
    }

    /// Writing over a dynptr ends it, unless something must be released through it (`destroy_if_dynptr_stack_slot`). 6.1 does not look.
    pub(super) fn end_dynptr_at(&mut self, at: SlotRef) -> Checked {
        let version = self.version();
        let slot = self.path.state.frames[usize::from(at.frame)].stack.get(usize::from(at.slot));
        let Some(Object::Dynptr { kind, first, id, ref_id }) = slot.and_then(|slot| slot.object) else {
            return Ok(());
        };
        if version == KernelVersion::V6_1 {
            return Ok(());
        }
        let at = if first { at } else { SlotRef { slot: at.slot + 1, ..at } };
        if version == KernelVersion::V7_2 {
            if is_owning(kind) && self.dynptrs_of(ref_id) <= 1 {
                return invalid("cannot overwrite referenced dynptr");
            }
            self.release_quietly(id);
            return self.invalidate_derived(id);
        }
        if is_owning(kind) {
            return invalid("cannot overwrite referenced dynptr");
        }
        self.clear_dynptr(at);
        // Slices end with it, but only those without further modifiers.
        let gone = self.released_reg();
        self.path.state.each_reg_mut(|reg| {
            let plain = reg.flags.without(Flags::MAYBE_NULL) == Flags::NONE;
            if matches!(reg.kind, Kind::Mem { .. }) && plain && id != 0 && reg.ref_id == id {
                *reg = gone;
            }
        });
        Ok(())
    }

    /// Dynptrs on all frames that share a reference (`dynptr_ref_cnt`).
    fn dynptrs_of(&self, parent: Id) -> usize {
        let frames = self.path.state.frames.iter();
        let shares = |object: Option<Object>| matches!(object, Some(Object::Dynptr { first: true, ref_id, .. }) if ref_id == parent);
        frames.flat_map(|frame| &frame.stack).filter(|slot| shares(slot.object)).count()
    }

    /// Both slots hold nothing any more (`invalidate_dynptr`); `at` is the first.
    pub(super) fn clear_dynptr(&mut self, at: SlotRef) {
        self.clear_object(at);
        self.clear_object(SlotRef { slot: at.slot - 1, ..at });
    }
}

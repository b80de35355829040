//! Objects that kfuncs and helpers keep on the stack: where one may be, and how its slots are made and cleared.
//!
//! Key items: [`Whereabouts`], `object_at`. Neighbours: `dynptr`, `iter` and `regions` (interrupt flags) keep objects; `stack` refuses to
//! read them. Modelled after kernel/bpf/verifier.c:stack_slot_obj_get_spi.

use super::history::SlotRef;
use super::memory::Access;
use super::reg::{Kind, Reg};
use super::stack::Stored;
use super::state::{Byte, Object, SLOT_BYTES, Slot};
use super::stop::Checked;
use super::verify::Verifier;
use crate::profile::KernelVersion;

/// Where an object would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whereabouts {
    /// In this slot and those above it, highest address last; all were touched before.
    At(SlotRef),
    /// At a place of the stack that nothing touched yet.
    Untouched,
    /// Nowhere: not on the stack, at an unknown offset, not aligned, or too close to the frame pointer.
    Nowhere,
}

impl Verifier<'_> {
    /// The slot with the lowest address of an object of `slots` slots that `reg` points to.
    pub(super) fn object_at(&self, reg: &Reg, slots: usize) -> Whereabouts {
        let Kind::Stack { frame } = reg.kind else { return Whereabouts::Nowhere };
        // 6.1 looks at the fixed part of the offset only.
        let offset =
            if self.version() == KernelVersion::V6_1 { Some(reg.off.into()) } else { reg.known_offset() };
        // 6.12 takes the frame pointer itself for the slot below it.
        let top = if self.version() == KernelVersion::V6_12 { 0 } else { -1 };
        let Some(offset) = offset.filter(|off| *off <= top && off % SLOT_BYTES as i64 == 0) else {
            return Whereabouts::Nowhere;
        };
        let slot = (-offset as usize).saturating_sub(1) / SLOT_BYTES;
        if slot + 1 < slots {
            return Whereabouts::Nowhere;
        }
        if slot >= self.path.state.frames[usize::from(frame)].stack.len() {
            return Whereabouts::Untouched;
        }
        Whereabouts::At(SlotRef { frame, slot: slot as u8 })
    }

    pub(super) fn object_slot(&self, at: SlotRef) -> &Slot {
        &self.path.state.frames[usize::from(at.frame)].stack[usize::from(at.slot)]
    }

    pub(super) fn object_slot_mut(&mut self, at: SlotRef) -> &mut Slot {
        let numbers = self.numbers;
        self.path.state.frame_mut(at.frame.into()).slot_mut(at.slot.into(), numbers)
    }

    /// The call writes these bytes as if by stores of 8 bytes (`check_mem_access`), before an object is made of them.
    pub(super) fn claim_stack(&mut self, regno: u8, slots: usize) -> Checked {
        for index in 0..slots {
            let off = (index * SLOT_BYTES) as i64;
            let store =
                Access { base: regno, off, size: 8, write: true, value: None, stored: Stored::Unknown };
            self.check_access(store)?;
        }
        Ok(())
    }

    /// The slot is now part of an object.
    pub(super) fn keep_object(&mut self, at: SlotRef, byte: Byte, object: Object) {
        let numbers = self.numbers;
        self.path.state.frames[usize::from(at.frame)].written.slots |= 1 << at.slot;
        let slot = self.object_slot_mut(at);
        *slot = Slot { bytes: [byte; SLOT_BYTES], reg: Reg::not_init(numbers), object: Some(object) };
    }

    /// The slot holds nothing any more.
    pub(super) fn clear_object(&mut self, at: SlotRef) {
        let numbers = self.numbers;
        self.path.state.frames[usize::from(at.frame)].written.slots |= 1 << at.slot;
        *self.object_slot_mut(at) = Slot::empty(numbers);
    }

    /// The object's slots are read by the call.
    pub(super) fn object_read(&mut self, at: SlotRef, slots: usize) {
        let mut read = super::state::Touched::default();
        for slot in 0..slots.min(usize::from(at.slot) + 1) {
            read.slots |= 1 << (usize::from(at.slot) - slot);
        }
        self.search.mark_read(&self.path, at.frame.into(), read);
    }
}

/// How messages name an argument: 6.12 counts arguments, 7.2 names registers.
pub(super) fn argument(version: KernelVersion, regno: u8) -> String {
    if version == KernelVersion::V7_2 { format!("R{regno}") } else { format!("arg#{}", regno - 1) }
}

/// As [`argument`], after "as": `arg #0` before 7.2.
pub(super) fn as_argument(version: KernelVersion, regno: u8) -> String {
    match version {
        KernelVersion::V7_2 => format!("R{regno}"),
        KernelVersion::V6_12 => format!("arg #{}", regno - 1),
        _ => format!("arg #{regno}"),
    }
}

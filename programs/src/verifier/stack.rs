//! Loads from and stores to the stack, by the program and by what it calls.
//!
//! Key items: the `stack_*` methods of [`Verifier`], [`Purpose`]. Neighbours: `memory` sends stack accesses here; `state` has the slots.
//! Modelled after kernel/bpf/verifier.c:check_stack_read_fixed_off, check_stack_write_fixed_off, their `_var_off` relatives and
//! check_stack_range_initialized.

use super::history::SlotRef;
use super::precision::Wanted;
use super::reg::{Kind, Reg};
use super::scalar::Scalar;
use super::state::{Byte, SLOT_BYTES, Slot, Touched, place};
use super::stop::{Checked, no_access, refuse};
use super::verify::Verifier;
use crate::profile::KernelVersion;
use sim::errno::Errno;

const STACK_BYTES: i64 = 512;
const POISONED: &str = "slot poisoned by dead code elimination";
const MAX_OFFSET: i64 = 1 << 29;

/// Why the stack is touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Read,
    /// As `Read`; what nothing reads any more may be there.
    Typed,
    Write,
    /// A helper or kfunc reads, or reads and writes.
    Helper,
}

/// A store's source.
#[derive(Clone, Copy, Debug)]
pub enum Stored {
    Reg(u8),
    Imm(i32),
    /// Something unknown (atomics, packet data).
    Unknown,
}

impl Verifier<'_> {
    /// `check_stack_access_within_bounds`: offsets of the first byte and of the byte after the last, at their extremes.
    pub(super) fn stack_bounds(
        &mut self,
        regno: u8,
        off: i64,
        size: i64,
        purpose: Purpose,
        writes: bool,
    ) -> Checked<(i64, i64)> {
        let reg = *self.reg(regno);
        // The kernel's size is an int.
        let size = i64::from(size as i32);
        let what = match purpose {
            Purpose::Helper if self.version() < KernelVersion::V7_2 => " indirect access to",
            Purpose::Helper if writes => " write to",
            Purpose::Helper | Purpose::Read | Purpose::Typed => " read from",
            Purpose::Write => " write to",
        };
        let (min, max) = match reg.num.known() {
            Some(known) => (known as i64 + off, known as i64 + off + size),
            None => {
                if reg.num.smax() >= MAX_OFFSET || reg.num.smin() <= -MAX_OFFSET {
                    let text = format!("invalid unbounded variable-offset{what} stack R{regno}");
                    return no_access(text);
                }
                (reg.num.smin() + off, reg.num.smax() + off + size)
            }
        };
        let Kind::Stack { frame } = reg.kind else { unreachable!("only stack pointers come here") };
        let touched = self.path.state.frames[usize::from(frame)].stack.len() as i64 * SLOT_BYTES as i64;
        let deepest = if writes || self.untouched_ok() { STACK_BYTES } else { touched };
        let errno = if min < -deepest || min > -1 {
            Some(Errno::EACCES)
        } else if max > 0 {
            Some(Errno::EINVAL)
        } else if size < 0 && self.version() > KernelVersion::V5_10 {
            Some(Errno::EFAULT)
        } else {
            None
        };
        let Some(errno) = errno else {
            self.touch(frame, -min);
            return Ok((min, max));
        };
        let early = self.version() <= KernelVersion::V6_1;
        let text = match reg.num.known() {
            Some(_) if self.version() == KernelVersion::V7_2 => {
                format!("invalid{what} stack R{regno} off={min} size={size}")
            }
            Some(_) => format!("invalid{what} stack R{regno} off={off} size={size}"),
            None if early => {
                format!(
                    "invalid variable-offset{what} stack R{regno} var_off={} size={size}",
                    reg.num.var_off()
                )
            }
            None => format!(
                "invalid variable-offset{what} stack R{regno} var_off={} off={off} size={size}",
                reg.num.var_off()
            ),
        };
        refuse(errno, text)
    }

    /// The function's stack reaches this deep (`update_stack_depth`). Before 6.12 only writes make slots that may be read
    /// (`grow_stack_state`).
    fn touch(&mut self, frame: u8, bytes: i64) {
        let slots = (bytes as usize).div_ceil(SLOT_BYTES);
        let subprog = self.path.state.frames[usize::from(frame)].subprog;
        self.fastcalls.touch(subprog, self.path.insn, -bytes);
        let deepest = &mut self.info[subprog].stack_depth;
        *deepest = (*deepest).max(bytes as usize);
        let numbers = self.numbers;
        let grows = self.untouched_ok() && self.path.state.frames[usize::from(frame)].stack.len() < slots;
        if grows {
            self.path.state.frame_mut(frame.into()).slot_mut(slots - 1, numbers);
        }
    }

    fn slot(&self, at: SlotRef) -> &Slot {
        &self.path.state.frames[usize::from(at.frame)].stack[usize::from(at.slot)]
    }

    fn slot_mut(&mut self, at: SlotRef) -> &mut Slot {
        let numbers = self.numbers;
        self.path.state.frame_mut(at.frame.into()).slot_mut(at.slot.into(), numbers)
    }

    fn mark_slot_read(&mut self, at: SlotRef) {
        let read = Touched { regs: 0, slots: 1 << at.slot };
        self.search.mark_read(&self.path, at.frame.into(), read);
    }

    fn mark_slot_written(&mut self, at: SlotRef) {
        self.path.state.frames[usize::from(at.frame)].written.slots |= 1 << at.slot;
    }

    /// A load of `size` bytes into `dst` (none: an instruction that reads and writes).
    pub(super) fn stack_load(
        &mut self,
        regno: u8,
        off: i64,
        size: i64,
        dst: Option<u8>,
    ) -> Checked<Option<Reg>> {
        let (min, max) = self.stack_bounds(regno, off, size, Purpose::Read, false)?;
        let reg = *self.reg(regno);
        let Kind::Stack { frame } = reg.kind else { unreachable!("only stack pointers come here") };
        if reg.num.known().is_some() {
            return self.load_fixed(frame, min, size, dst.is_some());
        }
        if dst.is_none() {
            let number = reg.num.var_off();
            return no_access(format!(
                "variable offset stack pointer cannot be passed into helper function; var_off={number} off={off} size={size}"
            ));
        }
        self.stack_read_range(regno, (min, max), size, Purpose::Read)?;
        Ok(Some(self.bytes_value(frame, min, max)))
    }

    /// Zero if all bytes are, otherwise unknown (`mark_reg_stack_read`).
    fn bytes_value(&self, frame: u8, min: i64, max: i64) -> Reg {
        let held = &self.path.state.frames[usize::from(frame)];
        let zero = (min..max).all(|at| held.byte(-at as usize) == Byte::Zero);
        if zero { Reg::constant(0, self.numbers) } else { Reg::unknown(self.numbers) }
    }

    fn load_fixed(&mut self, frame: u8, off: i64, size: i64, wanted: bool) -> Checked<Option<Reg>> {
        let (slot, _) = place(-off as usize);
        let at = SlotRef { frame, slot: slot as u8 };
        self.mark_slot_read(at);
        let held = *self.slot(at);
        if !held.is_spill() {
            self.bytes_readable(frame, off, size)?;
            return Ok(wanted.then(|| self.bytes_value(frame, off, off + size)));
        }
        let spilled = held.bytes.iter().take_while(|byte| **byte == Byte::Spill).count() as i64;
        if size == 8 && spilled == 8 {
            self.step.access = Some(at);
            return Ok(wanted.then(|| self.filled_from(at)));
        }
        if !held.reg.is_scalar() {
            return no_access("invalid size of register fill");
        }
        if !wanted {
            return Ok(None);
        }
        let late = self.version() >= KernelVersion::V6_12;
        let aligned = off % SLOT_BYTES as i64 == 0;
        let restores = if late { aligned && size <= spilled } else { aligned && size == spilled };
        if restores {
            self.step.access = Some(at);
            let halves = size == 4 && spilled == 4 && held.reg.num.umax() <= u64::from(u32::MAX);
            let mut reg = if halves { self.filled_from(at) } else { held.reg };
            if late && reg.num.umax() >> (size * 8 - 1) >> 1 != 0 {
                (reg.id, reg.linked, reg.off) = (0, None, 0);
            }
            return Ok(Some(reg));
        }
        self.bytes_readable(frame, off, size)?;
        let bytes: Vec<Byte> =
            (0..size).map(|i| self.path.state.frames[usize::from(frame)].byte((-off - i) as usize)).collect();
        let zero_spill = bytes.iter().all(|byte| *byte == Byte::Spill) && held.reg.is_null();
        if late && zero_spill {
            self.step.access = Some(at);
        }
        let zero = late && (zero_spill || bytes.iter().all(|byte| *byte == Byte::Zero));
        Ok(Some(if zero { Reg::constant(0, self.numbers) } else { Reg::unknown(self.numbers) }))
    }

    /// What a slot holds. 7.2 sees to it that the register and the slot are known to be the same number: what a comparison teaches about
    /// one holds for the other.
    fn filled_from(&mut self, at: SlotRef) -> Reg {
        let held = self.slot(at).reg;
        if self.version() < KernelVersion::V7_2 {
            return held;
        }
        let shared = self.with_id(held);
        if shared != held {
            self.slot_mut(at).reg = shared;
        }
        shared
    }

    /// Dynptrs, iterators and interrupt flags are not for reading.
    fn bytes_readable(&self, frame: u8, off: i64, size: i64) -> Checked {
        let held = &self.path.state.frames[usize::from(frame)];
        for i in 0..size {
            match held.byte((-off - i) as usize) {
                Byte::Misc | Byte::Zero | Byte::Invalid | Byte::Spill => {}
                Byte::Poison => {
                    return no_access(format!("reading from stack off {off}+{i} size {size}, {POISONED}"));
                }
                _ => return no_access(format!("invalid read from stack off {off}+{i} size {size}")),
            }
        }
        Ok(())
    }

    /// A store of `size` bytes.
    pub(super) fn stack_store(&mut self, regno: u8, off: i64, size: i64, value: Stored) -> Checked {
        let (min, max) = self.stack_bounds(regno, off, size, Purpose::Write, true)?;
        let reg = *self.reg(regno);
        let Kind::Stack { frame } = reg.kind else { unreachable!("only stack pointers come here") };
        if reg.num.known().is_some() {
            self.store_fixed(frame, min, size, value, regno)
        } else {
            self.store_somewhere(frame, min, max, value)
        }
    }

    fn stored_reg(&self, value: Stored) -> Option<Reg> {
        match value {
            Stored::Reg(reg) => Some(*self.reg(reg)),
            Stored::Imm(imm) => Some(Reg::constant(i64::from(imm) as u64, self.numbers)),
            Stored::Unknown => None,
        }
    }

    fn store_fixed(&mut self, frame: u8, off: i64, size: i64, value: Stored, base: u8) -> Checked {
        let (slot, _) = place(-off as usize);
        let at = SlotRef { frame, slot: slot as u8 };
        self.end_dynptr_at(at)?;
        let aligned = off % SLOT_BYTES as i64 == 0;
        let stored = self.stored_reg(value);
        let early = self.version() <= KernelVersion::V6_1;
        let tracked = |reg: &Reg| {
            aligned
                && reg.is_scalar()
                && (!early || (reg.num != Scalar::unknown(self.numbers) && !reg.is_null()))
        };
        match stored {
            Some(reg) if tracked(&reg) => self.spill_scalar(at, size, value, base),
            Some(reg) if reg.is_pointer() => {
                if size != 8 {
                    return no_access("invalid size of register spill");
                }
                let current = self.path.state.frames.len() - 1;
                if usize::from(frame) != current && matches!(reg.kind, Kind::Stack { .. }) {
                    let text = "cannot spill pointers to stack into stack frame of the caller";
                    return refuse(Errno::EINVAL, text);
                }
                self.spill(at, size, reg);
                Ok(())
            }
            stored => self.store_bytes(at, off, size, stored.is_some_and(|reg| reg.is_null()), value),
        }
    }

    fn spill_scalar(&mut self, at: SlotRef, size: i64, value: Stored, base: u8) -> Checked {
        let late = self.version() >= KernelVersion::V6_12;
        if let (Stored::Reg(reg), false, false) = (value, late, base == 10) {
            self.want_reg(reg);
        }
        let mut reg = self.stored_reg(value).expect("a scalar is stored");
        let fits = size == 8 || reg.num.umax() >> (size * 8) == 0;
        if let (Stored::Reg(number), true, true) = (value, late, fits) {
            self.share_id_of(number);
            reg = *self.reg(number);
        }
        if !fits {
            (reg.id, reg.linked, reg.off) = (0, None, 0);
        }
        self.spill(at, size, reg);
        Ok(())
    }

    fn spill(&mut self, at: SlotRef, size: i64, reg: Reg) {
        self.step.access = Some(at);
        if size == 8 {
            self.mark_slot_written(at);
        }
        // 6.12 on remember that the rest of the slot is zero.
        let late = self.version() >= KernelVersion::V6_12;
        let slot = self.slot_mut(at);
        slot.reg = reg;
        slot.object = None;
        for (index, byte) in slot.bytes.iter_mut().enumerate() {
            if (index as i64) < size {
                *byte = Byte::Spill;
            } else if !(is_empty(*byte) || (late && *byte == Byte::Zero)) {
                *byte = Byte::Misc;
            }
        }
    }

    fn store_bytes(&mut self, at: SlotRef, off: i64, size: i64, zero: bool, value: Stored) -> Checked {
        if size == 8 {
            self.mark_slot_written(at);
        }
        if let (true, Stored::Reg(reg)) = (zero, value) {
            self.want_reg(reg);
        }
        let numbers = self.numbers;
        let early = self.version() == KernelVersion::V6_1;
        let slot = self.slot_mut(at);
        scrub(slot, numbers, early);
        for i in 0..size {
            let (_, byte) = place((-off - i) as usize);
            slot.bytes[byte] = if zero { Byte::Zero } else { Byte::Misc };
        }
        Ok(())
    }

    /// Somewhere in `min..max`: what was there may or may not be left.
    fn store_somewhere(&mut self, frame: u8, min: i64, max: i64, value: Stored) -> Checked {
        // Up to 6.1 a stored constant does not count as zero here.
        let counts = self.version() >= KernelVersion::V6_12 || matches!(value, Stored::Reg(_));
        let zero = counts && self.stored_reg(value).is_some_and(|reg| reg.is_null());
        let mut zero_mattered = false;
        let (numbers, early) = (self.numbers, self.version() == KernelVersion::V6_1);
        for off in min..max {
            let (slot, _) = place(-off as usize);
            self.end_dynptr_at(SlotRef { frame, slot: slot as u8 })?;
        }
        for off in min..max {
            let (slot, byte) = place(-off as usize);
            let held = self.slot_mut(SlotRef { frame, slot: slot as u8 });
            let before = held.bytes[byte];
            if zero && before == Byte::Spill && held.reg.is_null() {
                zero_mattered = true;
                continue;
            }
            scrub(held, numbers, early);
            let stays_zero = zero && before == Byte::Zero;
            zero_mattered |= stays_zero;
            held.bytes[byte] = if stays_zero { Byte::Zero } else { Byte::Misc };
        }
        if let (true, Stored::Reg(reg)) = (zero_mattered, value) {
            self.want_reg(reg);
        }
        Ok(())
    }

    /// A helper reads `size` bytes (`check_stack_range_initialized`). What it may also change is unknown afterwards.
    pub(super) fn stack_read_range(
        &mut self,
        regno: u8,
        (min, max): (i64, i64),
        size: i64,
        purpose: Purpose,
    ) -> Checked {
        let reg = *self.reg(regno);
        let Kind::Stack { frame } = reg.kind else { unreachable!("only stack pointers come here") };
        let early = self.version() < KernelVersion::V7_2;
        let late = self.untouched_ok();
        let how = if purpose == Purpose::Helper && early { " indirect" } else { "" };
        for off in min..max {
            let (slot, byte) = place(-off as usize);
            let at = SlotRef { frame, slot: slot as u8 };
            let held = self.path.state.frames[usize::from(frame)].stack.get(slot);
            let readable = held.is_some_and(|held| match held.bytes[byte] {
                Byte::Misc | Byte::Zero | Byte::Invalid | Byte::Spill => true,
                Byte::Poison => purpose != Purpose::Read || held.is_spill(),
                Byte::Dynptr | Byte::Iter | Byte::IrqFlag => false,
            });
            if !readable {
                let at = off - min;
                return no_access(match reg.num.known() {
                    _ if held.is_some_and(|held| held.bytes[byte] == Byte::Poison) => {
                        format!("reading from stack R{regno} off {min}+{at} size {size}, {POISONED}")
                    }
                    Some(_) => {
                        format!("invalid{how} read from stack R{regno} off {min}+{at} size {size}")
                    }
                    None => {
                        let number = reg.num.var_off();
                        format!("invalid{how} read from stack R{regno} var_off {number}+{at} size {size}")
                    }
                });
            }
            if purpose == Purpose::Helper {
                let numbers = self.numbers;
                let slot = self.slot_mut(at);
                if slot.is_spill() {
                    scrub(slot, numbers, false);
                }
                if slot.bytes[byte] != Byte::Poison && (late || slot.bytes[byte] != Byte::Invalid) {
                    slot.bytes[byte] = Byte::Misc;
                }
            }
            self.mark_slot_read(at);
        }
        Ok(())
    }

    /// Values in these slots matter exactly.
    pub(super) fn want_slot(&mut self, at: SlotRef) {
        let current = self.path.state.frames.len() - 1;
        self.want(Wanted::slot(current, at));
    }
}

fn is_empty(byte: Byte) -> bool {
    matches!(byte, Byte::Invalid | Byte::Poison)
}

/// The slot no longer holds a register or an object; its bytes become unknown ones (`scrub_special_slot`). `early`: 6.1 does not notice
/// that a dynptr is written over, only the bytes say so.
fn scrub(slot: &mut Slot, numbers: super::scalar::Numbers, early: bool) {
    let kept = slot.object.filter(|_| early);
    if slot.is_spill() || (slot.object.is_some() && !early) {
        for byte in slot.bytes.iter_mut().filter(|byte| !is_empty(**byte)) {
            *byte = Byte::Misc;
        }
    }
    slot.reg = Reg::not_init(numbers);
    slot.object = kept;
}

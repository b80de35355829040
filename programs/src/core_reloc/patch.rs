//! Writing a relocation's value into an instruction (libbpf `bpf_core_patch_insn`), or poisoning it.

use super::CoreErrorKind;
use super::value::Value;
use crate::btf::{Btf, Kind};
use crate::isa::Insn;

/// `imm` of the call that replaces an instruction whose field does not exist: 0xbad2310, read "bad relo". Should the
/// program reach it, the verifier says `invalid func unknown#195896080`.
pub const POISON_IMM: i32 = 0x0bad_2310;

const POISON: Insn = Insn { code: 0x85, dst: 0, src: 0, off: 0, imm: POISON_IMM };

/// What the relocation means on both sides.
pub(super) struct Change {
    pub original: Value,
    pub new: Value,
    /// The field's size differs and the instruction would read something else.
    pub width_unsafe: bool,
}

impl Change {
    pub(super) fn new(original: Value, new: Value, local: &Btf, target: &Btf) -> Change {
        let width_unsafe = match (original.field, new.field) {
            (Some((old_size, old)), Some((new_size, new))) if old_size != new_size => {
                // Pointers and unsigned numbers are zero-extended, so another width reads the same value.
                match (local.type_by_id(old), target.type_by_id(new)) {
                    (Some(old), Some(new)) if old.kind() == Kind::Ptr => new.kind() != Kind::Ptr,
                    (Some(old), Some(new)) => {
                        let unsigned = |int: Option<crate::btf::IntInfo>| int.is_some_and(|int| !int.signed);
                        !(unsigned(old.int()) && unsigned(new.int()))
                    }
                    _ => true,
                }
            }
            _ => false,
        };
        Change { original, new, width_unsafe }
    }
}

/// Patches slot `at`. `Ok(false)`: the instruction was poisoned.
pub(super) fn patch(insns: &mut [Insn], at: usize, change: &Change) -> Result<bool, CoreErrorKind> {
    let insn = insns[at];
    if change.new.poison {
        poison(insns, at);
        return Ok(false);
    }
    let (original, number) = (change.original.number, change.new.number);
    match insn.code & 7 {
        ALU | ALU64 => {
            if insn.code & SOURCE_REGISTER != 0 {
                return Err(CoreErrorKind::WrongInstruction(insn.code));
            }
            expect(change, insn.imm == original as i32, insn.imm as u64)?;
            insns[at].imm = number as i32;
            Ok(true)
        }
        LDX | ST | STX => {
            expect(change, insn.off == original as i16, insn.off as u64)?;
            if change.width_unsafe {
                poison(insns, at);
                return Ok(false);
            }
            let off = i16::try_from(number).map_err(|_| CoreErrorKind::OffsetTooLarge(number))?;
            insns[at].off = off;
            resize(&mut insns[at], change)?;
            Ok(true)
        }
        LD if insn.is_load_imm64() && insn.src == 0 => {
            let second = *insns.get(at + 1).ok_or(CoreErrorKind::WrongInstruction(insn.code))?;
            if second.code != 0 {
                return Err(CoreErrorKind::WrongInstruction(second.code));
            }
            let held = u64::from(insn.imm as u32) | u64::from(second.imm as u32) << 32;
            expect(change, held == original, held)?;
            insns[at].imm = number as i32;
            insns[at + 1].imm = (number >> 32) as i32;
            Ok(true)
        }
        _ => Err(CoreErrorKind::WrongInstruction(insn.code)),
    }
}

const LD: u8 = 0;
const LDX: u8 = 1;
const ST: u8 = 2;
const STX: u8 = 3;
const ALU: u8 = 4;
const ALU64: u8 = 7;
const SOURCE_REGISTER: u8 = 8;
const SIZE_MASK: u8 = 0x18;

/// Access sizes in bytes and their bits in the opcode.
const SIZES: [(u64, u8); 4] = [(4, 0x00), (2, 0x08), (1, 0x10), (8, 0x18)];

fn expect(change: &Change, same: bool, found: u64) -> Result<(), CoreErrorKind> {
    if change.original.validate && !same {
        return Err(CoreErrorKind::UnexpectedValue { found, expected: change.original.number });
    }
    Ok(())
}

/// Makes a load or store as wide as the kernel's field.
fn resize(insn: &mut Insn, change: &Change) -> Result<(), CoreErrorKind> {
    let (Some((old, _)), Some((new, _))) = (change.original.field, change.new.field) else { return Ok(()) };
    if old == new {
        return Ok(());
    }
    let bits = insn.code & SIZE_MASK;
    if !SIZES.contains(&(old, bits)) {
        return Err(CoreErrorKind::WrongInstruction(insn.code));
    }
    let (_, bits) =
        SIZES.iter().find(|(size, _)| *size == new).ok_or(CoreErrorKind::WrongInstruction(insn.code))?;
    insn.code = insn.code & !SIZE_MASK | bits;
    Ok(())
}

fn poison(insns: &mut [Insn], at: usize) {
    // Both halves of a 64-bit load, or the second one would be an unknown opcode.
    if insns[at].is_load_imm64() && at + 1 < insns.len() {
        insns[at + 1] = POISON;
    }
    insns[at] = POISON;
}

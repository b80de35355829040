//! Encoding of single instructions: opcodes that a version knows and fields that must be zero.
//!
//! Before 7.2 the verifier looks at them where it meets the instruction (`do_check`), a few while resolving maps; 7.2
//! checks all up front. Order inside an instruction follows verifier.c:check_alu_op, check_cond_jmp_op, do_check.

use crate::isa::Insn;
use crate::isa::table::{class, mode, special};
use crate::profile::KernelVersion;

fn class_of(code: u8) -> u8 {
    code & 7
}

fn mode_of(code: u8) -> u8 {
    code & 0xe0
}

fn op_of(code: u8) -> u8 {
    code & 0xf0
}

fn is_x(code: u8) -> bool {
    code & special::X != 0
}

const SIZE_MASK: u8 = 0x18;
const DW: u8 = 0x18;
const W: u8 = 0;
/// Mode of the 5.10 atomic add; later the atomic mode.
const XADD: u8 = mode::ATOMIC;

/// Register by which 7.2 reaches arguments on the stack (`BPF_REG_PARAMS`).
const PARAMS: u8 = 11;

/// Whether an instruction reads an argument that the caller left on the stack (`is_stack_arg_ldx`).
fn reads_stack_arg(insn: &Insn) -> bool {
    let aligned = insn.off > 0 && insn.off % 8 == 0;
    insn.code == class::LDX | mode::MEM | DW && insn.src == PARAMS && aligned
}

/// Whether an instruction writes one for the function that is called next (`is_stack_arg_st`, `is_stack_arg_stx`).
fn writes_stack_arg(insn: &Insn) -> bool {
    let store = [class::ST, class::STX].contains(&class_of(insn.code));
    let aligned = insn.off < 0 && insn.off % 8 == 0;
    store && insn.code & !7 == mode::MEM | DW && insn.dst == PARAMS && aligned
}

/// An instruction of 7.2 that passes an argument on the stack.
pub fn is_stack_arg(insn: &Insn) -> bool {
    reads_stack_arg(insn) || writes_stack_arg(insn)
}

/// The register of an instruction that 7.2 does not have.
pub(super) fn missing_register(insn: &Insn) -> Option<u8> {
    let dst = insn.dst > 10 && !writes_stack_arg(insn);
    let src = insn.src > 10 && !reads_stack_arg(insn);
    dst.then_some(insn.dst).or(src.then_some(insn.src))
}

/// core.c:bpf_opcode_in_insntable
pub(super) fn opcode_known(version: KernelVersion, code: u8) -> bool {
    let late = version >= KernelVersion::V6_12;
    let latest = version == KernelVersion::V7_2;
    match class_of(code) {
        class::ALU => op_of(code) <= 0xd0 && !(op_of(code) == special::NEG && is_x(code)),
        class::ALU64 => match op_of(code) {
            special::END => late && !is_x(code),
            special::NEG => !is_x(code),
            op => op <= 0xc0,
        },
        class::JMP => match op_of(code) {
            special::JA => !is_x(code) || latest,
            special::CALL => !is_x(code),
            special::EXIT => !is_x(code),
            special::JCOND => late && !is_x(code),
            op => op <= 0xd0,
        },
        class::JMP32 => match op_of(code) {
            special::JA => version >= KernelVersion::V6_1 && !is_x(code),
            special::CALL | special::EXIT => false,
            op => op <= 0xd0,
        },
        class::ST => mode_of(code) == mode::MEM,
        class::STX => match mode_of(code) {
            mode::MEM => true,
            mode::ATOMIC => latest || code & SIZE_MASK == W || code & SIZE_MASK == DW,
            _ => false,
        },
        class::LDX => match mode_of(code) {
            mode::MEM => true,
            mode::MEMSX => late && code & SIZE_MASK != DW,
            _ => false,
        },
        _ => match mode_of(code) {
            mode::ABS | mode::IND => code & SIZE_MASK != DW,
            mode::IMM => code == 0x18,
            _ => false,
        },
    }
}

/// Checks that already belong to the pass over maps before 7.2.
pub(super) fn early(version: KernelVersion, insn: &Insn) -> Option<String> {
    let mode = mode_of(insn.code);
    let load_mode = mode == mode::MEM || (version >= KernelVersion::V6_12 && mode == mode::MEMSX);
    if class_of(insn.code) == class::LDX && (!load_mode || insn.imm != 0) {
        return Some("BPF_LDX uses reserved fields".into());
    }
    let store_mode = mode == mode::MEM || mode == XADD;
    let stx = class_of(insn.code) == class::STX && version == KernelVersion::V5_10;
    if stx && (!store_mode || insn.imm != 0) {
        return Some("BPF_STX uses reserved fields".into());
    }
    None
}

/// The refusal of an instruction by its own fields; `None` when they are in order.
pub fn check(version: KernelVersion, insn: &Insn) -> Option<String> {
    in_advance(version, insn).or_else(|| when_followed(version, insn))
}

/// The part that only counts for instructions that are reached, in every version.
pub fn when_followed(version: KernelVersion, insn: &Insn) -> Option<String> {
    match class_of(insn.code) {
        class::ALU | class::ALU64 => immediate_operand(insn),
        class::STX if mode_of(insn.code) == mode::ATOMIC => atomic(version, insn),
        _ => None,
    }
}

/// The part that 7.2 looks at before it follows the program.
pub(super) fn in_advance(version: KernelVersion, insn: &Insn) -> Option<String> {
    match class_of(insn.code) {
        class::ALU | class::ALU64 => alu(version, insn),
        class::JMP | class::JMP32 => jump(version, insn),
        class::LDX => {
            let sign_extends = version >= KernelVersion::V6_12 && mode_of(insn.code) == mode::MEMSX;
            let plain = mode_of(insn.code) == mode::MEM || sign_extends;
            reserved("BPF_LDX", !plain || insn.imm != 0)
        }
        class::STX if mode_of(insn.code) == mode::ATOMIC => None,
        class::STX => reserved("BPF_STX", mode_of(insn.code) != mode::MEM || insn.imm != 0),
        class::ST => reserved("BPF_ST", mode_of(insn.code) != mode::MEM || insn.src != 0),
        _ => load(insn),
    }
}

fn reserved(what: &str, wrong: bool) -> Option<String> {
    wrong.then(|| format!("{what} uses reserved fields"))
}

fn alu(version: KernelVersion, insn: &Insn) -> Option<String> {
    let late = version >= KernelVersion::V6_12;
    let wide = class_of(insn.code) == class::ALU64;
    let used =
        |allowed: bool| if is_x(insn.code) { insn.imm != 0 || !allowed } else { insn.src != 0 || !allowed };
    match op_of(insn.code) {
        special::NEG => {
            let dirty = is_x(insn.code) || insn.src != 0 || insn.off != 0 || insn.imm != 0;
            reserved("BPF_NEG", dirty)
        }
        special::END => {
            let bits = [16, 32, 64].contains(&insn.imm);
            let wide_ok = !wide || (late && !is_x(insn.code));
            reserved("BPF_END", insn.src != 0 || insn.off != 0 || !bits || !wide_ok)
        }
        special::MOV => {
            let by_register = late && is_x(insn.code);
            if by_register && wide && insn.off == 1 {
                return address_space_cast(insn);
            }
            let extends = by_register && move_extension(insn, wide);
            reserved("BPF_MOV", used(insn.off == 0 || extends))
        }
        op if op > special::END => Some(format!("invalid BPF_ALU opcode {op:x}")),
        op => {
            let divides = op == 0x30 || op == 0x90;
            let signed = late && divides && insn.off == 1;
            reserved("BPF_ALU", used(insn.off == 0 || signed))
        }
    }
}

/// Offsets of a register move that select a sign extension.
fn move_extension(insn: &Insn, wide: bool) -> bool {
    match insn.off {
        8 | 16 => true,
        32 => wide,
        _ => false,
    }
}

/// The immediate holds both address spaces: 1 to 0, or 0 to 1.
fn address_space_cast(insn: &Insn) -> Option<String> {
    let fits = insn.imm == 1 || insn.imm == 1 << 16;
    (!fits).then(|| "addr_space_cast insn can only convert between address space 1 and 0".into())
}

fn immediate_operand(insn: &Insn) -> Option<String> {
    if is_x(insn.code) {
        return None;
    }
    let (op, wide) = (op_of(insn.code), class_of(insn.code) == class::ALU64);
    if (op == 0x30 || op == 0x90) && insn.imm == 0 {
        return Some("div by zero".into());
    }
    let shift = [0x60, 0x70, 0xc0].contains(&op);
    let bits = if wide { 64 } else { 32 };
    (shift && !(0..bits).contains(&insn.imm)).then(|| format!("invalid shift {}", insn.imm))
}

fn jump(version: KernelVersion, insn: &Insn) -> Option<String> {
    let late = version >= KernelVersion::V6_12;
    let narrow = class_of(insn.code) == class::JMP32;
    let x = is_x(insn.code);
    match op_of(insn.code) {
        special::CALL => {
            let kfunc = insn.src == 2 && version != KernelVersion::V5_10;
            let source = insn.src <= 1 || kfunc;
            let offset = insn.off == 0 || kfunc;
            reserved("BPF_CALL", x || narrow || !offset || !source || insn.dst != 0)
        }
        special::EXIT => reserved("BPF_EXIT", x || narrow || insn.imm != 0 || insn.src != 0 || insn.dst != 0),
        special::JA if x => None,
        special::JA => {
            let long = narrow && version >= KernelVersion::V6_1;
            let distance = if long { insn.off != 0 } else { narrow || insn.imm != 0 };
            reserved("BPF_JA", insn.src != 0 || insn.dst != 0 || distance)
        }
        special::JCOND if late => {
            let early = version == KernelVersion::V6_12;
            let nowhere = early && insn.off == 0;
            let dirty = insn.src != 0 || insn.dst != 0 || insn.imm != 0 || narrow || nowhere;
            let off = if early { format!(" off {}", insn.off) } else { String::new() };
            dirty.then(|| format!("invalid may_goto{off} imm {}", insn.imm))
        }
        op if op > 0xd0 => Some(format!("invalid BPF_JMP/JMP32 opcode {op:x}")),
        _ => reserved("BPF_JMP/JMP32", if x { insn.imm != 0 } else { insn.src != 0 }),
    }
}

fn atomic(version: KernelVersion, insn: &Insn) -> Option<String> {
    if version == KernelVersion::V5_10 {
        return reserved("BPF_XADD", insn.imm != 0);
    }
    let known = [0x00, 0x01, 0x40, 0x41, 0x50, 0x51, 0xa0, 0xa1, 0xe1, 0xf1].contains(&insn.imm);
    let ordered = version == KernelVersion::V7_2 && [0x100, 0x110].contains(&insn.imm);
    if !known && !ordered {
        return Some(format!("BPF_ATOMIC uses invalid atomic opcode {:02x}", insn.imm));
    }
    let size = insn.code & SIZE_MASK;
    (known && size != W && size != DW).then(|| "invalid atomic operand size".into())
}

fn load(insn: &Insn) -> Option<String> {
    match mode_of(insn.code) {
        mode::ABS | mode::IND => {
            let indexed = mode_of(insn.code) == mode::IND;
            let dirty =
                insn.dst != 0 || insn.off != 0 || insn.code & SIZE_MASK == DW || (!indexed && insn.src != 0);
            reserved("BPF_LD_[ABS|IND]", dirty)
        }
        mode::IMM if !insn.is_load_imm64() => Some("invalid BPF_LD_IMM insn".into()),
        mode::IMM => reserved("BPF_LD_IMM64", insn.off != 0),
        _ => Some("invalid BPF_LD mode".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use KernelVersion as V;

    fn insn(code: u8, dst: u8, src: u8, off: i16, imm: i32) -> Insn {
        Insn { code, dst, src, off, imm }
    }

    #[test]
    fn instructions_arrive_with_their_version() {
        let may_goto = 0xe5;
        assert_eq!(V::ALL.map(|v| opcode_known(v, may_goto)), [false, false, true, true]);
        let sign_extending_move = insn(0xbf, 1, 2, 8, 0);
        let refused = V::ALL.map(|v| check(v, &sign_extending_move).is_some());
        assert_eq!(refused, [true, true, false, false]);
        let cast = |imm| check(V::V7_2, &insn(0xbf, 1, 2, 1, imm)).is_some();
        assert_eq!([1, 1 << 16, 0, 2].map(cast), [false, false, true, true]);
        let fetch_add = insn(0xdb, 10, 1, -8, 1);
        assert_eq!(early(V::V5_10, &fetch_add).as_deref(), Some("BPF_STX uses reserved fields"));
        assert!(early(V::V6_1, &fetch_add).is_none() && check(V::V6_1, &fetch_add).is_none());
    }

    #[test]
    fn impossible_operands() {
        assert_eq!(check(V::V6_1, &insn(0x37, 0, 0, 0, 0)).as_deref(), Some("div by zero"));
        assert_eq!(check(V::V7_2, &insn(0x64, 0, 0, 0, 32)).as_deref(), Some("invalid shift 32"));
        assert_eq!(
            check(V::V5_10, &insn(0x95, 1, 0, 0, 0)).as_deref(),
            Some("BPF_EXIT uses reserved fields")
        );
        assert!(check(V::V5_10, &insn(0x95, 0, 0, 0, 0)).is_none());
    }
}

//! Raw slots to [`Op`]: the structural checks a kernel makes on each instruction, in its words
//! (`kernel/bpf/verifier.c`: check_alu_op, check_cond_jmp_op, do_check, check_ld_imm, resolve_pseudo_ldimm64).
//!
//! Only what one instruction shows by itself is checked here. Values (a constant division by zero, a shift wider than
//! the operand) and types are the verifier's business.

use thiserror::Error;

use super::insn::Insn;
use super::op::{AluOp, Callee, End, Imm64, Op, Reg, Size, Src, Width};
use super::table::{ALU, ATOMIC, JMP, SIZE, class, mode, special};

/// A malformed instruction. The kernel refuses the program with `errno` -22 (EINVAL) and this message.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("instruction {pc}: {message}")]
pub struct DecodeError {
    /// Slot of the instruction.
    pub pc: usize,
    /// The kernel's words where it has any.
    pub message: String,
}

type Decoded = Result<Op, String>;

/// Decodes the instruction at slot `pc`.
pub fn decode_at(insns: &[Insn], pc: usize) -> Result<Op, DecodeError> {
    let insn = insns[pc];
    let decoded = match insn.code & 7 {
        class::LD => load_legacy_or_imm64(insn, insns.get(pc + 1)),
        class::LDX => load(insn),
        class::ST => store_imm(insn),
        class::STX => store_reg(insn),
        class::ALU => alu(insn, Width::W32),
        class::ALU64 => alu(insn, Width::W64),
        class::JMP => jump(insn, Width::W64),
        _ => jump(insn, Width::W32),
    };
    decoded.and_then(|op| check_registers(insn).map(|()| op)).map_err(|message| DecodeError { pc, message })
}

/// Decodes a whole program: each instruction with its slot.
pub fn decode(insns: &[Insn]) -> Result<Vec<(usize, Op)>, DecodeError> {
    let mut ops = Vec::with_capacity(insns.len());
    let mut pc = 0;
    while pc < insns.len() {
        let op = decode_at(insns, pc)?;
        ops.push((pc, op));
        pc += op.slots();
    }
    Ok(ops)
}

fn reserved(what: &str) -> String {
    format!("BPF_{what} uses reserved fields")
}

fn unknown(insn: Insn) -> String {
    format!("unknown opcode {:02x}", insn.code)
}

fn check_registers(insn: Insn) -> Result<(), String> {
    // `src` is no register in calls and 64-bit immediates; their own checks bound it.
    match insn.dst.max(insn.src) {
        0..=10 => Ok(()),
        bad => Err(format!("R{bad} is invalid")),
    }
}

fn source(insn: Insn) -> Src {
    if insn.code & special::X != 0 { Src::Reg(Reg(insn.src)) } else { Src::Imm(insn.imm) }
}

/// Whether the half of the operand fields that the source bit deselects is zero.
fn other_source_is_zero(insn: Insn) -> bool {
    match source(insn) {
        Src::Reg(_) => insn.imm == 0,
        Src::Imm(_) => insn.src == 0,
    }
}

fn size(insn: Insn) -> Size {
    SIZE.iter().find(|row| row.1 == insn.code & 0x18).expect("two bits, four rows").0
}

fn alu(insn: Insn, width: Width) -> Decoded {
    let dst = Reg(insn.dst);
    match insn.code & 0xf0 {
        special::NEG if insn.code & special::X == 0 && insn.src == 0 && insn.off == 0 && insn.imm == 0 => {
            Ok(Op::Neg { width, dst })
        }
        special::NEG => Err(reserved("NEG")),
        special::END => end(insn, width),
        special::MOV if insn.off != 0 => mov_variant(insn, width),
        special::MOV if !other_source_is_zero(insn) => Err(reserved("MOV")),
        bits => {
            let mut rows = ALU.iter().filter(|row| row.bits == bits).peekable();
            rows.peek().ok_or_else(|| format!("invalid BPF_ALU opcode {bits:x}"))?;
            let row = rows.find(|row| row.off == insn.off && other_source_is_zero(insn));
            row.map(|row| Op::Alu { width, op: row.op, dst, src: source(insn) })
                .ok_or_else(|| reserved("ALU"))
        }
    }
}

fn mov_variant(insn: Insn, width: Width) -> Decoded {
    let (dst, from_reg) = (Reg(insn.dst), insn.code & special::X != 0);
    let src = Reg(insn.src);
    match (insn.off, width) {
        (special::CAST, Width::W64) if from_reg => {
            let (to, from) = ((insn.imm as u32 >> 16) as u16, insn.imm as u16);
            Ok(Op::AddrSpaceCast { dst, src, to, from })
        }
        (8 | 16, _) | (32, Width::W64) if from_reg && insn.imm == 0 => {
            Ok(Op::MovSx { width, bits: insn.off as u8, dst, src })
        }
        _ => Err(reserved("MOV")),
    }
}

fn end(insn: Insn, width: Width) -> Decoded {
    let kind = match (width, insn.code & special::X != 0) {
        (Width::W32, false) => End::Le,
        (Width::W32, true) => End::Be,
        (Width::W64, false) => End::Swap,
        (Width::W64, true) => return Err(reserved("END")),
    };
    if insn.src != 0 || insn.off != 0 || !matches!(insn.imm, 16 | 32 | 64) {
        return Err(reserved("END"));
    }
    Ok(Op::End { kind, bits: insn.imm as u8, dst: Reg(insn.dst) })
}

fn load(insn: Insn) -> Decoded {
    let signed = match insn.code & 0xe0 {
        mode::MEM => false,
        mode::MEMSX if size(insn) != Size::Dw => true,
        _ => return Err(unknown(insn)),
    };
    if insn.imm != 0 {
        return Err(reserved("LDX"));
    }
    Ok(Op::Load { size: size(insn), signed, dst: Reg(insn.dst), base: Reg(insn.src), off: insn.off })
}

fn store_imm(insn: Insn) -> Decoded {
    if insn.code & 0xe0 != mode::MEM || insn.src != 0 {
        return Err(reserved("ST"));
    }
    Ok(Op::Store { size: size(insn), base: Reg(insn.dst), off: insn.off, src: Src::Imm(insn.imm) })
}

fn store_reg(insn: Insn) -> Decoded {
    let (size, base, off, src) = (size(insn), Reg(insn.dst), insn.off, Reg(insn.src));
    match insn.code & 0xe0 {
        mode::MEM if insn.imm == 0 => Ok(Op::Store { size, base, off, src: Src::Reg(src) }),
        mode::MEM => Err(reserved("STX")),
        mode::ATOMIC => atomic(insn, size),
        _ => Err(unknown(insn)),
    }
}

fn atomic(insn: Insn, size: Size) -> Decoded {
    let off = insn.off;
    match insn.imm {
        special::LOAD_ACQ => Ok(Op::LoadAcquire { size, dst: Reg(insn.dst), base: Reg(insn.src), off }),
        special::STORE_REL => Ok(Op::StoreRelease { size, base: Reg(insn.dst), off, src: Reg(insn.src) }),
        imm => {
            let row = ATOMIC.iter().find(|row| row.1 == imm);
            let (op, ..) = row.ok_or_else(|| format!("BPF_ATOMIC uses invalid atomic opcode {imm:02x}"))?;
            match size {
                Size::W | Size::Dw => {
                    Ok(Op::Atomic { size, op: *op, base: Reg(insn.dst), off, src: Reg(insn.src) })
                }
                _ => Err("invalid atomic operand size".to_owned()),
            }
        }
    }
}

fn load_legacy_or_imm64(insn: Insn, next: Option<&Insn>) -> Decoded {
    let size = size(insn);
    match insn.code & 0xe0 {
        mode::IMM if size == Size::Dw => imm64(insn, next),
        mode::ABS | mode::IND if size == Size::Dw || insn.dst != 0 || insn.off != 0 => {
            Err(reserved("LD_[ABS|IND]"))
        }
        mode::ABS if insn.src != 0 => Err(reserved("LD_[ABS|IND]")),
        mode::ABS => Ok(Op::SkbAbs { size, imm: insn.imm }),
        mode::IND => Ok(Op::SkbInd { size, src: Reg(insn.src), imm: insn.imm }),
        _ => Err(unknown(insn)),
    }
}

fn imm64(insn: Insn, next: Option<&Insn>) -> Decoded {
    let high = match next {
        Some(n) if n.code == 0 && n.dst == 0 && n.src == 0 && n.off == 0 && insn.off == 0 => n.imm,
        _ => return Err("invalid bpf_ld_imm64 insn".to_owned()),
    };
    let low = insn.imm;
    let imm = match insn.src {
        0 => Imm64::Value((high as u32 as u64) << 32 | low as u32 as u64),
        1 if high == 0 => Imm64::Map(low),
        2 => Imm64::MapValue { map: low, offset: high },
        3 => Imm64::BtfVar { id: low, module: high },
        4 if high == 0 => Imm64::Func(low),
        5 if high == 0 => Imm64::MapIdx(low),
        6 => Imm64::MapIdxValue { map: low, offset: high },
        _ => return Err("unrecognized bpf_ld_imm64 insn".to_owned()),
    };
    Ok(Op::LoadImm64 { dst: Reg(insn.dst), imm })
}

fn jump(insn: Insn, width: Width) -> Decoded {
    match insn.code & 0xf0 {
        special::JA => goto(insn, width),
        special::CALL => call(insn, width),
        // No kernel looks at its offset.
        special::EXIT if insn.code == class::JMP | special::EXIT && no_operands(insn) => Ok(Op::Exit),
        special::EXIT => Err(reserved("EXIT")),
        special::JCOND if insn.code == class::JMP | special::JCOND && no_operands(insn) => {
            Ok(Op::MayGoto { delta: insn.off })
        }
        special::JCOND => Err(format!("invalid may_goto imm {}", insn.imm)),
        bits => {
            let row = JMP.iter().find(|row| row.1 == bits);
            let (op, ..) = row.ok_or_else(|| format!("invalid BPF_JMP opcode {bits:x}"))?;
            if !other_source_is_zero(insn) {
                return Err(reserved("JMP/JMP32"));
            }
            Ok(Op::Branch { width, op: *op, dst: Reg(insn.dst), src: source(insn), delta: insn.off })
        }
    }
}

fn no_operands(insn: Insn) -> bool {
    insn.dst == 0 && insn.src == 0 && insn.imm == 0
}

fn goto(insn: Insn, width: Width) -> Decoded {
    let no_registers = insn.dst == 0 && insn.src == 0;
    match (width, insn.code & special::X != 0) {
        (Width::W64, false) if no_registers && insn.imm == 0 => {
            Ok(Op::Jump { long: false, delta: i32::from(insn.off) })
        }
        (Width::W32, false) if no_registers && insn.off == 0 => Ok(Op::Jump { long: true, delta: insn.imm }),
        (Width::W64, true) if insn.src == 0 && insn.off == 0 && insn.imm == 0 => {
            Ok(Op::JumpReg { dst: Reg(insn.dst) })
        }
        _ => Err(reserved("JA")),
    }
}

fn call(insn: Insn, width: Width) -> Decoded {
    if width == Width::W32 || insn.code & special::X != 0 || insn.dst != 0 {
        return Err(reserved("CALL"));
    }
    match (insn.src, insn.off) {
        (0, 0) => Ok(Op::Call(Callee::Helper(insn.imm))),
        (1, 0) => Ok(Op::Call(Callee::Subprog(insn.imm))),
        (2, module) => Ok(Op::Call(Callee::Kfunc { id: insn.imm, module })),
        _ => Err(reserved("CALL")),
    }
}

/// Whether the operation is a variant that only instruction set v4 has.
pub fn is_v4(op: &Op) -> bool {
    matches!(
        op,
        Op::Alu { op: AluOp::SDiv | AluOp::SMod, .. }
            | Op::MovSx { .. }
            | Op::End { kind: End::Swap, .. }
            | Op::Load { signed: true, .. }
            | Op::Jump { long: true, .. }
    )
}

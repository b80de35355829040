//! [`Op`] to raw slots; the inverse of `decode`.

use super::insn::Insn;
use super::op::{Callee, End, Imm64, Op, Reg, Size, Src, Width};
use super::table::{alu_row, atomic_row, class, jmp_row, mode, size_row, special};

/// Appends the one or two slots of an instruction.
pub fn encode(op: &Op, out: &mut Vec<Insn>) {
    if let Op::LoadImm64 { dst, imm } = *op {
        let (src, low, high) = imm64(imm);
        out.push(Insn { code: class::LD | mode::IMM | 0x18, dst: dst.0, src, off: 0, imm: low });
        out.push(Insn { imm: high, ..Insn::default() });
    } else {
        out.push(encode_single(op));
    }
}

/// The slots of a list of instructions.
pub fn encode_all(ops: &[Op]) -> Vec<Insn> {
    let mut out = Vec::with_capacity(ops.len());
    ops.iter().for_each(|op| encode(op, &mut out));
    out
}

fn encode_single(op: &Op) -> Insn {
    match *op {
        Op::Alu { width, op, dst, src } => {
            let row = alu_row(op);
            two_operands(alu_class(width) | row.bits, dst, src, row.off)
        }
        Op::Neg { width, dst } => insn(alu_class(width) | special::NEG, dst, Reg::R0, 0, 0),
        Op::MovSx { width, bits, dst, src } => {
            insn(alu_class(width) | special::MOV | special::X, dst, src, i16::from(bits), 0)
        }
        Op::End { kind, bits, dst } => insn(end_code(kind), dst, Reg::R0, 0, i32::from(bits)),
        Op::AddrSpaceCast { dst, src, to, from } => {
            let imm = (u32::from(to) << 16 | u32::from(from)) as i32;
            insn(class::ALU64 | special::MOV | special::X, dst, src, special::CAST, imm)
        }
        Op::LoadImm64 { .. } => unreachable!("two slots"),
        Op::SkbAbs { size, imm } => insn(class::LD | mode::ABS | bits(size), Reg::R0, Reg::R0, 0, imm),
        Op::SkbInd { size, src, imm } => insn(class::LD | mode::IND | bits(size), Reg::R0, src, 0, imm),
        Op::Load { .. }
        | Op::Store { .. }
        | Op::Atomic { .. }
        | Op::LoadAcquire { .. }
        | Op::StoreRelease { .. } => memory(op),
        Op::Jump { .. }
        | Op::JumpReg { .. }
        | Op::Branch { .. }
        | Op::MayGoto { .. }
        | Op::Call(_)
        | Op::Exit => control(op),
    }
}

fn memory(op: &Op) -> Insn {
    match *op {
        Op::Load { size, signed, dst, base, off } => {
            let mode = if signed { mode::MEMSX } else { mode::MEM };
            insn(class::LDX | mode | bits(size), dst, base, off, 0)
        }
        Op::Store { size, base, off, src: Src::Reg(src) } => {
            insn(class::STX | mode::MEM | bits(size), base, src, off, 0)
        }
        Op::Store { size, base, off, src: Src::Imm(imm) } => {
            insn(class::ST | mode::MEM | bits(size), base, Reg::R0, off, imm)
        }
        Op::Atomic { size, op, base, off, src } => atomic(size, base, src, off, atomic_row(op).1),
        Op::LoadAcquire { size, dst, base, off } => atomic(size, dst, base, off, special::LOAD_ACQ),
        Op::StoreRelease { size, base, off, src } => atomic(size, base, src, off, special::STORE_REL),
        _ => unreachable!("not a memory instruction: {op:?}"),
    }
}

fn control(op: &Op) -> Insn {
    match *op {
        Op::Jump { long: true, delta } => insn(class::JMP32 | special::JA, Reg::R0, Reg::R0, 0, delta),
        Op::Jump { long: false, delta } => insn(class::JMP | special::JA, Reg::R0, Reg::R0, delta as i16, 0),
        Op::JumpReg { dst } => insn(class::JMP | special::JA | special::X, dst, Reg::R0, 0, 0),
        Op::Branch { width, op, dst, src, delta } => {
            let class = if width == Width::W64 { class::JMP } else { class::JMP32 };
            two_operands(class | jmp_row(op).1, dst, src, delta)
        }
        Op::MayGoto { delta } => insn(class::JMP | special::JCOND, Reg::R0, Reg::R0, delta, 0),
        Op::Call(callee) => call(callee),
        _ => insn(class::JMP | special::EXIT, Reg::R0, Reg::R0, 0, 0),
    }
}

fn insn(code: u8, dst: Reg, src: Reg, off: i16, imm: i32) -> Insn {
    Insn { code, dst: dst.0, src: src.0, off, imm }
}

fn two_operands(code: u8, dst: Reg, src: Src, off: i16) -> Insn {
    match src {
        Src::Reg(src) => insn(code | special::X, dst, src, off, 0),
        Src::Imm(imm) => insn(code, dst, Reg::R0, off, imm),
    }
}

fn atomic(size: Size, dst: Reg, src: Reg, off: i16, imm: i32) -> Insn {
    insn(class::STX | mode::ATOMIC | bits(size), dst, src, off, imm)
}

fn bits(size: Size) -> u8 {
    size_row(size).1
}

fn alu_class(width: Width) -> u8 {
    if width == Width::W64 { class::ALU64 } else { class::ALU }
}

fn end_code(kind: End) -> u8 {
    match kind {
        End::Le => class::ALU | special::END,
        End::Be => class::ALU | special::END | special::X,
        End::Swap => class::ALU64 | special::END,
    }
}

fn call(callee: Callee) -> Insn {
    let (src, off, imm) = match callee {
        Callee::Helper(id) => (0, 0, id),
        Callee::Subprog(delta) => (1, 0, delta),
        Callee::Kfunc { id, module } => (2, module, id),
    };
    insn(class::JMP | special::CALL, Reg::R0, Reg(src), off, imm)
}

fn imm64(imm: Imm64) -> (u8, i32, i32) {
    match imm {
        Imm64::Value(value) => (0, value as i32, (value >> 32) as i32),
        Imm64::Map(map) => (1, map, 0),
        Imm64::MapValue { map, offset } => (2, map, offset),
        Imm64::BtfVar { id, module } => (3, id, module),
        Imm64::Func(delta) => (4, delta, 0),
        Imm64::MapIdx(map) => (5, map, 0),
        Imm64::MapIdxValue { map, offset } => (6, map, offset),
    }
}

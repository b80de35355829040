//! The instruction set as tables: bit patterns and spellings (RFC 9669, section 4 and 5; `include/uapi/linux/bpf.h`;
//! spellings as `kernel/bpf/disasm.c` prints them). `decode`, `encode`, `disasm` and `asm` read only these rows.

use super::op::{AluOp, AtomicOp, JmpOp, Size};

/// Instruction classes, the low three bits of the code.
pub mod class {
    pub const LD: u8 = 0;
    pub const LDX: u8 = 1;
    pub const ST: u8 = 2;
    pub const STX: u8 = 3;
    pub const ALU: u8 = 4;
    pub const JMP: u8 = 5;
    pub const JMP32: u8 = 6;
    pub const ALU64: u8 = 7;
}

/// Modes of load and store instructions, the high three bits of the code.
pub mod mode {
    pub const IMM: u8 = 0x00;
    pub const ABS: u8 = 0x20;
    pub const IND: u8 = 0x40;
    pub const MEM: u8 = 0x60;
    pub const MEMSX: u8 = 0x80;
    pub const ATOMIC: u8 = 0xc0;
}

/// Operations that are not rows of a table because their operands differ.
pub mod special {
    pub const NEG: u8 = 0x80;
    pub const MOV: u8 = 0xb0;
    pub const END: u8 = 0xd0;
    pub const JA: u8 = 0x00;
    pub const CALL: u8 = 0x80;
    pub const EXIT: u8 = 0x90;
    pub const JCOND: u8 = 0xe0;
    /// Source bit: the operand is a register (or, for byte swaps, big endian).
    pub const X: u8 = 0x08;
    pub const LOAD_ACQ: i32 = 0x100;
    pub const STORE_REL: i32 = 0x110;
    /// `off` of a `mov` that is an address space cast.
    pub const CAST: i16 = 1;
}

/// One arithmetic operation: its high four bits, the `off` that selects a variant, its spelling.
pub struct AluRow {
    pub op: AluOp,
    pub bits: u8,
    pub off: i16,
    pub spelling: &'static str,
}

const fn alu(op: AluOp, bits: u8, off: i16, spelling: &'static str) -> AluRow {
    AluRow { op, bits, off, spelling }
}

pub const ALU: &[AluRow] = &[
    alu(AluOp::Add, 0x00, 0, "+="),
    alu(AluOp::Sub, 0x10, 0, "-="),
    alu(AluOp::Mul, 0x20, 0, "*="),
    alu(AluOp::Div, 0x30, 0, "/="),
    alu(AluOp::SDiv, 0x30, 1, "s/="),
    alu(AluOp::Or, 0x40, 0, "|="),
    alu(AluOp::And, 0x50, 0, "&="),
    alu(AluOp::Lsh, 0x60, 0, "<<="),
    alu(AluOp::Rsh, 0x70, 0, ">>="),
    alu(AluOp::Mod, 0x90, 0, "%="),
    alu(AluOp::SMod, 0x90, 1, "s%="),
    alu(AluOp::Xor, 0xa0, 0, "^="),
    alu(AluOp::Mov, special::MOV, 0, "="),
    alu(AluOp::Arsh, 0xc0, 0, "s>>="),
];

/// Branch conditions: high four bits and spelling.
pub const JMP: &[(JmpOp, u8, &str)] = &[
    (JmpOp::Eq, 0x10, "=="),
    (JmpOp::Gt, 0x20, ">"),
    (JmpOp::Ge, 0x30, ">="),
    (JmpOp::Set, 0x40, "&"),
    (JmpOp::Ne, 0x50, "!="),
    (JmpOp::SGt, 0x60, "s>"),
    (JmpOp::SGe, 0x70, "s>="),
    (JmpOp::Lt, 0xa0, "<"),
    (JmpOp::Le, 0xb0, "<="),
    (JmpOp::SLt, 0xc0, "s<"),
    (JmpOp::SLe, 0xd0, "s<="),
];

/// Access sizes: bits 3 and 4 of the code, unsigned and signed spelling.
pub const SIZE: &[(Size, u8, &str, &str)] = &[
    (Size::W, 0x00, "u32", "s32"),
    (Size::H, 0x08, "u16", "s16"),
    (Size::B, 0x10, "u8", "s8"),
    (Size::Dw, 0x18, "u64", "s64"),
];

/// Atomic operations: the immediate, the spelling as assignment (empty for exchanges) and as function.
pub const ATOMIC: &[(AtomicOp, i32, &str, &str)] = &[
    (AtomicOp::Add { fetch: false }, 0x00, "+=", ""),
    (AtomicOp::Or { fetch: false }, 0x40, "|=", ""),
    (AtomicOp::And { fetch: false }, 0x50, "&=", ""),
    (AtomicOp::Xor { fetch: false }, 0xa0, "^=", ""),
    (AtomicOp::Add { fetch: true }, 0x01, "", "fetch_add"),
    (AtomicOp::Or { fetch: true }, 0x41, "", "fetch_or"),
    (AtomicOp::And { fetch: true }, 0x51, "", "fetch_and"),
    (AtomicOp::Xor { fetch: true }, 0xa1, "", "fetch_xor"),
    (AtomicOp::Xchg, 0xe1, "", "xchg"),
    (AtomicOp::CmpXchg, 0xf1, "", "cmpxchg"),
];

pub fn alu_row(op: AluOp) -> &'static AluRow {
    ALU.iter().find(|row| row.op == op).expect("every operation has a row")
}

pub fn jmp_row(op: JmpOp) -> &'static (JmpOp, u8, &'static str) {
    JMP.iter().find(|row| row.0 == op).expect("every condition has a row")
}

pub fn size_row(size: Size) -> &'static (Size, u8, &'static str, &'static str) {
    SIZE.iter().find(|row| row.0 == size).expect("every size has a row")
}

pub fn atomic_row(op: AtomicOp) -> &'static (AtomicOp, i32, &'static str, &'static str) {
    ATOMIC.iter().find(|row| row.0 == op).expect("every atomic has a row")
}

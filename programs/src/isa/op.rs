//! What an instruction means: [`Op`] and its operand types. The verifier, the disassembler, the assembler and the
//! interpreter's predecoder all read this form; `table` has the bit patterns and spellings, `decode` and `encode`
//! convert.

use std::fmt;

/// A register, 0 to 10. r10 is the frame pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reg(pub u8);

impl Reg {
    pub const R0: Reg = Reg(0);
    /// The frame pointer.
    pub const R10: Reg = Reg(10);
}

impl fmt::Display for Reg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "r{}", self.0)
    }
}

/// Operand width of arithmetic and comparisons: 32-bit forms use the low half and zero the upper half of the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    W32,
    W64,
}

/// Access size in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    B,
    H,
    W,
    Dw,
}

impl Size {
    /// The size in bytes.
    pub const fn bytes(self) -> u8 {
        match self {
            Size::B => 1,
            Size::H => 2,
            Size::W => 4,
            Size::Dw => 8,
        }
    }
}

/// Second operand: a register or a 32-bit immediate that is sign-extended to the operation's width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Src {
    Reg(Reg),
    Imm(i32),
}

/// Two-operand arithmetic (`dst op= src`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AluOp {
    Add,
    Sub,
    Mul,
    /// Unsigned; x / 0 = 0.
    Div,
    /// Signed; x / 0 = 0, MIN / -1 = MIN.
    SDiv,
    Or,
    And,
    Lsh,
    Rsh,
    /// Unsigned; x % 0 = x.
    Mod,
    /// Signed, sign of the dividend; x % 0 = x, MIN % -1 = 0.
    SMod,
    Xor,
    Mov,
    /// Arithmetic shift right.
    Arsh,
}

/// Condition of a branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JmpOp {
    Eq,
    Gt,
    Ge,
    /// `dst & src` is not zero.
    Set,
    Ne,
    SGt,
    SGe,
    Lt,
    Le,
    SLt,
    SLe,
}

/// Byte order conversion. Memory is little endian here, so `Le` only truncates and `Be` swaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Le,
    Be,
    /// Unconditional swap (instruction set v4).
    Swap,
}

/// Read-modify-write operation on memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtomicOp {
    Add {
        fetch: bool,
    },
    Or {
        fetch: bool,
    },
    And {
        fetch: bool,
    },
    Xor {
        fetch: bool,
    },
    Xchg,
    /// Compares with r0; r0 always gets the old value.
    CmpXchg,
}

impl AtomicOp {
    /// The register that gets the old value; `src` is the instruction's.
    pub fn fetched(self, src: Reg) -> Option<Reg> {
        match self {
            AtomicOp::CmpXchg => Some(Reg::R0),
            AtomicOp::Xchg => Some(src),
            AtomicOp::Add { fetch }
            | AtomicOp::Or { fetch }
            | AtomicOp::And { fetch }
            | AtomicOp::Xor { fetch } => fetch.then_some(src),
        }
    }
}

/// What a 64-bit immediate load loads. The numbers are what the loader put into the instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Imm64 {
    Value(u64),
    /// `BPF_PSEUDO_MAP_FD`: address of a map. Here the number is the map's index in its object.
    Map(i32),
    /// `BPF_PSEUDO_MAP_VALUE`: address inside the only value of a map.
    MapValue {
        map: i32,
        offset: i32,
    },
    /// `BPF_PSEUDO_BTF_ID`: address of a kernel variable.
    BtfVar {
        id: i32,
        module: i32,
    },
    /// `BPF_PSEUDO_FUNC`: address of a subprogram, relative to the next instruction.
    Func(i32),
    /// `BPF_PSEUDO_MAP_IDX`: as `Map`, through the loader's fd array.
    MapIdx(i32),
    /// `BPF_PSEUDO_MAP_IDX_VALUE`: as `MapValue`, through the loader's fd array.
    MapIdxValue {
        map: i32,
        offset: i32,
    },
}

/// Where a call goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Callee {
    /// Helper by number.
    Helper(i32),
    /// Subprogram, relative to the next slot.
    Subprog(i32),
    /// Kernel function: BTF id (before loading) or index into the program's kfunc list, and the module's fd index.
    Kfunc { id: i32, module: i16 },
}

/// One instruction. Jump distances count slots from the next instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    Alu {
        width: Width,
        op: AluOp,
        dst: Reg,
        src: Src,
    },
    Neg {
        width: Width,
        dst: Reg,
    },
    /// Move with sign extension from 8, 16 or 32 bits.
    MovSx {
        width: Width,
        bits: u8,
        dst: Reg,
        src: Reg,
    },
    End {
        kind: End,
        bits: u8,
        dst: Reg,
    },
    AddrSpaceCast {
        dst: Reg,
        src: Reg,
        to: u16,
        from: u16,
    },
    LoadImm64 {
        dst: Reg,
        imm: Imm64,
    },
    Load {
        size: Size,
        signed: bool,
        dst: Reg,
        base: Reg,
        off: i16,
    },
    Store {
        size: Size,
        base: Reg,
        off: i16,
        src: Src,
    },
    Atomic {
        size: Size,
        op: AtomicOp,
        base: Reg,
        off: i16,
        src: Reg,
    },
    LoadAcquire {
        size: Size,
        dst: Reg,
        base: Reg,
        off: i16,
    },
    StoreRelease {
        size: Size,
        base: Reg,
        off: i16,
        src: Reg,
    },
    /// Legacy packet load at a constant offset; the socket buffer is in r6, the result in r0.
    SkbAbs {
        size: Size,
        imm: i32,
    },
    /// Legacy packet load at `src + imm`.
    SkbInd {
        size: Size,
        src: Reg,
        imm: i32,
    },
    /// `goto`; `long` is the form with a 32-bit distance.
    Jump {
        long: bool,
        delta: i32,
    },
    /// Jump to the address in a register (`gotox`, Linux 6.19).
    JumpReg {
        dst: Reg,
    },
    Branch {
        width: Width,
        op: JmpOp,
        dst: Reg,
        src: Src,
        delta: i16,
    },
    /// Bounded-loop jump: taken when the run's iteration allowance is used up.
    MayGoto {
        delta: i16,
    },
    Call(Callee),
    Exit,
}

impl Op {
    /// Slots the instruction occupies.
    pub const fn slots(&self) -> usize {
        if matches!(self, Op::LoadImm64 { .. }) { 2 } else { 1 }
    }

    /// Distance in slots, from the next slot, of the jump this instruction may take inside its function.
    pub fn jump_delta(&self) -> Option<i32> {
        match *self {
            Op::Jump { delta, .. } => Some(delta),
            Op::Branch { delta, .. } | Op::MayGoto { delta } => Some(i32::from(delta)),
            _ => None,
        }
    }

    /// The same jump with another distance. `None` when it does not fit the instruction's field.
    pub fn with_jump_delta(self, to: i32) -> Option<Op> {
        let short = || i16::try_from(to).ok();
        Some(match self {
            Op::Jump { long: true, .. } => Op::Jump { long: true, delta: to },
            Op::Jump { long: false, .. } => Op::Jump { long: false, delta: i32::from(short()?) },
            Op::Branch { width, op, dst, src, .. } => Op::Branch { width, op, dst, src, delta: short()? },
            Op::MayGoto { .. } => Op::MayGoto { delta: short()? },
            other => other,
        })
    }
}

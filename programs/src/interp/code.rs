//! The predecoded instruction: 16 bytes, one dense opcode, operands ready to use.
//!
//! [`with_rows`] is the one list of arithmetic, branch, load and store opcodes: it defines [`Code`], the way from
//! [`Op`](crate::isa::Op) to it (here) and the arms of the main loop (`exec`).

use super::state::Index;
use crate::isa::{AluOp, JmpOp, Width};

/// A predecoded slot. Jump targets are absolute, immediates sign-extended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dense {
    pub code: Code,
    pub dst: Index,
    pub src: Index,
    /// Memory offset, or the slot a jump goes to.
    pub off: i32,
    pub imm: u64,
}

const _: () = assert!(size_of::<Dense>() == 16);

/// Calls a macro with the rows. alu: operation, opcodes (64-bit register and immediate form, then 32-bit), function in
/// `alu`. jmp: the same. unary: opcode, function. load: opcode, arena method, type that extends. store: register and
/// immediate form, arena method, type.
macro_rules! with_rows {
    ($callback:ident) => {
        $callback! {
            alu {
                Add Add64R Add64I Add32R Add32I add; Sub Sub64R Sub64I Sub32R Sub32I sub;
                Mul Mul64R Mul64I Mul32R Mul32I mul; Div Div64R Div64I Div32R Div32I div;
                SDiv SDiv64R SDiv64I SDiv32R SDiv32I sdiv; Mod Mod64R Mod64I Mod32R Mod32I rem;
                SMod SMod64R SMod64I SMod32R SMod32I srem; Or Or64R Or64I Or32R Or32I or;
                And And64R And64I And32R And32I and; Xor Xor64R Xor64I Xor32R Xor32I xor;
                Lsh Lsh64R Lsh64I Lsh32R Lsh32I lsh; Rsh Rsh64R Rsh64I Rsh32R Rsh32I rsh;
                Arsh Arsh64R Arsh64I Arsh32R Arsh32I arsh; Mov Mov64R Mov64I Mov32R Mov32I mov;
            }
            jmp {
                Eq Eq64R Eq64I Eq32R Eq32I eq; Ne Ne64R Ne64I Ne32R Ne32I ne;
                Set Set64R Set64I Set32R Set32I set; Gt Gt64R Gt64I Gt32R Gt32I gt;
                Ge Ge64R Ge64I Ge32R Ge32I ge; Lt Lt64R Lt64I Lt32R Lt32I lt;
                Le Le64R Le64I Le32R Le32I le; SGt SGt64R SGt64I SGt32R SGt32I sgt;
                SGe SGe64R SGe64I SGe32R SGe32I sge; SLt SLt64R SLt64I SLt32R SLt32I slt;
                SLe SLe64R SLe64I SLe32R SLe32I sle;
            }
            unary {
                Neg64 neg64; Neg32 neg32; Sx8To64 sx8_64; Sx16To64 sx16_64; Sx32To64 sx32_64; Sx8To32 sx8_32;
                Sx16To32 sx16_32; Low16 low16; Low32 low32; Low64 low64; Swap16 swap16; Swap32 swap32; Swap64 swap64;
            }
            load {
                Load8 load_u8 u8; Load16 load_u16 u16; Load32 load_u32 u32; Load64 load_u64 u64;
                LoadS8 load_u8 i8; LoadS16 load_u16 i16; LoadS32 load_u32 i32;
            }
            store {
                Store8R Store8I store_u8 u8; Store16R Store16I store_u16 u16;
                Store32R Store32I store_u32 u32; Store64R Store64I store_u64 u64;
            }
        }
    };
}
pub(super) use with_rows;

macro_rules! define {
    (alu { $($alu:ident $ar64:ident $ai64:ident $ar32:ident $ai32:ident $af:ident;)* }
     jmp { $($jmp:ident $jr64:ident $ji64:ident $jr32:ident $ji32:ident $jf:ident;)* }
     unary { $($unary:ident $uf:ident;)* }
     load { $($load:ident $lf:ident $lt:ty;)* }
     store { $($sr:ident $si:ident $sf:ident $st:ty;)* }) => {
        /// Dense opcodes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub(super) enum Code {
            $($ar64, $ai64, $ar32, $ai32,)*
            $($jr64, $ji64, $jr32, $ji32,)*
            $($unary,)*
            $($load,)*
            $($sr, $si,)*
            /// 64-bit immediate; skips its second slot.
            Imm64,
            /// `imm` has the atomic operation's number.
            Atomic32,
            Atomic64,
            Goto,
            MayGoto,
            /// `off` is the subprogram's first slot.
            CallSub,
            /// `imm` is the helper's number.
            CallHelper,
            /// `imm` is the kfunc's id, `off` the module.
            CallKfunc,
            /// Legacy packet load; `off` is the size, `imm` the offset, to which `SkbInd` adds `src`.
            SkbAbs,
            SkbInd,
            Exit,
            /// The second slot of a 64-bit immediate: never reached in a checked program.
            Hole,
        }

        /// The opcode of an arithmetic operation.
        pub(super) fn alu_code(op: AluOp, width: Width, immediate: bool) -> Code {
            match (op, width, immediate) {
                $((AluOp::$alu, Width::W64, false) => Code::$ar64,
                (AluOp::$alu, Width::W64, true) => Code::$ai64,
                (AluOp::$alu, Width::W32, false) => Code::$ar32,
                (AluOp::$alu, Width::W32, true) => Code::$ai32,)*
            }
        }

        /// The opcode of a branch.
        pub(super) fn jmp_code(op: JmpOp, width: Width, immediate: bool) -> Code {
            match (op, width, immediate) {
                $((JmpOp::$jmp, Width::W64, false) => Code::$jr64,
                (JmpOp::$jmp, Width::W64, true) => Code::$ji64,
                (JmpOp::$jmp, Width::W32, false) => Code::$jr32,
                (JmpOp::$jmp, Width::W32, true) => Code::$ji32,)*
            }
        }
    };
}

with_rows!(define);

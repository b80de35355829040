//! The BPF instruction set (RFC 9669 and what Linux 7.2 adds): raw slots, their meaning, and text both ways.
//!
//! Map: `insn` raw slots; `op` the meaning of one instruction, read by everyone; `table` bit patterns and spellings;
//! `decode`/`encode` between the two; `disasm` and `asm` text in the verifier log's syntax; `helper_names`.

pub mod asm;
mod decode;
mod disasm;
mod encode;
mod helper_names;
mod insn;
mod op;
pub mod table;

pub use asm::{AsmError, Assembly, assemble};
pub use decode::{DecodeError, decode, decode_at, is_v4};
pub use disasm::{Names, NoNames, Style, disassemble, log_line};
pub use encode::{encode, encode_all};
pub use helper_names::{HELPER_NAMES, helper_id, helper_name};
pub use insn::Insn;
pub use op::{AluOp, AtomicOp, Callee, End, Imm64, JmpOp, Op, Reg, Size, Src, Width};

#[cfg(test)]
mod tests;

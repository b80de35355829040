//! The raw 8-byte instruction, as it is in an object file (RFC 9669, section 3).
//!
//! [`Insn`] keeps the fields uninterpreted; `decode` gives them meaning, `encode` goes back.

/// One instruction slot. A 64-bit immediate load takes two of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Insn {
    /// Class, operation and source or size and mode.
    pub code: u8,
    /// Destination register, 4 bits.
    pub dst: u8,
    /// Source register or a pseudo source, 4 bits.
    pub src: u8,
    pub off: i16,
    pub imm: i32,
}

impl Insn {
    /// Bytes of one slot.
    pub const SIZE: usize = 8;

    /// Reads a slot from little-endian bytes.
    pub fn from_bytes(bytes: [u8; Insn::SIZE]) -> Insn {
        let [code, regs, o0, o1, i0, i1, i2, i3] = bytes;
        Insn {
            code,
            dst: regs & 0xf,
            src: regs >> 4,
            off: i16::from_le_bytes([o0, o1]),
            imm: i32::from_le_bytes([i0, i1, i2, i3]),
        }
    }

    /// The slot as little-endian bytes.
    pub fn to_bytes(self) -> [u8; Insn::SIZE] {
        let [o0, o1] = self.off.to_le_bytes();
        let [i0, i1, i2, i3] = self.imm.to_le_bytes();
        [self.code, (self.src << 4) | (self.dst & 0xf), o0, o1, i0, i1, i2, i3]
    }

    /// All slots of a section. `None` when the length is not a multiple of 8.
    pub fn all_from_bytes(bytes: &[u8]) -> Option<Vec<Insn>> {
        let (slots, rest) = bytes.as_chunks::<{ Insn::SIZE }>();
        rest.is_empty().then(|| slots.iter().map(|slot| Insn::from_bytes(*slot)).collect())
    }

    /// Whether this is the first slot of a 64-bit immediate load.
    pub const fn is_load_imm64(self) -> bool {
        self.code == 0x18
    }
}

//! Writing BTF: types are pushed one after the other, strings are shared, [`BtfWriter::finish`] gives the blob.
//!
//! Used by the pruner and by tests that need a kernel with other field offsets. A type may refer to one that is
//! pushed later: numbers are given in order, starting at 1.

use std::collections::BTreeMap;

use super::{Kind, TypeId};

/// Collects types and strings.
#[derive(Clone, Debug)]
pub struct BtfWriter {
    words: Vec<u32>,
    strings: Vec<u8>,
    offsets: BTreeMap<String, u32>,
    last: u32,
}

/// A member for [`BtfWriter::composite`]: name, type, offset in bits, width in bits (0 unless a bitfield).
pub type NewMember<'a> = (&'a str, TypeId, u32, u32);

impl Default for BtfWriter {
    fn default() -> Self {
        BtfWriter::new()
    }
}

impl BtfWriter {
    pub fn new() -> BtfWriter {
        BtfWriter { words: Vec::new(), strings: vec![0], offsets: BTreeMap::new(), last: 0 }
    }

    /// Offset of this text in the string section; the same text is stored once.
    pub fn string(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return 0;
        }
        if let Some(offset) = self.offsets.get(text) {
            return *offset;
        }
        let offset = self.strings.len() as u32;
        self.strings.extend_from_slice(text.as_bytes());
        self.strings.push(0);
        self.offsets.insert(text.to_string(), offset);
        offset
    }

    /// Number that the next pushed type gets.
    pub fn next_id(&self) -> TypeId {
        TypeId(self.last + 1)
    }

    /// Pushes a record: `flag` and `vlen` go into the info word, `tail` follows the header.
    pub fn push(
        &mut self,
        name: &str,
        kind: Kind,
        flag: bool,
        vlen: u32,
        size_or_type: u32,
        tail: &[u32],
    ) -> TypeId {
        let name = self.string(name);
        let info = u32::from(flag) << 31 | (kind as u32) << 24 | vlen;
        self.words.extend_from_slice(&[name, info, size_or_type]);
        self.words.extend_from_slice(tail);
        self.last += 1;
        TypeId(self.last)
    }

    /// An integer of `size` bytes.
    pub fn int(&mut self, name: &str, size: u32, signed: bool) -> TypeId {
        self.push(name, Kind::Int, false, 0, size, &[(u32::from(signed) << 24) | (size * 8)])
    }

    /// A pointer, qualifier, typedef or type tag.
    pub fn reference(&mut self, name: &str, kind: Kind, target: TypeId) -> TypeId {
        self.push(name, kind, false, 0, target.0, &[])
    }

    /// An array of `len` elements.
    pub fn array(&mut self, elem: TypeId, index: TypeId, len: u32) -> TypeId {
        self.push("", Kind::Array, false, 0, 0, &[elem.0, index.0, len])
    }

    /// A forward declaration of a struct or union.
    pub fn forward(&mut self, name: &str, is_union: bool) -> TypeId {
        self.push(name, Kind::Fwd, is_union, 0, 0, &[])
    }

    /// A struct or union of `size` bytes.
    pub fn composite(&mut self, name: &str, kind: Kind, size: u32, members: &[NewMember<'_>]) -> TypeId {
        let bitfields = members.iter().any(|(_, _, _, bits)| *bits != 0);
        let mut tail = Vec::with_capacity(members.len() * 3);
        for (name, ty, offset, bits) in members {
            tail.extend_from_slice(&[self.string(name), ty.0, offset | bits << 24]);
        }
        self.push(name, kind, bitfields, members.len() as u32, size, &tail)
    }

    /// A 4-byte enumeration.
    pub fn enumeration(&mut self, name: &str, values: &[(&str, u32)]) -> TypeId {
        let mut tail = Vec::with_capacity(values.len() * 2);
        for (name, value) in values {
            tail.extend_from_slice(&[self.string(name), *value]);
        }
        self.push(name, Kind::Enum, false, values.len() as u32, 4, &tail)
    }

    /// A function prototype.
    pub fn func_proto(&mut self, result: TypeId, params: &[(&str, TypeId)]) -> TypeId {
        let mut tail = Vec::with_capacity(params.len() * 2);
        for (name, ty) in params {
            tail.extend_from_slice(&[self.string(name), ty.0]);
        }
        self.push("", Kind::FuncProto, false, params.len() as u32, result.0, &tail)
    }

    /// The finished blob: header, types, strings.
    pub fn finish(&self) -> Vec<u8> {
        let types = self.words.len() as u32 * 4;
        let mut out = vec![0x9f, 0xeb, 1, 0];
        let header = [24, 0, types, types, self.strings.len() as u32];
        for word in header.iter().chain(&self.words) {
            out.extend_from_slice(&word.to_le_bytes());
        }
        out.extend_from_slice(&self.strings);
        out
    }
}

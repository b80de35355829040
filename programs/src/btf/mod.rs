//! BTF, the type information of BPF objects and kernels: a reader ([`Btf`], [`ext::BtfExt`]), a writer
//! ([`writer::BtfWriter`]) and a pruner ([`prune`]) that cuts a kernel's BTF down to what programs use.
//!
//! Format: `include/uapi/linux/btf.h`, `Documentation/bpf/btf.rst`. The reader trusts nothing: lengths, names and
//! type numbers are checked once in [`Btf::parse`]; cycles of modifiers or arrays end after [`MAX_DEPTH`] steps.
//! Neighbours: `object` reads it from ELF files, `core_reloc` compares two of them, `kernel_types` has built-in ones.

mod error;
pub mod ext;
mod index;
pub mod prune;
#[cfg(test)]
mod tests;
mod types;
pub mod writer;

pub use error::BtfError;
pub use index::essential_name;
pub use types::{ArrayInfo, Enumerator, IntInfo, Kind, Linkage, Member, Param, SecVar, Type, TypeId};

use std::ffi::CStr;
use std::ops::Range;

use index::NameIndex;
use types::VLEN_MASK;

/// Longest chain of qualifiers, typedefs or nested arrays that is followed (libbpf `MAX_RESOLVE_DEPTH`).
pub const MAX_DEPTH: usize = 32;
/// Most types in one BTF (`BTF_MAX_TYPE`).
pub const MAX_TYPES: u32 = 0x000f_ffff;
/// Largest BTF that is read, in bytes. Distribution kernels need about 5 MiB, all modules together about 12.
pub const MAX_BTF_BYTES: usize = 64 << 20;
/// Longest name of a type, member, parameter or enumerator, in bytes (`KSYM_NAME_LEN`). Names may overlap in the string
/// section, so without a limit a small file could hold a million names of a megabyte.
pub const MAX_NAME_BYTES: usize = 512;
/// Longest text of a declaration tag or type tag, which may hold any text.
pub const MAX_TAG_BYTES: usize = 4096;
/// Most members that one look-up of a path visits: anonymous members may share their types and so unfold endlessly.
const MAX_MEMBER_VISITS: usize = 100_000;

const MAGIC: u16 = 0xeb9f;
const HEADER_BYTES: u32 = 24;

/// Parsed type information. Immutable but for [`Btf::fix_section`].
#[derive(Clone)]
pub struct Btf {
    words: Vec<u32>,
    /// Where type `id` starts in `words`; entry 0 is unused, one entry more marks the end.
    starts: Vec<u32>,
    strings: Box<str>,
    index: NameIndex,
}

impl Btf {
    /// Reads a `.BTF` section or a raw `vmlinux` BTF (`/sys/kernel/btf/vmlinux`), little-endian.
    ///
    /// # Errors
    /// [`BtfError`] for anything that is not well-formed BTF; the input may be hostile.
    pub fn parse(bytes: &[u8]) -> Result<Btf, BtfError> {
        if bytes.len() > MAX_BTF_BYTES {
            let found = bytes.len() as u64;
            return Err(BtfError::TooLarge { what: "BTF", found, limit: MAX_BTF_BYTES as u64 });
        }
        let header = header_words::<5>(bytes, HEADER_BYTES)?;
        let [hdr_len, type_off, type_len, str_off, str_len] = header;
        let types = part(bytes, "type section", hdr_len, type_off, type_len)?;
        if !types.len().is_multiple_of(4) {
            return Err(BtfError::BadRecordSize { what: "type section", found: type_len, least: 0 });
        }
        let strings = terminated(part(bytes, "string section", hdr_len, str_off, str_len)?)?;
        let words: Vec<u32> = types.as_chunks::<4>().0.iter().map(|word| u32::from_le_bytes(*word)).collect();
        let starts = scan(&words, u64::from(hdr_len) + u64::from(type_off))?;
        Btf::from_parts(words, starts, strings)
    }

    fn from_parts(words: Vec<u32>, starts: Vec<u32>, strings: Box<str>) -> Result<Btf, BtfError> {
        let mut btf = Btf { words, starts, strings, index: NameIndex::default() };
        let long = LongStrings::of(&btf.strings);
        for ty in btf.types() {
            check_type(&btf, ty, &long)?;
        }
        btf.index = NameIndex::build(&btf);
        Ok(btf)
    }

    /// Number of the last type; `void` is not counted.
    pub fn type_count(&self) -> u32 {
        self.starts.len() as u32 - 2
    }

    /// The type with this number (`void` for 0), or `None` beyond the last one.
    pub fn type_by_id(&self, id: TypeId) -> Option<Type<'_>> {
        if id == TypeId::VOID {
            return Some(Type { btf: self, id, kind: Kind::Void, words: &[0, 0, 0] });
        }
        let index = id.0 as usize;
        let end = *self.starts.get(index + 1)? as usize;
        let words = &self.words[self.starts[index] as usize..end];
        let kind = Kind::from_number(kind_number(words[1]))?;
        Some(Type { btf: self, id, kind, words })
    }

    /// All types in the order of their numbers, without `void`.
    pub fn types(&self) -> impl Iterator<Item = Type<'_>> {
        (1..=self.type_count()).filter_map(|id| self.type_by_id(TypeId(id)))
    }

    /// Text at an offset of the string section.
    pub fn string(&self, offset: u32) -> Option<&str> {
        let rest = self.strings.get(offset as usize..)?;
        let text = CStr::from_bytes_until_nul(rest.as_bytes()).ok()?;
        rest.get(..text.count_bytes())
    }

    /// Text at an offset of the string section, cut after `limit` bytes; no more than that is looked at.
    pub fn text(&self, offset: u32, limit: usize) -> Option<&str> {
        let rest = self.strings.get(offset as usize..)?;
        let end = rest.bytes().take(limit).position(|byte| byte == 0).unwrap_or(limit.min(rest.len()));
        let end = (0..=end).rev().find(|end| rest.is_char_boundary(*end))?;
        Some(&rest[..end])
    }

    /// Name of a type; empty when it is anonymous or does not exist.
    pub fn name_of(&self, id: TypeId) -> &str {
        match self.starts.get(id.0 as usize) {
            Some(start) if id != TypeId::VOID && id.0 <= self.type_count() => {
                self.string(self.words[*start as usize]).unwrap_or("")
            }
            _ => "",
        }
    }

    /// The first type with this name and kind.
    pub fn find_by_name_kind(&self, name: &str, kind: Kind) -> Option<Type<'_>> {
        self.find_by_name(name).find(|ty| ty.kind() == kind)
    }

    /// All types with this name, in the order of their numbers.
    pub fn find_by_name<'b, 'n>(&'b self, name: &'n str) -> impl Iterator<Item = Type<'b>> + use<'b, 'n> {
        let chain = self.index.chain(essential_name(name));
        chain.filter_map(|id| self.type_by_id(id)).filter(move |ty| ty.name() == name)
    }

    /// All types with this name when flavours (`___x`) are cut off: the CO-RE candidates.
    pub fn find_by_essential_name<'b, 'n>(
        &'b self,
        name: &'n str,
    ) -> impl Iterator<Item = Type<'b>> + use<'b, 'n> {
        let chain = self.index.chain(name);
        chain.filter_map(|id| self.type_by_id(id)).filter(move |ty| essential_name(ty.name()) == name)
    }

    /// The type behind qualifiers, type tags and typedefs; `None` when the chain is broken or endless.
    pub fn resolve(&self, id: TypeId) -> Option<Type<'_>> {
        let mut ty = self.type_by_id(id)?;
        for _ in 0..MAX_DEPTH {
            if !ty.kind().is_modifier() && ty.kind() != Kind::Typedef {
                return Some(ty);
            }
            ty = self.type_by_id(ty.target())?;
        }
        None
    }

    /// Size in bytes of any type that has one (libbpf `btf__resolve_size`); pointers are 8 bytes.
    pub fn size_of(&self, id: TypeId) -> Option<u64> {
        let mut elements = 1u64;
        let mut ty = self.type_by_id(id)?;
        for _ in 0..MAX_DEPTH {
            let size = match ty.kind() {
                Kind::Ptr => 8,
                Kind::Int | Kind::Float | Kind::Datasec => u64::from(ty.own_size()),
                kind if kind.is_composite() || kind.is_enum() => u64::from(ty.own_size()),
                Kind::Array => {
                    let array = ty.array()?;
                    elements = elements.checked_mul(u64::from(array.len))?;
                    ty = self.type_by_id(array.elem)?;
                    continue;
                }
                Kind::Typedef | Kind::Var | Kind::DeclTag => {
                    ty = self.type_by_id(ty.target())?;
                    continue;
                }
                kind if kind.is_modifier() => {
                    ty = self.type_by_id(ty.target())?;
                    continue;
                }
                _ => return None,
            };
            return elements.checked_mul(size);
        }
        None
    }

    /// Members of a struct or union (behind qualifiers and typedefs); nothing for other types.
    pub fn members(&self, id: TypeId) -> Vec<Member<'_>> {
        self.resolve(id).map(|ty| ty.members().collect()).unwrap_or_default()
    }

    /// Prototype of a function: `id` may be a `FUNC`, a `FUNC_PROTO`, or a pointer or typedef that leads to one.
    pub fn func_proto(&self, id: TypeId) -> Option<Type<'_>> {
        let mut ty = self.resolve(id)?;
        for _ in 0..2 {
            match ty.kind() {
                Kind::FuncProto => return Some(ty),
                Kind::Func | Kind::Ptr => ty = self.resolve(ty.target())?,
                _ => return None,
            }
        }
        (ty.kind() == Kind::FuncProto).then_some(ty)
    }

    /// Offset in bits and type of a member path such as `["f_path", "dentry"]`, looking into anonymous members.
    pub fn field(&self, id: TypeId, path: &[&str]) -> Option<Member<'_>> {
        let mut at = Member { name: "", ty: id, bit_offset: 0, bitfield_bits: 0 };
        let mut visits = MAX_MEMBER_VISITS;
        for name in path {
            let step = self.named_member(at.ty, name, 0, &mut visits)?;
            at = Member { bit_offset: at.bit_offset.checked_add(step.bit_offset)?, ..step };
        }
        Some(at)
    }

    fn named_member(&self, id: TypeId, name: &str, depth: usize, visits: &mut usize) -> Option<Member<'_>> {
        if depth > MAX_DEPTH {
            return None;
        }
        for member in self.resolve(id)?.members() {
            *visits = visits.checked_sub(1)?;
            if member.name == name {
                return Some(member);
            }
            let anonymous = member.name.is_empty();
            let inner = anonymous.then(|| self.named_member(member.ty, name, depth + 1, visits)).flatten();
            if let Some(found) = inner {
                return Some(Member {
                    bit_offset: member.bit_offset.checked_add(found.bit_offset)?,
                    ..found
                });
            }
        }
        None
    }

    /// Sets size and variable offsets of a `DATASEC`, which clang leaves to the loader, and sorts the variables by
    /// offset (libbpf `btf_fixup_datasec`). `offset_of` gives a variable's offset by its name; variables without one
    /// keep theirs.
    pub fn fix_section(&mut self, id: TypeId, size: u32, offset_of: impl Fn(&str) -> Option<u32>) {
        let Some(ty) = self.type_by_id(id).filter(|ty| ty.kind() == Kind::Datasec) else { return };
        let mut vars: Vec<SecVar> = ty.section_vars().collect();
        for var in &mut vars {
            var.offset = offset_of(self.name_of(var.var)).unwrap_or(var.offset);
        }
        vars.sort_by_key(|var| var.offset);
        let start = self.starts[id.0 as usize] as usize;
        self.words[start + 2] = size;
        for (entry, var) in self.words[start + 3..].chunks_exact_mut(3).zip(vars) {
            entry.copy_from_slice(&[var.var.0, var.offset, var.size]);
        }
    }
}

impl std::fmt::Debug for Btf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Btf({} types, {} string bytes)", self.type_count(), self.strings.len())
    }
}

fn kind_number(info: u32) -> u32 {
    info >> 24 & 0x7f
}

/// Checks magic and version; returns the header length and `N - 1` words behind it.
fn header_words<const N: usize>(bytes: &[u8], least: u32) -> Result<[u32; N], BtfError> {
    let truncated =
        || BtfError::Truncated { what: "header", offset: 0, need: u64::from(least), len: bytes.len() as u64 };
    let head = bytes.get(..8).ok_or_else(truncated)?;
    match u16::from_le_bytes([head[0], head[1]]) {
        MAGIC => {}
        swapped if swapped.swap_bytes() == MAGIC => return Err(BtfError::BigEndian),
        found => return Err(BtfError::BadMagic { found }),
    }
    if head[2] != 1 {
        return Err(BtfError::Version { found: head[2] });
    }
    let mut words = [0; N];
    for (word, chunk) in
        words.iter_mut().zip(bytes.get(4..4 + 4 * N).ok_or_else(truncated)?.as_chunks::<4>().0)
    {
        *word = u32::from_le_bytes(*chunk);
    }
    if words[0] < least {
        return Err(BtfError::BadRecordSize { what: "header", found: words[0], least });
    }
    Ok(words)
}

/// The bytes of one part of the blob; parts are placed relative to the end of the header.
fn part<'a>(bytes: &'a [u8], what: &'static str, hdr: u32, off: u32, len: u32) -> Result<&'a [u8], BtfError> {
    let start = u64::from(hdr) + u64::from(off);
    let range = usize::try_from(start).ok().zip(usize::try_from(start + u64::from(len)).ok());
    range.and_then(|(start, end)| bytes.get(start..end)).ok_or(BtfError::Truncated {
        what,
        offset: start,
        need: u64::from(len),
        len: bytes.len() as u64,
    })
}

/// Checks the string section. Bytes that are not UTF-8 (source lines may hold any) become `?`, so offsets stay right.
fn terminated(strings: &[u8]) -> Result<Box<str>, BtfError> {
    if strings.first() != Some(&0) || strings.last() != Some(&0) {
        return Err(BtfError::UnterminatedStrings);
    }
    let mut text = String::with_capacity(strings.len());
    for chunk in strings.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    Ok(text.into_boxed_str())
}

/// Finds where each type starts. `base` is the offset of the type section in the blob, for messages.
fn scan(words: &[u32], base: u64) -> Result<Vec<u32>, BtfError> {
    let mut starts = vec![0];
    let mut at = 0;
    while at < words.len() {
        let id = TypeId(starts.len() as u32);
        let offset = base + at as u64 * 4;
        let cut = |need: usize| BtfError::Truncated {
            what: "type record",
            offset,
            need: need as u64 * 4,
            len: base + words.len() as u64 * 4,
        };
        if id.0 > MAX_TYPES {
            let (found, limit) = (u64::from(id.0), u64::from(MAX_TYPES));
            return Err(BtfError::TooLarge { what: "number of types", found, limit });
        }
        let info = *words.get(at + 1).ok_or_else(|| cut(3))?;
        let kind = Kind::from_number(kind_number(info)).filter(|kind| *kind != Kind::Void);
        let kind = kind.ok_or(BtfError::UnknownKind { id, kind: kind_number(info), offset })?;
        let (width, many) = kind.tail_words();
        let len = 3 + width * if many { (info & VLEN_MASK) as usize } else { 1 };
        if at + len > words.len() {
            return Err(cut(len));
        }
        starts.push(at as u32);
        at += len;
    }
    starts.push(at as u32);
    Ok(starts)
}

/// Where the string section has strings that are too long for a name, in order. Normally nowhere.
struct LongStrings(Vec<Range<usize>>);

impl LongStrings {
    fn of(strings: &str) -> LongStrings {
        let mut start = 0;
        let mut long = Vec::new();
        for text in strings.split('\0') {
            if text.len() > MAX_NAME_BYTES {
                long.push(start..start + text.len());
            }
            start += text.len() + 1;
        }
        LongStrings(long)
    }

    /// Length of the string at `offset` when it is longer than `limit`, which is [`MAX_NAME_BYTES`] or more.
    fn longer_than(&self, limit: usize, offset: usize) -> Option<u64> {
        let after = self.0.partition_point(|range| range.end < offset);
        let range = self.0.get(after).filter(|range| range.start <= offset)?;
        let len = range.end - offset;
        (len > limit).then_some(len as u64)
    }
}

fn check_type(btf: &Btf, ty: Type<'_>, long: &LongStrings) -> Result<(), BtfError> {
    let tag = matches!(ty.kind(), Kind::DeclTag | Kind::TypeTag);
    let limit = if tag { MAX_TAG_BYTES } else { MAX_NAME_BYTES };
    let name = |offset: u32| {
        if !btf.strings.is_char_boundary(offset as usize) || offset as usize >= btf.strings.len() {
            let len = btf.strings.len() as u32;
            return Err(BtfError::BadString { what: "a name", offset, len });
        }
        match long.longer_than(limit, offset as usize) {
            Some(found) => Err(BtfError::TooLarge { what: "a name", found, limit: limit as u64 }),
            None => Ok(()),
        }
    };
    let reference = |target: u32| match target <= btf.type_count() {
        true => Ok(()),
        false => {
            let last = btf.type_count();
            Err(BtfError::BadReference { id: ty.id(), kind: ty.kind().name(), target, last })
        }
    };
    name(ty.words[0])?;
    if ty.kind().refers() {
        reference(ty.words[2])?;
    }
    let (width, _) = ty.kind().tail_words();
    for entry in ty.words[3..].chunks_exact(width.max(1)) {
        if ty.kind().tail_named() {
            name(entry[0])?;
        }
        for word in ty.kind().tail_refs() {
            reference(entry[*word])?;
        }
    }
    Ok(())
}

//! `.BTF.ext`: which instruction belongs to which function, source line and CO-RE relocation.
//!
//! Records are grouped by ELF section; offsets are bytes from that section's start. Format:
//! `Documentation/bpf/btf.rst`, ".BTF.ext section". Neighbours: `object::program` distributes the records.

use super::{BtfError, TypeId, header_words, part};

const HEADER_BYTES: u32 = 24;
/// Headers at least this long also describe CO-RE relocations.
const HEADER_WITH_CORE_BYTES: u32 = 32;

/// All records of one kind in one ELF section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtSection<R> {
    /// Offset of the section's name in the BTF string section.
    pub section_name: u32,
    pub records: Vec<R>,
}

/// A function begins here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FuncInfo {
    pub insn_off: u32,
    pub func: TypeId,
}

/// A source line begins here; `file` and `text` are offsets in the string section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineRecord {
    pub insn_off: u32,
    pub file: u32,
    pub text: u32,
    pub line: u32,
    pub col: u32,
}

/// A CO-RE relocation; `access` is the offset of the access string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CoreRecord {
    pub insn_off: u32,
    pub ty: TypeId,
    pub access: u32,
    /// `enum bpf_core_relo_kind`.
    pub kind: u32,
}

/// The three tables of `.BTF.ext`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BtfExt {
    pub funcs: Vec<ExtSection<FuncInfo>>,
    pub lines: Vec<ExtSection<LineRecord>>,
    pub core: Vec<ExtSection<CoreRecord>>,
}

impl BtfExt {
    /// Reads the section. Type numbers and string offsets are not checked here: whoever uses a record looks them up.
    ///
    /// # Errors
    /// [`BtfError`] when lengths do not fit; the input may be hostile.
    pub fn parse(bytes: &[u8]) -> Result<BtfExt, BtfError> {
        let [hdr, func_off, func_len, line_off, line_len] = header_words::<5>(bytes, HEADER_BYTES)?;
        let [core_off, core_len] = if hdr >= HEADER_WITH_CORE_BYTES {
            let words = header_words::<7>(bytes, HEADER_WITH_CORE_BYTES)?;
            [words[5], words[6]]
        } else {
            [0, 0]
        };
        let funcs =
            table(part(bytes, "func_info", hdr, func_off, func_len)?, "func_info", |[insn_off, ty]| {
                FuncInfo { insn_off, func: TypeId(ty) }
            })?;
        let lines = table(
            part(bytes, "line_info", hdr, line_off, line_len)?,
            "line_info",
            |[insn_off, file, text, at]| LineRecord { insn_off, file, text, line: at >> 10, col: at & 0x3ff },
        )?;
        let core = table(
            part(bytes, "core_relo", hdr, core_off, core_len)?,
            "core_relo",
            |[insn_off, ty, access, kind]| CoreRecord { insn_off, ty: TypeId(ty), access, kind },
        )?;
        Ok(BtfExt { funcs, lines, core })
    }
}

/// Reads one table: a record size, then blocks of `section name, count, records`.
fn table<R, const N: usize>(
    bytes: &[u8],
    what: &'static str,
    record: impl Fn([u32; N]) -> R,
) -> Result<Vec<ExtSection<R>>, BtfError> {
    let mut sections = Vec::new();
    if bytes.is_empty() {
        return Ok(sections);
    }
    let least = N as u32 * 4;
    let cut = |offset: usize, need: u64| BtfError::Truncated {
        what,
        offset: offset as u64,
        need,
        len: bytes.len() as u64,
    };
    let word = |at: usize| {
        let chunk = bytes.get(at..).and_then(|rest| rest.first_chunk::<4>());
        chunk.map(|chunk| u32::from_le_bytes(*chunk)).ok_or_else(|| cut(at, 4))
    };
    let size = word(0)?;
    if size < least || !size.is_multiple_of(4) {
        return Err(BtfError::BadRecordSize { what, found: size, least });
    }
    let mut at = 4;
    while at < bytes.len() {
        let (section_name, count) = (word(at)?, word(at + 4)?);
        at += 8;
        if count == 0 {
            return Err(BtfError::EmptyBlock { what, offset: (at - 4) as u64 });
        }
        let need = u64::from(count) * u64::from(size);
        if need > (bytes.len() - at) as u64 {
            return Err(cut(at, need));
        }
        let mut records = Vec::with_capacity(count as usize);
        for _ in 0..count {
            let mut words = [0; N];
            for (nr, value) in words.iter_mut().enumerate() {
                *value = word(at + nr * 4)?;
            }
            records.push(record(words));
            at += size as usize;
        }
        sections.push(ExtSection { section_name, records });
    }
    Ok(sections)
}

//! Why a BTF blob could not be read. Every variant carries the place in the blob, so that a diagnostic can show it.
//! Neighbours: `Btf::parse` and `BtfExt::parse` return it, `object` wraps it into `ObjectError`.

use super::TypeId;

/// What is wrong with `.BTF` or `.BTF.ext` bytes. Offsets are in bytes from the start of the blob.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BtfError {
    #[error("{what} needs {need} bytes at offset {offset:#x}, but the data ends at {len:#x}")]
    Truncated { what: &'static str, offset: u64, need: u64, len: u64 },
    #[error("bad magic {found:#06x}, expected 0xeb9f")]
    BadMagic { found: u16 },
    #[error("big-endian BTF, expected little-endian")]
    BigEndian,
    #[error("BTF version {found}, expected 1")]
    Version { found: u8 },
    #[error("{what} is {found} large, the limit is {limit}")]
    TooLarge { what: &'static str, found: u64, limit: u64 },
    #[error("string section must start and end with a zero byte")]
    UnterminatedStrings,
    #[error("{what} refers to offset {offset:#x} of the string section, which is {len:#x} bytes long")]
    BadString { what: &'static str, offset: u32, len: u32 },
    #[error("type {id} at offset {offset:#x} has kind {kind}, known kinds are 1 to 19")]
    UnknownKind { id: TypeId, kind: u32, offset: u64 },
    #[error("type {id} ({kind}) refers to type {target}, but there are only types 0 to {last}")]
    BadReference { id: TypeId, kind: &'static str, target: u32, last: u32 },
    #[error("{what} is {found} bytes long, expected a multiple of 4 of at least {least}")]
    BadRecordSize { what: &'static str, found: u32, least: u32 },
    #[error("{what} has a block of 0 records at offset {offset:#x}, expected at least one")]
    EmptyBlock { what: &'static str, offset: u64 },
}

//! Why an object file could not be loaded: what was expected, where, and what to do about it.
//! Neighbours: every file of this folder makes them, `scenarios` renders them.

use std::fmt;

use crate::btf::BtfError;

/// The class of a load error; each has one help text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Not an ELF file.
    NotElf,
    /// ELF, but 32 bits, big-endian, not relocatable or for another machine.
    NotBpf,
    /// Headers, sections or tables end too early or point outside the file.
    Malformed,
    /// A limit of ours, against files that would need unbounded memory.
    TooLarge,
    /// `.BTF` or `.BTF.ext` cannot be read.
    Btf,
    /// Something needs BTF and the object has none.
    NeedsBtf,
    /// A map definition in `.maps`.
    Map,
    /// A function symbol.
    Function,
    /// A relocation.
    Relocation,
    /// An `extern` declaration.
    Extern,
    /// Maps in the section `maps`, which libbpf 1.0 dropped.
    LegacyMaps,
}

/// Help texts, one per [`ErrorKind`].
const HELP: &[(ErrorKind, &str)] = &[
    (ErrorKind::NotElf, "give the .o file that clang wrote, not the C source, a skeleton or an archive"),
    (
        ErrorKind::NotBpf,
        "compile with `clang -target bpf -g -O2 -c`; only little-endian BPF objects are loaded",
    ),
    (ErrorKind::Malformed, "the file is damaged or was cut off: build it again"),
    (
        ErrorKind::TooLarge,
        "no object made by a compiler comes near this limit; check that it is the right file",
    ),
    (ErrorKind::Btf, "the type information is damaged: build the object again, with `-g`"),
    (ErrorKind::NeedsBtf, "compile with `-g` and do not strip the sections .BTF and .BTF.ext"),
    (ErrorKind::Map, "declare maps with __uint() and __type() of bpf_helpers.h, in SEC(\".maps\")"),
    (ErrorKind::Function, "programs are global functions with SEC(); static functions must stay in .text"),
    (
        ErrorKind::Relocation,
        "programs may only refer to maps, global variables, functions in .text and externs",
    ),
    (ErrorKind::Extern, "declare externs with __ksym (kernel functions and variables) or __kconfig"),
    (
        ErrorKind::LegacyMaps,
        "declare maps with BTF in SEC(\".maps\"); libbpf 1.0 dropped `struct bpf_map_def`",
    ),
];

/// A file that could not be loaded as a BPF object.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}{place}")]
pub struct ObjectError {
    kind: ErrorKind,
    what: String,
    place: Box<Place>,
}

/// Where in the file: as much as is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub section: Option<String>,
    pub symbol: Option<String>,
    /// Bytes from the start of the section, or of the file when there is no section.
    pub offset: Option<u64>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let section = self.section.as_ref().map(|name| format!("section `{name}`"));
        let symbol = self.symbol.as_ref().map(|name| format!("symbol `{name}`"));
        let offset = self.offset.map(|offset| format!("offset {offset:#x}"));
        let parts: Vec<String> = [section, symbol, offset].into_iter().flatten().collect();
        if parts.is_empty() { Ok(()) } else { write!(f, " ({})", parts.join(", ")) }
    }
}

impl ObjectError {
    pub(super) fn new(kind: ErrorKind, what: impl Into<String>) -> ObjectError {
        ObjectError { kind, what: what.into(), place: Box::default() }
    }

    /// Names longer than this are cut in messages; the file decides how long they are.
    const SHOWN_NAME_CHARS: usize = 80;

    pub(super) fn section(mut self, name: &str) -> ObjectError {
        self.place.section = Some(shown(name));
        self
    }

    pub(super) fn symbol(mut self, name: &str) -> ObjectError {
        self.place.symbol = Some(shown(name));
        self
    }

    pub(super) fn at(mut self, offset: u64) -> ObjectError {
        self.place.offset = Some(offset);
        self
    }

    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What was found and what was expected, without the place.
    pub fn what(&self) -> &str {
        &self.what
    }

    pub fn place(&self) -> &Place {
        &self.place
    }

    /// What the user can do.
    pub fn help(&self) -> &'static str {
        HELP.iter().find(|(kind, _)| *kind == self.kind).map_or("", |(_, help)| help)
    }
}

/// A name as it is shown in a message.
pub(super) fn shown(name: &str) -> String {
    name.chars().take(ObjectError::SHOWN_NAME_CHARS).collect()
}

pub(super) fn from_btf(error: BtfError, section: &str) -> ObjectError {
    ObjectError::new(ErrorKind::Btf, error.to_string()).section(section)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_the_place() {
        let error = ObjectError::new(ErrorKind::Map, "no type").section(".maps").symbol("m").at(16);
        assert_eq!(error.to_string(), "no type (section `.maps`, symbol `m`, offset 0x10)");
        assert_eq!(ObjectError::new(ErrorKind::Map, "no type").to_string(), "no type");
        assert!(error.help().contains("__uint"));
    }
}

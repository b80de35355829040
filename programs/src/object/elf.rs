//! The ELF file as far as a BPF loader needs it: sections, symbols and relocations, all ranges checked.
//!
//! Reading is done by the crate `object`; this file says what a BPF object must look like (libbpf
//! `bpf_object__elf_init`) and turns its errors into ours.

use object::LittleEndian as LE;
use object::elf;
use object::read::SymbolIndex;
use object::read::elf::{FileHeader, SectionHeader, SectionTable, Sym, SymbolTable};

use super::error::{ErrorKind, ObjectError, shown};

type Header = elf::FileHeader64<LE>;

/// Largest file that is read, in bytes.
pub const MAX_OBJECT_BYTES: usize = 64 << 20;
/// Most relocations in a file: section headers may share the same bytes, so the file's size is no bound.
const MAX_RELOCATIONS: usize = 4 << 20;
/// Longest name of a symbol or section (`KSYM_NAME_LEN`).
const MAX_NAME_BYTES: usize = 512;

pub(super) struct Section<'d> {
    pub name: &'d str,
    /// `SHT_*`.
    pub kind: u32,
    pub executable: bool,
    /// Empty for `SHT_NOBITS`.
    pub data: &'d [u8],
    pub size: u64,
    /// For `SHT_REL`: the section that is patched.
    pub target: usize,
    pub relocations: Vec<Relocation>,
}

/// An entry of a `SHT_REL` section.
#[derive(Clone, Copy)]
pub(super) struct Relocation {
    pub offset: u64,
    pub symbol: usize,
}

#[derive(Clone, Copy)]
pub(super) struct Symbol<'d> {
    pub name: &'d str,
    /// Number of its section; `None` for undefined and special ones.
    pub section: Option<usize>,
    pub undefined: bool,
    pub value: u64,
    pub size: u64,
    /// `STB_*`, `STT_*`, `STV_*`.
    pub bind: u8,
    pub kind: u8,
    pub visibility: u8,
}

impl Symbol<'_> {
    /// Seen within its own object only: to a loader as good as static.
    pub fn is_hidden(&self) -> bool {
        matches!(self.visibility, elf::STV_HIDDEN | elf::STV_INTERNAL)
    }
}

pub(super) struct Elf<'d> {
    pub sections: Vec<Section<'d>>,
    pub symbols: Vec<Symbol<'d>>,
}

fn malformed(error: object::read::Error) -> ObjectError {
    ObjectError::new(ErrorKind::Malformed, format!("malformed ELF: {error}"))
}

impl<'d> Elf<'d> {
    pub(super) fn parse(data: &'d [u8]) -> Result<Elf<'d>, ObjectError> {
        check_ident(data)?;
        let header = Header::parse(data).map_err(malformed)?;
        check_header(header)?;
        let table = header.sections(LE, data).map_err(malformed)?;
        let symbols = table.symbols(LE, data, elf::SHT_SYMTAB).map_err(malformed)?;
        let mut sections = Vec::with_capacity(table.len());
        let mut relocations = 0;
        for section in table.iter() {
            let section = read_section(data, &table, section, symbols.len())?;
            relocations += section.relocations.len();
            if relocations > MAX_RELOCATIONS {
                let what = format!("more than {MAX_RELOCATIONS} relocations");
                return Err(ObjectError::new(ErrorKind::TooLarge, what).section(section.name));
            }
            sections.push(section);
        }
        let symbols = read_symbols(&symbols, sections.len())?;
        Ok(Elf { sections, symbols })
    }

    /// Name of a section, for messages.
    pub(super) fn section_name(&self, index: usize) -> &'d str {
        self.sections.get(index).map_or("?", |section| section.name)
    }

    /// Name of a symbol, for messages: a section symbol is called like its section.
    pub(super) fn symbol_name(&self, symbol: &Symbol<'d>) -> &'d str {
        match symbol.section {
            Some(section) if symbol.name.is_empty() => self.section_name(section),
            _ => symbol.name,
        }
    }
}

fn check_ident(data: &[u8]) -> Result<(), ObjectError> {
    let wrong = |what: String| Err(ObjectError::new(ErrorKind::NotBpf, what));
    if data.len() > MAX_OBJECT_BYTES {
        let what = format!("the file has {} bytes, the limit is {MAX_OBJECT_BYTES}", data.len());
        return Err(ObjectError::new(ErrorKind::TooLarge, what));
    }
    if !data.starts_with(&elf::ELFMAG) {
        return Err(
            ObjectError::new(ErrorKind::NotElf, "not an ELF file: it does not start with \\x7fELF").at(0)
        );
    }
    match (data.get(4).copied(), data.get(5).copied()) {
        (Some(elf::ELFCLASS64), Some(elf::ELFDATA2LSB)) => Ok(()),
        (Some(elf::ELFCLASS64), Some(elf::ELFDATA2MSB)) => {
            wrong("a big-endian ELF file, expected little-endian".into())
        }
        (Some(elf::ELFCLASS32), _) => wrong("a 32-bit ELF file, expected 64-bit".into()),
        (Some(class), Some(order)) => {
            wrong(format!("ELF class {class} and byte order {order}, expected 2 and 1"))
        }
        _ => Err(ObjectError::new(ErrorKind::Malformed, "the file ends inside the ELF header")
            .at(data.len() as u64)),
    }
}

/// Machines that an object is compiled for by mistake.
const MACHINES: [(u16, &str); 6] = [
    (elf::EM_386, "x86"),
    (elf::EM_X86_64, "x86-64"),
    (elf::EM_ARM, "ARM"),
    (elf::EM_AARCH64, "AArch64"),
    (elf::EM_RISCV, "RISC-V"),
    (elf::EM_S390, "s390"),
];

fn check_header(header: &Header) -> Result<(), ObjectError> {
    let machine = header.e_machine.get(LE);
    if machine != elf::EM_BPF && machine != elf::EM_NONE {
        let named = MACHINES.iter().find(|(number, _)| *number == machine);
        let name = named.map_or(String::new(), |(_, name)| format!(" ({name})"));
        let what = format!("compiled for ELF machine {machine}{name}, expected {} (BPF)", elf::EM_BPF);
        return Err(ObjectError::new(ErrorKind::NotBpf, what));
    }
    let kind = header.e_type.get(LE);
    if kind != elf::ET_REL {
        let what = format!("ELF file type {kind}, expected {} (relocatable)", elf::ET_REL);
        return Err(ObjectError::new(ErrorKind::NotBpf, what));
    }
    Ok(())
}

fn checked_name<'d>(bytes: &'d [u8], what: &str) -> Result<&'d str, ObjectError> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.len() <= MAX_NAME_BYTES);
    text.ok_or_else(|| {
        let name = shown(&String::from_utf8_lossy(bytes));
        let what = format!("name `{name}` of {what} is not text of at most {MAX_NAME_BYTES} bytes");
        ObjectError::new(ErrorKind::Malformed, what)
    })
}

fn read_section<'d>(
    data: &'d [u8],
    table: &SectionTable<'d, Header>,
    section: &'d elf::SectionHeader64<LE>,
    symbol_count: usize,
) -> Result<Section<'d>, ObjectError> {
    let name = checked_name(table.section_name(LE, section).map_err(malformed)?, "a section")?;
    let kind = section.sh_type(LE);
    let inside = |error| malformed(error).section(name);
    let mut relocations = Vec::new();
    if let Some((entries, _)) = section.rel(LE, data).map_err(inside)? {
        for entry in entries {
            let symbol = entry.r_sym(LE) as usize;
            if symbol >= symbol_count {
                let what = format!("relocation uses symbol {symbol}, but there are {symbol_count}");
                return Err(ObjectError::new(ErrorKind::Malformed, what).section(name));
            }
            relocations.push(Relocation { offset: entry.r_offset.get(LE), symbol });
        }
    }
    Ok(Section {
        name,
        kind,
        executable: section.sh_flags(LE) & u64::from(elf::SHF_EXECINSTR) != 0,
        data: if kind == elf::SHT_NULL { &[] } else { section.data(LE, data).map_err(inside)? },
        size: section.sh_size(LE),
        target: section.sh_info(LE) as usize,
        relocations,
    })
}

fn read_symbols<'d>(
    table: &SymbolTable<'d, Header>,
    section_count: usize,
) -> Result<Vec<Symbol<'d>>, ObjectError> {
    let mut symbols = Vec::with_capacity(table.len());
    for (nr, symbol) in table.iter().enumerate() {
        let name = checked_name(table.symbol_name(LE, symbol).map_err(malformed)?, "a symbol")?;
        let section = table.symbol_section(LE, symbol, SymbolIndex(nr)).map_err(malformed)?;
        if section.is_some_and(|section| section.0 >= section_count) {
            let what =
                format!("symbol {nr} lies in a section that does not exist, there are {section_count}");
            return Err(ObjectError::new(ErrorKind::Malformed, what).symbol(name));
        }
        symbols.push(Symbol {
            name,
            section: section.map(|section| section.0),
            undefined: symbol.is_undefined(LE),
            value: symbol.st_value(LE),
            size: symbol.st_size(LE),
            bind: symbol.st_bind(),
            kind: symbol.st_type(),
            visibility: symbol.st_visibility(),
        });
    }
    Ok(symbols)
}

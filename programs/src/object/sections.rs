//! Which section is what: libbpf's names (`bpf_object__elf_collect`), and what happens to all others.
//!
//! [`Layout`] is filled once and then read by everything else in this folder.

use object::elf;

use super::elf::{Elf, Section};
use super::error::{ErrorKind, ObjectError, shown};
use super::spec::{MapKind, Skipped};

/// Table of address-significant symbols that clang writes.
const SHT_LLVM_ADDRSIG: u32 = 0x6fff_4c03;

/// Numbers of the sections that matter.
#[derive(Default)]
pub(super) struct Layout {
    pub text: Option<usize>,
    /// Executable sections, `.text` included, in the order of the file.
    pub code: Vec<usize>,
    pub maps: Option<usize>,
    pub license: Option<usize>,
    pub version: Option<usize>,
    pub btf: Option<usize>,
    pub btf_ext: Option<usize>,
    /// Globals of an arena.
    pub arena: Option<usize>,
    pub data: Vec<(usize, MapKind)>,
    /// `SHT_REL` sections that patch code or map definitions.
    pub relocations: Vec<usize>,
    pub skipped: Vec<Skipped>,
}

/// What becomes of a section.
#[derive(Clone, Copy)]
enum Role {
    Text,
    Code,
    Maps,
    License,
    Version,
    Btf,
    BtfExt,
    Arena,
    Data(MapKind),
    LegacyMaps,
    /// Belongs to the file format or to the debugger: not worth a word.
    Silent,
    Unused(&'static str),
}

/// Sections known by their whole name.
const BY_NAME: &[(&str, Role)] = &[
    (".maps", Role::Maps),
    ("license", Role::License),
    ("version", Role::Version),
    (".BTF", Role::Btf),
    (".BTF.ext", Role::BtfExt),
    (".addr_space.1", Role::Arena),
    ("maps", Role::LegacyMaps),
    (".struct_ops", Role::Unused("struct_ops maps are not loaded")),
    (".struct_ops.link", Role::Unused("struct_ops maps are not loaded")),
    ("?.struct_ops", Role::Unused("struct_ops maps are not loaded")),
    ("?.struct_ops.link", Role::Unused("struct_ops maps are not loaded")),
    // Read like constants; the jump itself is what kernels before 7.2 do not know.
    (".jumptables", Role::Data(MapKind::Rodata)),
    (".eh_frame", Role::Silent),
    (".comment", Role::Silent),
    (".note.GNU-stack", Role::Silent),
    (".strtab", Role::Silent),
    (".shstrtab", Role::Silent),
];

/// Data sections: the name, or the name and a dot.
const DATA: &[(&str, MapKind)] =
    &[(".data", MapKind::Data), (".rodata", MapKind::Rodata), (".bss", MapKind::Bss)];

fn role(section: &Section<'_>) -> Role {
    if let Some((_, role)) = BY_NAME.iter().find(|(name, _)| *name == section.name) {
        return *role;
    }
    let kind = section.kind;
    if kind == elf::SHT_PROGBITS && section.executable {
        return match (section.name, section.size) {
            (".text", 0) => Role::Silent,
            (".text", _) => Role::Text,
            (_, 0) => Role::Unused("an executable section without code"),
            _ => Role::Code,
        };
    }
    let data = DATA.iter().find(|(name, _)| {
        let rest = section.name.strip_prefix(name);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    });
    match (data, kind) {
        (Some((_, MapKind::Bss)), elf::SHT_NOBITS) => Role::Data(MapKind::Bss),
        (Some((_, kind)), elf::SHT_PROGBITS) if *kind != MapKind::Bss => Role::Data(*kind),
        (_, elf::SHT_PROGBITS | elf::SHT_NOBITS) if section.name.starts_with(".debug_") => Role::Silent,
        (_, elf::SHT_PROGBITS | elf::SHT_NOBITS) => Role::Unused("not a section that libbpf knows"),
        (_, elf::SHT_NULL | elf::SHT_STRTAB | elf::SHT_SYMTAB | elf::SHT_REL) => Role::Silent,
        (_, SHT_LLVM_ADDRSIG | elf::SHT_GROUP | elf::SHT_SYMTAB_SHNDX) => Role::Silent,
        _ => Role::Unused("not of a section type that libbpf knows"),
    }
}

impl Layout {
    pub(super) fn of(elf: &Elf<'_>) -> Result<Layout, ObjectError> {
        let mut layout = Layout::default();
        for (nr, section) in elf.sections.iter().enumerate() {
            layout.place(nr, section)?;
        }
        for (nr, section) in elf.sections.iter().enumerate() {
            layout.place_relocations(nr, section, elf);
        }
        Ok(layout)
    }

    fn place(&mut self, nr: usize, section: &Section<'_>) -> Result<(), ObjectError> {
        let single = match role(section) {
            Role::Silent => return Ok(()),
            Role::Unused(reason) => {
                self.skip(section.name, reason);
                return Ok(());
            }
            Role::LegacyMaps => {
                let what = "maps are declared in the old form, expected BTF-defined maps in section `.maps`";
                return Err(ObjectError::new(ErrorKind::LegacyMaps, what).section(section.name));
            }
            Role::Data(kind) => {
                // An empty section holds no variable, so libbpf's map of size 0 would only fail.
                if section.size > 0 {
                    self.data.push((nr, kind));
                }
                return Ok(());
            }
            Role::Code => {
                self.code.push(nr);
                return Ok(());
            }
            Role::Text => &mut self.text,
            Role::Maps => &mut self.maps,
            Role::License => &mut self.license,
            Role::Version => &mut self.version,
            Role::Btf => &mut self.btf,
            Role::BtfExt => &mut self.btf_ext,
            Role::Arena => &mut self.arena,
        };
        if single.is_some() {
            self.skip(section.name, "a second section of this name; the first one is used");
            return Ok(());
        }
        *single = Some(nr);
        if self.text == Some(nr) {
            self.code.push(nr);
        }
        Ok(())
    }

    fn place_relocations(&mut self, nr: usize, section: &Section<'_>, elf: &Elf<'_>) {
        if section.kind != elf::SHT_REL || section.relocations.is_empty() {
            return;
        }
        let target = section.target;
        let data = self.data.iter().any(|(nr, _)| *nr == target) || self.arena == Some(target);
        if self.code.contains(&target) || self.maps == Some(target) {
            self.relocations.push(nr);
        } else if data {
            let name = elf.section_name(target);
            self.skip(
                section.name,
                &format!("pointers in `{name}` stay zero: libbpf does not relocate data"),
            );
        }
    }

    fn skip(&mut self, section: &str, reason: &str) {
        self.skipped.push(Skipped { section: shown(section), reason: reason.to_string() });
    }
}

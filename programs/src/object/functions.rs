//! Functions of the executable sections, from the symbol table (libbpf `bpf_object__add_programs`).

use std::collections::BTreeMap;

use object::elf;

use super::elf::{Elf, Symbol};
use super::error::{ErrorKind, ObjectError};
use super::sections::Layout;
use crate::isa::Insn;

/// Most instruction slots in the executable sections of one object, and in all its linked programs together. Twice
/// what the kernel takes in one program.
pub const MAX_OBJECT_INSNS: usize = 2 << 20;

/// Most functions in one object, and most programs: symbols may share their names and code, so the file's size is no
/// bound for what they become.
const MAX_FUNCTIONS: usize = 1 << 16;
const MAX_PROGRAMS: usize = 4096;

/// A function; `start` and `len` count slots in its section.
pub(super) struct Function<'d> {
    pub name: &'d str,
    pub section: usize,
    pub start: usize,
    pub len: usize,
    /// Its symbol is global and visible everywhere.
    pub global: bool,
    /// Its symbol is global but hidden: the loader makes its type static.
    pub hidden: bool,
}

/// All code of the object before linking.
pub(super) struct Code<'d> {
    /// Instructions by section number.
    pub insns: BTreeMap<usize, Vec<Insn>>,
    pub functions: Vec<Function<'d>>,
    /// Number of the function that starts at a section and slot. Of several names for one place the first counts.
    pub by_start: BTreeMap<(usize, usize), usize>,
    pub text: Option<usize>,
}

impl<'d> Code<'d> {
    pub(super) fn collect(elf: &Elf<'d>, layout: &Layout) -> Result<Code<'d>, ObjectError> {
        let mut code = Code {
            insns: decode(elf, layout)?,
            functions: Vec::new(),
            by_start: BTreeMap::new(),
            text: layout.text,
        };
        for symbol in &elf.symbols {
            let section = symbol.section.filter(|section| code.insns.contains_key(section));
            if let Some(section) = section.filter(|_| symbol.kind == elf::STT_FUNC) {
                let function = code.function(elf, symbol, section)?;
                code.by_start.entry((section, function.start)).or_insert(code.functions.len());
                code.functions.push(function);
            }
            if code.functions.len() > MAX_FUNCTIONS {
                let what = format!("more than {MAX_FUNCTIONS} functions");
                return Err(ObjectError::new(ErrorKind::TooLarge, what));
            }
        }
        if code.programs().count() > MAX_PROGRAMS {
            let what = format!("more than {MAX_PROGRAMS} programs");
            return Err(ObjectError::new(ErrorKind::TooLarge, what));
        }
        Ok(code)
    }

    fn function(
        &self,
        elf: &Elf<'d>,
        symbol: &Symbol<'d>,
        section: usize,
    ) -> Result<Function<'d>, ObjectError> {
        let name = elf.section_name(section);
        let error =
            |what: String| ObjectError::new(ErrorKind::Function, what).section(name).symbol(symbol.name);
        let slot = Insn::SIZE as u64;
        let (start, len) = (symbol.value / slot, symbol.size / slot);
        if !symbol.value.is_multiple_of(slot) || !symbol.size.is_multiple_of(slot) || len == 0 {
            let what = format!("a function of {} bytes, expected a positive multiple of {slot}", symbol.size);
            return Err(error(what).at(symbol.value));
        }
        let slots = self.insns.get(&section).map_or(0, |insns| insns.len()) as u64;
        if start.checked_add(len).is_none_or(|end| end > slots) {
            let what = format!("the function ends outside its section, which has {slots} instructions");
            return Err(error(what).at(symbol.value));
        }
        if self.text != Some(section) && symbol.bind == elf::STB_LOCAL {
            return Err(error("a static function outside `.text`, expected a global one".to_string()));
        }
        let hidden = symbol.is_hidden();
        Ok(Function {
            name: symbol.name,
            section,
            start: start as usize,
            len: len as usize,
            global: symbol.bind != elf::STB_LOCAL && !hidden,
            hidden: symbol.bind != elf::STB_LOCAL && hidden,
        })
    }

    /// Numbers of the functions that are programs: all outside `.text`, and a lone function inside it.
    pub(super) fn programs(&self) -> impl Iterator<Item = usize> {
        let lone = self.functions.len() == 1;
        let functions = self.functions.iter().enumerate();
        functions.filter(move |(_, f)| lone || self.text != Some(f.section)).map(|(nr, _)| nr)
    }

    /// Instructions of a function.
    pub(super) fn body(&self, function: usize) -> &[Insn] {
        let f = &self.functions[function];
        &self.insns[&f.section][f.start..f.start + f.len]
    }
}

fn decode(elf: &Elf<'_>, layout: &Layout) -> Result<BTreeMap<usize, Vec<Insn>>, ObjectError> {
    let mut sections = BTreeMap::new();
    let mut total = 0;
    for nr in &layout.code {
        let section = &elf.sections[*nr];
        total += section.data.len() / Insn::SIZE;
        if total > MAX_OBJECT_INSNS {
            let what = format!("more than {MAX_OBJECT_INSNS} instructions in all sections");
            return Err(ObjectError::new(ErrorKind::TooLarge, what).section(section.name));
        }
        let insns = Insn::all_from_bytes(section.data).ok_or_else(|| {
            let what = format!("{} bytes of code, expected a multiple of {}", section.data.len(), Insn::SIZE);
            ObjectError::new(ErrorKind::Malformed, what).section(section.name)
        })?;
        sections.insert(*nr, insns);
    }
    Ok(sections)
}

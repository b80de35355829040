//! What each relocation of the code means (libbpf `bpf_program__record_reloc`), before anything is patched; and the
//! relocations of map definitions that name initial elements (`bpf_object__collect_map_relos`).

use std::collections::BTreeMap;

use object::elf;

use super::elf::{Elf, Symbol};
use super::error::{ErrorKind, ObjectError};
use super::externs::{Extern, Externs, is_extern};
use super::functions::Code;
use super::maps::Declared;
use super::sections::Layout;
use super::spec::{MapSpec, Slot, SlotTarget};
use crate::isa::Insn;

/// `call`, the instruction.
pub(super) const CALL: u8 = 0x85;
/// `src` of a call to a function of the same object.
pub(super) const PSEUDO_CALL: u8 = 1;

/// What an instruction refers to.
#[derive(Clone)]
pub(super) enum Target {
    Map(usize),
    /// A variable: the map of its section, and the symbol's offset there.
    Data {
        map: usize,
        offset: u32,
    },
    /// A function to be called: section and byte offset of the symbol.
    Call {
        section: usize,
        offset: u64,
    },
    /// A function whose address is taken, in `.text`.
    FuncAddress {
        section: usize,
        offset: u64,
    },
    /// An extern, by the number of its symbol.
    Extern(usize),
}

/// Most initial elements of maps in one object.
const MAX_SLOTS: usize = 1 << 16;

/// Relocations by section and slot.
pub(super) type Targets = BTreeMap<(usize, usize), Target>;

pub(super) struct Resolver<'a, 'd> {
    pub elf: &'a Elf<'d>,
    pub layout: &'a Layout,
    pub code: &'a Code<'d>,
    pub externs: &'a Externs,
    pub declared: &'a [Declared],
    /// Which map a data section became.
    pub data_maps: &'a BTreeMap<usize, usize>,
}

impl Resolver<'_, '_> {
    /// All relocations of the code.
    pub(super) fn targets(&self) -> Result<Targets, ObjectError> {
        let mut targets = Targets::new();
        for nr in &self.layout.relocations {
            let patched = self.elf.sections[*nr].target;
            let Some(insns) = self.code.insns.get(&patched) else { continue };
            for relocation in &self.elf.sections[*nr].relocations {
                let symbol = &self.elf.symbols[relocation.symbol];
                let place = |error: ObjectError| {
                    let error = error.section(self.elf.section_name(patched)).at(relocation.offset);
                    error.symbol(self.elf.symbol_name(symbol))
                };
                let insn = insn_at(insns, relocation.offset).map_err(place)?;
                let target = self.target(relocation.symbol, symbol, insn).map_err(place)?;
                let slot = (relocation.offset / Insn::SIZE as u64) as usize;
                if targets.insert((patched, slot), target).is_some() {
                    return Err(place(error("two relocations of one instruction".into())));
                }
            }
        }
        Ok(targets)
    }

    fn target(&self, number: usize, symbol: &Symbol<'_>, insn: Insn) -> Result<Target, ObjectError> {
        if insn.code != CALL && !insn.is_load_imm64() {
            let what = "relocation of an instruction that is neither a call nor a 64-bit load, opcode";
            return Err(error(format!("{what} {:#04x}", insn.code)));
        }
        if is_extern(symbol) {
            return self.external(number, insn);
        }
        let Some(section) = symbol.section else {
            return Err(error("relocation against a symbol that is in no section and is no extern".into()));
        };
        if insn.code == CALL {
            return self.call(section, symbol, insn);
        }
        if self.code.text == Some(section) {
            return Ok(Target::FuncAddress { section, offset: symbol.value });
        }
        if self.layout.maps == Some(section) {
            let map = self.map_at(symbol.value);
            let what = || error(format!("no map begins at offset {:#x} of `.maps`", symbol.value));
            return map.map(Target::Map).ok_or_else(what);
        }
        let name = self.elf.section_name(section);
        let offset =
            u32::try_from(symbol.value).ok().filter(|_| symbol.value <= self.elf.sections[section].size);
        match (self.data_maps.get(&section), offset) {
            (Some(map), Some(offset)) => Ok(Target::Data { map: *map, offset }),
            (Some(_), None) => {
                Err(error(format!("variable at {:#x}, outside section `{name}`", symbol.value)))
            }
            _ => Err(error(format!(
                "address in section `{name}`, expected a map, a variable or a function in .text"
            ))),
        }
    }

    /// The first declared map that begins at this offset of `.maps`.
    fn map_at(&self, start: u64) -> Option<usize> {
        self.declared.iter().position(|map| map.start == start)
    }

    fn external(&self, number: usize, insn: Insn) -> Result<Target, ObjectError> {
        let found = self.externs.by_symbol.get(&number);
        match (found, insn.code == CALL) {
            (Some(Extern::Kfunc(_)), _) | (Some(_), false) => Ok(Target::Extern(number)),
            (Some(_), true) => Err(ObjectError::new(
                ErrorKind::Extern,
                "a call to an extern variable, expected a kernel function",
            )),
            (None, _) => {
                let what = "an undefined symbol without a declaration in the BTF sections .ksyms or .kconfig";
                Err(ObjectError::new(ErrorKind::Extern, what))
            }
        }
    }

    fn call(&self, section: usize, symbol: &Symbol<'_>, insn: Insn) -> Result<Target, ObjectError> {
        if insn.src != PSEUDO_CALL {
            return Err(error(format!("relocated call with source register {}, expected 1", insn.src)));
        }
        if self.code.text != Some(section) {
            let name = self.elf.section_name(section);
            return Err(error(format!("a call to a function in section `{name}`, expected one in `.text`")));
        }
        Ok(Target::Call { section, offset: symbol.value })
    }

    /// Initial elements of maps in maps and program arrays.
    pub(super) fn fill_slots(&self, maps: &mut [MapSpec]) -> Result<(), ObjectError> {
        let sections = self.layout.relocations.iter().map(|nr| &self.elf.sections[*nr]);
        let mut filled = 0;
        for section in sections.filter(|section| Some(section.target) == self.layout.maps) {
            for relocation in &section.relocations {
                let symbol = &self.elf.symbols[relocation.symbol];
                let (map, slot) = self.slot(relocation.offset, symbol).map_err(|error| {
                    error.section(".maps").at(relocation.offset).symbol(self.elf.symbol_name(symbol))
                })?;
                filled += 1;
                if filled > MAX_SLOTS {
                    let what = format!("more than {MAX_SLOTS} initial elements of maps");
                    return Err(ObjectError::new(ErrorKind::TooLarge, what).section(".maps"));
                }
                maps[map].slots.push(slot);
            }
        }
        Ok(())
    }

    fn slot(&self, offset: u64, symbol: &Symbol<'_>) -> Result<(usize, Slot), ObjectError> {
        let holder = self
            .declared
            .iter()
            .enumerate()
            .find(|(_, map)| offset.checked_sub(map.start).is_some_and(|inside| inside < map.size));
        let values = holder.and_then(|(nr, map)| Some((nr, map, map.values_at?)));
        let Some((nr, map, values_at)) = values else {
            return Err(error("a pointer in `.maps` that is no element of `values`".into()));
        };
        let inside = (offset - map.start).checked_sub(values_at).filter(|inside| inside % 8 == 0);
        let index = inside.and_then(|inside| u32::try_from(inside / 8).ok());
        let index = index.ok_or_else(|| error("a pointer that is not at the start of an element".into()))?;
        let target = if map.holds_maps() {
            let inner = self.map_at(symbol.value);
            let inner = inner.filter(|_| symbol.section == self.layout.maps);
            SlotTarget::Map(inner.ok_or_else(|| error("an element that is no map, expected a map".into()))?)
        } else {
            if symbol.kind != elf::STT_FUNC || symbol.section == self.code.text {
                return Err(error("an element that is no program, expected a function with SEC()".into()));
            }
            SlotTarget::Program(symbol.name.to_string())
        };
        Ok((nr, Slot { index, target }))
    }
}

fn error(what: String) -> ObjectError {
    ObjectError::new(ErrorKind::Relocation, what)
}

fn insn_at(insns: &[Insn], offset: u64) -> Result<Insn, ObjectError> {
    let slot =
        usize::try_from(offset / Insn::SIZE as u64).ok().filter(|_| offset.is_multiple_of(Insn::SIZE as u64));
    let insn = slot.and_then(|slot| insns.get(slot)).copied();
    insn.ok_or_else(|| {
        error(format!("relocation outside the code, which has {} bytes", insns.len() * Insn::SIZE))
    })
}

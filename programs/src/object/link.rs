//! Putting a program together: the main function, then each function of `.text` that it reaches, once, in the order
//! in which a walk meets them (libbpf `bpf_object__reloc_code`, `bpf_object__append_subprog_code`).

use std::collections::BTreeMap;

use super::elf::Elf;
use super::error::{ErrorKind, ObjectError};
use super::externs::{Extern, Externs};
use super::functions::{Code, Function, MAX_OBJECT_INSNS};
use super::info::Records;
use super::relocs::{CALL, PSEUDO_CALL, Target, Targets};
use super::spec::{ExceptionCallback, KfuncRef, KsymRef, ProgramSpec, Subprog, raw_number};
use crate::isa::Insn;

const PSEUDO_MAP: u8 = 1;
const PSEUDO_MAP_VALUE: u8 = 2;
const PSEUDO_KSYM: u8 = 3;
const PSEUDO_FUNC: u8 = 4;
const PSEUDO_KFUNC_CALL: u8 = 2;

/// Everything that linking reads, the same for all programs of an object.
pub(super) struct Linker<'a, 'd> {
    pub elf: &'a Elf<'d>,
    pub code: &'a Code<'d>,
    pub targets: &'a Targets,
    pub externs: &'a Externs,
    pub records: &'a Records,
    pub kconfig_map: Option<usize>,
    /// Exception callbacks that programs name.
    pub exceptions: &'a BTreeMap<&'a str, Vec<&'a str>>,
}

/// A program that is being put together.
struct Linked {
    insns: Vec<Insn>,
    /// Where each function was placed.
    placed: BTreeMap<usize, usize>,
    order: Vec<usize>,
    /// Functions whose instructions are still to be patched, with the next slot of each.
    work: Vec<(usize, usize)>,
    kfuncs: Numbered<KfuncRef>,
    ksyms: Numbered<KsymRef>,
}

impl Linker<'_, '_> {
    /// Links the program whose main function has number `main`. `room` is how many slots it may take.
    pub(super) fn link(&self, main: usize, room: usize) -> Result<ProgramSpec, ObjectError> {
        let mut linked = Linked {
            insns: Vec::new(),
            placed: BTreeMap::new(),
            order: Vec::new(),
            work: Vec::new(),
            kfuncs: Numbered::default(),
            ksyms: Numbered::default(),
        };
        self.place(&mut linked, main, room)?;
        self.patch_all(&mut linked, room)?;
        // Nothing calls it, so it comes behind what is called.
        let callback = self.exception_callback(main).map(|callback| self.place(&mut linked, callback, room));
        let callback = callback.transpose()?;
        self.patch_all(&mut linked, room)?;
        let mut program = self.finish(main, linked)?;
        let several = self.exceptions.get(program.name.as_str()).is_some_and(|names| names.len() > 1);
        program.exception_callback = match callback {
            _ if several => ExceptionCallback::Several,
            Some(start) => ExceptionCallback::At(start),
            None => ExceptionCallback::Default,
        };
        Ok(program)
    }

    fn patch_all(&self, linked: &mut Linked, room: usize) -> Result<(), ObjectError> {
        while let Some((function, slot)) = linked.work.pop() {
            if slot < self.code.functions[function].len {
                linked.work.push((function, slot + 1));
                self.patch(linked, function, slot, room)?;
            }
        }
        Ok(())
    }

    /// The function of `.text` that the program names, if it names one.
    fn exception_callback(&self, main: usize) -> Option<usize> {
        let names = self.exceptions.get(self.code.functions[main].name)?;
        let [name] = names.as_slice() else { return None };
        let named = |f: &Function<'_>| self.code.text == Some(f.section) && f.name == *name && f.global;
        self.code.functions.iter().position(named)
    }

    fn place(&self, linked: &mut Linked, function: usize, room: usize) -> Result<usize, ObjectError> {
        if let Some(start) = linked.placed.get(&function) {
            return Ok(*start);
        }
        let (start, body) = (linked.insns.len(), self.code.body(function));
        if start + body.len() > room {
            let what = format!("the linked programs have more than {MAX_OBJECT_INSNS} instructions");
            return Err(
                ObjectError::new(ErrorKind::TooLarge, what).symbol(self.code.functions[function].name)
            );
        }
        linked.insns.extend_from_slice(body);
        linked.placed.insert(function, start);
        linked.order.push(function);
        linked.work.push((function, 0));
        Ok(start)
    }

    fn patch(
        &self,
        linked: &mut Linked,
        function: usize,
        slot: usize,
        room: usize,
    ) -> Result<(), ObjectError> {
        let f = &self.code.functions[function];
        let in_section = f.start + slot;
        let target = self.targets.get(&(f.section, in_section));
        let at = linked.placed[&function] + slot;
        let insn = linked.insns[at];
        let result = match target {
            None if insn.code == CALL && insn.src == PSEUDO_CALL => {
                // Within one section the compiler already wrote the distance.
                let to = in_section as i64 + i64::from(insn.imm) + 1;
                self.refer(linked, at, f.section, to, room)
            }
            None if insn.is_load_imm64() && insn.src == PSEUDO_FUNC => {
                Err(error("the address of a function without a relocation"))
            }
            None => {
                let named = insn.is_load_imm64() && (PSEUDO_MAP..=PSEUDO_KSYM).contains(&insn.src);
                if named || (insn.code == CALL && insn.src == PSEUDO_KFUNC_CALL) {
                    linked.insns[at].imm = raw_number(insn.imm);
                }
                Ok(())
            }
            Some(Target::Call { section, offset }) => {
                let to = slot_of(*offset, 0).map(|slot| slot + i64::from(insn.imm) + 1);
                to.and_then(|to| self.refer(linked, at, *section, to, room))
            }
            Some(Target::FuncAddress { section, offset }) => {
                linked.insns[at].src = PSEUDO_FUNC;
                let to = slot_of(*offset, i64::from(insn.imm));
                to.and_then(|to| self.refer(linked, at, *section, to, room))
            }
            Some(target) => self.patch_value(linked, at, target),
        };
        result.map_err(|error| {
            let error = error.section(self.elf.section_name(f.section)).symbol(f.name);
            error.at((in_section * Insn::SIZE) as u64)
        })
    }

    /// Makes the instruction at `at` refer to the function that starts at slot `to` of a section.
    fn refer(
        &self,
        linked: &mut Linked,
        at: usize,
        section: usize,
        to: i64,
        room: usize,
    ) -> Result<(), ObjectError> {
        let start = usize::try_from(to).ok().and_then(|to| self.code.by_start.get(&(section, to)));
        let Some(callee) = start.filter(|_| self.code.text == Some(section)) else {
            let name = self.elf.section_name(section);
            return Err(error(&format!(
                "no function of `.text` starts at instruction {to} of section `{name}`"
            )));
        };
        let callee = self.place(linked, *callee, room)?;
        // Distances fit: a program has at most `MAX_OBJECT_INSNS` slots.
        linked.insns[at].imm = (callee as i64 - at as i64 - 1) as i32;
        if linked.insns[at].is_load_imm64() {
            set_second(&mut linked.insns, at, 0)?;
        }
        Ok(())
    }

    /// Maps, variables and externs.
    fn patch_value(&self, linked: &mut Linked, at: usize, target: &Target) -> Result<(), ObjectError> {
        let addend = linked.insns[at].imm;
        let (src, imm, second) = match target {
            // The loader leaves the upper half alone here; a verifier wants it to be 0.
            Target::Map(map) => (PSEUDO_MAP, *map, linked.insns.get(at + 1).map_or(0, |second| second.imm)),
            Target::Data { map, offset } => (PSEUDO_MAP_VALUE, *map, addend.wrapping_add(*offset as i32)),
            Target::Extern(symbol) => return self.patch_extern(linked, at, &self.externs.by_symbol[symbol]),
            Target::Call { .. } | Target::FuncAddress { .. } => {
                unreachable!("functions are linked by `refer`")
            }
        };
        set_value(linked, at, src, imm, second)
    }

    fn patch_extern(&self, linked: &mut Linked, at: usize, target: &Extern) -> Result<(), ObjectError> {
        match target {
            Extern::Kconfig(nr) => {
                let map = self.kconfig_map.ok_or_else(|| error("a configuration value without a map"))?;
                let offset = self.externs.kconfig[*nr].offset;
                set_value(linked, at, PSEUDO_MAP_VALUE, map, offset as i32)
            }
            Extern::Kfunc(kfunc) if linked.insns[at].code == CALL => {
                linked.insns[at].src = PSEUDO_KFUNC_CALL;
                linked.insns[at].imm = linked.kfuncs.number_of(&kfunc.name, kfunc) as i32;
                Ok(())
            }
            Extern::Kfunc(KfuncRef { name, weak, func }) => {
                let kind = super::spec::KsymKind::Func(*func);
                let ksym = KsymRef { name: name.clone(), weak: *weak, kind };
                let number = linked.ksyms.number_of(name, &ksym);
                set_value(linked, at, PSEUDO_KSYM, number, 0)
            }
            Extern::Ksym(ksym) => {
                let number = linked.ksyms.number_of(&ksym.name, ksym);
                set_value(linked, at, PSEUDO_KSYM, number, 0)
            }
        }
    }

    fn finish(&self, main: usize, linked: Linked) -> Result<ProgramSpec, ObjectError> {
        let f = &self.code.functions[main];
        let mut program = ProgramSpec {
            name: f.name.to_string(),
            section: self.elf.section_name(f.section).to_string(),
            insns: linked.insns,
            subprogs: Vec::with_capacity(linked.order.len()),
            exception_callback: ExceptionCallback::Default,
            kfuncs: linked.kfuncs.list,
            ksyms: linked.ksyms.list,
            core: Vec::new(),
            lines: Vec::new(),
        };
        for function in linked.order {
            let f = &self.code.functions[function];
            let start = linked.placed[&function];
            program.subprogs.push(Subprog {
                name: f.name.to_string(),
                start,
                len: f.len,
                global: self.records.is_global(f),
                func: self.records.func_at(f.section, f.start),
            });
            self.records.copy(f, start, &mut program);
        }
        Ok(program)
    }
}

fn error(what: &str) -> ObjectError {
    ObjectError::new(ErrorKind::Relocation, what)
}

/// Slot that starts `addend` bytes behind `offset`.
fn slot_of(offset: u64, addend: i64) -> Result<i64, ObjectError> {
    let bytes = i64::try_from(offset).ok().and_then(|offset| offset.checked_add(addend));
    let bytes = bytes.filter(|bytes| bytes % Insn::SIZE as i64 == 0);
    // Far beyond any section, but small enough to add a distance to.
    let slot = bytes.map(|bytes| bytes / Insn::SIZE as i64).filter(|slot| *slot < 1 << 40);
    slot.ok_or_else(|| {
        error(&format!("a function at offset {offset:#x} plus {addend}, expected a multiple of 8"))
    })
}

/// Makes a 64-bit load refer to entry `number` of a list.
fn set_value(linked: &mut Linked, at: usize, src: u8, number: usize, second: i32) -> Result<(), ObjectError> {
    linked.insns[at].src = src;
    linked.insns[at].imm = number as i32;
    set_second(&mut linked.insns, at, second)
}

/// Sets the upper half of a 64-bit load.
fn set_second(insns: &mut [Insn], at: usize, imm: i32) -> Result<(), ObjectError> {
    let second = insns.get_mut(at + 1).filter(|insn| insn.code == 0);
    second.map(|insn| insn.imm = imm).ok_or_else(|| error("a 64-bit load without its second half"))
}

/// A list of different entries, found by name.
struct Numbered<T> {
    list: Vec<T>,
    by_name: BTreeMap<String, Vec<usize>>,
}

impl<T> Default for Numbered<T> {
    fn default() -> Numbered<T> {
        Numbered { list: Vec::new(), by_name: BTreeMap::new() }
    }
}

impl<T: Clone + PartialEq> Numbered<T> {
    /// Number of an entry, which is added when it is new. One name stands for a function and its address at most.
    fn number_of(&mut self, name: &str, entry: &T) -> usize {
        let numbers = self.by_name.entry(name.to_string()).or_default();
        if let Some(known) = numbers.iter().find(|number| self.list[**number] == *entry) {
            return *known;
        }
        numbers.push(self.list.len());
        self.list.push(entry.clone());
        self.list.len() - 1
    }
}

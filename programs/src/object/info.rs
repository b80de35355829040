//! Functions, source lines and CO-RE relocations of `.BTF.ext`, sorted by section and slot, and copied into programs.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::elf::Elf;
use super::error::{ErrorKind, ObjectError, from_btf};
use super::functions::{Code, Function};
use super::spec::{CoreRelo, LineInfo, ProgramSpec};
use crate::btf::ext::{BtfExt, ExtSection};
use crate::btf::{Btf, Linkage, MAX_NAME_BYTES, TypeId};
use crate::core_reloc::CoreKind;
use crate::isa::Insn;

/// Longest source line, file name or access string that is kept, in bytes. A record counts columns up to 1023.
const MAX_TEXT_BYTES: usize = 4096;
/// Most text that is kept for one object: every record may name a different part of a long string.
const MAX_TEXT_TOTAL: usize = 32 << 20;

#[derive(Clone)]
struct Line {
    file: Arc<str>,
    text: Arc<str>,
    line: u32,
    col: u32,
}

#[derive(Clone, Copy)]
struct Func {
    ty: TypeId,
    global: bool,
}

#[derive(Clone)]
struct Core {
    kind: CoreKind,
    root: TypeId,
    access: Arc<str>,
}

/// All records by section number and slot. Those behind the end of the code belong to nothing and are left out.
#[derive(Default)]
pub(super) struct Records {
    funcs: BTreeMap<(usize, usize), Func>,
    lines: BTreeMap<(usize, usize), Line>,
    core: BTreeMap<(usize, usize), Core>,
}

impl Records {
    pub(super) fn collect(
        elf: &Elf<'_>,
        code: &Code<'_>,
        btf: &Btf,
        bytes: &[u8],
    ) -> Result<Records, ObjectError> {
        let ext = BtfExt::parse(bytes).map_err(|error| from_btf(error, ".BTF.ext"))?;
        // Of several executable sections with one name, the records belong to the first.
        let mut homes: BTreeMap<&str, usize> = BTreeMap::new();
        for nr in code.insns.keys() {
            homes.entry(elf.section_name(*nr)).or_insert(*nr);
        }
        let mut texts = Texts { btf, known: BTreeMap::new(), total: 0 };
        let mut records = Records::default();
        let place = |home: usize, insn_off: u32| {
            let slot = slot_of(insn_off)?;
            Ok((code.insns.get(&home).is_some_and(|insns| slot < insns.len())).then_some((home, slot)))
        };
        each(&ext.funcs, btf, &homes, |home, func| {
            if let Some(at) = place(home, func.insn_off)? {
                let linkage = btf.type_by_id(func.func).and_then(|ty| ty.linkage());
                records.funcs.insert(at, Func { ty: func.func, global: linkage == Some(Linkage::Global) });
            }
            Ok(())
        })?;
        each(&ext.lines, btf, &homes, |home, line| {
            let Some(at) = place(home, line.insn_off)? else { return Ok(()) };
            let (file, text) = (texts.get(line.file, MAX_TEXT_BYTES)?, texts.get(line.text, MAX_TEXT_BYTES)?);
            let line_info = Line { file, text, line: line.line, col: line.col };
            records.lines.insert(at, line_info);
            Ok(())
        })?;
        each(&ext.core, btf, &homes, |home, core| {
            let Some(at) = place(home, core.insn_off)? else { return Ok(()) };
            let kind = CoreKind::from_number(core.kind).ok_or_else(|| {
                damaged(format!(
                    "CO-RE relocation kind {}, expected 0 to {}",
                    core.kind,
                    CoreKind::ALL.len() - 1
                ))
            })?;
            let access = texts.get(core.access, MAX_TEXT_BYTES)?;
            records.core.insert(at, Core { kind, root: core.ty, access });
            Ok(())
        })?;
        Ok(records)
    }

    /// The `FUNC` of the function that starts here.
    pub(super) fn func_at(&self, section: usize, slot: usize) -> Option<TypeId> {
        self.funcs.get(&(section, slot)).map(|func| func.ty)
    }

    /// Whether the kernel checks a function on its own. Its type says so, not its symbol: a copy that the compiler makes of a global
    /// function for one set of arguments has a local symbol and the first one's type. Without a type the symbol's word is taken.
    pub(super) fn is_global(&self, function: &Function<'_>) -> bool {
        let func = self.funcs.get(&(function.section, function.start));
        func.map_or(function.global, |func| func.global && !function.hidden)
    }

    /// Copies the records of `function` into a program where it was placed at `start`.
    pub(super) fn copy(&self, function: &Function<'_>, start: usize, program: &mut ProgramSpec) {
        let range = (function.section, function.start)..(function.section, function.start + function.len);
        let moved = |slot: usize| slot - function.start + start;
        program.lines.extend(self.lines.range(range.clone()).map(|((_, slot), line)| LineInfo {
            insn: moved(*slot),
            file: line.file.clone(),
            line: line.line,
            col: line.col,
            text: line.text.clone(),
        }));
        program.core.extend(self.core.range(range).map(|((_, slot), core)| CoreRelo {
            insn: moved(*slot),
            kind: core.kind,
            root: core.root,
            access: core.access.clone(),
        }));
    }
}

fn damaged(what: String) -> ObjectError {
    ObjectError::new(ErrorKind::Btf, what).section(".BTF.ext")
}

/// Calls `take` with every record of a section that has code; records of other sections are of no use.
fn each<R: Copy>(
    sections: &[ExtSection<R>],
    btf: &Btf,
    homes: &BTreeMap<&str, usize>,
    mut take: impl FnMut(usize, R) -> Result<(), ObjectError>,
) -> Result<(), ObjectError> {
    for section in sections {
        let name = btf.text(section.section_name, MAX_NAME_BYTES);
        let name = name.ok_or_else(|| damaged("a section name outside the string section".to_string()))?;
        if let Some(home) = homes.get(name) {
            for record in &section.records {
                take(*home, *record)?;
            }
        }
    }
    Ok(())
}

fn slot_of(insn_off: u32) -> Result<usize, ObjectError> {
    let slot = insn_off as usize / Insn::SIZE;
    let aligned = (insn_off as usize).is_multiple_of(Insn::SIZE);
    aligned
        .then_some(slot)
        .ok_or_else(|| damaged(format!("a record for byte {insn_off}, expected a multiple of 8")))
}

/// Shared texts: many lines have the same file name.
struct Texts<'b> {
    btf: &'b Btf,
    known: BTreeMap<u32, Arc<str>>,
    total: usize,
}

impl Texts<'_> {
    fn get(&mut self, offset: u32, limit: usize) -> Result<Arc<str>, ObjectError> {
        if let Some(text) = self.known.get(&offset) {
            return Ok(text.clone());
        }
        let text = self.btf.text(offset, limit);
        let text = text.ok_or_else(|| damaged(format!("text at {offset:#x}, outside the string section")))?;
        let text: Arc<str> = text.into();
        self.total += text.len();
        if self.total > MAX_TEXT_TOTAL {
            let what = format!("source lines and names take more than {MAX_TEXT_TOTAL} bytes");
            return Err(ObjectError::new(ErrorKind::TooLarge, what).section(".BTF.ext"));
        }
        self.known.insert(offset, text.clone());
        Ok(text)
    }
}

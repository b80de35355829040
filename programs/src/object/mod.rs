//! Loading BPF objects that clang made, with the rules of libbpf 1.x, into plain data for any kernel.
//!
//! [`load_object`] reads the file; what it gives is in `spec`. The way of the data: `elf` (sections, symbols) ->
//! `sections` (which is what) -> `functions`, `maps`, `data`, `externs` (what is declared) -> `relocs` (what refers to
//! what) -> `link` (one program each, with its subprograms) with `info` (lines, CO-RE records).
//!
//! Nothing here depends on the kernel: kernel functions, CO-RE relocations and configuration values stay symbolic.
//! The input may be hostile: it ends in an [`ObjectError`], never in a panic or in unbounded memory.
//! Source of the rules: libbpf `src/libbpf.c`, functions named in each file. Where we differ: function calls must
//! reach the start of a function; a struct_ops or unknown section is reported in [`Object::skipped`].
//! Neighbours: `btf` reads types, `core_reloc` applies relocations for one kernel.

mod data;
mod elf;
mod error;
mod externs;
pub(crate) mod fields;
mod functions;
mod info;
mod kconfig;
mod link;
mod maps;
mod ops;
mod relocs;
mod sections;
mod spec;

pub use elf::MAX_OBJECT_BYTES;
pub use error::{ErrorKind, ObjectError, Place};
pub use functions::MAX_OBJECT_INSNS;
pub use kconfig::{KconfigError, KconfigExtern, KconfigKind, linux_value};
pub use spec::{
    CoreRelo, ExceptionCallback, KfuncRef, KsymKind, KsymRef, LineInfo, MapKind, MapSpec, Object, OpsSlot,
    ProgramSpec, Skipped, Slot, SlotTarget, SpecialField, SpecialKind, Subprog, number_behind, raw_number,
};

use crate::btf::Btf;
use elf::Elf;
use externs::Externs;
use functions::Code;
use info::Records;
use link::Linker;
use relocs::Resolver;
use sections::Layout;

/// Longest licence text (libbpf keeps 63 bytes).
const MAX_LICENSE_BYTES: usize = 63;

/// Loads an object file. `name` is what data maps are called after, usually the file name without `.bpf.o`.
///
/// # Errors
/// [`ObjectError`] says what was expected, where, and what to do.
pub fn load_object(bytes: &[u8], name: &str) -> Result<Object, ObjectError> {
    let elf = Elf::parse(bytes)?;
    let layout = Layout::of(&elf)?;
    let code = Code::collect(&elf, &layout)?;
    let btf = read_btf(&elf, &layout)?;
    let externs = Externs::collect(&elf, btf.as_ref())?;
    let declared = match layout.maps {
        Some(section) => maps::declared(&elf, btf.as_ref(), section)?,
        None => Vec::new(),
    };
    let mut map_specs: Vec<MapSpec> = declared.iter().map(|map| map.spec.clone()).collect();
    let data_maps = data::add_maps(&mut map_specs, name, &elf, &layout, btf.as_ref(), &externs)?;
    let resolver = Resolver {
        elf: &elf,
        layout: &layout,
        code: &code,
        externs: &externs,
        declared: &declared,
        data_maps: &data_maps,
    };
    resolver.fill_slots(&mut map_specs)?;
    let targets = resolver.targets()?;
    let records = match (&btf, layout.btf_ext) {
        (Some(btf), Some(ext)) => Records::collect(&elf, &code, btf, elf.sections[ext].data)?,
        _ => Records::default(),
    };
    let linker = Linker {
        elf: &elf,
        code: &code,
        targets: &targets,
        externs: &externs,
        records: &records,
        exceptions: &ops::exception_tags(btf.as_ref()),
        kconfig_map: map_specs.iter().position(|map| map.kind == MapKind::Kconfig),
    };
    let programs = link_all(&linker, &code)?;
    let struct_ops = ops::slots(&elf, &code, btf.as_ref());
    Ok(Object {
        name: name.to_string(),
        license: license(&elf, &layout),
        version: version(&elf, &layout),
        programs,
        maps: map_specs,
        kconfig: externs.kconfig,
        btf,
        struct_ops,
        skipped: layout.skipped,
    })
}

fn read_btf(elf: &Elf<'_>, layout: &Layout) -> Result<Option<Btf>, ObjectError> {
    let Some(section) = layout.btf else { return Ok(None) };
    let mut btf = Btf::parse(elf.sections[section].data).map_err(|error| error::from_btf(error, ".BTF"))?;
    data::fix_sections(&mut btf, elf);
    Ok(Some(btf))
}

/// Most functions, kernel functions and kernel symbols of all linked programs together.
const MAX_LINKED_NAMES: usize = 1 << 18;

/// Links every program. Programs share functions, so the sum of their sizes has its own limits.
fn link_all(linker: &Linker<'_, '_>, code: &Code<'_>) -> Result<Vec<ProgramSpec>, ObjectError> {
    let (mut room, mut names) = (MAX_OBJECT_INSNS, 0);
    let mut programs = Vec::new();
    for main in code.programs() {
        let program = linker.link(main, room)?;
        room -= program.insns.len();
        names += program.subprogs.len() + program.kfuncs.len() + program.ksyms.len();
        if names > MAX_LINKED_NAMES {
            let what = format!("the linked programs name more than {MAX_LINKED_NAMES} functions and symbols");
            return Err(ObjectError::new(ErrorKind::TooLarge, what).symbol(&program.name));
        }
        programs.push(program);
    }
    Ok(programs)
}

fn license(elf: &Elf<'_>, layout: &Layout) -> String {
    let bytes = layout.license.map_or(&[][..], |nr| elf.sections[nr].data);
    let bytes = &bytes[..bytes.len().min(MAX_LICENSE_BYTES)];
    let text = bytes.split(|byte| *byte == 0).next().unwrap_or(&[]);
    String::from_utf8_lossy(text).into_owned()
}

fn version(elf: &Elf<'_>, layout: &Layout) -> Option<u32> {
    let bytes = elf.sections[layout.version?].data;
    Some(u32::from_le_bytes(*bytes.first_chunk::<4>()?))
}

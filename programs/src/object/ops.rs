//! What the BTF and the data of an object say about programs beside their code: which member of a struct_ops variable a program
//! implements, and what runs when it throws (libbpf `bpf_object__collect_st_ops_relos`, `bpf_prog_assign_exc_cb`).
//!
//! Key items: [`slots`], [`exception_tags`]. Neighbours: `link` places the callbacks; the gate and the verifier read the slots.

use std::collections::BTreeMap;

use super::elf::Elf;
use super::functions::Code;
use super::spec::OpsSlot;
use crate::btf::{Btf, Kind, essential_name};
use crate::isa::Insn;

const SECTIONS: [&str; 4] = [".struct_ops", ".struct_ops.link", "?.struct_ops", "?.struct_ops.link"];
const EXCEPTION_CALLBACK: &str = "exception_callback:";

/// Relocations that are looked at, in all sections together: each may search a structure of 65,535 members and copy two names. The
/// largest structure of callbacks that a kernel has, `sched_ext_ops`, has fewer than 50.
const MAX_SLOTS: usize = 4096;

/// Function pointers of the struct_ops variables.
pub(super) fn slots(elf: &Elf<'_>, code: &Code<'_>, btf: Option<&Btf>) -> Vec<OpsSlot> {
    let Some(btf) = btf else { return Vec::new() };
    let mut found = Vec::new();
    let mut left = MAX_SLOTS;
    for relocations in &elf.sections {
        let name = elf.sections.get(relocations.target).map_or("", |target| target.name);
        if !SECTIONS.contains(&name) {
            continue;
        }
        let Some(section) = btf.find_by_name_kind(name, Kind::Datasec) else { continue };
        let mut vars: Vec<_> = section.section_vars().collect();
        vars.sort_by_key(|var| var.offset);
        for relocation in relocations.relocations.iter().take(left) {
            left -= 1;
            let symbol = &elf.symbols[relocation.symbol];
            let slot = usize::try_from(symbol.value / Insn::SIZE as u64).unwrap_or(usize::MAX);
            let function = symbol.section.and_then(|section| code.by_start.get(&(section, slot)));
            let after = vars.partition_point(|var| u64::from(var.offset) <= relocation.offset);
            let (Some(function), Some(var)) = (function, vars[..after].last()) else { continue };
            let Some(bits) = (relocation.offset - u64::from(var.offset)).checked_mul(8) else { continue };
            let structure = btf.type_by_id(var.var).and_then(|var| btf.resolve(var.target()));
            let Some(structure) = structure else { continue };
            let member = structure.members().find(|member| u64::from(member.bit_offset) == bits);
            if let Some(member) = member {
                found.push(OpsSlot {
                    variable: btf.name_of(var.var).to_string(),
                    structure: essential_name(structure.name()).to_string(),
                    member: essential_name(member.name).to_string(),
                    program: code.functions[*function].name.to_string(),
                });
            }
        }
    }
    found
}

/// Names of the exception callbacks of each program that names any.
pub(super) fn exception_tags(btf: Option<&Btf>) -> BTreeMap<&str, Vec<&str>> {
    let mut tags: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let Some(btf) = btf else { return tags };
    let whole = btf.types().filter(|ty| ty.kind() == Kind::DeclTag && ty.tagged_component().is_none());
    for tag in whole {
        let main = btf.type_by_id(tag.target()).filter(|ty| ty.kind() == Kind::Func);
        if let (Some(main), Some(callback)) = (main, tag.name().strip_prefix(EXCEPTION_CALLBACK)) {
            tags.entry(main.name()).or_default().push(callback);
        }
    }
    tags
}

//! From a loaded object's program to what the gate looks at.

use super::calls::POISONED_KFUNC_BASE;
use super::functions::{PSEUDO_KFUNC, is_call};
use super::input::{GateFunction, GateInput, GateKfunc, GateMap, KernelNames, MapFields};
use crate::btf::{Btf, Kind, essential_name};
use crate::object::{MapSpec, Object, ProgramSpec, SpecialField, SpecialKind};
use crate::profile::map_type::MapType;
use crate::profile::{KernelVersion, Profile, ProgType, Section};

/// Licences that count as compatible with the GPL (`include/linux/license.h`).
const GPL_COMPATIBLE: &[&str] =
    &["GPL", "GPL v2", "GPL and additional rights", "Dual BSD/GPL", "Dual MIT/GPL", "Dual MPL/GPL"];

/// Whether a program with this licence may use GPL-only helpers and kfuncs.
pub fn is_gpl_compatible(license: &str) -> bool {
    GPL_COMPATIBLE.contains(&license)
}

impl GateInput {
    /// The input for loading `program` alone from `object` on this kernel, which decides the special fields it sees in
    /// map values and which kfuncs exist. `None` when no loader would know the section's name.
    pub fn from_object(profile: &Profile, object: &Object, program: &ProgramSpec) -> Option<GateInput> {
        let section = Section::resolve(&program.section)?;
        let function = |sub: &crate::object::Subprog| GateFunction {
            name: sub.name.clone(),
            start: sub.start,
            len: sub.len,
            global: sub.global,
        };
        let kfuncs = program.kfuncs.iter().enumerate();
        let mut kind = section.kind();
        if kind.prog_type == ProgType::STRUCT_OPS {
            match object.struct_ops.iter().find(|slot| slot.program == program.name) {
                Some(slot) => {
                    (kind.struct_ops, kind.target) =
                        (Some(slot.structure.clone()), Some(slot.member.clone()));
                }
                None => {
                    let named =
                        object.btf.as_ref().and_then(|btf| ops_structure(btf, kind.target.as_deref()?));
                    kind.struct_ops = named;
                }
            }
        }
        let mut input = GateInput {
            name: program.name.clone(),
            kind,
            xdp_frags: section.def.xdp_frags,
            gpl: is_gpl_compatible(&object.license),
            insns: program.insns.clone(),
            functions: program.subprogs.iter().map(function).collect(),
            maps: object.maps.iter().map(|map| gate_map(profile.version, map)).collect(),
            kfuncs: kfuncs
                .map(|(index, kfunc)| GateKfunc {
                    name: essential_name(&kfunc.name).to_string(),
                    weak: kfunc.weak,
                    extern_index: index,
                })
                .collect(),
            exception_callback: program.exception_callback,
            has_func_info: object.btf.is_some() && program.subprogs.iter().all(|sub| sub.func.is_some()),
        };
        poison_missing_kfuncs(profile, &mut input);
        Some(input)
    }
}

/// What a loader does to calls of weak kfuncs that the kernel lacks (libbpf.c:poison_kfunc_call): a helper call with an
/// id that no kernel knows, so that the verifier refuses it unless it is dead code.
fn poison_missing_kfuncs(profile: &Profile, input: &mut GateInput) {
    for insn in input.insns.iter_mut().filter(|insn| is_call(insn) && insn.src == PSEUDO_KFUNC) {
        let named = usize::try_from(insn.imm).ok().and_then(|index| input.kfuncs.get(index));
        if let Some(kfunc) = named.filter(|kfunc| profile.kfunc(&kfunc.name).is_none()) {
            insn.imm = POISONED_KFUNC_BASE + kfunc.extern_index as i32;
            (insn.src, insn.off) = (0, 0);
        }
    }
}

/// The kernel structure behind a struct_ops program: the type of the object's struct_ops variables that has a member
/// with the program's name. `None` when none or several fit.
fn ops_structure(btf: &Btf, member: &str) -> Option<String> {
    let sections = [".struct_ops", ".struct_ops.link"].into_iter();
    let sections = sections.filter_map(|name| btf.find_by_name_kind(name, Kind::Datasec));
    let mut found: Option<String> = None;
    for var in sections.flat_map(|section| section.section_vars()) {
        let structure = btf.type_by_id(var.var).and_then(|var| btf.resolve(var.target()))?;
        if structure.members().any(|m| m.name == member) {
            let name = essential_name(structure.name()).to_string();
            if found.as_ref().is_some_and(|other| *other != name) {
                return None;
            }
            found = Some(name);
        }
    }
    found
}

/// Map types whose values may hold a kind of field (syscall.c:map_check_btf). In others a loader finds that the map
/// cannot be created with BTF and creates it without: then the field is plain memory.
fn field_fits(kind: SpecialKind, map_type: u32) -> bool {
    let lockable =
        ["HASH", "ARRAY", "CGROUP_STORAGE", "SK_STORAGE", "INODE_STORAGE", "TASK_STORAGE", "CGRP_STORAGE"];
    let others = ["HASH", "LRU_HASH", "ARRAY"];
    let name = MapType::from_number(map_type).map_or("", |row| row.name);
    match kind {
        SpecialKind::SpinLock | SpecialKind::ResSpinLock => lockable.contains(&name),
        _ => others.contains(&name),
    }
}

/// The first version that knows a kind of field.
fn known_since(kind: SpecialKind) -> KernelVersion {
    match kind {
        SpecialKind::SpinLock => KernelVersion::V5_10,
        SpecialKind::Timer => KernelVersion::V6_1,
        SpecialKind::ResSpinLock => KernelVersion::V7_2,
        _ => KernelVersion::V6_12,
    }
}

fn gate_map(version: KernelVersion, map: &MapSpec) -> GateMap {
    // Before 6.12 only direct members of the value are found (btf.c:btf_find_struct_field).
    let seen = |kind: SpecialKind| {
        let late = version >= KernelVersion::V6_12;
        // 5.10 looks into structures, not into sections of variables (btf.c:btf_find_spin_lock).
        let section = version == KernelVersion::V5_10 && map.initial.is_some();
        let seen = |field: &SpecialField| field.kind == kind && (late || !field.nested);
        let found = !section && map.special.iter().any(seen);
        found && version >= known_since(kind) && field_fits(kind, map.map_type)
    };
    GateMap {
        name: map.name.clone(),
        map_type: map.map_type,
        map_flags: map.map_flags,
        value_size: map.value_size,
        max_entries: map.max_entries,
        inner: map.inner.as_ref().map(|inner| (inner.map_type, inner.map_flags)),
        fields: MapFields {
            spin_lock: seen(SpecialKind::SpinLock),
            res_spin_lock: seen(SpecialKind::ResSpinLock),
            timer: seen(SpecialKind::Timer),
            wq: seen(SpecialKind::Wq),
            list_or_tree: seen(SpecialKind::ListHead) || seen(SpecialKind::RbRoot),
        },
    }
}

/// A complete BTF of the kernel (`/sys/kernel/btf/vmlinux`). Not for the built-in types, which are a small selection:
/// what they lack the kernel may well have.
impl KernelNames for Btf {
    fn function(&self, name: &str) -> Option<u32> {
        self.find_by_name_kind(name, Kind::Func).map(|function| function.id().0)
    }

    fn tracepoint(&self, name: &str) -> bool {
        self.find_by_name_kind(&format!("btf_trace_{name}"), Kind::Typedef).is_some()
    }
}

//! From a loaded object's program to what the gate looks at.

use super::calls::POISONED_KFUNC_BASE;
use super::creation;
use super::functions::{PSEUDO_CALL, PSEUDO_FUNC, PSEUDO_KFUNC, is_call};
use super::input::{GateFunction, GateInput, GateKfunc, GateMap, KernelNames, MapFields};
use super::map_types::ObjectTypes;
use crate::btf::{Btf, Kind, essential_name};
use crate::core_reloc;
use crate::isa::Insn;
use crate::kernel_types;
use crate::object::{ExceptionCallback, MapSpec, Object, ProgramSpec, SpecialKind};
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
        let known =
            object.btf.as_ref().map(|btf| (btf, kernel_types::with_kept_structs(profile.version, btf)));
        let types = known.map(|(btf, kernel)| ObjectTypes::new(profile.version, btf, kernel));
        let types = types.filter(ObjectTypes::taken);
        let mut input = GateInput {
            name: program.name.clone(),
            kind,
            xdp_frags: section.def.xdp_frags,
            gpl: is_gpl_compatible(&object.license),
            insns: program.insns.clone(),
            functions: program.subprogs.iter().map(function).collect(),
            maps: object.maps.iter().map(|map| gate_map(types.as_ref(), map)).collect(),
            kfuncs: kfuncs
                .map(|(index, kfunc)| {
                    let name = essential_name(&kfunc.name).to_string();
                    let same = |(btf, kernel)| core_reloc::same_prototype(btf, kfunc.func, kernel, &name);
                    let fits = known.and_then(same).unwrap_or(true);
                    GateKfunc { name, weak: kfunc.weak, extern_index: index, fits }
                })
                .collect(),
            exception_callback: program.exception_callback,
            has_func_info: types.is_some() && program.subprogs.iter().all(|sub| sub.func.is_some()),
        };
        // Maps of an object without types are those of a scenario: they are judged when they are made.
        if object.btf.is_some() {
            for (made, map) in input.maps.iter_mut().zip(&object.maps) {
                made.refused = creation::refusal(profile.version, types.as_ref(), map);
            }
        }
        if profile.version == KernelVersion::V5_10 {
            leave_callback_out(&mut input);
        }
        poison_missing_kfuncs(profile, &mut input);
        Some(input)
    }
}

/// For kernels without declaration tags a loader does not know the exception callback: it is there only if something calls it.
fn leave_callback_out(input: &mut GateInput) {
    let ExceptionCallback::At(start) = input.exception_callback else { return };
    let function = input.functions.iter().find(|function| function.start == start);
    let Some(end) = function.map(|function| function.start + function.len) else { return };
    let refers = |(at, insn): (usize, &Insn)| {
        let called =
            is_call(insn) && insn.src == PSEUDO_CALL || insn.is_load_imm64() && insn.src == PSEUDO_FUNC;
        called && at as i64 + 1 + i64::from(insn.imm) == start as i64
    };
    if end == input.insns.len() && !input.insns.iter().enumerate().any(refers) {
        input.insns.truncate(start);
        input.functions.retain(|function| function.start != start);
        input.exception_callback = ExceptionCallback::Default;
    }
}

/// What a loader does to calls of weak kfuncs that the kernel lacks (libbpf.c:poison_kfunc_call): a helper call with an
/// id that no kernel knows, so that the verifier refuses it unless it is dead code.
fn poison_missing_kfuncs(profile: &Profile, input: &mut GateInput) {
    for insn in input.insns.iter_mut().filter(|insn| is_call(insn) && insn.src == PSEUDO_KFUNC) {
        let named = usize::try_from(insn.imm).ok().and_then(|index| input.kfuncs.get(index));
        if let Some(kfunc) = named.filter(|kfunc| kfunc.found(profile).is_none()) {
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

fn gate_map(types: Option<&ObjectTypes<'_>>, map: &MapSpec) -> GateMap {
    let made = types.map(|types| types.of_map(map)).unwrap_or_default();
    let has = |kind: SpecialKind| made.fields.iter().any(|field| field.kind == kind);
    GateMap {
        name: map.name.clone(),
        map_type: map.map_type,
        map_flags: map.map_flags,
        value_size: map.value_size,
        max_entries: map.max_entries,
        inner: map.inner.as_ref().map(|inner| (inner.map_type, inner.map_flags)),
        fields: MapFields {
            spin_lock: has(SpecialKind::SpinLock),
            res_spin_lock: has(SpecialKind::ResSpinLock),
            timer: has(SpecialKind::Timer),
            wq: has(SpecialKind::Wq),
            list_or_tree: has(SpecialKind::ListHead) || has(SpecialKind::RbRoot),
        },
        refused: None,
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

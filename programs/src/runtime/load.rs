//! Loading: from an object to maps and programs that can run.
//!
//! The way of a program: CO-RE relocation against the kernel's types, the load gate, then linking (map addresses, kfunc numbers, context
//! accesses) and predecoding. Neighbours: `object`, `core_reloc`, `gate`, `interp`; `link` does the rewriting.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

use sim::errno::Errno;

use super::error::LoadError;
use super::event::ProgEvent;
use super::fields::{ObjectType, types_of};
use super::maps::{MapHandle, contents, create_map};
use super::program::{Body, LoadedProgram, Source};
use super::{Bpf, KernelTypes, elements, link};
use crate::core_reloc::{self, Relocated};
use crate::gate::{
    self, GateFunction, GateInput, GateKfunc, GateMap, KernelNames, MapFields, Rejection, Stage, Verdict,
};
use crate::isa::Insn;
use crate::native::{AtomicProgram, SleepableProgram};
use crate::object::{MapSpec, Object, ProgramSpec, SpecialKind};
use crate::profile::{ProgramKind, Section};

/// What became of an object.
#[derive(Debug)]
pub struct LoadedObject {
    pub maps: Rc<[MapHandle]>,
    /// Every program that was asked for, in the order of the object.
    pub programs: Vec<LoadOutcome>,
}

/// What became of a program.
#[derive(Debug)]
pub struct LoadOutcome {
    pub name: String,
    pub result: Result<Rc<LoadedProgram>, LoadError>,
}

impl LoadedObject {
    /// The program of this name, if it was loaded.
    pub fn program(&self, name: &str) -> Option<&Rc<LoadedProgram>> {
        self.programs.iter().find(|p| p.name == name)?.result.as_ref().ok()
    }
}

/// Whether the kernel's verifier takes a licence as compatible with the GPL (`include/linux/license.h`).
pub fn license_is_gpl(license: &str) -> bool {
    const COMPATIBLE: [&str; 6] =
        ["GPL", "GPL v2", "GPL and additional rights", "Dual BSD/GPL", "Dual MIT/GPL", "Dual MPL/GPL"];
    COMPATIBLE.contains(&license)
}

/// What the load gate looks at. `insns` are the program's after CO-RE.
///
/// # Errors
/// libbpf's refusal when no loader knows the section name.
pub fn gate_input(object: &Object, spec: &ProgramSpec, insns: Vec<Insn>) -> Result<GateInput, LoadError> {
    Ok(GateInput {
        name: spec.name.clone(),
        kind: kind_of(&spec.name, &spec.section)?,
        gpl: license_is_gpl(&object.license),
        xdp_frags: spec.section.trim_start_matches('?').starts_with("xdp.frags"),
        insns,
        functions: spec.subprogs.iter().map(gate_function).collect(),
        maps: object.maps.iter().map(gate_map).collect(),
        kfuncs: spec
            .kfuncs
            .iter()
            .enumerate()
            .map(|(extern_index, k)| GateKfunc { name: k.name.clone(), weak: k.weak, extern_index })
            .collect(),
        exception_callback: spec.exception_callback,
        has_func_info: object.btf.is_some(),
    })
}

fn gate_function(sub: &crate::object::Subprog) -> GateFunction {
    GateFunction { name: sub.name.clone(), start: sub.start, len: sub.len, global: sub.global }
}

fn gate_map(spec: &MapSpec) -> GateMap {
    let has = |kinds: &[SpecialKind]| spec.special.iter().any(|f| kinds.contains(&f.kind));
    GateMap {
        name: spec.name.clone(),
        map_type: spec.map_type,
        map_flags: spec.map_flags,
        value_size: spec.value_size,
        max_entries: spec.max_entries,
        inner: spec.inner.as_ref().map(|inner| (inner.map_type, inner.map_flags)),
        fields: MapFields {
            spin_lock: has(&[SpecialKind::SpinLock]),
            res_spin_lock: has(&[SpecialKind::ResSpinLock]),
            timer: has(&[SpecialKind::Timer]),
            wq: has(&[SpecialKind::Wq]),
            list_or_tree: has(&[SpecialKind::ListHead, SpecialKind::RbRoot]),
        },
    }
}

fn kind_of(name: &str, section: &str) -> Result<ProgramKind, LoadError> {
    let found = Section::resolve(section).map(|section| section.kind());
    found.ok_or_else(|| {
        let text = format!("missing BPF prog type, check ELF section name '{section}'");
        LoadError::refused("program", name, Stage::Loader, Errno::EINVAL, text)
    })
}

/// The structures of the object, if the program makes any.
fn local_types(object: &Object, spec: &ProgramSpec) -> BTreeMap<u32, Rc<ObjectType>> {
    let makes = spec.kfuncs.iter().any(|kfunc| kfunc.name.starts_with("bpf_obj_new"));
    object.btf.as_ref().filter(|_| makes).map(types_of).unwrap_or_default()
}

impl Bpf {
    /// Creates and fills the maps of an object.
    ///
    /// # Errors
    /// The first map that cannot be created: then nothing of the object loads.
    pub fn create_maps(&self, object: &Object) -> Result<Rc<[MapHandle]>, LoadError> {
        let m = self.machine();
        let mut made = Vec::new();
        for spec in &object.maps {
            let contents = contents(self.profile(), object, spec)?;
            let map = create_map(m, &self.0.map_rules, spec, contents.as_deref())?;
            self.adopt_fields(&*map);
            made.push(self.maps().add(m, map));
        }
        link::fill_map_slots(self, object, &made)?;
        Ok(made.into())
    }

    /// Creates the maps of an object and loads its programs; those whose section begins with `?` only when `only` names them.
    ///
    /// # Errors
    /// A map that cannot be created. Programs that are refused are in the result.
    pub fn load_object(&self, object: &Object, only: Option<&[&str]>) -> Result<LoadedObject, LoadError> {
        let maps = self.create_maps(object)?;
        let wanted = |spec: &&ProgramSpec| match only {
            Some(names) => names.contains(&spec.name.as_str()),
            None => !spec.section.starts_with('?'),
        };
        let load = |spec: &ProgramSpec| LoadOutcome {
            name: spec.name.clone(),
            result: self.load_program(object, spec, &maps),
        };
        let programs: Vec<LoadOutcome> = object.programs.iter().filter(wanted).map(load).collect();
        let loaded = LoadedObject { maps, programs };
        link::fill_slots(self, object, &loaded)?;
        Ok(loaded)
    }

    /// Loads one program of an object whose maps exist.
    ///
    /// # Errors
    /// [`LoadError`]: refused by loader or kernel, or not modelled.
    pub fn load_program(
        &self,
        object: &Object,
        spec: &ProgramSpec,
        maps: &Rc<[MapHandle]>,
    ) -> Result<Rc<LoadedProgram>, LoadError> {
        let relocated = self.relocate(object, spec)?;
        let input = gate_input(object, spec, relocated.insns)?;
        self.pass_gate(spec, &input)?;
        let traits = elements::traits_of(&input.kind, &spec.section);
        if let Some(map) = elements::unfit_map(&input.insns, maps, &traits) {
            let text = format!("program array `{}` belongs to programs of another kind", map.name);
            return Err(LoadError::refused("program", &spec.name, Stage::Syscall, Errno::EINVAL, text));
        }
        let code = link::link(self, spec, &input, maps)?;
        self.stacks().keep_for(&input.insns);
        elements::hold_used_maps(&input.insns, maps, input.kind.sleepable);
        let source = Source {
            subprogs: spec.subprogs.clone(),
            lines: spec.lines.clone(),
            kfuncs: spec.kfuncs.iter().map(|k| k.name.clone()).collect(),
            insns: input.insns,
            objects: local_types(object, spec),
        };
        let gpl = input.gpl;
        Ok(self.add_program(
            &spec.name,
            &spec.section,
            input.kind,
            Body::Bytecode(code),
            maps.clone(),
            gpl,
            source,
        ))
    }

    /// Loads a sleepable program written in Rust. `section` says what it attaches to, e.g. `lsm.s/file_open`.
    ///
    /// # Errors
    /// An unknown section, or one that asks for no sleepable program.
    pub fn load_native_sleepable(
        &self,
        name: &str,
        section: &str,
        body: Rc<dyn SleepableProgram>,
    ) -> Result<Rc<LoadedProgram>, LoadError> {
        self.load_native(name, section, Body::NativeSleepable(body), true)
    }

    /// Loads an atomic program written in Rust.
    ///
    /// # Errors
    /// An unknown section, or one that asks for a sleepable program.
    pub fn load_native_atomic(
        &self,
        name: &str,
        section: &str,
        body: Rc<dyn AtomicProgram>,
    ) -> Result<Rc<LoadedProgram>, LoadError> {
        self.load_native(name, section, Body::NativeAtomic(body), false)
    }

    fn load_native(
        &self,
        name: &str,
        section: &str,
        body: Body,
        sleepable: bool,
    ) -> Result<Rc<LoadedProgram>, LoadError> {
        let kind = kind_of(name, section)?;
        if kind.sleepable != sleepable {
            let (has, wants) = if sleepable { ("sleepable", "atomic") } else { ("atomic", "sleepable") };
            let text = format!("section `{section}` is for {wants} programs, this one is {has}");
            return Err(LoadError::refused("program", name, Stage::Loader, Errno::EINVAL, text));
        }
        // The gate decides by type, flag and target; a body without instructions of its own always returns 0.
        let exit = [
            Insn { code: 0xb7, dst: 0, src: 0, off: 0, imm: 0 },
            Insn { code: 0x95, dst: 0, src: 0, off: 0, imm: 0 },
        ];
        let functions = vec![GateFunction { name: name.to_string(), start: 0, len: 2, global: true }];
        let input = GateInput {
            name: name.to_string(),
            kind,
            gpl: true,
            xdp_frags: false,
            insns: exit.to_vec(),
            functions,
            maps: Vec::new(),
            kfuncs: Vec::new(),
            exception_callback: Default::default(),
            has_func_info: true,
        };
        self.judge(&input)?;
        Ok(self.add_program(name, section, input.kind, body, Rc::new([]), true, Source::default()))
    }

    fn relocate(&self, object: &Object, spec: &ProgramSpec) -> Result<Relocated, LoadError> {
        let Some(local) = &object.btf else {
            return Ok(Relocated { insns: spec.insns.clone(), poisoned: Vec::new(), unseen: Vec::new() });
        };
        core_reloc::relocate(spec, local, self.kernel_types()).map_err(|error| {
            let refused =
                LoadError::refused("program", &spec.name, Stage::Loader, Errno::EINVAL, error.to_string());
            LoadError {
                insn: Some(error.insn),
                line: spec.line_of(error.insn).cloned().map(Box::new),
                ..refused
            }
        })
    }

    fn pass_gate(&self, spec: &ProgramSpec, input: &GateInput) -> Result<(), LoadError> {
        self.judge(input).map_err(|error| {
            let line = error.insn.and_then(|at| spec.line_of(at)).cloned().map(Box::new);
            LoadError { line, ..error }
        })
    }

    fn judge(&self, input: &GateInput) -> Result<(), LoadError> {
        let whole = matches!(self.0.config.kernel_types, KernelTypes::Whole(_));
        let names = whole.then_some(self as &dyn KernelNames);
        match gate::check(self.profile(), input, names) {
            Verdict::Accept { .. } => Ok(()),
            Verdict::Reject(Rejection { errno, message, insn, stage }) => {
                let refused = LoadError::refused("program", &input.name, stage, errno, message);
                Err(LoadError { insn, ..refused })
            }
            Verdict::Unknown { what } => Err(LoadError::not_modelled("program", &input.name, what)),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of a program, named once")]
    fn add_program(
        &self,
        name: &str,
        section: &str,
        kind: ProgramKind,
        body: Body,
        maps: Rc<[MapHandle]>,
        gpl: bool,
        source: Source,
    ) -> Rc<LoadedProgram> {
        let m = self.machine();
        let mut programs = self.0.programs.borrow_mut();
        let prog = Rc::new(LoadedProgram {
            id: programs.len() as u32 + 1,
            name: name.into(),
            section: section.into(),
            kind,
            body,
            maps,
            gpl,
            source,
            active: vec![Cell::new(0); m.nr_cpus()],
            recursion_misses: Cell::new(0),
            run_cnt: Cell::new(0),
            run_time_ns: Cell::new(0),
        });
        programs.push(prog.clone());
        m.emit_with(|| ProgEvent::Load {
            id: prog.id,
            name: prog.name.clone(),
            section: prog.section.clone(),
            sleepable: prog.sleepable(),
            insns: prog.source.insns.len() as u64,
        });
        prog
    }
}

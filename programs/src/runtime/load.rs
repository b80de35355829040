//! Loading: from an object to maps and programs that can run.
//!
//! The way of a program: the verifier (or the load gate alone, `BpfConfig::verify`), CO-RE relocation against the kernel's types, then
//! linking (map addresses, kfunc numbers, context accesses) and predecoding. Neighbours: `object`, `core_reloc`, `gate`, `verifier`,
//! `interp`; `link` does the rewriting.

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
use crate::gate::{self, GateFunction, GateInput, KernelNames, Rejection, Stage, Verdict};
use crate::isa::Insn;
use crate::native::{AtomicProgram, SleepableProgram};
use crate::object::{Object, ProgramSpec};
use crate::profile::{ProgramKind, Section};
use crate::verifier;

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
        let input = self.passed(object, spec)?;
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

    /// The program as it goes in, once the kernel takes it.
    fn passed(&self, object: &Object, spec: &ProgramSpec) -> Result<GateInput, LoadError> {
        let with_line = |error: LoadError| {
            let line = error.insn.and_then(|at| spec.line_of(at)).cloned().map(Box::new);
            LoadError { line, ..error }
        };
        if self.0.config.verify {
            let verdict = match &self.0.config.kernel_types {
                KernelTypes::BuiltIn(_) => verifier::verify(self.profile(), object, spec),
                KernelTypes::Whole(btf) => verifier::verify_with(self.profile(), object, spec, btf, None),
            };
            answer(&spec.name, verdict.verdict).map_err(with_line)?;
        }
        let relocated = ProgramSpec { insns: self.relocate(object, spec)?.insns, ..spec.clone() };
        kind_of(&spec.name, &spec.section)?;
        let input = GateInput::from_object(self.profile(), object, &relocated);
        let input = input.unwrap_or_else(|| unreachable!("its section has a kind"));
        self.judge(&input).map_err(with_line)?;
        Ok(input)
    }

    fn judge(&self, input: &GateInput) -> Result<(), LoadError> {
        let whole = matches!(self.0.config.kernel_types, KernelTypes::Whole(_));
        let names = whole.then_some(self as &dyn KernelNames);
        answer(&input.name, gate::check(self.profile(), input, names))
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

fn answer(program: &str, verdict: Verdict) -> Result<(), LoadError> {
    match verdict {
        Verdict::Accept { .. } => Ok(()),
        Verdict::Reject(Rejection { errno, message, insn, stage }) => {
            Err(LoadError { insn, ..LoadError::refused("program", program, stage, errno, message) })
        }
        Verdict::Unknown { what } => Err(LoadError::not_modelled("program", program, what)),
    }
}

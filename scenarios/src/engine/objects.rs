//! Objects of the scenario and the programs chosen from them: read, loaded, with the kernel's verdict on each.
//!
//! Key types: [`ObjectEntry`], [`Wanted`] (a program to load). Inline programs come as objects of their own (`inline`).

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

use hooks::{Kernel, Target};
use programs::object::{self, Object, ProgramSpec, SlotTarget};
use programs::profile::{ProgramKind, Section};
use programs::runtime::{LoadError, LoadErrorKind, LoadedProgram, MapHandle};
use sim::errno::Errno;
use sim::finding;
use sim::ids::Pid;

use super::problem::Problems;
use super::world::Entry;
use crate::diag::Diagnostic;
use crate::diag::catalogue::input::{ATTACH, NO_PROGRAM, OBJECT};
use crate::diag::suggest;
use crate::file::layout::Layout;
use crate::file::{Names, Program, Scenario, Sp};
use crate::result::{LoadResult, SourceLine};
use crate::run::Job;

/// An object file, or the inline programs of the scenario.
pub(super) struct ObjectEntry {
    /// The name the scenario uses; empty for inline programs.
    pub name: String,
    /// Its last component, which results use.
    pub file: String,
    pub object: Object,
    pub maps: Result<Rc<[MapHandle]>, LoadError>,
    /// For an inline program: its index in the scenario.
    pub inline: Option<usize>,
}

impl ObjectEntry {
    pub(super) fn new(name: &str, object: Object) -> ObjectEntry {
        let file =
            Path::new(name).file_name().map_or(String::new(), |file| file.to_string_lossy().into_owned());
        ObjectEntry { name: name.to_owned(), file, object, maps: Ok(Rc::new([])), inline: None }
    }
}

/// Reads all objects that programs name, each once.
pub(super) fn read(job: &Job<'_>, problems: &mut Problems) -> Vec<ObjectEntry> {
    let mut entries: Vec<ObjectEntry> = Vec::new();
    for name in job.scenario.programs.iter().filter_map(|program| program.object.as_ref()) {
        if entries.iter().any(|entry| entry.name == name.value) {
            continue;
        }
        let Some(bytes) = job.inputs.get(&name.value) else { continue };
        match object::load_object(bytes, &stem(&name.value)) {
            Ok(object) => entries.push(ObjectEntry::new(&name.value, object)),
            Err(error) => {
                let message = format!("`{}` cannot be loaded: {error}", name.value);
                problems.add(Diagnostic::error(OBJECT, message).label(&name.span, "this object"));
            }
        }
    }
    entries
}

/// `objects/demo.bpf.o` is called `demo`, as bpftool calls it.
fn stem(name: &str) -> String {
    let file = Path::new(name).file_name().map_or(name.into(), |file| file.to_string_lossy());
    file.trim_end_matches(".o").trim_end_matches(".bpf").to_owned()
}

/// Creates the maps of all objects; inline programs share one set.
pub(super) fn create_maps(kernel: &Kernel, objects: &mut [ObjectEntry]) {
    let mut shared = None;
    for entry in objects {
        entry.maps = match (entry.inline, &shared) {
            (Some(_), Some(maps)) => Result::clone(maps),
            _ => kernel.bpf().create_maps(&entry.object),
        };
        if entry.inline.is_some() || entry.name.is_empty() {
            shared = Some(entry.maps.clone());
        }
    }
}

/// A program of the scenario and where it comes from.
struct Wanted<'a> {
    name: String,
    index: usize,
    program: &'a Sp<Program>,
    object: &'a ObjectEntry,
    spec: &'a ProgramSpec,
}

/// Loads every program of the scenario.
pub(super) fn load(
    kernel: &Kernel,
    scenario: &Scenario,
    objects: &[ObjectEntry],
    layout: &Layout,
    problems: &mut Problems,
) -> Vec<Entry> {
    let programs = scenario.programs.iter().enumerate();
    let wanted: Vec<Wanted<'_>> =
        programs.flat_map(|(index, program)| choose(index, program, objects, problems)).collect();
    let entries: Vec<Entry> =
        wanted.iter().map(|wanted| load_one(kernel, wanted, layout, problems)).collect();
    fill_program_arrays(kernel, objects, &wanted, &entries);
    entries
}

/// The programs that one `[[program]]` chooses.
fn choose<'a>(
    index: usize,
    program: &'a Sp<Program>,
    objects: &'a [ObjectEntry],
    problems: &mut Problems,
) -> Vec<Wanted<'a>> {
    let found = match &program.object {
        Some(name) => objects.iter().find(|entry| entry.inline.is_none() && entry.name == name.value),
        None => objects.iter().find(|entry| entry.inline == Some(index)),
    };
    // What is not there was reported when it was read.
    let Some(object) = found else { return Vec::new() };
    let chosen = program.function.as_ref().or(program.name.as_ref().filter(|_| program.section.is_none()));
    let specs: Vec<&ProgramSpec> = match (chosen, &program.section) {
        (Some(function), _) => {
            object.object.programs.iter().filter(|spec| spec.name == function.value).collect()
        }
        (None, Some(section)) => {
            object.object.programs.iter().filter(|spec| spec.section == section.value).collect()
        }
        (None, None) => object.object.programs.iter().filter(|spec| !spec.section.starts_with('?')).collect(),
    };
    if specs.is_empty() {
        problems.add(no_program(program, object));
    }
    let one = specs.len() == 1;
    let name = |spec: &ProgramSpec| match program.label() {
        Some(label) if one => label.value.clone(),
        _ => spec.name.clone(),
    };
    specs.into_iter().map(|spec| Wanted { name: name(spec), index, program, object, spec }).collect()
}

fn no_program(program: &Sp<Program>, object: &ObjectEntry) -> Diagnostic {
    let known = object.object.programs.iter();
    let Some(name) = program.function.as_ref().or(program.section.as_ref()).or(program.name.as_ref()) else {
        let message = format!("`{}` has no program", object.name);
        return Diagnostic::error(NO_PROGRAM, message).label(&program.span, "of this object");
    };
    let message = format!("`{}` has no program `{}`", object.name, name.value);
    let hint = match program.section.is_some() {
        true => suggest::hint(name, known.map(|spec| spec.section.as_str())),
        false => suggest::hint(name, known.map(|spec| spec.name.as_str())),
    };
    Diagnostic::error(NO_PROGRAM, message).label(&name.span, "not in the object").maybe_help(hint)
}

fn load_one(kernel: &Kernel, wanted: &Wanted<'_>, layout: &Layout, problems: &mut Problems) -> Entry {
    let program = wanted.program;
    let mut entry = Entry {
        name: wanted.name.clone(),
        index: Some(wanted.index),
        load: RefCell::new(LoadResult::Accepted),
        loaded: Vec::new(),
        attach_at_start: program.attached,
        silent: Vec::new(),
        only: None,
        links: RefCell::default(),
    };
    entry.only = program
        .task
        .as_ref()
        .and_then(|task| problems.checked(layout.names(None).pid(&task.value), &task.span).map(Pid));
    let sections: Vec<String> = match program.attach.as_slice() {
        [] => vec![wanted.spec.section.clone()],
        given => given.iter().map(|section| section.value.clone()).collect(),
    };
    for (at, section) in sections.iter().enumerate() {
        let Some(known) = Section::resolve(section) else {
            let span = program.attach.as_slice().get(at).map_or(&program.span, |section| &section.span);
            problems.at(
                ATTACH,
                span,
                format!("no loader knows the section name `{section}`"),
                "not a section name",
            );
            continue;
        };
        let target = target(program, &known.kind(), section).unwrap_or_else(|silent| {
            entry.silent.push(silent);
            None
        });
        // The kernel fixes a BTF target at load, other targets when it attaches.
        if let Some((_, targets)) = entry.loaded.iter_mut().find(|(loaded, _)| same_load(loaded, &known)) {
            targets.extend(target);
            continue;
        }
        let spec = ProgramSpec { name: wanted.name.clone(), section: section.clone(), ..wanted.spec.clone() };
        let maps = match &wanted.object.maps {
            Ok(maps) => maps,
            Err(error) => return rejected(kernel, entry, error),
        };
        match kernel.bpf().load_program(&wanted.object.object, &spec, maps) {
            Ok(loaded) => entry.loaded.push((loaded, target.into_iter().collect())),
            Err(error) => return rejected(kernel, entry, &error),
        }
    }
    entry
}

fn same_load(loaded: &LoadedProgram, section: &Section) -> bool {
    let kind = section.kind();
    let same = (loaded.kind.prog_type, loaded.kind.attach_type, loaded.kind.sleepable)
        == (kind.prog_type, kind.attach_type, kind.sleepable);
    same && !section.def.needs_btf_target
}

/// Where a section attaches; `None` when it names no target: libbpf loads such a program and does not attach it. The error names an
/// attach point that is not modelled. A socket filter's device may be `port:N`.
fn target(program: &Program, kind: &ProgramKind, section: &str) -> Result<Option<Target>, String> {
    let device = program.device.as_ref().map(|device| device.value.clone());
    let target = match hooks::attach::target_of(kind, section) {
        Ok(target) => target,
        Err(error) if error.errno == Errno::ENOTSUPP => return Err(format!("{section} (not modelled)")),
        Err(_) => return Ok(None),
    };
    Ok(Some(match (target, device) {
        (Target::Xdp(_), Some(device)) => Target::Xdp(device),
        (Target::TcIngress(_), Some(device)) => Target::TcIngress(device),
        (Target::TcEgress(_), Some(device)) => Target::TcEgress(device),
        (Target::SocketFilter(_), Some(device)) => {
            Target::SocketFilter(device.strip_prefix("port:").and_then(|port| port.parse().ok()))
        }
        (target, _) => target,
    }))
}

fn rejected(kernel: &Kernel, entry: Entry, error: &LoadError) -> Entry {
    *entry.load.borrow_mut() = load_result(kernel, error);
    Entry { loaded: Vec::new(), ..entry }
}

/// The verdict in the form of results. What the simulator cannot run is a finding, too: nobody knows what a kernel would say.
pub(super) fn load_result(kernel: &Kernel, error: &LoadError) -> LoadResult {
    let (errno, message) = match &error.kind {
        // A map is not what the result is about: its name belongs to the reason.
        LoadErrorKind::Refused { errno, message, .. } if error.what == "map" => {
            (errno.ret(), format!("map '{}': {message}", error.name))
        }
        LoadErrorKind::Refused { errno, message, .. } => (errno.ret(), message.clone()),
        LoadErrorKind::NotModelled(what) => {
            kernel.machine().finding(finding::NOT_MODELLED, error.to_string(), Vec::new());
            return LoadResult::Unknown(what.clone());
        }
    };
    let line = error.line.as_ref();
    let source =
        line.map(|line| SourceLine { file: line.file.to_string(), line: line.line, column: line.col });
    LoadResult::Rejected { errno, message, source }
}

/// Puts programs into the program arrays that their object declares. What a slot names is loaded for it, as libbpf loads whole objects.
fn fill_program_arrays(kernel: &Kernel, objects: &[ObjectEntry], wanted: &[Wanted<'_>], entries: &[Entry]) {
    for object in objects {
        let Ok(maps) = &object.maps else { continue };
        for (spec, handle) in object.object.maps.iter().zip(maps.iter()) {
            for slot in &spec.slots {
                let SlotTarget::Program(name) = &slot.target else { continue };
                let chosen = wanted.iter().position(|w| w.object.name == object.name && w.spec.name == *name);
                let program = match chosen.and_then(|at| entries[at].loaded.first()) {
                    Some((loaded, _)) => Some(loaded.clone()),
                    None => object
                        .object
                        .program(name)
                        .and_then(|spec| kernel.bpf().load_program(&object.object, spec, maps).ok()),
                };
                if let Some(program) = program {
                    // A program of the wrong type stays out, as bpf(2) would refuse it.
                    let _ = kernel.bpf().set_program(&*handle.map, slot.index, Some(&program));
                }
            }
        }
    }
}

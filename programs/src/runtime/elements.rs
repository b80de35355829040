//! Elements that are objects (maps, programs, perf events), and the references that loaded programs hold on maps.
//!
//! Sources: `kernel/bpf/syscall.c:bpf_map_update_value`, `kernel/bpf/verifier.c:__add_used_map`, `core.c:bpf_check_tail_call`. Neighbours:
//! `load` and `link` call this; `hooks` stores by descriptor.

use std::any::Any;
use std::rc::Rc;

use maps::consts::BPF_MAP_TYPE_PERF_EVENT_ARRAY;
use maps::map::Map;
use maps::object::{Object, One, PerfEvent, ProgramObject, ProgramTraits};
use maps::refcount;
use sim::errno::Errno;
use sim::machine::Machine;

use super::Bpf;
use super::maps::MapHandle;
use super::program::{Body, LoadedProgram};
use crate::interp::Program;
use crate::isa::Insn;
use crate::profile::{ProgType, ProgramKind};

/// `BPF_PSEUDO_MAP_FD`, `BPF_PSEUDO_MAP_VALUE`.
const PSEUDO_MAP: [u8; 2] = [1, 2];

/// What decides whether programs fit the same map of programs.
pub(super) fn traits_of(kind: &ProgramKind, section: &str) -> ProgramTraits {
    let by_function = [ProgType::TRACING, ProgType::LSM, ProgType::EXT, ProgType::STRUCT_OPS];
    ProgramTraits {
        prog_type: kind.prog_type.0,
        attach_type: kind.attach_type.name().unwrap_or_default().to_string(),
        attach_function: kind.target.clone().filter(|_| by_function.contains(&kind.prog_type)),
        xdp_frags: section.trim_start_matches('?').starts_with("xdp.frags"),
        sleepable: kind.sleepable,
        extension: kind.prog_type == ProgType::EXT,
    }
}

impl ProgramObject for LoadedProgram {
    fn id(&self) -> u32 {
        self.id
    }

    fn traits(&self) -> ProgramTraits {
        traits_of(&self.kind, &self.section)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Bpf {
    /// Stores an object in an element whose value is a descriptor, as `BPF_MAP_UPDATE_ELEM` with the object's descriptor would.
    ///
    /// # Errors
    /// What the map type says.
    pub fn set_element(&self, map: &dyn Map, key: &[u8], object: Object, flags: u64) -> Result<(), Errno> {
        let value = vec![0; map.spec().value_size as usize];
        map.update_user_with(self.machine(), key, &value, flags, &One(object))
    }

    /// Puts a program into a program array, or takes one out (`BPF_MAP_UPDATE_ELEM`, `BPF_MAP_DELETE_ELEM`).
    ///
    /// # Errors
    /// -EINVAL: not a program array, or a program that does not fit those in it (`bpf_prog_map_compatible`); -E2BIG: index too large;
    /// -ENOENT: nothing to take out.
    pub fn set_program(
        &self,
        map: &dyn Map,
        index: u32,
        program: Option<&Rc<LoadedProgram>>,
    ) -> Result<(), Errno> {
        map.as_prog_array().ok_or(Errno::EINVAL)?;
        match program {
            Some(program) => self.set_element(map, &index.to_le_bytes(), Object::Program(program.clone()), 0),
            None => map.delete_user(self.machine(), &index.to_le_bytes()),
        }
    }

    /// The code that a tail call through this map and index goes to. `None`: not a program array. `Some(None)`: nothing there.
    pub(crate) fn tail_call_target(&self, map: &dyn Map, index: u32) -> Option<Option<Rc<Program>>> {
        let target = map.as_prog_array()?.target(index);
        Some(target.and_then(|program| match &program.as_any().downcast_ref::<LoadedProgram>()?.body {
            Body::Bytecode(code) => Some(code.clone()),
            Body::NativeSleepable(_) | Body::NativeAtomic(_) => None,
        }))
    }

    /// Closes the loader's descriptor of a map. What programs and outer maps hold of it stays.
    pub fn close_map(&self, map: &MapHandle) {
        refcount::put_user(self.machine(), &map.map);
    }
}

/// The maps that a program's instructions name, each once.
fn used_maps<'a>(insns: &[Insn], maps: &'a [MapHandle]) -> impl Iterator<Item = &'a MapHandle> {
    let named = insns.iter().filter(|insn| insn.is_load_imm64() && PSEUDO_MAP.contains(&insn.src));
    let mut used: Vec<usize> = named.filter_map(|insn| usize::try_from(insn.imm).ok()).collect();
    used.sort_unstable();
    used.dedup();
    used.into_iter().filter_map(|index| maps.get(index))
}

/// `bpf_check_tail_call`: the first map of programs that the program does not fit.
pub(super) fn unfit_map<'a>(
    insns: &[Insn],
    maps: &'a [MapHandle],
    traits: &ProgramTraits,
) -> Option<&'a MapHandle> {
    used_maps(insns, maps).find(|handle| !handle.map.admits_user(traits))
}

/// A program that was loaded holds the maps that its instructions name.
pub(super) fn hold_used_maps(insns: &[Insn], maps: &[MapHandle], sleepable: bool) {
    for handle in used_maps(insns, maps) {
        refcount::get(&*handle.map);
        if sleepable {
            handle.map.core().life.count_sleepable_user(true);
        }
    }
}

/// Opens a buffer for records on every CPU, as libbpf's `perf_buffer__new` does.
pub(super) fn open_perf_buffers(m: &Machine, map: &dyn Map) {
    if map.spec().map_type != BPF_MAP_TYPE_PERF_EVENT_ARRAY {
        return;
    }
    for cpu in 0..map.spec().max_entries.min(m.nr_cpus() as u32) {
        let event = Object::PerfEvent(Rc::new(PerfEvent { cpu, bpf_output: true }));
        map.update_user_with(m, &cpu.to_le_bytes(), &[0; 4], 0, &One(event))
            .expect("an empty slot of a new map");
    }
}

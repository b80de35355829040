//! Map types that hold things of this crate: `BPF_MAP_TYPE_PROG_ARRAY` and `BPF_MAP_TYPE_PERF_EVENT_ARRAY`.
//!
//! Sources: `kernel/bpf/arraymap.c:prog_array_map_ops`, `perf_event_array_map_ops`. Key type: [`SpecialMaps`]. User space fills a program
//! array by program, not by descriptor ([`Bpf::set_program`]); a perf event array has an open buffer on every CPU from the start, which is
//! what libbpf's `perf_buffer__new` makes of it. Neighbours: `maps` creates, `helpers::control` and `helpers::perf` use.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use maps::consts::{BPF_MAP_TYPE_PERF_EVENT_ARRAY, BPF_MAP_TYPE_PROG_ARRAY};
use maps::create::CreateError;
use maps::map::{Map, MapCore};
use maps::rules::MapRules;
use maps::spec::MapDef;
use sim::errno::Errno;
use sim::machine::Machine;

use super::Bpf;
use super::program::{Body, LoadedProgram};
use crate::interp::Program;

/// The special maps of a machine, by address.
#[derive(Default)]
pub(super) struct SpecialMaps {
    program_arrays: RefCell<BTreeMap<u64, Rc<HandleArray>>>,
}

/// An array whose elements are handles that programs cannot look at.
struct HandleArray {
    core: MapCore,
    programs: RefCell<Vec<Option<Rc<LoadedProgram>>>>,
}

/// Types made here.
pub(super) const TYPES: [&str; 2] = ["PROG_ARRAY", "PERF_EVENT_ARRAY"];

impl SpecialMaps {
    /// Makes the map if its type is one of ours.
    pub(super) fn create(
        &self,
        def: &MapDef,
        rules: &MapRules,
        m: &Machine,
    ) -> Option<Result<Rc<dyn Map>, CreateError>> {
        let mut def = def.clone();
        match def.map_type {
            BPF_MAP_TYPE_PROG_ARRAY => {}
            // libbpf: 0 entries means one per CPU (`bpf_object__create_maps`).
            BPF_MAP_TYPE_PERF_EVENT_ARRAY if def.max_entries == 0 => def.max_entries = m.nr_cpus() as u32,
            BPF_MAP_TYPE_PERF_EVENT_ARRAY => {}
            _ => return None,
        }
        Some(self.build(&def, rules, m))
    }

    fn build(&self, def: &MapDef, rules: &MapRules, m: &Machine) -> Result<Rc<dyn Map>, CreateError> {
        // `fd_array_map_alloc_check`: keys and values are 4 bytes, no flags.
        if def.key_size != 4 || def.value_size != 4 || def.max_entries == 0 || def.flags != 0 {
            return Err(Errno::EINVAL.into());
        }
        let core = MapCore::new(def, rules, m)?;
        let addr = core.addr;
        let programs = RefCell::new(vec![None; def.max_entries as usize]);
        let array = Rc::new(HandleArray { core, programs });
        if def.map_type == BPF_MAP_TYPE_PROG_ARRAY {
            self.program_arrays.borrow_mut().insert(addr, array.clone());
        }
        Ok(array)
    }
}

impl Bpf {
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
        let arrays = self.0.special_maps.program_arrays.borrow();
        let array = arrays.get(&map.core().addr).ok_or(Errno::EINVAL)?;
        let mut programs = array.programs.borrow_mut();
        if let Some(new) = program {
            let fits = |old: &Rc<LoadedProgram>| {
                (old.kind.prog_type, old.sleepable()) == (new.kind.prog_type, new.sleepable())
            };
            if !programs.iter().flatten().all(fits) {
                return Err(Errno::EINVAL);
            }
        }
        let slot = programs.get_mut(index as usize).ok_or(Errno::E2BIG)?;
        if program.is_none() && slot.is_none() {
            return Err(Errno::ENOENT);
        }
        *slot = program.cloned();
        Ok(())
    }

    /// The code that a tail call through this map and index goes to. `None`: not a program array. `Some(None)`: nothing there.
    pub(crate) fn tail_call_target(&self, map: &dyn Map, index: u32) -> Option<Option<Rc<Program>>> {
        let arrays = self.0.special_maps.program_arrays.borrow();
        let programs = arrays.get(&map.core().addr)?.programs.borrow();
        let program = programs.get(index as usize).and_then(Option::as_ref);
        Some(program.and_then(|program| match &program.body {
            Body::Bytecode(code) => Some(code.clone()),
            Body::NativeSleepable(_) | Body::NativeAtomic(_) => None,
        }))
    }
}

impl HandleArray {
    fn index(&self, key: &[u8]) -> usize {
        u32::from_le_bytes(key.try_into().expect("keys have 4 bytes")) as usize
    }
}

impl Map for HandleArray {
    fn core(&self) -> &MapCore {
        &self.core
    }

    /// Programs cannot look at handles.
    fn lookup(&self, _m: &Machine, _key: &[u8]) -> Option<u64> {
        None
    }

    /// Elements change by [`Bpf::set_program`].
    fn update(&self, _m: &Machine, _key: &[u8], _value: &[u8], _flags: u64) -> Result<(), Errno> {
        Err(Errno::EINVAL)
    }

    fn delete(&self, _m: &Machine, key: &[u8]) -> Result<(), Errno> {
        let mut programs = self.programs.borrow_mut();
        let slot = programs.get_mut(self.index(key)).ok_or(Errno::E2BIG)?;
        slot.take().map(|_| ()).ok_or(Errno::ENOENT)
    }

    fn next_key(&self, _m: &Machine, prev: Option<&[u8]>) -> Result<Vec<u8>, Errno> {
        let entries = self.core.def.max_entries;
        let next = match prev.map(|key| self.index(key) as u32) {
            Some(last) if last == entries - 1 => return Err(Errno::ENOENT),
            Some(index) if index < entries => index + 1,
            _ => 0,
        };
        Ok(next.to_le_bytes().to_vec())
    }

    /// The program's id (`prog_fd_array_sys_lookup_elem`).
    fn lookup_user(&self, _m: &Machine, key: &[u8], _flags: u64) -> Result<Vec<u8>, Errno> {
        let programs = self.programs.borrow();
        let program = programs.get(self.index(key)).and_then(Option::as_ref).ok_or(Errno::ENOENT)?;
        Ok(program.id.to_le_bytes().to_vec())
    }

    fn len(&self) -> u32 {
        self.programs.borrow().iter().flatten().count() as u32
    }

    fn destroy(&self, m: &Machine) {
        self.core.destroy(m);
    }
}

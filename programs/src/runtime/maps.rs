//! The maps of a machine: from the object's description to live maps, and from the pointer a program holds back to the map.
//!
//! Key types: [`MapHandle`], [`MapTable`]. A program's map pointer is the address of the simulated `struct bpf_map`; its first word, which
//! in a kernel holds the operations table, has the map's number here, so that finding the map of a pointer is two loads.
//! Neighbours: `load` creates maps, `helpers` look them up.

use std::cell::RefCell;
use std::rc::Rc;

use maps::consts::BPF_MAP_TYPE_PERF_EVENT_ARRAY;
use maps::create::{self, CreateError};
use maps::map::Map;
use maps::refcount;
use maps::rules::MapRules;
use maps::spec::MapDef;
use sim::arena::MemFault;
use sim::errno::Errno;
use sim::machine::Machine;

use super::elements;
use super::error::LoadError;
use crate::gate::{Stage, map_def};
use crate::object::{MapKind, MapSpec, Object};
use crate::profile::Profile;

/// A live map.
#[derive(Clone)]
pub struct MapHandle {
    /// `bpf_map.id`, from 1.
    pub id: u32,
    pub name: Rc<str>,
    pub map: Rc<dyn Map>,
}

impl MapHandle {
    /// The address programs hold.
    pub fn addr(&self) -> u64 {
        self.map.core().addr
    }

    fn has_id(&self) -> bool {
        self.map.core().life.refs() > 0
    }
}

impl std::fmt::Debug for MapHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MapHandle({} {})", self.id, self.name)
    }
}

/// All maps of a machine, by number.
#[derive(Default)]
pub struct MapTable(RefCell<Vec<MapHandle>>);

const LIVE: &str = "a map object is live memory";

impl MapTable {
    /// Takes a map in.
    pub(super) fn add(&self, m: &Machine, map: Rc<dyn Map>) -> MapHandle {
        let mut maps = self.0.borrow_mut();
        let id = maps.len() as u32 + 1;
        m.arena_mut().store(map.core().addr, 8, u64::from(id)).expect(LIVE);
        map.core().id.set(id);
        let handle = MapHandle { id, name: map.core().name.clone(), map };
        maps.push(handle.clone());
        handle
    }

    /// The map that a pointer points to; `None` when it is not a map pointer.
    ///
    /// # Errors
    /// The memory is gone: an inner map that was freed while the program held it.
    pub fn by_pointer(&self, m: &Machine, addr: u64) -> Result<Option<Rc<dyn Map>>, MemFault> {
        let id = m.arena().load_u64(addr)?;
        let maps = self.0.borrow();
        let number = id.checked_sub(1).and_then(|number| usize::try_from(number).ok());
        let handle = number.and_then(|number| maps.get(number)).filter(|handle| handle.addr() == addr);
        Ok(handle.map(|handle| handle.map.clone()))
    }

    /// The map with this number; ids of maps without references are gone (`bpf_map_free_id`).
    pub fn by_id(&self, id: u32) -> Option<MapHandle> {
        let maps = self.0.borrow();
        maps.get(id.checked_sub(1)? as usize).filter(|handle| handle.has_id()).cloned()
    }

    /// The first map with this name.
    pub fn by_name(&self, name: &str) -> Option<MapHandle> {
        self.0.borrow().iter().find(|handle| &*handle.name == name && handle.has_id()).cloned()
    }

    /// All maps that have an id, in the order of their creation.
    pub fn all(&self) -> Vec<MapHandle> {
        self.0.borrow().iter().filter(|handle| handle.has_id()).cloned().collect()
    }
}

/// Creates one map and fills it as libbpf does (`bpf_object__create_map`, `bpf_object__populate_internal_map`).
pub(super) fn create_map(
    m: &Machine,
    rules: &MapRules,
    spec: &MapSpec,
    contents: Option<&[u8]>,
) -> Result<Rc<dyn Map>, LoadError> {
    let mut def = map_def(spec);
    let template = match &spec.inner {
        Some(inner) => Some(create_map(m, rules, inner, None)?),
        None => None,
    };
    if let Some(template) = &template {
        def = def.with_inner(&**template);
    }
    // libbpf: 0 entries means one per CPU (`bpf_object__create_maps`).
    if def.map_type == BPF_MAP_TYPE_PERF_EVENT_ARRAY && def.max_entries == 0 {
        def.max_entries = m.nr_cpus() as u32;
    }
    let made = create::create(&def, rules, m);
    // libbpf closes the template once the outer map has its facts.
    if let Some(template) = &template {
        refcount::put_user(m, template);
    }
    let map = made.map_err(|error| match error {
        CreateError::Errno(Errno::ENOMEM) => refused(spec, Errno::ENOMEM, &out_of_memory(&def, rules, m)),
        CreateError::Errno(errno) => refused(spec, errno, "map creation failed"),
        CreateError::NotModelled(what) => LoadError::not_modelled("map", &spec.name, what),
    })?;
    elements::open_perf_buffers(m, &*map);
    if let Some(contents) = contents {
        let key = 0u32.to_le_bytes();
        map.update_user(m, &key, contents, 0).map_err(|e| refused(spec, e, "initial contents refused"))?;
    }
    if matches!(spec.kind, MapKind::Rodata | MapKind::Kconfig) {
        map.freeze(m).map_err(|e| refused(spec, e, "map cannot be frozen"))?;
    }
    Ok(map)
}

/// Why a map does not fit, in words: the kernel only says -ENOMEM.
fn out_of_memory(def: &MapDef, rules: &MapRules, m: &Machine) -> String {
    let needs = maps::check::memory_cost(def, rules, m.nr_cpus() as u64).max(def.max_entries.into());
    let (all, used) = (m.arena().size_bytes(), m.arena().live_bytes());
    format!(
        "map creation failed: it takes about {needs} bytes; the machine has {all} bytes of kernel memory, {used} of them in use"
    )
}

fn refused(spec: &MapSpec, errno: Errno, message: &str) -> LoadError {
    LoadError::refused("map", &spec.name, Stage::Syscall, errno, message)
}

/// First contents of a data map; `.kconfig` is computed for the kernel.
pub(super) fn contents(
    profile: &Profile,
    object: &Object,
    spec: &MapSpec,
) -> Result<Option<Vec<u8>>, LoadError> {
    if spec.kind != MapKind::Kconfig {
        return Ok(spec.initial.clone());
    }
    let value = object.kconfig_on(profile);
    let mut bytes = value
        .map_err(|e| LoadError::refused("map", &spec.name, Stage::Loader, Errno::EINVAL, e.to_string()))?;
    bytes.resize(spec.value_size as usize, 0);
    Ok(Some(bytes))
}

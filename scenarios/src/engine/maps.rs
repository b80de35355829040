//! Maps: those that the scenario declares, first contents of any, and their state at the end.

use std::rc::Rc;

use ::maps::consts;
use ::maps::map::Map;
use hooks::Kernel;
use programs::object::{MapKind, MapSpec};
use programs::runtime::MapHandle;
use sim::machine::Machine;

use super::map_step::MapShape;
use super::objects::ObjectEntry;
use super::problem::Problems;
use super::world::World;
use crate::diag::catalogue::input::{DANGLING, DUPLICATE, MAP};
use crate::file::check::{MAP_FLAGS, default_sizes};
use crate::file::layout::Layout;
use crate::file::{MapDecl, MapEntry, Scenario, Sp};
use crate::result::MapResult;

/// The maps that the scenario itself declares: those with a type.
pub(super) fn declared(scenario: &Scenario, problems: &mut Problems) -> Vec<MapSpec> {
    let of_type = scenario.maps.iter().filter_map(|map| Some((map, map.map_type.as_ref()?)));
    let mut specs = Vec::new();
    for (map, kind) in of_type {
        match consts::map_type_by_name(&kind.value) {
            Some(map_type) => specs.push(spec(map, map_type)),
            None => {
                problems.at(MAP, &kind.span, format!("no map type is called `{}`", kind.value), "unknown")
            }
        }
    }
    specs
}

fn spec(map: &MapDecl, map_type: u32) -> MapSpec {
    let (key_size, value_size) = default_sizes(map_type);
    let or = |given: &Option<Sp<u32>>, default: u32| given.as_ref().map_or(default, |size| size.value);
    let bit =
        |flag: &Sp<String>| MAP_FLAGS.iter().find(|(name, _)| *name == flag.value).map_or(0, |(_, bit)| *bit);
    MapSpec {
        map_type,
        key_size: or(&map.key_size, key_size),
        value_size: or(&map.value_size, value_size),
        max_entries: or(&map.max_entries, 1),
        map_flags: map.flags.as_slice().iter().map(bit).fold(0, |all, bit| all | bit),
        ..MapSpec::blank(&map.name.value)
    }
}

/// All maps by the names that steps use, after the first contents were stored.
pub(super) fn fill(
    kernel: &Kernel,
    scenario: &Scenario,
    layout: &Layout,
    objects: &[ObjectEntry],
    problems: &mut Problems,
) -> Vec<MapHandle> {
    let maps = kernel.bpf().maps().all();
    for object in objects.iter().filter(|object| object.name.is_empty() && object.inline.is_none()) {
        if let Err(error) = &object.maps {
            let place = scenario.maps.iter().find(|map| map.name.value == error.name);
            let span = place.map_or(0..0, |map| map.name.span.clone());
            problems.at(MAP, &span, error.to_string(), "cannot be created");
        }
    }
    for decl in scenario.maps.iter().filter(|decl| decl.map_type.is_some()) {
        let files = objects.iter().filter(|object| !object.name.is_empty() && object.inline.is_none());
        for object in files.filter(|o| o.object.maps.iter().any(|map| map.name == decl.name.value)) {
            let message = format!("`{}` has a map `{}` too", object.name, decl.name.value);
            problems.at(DUPLICATE, &decl.name.span, message, "steps could mean either");
        }
    }
    for decl in scenario.maps.iter().filter(|decl| !decl.entries.is_empty()) {
        let Some(handle) = declared_map(decl, &maps, objects) else {
            if objects.iter().all(|object| object.maps.is_ok()) {
                let message = format!("no object has a map `{}`", decl.name.value);
                problems.at(DANGLING, &decl.name.span, message, "not a map of this scenario");
            }
            continue;
        };
        for entry in &decl.entries {
            store(kernel.machine(), handle, entry, layout, problems);
        }
    }
    maps
}

/// The map that a `[[map]]` table speaks of.
fn declared_map<'a>(
    decl: &MapDecl,
    maps: &'a [MapHandle],
    objects: &'a [ObjectEntry],
) -> Option<&'a MapHandle> {
    match &decl.object {
        Some(object) => {
            let object = objects.iter().find(|o| o.name == object.value || o.file == object.value)?;
            object.maps.as_ref().ok()?.iter().find(|map| *map.name == *decl.name.value)
        }
        None => find(maps, &decl.name.value),
    }
}

/// The first map of a name.
pub(super) fn find<'a>(maps: &'a [MapHandle], name: &str) -> Option<&'a MapHandle> {
    maps.iter().find(|map| *map.name == *name)
}

/// What steps must know about a map.
pub(super) fn shape(maps: &[MapHandle], name: &str) -> Option<MapShape> {
    let map = &find(maps, name)?.map;
    Some(MapShape {
        key_size: map.spec().key_size as usize,
        value_size: map.spec().value_size as usize,
        cpus: map.spec().is_percpu().then_some(map.core().nr_cpus as usize),
        asks_by_value: map.spec().map_type == consts::BPF_MAP_TYPE_BLOOM_FILTER,
    })
}

fn store(m: &Machine, handle: &MapHandle, entry: &Sp<MapEntry>, layout: &Layout, problems: &mut Problems) {
    let (map, names) = (&handle.map, layout.names(None));
    let (key_size, value_size) = (map.spec().key_size as usize, map.spec().value_size as usize);
    let key = problems.checked(entry.key.encode(Some(key_size), &names), &entry.key.span);
    let value = problems.checked(entry.value.value.encode(Some(value_size), &names), &entry.value.value.span);
    let (Some(key), Some(value)) = (key, value) else { return };
    let bytes = match map.spec().is_percpu() {
        false => value,
        true => percpu_value(m, map, &key, &value, entry.cpu.as_ref().map(|cpu| cpu.value as usize)),
    };
    // The first contents are not written through a descriptor, which may be a read-only one.
    if let Err(errno) = map.core().past_descriptors(|| map.update_user(m, &key, &bytes, 0)) {
        let message = format!("the kernel refuses this element of `{}`: {errno}", handle.name);
        problems.at(MAP, &entry.span, message, "not stored");
    }
}

/// The values of all CPUs, with one of them (or all) replaced.
fn percpu_value(m: &Machine, map: &Rc<dyn Map>, key: &[u8], value: &[u8], cpu: Option<usize>) -> Vec<u8> {
    let stride = map.spec().value_stride() as usize;
    let nr_cpus = map.core().nr_cpus as usize;
    let stored = map.core().past_descriptors(|| map.lookup_user(m, key, 0));
    let mut all = stored.unwrap_or_else(|_| vec![0; stride * nr_cpus]);
    for at in (0..nr_cpus).filter(|at| cpu.is_none_or(|cpu| cpu == *at)) {
        all[at * stride..][..value.len()].copy_from_slice(value);
    }
    all
}

/// Every map as it is at the end.
pub(super) fn results(world: &World) -> Vec<MapResult> {
    let m = world.machine();
    world
        .maps
        .iter()
        .filter(|handle| !is_data(world, handle))
        .map(|handle| result(world, m, handle))
        .collect()
}

/// The object that a map belongs to, with the map's description.
fn owner<'a>(world: &'a World, handle: &MapHandle) -> Option<(&'a ObjectEntry, &'a MapSpec)> {
    world.objects.iter().find_map(|object| {
        let maps = object.maps.as_ref().ok()?;
        let at = maps.iter().position(|map| map.id == handle.id)?;
        Some((object, &object.object.maps[at]))
    })
}

/// Maps of global variables are reported variable by variable.
fn is_data(world: &World, handle: &MapHandle) -> bool {
    owner(world, handle).is_some_and(|(_, spec)| spec.kind != MapKind::Declared)
}

fn result(world: &World, m: &Machine, handle: &MapHandle) -> MapResult {
    let map = &handle.map;
    let object = owner(world, handle).map(|(object, _)| object.file.clone()).filter(|file| !file.is_empty());
    let perf = world.kernel.bpf();
    let perf = perf.outputs();
    let perf = perf.perf.iter().filter(|record| record.map == handle.name).map(|record| record.data.to_vec());
    let records = match map.as_ringbuf() {
        Some(ring) => std::iter::from_fn(|| ring.consume(m)).collect(),
        None => perf.collect(),
    };
    MapResult {
        name: handle.name.to_string(),
        object,
        key_size: map.spec().key_size as usize,
        value_size: map.spec().value_size as usize,
        entries: entries(m, map),
        records,
    }
}

/// One element: its key, and its value once or for each CPU.
type Element = (Vec<u8>, Vec<Vec<u8>>);

fn entries(m: &Machine, map: &Rc<dyn Map>) -> Vec<Element> {
    let mut entries: Vec<Element> = Vec::new();
    let mut key = map.next_key(m, None);
    while let Ok(found) = key {
        // The judge sees what no descriptor may read.
        if let Ok(value) = map.core().past_descriptors(|| map.lookup_user(m, &found, 0)) {
            let size = map.spec().value_size as usize;
            let values = match map.spec().is_percpu() {
                false => vec![value],
                true => {
                    value.chunks(map.spec().value_stride() as usize).map(|v| v[..size].to_vec()).collect()
                }
            };
            entries.push((found.clone(), values));
        }
        key = map.next_key(m, Some(&found));
    }
    entries
}

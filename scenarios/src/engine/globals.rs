//! Global variables of objects: set before load, read at the end. Names and places come from the object's BTF data sections.

use programs::btf::{Btf, Kind};
use programs::object::{MapKind, Object};

use super::objects::ObjectEntry;
use super::problem::Problems;
use super::world::World;
use crate::diag::Diagnostic;
use crate::diag::catalogue::input::GLOBAL;
use crate::diag::suggest;
use crate::file::layout::Layout;
use crate::file::{Scenario, Sp};
use crate::result::GlobalResult;

/// A variable: index of its map in the object, and its place in the map's value.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Variable {
    name: String,
    map: usize,
    offset: usize,
    size: usize,
}

/// The variables of an object that have a name.
fn variables(object: &Object) -> Vec<Variable> {
    let Some(btf) = &object.btf else { return Vec::new() };
    let data = |kind: MapKind| matches!(kind, MapKind::Data | MapKind::Bss | MapKind::Rodata);
    let maps = object.maps.iter().enumerate().filter(|(_, map)| data(map.kind));
    maps.flat_map(|(at, map)| of_section(btf, at, map.section.as_deref().unwrap_or_default())).collect()
}

fn of_section(btf: &Btf, map: usize, section: &str) -> Vec<Variable> {
    let Some(section) = btf.find_by_name_kind(section, Kind::Datasec) else { return Vec::new() };
    let vars = section.section_vars().map(|var| Variable {
        name: btf.name_of(var.var).to_owned(),
        map,
        offset: var.offset as usize,
        size: var.size as usize,
    });
    vars.collect()
}

/// Puts the scenario's values into the data maps before they are created.
pub(super) fn set(
    scenario: &Scenario,
    layout: &Layout,
    objects: &mut [ObjectEntry],
    problems: &mut Problems,
) {
    for (key, data) in &scenario.globals {
        let (file, name) =
            key.split_once(':').map_or((None, key.as_str()), |(file, name)| (Some(file), name));
        let wanted = |entry: &ObjectEntry| file.is_none_or(|file| entry.file == file || entry.name == file);
        let mut found = false;
        for entry in objects.iter_mut().filter(|entry| wanted(entry)) {
            for variable in variables(&entry.object).into_iter().filter(|variable| variable.name == name) {
                found = true;
                let bytes = data.encode(Some(variable.size), &layout.names(None));
                if let Some(bytes) = problems.checked(bytes, &data.span) {
                    store(&mut entry.object, &variable, &bytes);
                }
            }
        }
        if !found {
            problems.add(unknown(key, name, data, objects));
        }
    }
}

fn unknown<T>(key: &str, name: &str, data: &Sp<T>, objects: &[ObjectEntry]) -> Diagnostic {
    let known: Vec<String> =
        objects.iter().flat_map(|entry| variables(&entry.object)).map(|variable| variable.name).collect();
    let hint = suggest::closest(name, known.iter().map(String::as_str));
    Diagnostic::error(GLOBAL, format!("no object has a global variable `{key}`"))
        .label(&data.span, "its value")
        .maybe_help(hint.map(|name| format!("did you mean `{name}`?")))
}

fn store(object: &mut Object, variable: &Variable, bytes: &[u8]) {
    let map = &mut object.maps[variable.map];
    let value = map.initial.get_or_insert_with(|| vec![0; map.value_size as usize]);
    value.resize(map.value_size as usize, 0);
    if let Some(place) = value.get_mut(variable.offset..variable.offset + variable.size) {
        place.copy_from_slice(bytes);
    }
}

/// Every variable as it is at the end.
pub(super) fn results(world: &World) -> Vec<GlobalResult> {
    let mut results = Vec::new();
    for entry in &world.objects {
        let Ok(maps) = &entry.maps else { continue };
        for variable in variables(&entry.object) {
            let value = maps[variable.map].map.lookup_user(world.machine(), &[0; 4], 0).unwrap_or_default();
            let bytes =
                value.get(variable.offset..variable.offset + variable.size).unwrap_or_default().to_vec();
            results.push(GlobalResult { object: entry.file.clone(), name: variable.name, bytes });
        }
    }
    results
}

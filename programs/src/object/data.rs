//! Maps that libbpf makes of data sections: `.rodata*`, `.data*`, `.bss*`, `.kconfig` (libbpf
//! `bpf_object__init_internal_map`). Each is an array with one element that holds the section.

use std::collections::{BTreeMap, BTreeSet};

use super::elf::Elf;
use super::error::{ErrorKind, ObjectError};
use super::externs::Externs;
use super::sections::Layout;
use super::spec::{MapKind, MapSpec};
use crate::btf::{Btf, Kind, Linkage, Type, TypeId};

const BPF_MAP_TYPE_ARRAY: u32 = 2;
const BPF_MAP_TYPE_ARENA: u32 = 33;
const BPF_F_RDONLY_PROG: u32 = 1 << 7;
const BPF_F_MMAPABLE: u32 = 1 << 10;
/// Longest map name, without the final zero (`BPF_OBJ_NAME_LEN` - 1).
const MAX_MAP_NAME: usize = 15;
/// Most bytes of global variables in one object.
const MAX_DATA_BYTES: u64 = 64 << 20;

/// Sets size and offsets of data sections in the BTF, from the symbol table: clang leaves them to the loader.
pub(super) fn fix_sections(btf: &mut Btf, elf: &Elf<'_>) {
    let mut homes: BTreeMap<&str, usize> = BTreeMap::new();
    for (nr, section) in elf.sections.iter().enumerate() {
        homes.entry(section.name).or_insert(nr);
    }
    let mut values: BTreeMap<(usize, &str), u32> = BTreeMap::new();
    for symbol in &elf.symbols {
        if let (Some(section), Ok(value), false) =
            (symbol.section, u32::try_from(symbol.value), symbol.name.is_empty())
        {
            values.entry((section, symbol.name)).or_insert(value);
        }
    }
    let sections: Vec<(TypeId, usize)> = (btf.types())
        .filter(|ty| ty.kind() == Kind::Datasec)
        .filter_map(|ty| Some((ty.id(), *homes.get(ty.name())?)))
        .collect();
    for (id, section) in sections {
        let size = u32::try_from(elf.sections[section].size).unwrap_or(u32::MAX);
        btf.fix_section(id, size, |name| values.get(&(section, name)).copied());
    }
}

/// Adds the data maps behind the declared ones; returns which map a section became.
pub(super) fn add_maps(
    maps: &mut Vec<MapSpec>,
    object: &str,
    elf: &Elf<'_>,
    layout: &Layout,
    btf: Option<&Btf>,
    externs: &Externs,
) -> Result<BTreeMap<usize, usize>, ObjectError> {
    let mut homes = BTreeMap::new();
    let mut total = 0u64;
    for (nr, kind) in &layout.data {
        let section = &elf.sections[*nr];
        total = total.saturating_add(section.size);
        if total > MAX_DATA_BYTES {
            let what = format!("global variables take {total} bytes so far, the limit is {MAX_DATA_BYTES}");
            return Err(ObjectError::new(ErrorKind::TooLarge, what).section(section.name));
        }
        let image =
            if *kind == MapKind::Bss { vec![0; section.size as usize] } else { section.data.to_vec() };
        homes.insert(*nr, maps.len());
        let hidden = elf.symbols.iter().filter(|symbol| symbol.section == Some(*nr) && symbol.is_hidden());
        let hidden: BTreeSet<&str> = hidden.map(|symbol| symbol.name).collect();
        maps.push(data_map(object, section.name, *kind, image, btf, &hidden));
    }
    if !externs.kconfig.is_empty() {
        let image = vec![0; externs.kconfig_size() as usize];
        maps.push(data_map(object, ".kconfig", MapKind::Kconfig, image, btf, &BTreeSet::new()));
    }
    if let Some(arena) = layout.arena {
        homes.insert(arena, add_arena(maps, elf, arena)?);
    }
    Ok(homes)
}

/// Globals of an arena are written into the object's only arena map.
fn add_arena(maps: &mut [MapSpec], elf: &Elf<'_>, section: usize) -> Result<usize, ObjectError> {
    let section = &elf.sections[section];
    let arena = maps.iter_mut().enumerate().find(|(_, map)| map.map_type == BPF_MAP_TYPE_ARENA);
    let (nr, map) = arena.ok_or_else(|| {
        let what = "arena variables, but the object declares no map of type BPF_MAP_TYPE_ARENA";
        ObjectError::new(ErrorKind::Map, what).section(section.name)
    })?;
    if section.size > MAX_DATA_BYTES {
        let what = format!("arena variables take {} bytes, the limit is {MAX_DATA_BYTES}", section.size);
        return Err(ObjectError::new(ErrorKind::TooLarge, what).section(section.name));
    }
    let mut image = section.data.to_vec();
    image.resize(section.size as usize, 0);
    map.initial = Some(image);
    Ok(nr)
}

/// `hidden`: names of global variables that the loader takes for static ones.
fn data_map(
    object: &str,
    section: &str,
    kind: MapKind,
    image: Vec<u8>,
    btf: Option<&Btf>,
    hidden: &BTreeSet<&str>,
) -> MapSpec {
    let ty = btf.and_then(|btf| btf.find_by_name_kind(section, Kind::Datasec));
    let read_only = matches!(kind, MapKind::Rodata | MapKind::Kconfig);
    // libbpf `map_is_mmapable`: a section of static variables only is not meant for user space.
    let visible = |var: Type<'_>| {
        var.linkage().is_some_and(|linkage| linkage != Linkage::Static) && !hidden.contains(var.name())
    };
    let variable = |id: TypeId| btf.and_then(|btf| btf.type_by_id(id));
    let shared = ty.is_some_and(|ty| ty.section_vars().any(|var| variable(var.var).is_some_and(visible)));
    MapSpec {
        map_type: BPF_MAP_TYPE_ARRAY,
        key_size: 4,
        value_size: image.len() as u32,
        max_entries: 1,
        map_flags: if read_only { BPF_F_RDONLY_PROG } else { 0 } | if shared { BPF_F_MMAPABLE } else { 0 },
        kind,
        section: Some(section.to_string()),
        initial: Some(image),
        value_type: ty.map_or(TypeId::VOID, |ty| ty.id()),
        special: btf.zip(ty).map_or_else(Vec::new, |(btf, ty)| super::fields::special(btf, ty.id())),
        ..MapSpec::blank(&map_name(object, section))
    }
}

/// libbpf `internal_map_name`: at most 8 characters of the object's name, then the section's name, 15 together; a
/// section with a name of its own (`.data.hot`) gets no prefix.
fn map_name(object: &str, section: &str) -> String {
    let suffix: String = section.chars().take(MAX_MAP_NAME).collect();
    let own_name = section.get(1..).is_some_and(|rest| rest.contains('.'));
    let room = if own_name { 0 } else { MAX_MAP_NAME - suffix.chars().count().max(7) };
    let name: String = object.chars().take(room).chain(suffix.chars()).collect();
    name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' || c == '_' { c } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use super::map_name;

    #[test]
    fn data_maps_are_called_as_libbpf_calls_them() {
        assert_eq!(map_name("demo", ".rodata"), "demo.rodata");
        assert_eq!(map_name("a-long-object-name", ".bss"), "a_long_o.bss");
        assert_eq!(map_name("demo", ".rodata.str1.1"), ".rodata.str1.1");
        assert_eq!(map_name("demo", ".data.very_long_name"), ".data.very_long");
    }
}

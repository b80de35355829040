//! Declared maps and data maps.

use programs::object::{KconfigError, MapKind, MapSpec, Object, Slot, SlotTarget, SpecialKind, linux_value};
use programs::profile::KernelVersion;

use super::{object, program};

fn map<'o>(object: &'o Object, name: &str) -> &'o MapSpec {
    object.map(name).unwrap_or_else(|| panic!("no map {name}")).1
}

fn contents<'o>(object: &'o Object, name: &str) -> &'o [u8] {
    map(object, name).initial.as_deref().expect("contents")
}

/// Type, key size, value size, entries, flags and extra of each map, in libbpf's order: by place in `.maps`, where the
/// compiler put those with initial elements first.
#[test]
fn attributes_and_order() {
    let object = object("maps");
    let of = |m: &MapSpec| (m.map_type, m.key_size, m.value_size, m.max_entries, m.map_flags, m.map_extra);
    let rows: Vec<_> = object.maps.iter().map(|m| (&*m.name, of(m))).collect();
    let expected = [
        ("first", (2, 4, 8, 3, 0, 0)),
        ("second", (2, 4, 8, 3, 0, 0)),
        ("outer", (12, 4, 4, 4, 0, 0)),
        ("jumps", (3, 4, 4, 2, 0, 0)),
        ("table", (1, 4, 72, 128, 1, 0)),
        ("filter", (30, 0, 4, 64, 0, 5)),
        ("events", (27, 0, 0, 4096, 0, 0)),
        ("maps.rodata", (2, 4, 4, 1, 0x480, 0)),
        ("maps.data", (2, 4, 4, 1, 0x400, 0)),
        (".data.hot", (2, 4, 4, 1, 0x400, 0)),
        ("maps.bss", (2, 4, 20, 1, 0x400, 0)),
        ("maps.kconfig", (2, 4, 25, 1, 0x480, 0)),
    ];
    assert_eq!(rows, expected);
    assert!(map(&object, "table").pinned_by_name && !map(&object, "filter").pinned_by_name);
}

#[test]
fn maps_in_maps_and_program_arrays_are_filled() {
    let object = object("maps");
    let outer = map(&object, "outer");
    assert_eq!(outer.inner.as_ref().map(|inner| (inner.map_type, inner.max_entries)), Some((2, 3)));
    let number = |name| object.map(name).expect("a map").0;
    let held = [(1, number("first")), (3, number("second"))];
    assert_eq!(outer.slots, held.map(|(index, map)| Slot { index, target: SlotTarget::Map(map) }));
    let program = SlotTarget::Program("target".to_string());
    assert_eq!(map(&object, "jumps").slots, [Slot { index: 1, target: program }]);
}

#[test]
fn kernel_managed_fields_are_found() {
    let object = object("maps");
    let special = &map(&object, "table").special;
    let fields: Vec<_> = special.iter().map(|f| (f.kind, f.offset, f.size, f.nested)).collect();
    let expected = [
        (SpecialKind::SpinLock, 8, 4, false),
        (SpecialKind::Timer, 16, 16, false),
        (SpecialKind::Kptr, 32, 8, false),
        (SpecialKind::Timer, 40, 16, true),
        (SpecialKind::Timer, 56, 16, true),
    ];
    assert_eq!(fields, expected);
    assert_eq!(object.btf.as_ref().expect("BTF").name_of(special[2].ty), "task_struct");
}

#[test]
fn data_sections_become_maps_with_their_contents() {
    let object = object("maps");
    assert_eq!(contents(&object, "maps.rodata"), [7, 0, 0, 0]);
    assert_eq!(contents(&object, "maps.data"), [3, 0, 0, 0]);
    assert_eq!(contents(&object, ".data.hot"), [9, 0, 0, 0]);
    assert_eq!(contents(&object, "maps.bss"), [0; 20]);
    assert_eq!(map(&object, "maps.kconfig").kind, MapKind::Kconfig);
}

/// Loads of addresses name the map, and the offset of the variable in its section.
#[test]
fn instructions_refer_to_maps_by_number() {
    let object = object("maps");
    let uses = program(&object, "uses");
    let loads = uses.insns.windows(2).filter(|pair| pair[0].code == 0x18);
    let named: Vec<(u8, &str, i32)> =
        loads.map(|pair| (pair[0].src, &*object.maps[pair[0].imm as usize].name, pair[1].imm)).collect();
    for expected in
        [(1, "table", 0), (1, "jumps", 0), (1, "outer", 0), (2, "maps.rodata", 0), (2, "maps.data", 0)]
    {
        assert!(named.contains(&expected), "{expected:?} in {named:?}");
    }
    let bss: Vec<i32> =
        named.iter().filter(|(_, name, _)| *name == "maps.bss").map(|(_, _, at)| *at).collect();
    assert!(bss.contains(&0) && bss.contains(&16), "zeroed and hidden_counter: {bss:?}");
    let version = object.kconfig.iter().find(|value| value.name == "LINUX_KERNEL_VERSION").expect("a value");
    assert!(named.contains(&(2, "maps.kconfig", version.offset as i32)), "{named:?}");
}

#[test]
fn configuration_values_are_filled_for_a_kernel() {
    let object = object("maps");
    let options = |name: &str| match name {
        "CONFIG_HZ" => Some("250".to_string()),
        "CONFIG_BPF" => Some("y".to_string()),
        _ => linux_value(KernelVersion::V6_12, name),
    };
    let image = object.kconfig_value(options).expect("all values");
    let at =
        |name: &str| object.kconfig.iter().find(|value| value.name == name).expect("a value").offset as usize;
    assert_eq!(image[at("LINUX_KERNEL_VERSION")..][..4], 0x0006_0c6b_u32.to_le_bytes());
    assert_eq!(image[at("CONFIG_HZ")..][..4], 250u32.to_le_bytes());
    assert_eq!(image[at("CONFIG_BPF")], 1);
    let missing = object.kconfig_value(|_| None);
    assert_eq!(missing, Err(KconfigError::Missing("LINUX_KERNEL_VERSION".to_string())));
}

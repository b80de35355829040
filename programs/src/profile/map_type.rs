//! Map types: numbers, names, versions, and whether sleepable programs may use them.

use std::sync::LazyLock;

use super::KernelVersion;
use super::table;

/// May a sleepable program use maps of a type (verifier.c:check_map_prog_compatibility)?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SleepableUse {
    /// Yes.
    Allowed,
    /// Only if preallocated (5.10).
    Preallocated,
    /// No.
    Refused,
    /// The version has no such type; creating the map fails with `EINVAL`.
    NoSuchType,
}

/// One row of the map type table.
#[derive(Debug)]
pub struct MapType {
    /// `enum bpf_map_type`.
    pub number: u32,
    /// Name without `BPF_MAP_TYPE_`. The two deprecated cgroup storages keep their old names.
    pub name: &'static str,
    sleepable: [SleepableUse; 4],
}

static MAP_TYPES: LazyLock<Vec<MapType>> = LazyLock::new(|| {
    let cell = |text: &str| match text {
        "y" => SleepableUse::Allowed,
        "p" => SleepableUse::Preallocated,
        "n" => SleepableUse::Refused,
        "-" => SleepableUse::NoSuchType,
        other => panic!("map type cell `{other}`"),
    };
    let row = |c: Vec<&'static str>| MapType {
        number: c[0].parse().expect("map type number"),
        name: c[1],
        sleepable: std::array::from_fn(|i| cell(c[2 + i])),
    };
    table::rows(include_str!("data/map_types.tsv"), &[6]).into_iter().map(row).collect()
});

/// Every map type, by number.
pub fn map_types() -> &'static [MapType] {
    &MAP_TYPES
}

impl MapType {
    /// The type with this number, in any version.
    pub fn from_number(number: u32) -> Option<&'static MapType> {
        MAP_TYPES.iter().find(|row| row.number == number)
    }

    /// The type with this name (without `BPF_MAP_TYPE_`).
    pub fn from_name(name: &str) -> Option<&'static MapType> {
        MAP_TYPES.iter().find(|row| row.name == name)
    }

    /// What a sleepable program may do with it.
    pub fn sleepable_use(&self, version: KernelVersion) -> SleepableUse {
        self.sleepable[version.index()]
    }

    /// Whether maps of this type can be created.
    pub fn exists(&self, version: KernelVersion) -> bool {
        self.number != 0 && self.sleepable_use(version) != SleepableUse::NoSuchType
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepted_types_per_version_are_3_13_17_21() {
        let usable = |version| {
            let count = |row: &&MapType| {
                matches!(row.sleepable_use(version), SleepableUse::Allowed | SleepableUse::Preallocated)
            };
            map_types().iter().filter(count).count()
        };
        assert_eq!(KernelVersion::ALL.map(usable), [3, 13, 17, 21]);
    }

    #[test]
    fn numbers_are_unique_and_ordered() {
        assert!(map_types().windows(2).all(|pair| pair[0].number < pair[1].number));
        assert!(!MapType::from_name("ARENA").unwrap().exists(KernelVersion::V6_1));
    }
}

//! Whether a kernel takes the types of an object, and with which fields it makes a map of them.
//!
//! Key items: [`ObjectTypes`], [`MapTypes`]. A loader makes a map again without types when the kernel refuses it with them, and goes on
//! without any types when the kernel refuses those of the whole object. Neighbours: `records` finds fields; `from_object` and the
//! verifier's facts ask. Modelled after kernel/bpf/syscall.c:map_check_btf and libbpf.c:bpf_object__create_map.

use std::collections::BTreeMap;

use super::records::{Field, Place, Records, has_destructor, is_graph_root};
use super::types_taken::taken;
use crate::btf::{Btf, Kind, Type, TypeId};
use crate::object::{MapSpec, SpecialKind};
use crate::profile::KernelVersion;
use crate::profile::map_type::MapType;

const RDONLY_PROG: u32 = 1 << 7;
const WRONLY_PROG: u32 = 1 << 8;
/// `BPF_MAP_VALUE_OFF_MAX` of 6.1.
const MOST_KPTRS_6_1: usize = 8;

/// Map types to which a loader gives no types.
const TYPELESS: [&str; 14] = [
    "PERF_EVENT_ARRAY",
    "CGROUP_ARRAY",
    "STACK_TRACE",
    "ARRAY_OF_MAPS",
    "HASH_OF_MAPS",
    "DEVMAP",
    "DEVMAP_HASH",
    "CPUMAP",
    "XSKMAP",
    "SOCKMAP",
    "SOCKHASH",
    "QUEUE",
    "STACK",
    "ARENA",
];
/// Those whose keys must be numbers of 32 bits (`array_map_check_btf`, `bpf_local_storage_map_check_btf`).
const NUMBER_KEYS: [&str; 6] =
    ["ARRAY", "PERCPU_ARRAY", "SK_STORAGE", "INODE_STORAGE", "TASK_STORAGE", "CGRP_STORAGE"];

/// What a map is made with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MapTypes {
    /// The kernel has the types of keys and values.
    pub kept: bool,
    pub fields: Vec<Field>,
}

/// The types of an object, as a kernel sees them.
pub struct ObjectTypes<'a> {
    version: KernelVersion,
    program: &'a Btf,
    kernel: &'a Btf,
    /// Structs with fields that programs may allocate; none if the kernel refuses the types.
    pub structs: Option<BTreeMap<TypeId, Vec<Field>>>,
}

impl<'a> ObjectTypes<'a> {
    pub fn new(version: KernelVersion, program: &'a Btf, kernel: &'a Btf) -> ObjectTypes<'a> {
        let records = Records { version, program, kernel };
        let structs = match version {
            _ if !taken(version, program) => None,
            KernelVersion::V5_10 | KernelVersion::V6_1 => Some(BTreeMap::new()),
            _ => records.of_all().ok(),
        };
        ObjectTypes { version, program, kernel, structs }
    }

    /// The kernel takes them.
    pub fn taken(&self) -> bool {
        self.structs.is_some()
    }

    /// What the kernel makes of a map's types.
    pub fn of_map(&self, map: &MapSpec) -> MapTypes {
        let fields = match &self.structs {
            Some(structs) if self.keeps(map) => self.fields(map, structs),
            _ => None,
        };
        match fields {
            Some(fields) => MapTypes { kept: true, fields },
            None => MapTypes::default(),
        }
    }

    /// The types fit the map, whatever fields they have.
    fn keeps(&self, map: &MapSpec) -> bool {
        let name = type_name(map);
        if TYPELESS.contains(&name) || map.value_type == TypeId::VOID {
            return false;
        }
        let key = self.program.resolve(map.key_type).filter(|key| key.kind() != Kind::Void);
        let value = self.program.resolve(map.value_type);
        let section = value.is_some_and(|value| value.kind() == Kind::Datasec);
        match key {
            None if name == "ARRAY" => section && map.max_entries == 1,
            None => name == "BLOOM_FILTER",
            Some(key) if NUMBER_KEYS.contains(&name) => is_number(&key, 32),
            Some(key) if name == "LPM_TRIE" => key.kind() == Kind::Struct,
            Some(_) => true,
        }
    }

    /// Fields of the value; `None` if the kernel does not make such a map.
    fn fields(&self, map: &MapSpec, structs: &BTreeMap<TypeId, Vec<Field>>) -> Option<Vec<Field>> {
        let value = self.program.resolve(map.value_type)?;
        if self.version < KernelVersion::V6_12 {
            return self.early(map, &value);
        }
        let records = Records { version: self.version, program: self.program, kernel: self.kernel };
        let Ok(fields) = records.fields(value.id(), Place::MapValue) else { return Some(Vec::new()) };
        let closed = map.map_flags & (RDONLY_PROG | WRONLY_PROG) != 0;
        if !fields.is_empty() && (closed || !fields.iter().all(|field| self.fits(field.kind, map))) {
            return None;
        }
        records.owned(&fields, structs).ok().map(|()| fields)
    }

    /// Map types whose values may hold a kind of field.
    fn fits(&self, kind: SpecialKind, map: &MapSpec) -> bool {
        use SpecialKind as S;
        let name = type_name(map);
        let late = self.version >= KernelVersion::V6_12;
        let storage = ["SK_STORAGE", "INODE_STORAGE", "TASK_STORAGE", "CGRP_STORAGE"].contains(&name);
        let per_cpu = ["PERCPU_HASH", "LRU_PERCPU_HASH", "PERCPU_ARRAY"].contains(&name);
        match kind {
            S::SpinLock | S::ResSpinLock => {
                storage || ["HASH", "RHASH", "ARRAY", "CGROUP_STORAGE"].contains(&name)
            }
            S::Timer | S::Wq | S::TaskWork => ["HASH", "RHASH", "LRU_HASH", "ARRAY"].contains(&name),
            S::Uptr => name == "TASK_STORAGE",
            kind if is_graph_root(kind) => ["HASH", "LRU_HASH", "ARRAY"].contains(&name),
            _ if late => storage || per_cpu || ["HASH", "RHASH", "LRU_HASH", "ARRAY"].contains(&name),
            _ => ["HASH", "LRU_HASH", "ARRAY", "PERCPU_ARRAY"].contains(&name),
        }
    }

    /// 5.10 and 6.1 look at direct members only, for each kind on its own.
    fn early(&self, map: &MapSpec, value: &Type<'_>) -> Option<Vec<Field>> {
        use SpecialKind as S;
        let places = self.places(value);
        let structs = |name: &str, kind, size: u32| -> Vec<Field> {
            let named = places.iter().filter(|place| {
                let ty = &place.1;
                ty.kind() == Kind::Struct && ty.name() == name && ty.own_size() == size
            });
            named.map(|(offset, ty)| Field { kind, offset: *offset, size, target: ty.id() }).collect()
        };
        let mut fields = structs("bpf_spin_lock", S::SpinLock, 4);
        let mut closed = false;
        if self.version == KernelVersion::V6_1 {
            let timers = structs("bpf_timer", S::Timer, 16);
            fields.extend(timers);
            let kptrs = self.kptrs_6_1(value).unwrap_or_default();
            closed = !kptrs.is_empty() && map.map_flags & WRONLY_PROG != 0;
            fields.extend(kptrs);
        }
        // More than one lock or timer is none.
        let counts = |kind| match kind {
            S::SpinLock | S::Timer => fields.iter().filter(|field| field.kind == kind).count() == 1,
            _ => true,
        };
        let closed = closed || map.map_flags & RDONLY_PROG != 0;
        let unfit = fields.iter().any(|field| counts(field.kind) && (closed || !self.fits(field.kind, map)));
        (!unfit).then_some(fields)
    }

    /// Offsets and types of members, or from 6.1 on of variables of a section.
    fn places(&self, value: &Type<'a>) -> Vec<(u32, Type<'a>)> {
        let at = |id| self.program.type_by_id(id);
        match value.kind() {
            Kind::Struct => {
                value.members().filter_map(|member| Some((member.bit_offset / 8, at(member.ty)?))).collect()
            }
            Kind::Datasec if self.version >= KernelVersion::V6_1 => value
                .section_vars()
                .filter_map(|var| Some((var.offset, at(at(var.var)?.target())?)))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// All or none (`btf_parse_kptrs` of 6.1). In a structure every member must then begin at a multiple of eight bytes.
    fn kptrs_6_1(&self, value: &Type<'a>) -> Option<Vec<Field>> {
        let mut fields = Vec::new();
        for (offset, ty) in self.places(value) {
            let pointer = ty.kind() == Kind::Ptr;
            if offset % 8 != 0 && (pointer || value.kind() == Kind::Struct) {
                return None;
            }
            let Some(tag) =
                self.program.type_by_id(ty.target()).filter(|tag| pointer && tag.kind() == Kind::TypeTag)
            else {
                continue;
            };
            let kind = match tag.name() {
                "kptr" => SpecialKind::Kptr,
                "kptr_ref" => SpecialKind::KptrRef,
                _ => return None,
            };
            let target = self.program.type_by_id(tag.target()).filter(|ty| ty.kind() != Kind::TypeTag)?;
            let target = self.program.resolve(target.id()).filter(|ty| ty.kind() == Kind::Struct)?;
            self.kernel.find_by_name_kind(target.name(), Kind::Struct)?;
            if kind == SpecialKind::KptrRef && !has_destructor(KernelVersion::V6_1, target.name()) {
                return None;
            }
            fields.push(Field { kind, offset, size: 8, target: target.id() });
        }
        (fields.len() <= MOST_KPTRS_6_1).then_some(fields)
    }
}

fn type_name(map: &MapSpec) -> &'static str {
    MapType::from_number(map.map_type).map_or("", |row| row.name)
}

fn is_number(ty: &Type<'_>, bits: u32) -> bool {
    ty.int().is_some_and(|int| int.bits == bits && int.bit_offset == 0)
}

//! Making a map: one row per modelled type.
//!
//! Key items: [`create`], [`judge`], [`CreateError`], [`modelled_types`] (for the support table). Neighbours: `check` refuses bad
//! definitions, one file per type builds the map.

use std::rc::Rc;

use sim::errno::Errno;
use sim::machine::Machine;

use crate::check;
use crate::check_btf::{check_takes_btf, check_types};
use crate::check_fd;
use crate::check_fields::{check_fields, recognized};
use crate::consts::*;
use crate::hash_family::HashFamily;
use crate::map::Map;
use crate::rules::MapRules;
use crate::spec::{FieldKind, MapDef};
use crate::{
    arena, array, array_of_maps, bloom, cgroup_array, cpumap, devmap, hash, hash_of_maps, local_storage,
    lpm_trie, lru_hash, lru_percpu_hash,
};
use crate::{percpu_array, percpu_hash, perf_event_array, prog_array, queue_stack, rhash, ringbuf};
use crate::{sock_array, sockhash, stack_trace, user_ringbuf};

/// Why there is no map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CreateError {
    /// What the simulated kernel returns.
    Errno(Errno),
    /// The kernel has it, this simulator does not: the type's name, a flag, or a special field.
    NotModelled(String),
}

impl From<Errno> for CreateError {
    fn from(errno: Errno) -> CreateError {
        CreateError::Errno(errno)
    }
}

impl std::fmt::Display for CreateError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            CreateError::Errno(errno) => write!(f, "{errno}"),
            CreateError::NotModelled(what) => write!(f, "{what}: not modelled"),
        }
    }
}

impl std::error::Error for CreateError {}

type Built = Result<Rc<dyn Map>, CreateError>;

struct Row {
    map_type: u32,
    check: Check,
    build: fn(&MapDef, &MapRules, &Machine) -> Built,
}

/// Rows may come in any order; adding one needs no other change.
const TYPES: &[Row] = &[
    Row { map_type: BPF_MAP_TYPE_HASH, check: check::check_hash, build: HashFamily::<hash::Hash>::create },
    Row { map_type: BPF_MAP_TYPE_ARRAY, check: check::check_array, build: array::Array::create },
    Row {
        map_type: BPF_MAP_TYPE_PERCPU_HASH,
        check: check::check_hash,
        build: HashFamily::<percpu_hash::PercpuHash>::create,
    },
    Row {
        map_type: BPF_MAP_TYPE_PERCPU_ARRAY,
        check: check::check_array,
        build: percpu_array::PercpuArray::create,
    },
    Row {
        map_type: BPF_MAP_TYPE_LRU_HASH,
        check: check::check_hash,
        build: HashFamily::<lru_hash::LruHash>::create,
    },
    Row {
        map_type: BPF_MAP_TYPE_ARRAY_OF_MAPS,
        check: check::check_fd_array,
        build: array_of_maps::ArrayOfMaps::create,
    },
    Row {
        map_type: BPF_MAP_TYPE_HASH_OF_MAPS,
        check: check::check_hash_of_maps,
        build: hash_of_maps::HashOfMaps::create,
    },
    Row {
        map_type: BPF_MAP_TYPE_LRU_PERCPU_HASH,
        check: check::check_hash,
        build: HashFamily::<lru_percpu_hash::LruPercpuHash>::create,
    },
    Row { map_type: BPF_MAP_TYPE_RHASH, check: rhash::check, build: rhash::Rhash::create },
    Row { map_type: BPF_MAP_TYPE_LPM_TRIE, check: checked_later, build: lpm_trie::LpmTrie::create },
    Row { map_type: BPF_MAP_TYPE_QUEUE, check: queue_stack::check, build: queue_stack::QueueStack::create },
    Row { map_type: BPF_MAP_TYPE_STACK, check: queue_stack::check, build: queue_stack::QueueStack::create },
    Row { map_type: BPF_MAP_TYPE_BLOOM_FILTER, check: bloom::check, build: bloom::Bloom::create },
    Row {
        map_type: BPF_MAP_TYPE_PROG_ARRAY,
        check: check::check_fd_array,
        build: prog_array::ProgArray::create,
    },
    Row {
        map_type: BPF_MAP_TYPE_PERF_EVENT_ARRAY,
        check: check::check_fd_array,
        build: perf_event_array::PerfEventArray::create,
    },
    Row {
        map_type: BPF_MAP_TYPE_CGROUP_ARRAY,
        check: check::check_fd_array,
        build: cgroup_array::CgroupArray::create,
    },
    Row { map_type: BPF_MAP_TYPE_STACK_TRACE, check: checked_later, build: stack_trace::StackTrace::create },
    Row { map_type: BPF_MAP_TYPE_DEVMAP, check: check_fd::devmap, build: devmap::Devmap::create },
    Row { map_type: BPF_MAP_TYPE_DEVMAP_HASH, check: check_fd::devmap, build: devmap::Devmap::create },
    Row { map_type: BPF_MAP_TYPE_CPUMAP, check: checked_later, build: cpumap::Cpumap::create },
    Row { map_type: BPF_MAP_TYPE_XSKMAP, check: checked_later, build: sock_array::SockArray::create },
    Row { map_type: BPF_MAP_TYPE_SOCKMAP, check: checked_later, build: sock_array::SockArray::create },
    Row { map_type: BPF_MAP_TYPE_SOCKHASH, check: checked_later, build: sockhash::Sockhash::create },
    Row {
        map_type: BPF_MAP_TYPE_REUSEPORT_SOCKARRAY,
        check: check_fd::reuseport,
        build: sock_array::SockArray::create,
    },
    Row {
        map_type: BPF_MAP_TYPE_USER_RINGBUF,
        check: checked_later,
        build: user_ringbuf::UserRingbuf::create,
    },
    Row { map_type: BPF_MAP_TYPE_RINGBUF, check: checked_later, build: ringbuf::Ringbuf::create },
    Row { map_type: BPF_MAP_TYPE_ARENA, check: checked_later, build: arena::create },
    Row {
        map_type: BPF_MAP_TYPE_SK_STORAGE,
        check: local_storage::check,
        build: local_storage::LocalStorage::create,
    },
    Row {
        map_type: BPF_MAP_TYPE_INODE_STORAGE,
        check: local_storage::check,
        build: local_storage::LocalStorage::create,
    },
    Row {
        map_type: BPF_MAP_TYPE_TASK_STORAGE,
        check: local_storage::check,
        build: local_storage::LocalStorage::create,
    },
    Row {
        map_type: BPF_MAP_TYPE_CGRP_STORAGE,
        check: local_storage::check,
        build: local_storage::LocalStorage::create,
    },
];

type Check = fn(&MapDef, &MapRules) -> Result<(), CreateError>;

/// Checks that a type makes in `map_alloc`, after those of privileges.
const LATE_CHECKS: &[(u32, Check)] = &[
    (BPF_MAP_TYPE_ARENA, arena::check),
    (BPF_MAP_TYPE_ARRAY_OF_MAPS, array_of_maps::check),
    (BPF_MAP_TYPE_RINGBUF, check::check_ringbuf),
    (BPF_MAP_TYPE_USER_RINGBUF, check::check_ringbuf),
    (BPF_MAP_TYPE_STACK_TRACE, check_fd::stack_trace),
    (BPF_MAP_TYPE_DEVMAP, check_fd::devmap_late),
    (BPF_MAP_TYPE_DEVMAP_HASH, check_fd::devmap_late),
    (BPF_MAP_TYPE_CPUMAP, check_fd::cpumap),
    (BPF_MAP_TYPE_XSKMAP, check_fd::xskmap),
    (BPF_MAP_TYPE_SOCKMAP, check_fd::sockmap),
    (BPF_MAP_TYPE_SOCKHASH, check_fd::sockhash),
    (BPF_MAP_TYPE_LPM_TRIE, lpm_trie::check),
    (BPF_MAP_TYPE_BLOOM_FILTER, bloom::check_attributes),
    (BPF_MAP_TYPE_RHASH, rhash::check_entries),
];

/// For types without a `map_alloc_check`.
fn checked_later(_def: &MapDef, _rules: &MapRules) -> Result<(), CreateError> {
    Ok(())
}

/// The map types that can be made, without `BPF_MAP_TYPE_`.
pub fn modelled_types() -> impl Iterator<Item = &'static str> {
    let whole = TYPES.iter().filter(|row| row.map_type != BPF_MAP_TYPE_ARENA);
    whole.filter_map(|row| map_type_name(row.map_type))
}

/// Whether the kernel makes such a map, memory apart: what `BPF_MAP_CREATE` looks at before it takes any. `nr_cpus`: possible CPUs.
///
/// # Errors
/// What the kernel returns, or what this simulator does not have.
pub fn judge(def: &MapDef, rules: &MapRules, nr_cpus: usize) -> Result<(), CreateError> {
    check::check_common(def, rules)?;
    let row = row_of(def)?;
    (row.check)(def, rules)?;
    check::check_privilege(def, rules)?;
    for (_, late) in LATE_CHECKS.iter().filter(|(map_type, _)| *map_type == def.map_type) {
        late(def, rules)?;
    }
    check::check_file_mode(def)?;
    check::check_cost(def, rules, nr_cpus as u64)?;
    check_types(def)?;
    check_fields(&recognized(def, rules), rules)?;
    check_takes_btf(def)
}

fn row_of(def: &MapDef) -> Result<&'static Row, CreateError> {
    TYPES.iter().find(|row| row.map_type == def.map_type).ok_or_else(|| {
        let name = map_type_name(def.map_type).expect("check_common knows the last type");
        CreateError::NotModelled(format!("BPF_MAP_TYPE_{name}"))
    })
}

/// `BPF_MAP_CREATE`. Memory comes from the machine's arena; -ENOMEM when it is too small.
pub fn create(def: &MapDef, rules: &MapRules, m: &Machine) -> Result<Rc<dyn Map>, CreateError> {
    judge(def, rules, m.nr_cpus())?;
    let def = &recognized(def, rules);
    if let Some(uptr) = def.fields.iter().find(|f| f.kind == FieldKind::Uptr) {
        return Err(CreateError::NotModelled(format!("{} in a map value", uptr.kind.name())));
    }
    (row_of(def)?.build)(def, rules, m)
}

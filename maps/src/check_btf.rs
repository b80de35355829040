//! BTF given with a map: do the types of key and value fit?
//!
//! Sources: `kernel/bpf/syscall.c:map_check_btf` and each type's `map_check_btf` operation. Neighbour: `create` asks after the type's own
//! check; special fields of the value are `check::check_fields`.

use sim::errno::Errno;

use crate::consts::*;
use crate::create::CreateError;
use crate::spec::{BtfType, BtfTypes, MapDef};

/// What a map type asks of the BTF types of its key and value beyond their sizes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wants {
    /// Nothing (no operation): the key must have a type.
    Sizes,
    /// `array_map_check_btf`: a 4-byte integer as key.
    IntKey,
    /// `trie_map_check_btf` and cgroup storage: a structure as key.
    StructKey,
    /// `bpf_local_storage_map_check_btf`: an integer as key.
    StorageKey,
    /// `bloom_map_check_btf`: no key.
    NoKey,
    /// `map_check_no_btf`.
    NoBtf,
}

fn wants(map_type: u32) -> Wants {
    match map_type {
        BPF_MAP_TYPE_ARRAY | BPF_MAP_TYPE_PERCPU_ARRAY => Wants::IntKey,
        BPF_MAP_TYPE_LPM_TRIE | BPF_MAP_TYPE_CGROUP_STORAGE | BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE => {
            Wants::StructKey
        }
        BPF_MAP_TYPE_SK_STORAGE
        | BPF_MAP_TYPE_INODE_STORAGE
        | BPF_MAP_TYPE_TASK_STORAGE
        | BPF_MAP_TYPE_CGRP_STORAGE => Wants::StorageKey,
        BPF_MAP_TYPE_BLOOM_FILTER => Wants::NoKey,
        BPF_MAP_TYPE_PERF_EVENT_ARRAY
        | BPF_MAP_TYPE_STACK_TRACE
        | BPF_MAP_TYPE_CGROUP_ARRAY
        | BPF_MAP_TYPE_ARRAY_OF_MAPS
        | BPF_MAP_TYPE_HASH_OF_MAPS
        | BPF_MAP_TYPE_DEVMAP
        | BPF_MAP_TYPE_DEVMAP_HASH
        | BPF_MAP_TYPE_SOCKMAP
        | BPF_MAP_TYPE_SOCKHASH
        | BPF_MAP_TYPE_CPUMAP
        | BPF_MAP_TYPE_XSKMAP => Wants::NoBtf,
        _ => Wants::Sizes,
    }
}

/// `map_check_btf` without the special fields: -EINVAL for types that do not fit.
pub(crate) fn check_types(def: &MapDef) -> Result<(), CreateError> {
    let Some(BtfTypes { key, value }) = def.btf else { return Ok(()) };
    let fits = |t: Option<BtfType>, size: u32| t.is_some_and(|t| t.size == size);
    let wants = wants(def.map_type);
    let key_ok = match (wants, key) {
        (Wants::NoKey, None) => true,
        (Wants::NoKey, Some(_)) => false,
        (Wants::IntKey, Some(t)) => t.is_int && t.size == 4,
        (Wants::StorageKey, Some(t)) => t.is_int && t.size == def.key_size,
        (Wants::StructKey, Some(t)) => !t.is_int && t.size == def.key_size,
        (_, key) => fits(key, def.key_size),
    };
    if !key_ok || !fits(value, def.value_size) {
        return Err(Errno::EINVAL.into());
    }
    Ok(())
}

/// `map_check_no_btf`, after the special fields were found good: -ENOTSUPP.
pub(crate) fn check_takes_btf(def: &MapDef) -> Result<(), CreateError> {
    let refused = def.btf.is_some() && wants(def.map_type) == Wants::NoBtf;
    if refused { Err(Errno::ENOTSUPP.into()) } else { Ok(()) }
}

//! Batch commands of the `bpf` system call: which map types have them on which kernel, how each walks the map, and what is checked first.
//!
//! Copying from and to user memory may sleep, so the loops are in `hooks`; here is what they ask the map. Sources:
//! `syscall.c:bpf_map_do_batch`, `generic_map_lookup_batch` and its siblings, `hashtab.c:__htab_map_lookup_and_delete_batch`,
//! `__rhtab_map_lookup_and_delete_batch` (7.2). Key types: [`Command`], [`Walk`], [`Buckets`]. Neighbour: `map`.

use sim::errno::Errno;
use sim::machine::Machine;

use crate::consts::*;
use crate::map::MapCore;
use crate::rules::MapKernel;

/// A batch command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    Lookup,
    LookupAndDelete,
    Update,
    Delete,
}

/// How a command goes through the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Walk {
    /// One key after the other; `in_batch` and `out_batch` are keys.
    Keys,
    /// Whole buckets; `in_batch` and `out_batch` are bucket numbers of 4 bytes, and a bucket that does not fit is -ENOSPC.
    Buckets,
    /// One element after the other; `out_batch` is the key to go on **with**, and one that has gone is -EAGAIN (7.2's RHASH).
    Elements,
}

/// Key and value of an element, as user space gets them.
pub type Pair = (Vec<u8>, Vec<u8>);

/// The bucket side of a map whose lookups [`Walk::Buckets`].
pub trait Buckets {
    /// How many buckets there are.
    fn bucket_count(&self) -> u32;

    /// How many elements are in this one.
    fn bucket_len(&self, bucket: u32) -> u32;

    /// The bucket's elements in the order of its chain, read under its lock and, with [`Command::LookupAndDelete`], taken out.
    fn copy_bucket(&self, m: &Machine, bucket: u32, flags: u64, command: Command)
    -> Result<Vec<Pair>, Errno>;
}

/// A type's commands and the kernel that brought them. A type without a row, or a command without a walk: -ENOTSUPP.
struct Row {
    map_type: u32,
    since: MapKernel,
    lookup: Option<Walk>,
    lookup_and_delete: Option<Walk>,
    delete: Option<Walk>,
}

const fn row(map_type: u32, since: MapKernel, walk: Walk) -> Row {
    Row { map_type, since, lookup: Some(walk), lookup_and_delete: Some(walk), delete: Some(Walk::Keys) }
}

/// Arrays have no delete.
const fn array(map_type: u32, since: MapKernel) -> Row {
    Row { map_type, since, lookup: Some(Walk::Keys), lookup_and_delete: None, delete: None }
}

/// Every row has an update, which goes key by key.
const ROWS: [Row; 10] = [
    row(BPF_MAP_TYPE_HASH, MapKernel::V5_10, Walk::Buckets),
    row(BPF_MAP_TYPE_PERCPU_HASH, MapKernel::V5_10, Walk::Buckets),
    row(BPF_MAP_TYPE_LRU_HASH, MapKernel::V5_10, Walk::Buckets),
    row(BPF_MAP_TYPE_LRU_PERCPU_HASH, MapKernel::V5_10, Walk::Buckets),
    array(BPF_MAP_TYPE_ARRAY, MapKernel::V5_10),
    array(BPF_MAP_TYPE_PERCPU_ARRAY, MapKernel::V6_1),
    array(BPF_MAP_TYPE_ARRAY_OF_MAPS, MapKernel::V6_1),
    row(BPF_MAP_TYPE_HASH_OF_MAPS, MapKernel::V6_1, Walk::Buckets),
    Row { lookup_and_delete: None, ..row(BPF_MAP_TYPE_LPM_TRIE, MapKernel::V6_1, Walk::Keys) },
    row(BPF_MAP_TYPE_RHASH, MapKernel::V7_2, Walk::Elements),
];

impl MapCore {
    /// How `command` walks this map. -ENOTSUPP when the type has no such command on this kernel.
    pub fn batch_walk(&self, command: Command) -> Result<Walk, Errno> {
        let row = ROWS.iter().find(|row| row.map_type == self.def.map_type && row.since <= self.rules.kernel);
        let walk = row.and_then(|row| match command {
            Command::Lookup => row.lookup,
            Command::LookupAndDelete => row.lookup_and_delete,
            Command::Update => Some(Walk::Keys),
            Command::Delete => row.delete,
        });
        walk.ok_or(Errno::ENOTSUPP)
    }

    /// What `bpf_map_do_batch` checks of the descriptor.
    pub fn check_batch_access(&self, command: Command) -> Result<(), Errno> {
        if matches!(command, Command::Lookup | Command::LookupAndDelete) {
            self.check_read()?;
        }
        if command == Command::Lookup { Ok(()) } else { self.check_write() }
    }

    /// What each loop checks before it looks at the count: `elem_flags`, then `flags` of the attribute, which only the walks of
    /// buckets and elements look at.
    pub fn check_batch_flags(
        &self,
        command: Command,
        walk: Walk,
        elem_flags: u64,
        flags: u64,
    ) -> Result<(), Errno> {
        let per_cpu = match (command, walk) {
            (Command::Update, _) => BPF_F_CPU | BPF_F_ALL_CPUS,
            (Command::Lookup, Walk::Keys) => BPF_F_CPU,
            (Command::Lookup, Walk::Buckets) if self.def.is_percpu() => BPF_F_CPU,
            _ => 0,
        };
        if command == Command::Delete && elem_flags & !BPF_F_LOCK != 0 {
            return Err(Errno::EINVAL);
        }
        self.check_op_flags(elem_flags, BPF_F_LOCK | if self.rules.cpu_flags { per_cpu } else { 0 })?;
        if walk != Walk::Keys && flags != 0 { Err(Errno::EINVAL) } else { Ok(()) }
    }
}

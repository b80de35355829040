//! Numbers of the `bpf()` interface that concern maps, under their Linux names (`include/uapi/linux/bpf.h`).
//!
//! Neighbours: `spec` uses them in definitions, `check` in the creation rules.

#![allow(missing_docs, reason = "a name of the kernel's interface documents itself")]

pub const BPF_MAP_TYPE_UNSPEC: u32 = 0;
pub const BPF_MAP_TYPE_HASH: u32 = 1;
pub const BPF_MAP_TYPE_ARRAY: u32 = 2;
pub const BPF_MAP_TYPE_PROG_ARRAY: u32 = 3;
pub const BPF_MAP_TYPE_PERF_EVENT_ARRAY: u32 = 4;
pub const BPF_MAP_TYPE_PERCPU_HASH: u32 = 5;
pub const BPF_MAP_TYPE_PERCPU_ARRAY: u32 = 6;
pub const BPF_MAP_TYPE_STACK_TRACE: u32 = 7;
pub const BPF_MAP_TYPE_CGROUP_ARRAY: u32 = 8;
pub const BPF_MAP_TYPE_LRU_HASH: u32 = 9;
pub const BPF_MAP_TYPE_LRU_PERCPU_HASH: u32 = 10;
pub const BPF_MAP_TYPE_LPM_TRIE: u32 = 11;
pub const BPF_MAP_TYPE_ARRAY_OF_MAPS: u32 = 12;
pub const BPF_MAP_TYPE_HASH_OF_MAPS: u32 = 13;
pub const BPF_MAP_TYPE_DEVMAP: u32 = 14;
pub const BPF_MAP_TYPE_SOCKMAP: u32 = 15;
pub const BPF_MAP_TYPE_CPUMAP: u32 = 16;
pub const BPF_MAP_TYPE_XSKMAP: u32 = 17;
pub const BPF_MAP_TYPE_SOCKHASH: u32 = 18;
pub const BPF_MAP_TYPE_CGROUP_STORAGE: u32 = 19;
pub const BPF_MAP_TYPE_REUSEPORT_SOCKARRAY: u32 = 20;
pub const BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE: u32 = 21;
pub const BPF_MAP_TYPE_QUEUE: u32 = 22;
pub const BPF_MAP_TYPE_STACK: u32 = 23;
pub const BPF_MAP_TYPE_SK_STORAGE: u32 = 24;
pub const BPF_MAP_TYPE_DEVMAP_HASH: u32 = 25;
pub const BPF_MAP_TYPE_STRUCT_OPS: u32 = 26;
pub const BPF_MAP_TYPE_RINGBUF: u32 = 27;
pub const BPF_MAP_TYPE_INODE_STORAGE: u32 = 28;
pub const BPF_MAP_TYPE_TASK_STORAGE: u32 = 29;
pub const BPF_MAP_TYPE_BLOOM_FILTER: u32 = 30;
pub const BPF_MAP_TYPE_USER_RINGBUF: u32 = 31;
pub const BPF_MAP_TYPE_CGRP_STORAGE: u32 = 32;
pub const BPF_MAP_TYPE_ARENA: u32 = 33;
pub const BPF_MAP_TYPE_INSN_ARRAY: u32 = 34;
pub const BPF_MAP_TYPE_RHASH: u32 = 35;

/// Names in the order of their numbers; what a number above the profile's last one means is "no such type".
pub const MAP_TYPE_NAMES: [&str; 36] = [
    "UNSPEC",
    "HASH",
    "ARRAY",
    "PROG_ARRAY",
    "PERF_EVENT_ARRAY",
    "PERCPU_HASH",
    "PERCPU_ARRAY",
    "STACK_TRACE",
    "CGROUP_ARRAY",
    "LRU_HASH",
    "LRU_PERCPU_HASH",
    "LPM_TRIE",
    "ARRAY_OF_MAPS",
    "HASH_OF_MAPS",
    "DEVMAP",
    "SOCKMAP",
    "CPUMAP",
    "XSKMAP",
    "SOCKHASH",
    "CGROUP_STORAGE",
    "REUSEPORT_SOCKARRAY",
    "PERCPU_CGROUP_STORAGE",
    "QUEUE",
    "STACK",
    "SK_STORAGE",
    "DEVMAP_HASH",
    "STRUCT_OPS",
    "RINGBUF",
    "INODE_STORAGE",
    "TASK_STORAGE",
    "BLOOM_FILTER",
    "USER_RINGBUF",
    "CGRP_STORAGE",
    "ARENA",
    "INSN_ARRAY",
    "RHASH",
];

/// The name of a map type without its `BPF_MAP_TYPE_` prefix; `None` for a number no profile knows.
pub fn map_type_name(map_type: u32) -> Option<&'static str> {
    MAP_TYPE_NAMES.get(map_type as usize).copied()
}

/// The number of a map type by its name, with or without `BPF_MAP_TYPE_`, in any case.
pub fn map_type_by_name(name: &str) -> Option<u32> {
    let upper = name.to_ascii_uppercase();
    let short = upper.strip_prefix("BPF_MAP_TYPE_").unwrap_or(&upper);
    MAP_TYPE_NAMES.iter().position(|n| *n == short).map(|i| i as u32)
}

// Flags of BPF_MAP_CREATE.
pub const BPF_F_NO_PREALLOC: u32 = 1 << 0;
pub const BPF_F_NO_COMMON_LRU: u32 = 1 << 1;
pub const BPF_F_NUMA_NODE: u32 = 1 << 2;
pub const BPF_F_RDONLY: u32 = 1 << 3;
pub const BPF_F_WRONLY: u32 = 1 << 4;
pub const BPF_F_STACK_BUILD_ID: u32 = 1 << 5;
pub const BPF_F_ZERO_SEED: u32 = 1 << 6;
pub const BPF_F_RDONLY_PROG: u32 = 1 << 7;
pub const BPF_F_WRONLY_PROG: u32 = 1 << 8;
pub const BPF_F_CLONE: u32 = 1 << 9;
pub const BPF_F_MMAPABLE: u32 = 1 << 10;
pub const BPF_F_PRESERVE_ELEMS: u32 = 1 << 11;
pub const BPF_F_INNER_MAP: u32 = 1 << 12;
pub const BPF_F_LINK: u32 = 1 << 13;
pub const BPF_F_TOKEN_FD: u32 = 1 << 16;
pub const BPF_F_RB_OVERWRITE: u32 = 1 << 19;

// Flags of an update or lookup.
pub const BPF_ANY: u64 = 0;
pub const BPF_NOEXIST: u64 = 1;
pub const BPF_EXIST: u64 = 2;
pub const BPF_F_LOCK: u64 = 4;
pub const BPF_F_CPU: u64 = 8;
pub const BPF_F_ALL_CPUS: u64 = 16;

// Flags and queries of the ring buffer.
pub const BPF_RB_NO_WAKEUP: u64 = 1;
pub const BPF_RB_FORCE_WAKEUP: u64 = 2;
pub const BPF_RB_AVAIL_DATA: u64 = 0;
pub const BPF_RB_RING_SIZE: u64 = 1;
pub const BPF_RB_CONS_POS: u64 = 2;
pub const BPF_RB_PROD_POS: u64 = 3;
pub const BPF_RB_OVERWRITE_POS: u64 = 4;
pub const BPF_RINGBUF_BUSY_BIT: u32 = 1 << 31;
pub const BPF_RINGBUF_DISCARD_BIT: u32 = 1 << 30;
pub const BPF_RINGBUF_HDR_SZ: u32 = 8;

/// `NUMA_NO_NODE`: any node.
pub const NUMA_NO_NODE: u32 = u32::MAX;
/// Bytes of a page.
pub const PAGE_SIZE: u64 = 4096;
/// `MAX_BPF_STACK`: the stack of a program, and in 5.10 the longest hash key.
pub const MAX_BPF_STACK: u32 = 512;
/// `KMALLOC_MAX_SIZE` of a SLUB kernel with 4 KiB pages: 4 MiB.
pub const KMALLOC_MAX_SIZE: u64 = 4 << 20;
/// `PCPU_MIN_UNIT_SIZE` (`include/linux/percpu.h`): the largest per-CPU value.
pub const PCPU_MIN_UNIT_SIZE: u64 = 32 << 10;
/// `sizeof(struct bucket)` of a hash map.
pub const BUCKET_BYTES: u64 = 16;
/// `sizeof(struct htab_elem)`, the header before key and value; 48 in all four profiles.
pub const HTAB_ELEM_HEADER: u64 = 48;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sit_at_their_numbers() {
        let cases = [
            (BPF_MAP_TYPE_HASH, "HASH"),
            (BPF_MAP_TYPE_LRU_PERCPU_HASH, "LRU_PERCPU_HASH"),
            (BPF_MAP_TYPE_RINGBUF, "RINGBUF"),
            (BPF_MAP_TYPE_INODE_STORAGE, "INODE_STORAGE"),
            (BPF_MAP_TYPE_USER_RINGBUF, "USER_RINGBUF"),
            (BPF_MAP_TYPE_ARENA, "ARENA"),
            (BPF_MAP_TYPE_RHASH, "RHASH"),
        ];
        for (nr, name) in cases {
            assert_eq!(map_type_name(nr), Some(name));
            assert_eq!(map_type_by_name(&format!("bpf_map_type_{}", name.to_lowercase())), Some(nr));
        }
        assert_eq!(map_type_name(36), None);
    }
}

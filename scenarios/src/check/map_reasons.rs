//! Why a kernel does not make a map, as far as its definition tells: the kernel itself says only a number.
//!
//! Key function: [`reason`]. Neighbour: `clue` puts it into the help of a map that cannot be created. Modelled after the `map_alloc_check`
//! functions of kernel/bpf (arraymap.c, hashtab.c, lpm_trie.c, ringbuf.c, bpf_local_storage.c).

use programs::gate::BPF_F_NO_PREALLOC;
use programs::object::MapSpec;

const PAGE_BYTES: u32 = 4096;

/// One mistake: the types in which it is one, how it shows, and what to write.
struct Row {
    types: Types,
    shows: fn(&MapSpec) -> bool,
    text: &'static str,
}

const ARRAYS: &[&str] = &[
    "ARRAY",
    "PERCPU_ARRAY",
    "PROG_ARRAY",
    "PERF_EVENT_ARRAY",
    "CGROUP_ARRAY",
    "ARRAY_OF_MAPS",
    "DEVMAP",
    "CPUMAP",
    "XSKMAP",
    "SOCKMAP",
    "REUSEPORT_SOCKARRAY",
];
const STORAGES: &[&str] = &["SK_STORAGE", "INODE_STORAGE", "TASK_STORAGE", "CGRP_STORAGE"];
const RINGS: &[&str] = &["RINGBUF", "USER_RINGBUF"];
const KEYLESS: &[&str] = &["QUEUE", "STACK", "BLOOM_FILTER"];
/// Sized by their objects, or with entries of another meaning.
const UNCOUNTED: &[&str] =
    &["SK_STORAGE", "INODE_STORAGE", "TASK_STORAGE", "CGRP_STORAGE", "PERF_EVENT_ARRAY"];

const WITHOUT_KEY: &[&str] = &["QUEUE", "STACK", "BLOOM_FILTER", "RINGBUF", "USER_RINGBUF", "ARENA"];
const WITHOUT_VALUE: &[&str] = &["RINGBUF", "USER_RINGBUF", "ARENA"];

#[derive(Clone, Copy)]
enum Types {
    These(&'static [&'static str]),
    AllBut(&'static [&'static str]),
}

impl Types {
    fn concern(self, name: &str) -> bool {
        match self {
            Types::These(names) => names.contains(&name),
            Types::AllBut(names) => !names.contains(&name),
        }
    }
}

/// The first that fits is told.
const ROWS: &[Row] = &[
    Row {
        types: Types::These(&["ARRAY"]),
        shows: |map| map.is_shared_data() && !map.special.is_empty(),
        text: "libbpf maps global variables into user space, and the kernel does not let it map a lock, timer, kptr, list or tree: declare \
               the variables of this section `static` or `__hidden`",
    },
    Row {
        types: Types::These(STORAGES),
        shows: |map| map.max_entries != 0,
        text: "local storage has no `max_entries`: there is one value for each object",
    },
    Row {
        types: Types::These(STORAGES),
        shows: |map| map.map_flags & BPF_F_NO_PREALLOC == 0,
        text: "local storage needs `__uint(map_flags, BPF_F_NO_PREALLOC)`",
    },
    Row {
        types: Types::These(STORAGES),
        shows: |map| map.key_size != 4,
        text: "local storage needs `__type(key, int)`: user space passes a file descriptor",
    },
    Row {
        types: Types::These(RINGS),
        shows: |map| map.key_size != 0 || map.value_size != 0,
        text: "a ring buffer has neither key nor value, only `max_entries`, its size in bytes",
    },
    Row {
        types: Types::These(RINGS),
        shows: |map| map.max_entries == 0 || map.max_entries % PAGE_BYTES != 0,
        text: "`max_entries` of a ring buffer is its size in bytes: a power of two, of at least a page (4096)",
    },
    Row {
        types: Types::These(&["LPM_TRIE"]),
        shows: |map| map.map_flags & BPF_F_NO_PREALLOC == 0,
        text: "a map of type LPM_TRIE needs `__uint(map_flags, BPF_F_NO_PREALLOC)`",
    },
    Row {
        types: Types::These(&["LPM_TRIE"]),
        shows: |map| map.key_size < 5,
        text: "the key of a map of type LPM_TRIE is a struct with `__u32 prefixlen` and at least one byte of data",
    },
    Row {
        types: Types::These(ARRAYS),
        shows: |map| map.key_size != 4,
        text: "the key is an index: `__type(key, __u32)`",
    },
    Row {
        types: Types::These(KEYLESS),
        shows: |map| map.key_size != 0,
        text: "a map of this type has no key: leave `key` and `key_size` out",
    },
    Row {
        types: Types::AllBut(UNCOUNTED),
        shows: |map| map.max_entries == 0,
        text: "`max_entries` is 0: declare `__uint(max_entries, N)`, or have the loader call `bpf_map__set_max_entries` before it loads",
    },
    Row {
        types: Types::AllBut(WITHOUT_KEY),
        shows: |map| map.key_size == 0,
        text: "there is no key: declare `__type(key, ...)` or `__uint(key_size, N)`",
    },
    Row {
        types: Types::AllBut(WITHOUT_VALUE),
        shows: |map| map.value_size == 0,
        text: "there is no value: declare `__type(value, ...)` or `__uint(value_size, N)`",
    },
];

/// What is wrong with a map of this type (without `BPF_MAP_TYPE_`), if the definition shows it.
pub fn reason(type_name: &str, map: &MapSpec) -> Option<&'static str> {
    let row = ROWS.iter().find(|row| row.types.concern(type_name) && (row.shows)(map))?;
    Some(row.text)
}

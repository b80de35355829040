//! What differs between kernels, as data: one [`MapRules`] per profile.
//!
//! `maps` sits below `programs`, so it has its own small enum [`MapKernel`]; `programs` maps its kernel versions to it. All
//! behaviour of this crate that depends on the kernel reads a field of [`MapRules`]; nothing else compares versions.

use sim::errno::Errno;

use crate::consts::{BPF_MAP_TYPE_ARENA, BPF_MAP_TYPE_INODE_STORAGE, BPF_MAP_TYPE_RHASH};
use crate::map_lock::Reentry;
use crate::refcount::InnerMapFree;
use crate::spec::FieldKind;

/// The kernels for which map rules exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MapKernel {
    /// 5.10: plain bucket locks, `kmalloc` and `call_rcu` for elements made at run time.
    V5_10,
    /// 6.1: `bpf_mem_alloc`, per-CPU bucket guards.
    V6_1,
    /// 6.12: as 6.1; memory that waits for a grace period may be taken back.
    V6_12,
    /// 7.2: resilient spin locks, `BPF_F_CPU`.
    V7_2,
}

/// What protects a hash bucket against the same CPU coming back while it holds the lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BucketGuard {
    /// Nothing: the CPU spins for ever (5.10; only tracing programs are kept out, by `bpf_prog_active`).
    Spins,
    /// A per-map, per-CPU counter for each of 8 hash classes; a second entry gets -EBUSY
    /// (`hashtab.c:htab_lock_bucket`, 5.15 to 6.14).
    PerCpuCounter,
    /// `rqspinlock`: the same lock again gets -EDEADLK, other buckets are free (`kernel/bpf/rqspinlock.c`).
    Resilient,
}

/// Where a hash element that is made at run time (`BPF_F_NO_PREALLOC`) comes from and how it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuntimeAlloc {
    /// `kmalloc(GFP_ATOMIC)`, and `call_rcu` then `kfree` (`hashtab.c:free_htab_elem`, 5.10).
    KmallocRcu,
    /// `bpf_mem_alloc`: per-CPU free list, immediate reuse (`memalloc.c`).
    MemAlloc(MemAllocRules),
}

/// Differences between the versions of `kernel/bpf/memalloc.c`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemAllocRules {
    /// After the Tasks Trace grace period a classic one is awaited too (6.1); later kernels know that it is implied.
    pub chain_classic: bool,
    /// A refill takes back objects that wait for a grace period (6.12, 7.2: `alloc_bulk`).
    pub refill_takes_back: bool,
    /// Objects go to the cache of the CPU that allocated them (6.12, 7.2: `c->tgt`).
    pub free_to_owner: bool,
    /// The callback starts the next grace period for objects that came meanwhile (7.2: `__free_rcu`).
    pub callback_restarts: bool,
    /// The cache of per-CPU values has watermarks 1 and 3 and one object to begin with; 6.1 sizes it like any other.
    pub small_percpu_cache: bool,
}

/// How an LPM trie gets its nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrieAlloc {
    /// `kmalloc` under the lock, `kfree_rcu` (before 7.2).
    KmallocRcu,
    /// `bpf_mem_alloc` before the lock is taken, `bpf_mem_cache_free_rcu` (7.2).
    MemAllocRcu,
}

/// Differences between the versions of `kernel/bpf/lpm_trie.c`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrieRules {
    pub alloc: TrieAlloc,
    pub lock: Reentry,
    /// A full trie refuses every update with -ENOSPC, one of a prefix that it has too (5.10).
    pub full_refuses_all: bool,
    /// `sizeof(struct lpm_trie_node)`.
    pub node_bytes: u64,
}

/// The rules of one kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapRules {
    /// Which kernel this is.
    pub kernel: MapKernel,
    /// The highest map type number that exists; above it creation gives -EINVAL.
    pub last_map_type: u32,
    /// Hash keys are limited to the program stack (5.10: `MAX_BPF_STACK`).
    pub hash_key_limited_to_stack: bool,
    /// The largest array value in bytes: `KMALLOC_MAX_SIZE` in 5.10, `INT_MAX` later.
    pub array_value_max: u64,
    /// The memory of a map is charged in 32 bits: 4 GiB or more gives -E2BIG (5.10: `bpf_map_charge_init`). The limit of locked memory
    /// itself (`RLIMIT_MEMLOCK`) is taken to be raised, as libbpf does.
    pub cost_in_32_bits: bool,
    /// `kernel.unprivileged_bpf_disabled`; Debian's kernels default to on.
    pub unprivileged_bpf_disabled: bool,
    /// That switch is tested before anything else (5.10, 6.1) or after the checks of the map type (6.12, 7.2).
    pub privilege_checked_first: bool,
    /// `BPF_F_RDONLY` with `BPF_F_WRONLY` is refused after everything else (7.2) or before.
    pub file_mode_checked_last: bool,
    /// Protection of the bucket lock.
    pub bucket_guard: BucketGuard,
    /// Elements made at run time.
    pub runtime_alloc: RuntimeAlloc,
    /// LPM tries.
    pub trie: TrieRules,
    /// The lock of queues and stacks.
    pub queue_lock: Reentry,
    /// A pop or peek that cannot have the lock clears the value all the same (7.2).
    pub queue_clears_when_busy: bool,
    /// How many nodes a CPU fetches from the common LRU: scaled to the map (6.12, 7.2) or always 128.
    pub lru_target_scaled: bool,
    /// A CPU's free LRU nodes are handed out in the order they were fetched (7.2) or newest first.
    pub lru_local_fifo: bool,
    /// `BPF_F_CPU` and `BPF_F_ALL_CPUS` are known (7.2).
    pub cpu_flags: bool,
    /// A system call copies the padding between value size and the next multiple of 8 too (before 7.2).
    pub percpu_copies_padding: bool,
    /// `BPF_MAP_FREEZE` refuses a map whose value has special fields with -ENOTSUPP (6.12, 7.2: any field).
    pub freeze_refuses_fields: bool,
    /// `BPF_MAP_FREEZE` refuses a map with timers or kptrs in the value with -ENOTSUPP (6.1: `map_value_has_timer`).
    pub freeze_refuses_timers: bool,
    /// `BPF_MAP_FREEZE` needs a writable descriptor, so a second one gives -EPERM (6.12, 7.2) instead of -EBUSY.
    pub freeze_checks_write: bool,
    /// An element that leaves the map keeps its references and lists until its memory is freed (7.2: `bpf_obj_cancel_fields`).
    pub unlinked_elements_keep_objects: bool,
    /// Special fields that this kernel recognizes in a map value; others are plain bytes to it.
    pub known_fields: &'static [FieldKind],
    /// All fields are checked by one table with one error number (6.12, 7.2: `struct btf_record`) or kind by kind.
    pub fields_in_one_record: bool,
    /// `bpf_for_each_map_elem` and `bpf_map_lookup_percpu_elem` exist (not in 5.10).
    pub has_for_each: bool,
    /// `BPF_MAP_LOOKUP_AND_DELETE_ELEM` takes flags and works on hash maps (not in 5.10).
    pub hash_lookup_and_delete: bool,
    /// `BPF_F_TOKEN_FD` is known (6.12, 7.2).
    pub has_token: bool,
    /// `BPF_F_RB_OVERWRITE` is known (7.2).
    pub has_rb_overwrite: bool,
    /// When an inner map is freed that left its outer map.
    pub inner_map_free: InnerMapFree,
    /// A map whose value has a spin lock cannot be an inner map (5.10, 6.1).
    pub inner_map_without_lock: bool,
    /// Freeing an array of maps counts as deleting its elements (5.10, 6.1: `bpf_fd_array_map_clear`).
    pub inner_map_deferred_on_destroy: bool,
    /// A hash of maps replaces the pointer in the element it has (7.2: `htab_map_update_elem_in_place`) instead of the element.
    pub fd_hash_in_place: bool,
    /// A system call on a map of maps waits for classic readers after look-ups and failures too (5.10, 6.1: `maybe_wait_bpf_programs`).
    pub inner_map_waits_always: bool,
    /// Programs that share a program array must agree in more than their type (since 6.1: attach type and function, XDP fragments).
    pub owner_is_detailed: bool,
    /// They must agree in being sleepable, too (7.2).
    pub owner_has_sleepable: bool,
    /// A program of type EXT cannot be in a program array (6.12, 7.2).
    pub tail_call_not_to_extension: bool,
    /// A map of stacks knows lookup-and-delete (7.2).
    pub stack_lookup_and_delete: bool,
    /// A map of CPUs tells why an entry cannot be made (7.2); before it is always -ENOMEM.
    pub cpumap_says_why: bool,
    /// An AF_XDP socket must be bound before it goes into a map (7.2: -ENOBUFS).
    pub xskmap_wants_bound: bool,
    /// Maps of sockets take connected unix sockets (since 6.1).
    pub sockmap_takes_unix: bool,
    /// Maps of sockets take UDP sockets that are not bound (6.1 only).
    pub sockmap_takes_unbound_udp: bool,
    /// Entries of a map of sockets are limited to `INT_MAX` (7.2).
    pub sockmap_entries_signed: bool,
}

const V6_12_FIELDS: &[FieldKind] = &[
    FieldKind::SpinLock,
    FieldKind::Timer,
    FieldKind::Workqueue,
    FieldKind::Kptr,
    FieldKind::KptrUntrusted,
    FieldKind::PercpuKptr,
    FieldKind::ListHead,
    FieldKind::RbRoot,
    FieldKind::Refcount,
];
const V7_2_FIELDS: &[FieldKind] = &[
    FieldKind::SpinLock,
    FieldKind::ResSpinLock,
    FieldKind::Timer,
    FieldKind::Workqueue,
    FieldKind::TaskWork,
    FieldKind::Kptr,
    FieldKind::KptrUntrusted,
    FieldKind::PercpuKptr,
    FieldKind::Uptr,
    FieldKind::ListHead,
    FieldKind::RbRoot,
    FieldKind::Refcount,
];

const INT_MAX: u64 = i32::MAX as u64;

impl MapRules {
    /// The rules of `kernel`.
    pub fn new(kernel: MapKernel) -> MapRules {
        match kernel {
            MapKernel::V5_10 => Self::v5_10(),
            MapKernel::V6_1 => Self::v6_1(),
            MapKernel::V6_12 => Self::v6_12(),
            MapKernel::V7_2 => Self::v7_2(),
        }
    }

    fn v5_10() -> MapRules {
        MapRules {
            kernel: MapKernel::V5_10,
            last_map_type: BPF_MAP_TYPE_INODE_STORAGE,
            hash_key_limited_to_stack: true,
            array_value_max: crate::consts::KMALLOC_MAX_SIZE,
            cost_in_32_bits: true,
            unprivileged_bpf_disabled: true,
            privilege_checked_first: true,
            file_mode_checked_last: false,
            bucket_guard: BucketGuard::Spins,
            runtime_alloc: RuntimeAlloc::KmallocRcu,
            trie: TrieRules {
                alloc: TrieAlloc::KmallocRcu,
                lock: Reentry::Hangs,
                full_refuses_all: true,
                node_bytes: 40,
            },
            queue_lock: Reentry::NmiTries,
            queue_clears_when_busy: false,
            lru_target_scaled: false,
            lru_local_fifo: false,
            cpu_flags: false,
            percpu_copies_padding: true,
            freeze_refuses_fields: false,
            freeze_refuses_timers: false,
            freeze_checks_write: false,
            unlinked_elements_keep_objects: false,
            known_fields: &[FieldKind::SpinLock],
            fields_in_one_record: false,
            has_for_each: false,
            hash_lookup_and_delete: false,
            has_token: false,
            has_rb_overwrite: false,
            inner_map_free: InnerMapFree::Both,
            inner_map_without_lock: true,
            inner_map_deferred_on_destroy: true,
            fd_hash_in_place: false,
            inner_map_waits_always: true,
            owner_is_detailed: false,
            owner_has_sleepable: false,
            tail_call_not_to_extension: false,
            stack_lookup_and_delete: false,
            cpumap_says_why: false,
            xskmap_wants_bound: false,
            sockmap_takes_unix: false,
            sockmap_takes_unbound_udp: false,
            sockmap_entries_signed: false,
        }
    }

    fn v6_1() -> MapRules {
        MapRules {
            kernel: MapKernel::V6_1,
            last_map_type: crate::consts::BPF_MAP_TYPE_USER_RINGBUF,
            hash_key_limited_to_stack: false,
            array_value_max: INT_MAX,
            cost_in_32_bits: false,
            bucket_guard: BucketGuard::PerCpuCounter,
            runtime_alloc: RuntimeAlloc::MemAlloc(MemAllocRules {
                chain_classic: true,
                refill_takes_back: false,
                free_to_owner: false,
                callback_restarts: false,
                small_percpu_cache: false,
            }),
            known_fields: &[FieldKind::SpinLock, FieldKind::Timer, FieldKind::Kptr, FieldKind::KptrRef],
            trie: TrieRules { full_refuses_all: false, ..Self::v5_10().trie },
            freeze_refuses_timers: true,
            has_for_each: true,
            hash_lookup_and_delete: true,
            owner_is_detailed: true,
            sockmap_takes_unix: true,
            sockmap_takes_unbound_udp: true,
            ..Self::v5_10()
        }
    }

    fn v6_12() -> MapRules {
        MapRules {
            kernel: MapKernel::V6_12,
            last_map_type: BPF_MAP_TYPE_ARENA,
            privilege_checked_first: false,
            runtime_alloc: RuntimeAlloc::MemAlloc(MemAllocRules {
                chain_classic: false,
                refill_takes_back: true,
                free_to_owner: true,
                callback_restarts: false,
                small_percpu_cache: true,
            }),
            lru_target_scaled: true,
            freeze_refuses_fields: true,
            freeze_checks_write: true,
            known_fields: V6_12_FIELDS,
            fields_in_one_record: true,
            has_token: true,
            inner_map_free: InnerMapFree::BySleepableUsers,
            inner_map_without_lock: false,
            inner_map_deferred_on_destroy: false,
            inner_map_waits_always: false,
            tail_call_not_to_extension: true,
            sockmap_takes_unbound_udp: false,
            ..Self::v6_1()
        }
    }

    fn v7_2() -> MapRules {
        MapRules {
            kernel: MapKernel::V7_2,
            last_map_type: BPF_MAP_TYPE_RHASH,
            bucket_guard: BucketGuard::Resilient,
            runtime_alloc: RuntimeAlloc::MemAlloc(MemAllocRules {
                chain_classic: false,
                refill_takes_back: true,
                free_to_owner: true,
                callback_restarts: true,
                small_percpu_cache: true,
            }),
            file_mode_checked_last: true,
            trie: TrieRules {
                alloc: TrieAlloc::MemAllocRcu,
                lock: Reentry::Resilient(Errno::EDEADLK),
                full_refuses_all: false,
                node_bytes: 24,
            },
            queue_lock: Reentry::Resilient(Errno::EBUSY),
            queue_clears_when_busy: true,
            lru_local_fifo: true,
            cpu_flags: true,
            percpu_copies_padding: false,
            unlinked_elements_keep_objects: true,
            known_fields: V7_2_FIELDS,
            has_rb_overwrite: true,
            fd_hash_in_place: true,
            owner_has_sleepable: true,
            stack_lookup_and_delete: true,
            cpumap_says_why: true,
            xskmap_wants_bound: true,
            sockmap_entries_signed: true,
            ..Self::v6_12()
        }
    }
}

impl MapKernel {
    /// All kernels, oldest first.
    pub const ALL: [MapKernel; 4] = [MapKernel::V5_10, MapKernel::V6_1, MapKernel::V6_12, MapKernel::V7_2];

    /// The name users write, e.g. `"6.12"`.
    pub const fn name(self) -> &'static str {
        match self {
            MapKernel::V5_10 => "5.10",
            MapKernel::V6_1 => "6.1",
            MapKernel::V6_12 => "6.12",
            MapKernel::V7_2 => "7.2",
        }
    }

    /// The kernel with this name.
    pub fn from_name(name: &str) -> Option<MapKernel> {
        Self::ALL.into_iter().find(|k| k.name() == name)
    }
}

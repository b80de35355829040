//! May this map be created? The kernel's checks in the kernel's order, as small functions over [`MapDef`] and [`MapRules`].
//!
//! Sources: `kernel/bpf/syscall.c:map_create` and `map_check_btf`, `arraymap.c:array_map_alloc_check`,
//! `hashtab.c:htab_map_alloc_check` and `htab_map_alloc`, `ringbuf.c:ringbuf_map_alloc`. Neighbour: `create` calls
//! `check_common` and then the check of the type's row.

use sim::errno::Errno;

use crate::check_fd;
use crate::consts::*;
use crate::create::CreateError;
use crate::inner;
use crate::rules::MapRules;
use crate::spec::MapDef;

pub(crate) const ACCESS_MASK: u32 = BPF_F_RDONLY | BPF_F_WRONLY | BPF_F_RDONLY_PROG | BPF_F_WRONLY_PROG;
const ARRAY_CREATE_FLAG_MASK: u32 =
    BPF_F_NUMA_NODE | BPF_F_MMAPABLE | ACCESS_MASK | BPF_F_PRESERVE_ELEMS | BPF_F_INNER_MAP;
const HTAB_CREATE_FLAG_MASK: u32 =
    BPF_F_NO_PREALLOC | BPF_F_NO_COMMON_LRU | BPF_F_NUMA_NODE | ACCESS_MASK | BPF_F_ZERO_SEED;

pub(crate) type Check = Result<(), CreateError>;

/// `Err(errno)` when `bad`.
pub(crate) fn refuse(bad: bool, errno: Errno) -> Check {
    if bad { Err(CreateError::Errno(errno)) } else { Ok(()) }
}

/// What `map_create` itself checks before it looks at the type.
pub(crate) fn check_common(def: &MapDef, rules: &MapRules) -> Check {
    if rules.privilege_checked_first {
        check_privilege(def, rules)?;
    }
    // Only a Bloom filter, an arena or an rhash map has a map_extra; none of them is modelled.
    refuse(def.extra != 0 && !has_map_extra(def.map_type), Errno::EINVAL)?;
    if !rules.file_mode_checked_last {
        check_file_mode(def)?;
    }
    refuse(def.has(BPF_F_NUMA_NODE) && def.numa_node != 0 && def.numa_node != NUMA_NO_NODE, Errno::EINVAL)?;
    refuse(def.map_type == BPF_MAP_TYPE_UNSPEC || def.map_type > rules.last_map_type, Errno::EINVAL)?;
    if rules.has_token && def.has(BPF_F_TOKEN_FD) {
        return Err(CreateError::NotModelled("BPF_F_TOKEN_FD".into()));
    }
    Ok(())
}

fn has_map_extra(map_type: u32) -> bool {
    matches!(map_type_name(map_type), Some("BLOOM_FILTER" | "ARENA" | "RHASH"))
}

/// `bpf_get_file_flag`: a descriptor may not be read-only and write-only.
pub(crate) fn check_file_mode(def: &MapDef) -> Check {
    refuse(def.has(BPF_F_RDONLY) && def.has(BPF_F_WRONLY), Errno::EINVAL)
}

/// Types that need CAP_BPF whatever that switch says.
const PRIVILEGED: [u32; 9] = [
    BPF_MAP_TYPE_LRU_HASH,
    BPF_MAP_TYPE_LRU_PERCPU_HASH,
    BPF_MAP_TYPE_LPM_TRIE,
    BPF_MAP_TYPE_QUEUE,
    BPF_MAP_TYPE_STACK,
    BPF_MAP_TYPE_BLOOM_FILTER,
    BPF_MAP_TYPE_STACK_TRACE,
    BPF_MAP_TYPE_CPUMAP,
    BPF_MAP_TYPE_REUSEPORT_SOCKARRAY,
];

/// `kernel.unprivileged_bpf_disabled`, and the types that always need CAP_BPF.
pub(crate) fn check_privilege(def: &MapDef, rules: &MapRules) -> Check {
    let needed = rules.unprivileged_bpf_disabled || PRIVILEGED.contains(&def.map_type);
    refuse(needed && !def.creator.cap_bpf, Errno::EPERM)?;
    // Kernels with tokens take CAP_SYS_ADMIN for CAP_NET_ADMIN; older ones ask in the type's own code.
    let admin = def.creator.cap_net_admin || def.creator.cap_sys_admin;
    refuse(!rules.privilege_checked_first && check_fd::needs_net_admin(def.map_type) && !admin, Errno::EPERM)
}

/// `bpf_map_attr_numa_node` gives a node.
fn has_numa_node(def: &MapDef) -> bool {
    def.has(BPF_F_NUMA_NODE) && def.numa_node != NUMA_NO_NODE
}

pub(crate) fn access_ok(flags: u32) -> bool {
    flags & (BPF_F_RDONLY_PROG | BPF_F_WRONLY_PROG) != (BPF_F_RDONLY_PROG | BPF_F_WRONLY_PROG)
}

/// `fd_array_map_alloc_check`: arrays of descriptors.
pub(crate) fn check_fd_array(def: &MapDef, rules: &MapRules) -> Check {
    refuse(def.value_size != 4 || def.has(BPF_F_RDONLY_PROG | BPF_F_WRONLY_PROG), Errno::EINVAL)?;
    check_array(def, rules)
}

/// `fd_htab_map_alloc_check`; the template is asked for between the attributes and the number of buckets.
pub(crate) fn check_hash_of_maps(def: &MapDef, rules: &MapRules) -> Check {
    refuse(def.value_size != 4, Errno::EINVAL)?;
    check_hash_attributes(def, rules)?;
    inner::check_template(&def.inner, rules)?;
    check_hash_buckets(def)
}

/// `array_map_alloc_check`, for all arrays.
pub(crate) fn check_array(def: &MapDef, rules: &MapRules) -> Check {
    let percpu = def.is_percpu();
    let bad = def.max_entries == 0
        || def.key_size != 4
        || def.value_size == 0
        || def.flags & !ARRAY_CREATE_FLAG_MASK != 0
        || !access_ok(def.flags)
        || (percpu && has_numa_node(def))
        || (def.map_type != BPF_MAP_TYPE_ARRAY && def.has(BPF_F_MMAPABLE | BPF_F_INNER_MAP))
        || (def.map_type != BPF_MAP_TYPE_PERF_EVENT_ARRAY && def.has(BPF_F_PRESERVE_ELEMS));
    refuse(bad, Errno::EINVAL)?;
    refuse(u64::from(def.value_size) > rules.array_value_max, Errno::E2BIG)?;
    refuse(percpu && def.value_stride() > PCPU_MIN_UNIT_SIZE, Errno::E2BIG)
}

/// `htab_map_alloc_check` and the sizes that `htab_map_alloc` refuses.
pub(crate) fn check_hash(def: &MapDef, rules: &MapRules) -> Check {
    check_hash_attributes(def, rules)?;
    check_hash_buckets(def)
}

/// `htab_map_alloc_check`, for all hash maps.
pub(crate) fn check_hash_attributes(def: &MapDef, rules: &MapRules) -> Check {
    let percpu = def.is_percpu();
    let lru = matches!(def.map_type, BPF_MAP_TYPE_LRU_HASH | BPF_MAP_TYPE_LRU_PERCPU_HASH);
    // Later kernels ask for CAP_BPF in map_create, when the attributes are known to be good.
    refuse(rules.privilege_checked_first && lru && !def.creator.cap_bpf, Errno::EPERM)?;
    refuse(def.has(BPF_F_ZERO_SEED) && !def.creator.cap_sys_admin, Errno::EPERM)?;
    refuse(def.flags & !HTAB_CREATE_FLAG_MASK != 0 || !access_ok(def.flags), Errno::EINVAL)?;
    refuse(!lru && def.has(BPF_F_NO_COMMON_LRU), Errno::EINVAL)?;
    refuse(lru && def.has(BPF_F_NO_PREALLOC), Errno::ENOTSUPP)?;
    refuse(has_numa_node(def) && (percpu || def.has(BPF_F_NO_COMMON_LRU)), Errno::EINVAL)?;
    refuse(def.max_entries == 0 || def.key_size == 0 || def.value_size == 0, Errno::EINVAL)?;
    refuse(hash_entry_too_big(def, rules), Errno::E2BIG)?;
    refuse(percpu && def.value_stride() > PCPU_MIN_UNIT_SIZE, Errno::E2BIG)
}

fn check_hash_buckets(def: &MapDef) -> Check {
    // The bucket count is rounded up to a power of two and bucket memory is counted in 32 bits.
    refuse(def.max_entries > 1 << 31, Errno::E2BIG)?;
    let buckets = u64::from(def.max_entries).next_power_of_two();
    refuse(buckets > u64::from(u32::MAX) / BUCKET_BYTES, Errno::E2BIG)
}

fn hash_entry_too_big(def: &MapDef, rules: &MapRules) -> bool {
    let (key, value) = (u64::from(def.key_size), u64::from(def.value_size));
    if rules.hash_key_limited_to_stack {
        let stack = u64::from(MAX_BPF_STACK);
        return key > stack || value >= KMALLOC_MAX_SIZE - stack - HTAB_ELEM_HEADER;
    }
    key + value >= KMALLOC_MAX_SIZE - HTAB_ELEM_HEADER
}

/// Bytes that a kernel takes for the map when it is made, elements made at run time included: what 5.10's allocators charge. 0 for rings,
/// whose size is their `max_entries`.
pub fn memory_cost(def: &MapDef, rules: &MapRules, nr_cpus: u64) -> u64 {
    let entries = u64::from(def.max_entries);
    let per_cpu_values = if def.is_percpu() { def.value_stride() * nr_cpus * entries } else { 0 };
    match def.map_type {
        BPF_MAP_TYPE_ARRAY
        | BPF_MAP_TYPE_ARRAY_OF_MAPS
        | BPF_MAP_TYPE_PROG_ARRAY
        | BPF_MAP_TYPE_PERF_EVENT_ARRAY
        | BPF_MAP_TYPE_CGROUP_ARRAY => def.value_stride() * entries,
        other if check_fd::has_own_cost(other) => check_fd::cost(def),
        BPF_MAP_TYPE_PERCPU_ARRAY => 8 * entries + per_cpu_values,
        // A good size cannot reach the limit.
        BPF_MAP_TYPE_RINGBUF | BPF_MAP_TYPE_USER_RINGBUF => 0,
        _ if crate::local_storage::OwnerKind::of(def.map_type).is_some() => 0,
        BPF_MAP_TYPE_QUEUE | BPF_MAP_TYPE_STACK => (entries + 1) * u64::from(def.value_size),
        BPF_MAP_TYPE_LPM_TRIE => {
            let bits = u64::from(def.key_size.saturating_sub(4));
            entries * (rules.trie.node_bytes + bits + u64::from(def.value_size))
        }
        _ => {
            let value = if def.is_percpu() { 8 } else { def.value_stride() };
            let element = HTAB_ELEM_HEADER + def.key_stride() + value;
            let spare = if def.is_percpu() { 0 } else { element * nr_cpus };
            entries.next_power_of_two() * BUCKET_BYTES + element * entries + spare + per_cpu_values
        }
    }
}

/// 5.10's `bpf_map_charge_init`, with the costs that `array_map_alloc` and `htab_map_alloc` compute.
pub(crate) fn check_cost(def: &MapDef, rules: &MapRules, nr_cpus: u64) -> Check {
    let cost = memory_cost(def, rules, nr_cpus);
    // `dev_map_init_map` has an error of its own.
    let devmap = matches!(def.map_type, BPF_MAP_TYPE_DEVMAP | BPF_MAP_TYPE_DEVMAP_HASH);
    let errno = if devmap { Errno::EINVAL } else { Errno::E2BIG };
    refuse(rules.cost_in_32_bits && cost >= u64::from(u32::MAX) - PAGE_SIZE, errno)
}

/// `ringbuf_map_alloc`.
pub(crate) fn check_ringbuf(def: &MapDef, rules: &MapRules) -> Check {
    let known = BPF_F_NUMA_NODE | if rules.has_rb_overwrite { BPF_F_RB_OVERWRITE } else { 0 };
    refuse(def.flags & !known != 0, Errno::EINVAL)?;
    let size = u64::from(def.max_entries);
    let bad_size = !size.is_power_of_two() || !size.is_multiple_of(PAGE_SIZE);
    refuse(def.key_size != 0 || def.value_size != 0 || bad_size, Errno::EINVAL)?;
    if def.has(BPF_F_RB_OVERWRITE) {
        refuse(def.map_type == BPF_MAP_TYPE_USER_RINGBUF, Errno::EINVAL)?;
        return Err(CreateError::NotModelled("BPF_F_RB_OVERWRITE".into()));
    }
    Ok(())
}

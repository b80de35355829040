//! Creation checks of the types that hold devices, CPUs, sockets and stacks.
//!
//! Sources: `kernel/bpf/devmap.c`, `cpumap.c`, `stackmap.c`, `reuseport_array.c`, `net/xdp/xskmap.c`, `net/core/sock_map.c`. Neighbour:
//! `check` has those of the other types, `create` the table that calls them.

use sim::errno::Errno;

use crate::check::{Check, check_array, refuse};
use crate::consts::*;
use crate::rules::MapRules;
use crate::spec::MapDef;
use crate::stack_trace::MAX_STACK;

/// Nodes and descriptor modes: all that most of these types know.
const PLAIN_FLAGS: u32 = BPF_F_NUMA_NODE | BPF_F_RDONLY | BPF_F_WRONLY;
/// `CONFIG_NR_CPUS` of Debian's kernels.
const NR_CPUS: u32 = 8192;
const BUILD_ID_BYTES: u32 = 32;

/// Types for CAP_NET_ADMIN.
pub(crate) fn needs_net_admin(map_type: u32) -> bool {
    matches!(
        map_type,
        BPF_MAP_TYPE_DEVMAP
            | BPF_MAP_TYPE_DEVMAP_HASH
            | BPF_MAP_TYPE_XSKMAP
            | BPF_MAP_TYPE_SOCKMAP
            | BPF_MAP_TYPE_SOCKHASH
    )
}

/// 5.10 and 6.1 ask for it first in `map_alloc`; CAP_SYS_ADMIN does not help.
fn net_admin(def: &MapDef, rules: &MapRules) -> Check {
    refuse(rules.privilege_checked_first && !def.creator.cap_net_admin, Errno::EPERM)
}

/// Keys of 4 bytes, values of 4 or 8, at least one entry, known flags.
fn plain(def: &MapDef, flags: u32) -> Check {
    let sizes = def.key_size == 4 && matches!(def.value_size, 4 | 8);
    refuse(def.max_entries == 0 || !sizes || def.flags & !flags != 0, Errno::EINVAL)
}

/// `dev_map_alloc_check` (6.12, 7.2), before privileges are asked for.
pub(crate) fn devmap(def: &MapDef, rules: &MapRules) -> Check {
    if rules.privilege_checked_first { Ok(()) } else { devmap_attributes(def) }
}

/// `dev_map_alloc` of 5.10 and 6.1.
pub(crate) fn devmap_late(def: &MapDef, rules: &MapRules) -> Check {
    net_admin(def, rules)?;
    devmap_attributes(def)
}

fn devmap_attributes(def: &MapDef) -> Check {
    plain(def, PLAIN_FLAGS)?;
    let too_many = def.map_type == BPF_MAP_TYPE_DEVMAP_HASH && def.max_entries > 1 << 31;
    refuse(too_many, Errno::EINVAL)
}

/// `cpu_map_alloc`.
pub(crate) fn cpumap(def: &MapDef, _rules: &MapRules) -> Check {
    plain(def, BPF_F_NUMA_NODE)?;
    refuse(def.max_entries > NR_CPUS, Errno::E2BIG)
}

/// `xsk_map_alloc`.
pub(crate) fn xskmap(def: &MapDef, rules: &MapRules) -> Check {
    net_admin(def, rules)?;
    refuse(def.value_size != 4, Errno::EINVAL)?;
    plain(def, PLAIN_FLAGS)
}

/// `sock_map_alloc`.
pub(crate) fn sockmap(def: &MapDef, rules: &MapRules) -> Check {
    net_admin(def, rules)?;
    plain(def, PLAIN_FLAGS)?;
    refuse(rules.sockmap_entries_signed && def.max_entries > i32::MAX as u32, Errno::EINVAL)
}

/// `sock_hash_alloc`.
pub(crate) fn sockhash(def: &MapDef, rules: &MapRules) -> Check {
    net_admin(def, rules)?;
    let sizes = def.key_size > 0 && matches!(def.value_size, 4 | 8);
    refuse(def.max_entries == 0 || !sizes || def.flags & !PLAIN_FLAGS != 0, Errno::EINVAL)?;
    refuse(def.key_size > MAX_BPF_STACK, Errno::E2BIG)?;
    let buckets = u64::from(def.max_entries).next_power_of_two();
    refuse(buckets > u64::from(u32::MAX) / BUCKET_BYTES, Errno::EINVAL)
}

/// `reuseport_array_alloc_check`.
pub(crate) fn reuseport(def: &MapDef, rules: &MapRules) -> Check {
    refuse(!matches!(def.value_size, 4 | 8), Errno::EINVAL)?;
    check_array(def, rules)
}

/// `stack_map_alloc`.
pub(crate) fn stack_trace(def: &MapDef, _rules: &MapRules) -> Check {
    refuse(def.flags & !(PLAIN_FLAGS | BPF_F_STACK_BUILD_ID) != 0, Errno::EINVAL)?;
    let value = def.value_size;
    let bad = def.max_entries == 0 || def.key_size != 4 || value < 8 || !value.is_multiple_of(8);
    refuse(bad, Errno::EINVAL)?;
    let frame = if def.has(BPF_F_STACK_BUILD_ID) { BUILD_ID_BYTES } else { 8 };
    refuse(!value.is_multiple_of(frame) || value / frame > MAX_STACK, Errno::EINVAL)?;
    refuse(def.max_entries > 1 << 31, Errno::E2BIG)
}

/// Whether [`cost`] knows the type.
pub(crate) fn has_own_cost(map_type: u32) -> bool {
    needs_net_admin(map_type)
        || matches!(
            map_type,
            BPF_MAP_TYPE_CPUMAP | BPF_MAP_TYPE_STACK_TRACE | BPF_MAP_TYPE_REUSEPORT_SOCKARRAY
        )
}

/// What 5.10 charges for these types.
pub(crate) fn cost(def: &MapDef) -> u64 {
    /// `sizeof(struct bpf_shtab_elem)`, `sizeof(struct stack_map_bucket)`.
    const SHTAB_ELEM: u64 = 40;
    const STACK_BUCKET: u64 = 24;
    let entries = u64::from(def.max_entries);
    let buckets = entries.next_power_of_two();
    match def.map_type {
        BPF_MAP_TYPE_DEVMAP_HASH => buckets * 8,
        BPF_MAP_TYPE_SOCKHASH => buckets * BUCKET_BYTES + entries * (SHTAB_ELEM + def.key_stride()),
        BPF_MAP_TYPE_STACK_TRACE => buckets * 8 + entries * (STACK_BUCKET + u64::from(def.value_size)),
        _ => entries * 8,
    }
}

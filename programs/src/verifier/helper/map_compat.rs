//! Which helpers go with which map types, and what maps that programs only read forbid.
//!
//! Key items: [`MAPS`], [`HELPERS`], `check_map_helper` and `check_map_use` of [`Verifier`]. Modelled after
//! kernel/bpf/verifier.c:check_map_func_compatibility, may_update_sockmap, record_func_map and record_func_key.

use super::Call;
use crate::profile::{AttachType, KernelVersion, ProgType};
use crate::verifier::stop::{Checked, invalid, no_access, refuse};
use crate::verifier::verify::Verifier;
use sim::errno::Errno;

/// The versions of a row: from this one on.
type Since = KernelVersion;

const V5_10: Since = KernelVersion::V5_10;
const V6_1: Since = KernelVersion::V6_1;
const V6_12: Since = KernelVersion::V6_12;
const V7_2: Since = KernelVersion::V7_2;

/// Map types and the helpers that take them, `bpf_` left out: types without a row go with any helper. A later row adds to an earlier one.
const MAPS: &[(&[&str], Since, &[&str])] = &[
    (&["PROG_ARRAY"], V5_10, &["tail_call"]),
    (
        &["PERF_EVENT_ARRAY"],
        V5_10,
        &["perf_event_read", "perf_event_output", "skb_output", "perf_event_read_value", "xdp_output"],
    ),
    (&["RINGBUF"], V5_10, &["ringbuf_output", "ringbuf_reserve", "ringbuf_query"]),
    (&["RINGBUF"], V6_1, &["ringbuf_reserve_dynptr", "ringbuf_submit_dynptr", "ringbuf_discard_dynptr"]),
    (&["USER_RINGBUF"], V6_1, &["user_ringbuf_drain"]),
    (&["STACK_TRACE"], V5_10, &["get_stackid"]),
    (&["CGROUP_ARRAY"], V5_10, &["skb_under_cgroup", "current_task_under_cgroup"]),
    (&["CGROUP_STORAGE", "PERCPU_CGROUP_STORAGE"], V5_10, &["get_local_storage"]),
    (&["DEVMAP", "DEVMAP_HASH", "XSKMAP"], V5_10, &["redirect_map", "map_lookup_elem"]),
    (&["CPUMAP"], V5_10, &["redirect_map"]),
    (&["ARRAY_OF_MAPS", "HASH_OF_MAPS"], V5_10, &["map_lookup_elem"]),
    (
        &["SOCKMAP"],
        V5_10,
        &["sk_redirect_map", "sock_map_update", "msg_redirect_map", "sk_select_reuseport", "map_lookup_elem"],
    ),
    (
        &["SOCKHASH"],
        V5_10,
        &[
            "sk_redirect_hash",
            "sock_hash_update",
            "msg_redirect_hash",
            "sk_select_reuseport",
            "map_lookup_elem",
        ],
    ),
    (&["REUSEPORT_SOCKARRAY"], V5_10, &["sk_select_reuseport"]),
    (&["QUEUE", "STACK"], V5_10, &["map_peek_elem", "map_pop_elem", "map_push_elem"]),
    (&["SK_STORAGE"], V5_10, &["sk_storage_get", "sk_storage_delete"]),
    (&["INODE_STORAGE"], V5_10, &["inode_storage_get", "inode_storage_delete"]),
    (&["TASK_STORAGE"], V6_1, &["task_storage_get", "task_storage_delete"]),
    (&["CGRP_STORAGE"], V6_12, &["cgrp_storage_get", "cgrp_storage_delete"]),
    (&["SK_STORAGE", "INODE_STORAGE", "TASK_STORAGE", "CGRP_STORAGE"], V6_12, &["kptr_xchg"]),
    (&["BLOOM_FILTER"], V6_1, &["map_peek_elem", "map_push_elem"]),
    (&["INSN_ARRAY"], V7_2, &[]),
];

/// Helpers and the map types they take: helpers without a row take any map that the table above allows.
const HELPERS: &[(&[&str], Since, &[&str])] = &[
    (&["tail_call"], V5_10, &["PROG_ARRAY"]),
    (
        &["perf_event_read", "perf_event_output", "perf_event_read_value", "skb_output", "xdp_output"],
        V5_10,
        &["PERF_EVENT_ARRAY"],
    ),
    (&["ringbuf_output", "ringbuf_reserve", "ringbuf_query"], V5_10, &["RINGBUF"]),
    (&["ringbuf_reserve_dynptr", "ringbuf_submit_dynptr", "ringbuf_discard_dynptr"], V6_1, &["RINGBUF"]),
    (&["user_ringbuf_drain"], V6_1, &["USER_RINGBUF"]),
    (&["get_stackid"], V5_10, &["STACK_TRACE"]),
    (&["current_task_under_cgroup", "skb_under_cgroup"], V5_10, &["CGROUP_ARRAY"]),
    (&["redirect_map"], V5_10, &["DEVMAP", "DEVMAP_HASH", "CPUMAP", "XSKMAP"]),
    (&["sk_redirect_map", "msg_redirect_map", "sock_map_update"], V5_10, &["SOCKMAP"]),
    (&["sk_redirect_hash", "msg_redirect_hash", "sock_hash_update"], V5_10, &["SOCKHASH"]),
    (&["get_local_storage"], V5_10, &["CGROUP_STORAGE", "PERCPU_CGROUP_STORAGE"]),
    (&["sk_select_reuseport"], V5_10, &["REUSEPORT_SOCKARRAY", "SOCKMAP", "SOCKHASH"]),
    (&["map_peek_elem", "map_pop_elem", "map_push_elem"], V5_10, &["QUEUE", "STACK"]),
    (&["map_peek_elem", "map_push_elem"], V6_1, &["BLOOM_FILTER"]),
    (&["map_lookup_percpu_elem"], V6_1, &["PERCPU_ARRAY", "PERCPU_HASH", "LRU_PERCPU_HASH"]),
    (&["sk_storage_get", "sk_storage_delete"], V5_10, &["SK_STORAGE"]),
    (&["inode_storage_get", "inode_storage_delete"], V5_10, &["INODE_STORAGE"]),
    (&["task_storage_get", "task_storage_delete"], V6_1, &["TASK_STORAGE"]),
    (&["cgrp_storage_get", "cgrp_storage_delete"], V6_12, &["CGRP_STORAGE"]),
];

/// Program types in which no socket is locked, so that programs may change maps of sockets.
const MAY_UPDATE_SOCKETS: &[&str] =
    &["SOCKET_FILTER", "SCHED_CLS", "SCHED_ACT", "XDP", "SK_REUSEPORT", "FLOW_DISSECTOR", "SK_LOOKUP"];

/// Whether the rows for `key`, if there are any, allow `other`.
fn allowed(table: &[(&[&str], Since, &[&str])], version: KernelVersion, key: &str, other: &str) -> bool {
    let mut rows = table.iter().filter(|row| row.1 <= version && row.0.contains(&key)).peekable();
    rows.peek().is_none() || rows.any(|row| row.2.contains(&other))
}

impl Verifier<'_> {
    /// `check_map_func_compatibility`.
    pub(super) fn check_map_helper(&self, call: &Call) -> Checked {
        let Some((map, _)) = call.map else { return Ok(()) };
        let version = self.version();
        let facts = self.facts.map(map);
        let full_name = call.name(version);
        let name = full_name.trim_start_matches("bpf_");
        let type_name = facts.type_name();
        let sockets = facts.is(&["SOCKMAP", "SOCKHASH"]);
        let by_map = allowed(MAPS, version, type_name, name) || sockets && self.may_update_sockets(name);
        if by_map && allowed(HELPERS, version, name, type_name) {
            return Ok(());
        }
        invalid(format!("cannot pass map_type {} into func {full_name}#{}", facts.map_type, call.id))
    }

    /// `may_update_sockmap`.
    fn may_update_sockets(&self, helper: &str) -> bool {
        let kind = &self.input.kind;
        if !["map_update_elem", "map_delete_elem"].contains(&helper) {
            return false;
        }
        match kind.prog_type {
            ProgType::TRACING => kind.attach_type == AttachType::TRACE_ITER,
            ProgType::SOCK_OPS => helper == "map_delete_elem",
            other => other.name().is_some_and(|name| MAY_UPDATE_SOCKETS.contains(&name)),
        }
    }

    /// What the call does with its map: maps that programs only read stay as they are, and what a tail call jumps to matters.
    pub(super) fn check_map_use(&mut self, call: &Call) -> Checked {
        let changes = ["bpf_map_delete_elem", "bpf_map_update_elem", "bpf_map_push_elem", "bpf_map_pop_elem"];
        let Some((map, _)) = call.map else { return Ok(()) };
        let facts = self.facts.map(map);
        if call.is_any(&changes) && !facts.may_write() {
            return no_access("write into map forbidden");
        }
        if !call.is("bpf_tail_call") {
            return Ok(());
        }
        if !facts.is(&["PROG_ARRAY"]) {
            return invalid(if self.version() == KernelVersion::V7_2 {
                "expected prog array map for tail call"
            } else {
                "kernel subsystem misconfigured verifier"
            });
        }
        let max = u64::from(facts.max_entries);
        if self.reg(3).known().is_some_and(|key| key < max) {
            self.want_reg(3);
        }
        Ok(())
    }

    /// Maps whose elements a program may visit.
    pub(super) fn check_for_each(&self, call: &Call) -> Checked {
        let Some((map, _)) = call.map else { return Ok(()) };
        let walked = ["ARRAY", "PERCPU_ARRAY", "HASH", "PERCPU_HASH", "LRU_HASH", "LRU_PERCPU_HASH", "RHASH"];
        if self.facts.map(map).is(&walked) {
            return Ok(());
        }
        refuse(Errno::ENOTSUPP, "callback function not allowed for map")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::helper::Helper;
    use crate::profile::map_type::MapType;

    #[test]
    fn every_name_is_a_map_type_or_a_helper() {
        let helper = |name: &&&str| Helper::from_name(&format!("bpf_{name}")).is_none();
        let map = |name: &&&str| MapType::from_name(name).is_none();
        for row in MAPS {
            assert_eq!(row.0.iter().find(map), None);
            assert_eq!(row.2.iter().find(helper), None);
        }
        for row in HELPERS {
            assert_eq!(row.0.iter().find(helper), None);
            assert_eq!(row.2.iter().find(map), None);
        }
    }

    #[test]
    fn both_directions_and_versions() {
        let pair = |version, map, helper| {
            allowed(MAPS, version, map, helper) && allowed(HELPERS, version, helper, map)
        };
        assert!(pair(V5_10, "HASH", "map_lookup_elem"));
        assert!(!pair(V5_10, "HASH", "ringbuf_output"));
        assert!(!pair(V5_10, "RINGBUF", "map_lookup_elem"));
        assert!(!pair(V6_1, "BLOOM_FILTER", "map_pop_elem"));
        assert!(pair(V6_1, "BLOOM_FILTER", "map_push_elem"));
        assert!(!pair(V6_1, "TASK_STORAGE", "kptr_xchg"));
        assert!(pair(V6_12, "TASK_STORAGE", "kptr_xchg"));
        assert!(!pair(V7_2, "INSN_ARRAY", "map_lookup_elem"));
        assert!(pair(V6_12, "XSKMAP", "redirect_map"));
    }
}

//! Which member of a struct_ops structure may call which kernel function: the `filter` callbacks that look at the member.
//!
//! Key items: [`qdisc`], [`sched_ext`]. Neighbours: `kfunc` asks when a registration names such a filter. Modelled after
//! net/sched/bpf_qdisc.c:bpf_qdisc_kfunc_filter and kernel/sched/ext/ext.c:scx_kfunc_context_filter of 7.2.

use super::{ProgType, ProgramKind};

/// Functions for packet schedulers, each with the members that may call it; none named: all may.
const QDISC: [(&str, &[&str]); 6] = [
    ("bpf_skb_get_hash", &[]),
    ("bpf_kfree_skb", &[]),
    ("bpf_dynptr_from_skb", &[]),
    ("bpf_qdisc_skb_drop", &["enqueue"]),
    ("bpf_qdisc_watchdog_schedule", &["enqueue", "dequeue"]),
    ("bpf_qdisc_bstats_update", &["dequeue"]),
];

/// A member of `struct Qdisc_ops` may call the function.
pub(super) fn qdisc(kind: &ProgramKind, name: &str) -> bool {
    let member = kind.target.as_deref().unwrap_or_default();
    kind.struct_ops.as_deref() == Some("Qdisc_ops")
        && QDISC.iter().any(|(known, from)| *known == name && (from.is_empty() || from.contains(&member)))
}

const UNLOCKED: u8 = 1;
const INIT: u8 = 2;
const CPU_RELEASE: u8 = 4;
const DISPATCH: u8 = 8;
const ENQUEUE: u8 = 16;
const SELECT_CPU: u8 = 32;

/// Functions of schedulers that only some members may call, with their groups.
const GROUPS: [(u8, &[&str]); 7] = [
    (INIT, &["scx_bpf_cid_override"]),
    (
        ENQUEUE,
        &[
            "scx_bpf_dsq_insert",
            "scx_bpf_dsq_insert___v2",
            "__scx_bpf_dsq_insert_vtime",
            "scx_bpf_dsq_insert_vtime",
        ],
    ),
    (
        DISPATCH,
        &[
            "scx_bpf_dispatch_nr_slots",
            "scx_bpf_dispatch_cancel",
            "scx_bpf_dsq_move_to_local",
            "scx_bpf_dsq_move_to_local___v2",
            "scx_bpf_sub_dispatch",
        ],
    ),
    (
        DISPATCH | UNLOCKED,
        &[
            "scx_bpf_dsq_move_set_slice",
            "scx_bpf_dsq_move_set_vtime",
            "scx_bpf_dsq_move",
            "scx_bpf_dsq_move_vtime",
        ],
    ),
    (CPU_RELEASE, &["scx_bpf_reenqueue_local"]),
    (UNLOCKED, &["scx_bpf_create_dsq"]),
    (
        SELECT_CPU | UNLOCKED,
        &["__scx_bpf_select_cpu_and", "scx_bpf_select_cpu_and", "scx_bpf_select_cpu_dfl"],
    ),
];

/// Members of `struct sched_ext_ops` and the groups that they may call.
const MEMBERS: [(u8, &[&str]); 5] = [
    (SELECT_CPU | ENQUEUE, &["select_cpu", "enqueue"]),
    (ENQUEUE | DISPATCH, &["dispatch"]),
    (CPU_RELEASE, &["cpu_release"]),
    (UNLOCKED | INIT, &["init"]),
    (
        UNLOCKED,
        &[
            "init_task",
            "dump",
            "cgroup_init",
            "cgroup_exit",
            "cgroup_prep_move",
            "cgroup_cancel_move",
            "cgroup_set_weight",
            "cgroup_set_bandwidth",
            "cgroup_set_idle",
            "sub_attach",
            "sub_detach",
            "cpu_online",
            "cpu_offline",
            "exit",
        ],
    ),
];

/// Functions that take CPU numbers, which schedulers by CPU ids may not call.
const BY_CPU: [&str; 24] = [
    "scx_bpf_kick_cpu",
    "scx_bpf_task_cpu",
    "scx_bpf_cpu_rq",
    "scx_bpf_cpu_curr",
    "scx_bpf_cpu_node",
    "scx_bpf_cpuperf_cap",
    "scx_bpf_cpuperf_cur",
    "scx_bpf_cpuperf_set",
    "scx_bpf_get_possible_cpumask",
    "scx_bpf_get_online_cpumask",
    "scx_bpf_put_cpumask",
    "scx_bpf_select_cpu_dfl",
    "__scx_bpf_select_cpu_and",
    "scx_bpf_select_cpu_and",
    "scx_bpf_get_idle_cpumask",
    "scx_bpf_get_idle_cpumask_node",
    "scx_bpf_get_idle_smtmask",
    "scx_bpf_get_idle_smtmask_node",
    "scx_bpf_put_idle_cpumask",
    "scx_bpf_test_and_clear_cpu_idle",
    "scx_bpf_pick_idle_cpu",
    "scx_bpf_pick_idle_cpu_node",
    "scx_bpf_pick_any_cpu",
    "scx_bpf_pick_any_cpu_node",
];

fn bits(table: &[(u8, &[&str])], name: &str) -> u8 {
    table.iter().find(|(_, names)| names.contains(&name)).map_or(0, |(bits, _)| *bits)
}

/// A program of this kind may call the scheduler's function.
pub(super) fn sched_ext(kind: &ProgramKind, name: &str) -> bool {
    let groups = bits(&GROUPS, name);
    match kind.prog_type {
        ProgType::SYSCALL => groups == 0 || groups & (UNLOCKED | SELECT_CPU) != 0,
        ProgType::STRUCT_OPS => {
            let structure = kind.struct_ops.as_deref().unwrap_or_default();
            let by_id = structure == "sched_ext_ops_cid";
            if (structure != "sched_ext_ops" && !by_id) || (by_id && BY_CPU.contains(&name)) {
                return false;
            }
            groups == 0 || groups & bits(&MEMBERS, kind.target.as_deref().unwrap_or_default()) != 0
        }
        _ => groups == 0,
    }
}

//! The target gate: may this program attach where it says (verifier.c:check_attach_btf_id, bpf_check_attach_target)?

use sim::errno::Errno;

use super::input::{GateInput, KernelNames, Rejection, Stage};
use super::syscall_checks::{is_multi, type_gate};
use crate::profile::{
    AttachType, FunctionSet, KernelVersion, Profile, ProgType, is_faultable_raw_tracepoint, message,
};

/// Everything between the type gate and the trampoline.
pub(super) fn check(
    profile: &Profile,
    input: &GateInput,
    names: Option<&dyn KernelNames>,
) -> Result<(), Rejection> {
    type_gate(profile, input)?;
    match input.kind.prog_type {
        ProgType::STRUCT_OPS => struct_ops(profile, input),
        ProgType::EXT => Ok(()),
        ProgType::LSM => lsm(profile, input, names),
        ProgType::TRACING => tracing(profile, input),
        _ => Ok(()),
    }
}

fn refuse(profile: &Profile, key: &str, args: &[&str]) -> Result<(), Rejection> {
    Err(Rejection::new(Stage::Target, Errno::EINVAL, message(profile.version, key, args)))
}

fn target(input: &GateInput) -> &str {
    input.kind.target.as_deref().unwrap_or_default()
}

/// Members that a structure's own `check_member` allows to sleep.
const SLEEPABLE_MEMBERS: &[(&str, &[&str])] = &[
    ("bpf_dummy_ops", &["test_sleepable"]),
    ("sched_ext_ops", &["cpu_online", "cpu_offline"]),
    ("sched_ext_ops_cid", &["cid_online", "cid_offline"]),
    ("hid_bpf_ops", &["hid_rdesc_fixup", "hid_hw_request", "hid_hw_output_report"]),
];

/// Those of both forms of `sched_ext_ops` (`bpf_scx_check_member`); the last two since 7.2.
const SLEEPABLE_SCHEDULER: &[&str] = &[
    "init_task",
    "cgroup_init",
    "cgroup_exit",
    "cgroup_prep_move",
    "init",
    "exit",
    "sub_attach",
    "sub_detach",
];

/// Structures without a `check_member`: they take the flag on any member.
const UNCHECKED: &[&str] = &["tcp_congestion_ops", "io_uring_bpf_ops", "Qdisc_ops", "smc_hs_ctrl"];

/// Members that no program can stand for: 5.10 and 6.1 list them in `check_member`, later kernels have no stub for them
/// (`bpf_struct_ops_supported`).
const UNSUPPORTED: &[(&str, &[&str])] = &[
    ("tcp_congestion_ops", &["get_info"]),
    (
        "Qdisc_ops",
        &[
            "peek",
            "change",
            "attach",
            "change_tx_queue_len",
            "change_real_num_tx",
            "dump",
            "dump_stats",
            "ingress_block_set",
            "egress_block_set",
            "ingress_block_get",
            "egress_block_get",
        ],
    ),
];

/// Structures that programs can stand in for, and the first version here that knows each (`struct bpf_struct_ops`). Others may come with
/// modules.
const STRUCTURES: &[(&str, KernelVersion)] = &[
    ("tcp_congestion_ops", KernelVersion::V5_10),
    ("bpf_dummy_ops", KernelVersion::V6_1),
    ("hid_bpf_ops", KernelVersion::V6_12),
    ("sched_ext_ops", KernelVersion::V6_12),
    ("sched_ext_ops_cid", KernelVersion::V7_2),
    ("Qdisc_ops", KernelVersion::V7_2),
    ("io_uring_bpf_ops", KernelVersion::V7_2),
    ("smc_hs_ctrl", KernelVersion::V7_2),
];

/// Whether kernels of this version may have programs in the place of such a structure's functions.
pub fn takes_structure(version: KernelVersion, structure: &str) -> bool {
    STRUCTURES.iter().find(|row| row.0 == structure).is_none_or(|row| row.1 <= version)
}

fn lists(table: &[(&str, &[&str])], structure: &str, member: &str) -> bool {
    table.iter().any(|(name, members)| *name == structure && members.contains(&member))
}

fn struct_ops(profile: &Profile, input: &GateInput) -> Result<(), Rejection> {
    if !input.gpl {
        return refuse(profile, "struct_ops_needs_gpl", &[]);
    }
    let Some(structure) = input.kind.struct_ops.as_deref() else { return Ok(()) };
    let member = target(input);
    let text = || message(profile.version, "unsupported_member", &[member, structure]);
    if lists(UNSUPPORTED, structure, member) {
        return Err(Rejection::new(Stage::Target, Errno::ENOTSUPP, text()));
    }
    if !input.kind.sleepable || UNCHECKED.contains(&structure) {
        return Ok(());
    }
    let scheduler = ["sched_ext_ops", "sched_ext_ops_cid"].contains(&structure);
    let late = !["sub_attach", "sub_detach"].contains(&member) || profile.version == KernelVersion::V7_2;
    if lists(SLEEPABLE_MEMBERS, structure, member)
        || (scheduler && late && SLEEPABLE_SCHEDULER.contains(&member))
    {
        return Ok(());
    }
    Err(Rejection::new(Stage::Target, Errno::EINVAL, text()))
}

/// LSM: the sleepable set, then bpf_lsm.c:bpf_lsm_verify_prog.
fn lsm(profile: &Profile, input: &GateInput, names: Option<&dyn KernelNames>) -> Result<(), Rejection> {
    let attach = input.kind.attach_type;
    let known = attach == AttachType::LSM_MAC
        || (attach == AttachType::LSM_CGROUP && profile.version != KernelVersion::V5_10);
    if !known {
        return refuse(profile, "no_message", &[]);
    }
    let function = format!("bpf_lsm_{}", target(input));
    let hook = profile.lsm_hook(target(input));
    if input.kind.sleepable && !hook.is_some_and(|hook| hook.sleepable) {
        return refuse(profile, "target_not_sleepable", &[&function]);
    }
    if !input.gpl {
        return refuse(profile, "lsm_needs_gpl", &[]);
    }
    if let Some(hook) = hook.filter(|hook| hook.disabled) {
        // The number is the function's BTF id, which differs from build to build.
        let builtin = || hook.builtin_id(profile.version).map(str::to_string);
        let id = match names {
            Some(names) => names.function(&function).map(|id| id.to_string()),
            None => builtin(),
        };
        return refuse(profile, "disabled_hook", &[id.as_deref().unwrap_or("?"), &function]);
    }
    Ok(())
}

fn tracing(profile: &Profile, input: &GateInput) -> Result<(), Rejection> {
    let attach = input.kind.attach_type;
    let late = profile.version == KernelVersion::V7_2;
    match attach {
        AttachType::TRACE_RAW_TP => {
            if late && input.kind.sleepable && !is_faultable_raw_tracepoint(target(input)) {
                return refuse(profile, "tracepoint_not_faultable", &[target(input)]);
            }
            Ok(())
        }
        AttachType::TRACE_ITER => Ok(()),
        AttachType::TRACE_FENTRY | AttachType::TRACE_FEXIT | AttachType::MODIFY_RETURN => {
            function(profile, input)
        }
        AttachType::TRACE_FSESSION if late => function(profile, input),
        multi if late && is_multi(multi) => Ok(()),
        _ => refuse(profile, "no_message", &[]),
    }
}

/// fentry, fexit, fmod_ret, fsession: the sleepable and fmod_ret rules, then the deny lists.
fn function(profile: &Profile, input: &GateInput) -> Result<(), Rejection> {
    let name = target(input);
    let kind = &input.kind;
    if kind.sleepable {
        if !profile.sleepable_tracing_target(name) {
            return refuse(profile, "target_not_sleepable", &[name]);
        }
    } else if kind.attach_type == AttachType::MODIFY_RETURN && !profile.modifiable_target(name) {
        return refuse(profile, "not_modifiable", &[name]);
    }
    if profile.function_set(FunctionSet::Deny, name).is_some() {
        let args: &[&str] = if profile.version == KernelVersion::V7_2 { &[name] } else { &[] };
        return refuse(profile, "denied_function", args);
    }
    let after = kind.attach_type != AttachType::TRACE_FENTRY;
    if after && profile.function_set(FunctionSet::NoReturn, name).is_some() {
        let args: &[&str] = if profile.version == KernelVersion::V7_2 { &[name] } else { &[] };
        return refuse(profile, "noreturn_function", args);
    }
    Ok(())
}

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

/// bpf_struct_ops.c members that the structure's own `check_member` allows to sleep.
const SLEEPABLE_MEMBERS: &[(&str, &[&str])] = &[
    ("bpf_dummy_ops", &["test_sleepable"]),
    (
        "sched_ext_ops",
        &[
            "init_task",
            "cgroup_init",
            "cgroup_exit",
            "cgroup_prep_move",
            "cpu_online",
            "cpu_offline",
            "init",
            "exit",
        ],
    ),
    ("hid_bpf_ops", &["hid_rdesc_fixup", "hid_hw_request", "hid_hw_output_report"]),
];

/// Structures without a `check_member`: they take the flag on any member.
const UNCHECKED: &[&str] = &["tcp_congestion_ops", "io_uring_bpf_ops", "Qdisc_ops", "smc_hs_ctrl"];

fn struct_ops(profile: &Profile, input: &GateInput) -> Result<(), Rejection> {
    if !input.gpl {
        return refuse(profile, "struct_ops_needs_gpl", &[]);
    }
    let Some(structure) = input.kind.struct_ops.as_deref() else { return Ok(()) };
    if !input.kind.sleepable || UNCHECKED.contains(&structure) {
        return Ok(());
    }
    let member = target(input);
    let late = profile.version == KernelVersion::V7_2 && structure == "sched_ext_ops";
    let listed =
        SLEEPABLE_MEMBERS.iter().any(|(name, members)| *name == structure && members.contains(&member));
    if listed || (late && ["sub_attach", "sub_detach"].contains(&member)) {
        return Ok(());
    }
    refuse(profile, "unsupported_member", &[member, structure])
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

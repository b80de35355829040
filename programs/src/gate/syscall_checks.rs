//! What the loader and `bpf(BPF_PROG_LOAD)` check before verification: map types, targets, program and attach types.
//!
//! Modelled after syscall.c:bpf_prog_load, bpf_prog_load_check_attach, map_create, and libbpf's target lookup.

use sim::errno::Errno;

use super::creation::not_created;
use super::input::{GateInput, KernelNames, Rejection, Stage};
use super::target::takes_structure;
use crate::kernel_types::{builtin, targets};
use crate::profile::map_type::MapType;
use crate::profile::syscall::syscall_of_wrapper;
use crate::profile::{
    AttachType, KernelVersion, Profile, ProgType, ProgramKind, SleepableGate, message, sleepable_gate,
};

/// `BPF_COMPLEXITY_LIMIT_INSNS`: also the longest program of a privileged user.
pub const MAX_INSNS: usize = 1_000_000;

/// The loader's part: maps must be creatable and attach targets must be in the kernel's BTF.
pub(super) fn loader(
    profile: &Profile,
    input: &GateInput,
    names: Option<&dyn KernelNames>,
) -> Result<(), Rejection> {
    for map in &input.maps {
        let exists = MapType::from_number(map.map_type).is_some_and(|row| row.exists(profile.version));
        let refused = if exists { map.refused } else { Some(Errno::EINVAL) };
        if let Some(errno) = refused {
            return Err(Rejection::new(Stage::Loader, errno, not_created(&map.name, errno)));
        }
    }
    let missing = input.kfuncs.iter().find(|kfunc| !kfunc.weak && kfunc.found(profile).is_none());
    if let Some(kfunc) = missing {
        let extern_ = format!("extern (func ksym) '{}'", kfunc.name);
        let (errno, why) = match profile.kfunc(&kfunc.name) {
            Some(_) => (Errno::EINVAL, "func_proto incompatible with vmlinux"),
            None => (Errno::ESRCH, "not found in kernel or module BTFs"),
        };
        return Err(Rejection::new(Stage::Loader, errno, format!("{extern_}: {why}")));
    }
    target_exists(profile, input, names)
}

/// Programs with a BTF target: without it the loader stops with `ESRCH`.
fn target_exists(
    profile: &Profile,
    input: &GateInput,
    names: Option<&dyn KernelNames>,
) -> Result<(), Rejection> {
    let Some(target) = &input.kind.target else { return Ok(()) };
    if let Some(structure) = input.kind.struct_ops.as_deref()
        && !takes_structure(profile.version, structure)
    {
        let text =
            format!("struct_ops init_kern: struct bpf_struct_ops_{structure} is not found in kernel BTF");
        return Err(Rejection::new(Stage::Loader, Errno::ESRCH, text));
    }
    let found = match input.kind.prog_type {
        ProgType::LSM => profile.lsm_hook(target).is_some(),
        ProgType::TRACING if !is_multi(input.kind.attach_type) => match names {
            Some(names) => has_target(names, &input.kind, target),
            None => {
                !target.starts_with("__x64_sys_") || syscall_of_wrapper(profile.version, target).is_some()
            }
        },
        _ => true,
    };
    if found {
        return Ok(());
    }
    let text = format!("prog '{}': failed to find kernel BTF type ID of '{target}': -ESRCH", input.name);
    Err(Rejection::new(Stage::Loader, Errno::ESRCH, text))
}

/// Whether these types have what a tracing program is made for: a tracepoint, an iterator or a function.
pub fn has_target(names: &dyn KernelNames, kind: &ProgramKind, target: &str) -> bool {
    match kind.attach_type {
        AttachType::TRACE_RAW_TP => names.tracepoint(target),
        AttachType::TRACE_ITER => names.function(&format!("bpf_iter_{target}")).is_some(),
        _ => names.function(target).is_some(),
    }
}

/// A program that is made for one function, hook or tracepoint, and does not say which: libbpf leaves that to its user
/// (`bpf_program__set_attach_target`).
pub fn lacks_target(kind: &ProgramKind) -> bool {
    let typed = matches!(kind.prog_type, ProgType::TRACING | ProgType::LSM) && !is_multi(kind.attach_type);
    typed && kind.target.as_deref().is_none_or(str::is_empty)
}

/// Stops as the loader does when the target is not among the names of all functions and tracepoints of the kernel. For who has no complete
/// BTF, and asks about the kernel as it was built.
pub fn target_listed(profile: &Profile, input: &GateInput) -> Result<(), Rejection> {
    target_exists(profile, input, Some(&Listed(profile.version)))
}

/// The built-in types, and the names of what they lack: those are unpacked only when they are needed.
struct Listed(KernelVersion);

impl KernelNames for Listed {
    fn function(&self, name: &str) -> Option<u32> {
        let typed = builtin(self.0).function(name);
        typed.or_else(|| targets::exists(self.0, name).then_some(0))
    }

    fn tracepoint(&self, name: &str) -> bool {
        builtin(self.0).tracepoint(name) || targets::exists(self.0, &format!("btf_trace_{name}"))
    }
}

/// Attach types whose targets are named when attaching, not when loading.
pub(super) fn is_multi(attach: AttachType) -> bool {
    use AttachType as A;
    [A::TRACE_FENTRY_MULTI, A::TRACE_FEXIT_MULTI, A::TRACE_FSESSION_MULTI].contains(&attach)
}

/// The system call's part. None of these write to the log.
pub(super) fn syscall(profile: &Profile, input: &GateInput) -> Result<(), Rejection> {
    let refuse = |errno, key| Err(Rejection::new(Stage::Syscall, errno, message(profile.version, key, &[])));
    if input.insns.is_empty() || input.insns.len() > MAX_INSNS {
        return refuse(Errno::E2BIG, "too_big");
    }
    if !known_type(profile, input) {
        return refuse(Errno::EINVAL, "no_message");
    }
    Ok(())
}

/// Whether the kernel was built with programs of this type, attach type and flags.
pub(super) fn known_type(profile: &Profile, input: &GateInput) -> bool {
    let kind = &input.kind;
    let lsm_off = kind.prog_type == ProgType::LSM && !profile.config.bpf_lsm();
    let unknown_flag = input.xdp_frags && profile.version == KernelVersion::V5_10;
    let lirc_off = kind.prog_type == ProgType::LIRC_MODE2 && !profile.config.holds("BPF_LIRC_MODE2");
    let unknown_type = !kind.prog_type.exists(profile.version) || lsm_off || lirc_off;
    !unknown_flag && !unknown_type && attach_type_fits(profile, kind)
}

/// syscall.c:bpf_prog_load_check_attach: some types name their attach types, the others take any value.
fn attach_type_fits(profile: &Profile, kind: &ProgramKind) -> bool {
    let checked = [
        ProgType::CGROUP_SOCK,
        ProgType::CGROUP_SOCK_ADDR,
        ProgType::CGROUP_SKB,
        ProgType::CGROUP_SOCKOPT,
        ProgType::SK_LOOKUP,
        ProgType::NETFILTER,
    ];
    let reuseport = kind.prog_type == ProgType::SK_REUSEPORT && profile.version != KernelVersion::V5_10;
    match kind.prog_type {
        ProgType::SYSCALL | ProgType::EXT => kind.attach_type == AttachType::NONE,
        other if checked.contains(&other) || reuseport => kind.attach_type.exists(profile.version),
        _ => true,
    }
}

/// The type gate (verifier.c:check_attach_btf_id, first part).
pub(super) fn type_gate(profile: &Profile, input: &GateInput) -> Result<(), Rejection> {
    let kind = &input.kind;
    let gate = sleepable_gate(profile.version, kind);
    let refuse = |key| Err(Rejection::new(Stage::Target, Errno::EINVAL, message(profile.version, key, &[])));
    match (gate, kind.sleepable) {
        (SleepableGate::Must, false) => refuse("must_be_sleepable"),
        (SleepableGate::MayNot | SleepableGate::Absent, true) => refuse("cannot_be_sleepable"),
        _ => Ok(()),
    }
}

//! The attach gate: refusals of programs that loaded, when they are attached. None of them write a message.

use sim::errno::Errno;

use crate::profile::{
    AttachType, KernelVersion, Profile, ProgramKind, is_faultable_raw_tracepoint, iterator_may_sleep,
};

/// Where a loaded program is to be attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttachSite {
    /// Perf event on a kernel function or its return.
    Kprobe,
    /// Perf event on a user-space address or function return.
    Uprobe,
    /// Many kernel functions at once (`kprobe.multi`, `kprobe.session`).
    KprobeMulti,
    /// Many user-space addresses at once.
    UprobeMulti,
    /// Perf event on a tracepoint, as `category/name`.
    Tracepoint(String),
    /// Raw tracepoint, by name.
    RawTracepoint(String),
    /// Iterator over this target.
    Iterator(String),
    /// Kernel functions of an fentry/fexit/fsession multi link (7.2).
    Functions(Vec<String>),
    /// Anything without a rule of its own here (trampolines, network hooks, cgroups, struct_ops).
    Other,
}

/// Why attaching fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachRefusal {
    /// What the system call returns.
    pub errno: Errno,
    /// What stands behind the number; the kernel itself says nothing.
    pub message: String,
}

/// May this loaded program attach there?
///
/// Kernel sources: events/core.c:__perf_event_set_bpf_prog, bpf_trace.c:bpf_kprobe_multi_link_attach,
/// bpf_iter.c:bpf_iter_link_attach, syscall.c:bpf_raw_tp_link_attach, trampoline.c:bpf_check_attach_btf_id_multi.
///
/// # Errors
/// [`AttachRefusal`], always `EINVAL`.
pub fn attach_gate(profile: &Profile, kind: &ProgramKind, site: &AttachSite) -> Result<(), AttachRefusal> {
    let version = profile.version;
    if !kind.sleepable {
        return Ok(());
    }
    let refuse = |message: String| Err(AttachRefusal { errno: Errno::EINVAL, message });
    match site {
        AttachSite::Kprobe => refuse("a sleepable program cannot run in a kprobe, only in a uprobe".into()),
        AttachSite::KprobeMulti if version >= KernelVersion::V6_12 => {
            refuse("kprobe_multi programs cannot be sleepable".into())
        }
        AttachSite::Tracepoint(name) if !is_faultable_tracepoint(name) => {
            refuse(format!("tracepoint {name} may not fault: only syscalls/sys_enter_* and sys_exit_* do"))
        }
        AttachSite::RawTracepoint(name)
            if version == KernelVersion::V7_2 && !is_faultable_raw_tracepoint(name) =>
        {
            refuse(format!("tracepoint {name} may not fault: only sys_enter and sys_exit do"))
        }
        AttachSite::Iterator(target) if !iterator_may_sleep(version, target) => {
            refuse(format!("iterator {target} does not reschedule, so its programs cannot sleep"))
        }
        AttachSite::Functions(names) => {
            match names.iter().find(|name| !profile.sleepable_tracing_target(name)) {
                Some(name) => refuse(format!("{name} is not sleepable")),
                None => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

fn is_faultable_tracepoint(name: &str) -> bool {
    name.starts_with("syscalls/sys_enter_") || name.starts_with("syscalls/sys_exit_")
}

/// Programs that one trampoline can hold (`BPF_MAX_TRAMP_PROGS`, later `BPF_MAX_TRAMP_LINKS`), on x86-64. One more
/// gets `E2BIG`.
pub fn max_trampoline_programs(version: KernelVersion) -> usize {
    match version {
        KernelVersion::V5_10 => 40,
        KernelVersion::V6_1 | KernelVersion::V6_12 => 38,
        KernelVersion::V7_2 => 36,
    }
}

/// The site that a section of this name attaches to when nothing else is said.
pub fn default_site(section: &str, kind: &ProgramKind) -> AttachSite {
    let prefix = section.trim_start_matches('?').split(['/', '.']).next().unwrap_or_default();
    let target = || kind.target.clone().unwrap_or_default();
    match (prefix, kind.attach_type) {
        (_, AttachType::TRACE_KPROBE_MULTI | AttachType::TRACE_KPROBE_SESSION) => AttachSite::KprobeMulti,
        (_, AttachType::TRACE_UPROBE_MULTI | AttachType::TRACE_UPROBE_SESSION) => AttachSite::UprobeMulti,
        ("kprobe" | "kretprobe" | "ksyscall" | "kretsyscall", _) => AttachSite::Kprobe,
        ("uprobe" | "uretprobe" | "usdt", _) => AttachSite::Uprobe,
        ("tp" | "tracepoint", _) => AttachSite::Tracepoint(target()),
        ("raw_tp" | "raw_tracepoint" | "tp_btf", _) => AttachSite::RawTracepoint(target()),
        ("iter", _) => AttachSite::Iterator(target()),
        (_, attach) if super::syscall_checks::is_multi(attach) => AttachSite::Functions(vec![target()]),
        _ => AttachSite::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Section;

    fn refused(section: &str) -> [bool; 4] {
        let kind = Section::resolve(section).expect("section").kind();
        let site = default_site(section, &kind);
        KernelVersion::ALL.map(|version| attach_gate(&Profile::new(version), &kind, &site).is_err())
    }

    #[test]
    fn what_loads_may_still_not_attach() {
        assert_eq!(refused("kprobe.s/vfs_read"), [true; 4]);
        assert_eq!(refused("uprobe.s"), [false; 4]);
        assert_eq!(refused("iter.s/task"), [false; 4]);
        assert_eq!(refused("iter.s/bpf_map"), [false, true, true, true]);
        assert_eq!(refused("tp_btf.s/sched_switch"), [false, false, false, true]);
        assert_eq!(refused("tp.s/syscalls/sys_enter_read"), [false; 4]);
        assert_eq!(refused("fentry.multi.s/__x64_sys_read"), [true, true, true, false]);
        assert_eq!(refused("kprobe/vfs_read"), [false; 4]);
    }
}

//! Whether a kernel takes the programs of a section, whatever their instructions: for who recommends sections.
//!
//! Key functions: [`takes`], [`takes_somewhere`]. They ask the stages of the gate that look at type and target, and the attach gate.

use super::attach::{attach_gate, default_site};
use super::input::GateInput;
use super::syscall_checks::{known_type, target_listed};
use super::target;
use crate::object::ExceptionCallback;
use crate::profile::{AttachType, Profile, ProgType, ProgramKind, SectionDef};

/// Whether a program of this kind, in the section of this name, would pass all that is decided from its type and its target, and could be
/// attached. For `struct_ops` the structure comes with the kind.
pub fn takes(profile: &Profile, section: &str, kind: &ProgramKind) -> bool {
    let input = of_kind(kind);
    // Kernels load a kprobe program with any attach type, but attach it only by those that they know.
    let unattached = kind.prog_type == ProgType::KPROBE && !kind.attach_type.exists(profile.version);
    known_type(profile, &input)
        && !unattached
        && target::check(profile, &input, None).is_ok()
        && attach_gate(profile, kind, &default_site(section, kind)).is_ok()
        && target_listed(profile, &input).is_ok()
}

/// Whether there is a target for which [`takes`] holds: a section's name without a target promises no more.
pub fn takes_somewhere(profile: &Profile, def: &SectionDef) -> bool {
    let prefix = def.pattern.trim_end_matches('+');
    let at = |target: Option<&str>| {
        let kind = def.kind(target.map(str::to_owned));
        let section = target.map_or_else(|| prefix.to_owned(), |target| format!("{prefix}/{target}"));
        takes(profile, &section, &kind)
    };
    if def.prog_type == ProgType::LSM {
        return profile.lsm_hooks().any(|hook| at(Some(hook.name)));
    }
    match TARGETS.iter().find(|row| row.0 == def.prog_type && row.1.is_none_or(|a| a == def.attach_type)) {
        Some((.., targets)) => targets.iter().any(|target| at(Some(target))),
        None => at(None),
    }
}

/// Targets that stand for all of their kind: what tells kernels apart is whether such a target may be slept at, or changed.
type Targets = (ProgType, Option<AttachType>, &'static [&'static str]);

const TARGETS: &[Targets] = &[
    (ProgType::TRACEPOINT, None, &["syscalls/sys_enter_read"]),
    (ProgType::RAW_TRACEPOINT, None, &["sys_enter"]),
    (ProgType::RAW_TRACEPOINT_WRITABLE, None, &["sys_enter"]),
    (ProgType::TRACING, Some(AttachType::TRACE_RAW_TP), &["sys_enter"]),
    (ProgType::TRACING, Some(AttachType::TRACE_ITER), &["task"]),
    (ProgType::TRACING, None, &["__x64_sys_read", "security_file_open", "vfs_read"]),
];

/// A program without instructions.
fn of_kind(kind: &ProgramKind) -> GateInput {
    GateInput {
        name: String::new(),
        kind: kind.clone(),
        xdp_frags: false,
        gpl: true,
        insns: Vec::new(),
        functions: Vec::new(),
        maps: Vec::new(),
        kfuncs: Vec::new(),
        exception_callback: ExceptionCallback::default(),
        has_func_info: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{KernelVersion, Section, sections};

    fn taken(section: &str) -> [bool; 4] {
        let kind = Section::resolve(section).expect("section").kind();
        KernelVersion::ALL.map(|version| takes(&Profile::new(version), section, &kind))
    }

    fn somewhere(pattern: &str) -> [bool; 4] {
        let def = sections().iter().find(|def| def.pattern == pattern).expect("section");
        KernelVersion::ALL.map(|version| takes_somewhere(&Profile::new(version), def))
    }

    #[test]
    fn targets_decide() {
        assert_eq!(taken("fentry.s/vfs_read"), [false; 4]);
        assert_eq!(taken("fentry/vfs_read"), [true; 4]);
        assert_eq!(taken("fentry/no_such_function"), [false; 4]);
        assert_eq!(taken("fentry.s/__x64_sys_read"), [false, false, false, true]);
        assert_eq!(taken("lsm.s/task_free"), [false; 4]);
        assert_eq!(taken("lsm.s/file_open"), [false, true, true, true]);
        assert_eq!(taken("tp_btf.s/sched_switch"), [true, true, false, false]);
        assert_eq!(taken("raw_tp.s/sched_switch"), [false; 4]);
        assert_eq!(taken("tp.s/sched/sched_switch"), [false; 4]);
        assert_eq!(taken("tp.s/syscalls/sys_enter_read"), [false, false, false, true]);
        assert_eq!(taken("iter.s/bpf_map_elem"), [true, false, false, false]);
        assert_eq!(taken("xdp"), [true; 4]);
    }

    #[test]
    fn names_alone_promise_that_there_is_a_target() {
        assert_eq!(somewhere("fsession.s+"), [false, false, false, true]);
        assert_eq!(somewhere("fentry.multi.s+"), [false, false, false, true]);
        assert_eq!(somewhere("uprobe.multi.s+"), [false, false, true, true]);
        assert_eq!(somewhere("uprobe.s+"), [false, true, true, true]);
        assert_eq!(somewhere("lsm.s+"), [true; 4]);
        assert_eq!(somewhere("fentry.s+"), [false, false, false, true]);
        assert_eq!(somewhere("syscall"), [false, true, true, true]);
    }
}

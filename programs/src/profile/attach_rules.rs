//! Which types may be sleepable at all, and the tracepoints and iterators that sleepable programs may use.

use std::sync::LazyLock;

use super::KernelVersion;
use super::kinds::{AttachType, ProgType, ProgramKind};
use super::table;

/// The type gate's answer (verifier.c:can_be_sleepable and its predecessors).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SleepableGate {
    /// The flag is allowed.
    May,
    /// The flag is required.
    Must,
    /// The flag is refused.
    MayNot,
    /// The version has no such type.
    Absent,
}

struct Row {
    prog_type: &'static str,
    attach: &'static str,
    cells: [SleepableGate; 4],
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let cell = |text: &str| match text {
        "y" => SleepableGate::May,
        "m" => SleepableGate::Must,
        "n" => SleepableGate::MayNot,
        "-" => SleepableGate::Absent,
        other => panic!("type gate cell `{other}`"),
    };
    let row = |c: Vec<&'static str>| Row {
        prog_type: c[0],
        attach: c[1],
        cells: std::array::from_fn(|i| cell(c[2 + i])),
    };
    table::rows(include_str!("data/sleepable_gate.tsv"), &[6]).into_iter().map(row).collect()
});

/// May a program of this type and attach type carry `BPF_F_SLEEPABLE`? Kernels look at the attach type only of tracing
/// programs, from 6.12 on (and of LSM programs in 7.2): elsewhere an attach type that the version does not know passes
/// when any other of its program type does.
pub fn sleepable_gate(version: KernelVersion, kind: &ProgramKind) -> SleepableGate {
    let type_name = kind.prog_type.name().unwrap_or_default();
    let attach = match kind.attach_type {
        AttachType::NONE => "0",
        other => other.name().unwrap_or_default(),
    };
    let of_type = || ROWS.iter().filter(|row| row.prog_type == type_name);
    let exact = of_type().find(|row| row.attach == attach || row.attach == "*");
    match exact.map(|row| row.cells[version.index()]) {
        Some(cell) if cell != SleepableGate::Absent => cell,
        _ if kind.prog_type == ProgType::TRACING && version >= KernelVersion::V6_12 => SleepableGate::MayNot,
        _ => {
            let mut cells = of_type().map(|row| row.cells[version.index()]);
            cells.find(|cell| *cell != SleepableGate::Absent).unwrap_or(SleepableGate::Absent)
        }
    }
}

/// Whether the tracepoint may fault: only the two of the system call path (7.2,
/// include/trace/events/syscalls.h:TRACE_EVENT_SYSCALL).
pub fn is_faultable_raw_tracepoint(name: &str) -> bool {
    name == "sys_enter" || name == "sys_exit"
}

/// Iterator targets that may sleep while iterating (`BPF_ITER_RESCHED`), per version.
pub fn iterator_may_sleep(version: KernelVersion, target: &str) -> bool {
    const SINCE_6_1: [&str; 5] = ["task", "task_file", "task_vma", "cgroup", "ksym"];
    const SINCE_7_2: [&str; 2] = ["kmem_cache", "dmabuf"];
    match version {
        // 5.10 has no check: the flag loads and attaches, and the program runs under rcu_read_lock.
        KernelVersion::V5_10 => true,
        KernelVersion::V6_1 | KernelVersion::V6_12 => SINCE_6_1.contains(&target),
        KernelVersion::V7_2 => SINCE_6_1.contains(&target) || SINCE_7_2.contains(&target),
    }
}

#[cfg(test)]
mod tests {
    use super::super::section::Section;
    use super::*;

    #[test]
    fn gate_by_version() {
        use SleepableGate as G;
        let gate = |section: &str| {
            let kind = Section::resolve(section).expect("section").kind();
            KernelVersion::ALL.map(|version| sleepable_gate(version, &kind))
        };
        assert_eq!(gate("uprobe.s"), [G::MayNot, G::May, G::May, G::May]);
        assert_eq!(gate("tp_btf.s/sys_enter"), [G::May, G::May, G::MayNot, G::May]);
        assert_eq!(gate("lsm_cgroup.s/task_free"), [G::May, G::May, G::May, G::MayNot]);
        assert_eq!(gate("uprobe.session.s"), [G::MayNot, G::May, G::May, G::May]);
        assert_eq!(gate("fsession.s/vfs_read"), [G::May, G::May, G::MayNot, G::May]);
        assert_eq!(gate("xdp.s"), [G::MayNot; 4]);
        assert_eq!(gate("syscall"), [G::Absent, G::Must, G::Must, G::Must]);
    }

    #[test]
    fn rows_name_known_types() {
        for row in ROWS.iter() {
            assert!(ProgType::from_name(row.prog_type).is_some(), "{}", row.prog_type);
            assert!(["*", "0"].contains(&row.attach) || AttachType::from_name(row.attach).is_some());
        }
    }
}

//! Which hooks simulated code passes through: an attachment elsewhere is accepted, as by a kernel, but never fires here.
//!
//! `sleepable support` prints these lists, and the runner warns about an attachment that cannot fire. A test greps the bodies, so
//! that the lists stay true.

use crate::kinds::lsm::security_function;
use crate::registry::Target;
use crate::syscalls;

/// LSM hooks that system calls call.
pub const LSM_HOOKS: &[&str] = &[
    "bpf",
    "bprm_check_security",
    "bprm_committed_creds",
    "bprm_committing_creds",
    "bprm_creds_for_exec",
    "file_alloc_security",
    "file_free_security",
    "file_ioctl",
    "file_mprotect",
    "file_open",
    "file_permission",
    "inode_create",
    "inode_permission",
    "inode_unlink",
    "mmap_addr",
    "mmap_file",
    "path_unlink",
    "socket_bind",
    "socket_connect",
    "socket_create",
    "socket_listen",
    "socket_post_create",
    "socket_sendmsg",
    "socket_setsockopt",
    "task_alloc",
    "task_free",
    "task_getpgid",
];

/// Kernel functions, besides `__x64_sys_*`, `bpf_lsm_*` and `security_*`, that can be traced.
pub const FUNCTIONS: &[&str] = &["do_sys_openat2", "do_unlinkat", "filp_close", "vfs_read", "vfs_write"];

/// Tracepoints, besides those of system calls.
pub const TRACEPOINTS: &[&str] =
    &["sched/sched_process_exec", "sched/sched_process_exit", "sched/sched_process_fork"];

/// Whether anything in the simulation passes through `target`. A function that only a scenario's `kernel_call` step calls counts as no.
pub fn fires(target: &Target) -> bool {
    match target {
        Target::Fentry(name)
        | Target::Fexit(name)
        | Target::FmodRet(name)
        | Target::Kprobe(name)
        | Target::Kretprobe(name) => function_fires(name),
        Target::Lsm(name) => LSM_HOOKS.contains(&name.as_str()),
        Target::Tracepoint(name) => tracepoint_fires(name),
        Target::RawTracepoint(name) => {
            matches!(name.as_str(), "sys_enter" | "sys_exit")
                || TRACEPOINTS.iter().any(|tp| tp.ends_with(&format!("/{name}")))
        }
        _ => true,
    }
}

fn function_fires(name: &str) -> bool {
    let syscall = name.strip_prefix("__x64_sys_");
    let lsm = name.strip_prefix("bpf_lsm_");
    syscall.is_some_and(|call| syscalls::table().any(|row| row.name == call))
        || lsm.is_some_and(|hook| LSM_HOOKS.contains(&hook))
        || (name.starts_with("security_") && LSM_HOOKS.iter().any(|hook| security_function(hook) == name))
        || FUNCTIONS.contains(&name)
}

fn tracepoint_fires(name: &str) -> bool {
    let call = name.strip_prefix("syscalls/sys_enter_").or_else(|| name.strip_prefix("syscalls/sys_exit_"));
    call.is_some_and(|call| syscalls::table().any(|row| row.name == call))
        || matches!(name, "raw_syscalls/sys_enter" | "raw_syscalls/sys_exit")
        || TRACEPOINTS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODIES: &[&str] = &[
        include_str!("syscalls/bpf/mod.rs"),
        include_str!("syscalls/file.rs"),
        include_str!("syscalls/memory.rs"),
        include_str!("syscalls/misc.rs"),
        include_str!("syscalls/net.rs"),
        include_str!("syscalls/process.rs"),
    ];

    /// The first string argument of every call of one of `names`.
    fn named(names: &[&str]) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for body in BODIES {
            // rustfmt may break a call across lines.
            let body: String = body.split_whitespace().collect();
            for name in names {
                let call = format!("{name}(\"");
                let calls = body.split(call.as_str()).skip(1);
                found.extend(calls.filter_map(|rest| rest.split('"').next()).map(str::to_string));
            }
        }
        found.sort();
        found.dedup();
        found
    }

    #[test]
    fn the_lists_say_what_the_bodies_do() {
        assert_eq!(named(&[".lsm"]), LSM_HOOKS);
        assert_eq!(named(&[".call_function"]), FUNCTIONS);
        assert_eq!(named(&[".tracepoint"]), TRACEPOINTS);
    }

    #[test]
    fn only_what_is_passed_through_fires() {
        assert!(fires(&Target::Fentry("__x64_sys_openat".into())));
        assert!(fires(&Target::Tracepoint("syscalls/sys_exit_read".into())));
        assert!(fires(&Target::RawTracepoint("sched_process_exec".into())));
        assert!(!fires(&Target::Kprobe("tcp_v4_connect".into())));
        assert!(!fires(&Target::Lsm("inode_mkdir".into())));
        assert!(!fires(&Target::Tracepoint("syscalls/sys_enter_mount".into())));
    }
}

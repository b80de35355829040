//! Who runs: pid, uid, name, task, CPU. Source: `kernel/bpf/helpers.c`, `kernel/trace/bpf_trace.c`.

use sim::errno::Errno;

use super::Row;
use crate::kobj::KobjError;
use crate::runtime::{CallFault, HelperCx, Reply, errno, ret};

pub(super) const ROWS: &[Row] = &[
    Row { name: "bpf_get_current_pid_tgid", body: pid_tgid },
    Row { name: "bpf_get_current_uid_gid", body: uid_gid },
    Row { name: "bpf_get_current_comm", body: comm },
    Row { name: "bpf_get_current_task", body: current_task },
    Row { name: "bpf_get_current_task_btf", body: current_task },
    Row { name: "bpf_get_smp_processor_id", body: cpu },
    Row { name: "bpf_get_numa_node_id", body: numa_node },
    Row { name: "bpf_get_ns_current_pid_tgid", body: ns_pid_tgid },
    Row { name: "bpf_get_current_cgroup_id", body: cgroup_id },
];

/// Every task is in the root cgroup; its kernfs id on cgroup2.
const ROOT_CGROUP_ID: u64 = 1;

fn pid_tgid(cx: &HelperCx<'_>, _: [u64; 5]) -> Reply {
    let task = cx.machine().current_task();
    ret(u64::from(task.tgid.0) << 32 | u64::from(task.pid.0))
}

fn uid_gid(cx: &HelperCx<'_>, _: [u64; 5]) -> Reply {
    let task = cx.machine().current_task();
    ret(u64::from(task.gid.get()) << 32 | u64::from(task.uid.get()))
}

/// Copies at most `size` bytes with the NUL and zeroes the rest (`strscpy_pad`).
fn comm(cx: &HelperCx<'_>, [buf, size, ..]: [u64; 5]) -> Reply {
    cx.fill(buf, size, 0)?;
    let comm = cx.machine().current_task().comm();
    let len = comm.len().min((size as usize).saturating_sub(1));
    cx.write(buf, &comm.as_bytes()[..len])?;
    ret(0)
}

/// A kernel object could not be made.
pub(crate) fn no_object(error: &KobjError) -> CallFault {
    CallFault::not_modelled(error.to_string())
}

fn current_task(cx: &HelperCx<'_>, _: [u64; 5]) -> Reply {
    let m = cx.machine();
    ret(cx.bpf.kobjs().task(m, &m.current_task()).map_err(|e| no_object(&e))?)
}

fn cpu(cx: &HelperCx<'_>, _: [u64; 5]) -> Reply {
    ret(u64::from(cx.machine().current_cpu().0))
}

/// The machine has one node.
fn numa_node(_: &HelperCx<'_>, _: [u64; 5]) -> Reply {
    ret(0)
}

/// There is one pid namespace; its device and inode are those of `/proc` on most systems (`PROC_PID_INIT_INO`).
fn ns_pid_tgid(cx: &HelperCx<'_>, [dev, ino, info, size, _]: [u64; 5]) -> Reply {
    const PROC_PID_INIT_INO: u64 = 0xeffffffc;
    const NS_DEV: u64 = 4;
    let fits = size == 8;
    if !fits || dev != NS_DEV || ino != PROC_PID_INIT_INO {
        cx.fill(info, size, 0)?;
        return errno(Errno::EINVAL);
    }
    let task = cx.machine().current_task();
    cx.store(info, 4, u64::from(task.pid.0))?;
    cx.store(info + 4, 4, u64::from(task.tgid.0))?;
    ret(0)
}

fn cgroup_id(_: &HelperCx<'_>, _: [u64; 5]) -> Reply {
    ret(ROOT_CGROUP_ID)
}

//! References to kernel objects: tasks, files; and pointer casts. Sources: `kernel/bpf/helpers.c`, `fs/bpf_fs_kfuncs.c`.
//!
//! Objects here live as long as the machine, so a reference keeps only local storage alive; it is counted so that a leak is a finding.

use sim::finding;
use sim::ids::Pid;

use super::Row;
use crate::helpers::path::write_path;
use crate::helpers::task::no_object;
use crate::runtime::{CallFault, HelperCx, Reply, ret};

pub(super) const ROWS: &[Row] = &[
    Row { name: "bpf_task_acquire", body: acquire },
    Row { name: "bpf_task_release", body: release },
    Row { name: "bpf_task_from_pid", body: task_from_pid },
    Row { name: "bpf_put_file", body: release },
    Row { name: "bpf_path_d_path", body: path_d_path },
    Row { name: "bpf_cast_to_kern_ctx", body: cast },
    Row { name: "bpf_rdonly_cast", body: cast },
];

fn acquire(cx: &HelperCx<'_>, [object, ..]: [u64; 5]) -> Reply {
    // Reading it finds out whether it is still there.
    cx.bytes(object, 1)?;
    hold(cx, object);
    ret(object)
}

/// The run has a reference from now on.
fn hold(cx: &HelperCx<'_>, object: u64) {
    cx.state.references.borrow_mut().push(object);
    cx.bpf.take_reference(object);
}

fn release(cx: &HelperCx<'_>, [object, ..]: [u64; 5]) -> Reply {
    let mut references = cx.state.references.borrow_mut();
    let Some(held) = references.iter().position(|r| *r == object) else {
        let message = format!("releases {object:#x}, to which this run has no reference");
        return Err(CallFault::new(finding::UNBALANCED, message));
    };
    references.remove(held);
    drop(references);
    cx.bpf.drop_reference(object);
    ret(0)
}

/// NULL when no task has the pid.
fn task_from_pid(cx: &HelperCx<'_>, [pid, ..]: [u64; 5]) -> Reply {
    let m = cx.machine();
    let Some(task) = m.find_task(Pid(pid as u32)) else { return ret(0) };
    let addr = cx.bpf.kobjs().task(m, &task).map_err(|e| no_object(&e))?;
    hold(cx, addr);
    ret(addr)
}

fn path_d_path(cx: &HelperCx<'_>, [path, buf, size, ..]: [u64; 5]) -> Reply {
    write_path(cx, path, buf, size)
}

/// The same pointer under another type.
fn cast(_: &HelperCx<'_>, [pointer, ..]: [u64; 5]) -> Reply {
    ret(pointer)
}

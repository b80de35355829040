//! Reading user memory and waiting for it. Sources: `kernel/bpf/helpers.c` (`bpf_copy_from_user`, `bpf_copy_from_user_task`).
//!
//! The destination is written when the read is over; until then it keeps what it had. Neighbour: `probe` for reads that never wait.

use sim::errno::Errno;
use sim::ids::MmId;
use sim::machine::Machine;
use sim::uaccess;

use super::Row;
use crate::interp::Outcome;
use crate::runtime::{CallFault, HelperCx, Reply, errno, ret};

pub(super) const ROWS: &[Row] = &[
    Row { name: "bpf_copy_from_user", body: copy_from_user },
    Row { name: "bpf_copy_from_user_task", body: copy_from_user_task },
];

/// Waits for `read` (which returns r0 and what goes to `dst`), then writes.
pub(crate) fn wait_and_write<F>(cx: &HelperCx<'_>, dst: u64, read: F) -> Reply
where
    F: Future<Output = (u64, Vec<u8>)> + 'static,
{
    let (m, state) = (cx.machine().clone(), cx.state.clone());
    Ok(Outcome::Wait(Box::pin(async move {
        let (r0, bytes) = read.await;
        let written = m.arena_mut().write(dst, &bytes);
        if let Err(fault) = written {
            // Freed while the program slept: the next step of the run ends it.
            state.fail(fault.into());
        }
        r0
    })))
}

/// `copy_from_user` from the current task's memory: all of it, or -EFAULT and zeros.
pub(crate) async fn read_all(m: &Machine, addr: u64, dst: &mut [u8]) -> Result<(), Errno> {
    let Some(mm) = m.current_task().mm.get() else {
        dst.fill(0);
        return Err(Errno::EFAULT);
    };
    uaccess::copy_from_user(m, mm, addr, dst).await.map_err(|_| {
        dst.fill(0);
        Errno::EFAULT
    })
}

/// `access_process_vm`: all of it, or -EFAULT and zeros.
pub(crate) async fn read_remote(
    m: &Machine,
    mm: Option<MmId>,
    addr: u64,
    dst: &mut [u8],
) -> Result<(), Errno> {
    let copied = match mm {
        Some(mm) => uaccess::access_process_vm(m, mm, addr, dst).await,
        None => 0,
    };
    if copied == dst.len() {
        return Ok(());
    }
    dst.fill(0);
    Err(Errno::EFAULT)
}

fn code(result: Result<(), Errno>) -> u64 {
    result.map_or_else(|e| e.ret() as u64, |()| 0)
}

fn copy_from_user(cx: &HelperCx<'_>, [dst, size, addr, ..]: [u64; 5]) -> Reply {
    let len = cx.check_writable(dst, u64::from(size as u32))?;
    let m = cx.machine().clone();
    wait_and_write(cx, dst, async move {
        let mut bytes = vec![0; len];
        let result = read_all(&m, addr, &mut bytes).await;
        (code(result), bytes)
    })
}

/// The memory of the task that a `task_struct` pointer means.
pub(crate) fn mm_of(cx: &HelperCx<'_>, task: u64) -> Result<Option<MmId>, CallFault> {
    match cx.bpf.kobjs().task_at(cx.machine(), task) {
        Some(task) => Ok(task.mm.get()),
        None => Err(CallFault::not_modelled(format!("user memory of the task at {task:#x}"))),
    }
}

fn copy_from_user_task(cx: &HelperCx<'_>, [dst, size, addr, task, flags]: [u64; 5]) -> Reply {
    if flags != 0 {
        return errno(Errno::EINVAL);
    }
    let len = cx.check_writable(dst, u64::from(size as u32))?;
    if len == 0 {
        return ret(0);
    }
    let (m, mm) = (cx.machine().clone(), mm_of(cx, task)?);
    wait_and_write(cx, dst, async move {
        let mut bytes = vec![0; len];
        let result = read_remote(&m, mm, addr, &mut bytes).await;
        (code(result), bytes)
    })
}

//! Access to user memory by simulated tasks: page faults that wait. The async face of [`crate::mm`].
//!
//! A function here is what the kernel function of the same name is: it copies, and where a page is missing it takes a page fault in
//! the current task. The fault takes `mmap_lock` for reading (a fault from user mode tries the per-VMA lock first where the kernel
//! has one), waits for I/O or for a userfaultfd handler, counts as minor or major on the task, and shows as a slice on its lane.
//! Where page faults are disabled or the context is atomic, a missing page fails the access at once.
//!
//! Key functions: [`copy_from_user`], [`copy_to_user`], [`strncpy_from_user`], [`access_process_vm`], [`copy_remote_vm_str`],
//! [`user_read`], [`user_write`], [`populate`], [`mmap_write_lock`]. Functions in [`nofault`] never wait and are plain.
//! Neighbours: `mm` decides, `machine` blocks and wakes, `programs` and `hooks` call.

mod event;
mod lock;
pub mod nofault;
#[cfg(test)]
mod tests;

use crate::errno::Errno;
use crate::ids::MmId;
use crate::machine::Machine;
use crate::mm::fault::{Attempt, FaultStep, LockPath, Wait};
use crate::mm::op::{CopyOp, OpStep, TouchOp, UserOp};
use crate::mm::remote::{RemoteCopyOp, RemoteStrOp};
use crate::mm::strncpy::StrncpyOp;
use crate::mm::{Access, FaultDone, FaultError, FaultFlags, NotCopied, UserMemory, page_up};
use crate::task::WaitReason;

pub use event::UserFaultEvent;
pub use lock::{MmapGuard, mmap_read_lock, mmap_write_lock};

/// `copy_from_user`. On failure the part that was not copied is zeroed (`_copy_from_user`, `lib/usercopy.c`).
///
/// # Errors
/// How many bytes were not copied.
pub async fn copy_from_user(m: &Machine, mm: MmId, addr: u64, dst: &mut [u8]) -> Result<(), NotCopied> {
    might_fault(m, "include/linux/uaccess.h");
    let mut op = CopyOp::new(mm, addr, dst.len(), Access::Read, FaultFlags::KERNEL);
    run(m, &mut op, dst).await;
    op.result().inspect_err(|left| {
        let copied = dst.len() - left.0;
        dst[copied..].fill(0);
    })
}

/// `copy_to_user`.
///
/// # Errors
/// How many bytes were not copied; those before them were.
pub async fn copy_to_user(m: &Machine, mm: MmId, addr: u64, src: &[u8]) -> Result<(), NotCopied> {
    might_fault(m, "include/linux/uaccess.h");
    let mut op = CopyOp::new(mm, addr, src.len(), Access::Write, FaultFlags::KERNEL);
    run(m, &mut op, &mut src.to_vec()).await;
    op.result()
}

/// `strncpy_from_user` of at most `dst.len()` bytes. Returns the length without the NUL; `dst.len()` when there was none within it.
///
/// # Errors
/// `EFAULT`; the destination holds what was copied before.
pub async fn strncpy_from_user(m: &Machine, mm: MmId, addr: u64, dst: &mut [u8]) -> Result<usize, Errno> {
    might_fault(m, "lib/strncpy_from_user.c");
    let mut op = StrncpyOp::new(mm, addr, dst.len());
    run(m, &mut op, dst).await;
    op.result()
}

/// `access_process_vm` for reading: copies page by page under `mmap_lock` and returns how many bytes it got. A page that only a
/// userfaultfd handler could provide ends it. The rest of `dst` is untouched.
pub async fn access_process_vm(m: &Machine, mm: MmId, addr: u64, dst: &mut [u8]) -> usize {
    let mut op = RemoteCopyOp::new(mm, addr, dst.len(), Access::Read);
    run(m, &mut op, dst).await;
    op.copied()
}

/// `access_process_vm` for writing; returns how many bytes were written.
pub async fn access_process_vm_write(m: &Machine, mm: MmId, addr: u64, src: &[u8]) -> usize {
    let mut op = RemoteCopyOp::new(mm, addr, src.len(), Access::Write);
    run(m, &mut op, &mut src.to_vec()).await;
    op.copied()
}

/// `copy_remote_vm_str`: a string of at most `dst.len()` bytes with its NUL, which is always written. Returns the length without it.
///
/// # Errors
/// `EFAULT`.
pub async fn copy_remote_vm_str(m: &Machine, mm: MmId, addr: u64, dst: &mut [u8]) -> Result<usize, Errno> {
    let mut op = RemoteStrOp::new(mm, addr, dst.len());
    run(m, &mut op, dst).await;
    op.result()
}

/// Loads as an instruction in user mode does.
///
/// # Errors
/// What the task gets a signal for ([`FaultError::signal`]), and how many bytes it did not reach.
pub async fn user_read(
    m: &Machine,
    mm: MmId,
    addr: u64,
    dst: &mut [u8],
) -> Result<(), (FaultError, NotCopied)> {
    user_copy(m, CopyOp::new(mm, addr, dst.len(), Access::Read, FaultFlags::USER), dst).await
}

/// Stores as an instruction in user mode does.
///
/// # Errors
/// As [`user_read`].
pub async fn user_write(m: &Machine, mm: MmId, addr: u64, src: &[u8]) -> Result<(), (FaultError, NotCopied)> {
    let op = CopyOp::new(mm, addr, src.len(), Access::Write, FaultFlags::USER);
    user_copy(m, op, &mut src.to_vec()).await
}

async fn user_copy(m: &Machine, mut op: CopyOp, buf: &mut [u8]) -> Result<(), (FaultError, NotCopied)> {
    run(m, &mut op, buf).await;
    op.result().map_err(|left| (op.failure().expect("an incomplete copy has a cause"), left))
}

/// Faults in every page of a range, as `mlock` and `MAP_POPULATE` do (`mm/gup.c:__mm_populate`): for writing where an area is private
/// and writable. Inaccessible areas and holes are skipped.
///
/// # Errors
/// The first page that cannot be had.
pub async fn populate(m: &Machine, mm: MmId, start: u64, len: u64) -> Result<(), FaultError> {
    let end = start.checked_add(len).and_then(page_up).unwrap_or(start);
    let plan = populate_plan(&m.mm(), mm, start, end);
    for (from, to, access) in plan {
        let mut op = TouchOp::new(mm, from, to - from, access);
        run(m, &mut op, &mut []).await;
        op.result()?;
    }
    Ok(())
}

fn populate_plan(memory: &UserMemory, mm: MmId, start: u64, end: u64) -> Vec<(u64, u64, Access)> {
    let Some(space) = memory.mm(mm) else { return Vec::new() };
    let mut plan: Vec<_> = space
        .vmas
        .overlapping(start, end)
        .filter_map(|v| Some((v.start.max(start), v.end.min(end), UserMemory::populate_access(v)?)))
        .collect();
    plan.reverse();
    plan
}

/// `might_fault()`: an access that may sleep is wrong in atomic context, unless page faults are disabled.
fn might_fault(m: &Machine, caller: &'static str) {
    if m.current_task().ctx.pagefault_disabled.get() == 0 {
        m.might_sleep(caller);
    }
}

/// Runs an operation of any kind in the current task.
pub async fn run(m: &Machine, op: &mut dyn UserOp, buf: &mut [u8]) {
    let held = match op.holds_lock() {
        Some(mm) => Some(mmap_read_lock(m, mm).await),
        None => None,
    };
    loop {
        // The borrow of user memory must end before anything waits.
        let step = op.step(&mut m.mm(), buf);
        let OpStep::Fault(attempt) = step else { break };
        if let Err(why) = resolve(m, attempt, held.is_some()).await {
            op.fault_failed(why);
        }
    }
}

/// Takes one page fault in the current task (`do_user_addr_fault`), or refuses it where faults are disabled.
async fn resolve(m: &Machine, mut at: Attempt, lock_held: bool) -> Result<FaultDone, FaultError> {
    if m.current_task().ctx.faulthandler_disabled() {
        m.emit_with(|| UserFaultEvent::refused(&at));
        return Err(FaultError::Disabled);
    }
    let id = m.mm().next_fault_id();
    m.emit_with(|| UserFaultEvent::begin(id, &at));
    let started_ns = m.now_ns();
    let outcome = serve(m, &mut at, lock_held).await;
    if let Ok(done) = &outcome {
        m.charge(done.cost_ns);
        let task = m.current_task();
        let count = if done.major { &task.maj_flt } else { &task.min_flt };
        count.set(count.get() + 1);
    }
    let took_ns = m.now_ns() - started_ns;
    m.emit_with(|| UserFaultEvent::end(id, &at, &outcome, took_ns));
    m.cpu_point().await;
    outcome
}

async fn serve(m: &Machine, at: &mut Attempt, lock_held: bool) -> Result<FaultDone, FaultError> {
    let mut guard = None;
    loop {
        if !lock_held && guard.is_none() && at.path == LockPath::Mmap {
            guard = Some(mmap_read_lock(m, at.mm).await);
        }
        let now_ns = m.now_ns();
        let step = m.mm().fault(at, now_ns);
        match step {
            FaultStep::Done(done) => return Ok(done),
            FaultStep::Fail(why) => return Err(why),
            FaultStep::Wait { wait, drops_lock } => {
                if drops_lock {
                    guard = None;
                }
                wait_for(m, at, wait).await;
            }
        }
    }
}

async fn wait_for(m: &Machine, at: &Attempt, wait: Wait) {
    let what = at.kind().map_or("memory", |kind| kind.name());
    match wait {
        Wait::Until(ns) => {
            let reason = WaitReason::new("page_in").detail(format!("{what} at {:#x}", at.addr));
            m.sleep_ns(ns.saturating_sub(m.now_ns()), reason).await;
        }
        Wait::Userfault(id) => {
            let readers = m.mm().uffd_take_readers(id);
            for reader in readers {
                m.wake(reader);
            }
            let missing = m.mm().uffd_block(id, at.mm, at.addr, m.current());
            if missing {
                m.block(WaitReason::new("userfaultfd").detail(format!("{:#x}", at.addr))).await;
            }
        }
    }
}

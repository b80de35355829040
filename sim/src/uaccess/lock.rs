//! `mmap_lock` as a lock that blocks the simulated task. Neighbours: `mm::lock` keeps who holds it and who waits.

use crate::ids::{MmId, TaskId};
use crate::machine::Machine;
use crate::mm::lock::LockMode;
use crate::task::WaitReason;

/// Holds `mmap_lock` of an address space until dropped.
#[must_use = "the lock is released when the guard is dropped"]
pub struct MmapGuard {
    machine: Machine,
    mm: MmId,
    holder: TaskId,
}

impl Drop for MmapGuard {
    fn drop(&mut self) {
        if !self.machine.is_executing() {
            return;
        }
        // An address space that is gone took its lock with it.
        let woken = self.machine.mm().mm_mut(self.mm).map(|space| space.lock.unlock(self.holder));
        for task in woken.unwrap_or_default() {
            self.machine.wake(task);
        }
    }
}

/// `mmap_read_lock()`.
pub async fn mmap_read_lock(m: &Machine, mm: MmId) -> MmapGuard {
    lock(m, mm, LockMode::Read).await
}

/// `mmap_write_lock()`: alone, for changing mappings.
pub async fn mmap_write_lock(m: &Machine, mm: MmId) -> MmapGuard {
    lock(m, mm, LockMode::Write).await
}

async fn lock(m: &Machine, mm: MmId, mode: LockMode) -> MmapGuard {
    m.might_sleep("include/linux/mmap_lock.h");
    let me = m.current();
    let taken = m.mm().mm_mut(mm).is_none_or(|space| space.lock.lock_or_queue(me, mode));
    if !taken {
        wait_for_turn(m, mm, me).await;
    }
    MmapGuard { machine: m.clone(), mm, holder: me }
}

async fn wait_for_turn(m: &Machine, mm: MmId, me: TaskId) {
    loop {
        let holder = m.mm().mm(mm).and_then(|s| s.lock.writer().or(s.lock.readers().first().copied()));
        let mut reason = WaitReason::new("mmap_lock").detail(mm.to_string());
        reason.on = holder;
        m.block(reason).await;
        if m.mm().mm(mm).is_none_or(|space| space.lock.held_by(me)) {
            return;
        }
    }
}

//! `bpf_spin_lock`: who holds which lock. The lock word in the map value shows 0 or 1 as a kernel's does.
//!
//! Source: `kernel/bpf/helpers.c:__bpf_spin_lock_irqsave`: interrupts are off from before the lock is taken until it is released.
//! Contention: the CPU spins through [`Machine::cpu_point`], so the holder on another CPU goes on. Key type: [`SpinLocks`].

use std::cell::RefCell;
use std::collections::BTreeMap;

use sim::ids::{CpuId, LockId, TaskId};
use sim::machine::Machine;

const NAME: &str = "bpf_spin_lock";
/// `sizeof(struct bpf_spin_lock)`.
const LOCK_BYTES: u8 = 4;

/// Who holds a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    pub task: TaskId,
    pub cpu: CpuId,
}

/// The spin locks that are held now.
#[derive(Default)]
pub struct SpinLocks(RefCell<BTreeMap<u64, Holder>>);

impl SpinLocks {
    /// Who holds the lock at this address.
    pub fn holder(&self, lock: u64) -> Option<Holder> {
        self.0.borrow().get(&lock).copied()
    }

    /// Takes a free lock: interrupts and preemption go off. False when it is held.
    pub fn try_acquire(&self, m: &Machine, lock: u64) -> bool {
        if self.holder(lock).is_some() {
            return false;
        }
        m.local_irq_disable();
        m.lock_acquired(LockId(lock), NAME);
        self.0.borrow_mut().insert(lock, Holder { task: m.current(), cpu: m.current_cpu() });
        self.write(m, lock, 1);
        true
    }

    /// Releases a lock.
    pub fn release(&self, m: &Machine, lock: u64) {
        self.0.borrow_mut().remove(&lock);
        self.write(m, lock, 0);
        m.lock_released(LockId(lock));
        m.local_irq_enable();
    }

    /// The value may have been freed under the lock; that is somebody else's finding.
    fn write(&self, m: &Machine, lock: u64, value: u64) {
        let _ = m.arena_mut().store(lock, LOCK_BYTES, value);
    }
}

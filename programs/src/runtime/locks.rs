//! Locks in map values: who holds which, who waits for which. The lock word in the value shows 0 or 1 as a kernel's does.
//!
//! Sources: `kernel/bpf/helpers.c:__bpf_spin_lock_irqsave` (interrupts are off from before the lock is taken until it is released),
//! `kernel/bpf/rqspinlock.c` (`bpf_res_spin_lock`). Contention: the CPU spins through [`Machine::cpu_point`], so the holder on another CPU
//! goes on. Whoever begins to wait looks whether the holder, through any number of others, waits for it: a deadlock. Key type:
//! [`SpinLocks`]. Neighbours: `helpers::lock` and `kfuncs::res_lock` are what programs call; `sim::machine` notes the order of locks.

use std::cell::{Ref, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use sim::ids::{CpuId, LockId, TaskId};
use sim::machine::{LockClass, Machine};

use super::program::LoadedProgram;
use super::{Bpf, report};

/// `sizeof(struct bpf_spin_lock)`.
const LOCK_BYTES: u8 = 4;

/// The kinds of lock in a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockKind {
    /// `bpf_spin_lock`: interrupts off, spins for ever.
    Spin,
    /// `bpf_res_spin_lock` (7.2): preemption off, gives up with an error.
    Resilient,
    /// The same with interrupts off.
    ResilientIrq,
}

impl LockKind {
    fn name(self) -> &'static str {
        match self {
            LockKind::Spin => "bpf_spin_lock",
            LockKind::Resilient | LockKind::ResilientIrq => "bpf_res_spin_lock",
        }
    }

    /// Context before the lock is tried.
    pub fn enter(self, m: &Machine) {
        match self {
            LockKind::Spin | LockKind::ResilientIrq => m.local_irq_disable(),
            LockKind::Resilient => m.preempt_disable(),
        }
    }

    /// Context after the lock was released or not had.
    pub fn leave(self, m: &Machine) {
        match self {
            LockKind::Spin | LockKind::ResilientIrq => m.local_irq_enable(),
            LockKind::Resilient => m.preempt_enable(),
        }
    }
}

/// Where a program takes a lock.
#[derive(Clone)]
pub struct LockSite {
    pub task: TaskId,
    pub cpu: CpuId,
    pub prog: Rc<LoadedProgram>,
    /// Slot of the call.
    pub pc: usize,
}

/// A lock that is held.
#[derive(Clone)]
pub struct Holder {
    pub site: LockSite,
    pub kind: LockKind,
}

/// All locks in map values.
#[derive(Default)]
pub struct SpinLocks {
    held: RefCell<BTreeMap<u64, Holder>>,
    /// Who spins, and for which lock.
    waiting: RefCell<BTreeMap<TaskId, (u64, LockSite)>>,
}

impl SpinLocks {
    /// Who holds the lock at this address.
    pub fn holder(&self, lock: u64) -> Option<Ref<'_, Holder>> {
        Ref::filter_map(self.held.borrow(), |held| held.get(&lock)).ok()
    }

    /// From now on the site's task waits for the lock.
    pub(crate) fn begin_wait(&self, lock: u64, site: &LockSite) {
        self.waiting.borrow_mut().insert(site.task, (lock, site.clone()));
    }

    pub(crate) fn end_wait(&self, task: TaskId) {
        self.waiting.borrow_mut().remove(&task);
    }

    /// Who waits for whom if `site` waited for `lock`: the holder and what it waits for, and so on. `Some` when that leads back to the
    /// site's task: pairs of (lock, who waits for it), `site` first.
    pub(crate) fn cycle(&self, lock: u64, site: &LockSite) -> Option<Vec<(u64, LockSite)>> {
        let (held, waiting) = (self.held.borrow(), self.waiting.borrow());
        let mut way = vec![(lock, site.clone())];
        loop {
            let holder = held.get(&way.last().expect("never empty").0)?;
            if holder.site.task == site.task {
                return Some(way);
            }
            if way.iter().any(|(_, seen)| seen.task == holder.site.task) {
                // A circle of others; they have reported it.
                return None;
            }
            way.push(waiting.get(&holder.site.task)?.clone());
        }
    }

    /// `check_deadlock_ABBA`: the holder waits for a lock that `site`'s CPU holds. Longer circles are not seen; they time out.
    pub(crate) fn abba(&self, lock: u64, site: &LockSite) -> bool {
        let (held, waiting) = (self.held.borrow(), self.waiting.borrow());
        let wanted = held.get(&lock).and_then(|holder| waiting.get(&holder.site.task));
        wanted.and_then(|(wanted, _)| held.get(wanted)).is_some_and(|holder| holder.site.cpu == site.cpu)
    }

    fn write(&self, m: &Machine, lock: u64, value: u64) {
        // The value may have been freed under the lock; that is somebody else's finding.
        let _ = m.arena_mut().store(lock, LOCK_BYTES, value);
    }
}

impl Bpf {
    /// Takes a free lock of a program. The context is that of [`LockKind::enter`] already. False when it is held.
    pub(crate) fn try_lock(&self, lock: u64, kind: LockKind, site: &LockSite) -> bool {
        let (m, locks) = (self.machine(), self.spin_locks());
        if locks.held.borrow().contains_key(&lock) {
            return false;
        }
        let lines = || report::place(&site.prog, site.pc);
        m.lock_acquired_in(LockId(lock), kind.name(), &self.lock_class(lock, kind), lines);
        locks.held.borrow_mut().insert(lock, Holder { site: site.clone(), kind });
        locks.write(m, lock, 1);
        true
    }

    /// Releases a lock and leaves its context.
    pub(crate) fn unlock(&self, lock: u64) {
        let (m, locks) = (self.machine(), self.spin_locks());
        let held = locks.held.borrow_mut().remove(&lock).expect("whoever unlocks holds it");
        locks.write(m, lock, 0);
        m.lock_released_in(LockId(lock));
        held.kind.leave(m);
    }

    /// The class of a lock: all locks in the values of one map.
    pub(crate) fn lock_class(&self, lock: u64, kind: LockKind) -> LockClass {
        let (id, map) = self.map_of(lock).map_or((lock, "?".into()), |map| (map.addr(), map.name));
        LockClass {
            id,
            label: format!("a {} of map {map}", kind.name()).into(),
            gives_up: kind != LockKind::Spin,
        }
    }

    /// The map whose value contains the address.
    pub(crate) fn map_of(&self, addr: u64) -> Option<super::MapHandle> {
        self.maps().all().into_iter().find(|map| {
            map.map.element_at(self.machine(), addr).is_some_and(|info| {
                let bytes = map.map.spec().value_stride();
                (info.value_addr..info.value_addr + bytes).contains(&addr)
            })
        })
    }

    /// Notes for a deadlock: each task, the lock it waits for and where, and where the lock was taken.
    pub(crate) fn deadlock_notes(&self, cycle: &[(u64, LockSite)]) -> Vec<String> {
        let m = self.machine();
        let mut notes = Vec::new();
        for (lock, waiter) in cycle {
            let map = self.map_of(*lock).map_or_else(|| "?".into(), |map| map.name);
            let task = m.task(waiter.task);
            let what = format!("the lock at {lock:#x} of map {map}");
            notes.push(format!("{} (pid {}) on {} waits for {what}", task.comm(), task.pid, waiter.cpu));
            notes.extend(report::place(&waiter.prog, waiter.pc));
            if let Some(holder) = self.spin_locks().holder(*lock) {
                let by = m.task(holder.site.task);
                notes.push(format!(
                    "it is held by {} (pid {}) on {}, taken",
                    by.comm(),
                    by.pid,
                    holder.site.cpu
                ));
                notes.extend(report::place(&holder.site.prog, holder.site.pc));
            }
        }
        notes
    }
}

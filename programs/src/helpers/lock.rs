//! `bpf_spin_lock` and `bpf_spin_unlock`. Source: `kernel/bpf/helpers.c:__bpf_spin_lock_irqsave`. The locks are in `runtime::SpinLocks`.

use std::future::Future;
use std::pin::Pin;

use sim::finding;

use super::Row;
use crate::interp::Outcome;
use crate::runtime::{Bpf, CallFault, HelperCx, ProgEvent, Reply, ret};

pub(super) const ROWS: &[Row] =
    &[Row { name: "bpf_spin_lock", body: lock }, Row { name: "bpf_spin_unlock", body: unlock }];

/// How a lock is had.
pub(super) enum Acquire {
    /// It was free and is held now.
    Now,
    /// Somebody else holds it: spin, then it is held.
    Spin(Pin<Box<dyn Future<Output = ()>>>),
}

/// Takes a spin lock. A holder that cannot go on while we spin is a fault: a kernel hangs there.
pub(super) fn acquire(cx: &HelperCx<'_>, lock: u64) -> Result<Acquire, CallFault> {
    let m = cx.machine();
    // The word must be memory of a value, whatever the map says.
    m.arena().load(lock, 4)?;
    if cx.bpf.spin_locks().try_acquire(m, lock) {
        return Ok(Acquire::Now);
    }
    let holder = cx.bpf.spin_locks().holder(lock).expect("a lock that is not free has a holder");
    let task = m.task(holder.task);
    if holder.task == m.current() && cx.state.lock.get() == Some(lock) {
        return Err(CallFault::new(finding::DOUBLE_LOCK, "takes a bpf_spin_lock that it holds"));
    }
    if holder.cpu == m.current_cpu() {
        let message =
            format!("spins on {} for a bpf_spin_lock that {} holds on the same CPU", holder.cpu, task.comm());
        return Err(CallFault::new(finding::DEADLOCK, message));
    }
    let (holder_pid, holder_cpu) = (task.pid.0, holder.cpu.0);
    m.emit_with(|| ProgEvent::SpinWait { lock, holder_pid, holder_cpu });
    cx.state.spins.set(true);
    Ok(Acquire::Spin(Box::pin(spin(cx.bpf.clone(), lock))))
}

/// Interrupts are off while a CPU spins, so it keeps the task.
async fn spin(bpf: Bpf, lock: u64) {
    let m = bpf.machine();
    m.local_irq_disable();
    while bpf.spin_locks().holder(lock).is_some() {
        m.charge(bpf.costs().spin_ns);
        m.cpu_point().await;
    }
    let free = bpf.spin_locks().try_acquire(m, lock);
    assert!(free, "nothing happens between the look and the lock");
    m.local_irq_enable();
}

fn lock(cx: &HelperCx<'_>, [lock, ..]: [u64; 5]) -> Reply {
    if let Some(held) = cx.state.lock.get().filter(|held| *held != lock) {
        let message = format!("takes a second bpf_spin_lock while it holds the one at {held:#x}");
        return Err(CallFault::new(finding::DOUBLE_LOCK, message));
    }
    match acquire(cx, lock)? {
        Acquire::Now => {
            cx.state.lock.set(Some(lock));
            ret(0)
        }
        Acquire::Spin(spin) => {
            let state = cx.state.clone();
            Ok(Outcome::Wait(Box::pin(async move {
                spin.await;
                state.lock.set(Some(lock));
                0
            })))
        }
    }
}

fn unlock(cx: &HelperCx<'_>, [lock, ..]: [u64; 5]) -> Reply {
    if cx.state.lock.get() != Some(lock) {
        return Err(CallFault::new(finding::UNBALANCED, "bpf_spin_unlock of a lock that it does not hold"));
    }
    cx.state.lock.set(None);
    cx.bpf.spin_locks().release(cx.machine(), lock);
    ret(0)
}

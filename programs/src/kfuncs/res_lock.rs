//! `bpf_res_spin_lock` (7.2): a spin lock that gives up instead of hanging. Source: `kernel/bpf/rqspinlock.c`.
//!
//! -EDEADLK at once when this CPU holds the lock, and within a millisecond when the holder waits for a lock of this CPU; -ETIMEDOUT after
//! a quarter of a second. Longer circles of waiters are not looked for, so they end by the timeout.

use sim::errno::Errno;
use sim::finding;

use super::Row;
use crate::interp::Outcome;
use crate::runtime::{Bpf, CallFault, HelperCx, LockKind, LockSite, ProgEvent, Reply, RunState, errno, ret};

pub(super) const ROWS: &[Row] = &[
    Row { name: "bpf_res_spin_lock", body: lock },
    Row { name: "bpf_res_spin_unlock", body: unlock },
    Row { name: "bpf_res_spin_lock_irqsave", body: lock_irqsave },
    Row { name: "bpf_res_spin_unlock_irqrestore", body: unlock },
];

/// `RES_DEF_TIMEOUT`: a quarter of a second.
const RES_DEF_TIMEOUT_NS: u64 = 250_000_000;
/// How often a waiter looks for a deadlock (`check_timeout`).
const ABBA_INTERVAL_NS: u64 = 1_000_000;

fn lock(cx: &HelperCx<'_>, [lock, ..]: [u64; 5]) -> Reply {
    acquire(cx, lock, LockKind::Resilient)
}

/// Stores the interrupt flags where the second argument points, as `local_irq_save` does.
fn lock_irqsave(cx: &HelperCx<'_>, [lock, flags, ..]: [u64; 5]) -> Reply {
    let on = cx.machine().current_task().ctx.irqs_disabled.get() == 0;
    cx.store(flags, 8, if on { 1 << 9 } else { 0 })?;
    acquire(cx, lock, LockKind::ResilientIrq)
}

fn acquire(cx: &HelperCx<'_>, lock: u64, kind: LockKind) -> Reply {
    let (m, site) = (cx.machine(), cx.lock_site());
    m.arena().load(lock, 4)?;
    kind.enter(m);
    if cx.bpf.try_lock(lock, kind, &site) {
        cx.state.locks.borrow_mut().push(lock);
        return ret(0);
    }
    let here = cx.bpf.spin_locks().holder(lock).is_some_and(|holder| holder.site.cpu == site.cpu);
    if here {
        refused(cx.bpf, lock, kind, Errno::EDEADLK);
        return errno(Errno::EDEADLK);
    }
    m.note_order(&cx.bpf.lock_class(lock, kind), || cx.place());
    cx.state.spins.set(true);
    let (bpf, state) = (cx.bpf.clone(), cx.state.clone());
    Ok(Outcome::Wait(Box::pin(async move { wait(bpf, state, lock, kind, site).await })))
}

async fn wait(bpf: Bpf, state: std::rc::Rc<RunState>, lock: u64, kind: LockKind, site: LockSite) -> u64 {
    bpf.spin_locks().begin_wait(lock, &site);
    let result = spin(&bpf, lock, &site).await;
    bpf.spin_locks().end_wait(site.task);
    match result {
        Ok(()) => {
            let free = bpf.try_lock(lock, kind, &site);
            assert!(free, "nothing happens between the look and the lock");
            state.locks.borrow_mut().push(lock);
            0
        }
        Err(errno) => {
            refused(&bpf, lock, kind, errno);
            errno.ret() as u64
        }
    }
}

async fn spin(bpf: &Bpf, lock: u64, site: &LockSite) -> Result<(), Errno> {
    let m = bpf.machine();
    let (begin, mut checked) = (m.now_ns(), m.now_ns());
    while bpf.spin_locks().holder(lock).is_some() {
        m.charge(bpf.costs().spin_ns);
        m.cpu_point().await;
        let now = m.now_ns();
        if now > begin + RES_DEF_TIMEOUT_NS {
            return Err(Errno::ETIMEDOUT);
        }
        if checked + ABBA_INTERVAL_NS < now {
            checked = now;
            if bpf.spin_locks().abba(lock, site) {
                return Err(Errno::EDEADLK);
            }
        }
    }
    Ok(())
}

fn refused(bpf: &Bpf, lock: u64, kind: LockKind, errno: Errno) {
    kind.leave(bpf.machine());
    let map = bpf.map_of(lock).map_or_else(|| "?".into(), |map| map.name);
    bpf.machine().emit_with(|| ProgEvent::LockRefused { lock, map, ret: errno.ret() });
}

fn unlock(cx: &HelperCx<'_>, [lock, ..]: [u64; 5]) -> Reply {
    if !cx.state.drop_lock(lock) {
        let message = "bpf_res_spin_unlock of a lock that it does not hold";
        return Err(CallFault::new(finding::UNBALANCED, message));
    }
    cx.bpf.unlock(lock);
    ret(0)
}

//! `bpf_spin_lock` and `bpf_spin_unlock`. Source: `kernel/bpf/helpers.c:__bpf_spin_lock_irqsave`. The locks are in `runtime::SpinLocks`.

use std::future::Future;
use std::pin::Pin;

use sim::finding;

use super::Row;
use crate::interp::Outcome;
use crate::runtime::{Bpf, CallFault, HelperCx, LockKind, LockSite, ProgEvent, Reply, ret};

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
    let (m, site) = (cx.machine(), cx.lock_site());
    // The word must be memory of a value, whatever the map says.
    m.arena().load(lock, 4)?;
    if cx.bpf.spin_locks().holder(lock).is_none() {
        LockKind::Spin.enter(m);
        let free = cx.bpf.try_lock(lock, LockKind::Spin, &site);
        assert!(free, "nothing happens between the look and the lock");
        return Ok(Acquire::Now);
    }
    m.note_order(&cx.bpf.lock_class(lock, LockKind::Spin), || cx.place());
    refuse_hang(cx, lock, &site)?;
    let (holder_pid, holder_cpu) = {
        let holder = cx.bpf.spin_locks().holder(lock).expect("a lock that is not free has a holder");
        (m.task(holder.site.task).pid.0, holder.site.cpu.0)
    };
    m.emit_with(|| ProgEvent::SpinWait { lock, holder_pid, holder_cpu });
    cx.state.spins.set(true);
    Ok(Acquire::Spin(Box::pin(spin(cx.bpf.clone(), lock, site))))
}

/// Waiting for this lock would never end.
fn refuse_hang(cx: &HelperCx<'_>, lock: u64, site: &LockSite) -> Result<(), CallFault> {
    let cycle = cx.bpf.spin_locks().cycle(lock, site);
    let own = cycle.as_ref().is_some_and(|cycle| cycle.len() == 1);
    let held_here = cx.state.locks.borrow().contains(&lock);
    if let Some(cycle) = cycle {
        let notes = cx.bpf.deadlock_notes(&cycle);
        let (code, message) = if own && held_here {
            (finding::DOUBLE_LOCK, "takes a bpf_spin_lock that it holds".to_owned())
        } else {
            let tasks: Vec<String> =
                cycle.iter().map(|(_, site)| cx.machine().task(site.task).comm().to_string()).collect();
            (
                finding::DEADLOCK,
                format!("deadlock: {} wait for each other's bpf_spin_lock", tasks.join(" and ")),
            )
        };
        return Err(CallFault::Other { code, message, notes });
    }
    let holder = cx.bpf.spin_locks().holder(lock).expect("it is not free");
    if holder.site.cpu == site.cpu {
        let comm = cx.machine().task(holder.site.task).comm();
        let message = format!("spins on {} for a bpf_spin_lock that {comm} holds on the same CPU", site.cpu);
        return Err(CallFault::new(finding::DEADLOCK, message));
    }
    Ok(())
}

/// Interrupts are off while a CPU spins, so it keeps the task.
async fn spin(bpf: Bpf, lock: u64, site: LockSite) {
    let m = bpf.machine();
    LockKind::Spin.enter(m);
    bpf.spin_locks().begin_wait(lock, &site);
    while bpf.spin_locks().holder(lock).is_some() {
        m.charge(bpf.costs().spin_ns);
        m.cpu_point().await;
    }
    bpf.spin_locks().end_wait(site.task);
    let free = bpf.try_lock(lock, LockKind::Spin, &site);
    assert!(free, "nothing happens between the look and the lock");
}

/// A program may hold one `bpf_spin_lock`; `bpf_res_spin_lock`s may nest in each other.
fn lock(cx: &HelperCx<'_>, [lock, ..]: [u64; 5]) -> Reply {
    let held = cx.state.locks.borrow().first().copied().filter(|_| !cx.state.locks.borrow().contains(&lock));
    if let Some(held) = held {
        let mut notes = vec![format!("it holds the one at {held:#x}")];
        notes.push("a verifier says: Locking two bpf_spin_locks are not allowed".into());
        notes.extend(cx.place());
        let message = format!("program {}: takes a second bpf_spin_lock", cx.prog.name);
        cx.machine().finding(finding::NESTED_LOCK, message, notes);
    }
    match acquire(cx, lock)? {
        Acquire::Now => {
            cx.state.locks.borrow_mut().push(lock);
            ret(0)
        }
        Acquire::Spin(spin) => {
            let state = cx.state.clone();
            Ok(Outcome::Wait(Box::pin(async move {
                spin.await;
                state.locks.borrow_mut().push(lock);
                0
            })))
        }
    }
}

fn unlock(cx: &HelperCx<'_>, [lock, ..]: [u64; 5]) -> Reply {
    if !cx.state.drop_lock(lock) {
        return Err(CallFault::new(finding::UNBALANCED, "bpf_spin_unlock of a lock that it does not hold"));
    }
    cx.bpf.unlock(lock);
    ret(0)
}

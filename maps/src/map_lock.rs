//! The one lock of a map that has no buckets (queue, stack, LPM trie), and what each kernel does when the CPU that holds it comes back
//! for it.
//!
//! As with buckets only code that runs inside the locked region can meet the lock. Sources: `queue_stack_maps.c`, `lpm_trie.c`,
//! `kernel/bpf/rqspinlock.c`. Key types: [`MapLock`], [`Reentry`]. Neighbour: `lock` (buckets).

use std::cell::Cell;

use sim::errno::Errno;
use sim::finding;
use sim::ids::LockId;
use sim::machine::Machine;

use crate::map::{Map, MapCore};

/// What a second entry on the same CPU meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reentry {
    /// A plain spinning lock: the CPU hangs.
    Hangs,
    /// An NMI tries only, and gets -EBUSY; anything else hangs.
    NmiTries,
    /// `rqspinlock`; the map hands this error number on.
    Resilient(Errno),
}

pub(crate) struct MapLock {
    reentry: Reentry,
    name: &'static str,
    held: Cell<bool>,
}

impl MapLock {
    pub fn new(reentry: Reentry, name: &'static str) -> MapLock {
        MapLock { reentry, name, held: Cell::new(false) }
    }

    /// Runs `body` with the lock held and interrupts off, after what upper layers run there.
    pub fn with<T>(
        &self,
        m: &Machine,
        map: &dyn Map,
        body: impl FnOnce() -> Result<T, Errno>,
    ) -> Result<T, Errno> {
        let core = map.core();
        if self.held.get() {
            return Err(self.refuse(m, core));
        }
        m.local_irq_disable();
        m.lock_acquired(LockId(core.addr), self.name);
        self.held.set(true);
        core.bucket_locked(m, map);
        let result = body();
        self.held.set(false);
        m.lock_released(LockId(core.addr));
        m.local_irq_enable();
        result
    }

    /// Maps' operations never wait, so whoever holds the lock is below us on this CPU.
    fn refuse(&self, m: &Machine, core: &MapCore) -> Errno {
        match self.reentry {
            Reentry::Resilient(errno) => errno,
            Reentry::NmiTries if m.current_task().ctx.in_nmi() => Errno::EBUSY,
            Reentry::Hangs | Reentry::NmiTries => {
                let cpu = m.current_cpu();
                let message = format!(
                    "possible recursive locking: {cpu} takes the lock of map {} that it holds",
                    core.name
                );
                m.finding(finding::DOUBLE_LOCK, message, vec!["this kernel hangs here".into()]);
                Errno::EDEADLK
            }
        }
    }
}

//! The lock of a hash bucket, and what each kernel does when the CPU that holds it comes back for it.
//!
//! Operations on maps are plain functions, so another CPU never waits for this lock; only code that runs inside the locked
//! region (an NMI, a program attached to a function called there) can meet it. Source: `hashtab.c:htab_lock_bucket`,
//! `kernel/bpf/rqspinlock.c`. Key type: [`BucketLocks`]. Neighbours: `htab` locks, `callable` is what runs inside.

use std::cell::RefCell;
use std::rc::Rc;

use sim::errno::Errno;
use sim::finding;
use sim::ids::{CpuId, LockId};
use sim::machine::{LockClass, Machine};

use crate::consts::BUCKET_BYTES;
use crate::rules::BucketGuard;

/// Classes of buckets that share a recursion counter (`HASHTAB_MAP_LOCK_COUNT`).
const HASHTAB_MAP_LOCK_COUNT: u32 = 8;
const LOCK_NAME: &str = "&htab->buckets[i].raw_lock";

pub(crate) struct BucketLocks {
    guard: BucketGuard,
    /// Address of the simulated bucket array: tells the locks of different maps apart.
    base: u64,
    buckets: u32,
    /// All buckets of the map, for findings about the order of locks.
    class: LockClass,
    /// Buckets locked now, and by which CPU.
    held: RefCell<Vec<(u32, CpuId)>>,
}

/// A locked bucket. Interrupts are off until [`BucketLocks::unlock`].
#[must_use = "unlock it"]
pub(crate) struct Locked(u32);

impl BucketLocks {
    /// The locks of a table with this many buckets. -ENOMEM when kernel memory is too small for the bucket array.
    pub fn new(m: &Machine, guard: BucketGuard, buckets: u32, map: &str) -> Result<BucketLocks, Errno> {
        let bytes = u64::from(buckets) * BUCKET_BYTES;
        let base =
            m.arena_mut().alloc_zeroed(bytes as usize, "bpf_htab.buckets", m.stamp()).ok_or(Errno::ENOMEM)?;
        let class = LockClass {
            id: base,
            label: format!("a bucket lock of map {map}").into(),
            gives_up: guard == BucketGuard::Resilient,
        };
        Ok(BucketLocks { guard, base, buckets, class, held: RefCell::default() })
    }

    /// Locks the bucket of `hash`.
    pub fn lock(&self, m: &Machine, hash: u32, map: &Rc<str>) -> Result<Locked, Errno> {
        let bucket = hash & (self.buckets - 1);
        m.local_irq_disable();
        if let Err(errno) = self.may_enter(m, bucket, map) {
            m.local_irq_enable();
            return Err(errno);
        }
        m.lock_acquired_in(self.id(bucket), LOCK_NAME, &self.class, Vec::new);
        self.held.borrow_mut().push((bucket, m.current_cpu()));
        Ok(Locked(bucket))
    }

    /// Unlocks; interrupts that were held back come in now.
    pub fn unlock(&self, m: &Machine, locked: Locked) {
        let mut held = self.held.borrow_mut();
        let at = held.iter().rposition(|(bucket, _)| *bucket == locked.0).expect("a locked bucket is held");
        held.remove(at);
        drop(held);
        m.lock_released_in(self.id(locked.0));
        m.local_irq_enable();
    }

    /// Frees the bucket array.
    pub fn destroy(&self, m: &Machine) {
        m.arena_mut().free(self.base, m.stamp());
    }

    fn id(&self, bucket: u32) -> LockId {
        LockId(self.base + u64::from(bucket) * BUCKET_BYTES)
    }

    fn may_enter(&self, m: &Machine, bucket: u32, map: &Rc<str>) -> Result<(), Errno> {
        let cpu = m.current_cpu();
        let held = self.held.borrow().clone();
        let class = |b: u32| b & (HASHTAB_MAP_LOCK_COUNT.min(self.buckets) - 1);
        let here = |b: &(u32, CpuId)| b.1 == cpu;
        if self.guard == BucketGuard::PerCpuCounter
            && held.iter().any(|b| here(b) && class(b.0) == class(bucket))
        {
            return Err(Errno::EBUSY);
        }
        let Some(holder) = held.iter().find(|b| b.0 == bucket) else { return Ok(()) };
        if !here(holder) {
            let message =
                format!("{cpu} waits for a bucket of map {map} that {} holds: not modelled", holder.1);
            m.finding(finding::NOT_MODELLED, message, Vec::new());
            return Err(Errno::EBUSY);
        }
        if self.guard == BucketGuard::Spins {
            let message =
                format!("possible recursive locking: {cpu} takes a bucket lock of map {map} that it holds");
            m.finding(finding::DOUBLE_LOCK, message, vec!["this kernel hangs here".into()]);
        }
        Err(Errno::EDEADLK)
    }
}

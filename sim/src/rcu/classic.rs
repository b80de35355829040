//! Classic RCU: readers are atomic stretches on simulated CPUs.
//!
//! A reader cannot block, so the CPU is the reader: one slot per CPU, and a CPU outside any section is in a quiescent
//! state (the non-preemptible flavour of kernel/rcu/tree.c, where a context switch is one). The kernel polls CPUs for quiescent
//! states; here the last CPU that a grace period waits for reports when its outermost section ends.

use super::domain::Domain;
use super::engine::{Engine, Population};
use super::notified::Notified;
use super::slots::Slots;
use super::table::{ACTIVE, MARKED, Slot, Value};
use crate::sync::{AtomicU32, Ordering};
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

/// The CPUs as readers, and a queue of requests for their grace periods (the methods of [`Domain`]).
pub struct Classic<C> {
    pub(super) engine: Arc<Slots<Notified>>,
    cpus: Vec<Cpu>,
    domain: Domain<C>,
}

struct Cpu {
    slot: Slot,
    /// Only who runs on the CPU touches it, so no access needs ordering.
    nesting: AtomicU32,
}

impl Cpu {
    /// The word's next value, idle or active. Who runs on the CPU owns the word, so no ordering is needed to read it.
    fn next(&self) -> Value {
        (self.slot.word().load(Ordering::Relaxed) & !MARKED).wrapping_add(ACTIVE)
    }
}

impl<C: Send> Classic<C> {
    /// `nr_cpus` CPUs, all quiescent.
    pub fn new(nr_cpus: usize) -> Classic<C> {
        let engine = Arc::new(Slots::<Notified>::default());
        let cpu = || Cpu { slot: engine.take(), nesting: AtomicU32::new(0) };
        let cpus = (0..nr_cpus).map(|_| cpu()).collect();
        Classic { domain: Domain::over(vec![engine.clone()]), cpus, engine }
    }

    /// Enters a section on `cpu`; sections nest (`rcu_read_lock()`). Only what runs on that CPU may call this.
    ///
    /// # Panics
    /// If there is no such CPU.
    #[inline]
    pub fn read_lock(&self, cpu: usize) {
        let cpu = &self.cpus[cpu];
        let nesting = cpu.nesting.load(Ordering::Relaxed);
        if nesting == 0 {
            self.engine.start(cpu.slot.word(), cpu.next());
        }
        cpu.nesting.store(nesting + 1, Ordering::Relaxed);
    }

    /// Leaves the innermost section on `cpu` (`rcu_read_unlock()`). The outermost one may call the waker of a driver.
    ///
    /// # Panics
    /// If there is no such CPU or it is in no section.
    #[inline]
    pub fn read_unlock(&self, cpu: usize) {
        let cpu = &self.cpus[cpu];
        let nesting = cpu.nesting.load(Ordering::Relaxed);
        assert!(nesting > 0, "unlock on CPU {} without a lock", cpu.slot.id());
        cpu.nesting.store(nesting - 1, Ordering::Relaxed);
        if nesting == 1 {
            self.engine.end(cpu.slot.word(), cpu.next());
        }
    }

    /// A section on `cpu` that ends when the value is dropped. It cannot be sent to another thread, so a task that must be
    /// `Send` cannot hold it across an await: atomic code stays on its CPU.
    pub fn read(&self, cpu: usize) -> CpuSection<'_, C> {
        self.read_lock(cpu);
        CpuSection { classic: self, cpu, _not_send: PhantomData }
    }

    /// How many sections `cpu` is in, one inside the other.
    pub fn nesting(&self, cpu: usize) -> u32 {
        self.cpus[cpu].nesting.load(Ordering::Relaxed)
    }

    /// Another queue for grace periods over the same CPUs, driven on its own: for requests that do not wait in this one.
    pub fn another_queue(&self) -> Domain<C> {
        Domain::over(vec![self.engine.clone()])
    }

    /// CPUs that hold up the running grace period, ascending.
    pub fn holdouts(&self) -> Vec<usize> {
        self.engine.holdouts()
    }
}

impl<C> Deref for Classic<C> {
    type Target = Domain<C>;

    fn deref(&self) -> &Domain<C> {
        &self.domain
    }
}

/// An open section on a CPU.
pub struct CpuSection<'a, C: Send> {
    classic: &'a Classic<C>,
    cpu: usize,
    _not_send: PhantomData<*const ()>,
}

impl<C: Send> Drop for CpuSection<'_, C> {
    fn drop(&mut self) {
        self.classic.read_unlock(self.cpu);
    }
}

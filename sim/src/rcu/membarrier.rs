//! Readers without a fence: the grace period makes the operating system execute one on every thread of the process.
//!
//! Linux only, from 4.14, by the feature `membarrier`, and only where it is asked for. A reader becomes about twice as fast; a
//! grace period pays a system call and an interrupt on every CPU that runs a thread of this process: 0.6 µs when no other one
//! does, tens of microseconds otherwise, and much more in some virtual machines. Batch grace periods.
//!
//! Why it is enough (membarrier(2)): every running thread executes a full barrier between the call's start and its end. Either
//! that point of a reader is after its word's store, and the scan that follows sees the section; or it is before, and
//! the section's first access comes after it and sees what was unpublished before the call. The compiler must keep the
//! store first, which its own fence ensures. loom knows neither compiler fences nor interrupts, so no model covers this.

use super::polled::Polled;
use super::slots::{Barrier, Slots};
use rustix::thread::{MembarrierCommand, membarrier};
use std::sync::atomic::{Ordering, compiler_fence};

/// Proof that this process may ask for process-wide barriers.
pub struct Membarrier(());

impl Membarrier {
    /// Registers this process. None if the kernel cannot do it: use the default engine then.
    pub fn register() -> Option<Membarrier> {
        membarrier(MembarrierCommand::RegisterPrivateExpedited).ok().map(|()| Membarrier(()))
    }
}

impl Slots<Polled<Membarrier>> {
    /// An engine whose readers need no fence.
    pub fn with_membarrier(permit: Membarrier) -> Slots<Polled<Membarrier>> {
        Slots::with_exit(Polled::with(permit))
    }
}

impl Barrier for Membarrier {
    #[inline]
    fn reader() {
        compiler_fence(Ordering::SeqCst);
    }

    fn driver() {
        let done = membarrier(MembarrierCommand::PrivateExpedited);
        done.expect("a registered process may use membarrier: there is no Membarrier without registration");
    }
}

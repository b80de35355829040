//! Readers that do not report: leaving is one plain store, and the driver looks again until it sees it. For threads.
//!
//! The driver keeps the list of open sections with the words' values. A section is over when its word has any other
//! value, because the owner never returns to an earlier one. Nothing wakes the driver: the grace period's future wakes itself
//! at every poll, so an executor keeps it spinning beside other tasks, and
//! [`Domain::grace_period_paced`](super::Domain::grace_period_paced) lets the driver choose the pace.

use super::mutation::{self, Mutation};
use super::slots::{Barrier, Exit, Fence};
use super::table::{Found, Value, View, Word};
use crate::sync::{Mutex, Ordering, spin_hint};
use std::task::{Context, Poll};

/// Leaving is one store; the driver polls.
#[derive(Default)]
pub struct Polled<B = Fence> {
    found: Mutex<Option<Found>>,
    /// Held by whoever may rely on it.
    _barrier: B,
}

impl<B: Barrier> Polled<B> {
    #[cfg(all(target_os = "linux", feature = "membarrier", not(sim_loom)))]
    pub(super) fn with(barrier: B) -> Polled<B> {
        Polled { found: Mutex::default(), _barrier: barrier }
    }
}

impl<B: Barrier> Exit for Polled<B> {
    type Barrier = B;

    #[inline]
    fn end(&self, word: &Word, idle: Value) {
        // Release: who sees the section over also sees what it did.
        word.store(idle, mutation::relaxed_if(Mutation::ExitRelaxed, Ordering::Release));
    }

    fn scan(&self, view: View) {
        let acquire = mutation::relaxed_if(Mutation::ScanRelaxed, Ordering::Acquire);
        *self.found.lock() = Some(Found::now(view, acquire));
    }

    fn poll_quiet(&self, cx: &mut Context<'_>) -> Poll<()> {
        let acquire = mutation::relaxed_if(Mutation::RecheckRelaxed, Ordering::Acquire);
        let mut found = self.found.lock();
        if found.as_mut().is_none_or(|found| found.all_over(acquire)) {
            *found = None;
            return Poll::Ready(());
        }
        drop(found);
        spin_hint();
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn holdouts(&self, _: &View) -> Vec<usize> {
        self.found.lock().as_ref().map(Found::readers).unwrap_or_default()
    }
}

//! One population of readers and the wait for those of them that are inside a section.
//!
//! [`Readers::wait`] is the heart of a grace period: scan all slots once, mark the readers that are inside, and sleep
//! until the last marked one has reported on its way out. Readers that come later are not marked and not waited for.
//! Neighbours: [`super::slots`] (the words), [`super::domain`] (what waits for a grace period).

use super::mutation::{self, Mutation};
use super::slots::{Slot, Slots};
use super::waiter::{Turn, replace_waker};
use crate::sync::{AtomicUsize, Mutex, Ordering, fence};
use std::future::poll_fn;
use std::task::{Context, Poll, Waker};

pub(super) struct Readers {
    pub(super) slots: Slots,
    /// Marked readers that have not reported yet, plus one while a scan runs.
    holdouts: AtomicUsize,
    driver: Mutex<Option<Waker>>,
    turn: Turn,
}

impl Readers {
    pub(super) fn new() -> Readers {
        Readers {
            slots: Slots::new(),
            holdouts: AtomicUsize::new(0),
            driver: Mutex::new(None),
            turn: Turn::default(),
        }
    }

    /// Ends the section in `slot` and tells the driver if it waits for it.
    #[inline]
    pub(super) fn leave(&self, slot: &Slot) {
        if slot.leave() {
            self.report();
        }
    }

    /// Waits until every section that is open now has ended.
    ///
    /// May be dropped half-way. Readers already marked stay counted and the next wait waits for them too: they began
    /// before it as well.
    pub(super) async fn wait(&self) {
        let _turn = self.turn.take().await;
        self.scan();
        if !mutation::is(Mutation::HoldoutsNotAwaited) {
            poll_fn(|cx| self.poll_quiet(cx)).await;
        }
    }

    fn scan(&self) {
        // Pairs with the fence in `Slot::enter`. Before any slot is read, including the list of slots.
        if !mutation::is(Mutation::GraceFenceMissing) {
            fence(Ordering::SeqCst);
        }
        // The extra one keeps the count above zero, so that no reader can report the end of a scan in progress.
        if mutation::is(Mutation::CancelForgetsHoldouts) {
            self.holdouts.store(1, Ordering::Relaxed);
        } else {
            self.holdouts.fetch_add(1, Ordering::Relaxed);
        }
        self.slots.view().mark_active(
            || _ = self.holdouts.fetch_add(1, Ordering::Relaxed),
            || _ = self.holdouts.fetch_sub(1, Ordering::Relaxed),
        );
        self.report();
    }

    /// Counts one holdout out; the last one wakes the driver.
    fn report(&self) {
        if mutation::is(Mutation::WakeBeforeReport) {
            if self.holdouts.load(Ordering::Acquire) == 1 {
                self.wake_driver();
            }
            self.holdouts.fetch_sub(1, Ordering::AcqRel);
            return;
        }
        // Release carries this reader's section to the driver, through whoever reports after it.
        let order = mutation::ordering(Mutation::ReportRelaxed, Ordering::AcqRel, Ordering::Relaxed);
        if self.holdouts.fetch_sub(1, order) == 1 {
            self.wake_driver();
        }
    }

    #[cold]
    fn wake_driver(&self) {
        let waker = self.driver.lock().take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn poll_quiet(&self, cx: &mut Context<'_>) -> Poll<()> {
        if self.is_quiet() {
            return Poll::Ready(());
        }
        let old = replace_waker(&mut self.driver.lock(), cx.waker());
        drop(old);
        // Look again: the last report may have come before the waker was stored.
        if !mutation::is(Mutation::WakerNotRechecked) && self.is_quiet() {
            return Poll::Ready(());
        }
        Poll::Pending
    }

    fn is_quiet(&self) -> bool {
        self.holdouts.load(Ordering::Acquire) == 0
    }
}

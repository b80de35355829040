//! Readers that report: the section a grace period waits for wakes the driver as it ends. Exact, for simulators and async code.
//!
//! The driver sets MARKED on the words of open sections. Leaving exchanges the whole word, so the reader finds the mark
//! and counts itself out; the last one wakes the driver. The exchange is what makes this lossless, and what makes leaving
//! slower than in [`super::polled`].

use super::mutation::{self, Mutation};
use super::slots::{Exit, Fence};
use super::table::{MARKED, Value, View, Word};
use super::waiter::WakerCell;
use crate::sync::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

/// Leaving tells the driver, at the price of an atomic exchange.
#[derive(Default)]
pub struct Notified {
    /// Marked readers that have not reported yet, plus one while a scan runs.
    holdouts: AtomicUsize,
    driver: WakerCell,
}

impl Notified {
    /// Counts one holdout out; the last one wakes the driver.
    #[cold]
    fn report(&self) {
        if mutation::is(Mutation::WakeBeforeReport) {
            if self.holdouts.load(Ordering::Acquire) == 1 {
                self.driver.wake();
            }
            self.holdouts.fetch_sub(1, Ordering::AcqRel);
            return;
        }
        // Release carries this reader's section to the driver, through whoever reports after it.
        let order = mutation::relaxed_if(Mutation::ReportRelaxed, Ordering::AcqRel);
        if self.holdouts.fetch_sub(1, order) == 1 {
            self.driver.wake();
        }
    }

    /// Marks `word`, seen active as `seen`, unless it is marked or its reader has moved on.
    #[cold]
    fn mark(&self, word: &Word, seen: Value) {
        // Marked for a grace period that was abandoned: counted already, and it began before this one as well.
        if seen & MARKED != 0 && !mutation::is(Mutation::HoldoutCountedTwice) {
            return;
        }
        self.holdouts.fetch_add(1, Ordering::Relaxed);
        if mutation::is(Mutation::MarkBlindly) {
            word.fetch_or(MARKED, Ordering::AcqRel);
            return;
        }
        let late = mutation::relaxed_if(Mutation::MarkFailureRelaxed, Ordering::Acquire);
        // Release: the reader that finds the mark must also find itself counted.
        if word.compare_exchange(seen, seen | MARKED, Ordering::Release, late).is_err() {
            self.holdouts.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl Exit for Notified {
    type Barrier = Fence;

    #[inline]
    fn end(&self, word: &Word, idle: Value) {
        if mutation::is(Mutation::ExitNotAtomic) {
            let old = word.load(Ordering::Acquire);
            word.store(idle, Ordering::Release);
            if old & MARKED != 0 {
                self.report();
            }
            return;
        }
        let order = mutation::relaxed_if(Mutation::ExitRelaxed, Ordering::AcqRel);
        if word.swap(idle, order) & MARKED != 0 {
            self.report();
        }
    }

    fn scan(&self, view: View) {
        // The extra one keeps the count above zero, so that no reader can report the end of a scan in progress.
        if mutation::is(Mutation::CancelForgetsHoldouts) {
            self.holdouts.store(1, Ordering::Relaxed);
        } else {
            self.holdouts.fetch_add(1, Ordering::Relaxed);
        }
        // Acquire: an idle reader's sections are over, and what they did must be visible from here on.
        let acquire = mutation::relaxed_if(Mutation::ScanRelaxed, Ordering::Acquire);
        view.for_each_active(acquire, |_, word, seen| self.mark(word, seen));
        self.report();
    }

    fn poll_quiet(&self, cx: &mut Context<'_>) -> Poll<()> {
        self.driver.poll_until(cx, |_| self.holdouts.load(Ordering::Acquire) == 0)
    }

    fn holdouts(&self, view: &View) -> Vec<usize> {
        let mut marked = Vec::new();
        view.for_each_active(Ordering::Relaxed, |id, _, value| {
            if value & MARKED != 0 {
                marked.push(id);
            }
        });
        marked.sort_unstable();
        marked
    }
}

//! The first engine: a word per reader, which a grace period scans. RCU Tasks Trace of kernels before 7.0.
//!
//! Entering is a store and a full fence. How a section ends, and how a driver learns of it, is the [`Exit`] policy: this
//! is where speed and latency are traded. Neighbours: [`super::table`] (the words), [`super::domain`] (what waits).

use super::engine::{Engine, Population};
use super::mutation::{self, Mutation};
use super::table::{Slot, Table, Value, View, Word};
use super::waiter::Turn;
use crate::sync::{Ordering, fence};
use std::task::{Context, Poll};

/// How sections end and how a driver learns of it: [`Notified`](super::Notified) or [`Polled`](super::Polled). Sealed.
pub trait Exit: Send + Sync + 'static {
    /// The two barriers that meet: either the scan sees a section, or the section sees what was unpublished before the scan.
    type Barrier: Barrier;

    /// Ends the section in `word`, whose owner's next value is `idle`.
    fn end(&self, word: &Word, idle: Value);

    /// Looks for open sections.
    fn scan(&self, view: View);

    /// Whether all sections that `scan` found are over.
    fn poll_quiet(&self, cx: &mut Context<'_>) -> Poll<()>;

    /// Readers whose sections `scan` found and that are still open.
    fn holdouts(&self, view: &View) -> Vec<usize>;
}

/// The barrier that every reader executes between its word's store and its first access, and the one that every grace period
/// executes before it looks at any word, or at the list of words. Sealed.
pub trait Barrier: Send + Sync + 'static {
    /// Between a reader's announcement and its first access.
    fn reader();

    /// Between what an updater did and the driver's first look at a reader.
    fn driver();
}

/// The portable pair: a full fence on both sides.
#[derive(Default)]
pub struct Fence;

impl Barrier for Fence {
    #[inline]
    fn reader() {
        if !mutation::is(Mutation::ReaderFenceMissing) {
            fence(Ordering::SeqCst);
        }
    }

    fn driver() {
        if !mutation::is(Mutation::GraceFenceMissing) {
            fence(Ordering::SeqCst);
        }
    }
}

/// Readers that each have a word, scanned by every grace period.
#[derive(Default)]
pub struct Slots<X = super::Polled> {
    table: Table,
    exit: X,
    turn: Turn,
}

impl<X: Exit> Slots<X> {
    #[cfg(all(target_os = "linux", feature = "membarrier", not(sim_loom)))]
    pub(super) fn with_exit(exit: X) -> Slots<X> {
        Slots { table: Table::default(), exit, turn: Turn::default() }
    }

    /// Starts a section by giving `word` the value `active`.
    #[inline]
    pub(super) fn start(&self, word: &Word, active: Value) {
        // Release: a scan that sees this section must also see the end of the previous one, because it will no longer
        // see the idle word between them.
        let order = mutation::relaxed_if(Mutation::EntryRelaxed, Ordering::Release);
        word.store(active, order);
        X::Barrier::reader();
    }

    /// Ends the section in `word` by giving it the value `idle`.
    #[inline]
    pub(super) fn end(&self, word: &Word, idle: Value) {
        self.exit.end(word, idle);
    }
}

impl<X: Exit> Engine for Slots<X> {
    type Slot = Slot;

    fn take(&self) -> Slot {
        self.table.take()
    }

    fn give_back(&self, slot: &mut Slot) {
        self.table.give_back(slot.id());
    }

    #[inline]
    fn enter(&self, slot: &mut Slot) {
        let active = slot.next();
        self.start(slot.word(), active);
    }

    #[inline]
    fn leave(&self, slot: &mut Slot) {
        let idle = slot.next();
        self.end(slot.word(), idle);
    }

    fn id(slot: &Slot) -> usize {
        slot.id()
    }
}

impl<X: Exit> Population for Slots<X> {
    fn turn(&self) -> &Turn {
        &self.turn
    }

    fn begin(&self) {
        X::Barrier::driver();
        self.exit.scan(self.table.view());
    }

    fn poll_quiet(&self, cx: &mut Context<'_>) -> Poll<()> {
        if mutation::is(Mutation::HoldoutsNotAwaited) {
            return Poll::Ready(());
        }
        self.exit.poll_quiet(cx)
    }

    fn holdouts(&self) -> Vec<usize> {
        self.exit.holdouts(&self.table.view())
    }
}

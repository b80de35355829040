//! What a population of readers must offer: the seam between the queue of requests and the algorithm that finds readers.
//!
//! Two algorithms keep the same promise: [`super::Slots`] (a word per reader, scanned) and [`super::Counters`] (SRCU: two
//! pairs of counters). [`AnyEngine`](super::AnyEngine) chooses between them at run time. The trait is sealed.

use super::waiter::Turn;
use std::task::{Context, Poll};

/// Readers as a grace period sees them: it begins, and is polled until the readers it found are gone.
pub trait Population: Send + Sync {
    /// One grace period of a population runs at a time.
    fn turn(&self) -> &Turn;

    /// Begins. Every section that the following polls do not wait for sees what the caller did before.
    ///
    /// The wait may be abandoned at any time; the next one begins anew.
    fn begin(&self);

    /// Ready once every section that was open at [`begin`](Population::begin) is over; what they did is then visible.
    fn poll_quiet(&self, cx: &mut Context<'_>) -> Poll<()>;

    /// Readers that hold up the grace period that is running, ascending. Racy by nature: a report, not a promise.
    fn holdouts(&self) -> Vec<usize>;
}

/// An algorithm for finding readers that may block, nest and move between threads.
pub trait Engine: Population + 'static {
    /// What a reader owns.
    type Slot: Send + Sync;

    /// A new reader's share, at any time.
    fn take(&self) -> Self::Slot;

    /// The reader exits; it is in no section.
    fn give_back(&self, slot: &mut Self::Slot);

    /// The reader enters its outermost section.
    fn enter(&self, slot: &mut Self::Slot);

    /// The reader leaves its outermost section.
    fn leave(&self, slot: &mut Self::Slot);

    /// The reader's number. Used again after the reader is gone.
    fn id(slot: &Self::Slot) -> usize;
}

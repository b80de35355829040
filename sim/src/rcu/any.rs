//! Either Tasks Trace engine behind one type, for users that choose when they run: the simulated machine does, by kernel version.

use super::counters::{Counted, Counters};
use super::engine::{Engine, Population};
use super::notified::Notified;
use super::slots::Slots;
use super::table::Slot;
use super::waiter::Turn;
use std::task::{Context, Poll};

/// An engine chosen at run time. Both wake their driver from the exit it waits for.
pub enum AnyEngine {
    /// A word per reader: kernels before 7.0.
    Slots(Slots<Notified>),
    /// Two ranks of counters, SRCU: kernels from 7.0.
    Counters(Counters),
}

impl AnyEngine {
    /// The engine of kernels before 7.0.
    pub fn slots() -> AnyEngine {
        AnyEngine::Slots(Slots::default())
    }

    /// The engine of kernels from 7.0.
    pub fn counters() -> AnyEngine {
        AnyEngine::Counters(Counters::default())
    }

    fn population(&self) -> &dyn Population {
        match self {
            AnyEngine::Slots(engine) => engine,
            AnyEngine::Counters(engine) => engine,
        }
    }
}

/// A reader's share of an [`AnyEngine`].
pub enum AnySlot {
    /// In [`AnyEngine::Slots`].
    Slot(Slot),
    /// In [`AnyEngine::Counters`].
    Counted(Counted),
}

const FOREIGN: &str = "a reader stays with its engine";

impl Engine for AnyEngine {
    type Slot = AnySlot;

    fn take(&self) -> AnySlot {
        match self {
            AnyEngine::Slots(engine) => AnySlot::Slot(engine.take()),
            AnyEngine::Counters(engine) => AnySlot::Counted(engine.take()),
        }
    }

    fn give_back(&self, slot: &mut AnySlot) {
        match (self, slot) {
            (AnyEngine::Slots(engine), AnySlot::Slot(slot)) => engine.give_back(slot),
            (AnyEngine::Counters(engine), AnySlot::Counted(slot)) => engine.give_back(slot),
            _ => unreachable!("{FOREIGN}"),
        }
    }

    fn enter(&self, slot: &mut AnySlot) {
        match (self, slot) {
            (AnyEngine::Slots(engine), AnySlot::Slot(slot)) => engine.enter(slot),
            (AnyEngine::Counters(engine), AnySlot::Counted(slot)) => engine.enter(slot),
            _ => unreachable!("{FOREIGN}"),
        }
    }

    fn leave(&self, slot: &mut AnySlot) {
        match (self, slot) {
            (AnyEngine::Slots(engine), AnySlot::Slot(slot)) => engine.leave(slot),
            (AnyEngine::Counters(engine), AnySlot::Counted(slot)) => engine.leave(slot),
            _ => unreachable!("{FOREIGN}"),
        }
    }

    fn id(slot: &AnySlot) -> usize {
        match slot {
            AnySlot::Slot(slot) => Slots::<Notified>::id(slot),
            AnySlot::Counted(slot) => Counters::id(slot),
        }
    }
}

impl Population for AnyEngine {
    fn turn(&self) -> &Turn {
        self.population().turn()
    }

    fn begin(&self) {
        self.population().begin();
    }

    fn poll_quiet(&self, cx: &mut Context<'_>) -> Poll<()> {
        self.population().poll_quiet(cx)
    }

    fn holdouts(&self) -> Vec<usize> {
        self.population().holdouts()
    }
}

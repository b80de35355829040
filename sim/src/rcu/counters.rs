//! The second engine: two ranks of counters, SRCU. RCU Tasks Trace of kernels from 7.0 (SRCU-fast, kernel/rcu/srcutree.c).
//!
//! A reader counts itself into the current rank as it enters and, in the same rank, out as it leaves, on whatever thread
//! that happens. A grace period waits until as many have left a rank as have entered it, for both ranks: the one not in use,
//! because a reader may read the rank's number and sleep before it counts itself in, then the other one, after readers have
//! been sent away from it so that the wait ends. Its cost does not depend on the number of readers.
//!
//! The counters say that somebody is inside, not who. Each reader therefore also notes its rank in a word of its own, for
//! [`Population::holdouts`] and for nothing else.
//!
//! Where we differ: the kernel polls the counters from a work item; here a driver that waits asks for a wake-up by a bit in the
//! counters of exits, so the exit that sees the bit wakes it at once. It may also wait a little longer than [`super::Slots`]:
//! sections that open before readers are sent to the other rank are waited for.

use super::engine::{Engine, Population};
use super::mutation::{self, Mutation};
use super::table::{ACTIVE, Slot, Table, Value};
use super::waiter::{Turn, WakerCell};
use crate::sync::{AtomicU64, Ordering, fence};
use std::task::{Context, Poll};

/// Pairs of counters per rank, each in its own cache lines. The kernel has one per CPU.
const SHARDS: usize = if cfg!(sim_loom) { 2 } else { 16 };

/// In a counter of exits: wake the driver. The count starts at the next bit.
const ASKED: u64 = 1;
const ONE_EXIT: u64 = 2;

#[derive(Default)]
#[repr(align(128))]
struct Shard {
    entries: [AtomicU64; 2],
    exits: [AtomicU64; 2],
}

/// Readers that are only counted.
pub struct Counters {
    shards: Box<[Shard; SHARDS]>,
    /// Counts up; the lowest bit is the rank for new sections.
    rank: AtomicU64,
    /// The rank number that was current when the running grace period began. Equal to `rank` until it sends readers away.
    began: AtomicU64,
    table: Table,
    driver: WakerCell,
    turn: Turn,
}

/// A reader's share: where it counts, and where it is counted now.
pub struct Counted {
    word: Slot,
    shard: usize,
    rank: usize,
}

/// How a reader notes the rank number in its word.
fn note(rank: u64) -> Value {
    ((rank % (1 << 14)) as Value) << 2
}

impl Default for Counters {
    fn default() -> Counters {
        Counters {
            shards: Box::default(),
            // Later than `began`: no grace period has, and nobody holds one up.
            rank: AtomicU64::new(1),
            began: AtomicU64::new(0),
            table: Table::default(),
            driver: WakerCell::default(),
            turn: Turn::default(),
        }
    }
}

fn parity(rank: u64) -> usize {
    usize::from(rank & 1 == 1)
}

impl Counters {
    /// As many exits as entries in `rank`. With `ask`, the next exit from it wakes the driver. Adds the shards whose exits are
    /// asked, now or since an earlier look, to the bits of `asked`.
    fn drained(&self, rank: usize, ask: bool, asked: &mut u64) -> bool {
        let acquire = mutation::relaxed_if(Mutation::ScanRelaxed, Ordering::Acquire);
        let count_entries = || {
            self.shards
                .iter()
                .map(|shard| shard.entries[rank].load(Ordering::Relaxed))
                .fold(0, u64::wrapping_add)
        };
        let early = mutation::is(Mutation::EntriesBeforeExits).then(count_entries);
        let exits = self.shards.iter().enumerate().map(|(number, shard)| {
            let exits = if ask && !mutation::is(Mutation::ExitNotAsked) {
                // Release: the exit that finds the bit also finds the waker.
                shard.exits[rank].fetch_or(ASKED, Ordering::AcqRel) | ASKED
            } else {
                shard.exits[rank].load(acquire)
            };
            *asked |= (exits & ASKED) << number;
            exits
        });
        // Exits first. Whoever is seen to have left is then also seen to have entered, so a reader that is inside makes the
        // sums differ whatever the others do meanwhile.
        let exits = exits.map(|exits| exits / ONE_EXIT).fold(0, u64::wrapping_add);
        // The counts of exits have 63 bits.
        early.unwrap_or_else(count_entries).wrapping_sub(exits) & (u64::MAX / ONE_EXIT) == 0
    }

    fn poll_rank(&self, rank: usize, cx: &mut Context<'_>) -> Poll<()> {
        let mut asked = 0;
        let drained = self.driver.poll_until(cx, |again| self.drained(rank, again, &mut asked));
        if drained.is_ready() {
            // Whoever asked, this poll, an earlier one or a driver that gave up: nobody waits for these exits any more, and a
            // bit that stays sends every one of them to the waker's lock. Only drivers set bits, so none is missed.
            let asked_shards = self.shards.iter().enumerate().filter(|(number, _)| asked >> number & 1 == 1);
            asked_shards.for_each(|(_, shard)| {
                shard.exits[rank].fetch_and(!ASKED, Ordering::AcqRel);
            });
        }
        drained
    }
}

impl Engine for Counters {
    type Slot = Counted;

    fn take(&self) -> Counted {
        let word = self.table.take();
        Counted { shard: word.id() % SHARDS, word, rank: 0 }
    }

    fn give_back(&self, slot: &mut Counted) {
        self.table.give_back(slot.word.id());
    }

    #[inline]
    fn enter(&self, slot: &mut Counted) {
        let rank = self.rank.load(Ordering::Relaxed);
        slot.rank = parity(rank);
        slot.word.word().store(note(rank) | ACTIVE, Ordering::Relaxed);
        self.shards[slot.shard % SHARDS].entries[slot.rank].fetch_add(1, Ordering::Relaxed);
        // Pairs with the fence in `begin`: either the count includes this section, or this section sees everything that was
        // unpublished before the grace period.
        if !mutation::is(Mutation::ReaderFenceMissing) {
            fence(Ordering::SeqCst);
        }
    }

    #[inline]
    fn leave(&self, slot: &mut Counted) {
        slot.word.word().store(0, Ordering::Relaxed);
        // Release: who counts the exit also sees what the section did. Acquire: and finds the waker behind the bit.
        let order = mutation::relaxed_if(Mutation::ExitRelaxed, Ordering::AcqRel);
        if self.shards[slot.shard % SHARDS].exits[slot.rank].fetch_add(ONE_EXIT, order) & ASKED != 0 {
            self.driver.wake();
        }
    }

    fn id(slot: &Counted) -> usize {
        slot.word.id()
    }
}

impl Population for Counters {
    fn turn(&self) -> &Turn {
        &self.turn
    }

    fn begin(&self) {
        if !mutation::is(Mutation::GraceFenceMissing) {
            fence(Ordering::SeqCst);
        }
        // One driver at a time changes the rank, and the turn orders drivers.
        self.began.store(self.rank.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    fn poll_quiet(&self, cx: &mut Context<'_>) -> Poll<()> {
        if mutation::is(Mutation::HoldoutsNotAwaited) {
            return Poll::Ready(());
        }
        let began = self.began.load(Ordering::Relaxed);
        if self.rank.load(Ordering::Relaxed) == began {
            if !mutation::is(Mutation::FirstScanSkipped) && self.poll_rank(parity(began + 1), cx).is_pending()
            {
                return Poll::Pending;
            }
            if !mutation::is(Mutation::FlipSkipped) {
                self.rank.store(began + 1, Ordering::Relaxed);
            }
        }
        if mutation::is(Mutation::SecondScanSkipped) {
            return Poll::Ready(());
        }
        self.poll_rank(parity(began), cx)
    }

    fn holdouts(&self) -> Vec<usize> {
        let began = self.began.load(Ordering::Relaxed);
        let mut inside = Vec::new();
        self.table.view().for_each_active(Ordering::Relaxed, |id, _, value| {
            // Noted at or before `began`, whether or not the number has wrapped.
            if note(began).wrapping_sub(value & !ACTIVE) <= Value::MAX / 2 {
                inside.push(id);
            }
        });
        inside.sort_unstable();
        inside
    }
}

#[cfg(all(test, not(sim_loom)))]
mod tests {
    use super::*;
    use crate::rcu::TasksTrace;
    use std::task::Waker;

    #[test]
    fn exits_are_asked_only_while_somebody_waits() {
        let rcu = TasksTrace::<u32, Counters>::default();
        let mut reader = rcu.register();
        let asked = || {
            let exits = rcu.engine.shards.iter().flat_map(|shard| &shard.exits);
            exits.filter(|exits| exits.load(Ordering::Relaxed) & ASKED != 0).count()
        };
        let cx = &mut Context::from_waker(Waker::noop());
        for give_up in [false, true, false] {
            reader.lock();
            let mut gp = Box::pin(rcu.grace_period());
            assert!(gp.as_mut().poll(cx).is_pending());
            assert_eq!(asked(), SHARDS);
            if give_up {
                gp = Box::pin(rcu.grace_period());
            }
            reader.unlock();
            assert!(gp.as_mut().poll(cx).is_ready());
            assert_eq!(asked(), 0, "given up first: {give_up}");
        }
    }
}

//! Ring buffer: the consumer gets each record whole and once, and its room is not written again before it was read.

use loom::future::AtomicWaker;
use loom::sync::atomic::{AtomicU64, Ordering};
use loom::thread;
use loom_models::cells::Cells;
use loom_models::pair::pair;
use loom_models::{Bound, Seen, block_on, explore};
use maps::concurrent::{Ring, RingMemory};
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

/// Headers are atomics, data is memory that loom checks.
struct World {
    ring: Ring,
    headers: Headers,
    data: Cells,
}

struct Headers(Vec<AtomicU64>);

impl RingMemory for Headers {
    fn header(&self, offset: u64, order: Ordering) -> u64 {
        self.0[offset as usize / 8].load(order)
    }

    fn set_header(&self, offset: u64, header: u64, order: Ordering) {
        self.0[offset as usize / 8].store(header, order);
    }
}

impl World {
    fn new(words: usize) -> Arc<World> {
        let headers = Headers((0..words).map(|_| AtomicU64::new(0)).collect());
        Arc::new(World { ring: Ring::new(words as u64 * 8), headers, data: Cells::new(words) })
    }

    fn cell(&self, pos: u64) -> usize {
        self.ring.offset(pos) as usize / 8
    }

    /// Writes a record of `words` words that all hold `value`. `None` if there is no room, else whether to wake the consumer.
    fn output(&self, words: u64, value: u64, discard: bool) -> Option<bool> {
        let pos = self.ring.reserve(&self.headers, words * 8)?;
        (1..=words).for_each(|word| self.data.write(self.cell(pos + word * 8), value));
        Some(self.ring.commit(&self.headers, pos, discard))
    }

    /// The next record, which must be of `words` words.
    fn consume(&self, words: u64) -> Option<u64> {
        self.ring.consume(&self.headers, |data, bytes| {
            assert_eq!(bytes, words * 8, "a record of another length");
            let all: Vec<u64> = (0..words).map(|word| self.data.read(self.cell(data + word * 8))).collect();
            assert!(all.iter().all(|value| *value == all[0]), "a record of two halves");
            all[0]
        })
    }
}

/// A record is written before it is committed, and read after.
#[test]
fn commit() {
    let produce = |world: &World, _: &Seen| assert!(world.output(1, 7, false).is_some());
    let consume = |world: &World, seen: &Seen| match world.consume(1) {
        Some(value) => {
            assert_eq!(value, 7);
            seen.note("record");
        }
        None => seen.note(if world.ring.producer_pos() > 0 { "busy" } else { "nothing" }),
    };
    let events = &["nothing", "busy", "record"];
    pair("ring_commit", Bound::All, events, || World::new(4), [produce, consume], |_, _| ());
}

/// The second record's room overlaps the first one's: it is there only after the consumer has read.
#[test]
fn room() {
    let setup = || {
        let world = World::new(4);
        assert!(world.output(2, 1, false).is_some());
        world
    };
    let produce = |world: &World, seen: &Seen| match world.output(2, 2, false) {
        Some(_) => seen.note("room"),
        None => seen.note("no room"),
    };
    let consume = |world: &World, _: &Seen| assert_eq!(world.consume(2), Some(1));
    let check = |world: &World, _: &Seen| assert_ne!(world.consume(2), Some(1), "a record came twice");
    pair("ring_room", Bound::All, &["room", "no room"], setup, [consume, produce], check);
}

/// Two producers, one of which discards its record, and a consumer that comes early.
#[test]
fn producers() {
    explore("ring_producers", Bound::Preemptions(4), &["first", "behind the discarded one"], |seen| {
        let world = World::new(8);
        let discarding = thread::spawn({
            let world = Arc::clone(&world);
            move || assert!(world.output(1, 9, true).is_some())
        });
        let consumer = thread::spawn({
            let world = Arc::clone(&world);
            move || (world.consume(1), world.ring.consumer_pos())
        });
        assert!(world.output(1, 7, false).is_some());
        let (early, pos) = consumer.join().unwrap();
        if early.is_some() {
            seen.note(if pos == 16 { "first" } else { "behind the discarded one" });
        }
        discarding.join().unwrap();
        let records: Vec<u64> = early.into_iter().chain(std::iter::from_fn(|| world.consume(1))).collect();
        assert!(!records.contains(&9), "a discarded record was shown");
        assert_eq!(records, [7], "a record is lost or came twice");
        assert!(world.ring.is_drained());
    });
}

/// A consumer that sleeps on an empty ring is woken by the record that ends its wait.
#[test]
fn wake() {
    explore("ring_wake", Bound::All, &["slept", "awake"], |seen| {
        let world = World::new(8);
        let consumer = Arc::new(AtomicWaker::new());
        assert!(world.output(1, 1, false).is_some());
        let producer = thread::spawn({
            let (world, consumer) = (Arc::clone(&world), Arc::clone(&consumer));
            move || {
                if world.output(1, 2, false).expect("room") {
                    consumer.wake();
                }
            }
        });
        assert_eq!(world.consume(1), Some(1));
        let mut slept = false;
        let second = block_on(poll_fn(|cx| {
            consumer.register_by_ref(cx.waker());
            loop {
                match world.consume(1) {
                    Some(value) => return Poll::Ready(value),
                    None if world.ring.is_drained() => {
                        slept = true;
                        return Poll::Pending;
                    }
                    None => thread::yield_now(),
                }
            }
        }));
        seen.note(if slept { "slept" } else { "awake" });
        assert_eq!(second, 2);
        producer.join().unwrap();
    });
}

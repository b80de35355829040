//! A ring buffer for threads: any number of producers, one consumer. The map type RINGBUF as a library.
//!
//! Records are 8-byte words in one block; one that reaches the block's end goes on at its beginning. (The kernel maps the block
//! twice in a row instead.) Key types: [`RingBuffer`], [`Record`]. Neighbour: `ring` has the protocol.

use sim::sync::{AtomicBool, AtomicU64, Mutex, Ordering};

use super::ring::{Ring, RingMemory};

/// The ring and its memory.
pub struct RingBuffer {
    ring: Ring,
    words: Words,
    /// Held while a record is consumed: there is one consumer at a time.
    consumer: Mutex<()>,
    /// A dropped [`Record`] was the one that the consumer waits for, and nobody has been told yet.
    owed: AtomicBool,
}

struct Words(Box<[AtomicU64]>);

impl Words {
    /// The word at a byte position, wherever that is in the ring.
    fn at(&self, pos: u64) -> &AtomicU64 {
        &self.0[(pos / 8) as usize & (self.0.len() - 1)]
    }
}

impl RingMemory for Words {
    fn header(&self, offset: u64, order: Ordering) -> u64 {
        self.at(offset).load(order)
    }

    fn set_header(&self, offset: u64, header: u64, order: Ordering) {
        self.at(offset).store(header, order);
    }
}

impl RingBuffer {
    /// An empty ring of `bytes`.
    ///
    /// # Panics
    /// If that is no power of two, or below 8.
    pub fn new(bytes: u64) -> RingBuffer {
        let words = (0..bytes / 8).map(|_| AtomicU64::new(0)).collect();
        RingBuffer {
            ring: Ring::new(bytes),
            words: Words(words),
            consumer: Mutex::new(()),
            owed: AtomicBool::new(false),
        }
    }

    /// Room for `words` 8-byte words; `None` when there is none.
    pub fn reserve(&self, words: usize) -> Option<Record<'_>> {
        let pos = self.ring.reserve(&self.words, words as u64 * 8)?;
        Some(Record { ring: self, pos, words, open: true })
    }

    /// Reserves, writes and submits. `None` when there is no room, else whether the consumer must be woken.
    pub fn output(&self, record: &[u64]) -> Option<bool> {
        let room = self.reserve(record.len())?;
        record.iter().enumerate().for_each(|(index, word)| room.set(index, *word));
        Some(room.submit())
    }

    /// Appends the next committed record to `into` and returns its number of words; `None` when there is none or the next one is
    /// still being written. Discarded records are skipped.
    pub fn consume(&self, into: &mut Vec<u64>) -> Option<usize> {
        let _turn = self.consumer.lock();
        self.ring.consume(&self.words, |data, bytes| {
            into.extend((0..bytes / 8).map(|word| self.words.at(data + word * 8).load(Ordering::Relaxed)));
            (bytes / 8) as usize
        })
    }

    /// For the consumer, before it sleeps and after it has arranged to be woken: see [`Ring::is_drained`].
    pub fn is_drained(&self) -> bool {
        self.ring.is_drained()
    }

    /// Bytes between the consumer and the producers, records still being written included.
    pub fn available(&self) -> u64 {
        self.ring.producer_pos() - self.ring.consumer_pos()
    }
}

/// A reserved record. Dropped, it is discarded; if the consumer waits for it, the next submit or discard of any record says so in
/// its place. Until then a sleeping consumer stays asleep, also if later records are complete already: where no other record
/// may follow, call [`Record::discard`] and wake the consumer.
pub struct Record<'a> {
    ring: &'a RingBuffer,
    pos: u64,
    words: usize,
    open: bool,
}

impl Record<'_> {
    /// Writes one word of it.
    ///
    /// # Panics
    /// If the record is shorter.
    pub fn set(&self, index: usize, word: u64) {
        assert!(index < self.words, "word {index} of a record of {}", self.words);
        self.ring.words.at(self.pos + 8 + index as u64 * 8).store(word, Ordering::Relaxed);
    }

    /// The record is complete. True if the consumer must be woken: it waits for this record, or for one that was dropped before.
    pub fn submit(self) -> bool {
        self.end(false)
    }

    /// The record is not to be shown. True if the consumer must be woken to pass it, or one that was dropped before.
    pub fn discard(self) -> bool {
        self.end(true)
    }

    fn end(mut self, discard: bool) -> bool {
        self.open = false;
        let awaited = self.ring.ring.commit(&self.ring.words, self.pos, discard);
        // Of several callers exactly one takes the debt, also when its own record is awaited: its wake-up serves both. Acquire,
        // with the release in `drop`: whoever this caller wakes finds the dropped record discarded.
        self.ring.owed.swap(false, Ordering::Acquire) || awaited
    }
}

impl Drop for Record<'_> {
    fn drop(&mut self) {
        if self.open && self.ring.ring.commit(&self.ring.words, self.pos, true) {
            self.ring.owed.store(true, Ordering::Release);
        }
    }
}

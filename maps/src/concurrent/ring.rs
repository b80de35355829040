//! The positions and headers of a ring buffer: who may write where, what the consumer may read, when its room is free again.
//!
//! The protocol is that of `kernel/bpf/ringbuf.c` with libbpf's consumer. Producers reserve under a lock, write without one, and
//! commit in any order; the consumer takes records in the order of reservation and stops at one that is still busy. A header
//! word is `[page : 32 | BUSY | DISCARD | length : 30]`, 8 bytes before the data; records are padded to 8 bytes.
//!
//! Where the words are is left to a [`RingMemory`], so the simulator's ring, whose data programs can address, and
//! [`RingBuffer`](super::RingBuffer) run the same code. Key type: [`Ring`].

use sim::sync::{AtomicU64, Mutex, Ordering, fence};

use super::mutation::{Mutation, is, relaxed_if};
use crate::consts::{BPF_RINGBUF_BUSY_BIT, BPF_RINGBUF_DISCARD_BIT, BPF_RINGBUF_HDR_SZ, PAGE_SIZE};

/// The longest record (`RINGBUF_MAX_RECORD_SZ`).
const MAX_RECORD: u64 = (u32::MAX / 4) as u64;
/// Pages of `struct bpf_ringbuf` before the data: its fields, the consumer's and the producer's position.
const PAGES_BEFORE_DATA: u64 = 3;

/// Header words by byte offset in the ring, a multiple of 8 below its size.
pub trait RingMemory {
    /// The header, loaded with at least this ordering.
    fn header(&self, offset: u64, order: Ordering) -> u64;

    /// Writes the header with at least this ordering.
    fn set_header(&self, offset: u64, header: u64, order: Ordering);
}

/// The positions, in bytes since the ring was made.
pub struct Ring {
    mask: u64,
    consumer: AtomicU64,
    producer: AtomicU64,
    /// The oldest record that was not committed when a producer looked last. Its lock is the producers'.
    pending: Mutex<u64>,
}

/// Bytes that a record of this length takes, header and padding included.
fn span(len: u64) -> u64 {
    (len + u64::from(BPF_RINGBUF_HDR_SZ)).next_multiple_of(8)
}

fn length(header: u64) -> u64 {
    u64::from(header as u32 & !(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT))
}

fn is_busy(header: u64) -> bool {
    header as u32 & BPF_RINGBUF_BUSY_BIT != 0
}

fn is_discarded(header: u64) -> bool {
    header as u32 & BPF_RINGBUF_DISCARD_BIT != 0 && !is(Mutation::RingDiscardIgnored)
}

impl Ring {
    /// An empty ring of `bytes`.
    ///
    /// # Panics
    /// If that is no power of two, or below 8.
    pub fn new(bytes: u64) -> Ring {
        assert!(bytes.is_power_of_two() && bytes >= 8, "{bytes} bytes");
        Ring {
            mask: bytes - 1,
            consumer: AtomicU64::new(0),
            producer: AtomicU64::new(0),
            pending: Mutex::new(0),
        }
    }

    /// Bytes of the ring.
    pub fn bytes(&self) -> u64 {
        self.mask + 1
    }

    /// Where the consumer is.
    pub fn consumer_pos(&self) -> u64 {
        self.consumer.load(Ordering::Acquire)
    }

    /// Where the next record begins.
    pub fn producer_pos(&self) -> u64 {
        self.producer.load(Ordering::Acquire)
    }

    /// The byte offset of a position.
    pub fn offset(&self, pos: u64) -> u64 {
        pos & self.mask
    }

    /// Room for a record of `size` bytes (`__bpf_ringbuf_reserve`): the position of its header, which is busy until
    /// [`Ring::commit`]. `None` when there is none. The data may run over the ring's end, to its beginning.
    pub fn reserve(&self, memory: &impl RingMemory, size: u64) -> Option<u64> {
        if size > MAX_RECORD || span(size) > self.bytes() {
            return None;
        }
        let mut pending = (!is(Mutation::RingLockMissing)).then(|| self.pending.lock());
        // Acquire: the consumer has read what was in the room that is used again.
        let consumer = self.consumer.load(relaxed_if(Mutation::RingRoomRelaxed, Ordering::Acquire));
        let producer = self.producer.load(Ordering::Relaxed);
        let oldest = pending.as_ref().map_or(consumer, |pos| self.oldest_busy(memory, **pos, producer));
        if let Some(pos) = &mut pending {
            **pos = oldest;
        }
        let end = producer + span(size);
        // One byte less than the ring: a full ring and an empty one must not look the same.
        if end - oldest > self.mask || end - consumer > self.mask {
            return None;
        }
        let page = PAGES_BEFORE_DATA + self.offset(producer) / PAGE_SIZE;
        let header = page << 32 | size | u64::from(BPF_RINGBUF_BUSY_BIT);
        // Release: the consumer finds the record busy.
        let release = relaxed_if(Mutation::RingReserveRelaxed, Ordering::Release);
        if is(Mutation::RingPositionFirst) {
            self.producer.store(end, release);
            memory.set_header(self.offset(producer), header, Ordering::Relaxed);
            return Some(producer);
        }
        memory.set_header(self.offset(producer), header, Ordering::Relaxed);
        self.producer.store(end, release);
        Some(producer)
    }

    fn oldest_busy(&self, memory: &impl RingMemory, from: u64, producer: u64) -> u64 {
        let mut pos = from;
        while pos < producer {
            let header = memory.header(self.offset(pos), Ordering::Relaxed);
            if is_busy(header) {
                break;
            }
            pos += span(length(header));
        }
        pos
    }

    /// The record reserved at `pos` is written, or to be skipped. True if the consumer waits for exactly this one and must be woken
    /// (`bpf_ringbuf_commit`).
    pub fn commit(&self, memory: &impl RingMemory, pos: u64, discard: bool) -> bool {
        let offset = self.offset(pos);
        let reserved = memory.header(offset, Ordering::Relaxed);
        debug_assert!(is_busy(reserved), "the record at {pos} is not reserved");
        let discard_bit = if discard { u64::from(BPF_RINGBUF_DISCARD_BIT) } else { 0 };
        let header = (reserved & !u64::from(BPF_RINGBUF_BUSY_BIT)) | discard_bit;
        // Release: the record was written before.
        let release = relaxed_if(Mutation::RingCommitRelaxed, Ordering::Release);
        memory.set_header(offset, header, release);
        // Pairs with the fence in `is_drained`: either the consumer sees the record, or this sees where the consumer is.
        if !is(Mutation::RingWakeFenceMissing) {
            fence(Ordering::SeqCst);
        }
        self.offset(self.consumer.load(Ordering::Relaxed)) == offset
    }

    /// For the only consumer: shows the next committed record to `read`, as position and length of its data, and makes its room free.
    /// `None` when there is none or the next one is still being written. Discarded records are skipped.
    pub fn consume<T>(&self, memory: &impl RingMemory, read: impl FnOnce(u64, u64) -> T) -> Option<T> {
        let mut pos = self.consumer.load(Ordering::Relaxed);
        // Acquire: the headers up to there are written.
        let producer = self.producer.load(Ordering::Acquire);
        // Acquire: the record is written.
        let acquire = relaxed_if(Mutation::RingHeaderRelaxed, Ordering::Acquire);
        // Release: the record is read.
        let release = relaxed_if(Mutation::RingConsumerRelaxed, Ordering::Release);
        while pos < producer {
            let header = memory.header(self.offset(pos), acquire);
            if is_busy(header) && !is(Mutation::RingBusyIgnored) {
                return None;
            }
            let data = pos + u64::from(BPF_RINGBUF_HDR_SZ);
            pos += span(length(header));
            if is_discarded(header) {
                self.consumer.store(pos, release);
                continue;
            }
            if is(Mutation::RingConsumesEarly) {
                self.consumer.store(pos, release);
                return Some(read(data, length(header)));
            }
            let taken = read(data, length(header));
            self.consumer.store(pos, release);
            return Some(taken);
        }
        None
    }

    /// For the consumer, before it sleeps and after it has arranged to be woken: true if nothing is reserved. The commit of the next
    /// record then tells its producer to wake the consumer.
    pub fn is_drained(&self) -> bool {
        // Pairs with the fence in `commit`.
        if !is(Mutation::RingSleepFenceMissing) {
            fence(Ordering::SeqCst);
        }
        self.consumer.load(Ordering::Relaxed) == self.producer.load(Ordering::Acquire)
    }
}

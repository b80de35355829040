//! `BPF_MAP_TYPE_USER_RINGBUF`: records from one user-space producer to programs, which take them with `bpf_user_ringbuf_drain`.
//!
//! User space writes headers, data and the producer position without any check, so the kernel checks every record it takes. One
//! consumer at a time. Source: `kernel/bpf/ringbuf.c`. Key types: [`UserRingbuf`], [`Sample`]. Neighbours: `ringbuf` is the other
//! direction; `helpers::user_ringbuf` (above) calls the program's callback for each sample.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use sim::context::IrqKind;
use sim::errno::Errno;
use sim::ids::TaskId;
use sim::machine::Machine;
use sim::task::WaitReason;

use crate::consts::*;
use crate::create::CreateError;
use crate::event::MapEvent;
use crate::map::{Map, MapCore};
use crate::rules::MapRules;
use crate::spec::MapDef;

/// `BPF_MAX_USER_RINGBUF_SAMPLES`: records that one call takes.
pub const MAX_SAMPLES: u32 = 128 * 1024;
/// `DYNPTR_MAX_SIZE`.
const DYNPTR_MAX_SIZE: u32 = (1 << 24) - 1;
const HEADER_BYTES: u64 = BPF_RINGBUF_HDR_SZ as u64;
const IN_RING: &str = "the ring's data is live memory";

/// A record that a program may look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    pub addr: u64,
    pub size: u32,
}

/// A ring buffer that user space fills.
pub struct UserRingbuf {
    core: MapCore,
    data: u64,
    mask: u64,
    consumer_pos: Cell<u64>,
    producer_pos: Cell<u64>,
    busy: Cell<bool>,
    waiters: RefCell<Vec<TaskId>>,
}

impl UserRingbuf {
    /// An empty ring; the definition has been checked.
    pub(crate) fn create(def: &MapDef, rules: &MapRules, m: &Machine) -> Result<Rc<dyn Map>, CreateError> {
        let core = MapCore::new(def, rules, m)?;
        let size = u64::from(def.max_entries);
        // Twice in a row, so that a record may run over the end (see `ringbuf`).
        let bytes = usize::try_from(2 * size).map_err(|_| Errno::ENOMEM)?;
        let data = m.arena_mut().alloc_zeroed(bytes, "user ringbuf data", m.stamp()).ok_or(Errno::ENOMEM)?;
        Ok(Rc::new(UserRingbuf {
            core,
            data,
            mask: size - 1,
            consumer_pos: Cell::new(0),
            producer_pos: Cell::new(0),
            busy: Cell::new(false),
            waiters: RefCell::default(),
        }))
    }

    /// Makes the calling program the consumer.
    ///
    /// # Errors
    /// -EBUSY: another one is.
    pub fn begin(&self) -> Result<(), Errno> {
        if self.busy.replace(true) { Err(Errno::EBUSY) } else { Ok(()) }
    }

    /// The consumer is done. `taken`: samples it has seen; the producer is woken for any, unless the flags say otherwise.
    pub fn end(&self, m: &Machine, taken: u32, flags: u64) {
        self.busy.set(false);
        let wakeup = flags & BPF_RB_FORCE_WAKEUP != 0 || (flags & BPF_RB_NO_WAKEUP == 0 && taken > 0);
        if wakeup {
            let tasks = std::mem::take(&mut *self.waiters.borrow_mut());
            m.interrupt(m.current_cpu(), IrqKind::Hard, "bpf_ringbuf_notify", move |m| {
                tasks.into_iter().for_each(|task| m.wake(task));
            });
        }
    }

    /// `__bpf_user_ringbuf_peek`: the next record.
    ///
    /// # Errors
    /// -ENODATA: none, or it is still being written; -EAGAIN: a discarded record was skipped; -EINVAL, -E2BIG: the producer wrote nonsense.
    pub fn peek(&self, m: &Machine) -> Result<Sample, Errno> {
        let (producer, consumer) = (self.producer_pos.get(), self.consumer_pos.get());
        if !producer.is_multiple_of(8) {
            return Err(Errno::EINVAL);
        }
        if consumer >= producer {
            return Err(Errno::ENODATA);
        }
        let header = m.arena().load(self.at(consumer), 4).expect(IN_RING) as u32;
        let flags = header & (BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
        let size = header & !flags;
        let total = record_bytes(size);
        if total > producer - consumer {
            return Err(Errno::EINVAL);
        }
        if total > self.mask + 1 || size > DYNPTR_MAX_SIZE {
            return Err(Errno::E2BIG);
        }
        if flags & BPF_RINGBUF_DISCARD_BIT != 0 {
            self.consumer_pos.set(consumer + total);
            return Err(Errno::EAGAIN);
        }
        if flags & BPF_RINGBUF_BUSY_BIT != 0 {
            return Err(Errno::ENODATA);
        }
        Ok(Sample { addr: self.at(consumer + HEADER_BYTES), size })
    }

    /// `__bpf_user_ringbuf_sample_release`.
    pub fn release_sample(&self, sample: Sample) {
        self.consumer_pos.set(self.consumer_pos.get() + record_bytes(sample.size));
    }

    /// The producer's side, as libbpf's `user_ring_buffer__reserve` and `__submit` or `__discard` do it.
    ///
    /// # Errors
    /// -E2BIG: larger than the ring; -ENOSPC: no room now.
    pub fn produce(&self, m: &Machine, record: &[u8], discard: bool) -> Result<(), Errno> {
        let total = record_bytes(record.len() as u32);
        if total > self.mask + 1 {
            return Err(Errno::E2BIG);
        }
        let producer = self.producer_pos.get();
        if total > self.mask + 1 - (producer - self.consumer_pos.get()) {
            return Err(Errno::ENOSPC);
        }
        let discard_bit = if discard { BPF_RINGBUF_DISCARD_BIT } else { 0 };
        let header = u64::from(record.len() as u32 | discard_bit);
        m.arena_mut().store(self.at(producer), 8, header).expect(IN_RING);
        m.arena_mut().write(self.at(producer) + HEADER_BYTES, record).expect(IN_RING);
        self.producer_pos.set(producer + total);
        let (map, addr) = (self.core.name.clone(), self.at(producer + HEADER_BYTES));
        m.emit_with(|| MapEvent::RingbufCommit { map, addr, discard, wakeup: false });
        Ok(())
    }

    /// What a producer that ignores the rules writes: a header word and a new producer position.
    pub fn produce_raw(&self, m: &Machine, header: u32, advance: u64) {
        let producer = self.producer_pos.get();
        m.arena_mut().store(self.at(producer), 4, header.into()).expect(IN_RING);
        self.producer_pos.set(producer + advance);
    }

    /// The producer waits until programs have taken something (`user_ring_buffer__reserve_blocking`).
    pub async fn wait_for_room(&self, m: &Machine) {
        let before = self.consumer_pos.get();
        while self.consumer_pos.get() == before {
            self.waiters.borrow_mut().push(m.current());
            m.block(WaitReason::new("user ringbuf epoll_wait").detail(self.core.def.name.clone())).await;
        }
    }

    /// Bytes that programs have not taken yet.
    pub fn available(&self) -> u64 {
        self.producer_pos.get() - self.consumer_pos.get()
    }

    fn at(&self, pos: u64) -> u64 {
        self.data + (pos & self.mask)
    }
}

fn record_bytes(size: u32) -> u64 {
    (u64::from(size) + HEADER_BYTES).next_multiple_of(8)
}

impl Map for UserRingbuf {
    fn core(&self) -> &MapCore {
        &self.core
    }

    fn lookup(&self, _m: &Machine, _key: &[u8]) -> Option<u64> {
        None
    }

    fn update(&self, _m: &Machine, _key: &[u8], _value: &[u8], _flags: u64) -> Result<(), Errno> {
        Err(Errno::ENOTSUPP)
    }

    fn delete(&self, _m: &Machine, _key: &[u8]) -> Result<(), Errno> {
        Err(Errno::ENOTSUPP)
    }

    fn next_key(&self, _m: &Machine, _prev: Option<&[u8]>) -> Result<Vec<u8>, Errno> {
        Err(Errno::ENOTSUPP)
    }

    fn lookup_user(&self, _m: &Machine, _key: &[u8], flags: u64) -> Result<Vec<u8>, Errno> {
        self.core.check_lookup_user(flags)?;
        Err(Errno::ENOTSUPP)
    }

    /// Records are not elements.
    fn len(&self) -> u32 {
        0
    }

    fn as_user_ringbuf(&self) -> Option<&UserRingbuf> {
        Some(self)
    }

    fn destroy(&self, m: &Machine) {
        m.arena_mut().free(self.data, m.stamp());
        self.core.destroy(m);
    }
}

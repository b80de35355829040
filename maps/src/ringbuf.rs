//! `BPF_MAP_TYPE_RINGBUF`: records of any size from many producers to one consumer, in the order of reservation.
//!
//! A record is an 8-byte header (length with busy and discard bits, page offset) and data, padded to 8 bytes. The kernel maps the
//! data pages twice in a row so that a record may run over the end; here the arena object is twice as large for the same effect:
//! a record is always read where it was written. Source: `kernel/bpf/ringbuf.c`. Consumer: what libbpf's `ring_buffer__consume` does.
//!
//! Key type: [`Ringbuf`]. Differs: operations here are indivisible, so the ring's lock is never contended.

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

/// The longest record (`RINGBUF_MAX_RECORD_SZ`).
const RINGBUF_MAX_RECORD_SZ: u64 = (u32::MAX / 4) as u64;
/// Pages of `struct bpf_ringbuf` before the data: its fields, the consumer's and the producer's position.
const PAGES_BEFORE_DATA: u32 = 3;
const IN_RING: &str = "the ring's data is live memory";

/// A ring buffer map.
pub struct Ringbuf {
    core: MapCore,
    data: u64,
    mask: u64,
    consumer_pos: Cell<u64>,
    producer_pos: Cell<u64>,
    /// The oldest record that was not committed when a producer looked last.
    pending_pos: Cell<u64>,
    waiters: Rc<RefCell<Waiters>>,
}

/// Tasks in `epoll_wait`, and whether the interrupt work that wakes them is queued.
#[derive(Default)]
struct Waiters {
    tasks: Vec<TaskId>,
    notified: bool,
}

/// Bytes that a record with this header takes, header and padding included.
fn record_bytes(header_len: u32) -> u64 {
    let len = header_len & !(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
    (u64::from(len) + u64::from(BPF_RINGBUF_HDR_SZ)).next_multiple_of(8)
}

impl Ringbuf {
    /// An empty ring; the definition has been checked.
    pub(crate) fn create(def: &MapDef, rules: &MapRules, m: &Machine) -> Result<Rc<dyn Map>, CreateError> {
        let core = MapCore::new(def, rules, m)?;
        let size = u64::from(def.max_entries);
        let bytes = usize::try_from(2 * size).map_err(|_| Errno::ENOMEM)?;
        let data = m.arena_mut().alloc_zeroed(bytes, "bpf_ringbuf.data", m.stamp()).ok_or(Errno::ENOMEM)?;
        Ok(Rc::new(Ringbuf {
            core,
            data,
            mask: size - 1,
            consumer_pos: Cell::new(0),
            producer_pos: Cell::new(0),
            pending_pos: Cell::new(0),
            waiters: Rc::default(),
        }))
    }

    fn header_addr(&self, pos: u64) -> u64 {
        self.data + (pos & self.mask)
    }

    fn header(&self, m: &Machine, pos: u64) -> u32 {
        m.arena().load(self.header_addr(pos), 4).expect(IN_RING) as u32
    }

    /// `bpf_ringbuf_reserve`: address of the record's data, or `None` when there is no room. `flags` must be 0, else `None`.
    pub fn reserve(&self, m: &Machine, size: u64, flags: u64) -> Option<u64> {
        let room = flags == 0 && size <= RINGBUF_MAX_RECORD_SZ;
        let addr = room.then(|| self.try_reserve(m, size)).flatten();
        match addr {
            Some(addr) => {
                m.emit_with(|| MapEvent::RingbufReserve { map: self.core.name.clone(), addr, size })
            }
            None => m.emit_with(|| MapEvent::RingbufFull { map: self.core.name.clone(), size }),
        }
        addr
    }

    fn try_reserve(&self, m: &Machine, size: u64) -> Option<u64> {
        let len = record_bytes(size as u32);
        if len > self.mask + 1 {
            return None;
        }
        let producer = self.producer_pos.get();
        let mut pending = self.pending_pos.get();
        while pending < producer {
            let header = self.header(m, pending);
            if header & BPF_RINGBUF_BUSY_BIT != 0 {
                break;
            }
            pending += record_bytes(header);
        }
        self.pending_pos.set(pending);
        let end = producer + len;
        // One byte less than the ring: a full ring and an empty one must not look the same.
        if end - pending > self.mask || end - self.consumer_pos.get() > self.mask {
            return None;
        }
        let header = self.header_addr(producer);
        let page = PAGES_BEFORE_DATA + ((header - self.data) / PAGE_SIZE) as u32;
        let word = u64::from(page) << 32 | size | u64::from(BPF_RINGBUF_BUSY_BIT);
        m.arena_mut().store(header, 8, word).expect(IN_RING);
        self.producer_pos.set(end);
        Some(header + u64::from(BPF_RINGBUF_HDR_SZ))
    }

    /// `bpf_ringbuf_submit` and `bpf_ringbuf_discard` of a record that [`Ringbuf::reserve`] gave.
    ///
    /// Wakes the consumer when it waits for exactly this record, unless `BPF_RB_NO_WAKEUP`; always with `BPF_RB_FORCE_WAKEUP`.
    /// -EINVAL (a finding's business, no kernel returns it) when the address is no reserved record.
    pub fn commit(&self, m: &Machine, record: u64, flags: u64, discard: bool) -> Result<(), Errno> {
        let header = self.reserved_header(m, record).ok_or(Errno::EINVAL)?;
        let len = m.arena().load(header, 4).expect(IN_RING) as u32;
        let discard_bit = if discard { BPF_RINGBUF_DISCARD_BIT } else { 0 };
        m.arena_mut().store(header, 4, u64::from((len ^ BPF_RINGBUF_BUSY_BIT) | discard_bit)).expect(IN_RING);
        let awaited = self.header_addr(self.consumer_pos.get()) == header;
        let wakeup = flags & BPF_RB_FORCE_WAKEUP != 0 || (awaited && flags & BPF_RB_NO_WAKEUP == 0);
        m.emit_with(|| MapEvent::RingbufCommit {
            map: self.core.name.clone(),
            addr: record,
            discard,
            wakeup,
        });
        if wakeup {
            self.notify(m);
        }
        Ok(())
    }

    /// The header of a record that is reserved and not committed.
    fn reserved_header(&self, m: &Machine, record: u64) -> Option<u64> {
        let header = record.checked_sub(u64::from(BPF_RINGBUF_HDR_SZ))?;
        let offset = header.checked_sub(self.data).filter(|o| *o <= self.mask && o % 8 == 0)?;
        let len = m.arena().load(self.data + offset, 4).ok()? as u32;
        (len & BPF_RINGBUF_BUSY_BIT != 0).then_some(header)
    }

    /// `bpf_ringbuf_output`.
    pub fn output(&self, m: &Machine, data: &[u8], flags: u64) -> Result<(), Errno> {
        if flags & !(BPF_RB_NO_WAKEUP | BPF_RB_FORCE_WAKEUP) != 0 {
            return Err(Errno::EINVAL);
        }
        let record = self.reserve(m, data.len() as u64, 0).ok_or(Errno::EAGAIN)?;
        m.arena_mut().write(record, data).expect(IN_RING);
        self.commit(m, record, flags, false)
    }

    /// `bpf_ringbuf_query`; 0 for a question this kernel does not know.
    pub fn query(&self, what: u64) -> u64 {
        match what {
            BPF_RB_AVAIL_DATA => self.available(),
            BPF_RB_RING_SIZE => self.mask + 1,
            BPF_RB_CONS_POS => self.consumer_pos.get(),
            BPF_RB_PROD_POS => self.producer_pos.get(),
            _ => 0,
        }
    }

    /// Bytes between the consumer and the producer, records still being written included.
    pub fn available(&self) -> u64 {
        self.producer_pos.get() - self.consumer_pos.get()
    }

    /// The consumer takes the next committed record; `None` when there is none or the next one is still being written. Discarded
    /// records are skipped.
    pub fn consume(&self, m: &Machine) -> Option<Vec<u8>> {
        while self.consumer_pos.get() < self.producer_pos.get() {
            let pos = self.consumer_pos.get();
            let header = self.header(m, pos);
            if header & BPF_RINGBUF_BUSY_BIT != 0 {
                return None;
            }
            let len = (header & !BPF_RINGBUF_DISCARD_BIT) as usize;
            let from = self.header_addr(pos) + u64::from(BPF_RINGBUF_HDR_SZ);
            let record = m.arena().read(from, len).expect(IN_RING).to_vec();
            self.consumer_pos.set(pos + record_bytes(header));
            if header & BPF_RINGBUF_DISCARD_BIT == 0 {
                return Some(record);
            }
        }
        None
    }

    /// The consumer's `epoll_wait` without timeout: returns at once when the ring is not empty, else blocks until a producer
    /// notifies. Like the kernel's, it may return although the next record is still being written.
    pub async fn wait(&self, m: &Machine) {
        while self.available() == 0 {
            self.waiters.borrow_mut().tasks.push(m.current());
            m.block(WaitReason::new("ringbuf epoll_wait").detail(self.core.def.name.clone())).await;
        }
    }

    /// `irq_work_queue(&rb->work)`: wakes all waiters as soon as interrupts are on.
    fn notify(&self, m: &Machine) {
        if std::mem::replace(&mut self.waiters.borrow_mut().notified, true) {
            return;
        }
        let waiters = self.waiters.clone();
        m.interrupt(m.current_cpu(), IrqKind::Hard, "bpf_ringbuf_notify", move |m| {
            let tasks = {
                let mut waiters = waiters.borrow_mut();
                waiters.notified = false;
                std::mem::take(&mut waiters.tasks)
            };
            tasks.into_iter().for_each(|task| m.wake(task));
        });
    }
}

impl Map for Ringbuf {
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

    /// Unread records are not elements.
    fn len(&self) -> u32 {
        0
    }

    fn as_ringbuf(&self) -> Option<&Ringbuf> {
        Some(self)
    }

    fn destroy(&self, m: &Machine) {
        m.arena_mut().free(self.data, m.stamp());
        self.core.destroy(m);
    }
}

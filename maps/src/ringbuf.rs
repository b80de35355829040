//! `BPF_MAP_TYPE_RINGBUF`: records of any size from many producers to one consumer, in the order of reservation.
//!
//! A record is an 8-byte header (length with busy and discard bits, page offset) and data, padded to 8 bytes. The kernel maps the
//! data pages twice in a row so that a record may run over the end; here the arena object is twice as large for the same effect:
//! a record is always read where it was written. Source: `kernel/bpf/ringbuf.c`. Consumer: what libbpf's `ring_buffer__consume` does.
//!
//! Positions and headers are those of [`Ring`], which holds under threads; operations here are indivisible, so its lock is never
//! contended. Key type: [`Ringbuf`].

use std::cell::RefCell;
use std::rc::Rc;

use sim::context::IrqKind;
use sim::errno::Errno;
use sim::ids::TaskId;
use sim::machine::Machine;
use sim::sync::Ordering;
use sim::task::WaitReason;

use crate::concurrent::{Ring, RingMemory};
use crate::consts::*;
use crate::create::CreateError;
use crate::event::MapEvent;
use crate::map::{Map, MapCore};
use crate::rules::MapRules;
use crate::spec::MapDef;

const IN_RING: &str = "the ring's data is live memory";

/// A ring buffer map.
pub struct Ringbuf {
    core: MapCore,
    data: u64,
    ring: Ring,
    waiters: Rc<RefCell<Waiters>>,
}

/// Tasks in `epoll_wait`, and whether the interrupt work that wakes them is queued.
#[derive(Default)]
struct Waiters {
    tasks: Vec<TaskId>,
    notified: bool,
}

/// The ring's data pages in kernel memory.
struct Data<'a> {
    m: &'a Machine,
    start: u64,
}

impl RingMemory for Data<'_> {
    fn header(&self, offset: u64, _order: Ordering) -> u64 {
        self.m.arena().load(self.start + offset, 8).expect(IN_RING)
    }

    fn set_header(&self, offset: u64, header: u64, _order: Ordering) {
        self.m.arena_mut().store(self.start + offset, 8, header).expect(IN_RING);
    }
}

impl Ringbuf {
    /// An empty ring; the definition has been checked.
    pub(crate) fn create(def: &MapDef, rules: &MapRules, m: &Machine) -> Result<Rc<dyn Map>, CreateError> {
        let core = MapCore::new(def, rules, m)?;
        let size = u64::from(def.max_entries);
        let bytes = usize::try_from(2 * size).map_err(|_| Errno::ENOMEM)?;
        let data = m.arena_mut().alloc_zeroed(bytes, "bpf_ringbuf.data", m.stamp()).ok_or(Errno::ENOMEM)?;
        Ok(Rc::new(Ringbuf { core, data, ring: Ring::new(size), waiters: Rc::default() }))
    }

    fn memory<'a>(&self, m: &'a Machine) -> Data<'a> {
        Data { m, start: self.data }
    }

    /// Where the data pages are in kernel memory; a consumer maps them.
    pub fn data_addr(&self) -> u64 {
        self.data
    }

    /// `bpf_ringbuf_reserve`: address of the record's data, or `None` when there is no room. `flags` must be 0, else `None`.
    pub fn reserve(&self, m: &Machine, size: u64, flags: u64) -> Option<u64> {
        let pos = (flags == 0).then(|| self.ring.reserve(&self.memory(m), size)).flatten();
        let addr = pos.map(|pos| self.data + self.ring.offset(pos) + u64::from(BPF_RINGBUF_HDR_SZ));
        match addr {
            Some(addr) => {
                m.emit_with(|| MapEvent::RingbufReserve { map: self.core.name.clone(), addr, size })
            }
            None => m.emit_with(|| MapEvent::RingbufFull { map: self.core.name.clone(), size }),
        }
        addr
    }

    /// `bpf_ringbuf_submit` and `bpf_ringbuf_discard` of a record that [`Ringbuf::reserve`] gave.
    ///
    /// Wakes the consumer when it waits for exactly this record, unless `BPF_RB_NO_WAKEUP`; always with `BPF_RB_FORCE_WAKEUP`.
    /// -EINVAL (a finding's business, no kernel returns it) when the address is no reserved record.
    pub fn commit(&self, m: &Machine, record: u64, flags: u64, discard: bool) -> Result<(), Errno> {
        let offset = self.reserved(m, record).ok_or(Errno::EINVAL)?;
        let awaited = self.ring.commit(&self.memory(m), offset, discard);
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

    /// Where in the ring the header of a record is that is reserved and not committed.
    fn reserved(&self, m: &Machine, record: u64) -> Option<u64> {
        let header = record.checked_sub(u64::from(BPF_RINGBUF_HDR_SZ))?;
        let offset = header.checked_sub(self.data).filter(|o| *o < self.ring.bytes() && o % 8 == 0)?;
        let len = m.arena().load(self.data + offset, 4).ok()? as u32;
        (len & BPF_RINGBUF_BUSY_BIT != 0).then_some(offset)
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
            BPF_RB_RING_SIZE => self.ring.bytes(),
            BPF_RB_CONS_POS => self.ring.consumer_pos(),
            BPF_RB_PROD_POS => self.ring.producer_pos(),
            _ => 0,
        }
    }

    /// Bytes between the consumer and the producer, records still being written included.
    pub fn available(&self) -> u64 {
        self.ring.producer_pos() - self.ring.consumer_pos()
    }

    /// The consumer takes the next committed record; `None` when there is none or the next one is still being written. Discarded
    /// records are skipped.
    pub fn consume(&self, m: &Machine) -> Option<Vec<u8>> {
        self.ring.consume(&self.memory(m), |data, bytes| {
            // The record may run over the ring's end: the object is twice as large.
            let header = self.ring.offset(data - u64::from(BPF_RINGBUF_HDR_SZ));
            let from = self.data + header + u64::from(BPF_RINGBUF_HDR_SZ);
            m.arena().read(from, bytes as usize).expect(IN_RING).to_vec()
        })
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

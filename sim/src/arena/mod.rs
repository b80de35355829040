//! Kernel memory: one flat, lazily committed byte array whose simulated addresses look like the kernel's direct map.
//!
//! Everything a BPF program can point to lives here: stacks, contexts, map values, packets, kernel objects. Objects are
//! placed like kmalloc places them ([`slab`]), freed memory is poisoned as SLUB does (`include/linux/poison.h`), and a
//! shadow ([`shadow`]) catches a use after free or an overflow at the access ([`access`]). Each object knows who
//! allocated and freed it and who owned the place before. Key types: [`Arena`], [`MemFault`], [`ObjectInfo`], [`Stamp`].
//! A wrong address of a simulated program is a [`MemFault`]; a wrong `free` by our own code is an assertion.

mod access;
mod fault;
mod shadow;
mod slab;
mod watch;

use std::collections::VecDeque;

pub use fault::{FreeFault, MemFault, MemFaultKind, ObjectInfo, ObjectState, PastOwner, Stamp};
use shadow::GRANULE;
use slab::{PAGE, Slabs, SlotId};
pub use watch::WatchHit;

/// Where the arena begins: the usual start of the direct map on x86-64 without KASLR (`page_offset_base`).
pub const ARENA_BASE: u64 = 0xffff_8880_0000_0000;
/// What an allocation of zero bytes returns (`include/linux/slab.h:ZERO_SIZE_PTR`); any access to it faults.
pub const ZERO_SIZE_PTR: u64 = 16;
/// Fills freed memory and memory that was never written (`POISON_FREE`).
pub const POISON_FREE: u8 = 0x6b;
/// The last byte of a poisoned object (`POISON_END`).
pub const POISON_END: u8 = 0xa5;

/// The kernel's memory.
#[derive(Debug)]
pub struct Arena {
    bytes: Box<[u8]>,
    shadow: Box<[u8]>,
    slabs: Slabs,
    /// Freed slots that may not be reused yet, the oldest first.
    quarantine: VecDeque<SlotId>,
    quarantine_len: usize,
    /// End of the bytes that were ever handed out: beyond, memory is still zero.
    dirty_end: usize,
    live_objects: usize,
    live_bytes: usize,
    watches: watch::Watches,
}

impl Arena {
    /// An arena of `size_bytes`, rounded up to whole pages. Memory is committed by the host as it is touched.
    pub fn new(size_bytes: usize) -> Arena {
        let size = size_bytes.next_multiple_of(PAGE);
        Arena {
            bytes: vec![0; size].into_boxed_slice(),
            shadow: vec![0; size / GRANULE].into_boxed_slice(),
            slabs: Slabs::new(size),
            quarantine: VecDeque::new(),
            quarantine_len: 0,
            dirty_end: 0,
            live_objects: 0,
            live_bytes: 0,
            watches: watch::Watches::default(),
        }
    }

    /// How many freed objects wait before their memory may be reused. 0, the default, is what a production kernel does:
    /// the next allocation of the size class gets it. A longer quarantine turns more uses after free into faults.
    pub fn set_quarantine(&mut self, objects: usize) {
        self.quarantine_len = objects;
        self.drain_quarantine();
    }

    /// Allocates `size` bytes, aligned to 8. Contents are poison, as under SLUB debugging; the kernel's are arbitrary.
    /// `None` when the arena is full: the caller returns -ENOMEM.
    pub fn alloc(&mut self, size: usize, what: &'static str, at: Stamp) -> Option<u64> {
        let (start, _) = self.take(size, what, at)?;
        if size > 0 {
            self.poison(start, size);
        }
        Some(address(start, size))
    }

    /// Like [`Arena::alloc`], with zeroed contents (`kzalloc`).
    pub fn alloc_zeroed(&mut self, size: usize, what: &'static str, at: Stamp) -> Option<u64> {
        let (start, dirty_end) = self.take(size, what, at)?;
        // Fresh memory is zero already; not touching it keeps a huge map as cheap as it is in the kernel.
        let end = (start + size).min(dirty_end).max(start);
        self.bytes[start..end].fill(0);
        Some(address(start, size))
    }

    /// Takes a slot and marks it live. Returns its offset and where fresh memory began before.
    fn take(&mut self, size: usize, what: &'static str, at: Stamp) -> Option<(usize, usize)> {
        if size == 0 {
            return Some((0, 0));
        }
        let id = self.slabs.acquire(size)?;
        self.slabs.slot_mut(id).take(size, what, at);
        let place = self.slabs.place(id);
        shadow::mark_live(&mut self.shadow, place.start, size, place.end);
        self.live_objects += 1;
        self.live_bytes += size;
        let dirty_end = self.dirty_end;
        self.dirty_end = dirty_end.max(place.start + place.capacity);
        Some((place.start, dirty_end))
    }

    /// Frees an object. The contents become poison, every later access faults until the place is reused.
    ///
    /// # Panics
    /// When `addr` is not the start of a live object: kernel code of ours freed wrongly. See [`Arena::try_free`].
    pub fn free(&mut self, addr: u64, at: Stamp) {
        if let Err(fault) = self.try_free(addr, at) {
            panic!("free of {addr:#x}: {fault}");
        }
    }

    /// Like [`Arena::free`] for callers that pass on an address a simulated program chose.
    pub fn try_free(&mut self, addr: u64, at: Stamp) -> Result<(), FreeFault> {
        if addr == ZERO_SIZE_PTR {
            return Ok(());
        }
        let offset = offset(addr).ok_or(FreeFault::NotAnObject)?;
        let id = self.slabs.find(offset).ok_or(FreeFault::NotAnObject)?;
        let place = self.slabs.place(id);
        let slot = self.slabs.slot_mut(id);
        if place.start != offset || !slot.used() {
            return Err(FreeFault::NotAnObject);
        }
        if !slot.live {
            return Err(FreeFault::DoubleFree);
        }
        (slot.live, slot.freed) = (false, Some(at));
        let size = slot.size;
        self.poison(offset, size);
        shadow::mark_freed(&mut self.shadow, offset, size);
        self.live_objects -= 1;
        self.live_bytes -= size;
        self.quarantine.push_back(id);
        self.drain_quarantine();
        Ok(())
    }

    fn drain_quarantine(&mut self) {
        while self.quarantine.len() > self.quarantine_len {
            let oldest = self.quarantine.pop_front().expect("longer than the limit");
            self.slabs.release(oldest);
        }
    }

    fn poison(&mut self, start: usize, size: usize) {
        self.bytes[start..start + size - 1].fill(POISON_FREE);
        self.bytes[start + size - 1] = POISON_END;
    }

    /// Makes the live object at `addr` refuse stores (`.rodata` maps, contexts a program may only read), or allows them again.
    ///
    /// # Panics
    /// When `addr` is not inside a live object.
    pub fn set_read_only(&mut self, addr: u64, on: bool) {
        let id = offset(addr).and_then(|o| self.slabs.find(o)).expect("an object's address");
        let start = self.slabs.place(id).start;
        let slot = self.slabs.slot_mut(id);
        assert!(slot.live, "set_read_only on freed memory at {addr:#x}");
        slot.read_only = on;
        shadow::mark_read_only(&mut self.shadow, start, slot.size, on);
    }

    /// The object that owns `addr`, or owned it last, or whose redzone it is in.
    pub fn object_at(&self, addr: u64) -> Option<ObjectInfo> {
        let id = self.slabs.find(offset(addr)?)?;
        let slot = self.slabs.slot(id);
        slot.used().then(|| ObjectInfo {
            what: slot.what,
            start: address(self.slabs.place(id).start, slot.size),
            size: slot.size,
            state: if slot.live { ObjectState::Live } else { ObjectState::Freed },
            read_only: slot.read_only,
            allocated: slot.allocated,
            freed: slot.freed,
            history: slot.history.clone(),
        })
    }

    /// Number of live objects.
    pub fn live_objects(&self) -> usize {
        self.live_objects
    }

    /// Bytes requested by the live objects.
    pub fn live_bytes(&self) -> usize {
        self.live_bytes
    }

    /// The arena's size in bytes.
    pub fn size_bytes(&self) -> usize {
        self.bytes.len()
    }
}

fn offset(addr: u64) -> Option<usize> {
    addr.checked_sub(ARENA_BASE).map(|offset| offset as usize)
}

fn address(offset: usize, size: usize) -> u64 {
    if size == 0 { ZERO_SIZE_PTR } else { ARENA_BASE + offset as u64 }
}

#[cfg(test)]
mod tests;

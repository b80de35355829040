//! Size classes, slabs and free lists: which bytes of the arena an allocation gets.
//!
//! The classes are kmalloc's (`mm/slab_common.c:kmalloc_info`); larger requests take whole pages. Free slots of a class
//! are reused last in, first out, as SLUB's per-CPU free list does: the next allocation of a class most likely gets the
//! object that was freed last, which is what makes a use after free in a real kernel read the new owner's data.
//! Differences: there is a redzone behind every slot, one free list for all CPUs, objects are aligned to 8 bytes only,
//! and an empty slab never returns its pages. Key types: [`Slabs`], [`Slot`]. Neighbours: `shadow`, the parent module.

use std::collections::BTreeMap;

use super::{PastOwner, Stamp};

pub(super) const PAGE: usize = 4096;
/// kmalloc's size classes up to two pages.
const CLASSES: [usize; 13] = [8, 16, 32, 64, 96, 128, 192, 256, 512, 1024, 2048, 4096, 8192];
/// A new slab has room for at least this many objects.
const MIN_OBJECTS: usize = 8;
/// Previous owners kept per slot.
const HISTORY: usize = 4;

/// One place for an object, with who used it.
#[derive(Debug, Default)]
pub(super) struct Slot {
    pub what: &'static str,
    /// Bytes requested by the present (or last) owner.
    pub size: usize,
    pub live: bool,
    pub read_only: bool,
    pub allocated: Stamp,
    pub freed: Option<Stamp>,
    /// Earlier owners, the latest last.
    pub history: Vec<PastOwner>,
}

impl Slot {
    /// Whether anyone ever owned this slot.
    pub(super) fn used(&self) -> bool {
        self.live || self.freed.is_some()
    }

    pub(super) fn take(&mut self, size: usize, what: &'static str, at: Stamp) {
        if let Some(freed) = self.freed.take() {
            if self.history.len() == HISTORY {
                self.history.remove(0);
            }
            self.history.push(PastOwner { what: self.what, allocated: self.allocated, freed });
        }
        (self.what, self.size, self.live, self.read_only, self.allocated) = (what, size, true, false, at);
    }
}

/// A run of pages cut into equal slots.
#[derive(Debug)]
struct Slab {
    start: usize,
    stride: usize,
    /// Usable bytes of a slot; the rest of the stride is redzone.
    capacity: usize,
    slots: Vec<Slot>,
}

/// Names one slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SlotId {
    slab: u32,
    slot: u32,
}

/// Where a slot is in the arena, as offsets from its base.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub start: usize,
    pub capacity: usize,
    /// End of the redzone behind the slot.
    pub end: usize,
}

/// All slabs of an arena.
#[derive(Debug)]
pub(super) struct Slabs {
    slabs: Vec<Slab>,
    /// For each page: the slab it belongs to plus one, 0 for none.
    pages: Vec<u32>,
    /// Free slots per class, used as stacks.
    free: [Vec<SlotId>; CLASSES.len()],
    /// Free page runs by capacity in bytes.
    free_large: BTreeMap<usize, Vec<SlotId>>,
    /// First byte no slab has yet, and the arena's size.
    next: usize,
    limit: usize,
}

impl Slabs {
    pub(super) fn new(limit: usize) -> Self {
        let pages = vec![0; limit / PAGE];
        Slabs {
            slabs: Vec::new(),
            pages,
            free: Default::default(),
            free_large: BTreeMap::new(),
            next: 0,
            limit,
        }
    }

    /// A free slot for `size` bytes. `None` when the arena is full.
    pub(super) fn acquire(&mut self, size: usize) -> Option<SlotId> {
        match CLASSES.iter().position(|c| *c >= size) {
            Some(class) => {
                if self.free[class].is_empty() {
                    self.grow_class(class)?;
                }
                self.free[class].pop()
            }
            None if size > self.limit => None,
            None => self.acquire_large(size.next_multiple_of(PAGE)),
        }
    }

    /// Gives a slot back for reuse.
    pub(super) fn release(&mut self, id: SlotId) {
        let capacity = self.slabs[id.slab as usize].capacity;
        match CLASSES.iter().position(|c| *c == capacity) {
            Some(class) => self.free[class].push(id),
            None => self.free_large.entry(capacity).or_default().push(id),
        }
    }

    fn grow_class(&mut self, class: usize) -> Option<()> {
        let capacity = CLASSES[class];
        // Half the object, at least 16 bytes and at most a cache line: an off-by-one lands in it, and strides stay small.
        let stride = capacity + (capacity / 2).clamp(16, 64);
        let bytes = (stride * MIN_OBJECTS).next_multiple_of(PAGE);
        let slab = self.add_slab(bytes, stride, capacity, bytes / stride)?;
        let count = self.slabs[slab as usize].slots.len() as u32;
        // Reversed, so that a fresh slab hands out rising addresses.
        self.free[class].extend((0..count).rev().map(|slot| SlotId { slab, slot }));
        Some(())
    }

    fn acquire_large(&mut self, capacity: usize) -> Option<SlotId> {
        // A run up to twice as large as needed is reused; a larger one would waste too much, and runs are not split.
        let found = self.free_large.range_mut(capacity..=capacity * 2).find_map(|(_, ids)| ids.pop());
        found.or_else(|| {
            let stride = capacity.checked_add(PAGE)?;
            let slab = self.add_slab(stride, stride, capacity, 1)?;
            Some(SlotId { slab, slot: 0 })
        })
    }

    fn add_slab(&mut self, bytes: usize, stride: usize, capacity: usize, count: usize) -> Option<u32> {
        let start = self.next;
        let end = start.checked_add(bytes).filter(|end| *end <= self.limit)?;
        self.next = end;
        let id = self.slabs.len() as u32;
        self.pages[start / PAGE..end / PAGE].fill(id + 1);
        let slots = (0..count).map(|_| Slot::default()).collect();
        self.slabs.push(Slab { start, stride, capacity, slots });
        Some(id)
    }

    pub(super) fn slot(&self, id: SlotId) -> &Slot {
        &self.slabs[id.slab as usize].slots[id.slot as usize]
    }

    pub(super) fn slot_mut(&mut self, id: SlotId) -> &mut Slot {
        &mut self.slabs[id.slab as usize].slots[id.slot as usize]
    }

    pub(super) fn place(&self, id: SlotId) -> Place {
        let slab = &self.slabs[id.slab as usize];
        let start = slab.start + slab.stride * id.slot as usize;
        Place { start, capacity: slab.capacity, end: start + slab.stride }
    }

    /// The slot whose bytes or redzone contain the offset.
    pub(super) fn find(&self, offset: usize) -> Option<SlotId> {
        let slab = self.pages.get(offset / PAGE)?.checked_sub(1)?;
        let Slab { start, stride, slots, .. } = &self.slabs[slab as usize];
        let slot = (offset - start) / stride;
        (slot < slots.len()).then_some(SlotId { slab, slot: slot as u32 })
    }
}

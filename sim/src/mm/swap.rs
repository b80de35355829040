//! Swap areas, their slots, and the swap cache. Neighbours: `reclaim` stores pages, `fault_anon` loads them.

use super::costs::Medium;
use super::frame::{FrameId, Owner, PageData};
use super::reclaim::NoFrame;
use super::{UserMemory, file::FileId};

/// Where a swap area stores its pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SwapBacking {
    /// Compressed memory: no waiting, the faulting task decompresses (`SWP_SYNCHRONOUS_IO`).
    Zram,
    /// A device: the faulting task sleeps until the read is done.
    Disk(Medium),
}

/// A slot of a swap area.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SlotId {
    pub area: u8,
    pub index: u32,
}

#[derive(Debug)]
struct Slot {
    data: PageData,
    /// Page-table entries, or the one in-memory file, that refer to it (`swap_map` count).
    refs: u32,
    /// The frame that holds the same bytes (swap cache).
    cache: Option<FrameId>,
}

#[derive(Debug)]
struct SwapArea {
    backing: SwapBacking,
    slots: Vec<Option<Slot>>,
    free: Vec<u32>,
    limit: u32,
}

/// All swap areas, in order of priority: the first with room is used.
#[derive(Debug, Default)]
pub struct Swap {
    areas: Vec<SwapArea>,
    preferred: Option<SwapBacking>,
}

impl Swap {
    /// `swapon` of an area of `pages` pages.
    pub fn add(&mut self, backing: SwapBacking, pages: u32) {
        self.areas.push(SwapArea { backing, slots: Vec::new(), free: Vec::new(), limit: pages });
    }

    /// From now on pages go to the first area with this backing as long as it has room (`swapon --priority`); `None`: in order.
    pub fn prefer(&mut self, backing: Option<SwapBacking>) {
        self.preferred = backing;
    }

    /// Slots in use over all areas.
    pub fn used(&self) -> usize {
        self.areas.iter().map(|a| a.slots.len() - a.free.len()).sum()
    }

    /// Whether another page fits.
    pub fn has_room(&self) -> bool {
        self.areas.iter().any(|a| !a.free.is_empty() || (a.slots.len() as u32) < a.limit)
    }

    /// What stores this slot.
    pub fn backing(&self, slot: SlotId) -> SwapBacking {
        self.areas[slot.area as usize].backing
    }

    pub(super) fn store(&mut self, data: PageData) -> Option<SlotId> {
        let has_room = |a: &SwapArea| !a.free.is_empty() || (a.slots.len() as u32) < a.limit;
        let preferred = self.areas.iter().position(|a| Some(a.backing) == self.preferred && has_room(a));
        let area = preferred.or_else(|| self.areas.iter().position(has_room))?;
        let target = &mut self.areas[area];
        let slot = Some(Slot { data, refs: 0, cache: None });
        let index = match target.free.pop() {
            Some(index) => {
                target.slots[index as usize] = slot;
                index
            }
            None => {
                target.slots.push(slot);
                target.slots.len() as u32 - 1
            }
        };
        Some(SlotId { area: area as u8, index })
    }

    fn slot(&self, id: SlotId) -> &Slot {
        self.areas[id.area as usize].slots[id.index as usize].as_ref().expect("a slot in use")
    }

    fn slot_mut(&mut self, id: SlotId) -> &mut Slot {
        self.areas[id.area as usize].slots[id.index as usize].as_mut().expect("a slot in use")
    }

    pub(super) fn get(&mut self, id: SlotId) {
        self.slot_mut(id).refs += 1;
    }

    /// How many page-table entries refer to the slot.
    pub fn refs(&self, id: SlotId) -> u32 {
        self.slot(id).refs
    }

    /// The frame that caches the slot.
    pub fn cached(&self, id: SlotId) -> Option<FrameId> {
        self.slot(id).cache
    }

    pub(super) fn set_cache(&mut self, id: SlotId, frame: Option<FrameId>) {
        self.slot_mut(id).cache = frame;
    }

    fn release(&mut self, id: SlotId) {
        let area = &mut self.areas[id.area as usize];
        area.slots[id.index as usize] = None;
        area.free.push(id.index);
    }
}

/// What reading a slot takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SwapIn {
    /// In the swap cache and up to date.
    Cached(FrameId),
    /// Being read by somebody, ready at this time.
    Busy(u64),
    /// Read now by the caller at this cost, no waiting.
    Loaded(FrameId, u64),
    /// The read was started, ready at this time.
    Started(u64),
}

impl UserMemory {
    /// Brings a slot into the swap cache (`mm/swap_state.c:read_swap_cache_async`; `vm.page-cluster` 0: no neighbours).
    pub(super) fn swap_in(&mut self, slot: SlotId, now_ns: u64) -> Result<SwapIn, NoFrame> {
        if let Some(frame) = self.swap.cached(slot) {
            let ready = self.frames.get(frame).ready_ns;
            return Ok(if ready <= now_ns { SwapIn::Cached(frame) } else { SwapIn::Busy(ready) });
        }
        let (frame, reclaim_ns) = self.alloc_frame(Owner::Anon, now_ns)?;
        let data = *self.swap.slot(slot).data;
        let (ready_ns, cost) = match self.swap.backing(slot) {
            SwapBacking::Zram => (now_ns, Some(self.costs.zram_load_ns)),
            SwapBacking::Disk(Medium::RamDisk) => (now_ns, Some(self.costs.ram_disk_ns)),
            SwapBacking::Disk(medium) => (now_ns + self.costs.read_ns(medium, 1), None),
        };
        let target = self.frames.get_mut(frame);
        *target.data = data;
        target.slot = Some(slot);
        target.ready_ns = ready_ns;
        self.swap.set_cache(slot, Some(frame));
        self.stats.swapped_in_pages += 1;
        Ok(match cost {
            Some(ns) => SwapIn::Loaded(frame, ns + reclaim_ns),
            None => SwapIn::Started(ready_ns),
        })
    }

    /// Drops one reference; the last one frees the slot, and its cached frame stands alone from then on.
    pub(super) fn put_slot(&mut self, id: SlotId) {
        let slot = self.swap.slot_mut(id);
        slot.refs -= 1;
        if slot.refs > 0 {
            return;
        }
        let cached = slot.cache;
        self.swap.release(id);
        if let Some(frame) = cached {
            self.frames.get_mut(frame).slot = None;
            self.free_if_unused(frame);
        }
    }

    /// Moves a swapped page of an in-memory file back into its cache. Returns what it took.
    pub(super) fn shmem_swap_in(&mut self, file: FileId, page: u64, now_ns: u64) -> Result<SwapIn, NoFrame> {
        let slot = *self.file(file).swapped.get(&page).expect("the caller saw the page in swap");
        let outcome = self.swap_in(slot, now_ns)?;
        let frame = self.swap.cached(slot).expect("swap_in cached the slot");
        let target = self.frames.get_mut(frame);
        target.owner = Owner::File { file, page };
        target.dirty = true;
        target.slot = None;
        self.swap.set_cache(slot, None);
        self.file_mut(file).swapped.remove(&page);
        self.file_mut(file).insert(page, frame);
        self.put_slot(slot);
        Ok(outcome)
    }
}

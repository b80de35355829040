//! Page frames: the bounded physical memory, with ages for reclaim and a reverse map. Neighbours: `reclaim` evicts,
//! `page_table` maps.

use std::collections::BTreeSet;

use crate::ids::MmId;

use super::PAGE_SIZE;
use super::file::FileId;
use super::swap::SlotId;

/// A page frame number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FrameId(pub u32);

/// Who a frame belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Private anonymous memory.
    Anon,
    /// The page cache of a file.
    File { file: FileId, page: u64 },
}

/// The bytes of a page.
pub type PageData = Box<[u8; PAGE_SIZE as usize]>;

/// A fresh page of zeros.
pub fn zeroed_page() -> PageData {
    vec![0u8; PAGE_SIZE as usize].into_boxed_slice().try_into().expect("a page has a page's size")
}

/// One frame in use.
#[derive(Debug)]
pub struct Frame {
    pub data: PageData,
    pub owner: Owner,
    /// Who maps it: address space and page number (the reverse map).
    pub maps: Vec<(MmId, u64)>,
    /// The swap slot that holds a copy of it (the swap cache).
    pub slot: Option<SlotId>,
    /// Virtual time at which the read into it ends; before, the page is locked and not up to date.
    pub ready_ns: u64,
    /// Differs from its backing store.
    pub dirty: bool,
    /// `MADV_FREE`: may be dropped instead of swapped until written again.
    pub lazy_free: bool,
    age: u64,
}

/// All frames, at most `limit` in use.
#[derive(Debug)]
pub struct Frames {
    slots: Vec<Option<Frame>>,
    free: Vec<u32>,
    limit: usize,
    used: usize,
    clock: u64,
    /// Frames from the least to the most recently used. The kernel approximates this order with an active and an inactive
    /// list and accessed bits (`mm/vmscan.c`); ours is exact.
    lru: BTreeSet<(u64, FrameId)>,
}

impl Frames {
    /// Memory of `limit` frames.
    pub fn new(limit: usize) -> Frames {
        Frames { slots: Vec::new(), free: Vec::new(), limit, used: 0, clock: 0, lru: BTreeSet::new() }
    }

    /// Frames in use.
    pub fn used(&self) -> usize {
        self.used
    }

    /// Most frames that may be in use.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Changes the limit. Lowering it does not evict: the next allocations do.
    pub fn set_limit(&mut self, limit: usize) {
        self.limit = limit;
    }

    /// Whether an allocation would succeed without reclaim.
    pub fn available(&self) -> bool {
        self.used < self.limit
    }

    /// A zeroed frame, or `None` at the limit.
    pub(super) fn alloc(&mut self, owner: Owner) -> Option<FrameId> {
        if !self.available() {
            return None;
        }
        let index = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            u32::try_from(self.slots.len() - 1).expect("fewer than 2^32 frames")
        });
        self.clock += 1;
        self.used += 1;
        let id = FrameId(index);
        self.lru.insert((self.clock, id));
        self.slots[index as usize] = Some(Frame {
            data: zeroed_page(),
            owner,
            maps: Vec::new(),
            slot: None,
            ready_ns: 0,
            dirty: false,
            lazy_free: false,
            age: self.clock,
        });
        Some(id)
    }

    pub(super) fn release(&mut self, id: FrameId) {
        let frame = self.slots[id.0 as usize].take().expect("a frame is freed once");
        debug_assert!(frame.maps.is_empty());
        self.lru.remove(&(frame.age, id));
        self.used -= 1;
        self.free.push(id.0);
    }

    /// The frame.
    pub fn get(&self, id: FrameId) -> &Frame {
        self.slots[id.0 as usize].as_ref().expect("a frame id in use names a frame")
    }

    pub(super) fn get_mut(&mut self, id: FrameId) -> &mut Frame {
        self.slots[id.0 as usize].as_mut().expect("a frame id in use names a frame")
    }

    /// Marks the frame as just used.
    pub(super) fn touch(&mut self, id: FrameId) {
        self.clock += 1;
        let now = self.clock;
        self.set_age(id, now);
    }

    /// Marks the frame as the next to go (`MADV_COLD`, `MADV_FREE`).
    pub(super) fn deactivate(&mut self, id: FrameId) {
        self.set_age(id, 0);
    }

    fn set_age(&mut self, id: FrameId, age: u64) {
        let frame = self.get_mut(id);
        let old = std::mem::replace(&mut frame.age, age);
        self.lru.remove(&(old, id));
        self.lru.insert((age, id));
    }

    /// Frames from least to most recently used.
    pub fn oldest_first(&self) -> impl Iterator<Item = FrameId> {
        self.lru.iter().map(|(_, id)| *id)
    }
}

//! Allocation under the frame limit: reclaim of the least recently used page to swap or back to its file. Neighbours: `frame`
//! keeps the order, `swap` and `file` take the pages.
//!
//! Direct reclaim only: no kswapd, no watermarks, and writes to a device are queued, not waited for (`mm/vmscan.c` waits only
//! when it is throttled).

use super::file::FileKind;
use super::frame::{FrameId, Owner};
use super::page_table::Pte;
use super::swap::SwapBacking;
use super::{PAGE_SIZE, UserMemory};

/// Why no frame could be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoFrame {
    /// Nothing is reclaimable: out of memory.
    Oom,
    /// Everything reclaimable is under I/O; try again at this time.
    Until(u64),
}

impl UserMemory {
    /// A zeroed frame and the nanoseconds that reclaim took to get it.
    pub(super) fn alloc_frame(&mut self, owner: Owner, now_ns: u64) -> Result<(FrameId, u64), NoFrame> {
        let mut spent_ns = 0;
        loop {
            if let Some(frame) = self.frames.alloc(owner) {
                return Ok((frame, spent_ns));
            }
            spent_ns += self.reclaim_oldest(now_ns)?;
        }
    }

    fn reclaim_oldest(&mut self, now_ns: u64) -> Result<u64, NoFrame> {
        let victim = self.frames.oldest_first().find(|f| self.reclaimable(*f, now_ns));
        match victim {
            Some(frame) => Ok(self.evict(frame)),
            None => Err(self.nearest_io(now_ns)),
        }
    }

    fn nearest_io(&self, now_ns: u64) -> NoFrame {
        let ready = self.frames.oldest_first().map(|f| self.frames.get(f).ready_ns).filter(|t| *t > now_ns);
        ready.min().map_or(NoFrame::Oom, NoFrame::Until)
    }

    /// Whether reclaim may take this frame now: not under I/O, not locked by `mlock`, and with a place to go to.
    pub fn reclaimable(&self, id: FrameId, now_ns: u64) -> bool {
        let frame = self.frames.get(id);
        if frame.ready_ns > now_ns || self.mlocked(id) {
            return false;
        }
        match frame.owner {
            Owner::Anon => frame.lazy_free || frame.slot.is_some() || self.swap.has_room(),
            Owner::File { file, .. } => match self.file(file).kind {
                FileKind::Regular(_) => true,
                FileKind::Shmem => !frame.dirty || self.swap.has_room(),
                FileKind::Secret => false,
            },
        }
    }

    fn mlocked(&self, id: FrameId) -> bool {
        self.frames
            .get(id)
            .maps
            .iter()
            .any(|(mm, vpn)| self.mm(*mm).and_then(|m| m.vma(vpn * PAGE_SIZE)).is_some_and(|v| v.locked))
    }

    /// Evicts a reclaimable frame; returns the nanoseconds it cost.
    pub(super) fn evict(&mut self, id: FrameId) -> u64 {
        self.stats.reclaimed_pages += 1;
        self.costs.reclaim_page_ns
            + match self.frames.get(id).owner {
                Owner::Anon => self.evict_anon(id),
                Owner::File { file, page } => {
                    let cost = self.store_file_page(id, file, page);
                    self.unmap_everywhere(id);
                    self.file_mut(file).uncache(page);
                    self.frames.release(id);
                    cost
                }
            }
    }

    fn evict_anon(&mut self, id: FrameId) -> u64 {
        if self.frames.get(id).lazy_free {
            self.unmap_everywhere(id);
            return 0;
        }
        let (slot, cost) = match self.frames.get(id).slot {
            Some(slot) => (slot, 0),
            None => self.swap_out(id),
        };
        let maps = std::mem::take(&mut self.frames.get_mut(id).maps);
        for (mm, vpn) in maps {
            self.swap.get(slot);
            self.mm_of(mm).pages.insert(vpn, Pte::Swap(slot));
        }
        self.swap.set_cache(slot, None);
        self.frames.release(id);
        cost
    }

    fn swap_out(&mut self, id: FrameId) -> (super::swap::SlotId, u64) {
        let data = self.frames.get(id).data.clone();
        let slot = self.swap.store(data).expect("reclaimable() saw room in swap");
        self.stats.swapped_out_pages += 1;
        let zram = self.swap.backing(slot) == SwapBacking::Zram;
        (slot, if zram { self.costs.zram_store_ns } else { 0 })
    }

    fn store_file_page(&mut self, id: FrameId, file: super::file::FileId, page: u64) -> u64 {
        if !self.frames.get(id).dirty {
            return 0;
        }
        if self.file(file).in_memory() {
            let (slot, cost) = self.swap_out(id);
            self.swap.get(slot);
            self.file_mut(file).swapped.insert(page, slot);
            return cost;
        }
        self.files[file.0].write_back(page, &self.frames.get(id).data[..]);
        self.stats.written_back_pages += 1;
        0
    }

    /// Removes every mapping of a frame. An anonymous frame is freed by that; a file's frame stays in its cache.
    pub(super) fn unmap_everywhere(&mut self, id: FrameId) {
        for (mm, vpn) in self.frames.get(id).maps.clone() {
            self.set_pte(mm, vpn * PAGE_SIZE, None);
        }
    }

    /// Frees an anonymous frame that nobody maps and that no live slot needs.
    pub(super) fn free_if_unused(&mut self, id: FrameId) {
        let frame = self.frames.get(id);
        if frame.owner == Owner::Anon && frame.maps.is_empty() && frame.slot.is_none() {
            self.frames.release(id);
        }
    }
}

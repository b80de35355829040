//! Page-table entries and the hardware's view of them. Neighbours: `fault` fills entries in, `op` and `nofault` walk them.

use crate::ids::MmId;

use super::frame::FrameId;
use super::swap::SlotId;
use super::vma::Vma;
use super::{Access, PAGE_SIZE, UserMemory};

/// One entry. No entry at all means that the page was never touched (or was dropped).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pte {
    /// Mapped. A read-only entry of a writable area means copy-on-write or a first write still to be noticed.
    Frame { frame: FrameId, writable: bool },
    /// The shared zero page, always read-only.
    Zero,
    /// Swapped out.
    Swap(SlotId),
    /// An address-space guard (`MADV_GUARD_INSTALL`): any access is a segmentation fault.
    Guard,
}

/// Where the bytes of a page are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageRef {
    Frame(FrameId),
    Zero,
}

/// What the hardware would do with the area's protection bits alone: x86 has no write-only pages, and execute-only exists
/// through protection keys.
pub(super) fn hardware_allows(vma: &Vma, access: Access, exec_only_pkey: bool) -> bool {
    match access {
        Access::Write => vma.prot.write,
        Access::Read if exec_only_pkey => vma.prot.read || vma.prot.write,
        Access::Read => vma.prot.accessible(),
    }
}

impl UserMemory {
    /// The page that a hardware access to `addr` reaches without a fault, or `None` where the CPU would raise one.
    pub fn translate(&self, mm: MmId, addr: u64, access: Access) -> Option<PageRef> {
        let mm = self.mm(mm)?;
        let entry = *mm.pages.get(&(addr / PAGE_SIZE))?;
        if !hardware_allows(mm.vma(addr)?, access, self.rules.exec_only_pkey) {
            return None;
        }
        match (entry, access) {
            (Pte::Frame { frame, .. }, Access::Read) => Some(PageRef::Frame(frame)),
            (Pte::Frame { frame, writable: true }, Access::Write) => Some(PageRef::Frame(frame)),
            (Pte::Zero, Access::Read) => Some(PageRef::Zero),
            _ => None,
        }
    }

    /// Reads from one page through a translation. `offset + dst.len()` stays within the page.
    pub(super) fn read_page(&mut self, page: PageRef, offset: usize, dst: &mut [u8]) {
        match page {
            PageRef::Zero => dst.fill(0),
            PageRef::Frame(id) => {
                self.frames.touch(id);
                dst.copy_from_slice(&self.frames.get(id).data[offset..offset + dst.len()]);
            }
        }
    }

    /// Writes to one page through a translation for writing; marks it dirty as the CPU does.
    pub(super) fn write_page(&mut self, page: PageRef, offset: usize, src: &[u8]) {
        let PageRef::Frame(id) = page else { unreachable!("the zero page is never writable") };
        self.frames.touch(id);
        let frame = self.frames.get_mut(id);
        frame.dirty = true;
        frame.lazy_free = false;
        frame.data[offset..offset + src.len()].copy_from_slice(src);
    }

    /// Replaces the entry of `addr` and keeps the frame's reverse map and the slot's count right.
    pub(super) fn set_pte(&mut self, mm: MmId, addr: u64, pte: Option<Pte>) {
        let vpn = addr / PAGE_SIZE;
        if let Some(Pte::Frame { frame, .. }) = pte {
            self.frames.get_mut(frame).maps.push((mm, vpn));
        }
        if let Some(Pte::Swap(slot)) = pte {
            self.swap.get(slot);
        }
        let pages = &mut self.mm_of(mm).pages;
        let old = match pte {
            Some(pte) => pages.insert(vpn, pte),
            None => pages.remove(&vpn),
        };
        match old {
            Some(Pte::Frame { frame, .. }) => self.unmap_frame(frame, mm, vpn),
            Some(Pte::Swap(slot)) => self.put_slot(slot),
            Some(Pte::Zero | Pte::Guard) | None => {}
        }
    }

    /// Drops one mapping of a frame; an anonymous frame that nobody maps any more is freed.
    fn unmap_frame(&mut self, id: FrameId, mm: MmId, vpn: u64) {
        let frame = self.frames.get_mut(id);
        let at =
            frame.maps.iter().position(|m| *m == (mm, vpn)).expect("every mapping is in the reverse map");
        frame.maps.swap_remove(at);
        self.free_if_unused(id);
    }

    /// Makes a mapped page read-only (fork, `mprotect`).
    pub(super) fn write_protect(&mut self, mm: MmId, vpn: u64) {
        if let Some(Pte::Frame { writable, .. }) = self.mm_of(mm).pages.get_mut(&vpn) {
            *writable = false;
        }
    }
}

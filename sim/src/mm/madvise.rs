//! `madvise(2)`. Source: `mm/madvise.c`. Neighbours: `reclaim` for page-out, `map` for the ranges.

use crate::errno::Errno;
use crate::ids::MmId;

use super::file::FileKind;
use super::frame::{FrameId, Owner};
use super::page_table::Pte;
use super::vma::{Backing, Pattern, Vma};
use super::{PAGE_SIZE, UserMemory, page_up};

/// The advice that is modelled. Populating (`MADV_POPULATE_READ`, `_WRITE`) is an access: see [`super::op::TouchOp`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    Normal,
    Random,
    Sequential,
    WillNeed,
    DontNeed,
    Free,
    Cold,
    PageOut,
    DontFork,
    DoFork,
    WipeOnFork,
    KeepOnFork,
    GuardInstall,
    GuardRemove,
}

/// Numbers of `MADV_*` (`include/uapi/asm-generic/mman-common.h`).
const NUMBERS: &[(u64, Advice)] = &[
    (0, Advice::Normal),
    (1, Advice::Random),
    (2, Advice::Sequential),
    (3, Advice::WillNeed),
    (4, Advice::DontNeed),
    (8, Advice::Free),
    (10, Advice::DontFork),
    (11, Advice::DoFork),
    (18, Advice::WipeOnFork),
    (19, Advice::KeepOnFork),
    (20, Advice::Cold),
    (21, Advice::PageOut),
    (102, Advice::GuardInstall),
    (103, Advice::GuardRemove),
];

impl Advice {
    /// The advice with this number, if it is modelled.
    pub fn from_number(nr: u64) -> Option<Advice> {
        NUMBERS.iter().find(|(n, _)| *n == nr).map(|(_, a)| *a)
    }
}

impl UserMemory {
    /// `madvise(2)`; returns the nanoseconds it took the caller.
    ///
    /// Errors: `EINVAL` (misaligned, advice that this area or kernel does not take), `ENOMEM` (a hole; the mapped parts were
    /// advised).
    pub fn madvise(
        &mut self,
        mm: MmId,
        start: u64,
        len: u64,
        advice: Advice,
        now_ns: u64,
    ) -> Result<u64, Errno> {
        let end = page_up(len).and_then(|l| start.checked_add(l)).ok_or(Errno::EINVAL)?;
        let guards = matches!(advice, Advice::GuardInstall | Advice::GuardRemove);
        if !start.is_multiple_of(PAGE_SIZE) || (guards && !self.rules.guard_regions) {
            return Err(Errno::EINVAL);
        }
        let space = self.mm(mm).ok_or(Errno::ESRCH)?;
        let complete = space.vmas.covers(start, end);
        let mut parts: Vec<Vma> = space.vmas.overlapping(start, end).cloned().collect();
        parts.reverse();
        let mut spent_ns = 0;
        for vma in parts {
            let (from, to) = (start.max(vma.start), end.min(vma.end));
            spent_ns += self.advise_area(mm, &vma, from, to, advice, now_ns)?;
        }
        if complete { Ok(spent_ns) } else { Err(Errno::ENOMEM) }
    }

    fn advise_area(
        &mut self,
        mm: MmId,
        vma: &Vma,
        from: u64,
        to: u64,
        advice: Advice,
        now_ns: u64,
    ) -> Result<u64, Errno> {
        let private_anon = vma.backing == Backing::Anon;
        let refused = match advice {
            Advice::DontNeed | Advice::Cold | Advice::PageOut => vma.locked,
            Advice::Free | Advice::WipeOnFork => !private_anon,
            Advice::GuardInstall => vma.locked,
            _ => false,
        };
        if refused {
            return Err(Errno::EINVAL);
        }
        match advice {
            Advice::WillNeed => self.will_need(mm, vma, from, to, now_ns),
            Advice::DontNeed => self.zap_range(mm, from, to),
            Advice::Free => self.each_sole_frame(mm, from, to, |um, f| um.lazy_free(f)),
            Advice::Cold => self.each_sole_frame(mm, from, to, |um, f| um.frames.deactivate(f)),
            Advice::PageOut => return Ok(self.page_out(mm, from, to, now_ns)),
            Advice::GuardInstall => self.install_guards(mm, from, to),
            Advice::GuardRemove => self.remove_guards(mm, from, to),
            _ => self.set_area_flag(mm, from, to, advice),
        }
        Ok(0)
    }

    fn set_area_flag(&mut self, mm: MmId, from: u64, to: u64, advice: Advice) {
        self.mm_of(mm).vmas.change(from, to, |v| match advice {
            Advice::Normal => v.pattern = Pattern::Normal,
            Advice::Random => v.pattern = Pattern::Random,
            Advice::Sequential => v.pattern = Pattern::Sequential,
            Advice::DontFork | Advice::DoFork => v.dont_fork = advice == Advice::DontFork,
            Advice::WipeOnFork | Advice::KeepOnFork => v.wipe_on_fork = advice == Advice::WipeOnFork,
            _ => {}
        });
    }

    fn mapped_frames(&self, mm: MmId, from: u64, to: u64) -> Vec<FrameId> {
        let range = from / PAGE_SIZE..to / PAGE_SIZE;
        let Some(space) = self.mm(mm) else { return Vec::new() };
        let entries = space.pages.range(range);
        entries
            .filter_map(|(_, p)| if let Pte::Frame { frame, .. } = p { Some(*frame) } else { None })
            .collect()
    }

    /// Pages that others map too are left alone, as in the kernel.
    fn each_sole_frame(
        &mut self,
        mm: MmId,
        from: u64,
        to: u64,
        mut act: impl FnMut(&mut UserMemory, FrameId),
    ) {
        for frame in self.mapped_frames(mm, from, to) {
            if self.frames.get(frame).maps.len() == 1 {
                act(self, frame);
            }
        }
    }

    fn lazy_free(&mut self, id: FrameId) {
        let frame = self.frames.get_mut(id);
        if frame.slot.is_none() {
            frame.lazy_free = true;
            frame.dirty = false;
            self.frames.deactivate(id);
        }
    }

    fn page_out(&mut self, mm: MmId, from: u64, to: u64, now_ns: u64) -> u64 {
        let mut spent_ns = 0;
        for frame in self.mapped_frames(mm, from, to) {
            let state = self.frames.get(frame);
            let dirty_file = state.dirty && self.on_device(state.owner);
            // A dirty file page is only marked for the flusher (mm/vmscan.c:shrink_folio_list).
            if state.maps.len() == 1 && !dirty_file && self.reclaimable(frame, now_ns) {
                spent_ns += self.evict(frame);
            }
        }
        spent_ns
    }

    fn on_device(&self, owner: Owner) -> bool {
        matches!(owner, Owner::File { file, .. } if matches!(self.file(file).kind, FileKind::Regular(_)))
    }

    /// Starts reading what is not in memory; nothing is mapped and nobody waits.
    fn will_need(&mut self, mm: MmId, vma: &Vma, from: u64, to: u64, now_ns: u64) {
        for addr in (from..to).step_by(PAGE_SIZE as usize) {
            let pte = self.mm_of(mm).pte(addr).copied();
            let read = match (pte, vma.file_page(addr)) {
                (Some(Pte::Swap(slot)), _) => self.swap_in(slot, now_ns).map(|_| ()),
                (None, Some((file, page))) if self.file(file).swapped.contains_key(&page) => {
                    self.shmem_swap_in(file, page, now_ns).map(|_| ())
                }
                (None, Some((file, page))) => self.start_read(file, page, page, 1, now_ns).map(|_| ()),
                _ => Ok(()),
            };
            if read.is_err() {
                // No memory makes the rest of the advice void; it is not an error.
                return;
            }
        }
    }

    fn install_guards(&mut self, mm: MmId, from: u64, to: u64) {
        for addr in (from..to).step_by(PAGE_SIZE as usize) {
            self.set_pte(mm, addr, Some(Pte::Guard));
        }
        // Guards must survive fork, so the area counts as one with anonymous pages.
        self.mm_of(mm).vmas.change(from, to, |v| v.anon_vma = true);
    }

    fn remove_guards(&mut self, mm: MmId, from: u64, to: u64) {
        for addr in (from..to).step_by(PAGE_SIZE as usize) {
            if self.mm_of(mm).pte(addr) == Some(&Pte::Guard) {
                self.set_pte(mm, addr, None);
            }
        }
    }
}

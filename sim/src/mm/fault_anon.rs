//! Faults on anonymous memory: zero-fill, copy-on-write and swap. Source: `mm/memory.c` (`do_anonymous_page`, `do_wp_page`,
//! `do_swap_page`). Neighbours: `fault` calls, `swap` loads.

use super::fault::{Attempt, FaultKind, FaultStep};
use super::frame::{FrameId, Owner};
use super::page_table::Pte;
use super::swap::{SlotId, SwapIn};
use super::vma::{Backing, Vma};
use super::{Access, UserMemory};

impl UserMemory {
    pub(super) fn anon_fault(&mut self, at: &mut Attempt, vma: &Vma, now_ns: u64) -> FaultStep {
        if let Some(uffd) = vma.uffd {
            return self.userfault(at, uffd);
        }
        if at.access == Access::Read {
            at.note(FaultKind::ZeroPage);
            self.set_pte(at.mm, at.addr, Some(Pte::Zero));
            return self.done(at);
        }
        match self.alloc_frame(Owner::Anon, now_ns) {
            Err(why) => at.no_frame(why),
            Ok((frame, ns)) => {
                at.note(FaultKind::ZeroFill);
                at.cpu_ns += ns;
                self.map_anon(at, frame, true);
                self.done(at)
            }
        }
    }

    /// Maps a private page and remembers that the area holds anonymous pages.
    pub(super) fn map_anon(&mut self, at: &Attempt, frame: FrameId, writable: bool) {
        self.set_pte(at.mm, at.addr, Some(Pte::Frame { frame, writable }));
        self.frames.touch(frame);
        let vma = self.mm_of(at.mm).vmas.at_mut(at.addr).expect("the fault found the area");
        vma.anon_vma = true;
    }

    /// A write to a page that is mapped read-only.
    pub(super) fn write_fault(
        &mut self,
        at: &mut Attempt,
        vma: &Vma,
        frame: FrameId,
        now_ns: u64,
    ) -> FaultStep {
        if vma.shared || self.exclusive(frame) {
            at.note(FaultKind::WriteEnable);
            let entry = Pte::Frame { frame, writable: true };
            self.mm_of(at.mm).pages.insert(at.addr / super::PAGE_SIZE, entry);
            self.frames.touch(frame);
            if vma.shared {
                self.first_shared_write(at, frame);
            }
            return self.done(at);
        }
        self.copy_on_write(at, Some(frame), now_ns)
    }

    /// A private page of its own that nobody else can see.
    pub(super) fn exclusive(&self, id: FrameId) -> bool {
        let frame = self.frames.get(id);
        frame.owner == Owner::Anon && frame.maps.len() == 1 && frame.slot.is_none()
    }

    /// Gives the faulting address a private, writable copy of `from` (`None`: of the zero page).
    pub(super) fn copy_on_write(
        &mut self,
        at: &mut Attempt,
        from: Option<FrameId>,
        now_ns: u64,
    ) -> FaultStep {
        let bytes = from.map(|f| self.frames.get(f).data.clone());
        match self.alloc_frame(Owner::Anon, now_ns) {
            Err(why) => at.no_frame(why),
            Ok((frame, ns)) => {
                at.note(FaultKind::CopyOnWrite);
                at.cpu_ns += ns + self.costs.copy_page_ns;
                if let Some(bytes) = bytes {
                    self.frames.get_mut(frame).data = bytes;
                }
                self.map_anon(at, frame, true);
                self.done(at)
            }
        }
    }

    pub(super) fn swap_fault(&mut self, at: &mut Attempt, vma: &Vma, slot: SlotId, now_ns: u64) -> FaultStep {
        let frame = match self.swap_in(slot, now_ns) {
            Err(why) => return at.no_frame(why),
            Ok(SwapIn::Busy(until)) => return at.wait_io(until, false),
            Ok(SwapIn::Started(until)) => {
                at.note(FaultKind::SwapDisk);
                return at.wait_io(until, true);
            }
            Ok(SwapIn::Loaded(frame, ns)) => {
                at.note(FaultKind::SwapZram);
                at.major = true;
                at.cpu_ns += ns;
                frame
            }
            Ok(SwapIn::Cached(frame)) => {
                at.note(FaultKind::SwapCached);
                frame
            }
        };
        let sole_user = self.swap.refs(slot) == 1;
        let write = at.access == Access::Write;
        if write && !sole_user {
            return self.copy_on_write(at, Some(frame), now_ns);
        }
        let early = self.rules.swap_read_maps_writable && vma.prot.write;
        self.map_anon(at, frame, sole_user && (write || early));
        self.done(at)
    }

    /// Whether an area is private anonymous memory.
    pub(super) fn is_anon(vma: &Vma) -> bool {
        vma.backing == Backing::Anon
    }
}

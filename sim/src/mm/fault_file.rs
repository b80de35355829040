//! Faults on file mappings: page cache hits with fault-around, reads with readahead, private copies, shared memory. Source:
//! `mm/memory.c` (`do_read_fault`, `do_cow_fault`, `do_shared_fault`, `do_fault_around`), `mm/filemap.c` (`filemap_fault`,
//! `do_sync_mmap_readahead`, `filemap_map_pages`), `mm/shmem.c:shmem_fault`. Neighbours: `fault` calls, `file` keeps the cache.

use super::fault::{Attempt, FaultError, FaultKind, FaultStep};
use super::file::FileId;
use super::frame::{FrameId, Owner};
use super::page_table::Pte;
use super::swap::SwapIn;
use super::vma::{Pattern, Vma};
use super::{Access, PAGE_SIZE, UserMemory, page_down};

impl UserMemory {
    pub(super) fn file_fault(
        &mut self,
        at: &mut Attempt,
        vma: &Vma,
        file: FileId,
        page: u64,
        now_ns: u64,
    ) -> FaultStep {
        if page >= self.file(file).pages() {
            if at.access == Access::Read {
                self.fault_around(at, vma, now_ns);
            }
            return FaultStep::Fail(FaultError::Bus);
        }
        let frame = match self.file(file).cached(page) {
            Some(frame) => frame,
            None if self.file(file).in_memory() => match self.shmem_page(at, vma, file, page, now_ns) {
                Ok(frame) => frame,
                Err(step) => return step,
            },
            None => return self.read_file_page(at, vma, file, page, now_ns),
        };
        let ready = self.frames.get(frame).ready_ns;
        if ready > now_ns {
            return at.wait_io(ready, false);
        }
        at.note(FaultKind::FileCached);
        self.map_file_page(at, vma, frame, now_ns)
    }

    fn read_file_page(
        &mut self,
        at: &mut Attempt,
        vma: &Vma,
        file: FileId,
        page: u64,
        now_ns: u64,
    ) -> FaultStep {
        if at.access == Access::Read {
            self.fault_around(at, vma, now_ns);
        }
        let ahead = self.rules.readahead_pages;
        let (start, count) = match vma.pattern {
            Pattern::Random => (page, 1),
            Pattern::Sequential => (page, ahead),
            Pattern::Normal => (page.saturating_sub(ahead / 2), ahead),
        };
        at.note(FaultKind::FileRead);
        match self.start_read(file, page, start, count, now_ns) {
            Ok(ready) => at.wait_io(ready, true),
            Err(why) => at.no_frame(why),
        }
    }

    fn shmem_page(
        &mut self,
        at: &mut Attempt,
        vma: &Vma,
        file: FileId,
        page: u64,
        now_ns: u64,
    ) -> Result<FrameId, FaultStep> {
        if self.file(file).swapped.contains_key(&page) {
            return self.shmem_from_swap(at, file, page, now_ns);
        }
        if let Some(uffd) = vma.uffd {
            return Err(self.userfault(at, uffd));
        }
        let (frame, ns) =
            self.alloc_frame(Owner::File { file, page }, now_ns).map_err(|why| at.no_frame(why))?;
        at.note(FaultKind::ZeroFill);
        at.cpu_ns += ns;
        self.file_mut(file).insert(page, frame);
        Ok(frame)
    }

    fn shmem_from_swap(
        &mut self,
        at: &mut Attempt,
        file: FileId,
        page: u64,
        now_ns: u64,
    ) -> Result<FrameId, FaultStep> {
        let outcome = self.shmem_swap_in(file, page, now_ns).map_err(|why| at.no_frame(why))?;
        let frame = self.file(file).cached(page).expect("just brought in");
        match outcome {
            SwapIn::Cached(_) | SwapIn::Busy(_) => at.note(FaultKind::SwapCached),
            SwapIn::Loaded(_, ns) => {
                at.note(FaultKind::SwapZram);
                at.major = true;
                at.cpu_ns += ns;
            }
            SwapIn::Started(until) => {
                // shmem_get_folio waits for the page with the lock held: no restart.
                at.note(FaultKind::SwapDisk);
                at.major = true;
                at.waited_inline = true;
                let wait = super::fault::Wait::Until(until);
                return Err(FaultStep::Wait { wait, drops_lock: false });
            }
        }
        Ok(frame)
    }

    fn map_file_page(&mut self, at: &mut Attempt, vma: &Vma, frame: FrameId, now_ns: u64) -> FaultStep {
        match (at.access, vma.shared) {
            (Access::Write, false) => return self.copy_on_write(at, Some(frame), now_ns),
            (Access::Write, true) => {
                self.map_frame(at.mm, at.addr, frame, true);
                self.first_shared_write(at, frame);
            }
            (Access::Read, _) => {
                let writable = self.read_maps_writable(vma, frame);
                self.map_frame(at.mm, at.addr, frame, writable);
                if !at.waited_inline {
                    self.fault_around(at, vma, now_ns);
                }
            }
        }
        self.frames.touch(frame);
        self.done(at)
    }

    /// Some kernels restart the fault that makes a shared page dirty, and every one that asks a device's file system.
    pub(super) fn first_shared_write(&mut self, at: &mut Attempt, frame: FrameId) {
        let Owner::File { file, .. } = self.frames.get(frame).owner else { return };
        let notify = !self.file(file).in_memory() || !self.frames.get(frame).dirty;
        self.frames.get_mut(frame).dirty = true;
        if notify && self.rules.shared_write_restarts {
            at.restart_once();
        }
    }

    /// Shared memory needs no notice of its first write; files on a device do (`page_mkwrite`, `vma_wants_writenotify`).
    fn read_maps_writable(&self, vma: &Vma, frame: FrameId) -> bool {
        let Owner::File { file, .. } = self.frames.get(frame).owner else { return false };
        vma.shared && vma.prot.write && self.file(file).in_memory()
    }

    fn map_frame(&mut self, mm: crate::ids::MmId, addr: u64, frame: FrameId, writable: bool) {
        self.set_pte(mm, addr, Some(Pte::Frame { frame, writable }));
    }

    /// Maps the cached neighbours in the aligned window around the fault, as far as nothing is mapped there yet.
    fn fault_around(&mut self, at: &Attempt, vma: &Vma, now_ns: u64) {
        let window = self.rules.fault_around_bytes.max(PAGE_SIZE);
        let start = (at.addr - at.addr % window).max(vma.start);
        let end = (at.addr - at.addr % window + window).min(vma.end);
        let mut addr = page_down(start);
        while addr < end {
            self.map_if_cached(at, vma, addr, now_ns);
            addr += PAGE_SIZE;
        }
    }

    fn map_if_cached(&mut self, at: &Attempt, vma: &Vma, addr: u64, now_ns: u64) {
        let Some((file, page)) = vma.file_page(addr) else { return };
        let ready = page < self.file(file).pages() && self.file_page_ready(file, page, now_ns);
        if ready && self.mm_of(at.mm).pte(addr).is_none() {
            let frame = self.file(file).cached(page).expect("ready pages are cached");
            let writable = self.read_maps_writable(vma, frame);
            self.map_frame(at.mm, addr, frame, writable);
        }
    }
}

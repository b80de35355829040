//! Changing mappings: `mmap`, `munmap`, `mprotect`, `mlock`, `brk`, and the `mincore` query. Source: `mm/mmap.c`, `mm/mprotect.c`,
//! `mm/mlock.c`, `mm/mincore.c`. The caller holds `mmap_lock` for writing (for reading in `mincore`).

use crate::errno::Errno;
use crate::ids::MmId;

use super::file::{FileId, FileObject};
use super::page_table::Pte;
use super::vma::{Backing, Prot, Vma};
use super::{BRK_BASE, MMAP_MIN_ADDR, PAGE_SIZE, TASK_SIZE_MAX, UserMemory, page_up};

/// Where a mapping goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// Anywhere.
    #[default]
    Any,
    /// There if free, else anywhere.
    Hint(u64),
    /// There, replacing what is there (`MAP_FIXED`).
    Fixed(u64),
    /// There, or `EEXIST` (`MAP_FIXED_NOREPLACE`).
    FixedNoReplace(u64),
}

/// What a mapping shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Content {
    #[default]
    Anonymous,
    /// A file from this byte offset on (page aligned).
    File { file: FileId, offset: u64 },
}

/// Arguments of `mmap`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MapRequest {
    pub place: Place,
    /// Bytes, rounded up to pages.
    pub len: u64,
    pub prot: Prot,
    pub shared: bool,
    pub content: Content,
    pub grows_down: bool,
    /// `MAP_LOCKED`. The caller populates the range afterwards.
    pub locked: bool,
}

impl MapRequest {
    /// Private anonymous memory anywhere.
    pub fn anon(len: u64, prot: Prot) -> MapRequest {
        MapRequest { len, prot, ..MapRequest::default() }
    }
}

fn aligned_range(start: u64, len: u64) -> Result<u64, Errno> {
    let end = page_up(len).and_then(|len| start.checked_add(len)).ok_or(Errno::EINVAL)?;
    if !start.is_multiple_of(PAGE_SIZE) { Err(Errno::EINVAL) } else { Ok(end) }
}

impl UserMemory {
    /// `mmap(2)`; returns the address.
    ///
    /// Errors: `EINVAL` (no length, misaligned address or offset), `ENOMEM` (no room), `EPERM` (below `mmap_min_addr`), `EEXIST`
    /// (no-replace).
    pub fn mmap(&mut self, mm: MmId, req: &MapRequest) -> Result<u64, Errno> {
        let len = page_up(req.len).filter(|l| *l > 0).ok_or(Errno::EINVAL)?;
        let start = self.place(mm, req, len)?;
        let backing = match req.content {
            Content::Anonymous if !req.shared => Backing::Anon,
            Content::Anonymous => {
                Backing::File { file: self.add_file(FileObject::shmem("dev/zero", len)), page: 0 }
            }
            Content::File { offset, .. } if !offset.is_multiple_of(PAGE_SIZE) => return Err(Errno::EINVAL),
            Content::File { file, offset } => Backing::File { file, page: offset / PAGE_SIZE },
        };
        self.clear_range(mm, start, start + len);
        let space = self.mm_of(mm);
        let locked = req.locked || space.lock_future;
        let base = Vma::anon(start, start + len, req.prot);
        space.vmas.insert(Vma { shared: req.shared, backing, grows_down: req.grows_down, locked, ..base });
        Ok(start)
    }

    fn place(&mut self, mm: MmId, req: &MapRequest, len: u64) -> Result<u64, Errno> {
        let guard = self.rules.stack_guard_gap_pages * PAGE_SIZE;
        let space = self.mm_of(mm);
        let free = |start: u64| space.vmas.overlapping(start, start + len).next().is_none();
        let fits = |start: u64| start.checked_add(len).is_some_and(|end| end <= TASK_SIZE_MAX);
        let any = || space.vmas.find_gap(len, guard).ok_or(Errno::ENOMEM);
        match req.place {
            Place::Any => any(),
            Place::Hint(addr) => {
                let addr = super::page_down(addr);
                if addr >= MMAP_MIN_ADDR && fits(addr) && free(addr) { Ok(addr) } else { any() }
            }
            Place::Fixed(addr) | Place::FixedNoReplace(addr) if !addr.is_multiple_of(PAGE_SIZE) => {
                Err(Errno::EINVAL)
            }
            Place::Fixed(addr) | Place::FixedNoReplace(addr) if !fits(addr) => Err(Errno::ENOMEM),
            Place::Fixed(addr) | Place::FixedNoReplace(addr) if addr < MMAP_MIN_ADDR => Err(Errno::EPERM),
            Place::FixedNoReplace(addr) if !free(addr) => Err(Errno::EEXIST),
            Place::Fixed(addr) | Place::FixedNoReplace(addr) => Ok(addr),
        }
    }

    /// `munmap(2)`.
    ///
    /// Errors: `EINVAL` (misaligned or empty range).
    pub fn munmap(&mut self, mm: MmId, start: u64, len: u64) -> Result<(), Errno> {
        let end = aligned_range(start, len)?;
        if len == 0 || end > TASK_SIZE_MAX {
            return Err(Errno::EINVAL);
        }
        self.clear_range(mm, start, end);
        Ok(())
    }

    /// Removes areas and entries of a range.
    pub(super) fn clear_range(&mut self, mm: MmId, start: u64, end: u64) {
        self.mm_of(mm).vmas.remove(start, end);
        self.zap_range(mm, start, end);
    }

    /// Drops the page-table entries of a range (`zap_page_range`).
    pub(super) fn zap_range(&mut self, mm: MmId, start: u64, end: u64) {
        let vpns: Vec<u64> =
            self.mm_of(mm).pages.range(start / PAGE_SIZE..end / PAGE_SIZE).map(|(vpn, _)| *vpn).collect();
        for vpn in vpns {
            self.set_pte(mm, vpn * PAGE_SIZE, None);
        }
    }

    /// `mprotect(2)`.
    ///
    /// Errors: `EINVAL` (misaligned), `ENOMEM` (a hole in the range; pages before it keep the new protection, as in the kernel).
    pub fn mprotect(&mut self, mm: MmId, start: u64, len: u64, prot: Prot) -> Result<(), Errno> {
        let end = aligned_range(start, len)?;
        if start == end {
            return Ok(());
        }
        let mapped_to = self.contiguous_end(mm, start, end);
        let before: Vec<Vma> = self.mm_of(mm).vmas.overlapping(start, mapped_to).cloned().collect();
        self.mm_of(mm).vmas.change(start, mapped_to, |v| v.prot = prot);
        for vma in &before {
            self.protect_pages(mm, vma, start.max(vma.start), mapped_to.min(vma.end), prot);
        }
        if mapped_to < end { Err(Errno::ENOMEM) } else { Ok(()) }
    }

    fn contiguous_end(&self, mm: MmId, start: u64, end: u64) -> u64 {
        let mut at = start;
        while let Some(vma) = self.mm(mm).and_then(|m| m.vma(at)).filter(|_| at < end) {
            at = vma.end;
        }
        at.min(end)
    }

    fn protect_pages(&mut self, mm: MmId, old: &Vma, start: u64, end: u64, prot: Prot) {
        let range = start / PAGE_SIZE..end / PAGE_SIZE;
        let entries: Vec<(u64, Pte)> = self.mm_of(mm).pages.range(range).map(|(v, p)| (*v, *p)).collect();
        let shmem = old.shared && old.file_page(old.start).is_some_and(|(f, _)| self.file(f).in_memory());
        for (vpn, pte) in entries {
            let Pte::Frame { frame, .. } = pte else { continue };
            if !prot.write {
                self.write_protect(mm, vpn);
            } else if !old.prot.write {
                let restore = shmem || (self.rules.mprotect_restores_write && self.exclusive(frame));
                self.mm_of(mm).pages.insert(vpn, Pte::Frame { frame, writable: restore });
            }
        }
    }

    /// `mlock(2)`: locks the range. The caller then populates it: pages must be faulted in, for writing where the area is
    /// private and writable ([`UserMemory::populate_access`]).
    ///
    /// Errors: `ENOMEM` (a hole in the range).
    pub fn mlock(&mut self, mm: MmId, start: u64, len: u64) -> Result<(), Errno> {
        self.set_locked(mm, start, len, true)
    }

    /// `munlock(2)`.
    ///
    /// Errors: as [`UserMemory::mlock`].
    pub fn munlock(&mut self, mm: MmId, start: u64, len: u64) -> Result<(), Errno> {
        self.set_locked(mm, start, len, false)
    }

    fn set_locked(&mut self, mm: MmId, start: u64, len: u64, locked: bool) -> Result<(), Errno> {
        let first = super::page_down(start);
        let end = start.checked_add(len).and_then(page_up).ok_or(Errno::EINVAL)?;
        let mapped_to = self.contiguous_end(mm, first, end);
        self.mm_of(mm).vmas.change(first, mapped_to, |v| v.locked = locked);
        if mapped_to < end { Err(Errno::ENOMEM) } else { Ok(()) }
    }

    /// How `mlock` and `MAP_POPULATE` touch a page of this area (`mm/gup.c:populate_vma_page_range`); `None` for inaccessible
    /// areas, which they skip.
    pub fn populate_access(vma: &Vma) -> Option<super::Access> {
        match (vma.prot.write && !vma.shared, vma.prot.accessible()) {
            (true, _) => Some(super::Access::Write),
            (false, true) => Some(super::Access::Read),
            (false, false) => None,
        }
    }

    /// `brk(2)`: moves the end of the heap and returns it; where it cannot, returns the old end.
    pub fn brk(&mut self, mm: MmId, new_end: u64) -> u64 {
        let old = self.mm_of(mm).brk;
        let (Some(from), Some(to)) = (page_up(old), page_up(new_end)) else { return old };
        if new_end < BRK_BASE {
            return old;
        }
        if to < from {
            self.clear_range(mm, to, from);
        } else if to > from {
            let request =
                MapRequest { place: Place::FixedNoReplace(from), ..MapRequest::anon(to - from, Prot::RW) };
            if self.mmap(mm, &request).is_err() {
                return old;
            }
        }
        self.mm_of(mm).brk = new_end;
        new_end
    }

    /// `mincore(2)`: for each page, whether an access would need no I/O. Mapped pages count whatever their protection; unmapped
    /// pages count when the page cache or the swap cache holds them.
    ///
    /// Errors: `EINVAL` (misaligned), `ENOMEM` (a hole, or an address outside user space).
    pub fn mincore(&self, mm: MmId, start: u64, len: u64, now_ns: u64) -> Result<Vec<bool>, Errno> {
        if !start.is_multiple_of(PAGE_SIZE) {
            return Err(Errno::EINVAL);
        }
        let end = page_up(len)
            .and_then(|l| start.checked_add(l))
            .filter(|e| *e <= TASK_SIZE_MAX)
            .ok_or(Errno::ENOMEM)?;
        let space = self.mm(mm).ok_or(Errno::ESRCH)?;
        let mut residency = Vec::new();
        for page in (start..end).step_by(PAGE_SIZE as usize) {
            let vma = space.vma(page).ok_or(Errno::ENOMEM)?;
            residency.push(self.resident(space.pte(page), vma, page, now_ns));
        }
        Ok(residency)
    }

    fn resident(&self, pte: Option<&Pte>, vma: &Vma, addr: u64, now_ns: u64) -> bool {
        let ready = |f| self.frames.get(f).ready_ns <= now_ns;
        match pte {
            Some(Pte::Frame { .. } | Pte::Zero) => true,
            Some(Pte::Swap(slot)) => self.swap.cached(*slot).is_some_and(ready),
            Some(Pte::Guard) => false,
            None => vma.file_page(addr).is_some_and(|(file, page)| self.file_page_ready(file, page, now_ns)),
        }
    }
}

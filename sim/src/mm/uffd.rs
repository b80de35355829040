//! userfaultfd: missing pages that a handler in user space provides. Source: `fs/userfaultfd.c`, `mm/userfaultfd.c`.
//! Neighbours: `fault` queues messages here and waits, system calls and handler tasks resolve.
//!
//! Modelled: `UFFDIO_REGISTER_MODE_MISSING` on anonymous and shared memory, `UFFDIO_COPY`, `UFFDIO_ZEROPAGE`, `UFFDIO_WAKE`,
//! `UFFD_USER_MODE_ONLY`, close. Not modelled: write-protect and minor modes, events other than page faults.

use std::collections::VecDeque;

use crate::errno::Errno;
use crate::ids::MmId;

use super::frame::{FrameId, Owner};
use super::page_table::Pte;
use super::vma::Vma;
use super::{PAGE_SIZE, UserMemory, Waiter};

/// An open userfaultfd.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UffdId(pub usize);

/// A missing page that a handler is told about (`UFFD_EVENT_PAGEFAULT`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UffdMsg {
    pub mm: MmId,
    /// Page aligned.
    pub addr: u64,
    pub write: bool,
}

/// State of one userfaultfd.
#[derive(Debug, Default)]
pub struct Uffd {
    /// Only faults from user mode wait; those from the kernel fail (`UFFD_USER_MODE_ONLY`).
    pub user_mode_only: bool,
    pub closed: bool,
    pub(super) pending: VecDeque<UffdMsg>,
    blocked: Vec<(MmId, u64, Waiter)>,
    readers: Vec<Waiter>,
}

/// What a resolution did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UffdResolved {
    /// Faulting parties to wake.
    pub wake: Vec<Waiter>,
    /// Time of the handler.
    pub cost_ns: u64,
}

impl Uffd {
    /// Messages not yet read.
    pub fn pending(&self) -> usize {
        self.pending.len()
    }

    fn wake_range(&mut self, mm: MmId, start: u64, end: u64) -> Vec<Waiter> {
        let hit = |(m, page, _): &(MmId, u64, Waiter)| *m == mm && (start..end).contains(page);
        let woken = self.blocked.iter().filter(|b| hit(b)).map(|(_, _, w)| *w).collect();
        self.blocked.retain(|b| !hit(b));
        woken
    }
}

impl UserMemory {
    /// `userfaultfd(2)`.
    pub fn uffd_create(&mut self, user_mode_only: bool) -> UffdId {
        self.uffds.push(Uffd { user_mode_only, ..Uffd::default() });
        UffdId(self.uffds.len() - 1)
    }

    /// `UFFDIO_REGISTER` for missing pages.
    ///
    /// Errors: `EINVAL` for a range that is not page aligned, empty, unmapped or file-backed; `EBUSY` when another userfaultfd
    /// has it.
    pub fn uffd_register(&mut self, id: UffdId, mm: MmId, start: u64, len: u64) -> Result<(), Errno> {
        let end = check_range(start, len)?;
        let files = |v: &Vma| v.file_page(v.start).map(|(f, _)| f);
        let space = self.mm(mm).ok_or(Errno::ESRCH)?;
        if !space.vmas.covers(start, end) {
            return Err(Errno::EINVAL);
        }
        for vma in space.vmas.overlapping(start, end) {
            if vma.uffd.is_some_and(|other| other != id) {
                return Err(Errno::EBUSY);
            }
            if files(vma).is_some_and(|f| !self.file(f).in_memory()) {
                return Err(Errno::EINVAL);
            }
        }
        self.mm_of(mm).vmas.change(start, end, |v| v.uffd = Some(id));
        Ok(())
    }

    /// `UFFDIO_UNREGISTER`; returns the parties that wait in the range.
    ///
    /// Errors: `EINVAL` for a bad range.
    pub fn uffd_unregister(
        &mut self,
        id: UffdId,
        mm: MmId,
        start: u64,
        len: u64,
    ) -> Result<Vec<Waiter>, Errno> {
        let end = check_range(start, len)?;
        self.mm_of(mm).vmas.change(start, end, |v| v.uffd = v.uffd.filter(|u| *u != id));
        Ok(self.uffds[id.0].wake_range(mm, start, end))
    }

    /// Takes the oldest message, as `read(2)` of the descriptor does.
    pub fn uffd_read(&mut self, id: UffdId) -> Option<UffdMsg> {
        self.uffds[id.0].pending.pop_front()
    }

    /// Registers a handler that waits for a message; woken by [`UserMemory::uffd_take_readers`]' caller.
    pub fn uffd_wait_message(&mut self, id: UffdId, who: Waiter) {
        self.uffds[id.0].readers.push(who);
    }

    /// Handlers to wake because a message was queued.
    pub fn uffd_take_readers(&mut self, id: UffdId) -> Vec<Waiter> {
        std::mem::take(&mut self.uffds[id.0].readers)
    }

    /// Registers a faulting party that blocks on the page of `addr`. If the page was provided meanwhile, or the descriptor
    /// closed, it returns false: do not block.
    pub fn uffd_block(&mut self, id: UffdId, mm: MmId, addr: u64, who: Waiter) -> bool {
        let page = super::page_down(addr);
        let space = self.mm(mm);
        let present =
            space.is_none_or(|m| m.pte(page).is_some() || m.vma(page).is_none_or(|v| v.uffd.is_none()));
        if present || self.uffds[id.0].closed {
            return false;
        }
        self.uffds[id.0].blocked.push((mm, page, who));
        true
    }

    /// `UFFDIO_COPY` of one page.
    ///
    /// Errors: `EINVAL` (alignment, or not one page of bytes), `ENOENT` (not registered here), `EEXIST` (already there), `ENOMEM`.
    pub fn uffd_copy(
        &mut self,
        id: UffdId,
        mm: MmId,
        dst: u64,
        bytes: &[u8],
        now_ns: u64,
    ) -> Result<UffdResolved, Errno> {
        if bytes.len() as u64 != PAGE_SIZE {
            return Err(Errno::EINVAL);
        }
        let vma = self.uffd_target(id, mm, dst)?;
        let owner = vma.file_page(dst).map_or(Owner::Anon, |(file, page)| Owner::File { file, page });
        let (frame, ns) = self.alloc_frame(owner, now_ns).map_err(|_| Errno::ENOMEM)?;
        self.frames.get_mut(frame).data.copy_from_slice(bytes);
        self.install(mm, dst, &vma, frame, owner);
        Ok(self.resolved(id, mm, dst, ns))
    }

    /// `UFFDIO_ZEROPAGE` of one page.
    ///
    /// Errors: as [`UserMemory::uffd_copy`].
    pub fn uffd_zeropage(
        &mut self,
        id: UffdId,
        mm: MmId,
        dst: u64,
        now_ns: u64,
    ) -> Result<UffdResolved, Errno> {
        let vma = self.uffd_target(id, mm, dst)?;
        if !UserMemory::is_anon(&vma) {
            return self.uffd_copy(id, mm, dst, &[0; PAGE_SIZE as usize], now_ns);
        }
        self.set_pte(mm, dst, Some(Pte::Zero));
        Ok(self.resolved(id, mm, dst, 0))
    }

    /// `UFFDIO_WAKE`: who waits in the range; they will fault again.
    pub fn uffd_wake(&mut self, id: UffdId, mm: MmId, start: u64, len: u64) -> Vec<Waiter> {
        self.uffds[id.0].wake_range(mm, start, start + len)
    }

    /// Closes the descriptor: areas lose the registration and everybody who waits is woken.
    pub fn uffd_close(&mut self, id: UffdId) -> Vec<Waiter> {
        let mms: Vec<MmId> = self.mms.keys().copied().collect();
        for mm in mms {
            self.mm_of(mm).vmas.change(0, u64::MAX, |v| v.uffd = v.uffd.filter(|u| *u != id));
        }
        let uffd = &mut self.uffds[id.0];
        uffd.closed = true;
        uffd.pending.clear();
        let blocked = std::mem::take(&mut uffd.blocked);
        blocked.into_iter().map(|(_, _, w)| w).chain(std::mem::take(&mut uffd.readers)).collect()
    }

    fn uffd_target(&self, id: UffdId, mm: MmId, dst: u64) -> Result<Vma, Errno> {
        check_range(dst, PAGE_SIZE)?;
        let space = self.mm(mm).ok_or(Errno::ESRCH)?;
        let vma = space.vma(dst).filter(|v| v.uffd == Some(id)).ok_or(Errno::ENOENT)?;
        let cached = vma.file_page(dst).is_some_and(|(f, page)| self.file(f).cached(page).is_some());
        if cached || space.pte(dst).is_some() {
            return Err(Errno::EEXIST);
        }
        Ok(vma.clone())
    }

    fn install(&mut self, mm: MmId, dst: u64, vma: &Vma, frame: FrameId, owner: Owner) {
        if let Owner::File { file, page } = owner {
            self.frames.get_mut(frame).dirty = true;
            self.file_mut(file).insert(page, frame);
        }
        let writable = vma.prot.write && (vma.shared || owner == Owner::Anon);
        self.set_pte(mm, dst, Some(Pte::Frame { frame, writable }));
        if owner == Owner::Anon {
            self.mm_of(mm).vmas.at_mut(dst).expect("the target area exists").anon_vma = true;
        }
    }

    fn resolved(&mut self, id: UffdId, mm: MmId, dst: u64, extra_ns: u64) -> UffdResolved {
        let wake = self.uffds[id.0].wake_range(mm, dst, dst + PAGE_SIZE);
        UffdResolved { wake, cost_ns: self.costs.uffd_copy_ns + extra_ns }
    }
}

fn check_range(start: u64, len: u64) -> Result<u64, Errno> {
    let end = start.checked_add(len).ok_or(Errno::EINVAL)?;
    let bad = len == 0
        || !start.is_multiple_of(PAGE_SIZE)
        || !len.is_multiple_of(PAGE_SIZE)
        || end > super::TASK_SIZE_MAX;
    if bad { Err(Errno::EINVAL) } else { Ok(end) }
}

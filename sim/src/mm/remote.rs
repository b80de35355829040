//! Access to the memory of any task through `get_user_pages_remote`: `access_process_vm` and `copy_remote_vm_str`
//! (`mm/memory.c`, `mm/gup.c`). `mmap_lock` is held for reading throughout, faults may not restart (so a userfaultfd page fails at
//! once), and the area's permissions count: readable means `PROT_READ`, whatever the hardware would allow.

use crate::errno::Errno;
use crate::ids::MmId;

use super::fault::{FaultError, FaultFlags};
use super::file::FileKind;
use super::op::{OpStep, UserOp, left_in_page};
use super::page_table::{PageRef, Pte};
use super::strncpy::{WORD, cut_at_nul};
use super::vma::Vma;
use super::{Access, PAGE_SIZE, UserMemory};

impl UserMemory {
    /// Whether `get_user_pages` may hand out pages of this area (`mm/gup.c:check_vma_flags`, without `FOLL_FORCE`).
    pub(super) fn remote_allows(&self, vma: &Vma, access: Access) -> bool {
        let secret = vma.file_page(vma.start).is_some_and(|(f, _)| self.file(f).kind == FileKind::Secret);
        let allowed = match access {
            Access::Read => vma.prot.read,
            Access::Write => vma.prot.write,
        };
        allowed && !secret
    }

    /// The page at `addr` if it is mapped as `get_user_pages` wants it.
    fn remote_page(&self, mm: MmId, addr: u64, access: Access) -> Option<PageRef> {
        let space = self.mm(mm)?;
        if !self.remote_allows(space.vma(addr)?, access) {
            return None;
        }
        match (space.pte(addr)?, access) {
            (Pte::Frame { frame, .. }, Access::Read) => Some(PageRef::Frame(*frame)),
            (Pte::Frame { frame, writable: true }, Access::Write) => Some(PageRef::Frame(*frame)),
            (Pte::Zero, Access::Read) => Some(PageRef::Zero),
            _ => None,
        }
    }

    /// The check before the first page: there must be an area, or a stack that can grow to `addr`.
    fn remote_start(&mut self, mm: MmId, addr: u64) -> bool {
        let mapped = self.mm(mm).is_some_and(|m| m.vma(addr).is_some());
        mapped || (self.rules.remote_expands_stack && self.expand_stack(mm, addr))
    }
}

/// `access_process_vm`: copies page by page and stops at the first page that cannot be had. Even an empty copy grows a stack.
#[derive(Clone, Debug)]
pub struct RemoteCopyOp {
    mm: MmId,
    addr: u64,
    len: usize,
    access: Access,
    done: usize,
    started: bool,
    stopped: bool,
}

impl RemoteCopyOp {
    /// A copy of `len` bytes at `addr` of `mm`.
    pub fn new(mm: MmId, addr: u64, len: usize, access: Access) -> RemoteCopyOp {
        RemoteCopyOp { mm, addr, len, access, done: 0, started: false, stopped: false }
    }

    /// Bytes copied; the rest of the destination is untouched.
    pub fn copied(&self) -> usize {
        self.done
    }
}

impl UserOp for RemoteCopyOp {
    fn step(&mut self, memory: &mut UserMemory, buf: &mut [u8]) -> OpStep {
        if !self.started {
            self.started = true;
            self.stopped = !memory.remote_start(self.mm, self.addr);
        }
        while self.done < self.len && !self.stopped {
            let addr = self.addr.wrapping_add(self.done as u64);
            let Some(page) = memory.remote_page(self.mm, addr, self.access) else {
                return OpStep::Fault(memory.fault_attempt(self.mm, addr, self.access, FaultFlags::REMOTE));
            };
            let n = left_in_page(addr).min(self.len - self.done);
            let part = &mut buf[self.done..self.done + n];
            match self.access {
                Access::Read => memory.read_page(page, (addr % PAGE_SIZE) as usize, part),
                Access::Write => memory.write_page(page, (addr % PAGE_SIZE) as usize, part),
            }
            self.done += n;
        }
        OpStep::Finished
    }

    fn fault_failed(&mut self, _why: FaultError) {
        self.stopped = true;
    }

    fn holds_lock(&self) -> Option<MmId> {
        Some(self.mm)
    }
}

/// `copy_remote_vm_str` (6.15 on): a string from another address space, NUL-terminated in any case.
#[derive(Clone, Debug)]
pub struct RemoteStrOp {
    mm: MmId,
    addr: u64,
    len: usize,
    done: usize,
    started: bool,
    ended: Option<Result<usize, Errno>>,
}

impl RemoteStrOp {
    /// A copy of a string of at most `len` bytes with its NUL.
    pub fn new(mm: MmId, addr: u64, len: usize) -> RemoteStrOp {
        let ended = (len == 0).then_some(Ok(0));
        RemoteStrOp { mm, addr, len, done: 0, started: false, ended }
    }

    /// Length of the string without the NUL, or `EFAULT`; then the byte after what was copied is NUL.
    pub fn result(&self) -> Result<usize, Errno> {
        self.ended.expect("asked for the result of a finished operation")
    }

    /// One page's share by `strscpy`; when the string goes on, its last byte replaces the NUL that `strscpy` put there.
    fn take_page(&mut self, page: &[u8], dst: &mut [u8]) {
        let left = self.len - self.done;
        match strscpy(&mut dst[self.done..self.done + page.len()], page) {
            Some(n) => self.ended = Some(Ok(self.done + n)),
            None if page.len() == left => self.ended = Some(Ok(self.len - 1)),
            None => {
                self.done += page.len();
                dst[self.done - 1] = page[page.len() - 1];
            }
        }
    }

    fn fail(&mut self, dst: &mut [u8]) {
        dst[self.done] = 0;
        self.ended = Some(Err(Errno::EFAULT));
    }
}

impl UserOp for RemoteStrOp {
    fn step(&mut self, memory: &mut UserMemory, dst: &mut [u8]) -> OpStep {
        if self.ended == Some(Err(Errno::EFAULT)) {
            self.fail(dst);
        }
        if !self.started && self.ended.is_none() {
            self.started = true;
            dst[0] = 0;
            if memory.mm(self.mm).and_then(|m| m.vma(self.addr)).is_none() {
                self.fail(dst);
            }
        }
        while self.ended.is_none() {
            let addr = self.addr.wrapping_add(self.done as u64);
            let Some(page) = memory.remote_page(self.mm, addr, Access::Read) else {
                return OpStep::Fault(memory.fault_attempt(self.mm, addr, Access::Read, FaultFlags::REMOTE));
            };
            let mut bytes = vec![0; left_in_page(addr).min(self.len - self.done)];
            memory.read_page(page, (addr % PAGE_SIZE) as usize, &mut bytes);
            self.take_page(&bytes, dst);
        }
        OpStep::Finished
    }

    fn fault_failed(&mut self, _why: FaultError) {
        self.ended = Some(Err(Errno::EFAULT));
    }

    fn holds_lock(&self) -> Option<MmId> {
        Some(self.mm)
    }
}

/// `strscpy` with a count of the whole of `dst`, word by word as on x86 (`lib/string.c:sized_strscpy`). Returns the length, or
/// `None` when the source did not end (then the last byte of `dst` is NUL).
fn strscpy(dst: &mut [u8], src: &[u8]) -> Option<usize> {
    let count = dst.len();
    let mut done = 0;
    while count - done >= WORD {
        let word: [u8; WORD] = src[done..done + WORD].try_into().expect("a word");
        let target = &mut dst[done..done + WORD];
        if let Some((nul, cut)) = cut_at_nul(word) {
            target.copy_from_slice(&cut);
            return Some(done + nul);
        }
        target.copy_from_slice(&word);
        done += WORD;
        if done == count {
            dst[count - 1] = 0;
            return None;
        }
    }
    while done < count - 1 {
        dst[done] = src[done];
        if src[done] == 0 {
            return Some(done);
        }
        done += 1;
    }
    dst[done] = 0;
    (src[done] == 0).then_some(done)
}

//! Operations: accesses to user memory as resumable state machines. [`UserOp::step`] moves bytes until it meets a page that
//! needs a fault; a driver resolves the fault and steps again, or reports failure with [`UserOp::fault_failed`].
//!
//! Drivers: [`super::nofault`] (page faults disabled), [`super::drive::SyncDriver`] (tests), `uaccess` (the machine).
//! More operations: [`super::strncpy::StrncpyOp`], [`super::remote`].

use crate::ids::MmId;

use super::fault::{Attempt, FaultError, FaultFlags};
use super::{Access, PAGE_SIZE, TASK_SIZE_MAX, UserMemory};

/// What an operation needs next.
#[derive(Debug)]
pub enum OpStep {
    /// This fault must be resolved first.
    Fault(Attempt),
    /// The operation is over; its type says with what result.
    Finished,
}

/// An access in progress.
pub trait UserOp {
    /// Goes on until a fault or the end. `buf` is the destination of reads and the source of writes.
    fn step(&mut self, memory: &mut UserMemory, buf: &mut [u8]) -> OpStep;
    /// The fault that `step` asked for cannot be resolved.
    fn fault_failed(&mut self, why: FaultError);
    /// The address space whose `mmap_lock` the driver holds for reading during the whole operation, if it wants that.
    fn holds_lock(&self) -> Option<MmId> {
        None
    }
}

/// How many bytes of a copy did not make it (what `copy_from_user` returns).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotCopied(pub usize);

/// Whether the range lies in user space at all (`access_ok`).
pub fn access_ok(addr: u64, len: usize) -> bool {
    addr.checked_add(len as u64).is_some_and(|end| end <= TASK_SIZE_MAX)
}

/// Bytes from `addr` to the end of its page.
pub(super) fn left_in_page(addr: u64) -> usize {
    (PAGE_SIZE - addr % PAGE_SIZE) as usize
}

/// Copies a range byte for byte, in ascending order, exactly up to the first page that cannot be had
/// (`raw_copy_from_user`, `raw_copy_to_user`; user-mode loads and stores).
#[derive(Clone, Debug)]
pub struct CopyOp {
    mm: MmId,
    addr: u64,
    len: usize,
    access: Access,
    flags: FaultFlags,
    done: usize,
    failed: Option<FaultError>,
}

impl CopyOp {
    /// A copy of `len` bytes at `addr`.
    pub fn new(mm: MmId, addr: u64, len: usize, access: Access, flags: FaultFlags) -> CopyOp {
        let outside = !flags.user_mode && !access_ok(addr, len);
        let failed = outside.then_some(FaultError::NoArea);
        CopyOp { mm, addr, len, access, flags, done: 0, failed }
    }

    /// `Ok` when all bytes were copied. A failed read leaves the destination behind the copied bytes alone.
    pub fn result(&self) -> Result<(), NotCopied> {
        match self.len - self.done {
            0 if self.failed.is_none() => Ok(()),
            left => Err(NotCopied(left)),
        }
    }

    /// Why it stopped, if it did.
    pub fn failure(&self) -> Option<FaultError> {
        self.failed
    }
}

impl UserOp for CopyOp {
    fn step(&mut self, memory: &mut UserMemory, buf: &mut [u8]) -> OpStep {
        while self.done < self.len && self.failed.is_none() {
            let addr = self.addr.wrapping_add(self.done as u64);
            let Some(page) = memory.translate(self.mm, addr, self.access) else {
                return OpStep::Fault(memory.fault_attempt(self.mm, addr, self.access, self.flags));
            };
            let n = left_in_page(addr).min(self.len - self.done);
            let part = &mut buf[self.done..self.done + n];
            let offset = (addr % PAGE_SIZE) as usize;
            match self.access {
                Access::Read => memory.read_page(page, offset, part),
                Access::Write => memory.write_page(page, offset, part),
            }
            self.done += n;
        }
        OpStep::Finished
    }

    fn fault_failed(&mut self, why: FaultError) {
        self.failed = Some(why);
    }
}

/// Touches every page of a range without moving bytes: `mlock`, `MAP_POPULATE`, `MADV_POPULATE_*`. Stops at the first page that
/// cannot be had.
#[derive(Clone, Debug)]
pub struct TouchOp {
    mm: MmId,
    next: u64,
    end: u64,
    access: Access,
    failed: Option<FaultError>,
}

impl TouchOp {
    /// A touch of every page that overlaps `addr..addr + len`.
    pub fn new(mm: MmId, addr: u64, len: u64, access: Access) -> TouchOp {
        TouchOp { mm, next: super::page_down(addr), end: addr.saturating_add(len), access, failed: None }
    }

    /// `Ok` when every page is there.
    pub fn result(&self) -> Result<(), FaultError> {
        self.failed.map_or(Ok(()), Err)
    }
}

impl UserOp for TouchOp {
    fn step(&mut self, memory: &mut UserMemory, _buf: &mut [u8]) -> OpStep {
        while self.next < self.end && self.failed.is_none() {
            if memory.translate(self.mm, self.next, self.access).is_none() {
                return OpStep::Fault(memory.fault_attempt(
                    self.mm,
                    self.next,
                    self.access,
                    FaultFlags::KERNEL,
                ));
            }
            self.next += PAGE_SIZE;
        }
        OpStep::Finished
    }

    fn fault_failed(&mut self, why: FaultError) {
        self.failed = Some(why);
    }
}

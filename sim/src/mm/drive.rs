//! A driver without a machine: runs operations on a virtual clock of its own. For tests and for preparing memory before a run.

use super::fault::{Attempt, FaultDone, FaultError, FaultFlags, FaultStep, Wait};
use super::op::{CopyOp, NotCopied, OpStep, TouchOp, UserOp};
use super::uffd::{UffdId, UffdMsg};
use super::{Access, UserMemory};
use crate::ids::MmId;

/// What a test's userfaultfd handler does with a message.
pub type UffdHandler<'h> = &'h mut dyn FnMut(&mut UserMemory, UffdId, UffdMsg, u64);

/// Drives faults to their end, one after the other, and counts.
pub struct SyncDriver<'h> {
    /// Virtual time; moves on while faults wait.
    pub now_ns: u64,
    /// Time spent waiting.
    pub blocked_ns: u64,
    /// Faults resolved, in order.
    pub faults: Vec<FaultDone>,
    /// Answers userfaults after `uffd_delay_ns`; without one they are [`FaultError::Stuck`].
    pub uffd_handler: Option<UffdHandler<'h>>,
    pub uffd_delay_ns: u64,
}

impl<'h> SyncDriver<'h> {
    /// A driver that starts at `now_ns`.
    pub fn new(now_ns: u64) -> SyncDriver<'h> {
        SyncDriver { now_ns, blocked_ns: 0, faults: Vec::new(), uffd_handler: None, uffd_delay_ns: 0 }
    }

    /// Faults counted as minor.
    pub fn minor(&self) -> usize {
        self.faults.iter().filter(|f| !f.major).count()
    }

    /// Faults counted as major.
    pub fn major(&self) -> usize {
        self.faults.iter().filter(|f| f.major).count()
    }

    /// Runs an operation to its end.
    pub fn run(&mut self, memory: &mut UserMemory, op: &mut dyn UserOp, buf: &mut [u8]) {
        while let OpStep::Fault(attempt) = op.step(memory, buf) {
            if let Err(why) = self.resolve(memory, attempt) {
                op.fault_failed(why);
            }
        }
    }

    /// Resolves one fault.
    pub fn resolve(&mut self, memory: &mut UserMemory, mut at: Attempt) -> Result<FaultDone, FaultError> {
        loop {
            match memory.fault(&mut at, self.now_ns) {
                FaultStep::Done(done) => {
                    self.faults.push(done);
                    self.now_ns += done.cost_ns;
                    return Ok(done);
                }
                FaultStep::Fail(why) => return Err(why),
                FaultStep::Wait { wait: Wait::Until(ns), .. } => self.wait_until(ns),
                FaultStep::Wait { wait: Wait::Userfault(id), .. } => self.answer(memory, id)?,
            }
        }
    }

    fn wait_until(&mut self, ns: u64) {
        self.blocked_ns += ns.saturating_sub(self.now_ns);
        self.now_ns = self.now_ns.max(ns);
    }

    fn answer(&mut self, memory: &mut UserMemory, id: UffdId) -> Result<(), FaultError> {
        let handler = self.uffd_handler.as_mut().ok_or(FaultError::Stuck)?;
        let message = memory.uffd_read(id).ok_or(FaultError::Stuck)?;
        let answer_ns = self.now_ns + self.uffd_delay_ns;
        handler(memory, id, message, answer_ns);
        self.wait_until(answer_ns);
        Ok(())
    }

    /// Reads as a program in user mode would.
    ///
    /// Errors: what stopped it, and how many bytes are missing.
    pub fn user_read(
        &mut self,
        memory: &mut UserMemory,
        mm: MmId,
        addr: u64,
        dst: &mut [u8],
    ) -> Result<(), (FaultError, NotCopied)> {
        self.user_copy(memory, CopyOp::new(mm, addr, dst.len(), Access::Read, FaultFlags::USER), dst)
    }

    /// Writes as a program in user mode would.
    ///
    /// Errors: as [`SyncDriver::user_read`].
    pub fn user_write(
        &mut self,
        memory: &mut UserMemory,
        mm: MmId,
        addr: u64,
        src: &[u8],
    ) -> Result<(), (FaultError, NotCopied)> {
        let op = CopyOp::new(mm, addr, src.len(), Access::Write, FaultFlags::USER);
        self.user_copy(memory, op, &mut src.to_vec())
    }

    fn user_copy(
        &mut self,
        memory: &mut UserMemory,
        mut op: CopyOp,
        buf: &mut [u8],
    ) -> Result<(), (FaultError, NotCopied)> {
        self.run(memory, &mut op, buf);
        op.result().map_err(|left| (op.failure().expect("an incomplete copy has a cause"), left))
    }

    /// Faults a range in as `mlock` does.
    ///
    /// Errors: the first page that cannot be had.
    pub fn populate(
        &mut self,
        memory: &mut UserMemory,
        mm: MmId,
        addr: u64,
        len: u64,
    ) -> Result<(), FaultError> {
        let access = memory.mm(mm).and_then(|m| m.vma(addr)).and_then(UserMemory::populate_access);
        let Some(access) = access else { return Ok(()) };
        let mut op = TouchOp::new(mm, addr, len, access);
        self.run(memory, &mut op, &mut []);
        op.result()
    }
}

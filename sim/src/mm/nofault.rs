//! Access with page faults disabled: what is not mapped with the right permission fails at once. Source: `mm/maccess.c`
//! (`copy_from_user_nofault`, `strncpy_from_user_nofault`, `copy_to_user_nofault`).

use crate::errno::Errno;
use crate::ids::MmId;

use super::fault::{FaultError, FaultFlags};
use super::op::{CopyOp, NotCopied, OpStep, UserOp, access_ok};
use super::strncpy::StrncpyOp;
use super::{Access, UserMemory};

impl UserMemory {
    /// Runs an operation as if every fault failed.
    pub fn run_nofault(&mut self, op: &mut dyn UserOp, buf: &mut [u8]) {
        while let OpStep::Fault(_) = op.step(self, buf) {
            op.fault_failed(FaultError::NoArea);
        }
    }

    /// `copy_from_user_nofault`. On failure the bytes before the first missing page have been copied and the rest is untouched;
    /// helpers zero the destination themselves.
    ///
    /// Errors: how many bytes are missing, where the kernel returns `EFAULT`. A range outside user space fails even when empty.
    pub fn copy_from_user_nofault(&mut self, mm: MmId, addr: u64, dst: &mut [u8]) -> Result<(), NotCopied> {
        let mut op = CopyOp::new(mm, addr, dst.len(), Access::Read, FaultFlags::KERNEL);
        self.run_nofault(&mut op, dst);
        op.result()
    }

    /// `copy_to_user_nofault` (6.1 on; `bpf_probe_write_user`).
    ///
    /// Errors: how many bytes are missing, where the kernel returns `EFAULT`.
    pub fn copy_to_user_nofault(&mut self, mm: MmId, addr: u64, src: &[u8]) -> Result<(), NotCopied> {
        if !access_ok(addr, src.len()) {
            return Err(NotCopied(src.len()));
        }
        let mut op = CopyOp::new(mm, addr, src.len(), Access::Write, FaultFlags::KERNEL);
        let mut buf = src.to_vec();
        self.run_nofault(&mut op, &mut buf);
        op.result()
    }

    /// `strncpy_from_user_nofault`: at most `dst.len()` bytes, always NUL-terminated on success. Returns the length with the NUL;
    /// an empty string counts 0 or 1 by the rules of the kernel.
    ///
    /// Errors: `EFAULT`; the destination holds what was copied before.
    pub fn strncpy_from_user_nofault(&mut self, mm: MmId, addr: u64, dst: &mut [u8]) -> Result<usize, Errno> {
        let mut op = StrncpyOp::new(mm, addr, dst.len());
        self.run_nofault(&mut op, dst);
        op.nofault_result(&self.rules, dst)
    }
}

/// Whether `copy_from_kernel_nofault` touches this address at all; otherwise it returns `ERANGE`
/// (`arch/x86/mm/maccess.c:copy_from_kernel_nofault_allowed`): not in user space or its guard page, canonical, and not the
/// vsyscall page.
pub fn kernel_read_allowed(addr: u64) -> bool {
    const VSYSCALL: u64 = 0xffff_ffff_ff60_0000;
    let canonical = addr >= 0xffff_8000_0000_0000;
    canonical && super::page_down(addr) != VSYSCALL
}

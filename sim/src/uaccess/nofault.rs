//! Access that never waits: plain functions for atomic code (`mm/maccess.c`). A missing page fails at once and shows as
//! `page_fault_refused`. The caller zeroes what its interface promises to zero.

use crate::errno::Errno;
use crate::ids::MmId;
use crate::machine::Machine;
use crate::mm::op::{CopyOp, OpStep, UserOp};
use crate::mm::strncpy::StrncpyOp;
use crate::mm::{Access, FaultError, FaultFlags, NotCopied};

use super::UserFaultEvent;

/// `copy_from_user_nofault`: bytes before the first missing page are copied, the rest of `dst` is untouched.
///
/// # Errors
/// How many bytes are missing. A range outside user space fails even when empty: callers return `EFAULT` for any `Err`.
pub fn copy_from_user_nofault(m: &Machine, mm: MmId, addr: u64, dst: &mut [u8]) -> Result<(), NotCopied> {
    let mut op = CopyOp::new(mm, addr, dst.len(), Access::Read, FaultFlags::KERNEL);
    run(m, &mut op, dst);
    op.result()
}

/// `copy_to_user_nofault`.
///
/// # Errors
/// As [`copy_from_user_nofault`].
pub fn copy_to_user_nofault(m: &Machine, mm: MmId, addr: u64, src: &[u8]) -> Result<(), NotCopied> {
    let mut op = CopyOp::new(mm, addr, src.len(), Access::Write, FaultFlags::KERNEL);
    run(m, &mut op, &mut src.to_vec());
    op.result()
}

/// `strncpy_from_user_nofault`: at most `dst.len()` bytes, NUL-terminated. Returns the length with the NUL (0 or 1 for an empty
/// string, by kernel).
///
/// # Errors
/// `EFAULT`; the destination holds what was copied before.
pub fn strncpy_from_user_nofault(m: &Machine, mm: MmId, addr: u64, dst: &mut [u8]) -> Result<usize, Errno> {
    let mut op = StrncpyOp::new(mm, addr, dst.len());
    run(m, &mut op, dst);
    let rules = m.mm().rules.clone();
    op.nofault_result(&rules, dst)
}

fn run(m: &Machine, op: &mut dyn UserOp, buf: &mut [u8]) {
    loop {
        let step = op.step(&mut m.mm(), buf);
        let OpStep::Fault(attempt) = step else { return };
        m.emit_with(|| UserFaultEvent::refused(&attempt));
        op.fault_failed(FaultError::Disabled);
    }
}

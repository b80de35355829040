//! Reading memory that may not be there, without ever waiting. Sources: `mm/maccess.c`, `kernel/trace/bpf_trace.c`.
//!
//! User memory: what is not mapped with the right permission is -EFAULT at once (`sim::uaccess::nofault`). Kernel memory: everything in the
//! direct map can be read, allocated or not; between objects there are zeros. A read of freed memory gives the poison that is there, as
//! in a kernel, and is a finding, which a kernel would not give.

use sim::arena::{MemFaultKind, POISON_FREE};
use sim::errno::Errno;
use sim::finding;
use sim::machine::Machine;
use sim::mm::{PAGE_SIZE, TASK_SIZE_MAX};
use sim::task::TaskKind;
use sim::uaccess::nofault;

use super::Row;
use crate::runtime::{HelperCx, Reply, errno, ret};

pub(super) const ROWS: &[Row] = &[
    Row { name: "bpf_probe_read", body: probe_read },
    Row { name: "bpf_probe_read_str", body: probe_read_str },
    Row { name: "bpf_probe_read_user", body: probe_read_user },
    Row { name: "bpf_probe_read_kernel", body: probe_read_kernel },
    Row { name: "bpf_probe_read_user_str", body: probe_read_user_str },
    Row { name: "bpf_probe_read_kernel_str", body: probe_read_kernel_str },
    Row { name: "bpf_probe_write_user", body: probe_write_user },
];

/// `copy_from_kernel_nofault_allowed` (`arch/x86/mm/maccess.c`): above user space and canonical.
fn kernel_address(addr: u64) -> bool {
    addr >= TASK_SIZE_MAX + PAGE_SIZE && addr >> 47 == 0x1_ffff
}

/// One byte of kernel memory; `None` where nothing is mapped.
fn kernel_byte(m: &Machine, addr: u64, freed: &mut Option<u64>) -> Option<u8> {
    match m.arena().load_u8(addr) {
        Ok(byte) => Some(byte),
        Err(fault) => match fault.kind {
            MemFaultKind::OutsideArena => None,
            MemFaultKind::Freed => {
                freed.get_or_insert(addr);
                Some(POISON_FREE)
            }
            MemFaultKind::NeverAllocated | MemFaultKind::PastEnd | MemFaultKind::ReadOnly => Some(0),
        },
    }
}

fn report_freed(m: &Machine, freed: Option<u64>) {
    let Some(addr) = freed else { return };
    let notes = m.arena().object_at(addr).map(|object| object.describe(addr)).unwrap_or_default();
    m.finding(finding::USE_AFTER_FREE, format!("a probing read gets freed memory at {addr:#x}"), notes);
}

/// `copy_from_kernel_nofault`: -ERANGE outside kernel space, -EFAULT where nothing is mapped.
pub(crate) fn read_kernel(m: &Machine, addr: u64, dst: &mut [u8]) -> Result<(), Errno> {
    if !kernel_address(addr) {
        return Err(Errno::ERANGE);
    }
    if let Ok(bytes) = m.arena().read(addr, dst.len()) {
        dst.copy_from_slice(bytes);
        return Ok(());
    }
    let mut freed = None;
    for (at, byte) in dst.iter_mut().enumerate() {
        *byte = kernel_byte(m, addr.wrapping_add(at as u64), &mut freed).ok_or(Errno::EFAULT)?;
    }
    report_freed(m, freed);
    Ok(())
}

/// `strncpy_from_kernel_nofault`: length with the NUL.
pub(crate) fn read_kernel_str(m: &Machine, addr: u64, dst: &mut [u8]) -> Result<usize, Errno> {
    let Some(last) = dst.len().checked_sub(1) else { return Ok(0) };
    if !kernel_address(addr) {
        return Err(Errno::ERANGE);
    }
    let mut freed = None;
    let mut len = dst.len();
    for (at, slot) in dst.iter_mut().enumerate() {
        *slot = kernel_byte(m, addr.wrapping_add(at as u64), &mut freed).ok_or(Errno::EFAULT)?;
        if *slot == 0 {
            len = at + 1;
            break;
        }
    }
    dst[last.min(len - 1)] = 0;
    report_freed(m, freed);
    Ok(len)
}

/// `copy_from_user_nofault` from the current task's memory.
pub(crate) fn read_user(m: &Machine, addr: u64, dst: &mut [u8]) -> Result<(), Errno> {
    let mm = m.current_task().mm.get().ok_or(Errno::EFAULT)?;
    nofault::copy_from_user_nofault(m, mm, addr, dst).map_err(|_| Errno::EFAULT)
}

/// `strncpy_from_user_nofault` from the current task's memory: length with the NUL.
pub(crate) fn read_user_str(m: &Machine, addr: u64, dst: &mut [u8]) -> Result<usize, Errno> {
    let mm = m.current_task().mm.get().ok_or(Errno::EFAULT)?;
    nofault::strncpy_from_user_nofault(m, mm, addr, dst)
}

type Read = fn(&Machine, u64, &mut [u8]) -> Result<(), Errno>;
type ReadStr = fn(&Machine, u64, &mut [u8]) -> Result<usize, Errno>;

/// On failure the destination is zeroed. The size is a u32 in the kernel.
fn read(cx: &HelperCx<'_>, [dst, size, from, ..]: [u64; 5], read: Read) -> Reply {
    let len = cx.check_writable(dst, u64::from(size as u32))?;
    let mut bytes = vec![0; len];
    let result = read(cx.machine(), from, &mut bytes);
    if result.is_err() {
        bytes.fill(0);
    }
    cx.write(dst, &bytes)?;
    result.map_or_else(errno, |()| ret(0))
}

/// Bytes behind the string keep what they had, except where the kernel copies whole words.
fn read_str(cx: &HelperCx<'_>, [dst, size, from, ..]: [u64; 5], read: ReadStr) -> Reply {
    let len = cx.check_writable(dst, u64::from(size as u32))?;
    let mut bytes = cx.bytes(dst, len as u64)?;
    let result = read(cx.machine(), from, &mut bytes);
    if result.is_err() {
        bytes.fill(0);
    }
    cx.write(dst, &bytes)?;
    result.map_or_else(errno, |len| ret(len as u64))
}

fn probe_read_user(cx: &HelperCx<'_>, args: [u64; 5]) -> Reply {
    read(cx, args, read_user)
}

fn probe_read_kernel(cx: &HelperCx<'_>, args: [u64; 5]) -> Reply {
    read(cx, args, read_kernel)
}

fn probe_read_user_str(cx: &HelperCx<'_>, args: [u64; 5]) -> Reply {
    read_str(cx, args, read_user_str)
}

fn probe_read_kernel_str(cx: &HelperCx<'_>, args: [u64; 5]) -> Reply {
    read_str(cx, args, read_kernel_str)
}

/// `bpf_probe_read_compat`: the address decides.
fn probe_read(cx: &HelperCx<'_>, args: [u64; 5]) -> Reply {
    read(cx, args, if args[2] < TASK_SIZE_MAX { read_user } else { read_kernel })
}

/// `bpf_probe_read_compat_str`.
fn probe_read_str(cx: &HelperCx<'_>, args: [u64; 5]) -> Reply {
    read_str(cx, args, if args[2] < TASK_SIZE_MAX { read_user_str } else { read_kernel_str })
}

fn probe_write_user(cx: &HelperCx<'_>, [dst, src, size, ..]: [u64; 5]) -> Reply {
    let bytes = cx.bytes(src, u64::from(size as u32))?;
    let m = cx.machine();
    let task = m.current_task();
    let mm = match task.mm.get() {
        Some(mm) if task.kind == TaskKind::User && !task.ctx.in_interrupt() => mm,
        _ => return errno(Errno::EPERM),
    };
    match nofault::copy_to_user_nofault(m, mm, dst, &bytes) {
        Ok(()) => ret(0),
        Err(_) => errno(Errno::EFAULT),
    }
}

//! The ways of reading user memory, as what each helper or kfunc does around the memory model (`kernel/trace/bpf_trace.c`,
//! `kernel/bpf/helpers.c`). `A_` run in atomic context, `S_` in a sleepable program, `U_` in user mode, `K_` in a system call.

use sim::errno::Errno;
use sim::ids::MmId;
use sim::mm::drive::SyncDriver;
use sim::mm::fault::FaultFlags;
use sim::mm::nofault::kernel_read_allowed;
use sim::mm::op::CopyOp;
use sim::mm::remote::{RemoteCopyOp, RemoteStrOp};
use sim::mm::strncpy::StrncpyOp;
use sim::mm::{Access, TASK_SIZE_MAX, UserMemory};

/// One access.
pub struct Run<'a, 'h> {
    pub memory: &'a mut UserMemory,
    pub driver: &'a mut SyncDriver<'h>,
    pub mm: MmId,
    pub addr: u64,
    pub len: usize,
}

type Way = fn(&mut Run<'_, '_>, &mut [u8]) -> i64;

const EFAULT: i64 = Errno::EFAULT.ret();
/// What `ret` holds when the program did not call anything (a kfunc with a zero length).
const NOT_CALLED: i64 = 12345;

pub const WAYS: &[(&str, Way)] = &[
    ("A_READ", |r, d| zeroing(r, d, probe_read)),
    ("S_READ", |r, d| zeroing(r, d, probe_read)),
    ("A_STR", |r, d| zeroing(r, d, probe_read_str)),
    ("S_PSTR", |r, d| zeroing(r, d, probe_read_str)),
    ("A_OLD", |r, d| zeroing(r, d, |r, d| if user(r) { probe_read(r, d) } else { kernel_read(r, d) })),
    ("A_OLDSTR", |r, d| {
        zeroing(r, d, |r, d| if user(r) { probe_read_str(r, d) } else { kernel_read_str(r, d) })
    }),
    ("A_KERNEL", |r, d| zeroing(r, d, kernel_read)),
    ("A_KSTR", |r, d| zeroing(r, d, kernel_read_str)),
    ("A_DYN", probe_read),
    ("A_DYNSTR", probe_read_str),
    ("A_WRITE", |r, d| if r.len == 0 { NOT_CALLED } else { write(r, d) }),
    ("S_COPY", |r, d| zeroing(r, d, copy)),
    ("S_DYN", copy_keeping_prefix),
    ("S_TASK", |r, d| if r.len == 0 { 0 } else { zeroing(r, d, remote) }),
    ("S_TASKFLAG", |_, _| Errno::EINVAL.ret()),
    ("S_DYNTASK", remote),
    ("S_STR", |r, d| kfunc_str(r, d, false)),
    ("S_STRPAD", |r, d| kfunc_str(r, d, true)),
    ("S_STRFLAG", |r, _| if r.len == 0 { NOT_CALLED } else { Errno::EINVAL.ret() }),
    ("S_DYNSTR", |r, d| if r.len == 0 { 0 } else { string(r, d) }),
    ("S_TASKSTR", |r, d| kfunc_task_str(r, d, false)),
    ("S_TASKSTRPAD", |r, d| kfunc_task_str(r, d, true)),
    ("S_DYNTASKSTR", |r, d| if r.len == 0 { 0 } else { task_string(r, d) }),
    ("U_READ", |r, d| user_mode(r, d, Access::Read)),
    ("U_WRITE", |r, d| user_mode(r, &mut d.to_vec(), Access::Write)),
    ("K_TIMES", times),
];

fn user(r: &Run<'_, '_>) -> bool {
    r.addr < TASK_SIZE_MAX
}

/// Helpers zero the whole destination when they fail.
fn zeroing(r: &mut Run<'_, '_>, dst: &mut [u8], way: Way) -> i64 {
    let ret = way(r, dst);
    if ret < 0 {
        dst[..r.len].fill(0);
    }
    ret
}

fn probe_read(r: &mut Run<'_, '_>, dst: &mut [u8]) -> i64 {
    r.memory.copy_from_user_nofault(r.mm, r.addr, &mut dst[..r.len]).map_or(EFAULT, |()| 0)
}

fn probe_read_str(r: &mut Run<'_, '_>, dst: &mut [u8]) -> i64 {
    r.memory.strncpy_from_user_nofault(r.mm, r.addr, &mut dst[..r.len]).map_or_else(Errno::ret, |n| n as i64)
}

fn write(r: &mut Run<'_, '_>, src: &mut [u8]) -> i64 {
    r.memory.copy_to_user_nofault(r.mm, r.addr, &src[..r.len]).map_or(EFAULT, |()| 0)
}

/// None of the page kinds is kernel memory that exists, so what is allowed faults.
fn kernel_read(r: &mut Run<'_, '_>, _dst: &mut [u8]) -> i64 {
    match (kernel_read_allowed(r.addr), r.len) {
        (false, _) => Errno::ERANGE.ret(),
        (true, 0) => 0,
        (true, _) => EFAULT,
    }
}

fn kernel_read_str(r: &mut Run<'_, '_>, dst: &mut [u8]) -> i64 {
    if r.len == 0 { 0 } else { kernel_read(r, dst) }
}

fn copy(r: &mut Run<'_, '_>, dst: &mut [u8]) -> i64 {
    let mut op = CopyOp::new(r.mm, r.addr, r.len, Access::Read, FaultFlags::KERNEL);
    r.driver.run(r.memory, &mut op, dst);
    match op.result() {
        Err(left) if left.0 > 0 => EFAULT,
        _ => 0,
    }
}

/// `copy_from_user` itself zeroes what it could not copy.
fn copy_keeping_prefix(r: &mut Run<'_, '_>, dst: &mut [u8]) -> i64 {
    let mut op = CopyOp::new(r.mm, r.addr, r.len, Access::Read, FaultFlags::KERNEL);
    r.driver.run(r.memory, &mut op, dst);
    match op.result() {
        Err(left) if left.0 > 0 => {
            dst[r.len - left.0..r.len].fill(0);
            EFAULT
        }
        _ => 0,
    }
}

fn remote(r: &mut Run<'_, '_>, dst: &mut [u8]) -> i64 {
    let mut op = RemoteCopyOp::new(r.mm, r.addr, r.len, Access::Read);
    r.driver.run(r.memory, &mut op, dst);
    if op.copied() == r.len { 0 } else { EFAULT }
}

/// `strncpy_from_user` of one byte less, then the NUL.
fn string(r: &mut Run<'_, '_>, dst: &mut [u8]) -> i64 {
    let mut op = StrncpyOp::new(r.mm, r.addr, r.len - 1);
    r.driver.run(r.memory, &mut op, dst);
    match op.result() {
        Ok(n) => {
            dst[n] = 0;
            n as i64 + 1
        }
        Err(errno) => errno.ret(),
    }
}

fn task_string(r: &mut Run<'_, '_>, dst: &mut [u8]) -> i64 {
    let mut op = RemoteStrOp::new(r.mm, r.addr, r.len);
    r.driver.run(r.memory, &mut op, dst);
    op.result().map_or_else(Errno::ret, |n| n as i64 + 1)
}

/// `BPF_F_PAD_ZEROS` clears what the string does not use, or everything on failure.
fn padded(len: usize, ret: i64, dst: &mut [u8], pad: bool) -> i64 {
    if pad {
        dst[usize::try_from(ret).unwrap_or(0)..len].fill(0);
    }
    ret
}

fn kfunc_str(r: &mut Run<'_, '_>, dst: &mut [u8], pad: bool) -> i64 {
    if r.len == 0 {
        return NOT_CALLED;
    }
    let ret = string(r, dst);
    padded(r.len, ret, dst, pad)
}

fn kfunc_task_str(r: &mut Run<'_, '_>, dst: &mut [u8], pad: bool) -> i64 {
    if r.len == 0 {
        return NOT_CALLED;
    }
    let ret = task_string(r, dst);
    padded(r.len, ret, dst, pad)
}

/// Loads or stores byte by byte in user mode; the signal's number, negative, if one comes.
fn user_mode(r: &mut Run<'_, '_>, buf: &mut [u8], access: Access) -> i64 {
    let mut op = CopyOp::new(r.mm, r.addr, r.len, access, FaultFlags::USER);
    r.driver.run(r.memory, &mut op, buf);
    op.failure().map_or(0, |why| -i64::from(why.signal()))
}

/// `times(2)`: stores 32 bytes, unless the pointer is null.
fn times(r: &mut Run<'_, '_>, _dst: &mut [u8]) -> i64 {
    if r.addr == 0 {
        return 0;
    }
    let mut op = CopyOp::new(r.mm, r.addr, 32, Access::Write, FaultFlags::KERNEL);
    r.driver.run(r.memory, &mut op, &mut [0; 32]);
    if op.result().is_ok() { 0 } else { EFAULT }
}

//! Small calls: getpgid, setdomainname, nanosleep, getpid, pidfd_open.

use sim::errno::Errno;
use sim::ids::Pid;
use sim::task::WaitReason;

use super::{Call, Row, row};
use crate::process::Fd;

pub(super) const ROWS: &[Row] = &[
    row!("getpgid", 1, getpgid),
    row!("getpid", 0, getpid),
    row!("pidfd_open", 2, pidfd_open),
    row!("setdomainname", 2, setdomainname),
    row!("nanosleep", 2, nanosleep),
];

/// `__NEW_UTS_LEN` (include/uapi/linux/utsname.h).
const MAX_DOMAIN_BYTES: u64 = 64;

/// `do_getpgid()` (kernel/sys.c). Every process leads a group of its own here.
async fn getpgid(call: Call) -> Result<i64, Errno> {
    let m = call.kernel.machine();
    let task = match call.args[0] as u32 {
        0 => m.current_task(),
        pid => m.find_task(Pid(pid)).ok_or(Errno::ESRCH)?,
    };
    let addr = call.kernel.task_object(&task);
    call.lsm("task_getpgid", &[addr]).await?;
    Ok(i64::from(task.tgid.0))
}

/// `pidfd_create()` (kernel/pid.c): no flag is known here.
async fn pidfd_open(call: Call) -> Result<i64, Errno> {
    let [pid, flags, ..] = call.args;
    if flags as u32 != 0 || pid as u32 as i32 <= 0 {
        return Err(Errno::EINVAL);
    }
    let task = call.kernel.machine().find_task(Pid(pid as u32)).ok_or(Errno::ESRCH)?;
    call.process().install(Fd::Task(task.id)).map(|fd| fd as i64)
}

async fn getpid(call: Call) -> Result<i64, Errno> {
    Ok(i64::from(call.kernel.machine().current_task().tgid.0))
}

/// `sys_setdomainname()` (kernel/sys.c).
async fn setdomainname(call: Call) -> Result<i64, Errno> {
    if call.args[1] > MAX_DOMAIN_BYTES {
        return Err(Errno::EINVAL);
    }
    let name = call.read_user(call.args[0], call.args[1] as usize).await?;
    call.kernel.set_domain_name(&name);
    Ok(0)
}

/// `hrtimer_nanosleep()` (kernel/time/hrtimer.c).
async fn nanosleep(call: Call) -> Result<i64, Errno> {
    let bytes = call.read_user(call.args[0], 16).await?;
    let word = |at: usize| i64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"));
    let (seconds, nanos) = (word(0), word(8));
    if seconds < 0 || !(0..1_000_000_000).contains(&nanos) {
        return Err(Errno::EINVAL);
    }
    let ns = (seconds as u64).saturating_mul(1_000_000_000).saturating_add(nanos as u64);
    call.kernel.machine().sleep_ns(ns, WaitReason::new("nanosleep")).await;
    Ok(0)
}

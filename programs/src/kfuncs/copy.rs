//! Reading user strings and waiting for them. Source: `kernel/bpf/helpers.c` (`bpf_copy_from_user_str`, `bpf_copy_from_user_task_str`).

use sim::errno::Errno;
use sim::uaccess;

use super::Row;
use crate::helpers::copy::{mm_of, wait_and_write};
use crate::runtime::{HelperCx, Reply, errno, ret};

pub(super) const ROWS: &[Row] = &[
    Row { name: "bpf_copy_from_user_str", body: copy_from_user_str },
    Row { name: "bpf_copy_from_user_task_str", body: copy_from_user_task_str },
];

/// Zero the rest of the destination; on failure all of it.
const BPF_F_PAD_ZEROS: u64 = 1;

/// The length with the NUL, and the destination as it is afterwards.
fn finish(result: Result<usize, Errno>, mut bytes: Vec<u8>, pad: bool) -> (u64, Vec<u8>) {
    match result {
        Ok(len) => {
            let end = if pad { bytes.len() } else { len + 1 };
            bytes[len..end].fill(0);
            (len as u64 + 1, bytes)
        }
        Err(e) => {
            if pad {
                bytes.fill(0);
            }
            (e.ret() as u64, bytes)
        }
    }
}

fn copy_from_user_str(cx: &HelperCx<'_>, [dst, size, addr, flags, _]: [u64; 5]) -> Reply {
    if flags & !BPF_F_PAD_ZEROS != 0 {
        return errno(Errno::EINVAL);
    }
    let len = cx.check_writable(dst, u64::from(size as u32))?;
    if len == 0 {
        return ret(0);
    }
    let (m, mut bytes) = (cx.machine().clone(), cx.bytes(dst, len as u64)?);
    wait_and_write(cx, dst, async move {
        let room = len - 1;
        let result = match m.current_task().mm.get() {
            Some(mm) => uaccess::strncpy_from_user(&m, mm, addr, &mut bytes[..room]).await,
            None => Err(Errno::EFAULT),
        };
        finish(result, bytes, flags != 0)
    })
}

fn copy_from_user_task_str(cx: &HelperCx<'_>, [dst, size, addr, task, flags]: [u64; 5]) -> Reply {
    if flags & !BPF_F_PAD_ZEROS != 0 {
        return errno(Errno::EINVAL);
    }
    let len = cx.check_writable(dst, u64::from(size as u32))?;
    if len == 0 {
        return ret(0);
    }
    let (m, mm, mut bytes) = (cx.machine().clone(), mm_of(cx, task)?, cx.bytes(dst, len as u64)?);
    wait_and_write(cx, dst, async move {
        let result = match mm {
            Some(mm) => uaccess::copy_remote_vm_str(&m, mm, addr, &mut bytes).await,
            None => Err(Errno::EFAULT),
        };
        finish(result, bytes, flags != 0)
    })
}

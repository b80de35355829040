//! `bpf_d_path`. Source: `kernel/trace/bpf_trace.c:bpf_d_path`.

use sim::errno::Errno;

use super::Row;
use super::task::no_object;
use crate::runtime::{HelperCx, Reply, errno, ret};

pub(super) const ROWS: &[Row] = &[Row { name: "bpf_d_path", body: d_path }];

/// Writes the text of a `struct path` with its NUL and returns its length; -ENAMETOOLONG when it does not fit.
pub(crate) fn write_path(cx: &HelperCx<'_>, path: u64, buf: u64, size: u64) -> Reply {
    let mut text = cx.bpf.kobjs().path_text(cx.machine(), path).map_err(|e| no_object(&e))?;
    text.push(0);
    if text.len() as u64 > size {
        return errno(Errno::ENAMETOOLONG);
    }
    cx.write(buf, &text)?;
    ret(text.len() as u64)
}

fn d_path(cx: &HelperCx<'_>, [path, buf, size, ..]: [u64; 5]) -> Reply {
    let size = u64::from(size as u32);
    if size == 0 { ret(0) } else { write_path(cx, path, buf, size) }
}

//! Open-coded iterators over numbers. Source: `kernel/bpf/bpf_iter.c:bpf_iter_num_new`.

use sim::errno::Errno;

use super::Row;
use crate::runtime::{HelperCx, Reply, errno, ret};

pub(super) const ROWS: &[Row] = &[
    Row { name: "bpf_iter_num_new", body: num_new },
    Row { name: "bpf_iter_num_next", body: num_next },
    Row { name: "bpf_iter_num_destroy", body: num_destroy },
];

/// `BPF_MAX_LOOPS`.
const BPF_MAX_LOOPS: i64 = 8 * 1024 * 1024;

/// `struct bpf_iter_num_kern`: two ints, the current number and the end. The number is one before the first until `next`.
fn num_new(cx: &HelperCx<'_>, [iter, start, end, ..]: [u64; 5]) -> Reply {
    let (start, end) = (start as i32, end as i32);
    let distance = i64::from(end) - i64::from(start);
    let refused = match distance {
        d if d < 0 => Some(Errno::EINVAL),
        d if d > BPF_MAX_LOOPS => Some(Errno::E2BIG),
        _ => None,
    };
    if let Some(refused) = refused {
        set(cx, iter, 0, 0)?;
        return errno(refused);
    }
    set(cx, iter, start.wrapping_sub(1), end)?;
    ret(0)
}

fn set(cx: &HelperCx<'_>, iter: u64, current: i32, end: i32) -> Result<(), crate::runtime::CallFault> {
    cx.store(iter, 4, u64::from(current as u32))?;
    cx.store(iter + 4, 4, u64::from(end as u32))
}

/// The address of the number, or NULL at the end.
fn num_next(cx: &HelperCx<'_>, [iter, ..]: [u64; 5]) -> Reply {
    let (current, end) = {
        let arena = cx.machine().arena();
        (arena.load_u32(iter)? as i32, arena.load_u32(iter + 4)? as i32)
    };
    // Wide enough for the number before INT_MIN.
    if i64::from(current.wrapping_add(1)) >= i64::from(end) {
        set(cx, iter, 0, 0)?;
        return ret(0);
    }
    cx.store(iter, 4, u64::from(current.wrapping_add(1) as u32))?;
    ret(iter)
}

fn num_destroy(cx: &HelperCx<'_>, [iter, ..]: [u64; 5]) -> Reply {
    set(cx, iter, 0, 0)?;
    ret(0)
}

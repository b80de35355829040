//! Work queues, and timers from any context. Source: `kernel/bpf/helpers.c` (`bpf_wq_init`, `bpf_timer_cancel_async`). The rest is in
//! `runtime::fields`.

use sim::errno::Errno;

use super::Row;
use crate::runtime::{AsyncKind, HelperCx, Reply, errno, ret, status};

pub(super) const ROWS: &[Row] = &[
    Row { name: "bpf_wq_init", body: wq_init },
    Row { name: "bpf_wq_set_callback", body: wq_set_callback },
    Row { name: "bpf_wq_set_callback_impl", body: wq_set_callback },
    Row { name: "bpf_wq_start", body: wq_start },
    Row { name: "bpf_timer_cancel_async", body: timer_cancel_async },
];

fn wq_init(cx: &HelperCx<'_>, [wq, map, flags, ..]: [u64; 5]) -> Reply {
    let map = cx.map(map)?;
    cx.bytes(wq, 16)?;
    if flags as u32 != 0 {
        return errno(Errno::EINVAL);
    }
    status(cx.bpf.init_async(AsyncKind::Work, &map, wq))
}

fn wq_set_callback(cx: &HelperCx<'_>, [wq, func, flags, ..]: [u64; 5]) -> Reply {
    if flags as u32 != 0 {
        return errno(Errno::EINVAL);
    }
    status(cx.bpf.set_async_callback(wq, cx.prog, func))
}

fn wq_start(cx: &HelperCx<'_>, [wq, flags, ..]: [u64; 5]) -> Reply {
    if flags as u32 != 0 {
        return errno(Errno::EINVAL);
    }
    status(cx.bpf.start_work(wq))
}

fn timer_cancel_async(cx: &HelperCx<'_>, [timer, ..]: [u64; 5]) -> Reply {
    cx.bpf.cancel_timer_async(timer).map_or_else(errno, ret)
}

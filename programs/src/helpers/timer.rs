//! `bpf_timer_*`. Source: `kernel/bpf/helpers.c`. The timers themselves are in `runtime::fields`.

use super::Row;
use crate::runtime::{AsyncKind, Bpf, HelperCx, Reply, errno, ret, status};

pub(super) const ROWS: &[Row] = &[
    Row { name: "bpf_timer_init", body: init },
    Row { name: "bpf_timer_set_callback", body: set_callback },
    Row { name: "bpf_timer_start", body: start },
    Row { name: "bpf_timer_cancel", body: cancel },
];

fn init(cx: &HelperCx<'_>, [timer, map, flags, ..]: [u64; 5]) -> Reply {
    let map = cx.map(map)?;
    cx.bytes(timer, 16)?;
    if let Err(refused) = cx.bpf.refuse_nmi().and_then(|()| Bpf::timer_clock(flags)) {
        return errno(refused);
    }
    status(cx.bpf.init_async(AsyncKind::Timer, &map, timer))
}

fn set_callback(cx: &HelperCx<'_>, [timer, func, ..]: [u64; 5]) -> Reply {
    status(cx.bpf.set_async_callback(timer, cx.prog, func))
}

fn start(cx: &HelperCx<'_>, [timer, nsecs, flags, ..]: [u64; 5]) -> Reply {
    status(cx.bpf.start_timer(timer, nsecs, flags))
}

fn cancel(cx: &HelperCx<'_>, [timer, ..]: [u64; 5]) -> Reply {
    cx.bpf.cancel_timer(timer).map_or_else(errno, ret)
}

//! Work queues, task work, and timers from any context. Source: `kernel/bpf/helpers.c` (`bpf_wq_init`, `bpf_timer_cancel_async`). The rest is in
//! `runtime::fields`.

use sim::errno::Errno;

use super::Row;
use crate::runtime::{AsyncKind, Callee, HelperCx, Reply, errno, ret, status};

pub(super) const ROWS: &[Row] = &[
    Row { name: "bpf_wq_init", body: wq_init },
    Row { name: "bpf_wq_set_callback", body: wq_set_callback },
    Row { name: "bpf_wq_set_callback_impl", body: wq_set_callback },
    Row { name: "bpf_wq_start", body: wq_start },
    Row { name: "bpf_timer_cancel_async", body: timer_cancel_async },
    Row { name: "bpf_task_work_schedule_signal", body: task_work },
    Row { name: "bpf_task_work_schedule_resume", body: task_work },
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

/// Both ways of waking the task end in the same place here.
fn task_work(cx: &HelperCx<'_>, [task, field, map, func, _]: [u64; 5]) -> Reply {
    let map = cx.map(map)?;
    cx.bytes(field, 8)?;
    let callee = Callee { prog: cx.prog.clone(), func, holds: None };
    status(cx.bpf.schedule_task_work(task, field, &map, callee))
}

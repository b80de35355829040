//! Control flow: loops with a callback and tail calls. Source: `kernel/bpf/bpf_iter.c:bpf_loop`, `kernel/bpf/core.c` (tail call).

use sim::errno::Errno;

use super::Row;
use crate::interp::{Callback, Continuation, Outcome};
use crate::runtime::{CallFault, HelperCx, Reply, errno};

/// `BPF_MAX_LOOPS`.
const BPF_MAX_LOOPS: u32 = 8 * 1024 * 1024;

pub(super) const ROWS: &[Row] =
    &[Row { name: "bpf_loop", body: bpf_loop }, Row { name: "bpf_tail_call", body: tail_call }];

struct Loop {
    times: u32,
    done: u32,
    func: u64,
    ctx: u64,
}

fn bpf_loop(_: &HelperCx<'_>, [times, func, ctx, flags, _]: [u64; 5]) -> Reply {
    if flags != 0 {
        return errno(Errno::EINVAL);
    }
    let times = times as u32;
    if times > BPF_MAX_LOOPS {
        return errno(Errno::E2BIG);
    }
    Ok(Box::new(Loop { times, done: 0, func, ctx }).step())
}

impl Loop {
    fn step(mut self: Box<Self>) -> Outcome {
        if self.done == self.times {
            return Outcome::Ret(u64::from(self.done));
        }
        let args = [u64::from(self.done), self.ctx, 0, 0, 0];
        self.done += 1;
        Outcome::Callback(Callback { func: self.func, args, then: self })
    }
}

impl Continuation for Loop {
    fn resume(self: Box<Self>, r0: u64) -> Outcome {
        // A callback that returns 1 ends the loop; its iteration counts.
        if r0 != 0 { Outcome::Ret(u64::from(self.done)) } else { self.step() }
    }
}

/// Goes on after the call when there is no program at the index (the index is a u32).
fn tail_call(cx: &HelperCx<'_>, [_, map, index, ..]: [u64; 5]) -> Reply {
    let map = cx.map(map)?;
    let Some(array) = cx.bpf.tail_call_target(&*map, index as u32) else {
        return Err(CallFault::not_modelled(format!("bpf_tail_call through map {}", map.core().name)));
    };
    Ok(match array {
        Some(program) => Outcome::TailCall(program),
        // A failed tail call leaves r0 alone in the kernel; a verifier takes it as unknown. Here it is the error the comments name.
        None => Outcome::Ret(Errno::ENOENT.ret() as u64),
    })
}

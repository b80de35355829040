//! `bpf_user_ringbuf_drain`: a callback for each record that user space produced. Source: `kernel/bpf/ringbuf.c`; the buffer itself is
//! `maps::user_ringbuf`. Neighbour: `dynptr`.

use std::rc::Rc;

use maps::consts::{BPF_RB_FORCE_WAKEUP, BPF_RB_NO_WAKEUP};
use maps::map::Map;
use maps::user_ringbuf::{MAX_SAMPLES, Sample, UserRingbuf};
use sim::errno::Errno;
use sim::finding;

use super::Row;
use super::dynptr::{DYNPTR_BYTES, of_sample};
use crate::interp::{Callback, Continuation, Outcome};
use crate::runtime::{Bpf, CallFault, HelperCx, Reply, errno};

pub(super) const ROWS: &[Row] = &[Row { name: "bpf_user_ringbuf_drain", body: drain }];

const IS_RING: &str = "the map was checked at the start";

/// A drain in progress: this program is the ring's consumer until it is dropped.
struct Drain {
    bpf: Bpf,
    map: Rc<dyn Map>,
    func: u64,
    ctx: u64,
    flags: u64,
    /// Where the dynptr is that the callback gets.
    dynptr: u64,
    current: Option<Sample>,
    /// Records that were looked at, and how many of them the producer had discarded.
    looked_at: u32,
    discarded: u32,
}

fn drain(cx: &HelperCx<'_>, [map, func, ctx, flags, _]: [u64; 5]) -> Reply {
    let map = cx.map(map)?;
    let Some(ring) = map.as_user_ringbuf() else {
        let message = format!("map {} is not a user ring buffer", map.core().name);
        return Err(CallFault::new(finding::OUT_OF_BOUNDS, message));
    };
    if flags & !(BPF_RB_NO_WAKEUP | BPF_RB_FORCE_WAKEUP) != 0 {
        return errno(Errno::EINVAL);
    }
    if let Err(busy) = ring.begin() {
        return errno(busy);
    }
    let m = cx.machine();
    let dynptr = m.arena_mut().alloc_zeroed(DYNPTR_BYTES, "struct bpf_dynptr_kern", m.stamp());
    let Some(dynptr) = dynptr else {
        ring.end(m, 0, BPF_RB_NO_WAKEUP);
        return Err(CallFault::not_modelled("bpf_user_ringbuf_drain without kernel memory"));
    };
    let drain = Drain {
        bpf: cx.bpf.clone(),
        map,
        func,
        ctx,
        flags,
        dynptr,
        current: None,
        looked_at: 0,
        discarded: 0,
    };
    Ok(Box::new(drain).step())
}

impl Drain {
    fn ring(&self) -> &UserRingbuf {
        self.map.as_user_ringbuf().expect(IS_RING)
    }

    fn step(mut self: Box<Self>) -> Outcome {
        let m = self.bpf.machine().clone();
        while self.looked_at < MAX_SAMPLES {
            match self.ring().peek(&m) {
                Ok(sample) => {
                    self.current = Some(sample);
                    m.arena_mut().write(self.dynptr, &of_sample(sample)).expect("allocated at the start");
                    let args = [self.dynptr, self.ctx, 0, 0, 0];
                    return Outcome::Callback(Callback { func: self.func, args, then: self });
                }
                Err(Errno::ENODATA) => break,
                Err(Errno::EAGAIN) => {
                    self.discarded += 1;
                    self.looked_at += 1;
                }
                Err(bad) => return Outcome::Ret(bad.ret() as u64),
            }
        }
        self.seen()
    }

    fn seen(&self) -> Outcome {
        Outcome::Ret(u64::from(self.looked_at - self.discarded))
    }
}

impl Continuation for Drain {
    fn resume(mut self: Box<Self>, r0: u64) -> Outcome {
        let sample = self.current.take().expect("a callback was made for it");
        self.ring().release_sample(sample);
        self.looked_at += 1;
        // 0 goes on, 1 stops.
        if r0 == 0 { self.step() } else { self.seen() }
    }
}

impl Drop for Drain {
    /// Also when the run ends inside the callback: the sample stays for the next consumer.
    fn drop(&mut self) {
        let m = self.bpf.machine();
        m.arena_mut().free(self.dynptr, m.stamp());
        self.ring().end(m, self.looked_at, self.flags);
    }
}

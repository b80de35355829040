//! Clocks and random numbers. Source: `kernel/bpf/helpers.c`, `kernel/bpf/core.c:bpf_user_rnd_u32`.

use super::Row;
use crate::runtime::{HelperCx, Reply, ret};

/// `HZ` of Debian's kernels.
const HZ: u64 = 250;
const NSEC_PER_SEC: u64 = 1_000_000_000;
/// `INITIAL_JIFFIES`: five minutes before the 32-bit counter wraps (`include/linux/jiffies.h`); the 64-bit one starts there too.
const INITIAL_JIFFIES: u64 = (-300_i32 * HZ as i32) as u32 as u64;

pub(super) const ROWS: &[Row] = &[
    Row { name: "bpf_ktime_get_ns", body: now },
    // The machine is never suspended, so both clocks agree; TAI and real time are not set.
    Row { name: "bpf_ktime_get_boot_ns", body: now },
    Row { name: "bpf_ktime_get_coarse_ns", body: coarse },
    Row { name: "bpf_jiffies64", body: jiffies },
    Row { name: "bpf_get_prandom_u32", body: prandom },
];

fn now(cx: &HelperCx<'_>, _: [u64; 5]) -> Reply {
    ret(cx.machine().now_ns())
}

/// The clock of the last tick.
fn coarse(cx: &HelperCx<'_>, _: [u64; 5]) -> Reply {
    let tick = NSEC_PER_SEC / HZ;
    ret(cx.machine().now_ns() / tick * tick)
}

fn jiffies(cx: &HelperCx<'_>, _: [u64; 5]) -> Reply {
    ret(INITIAL_JIFFIES + cx.machine().now_ns() / (NSEC_PER_SEC / HZ))
}

fn prandom(cx: &HelperCx<'_>, _: [u64; 5]) -> Reply {
    ret(u64::from(cx.machine().rng_u32("bpf_prandom")))
}

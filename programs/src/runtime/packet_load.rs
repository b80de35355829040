//! The legacy packet loads `LD_ABS` and `LD_IND` (`net/core/filter.c:bpf_skb_load_helper_8` and friends): a load in network byte order
//! from the packet; outside it the program ends with 0.

use super::cx::{HelperCx, Reply, ret};
use super::invocation::Frame;
use crate::interp::Outcome;

/// Offsets from here on are relative to the network header (`SKF_NET_OFF`), below to the link layer or to fields of the kernel's.
const SKF_NET_OFF: i64 = -0x10_0000;
const SKF_LL_OFF: i64 = -0x20_0000;

pub(super) fn load(cx: &HelperCx<'_>, size: u8, offset: i64) -> Reply {
    let Frame::Packet(packet) = cx.frame() else { return Ok(Outcome::Exit(0)) };
    let [data, end, _] = packet.bounds(cx.machine())?;
    let start = match offset {
        0.. => offset,
        o if o >= SKF_NET_OFF => o - SKF_NET_OFF + packet.network_offset.get() as i64,
        o if o >= SKF_LL_OFF => o - SKF_LL_OFF,
        _ => return Ok(Outcome::Exit(0)),
    };
    let Some(addr) = data.checked_add(start as u64).filter(|a| a + u64::from(size) <= end) else {
        return Ok(Outcome::Exit(0));
    };
    let bytes = cx.bytes(addr, u64::from(size))?;
    ret(bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
}

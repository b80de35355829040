//! Packets: reading, writing, moving their ends, redirecting. Source: `net/core/filter.c`. Packets here are in one piece (no fragments,
//! no paged data).

use sim::errno::Errno;

use super::Row;
use crate::profile::{KernelVersion, ProgType};
use crate::runtime::{CallFault, Frame, HelperCx, PacketFrame, ProgEvent, Reply, errno, ret};

pub(super) const ROWS: &[Row] = &[
    Row { name: "bpf_skb_load_bytes", body: skb_load_bytes },
    Row { name: "bpf_skb_load_bytes_relative", body: skb_load_bytes_relative },
    Row { name: "bpf_skb_store_bytes", body: skb_store_bytes },
    Row { name: "bpf_skb_pull_data", body: skb_pull_data },
    Row { name: "bpf_xdp_adjust_head", body: xdp_adjust_head },
    Row { name: "bpf_xdp_adjust_meta", body: xdp_adjust_meta },
    Row { name: "bpf_xdp_adjust_tail", body: xdp_adjust_tail },
    Row { name: "bpf_xdp_get_buff_len", body: xdp_get_buff_len },
    Row { name: "bpf_xdp_load_bytes", body: xdp_load_bytes },
    Row { name: "bpf_xdp_store_bytes", body: xdp_store_bytes },
    Row { name: "bpf_redirect", body: redirect },
];

/// Shortest packet that may remain (`ETH_HLEN`).
const ETH_HLEN: u64 = 14;
/// `sizeof(struct xdp_frame)`, kept free at the start of the buffer.
const XDP_FRAME_BYTES: u64 = 40;
/// `BPF_F_RECOMPUTE_CSUM | BPF_F_INVALIDATE_HASH`. Checksums of the stack are not kept, so neither changes anything.
const STORE_FLAGS: u64 = 3;
const BPF_HDR_START_MAC: u64 = 0;
const BPF_HDR_START_NET: u64 = 1;
const BPF_F_INGRESS: u64 = 1;
const XDP_ABORTED: u64 = 0;
const XDP_REDIRECT: u64 = 4;
const TC_ACT_SHOT: u64 = 2;
const TC_ACT_REDIRECT: u64 = 7;

fn packet<'a>(cx: &'a HelperCx<'_>) -> Result<&'a PacketFrame, CallFault> {
    match cx.frame() {
        Frame::Packet(packet) => Ok(packet),
        _ => Err(CallFault::not_modelled("a packet helper without a packet")),
    }
}

/// Address of `len` bytes at an offset, if the packet has them.
fn within(cx: &HelperCx<'_>, packet: &PacketFrame, offset: u64, len: u64) -> Result<Option<u64>, CallFault> {
    let [data, end, _] = packet.bounds(cx.machine())?;
    let last = offset.checked_add(len).and_then(|last| data.checked_add(last));
    Ok(last.filter(|last| *last <= end).map(|_| data + offset))
}

fn copy_out(cx: &HelperCx<'_>, from: Option<u64>, to: u64, len: u64) -> Reply {
    match from {
        Some(from) => {
            let bytes = cx.bytes(from, len)?;
            cx.write(to, &bytes)?;
            ret(0)
        }
        None => {
            cx.fill(to, len, 0)?;
            errno(Errno::EFAULT)
        }
    }
}

fn skb_load_bytes(cx: &HelperCx<'_>, [_, offset, to, len, _]: [u64; 5]) -> Reply {
    let (offset, len) = (u64::from(offset as u32), u64::from(len as u32));
    let from = if offset > i32::MAX as u64 { None } else { within(cx, packet(cx)?, offset, len)? };
    copy_out(cx, from, to, len)
}

fn skb_load_bytes_relative(cx: &HelperCx<'_>, [_, offset, to, len, start]: [u64; 5]) -> Reply {
    let (offset, len) = (u64::from(offset as u32), u64::from(len as u32));
    let packet = packet(cx)?;
    let base = match u64::from(start as u32) {
        BPF_HDR_START_MAC => Some(0),
        BPF_HDR_START_NET => Some(packet.network_offset.get()),
        _ => None,
    };
    let from = match base.filter(|_| offset <= 0xffff) {
        Some(base) => within(cx, packet, base + offset, len)?,
        None => None,
    };
    copy_out(cx, from, to, len)
}

fn skb_store_bytes(cx: &HelperCx<'_>, [_, offset, from, len, flags]: [u64; 5]) -> Reply {
    if flags & !STORE_FLAGS != 0 {
        return errno(Errno::EINVAL);
    }
    let (offset, len) = (u64::from(offset as u32), u64::from(len as u32));
    match within(cx, packet(cx)?, offset, len)? {
        Some(to) if offset <= i32::MAX as u64 => {
            let bytes = cx.bytes(from, len)?;
            cx.write(to, &bytes)?;
            ret(0)
        }
        _ => errno(Errno::EFAULT),
    }
}

/// Packets are linear already.
fn skb_pull_data(cx: &HelperCx<'_>, [_, len, ..]: [u64; 5]) -> Reply {
    match within(cx, packet(cx)?, 0, u64::from(len as u32))? {
        Some(_) => ret(0),
        None => errno(Errno::ENOMEM),
    }
}

fn xdp_adjust_head(cx: &HelperCx<'_>, [_, delta, ..]: [u64; 5]) -> Reply {
    let (packet, delta) = (packet(cx)?, delta as i32);
    let [data, end, meta] = packet.bounds(cx.machine())?;
    let meta_len = data - meta;
    let new = data.wrapping_add_signed(i64::from(delta));
    if new < packet.buffer + XDP_FRAME_BYTES + meta_len || new > end.wrapping_sub(ETH_HLEN) {
        return errno(Errno::EINVAL);
    }
    let moved = meta.wrapping_add_signed(i64::from(delta));
    if meta_len > 0 {
        cx.machine().arena_mut().copy(moved, meta, meta_len as usize)?;
    }
    packet.set_bounds(cx.machine(), [new, end, moved])?;
    ret(0)
}

fn xdp_adjust_meta(cx: &HelperCx<'_>, [_, delta, ..]: [u64; 5]) -> Reply {
    let packet = packet(cx)?;
    let [data, end, meta] = packet.bounds(cx.machine())?;
    let new = meta.wrapping_add_signed(i64::from(delta as i32));
    if new < packet.buffer + XDP_FRAME_BYTES || new > data {
        return errno(Errno::EINVAL);
    }
    // `xdp_metalen_invalid`: a multiple of 4, at most 32, or what fits a byte since 6.8.
    let most = if cx.version() >= KernelVersion::V6_12 { 255 } else { 32 };
    if !(data - new).is_multiple_of(4) || data - new > most {
        return errno(Errno::EACCES);
    }
    packet.set_bounds(cx.machine(), [data, end, new])?;
    ret(0)
}

fn xdp_adjust_tail(cx: &HelperCx<'_>, [_, delta, ..]: [u64; 5]) -> Reply {
    let packet = packet(cx)?;
    let [data, end, meta] = packet.bounds(cx.machine())?;
    let new = end.wrapping_add_signed(i64::from(delta as i32));
    if new > packet.buffer_end || new < data + ETH_HLEN {
        return errno(Errno::EINVAL);
    }
    if new > end {
        cx.fill(end, new - end, 0)?;
    }
    packet.set_bounds(cx.machine(), [data, new, meta])?;
    ret(0)
}

fn xdp_get_buff_len(cx: &HelperCx<'_>, _: [u64; 5]) -> Reply {
    let [data, end, _] = packet(cx)?.bounds(cx.machine())?;
    ret(end - data)
}

/// The place of a load or store; -EFAULT for absurd numbers, -EINVAL beyond the packet (`bpf_xdp_pointer`).
fn xdp_place(cx: &HelperCx<'_>, offset: u64, len: u64) -> Result<Result<u64, Errno>, CallFault> {
    if offset > 0xffff || len > 0xffff {
        return Ok(Err(Errno::EFAULT));
    }
    Ok(within(cx, packet(cx)?, offset, len)?.ok_or(Errno::EINVAL))
}

fn xdp_load_bytes(cx: &HelperCx<'_>, [_, offset, to, len, _]: [u64; 5]) -> Reply {
    let (offset, len) = (u64::from(offset as u32), u64::from(len as u32));
    match xdp_place(cx, offset, len)? {
        Ok(from) => copy_out(cx, Some(from), to, len),
        Err(e) => errno(e),
    }
}

fn xdp_store_bytes(cx: &HelperCx<'_>, [_, offset, from, len, _]: [u64; 5]) -> Reply {
    let (offset, len) = (u64::from(offset as u32), u64::from(len as u32));
    match xdp_place(cx, offset, len)? {
        Ok(to) => {
            let bytes = cx.bytes(from, len)?;
            cx.write(to, &bytes)?;
            ret(0)
        }
        Err(e) => errno(e),
    }
}

/// `bpf_xdp_redirect`, `bpf_redirect`: notes where the packet shall go; the return value makes it go.
fn redirect(cx: &HelperCx<'_>, [ifindex, flags, ..]: [u64; 5]) -> Reply {
    let ifindex = ifindex as u32;
    let xdp = cx.prog.prog_type() == ProgType::XDP;
    let (allowed, refused, accepted) =
        if xdp { (0, XDP_ABORTED, XDP_REDIRECT) } else { (BPF_F_INGRESS, TC_ACT_SHOT, TC_ACT_REDIRECT) };
    if flags & !allowed != 0 {
        return ret(refused);
    }
    packet(cx)?.redirect.set(Some((ifindex, flags)));
    cx.machine().emit_with(|| ProgEvent::Redirect { ifindex, flags });
    ret(accepted)
}

//! Packets as programs see them: the simulated `xdp_buff` and `sk_buff`, and the contexts made from them.
//!
//! A program's source reads `struct xdp_md` and `struct __sk_buff`, whose pointers are 32 bits wide; the kernel's verifier rewrites these
//! accesses to the real structures (`net/core/filter.c:xdp_convert_ctx_access`, `bpf_convert_ctx_access`). Here [`super::ctx_access`]
//! rewrites the pointer fields to 64-bit fields behind the UAPI structure; the rest is read where the UAPI structure has it.
//!
//! Key types: [`PacketFrame`], [`PacketKind`]. Neighbours: `hooks` builds one per packet, `helpers::packet` changes it.

use std::cell::Cell;

use sim::arena::MemFault;
use sim::machine::Machine;

/// Bytes in front of a packet that `bpf_xdp_adjust_head` may grow into (`XDP_PACKET_HEADROOM`).
pub const XDP_PACKET_HEADROOM: u64 = 256;
/// Bytes of a packet buffer before `skb_shared_info` (320 bytes) at the end of its page. `bpf_xdp_adjust_tail` may grow up to there.
const BUFFER_BYTES: usize = 4096 - 320;
/// Where the 64-bit pointers begin in a context object; the UAPI structures are shorter.
pub const POINTERS: u64 = 256;
/// Bytes of a context object.
pub const CTX_BYTES: usize = 512;

/// Which structure stands behind a packet context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PacketKind {
    /// `struct xdp_md`.
    Xdp,
    /// `struct __sk_buff`.
    Skb,
}

/// A pointer field of a context: UAPI offset of the 32-bit field, offset of the 64-bit one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PointerField {
    pub name: &'static str,
    pub uapi: u32,
    pub real: u64,
}

const fn field(name: &'static str, uapi: u32, index: u64) -> PointerField {
    PointerField { name, uapi, real: POINTERS + 8 * index }
}

const XDP_POINTERS: [PointerField; 3] =
    [field("data", 0, 0), field("data_end", 4, 1), field("data_meta", 8, 2)];
const SKB_POINTERS: [PointerField; 3] =
    [field("data", 76, 0), field("data_end", 80, 1), field("data_meta", 140, 2)];

impl PacketKind {
    /// Its pointer fields: data, data_end, data_meta (`include/uapi/linux/bpf.h`).
    pub const fn pointers(self) -> &'static [PointerField; 3] {
        match self {
            PacketKind::Xdp => &XDP_POINTERS,
            PacketKind::Skb => &SKB_POINTERS,
        }
    }
}

/// A packet and the context made for it.
#[derive(Debug)]
pub struct PacketFrame {
    pub kind: PacketKind,
    /// Address of the context object.
    pub ctx: u64,
    /// The buffer object around the packet.
    pub buffer: u64,
    pub buffer_end: u64,
    /// Offset of the network header in the packet, for `bpf_skb_load_bytes_relative`.
    pub network_offset: Cell<u64>,
    /// What `bpf_redirect` chose: interface and flags.
    pub redirect: Cell<Option<(u32, u64)>>,
}

impl PacketFrame {
    /// Puts a packet and its context into kernel memory. `None` when that is full.
    pub fn new(m: &Machine, kind: PacketKind, bytes: &[u8]) -> Option<PacketFrame> {
        let at = m.stamp();
        let size = BUFFER_BYTES.max(XDP_PACKET_HEADROOM as usize + bytes.len());
        let mut arena = m.arena_mut();
        let buffer = arena.alloc_zeroed(size, "packet buffer", at)?;
        let what = if kind == PacketKind::Xdp { "struct xdp_buff" } else { "struct sk_buff" };
        let Some(ctx) = arena.alloc_zeroed(CTX_BYTES, what, at) else {
            arena.free(buffer, at);
            return None;
        };
        let data = buffer + XDP_PACKET_HEADROOM;
        arena.write(data, bytes).expect("the buffer holds the packet");
        drop(arena);
        let frame = PacketFrame {
            kind,
            ctx,
            buffer,
            buffer_end: buffer + size as u64,
            network_offset: Cell::new(14),
            redirect: Cell::new(None),
        };
        let end = data + bytes.len() as u64;
        frame.set_bounds(m, [data, end, data]).expect("the context is live");
        Some(frame)
    }

    /// data, data_end, data_meta.
    pub fn bounds(&self, m: &Machine) -> Result<[u64; 3], MemFault> {
        let arena = m.arena();
        let [data, end, meta] = self.kind.pointers().map(|f| arena.load(self.ctx + f.real, 8));
        Ok([data?, end?, meta?])
    }

    /// Moves data, data_end, data_meta; keeps `__sk_buff.len` right.
    pub fn set_bounds(&self, m: &Machine, bounds: [u64; 3]) -> Result<(), MemFault> {
        let mut arena = m.arena_mut();
        for (pointer, value) in self.kind.pointers().iter().zip(bounds) {
            arena.store(self.ctx + pointer.real, 8, value)?;
        }
        if self.kind == PacketKind::Skb {
            arena.store(self.ctx, 4, bounds[1] - bounds[0])?;
        }
        Ok(())
    }

    /// Sets a 32-bit field of the UAPI structure, e.g. `ifindex`.
    pub fn set_u32(&self, m: &Machine, uapi_offset: u64, value: u32) -> Result<(), MemFault> {
        m.arena_mut().store(self.ctx + uapi_offset, 4, u64::from(value))
    }

    /// The packet's bytes as they are now.
    pub fn bytes(&self, m: &Machine) -> Result<Vec<u8>, MemFault> {
        let [data, end, _] = self.bounds(m)?;
        Ok(m.arena().read(data, end.saturating_sub(data) as usize)?.to_vec())
    }

    /// Frees packet and context.
    pub fn free(self, m: &Machine) {
        let at = m.stamp();
        let mut arena = m.arena_mut();
        arena.free(self.ctx, at);
        arena.free(self.buffer, at);
    }
}

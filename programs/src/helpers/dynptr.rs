//! Dynptrs: memory with bounds that helpers check. Source: `kernel/bpf/helpers.c`, `kernel/bpf/ringbuf.c`.
//!
//! In memory a dynptr is the kernel's 16 bytes: address, size with type and flags, offset. Neighbours: `user_ringbuf` makes them for
//! callbacks, `ringbuf` has the records.

use maps::user_ringbuf::Sample;
use sim::errno::Errno;

use super::{Row, ringbuf};
use crate::runtime::{CallFault, HelperCx, Reply, errno, ret};

pub(super) const ROWS: &[Row] = &[
    Row { name: "bpf_dynptr_from_mem", body: from_mem },
    Row { name: "bpf_dynptr_read", body: read },
    Row { name: "bpf_dynptr_write", body: write },
    Row { name: "bpf_dynptr_data", body: data },
    Row { name: "bpf_ringbuf_reserve_dynptr", body: reserve },
    Row { name: "bpf_ringbuf_submit_dynptr", body: submit },
    Row { name: "bpf_ringbuf_discard_dynptr", body: discard },
];

/// `sizeof(struct bpf_dynptr_kern)`.
pub(super) const DYNPTR_BYTES: usize = 16;
const MAX_SIZE: u64 = (1 << 24) - 1;
const SIZE_MASK: u32 = 0x00ff_ffff;
const RDONLY: u32 = 1 << 31;
const TYPE_SHIFT: u32 = 28;
const TYPE_LOCAL: u32 = 1;
const TYPE_RINGBUF: u32 = 2;

/// A dynptr as it is read from memory.
struct Dynptr {
    /// 0: a null dynptr.
    data: u64,
    size: u64,
    read_only: bool,
    offset: u64,
}

/// The bytes of a dynptr to a user ring buffer's sample.
pub(super) fn of_sample(sample: Sample) -> [u8; DYNPTR_BYTES] {
    bytes(sample.addr, u64::from(sample.size), TYPE_LOCAL)
}

fn bytes(data: u64, size: u64, kind: u32) -> [u8; DYNPTR_BYTES] {
    let mut bytes = [0; DYNPTR_BYTES];
    bytes[..8].copy_from_slice(&data.to_le_bytes());
    bytes[8..12].copy_from_slice(&(size as u32 | kind << TYPE_SHIFT).to_le_bytes());
    bytes
}

fn load(cx: &HelperCx<'_>, addr: u64) -> Result<Dynptr, CallFault> {
    let arena = cx.machine().arena();
    let word = arena.load_u32(addr + 8)?;
    Ok(Dynptr {
        data: arena.load_u64(addr)?,
        size: u64::from(word & SIZE_MASK),
        read_only: word & RDONLY != 0,
        offset: u64::from(arena.load_u32(addr + 12)?),
    })
}

fn set_null(cx: &HelperCx<'_>, addr: u64) -> Result<(), CallFault> {
    cx.write(addr, &[0; DYNPTR_BYTES])
}

impl Dynptr {
    /// `bpf_dynptr_check_off_len`, and the address of the part.
    fn part(&self, offset: u64, len: u64) -> Result<u64, Errno> {
        let (offset, len) = (u64::from(offset as u32), u64::from(len as u32));
        if len > self.size || offset > self.size - len {
            return Err(Errno::E2BIG);
        }
        Ok(self.data + self.offset + offset)
    }
}

fn from_mem(cx: &HelperCx<'_>, [data, size, flags, ptr, _]: [u64; 5]) -> Reply {
    let refused = match (u64::from(size as u32) > MAX_SIZE, flags) {
        (true, _) => Some(Errno::E2BIG),
        (_, 1..) => Some(Errno::EINVAL),
        _ => None,
    };
    if let Some(refused) = refused {
        set_null(cx, ptr)?;
        return errno(refused);
    }
    cx.write(ptr, &bytes(data, u64::from(size as u32), TYPE_LOCAL))?;
    ret(0)
}

fn read(cx: &HelperCx<'_>, [dst, len, src, offset, flags]: [u64; 5]) -> Reply {
    let src = load(cx, src)?;
    if src.data == 0 || flags != 0 {
        return errno(Errno::EINVAL);
    }
    match src.part(offset, len) {
        Ok(from) => {
            let bytes = cx.bytes(from, u64::from(len as u32))?;
            cx.write(dst, &bytes)?;
            ret(0)
        }
        Err(refused) => errno(refused),
    }
}

fn write(cx: &HelperCx<'_>, [dst, offset, src, len, flags]: [u64; 5]) -> Reply {
    let dst = load(cx, dst)?;
    if dst.data == 0 || dst.read_only || flags != 0 {
        return errno(Errno::EINVAL);
    }
    match dst.part(offset, len) {
        Ok(to) => {
            let bytes = cx.bytes(src, u64::from(len as u32))?;
            cx.write(to, &bytes)?;
            ret(0)
        }
        Err(refused) => errno(refused),
    }
}

/// A pointer into the memory, or null.
fn data(cx: &HelperCx<'_>, [ptr, offset, len, ..]: [u64; 5]) -> Reply {
    let ptr = load(cx, ptr)?;
    let usable = ptr.data != 0 && !ptr.read_only;
    ret(if usable { ptr.part(offset, len).unwrap_or(0) } else { 0 })
}

fn reserve(cx: &HelperCx<'_>, [map, size, flags, ptr, _]: [u64; 5]) -> Reply {
    let size = u64::from(size as u32);
    let refused = if flags != 0 {
        Errno::EINVAL
    } else if size > MAX_SIZE {
        Errno::E2BIG
    } else {
        match ringbuf::reserve_record(cx, map, size)? {
            Some(record) => {
                cx.write(ptr, &bytes(record, size, TYPE_RINGBUF))?;
                return ret(0);
            }
            None => Errno::EINVAL,
        }
    };
    set_null(cx, ptr)?;
    errno(refused)
}

fn submit(cx: &HelperCx<'_>, [ptr, flags, ..]: [u64; 5]) -> Reply {
    commit(cx, ptr, flags, false)
}

fn discard(cx: &HelperCx<'_>, [ptr, flags, ..]: [u64; 5]) -> Reply {
    commit(cx, ptr, flags, true)
}

/// A null dynptr, which a failed reservation leaves, is no error.
fn commit(cx: &HelperCx<'_>, ptr: u64, flags: u64, discard: bool) -> Reply {
    let record = load(cx, ptr)?.data;
    if record == 0 {
        return ret(0);
    }
    set_null(cx, ptr)?;
    ringbuf::commit(cx, record, flags, discard)
}

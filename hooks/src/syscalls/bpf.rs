//! `bpf(2)` from user space, for maps: lookup, update, delete, get_next_key, freeze. The map comes by descriptor; the runner opens one
//! for each map that a step names.

use std::rc::Rc;

use maps::map::Map;
use sim::errno::Errno;

use super::{Call, Row, row};
use crate::process::Fd;

pub(super) const ROWS: &[Row] = &[row!("bpf", 3, bpf)];

/// Smallest `union bpf_attr` that holds the fields of the element commands.
const ELEM_ATTR_BYTES: usize = 32;
/// A page: what the kernel accepts at most (`bpf_check_uarg_tail_zero`).
const MAX_ATTR_BYTES: u64 = 4096;

/// The element commands' fields (include/uapi/linux/bpf.h).
struct Attr {
    map_fd: u64,
    key: u64,
    /// `value`, or `next_key` of get_next_key.
    value: u64,
    flags: u64,
}

type Command = fn(&Rc<dyn Map>, &Call, Operands) -> Result<Option<Vec<u8>>, Errno>;

/// What a command works on: key bytes (`None`: the first key is asked for), value bytes, flags.
struct Operands {
    key: Option<Vec<u8>>,
    value: Vec<u8>,
    flags: u64,
}

/// Command number, whether it reads the value from user memory, and its body. A returned vector is written to `value`.
const COMMANDS: &[(u64, bool, Command)] = &[
    (1, false, |map, call, op| {
        let key = op.key.ok_or(Errno::EFAULT)?;
        map.lookup_user(call.kernel.machine(), &key, op.flags).map(Some)
    }),
    (2, true, |map, call, op| {
        let key = op.key.ok_or(Errno::EFAULT)?;
        map.update_user(call.kernel.machine(), &key, &op.value, op.flags).map(|()| None)
    }),
    (3, false, |map, call, op| {
        map.delete_user(call.kernel.machine(), &op.key.ok_or(Errno::EFAULT)?).map(|()| None)
    }),
    (4, false, |map, call, op| map.next_key_user(call.kernel.machine(), op.key.as_deref()).map(Some)),
    (22, false, |map, call, _| map.freeze(call.kernel.machine()).map(|()| None)),
];

const GET_NEXT_KEY: u64 = 4;
const MAP_FREEZE: u64 = 22;

/// `__sys_bpf()` (kernel/bpf/syscall.c).
async fn bpf(call: Call) -> Result<i64, Errno> {
    let [number, attr_addr, size, ..] = call.args;
    if size > MAX_ATTR_BYTES {
        return Err(Errno::E2BIG);
    }
    let mut bytes = call.read_user(attr_addr, size as usize).await?;
    bytes.resize(bytes.len().max(ELEM_ATTR_BYTES), 0);
    let attr_object = call.kernel.alloc_context("bpf_attr", &bytes);
    let allowed = call.lsm("bpf", &[number, attr_object, size, 0]).await;
    call.kernel.free_context(attr_object);
    allowed?;
    let (_, reads_value, command) = COMMANDS.iter().find(|(nr, ..)| *nr == number).ok_or(Errno::EINVAL)?;
    let attr = parse(&bytes);
    let Fd::Map(map) = call.process().get(attr.map_fd)? else { return Err(Errno::EINVAL) };
    let operands = read_operands(&call, &attr, &map, number, *reads_value).await?;
    if let Some(result) = command(&map, &call, operands)? {
        call.write_user(attr.value, &result).await?;
    }
    Ok(0)
}

fn parse(bytes: &[u8]) -> Attr {
    let word = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"));
    Attr { map_fd: word(0) & 0xffff_ffff, key: word(8), value: word(16), flags: word(24) }
}

async fn read_operands(
    call: &Call,
    attr: &Attr,
    map: &Rc<dyn Map>,
    number: u64,
    value: bool,
) -> Result<Operands, Errno> {
    let key_size = map.spec().key_size as usize;
    let no_key = number == MAP_FREEZE || (number == GET_NEXT_KEY && attr.key == 0);
    let key = if no_key { None } else { Some(call.read_user(attr.key, key_size).await?) };
    let value = if value {
        call.read_user(attr.value, map.core().user_value_size(attr.flags)).await?
    } else {
        Vec::new()
    };
    Ok(Operands { key, value, flags: attr.flags })
}

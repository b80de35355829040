//! Strings: comparison and numbers. Source: `kernel/bpf/helpers.c` (`bpf_strncmp`, `__bpf_strtoull`).

use sim::errno::Errno;

use super::Row;
use crate::runtime::{CallFault, HelperCx, Reply, errno, ret};

pub(super) const ROWS: &[Row] = &[
    Row { name: "bpf_strncmp", body: strncmp },
    Row { name: "bpf_strtol", body: strtol },
    Row { name: "bpf_strtoul", body: strtoul },
];

/// `BPF_STRTOX_BASE_MASK`.
const BASE_MASK: u64 = 0x1f;

fn strncmp(cx: &HelperCx<'_>, [s1, size, s2, ..]: [u64; 5]) -> Reply {
    let arena = cx.machine().arena();
    for at in 0..size {
        let (a, b) = (arena.load_u8(s1.wrapping_add(at))?, arena.load_u8(s2.wrapping_add(at))?);
        if a != b || a == 0 {
            return ret(i64::from(i32::from(a) - i32::from(b)) as u64);
        }
    }
    ret(0)
}

/// A number at the start of a text: magnitude, sign, bytes consumed.
struct Parsed {
    magnitude: u64,
    negative: bool,
    consumed: usize,
}

fn parse(text: &[u8], flags: u64) -> Result<Parsed, Errno> {
    let base = flags & BASE_MASK;
    if ![0, 8, 10, 16].contains(&base) || flags & !BASE_MASK != 0 || text.is_empty() {
        return Err(Errno::EINVAL);
    }
    let spaces = text.iter().take_while(|b| b" \t\n\x0b\x0c\r".contains(b)).count();
    let negative = text.get(spaces) == Some(&b'-');
    let start = spaces + usize::from(negative);
    let rest = &text[start..];
    let hex = rest.len() > 2 && rest[0] == b'0' && rest[1] | 0x20 == b'x' && rest[2].is_ascii_hexdigit();
    let base = match base {
        0 if hex => 16,
        0 if rest.first() == Some(&b'0') => 8,
        0 => 10,
        base => base as u32,
    };
    let prefix = if base == 16 && hex { 2 } else { 0 };
    let mut magnitude = 0u64;
    let mut digits = 0;
    for digit in rest[prefix..].iter().map_while(|b| char::from(*b).to_digit(base)) {
        let scaled = magnitude.checked_mul(u64::from(base)).and_then(|v| v.checked_add(u64::from(digit)));
        magnitude = scaled.ok_or(Errno::ERANGE)?;
        digits += 1;
    }
    if digits == 0 {
        return Err(Errno::EINVAL);
    }
    Ok(Parsed { magnitude, negative, consumed: start + prefix + digits })
}

fn text(cx: &HelperCx<'_>, addr: u64, len: u64) -> Result<Vec<u8>, CallFault> {
    let mut text = cx.bytes(addr, len)?;
    text.truncate(text.iter().position(|b| *b == 0).unwrap_or(text.len()));
    Ok(text)
}

fn strtol(cx: &HelperCx<'_>, [buf, len, flags, result, _]: [u64; 5]) -> Reply {
    let parsed = parse(&text(cx, buf, len)?, flags).and_then(|p| {
        let limit = i64::MAX as u64 + u64::from(p.negative);
        if p.magnitude > limit {
            return Err(Errno::ERANGE);
        }
        Ok((if p.negative { p.magnitude.wrapping_neg() } else { p.magnitude }, p.consumed))
    });
    finish(cx, result, parsed)
}

fn strtoul(cx: &HelperCx<'_>, [buf, len, flags, result, _]: [u64; 5]) -> Reply {
    let parsed = parse(&text(cx, buf, len)?, flags);
    let parsed =
        parsed.and_then(|p| if p.negative { Err(Errno::EINVAL) } else { Ok((p.magnitude, p.consumed)) });
    finish(cx, result, parsed)
}

fn finish(cx: &HelperCx<'_>, result: u64, parsed: Result<(u64, usize), Errno>) -> Reply {
    match parsed {
        Ok((value, consumed)) => {
            cx.store(result, 8, value)?;
            ret(consumed as u64)
        }
        Err(e) => errno(e),
    }
}

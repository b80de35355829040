//! The shadow: one byte for each 8-byte granule of the arena, in the manner of KASAN (`Documentation/dev-tools/kasan.rst`).
//!
//! The low nibble of a shadow byte is the number of bytes, from the granule's start, that may be read; so one mask and
//! one compare decide a load. The high nibble says why not, or that the granule is read-only. Zero means "never
//! allocated", so that a fresh shadow is a lazily committed zeroed allocation. Neighbours: `access` checks it on each
//! load and store, `slab` writes it on alloc and free.

use super::MemFaultKind;

/// Bytes per granule.
pub(super) const GRANULE: usize = 8;
/// No object was ever here.
#[cfg(test)]
pub(super) const NEVER: u8 = 0x00;
/// All eight bytes belong to a live object. `1..=7`: only that many from the granule's start.
pub(super) const FULL: u8 = 0x08;
/// Flag beside a byte count: the object refuses stores.
pub(super) const READ_ONLY: u8 = 0x40;
/// Flag beside a byte count: loads and stores are noted (`watch`).
pub(super) const WATCHED: u8 = 0x20;
/// The object that was here is freed.
pub(super) const FREED: u8 = 0xb0;
/// Between two objects, or behind the requested size inside a size class.
pub(super) const REDZONE: u8 = 0xf0;

const COUNT_MASK: u8 = 0x0f;

/// Whether a load inside the granule needs no further look: all eight bytes are live and nobody watches.
#[inline(always)]
pub(super) const fn plainly_readable(shadow: u8) -> bool {
    shadow & (COUNT_MASK | WATCHED) == FULL
}

/// How many bytes from the granule's start may be read.
#[inline(always)]
pub(super) const fn readable(shadow: u8) -> u8 {
    shadow & COUNT_MASK
}

/// Whether a store to a fully allocated granule is allowed.
#[inline(always)]
pub(super) const fn writable_granule(shadow: u8) -> bool {
    shadow == FULL
}

/// Marks `size` bytes from a granule-aligned `start` as live and the rest up to `end` as redzone.
pub(super) fn mark_live(shadow: &mut [u8], start: usize, size: usize, end: usize) {
    let (first, full_end, last) = (start / GRANULE, (start + size) / GRANULE, end.div_ceil(GRANULE));
    shadow[first..full_end].fill(FULL);
    shadow[full_end..last].fill(REDZONE);
    if !(start + size).is_multiple_of(GRANULE) {
        shadow[full_end] = ((start + size) % GRANULE) as u8;
    }
}

/// Marks the granules of `size` bytes from `start` as freed. The redzone behind them stays.
pub(super) fn mark_freed(shadow: &mut [u8], start: usize, size: usize) {
    shadow[start / GRANULE..(start + size).div_ceil(GRANULE)].fill(FREED);
}

/// Sets or clears the read-only flag on the granules of a live object.
pub(super) fn mark_read_only(shadow: &mut [u8], start: usize, size: usize, on: bool) {
    for byte in &mut shadow[start / GRANULE..(start + size).div_ceil(GRANULE)] {
        *byte = if on { *byte | READ_ONLY } else { *byte & !READ_ONLY };
    }
}

/// Sets or clears the watched flag on live granules.
pub(super) fn mark_watched(shadow: &mut [u8], start: usize, len: usize, on: bool) {
    for byte in &mut shadow[start / GRANULE..(start + len).div_ceil(GRANULE)] {
        if readable(*byte) > 0 {
            *byte = if on { *byte | WATCHED } else { *byte & !WATCHED };
        }
    }
}

/// Whether a live granule of the range is watched.
pub(super) fn any_watched(shadow: &[u8], start: usize, len: usize) -> bool {
    let granules = shadow.get(start / GRANULE..(start + len).div_ceil(GRANULE)).unwrap_or_default();
    granules.iter().any(|byte| readable(*byte) > 0 && byte & WATCHED != 0)
}

/// The offset of the first byte of `start..start + len` that may not be accessed, and why. The range must be in bounds.
pub(super) fn first_bad(
    shadow: &[u8],
    start: usize,
    len: usize,
    write: bool,
) -> Option<(usize, MemFaultKind)> {
    let end = start + len;
    let granules = &shadow[start / GRANULE..end.div_ceil(GRANULE)];
    let all_good = if write {
        granules.iter().all(|s| *s & !WATCHED == FULL)
    } else {
        granules.iter().all(|s| readable(*s) == FULL)
    };
    if all_good {
        return None;
    }
    granules.iter().enumerate().find_map(|(i, &byte)| {
        let granule_start = (start / GRANULE + i) * GRANULE;
        let (from, to) = (start.max(granule_start), end.min(granule_start + GRANULE));
        let readable_end = granule_start + usize::from(readable(byte));
        if to > readable_end {
            return Some((from.max(readable_end), reason(byte)));
        }
        (write && byte & READ_ONLY != 0).then_some((from, MemFaultKind::ReadOnly))
    })
}

/// Why a byte beyond the readable part of its granule is bad.
fn reason(shadow: u8) -> MemFaultKind {
    match shadow {
        0 => MemFaultKind::NeverAllocated,
        FREED => MemFaultKind::Freed,
        _ => MemFaultKind::PastEnd,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partial_tail_ends_at_its_byte() {
        let mut shadow = vec![NEVER; 8];
        mark_live(&mut shadow, 8, 13, 40);
        assert_eq!(shadow, [NEVER, FULL, 5, REDZONE, REDZONE, NEVER, NEVER, NEVER]);
        assert_eq!(first_bad(&shadow, 8, 13, true), None);
        assert_eq!(first_bad(&shadow, 16, 8, false), Some((21, MemFaultKind::PastEnd)));
        assert_eq!(first_bad(&shadow, 0, 1, false), Some((0, MemFaultKind::NeverAllocated)));
        mark_freed(&mut shadow, 8, 13);
        assert_eq!(first_bad(&shadow, 12, 1, false), Some((12, MemFaultKind::Freed)));
        assert_eq!(shadow[3], REDZONE);
    }

    #[test]
    fn read_only_bytes_load_but_do_not_store() {
        let mut shadow = vec![NEVER; 4];
        mark_live(&mut shadow, 0, 12, 24);
        mark_read_only(&mut shadow, 0, 12, true);
        assert_eq!(first_bad(&shadow, 0, 12, false), None);
        assert_eq!(first_bad(&shadow, 9, 2, true), Some((9, MemFaultKind::ReadOnly)));
        assert_eq!(first_bad(&shadow, 9, 4, true), Some((12, MemFaultKind::PastEnd)));
        mark_read_only(&mut shadow, 0, 12, false);
        assert_eq!(first_bad(&shadow, 0, 12, true), None);
    }
}

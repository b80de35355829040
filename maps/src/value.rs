//! Copying values around their special fields.
//!
//! A plain copy skips locks, timers and pointers, so that an update cannot forge them (`copy_map_value`); a copy handed to
//! user space shows zeros there (`check_and_init_map_value`). Source: `include/linux/bpf.h`. Neighbours: all map types.

use sim::machine::Machine;

use crate::spec::MapDef;

/// Which bytes of a value are plain memory.
#[derive(Debug)]
pub struct ValueLayout {
    /// `value_size` in bytes.
    pub size: usize,
    /// (offset, length) of each plain part, ascending.
    plain: Vec<(usize, usize)>,
    /// (offset, length) of each special field, ascending.
    special: Vec<(usize, usize)>,
}

const IN_VALUE: &str = "a map's value lies in live memory of the map";

impl ValueLayout {
    /// The layout of `def`'s value.
    pub fn new(def: &MapDef) -> ValueLayout {
        let size = def.value_size as usize;
        let special: Vec<_> = def.fields.iter().map(|f| (f.offset as usize, f.size as usize)).collect();
        let mut plain = Vec::new();
        let mut at = 0;
        for &(offset, len) in special.iter().chain([&(size, 0)]) {
            if offset > at {
                plain.push((at, offset - at));
            }
            at = offset + len;
        }
        ValueLayout { size, plain, special }
    }

    /// `copy_map_value` into a value in kernel memory.
    pub fn store(&self, m: &Machine, addr: u64, value: &[u8]) {
        let mut arena = m.arena_mut();
        let target = arena.slice_mut(addr, self.size).expect(IN_VALUE);
        for &(at, len) in &self.plain {
            target[at..at + len].copy_from_slice(&value[at..at + len]);
        }
    }

    /// `copy_map_value` out of kernel memory and `check_and_init_map_value` on the copy. `len` may reach into the padding.
    pub fn load(&self, m: &Machine, addr: u64, len: usize) -> Vec<u8> {
        let mut copy = m.arena().read(addr, len).expect(IN_VALUE).to_vec();
        for &(at, len) in &self.special {
            copy[at..at + len].fill(0);
        }
        copy
    }

    /// `check_and_init_map_value` in place: a new element begins with unlocked locks and empty fields.
    pub fn clear_fields(&self, m: &Machine, addr: u64) {
        for &(at, len) in &self.special {
            m.arena_mut().slice_mut(addr + at as u64, len).expect(IN_VALUE).fill(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_parts_lie_between_the_fields() {
        let at = |offset| ValueLayout::new(&MapDef::new("m", 1, 4, 16, 1).with_spin_lock(offset)).plain;
        assert_eq!(at(0), [(4, 12)]);
        assert_eq!(at(4), [(0, 4), (8, 8)]);
        assert_eq!(at(12), [(0, 12)]);
        assert_eq!(ValueLayout::new(&MapDef::new("m", 1, 4, 16, 1)).plain, [(0, 16)]);
    }
}

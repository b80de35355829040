//! `BPF_MAP_TYPE_BLOOM_FILTER`: remembers values so that "not there" is certain and "there" is likely.
//!
//! `map_extra` is the number of hashes, 5 when 0. Bits are set without a lock and never cleared: nothing is deleted, reclaimed or
//! iterated. Source: `kernel/bpf/bloom_filter.c`. Key type: [`Bloom`]. Neighbour: `jhash`.

use std::rc::Rc;

use sim::errno::Errno;
use sim::machine::Machine;

use crate::check::{ACCESS_MASK, access_ok, refuse};
use crate::consts::*;
use crate::create::CreateError;
use crate::jhash::jhash;
use crate::map::{Map, MapCore};
use crate::object::Descriptors;
use crate::rules::MapRules;
use crate::spec::MapDef;

/// Hash functions when `map_extra` names none.
const DEFAULT_HASHES: u32 = 5;

/// A Bloom filter.
pub struct Bloom {
    core: MapCore,
    base: u64,
    /// Number of bits less one; a power of two less one.
    mask: u32,
    hashes: u32,
    seed: u32,
}

const IN_BITS: &str = "the bits are live memory of the map";

/// `bloom_map_alloc_check`.
pub(crate) fn check(def: &MapDef, _rules: &MapRules) -> Result<(), CreateError> {
    refuse(u64::from(def.value_size) > KMALLOC_MAX_SIZE, Errno::E2BIG)
}

/// What `bloom_map_alloc` checks.
pub(crate) fn check_attributes(def: &MapDef, _rules: &MapRules) -> Result<(), CreateError> {
    let bad = def.key_size != 0
        || def.value_size == 0
        || def.max_entries == 0
        || def.flags & !(BPF_F_NUMA_NODE | BPF_F_ZERO_SEED | ACCESS_MASK) != 0
        || !access_ok(def.flags)
        || def.extra & !0xf != 0;
    refuse(bad, Errno::EINVAL)
}

/// The bits that hold `entries` values with few false answers, less one: about entries * hashes / ln 2, rounded up to a power of two.
fn bit_mask(entries: u32, hashes: u32) -> u32 {
    let bits = entries.checked_mul(hashes).and_then(|n| (n / 5).checked_mul(7)).filter(|n| *n <= 1 << 31);
    bits.map_or(u32::MAX, |bits| bits.max(64).next_power_of_two() - 1)
}

impl Bloom {
    /// An empty filter; the definition has been checked.
    pub(crate) fn create(def: &MapDef, rules: &MapRules, m: &Machine) -> Result<Rc<dyn Map>, CreateError> {
        let hashes = if def.extra == 0 { DEFAULT_HASHES } else { def.extra as u32 };
        let mask = bit_mask(def.max_entries, hashes);
        let core = MapCore::new(def, rules, m)?;
        let base = core.alloc_area(m, (mask as usize).div_ceil(64) * 8, "bpf_bloom_filter.bitset")?;
        let seed = if def.has(BPF_F_ZERO_SEED) { 0 } else { m.rng_u32("map hash seed") };
        Ok(Rc::new(Bloom { core, base, mask, hashes, seed }))
    }

    /// Byte address and bit of each hash.
    fn bits(&self, value: &[u8]) -> impl Iterator<Item = (u64, u8)> {
        self.core.check_sizes(&[], Some((value, self.core.layout.size)));
        (0..self.hashes).map(move |i| {
            let bit = jhash(value, self.seed.wrapping_add(i)) & self.mask;
            (self.base + u64::from(bit / 8), 1 << (bit % 8))
        })
    }
}

impl Map for Bloom {
    fn core(&self) -> &MapCore {
        &self.core
    }

    /// Programs cannot: the verifier allows push and peek only.
    fn lookup(&self, _m: &Machine, _key: &[u8]) -> Option<u64> {
        None
    }

    fn update(&self, _m: &Machine, _key: &[u8], _value: &[u8], _flags: u64) -> Result<(), Errno> {
        Err(Errno::EINVAL)
    }

    fn delete(&self, _m: &Machine, _key: &[u8]) -> Result<(), Errno> {
        Err(Errno::EOPNOTSUPP)
    }

    fn next_key(&self, _m: &Machine, _prev: Option<&[u8]>) -> Result<Vec<u8>, Errno> {
        Err(Errno::EOPNOTSUPP)
    }

    fn push(&self, m: &Machine, value: &[u8], flags: u64) -> Result<(), Errno> {
        if flags != BPF_ANY {
            return Err(Errno::EINVAL);
        }
        for (addr, bit) in self.bits(value) {
            let byte = m.arena().load_u8(addr).expect(IN_BITS);
            m.arena_mut().store_u8(addr, byte | bit).expect(IN_BITS);
        }
        Ok(())
    }

    /// Is the value there? -ENOENT: certainly not.
    fn peek(&self, m: &Machine, value: &mut [u8]) -> Result<(), Errno> {
        let all = self.bits(value).all(|(addr, bit)| m.arena().load_u8(addr).expect(IN_BITS) & bit != 0);
        if all { Ok(()) } else { Err(Errno::ENOENT) }
    }

    /// `bpf()` asks about a value with [`Map::peek`] instead.
    fn lookup_user(&self, _m: &Machine, _key: &[u8], flags: u64) -> Result<Vec<u8>, Errno> {
        self.core.check_lookup_user(flags)?;
        Err(Errno::EINVAL)
    }

    /// `BPF_MAP_UPDATE_ELEM` adds.
    fn update_user_with(
        &self,
        m: &Machine,
        _key: &[u8],
        value: &[u8],
        flags: u64,
        _fds: &dyn Descriptors,
    ) -> Result<(), Errno> {
        self.core.check_update_user(flags)?;
        self.push(m, value, flags)
    }

    /// Not counted.
    fn len(&self) -> u32 {
        0
    }

    fn destroy(&self, m: &Machine) {
        m.arena_mut().free(self.base, m.stamp());
        self.core.destroy(m);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_follow_entries_and_hashes() {
        let cases = [
            (1, 1, 63),
            (100, 5, 1023),
            (1000, 5, 8191),
            (1000, 15, 32767),
            (1 << 31, 2, u32::MAX),
            (u32::MAX, 5, u32::MAX),
            (1_533_916_891, 1, u32::MAX >> 1),
        ];
        for (entries, hashes, mask) in cases {
            assert_eq!(bit_mask(entries, hashes), mask, "{entries} {hashes}");
        }
    }
}

//! The resizable table of an RHASH map: chains that begin with the newest element, sizes that follow the number of elements.
//!
//! Source: `lib/rhashtable.c` (7.2). Key type: [`RhashTable`]. Neighbour: `rhash` decides when the worker runs.

use sim::machine::Machine;

use crate::jhash::jhash;
use crate::pool::Pool;

/// `HASH_DEFAULT_SIZE`, `HASH_MIN_SIZE`: buckets without a hint, and at least.
const DEFAULT_BUCKETS: u32 = 64;
const MIN_BUCKETS: u32 = 4;
/// `RHT_ELASTICITY`: a chain of this many elements asks for another hash.
const ELASTICITY: usize = 16;

pub(crate) struct RhashTable {
    buckets: Vec<Vec<u32>>,
    /// `hash_rnd`; every table has its own.
    seed: u32,
    len: u32,
}

/// `rhtab_hashfn_long` for keys of 8 bytes, `jhash` for others.
fn hash(key: &[u8], seed: u32) -> u32 {
    match <[u8; 8]>::try_from(key) {
        Ok(word) => {
            let k = u64::from_le_bytes(word);
            (k ^ (k >> 32)) as u32 ^ seed
        }
        Err(_) => jhash(key, seed),
    }
}

impl RhashTable {
    /// An empty table for about `hint` elements, 0 for no idea (`rounded_hashtable_size`).
    pub fn new(hint: u32, seed: u32) -> RhashTable {
        let buckets = match hint {
            0 => DEFAULT_BUCKETS,
            // A hint has 16 bits.
            hint => (hint * 4 / 3).next_power_of_two().max(MIN_BUCKETS),
        };
        RhashTable { buckets: vec![Vec::new(); buckets as usize], seed, len: 0 }
    }

    pub fn len(&self) -> u32 {
        self.len
    }

    pub fn bucket_count(&self) -> u32 {
        self.buckets.len() as u32
    }

    fn bucket(&self, key: &[u8]) -> usize {
        hash(key, self.seed) as usize & (self.buckets.len() - 1)
    }

    pub fn find(&self, m: &Machine, pool: &Pool, key: &[u8]) -> Option<u32> {
        self.buckets[self.bucket(key)].iter().copied().find(|id| pool.key_is(m, *id, key))
    }

    /// At the front of its chain; the key is not in the table.
    pub fn insert(&mut self, key: &[u8], id: u32) {
        let bucket = self.bucket(key);
        self.buckets[bucket].insert(0, id);
        self.len += 1;
    }

    pub fn remove(&mut self, key: &[u8], id: u32) {
        let bucket = self.bucket(key);
        let at = self.buckets[bucket].iter().position(|other| *other == id).expect("found a moment ago");
        self.buckets[bucket].remove(at);
        self.len -= 1;
    }

    /// The element after `key` in bucket order (`rhashtable_next_key`). `Err`: `key` is not there.
    pub fn next(&self, m: &Machine, pool: &Pool, key: Option<&[u8]>) -> Result<Option<u32>, ()> {
        let Some(key) = key else { return Ok(self.first_from(0)) };
        let bucket = self.bucket(key);
        let chain = &self.buckets[bucket];
        let at = chain.iter().position(|id| pool.key_is(m, *id, key)).ok_or(())?;
        Ok(chain.get(at + 1).copied().or_else(|| self.first_from(bucket + 1)))
    }

    fn first_from(&self, bucket: usize) -> Option<u32> {
        self.buckets.get(bucket..)?.iter().find_map(|chain| chain.first().copied())
    }

    /// Whether an insert asks for the worker (`rht_grow_above_75`).
    pub fn crowded(&self) -> bool {
        self.len > self.bucket_count() / 4 * 3
    }

    /// Whether a delete asks for the worker (`rht_shrink_below_30`).
    pub fn sparse(&self) -> bool {
        let size = self.bucket_count();
        u64::from(self.len) < u64::from(size) * 3 / 10 && size > MIN_BUCKETS
    }

    /// Whether an insert of `key` cannot wait for the worker: more elements than buckets, or a long chain.
    pub fn must_resize(&self, key: &[u8]) -> bool {
        self.len > self.bucket_count() || self.buckets[self.bucket(key)].len() >= ELASTICITY
    }

    /// The size that fits the number of elements better.
    pub fn resized(&self) -> Option<u32> {
        let size = self.bucket_count();
        if self.crowded() {
            return Some(size * 2);
        }
        let fit = if self.len == 0 { 0 } else { (self.len * 3 / 2).next_power_of_two() };
        Some(fit.max(MIN_BUCKETS)).filter(|fit| self.sparse() && *fit < size)
    }

    /// Moves everything to a table of `size` buckets with another seed, each chain from its end (`rhashtable_rehash_one`).
    pub fn rehash(&mut self, m: &Machine, pool: &Pool, size: u32, seed: u32) {
        let old = std::mem::replace(&mut self.buckets, vec![Vec::new(); size as usize]);
        self.seed = seed;
        for id in old.into_iter().flat_map(|chain| chain.into_iter().rev()) {
            let bucket = self.bucket(&pool.key(m, id));
            self.buckets[bucket].insert(0, id);
        }
    }

    /// Every element, in the order of iteration.
    pub fn all(&self) -> Vec<u32> {
        self.buckets.iter().flatten().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_follow_the_elements() {
        assert_eq!(
            [0, 1, 4, 64, 65535].map(|hint| RhashTable::new(hint, 0).bucket_count()),
            [64, 4, 8, 128, 131_072]
        );
        let with = |len| RhashTable { len, ..RhashTable::new(0, 0) }.resized();
        assert_eq!(
            [with(49), with(48), with(19), with(18), with(1), with(0)],
            [Some(128), None, None, Some(32), Some(4), Some(4),]
        );
    }
}

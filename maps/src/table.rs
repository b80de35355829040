//! Buckets of a hash map: chains of elements, new ones at the front.
//!
//! Iteration goes bucket by bucket and along the chain, so its order follows from the hash and the history of inserts, as in
//! `hashtab.c`. Key type: [`Table`]. Neighbours: `pool` (elements), `htab` (everything else of a hash map).
//! The chains themselves are [`Chains`], the ones that hold under threads; here every operation is indivisible anyway.

use sim::errno::Errno;
use sim::machine::Machine;

use crate::concurrent::{Chains, Match};
use crate::jhash::jhash;
use crate::map::{Cursor, Visit};
use crate::pool::SharedPool;

pub(crate) struct Table {
    chains: Chains,
    /// `hashrnd`: the seed of the hash.
    seed: u32,
    pool: SharedPool,
    linked: u32,
}

impl Table {
    /// `buckets` empty buckets; a power of two.
    pub fn new(buckets: u32, seed: u32, pool: SharedPool) -> Table {
        Table { chains: Chains::new(buckets), seed, pool, linked: 0 }
    }

    pub fn hash(&self, key: &[u8]) -> u32 {
        jhash(key, self.seed)
    }

    /// How many buckets there are.
    pub fn bucket_count(&self) -> u32 {
        self.chains.buckets()
    }

    /// The elements of one bucket, the newest first.
    pub fn chain(&self, bucket: u32) -> Vec<u32> {
        let pool = self.pool.borrow();
        std::iter::successors(self.chains.first(bucket), |id| self.chains.next(&*pool, *id)).collect()
    }

    /// How many elements are linked.
    pub fn len(&self) -> u32 {
        self.linked
    }

    /// The element with this key.
    pub fn find(&self, m: &Machine, hash: u32, key: &[u8]) -> Option<u32> {
        let pool = self.pool.borrow();
        let matches = |id| if pool.key_is(m, id, key) { Match::Yes } else { Match::No };
        self.chains.find(&*pool, hash, matches)
    }

    /// Puts an element at the front of its bucket.
    pub fn link(&mut self, m: &Machine, id: u32) {
        let mut pool = self.pool.borrow_mut();
        self.chains.lock(pool.get(id).hash).push_front(&*pool, id);
        pool.mark_linked(m, id);
        self.linked += 1;
    }

    /// Puts an element at the front of its bucket and takes the one with the same key out, which is there.
    pub fn replace(&mut self, m: &Machine, old: u32, new: u32) {
        let mut pool = self.pool.borrow_mut();
        self.chains.lock(pool.get(new).hash).replace(&*pool, old, new);
        pool.mark_linked(m, new);
        pool.mark_unlinked(m, old);
    }

    /// Takes an element out of its bucket; false if it is not there. Its own link stays for readers that stand on it.
    pub fn unlink(&mut self, m: &Machine, id: u32) -> bool {
        let mut pool = self.pool.borrow_mut();
        if !self.chains.lock(pool.get(id).hash).unlink(&*pool, id) {
            return false;
        }
        pool.mark_unlinked(m, id);
        self.linked -= 1;
        true
    }

    /// `htab_map_get_next_key`: an unknown key starts over.
    pub fn next_key(&self, m: &Machine, prev: Option<&[u8]>) -> Result<Vec<u8>, Errno> {
        let found = prev.and_then(|key| {
            let hash = self.hash(key);
            self.find(m, hash, key).map(|id| (id, self.chains.bucket_of(hash)))
        });
        let pool = self.pool.borrow();
        let next = match found {
            Some((id, bucket)) => {
                self.chains.next(&*pool, id).or_else(|| self.first_from(bucket + 1).map(|(_, id)| id))
            }
            None => self.first_from(0).map(|(_, id)| id),
        };
        next.map(|id| pool.key(m, id)).ok_or(Errno::ENOENT)
    }

    /// The first bucket from here on that has an element, and its first element.
    fn first_from(&self, bucket: u32) -> Option<(u32, u32)> {
        (bucket..self.bucket_count()).find_map(|bucket| Some((bucket, self.chains.first(bucket)?)))
    }

    /// The next element of a `bpf_for_each_hash_elem`. The successor is fetched before the callback runs, so the callback may
    /// delete the element it is shown; if it deletes the successor and the memory is reused, the walk goes on from there, wherever
    /// that now is, as in the kernel.
    pub fn visit(&self, m: &Machine, cursor: &mut Cursor, value_offset: u64) -> Option<Visit> {
        let pool = self.pool.borrow();
        let id = match cursor.next.take() {
            Some(id) => id,
            None => {
                let (bucket, id) = self.first_from(cursor.at)?;
                cursor.at = bucket + 1;
                id
            }
        };
        let element = pool.get(id);
        cursor.next = self.chains.next(&*pool, id);
        Some(Visit {
            key: pool.key(m, id),
            key_addr: Some(element.key_addr),
            value_addr: element.value_addr + value_offset,
        })
    }

    /// Every linked element, in the order of iteration.
    pub fn all(&self) -> Vec<u32> {
        (0..self.bucket_count()).flat_map(|bucket| self.chain(bucket)).collect()
    }
}

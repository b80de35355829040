//! Buckets of a hash map: chains of elements, new ones at the front.
//!
//! Iteration goes bucket by bucket and along the chain, so its order follows from the hash and the history of inserts, as in
//! `hashtab.c`. Key type: [`Table`]. Neighbours: `pool` (elements), `htab` (everything else of a hash map).

use sim::errno::Errno;
use sim::machine::Machine;

use crate::element::ElementState;
use crate::jhash::jhash;
use crate::links::NIL;
use crate::map::{Cursor, Visit};
use crate::pool::{Pool, SharedPool};

pub(crate) struct Table {
    /// First element of each bucket.
    heads: Vec<u32>,
    /// `hashrnd`: the seed of the hash.
    seed: u32,
    pool: SharedPool,
    linked: u32,
}

impl Table {
    /// `buckets` empty buckets; a power of two.
    pub fn new(buckets: u32, seed: u32, pool: SharedPool) -> Table {
        assert!(buckets.is_power_of_two());
        Table { heads: vec![NIL; buckets as usize], seed, pool, linked: 0 }
    }

    pub fn hash(&self, key: &[u8]) -> u32 {
        jhash(key, self.seed)
    }

    fn bucket(&self, hash: u32) -> usize {
        hash as usize & (self.heads.len() - 1)
    }

    /// How many buckets there are.
    pub fn bucket_count(&self) -> u32 {
        self.heads.len() as u32
    }

    /// The elements of one bucket, the newest first.
    pub fn chain(&self, bucket: u32) -> Vec<u32> {
        let pool = self.pool.borrow();
        let mut at = self.heads[bucket as usize];
        std::iter::from_fn(|| {
            let id = Some(at).filter(|at| *at != NIL)?;
            at = pool.get(id).next;
            Some(id)
        })
        .collect()
    }

    /// How many elements are linked.
    pub fn len(&self) -> u32 {
        self.linked
    }

    /// The element with this key.
    pub fn find(&self, m: &Machine, hash: u32, key: &[u8]) -> Option<u32> {
        let pool = self.pool.borrow();
        let mut at = self.heads[self.bucket(hash)];
        while at != NIL {
            let element = pool.get(at);
            if element.hash == hash && pool.key_is(m, at, key) {
                return Some(at);
            }
            at = element.next;
        }
        None
    }

    /// Puts an element at the front of its bucket.
    pub fn link(&mut self, id: u32) {
        let mut pool = self.pool.borrow_mut();
        let bucket = self.bucket(pool.get(id).hash);
        let element = pool.get_mut(id);
        element.next = self.heads[bucket];
        element.state = ElementState::Linked;
        self.heads[bucket] = id;
        self.linked += 1;
    }

    /// Takes an element out of its bucket; false if it is not there. Its own link stays for readers that stand on it.
    pub fn unlink(&mut self, m: &Machine, id: u32) -> bool {
        let mut pool = self.pool.borrow_mut();
        let bucket = self.bucket(pool.get(id).hash);
        let after = pool.get(id).next;
        if self.heads[bucket] == id {
            self.heads[bucket] = after;
        } else {
            let Some(before) = before(&pool, self.heads[bucket], id) else { return false };
            pool.get_mut(before).next = after;
        }
        pool.mark_unlinked(m, id);
        self.linked -= 1;
        true
    }

    /// `htab_map_get_next_key`: an unknown key starts over.
    pub fn next_key(&self, m: &Machine, prev: Option<&[u8]>) -> Result<Vec<u8>, Errno> {
        let found = prev.and_then(|key| {
            let hash = self.hash(key);
            self.find(m, hash, key).map(|id| (id, self.bucket(hash)))
        });
        let pool = self.pool.borrow();
        let next = match found {
            Some((id, bucket)) => {
                Some(pool.get(id).next).filter(|n| *n != NIL).or_else(|| self.first_from(bucket + 1))
            }
            None => self.first_from(0),
        };
        next.map(|id| pool.key(m, id)).ok_or(Errno::ENOENT)
    }

    fn first_from(&self, bucket: usize) -> Option<u32> {
        self.heads.get(bucket..)?.iter().copied().find(|head| *head != NIL)
    }

    /// The next element of a `bpf_for_each_hash_elem`. The successor is fetched before the callback runs, so the callback may
    /// delete the element it is shown; if it deletes the successor and the memory is reused, the walk goes on from there, wherever
    /// that now is, as in the kernel.
    pub fn visit(&self, m: &Machine, cursor: &mut Cursor, value_offset: u64) -> Option<Visit> {
        let pool = self.pool.borrow();
        let id = match cursor.next.take() {
            Some(id) => id,
            None => {
                let from = cursor.at as usize;
                let skip = self.heads.get(from..)?.iter().position(|head| *head != NIL)?;
                cursor.at = (from + skip + 1) as u32;
                self.heads[from + skip]
            }
        };
        let element = pool.get(id);
        cursor.next = Some(element.next).filter(|n| *n != NIL);
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

/// The element before `id` in the chain that starts at `head`.
fn before(pool: &Pool, head: u32, id: u32) -> Option<u32> {
    let mut at = head;
    while at != NIL {
        let next = pool.get(at).next;
        if next == id {
            return Some(at);
        }
        at = next;
    }
    None
}

//! A hash table for many threads: writers lock a bucket, readers lock nothing. The map types HASH of the kernel, as a library.
//!
//! Keys and values are 8-byte words. [`HashTable::read`] copies a value as one writer wrote it. [`HashTable::lookup`] is what a
//! BPF program gets: the element itself, whose words others may change, and which a preallocated table may give to another key
//! meanwhile ([`Found::is_current`]). With [`OnDemand`] memory it stays this key's as long as the reader's section lasts.
//!
//! One difference to a map under a lock: while an element that was deleted is filled for the same key again, a reader that still
//! stands on it may return the new value a moment before the new insertion is visible to everybody. The kernel's is no better.
//!
//! Key type: [`HashTable`]. Neighbours: `chains` (the buckets), `memory` (the elements).

use sim::errno::Errno;
use sim::sync::{AtomicU64, Ordering, fence};

use super::chains::{Chains, Match};
use super::memory::{ElementMemory, OnDemand, Preallocated};
use super::mutation::{Mutation, is};
use crate::jhash::jhash;

/// Words of an element before its key: its link, and the number of its writing.
const HEADER_WORDS: usize = 2;

/// Sizes of a hash table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// 8-byte words of a key, at least 1.
    pub key_words: usize,
    /// 8-byte words of a value.
    pub value_words: usize,
    /// Keys the table can hold.
    pub max_entries: u32,
    /// CPUs with free lists of their own. Any number works with any number of threads.
    pub lanes: u32,
}

/// What an update may do (`BPF_ANY`, `BPF_NOEXIST`, `BPF_EXIST`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Update {
    /// Insert or replace.
    Any,
    /// Insert only.
    NoExist,
    /// Replace only.
    Exist,
}

/// Why an update did nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableError {
    /// The table holds its maximum of keys.
    Full,
    /// The key is there and [`Update::NoExist`] was asked for.
    Exists,
    /// The key is not there and [`Update::Exist`] was asked for.
    NotFound,
}

impl TableError {
    /// What the kernel returns.
    pub fn errno(self) -> Errno {
        match self {
            TableError::Full => Errno::E2BIG,
            TableError::Exists => Errno::EEXIST,
            TableError::NotFound => Errno::ENOENT,
        }
    }
}

/// `jhash` over the bytes of `key`, as kernels hash map keys.
pub fn jhash_words(key: &[u64], seed: u32) -> u32 {
    let mut short = [0; 64];
    if key.len() <= 8 {
        for (bytes, word) in short.chunks_mut(8).zip(key) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        return jhash(&short[..key.len() * 8], seed);
    }
    jhash(&key.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<u8>>(), seed)
}

/// The table. `M` is where elements come from, `H` hashes a key.
pub struct HashTable<M, H> {
    chains: Chains,
    memory: M,
    hash: H,
    key_words: usize,
    value_words: usize,
}

impl<H: Fn(&[u64]) -> u32> HashTable<Preallocated, H> {
    /// An empty table with all its elements made.
    ///
    /// # Panics
    /// If the shape has no key, no entry or no lane, or more than 2^30 entries.
    pub fn preallocated(shape: Shape, hash: H) -> HashTable<Preallocated, H> {
        HashTable::over(shape, hash, |stride| Preallocated::new(stride, shape.max_entries, shape.lanes))
    }
}

impl<R: Fn(u32) + Send + Sync, H: Fn(&[u64]) -> u32> HashTable<OnDemand<R>, H> {
    /// An empty table without elements. `retire` gets each element that has left it; see [`OnDemand`].
    ///
    /// # Panics
    /// As [`HashTable::preallocated`].
    pub fn on_demand(shape: Shape, hash: H, retire: R) -> HashTable<OnDemand<R>, H> {
        HashTable::over(shape, hash, |stride| OnDemand::new(stride, shape.max_entries, shape.lanes, retire))
    }
}

impl<M: ElementMemory, H: Fn(&[u64]) -> u32> HashTable<M, H> {
    fn over(shape: Shape, hash: H, memory: impl FnOnce(usize) -> M) -> HashTable<M, H> {
        let Shape { key_words, value_words, max_entries, lanes } = shape;
        assert!(key_words > 0 && lanes > 0 && (1..=1 << 30).contains(&max_entries), "{shape:?}");
        // Twice the kernel's buckets: 16 more bytes per element, of the 28 that an element saves, for shorter chains.
        let chains = Chains::new(max_entries.next_power_of_two() * 2);
        HashTable {
            chains,
            memory: memory(HEADER_WORDS + key_words + value_words),
            hash,
            key_words,
            value_words,
        }
    }

    /// Where the elements come from.
    pub fn memory(&self) -> &M {
        &self.memory
    }

    #[inline]
    fn hash(&self, key: &[u64]) -> u32 {
        assert_eq!(key.len(), self.key_words, "a key of another length");
        (self.hash)(key)
    }

    /// Copies the key's value as a single update wrote it. False if there is no such key.
    ///
    /// # Panics
    /// If a length is not the table's.
    #[inline]
    pub fn read(&self, key: &[u64], value: &mut [u64]) -> bool {
        assert_eq!(value.len(), self.value_words, "a value of another length");
        self.find(key, |words| {
            words.iter().zip(value.iter_mut()).for_each(|(word, to)| *to = word.load(Ordering::Relaxed));
        })
        .is_some()
    }

    /// The key's element, as a BPF program gets it.
    ///
    /// # Panics
    /// If the key's length is not the table's.
    #[inline]
    pub fn lookup(&self, key: &[u64]) -> Option<Found<'_>> {
        let (id, writing) = self.find(key, |_| ())?;
        let (header, rest) = self.memory.words(id).split_at(HEADER_WORDS);
        Some(Found { id, writing, current: &header[1], value: &rest[self.key_words..] })
    }

    /// The key's element and the number of the writing that `look` saw undisturbed.
    #[inline]
    fn find(&self, key: &[u64], mut look: impl FnMut(&[AtomicU64])) -> Option<(u32, u64)> {
        let mut writing = 0;
        let id = self.chains.find(&self.memory, self.hash(key), |id| {
            let (header, rest) = self.memory.words(id).split_at(HEADER_WORDS);
            let (its_key, value) = rest.split_at(self.key_words);
            // Acquire: the words are those of this writing, or of a later one.
            writing = header[1].load(Ordering::Acquire);
            // The key of an element that stays linked does not change, so a mismatch is certain.
            if !is_key(its_key, key) {
                return Match::No;
            }
            look(value);
            if !is(Mutation::ReadFenceMissing) {
                // Pairs with the fence in `fill`: if any word was of a later writing, so is the number.
                fence(Ordering::Acquire);
            }
            let undisturbed = writing % 2 == 0 && header[1].load(Ordering::Relaxed) == writing;
            if undisturbed || is(Mutation::ReadNotRechecked) { Match::Yes } else { Match::Changed }
        })?;
        Some((id, writing))
    }

    /// Writes key and value into an element that the caller owns; readers may still stand on it.
    fn fill(&self, id: u32, key: &[u64], value: &[u64]) {
        let (header, rest) = self.memory.words(id).split_at(HEADER_WORDS);
        let writing = header[1].load(Ordering::Relaxed);
        // Release: a reader that meets the odd number starts over, and must see then that the element has left its bucket.
        header[1].store(writing + 1, Ordering::Release);
        if !is(Mutation::RewriteFenceMissing) {
            fence(Ordering::Release);
        }
        rest.iter().zip(key.iter().chain(value)).for_each(|(word, new)| word.store(*new, Ordering::Relaxed));
        header[1].store(writing + 2, Ordering::Release);
    }

    /// Gives the key this value. `lane` is the CPU whose free elements are used first.
    ///
    /// # Errors
    /// The table is full, or the key's presence is not as `how` asks.
    ///
    /// # Panics
    /// If a length is not the table's.
    pub fn update(&self, lane: usize, key: &[u64], value: &[u64], how: Update) -> Result<(), TableError> {
        assert_eq!(value.len(), self.value_words, "a value of another length");
        let bucket = self.chains.lock(self.hash(key));
        let old = bucket.find(&self.memory, |id| self.has_key(id, key));
        match (old, how) {
            (Some(_), Update::NoExist) => Err(TableError::Exists),
            (None, Update::Exist) => Err(TableError::NotFound),
            (Some(old), _) => {
                let replaced = self.memory.exchange(lane, old, |new| {
                    self.fill(new, key, value);
                    bucket.replace(&self.memory, old, new);
                });
                // As in `delete`: what retiring does, which may include using the table, is not done under the bucket's lock.
                drop(bucket);
                if let Some(id) = replaced {
                    self.memory.replaced(id);
                }
                Ok(())
            }
            (None, _) => {
                let new = self.memory.take(lane).ok_or(TableError::Full)?;
                if is(Mutation::PublishBeforeFill) {
                    bucket.push_front(&self.memory, new);
                    self.fill(new, key, value);
                    return Ok(());
                }
                self.fill(new, key, value);
                bucket.push_front(&self.memory, new);
                Ok(())
            }
        }
    }

    /// Takes the key out; false if it is not there.
    ///
    /// # Panics
    /// If the key's length is not the table's.
    pub fn delete(&self, lane: usize, key: &[u64]) -> bool {
        let bucket = self.chains.lock(self.hash(key));
        let Some(id) = bucket.find(&self.memory, |id| self.has_key(id, key)) else { return false };
        if is(Mutation::FreeBeforeUnlink) {
            self.memory.release(lane, id);
            return bucket.unlink(&self.memory, id);
        }
        assert!(bucket.unlink(&self.memory, id), "found under the lock");
        drop(bucket);
        self.memory.release(lane, id);
        true
    }

    fn has_key(&self, id: u32, key: &[u64]) -> bool {
        is_key(&self.memory.words(id)[HEADER_WORDS..][..self.key_words], key)
    }

    /// Shows each key and value, bucket by bucket, newest first. Locks one bucket at a time: `show` must not use the table.
    pub fn for_each(&self, mut show: impl FnMut(&[u64], &[u64])) {
        let load = |words: &[AtomicU64]| -> Vec<u64> {
            words.iter().map(|word| word.load(Ordering::Relaxed)).collect()
        };
        for bucket in 0..self.chains.buckets() {
            let _locked = self.chains.lock(bucket);
            let mut at = self.chains.first(bucket);
            while let Some(id) = at {
                let words = load(&self.memory.words(id)[HEADER_WORDS..]);
                let (key, value) = words.split_at(self.key_words);
                show(key, value);
                at = self.chains.next(&self.memory, id);
            }
        }
    }

    /// How many keys there are, by walking all buckets.
    pub fn len(&self) -> usize {
        let mut keys = 0;
        self.for_each(|_, _| keys += 1);
        keys
    }

    /// True if no bucket has an element.
    pub fn is_empty(&self) -> bool {
        (0..self.chains.buckets()).all(|bucket| self.chains.first(bucket).is_none())
    }
}

#[inline]
fn is_key(words: &[AtomicU64], key: &[u64]) -> bool {
    words.iter().zip(key).all(|(word, key)| word.load(Ordering::Relaxed) == *key)
}

/// An element that a lookup found. Its words are shared with everybody.
pub struct Found<'a> {
    id: u32,
    writing: u64,
    current: &'a AtomicU64,
    value: &'a [AtomicU64],
}

impl Found<'_> {
    /// The element's number.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// The words of the value, now.
    pub fn value(&self) -> &[AtomicU64] {
        self.value
    }

    /// False as soon as the element is being filled for another update, maybe of another key.
    pub fn is_current(&self) -> bool {
        // The words read before this are not of a later writing.
        fence(Ordering::Acquire);
        self.current.load(Ordering::Relaxed) == self.writing
    }
}

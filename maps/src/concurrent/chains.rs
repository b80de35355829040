//! Buckets of a hash table: chains of numbered elements, changed under the bucket's lock and searched without it.
//!
//! The algorithm is that of `hashtab.c` over `include/linux/rculist_nulls.h`. New elements go to the front. Elements may be used
//! again at once, so a reader that stands on one may find itself in another bucket. The end of each chain therefore names its
//! bucket, and a search that ends elsewhere starts over. It cannot miss an element that stays linked: an element enters a bucket
//! at the front only, so wherever a reader is carried into its bucket again, all that stays linked lies ahead.
//!
//! Beyond the kernel: replacing an element puts the new one to the front and then takes the old one out, so a reader between
//! the two meets neither. The kernel's lookup then reports a key missing that never was. Here the head counts replacements, and
//! a search that found nothing starts over if there was one (2^32 of them during one search would hide).
//!
//! Key types: [`Chains`], [`Locked`]. Neighbours: `hash_table` here, `table` in the simulator.

use sim::sync::{AtomicU64, Mutex, MutexGuard, Ordering};

use super::mutation::{Mutation, is, relaxed_if};

/// Set in a link that ends a chain; the other bits are the bucket.
const NULLS: u32 = 1 << 31;

/// Where the link word of each element is. The word belongs to [`Chains`] while the element is linked and stays as it is
/// afterwards: a reader that stands on the element goes on from there.
pub trait Links {
    /// The element's link word.
    fn link(&self, id: u32) -> &AtomicU64;
}

/// What a search found at an element with the right hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// Another key: go on.
    No,
    /// The key.
    Yes,
    /// The element changed while it was looked at: start over.
    Changed,
}

/// The buckets.
pub struct Chains {
    buckets: Box<[Bucket]>,
}

struct Bucket {
    /// `[replacements : 32 | first : 32]`.
    head: AtomicU64,
    lock: Mutex<()>,
}

/// A link word: `[hash : 32 | next : 32]`. One load gives both, so the hash is that of the chain which `next` belongs to.
#[inline]
fn link_word(hash: u32, next: u32) -> u64 {
    u64::from(hash) << 32 | u64::from(next)
}

#[inline]
fn high(word: u64) -> u32 {
    (word >> 32) as u32
}

#[inline]
fn next_of(word: u64) -> u32 {
    word as u32
}

#[inline]
fn element(link: u32) -> Option<u32> {
    (link & NULLS == 0).then_some(link)
}

impl Chains {
    /// `buckets` empty ones.
    ///
    /// # Panics
    /// If that is no power of two, or above 2^31.
    pub fn new(buckets: u32) -> Chains {
        assert!(buckets.is_power_of_two() && buckets <= NULLS, "{buckets} buckets");
        let bucket = |n: u32| Bucket { head: AtomicU64::new(u64::from(NULLS | n)), lock: Mutex::new(()) };
        Chains { buckets: (0..buckets).map(bucket).collect() }
    }

    /// How many buckets there are.
    #[inline]
    pub fn buckets(&self) -> u32 {
        self.buckets.len() as u32
    }

    /// The bucket of elements with this hash.
    #[inline]
    pub fn bucket_of(&self, hash: u32) -> u32 {
        hash & (self.buckets() - 1)
    }

    /// The element with this hash that `matches`, without a lock. An element that stays linked during the search is found, and so
    /// is one that is replaced by another match. The result may be unlinked by the time it is returned.
    ///
    /// `matches` is only asked about elements whose hash is right, and must be exact for elements that stay linked.
    #[inline]
    pub fn find<L: Links>(&self, links: &L, hash: u32, mut matches: impl FnMut(u32) -> Match) -> Option<u32> {
        let acquire = relaxed_if(Mutation::LinkLoadRelaxed, Ordering::Acquire);
        let bucket = self.bucket_of(hash);
        let head = &self.buckets[bucket as usize].head;
        'restart: loop {
            // Acquire, here and below: the element behind a link was filled before it was linked.
            let start = head.load(acquire);
            let mut at = next_of(start);
            while let Some(id) = element(at) {
                let link = links.link(id).load(acquire);
                if high(link) == hash {
                    match matches(id) {
                        Match::No => {}
                        Match::Yes => return Some(id),
                        Match::Changed => continue 'restart,
                    }
                }
                at = next_of(link);
            }
            let strayed = at != NULLS | bucket && !is(Mutation::NullsIgnored);
            // Ordered after the walk by its acquire loads: a walk that missed an element taken out by a replacement sees the
            // replacement here.
            let replaced = high(head.load(acquire)) != high(start) && !is(Mutation::ReplaceUnnoticed);
            if !strayed && !replaced {
                return None;
            }
        }
    }

    /// The first element of a bucket; `None` if it is empty or there is no such bucket.
    pub fn first(&self, bucket: u32) -> Option<u32> {
        element(next_of(self.buckets.get(bucket as usize)?.head.load(Ordering::Acquire)))
    }

    /// The element after `id`. If `id` has been used again this is a walk through another bucket, as in the kernel.
    pub fn next<L: Links>(&self, links: &L, id: u32) -> Option<u32> {
        element(next_of(links.link(id).load(Ordering::Acquire)))
    }

    /// Locks the bucket of `hash` against other writers.
    #[inline]
    pub fn lock(&self, hash: u32) -> Locked<'_> {
        let number = self.bucket_of(hash);
        let bucket = &self.buckets[number as usize];
        let guard = (!is(Mutation::BucketLockMissing)).then(|| bucket.lock.lock());
        Locked { head: &bucket.head, number, hash, mask: self.buckets() - 1, _guard: guard }
    }
}

/// A locked bucket: only its owner changes the chain.
pub struct Locked<'a> {
    head: &'a AtomicU64,
    number: u32,
    hash: u32,
    mask: u32,
    _guard: Option<MutexGuard<'a, ()>>,
}

impl Locked<'_> {
    /// The element with the hash the bucket was locked for that `matches`. Exact: nothing changes meanwhile.
    #[inline]
    pub fn find<L: Links>(&self, links: &L, mut matches: impl FnMut(u32) -> bool) -> Option<u32> {
        let mut at = next_of(self.head.load(Ordering::Acquire));
        while let Some(id) = element(at) {
            let link = links.link(id).load(Ordering::Acquire);
            if high(link) == self.hash && matches(id) {
                return Some(id);
            }
            at = next_of(link);
        }
        None
    }

    /// Puts `id`, which is filled and on no chain, to the front.
    #[inline]
    pub fn push_front<L: Links>(&self, links: &L, id: u32) {
        self.publish(links, id, 0);
    }

    fn publish<L: Links>(&self, links: &L, id: u32, replacements: u64) {
        let head = self.head.load(Ordering::Relaxed);
        // Release: a reader carried here by the element's old place must see that it has left it, to get ahead.
        links.link(id).store(link_word(self.hash, next_of(head)), Ordering::Release);
        let count = (head >> 32).wrapping_add(replacements);
        // Release: the element was filled before.
        let release = relaxed_if(Mutation::PublishRelaxed, Ordering::Release);
        self.head.store(count << 32 | u64::from(id), release);
    }

    /// Puts `new` to the front and takes `old` out, which is linked here and has the same key. A search finds one of the two.
    #[inline]
    pub fn replace<L: Links>(&self, links: &L, old: u32, new: u32) {
        if is(Mutation::ReplaceUnlinksFirst) {
            self.unlink(links, old);
            return self.publish(links, new, 0);
        }
        self.publish(links, new, 1);
        assert!(self.unlink(links, old), "element {old} is replaced but not linked");
    }

    /// Takes `id` out; false if it is not here. Its own link stays for readers that stand on it.
    #[inline]
    pub fn unlink<L: Links>(&self, links: &L, id: u32) -> bool {
        let head = self.head.load(Ordering::Relaxed);
        let mut before = None;
        let mut at = next_of(head);
        while at != id {
            let Some(other) = element(at) else { return false };
            before = Some(other);
            at = next_of(links.link(other).load(Ordering::Relaxed));
        }
        let link = links.link(id).load(Ordering::Relaxed);
        assert_eq!(high(link) & self.mask, self.number, "element {id} left its bucket without the lock");
        let after = next_of(link);
        // Release in both: a reader may learn of the element after this one from here alone.
        match before {
            None => self.head.store(head >> 32 << 32 | u64::from(after), Ordering::Release),
            Some(before) => {
                let hash = high(links.link(before).load(Ordering::Relaxed));
                links.link(before).store(link_word(hash, after), Ordering::Release);
            }
        }
        true
    }
}

//! Where a hash table's elements come from and go to: made in advance and used again at once, or made when needed and used again
//! after a grace period.
//!
//! An element is `[link, writing, key..., value...]` in 8-byte words: 16 bytes of header where the kernel's `struct htab_elem`
//! has 48, and 4 more on the free list when preallocated. Key types: [`Preallocated`], [`OnDemand`]. Neighbour: `hash_table`.

use std::sync::OnceLock;

use sim::sync::{AtomicU32, AtomicU64, Mutex, Ordering};

use super::chains::Links;
use super::freelist::Freelist;
use super::mutation::{Mutation, is};

/// Memory of a hash table's elements.
pub trait ElementMemory: Links + Send + Sync {
    /// All words of an element.
    fn words(&self, id: u32) -> &[AtomicU64];

    /// An element for a new key; `None` when the table is full. The caller owns it until it is linked.
    fn take(&self, lane: usize) -> Option<u32>;

    /// Lets `put` fill and link another element in the place of `old`, which is linked. Called with the bucket locked; returns the
    /// element that must go to [`ElementMemory::replaced`] once it is not, if any.
    #[must_use]
    fn exchange(&self, lane: usize, old: u32, put: impl FnOnce(u32)) -> Option<u32>;

    /// What [`ElementMemory::exchange`] returned, with no bucket locked.
    fn replaced(&self, id: u32);

    /// The element has left its bucket for good.
    fn release(&self, lane: usize, id: u32);
}

fn zeroed(words: usize) -> Box<[AtomicU64]> {
    (0..words).map(|_| AtomicU64::new(0)).collect()
}

/// All elements are made at creation and a deleted one is the next to be used, also while readers stand on it.
///
/// As in `hashtab.c`: `max_entries` elements and one spare per CPU, so that replacing a value works in a full table.
pub struct Preallocated {
    words: Box<[AtomicU64]>,
    stride: usize,
    free: Freelist,
    spares: Box<[Spare]>,
}

/// A CPU's spare element (`extra_elems`). The kernel is alone on its CPU; threads that share a lane take turns.
#[repr(align(64))]
struct Spare(Mutex<u32>);

impl Preallocated {
    /// `max_entries` elements of `stride` words, and a spare for each of `lanes` CPUs.
    pub(super) fn new(stride: usize, max_entries: u32, lanes: u32) -> Preallocated {
        let count = max_entries.checked_add(lanes).expect("fewer than 2^32 elements");
        let free = Freelist::full(count, lanes);
        // The kernel pops all spares on the CPU that creates the map.
        let spare = |_| Spare(Mutex::new(free.pop(0).expect("one spare per CPU was added")));
        let spares = (0..lanes).map(spare).collect();
        Preallocated { words: zeroed(stride * count as usize), stride, free, spares }
    }

    /// Takes every free element off its list: how many there are, each counted once.
    pub fn drain(&self) -> u32 {
        let mut seen = vec![false; self.free.capacity() as usize];
        let mut count = 0;
        while let Some(id) = self.free.pop(0) {
            assert!(!std::mem::replace(&mut seen[id as usize], true), "element {id} is free twice");
            count += 1;
        }
        count
    }
}

impl Links for Preallocated {
    #[inline]
    fn link(&self, id: u32) -> &AtomicU64 {
        &self.words[id as usize * self.stride]
    }
}

impl ElementMemory for Preallocated {
    #[inline]
    fn words(&self, id: u32) -> &[AtomicU64] {
        let from = id as usize * self.stride;
        &self.words[from..from + self.stride]
    }

    fn take(&self, lane: usize) -> Option<u32> {
        self.free.pop(lane)
    }

    fn exchange(&self, lane: usize, old: u32, put: impl FnOnce(u32)) -> Option<u32> {
        let mut spare = self.spares[lane % self.spares.len()].0.lock();
        put(*spare);
        *spare = old;
        None
    }

    fn replaced(&self, id: u32) {
        unreachable!("element {id} is a spare already");
    }

    fn release(&self, lane: usize, id: u32) {
        self.free.push(lane, id);
    }
}

/// Elements in the first chunk; each further chunk is twice as large as the one before.
const FIRST_CHUNK: u32 = if cfg!(sim_loom) { 2 } else { 64 };

/// Elements are made when there is no free one, and used again only after the table's owner says that a grace period is over.
///
/// `retire` is called with each element that has left the table, by the thread that took it out and with no lock of the
/// table held; it must not wait. After a grace period the owner calls [`OnDemand::reclaimed`]. As in the kernel, elements that wait do not
/// count towards `max_entries`, so there may be more of them.
pub struct OnDemand<R> {
    chunks: Box<[OnceLock<Box<[AtomicU64]>>]>,
    stride: usize,
    lanes: Box<[Mutex<Vec<u32>>]>,
    made: Mutex<u32>,
    /// Elements that are linked, or about to be (`htab->count`).
    count: AtomicU32,
    max_entries: u32,
    retire: R,
}

/// Chunk and index in it.
#[inline]
fn place(id: u32) -> (usize, usize) {
    let n = id as usize + FIRST_CHUNK as usize;
    let chunk = (n.ilog2() - FIRST_CHUNK.ilog2()) as usize;
    (chunk, n - ((FIRST_CHUNK as usize) << chunk))
}

impl<R: Fn(u32) + Send + Sync> OnDemand<R> {
    pub(super) fn new(stride: usize, max_entries: u32, lanes: u32, retire: R) -> OnDemand<R> {
        OnDemand {
            chunks: (0..u32::BITS - FIRST_CHUNK.ilog2()).map(|_| OnceLock::new()).collect(),
            stride,
            lanes: (0..lanes).map(|_| Mutex::new(Vec::new())).collect(),
            made: Mutex::new(0),
            count: AtomicU32::new(0),
            max_entries,
            retire,
        }
    }

    /// The element was retired and a grace period is over: it may be used again, by `lane` first.
    pub fn reclaimed(&self, lane: usize, id: u32) {
        self.lanes[lane % self.lanes.len()].lock().push(id);
    }

    /// Elements ever made, and of these the free ones, each counted once. The rest are linked or wait for a grace period.
    pub fn census(&self) -> (u32, u32) {
        let made = *self.made.lock();
        let mut seen = vec![false; made as usize];
        let mut free = 0;
        for lane in &self.lanes {
            for &id in lane.lock().iter() {
                assert!(!std::mem::replace(&mut seen[id as usize], true), "element {id} is free twice");
                free += 1;
            }
        }
        (made, free)
    }

    fn free_or_new(&self, lane: usize) -> u32 {
        // The other lanes too, before memory grows: whoever ends grace periods may give everything back to one of them.
        let (before, from) = self.lanes.split_at(lane % self.lanes.len());
        if let Some(id) = from.iter().chain(before).find_map(|list| list.lock().pop()) {
            return id;
        }
        let mut made = self.made.lock();
        let id = *made;
        let (chunk, _) = place(id);
        self.chunks[chunk].get_or_init(|| zeroed(self.stride * ((FIRST_CHUNK as usize) << chunk)));
        *made = id + 1;
        id
    }

    fn retire(&self, id: u32, skips: Mutation) {
        if is(skips) {
            return self.reclaimed(0, id);
        }
        (self.retire)(id);
    }
}

impl<R: Send + Sync> Links for OnDemand<R> {
    #[inline]
    fn link(&self, id: u32) -> &AtomicU64 {
        let (chunk, index) = place(id);
        &self.chunk(chunk)[index * self.stride]
    }
}

impl<R> OnDemand<R> {
    #[inline]
    fn chunk(&self, chunk: usize) -> &[AtomicU64] {
        self.chunks[chunk].get().expect("an element's chunk was made before it")
    }
}

impl<R: Fn(u32) + Send + Sync> ElementMemory for OnDemand<R> {
    #[inline]
    fn words(&self, id: u32) -> &[AtomicU64] {
        let (chunk, index) = place(id);
        &self.chunk(chunk)[index * self.stride..][..self.stride]
    }

    fn take(&self, lane: usize) -> Option<u32> {
        // The count orders nothing: it is a limit, elements are handed over by the lists' locks.
        if self.count.fetch_add(1, Ordering::Relaxed) >= self.max_entries {
            self.count.fetch_sub(1, Ordering::Relaxed);
            return None;
        }
        Some(self.free_or_new(lane))
    }

    fn exchange(&self, lane: usize, old: u32, put: impl FnOnce(u32)) -> Option<u32> {
        put(self.free_or_new(lane));
        Some(old)
    }

    fn replaced(&self, id: u32) {
        self.retire(id, Mutation::ReplaceSkipsGracePeriod);
    }

    fn release(&self, _lane: usize, id: u32) {
        self.count.fetch_sub(1, Ordering::Relaxed);
        self.retire(id, Mutation::RetireSkipsGracePeriod);
    }
}

#[cfg(all(test, not(sim_loom)))]
mod tests {
    use super::*;

    #[test]
    fn chunks_double_and_leave_no_gap() {
        let places: Vec<_> = [0, 63, 64, 191, 192, u32::MAX >> 1].map(place).into();
        assert_eq!(places[..5], [(0, 0), (0, 63), (1, 0), (1, 127), (2, 0)]);
        assert!(places[5].0 < (u32::BITS - FIRST_CHUNK.ilog2()) as usize);
    }
}

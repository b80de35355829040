//! Numbers of free elements: one last-in-first-out list per CPU, so that an element given back is the next to be used.
//!
//! The behaviour is that of `kernel/bpf/percpu_freelist.c`: take from this CPU's list, else from another one's, looked for
//! in CPU order. The kernel has a lock per list; here each list is a stack whose head is exchanged together with a tag that
//! counts the exchanges. Without the tag, a thread that read head A and A's successor B, and slept while others took both and
//! put A back, would make the taken B the head. The tag has 32 bits: the thread would have to sleep through 2^32 exchanges.
//!
//! Key type: [`Freelist`]. Neighbours: `memory` here, `htab` in the simulator.

use sim::sync::{AtomicU32, AtomicU64, Ordering};

use super::mutation::{Mutation, is, relaxed_if};

const END: u32 = u32::MAX;

/// The lists.
pub struct Freelist {
    lanes: Box<[Lane]>,
    /// The element under each one on its list.
    below: Box<[AtomicU32]>,
}

/// One CPU's list: `[tag : 32 | first : 32]`, on a cache line of its own.
#[repr(align(64))]
struct Lane(AtomicU64);

fn word(tag: u64, first: u32) -> u64 {
    tag << 32 | u64::from(first)
}

impl Freelist {
    /// Empty lists for elements `0..capacity` and `lanes` CPUs.
    ///
    /// # Panics
    /// If there is no lane, or `capacity` is `u32::MAX`.
    pub fn empty(capacity: u32, lanes: u32) -> Freelist {
        assert!(lanes > 0 && capacity < END, "{lanes} lanes, {capacity} elements");
        Freelist {
            lanes: (0..lanes).map(|_| Lane(AtomicU64::new(word(0, END)))).collect(),
            below: (0..capacity).map(|_| AtomicU32::new(END)).collect(),
        }
    }

    /// Elements `0..capacity` spread over the CPUs in blocks, the first CPUs getting one more (`pcpu_freelist_populate`).
    ///
    /// # Panics
    /// As [`Freelist::empty`].
    pub fn full(capacity: u32, lanes: u32) -> Freelist {
        let list = Freelist::empty(capacity, lanes);
        let (each, more) = (capacity / lanes, capacity % lanes);
        let mut next = 0;
        for lane in 0..lanes {
            let end = next + each + u32::from(lane < more);
            (next..end).for_each(|id| list.push(lane as usize, id));
            next = end;
        }
        list
    }

    /// How many elements there can be.
    pub fn capacity(&self) -> u32 {
        self.below.len() as u32
    }

    /// A free element: the newest of `cpu`'s list, else of the next CPU's that has one. `None` means that each list was empty
    /// when it was looked at. A `cpu` beyond the last starts over from the first.
    pub fn pop(&self, cpu: usize) -> Option<u32> {
        let count = self.lanes.len();
        let first = cpu % count;
        (first..first + count).find_map(|lane| self.pop_from(&self.lanes[lane % count].0))
    }

    fn pop_from(&self, head: &AtomicU64) -> Option<u32> {
        // Acquire: what the element's last owner did is visible to the next one.
        let acquire = relaxed_if(Mutation::FreelistPopRelaxed, Ordering::Acquire);
        let mut seen = head.load(acquire);
        loop {
            let first = seen as u32;
            if first == END {
                return None;
            }
            let below = self.below[first as usize].load(Ordering::Relaxed);
            let tag = if is(Mutation::FreelistTagMissing) { 0 } else { (seen >> 32).wrapping_add(1) };
            let new = word(tag, below);
            if is(Mutation::FreelistPopNotAtomic) {
                head.store(new, Ordering::Release);
                return Some(first);
            }
            // Relaxed on success would do for this element; the exchange goes on carrying what earlier pushes released.
            match head.compare_exchange_weak(seen, new, acquire, acquire) {
                Ok(_) => return Some(first),
                Err(now) => seen = now,
            }
        }
    }

    /// `id` is free, and the next one that `cpu` takes. The caller owns it, and does not afterwards.
    pub fn push(&self, cpu: usize, id: u32) {
        let head = &self.lanes[cpu % self.lanes.len()].0;
        // Release: see `pop_from`.
        let release = relaxed_if(Mutation::FreelistPushRelaxed, Ordering::Release);
        let mut seen = head.load(Ordering::Relaxed);
        loop {
            self.below[id as usize].store(seen as u32, Ordering::Relaxed);
            let tag = if is(Mutation::FreelistTagMissing) { 0 } else { (seen >> 32).wrapping_add(1) };
            match head.compare_exchange_weak(seen, word(tag, id), release, Ordering::Relaxed) {
                Ok(_) => return,
                Err(now) => seen = now,
            }
        }
    }
}

#[cfg(all(test, not(sim_loom)))]
mod tests {
    use super::*;

    #[test]
    fn newest_first_then_the_other_cpus() {
        let list = Freelist::full(5, 2);
        assert_eq!([list.pop(1), list.pop(1), list.pop(1)], [Some(4), Some(3), Some(2)], "CPU 0 got 0..3");
        list.push(1, 0);
        assert_eq!(list.pop(1), Some(0));
        assert_eq!([list.pop(1), list.pop(1), list.pop(1)], [Some(1), Some(0), None]);
    }
}

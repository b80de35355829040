//! How much memory the frames and references of all states take: a hostile program may fill a hundred thousand states with full
//! stacks, or let thousands wait with thousands of references each.
//!
//! Key types: [`Tally`], [`Share`], [`Counted`]. Neighbours: `state` gives each frame a share and counts references; `search` stops at
//! [`MAX_STATE_BYTES`].

use std::cell::Cell;
use std::rc::Rc;

/// Bytes of frames and references that may be alive at once; a program that needs more gets `unknown`. The kernel has no such limit of its own, it
/// fails with -ENOMEM when the memory of the loading task's cgroup is used up. 100,000 states with frames of 64 slots take more.
pub const MAX_STATE_BYTES: usize = 512 << 20;

/// The sum over all shares.
#[derive(Clone, Debug, Default)]
pub struct Tally(Rc<Cell<usize>>);

impl Tally {
    pub fn bytes(&self) -> usize {
        self.0.get()
    }

    fn add(&self, bytes: usize) {
        self.0.set(self.0.get() + bytes);
    }
}

/// One part of the sum. A copy counts again; what is dropped no longer counts.
#[derive(Debug)]
pub struct Share {
    tally: Tally,
    bytes: usize,
}

impl Share {
    pub fn new(tally: &Tally, bytes: usize) -> Share {
        tally.add(bytes);
        Share { tally: tally.clone(), bytes }
    }

    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    pub fn grow(&mut self, bytes: usize) {
        self.tally.add(bytes);
        self.bytes += bytes;
    }
}

impl Clone for Share {
    fn clone(&self) -> Share {
        Share::new(&self.tally, self.bytes)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.tally.0.set(self.tally.bytes() - self.bytes);
    }
}

/// A list whose room counts, in each copy.
#[derive(Clone, Debug)]
pub struct Counted<T> {
    list: Vec<T>,
    share: Share,
}

impl<T> Counted<T> {
    pub fn new(tally: &Tally) -> Counted<T> {
        Counted { list: Vec::new(), share: Share::new(tally, 0) }
    }

    pub fn push(&mut self, entry: T) {
        self.list.push(entry);
        let room = size_of::<T>() * self.list.capacity();
        self.share.grow(room.saturating_sub(self.share.bytes));
    }

    /// The room stays with the list.
    pub fn remove(&mut self, at: usize) {
        self.list.remove(at);
    }
}

impl<T> Default for Counted<T> {
    fn default() -> Counted<T> {
        Counted::new(&Tally::default())
    }
}

impl<T> std::ops::Deref for Counted<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_count_until_they_are_dropped() {
        let tally = Tally::default();
        let mut one = Share::new(&tally, 10);
        one.grow(5);
        let two = one.clone();
        assert_eq!(tally.bytes(), 30);
        drop(one);
        assert_eq!(tally.bytes(), 15);
        drop(two);
        assert_eq!(tally.bytes(), 0);
    }

    #[test]
    fn the_room_of_a_list_counts_in_each_copy() {
        let tally = Tally::default();
        let mut one = Counted::new(&tally);
        (0..1000_u64).for_each(|entry| one.push(entry));
        let room = tally.bytes();
        assert!((8000..=16_384).contains(&room), "{room}");
        let mut two = one.clone();
        one.remove(1);
        assert_eq!((tally.bytes(), one.len(), two.len()), (2 * room, 999, 1000));
        two.push(7);
        assert!(tally.bytes() >= 2 * room);
        drop((one, two));
        assert_eq!(tally.bytes(), 0);
    }
}

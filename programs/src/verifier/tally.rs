//! How much memory the frames of all states take, exactly: a hostile program may fill a hundred thousand states with full stacks.
//!
//! Key types: [`Tally`], [`Share`]. Neighbours: `state` gives each frame a share; `search` stops at [`MAX_STATE_BYTES`].

use std::cell::Cell;
use std::rc::Rc;

/// Bytes of frames that may be alive at once; a program that needs more gets `unknown`. The kernel has no such limit of its own, it
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
}

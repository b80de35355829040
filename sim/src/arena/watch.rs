//! Watched memory: loads and stores of programs there go through, and are noted.
//!
//! A map watches an element that it hands to another key while a program still holds it. One bit of the shadow keeps the common
//! access as fast as before. Key type: [`WatchHit`]. Neighbours: `shadow` has the bit, `access` notes the hits.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::{ARENA_BASE, Arena, shadow};

/// An access to watched memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WatchHit {
    pub addr: u64,
    pub write: bool,
}

/// What is watched, and what was hit.
#[derive(Debug, Default)]
pub(super) struct Watches {
    /// By start: length and how many watch it.
    ranges: BTreeMap<u64, (usize, u32)>,
    pub hits: RefCell<Vec<WatchHit>>,
}

impl Arena {
    /// Watches live memory until as many calls of [`Arena::unwatch`], or until it is freed.
    pub fn watch(&mut self, addr: u64, len: usize) {
        let range = self.watches.ranges.entry(addr).or_insert((0, 0));
        *range = (range.0.max(len), range.1 + 1);
        shadow::mark_watched(&mut self.shadow, (addr - ARENA_BASE) as usize, len, true);
    }

    /// One watcher of the range at `addr` is gone. Nothing happens when nobody watches it.
    pub fn unwatch(&mut self, addr: u64) {
        let Some((len, watchers)) = self.watches.ranges.get_mut(&addr) else { return };
        *watchers -= 1;
        if *watchers == 0 {
            let len = *len;
            self.watches.ranges.remove(&addr);
            shadow::mark_watched(&mut self.shadow, (addr - ARENA_BASE) as usize, len, false);
        }
    }

    /// The loads and stores of watched memory since the last call. Reads and writes of many bytes ([`Arena::read`]) are not among them.
    pub fn take_watch_hits(&self) -> Vec<WatchHit> {
        if self.watches.hits.borrow().is_empty() { Vec::new() } else { self.watches.hits.take() }
    }

    /// Notes a load or store that left the fast path.
    pub(super) fn note_hit(&self, addr: u64, len: usize, write: bool) {
        let offset = addr.wrapping_sub(ARENA_BASE) as usize;
        if !self.watches.ranges.is_empty() && shadow::any_watched(&self.shadow, offset, len) {
            self.watches.hits.borrow_mut().push(WatchHit { addr, write });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arena::Stamp;

    #[test]
    fn watched_memory_is_usable_and_says_so() {
        let mut arena = Arena::new(1 << 16);
        let at = arena.alloc_zeroed(20, "object", Stamp::default()).expect("room");
        let hits = |arena: &Arena| {
            arena.take_watch_hits().iter().map(|h| (h.addr - at, h.write)).collect::<Vec<_>>()
        };
        arena.watch(at, 20);
        arena.watch(at, 20);
        assert_eq!(arena.load_u32(at + 16), Ok(0));
        assert_eq!(arena.store_u64(at, 7), Ok(()));
        assert_eq!(arena.read(at, 20).map(|b| b[0]), Ok(7));
        assert_eq!(hits(&arena), [(16, false), (0, true)]);
        assert!(arena.load_u32(at + 20).is_err(), "the end is still the end");
        arena.unwatch(at);
        assert_eq!((arena.load_u8(at), hits(&arena)), (Ok(7), vec![(0, false)]), "one watcher is left");
        arena.unwatch(at);
        assert_eq!((arena.load_u8(at), hits(&arena)), (Ok(7), vec![]));
        arena.watch(at, 20);
        arena.free(at, Stamp::default());
        assert!(arena.load_u8(at).is_err(), "freed memory faults, watched or not");
        arena.unwatch(at);
        assert!(arena.load_u8(at).is_err());
    }
}

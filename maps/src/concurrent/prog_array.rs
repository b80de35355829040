//! Slots that readers follow while others exchange what is in them: the core of PROG_ARRAY and of maps in maps.
//!
//! A slot holds a number: of a program, of an inner map. Exchanging it makes the old one unreachable for readers that come later;
//! it is then *retired*, and its owner frees it after a grace period (`kernel/bpf/arraymap.c:fd_array_map_update_elem`,
//! `prog_fd_array_put_ptr`). Key type: [`ProgArray`]. Neighbour: `sim::rcu` has the grace periods.

use sim::sync::{AtomicU32, Ordering};

use super::mutation::{Mutation, is, relaxed_if};

const EMPTY: u32 = u32::MAX;

/// The slots. `retire` gets each number that has left its slot, once, from the thread that exchanged it; it must not wait.
pub struct ProgArray<R> {
    slots: Box<[AtomicU32]>,
    retire: R,
}

impl<R: Fn(u32)> ProgArray<R> {
    /// `slots` empty ones.
    pub fn new(slots: u32, retire: R) -> ProgArray<R> {
        ProgArray { slots: (0..slots).map(|_| AtomicU32::new(EMPTY)).collect(), retire }
    }

    /// How many slots there are.
    pub fn slots(&self) -> u32 {
        self.slots.len() as u32
    }

    /// What is in a slot; `None` if it is empty or there is no such slot. Good for as long as the caller's section lasts.
    #[inline]
    pub fn get(&self, slot: u32) -> Option<u32> {
        // Acquire: the program was made before it was put here.
        let order = relaxed_if(Mutation::SlotLoadRelaxed, Ordering::Acquire);
        Some(self.slots.get(slot as usize)?.load(order)).filter(|what| *what != EMPTY)
    }

    /// Puts `new` into a slot, or empties it, and retires what was there. False if it was empty.
    ///
    /// # Panics
    /// If there is no such slot, or `new` is `u32::MAX`.
    pub fn exchange(&self, slot: u32, new: Option<u32>) -> bool {
        assert_ne!(new, Some(EMPTY), "not a number for a slot");
        let word = &self.slots[slot as usize];
        let new = new.unwrap_or(EMPTY);
        let old = if is(Mutation::SlotSwapNotAtomic) {
            let old = word.load(Ordering::Acquire);
            word.store(new, Ordering::Release);
            old
        } else if is(Mutation::SlotRetiresFirst) {
            let old = word.load(Ordering::Acquire);
            if old != EMPTY {
                (self.retire)(old);
            }
            word.swap(new, Ordering::AcqRel);
            return old != EMPTY;
        } else {
            // Release: see `get`. Acquire: who frees the old one must come after who made it.
            word.swap(new, relaxed_if(Mutation::SlotSwapRelaxed, Ordering::AcqRel))
        };
        if old != EMPTY {
            (self.retire)(old);
        }
        old != EMPTY
    }
}

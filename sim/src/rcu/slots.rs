//! Reader slots: one packed 8-byte word per reader, in chunks, and the protocol on that word.
//!
//! A word is `[ section number : 62 | MARKED | ACTIVE ]`. Its owner sets ACTIVE on entry and, on exit, exchanges the
//! whole word for the next idle value. The grace-period driver may set MARKED on an active word; the exchange on exit
//! then tells the owner to report. The section number makes the driver's compare-exchange fail when the reader has
//! left and come back in between: that section began after the grace period and is not waited for.
//!
//! Words are packed, not padded to cache lines, because a driver reads all of them: a million slots are 8 MB.
//! Neighbour: [`super::readers`] scans and waits.

use super::mutation::{self, Mutation};
use crate::sync::{AtomicU64, Mutex, Ordering, fence};
use std::sync::Arc;

const ACTIVE: u64 = 1;
const MARKED: u64 = 2;
const ONE_SECTION: u64 = 4;

/// Words in a chunk: 4 KiB. A model has few readers and pays for every word, but should cross a chunk border.
const CHUNK_WORDS: usize = if cfg!(sim_loom) { 2 } else { 512 };

struct Chunk {
    words: [AtomicU64; CHUNK_WORDS],
}

/// A share in one slot's word. Whoever owns the slot calls [`enter`](Slot::enter) and [`leave`](Slot::leave).
pub(super) struct Slot {
    chunk: Arc<Chunk>,
    index: usize,
    id: usize,
}

impl Slot {
    pub(super) fn id(&self) -> usize {
        self.id
    }

    fn word(&self) -> &AtomicU64 {
        &self.chunk.words[self.index]
    }

    /// Starts a section. The caller owns the slot and is not in a section.
    #[inline]
    pub(super) fn enter(&self) {
        let word = self.word();
        // Only the owner changes an idle word, so no ordering is needed to read it.
        let idle = word.load(Ordering::Relaxed);
        debug_assert_eq!(idle & (ACTIVE | MARKED), 0, "slot {} is already in a section", self.id);
        // Release: a scan that sees this section must also see the end of the previous one, because it will no longer
        // see the idle word between them.
        let order = mutation::ordering(Mutation::EntryRelaxed, Ordering::Release, Ordering::Relaxed);
        word.store(idle | ACTIVE, order);
        // Pairs with the fence in `Readers::scan`: either the scan sees this section, or this section sees everything
        // that was unpublished before the scan.
        if !mutation::is(Mutation::ReaderFenceMissing) {
            fence(Ordering::SeqCst);
        }
    }

    /// Ends the section. True if a driver waits for this section: the caller must then report to it.
    #[inline]
    #[must_use]
    pub(super) fn leave(&self) -> bool {
        let word = self.word();
        let idle = (word.load(Ordering::Relaxed) & !(ACTIVE | MARKED)).wrapping_add(ONE_SECTION);
        if mutation::is(Mutation::ExitNotAtomic) {
            let old = word.load(Ordering::Acquire);
            word.store(idle, Ordering::Release);
            return old & MARKED != 0;
        }
        let order = mutation::ordering(Mutation::ExitRelaxed, Ordering::AcqRel, Ordering::Relaxed);
        word.swap(idle, order) & MARKED != 0
    }
}

/// All slots of one reader population. Slots are handed out at any time and reused after they come back.
pub(super) struct Slots {
    registry: Mutex<Registry>,
}

struct Registry {
    chunks: Arc<Vec<Arc<Chunk>>>,
    /// Slots ever handed out: only these words can be active.
    used: usize,
    free: Vec<usize>,
}

impl Slots {
    pub(super) fn new() -> Slots {
        Slots { registry: Mutex::new(Registry { chunks: Arc::default(), used: 0, free: Vec::new() }) }
    }

    /// Hands out a slot. The lock orders this against [`view`](Slots::view): either the view has the slot, or
    /// everything the driver knew is visible to the slot's new owner.
    pub(super) fn take(&self) -> Slot {
        let mut registry = self.registry.lock();
        let id = registry.free.pop().unwrap_or_else(|| registry.grow());
        let (chunk, index) = (id / CHUNK_WORDS, id % CHUNK_WORDS);
        Slot { chunk: Arc::clone(&registry.chunks[chunk]), index, id }
    }

    /// Takes back the slot `id`, whose owner has left its section.
    pub(super) fn give_back(&self, id: usize) {
        self.registry.lock().free.push(id);
    }

    /// The slots that exist now.
    pub(super) fn view(&self) -> View {
        let registry = self.registry.lock();
        let missed = usize::from(mutation::is(Mutation::NewestSlotMissed));
        View { chunks: Arc::clone(&registry.chunks), used: registry.used.saturating_sub(missed) }
    }
}

impl Registry {
    fn grow(&mut self) -> usize {
        let id = self.used;
        if id == self.chunks.len() * CHUNK_WORDS {
            let chunk = Chunk { words: std::array::from_fn(|_| AtomicU64::new(0)) };
            // Copies the list only if a scan holds a view of it.
            Arc::make_mut(&mut self.chunks).push(Arc::new(chunk));
        }
        self.used += 1;
        id
    }
}

/// The slots that existed at one moment.
pub(super) struct View {
    chunks: Arc<Vec<Arc<Chunk>>>,
    used: usize,
}

impl View {
    /// The words in slot order, chunk by chunk: a plain slice is what makes a scan of a million words fast.
    fn chunks(&self) -> impl Iterator<Item = &[AtomicU64]> {
        self.chunks.iter().enumerate().map(|(chunk, shared)| {
            let before = chunk * CHUNK_WORDS;
            &shared.words[..(self.used - before.min(self.used)).min(CHUNK_WORDS)]
        })
    }

    /// Marks every active slot that is not marked yet. `about_to_mark` is called before each attempt and
    /// `already_gone` after an attempt that came too late.
    pub(super) fn mark_active(&self, about_to_mark: impl Fn(), already_gone: impl Fn()) {
        let acquire = mutation::ordering(Mutation::ScanRelaxed, Ordering::Acquire, Ordering::Relaxed);
        for words in self.chunks() {
            for word in words {
                // Acquire: an idle reader's sections are over, and what they did must be visible from here on.
                let seen = word.load(acquire);
                if seen & ACTIVE != 0 {
                    mark(word, seen, &about_to_mark, &already_gone);
                }
            }
        }
    }

    /// Ids of the slots that a driver waits for.
    pub(super) fn marked(&self) -> Vec<usize> {
        let marked = |word: &AtomicU64| word.load(Ordering::Relaxed) & MARKED != 0;
        self.chunks().flatten().enumerate().filter(|(_, word)| marked(word)).map(|(id, _)| id).collect()
    }
}

/// Marks `word`, seen active as `seen`, unless it is marked or its reader has moved on.
#[cold]
fn mark(word: &AtomicU64, seen: u64, about_to_mark: &impl Fn(), already_gone: &impl Fn()) {
    // Marked for a grace period that was cancelled: counted already.
    if seen & MARKED != 0 && !mutation::is(Mutation::HoldoutCountedTwice) {
        return;
    }
    about_to_mark();
    if mutation::is(Mutation::MarkBlindly) {
        word.fetch_or(MARKED, Ordering::AcqRel);
        return;
    }
    let late = mutation::ordering(Mutation::MarkFailureRelaxed, Ordering::Acquire, Ordering::Relaxed);
    // Release: the reader that finds the mark must also find itself counted.
    if word.compare_exchange(seen, seen | MARKED, Ordering::Release, late).is_err() {
        already_gone();
    }
}

//! Reader words: 2 bytes per reader, packed in chunks, handed out and taken back at any time.
//!
//! A word is `[ section number : 14 | ACTIVE | MARKED ]`. Only its owner enters and leaves, each of which adds one to the
//! section number and ACTIVE together: a word that differs from what a driver saw belongs to another section, or none. The
//! number wraps, which is harmless: a driver that takes a later section for the one it saw waits longer than it must.
//! MARKED is the driver's, see [`super::notified`].
//!
//! Words are small and packed, not padded to cache lines, because a driver reads all of them: a million readers are 2 MB.
//! Readers that register one after the other get words in different cache lines all the same ([`place`]), so that a few busy threads
//! do not share one.
//! Neighbours: [`super::slots`] (the protocol on a word), [`super::counters`] (uses the words only to say who holds).

use super::mutation::{self, Mutation};
use crate::sync::{AtomicU16, Mutex, Ordering};
use std::sync::Arc;

/// What is in a word.
pub(super) type Value = u16;
pub(super) type Word = AtomicU16;

pub(super) const MARKED: Value = 1;
pub(super) const ACTIVE: Value = 2;

/// Words in a chunk: 4 KiB. A model has few readers and pays for every word, but should cross a chunk border.
const CHUNK_WORDS: usize = if cfg!(sim_loom) { 2 } else { 2048 };

/// Words that a scan looks at together, since most readers are idle.
const GROUP: usize = 16;

#[repr(align(64))]
struct Chunk {
    words: [Word; CHUNK_WORDS],
}

/// Where the reader `id` has its word in its chunk: the number with its bits reversed, so that 64 registrations in a row get
/// 64 cache lines. Its own inverse.
fn place(id: usize) -> usize {
    const UNUSED_BITS: u32 = usize::BITS - CHUNK_WORDS.trailing_zeros();
    (id % CHUNK_WORDS).reverse_bits() >> UNUSED_BITS
}

/// A reader's word and its value as the owner last left it, without the mark.
pub struct Slot {
    chunk: Arc<Chunk>,
    index: usize,
    id: usize,
    /// A [`Value`] in a wider field: the compiler likes to load four bytes here, and would wait for a store of two.
    value: u32,
}

impl Slot {
    pub(super) fn id(&self) -> usize {
        self.id
    }

    #[inline]
    pub(super) fn word(&self) -> &Word {
        &self.chunk.words[self.index % CHUNK_WORDS]
    }

    /// The word's next value: active if the last one was idle, and the other way round.
    #[inline]
    pub(super) fn next(&mut self) -> Value {
        self.value = self.value.wrapping_add(u32::from(ACTIVE));
        self.value as Value
    }
}

/// All words of one population.
#[derive(Default)]
pub(super) struct Table {
    registry: Mutex<Registry>,
}

#[derive(Default)]
struct Registry {
    chunks: Arc<Vec<Arc<Chunk>>>,
    /// Slots ever handed out.
    used: usize,
    free: Vec<usize>,
}

impl Table {
    /// Hands out a word. The lock orders this against [`view`](Table::view): either the view has the word, or everything
    /// the driver knew is visible to the word's new owner.
    pub(super) fn take(&self) -> Slot {
        let mut registry = self.registry.lock();
        let id = registry.free.pop().unwrap_or_else(|| registry.grow());
        let (chunk, index) = (Arc::clone(&registry.chunks[id / CHUNK_WORDS]), place(id));
        let value = chunk.words[index].load(Ordering::Relaxed);
        debug_assert_eq!(value & (ACTIVE | MARKED), 0, "slot {id} is still in its last reader's section");
        Slot { chunk, index, id, value: u32::from(value) }
    }

    /// Takes back the slot `id`, whose owner is in no section.
    pub(super) fn give_back(&self, id: usize) {
        self.registry.lock().free.push(id);
    }

    /// The words that exist now.
    pub(super) fn view(&self) -> View {
        let registry = self.registry.lock();
        let missed = usize::from(mutation::is(Mutation::NewestChunkMissed));
        View { scanned: registry.chunks.len().saturating_sub(missed), chunks: Arc::clone(&registry.chunks) }
    }
}

impl Registry {
    fn grow(&mut self) -> usize {
        let id = self.used;
        if id == self.chunks.len() * CHUNK_WORDS {
            let chunk = Chunk { words: std::array::from_fn(|_| Word::new(0)) };
            // Copies the list only if a scan holds a view of it.
            Arc::make_mut(&mut self.chunks).push(Arc::new(chunk));
        }
        self.used += 1;
        id
    }
}

/// The words that existed at one moment.
pub struct View {
    chunks: Arc<Vec<Arc<Chunk>>>,
    scanned: usize,
}

impl View {
    /// Loads every word and calls `found(number, word, value)` for those that are active.
    #[inline]
    pub(super) fn for_each_active(&self, order: Ordering, mut found: impl FnMut(usize, &Word, Value)) {
        for (chunk, shared) in self.chunks.iter().take(self.scanned).enumerate() {
            for (group, words) in shared.words.chunks(GROUP).enumerate() {
                // A model would only see every word loaded twice.
                if !cfg!(sim_loom) && words.iter().fold(0, |any, word| any | word.load(order)) & ACTIVE == 0 {
                    continue;
                }
                for (index, word) in words.iter().enumerate() {
                    let value = word.load(order);
                    if value & ACTIVE != 0 {
                        found(chunk * CHUNK_WORDS + place(group * GROUP + index), word, value);
                    }
                }
            }
        }
    }

    /// The word of reader `id`.
    pub(super) fn word(&self, id: usize) -> &Word {
        &self.chunks[id / CHUNK_WORDS].words[place(id)]
    }
}

/// Sections that a driver found open: reader and word value.
pub(super) struct Found {
    view: View,
    sections: Vec<(usize, Value)>,
}

impl Found {
    /// Every section that is open now.
    pub(super) fn now(view: View, order: Ordering) -> Found {
        let mut sections = Vec::new();
        view.for_each_active(order, |id, _, value| sections.push((id, value)));
        Found { view, sections }
    }

    /// Forgets the sections that are over, and says if none is left.
    pub(super) fn all_over(&mut self, order: Ordering) -> bool {
        self.sections.retain(|&(id, value)| self.view.word(id).load(order) == value);
        self.sections.is_empty()
    }

    /// Readers whose section goes on, ascending.
    pub(super) fn readers(&self) -> Vec<usize> {
        let goes_on = |&&(id, value): &&(usize, Value)| self.view.word(id).load(Ordering::Relaxed) == value;
        let mut readers: Vec<usize> = self.sections.iter().filter(goes_on).map(|&(id, _)| id).collect();
        readers.sort_unstable();
        readers
    }
}

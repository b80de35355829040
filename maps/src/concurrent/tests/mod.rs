//! The concurrent structures against simple models on one thread, and under real threads. Interleavings are `tests/loom`'s work.

mod model;
mod stress;

use super::*;

/// A poor hash on purpose: long chains, and elements that move between few buckets.
fn poor_hash(key: &[u64]) -> u32 {
    key[0] as u32 % 5
}

fn shape(max_entries: u32, lanes: u32) -> Shape {
    Shape { key_words: 1, value_words: 3, max_entries, lanes }
}

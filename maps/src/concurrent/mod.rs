//! The concurrent core of maps: real `Send + Sync` structures without `unsafe`, for threads as well as for the simulator.
//!
//! | structure | what it is | memory comes back |
//! |---|---|---|
//! | [`Freelist`] | numbers of free elements, one last-in-first-out list per CPU | |
//! | [`Chains`] | buckets of linked elements: locked writers, lookups without a lock | |
//! | [`HashTable`]`<`[`Preallocated`]`>` | hash map, every element made at creation | at once, also under readers, as in the kernel |
//! | [`HashTable`]`<`[`OnDemand`]`>` | hash map, elements made when first needed | after a grace period of `sim::rcu` |
//! | [`RingBuffer`] | records of many producers for one consumer, over [`Ring`] | when consumed |
//! | [`ProgArray`] | slots that readers follow while others exchange them | after a grace period |
//!
//! Elements are numbers and their memory is atomic words, so that a reader which meets memory in a new use reads well-defined
//! values and finds out, instead of undefined behaviour. That is also what lets loom check it: all atomics, fences and locks
//! come from [`sim::sync`], and `tests/loom` runs one model per promise and plants the faults of `mutation` one by one.
//!
//! # What the simulated maps share with this
//!
//! `htab` takes its free elements from [`Freelist`], `table` keeps its buckets in [`Chains`], `ringbuf` its positions and
//! headers in [`Ring`]: what loom explores is what the simulator runs. Not shared: where keys, values and records lie (the
//! simulator's arena, so that programs can address them), bucket locks as programs meet them (`lock`), and the per-CPU lists
//! of `bpf_mem_alloc` (`mem_alloc`), which are single-threaded by design.
//!
//! ```
//! use maps::concurrent::{HashTable, Shape, Update};
//!
//! let shape = Shape { key_words: 1, value_words: 2, max_entries: 100, lanes: 2 };
//! let table = HashTable::preallocated(shape, |key| maps::concurrent::jhash_words(key, 0));
//! std::thread::scope(|threads| {
//!     for lane in 0..2 {
//!         let table = &table;
//!         threads.spawn(move || table.update(lane, &[lane as u64], &[1, 2], Update::Any).unwrap());
//!     }
//! });
//! let mut value = [0; 2];
//! assert!(table.read(&[1], &mut value));
//! assert_eq!((value, table.len()), ([1, 2], 2));
//! ```

mod chains;
mod freelist;
mod hash_table;
mod memory;
#[cfg(not(sim_loom))]
mod mutation;
#[cfg(sim_loom)]
pub mod mutation;
mod prog_array;
mod ring;
mod ring_buffer;
#[cfg(all(test, not(sim_loom)))]
mod tests;

pub use chains::{Chains, Links, Locked, Match};
pub use freelist::Freelist;
pub use hash_table::{Found, HashTable, Shape, TableError, Update, jhash_words};
pub use memory::{ElementMemory, OnDemand, Preallocated};
pub use prog_array::ProgArray;
pub use ring::{Ring, RingMemory};
pub use ring_buffer::{Record, RingBuffer};

//! BPF maps: what each type stores, when its memory is used again, and which grace period frees it. Knows no programs.
//!
//! Map of the crate:
//! - [`map`]: the [`map::Map`] trait that programs and system calls use; [`create`]: one row per modelled type.
//! - [`spec`], [`consts`], [`check`](mod@check), [`rules`]: definition, Linux names, creation checks, differences between kernels as data.
//! - one file per type: [`array`](mod@array), [`percpu_array`], [`hash`], [`percpu_hash`], [`lru_hash`], `lru_percpu_hash`, [`rhash`],
//!   [`lpm_trie`], [`queue_stack`], [`bloom`], [`ringbuf`]. [`batch`]: which of them have batch commands, and how each is walked.
//! - what hash types share: [`htab`], `source` (where elements come from), `table` (buckets), `pool` (elements), `lock` (bucket locks),
//!   [`jhash`](mod@jhash), `lru_list` and `lru_percpu` over `lru_shared`, `links`. Of RHASH: `rhash_table`. Of the trie: `trie`.
//! - types that hold objects behind descriptors: [`object`], [`inner`] and [`refcount`] (maps in maps), `fd_array`, and a file each.
//! - memory: [`concurrent::Freelist`] (preallocated), `kmalloc_rcu` (5.10), `mem_alloc` (`bpf_mem_alloc`), `element_source`
//!   (elements that wait for a grace period before reuse). `map_lock`: the lock of maps without buckets.
//! - [`concurrent`]: the parts that hold under threads too, checked by loom.
//! - [`element`]: which element an address belongs to, and who still holds it; [`value`]: special fields, [`fields`]: what they hold; [`event`]; [`callable`].
//!
//! All memory that programs can see lives in `sim::arena`; bookkeeping (links, hashes, reference bits) lives beside it.

mod arena;
pub mod array;
pub mod array_of_maps;
pub mod batch;
pub mod bloom;
pub mod callable;
pub mod cgroup_array;
pub mod check;
mod check_btf;
mod check_fd;
mod check_fields;
pub mod concurrent;
pub mod consts;
pub mod cpumap;
pub mod create;
pub mod devmap;
pub mod element;
mod element_source;
pub mod event;
mod fd_array;
pub mod fields;
mod hash;
mod hash_family;
pub mod hash_of_maps;
pub mod htab;
pub mod inner;
pub mod jhash;
mod kmalloc_rcu;
mod links;
pub mod local_storage;
mod lock;
pub mod lpm_trie;
mod lru_hash;
mod lru_list;
mod lru_percpu;
mod lru_percpu_hash;
mod lru_shared;
pub mod map;
mod map_lock;
mod mem_alloc;
pub mod object;
pub mod object_cache;
pub mod percpu_array;
mod percpu_hash;
pub mod perf_event_array;
mod pool;
pub mod prog_array;
pub mod queue_stack;
pub mod refcount;
pub mod rhash;
mod rhash_table;
pub mod ringbuf;
pub mod rules;
pub mod sock_array;
pub mod sockhash;
mod source;
pub mod spec;
pub mod stack_trace;
mod table;
#[cfg(test)]
mod tests;
mod trie;
pub mod user_ringbuf;
pub mod value;

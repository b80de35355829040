//! The bench of concurrent hash maps: lookup, update of a present key, and memory per element.
//!
//! `cargo bench -p tests --bench concurrent_maps`. Beside dashmap, papaya and a plain lock around a HashMap, in one run with
//! interleaved rounds. Everybody hashes with the same function. Key file: `memory`.

#[path = "../rounds/mod.rs"]
mod rounds;

mod memory;

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::hint::black_box;

use dashmap::DashMap;
use maps::concurrent::{HashTable, OnDemand, Preallocated, Shape, Update};
use parking_lot::RwLock;
use sim::rcu::TasksTrace;

use rounds::{Scheme, block_on, table, timed};

const OPS: u64 = 50_000;
const ROUNDS: usize = 60;

/// Multiply and fold: quick, good enough for numbers.
#[derive(Clone, Copy, Default)]
pub struct Fold(u64);

fn fold(key: u64) -> u64 {
    let wide = u128::from(key ^ 0x9e37_79b9_7f4a_7c15) * 0xa076_1d64_78bd_642f;
    (wide >> 64) as u64 ^ wide as u64
}

impl Hasher for Fold {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("keys are u64")
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = fold(key);
    }
}

pub type Folding = BuildHasherDefault<Fold>;

pub fn hash(key: &[u64]) -> u32 {
    fold(key[0]) as u32
}

pub fn shape(entries: u64) -> Shape {
    Shape { key_words: 1, value_words: 1, max_entries: entries as u32, lanes: 2 }
}

/// Keys in an order that no cache foresees; the generator is the same for everybody.
fn keys(thread: usize, entries: u64) -> impl FnMut() -> u64 {
    let mut state = 0x1234_5678_9abc_def1 ^ ((thread as u64) << 32);
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        ((u128::from(state) * u128::from(entries)) >> 64) as u64
    }
}

/// Calls `op` with keys.
fn with_keys(thread: usize, entries: u64, mut op: impl FnMut(u64)) -> impl FnMut(u64) {
    let mut next = keys(thread, entries);
    move |ops| (0..ops).for_each(|_| op(next()))
}

/// Called with an element that no reader can see any more.
type Retire<'a> = Box<dyn Fn(u32) + Send + Sync + 'a>;

struct Maps<'a, H> {
    entries: u64,
    ours: HashTable<Preallocated, H>,
    on_demand: HashTable<OnDemand<Retire<'a>>, H>,
    rcu: &'a TasksTrace<u32>,
    dash: DashMap<u64, u64, Folding>,
    papaya: papaya::HashMap<u64, u64, Folding>,
    locked: RwLock<HashMap<u64, u64, Folding>>,
}

impl<'a, H: Fn(&[u64]) -> u32 + Copy + Sync> Maps<'a, H> {
    /// `hash` is a type of its own, so that it is inlined as the others' is.
    fn new(entries: u64, rcu: &'a TasksTrace<u32>, hash: H) -> Maps<'a, H> {
        let maps = Maps {
            entries,
            ours: HashTable::preallocated(shape(entries), hash),
            on_demand: HashTable::on_demand(shape(entries), hash, Box::new(|id| rcu.call(id))),
            rcu,
            dash: DashMap::with_capacity_and_hasher(entries as usize, Folding::default()),
            papaya: papaya::HashMap::with_capacity_and_hasher(entries as usize, Folding::default()),
            locked: RwLock::new(HashMap::with_capacity_and_hasher(entries as usize, Folding::default())),
        };
        for key in 0..entries {
            maps.ours.update(0, &[key], &[key], Update::NoExist).expect("room");
            maps.on_demand.update(0, &[key], &[key], Update::NoExist).expect("room");
            maps.dash.insert(key, key);
            maps.papaya.pin().insert(key, key);
            maps.locked.write().insert(key, key);
        }
        maps
    }

    fn reclaim(&self, lane: usize) {
        block_on(self.rcu.grace_period()).for_each(|id| self.on_demand.memory().reclaimed(lane, id));
    }

    fn lookups(&self) -> Vec<Scheme<'_>> {
        let entries = self.entries;
        let ours = move |threads, ops| {
            timed(threads, ops, |thread| {
                with_keys(thread, entries, |key| {
                    let mut value = [0];
                    assert!(self.ours.read(&[key], &mut value) && value == [key]);
                })
            })
        };
        let on_demand = move |threads, ops| {
            timed(threads, ops, |thread| {
                let mut reader = self.rcu.register();
                with_keys(thread, entries, move |key| {
                    let _section = reader.enter();
                    let mut value = [0];
                    assert!(self.on_demand.read(&[key], &mut value) && value == [key]);
                })
            })
        };
        let papaya = move |threads, ops| {
            timed(threads, ops, |thread| {
                with_keys(thread, entries, |key| assert_eq!(self.papaya.pin().get(&key), Some(&key)))
            })
        };
        let pinned = move |threads, ops| {
            timed(threads, ops, |thread| {
                let mut next = keys(thread, entries);
                move |ops| {
                    let map = self.papaya.pin();
                    for _ in 0..ops {
                        let key = next();
                        assert_eq!(map.get(&key), Some(&key));
                    }
                }
            })
        };
        let dash = move |threads, ops| {
            timed(threads, ops, |thread| {
                with_keys(thread, entries, |key| assert_eq!(self.dash.get(&key).map(|v| *v), Some(key)))
            })
        };
        let locked = move |threads, ops| {
            timed(threads, ops, |thread| {
                with_keys(thread, entries, |key| assert_eq!(self.locked.read().get(&key), Some(&key)))
            })
        };
        vec![
            Scheme::new("sleepable, preallocated", ours),
            Scheme::new("sleepable, on demand, a section each", on_demand),
            Scheme::new("papaya, a guard each", papaya),
            Scheme::new("papaya, one guard for all", pinned),
            Scheme::new("dashmap", dash),
            Scheme::new("RwLock<HashMap>", locked),
        ]
    }

    fn updates(&self) -> Vec<Scheme<'_>> {
        let entries = self.entries;
        let ours = move |threads, ops| {
            timed(threads, ops, |thread| {
                with_keys(thread, entries, move |key| {
                    self.ours.update(thread, &[key], &[key], Update::Any).expect("room");
                })
            })
        };
        let on_demand = move |threads, ops| {
            timed(threads, ops, |thread| {
                let mut since = 0;
                with_keys(thread, entries, move |key| {
                    self.on_demand.update(thread, &[key], &[key], Update::Any).expect("room");
                    since += 1;
                    if since == 1024 {
                        since = 0;
                        self.reclaim(thread);
                    }
                })
            })
        };
        let papaya = move |threads, ops| {
            timed(threads, ops, |thread| {
                with_keys(thread, entries, |key| _ = black_box(self.papaya.pin().insert(key, key)))
            })
        };
        let dash = move |threads, ops| {
            timed(threads, ops, |thread| {
                with_keys(thread, entries, |key| _ = black_box(self.dash.insert(key, key)))
            })
        };
        let locked = move |threads, ops| {
            timed(threads, ops, |thread| {
                with_keys(thread, entries, |key| _ = black_box(self.locked.write().insert(key, key)))
            })
        };
        vec![
            Scheme::new("sleepable, preallocated", ours),
            Scheme::new("sleepable, on demand, grace period per 1,024", on_demand),
            Scheme::new("papaya, a guard each", papaya),
            Scheme::new("dashmap", dash),
            Scheme::new("RwLock<HashMap>", locked),
        ]
    }
}

fn main() {
    if std::env::args().any(|arg| arg == "--test") {
        return;
    }
    if memory::run_as_child() {
        return;
    }
    let reference = "papaya, a guard each";
    for entries in [1_000, 100_000] {
        let rcu = TasksTrace::new();
        let maps = Maps::new(entries, &rcu, hash);
        let title = |what: &str| format!("{what}, {entries} keys, ns");
        table(&title("lookup"), &mut maps.lookups(), reference, ROUNDS, OPS);
        table(&title("replace"), &mut maps.updates(), reference, ROUNDS, OPS);
    }
    memory::report();
}

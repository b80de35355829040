//! Hash buckets: a reader without a lock finds what is there, whole, whatever happens to the elements it passes.

use loom::thread;
use loom_models::pair::{Role, pair};
use loom_models::{Bound, Seen, explore, grace_period};
use maps::concurrent::{ElementMemory, HashTable, OnDemand, Preallocated, Shape, Update};
use sim::rcu::{Notified, Slots, TasksTrace};
use std::sync::Arc;

/// Even keys are in one bucket, odd keys in another.
type Hash = fn(&[u64]) -> u32;

fn hash(key: &[u64]) -> u32 {
    ((key[0] & 1) | (key[0] << 8)) as u32
}

type Table = HashTable<Preallocated, Hash>;

fn shape(max_entries: u32, lanes: u32) -> Shape {
    Shape { key_words: 1, value_words: 2, max_entries, lanes }
}

fn table(max_entries: u32, lanes: u32) -> Arc<Table> {
    Arc::new(HashTable::preallocated(shape(max_entries, lanes), hash as Hash))
}

fn put<M: ElementMemory>(table: &HashTable<M, Hash>, lane: usize, key: u64, value: u64) -> bool {
    table.update(lane, &[key], &[value, value], Update::Any).is_ok()
}

/// The key's value, which must be whole.
fn get<M: ElementMemory>(table: &HashTable<M, Hash>, key: u64) -> Option<u64> {
    let mut value = [0; 2];
    let found = table.read(&[key], &mut value);
    assert!(!found || value[0] == value[1], "a torn value");
    found.then_some(value[0])
}

/// Runs `read` beside `write` on a table that `setup` has filled.
fn beside(
    name: &str,
    bound: Bound,
    events: &[&'static str],
    setup: fn() -> Arc<Table>,
    read: Role<Table>,
    write: Role<Table>,
) {
    pair(name, bound, events, setup, [write, read], |_, _| ());
}

/// A reader finds a new element filled, or not at all.
#[test]
fn insert() {
    let read = |table: &Table, seen: &Seen| match get(table, 0) {
        Some(value) => {
            assert_eq!(value, 7, "another key's value");
            seen.note("found");
        }
        None => seen.note("not yet"),
    };
    let write = |table: &Table, _: &Seen| assert!(put(table, 0, 0, 7));
    beside("hash_insert", Bound::All, &["found", "not yet"], || table(2, 1), read, write);
}

/// An element that was used before comes to the front of its bucket again: readers find their way through it to what is behind.
#[test]
fn insert_in_front() {
    let setup = || {
        let table = table(2, 1);
        assert!(put(&table, 0, 2, 1) && put(&table, 0, 4, 2) && table.delete(0, &[2]));
        table
    };
    let read = |table: &Table, seen: &Seen| {
        assert_eq!(get(table, 4), Some(2), "a present key is lost");
        seen.note(if get(table, 0).is_some() { "found" } else { "not yet" });
    };
    let write = |table: &Table, _: &Seen| assert!(put(table, 0, 0, 7));
    beside("hash_insert_in_front", Bound::All, &["found", "not yet"], setup, read, write);
}

/// The element that a reader stands on is deleted and goes to another bucket. What lies behind it is found all the same.
#[test]
fn reuse_in_another_bucket() {
    let setup = || {
        let table = table(2, 1);
        assert!(put(&table, 0, 0, 1) && put(&table, 0, 2, 2));
        table
    };
    let read = |table: &Table, seen: &Seen| {
        assert_eq!(get(table, 0), Some(1), "a present key is lost");
        seen.note(if get(table, 1).is_some() { "moved" } else { "not yet moved" });
    };
    let write = |table: &Table, _: &Seen| assert!(table.delete(0, &[2]) && put(table, 0, 1, 3));
    let events = &["moved", "not yet moved"];
    beside("hash_reuse_in_another_bucket", Bound::All, events, setup, read, write);
}

/// A key whose value is replaced never looks absent.
#[test]
fn replace() {
    let setup = || {
        let table = table(2, 1);
        assert!(put(&table, 0, 0, 1) && put(&table, 0, 2, 2));
        table
    };
    let read = |table: &Table, seen: &Seen| match get(table, 0) {
        Some(1) => seen.note("old"),
        Some(3) => seen.note("new"),
        other => panic!("a present key is lost: {other:?}"),
    };
    let write = |table: &Table, _: &Seen| assert!(put(table, 0, 0, 3));
    beside("hash_replace", Bound::All, &["old", "new"], setup, read, write);
}

/// An element is filled again under a reader's hands: the reader does not mix two values, and never goes back in time.
#[test]
fn rewrite() {
    let setup = || {
        let table = table(1, 1);
        assert!(put(&table, 0, 0, 1));
        table
    };
    let read = |table: &Table, seen: &Seen| {
        let value = get(table, 0).expect("a present key is lost");
        assert!((1..=3).contains(&value), "a value that nobody wrote");
        seen.note(["first", "second", "third"][value as usize - 1]);
    };
    let write = |table: &Table, _: &Seen| assert!(put(table, 0, 0, 2) && put(table, 0, 0, 3));
    let events = &["first", "second", "third"];
    beside("hash_rewrite", Bound::Preemptions(3), events, setup, read, write);
}

/// Two writers in one bucket: neither undoes the other, and every element is linked or free, once.
#[test]
fn two_writers() {
    explore("hash_two_writers", Bound::All, &["newest first", "oldest first"], |seen| {
        let table = table(4, 2);
        assert!(put(&table, 0, 8, 1));
        let other = thread::spawn({
            let table = Arc::clone(&table);
            move || assert!(put(&table, 1, 4, 4) && table.delete(1, &[8]))
        });
        assert!(put(&table, 0, 0, 5));
        other.join().unwrap();
        let mut keys = Vec::new();
        table.for_each(|key, _| keys.push(key[0]));
        seen.note(if keys == [0, 4] { "newest first" } else { "oldest first" });
        keys.sort_unstable();
        assert_eq!(keys, [0, 4], "an update is lost");
        assert_eq!(table.memory().drain(), 2, "an element is lost");
    });
}

/// A deleted element goes to another bucket at once, but not before it has left its own.
#[test]
fn delete_and_take() {
    explore("hash_delete_and_take", Bound::All, &["got the deleted one", "full"], |seen| {
        let table = table(2, 1);
        assert!(put(&table, 0, 0, 1) && put(&table, 0, 2, 2));
        let other = thread::spawn({
            let (table, seen) = (Arc::clone(&table), Arc::clone(seen));
            move || seen.note(if put(&table, 0, 1, 3) { "got the deleted one" } else { "full" })
        });
        assert!(table.delete(0, &[2]), "a present key is lost");
        other.join().unwrap();
        assert_eq!(get(&table, 0), Some(1), "a present key is lost");
    });
}

/// Elements made at run time stay what they are for as long as a reader's section lasts.
fn in_a_section(name: &str, update: fn(&HashTable<OnDemand<Retire>, Hash>)) {
    explore(name, Bound::Preemptions(4), &["alive", "gone", "waited", "used again"], move |seen| {
        let rcu = Arc::new(TasksTrace::<u32, Slots<Notified>>::default());
        let mut reader = rcu.register();
        let retire: Retire = Box::new({
            let rcu = Arc::clone(&rcu);
            move |id| rcu.call(id)
        });
        let table = Arc::new(HashTable::on_demand(shape(2, 1), hash as Hash, retire));
        assert!(put(&table, 0, 0, 1));
        let task = thread::spawn({
            let (table, seen) = (Arc::clone(&table), Arc::clone(seen));
            move || {
                let _section = reader.enter();
                let Some(found) = table.lookup(&[0]) else { return seen.note("gone") };
                let value = found.value()[0].load(loom::sync::atomic::Ordering::Relaxed);
                assert!(found.is_current(), "used again inside a section");
                assert_eq!(value, 1, "used again inside a section");
                seen.note("alive");
            }
        });
        update(&table);
        put(&table, 0, 2, 2);
        for id in grace_period(&rcu, seen) {
            table.memory().reclaimed(0, id);
        }
        let (made, _) = table.memory().census();
        put(&table, 0, 3, 3);
        if table.memory().census().0 == made {
            seen.note("used again");
        }
        task.join().unwrap();
    });
}

type Retire = Box<dyn Fn(u32) + Send + Sync>;

/// A deleted element.
#[test]
fn grace_period_after_delete() {
    in_a_section("hash_grace_period_after_delete", |table| assert!(table.delete(0, &[0])));
}

/// A replaced element; the key is then deleted too, so that the reader meets one of the two at most.
#[test]
fn grace_period_after_replace() {
    in_a_section("hash_grace_period_after_replace", |table| {
        assert!(put(table, 0, 0, 1) && table.delete(0, &[0]));
    });
}

//! One thread: every answer is that of a `BTreeMap` or a queue, and no element is lost.

use std::cell::Cell;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;

use proptest::prelude::*;

use super::*;

const MAX: u32 = 6;

#[derive(Clone, Copy, Debug)]
enum Op {
    Update(u64, u64, Update),
    Delete(u64),
    Read(u64),
    /// A grace period ends for everything retired so far.
    GracePeriod,
}

fn op() -> impl Strategy<Value = Op> {
    let how = prop_oneof![3 => Just(Update::Any), 1 => Just(Update::NoExist), 1 => Just(Update::Exist)];
    prop_oneof![
        4 => (0..10u64, any::<u64>(), how).prop_map(|(key, value, how)| Op::Update(key, value, how)),
        3 => (0..10u64).prop_map(Op::Delete),
        2 => (0..10u64).prop_map(Op::Read),
        1 => Just(Op::GracePeriod),
    ]
}

type Model = BTreeMap<u64, u64>;

fn expected(model: &mut Model, key: u64, value: u64, how: Update) -> Result<(), TableError> {
    match (model.contains_key(&key), how) {
        (true, Update::NoExist) => return Err(TableError::Exists),
        (false, Update::Exist) => return Err(TableError::NotFound),
        (false, _) if model.len() == MAX as usize => return Err(TableError::Full),
        _ => {}
    }
    model.insert(key, value);
    Ok(())
}

fn words(value: u64) -> [u64; 3] {
    [value, !value, value.rotate_left(7)]
}

fn apply<M: ElementMemory, H: Fn(&[u64]) -> u32>(
    table: &HashTable<M, H>,
    model: &mut Model,
    lane: usize,
    op: Op,
) -> Result<(), TestCaseError> {
    match op {
        Op::Update(key, value, how) => {
            let answer = table.update(lane, &[key], &words(value), how);
            prop_assert_eq!(answer, expected(model, key, value, how));
        }
        Op::Delete(key) => prop_assert_eq!(table.delete(lane, &[key]), model.remove(&key).is_some()),
        Op::Read(key) => {
            let mut value = [0; 3];
            let found = table.read(&[key], &mut value).then_some(value);
            prop_assert_eq!(found, model.get(&key).map(|value| words(*value)));
            prop_assert_eq!(table.lookup(&[key]).is_some(), found.is_some());
        }
        Op::GracePeriod => {}
    }
    let mut all = Model::new();
    table.for_each(|key, value| assert!(all.insert(key[0], value[0]).is_none(), "{key:?} is there twice"));
    prop_assert_eq!(&all, &*model);
    prop_assert_eq!((table.len(), table.is_empty()), (model.len(), model.is_empty()));
    Ok(())
}

proptest! {
    #[test]
    fn preallocated(ops in prop::collection::vec((0..3usize, op()), 1..120)) {
        let table = HashTable::preallocated(shape(MAX, 2), poor_hash);
        let mut model = Model::new();
        for (lane, op) in ops {
            apply(&table, &mut model, lane, op)?;
        }
        prop_assert_eq!(table.memory().drain() as usize + table.len(), MAX as usize);
    }

    #[test]
    fn on_demand(ops in prop::collection::vec((0..3usize, op()), 1..120)) {
        let retired = Mutex::new(Vec::new());
        let table = HashTable::on_demand(shape(MAX, 2), poor_hash, |id| retired.lock().unwrap().push(id));
        let mut model = Model::new();
        for (lane, op) in ops {
            apply(&table, &mut model, lane, op)?;
            if matches!(op, Op::GracePeriod) {
                retired.lock().unwrap().drain(..).for_each(|id| table.memory().reclaimed(lane, id));
            }
            let (made, free) = table.memory().census();
            prop_assert_eq!(made as usize, free as usize + table.len() + retired.lock().unwrap().len());
        }
    }

    #[test]
    fn ring(ops in prop::collection::vec((0..4u8, 0..5usize), 1..200)) {
        let ring = RingBuffer::new(128);
        let mut open: VecDeque<(Record<'_>, u64)> = VecDeque::new();
        // Of each record since the consumer's position: its value, once it is known whether it will be shown.
        let mut records: VecDeque<(u64, Option<bool>, usize)> = VecDeque::new();
        let next = Cell::new(0);
        // The consumer waited for a record that was dropped.
        let mut owed = false;
        for (what, size) in ops {
            match what {
                0 => {
                    let used: usize = records.iter().map(|(_, _, size)| 8 + size * 8).sum();
                    let record = ring.reserve(size);
                    prop_assert_eq!(record.is_some(), used + 8 + size * 8 < 128);
                    if let Some(record) = record {
                        next.set(next.get() + 1);
                        (0..size).for_each(|index| record.set(index, next.get()));
                        records.push_back((next.get(), None, size));
                        open.push_back((record, next.get()));
                    }
                }
                1 | 2 => {
                    // The newest of them first, if the size is odd: commits come in any order.
                    let end = if size % 2 == 0 { open.pop_front() } else { open.pop_back() };
                    let Some((record, value)) = end else { continue };
                    let shown = what == 1;
                    let first = records.front().is_some_and(|(oldest, ..)| *oldest == value);
                    if shown {
                        prop_assert_eq!(record.submit(), std::mem::take(&mut owed) || first);
                    } else {
                        drop(record);
                        owed |= first;
                    }
                    let entry = records.iter_mut().find(|(v, ..)| *v == value);
                    entry.expect("an open record is unread").1 = Some(shown);
                }
                _ => {
                    let mut into = Vec::new();
                    let got = ring.consume(&mut into);
                    while records.front().is_some_and(|(_, shown, _)| *shown == Some(false)) {
                        records.pop_front();
                    }
                    let ready = records.front().is_some_and(|(_, shown, _)| *shown == Some(true));
                    let expected = if ready { records.pop_front() } else { None };
                    prop_assert_eq!(got, expected.map(|(.., size)| size));
                    if let Some((value, _, size)) = expected {
                        prop_assert_eq!(into, vec![value; size]);
                    }
                }
            }
            prop_assert_eq!(ring.is_drained(), ring.available() == 0);
        }
    }
}

/// The consumer sleeps at the first record, whose owner gives it up without a word. Whoever ends the next one wakes it.
#[test]
fn a_dropped_record_does_not_swallow_the_wake_up() {
    let ends: [fn(Record<'_>) -> bool; 2] = [|record| record.submit(), |record| record.discard()];
    for end in ends {
        let ring = RingBuffer::new(128);
        assert!(ring.is_drained(), "the consumer goes to sleep");
        drop(ring.reserve(1).unwrap());
        assert!(end(ring.reserve(1).unwrap()), "the consumer sleeps for ever");
        assert!(!end(ring.reserve(1).unwrap()), "woken once");
    }
    let ring = RingBuffer::new(128);
    let (first, second) = (ring.reserve(1).unwrap(), ring.reserve(1).unwrap());
    drop(second);
    assert!(first.submit(), "the consumer waits for this one");
    assert_eq!((ring.consume(&mut Vec::new()), ring.output(&[1])), (Some(1), Some(false)), "nothing is owed");
}

#[test]
fn programs_leave_their_slots_once() {
    let retired = Mutex::new(Vec::new());
    let array = ProgArray::new(2, |prog| retired.lock().unwrap().push(prog));
    assert_eq!((array.get(0), array.get(2), array.slots()), (None, None, 2));
    assert!(!array.exchange(0, Some(7)));
    assert!(array.exchange(0, Some(8)));
    assert!(array.exchange(0, None));
    assert_eq!((array.get(0), retired.into_inner().unwrap()), (None, vec![7, 8]));
}

/// What comes back to another lane than the writer's is used again all the same, so memory does not grow.
#[test]
fn elements_of_other_lanes_are_used_again() {
    for lane in 0..3 {
        let retired = Mutex::new(Vec::new());
        let table = HashTable::on_demand(shape(MAX, 3), poor_hash, |id| retired.lock().unwrap().push(id));
        for round in 0..100 {
            table.update(1, &[1], &words(round), Update::Any).unwrap();
            table.update(1, &[2], &words(round), Update::Any).unwrap();
            assert!(table.delete(1, &[2]));
            retired.lock().unwrap().drain(..).for_each(|id| table.memory().reclaimed(lane, id));
        }
        assert_eq!(table.memory().census(), (3, 2), "reclaimed into lane {lane}");
    }
}

#[test]
fn a_recycled_element_shows() {
    let table = HashTable::preallocated(shape(1, 1), poor_hash);
    table.update(0, &[1], &words(5), Update::Any).unwrap();
    let found = table.lookup(&[1]).unwrap();
    assert!(found.is_current() && table.delete(0, &[1]) && found.is_current(), "deleted, not yet used again");
    table.update(0, &[2], &words(6), Update::Any).unwrap();
    assert!(!found.is_current(), "now another key's");
    assert_eq!(found.value()[0].load(sim::sync::Ordering::Relaxed), 6, "what a BPF program would read");
}

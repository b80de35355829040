//! When the memory of a deleted element serves another key, per kernel and kind.

use super::*;
use crate::element::{ElementState, ReaderSection};
use sim::ids::Pid;

fn addr(m: &Machine, map: &dyn Map, k: u32) -> u64 {
    map.lookup(m, &key(k)).unwrap_or_else(|| panic!("key {k} is in the map"))
}

fn put(m: &Machine, map: &dyn Map, k: u32, v: u64) {
    map.update(m, &key(k), &v.to_le_bytes(), BPF_ANY).unwrap_or_else(|e| panic!("update of {k}: {e}"));
}

/// Whether the memory of a deleted key serves the next key inserted on the same CPU.
fn reused_at_once(kernel: MapKernel, def: &MapDef) -> bool {
    let m = machine(2);
    let map = make(&m, kernel, def);
    put(&m, &*map, 1, 10);
    let old = addr(&m, &*map, 1);
    map.delete(&m, &key(1)).expect("there");
    put(&m, &*map, 2, 20);
    let reused = addr(&m, &*map, 2) == old;
    assert_eq!(map_events(&m).contains(&"map_element_reused".to_owned()), reused);
    reused
}

#[test]
fn delete_then_insert() {
    let rows: &[(u32, u32, [bool; 4])] = &[
        (BPF_MAP_TYPE_HASH, 0, [true; 4]),
        (BPF_MAP_TYPE_HASH, BPF_F_NO_PREALLOC, [false, true, true, true]),
        (BPF_MAP_TYPE_PERCPU_HASH, 0, [true; 4]),
        (BPF_MAP_TYPE_PERCPU_HASH, BPF_F_NO_PREALLOC, [false, true, true, true]),
        (BPF_MAP_TYPE_LRU_HASH, 0, [true; 4]),
    ];
    for (map_type, flags, want) in rows {
        let got = MapKernel::ALL.map(|kernel| reused_at_once(kernel, &def(*map_type, 16, *flags)));
        assert_eq!(got, *want, "{} flags {flags}", map_type_name(*map_type).expect("named"));
    }
}

/// An update of an existing key moves it to the CPU's spare element, and the next such update moves it back.
#[test]
fn replacing_swaps_with_the_spare_element() {
    for kernel in MapKernel::ALL {
        let m = machine(1);
        let map = make(&m, kernel, &def(BPF_MAP_TYPE_HASH, 4, 0));
        put(&m, &*map, 1, 10);
        let first = addr(&m, &*map, 1);
        put(&m, &*map, 1, 11);
        let second = addr(&m, &*map, 1);
        assert_ne!(first, second);
        assert_eq!(
            m.arena().load(first, 8),
            Ok(10),
            "a reader that holds the old element still sees its value"
        );
        put(&m, &*map, 1, 12);
        assert_eq!(addr(&m, &*map, 1), first, "{}", kernel.name());
        assert_eq!(m.arena().load(first, 8), Ok(12));
    }
}

#[test]
fn per_cpu_elements_are_changed_where_they_are() {
    for flags in [0, BPF_F_NO_PREALLOC] {
        let m = machine(2);
        let map = make(&m, MapKernel::V6_12, &def(BPF_MAP_TYPE_PERCPU_HASH, 4, flags));
        put(&m, &*map, 1, 10);
        let first = addr(&m, &*map, 1);
        put(&m, &*map, 1, 11);
        assert_eq!(addr(&m, &*map, 1), first);
        assert_eq!(m.arena().load(first, 8), Ok(11));
    }
}

#[test]
fn a_reader_that_still_holds_the_element_is_named() {
    for flags in [0, BPF_F_NO_PREALLOC] {
        let m = machine(1);
        let map = make(&m, MapKernel::V6_1, &def(BPF_MAP_TYPE_HASH, 4, flags));
        put(&m, &*map, 1, 10);
        let held = addr(&m, &*map, 1);
        let reader = ReaderSection::new(Pid(42), "audit".into(), true);
        let gone = ReaderSection::new(Pid(43), "done".into(), true);
        map.mark_reader(held, &reader);
        map.mark_reader(held, &gone);
        drop(gone);
        let before = map.element_at(&m, held + 7).expect("inside the value");
        map.delete(&m, &key(1)).expect("there");
        let unlinked = map.element_at(&m, held).expect("still an element");
        assert_eq!((unlinked.state, unlinked.key), (ElementState::Unlinked, key(1).to_vec()));
        put(&m, &*map, 2, 20);
        assert_eq!(m.arena().load(held, 8), Ok(20), "the reader now sees the other key's value");
        let after = map.element_at(&m, held).expect("an element");
        assert_eq!((after.key, after.generation), (key(2).to_vec(), before.generation + 1));
        let events = m.events();
        let notes: Vec<_> =
            events.events().iter().filter(|e| e.body.name() == "map_recycled_under_reader").collect();
        assert_eq!(notes.len(), 1, "the reader whose section ended is not named");
        let fields = notes[0].body.fields();
        assert!(fields.contains(&("program", sim::event::Value::Str("audit".into()))), "{fields:?}");
        assert!(fields.contains(&("old_key", sim::event::Value::Bytes(key(1).to_vec()))), "{fields:?}");
        drop(reader);
    }
}

/// No element is handed out twice, whatever CPU deletes it.
#[test]
fn elements_in_use_are_distinct() {
    for kernel in MapKernel::ALL {
        for flags in [0, BPF_F_NO_PREALLOC] {
            let m = machine(2);
            let map = make(&m, kernel, &def(BPF_MAP_TYPE_HASH, 64, flags));
            for round in 0..4 {
                (0..64).for_each(|k| put(&m, &*map, k + round, 1));
                let mut addrs: Vec<_> = (round..round + 64).map(|k| addr(&m, &*map, k)).collect();
                addrs.sort_unstable();
                addrs.dedup();
                assert_eq!(addrs.len(), 64);
                (0..=round)
                    .for_each(|k| map.delete(&m, &key(k)).unwrap_or_else(|e| assert_eq!(e, Errno::ENOENT)));
            }
        }
    }
}

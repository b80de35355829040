//! LRU: who is evicted, and what programs see of it.

use super::*;

fn lru(m: &Machine, kernel: MapKernel, entries: u32) -> Rc<dyn Map> {
    make(m, kernel, &def(BPF_MAP_TYPE_LRU_HASH, entries, 0))
}

fn keys(m: &Machine, map: &dyn Map, upto: u32) -> Vec<u32> {
    (0..upto).filter(|k| map.lookup_user(m, &key(*k), 0).is_ok()).collect()
}

#[test]
fn flags_and_errors() {
    let text = "
        update 1 10 exist -> ENOENT
        update 1 10 noexist -> ok
        update 1 11 noexist -> EEXIST
        update 1 11 lock -> EINVAL
        update 1 12 exist -> ok
        lookup 1 -> 12
        len -> 1
        delete 1 -> ok
        delete 1 -> ENOENT
        lookup 1 -> none";
    script(&MapKernel::ALL, &def(BPF_MAP_TYPE_LRU_HASH, 16, 0), text);
}

#[test]
fn a_full_map_takes_new_keys_and_never_exceeds_its_size() {
    for kernel in MapKernel::ALL {
        for entries in [1, 2, 7, 64, 400] {
            let m = machine(2);
            let map = lru(&m, kernel, entries);
            for k in 0..3 * entries {
                map.update(&m, &key(k), &[0; 8], BPF_ANY).unwrap_or_else(|e| panic!("{k} of {entries}: {e}"));
                assert!(map.lookup(&m, &key(k)).is_some(), "the newest key is there");
                assert!(map.len() <= entries);
            }
            assert!(map_events(&m).contains(&"map_evict".to_owned()));
            assert_eq!(keys(&m, &*map, 3 * entries).len(), map.len() as usize);
        }
    }
}

/// Entries used by programs outlive unused ones; a look from user space does not count.
#[test]
fn used_entries_stay() {
    for kernel in [MapKernel::V6_12, MapKernel::V7_2] {
        let m = machine(1);
        let map = lru(&m, kernel, 100);
        (0..100).for_each(|k| map.update(&m, &key(k), &[0; 8], BPF_ANY).expect("room"));
        (0..20).for_each(|k| assert!(map.lookup(&m, &key(k)).is_some()));
        (20..40).for_each(|k| drop(map.lookup_user(&m, &key(k), 0)));
        (100..150).for_each(|k| map.update(&m, &key(k), &[0; 8], BPF_ANY).expect("evicts"));
        let left = keys(&m, &*map, 40);
        assert_eq!(left.iter().filter(|k| **k < 20).count(), 20, "{}: {left:?}", kernel.name());
        assert!(left.iter().filter(|k| **k >= 20).count() < 20, "{}: {left:?}", kernel.name());
    }
}

/// Before 6.12 a CPU fetches 128 nodes at a time: a small full map gives up everything it may for one new key.
#[test]
fn old_kernels_empty_a_small_map() {
    let left = |kernel| {
        let m = machine(1);
        let map = lru(&m, kernel, 64);
        (0..65).for_each(|k| map.update(&m, &key(k), &[0; 8], BPF_ANY).expect("room"));
        map.len()
    };
    assert_eq!(MapKernel::ALL.map(left), [1, 1, 33, 33]);
}

/// 7.2 uses the nodes of a batch in the order they were fetched, older kernels the other way round.
#[test]
fn order_within_a_batch() {
    let ascending = |kernel| {
        let m = machine(1);
        let map = lru(&m, kernel, 16);
        (0..2).for_each(|k| map.update(&m, &key(k), &[0; 8], BPF_ANY).expect("room"));
        map.lookup(&m, &key(0)) < map.lookup(&m, &key(1))
    };
    assert_eq!(MapKernel::ALL.map(ascending), [true, true, true, false]);
}

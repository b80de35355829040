//! What the shadow of an element says at each point of its life, for every map type whose elements come and go.

use sim::event::Value as Field;
use sim::ids::Pid;

use super::*;
use crate::element::{Life, ReaderSection};

/// Type, flags, first kernel; whether the next insert on the same CPU gets the memory that a delete gave up.
const ROWS: &[(u32, u32, MapKernel, bool)] = &[
    (BPF_MAP_TYPE_HASH, 0, MapKernel::V5_10, true),
    (BPF_MAP_TYPE_HASH, BPF_F_NO_PREALLOC, MapKernel::V6_1, true),
    (BPF_MAP_TYPE_PERCPU_HASH, 0, MapKernel::V5_10, true),
    (BPF_MAP_TYPE_LRU_HASH, 0, MapKernel::V5_10, true),
    (BPF_MAP_TYPE_LRU_PERCPU_HASH, 0, MapKernel::V5_10, true),
    (BPF_MAP_TYPE_LPM_TRIE, BPF_F_NO_PREALLOC, MapKernel::V5_10, false),
    (BPF_MAP_TYPE_RHASH, BPF_F_NO_PREALLOC, MapKernel::V7_2, false),
];

/// The same bytes as a key of 4 bytes, or as a prefix of 32 bits.
fn key_of(map_type: u32, k: u32) -> Vec<u8> {
    if map_type == BPF_MAP_TYPE_LPM_TRIE {
        return [32u32.to_le_bytes(), k.to_be_bytes()].concat();
    }
    key(k).to_vec()
}

fn life(m: &Machine, map: &dyn Map, addr: u64) -> Life {
    map.shadow_at(m, addr).expect("an element of the map").life
}

/// Names of the events that say something about recycled memory.
fn notes(m: &Machine) -> Vec<&'static str> {
    let events = m.events();
    let names = events.events().iter().map(|e| e.body.name());
    names.filter(|name| name.starts_with("map_recycled")).collect()
}

#[test]
fn from_allocated_to_recycled() {
    for &(map_type, flags, since, reused_at_once) in ROWS {
        for kernel in MapKernel::ALL.into_iter().filter(|kernel| *kernel >= since) {
            let m = machine(1);
            let size = if map_type == BPF_MAP_TYPE_LPM_TRIE { 8 } else { 4 };
            let map = make(&m, kernel, &MapDef::new("m", map_type, size, 8, 64).with_flags(flags));
            let what = format!("{} on {}", map_type_name(map_type).expect("known"), kernel.name());
            let put = |k| map.update(&m, &key_of(map_type, k), &[k as u8; 8], BPF_ANY).expect("room");
            put(1);
            let addr = map.lookup(&m, &key_of(map_type, 1)).expect("put in");
            let reader = ReaderSection::new(Pid(42), "audit".into(), true);
            map.mark_reader(addr, &reader);
            assert_eq!(life(&m, &*map, addr), Life::Allocated, "{what}");
            map.delete(&m, &key_of(map_type, 1)).expect("there");
            assert_eq!(life(&m, &*map, addr), Life::Held, "{what}");
            put(2);
            let recycled = if reused_at_once { Life::Recycled } else { Life::Held };
            assert_eq!(life(&m, &*map, addr), recycled, "{what}");
            // The kernel itself reads and writes as it likes; what the reader does is told once each way.
            [false, false, true].into_iter().for_each(|write| reader.touched(&m, addr + 3, write));
            let want: &[&str] = if reused_at_once {
                &["map_recycled_under_reader", "map_recycled_access", "map_recycled_access"]
            } else {
                &[]
            };
            assert_eq!(notes(&m), want, "{what}");
            let shadow = map.shadow_at(&m, addr).expect("an element");
            let stale = usize::from(reused_at_once);
            assert_eq!((shadow.readers.len(), shadow.stale_readers.len()), (1 - stale, stale), "{what}");
            drop(shadow);
            reader.end(&m);
            drop(reader);
            let free = if reused_at_once { Life::Allocated } else { Life::Free };
            assert_eq!(life(&m, &*map, addr), free, "{what}");
        }
    }
}

#[test]
fn the_note_names_both_keys_and_the_address() {
    let m = machine(1);
    let map = make(&m, MapKernel::V6_12, &def(BPF_MAP_TYPE_HASH, 4, 0));
    map.update(&m, &key(1), &[1; 8], BPF_ANY).expect("room");
    let addr = map.lookup(&m, &key(1)).expect("put in");
    let reader = ReaderSection::new(Pid(42), "audit".into(), true);
    map.mark_reader(addr, &reader);
    map.delete(&m, &key(1)).expect("there");
    map.update(&m, &key(2), &[2; 8], BPF_ANY).expect("room");
    assert_eq!(m.arena().load(addr, 8), Ok(0x0202_0202_0202_0202));
    assert_eq!(m.arena().take_watch_hits().len(), 1, "the memory is watched");
    reader.touched(&m, addr, false);
    reader.touched(&m, addr + 8, false);
    reader.end(&m);
    assert_eq!(m.arena().load(addr, 8), Ok(0x0202_0202_0202_0202));
    assert_eq!(m.arena().take_watch_hits(), [], "nobody is left to be told");
    let events = m.events();
    let access = events.events().iter().filter(|e| e.body.name() == "map_recycled_access");
    let fields: Vec<_> = access.map(|e| e.body.fields()).collect();
    assert_eq!(fields.len(), 1, "the neighbour's memory is not ours");
    for field in [
        ("old_key", Field::Bytes(key(1).to_vec())),
        ("new_key", Field::Bytes(key(2).to_vec())),
        ("addr", Field::Addr(addr)),
        ("reader", Field::U64(42)),
        ("write", Field::Bool(false)),
    ] {
        assert!(fields[0].contains(&field), "{field:?} not in {fields:?}");
    }
}

/// 7.2: the memory of a trie's node is used again after a classic grace period, not before, and given back after a Tasks Trace one.
#[test]
fn a_trie_of_7_2_waits_before_it_reuses() {
    let m = machine(1);
    let map = make(&m, MapKernel::V7_2, &MapDef::new("m", BPF_MAP_TYPE_LPM_TRIE, 8, 8, 64).with_flags(1));
    let put = |k| map.update(&m, &key_of(BPF_MAP_TYPE_LPM_TRIE, k), &[0; 8], BPF_ANY).expect("room");
    put(1);
    let addr = map.lookup(&m, &key_of(BPF_MAP_TYPE_LPM_TRIE, 1)).expect("put in");
    map.delete(&m, &key_of(BPF_MAP_TYPE_LPM_TRIE, 1)).expect("there");
    (2..40).for_each(put);
    let inside = |k| map.lookup(&m, &key_of(BPF_MAP_TYPE_LPM_TRIE, k)) == Some(addr);
    assert!(!(2..40).any(inside), "no grace period has passed");
    assert!(m.arena().load(addr, 8).is_ok(), "a reader may still look");
    m.run();
    assert!(m.arena().load(addr, 8).is_err(), "after both grace periods it is given back");
    let flavours: Vec<_> = m
        .events()
        .events()
        .iter()
        .filter(|e| e.body.name() == "map_grace_period_queued")
        .flat_map(|e| e.body.fields().into_iter().filter(|(name, _)| *name == "flavour"))
        .map(|(_, flavour)| flavour)
        .collect();
    assert_eq!(flavours, ["rcu", "rcu_tasks_trace"].map(|f| Field::Str(f.into())));
}

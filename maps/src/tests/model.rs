//! Property: any sequence of operations on a hash map gives what an ordered map gives.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

#[derive(Clone, Copy, Debug)]
enum Op {
    Update(u32, u64, u64),
    Delete(u32),
    Lookup(u32),
    Next(Option<u32>),
}

fn ops(keys: u32) -> impl Strategy<Value = Vec<Op>> {
    let op = prop_oneof![
        4 => (0..keys, any::<u64>(), 0..3u64).prop_map(|(k, v, f)| Op::Update(k, v, f)),
        2 => (0..keys).prop_map(Op::Delete),
        2 => (0..keys).prop_map(Op::Lookup),
        1 => prop::option::of(0..keys).prop_map(Op::Next),
    ];
    prop::collection::vec(op, 1..200)
}

const ENTRIES: u32 = 12;

fn model_update(
    model: &mut BTreeMap<u32, u64>,
    k: u32,
    v: u64,
    flags: u64,
    entries: usize,
) -> Result<(), Errno> {
    match (model.contains_key(&k), flags) {
        (true, BPF_NOEXIST) => Err(Errno::EEXIST),
        (false, BPF_EXIST) => Err(Errno::ENOENT),
        (false, _) if model.len() == entries => Err(Errno::E2BIG),
        _ => {
            model.insert(k, v);
            Ok(())
        }
    }
}

/// The keys in the order `get_next_key` gives them.
fn walk(m: &Machine, map: &dyn Map) -> Vec<u32> {
    let mut keys = Vec::new();
    let mut prev: Option<Vec<u8>> = None;
    while let Ok(next) = map.next_key(m, prev.as_deref()) {
        keys.push(u32::from_le_bytes(next.clone().try_into().expect("4 bytes")));
        prev = Some(next);
    }
    keys
}

fn check_op(m: &Machine, map: &dyn Map, model: &mut BTreeMap<u32, u64>, op: Op, entries: usize) {
    match op {
        Op::Update(k, v, flags) => {
            let want = model_update(model, k, v, flags, entries);
            assert_eq!(map.update(m, &key(k), &v.to_le_bytes(), flags), want, "{op:?}");
        }
        Op::Delete(k) => {
            let want = model.remove(&k).map(drop).ok_or(Errno::ENOENT);
            assert_eq!(map.delete(m, &key(k)), want, "{op:?}");
        }
        Op::Lookup(k) => {
            let got = map.lookup(m, &key(k)).map(|addr| m.arena().load(addr, 8).expect("a value"));
            assert_eq!(got, model.get(&k).copied(), "{op:?}");
        }
        Op::Next(k) => {
            let order = walk(m, map);
            let at = k.and_then(|k| order.iter().position(|o| *o == k));
            let want = order.get(at.map_or(0, |at| at + 1)).map(|k| key(*k).to_vec()).ok_or(Errno::ENOENT);
            assert_eq!(map.next_key(m, k.map(key).as_ref().map(|k| &k[..])), want, "{op:?}");
        }
    }
}

fn check(map_type: u32, kernel: usize, flags: u32, entries: u32, ops: &[Op]) {
    let m = machine(2);
    let before = m.arena().live_objects();
    let map = make(&m, MapKernel::ALL[kernel], &def(map_type, entries, flags));
    let mut model = BTreeMap::new();
    for op in ops {
        check_op(&m, &*map, &mut model, *op, entries as usize);
        assert_eq!(map.len() as usize, model.len());
    }
    let mut keys = walk(&m, &*map);
    keys.sort_unstable();
    assert_eq!(keys, model.keys().copied().collect::<Vec<_>>());
    map.destroy(&m);
    m.run();
    assert_eq!(m.arena().live_objects(), before, "everything is freed");
    assert!(m.findings().is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hash(kernel in 0..4usize, no_prealloc in any::<bool>(), ops in ops(16)) {
        check(BPF_MAP_TYPE_HASH, kernel, if no_prealloc { BPF_F_NO_PREALLOC } else { 0 }, ENTRIES, &ops);
    }

    /// With room to spare nothing is evicted: a failed update takes a node only for a moment.
    #[test]
    fn lru_without_eviction(kernel in 0..4usize, ops in ops(16)) {
        check(BPF_MAP_TYPE_LRU_HASH, kernel, 0, 512, &ops);
    }
}

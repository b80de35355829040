//! What real kernels said: each line of `<version>.csv` was recorded by `guest.c` as the only process of a booted kernel with one
//! CPU (Debian's 5.10, 6.1, 6.12 and 7.2), and is replayed here.
//!
//! Lines: `create,type,key_size,value_size,max_entries,flags,result`; `op,map,operation,key,flags,value,result` (the value given or
//! returned); `walk,map,key…` (the keys in the order of `BPF_MAP_GET_NEXT_KEY`). Results are 0 or a negative error number.

use super::*;
use crate::create::CreateError;

const RECORDS: [(MapKernel, &str); 4] = [
    (MapKernel::V5_10, include_str!("5.10.csv")),
    (MapKernel::V6_1, include_str!("6.1.csv")),
    (MapKernel::V6_12, include_str!("6.12.csv")),
    (MapKernel::V7_2, include_str!("7.2.csv")),
];

/// The maps that `guest.c` makes for its operations: name, type, entries, flags.
const MAPS: [(&str, u32, u32, u32); 6] = [
    ("array", BPF_MAP_TYPE_ARRAY, 3, 0),
    ("hash", BPF_MAP_TYPE_HASH, 3, 0),
    ("hash_np", BPF_MAP_TYPE_HASH, 3, BPF_F_NO_PREALLOC),
    ("lru", BPF_MAP_TYPE_LRU_HASH, 16, 0),
    ("percpu_array", BPF_MAP_TYPE_PERCPU_ARRAY, 3, 0),
    ("percpu_hash", BPF_MAP_TYPE_PERCPU_HASH, 3, 0),
];

fn lines(text: &'static str, kind: &str) -> Vec<Vec<&'static str>> {
    let split = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let found: Vec<_> = split.filter(|cells| cells[0] == kind).collect();
    assert!(!found.is_empty(), "no `{kind}` lines");
    found
}

fn cell<T: std::str::FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("number `{text}`"))
}

#[test]
fn creation() {
    for (kernel, text) in RECORDS {
        for row in lines(text, "create") {
            let n: Vec<u32> = row[1..6].iter().map(|c| cell(c)).collect();
            let def = MapDef::new("m", n[0], n[1], n[2], n[3]).with_flags(n[4]);
            let got = match create(&def, &MapRules::new(kernel), &machine(1)) {
                Ok(_) => 0,
                Err(CreateError::Errno(errno)) => errno.ret(),
                // Whatever the kernel says: we say that we do not know.
                Err(CreateError::NotModelled(_)) => continue,
            };
            assert_eq!(got, cell::<i64>(row[6]), "{}: {row:?}", kernel.name());
        }
    }
}

/// (value, result) of one operation, as the guest prints them.
fn answer(m: &Machine, map: &dyn Map, row: &[&str]) -> (u64, i64) {
    let (k, flags, value) = (key(cell(row[3])), cell::<u64>(row[4]), cell::<u64>(row[5]));
    let done = |result: Result<(), Errno>| (value, result.map_or_else(Errno::ret, |()| 0));
    let number = |result: Result<Vec<u8>, Errno>| match result {
        Ok(bytes) => (cell(&read_number(&bytes)), 0),
        Err(errno) => (0, errno.ret()),
    };
    match row[2] {
        "update" => done(map.update_user(m, &k, &value.to_le_bytes(), flags)),
        "lookup" => number(map.lookup_user(m, &k, flags)),
        "delete" => done(map.delete_user(m, &k)),
        "next" => number(map.next_key_user(m, Some(&k))),
        "freeze" => done(map.freeze(m)),
        other => panic!("operation `{other}`"),
    }
}

#[test]
fn operations() {
    for (kernel, text) in RECORDS {
        for (name, map_type, entries, flags) in MAPS {
            let m = machine(1);
            let map = make(&m, kernel, &def(map_type, entries, flags));
            for row in lines(text, "op").iter().filter(|row| row[1] == name) {
                let want = (cell(row[5]), cell(row[6]));
                let order_is_random = row[2] == "next" && !name.ends_with("array");
                let (value, result) = answer(&m, &*map, row);
                let value = if order_is_random { want.0 } else { value };
                assert_eq!((value, result), want, "{}: {row:?}", kernel.name());
            }
        }
    }
}

fn walk(m: &Machine, map: &dyn Map) -> Vec<u32> {
    let mut keys = Vec::new();
    let mut prev: Option<Vec<u8>> = None;
    while let Ok(next) = map.next_key(m, prev.as_deref()) {
        keys.push(u32::from_le_bytes(next[..4].try_into().expect("4 bytes")));
        prev = Some(next);
    }
    keys
}

fn recorded(text: &'static str, name: &str) -> Vec<u32> {
    let row = lines(text, "walk").into_iter().find(|row| row[1] == name).expect("recorded");
    row[2..].iter().map(|c| cell(c)).collect()
}

#[test]
fn order_of_iteration() {
    for (kernel, text) in RECORDS {
        for size in [4, 7, 12, 16] {
            let m = machine(1);
            let definition = MapDef::new("m", BPF_MAP_TYPE_HASH, size, 8, 64).with_flags(BPF_F_ZERO_SEED);
            let map = make(&m, kernel, &definition);
            for k in 0..50u32 {
                let words = [k, 3 * k, 7, k + 1].map(u32::to_le_bytes).concat();
                map.update_user(&m, &words[..size as usize], &[0; 8], BPF_ANY).expect("room");
            }
            let want = recorded(text, &format!("order_{size}"));
            assert_eq!(walk(&m, &*map), want, "{}: keys of {size} bytes", kernel.name());
        }
    }
}

#[test]
fn what_an_lru_map_keeps() {
    for (kernel, text) in RECORDS {
        for entries in [1, 2, 7, 64, 100, 400u32] {
            let m = machine(1);
            let map = make(&m, kernel, &def(BPF_MAP_TYPE_LRU_HASH, entries, BPF_F_ZERO_SEED));
            // The guest ignores what single operations return: keys may be gone, and its arithmetic wraps.
            let update = |k: u32| _ = map.update_user(&m, &key(k), &[0; 8], BPF_ANY);
            for k in 0..=entries + entries / 2 {
                update(k);
                if k % 5 == 4 {
                    _ = map.delete_user(&m, &key(k - 3));
                }
                if k % 3 == 2 {
                    update(k - 1);
                }
            }
            let want = recorded(text, &format!("lru_{entries}"));
            assert_eq!(walk(&m, &*map), want, "{}: {entries} entries", kernel.name());
        }
    }
}

#[test]
fn what_an_lru_map_keeps_in_the_long_run() {
    for (kernel, text) in RECORDS {
        for entries in [5, 50, 300u32] {
            let m = machine(1);
            let map = make(&m, kernel, &def(BPF_MAP_TYPE_LRU_HASH, entries, BPF_F_ZERO_SEED));
            let mut x = 1u32;
            for _ in 0..5000 {
                x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let k = key((x >> 8) % (entries * 3 / 2));
                _ = if x >> 28 == 0 {
                    map.delete_user(&m, &k)
                } else {
                    map.update_user(&m, &k, &[0; 8], BPF_ANY)
                };
            }
            let want = recorded(text, &format!("lru_random_{entries}"));
            assert_eq!(walk(&m, &*map), want, "{}: {entries} entries", kernel.name());
        }
    }
}

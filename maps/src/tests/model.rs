//! Property: any sequence of operations on a map gives what a simple model gives, and everything is freed in the end.
//!
//! One row per map type and way to make it; a new type is one more row. The models are ordinary collections.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use proptest::prelude::*;

use super::*;

#[derive(Clone, Copy, Debug)]
enum Op {
    Update(u32, u64, u64),
    Delete(u32),
    Lookup(u32),
    LookupAndDelete(u32),
    Next(Option<u32>),
    Push(u64, u64),
    Pop,
    Peek(u64),
}

/// What an operation answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Done,
    Value(u64),
    Nothing,
    Failed(Errno),
    /// The model cannot know: false answers of a Bloom filter.
    Any,
}

impl Answer {
    fn of<T>(result: Result<T, Errno>, value: impl FnOnce(T) -> Answer) -> Answer {
        result.map_or_else(Answer::Failed, value)
    }
}

const KEYS: u32 = 16;
const ENTRIES: u32 = 12;

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let op = prop_oneof![
        4 => (0..KEYS, any::<u64>(), 0..3u64).prop_map(|(k, v, f)| Op::Update(k, v, f)),
        2 => (0..KEYS).prop_map(Op::Delete),
        2 => (0..KEYS).prop_map(Op::Lookup),
        1 => (0..KEYS).prop_map(Op::LookupAndDelete),
        1 => prop::option::of(0..KEYS).prop_map(Op::Next),
        4 => (0..64u64, 0..3u64).prop_map(|(v, f)| Op::Push(v, f)),
        2 => Just(Op::Pop),
        2 => (0..64u64).prop_map(Op::Peek),
    ];
    prop::collection::vec(op, 1..200)
}

/// A map as a simple collection.
trait Model {
    fn apply(&mut self, op: Op) -> Answer;
    /// Elements, if the map counts them.
    fn len(&self) -> Option<usize>;
    /// All keys, if the map can be walked.
    fn keys(&self) -> Option<BTreeSet<u32>>;
}

/// Keys and values, as hash maps and arrays have them.
struct Pairs {
    pairs: BTreeMap<u32, u64>,
    entries: usize,
    full: Errno,
    kernel: MapKernel,
    /// A full map refuses updates of keys that it has, too (tries of 5.10).
    full_refuses_all: bool,
    /// What a delete says; `None`: it deletes. Keys of such a map are there from the start.
    fixed: Option<Errno>,
    popped: bool,
    /// How a lookup finds a key among the present ones.
    find: fn(&BTreeMap<u32, u64>, u32) -> Option<u64>,
}

impl Pairs {
    fn new(kernel: MapKernel, entries: u32) -> Pairs {
        Pairs {
            pairs: BTreeMap::new(),
            entries: entries as usize,
            full: Errno::E2BIG,
            kernel,
            full_refuses_all: false,
            fixed: None,
            popped: true,
            find: |pairs, k| pairs.get(&k).copied(),
        }
    }

    fn update(&mut self, k: u32, v: u64, flags: u64) -> Result<(), Errno> {
        let room = self.pairs.len() < self.entries;
        if self.full_refuses_all && !room {
            return Err(self.full);
        }
        match (self.pairs.contains_key(&k), flags) {
            (false, _) if self.fixed.is_some() => return Err(self.full),
            (true, BPF_NOEXIST) => return Err(Errno::EEXIST),
            (false, BPF_EXIST) => return Err(Errno::ENOENT),
            (false, _) if !room => return Err(self.full),
            _ => {}
        }
        self.pairs.insert(k, v);
        Ok(())
    }

    fn delete(&mut self, k: u32) -> Result<u64, Errno> {
        match self.fixed {
            Some(errno) => Err(errno),
            None => self.pairs.remove(&k).ok_or(Errno::ENOENT),
        }
    }
}

impl Model for Pairs {
    fn apply(&mut self, op: Op) -> Answer {
        match op {
            Op::Update(k, v, flags) => Answer::of(self.update(k, v, flags), |()| Answer::Done),
            Op::Delete(k) => Answer::of(self.delete(k), |_| Answer::Done),
            Op::Lookup(k) => (self.find)(&self.pairs, k).map_or(Answer::Nothing, Answer::Value),
            Op::LookupAndDelete(k) if self.popped && self.kernel != MapKernel::V5_10 => {
                Answer::of(self.delete(k), Answer::Value)
            }
            Op::LookupAndDelete(_) => Answer::Failed(Errno::ENOTSUPP),
            Op::Next(_) => Answer::Any,
            Op::Push(..) | Op::Pop | Op::Peek(_) => Answer::Failed(Errno::EOPNOTSUPP),
        }
    }

    fn len(&self) -> Option<usize> {
        Some(self.pairs.len())
    }

    fn keys(&self) -> Option<BTreeSet<u32>> {
        Some(self.pairs.keys().copied().collect())
    }
}

/// Values without keys.
struct Line {
    values: VecDeque<u64>,
    stack: bool,
}

impl Line {
    fn front(&self) -> Option<usize> {
        let newest = self.values.len().checked_sub(1)?;
        Some(if self.stack { newest } else { 0 })
    }

    fn push(&mut self, v: u64, flags: u64) -> Result<(), Errno> {
        if flags == BPF_NOEXIST {
            return Err(Errno::EINVAL);
        }
        if self.values.len() == ENTRIES as usize {
            if flags != BPF_EXIST {
                return Err(Errno::E2BIG);
            }
            self.values.pop_front();
        }
        self.values.push_back(v);
        Ok(())
    }
}

impl Model for Line {
    fn apply(&mut self, op: Op) -> Answer {
        let or_empty = |value: Option<u64>| value.map_or(Answer::Failed(Errno::ENOENT), Answer::Value);
        match op {
            Op::Push(v, flags) => Answer::of(self.push(v, flags), |()| Answer::Done),
            Op::Pop => or_empty(self.front().and_then(|at| self.values.remove(at))),
            Op::Peek(_) => or_empty(self.front().map(|at| self.values[at])),
            Op::LookupAndDelete(_) => self.apply(Op::Pop),
            Op::Lookup(_) => Answer::Nothing,
            _ => Answer::Failed(Errno::EINVAL),
        }
    }

    fn len(&self) -> Option<usize> {
        Some(self.values.len())
    }

    fn keys(&self) -> Option<BTreeSet<u32>> {
        None
    }
}

/// What was ever pushed.
#[derive(Default)]
struct Seen(BTreeSet<u64>);

impl Model for Seen {
    fn apply(&mut self, op: Op) -> Answer {
        match op {
            Op::Push(_, flags) if flags != BPF_ANY => Answer::Failed(Errno::EINVAL),
            Op::Push(v, _) => {
                self.0.insert(v);
                Answer::Done
            }
            Op::Peek(v) if self.0.contains(&v) => Answer::Value(v),
            Op::Peek(_) => Answer::Any,
            Op::Update(..) => Answer::Failed(Errno::EINVAL),
            Op::Lookup(_) => Answer::Nothing,
            Op::LookupAndDelete(_) => Answer::Failed(Errno::ENOTSUPP),
            Op::Delete(_) | Op::Next(_) | Op::Pop => Answer::Failed(Errno::EOPNOTSUPP),
        }
    }

    fn len(&self) -> Option<usize> {
        None
    }

    fn keys(&self) -> Option<BTreeSet<u32>> {
        None
    }
}

fn pairs(kernel: MapKernel, entries: u32) -> Box<dyn Model> {
    Box::new(Pairs::new(kernel, entries))
}

fn array(kernel: MapKernel, entries: u32) -> Box<dyn Model> {
    let all = (0..entries).map(|k| (k, 0)).collect();
    Box::new(Pairs { pairs: all, fixed: Some(Errno::EINVAL), popped: false, ..Pairs::new(kernel, entries) })
}

/// Key k stands for a prefix of one byte: see [`Shape::Prefix`].
fn trie(kernel: MapKernel, entries: u32) -> Box<dyn Model> {
    Box::new(Pairs {
        full: Errno::ENOSPC,
        full_refuses_all: kernel == MapKernel::V5_10,
        popped: false,
        find: |pairs, k| {
            let (len, bits) = prefix(k);
            let contains = |p: &&u32| {
                let (short, other) = prefix(**p);
                short <= len && (short == 0 || other >> (8 - short) == bits >> (8 - short))
            };
            let best = pairs.keys().filter(contains).max_by_key(|p| prefix(**p).0);
            best.map(|p| pairs[p])
        },
        ..Pairs::new(kernel, entries)
    })
}

/// 16 prefixes of up to 4 bits, many of which contain one another; no two are the same.
fn prefix(k: u32) -> (u32, u8) {
    match k {
        0 => (0, 0),
        1..3 => (1, (k as u8 - 1) << 7),
        3..7 => (2, (k as u8 - 3) << 6),
        7..15 => (3, (k as u8 - 7) << 5),
        _ => (4, 0xb0),
    }
}

/// How a number becomes a key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Number(u32),
    Prefix,
    None,
}

impl Shape {
    fn key(self, k: u32) -> Vec<u8> {
        match self {
            Shape::Number(size) => {
                let mut key = k.to_le_bytes().to_vec();
                key.resize(size as usize, 0);
                key
            }
            Shape::Prefix => {
                let (len, bits) = prefix(k);
                [&len.to_le_bytes()[..], &[bits]].concat()
            }
            Shape::None => Vec::new(),
        }
    }

    fn number(self, key: &[u8]) -> u32 {
        (0..KEYS.max(ENTRIES)).find(|k| self.key(*k) == key).expect("a key that was put in")
    }
}

struct Row {
    map_type: u32,
    flags: u32,
    since: MapKernel,
    entries: u32,
    shape: Shape,
    model: fn(MapKernel, u32) -> Box<dyn Model>,
}

const fn row(
    map_type: u32,
    flags: u32,
    since: MapKernel,
    model: fn(MapKernel, u32) -> Box<dyn Model>,
) -> Row {
    Row { map_type, flags, since, entries: ENTRIES, shape: Shape::Number(4), model }
}

use MapKernel::{V5_10, V6_1, V7_2};

/// With room to spare an LRU map evicts nothing: a failed update takes a node only for a moment.
const LRU_ROOM: u32 = 512;

const ROWS: &[Row] = &[
    row(BPF_MAP_TYPE_ARRAY, 0, V5_10, array),
    row(BPF_MAP_TYPE_PERCPU_ARRAY, 0, V5_10, array),
    row(BPF_MAP_TYPE_HASH, 0, V5_10, pairs),
    row(BPF_MAP_TYPE_HASH, BPF_F_NO_PREALLOC, V5_10, pairs),
    row(BPF_MAP_TYPE_PERCPU_HASH, 0, V5_10, pairs),
    row(BPF_MAP_TYPE_PERCPU_HASH, BPF_F_NO_PREALLOC, V5_10, pairs),
    Row { entries: LRU_ROOM, ..row(BPF_MAP_TYPE_LRU_HASH, 0, V5_10, pairs) },
    Row { entries: LRU_ROOM, ..row(BPF_MAP_TYPE_LRU_HASH, BPF_F_NO_COMMON_LRU, V5_10, pairs) },
    Row { entries: LRU_ROOM, ..row(BPF_MAP_TYPE_LRU_PERCPU_HASH, 0, V5_10, pairs) },
    Row { entries: LRU_ROOM, ..row(BPF_MAP_TYPE_LRU_PERCPU_HASH, BPF_F_NO_COMMON_LRU, V5_10, pairs) },
    Row { shape: Shape::Prefix, ..row(BPF_MAP_TYPE_LPM_TRIE, BPF_F_NO_PREALLOC, V5_10, trie) },
    Row {
        shape: Shape::None,
        ..row(BPF_MAP_TYPE_QUEUE, 0, V5_10, |_, _| Box::new(Line { values: VecDeque::new(), stack: false }))
    },
    Row {
        shape: Shape::None,
        ..row(BPF_MAP_TYPE_STACK, 0, V5_10, |_, _| Box::new(Line { values: VecDeque::new(), stack: true }))
    },
    Row { shape: Shape::None, ..row(BPF_MAP_TYPE_BLOOM_FILTER, 0, V6_1, |_, _| Box::new(Seen::default())) },
    row(BPF_MAP_TYPE_RHASH, BPF_F_NO_PREALLOC, V7_2, pairs),
    Row { shape: Shape::Number(8), ..row(BPF_MAP_TYPE_RHASH, BPF_F_NO_PREALLOC, V7_2, pairs) },
];

fn word(bytes: &[u8]) -> u64 {
    u64::from_le_bytes(bytes[..8].try_into().expect("values have 8 bytes"))
}

/// The operation on the map.
fn answer(m: &Machine, map: &dyn Map, shape: Shape, op: Op) -> Answer {
    let done = |result| Answer::of(result, |()| Answer::Done);
    let mut value = [0; 8];
    match op {
        Op::Update(k, v, flags) => done(map.update(m, &shape.key(k), &v.to_le_bytes(), flags)),
        Op::Delete(k) => done(map.delete(m, &shape.key(k))),
        Op::Lookup(k) => {
            let found = map.lookup(m, &shape.key(k));
            found.map_or(Answer::Nothing, |addr| Answer::Value(m.arena().load(addr, 8).expect("a value")))
        }
        // Of per-CPU maps the first CPU's value.
        Op::LookupAndDelete(k) => {
            let popped = map.lookup_and_delete_user(m, &shape.key(k), 0);
            Answer::of(popped, |bytes| Answer::Value(word(&bytes)))
        }
        Op::Next(k) => {
            let key = k.map(|k| shape.key(k));
            Answer::of(map.next_key(m, key.as_deref()), |_| Answer::Any)
        }
        Op::Push(v, flags) => done(map.push(m, &v.to_le_bytes(), flags)),
        Op::Pop => Answer::of(map.pop(m, &mut value), |()| Answer::Value(word(&value))),
        Op::Peek(v) => {
            value = v.to_le_bytes();
            Answer::of(map.peek(m, &mut value), |()| Answer::Value(word(&value)))
        }
    }
}

/// The keys in the order `get_next_key` gives them; each must lead to the next.
fn walk(m: &Machine, map: &dyn Map) -> Vec<Vec<u8>> {
    let mut keys: Vec<Vec<u8>> = Vec::new();
    while let Ok(next) = map.next_key(m, keys.last().map(|k| &k[..])) {
        keys.push(next);
    }
    keys
}

fn check(row: &Row, kernel: MapKernel, ops: &[Op]) {
    let m = machine(2);
    let before = m.arena().live_objects();
    let key_size = row.shape.key(0).len() as u32;
    let def = MapDef::new("m", row.map_type, key_size, 8, row.entries).with_flags(row.flags);
    let what =
        format!("{} {:#x} on {}", map_type_name(row.map_type).expect("known"), row.flags, kernel.name());
    let map = make(&m, kernel, &def);
    let mut model = (row.model)(kernel, row.entries);
    for (i, op) in ops.iter().enumerate() {
        let (want, got) = (model.apply(*op), answer(&m, &*map, row.shape, *op));
        assert!(want == Answer::Any || want == got, "{what}: {i}: {op:?}: {got:?}, not {want:?}");
        if let Some(len) = model.len() {
            assert_eq!(map.len() as usize, len, "{what}: {i}: {op:?}");
        }
    }
    if let Some(keys) = model.keys() {
        let order = walk(&m, &*map);
        let seen: BTreeSet<u32> = order.iter().map(|key| row.shape.number(key)).collect();
        assert_eq!((seen, order.len()), (keys.clone(), keys.len()), "{what}: each key once");
        let again = map.next_key(&m, None).ok();
        assert_eq!(again.as_ref(), order.first(), "{what}");
    }
    map.destroy(&m);
    m.run();
    assert_eq!(m.arena().live_objects(), before, "{what}: everything is freed");
    assert!(m.findings().is_empty(), "{what}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_map_does_what_its_model_does(ops in ops()) {
        for row in ROWS {
            for kernel in MapKernel::ALL.into_iter().filter(|kernel| *kernel >= row.since) {
                check(row, kernel, &ops);
            }
        }
    }
}

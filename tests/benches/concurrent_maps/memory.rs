//! Memory per element: child processes that fill one map and read their own resident set (Linux only), beside the kernel's layout.

use std::collections::HashMap;
use std::process::Command;

use dashmap::DashMap;
use maps::concurrent::{HashTable, Update};

use crate::{Folding, hash, shape};

const VARIABLE: &str = "SLEEPABLE_BENCH_MAP";
const ENTRIES: u64 = 1 << 20;

/// `struct htab_elem` before the key: hash links, per-CPU pointer or LRU node, hash (`kernel/bpf/hashtab.c`).
const KERNEL_HEADER: u64 = 48;
/// `struct bucket`: head and lock.
const KERNEL_BUCKET: u64 = 16;

/// One process per map: what it is called, and how it is filled.
const MAPS: [(&str, fn()); 5] = [
    ("nothing", || print_resident()),
    ("sleepable, preallocated", || {
        let table = HashTable::preallocated(shape(ENTRIES), hash);
        (0..ENTRIES).for_each(|key| table.update(0, &[key], &[key], Update::Any).expect("room"));
        print_resident();
    }),
    ("papaya", || {
        let map = papaya::HashMap::with_capacity_and_hasher(ENTRIES as usize, Folding::default());
        (0..ENTRIES).for_each(|key| _ = map.pin().insert(key, key));
        print_resident();
    }),
    ("dashmap", || {
        let map = DashMap::with_capacity_and_hasher(ENTRIES as usize, Folding::default());
        (0..ENTRIES).for_each(|key| _ = map.insert(key, key));
        print_resident();
    }),
    ("RwLock<HashMap>", || {
        let mut map = HashMap::with_capacity_and_hasher(ENTRIES as usize, Folding::default());
        (0..ENTRIES).for_each(|key| _ = map.insert(key, key));
        print_resident();
    }),
];

fn print_resident() {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib: u64 = line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0);
    println!("{}", kib * 1024);
}

/// True if this process is a child, whose work is then done.
pub fn run_as_child() -> bool {
    let Ok(wanted) = std::env::var(VARIABLE) else { return false };
    let (_, fill) = MAPS.iter().find(|(name, _)| *name == wanted).expect("a map of this table");
    fill();
    true
}

fn resident(name: &str) -> Option<u64> {
    let output = Command::new(std::env::current_exe().ok()?).env(VARIABLE, name).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

/// The parent: a table.
pub fn report() {
    let Some(base) = resident("nothing").filter(|bytes| *bytes > 0) else {
        return println!("\n(no resident set size here)");
    };
    let kernel = KERNEL_HEADER + 8 + 8 + KERNEL_BUCKET;
    println!(
        "\n| memory, {ENTRIES} keys of 8 bytes, values of 8 | bytes per element | times the kernel's |\n|---|---|---|"
    );
    println!("| kernel, preallocated (48 + 8 + 8, and 16 per bucket) | {kernel} | 1.00 |");
    for (name, _) in &MAPS[1..] {
        let bytes = resident(name).unwrap_or(0).saturating_sub(base) as f64 / ENTRIES as f64;
        println!("| {name} | {bytes:.1} | {:.2} |", bytes / kernel as f64);
    }
}

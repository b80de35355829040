//! Tests of the map types: scripts of operations with the results a kernel gives. [`script`] runs one; keys and values are
//! numbers of the map's sizes.

mod create;
mod gp;
mod inner;
mod lru;
mod model;
mod nested;
mod oracle;
mod percpu;
mod reuse;
mod ringbuf;
mod scripts;
mod shadow;
mod sockets;
mod stacks;
mod storage;

use std::rc::Rc;

use sim::errno::Errno;
use sim::machine::{Machine, MachineConfig};

use crate::consts::*;
use crate::create::create;
use crate::map::Map;
use crate::rules::{MapKernel, MapRules};
use crate::spec::MapDef;

pub(super) fn machine(nr_cpus: usize) -> Machine {
    Machine::new(MachineConfig { nr_cpus, ..MachineConfig::default() })
}

pub(super) fn make(m: &Machine, kernel: MapKernel, def: &MapDef) -> Rc<dyn Map> {
    create(def, &MapRules::new(kernel), m)
        .unwrap_or_else(|e| panic!("{} on {}: {e}", def.name, kernel.name()))
}

/// A map with 4-byte keys and 8-byte values.
pub(super) fn def(map_type: u32, max_entries: u32, flags: u32) -> MapDef {
    MapDef::new("m", map_type, 4, 8, max_entries).with_flags(flags)
}

pub(super) fn key(k: u32) -> [u8; 4] {
    k.to_le_bytes()
}

/// Names of the events so far that maps emitted, as `name key`, the key as a number.
pub(super) fn map_events(m: &Machine) -> Vec<String> {
    let events = m.events();
    let ours = events.events().iter().filter(|e| e.body.as_any().is::<crate::event::MapEvent>());
    ours.map(|e| e.body.name().to_owned()).collect()
}

fn outcome<T>(result: Result<T, Errno>, show: impl Fn(T) -> String) -> String {
    match result {
        Ok(value) => show(value),
        Err(errno) => errno.name().expect("a named errno").to_owned(),
    }
}

fn flags_of(words: &[&str]) -> u64 {
    let flag = |w: &&str| match *w {
        "any" => BPF_ANY,
        "noexist" => BPF_NOEXIST,
        "exist" => BPF_EXIST,
        "lock" => BPF_F_LOCK,
        other => other.parse().unwrap_or_else(|_| panic!("flag `{other}`")),
    };
    words.iter().map(flag).fold(0, |a, b| a | b)
}

fn number(word: &str) -> u64 {
    word.parse().unwrap_or_else(|_| panic!("number `{word}`"))
}

fn value_bytes(map: &dyn Map, word: &str) -> Vec<u8> {
    let mut value = number(word).to_le_bytes().to_vec();
    value.resize(map.spec().value_size as usize, 0);
    value
}

fn key_bytes(map: &dyn Map, word: &str) -> Vec<u8> {
    let mut key = number(word).to_le_bytes().to_vec();
    key.resize(map.spec().key_size as usize, 0);
    key
}

fn read_number(bytes: &[u8]) -> String {
    let mut word = [0; 8];
    let len = bytes.len().min(8);
    word[..len].copy_from_slice(&bytes[..len]);
    u64::from_le_bytes(word).to_string()
}

fn step(m: &Machine, map: &dyn Map, words: &[&str]) -> String {
    let ok = |()| "ok".to_owned();
    let key = |i: usize| key_bytes(map, words[i]);
    match words[0] {
        "update" => outcome(map.update(m, &key(1), &value_bytes(map, words[2]), flags_of(&words[3..])), ok),
        "user_update" => {
            outcome(map.update_user(m, &key(1), &value_bytes(map, words[2]), flags_of(&words[3..])), ok)
        }
        "delete" => outcome(map.delete(m, &key(1)), ok),
        "user_delete" => outcome(map.delete_user(m, &key(1)), ok),
        "lookup" => match map.lookup(m, &key(1)) {
            Some(addr) => read_number(m.arena().read(addr, map.spec().value_size as usize).expect("a value")),
            None => "none".to_owned(),
        },
        "user_lookup" => outcome(map.lookup_user(m, &key(1), flags_of(&words[2..])), |v| read_number(&v)),
        "next" => {
            let prev = (words[1] != "-").then(|| key(1));
            outcome(map.next_key(m, prev.as_deref()), |k| read_number(&k))
        }
        "len" => map.len().to_string(),
        "freeze" => outcome(map.freeze(m), ok),
        other => panic!("operation `{other}`"),
    }
}

/// Runs lines of `operation arguments -> result` on `map`.
pub(super) fn script_on(m: &Machine, map: &dyn Map, text: &str) {
    for line in text.lines().map(str::trim).filter(|l| !l.is_empty()) {
        let (operation, want) = line.split_once("->").unwrap_or_else(|| panic!("no result in `{line}`"));
        let words: Vec<&str> = operation.split_whitespace().collect();
        let got = step(m, map, &words);
        assert_eq!(got, want.trim(), "{} ({}): `{line}`", map.spec().name, map.core().rules.kernel.name());
    }
}

/// The same on a new map of each kernel.
pub(super) fn script(kernels: &[MapKernel], def: &MapDef, text: &str) {
    for kernel in kernels {
        let m = machine(2);
        let before = m.arena().live_objects();
        let map = make(&m, *kernel, def);
        script_on(&m, &*map, text);
        map.destroy(&m);
        m.run();
        assert_eq!(m.arena().live_objects(), before, "{}: everything is freed", kernel.name());
    }
}

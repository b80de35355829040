//! A bounded run of the fuzz targets: files made from the corpus by damage, and files built to cost too much.
//!
//! Any input gives a diagnostic: no panic, no hang, memory capped. `fuzz/` runs the same functions without an end;
//! `FUZZ_SMOKE_TIMES=100 cargo test -p tests --test fuzz_smoke` runs a hundred times as many inputs here.

mod bombs;
mod elf;
mod seeds;

use std::panic::catch_unwind;

use seeds::Seeds;
use tests::fuzz::mutate::mutate;
use tests::fuzz::{MAX_PEAK_BYTES, TARGETS, target};
use tests::numbers::Numbers;

/// Runs a target on damaged seeds. A failure names the seed and the number, which make the same bytes again.
fn smoke(name: &str, seeds: &Seeds, inputs: u64) {
    let run = target(name).run;
    let times = std::env::var("FUZZ_SMOKE_TIMES").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
    for nr in 0..inputs * times {
        let bytes = mutant(seeds, nr);
        let done = catch_unwind(|| run(&bytes));
        assert!(done.is_ok(), "target {name}: panic on input {nr} ({} bytes), see above", bytes.len());
    }
}

fn mutant(seeds: &Seeds, nr: u64) -> Vec<u8> {
    let mut numbers = Numbers::new(nr);
    let mut bytes = seeds.pick(&mut numbers).to_vec();
    let other = seeds.pick(&mut numbers);
    mutate(&mut bytes, other, &mut numbers);
    bytes
}

#[test]
fn damaged_objects() {
    smoke("object", &Seeds::objects(), 500);
}

#[test]
fn damaged_objects_end_to_end() {
    smoke("check", &Seeds::objects(), 120);
}

#[test]
fn damaged_types() {
    smoke("btf", &Seeds::sections(".BTF"), 10000);
}

#[test]
fn damaged_line_records() {
    smoke("btf_ext", &Seeds::sections(".BTF.ext"), 20000);
}

#[test]
fn damaged_instructions() {
    smoke("insns", &Seeds::code(), 10000);
}

/// Untouched seeds pass, too, and really are what the targets want.
#[test]
fn the_seeds_themselves() {
    for (name, seeds) in [
        ("object", Seeds::objects()),
        ("check", Seeds::objects()),
        ("btf", Seeds::sections(".BTF")),
        ("btf_ext", Seeds::sections(".BTF.ext")),
        ("insns", Seeds::code()),
    ] {
        assert!(seeds.len() >= 30, "{name}: {} seeds", seeds.len());
        seeds.each(target(name).run);
    }
    assert_eq!(TARGETS.len(), 5, "a new target needs a smoke test here");
}

/// Damage reaches the inside: some mutants load, some are refused late, few are refused at the first byte.
#[test]
fn damage_is_deep_enough() {
    let seeds = Seeds::objects();
    let mut kinds = std::collections::BTreeMap::new();
    for nr in 0..600 {
        let answer = match programs::object::load_object(&mutant(&seeds, nr), "m") {
            Ok(_) => "loaded".to_string(),
            Err(error) => format!("{:?}", error.kind()),
        };
        *kinds.entry(answer).or_insert(0) += 1;
    }
    assert!(kinds["loaded"] > 60 && kinds["loaded"] < 540, "{kinds:?}");
    for kind in ["Malformed", "Btf", "Function", "Relocation", "Map"] {
        assert!(kinds.contains_key(kind), "no mutant was refused for {kind}: {kinds:?}");
    }
}

/// A line of `/proc/self/status`, in bytes (Linux).
fn status_bytes(name: &str) -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024)
}

/// Forgets the peak of the process so far; what it holds now, freed memory that the allocator keeps included.
fn forget_peak() -> u64 {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    status_bytes("VmRSS:").unwrap_or(0)
}

/// What was added to `before` at most.
fn assert_peak_is_capped(before: u64) {
    if let Some(peak) = status_bytes("VmHWM:") {
        let added = peak.saturating_sub(before);
        assert!(added < MAX_PEAK_BYTES, "{} MiB at the peak", added >> 20);
    }
}

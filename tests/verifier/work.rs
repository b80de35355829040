//! The work of a verification beside that of booted kernels: the line `processed … insns` that ends every log (`tests/data/work.csv`,
//! recorded with log level 4). Verdicts do not depend on these numbers below the limit of a million, but how paths are pruned does: a
//! change that loses states, or keeps more, is seen here first.

use std::collections::BTreeMap;

use programs::profile::{KernelVersion, Profile};
use programs::verifier::{Stats, verify};
use tests::recorded::{Collection, data};

/// Rows per kernel, of those in the file, whose five numbers are the kernel's. The others differ in how long a state is kept.
const AGREE: [(KernelVersion, usize); 4] = [
    (KernelVersion::V5_10, 417),
    (KernelVersion::V6_1, 511),
    (KernelVersion::V6_12, 527),
    (KernelVersion::V7_2, 539),
];

/// processed, max_states_per_insn, total_states, peak_states, mark_read.
fn numbers(stats: &Stats) -> [usize; 5] {
    [stats.processed, stats.max_states_per_insn, stats.total_states, stats.peak_states, stats.mark_read]
}

#[test]
fn the_work_is_that_of_the_kernels() {
    let collections: BTreeMap<&str, Collection> =
        ["corpus", "real"].map(|name| (name, Collection::read(&data(name)))).into();
    let text = std::fs::read_to_string(data("work.csv")).expect("work.csv");
    let mut agree: BTreeMap<String, usize> = BTreeMap::new();
    let mut differ = Vec::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let [collection, file, program, kernel, said @ ..] = &cells[..] else { panic!("{line}") };
        let said: Vec<usize> = said.iter().map(|cell| cell.parse().expect("a number")).collect();
        let object = &collections[collection].objects[*file];
        let spec = object.program(program).unwrap_or_else(|| panic!("{line}"));
        let version = KernelVersion::ALL.into_iter().find(|version| version.to_string() == *kernel);
        let profile = Profile::new(version.unwrap_or_else(|| panic!("{line}")));
        let ours = numbers(&verify(&profile, object, spec).stats);
        if ours[..] == said[..] {
            *agree.entry((*kernel).to_owned()).or_default() += 1;
        } else {
            differ.push(format!("{line}; ours: {ours:?}"));
        }
    }
    for (version, floor) in AGREE {
        let found = agree.get(&version.to_string()).copied().unwrap_or_default();
        assert!(found >= floor, "{version}: {found} rows agree, {floor} did:\n{}", differ.join("\n"));
    }
}

//! The gate against the verdicts of booted kernels (`data/corpus`).
//!
//! Each row of `verdicts.csv` is one program on one kernel. Programs that the kernel accepted must not be refused by the
//! gate; refusals whose reason belongs to one of the gate's rule families must come with the same error number and the
//! same words. Reasons outside the families are the verifier's. Rows marked `library` never reached the kernel.

mod families;

use std::collections::BTreeMap;

use families::family;
use programs::gate::{GateInput, Stage, Verdict, check};
use programs::object::Object;
use programs::profile::{KernelVersion, Profile};
use tests::recorded::{Row, data, objects, rows, without_numbers};

fn judge(objects: &BTreeMap<String, Object>, row: &Row) -> Verdict {
    let object = &objects[&row.file];
    let program =
        object.program(&row.program).unwrap_or_else(|| panic!("{} has no program {}", row.file, row.program));
    let profile = Profile::new(row.kernel);
    let input = GateInput::from_object(&profile, object, program)
        .unwrap_or_else(|| panic!("{}: section {} is unknown", row.program, program.section));
    check(&profile, &input, None)
}

#[derive(Default)]
struct Tally {
    accepted: usize,
    refused: BTreeMap<&'static str, usize>,
    left_to_verifier: usize,
    library: usize,
}

/// `None` when the gate agrees with the kernel, else what is wrong.
fn compare(row: &Row, verdict: &Verdict, tally: &mut Tally) -> Option<String> {
    match (row.verdict.as_str(), family(&row.reason), verdict) {
        ("library", _, Verdict::Reject(rejection)) if rejection.stage == Stage::Loader => tally.library += 1,
        // What only the kernel's own BTF tells; the gate has none here.
        ("library", ..) if row.reason.contains("kernel BTF") => tally.library += 1,
        ("library", ..) => return Some(format!("refused by the loader: {}; gate: {verdict:?}", row.reason)),
        ("accept", _, Verdict::Reject(rejection)) => {
            return Some(format!("accepted by the kernel, gate says: {}", rejection.message));
        }
        ("accept", ..) => tally.accepted += 1,
        ("reject", Some(family), Verdict::Reject(rejection)) => {
            let same = without_numbers(&rejection.message) == without_numbers(&row.reason);
            if !same || rejection.errno.ret() != row.errno {
                return Some(format!(
                    "{} {} but the gate says {} {}",
                    row.errno, row.reason, rejection.errno, rejection.message
                ));
            }
            *tally.refused.entry(family).or_default() += 1;
        }
        ("reject", Some(_), _) => return Some(format!("the gate misses: {}", row.reason)),
        // A call that the loader poisoned may come later than what the verifier refused.
        ("reject", None, Verdict::Reject(rejection)) if rejection.stage != Stage::Loader => {
            return Some(format!("refused for {}; the gate is early: {}", row.reason, rejection.message));
        }
        ("reject", None, _) => tally.left_to_verifier += 1,
        (other, ..) => panic!("verdict {other}"),
    }
    None
}

#[test]
fn the_gate_agrees_with_booted_kernels() {
    let objects = objects(&data("corpus"));
    let mut tallies: BTreeMap<KernelVersion, Tally> = BTreeMap::new();
    let mut wrong = Vec::new();
    for row in rows(&data("corpus")) {
        let verdict = judge(&objects, &row);
        let tally = tallies.entry(row.kernel).or_default();
        if let Some(what) = compare(&row, &verdict, tally) {
            wrong.push(format!("{} {} {}: {what}", row.kernel, row.file, row.program));
        }
    }
    for (kernel, tally) in &tallies {
        let refused: usize = tally.refused.values().sum();
        println!(
            "{kernel}: accepted {}, refused {refused} {:?}, left to the verifier {}, library {}",
            tally.accepted, tally.refused, tally.left_to_verifier, tally.library
        );
    }
    assert!(wrong.is_empty(), "{} disagreements\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(tallies.len(), KernelVersion::ALL.len());
    for family in families::names() {
        let seen = tallies.values().any(|tally| tally.refused.contains_key(family));
        assert!(seen, "no row of the corpus tests {family}");
    }
}

//! The verifier beside booted kernels: every recorded program, on every kernel.
//!
//! `tests::recorded` compares. Verdict, error number and decisive message must be the kernel's, except for the rows that
//! `differences.csv` lists with the reason; of the corpus none may be listed there for more than its message.

mod work;

use std::collections::BTreeMap;
use std::path::Path;

use programs::gate::Verdict;
use programs::profile::{KernelVersion, Profile};
use programs::verifier::verify;
use tests::recorded::{Agreement, COLLECTIONS, Collection, data, fields, table};

/// Programs whose answer differs for a reason that is known: file, program, kernel (or `all`), reason.
fn exceptions() -> BTreeMap<(String, String), Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("verifier/differences.csv");
    let text = std::fs::read_to_string(path).expect("differences.csv");
    let mut listed: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let f = fields(line);
        assert_eq!(f.len(), 4, "{line}");
        listed.entry((f[0].clone(), f[1].clone())).or_default().push(f[2].clone());
    }
    listed
}

fn check(name: &str) {
    let collection = Collection::read(&data(name));
    let listed = exceptions();
    let mut wrong = Vec::new();
    for comparison in collection.compare() {
        let row = comparison.row;
        let kernels = listed.get(&(row.file.clone(), row.program.clone()));
        let excused = kernels.is_some_and(|k| k.iter().any(|k| k == "all" || *k == row.kernel.to_string()));
        let fine = match comparison.agreement {
            Agreement::Whole => !excused,
            Agreement::Message => excused,
            _ => excused && name != "corpus",
        };
        if !fine {
            let said = format!("{} {} {}", row.verdict, row.errno, row.reason);
            wrong.push(format!(
                "{} {} {}\n  kernel: {said}\n  ours:   {}",
                row.file, row.program, row.kernel, comparison.ours
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} rows of {name} differ (or are listed in differences.csv and do not):\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn kernel_objects_agree() {
    check("kernel_objects");
}

#[test]
fn the_corpus_agrees() {
    check("corpus");
}

#[test]
fn the_probes_agree() {
    check("probes");
}

#[test]
fn programs_around_kernel_functions_agree() {
    check("kfuncs");
}

#[test]
fn programs_of_the_size_people_ship_agree() {
    check("real");
}

/// `docs/agreement.md` is what the command prints.
#[test]
fn the_table_of_agreement_is_up_to_date() {
    let all: Vec<_> =
        COLLECTIONS.iter().map(|(name, what)| (*name, *what, Collection::read(&data(name)))).collect();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/agreement.md");
    let page = std::fs::read_to_string(path).expect("docs/agreement.md");
    let told = "run: cargo run -p tests --example agreement, and put its output behind the introduction of docs/agreement.md";
    assert!(page.ends_with(&table(&all)), "{told}");
}

/// The comparison itself can fail: programs judged by the rules of another kernel disagree in many rows.
#[test]
fn rules_of_another_kernel_are_noticed() {
    let collection = Collection::read(&data("corpus"));
    let other =
        |version| if version == KernelVersion::V7_2 { KernelVersion::V5_10 } else { KernelVersion::V7_2 };
    let judged = collection.rows.iter().filter(|row| row.verdict != "library").filter(|row| {
        let object = &collection.objects[&row.file];
        let program = object.program(&row.program).expect("recorded");
        let ours = verify(&Profile::new(other(row.kernel)), object, program);
        matches!(ours.verdict, Verdict::Accept { .. }) != (row.verdict == "accept")
    });
    assert!(judged.count() > 100);
}

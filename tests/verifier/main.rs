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
use tests::recorded::{Agreement, COLLECTIONS, Collection, Comparison, Row, data, fields, table};

/// What `differences.csv` says of a row: our answer and the kernel's.
type Answers = (String, String);

/// Programs whose answer differs for a reason that is known, by file, program and kernel.
fn exceptions() -> BTreeMap<(String, String, String), Answers> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("verifier/differences.csv");
    let text = std::fs::read_to_string(path).expect("differences.csv");
    let listed = text.lines().skip(1).map(|line| {
        let f = fields(line);
        assert_eq!(f.len(), 6, "{line}");
        ((f[0].clone(), f[1].clone(), f[2].clone()), (f[3].clone(), f[4].clone()))
    });
    listed.collect()
}

/// A row is as it should be: it agrees and is not listed, or differs in just the way that is listed.
fn as_told(comparison: &Comparison<'_>, listed: Option<&Answers>, of_corpus: bool) -> bool {
    let answers = (comparison.answer.clone(), comparison.row.answer());
    match (comparison.agreement, listed) {
        (Agreement::Whole, listed) => listed.is_none(),
        (_, None) => false,
        (Agreement::Message, Some(listed)) => *listed == answers,
        (_, Some(listed)) => *listed == answers && !of_corpus,
    }
}

fn check(name: &str) {
    let collection = Collection::read(&data(name));
    let listed = exceptions();
    let mut wrong = Vec::new();
    for comparison in collection.compare() {
        let row = comparison.row;
        let key = (row.file.clone(), row.program.clone(), row.kernel.to_string());
        if !as_told(&comparison, listed.get(&key), name == "corpus") {
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

/// Objects whose maps a kernel did not make: the loader gave up before any program was judged, and so does `check`, with the same number.
#[test]
fn maps_that_no_kernel_makes_are_refused() {
    let mut seen = 0;
    for name in ["corpus", "probes", "kfuncs", "real"] {
        let collection = Collection::read(&data(name));
        let told = ["failed to create", "Error in bpf_create_map_xattr"];
        let refused =
            |row: &&Row| row.verdict == "library" && told.iter().any(|text| row.reason.contains(text));
        for row in collection.rows.iter().filter(refused).filter(|row| collection.has(row)) {
            seen += 1;
            let verdict = collection.judge(row).verdict;
            let Verdict::Reject(ours) = &verdict else { panic!("{row:?}: {verdict:?}") };
            assert_eq!(i64::from(-ours.errno.0), row.errno, "{row:?}: {ours:?}");
            assert!(ours.message.contains("failed to create"), "{row:?}: {ours:?}");
        }
    }
    assert!(seen > 40, "{seen} rows");
}

/// The comparison itself can fail: programs judged by the rules of another kernel disagree in many rows.
#[test]
fn rules_of_another_kernel_are_noticed() {
    let collection = Collection::read(&data("corpus"));
    let other =
        |version| if version == KernelVersion::V7_2 { KernelVersion::V5_10 } else { KernelVersion::V7_2 };
    let judged = collection.rows.iter().filter(|row| row.is_judged()).filter(|row| {
        let object = &collection.objects[&row.file];
        let program = object.program(&row.program).expect("recorded");
        let ours = verify(&Profile::new(other(row.kernel)), object, program);
        matches!(ours.verdict, Verdict::Accept { .. }) != (row.verdict == "accept")
    });
    assert!(judged.count() > 100);
}

/// A listed difference counts only as long as both answers are the listed ones; a crash is nobody's verdict.
#[test]
fn another_difference_than_the_listed_one_is_noticed() {
    let row = |verdict: &str, errno| Row {
        file: "a.bpf.o".into(),
        program: "p".into(),
        kernel: KernelVersion::V6_12,
        verdict: verdict.into(),
        errno,
        reason: String::new(),
    };
    let refused = row("reject", -22);
    let told = |agreement, answer: &str, listed: Option<(&str, &str)>| {
        let comparison =
            Comparison { row: &refused, agreement, ours: String::new(), answer: answer.to_string() };
        let listed = listed.map(|(ours, theirs)| (ours.to_string(), theirs.to_string()));
        as_told(&comparison, listed.as_ref(), false)
    };
    let listed = Some(("accept", "reject -22"));
    assert!(told(Agreement::FalseAccept, "accept", listed));
    assert!(!told(Agreement::FalseAccept, "accept", None));
    assert!(!told(Agreement::FalseAccept, "accept", Some(("accept", "reject -13"))));
    assert!(!told(Agreement::Unknown, "unknown", listed));
    assert!(!told(Agreement::Errno, "reject -13", listed));
    assert!(!told(Agreement::Whole, "reject -22", listed));
    assert!(refused.is_judged() && row("accept", 0).is_judged());
    assert!(!row("crash", -999).is_judged() && !row("library", -2).is_judged());
}

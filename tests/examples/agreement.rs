//! How far the verifier agrees with booted kernels.
//!
//! `cargo run -p tests --example agreement` prints the table that `docs/agreement.md` holds; `-- DIFFER` prints what differs instead.
//! Other folders with `obj/` and `verdicts.csv` may be named: `-- DIFFER DIR… [--kernel V] [--program NAME]`.

use std::path::PathBuf;

use tests::recorded::{Agreement, COLLECTIONS, Collection, data, table};

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args.first().is_none_or(|first| first != "DIFFER") {
        let all: Vec<_> =
            COLLECTIONS.iter().map(|(name, what)| (*name, *what, Collection::read(&data(name)))).collect();
        print!("{}", table(&all));
        return;
    }
    let value_of = |flag: &str| args.iter().position(|arg| arg == flag).and_then(|at| args.get(at + 1));
    let (kernel, program) = (value_of("--kernel"), value_of("--program"));
    let named: Vec<PathBuf> =
        args[1..].iter().take_while(|arg| !arg.starts_with("--")).map(PathBuf::from).collect();
    let dirs =
        if named.is_empty() { COLLECTIONS.iter().map(|(name, _)| data(name)).collect() } else { named };
    for dir in dirs {
        differences(&dir, kernel, program);
    }
}

fn differences(dir: &std::path::Path, kernel: Option<&String>, program: Option<&String>) {
    let mut collection = Collection::read(dir);
    collection.rows.retain(|row| {
        kernel.is_none_or(|kernel| row.kernel.to_string() == *kernel)
            && program.is_none_or(|program| row.program == *program)
    });
    let known: Vec<bool> = collection.rows.iter().map(|row| collection.has(row)).collect();
    let mut known = known.into_iter();
    collection.rows.retain(|row| {
        let has = known.next() == Some(true);
        if !has && row.verdict != "library" {
            println!("Missing {} {} {}: no such program", row.file, row.program, row.kernel);
        }
        has
    });
    let (mut rows, mut agree, mut rejects, mut words) = (0, 0, 0, 0);
    for comparison in collection.compare() {
        let row = comparison.row;
        rows += 1;
        agree += usize::from(comparison.agreement.agrees());
        rejects += usize::from(row.verdict == "reject");
        words += usize::from(row.verdict == "reject" && comparison.agreement == Agreement::Whole);
        if comparison.agreement != Agreement::Whole {
            println!("{:?} {} {} {}", comparison.agreement, row.file, row.program, row.kernel);
            println!("    kernel: {} {} {}", row.verdict, row.errno, row.reason);
            println!("    ours:   {}", comparison.ours);
        }
    }
    println!("{}: {agree} of {rows} verdicts, {words} of {rejects} messages", dir.display());
}

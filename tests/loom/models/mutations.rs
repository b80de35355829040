//! Runs every row of the tables of faults: a fault, the model that must catch it, and what the model must say.
//!
//! Each row runs its model in a child process (this binary again) with the fault armed. The child must fail with the
//! row's text: a model that dies of something else proves nothing. Tables are in files of their own, listed in [`TABLES`].

use loom_models::{FAULTS, MUTATION_VARIABLE};
use std::process::Command;

/// Fault, model, and a part of the panic message.
pub type Row = (&'static str, &'static str, &'static str);

/// loom's words for two accesses that nothing orders.
pub const RACE: &str = "Causality violation: Concurrent";
/// loom's words for threads that all sleep.
pub const STUCK: &str = "deadlock; threads =";
/// loom's words for a thread that polls for ever.
pub const SPINS: &str = "Model exceeded maximum number of branches";

const TABLES: &[&[Row]] = &[super::rcu_faults::ROWS, super::map_faults::ROWS];

fn rows() -> impl Iterator<Item = &'static Row> {
    TABLES.iter().copied().flatten()
}

#[test]
fn every_mutation_is_caught() {
    for fault in FAULTS.iter().copied().flatten() {
        assert!(rows().any(|row| row.0 == *fault), "no model for {fault}");
    }
    let complaints: Vec<String> = rows().filter_map(try_row).collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    println!("loom mutations caught: {}", rows().count());
}

fn try_row(&(fault, model, text): &Row) -> Option<String> {
    let child = Command::new(std::env::current_exe().expect("this binary has a path"))
        .args(["--exact", model, "--nocapture", "--test-threads=1"])
        .env(MUTATION_VARIABLE, fault)
        .output()
        .expect("the test binary starts");
    let output =
        [child.stdout, child.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    let complaint = match (child.status.success(), output.contains(text)) {
        (false, true) => return None,
        (true, _) if output.contains("running 0 tests") => "names a model that does not exist",
        (true, _) => "survived",
        (false, false) => "died of something else",
    };
    Some(format!("{fault} on {model}: {complaint}; expected {text:?}\n{output}"))
}

/// A model without a fault that it catches might be unable to fail.
#[test]
fn every_model_catches_something() {
    let listing = Command::new(std::env::current_exe().expect("this binary has a path"))
        .args(["--list", "--format=terse"])
        .output()
        .expect("the test binary starts");
    let listing = String::from_utf8_lossy(&listing.stdout).into_owned();
    let models = listing.lines().filter_map(|line| line.strip_suffix(": test"));
    let models: Vec<&str> = models.filter(|name| !name.starts_with("mutations::")).collect();
    assert!(!models.is_empty(), "no models");
    for model in models {
        assert!(rows().any(|row| row.1 == model), "no fault is known that {model} catches");
    }
}

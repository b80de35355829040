//! Every fault of `sim::rcu::mutation`, the model that must catch it, and what the model must say.
//!
//! Each row runs its model in a child process (this binary again) with the fault armed. The child must fail with the
//! row's text: a model that dies of something else proves nothing.
//!
//! Not in the table, because no promise breaks: a section number that never advances. The driver may then mark a section
//! that began after its scan looked, and waits longer than it must.

use loom_models::MUTATION_VARIABLE;
use sim::rcu::mutation::Mutation::{self, *};
use std::process::Command;

/// loom's words for two accesses that nothing orders.
const RACE: &str = "Causality violation: Concurrent";
const FREED: &str = "use after free";
const STUCK: &str = "deadlock; threads =";

const ROWS: &[(Mutation, &str, &str)] = &[
    (ReaderFenceMissing, "readers::basic", FREED),
    (ReaderFenceMissing, "readers::classic", FREED),
    (GraceFenceMissing, "readers::basic", FREED),
    (EntryRelaxed, "readers::reenter", RACE),
    (ExitRelaxed, "readers::basic", RACE),
    (ScanRelaxed, "readers::basic", RACE),
    (MarkFailureRelaxed, "readers::basic", RACE),
    (ReportRelaxed, "readers::basic", RACE),
    (HoldoutsNotAwaited, "readers::basic", RACE),
    (HoldoutsNotAwaited, "readers::migrate", FREED),
    (InnerUnlockEnds, "readers::nested", RACE),
    (ExitNotAtomic, "readers::basic", STUCK),
    (WakeBeforeReport, "readers::basic", STUCK),
    (MarkBlindly, "readers::basic", STUCK),
    (WakerNotRechecked, "readers::basic", STUCK),
    (CancelForgetsHoldouts, "drivers::cancel", STUCK),
    (HoldoutCountedTwice, "drivers::cancel", STUCK),
    (TurnIgnored, "drivers::two_drivers", STUCK),
    (NewestChunkMissed, "readers::register", RACE),
    (ExitForgetsSection, "readers::exit", STUCK),
    (SlotFreedEarly, "readers::slot_reuse", "is still in its last reader's section"),
    (CallbackEarly, "callbacks::two_updaters", RACE),
    (SynchronizeEarly, "drivers::two_drivers", RACE),
    (BarrierForgetsInFlight, "callbacks::barrier", RACE),
    (BarrierEarly, "callbacks::barrier", RACE),
    (ChainCut, "chains::chained", RACE),
    (ChainSwapped, "chains::hand_over", RACE),
    (WakeBeforeDone, "callbacks::wakers", STUCK),
    (WorkWakeEarly, "callbacks::wakers", STUCK),
];

#[test]
fn every_mutation_is_caught() {
    for fault in Mutation::ALL {
        assert!(ROWS.iter().any(|row| row.0 == *fault), "no model for {fault:?}");
    }
    let complaints: Vec<String> =
        ROWS.iter().filter_map(|&(fault, model, text)| try_row(fault, model, text)).collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    println!("loom mutations caught: {}", ROWS.len());
}

fn try_row(fault: Mutation, model: &str, text: &str) -> Option<String> {
    let child = Command::new(std::env::current_exe().expect("this binary has a path"))
        .args(["--exact", model, "--nocapture", "--test-threads=1"])
        .env(MUTATION_VARIABLE, format!("{fault:?}"))
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
    Some(format!("{fault:?} on {model}: {complaint}; expected {text:?}\n{output}"))
}

/// A model without a fault that it catches might be unable to fail.
#[test]
fn every_model_catches_something() {
    let listing = Command::new(std::env::current_exe().expect("this binary has a path"))
        .args(["--list", "--format=terse"])
        .output()
        .expect("the test binary starts");
    let listing = String::from_utf8_lossy(&listing.stdout).into_owned();
    let models: Vec<&str> = listing.lines().filter_map(|line| line.strip_suffix(": test")).collect();
    let models: Vec<&str> = models.into_iter().filter(|name| !name.starts_with("mutations::")).collect();
    assert!(!models.is_empty(), "no models");
    for model in models {
        assert!(ROWS.iter().any(|row| row.1 == model), "no fault is known that {model} catches");
    }
}

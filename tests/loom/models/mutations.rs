//! Every fault of `sim::rcu::mutation`, the model that must catch it, and what the model must say.
//!
//! Each row runs its model in a child process (this binary again) with the fault armed. The child must fail with the
//! row's text: a model that dies of something else proves nothing.
//!
//! Not in the table, because no promise breaks: a section number that never advances. The driver may then mark a section
//! that began after its scan looked, and waits longer than it must.

use crate::map_faults;
use loom_models::MUTATION_VARIABLE;
use sim::rcu::mutation::Mutation::{self, *};
use std::process::Command;

/// loom's words for two accesses that nothing orders.
pub const RACE: &str = "Causality violation: Concurrent";
pub const FREED: &str = "use after free";
pub const STUCK: &str = "deadlock; threads =";
/// loom's words for a thread that polls for ever.
const SPINS: &str = "Model exceeded maximum number of branches";

const ROWS: &[(Mutation, &str, &str)] = &[
    (ReaderFenceMissing, "notified::basic", FREED),
    (ReaderFenceMissing, "polled::basic", FREED),
    (ReaderFenceMissing, "counters::basic", FREED),
    (ReaderFenceMissing, "readers::classic", FREED),
    (GraceFenceMissing, "notified::basic", FREED),
    (GraceFenceMissing, "polled::basic", FREED),
    (GraceFenceMissing, "counters::basic", FREED),
    (EntryRelaxed, "notified::reenter", RACE),
    (EntryRelaxed, "polled::reenter", RACE),
    (ExitRelaxed, "notified::basic", RACE),
    (ExitRelaxed, "polled::basic", RACE),
    (ExitRelaxed, "counters::basic", RACE),
    (ScanRelaxed, "notified::basic", RACE),
    (ScanRelaxed, "polled::basic", RACE),
    (ScanRelaxed, "counters::basic", RACE),
    (RecheckRelaxed, "polled::exit", RACE),
    (MarkFailureRelaxed, "notified::basic", RACE),
    (ReportRelaxed, "notified::basic", RACE),
    (HoldoutsNotAwaited, "notified::basic", RACE),
    (HoldoutsNotAwaited, "notified::migrate", FREED),
    (HoldoutsNotAwaited, "polled::migrate", FREED),
    (HoldoutsNotAwaited, "counters::migrate", FREED),
    (HoldoutsNotAwaited, "notified::synchronize", RACE),
    (HoldoutsNotAwaited, "counters::synchronize", RACE),
    (InnerUnlockEnds, "notified::nested", RACE),
    (InnerUnlockEnds, "polled::nested", RACE),
    (InnerUnlockEnds, "counters::nested", RACE),
    (ExitNotAtomic, "notified::basic", STUCK),
    (WakeBeforeReport, "notified::basic", STUCK),
    (MarkBlindly, "notified::basic", STUCK),
    (WakerNotRechecked, "notified::basic", STUCK),
    (WakerNotRechecked, "counters::basic", STUCK),
    (ExitNotAsked, "counters::exit", STUCK),
    (FirstScanSkipped, "counters::reenter", RACE),
    (SecondScanSkipped, "counters::basic", RACE),
    (EntriesBeforeExits, "counters::two_readers", STUCK),
    (CancelForgetsHoldouts, "notified::cancel", STUCK),
    (HoldoutCountedTwice, "notified::cancel", STUCK),
    (HoldoutsNotAwaited, "polled::cancel", RACE),
    (HoldoutsNotAwaited, "counters::cancel", RACE),
    (TurnIgnored, "notified::two_drivers", STUCK),
    (TurnIgnored, "counters::two_drivers", STUCK),
    (NewestChunkMissed, "notified::register", RACE),
    (NewestChunkMissed, "polled::register", RACE),
    (GraceFenceMissing, "counters::register", FREED),
    (ExitForgetsSection, "notified::exit", STUCK),
    (ExitForgetsSection, "counters::exit", STUCK),
    (ExitForgetsSection, "polled::exit", SPINS),
    (SlotFreedEarly, "notified::slot_reuse", "is still in its last reader's section"),
    (CallbackEarly, "notified::two_updaters", RACE),
    (CallbackEarly, "counters::two_updaters", RACE),
    (CallbackEarly, "notified::three_updaters", FREED),
    (CallbackEarly, "counters::three_updaters", FREED),
    (CallbackLost, "notified::enqueue", STUCK),
    (SynchronizeEarly, "notified::two_drivers", RACE),
    (SynchronizeEarly, "requests::expedited", RACE),
    (PollEarly, "notified::cookie", RACE),
    (BarrierForgetsInFlight, "notified::barrier", RACE),
    (BarrierEarly, "notified::barrier", RACE),
    (ChainCut, "notified::chained", RACE),
    (ChainCut, "polled::chained", RACE),
    (ChainCut, "counters::chained", RACE),
    (ChainSwapped, "notified::hand_over", RACE),
    (ChainSwapped, "polled::hand_over", RACE),
    (ChainSwapped, "counters::hand_over", RACE),
    (WakeBeforeDone, "notified::wakers", STUCK),
    (WakeBeforeDone, "counters::wakers", STUCK),
    (WorkWakeEarly, "notified::wakers", STUCK),
];

#[test]
fn every_mutation_is_caught() {
    for fault in Mutation::ALL {
        assert!(ROWS.iter().any(|row| row.0 == *fault), "no model for {fault:?}");
    }
    for fault in maps::concurrent::mutation::Mutation::ALL {
        assert!(map_faults::ROWS.iter().any(|row| row.0 == *fault), "no model for {fault:?}");
    }
    let complaints: Vec<String> =
        rows().iter().filter_map(|(fault, model, text)| try_row(fault, model, text)).collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    println!("loom mutations caught: {}", rows().len());
}

/// Both tables: the fault's name, the model, its words.
fn rows() -> Vec<(String, &'static str, &'static str)> {
    let engines = ROWS.iter().map(|&(fault, model, text)| (format!("{fault:?}"), model, text));
    let maps = map_faults::ROWS.iter().map(|&(fault, model, text)| (format!("{fault:?}"), model, text));
    engines.chain(maps).collect()
}

fn try_row(fault: &str, model: &str, text: &str) -> Option<String> {
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
    let models: Vec<&str> = listing.lines().filter_map(|line| line.strip_suffix(": test")).collect();
    let models: Vec<&str> = models.into_iter().filter(|name| !name.starts_with("mutations::")).collect();
    assert!(!models.is_empty(), "no models");
    for model in models {
        assert!(rows().iter().any(|row| row.1 == model), "no fault is known that {model} catches");
    }
}

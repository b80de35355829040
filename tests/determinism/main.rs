//! The same scenario, kernel and seed give the same bytes in every process. This file belongs to the package `scenarios` (see its
//! Cargo.toml), because cargo tells only that package's tests where the binary is.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What one process made of a scenario: its standard output, and its trace files by name.
type Made = (Vec<u8>, BTreeMap<String, Vec<u8>>);

/// Runs a scenario with all its kernels. `turn` changes what a deterministic program does not depend on.
fn run(scenario: &Path, seed: &str, turn: &str) -> Made {
    let name = scenario.file_stem().expect("a file").to_string_lossy().into_owned();
    let directory =
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("determinism-{name}-{seed}-{turn}"));
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).expect("a scratch directory");
    let output = Command::new(env!("CARGO_BIN_EXE_sleepable"))
        .args(["run", "--format", "json", "--seed", seed, "--trace", "out.jsonl"])
        .arg(scenario)
        .current_dir(&directory)
        // Another environment moves the stack and the addresses of everything in it.
        .env("SLEEPABLE_TEST_TURN", turn.repeat(100))
        .output()
        .expect("the command starts");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{name}: {stderr}");
    let entries = fs::read_dir(&directory).expect("the directory that was made");
    let files = entries.map(|entry| {
        let path = entry.expect("an entry").path();
        (path.file_name().expect("a name").to_string_lossy().into_owned(), fs::read(&path).expect("a trace"))
    });
    (output.stdout, files.collect())
}

fn assert_same(scenario: &Path, seed: &str) -> Made {
    let (first, second) = (run(scenario, seed, "a"), run(scenario, seed, "bc"));
    assert!(!first.1.is_empty() && first.1.values().all(|trace| trace.len() > 100), "{}", scenario.display());
    assert!(first.0 == second.0, "{}: standard output differs", scenario.display());
    for (name, trace) in &first.1 {
        assert!(second.1.get(name) == Some(trace), "{}: {name} differs", scenario.display());
    }
    first
}

fn shipped() -> Vec<PathBuf> {
    let entries = fs::read_dir(package().join("library")).expect("the library");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut paths: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|e| e == "toml")).collect();
    paths.sort();
    paths
}

#[test]
fn every_shipped_scenario_twice() {
    assert!(shipped().len() >= 13);
    for scenario in shipped() {
        assert_same(&scenario, "1");
    }
}

/// Random scheduling on four CPUs: the seed decides everything, and different seeds decide differently.
#[test]
fn a_crowded_machine_twice_for_several_seeds() {
    let scenario = package().join("../tests/determinism/crowd.toml");
    let made: Vec<Made> = ["1", "2", "3", "4"].iter().map(|seed| assert_same(&scenario, seed)).collect();
    let body = |made: &Made| {
        let trace = made.1.values().next().expect("a trace").clone();
        let lines = trace.split(|byte| *byte == b'\n').skip(1);
        lines.map(<[u8]>::to_vec).collect::<Vec<_>>()
    };
    assert!(made.iter().skip(1).any(|other| body(other) != body(&made[0])), "the seed changes nothing");
}

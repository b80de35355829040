//! Makes plain `cargo test` run the loom models: a second cargo, with `--cfg sim_loom`, in a target directory of its own.

#![cfg(not(sim_loom))]

use std::path::Path;
use std::process::{Command, Output};

#[test]
fn loom_models() {
    let output = cargo_test_with_sim_loom();
    let stdout = String::from_utf8_lossy(&output.stdout);
    let report = format!("{stdout}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{report}");
    // Without the cfg, or with a filter, zero tests run and cargo calls that a success.
    for part in ["loom model ", "loom mutations caught: "] {
        assert!(stdout.lines().any(|line| line.starts_with(part)), "no line {part:?}: nothing ran\n{report}");
    }
    stdout.lines().filter(|line| line.starts_with("loom ")).for_each(|line| println!("{line}"));
}

fn cargo_test_with_sim_loom() -> Output {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .args(["test", "--locked", "-p", "loom-models", "--test", "loom", "--profile", "loom"])
        // Sharing the outer cargo's directory would rebuild everything each time, and wait for its lock.
        .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("sim_loom"));
    // Add to the flags in force, whichever variable holds them: the encoded one wins over the plain one.
    match std::env::var("CARGO_ENCODED_RUSTFLAGS") {
        Ok(flags) => cargo.env("CARGO_ENCODED_RUSTFLAGS", format!("{flags}\u{1f}--cfg\u{1f}sim_loom")),
        Err(_) => {
            let flags = std::env::var("RUSTFLAGS").unwrap_or_default();
            cargo.env("RUSTFLAGS", format!("{flags} --cfg sim_loom"))
        }
    };
    cargo.args(["--", "--show-output"]).output().expect("cargo starts")
}

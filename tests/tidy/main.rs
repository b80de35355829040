//! The shape of the house, as tests: which crate may use which, how long files get, what may not stand in them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// An arrow may only point left.
const LAYERS: [&str; 6] = ["sim", "maps", "programs", "hooks", "scenarios", "tests"];
/// Test packages that stand beside `tests` at the right end.
const LEAVES: [&str; 1] = ["loom-models"];
/// Only these crates may touch files, the terminal or the network.
const OUTER: [&str; 3] = ["scenarios", "tests", "loom-models"];
const MAX_FILE_LINES: usize = 600;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the workspace").to_path_buf()
}

fn rust_files(dir: &Path, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(dir)
        .unwrap_or_else(|e| panic!("{}: {e}", dir.display()))
        .map(|entry| entry.expect("readable").path())
        .collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            rust_files(&path, out);
        } else if name.ends_with(".rs") {
            out.push(path);
        }
    }
}

fn sources() -> Vec<(String, String)> {
    let mut files = Vec::new();
    rust_files(&root(), &mut files);
    let relative = |path: &Path| path.strip_prefix(root()).expect("below the root").display().to_string();
    files.iter().map(|p| (relative(p), std::fs::read_to_string(p).expect("UTF-8 source"))).collect()
}

#[test]
fn crates_use_only_crates_to_their_left() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version=1", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let mut edges: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in metadata["packages"].as_array().expect("packages") {
        let name = package["name"].as_str().expect("name").to_string();
        let used = package["dependencies"].as_array().expect("dependencies").iter();
        edges.insert(name, used.map(|d| d["name"].as_str().expect("name").to_string()).collect());
    }
    for layer in LAYERS {
        assert!(edges.contains_key(layer), "{layer} is missing");
    }
    let rank = |name: &str| LAYERS.iter().position(|layer| *layer == name);
    for (name, used) in &edges {
        let own = rank(name).unwrap_or_else(|| {
            assert!(LEAVES.contains(&name.as_str()), "{name} has no place in the layers");
            LAYERS.len()
        });
        for other in used {
            assert!(rank(other).is_none_or(|r| r < own), "{name} may not use {other}");
        }
    }
}

#[test]
fn every_file_says_what_it_is_and_fits_in_a_lesson() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let lines = text.lines().count();
        if !text.starts_with("//!") && !path.contains("/compile_fail/") && !path.contains("/ui/") {
            wrong.push(format!("{path}: no module comment at the top"));
        }
        if lines > MAX_FILE_LINES {
            wrong.push(format!("{path}: {lines} lines, at most {MAX_FILE_LINES}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn inner_crates_touch_no_files_terminal_or_network() {
    let banned = ["std::fs", "std::net", "std::io::stdin", "println!", "eprintln!", "std::process"];
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let inner =
            path.contains("/src/") && !OUTER.iter().any(|krate| path.starts_with(&format!("{krate}/")));
        // Tests of a module come last in its file and may read fixtures.
        let product = text.split("#[cfg(test)]").next().unwrap_or_default();
        let test_file = path.ends_with("tests.rs") || path.contains("/tests/");
        if inner && !test_file {
            let code = product.lines().filter(|line| !line.trim_start().starts_with("//"));
            for (n, line) in code.enumerate() {
                wrong.extend(
                    banned.iter().filter(|b| line.contains(**b)).map(|b| format!("{path}:{}: {b}", n + 1)),
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_simulated_crate_has_the_determinism_lints() {
    for layer in ["sim", "maps", "programs", "hooks"] {
        let text = std::fs::read_to_string(root().join(layer).join("clippy.toml")).expect("clippy.toml");
        for banned in ["HashMap", "HashSet", "Instant", "SystemTime", "thread::spawn", "spawn_blocking"] {
            assert!(text.contains(banned), "{layer}/clippy.toml does not ban {banned}");
        }
    }
}

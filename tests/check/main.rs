//! `sleepable check` through the crate: families of messages, the forms for machines, the lessons of `sleepable explain`.
//! This file belongs to the package `scenarios` (see its Cargo.toml).

mod logs;
mod messages;
mod reports;
mod rules;
mod sarif;
mod schema;

use std::path::PathBuf;

use programs::object::Object;
use scenarios::check::judge::judge;
use scenarios::check::{Report, read_object};
use scenarios::file::Kernel;

fn workspace() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn object(path: &str) -> Object {
    let bytes = std::fs::read(workspace().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    read_object(&bytes, path).unwrap_or_else(|error| panic!("{path}: {}", error.message))
}

/// The object on all kernels.
fn report(path: &str) -> Report {
    judge(path, &object(path), &Kernel::ALL, &[])
}

/// Objects of the corpus with many kinds of refusals.
const OBJECTS: &[&str] = &[
    "tests/data/corpus/obj/sleep_kfunc.bpf.o",
    "tests/data/corpus/obj/typegate.bpf.o",
    "tests/data/corpus/obj/maps_sleepable.bpf.o",
    "tests/data/corpus/obj/lsm_hooks_sleepable.bpf.o",
    "tests/data/corpus/obj/refs.bpf.o",
    "tests/data/corpus/obj/scalar_cfg.bpf.o",
];

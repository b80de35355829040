//! loom models of the grace-period engines, one per promise, and the table of faults they must catch.
//!
//! Run them with plain `cargo test -p loom-models` (see `driver`), or one alone with
//! `RUSTFLAGS="--cfg sim_loom" cargo test -p loom-models --profile loom --test loom readers::basic`.

#![cfg(sim_loom)]

mod callbacks;
mod chains;
mod drivers;
mod mutations;
mod readers;

//! Scenario files: text to [`Scenario`], with diagnostics that point at the place.
//!
//! [`parse`] only reads text: a scenario that is valid here is valid everywhere. Files that it names are opened later, by
//! `inputs`. Layers: `scalar`, `flex`, `data`, `arg` (leaf values) < `model` (tables) < `check` (what serde cannot say)
//! and `layout` (where memory lies).

pub mod arg;
pub mod check;
pub mod constants;
pub mod data;
mod error;
pub mod event_names;
pub mod flex;
pub mod layout;
pub mod model;
pub mod percpu;
pub mod scalar;
pub mod schema;
pub mod span;

pub use arg::Arg;
pub use data::{AddrRef, Data, Names};
pub use flex::{Expect, OneOrMany};
pub use model::*;
pub use scalar::{Count, Dur, Kernel, Num, Ret};
pub use span::{Sp, Span};

use std::sync::Arc;

use crate::diag::{Diagnostic, Source};

/// Largest scenario file that is read.
pub const MAX_SCENARIO_BYTES: u64 = 4 << 20;

/// Reads a scenario. With errors among the diagnostics it must not be run; it is returned as far as it is understood.
pub fn parse(source: &Arc<Source>) -> (Option<Scenario>, Vec<Diagnostic>) {
    let mut scenario: Scenario = match toml::from_str(&source.text) {
        Ok(scenario) => scenario,
        Err(e) => return (None, vec![error::from_toml(&e, source)]),
    };
    if scenario.name.is_none() {
        let stem =
            std::path::Path::new(&source.path).file_stem().map(|stem| stem.to_string_lossy().into_owned());
        scenario.name = stem.map(Sp::implied);
    }
    let diagnostics = check::check(&scenario, source);
    (Some(scenario), diagnostics)
}

/// The scenario as TOML with every default written out.
pub fn to_toml(scenario: &Scenario) -> String {
    // A scenario that was read from TOML can be written as TOML: every type serialises to what it reads.
    toml::to_string(scenario).expect("a scenario is representable in TOML")
}

#[cfg(test)]
mod tests;

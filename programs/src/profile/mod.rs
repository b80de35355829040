//! Facts about each simulated kernel, as tables.
//!
//! A [`Profile`] is a version plus its build options; everything else is a question to it. The data lies in `data/` as
//! tab-separated text, one file per topic with its columns explained at the top, compiled in and read once.
//!
//! - [`kinds`]: program types, attach types, [`ProgramKind`]; [`section`]: ELF section names.
//! - [`helper`], [`kfunc`], [`map_type`], [`lsm`], [`function_set`], [`syscall`]: one table each.
//! - [`attach_rules`]: which types may be sleepable, faultable tracepoints, iterators.
//! - [`message`]: the verifier's words per version.
//! - [`support`]: what of all this the simulator runs.
//!
//! The neighbours are `gate`, which decides a load by these facts, and the helper and kfunc bodies.

pub mod argument;
mod attach_rules;
mod config;
mod function_set;
mod guard;
pub mod helper;
mod kernel_variable;
pub mod kfunc;
mod kfunc_filters;
mod kinds;
pub mod lsm;
pub mod map_type;
mod message;
mod raw_tracepoint;
mod section;
pub mod support;
pub mod syscall;
pub(crate) mod table;
mod version;

pub use attach_rules::{SleepableGate, is_faultable_raw_tracepoint, iterator_may_sleep, sleepable_gate};
pub use config::{Flavour, KernelConfig, UnknownOption};
pub use function_set::FunctionSet;
pub use kernel_variable::has_kernel_variable;
pub use kinds::{AttachType, ProgType, ProgramKind};
pub use message::{has_message, message};
pub use raw_tracepoint::{RawArgument, raw_tracepoint_argument};
pub use section::{Section, SectionDef, sections};
pub use table::Versions;
pub use version::{KernelVersion, UnknownVersion};

/// A kernel to simulate: its version and how it was built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Version: picks the column of every table.
    pub version: KernelVersion,
    /// Build options.
    pub config: KernelConfig,
}

impl Profile {
    /// The version as Debian builds it for amd64.
    pub fn new(version: KernelVersion) -> Profile {
        Profile::debian(version, Flavour::Amd64)
    }

    /// The version as Debian builds it in the given flavour.
    pub fn debian(version: KernelVersion, flavour: Flavour) -> Profile {
        Profile { version, config: KernelConfig::debian(version, flavour) }
    }
}

//! Facts about each simulated kernel, as tables.
//!
//! [`KernelVersion`] names the kernel.

mod version;

pub use version::{KernelVersion, UnknownVersion};

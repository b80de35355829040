//! Attach points and what passes through them: LSM, tracing, networking, error injection, and the simulated system calls.
//!
//! - [`kernel`]: [`Kernel`], the whole simulated kernel behind one handle.
//! - [`attach`]: what a program attaches to, and the kernel's refusals; [`registry`]: who is attached where.
//! - [`protocol`]: entering and leaving a program per kernel profile: read-side sections, migration, recursion counters.
//! - [`trampoline`]: a kernel function with everything attached to it (fentry, fmod_ret, fexit, kprobes).
//! - [`reach`]: which hooks simulated code passes through.
//! - `kinds`: one file per kind of hook (LSM, tracepoints, uprobes); [`net`]: packets.
//! - [`syscalls`]: the simulated system calls that pass through all of these; [`vfs`], [`process`], [`socket`]: what they work on.

pub mod attach;
pub mod event;
mod irq;
pub mod kernel;
pub mod kinds;
pub mod net;
mod objects;
pub mod process;
pub mod protocol;
pub mod reach;
pub mod registry;
pub mod regs;
pub mod socket;
pub mod syscalls;
#[cfg(test)]
mod tests;
pub mod trampoline;
pub mod vfs;

pub use attach::{AttachError, Target};
pub use kernel::Kernel;
pub use registry::{Link, LinkId};

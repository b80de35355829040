//! Programs written in Rust, attached and run like bytecode ones: for lessons, and for concurrency tests with real data structures.
//!
//! The difference between sleepable and atomic code is one of types: [`SleepableProgram::run`] is async, [`AtomicProgram::run`] is a
//! plain function that is given proof of atomic context, so an `await` in it does not compile:
//!
//! ```
//! use async_trait::async_trait;
//! use programs::native::{AtomicCx, AtomicProgram, SleepableCx, SleepableProgram};
//!
//! struct Reads;
//!
//! #[async_trait(?Send)]
//! impl SleepableProgram for Reads {
//!     async fn run(&self, cx: &SleepableCx) -> i64 {
//!         let read = cx.copy_from_user(0x1000, 8).await;
//!         read.map_or_else(|errno| errno.ret(), |_| 0)
//!     }
//! }
//!
//! impl AtomicProgram for Reads {
//!     fn run(&self, cx: &AtomicCx<'_>) -> i64 {
//!         let read = cx.probe_read_user(0x1000, 8);
//!         read.map_or_else(|errno| errno.ret(), |_| 0)
//!     }
//! }
//! ```
//!
//! The same body with an `await` is refused by the compiler, even with a future at hand:
//!
//! ```compile_fail,E0728
//! use programs::native::{AtomicCx, AtomicProgram};
//!
//! struct Waits;
//!
//! impl AtomicProgram for Waits {
//!     fn run(&self, _cx: &AtomicCx<'_>) -> i64 {
//!         std::future::ready(0).await
//!     }
//! }
//! ```
//!
//! Without the `await` it compiles, so nothing else is wrong with it:
//!
//! ```
//! use programs::native::{AtomicCx, AtomicProgram};
//!
//! struct Waits;
//!
//! impl AtomicProgram for Waits {
//!     fn run(&self, _cx: &AtomicCx<'_>) -> i64 {
//!         std::future::ready(0).into_inner()
//!     }
//! }
//! ```
//!
//! And what sleeps is not there for atomic programs:
//!
//! ```compile_fail,E0599
//! use programs::native::{AtomicCx, AtomicProgram};
//!
//! struct Sleeps;
//!
//! impl AtomicProgram for Sleeps {
//!     fn run(&self, cx: &AtomicCx<'_>) -> i64 {
//!         drop(cx.copy_from_user(0x1000, 8));
//!         0
//!     }
//! }
//! ```
//!
//! Key types: [`SleepableCx`], [`AtomicCx`], [`NativeCx`] (what both offer). Neighbour: `runtime::run` calls the programs.

mod cx;

use async_trait::async_trait;

pub use cx::{AtomicCx, NativeCx, SleepableCx, SpinGuard};

/// A program that may sleep.
#[async_trait(?Send)]
pub trait SleepableProgram {
    /// Runs to its end; the value is what a bytecode program leaves in r0.
    async fn run(&self, cx: &SleepableCx) -> i64;
}

/// A program that may not sleep.
pub trait AtomicProgram {
    /// Runs to its end.
    fn run(&self, cx: &AtomicCx<'_>) -> i64;
}

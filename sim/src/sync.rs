//! Synchronisation primitives for the concurrent parts of this crate: real ones normally, loom's when model checking.
//!
//! Code under [`crate::rcu`] takes its atomics, fences and locks from here and from nowhere else. A normal build gets
//! the standard library's atomics and parking_lot's mutex. A build with `--cfg sim_loom` gets loom's, which explore every
//! interleaving and every value that a weakly ordered load may return. The cfg has its own name because `cfg(loom)`
//! changes other crates too: tokio drops parts of itself under it.
//!
//! `Arc` is deliberately not here. Reference counts order nothing the engines rely on, and counting them in a model
//! multiplies its states, so both builds use the standard one.

#[cfg(not(sim_loom))]
mod real {
    pub use parking_lot::{Mutex, MutexGuard};
    pub use std::hint::spin_loop as spin_hint;
    pub use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU32, AtomicU64, AtomicUsize, Ordering, fence};
}

#[cfg(sim_loom)]
mod modelled {
    pub use loom::sync::MutexGuard;
    pub use loom::sync::atomic::{AtomicBool, AtomicU16, AtomicU32, AtomicU64, AtomicUsize, Ordering, fence};
    // A model must be told that a thread spins, or it explores spinning for ever.
    pub use loom::thread::yield_now as spin_hint;

    /// loom's mutex with parking_lot's interface: `lock` gives the guard, there is no poison.
    #[derive(Debug, Default)]
    pub struct Mutex<T>(loom::sync::Mutex<T>);

    impl<T> Mutex<T> {
        /// A mutex around `value`.
        pub fn new(value: T) -> Mutex<T> {
            Mutex(loom::sync::Mutex::new(value))
        }

        /// Waits for the lock.
        #[track_caller]
        pub fn lock(&self) -> MutexGuard<'_, T> {
            // A panic ends the whole model, so nobody is left to see a poisoned lock.
            self.0.lock().expect("a model thread panicked with the lock held")
        }
    }
}

#[cfg(sim_loom)]
pub use modelled::*;
#[cfg(not(sim_loom))]
pub use real::*;

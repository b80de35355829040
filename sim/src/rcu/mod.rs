//! Grace-period engines: RCU as a library, for simulated tasks or for real threads.
//!
//! An updater unpublishes an object and must not free it while a reader may still hold it. A *grace period* is any time
//! span in which every reader that was inside a section at its start has left it. The engines here are ordinary
//! concurrent data structures (`Send + Sync`, no `unsafe`, no runtime of their own):
//!
//! | engine | a reader is | may it block inside? |
//! |---|---|---|
//! | [`TasksTrace`] | a task's [`Reader`] | yes: sections may be held across an await and move between threads |
//! | [`Classic`] | a simulated CPU | no |
//! | [`Chained`] | both, one after the other | |
//!
//! All three are used through [`Domain`]: [`call`](Domain::call) queues a callback, [`synchronize`](Domain::synchronize)
//! and [`barrier`](Domain::barrier) give a future, and a *driver* (a thread, a task, a simulated kthread) serves them by
//! [`grace_period`](Domain::grace_period). Nothing happens without a driver.
//!
//! ```
//! use sim::rcu::{Callback, TasksTrace};
//! use std::sync::Arc;
//! use std::sync::atomic::{AtomicBool, Ordering};
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
//! # runtime.block_on(async {
//! let rcu = Arc::new(TasksTrace::<Callback>::new());
//! let freed = Arc::new(AtomicBool::new(false));
//! let mut reader = rcu.register();
//!
//! let section = reader.enter(); // the reader is inside when the object goes
//! let object = Arc::clone(&freed);
//! rcu.call(Box::new(move || object.store(true, Ordering::Relaxed)));
//!
//! let domain = Arc::clone(&rcu);
//! let driver = tokio::spawn(async move {
//!     for callback in domain.grace_period().await {
//!         callback();
//!     }
//! });
//! tokio::task::yield_now().await; // a section may be held across an await
//! assert_eq!(rcu.holdouts(), [0]);
//! assert!(!freed.load(Ordering::Relaxed));
//!
//! drop(section);
//! driver.await.unwrap();
//! assert!(freed.load(Ordering::Relaxed));
//! # });
//! ```
//!
//! # Ordering, and who checks it
//!
//! Two `SeqCst` fences carry the guarantee: one in the reader between its slot store and its first access, one in the
//! driver before it reads the slots. Everything else is acquire and release. `tests/loom` runs every model of these
//! engines under [loom](https://docs.rs/loom), and plants the faults of `mutation` one by one to show that each
//! model can fail. What loom cannot see, and what therefore rests on reasoning and on the thread tests below:
//!
//! - `SeqCst` *accesses* are only acquire-release to loom, so the code uses fences and no `SeqCst` access.
//! - loom's `SeqCst` fence is stronger than C++20's: it also orders plain data. A race ordered only by the order of
//!   fences would be missed.
//! - It never lets a load see a store that comes later in the same thread's future (load buffering), and it treats
//!   a plain store next to a read-modify-write too loosely; words that a driver may mark are only changed by exchange.
//! - Liveness beyond deadlock: starvation and counter wrap. Section numbers have 62 bits.

mod any;
mod chained;
mod classic;
mod counters;
mod domain;
mod engine;
#[cfg(all(target_os = "linux", feature = "membarrier", not(sim_loom)))]
mod membarrier;
#[cfg(not(sim_loom))]
mod mutation;
#[cfg(sim_loom)]
pub mod mutation;
mod notified;
mod polled;
mod queue;
mod slots;
mod table;
mod tasks_trace;
#[cfg(all(test, not(sim_loom)))]
mod tests;
mod waiter;

pub use any::{AnyEngine, AnySlot};
pub use chained::Chained;
pub use classic::{Classic, CpuSection};
pub use counters::{Counted, Counters};
pub use domain::Domain;
pub use engine::{Engine, Population};
#[cfg(all(target_os = "linux", feature = "membarrier", not(sim_loom)))]
pub use membarrier::Membarrier;
pub use notified::Notified;
pub use polled::Polled;
pub use queue::{Cookie, Ready};
pub use slots::{Barrier, Exit, Fence, Slots};
pub use tasks_trace::{Reader, Section, TasksTrace};
pub use waiter::Wait;

/// A callback for users who have closures: `TasksTrace<Callback>`.
pub type Callback = Box<dyn FnOnce() + Send>;

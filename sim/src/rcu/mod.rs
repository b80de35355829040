//! Grace-period engines: RCU as a library, for simulated tasks or for real threads.
//!
//! An updater unpublishes an object and must not free it while a reader may still hold it. A *grace period* is any time
//! span in which every reader that was inside a section at its start has left it. The engines here are ordinary
//! concurrent data structures (`Send + Sync`, no `unsafe`, no runtime of their own):
//!
//! | | a reader is | may it block inside? |
//! |---|---|---|
//! | [`TasksTrace`] | a task's [`Reader`] | yes: sections may be held across an await and move between threads |
//! | [`Classic`] | a simulated CPU | no |
//! | [`Chained`] | both, one after the other | |
//!
//! All three are used through [`Domain`]: [`call`](Domain::call) queues a callback, [`synchronize`](Domain::synchronize)
//! and [`barrier`](Domain::barrier) give a future, [`request_poll`](Domain::request_poll) gives a [`Cookie`] to ask with, and a
//! *driver* (a thread, a task, a simulated kthread) serves them by [`grace_period`](Domain::grace_period). Requests that come
//! before the same grace period starts share it. Nothing happens without a driver, except in
//! [`synchronize_expedited`](Domain::synchronize_expedited), which drives itself.
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
//! # Which engine
//!
//! [`TasksTrace`] is generic over its [`Engine`]; all of them keep the same promise.
//!
//! | engine | leaving a section | who learns of it | use it for |
//! |---|---|---|---|
//! | [`Slots<Polled>`](Polled), the default | one store | the driver looks again | threads |
//! | `Slots<Polled<Membarrier>>` (feature `membarrier`, Linux) | one store, and no fence in the section | the driver looks again | threads that read far more than they update |
//! | [`Slots<Notified>`](Notified) | one exchange | the last reader wakes the driver | simulators, async code |
//! | [`Counters`] | one addition to a shared counter | the reader wakes the driver | the model of Linux 7.x; very many readers |
//! | [`AnyEngine`] | as `Notified` or `Counters` | | a choice at run time |
//!
//! A driver of a polled engine is a loop that sets its own pace ([`grace_period_paced`](Domain::grace_period_paced)): spin a
//! little, then yield, then sleep. A reader that blocks for a second then costs the driver a few wake-ups, not a core.
//! [`grace_period`](Domain::grace_period) works as well, but wakes itself at every poll.
//!
//! # Costs
//!
//! - A section of the default engine is two stores and one full fence; the fence is nearly all of it. It took 0.80 times as long as
//!   pinning in crossbeam-epoch, with `membarrier` 0.26 times, `Notified` 1.45, `Counters` 1.96 (one thread, a busy 2-CPU
//!   Xeon virtual machine). A nested section costs an addition. `tests/benches` compares more peers side by side.
//! - A registered reader costs 2 bytes in the engine and about 40 where its owner keeps it. Registration takes a lock.
//! - A grace period of the slot engines reads 2 bytes per registered reader: 314 us for 1,000,000 of them with 1,000 inside on
//!   that machine, just above the 300 us that were aimed for. `Counters` reads 64 counters, however many readers there are.
//! - A request is a lock and a push. Callbacks run in batches, on the driver, without any lock held.
//!
//! # Ordering, and who checks it
//!
//! Two `SeqCst` fences carry the guarantee: R, in a reader between its announcement (a word's store, a counter's addition) and
//! its first access, and G, in the driver between what updaters did and its first look at an announcement. Fences have one order
//! (C++20, atomics.order). If R comes first, the driver's look sees the announcement and waits for the section. If G comes
//! first, the section sees the object unpublished and never touches it. Everything else is acquire and release: leaving
//! releases the section's accesses, the look that sees it over acquires them, and only then is the object freed. Entering again
//! releases too, because the look may see nothing between the two announcements. So no plain access is ordered by
//! fences alone.
//!
//! `tests/loom` runs models of every engine under [loom](https://docs.rs/loom), and plants the faults of `mutation` one by one to
//! show that each model can fail. What loom cannot see, and who looks instead:
//!
//! - `SeqCst` *accesses* are only acquire-release to loom, so the code uses fences and no `SeqCst` access.
//! - loom's `SeqCst` fence is stronger than C++20's: it also orders plain data. The argument above is why that hides nothing.
//! - It never lets a load see a store that comes later in the same thread's future (load buffering): what a reader writes into
//!   its word does not depend on what it loads, so no such cycle exists.
//! - It treats a plain store next to a read-modify-write too loosely; words that a driver may mark are only changed by exchange.
//! - Compiler fences and membarrier(2): the argument is in `membarrier.rs`, the rest is left to threads (`tests/torture.rs`).
//! - Liveness beyond deadlock: starvation and counter wrap, which unit tests provoke. Section numbers wrap harmlessly at 14 bits.
//! - Long histories: `tests/oracle.rs` runs random ones against an oracle that knows every section, on all engines.

mod any;
mod batch;
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
pub use batch::Batch;
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

//! The simulated machine: clock, CPUs, tasks, execution contexts, memory, RCU and the event stream. Knows no BPF.

pub mod arena;
pub mod errno;
pub mod event;
pub mod finding;
pub mod ids;
pub mod rcu;
pub mod rng;
pub mod sync;

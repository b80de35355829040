//! The simulated machine: clock, CPUs, tasks, execution contexts, memory, RCU and the event stream. Knows no BPF.

pub mod arena;
pub mod context;
pub mod errno;
pub mod event;
pub mod faults;
pub mod finding;
pub mod ids;
pub mod machine;
pub mod mm;
pub mod rcu;
pub mod rng;
pub mod sched;
pub mod sync;
pub mod task;
pub mod uaccess;

//! What maps call back into the layers above.
//!
//! Maps sit below programs, so they define this trait and `hooks` implements it. Today it has one use: code that runs while
//! a bucket lock is held (an NMI that lands there, a program attached to a kernel function called there). Tail calls, timers
//! and work queues will be further methods. Neighbour: `lock` guards against what the callback does.

use sim::machine::Machine;

use crate::map::Map;

/// Code of upper layers that a map runs at a given point.
pub trait Callable {
    /// Runs with the bucket lock held and interrupts off, before the bucket is changed. Operations on the same map from here
    /// meet the lock guard of the profile.
    fn bucket_locked(&self, m: &Machine, map: &dyn Map);
}

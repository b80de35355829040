//! Chained grace periods: Tasks Trace first, classic RCU after it, for memory that readers of both kinds may hold.
//!
//! One after the other, and in this order. A task may take a pointer in a Tasks Trace section, enter a classic section,
//! leave the first and go on using the pointer in the second. If both waits started together, or classic came first, the
//! classic scan could find no section yet and the memory would go while that reader is still inside.
//!
//! The kernel chains with two callbacks (kernel/bpf/memalloc.c, kernel/bpf/syscall.c: a `call_rcu_tasks_trace()` whose
//! callback is a `call_rcu()`) and skips the second where `rcu_trace_implies_rcu_gp()`.

use super::classic::Classic;
use super::domain::Domain;
use super::engine::{Engine, Population};
use super::mutation::{self, Mutation};
use super::tasks_trace::TasksTrace;
use std::ops::Deref;
use std::sync::Arc;

/// A queue of its own, over the readers of a [`TasksTrace`] and a [`Classic`] (the methods of [`Domain`]).
///
/// The two go on serving their own queues; scans of the same readers take turns.
pub struct Chained<C>(Domain<C>);

impl<C: Send> Chained<C> {
    /// Nothing queued. Keeps both reader populations alive, but neither queue.
    pub fn new<A, E: Engine, B>(trace: &TasksTrace<A, E>, classic: &Classic<B>) -> Chained<C> {
        let mut stages: Vec<Arc<dyn Population>> = vec![trace.engine.clone(), classic.engine.clone()];
        if mutation::is(Mutation::ChainCut) {
            stages.truncate(1);
        }
        if mutation::is(Mutation::ChainSwapped) {
            stages.swap(0, 1);
        }
        Chained(Domain::over(stages))
    }
}

impl<C> Deref for Chained<C> {
    type Target = Domain<C>;

    fn deref(&self) -> &Domain<C> {
        &self.0
    }
}

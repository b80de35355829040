//! Callbacks collected on one thread and queued together, so that the queue's lock is taken once for many.
//!
//! For updaters that retire much: memory is then reclaimed a batch later. Neighbour: [`super::domain`].

use super::domain::Domain;

/// An updater's own callbacks that are not queued yet. They are when there are enough of them, when asked to, and when this is
/// dropped; grace periods and barriers before that know nothing of them.
pub struct Batch<'a, C: Send> {
    domain: &'a Domain<C>,
    calls: Vec<C>,
    most: usize,
}

impl<'a, C: Send> Batch<'a, C> {
    /// An empty batch for `domain` that is queued as soon as it has `most` callbacks.
    ///
    /// # Panics
    /// If `most` is 0.
    pub fn new(domain: &'a Domain<C>, most: usize) -> Batch<'a, C> {
        assert!(most > 0, "a batch of nothing");
        Batch { domain, calls: Vec::with_capacity(most), most }
    }

    /// [`Domain::call`], later. True if the batch has just been queued: a good moment to drive a grace period.
    #[inline]
    pub fn call(&mut self, callback: C) -> bool {
        self.calls.push(callback);
        let full = self.calls.len() >= self.most;
        if full {
            self.flush();
        }
        full
    }

    /// Queues what is here.
    pub fn flush(&mut self) {
        self.domain.call_all(self.calls.drain(..));
    }
}

impl<C: Send> Drop for Batch<'_, C> {
    fn drop(&mut self) {
        self.flush();
    }
}

#[cfg(all(test, not(sim_loom)))]
mod tests {
    use super::*;
    use crate::rcu::TasksTrace;

    #[test]
    fn queued_when_full_and_when_dropped() {
        let rcu = TasksTrace::<u32>::new();
        let mut batch = Batch::new(&rcu, 2);
        assert_eq!((batch.call(1), rcu.pending()), (false, 0));
        assert_eq!((batch.call(2), rcu.pending()), (true, 2));
        assert_eq!((batch.call(3), rcu.pending()), (false, 2));
        drop(batch);
        assert_eq!(rcu.pending(), 3);
    }
}

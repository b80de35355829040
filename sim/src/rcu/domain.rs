//! What waits for a grace period: the queue of callbacks, `synchronize`, `barrier`, and the driver that serves them.
//!
//! A [`Domain`] has one queue and one or more reader populations. A grace period takes everything queued so far, waits for
//! each population in turn, and hands the callbacks back as [`Ready`], in the order of their `call`s, for the driver to
//! invoke with no lock held. What is queued meanwhile waits for the next grace period, as in the kernel's rcu_seq_snap().
//! Neighbours: [`super::readers`] (the waiting), [`super::tasks_trace`], [`super::classic`], [`super::chained`].

use super::mutation::{self, Mutation};
use super::readers::Readers;
use super::waiter::{Turn, TurnGuard, Wait, Waiter, complete_all, join};
use crate::sync::Mutex;
use std::collections::VecDeque;
use std::sync::Arc;

/// A queue of requests for grace periods over one or more reader populations. `C` is the callback's payload: a boxed
/// closure, an id, whatever the driver can invoke.
///
/// You get one inside a [`TasksTrace`](super::TasksTrace), [`Classic`](super::Classic) or [`Chained`](super::Chained).
pub struct Domain<C> {
    stages: Vec<Arc<Readers>>,
    queue: Mutex<Queue<C>>,
    turn: Turn,
}

struct Queue<C> {
    entries: VecDeque<Entry<C>>,
    synchronizing: Vec<Arc<Waiter>>,
    /// Barriers that wait for the callbacks of the batch in flight, when nothing else is queued behind it.
    in_flight: Option<Vec<Arc<Waiter>>>,
    idle_drivers: Vec<Arc<Waiter>>,
    gp_seq: u64,
}

enum Entry<C> {
    Call(C),
    Barrier(Arc<Waiter>),
}

impl<C> Queue<C> {
    fn len(&self) -> usize {
        self.entries.len() + self.synchronizing.len()
    }
}

impl<C: Send> Domain<C> {
    pub(super) fn over(stages: Vec<Arc<Readers>>) -> Domain<C> {
        let queue = Queue {
            entries: VecDeque::new(),
            synchronizing: Vec::new(),
            in_flight: None,
            idle_drivers: Vec::new(),
            gp_seq: 0,
        };
        Domain { stages, queue: Mutex::new(queue), turn: Turn::default() }
    }

    /// Queues `callback` for the next grace period that starts. Never waits, so atomic code may use it
    /// (`call_rcu()`, `call_rcu_tasks_trace()`).
    pub fn call(&self, callback: C) {
        self.request(|queue| queue.entries.push_back(Entry::Call(callback)));
    }

    /// Asks for a grace period; the future ends when one that started after this call is over
    /// (`synchronize_rcu()`, `synchronize_rcu_tasks_trace()`). Somebody must drive [`grace_period`](Domain::grace_period).
    ///
    /// Unlike the kernel's, it does not queue behind callbacks: it ends with the grace period, before they are invoked.
    pub fn synchronize(&self) -> Wait {
        self.request(|queue| match &mut queue.in_flight {
            Some(served_now) if mutation::is(Mutation::SynchronizeEarly) => join(served_now),
            _ => join(&mut queue.synchronizing),
        })
    }

    /// The future ends when every callback queued before this call has been invoked (`rcu_barrier()`,
    /// `rcu_barrier_tasks_trace()`). With no callback outstanding it ends at once and asks for no grace period.
    pub fn barrier(&self) -> Wait {
        let waiter = Arc::<Waiter>::default();
        let mut queue = self.queue.lock();
        if !queue.entries.is_empty() {
            queue.entries.push_back(Entry::Barrier(Arc::clone(&waiter)));
        } else if let Some(barriers) =
            queue.in_flight.as_mut().filter(|_| !mutation::is(Mutation::BarrierForgetsInFlight))
        {
            barriers.push(Arc::clone(&waiter));
        } else {
            drop(queue);
            waiter.complete();
        }
        Wait(waiter)
    }

    /// Runs one grace period and returns the callbacks that are now ready to be invoked.
    ///
    /// It waits for every section that is open when it starts and for none that opens later. Grace periods of a domain
    /// run one at a time: a second driver waits until the first one has dropped its [`Ready`]. If the future is dropped
    /// before it ends, its callbacks go back to the front of the queue.
    pub async fn grace_period(&self) -> Ready<'_, C> {
        let mut batch = self.take_batch().await;
        for readers in &self.stages {
            readers.wait().await;
        }
        batch.finish();
        batch
    }

    /// Ends when something waits for a grace period: what an idle driver awaits.
    pub async fn work(&self) {
        loop {
            let wait = {
                let mut queue = self.queue.lock();
                if queue.len() > 0 {
                    return;
                }
                join(&mut queue.idle_drivers)
            };
            wait.await;
        }
    }

    /// Requests that wait for a grace period which has not started: callbacks, barriers and synchronizers.
    pub fn pending(&self) -> usize {
        self.queue.lock().len()
    }

    /// Grace periods completed so far. Cancelled ones do not count.
    pub fn gp_seq(&self) -> u64 {
        self.queue.lock().gp_seq
    }

    fn request<R>(&self, enqueue: impl FnOnce(&mut Queue<C>) -> R) -> R {
        if mutation::is(Mutation::WorkWakeEarly) {
            let idle_drivers = std::mem::take(&mut self.queue.lock().idle_drivers);
            complete_all(idle_drivers);
            return enqueue(&mut self.queue.lock());
        }
        let mut queue = self.queue.lock();
        let enqueued = enqueue(&mut queue);
        let idle_drivers = std::mem::take(&mut queue.idle_drivers);
        drop(queue);
        complete_all(idle_drivers);
        enqueued
    }

    async fn take_batch(&self) -> Ready<'_, C> {
        let turn = self.turn.take().await;
        let mut queue = self.queue.lock();
        queue.in_flight = Some(Vec::new());
        Ready {
            entries: std::mem::take(&mut queue.entries),
            synchronizing: std::mem::take(&mut queue.synchronizing),
            domain: self,
            _turn: turn,
        }
    }
}

/// Callbacks whose grace period is over: an iterator, in the order of their [`call`](Domain::call)s.
///
/// Invoke each callback before asking for the next: a [`barrier`](Domain::barrier) queued behind a callback ends when the
/// iterator moves past it. Callbacks left when this is dropped go back to the front of the queue, for another grace period.
#[must_use = "callbacks that are not taken wait for another grace period"]
pub struct Ready<'a, C> {
    entries: VecDeque<Entry<C>>,
    synchronizing: Vec<Arc<Waiter>>,
    domain: &'a Domain<C>,
    // Last: the next driver may start only when `drop` below has put back what is left.
    _turn: TurnGuard<'a>,
}

impl<C> Ready<'_, C> {
    fn finish(&mut self) {
        let mut queue = self.domain.queue.lock();
        queue.gp_seq += 1;
        if mutation::is(Mutation::CallbackEarly) {
            let late = std::mem::take(&mut queue.entries);
            self.entries.extend(late);
        }
        drop(queue);
        if mutation::is(Mutation::BarrierEarly) {
            self.entries.iter().for_each(|entry| match entry {
                Entry::Barrier(waiter) => waiter.complete(),
                Entry::Call(_) => {}
            });
        }
        complete_all(self.synchronizing.drain(..));
    }
}

impl<C> Iterator for Ready<'_, C> {
    type Item = C;

    fn next(&mut self) -> Option<C> {
        loop {
            match self.entries.pop_front()? {
                Entry::Call(callback) => return Some(callback),
                Entry::Barrier(waiter) => waiter.complete(),
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let calls = self.entries.iter().filter(|entry| matches!(entry, Entry::Call(_))).count();
        (calls, Some(calls))
    }
}

impl<C> ExactSizeIterator for Ready<'_, C> {}

impl<C> Drop for Ready<'_, C> {
    fn drop(&mut self) {
        let mut queue = self.domain.queue.lock();
        let barriers = queue.in_flight.take().unwrap_or_default();
        if self.entries.is_empty() && self.synchronizing.is_empty() {
            drop(queue);
            return complete_all(barriers);
        }
        // Cancelled, or the driver stopped half-way: everything goes back, in order, ahead of what came later.
        let mut entries = std::mem::take(&mut self.entries);
        entries.extend(barriers.into_iter().map(Entry::Barrier));
        entries.append(&mut queue.entries);
        queue.entries = entries;
        queue.synchronizing.append(&mut self.synchronizing);
        let idle_drivers = std::mem::take(&mut queue.idle_drivers);
        drop(queue);
        complete_all(idle_drivers);
    }
}

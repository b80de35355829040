//! What waits for a grace period: the queue of callbacks, `synchronize`, `barrier`, and the driver that serves them.
//!
//! A [`Domain`] has one queue and one or more reader populations. A grace period takes everything queued so far, waits for
//! each population in turn, and hands the callbacks back as [`Ready`], in the order of their `call`s, for the driver to
//! invoke with no lock held. What is queued meanwhile waits for the next grace period, as in the kernel's rcu_seq_snap().
//! Neighbours: [`super::engine`] (the waiting), [`super::queue`], [`super::tasks_trace`], [`super::classic`],
//! [`super::chained`].

use super::engine::Population;
use super::mutation::{self, Mutation};
use super::queue::{Cookie, Entry, Queue, Ready};
use super::waiter::{Turn, Wait, Waiter, complete_all, join};
use crate::sync::Mutex;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

/// A queue of requests for grace periods over one or more reader populations. `C` is the callback's payload: a boxed
/// closure, an id, whatever the driver can invoke.
///
/// You get one inside a [`TasksTrace`](super::TasksTrace), [`Classic`](super::Classic) or [`Chained`](super::Chained).
pub struct Domain<C> {
    stages: Vec<Arc<dyn Population>>,
    pub(super) queue: Mutex<Queue<C>>,
    turn: Turn,
}

impl<C: Send> Domain<C> {
    pub(super) fn over(stages: Vec<Arc<dyn Population>>) -> Domain<C> {
        Domain { stages, queue: Mutex::new(Queue::new()), turn: Turn::default() }
    }

    /// Queues `callback` for the next grace period that starts. Never waits, so atomic code may use it
    /// (`call_rcu()`, `call_rcu_tasks_trace()`).
    pub fn call(&self, callback: C) {
        self.request(|queue| queue.entries.push_back(Entry::Call(callback)));
    }

    /// [`call`](Domain::call) for many, which take the queue's lock once.
    pub fn call_all(&self, callbacks: impl IntoIterator<Item = C>) {
        self.request(|queue| queue.entries.extend(callbacks.into_iter().map(Entry::Call)));
    }

    /// Asks for a grace period; the future ends when one that started after this call is over
    /// (`synchronize_rcu()`, `synchronize_rcu_tasks_trace()`). Somebody must drive [`grace_period`](Domain::grace_period).
    /// Requests that come before the same grace period starts share it.
    ///
    /// Unlike the kernel's, it does not queue behind callbacks: it ends with the grace period, before they are invoked.
    pub fn synchronize(&self) -> Wait {
        self.request(|queue| queue.wait_for(queue.snapshot()))
    }

    /// Asks for a grace period and drives it, unless a driver was faster (`synchronize_rcu_expedited()`): for updaters that
    /// cannot wait for the driver's pace. Requests share grace periods here too. Callbacks are not invoked, they stay queued.
    pub async fn synchronize_expedited(&self) {
        let mut done = self.synchronize();
        // Usually one run. This request may count on the one that ran when it came; if that one was given up, it needs another.
        let mut served = false;
        while !served {
            let mut own = pin!(async { drop(self.run(self.take_turn(false).await).await) });
            served = poll_fn(|cx| {
                // Somebody else's may have served this request: then do not start another.
                if Pin::new(&mut done).poll(cx).is_ready() {
                    return Poll::Ready(true);
                }
                own.as_mut().poll(cx).map(|()| done.is_over())
            })
            .await;
        }
    }

    /// A ticket for "a grace period from now", without asking for one (`get_state_synchronize_rcu()`).
    pub fn snapshot(&self) -> Cookie {
        self.queue.lock().snapshot()
    }

    /// A ticket for "a grace period from now", and asks for that grace period (`start_poll_synchronize_rcu()`).
    pub fn request_poll(&self) -> Cookie {
        self.request(|queue| {
            let cookie = queue.snapshot();
            queue.polled = queue.polled.max(cookie);
            cookie
        })
    }

    /// Whether a full grace period has passed since `cookie` was taken (`poll_state_synchronize_rcu()`). If so, what those
    /// readers did is visible.
    pub fn poll(&self, cookie: Cookie) -> bool {
        self.queue.lock().is_over(cookie)
    }

    /// Waits for the rest of the grace period of `cookie`, which asks for one if none is under way; ends at once if it is
    /// over (`cond_synchronize_rcu()`).
    pub fn wait(&self, cookie: Cookie) -> Wait {
        self.request(|queue| queue.wait_for(cookie))
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
    /// It waits for every section that is open when it starts. Grace periods of a domain run one at a time: a second driver
    /// waits until the first one has dropped its [`Ready`]. If the future is dropped before it ends, its callbacks go back to
    /// the front of the queue. Over an engine that must be polled it wakes itself at every poll.
    pub async fn grace_period(&self) -> Ready<'_, C> {
        self.run(self.take_turn(true).await).await
    }

    async fn run<'a>(&self, mut batch: Ready<'a, C>) -> Ready<'a, C> {
        let together = mutation::is(Mutation::ChainParallel);
        if together {
            self.stages.iter().for_each(|readers| readers.begin());
        }
        for readers in &self.stages {
            let _turn = readers.turn().take().await;
            if !together {
                readers.begin();
            }
            poll_fn(|cx| readers.poll_quiet(cx)).await;
        }
        batch.finish();
        batch
    }

    /// [`grace_period`](Domain::grace_period) at the driver's own pace: between two looks at the readers it awaits
    /// `pace(n)`, with n = 0, 1, … counting the looks in vain: yield first, sleep later.
    pub async fn grace_period_paced(&self, mut pace: impl AsyncFnMut(u32)) -> Ready<'_, C> {
        let mut batch = self.take_turn(true).await;
        let mut looks = 0;
        for readers in &self.stages {
            let _turn = readers.turn().take().await;
            readers.begin();
            while readers.poll_quiet(&mut Context::from_waker(Waker::noop())).is_pending() {
                pace(looks).await;
                looks = looks.saturating_add(1);
            }
        }
        batch.finish();
        batch
    }

    /// Ends when something waits for a grace period: what an idle driver awaits.
    pub async fn work(&self) {
        loop {
            let wait = {
                let mut queue = self.queue.lock();
                if queue.pending() > 0 {
                    return;
                }
                join(&mut queue.idle_drivers)
            };
            wait.await;
        }
    }

    /// Requests that wait for a grace period which has not started: callbacks, barriers, synchronizers and polled cookies
    /// (all of these together count as one).
    pub fn pending(&self) -> usize {
        self.queue.lock().pending()
    }

    /// Grace periods completed so far. Abandoned ones do not count.
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
        let idle_drivers = queue.drivers_to_wake();
        drop(queue);
        complete_all(idle_drivers);
        enqueued
    }

    async fn take_turn(&self, with_callbacks: bool) -> Ready<'_, C> {
        let turn = self.turn.take().await;
        let entries = self.queue.lock().start(with_callbacks);
        if mutation::is(Mutation::CallbackLost) {
            self.queue.lock().entries.clear();
        }
        Ready::new(entries, self, turn)
    }
}

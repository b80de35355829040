//! The requests of a [`Domain`] and the numbers of its grace periods, behind one lock, and what a driver gets ([`Ready`]).

use super::domain::Domain;
use super::mutation::{self, Mutation};
use super::waiter::{TurnGuard, Wait, Waiter, complete_all};
use std::collections::VecDeque;
use std::sync::Arc;

/// A moment of a [`Domain`], for asking later whether a full grace period has passed since.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cookie(u64);

pub(super) struct Queue<C> {
    pub(super) entries: VecDeque<Entry<C>>,
    /// Who waits for the end of which grace period.
    synchronizing: Vec<(Cookie, Arc<Waiter>)>,
    /// The last grace period that somebody wants to poll for.
    pub(super) polled: Cookie,
    /// A grace period has started and not ended.
    running: bool,
    /// From the start of a grace period until its callbacks have been invoked: barriers that wait for these callbacks, when
    /// nothing else is queued behind them.
    pub(super) in_flight: Option<Vec<Arc<Waiter>>>,
    pub(super) idle_drivers: Vec<Arc<Waiter>>,
    /// Grace periods completed.
    pub(super) gp_seq: u64,
}

pub(super) enum Entry<C> {
    Call(C),
    Barrier(Arc<Waiter>),
}

impl<C> Queue<C> {
    pub(super) fn new() -> Queue<C> {
        Queue {
            entries: VecDeque::new(),
            synchronizing: Vec::new(),
            polled: Cookie(0),
            running: false,
            in_flight: None,
            idle_drivers: Vec::new(),
            gp_seq: 0,
        }
    }

    /// The first grace period to start from now on.
    pub(super) fn snapshot(&self) -> Cookie {
        let running = self.running && !mutation::is(Mutation::SynchronizeEarly);
        Cookie(self.gp_seq + 1 + u64::from(running))
    }

    pub(super) fn is_over(&self, cookie: Cookie) -> bool {
        let early = self.running && mutation::is(Mutation::PollEarly);
        self.gp_seq + u64::from(early) >= cookie.0
    }

    pub(super) fn wait_for(&mut self, cookie: Cookie) -> Wait {
        // Forget whom nobody awaits any more.
        self.synchronizing.retain(|(_, waiter)| Arc::strong_count(waiter) > 1);
        let waiter = Arc::<Waiter>::default();
        if self.is_over(cookie) {
            waiter.complete();
        } else {
            self.synchronizing.push((cookie, Arc::clone(&waiter)));
        }
        Wait(waiter)
    }

    /// Requests that the running grace period, if any, does not serve.
    pub(super) fn pending(&self) -> usize {
        let served = Cookie(self.gp_seq + u64::from(self.running));
        let waiting = self.synchronizing.iter().filter(|(cookie, _)| *cookie > served).count();
        self.entries.len() + waiting + usize::from(self.polled > served)
    }

    /// Who sleeps for want of work, if there is some.
    pub(super) fn drivers_to_wake(&mut self) -> Vec<Arc<Waiter>> {
        if self.pending() > 0 { std::mem::take(&mut self.idle_drivers) } else { Vec::new() }
    }

    /// A grace period starts. Returns the callbacks that it will serve.
    pub(super) fn start(&mut self, with_callbacks: bool) -> VecDeque<Entry<C>> {
        self.running = true;
        self.in_flight = Some(Vec::new());
        if with_callbacks { std::mem::take(&mut self.entries) } else { VecDeque::new() }
    }

    /// The grace period is over. Returns who waited for it.
    fn finish(&mut self) -> Vec<Arc<Waiter>> {
        self.running = false;
        self.gp_seq += 1;
        let over = Cookie(self.gp_seq);
        let served = self.synchronizing.extract_if(.., |(cookie, _)| *cookie <= over);
        served.map(|(_, waiter)| waiter).collect()
    }
}

/// Callbacks whose grace period is over: an iterator, in the order of their [`call`](Domain::call)s.
///
/// Invoke each callback before asking for the next: a [`barrier`](Domain::barrier) queued behind a callback ends when the
/// iterator moves past it. Callbacks left when this is dropped go back to the front of the queue, for another grace period.
#[must_use = "callbacks that are not taken wait for another grace period"]
pub struct Ready<'a, C> {
    entries: VecDeque<Entry<C>>,
    domain: &'a Domain<C>,
    // Last: the next driver may start only when `drop` below has put back what is left.
    _turn: TurnGuard<'a>,
}

impl<'a, C> Ready<'a, C> {
    /// The batch of a grace period that has just started.
    pub(super) fn new(
        entries: VecDeque<Entry<C>>,
        domain: &'a Domain<C>,
        turn: TurnGuard<'a>,
    ) -> Ready<'a, C> {
        Ready { entries, domain, _turn: turn }
    }

    /// The grace period is over.
    pub(super) fn finish(&mut self) {
        let mut queue = self.domain.queue.lock();
        let served = queue.finish();
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
        complete_all(served);
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
        let abandoned = std::mem::take(&mut queue.running);
        let mut barriers = queue.in_flight.take().unwrap_or_default();
        if !self.entries.is_empty() {
            // Everything goes back, in order, ahead of what came later.
            let mut entries = std::mem::take(&mut self.entries);
            entries.extend(barriers.drain(..).map(Entry::Barrier));
            entries.append(&mut queue.entries);
            queue.entries = entries;
        } else if !abandoned {
            drop(queue);
            return complete_all(barriers);
        }
        let idle_drivers = queue.drivers_to_wake();
        drop(queue);
        complete_all(barriers);
        complete_all(idle_drivers);
    }
}

//! Waiting without a runtime: a one-shot event ([`Waiter`], awaited through [`Wait`]) and an async lock ([`Turn`]).
//!
//! Wakers come from `core::task`, so any executor works: tokio, the simulated machine, loom's, a parked thread. A waker
//! is always called with no lock held, because it may run the scheduler.

use super::mutation::{self, Mutation};
use crate::sync::Mutex;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

/// Something that happens once.
#[derive(Default)]
pub(super) struct Waiter {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    done: bool,
    waker: Option<Waker>,
}

impl Waiter {
    /// The event has happened. Everything before this call is visible to whoever awaited it.
    pub(super) fn complete(&self) {
        let waker = if mutation::is(Mutation::WakeBeforeDone) {
            let waker = self.state.lock().waker.take();
            self.state.lock().done = true;
            waker
        } else {
            let mut state = self.state.lock();
            state.done = true;
            state.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// Waits for a request to be served: the future of `synchronize` and `barrier`.
///
/// The request was made when this value was created; awaiting it only waits. Dropped, it may still cause a grace period.
#[must_use = "the grace period is not over until this future is"]
pub struct Wait(pub(super) Arc<Waiter>);

impl Wait {
    /// True once the request has been served. Acts as an acquire: what was ordered before the end is visible.
    pub fn is_over(&self) -> bool {
        self.0.state.lock().done
    }
}

impl Future for Wait {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.0.state.lock();
        if state.done {
            return Poll::Ready(());
        }
        let old = replace_waker(&mut state.waker, cx.waker());
        drop(state);
        drop(old);
        Poll::Pending
    }
}

/// Where the one driver of a population leaves its waker.
#[derive(Default)]
pub(super) struct WakerCell(Mutex<Option<Waker>>);

impl WakerCell {
    #[cold]
    pub(super) fn wake(&self) {
        let waker = self.0.lock().take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Ready if `is_over`, asked before the waker is stored (`false`) and again after (`true`): what happens in between is
    /// not lost.
    pub(super) fn poll_until(&self, cx: &mut Context<'_>, mut is_over: impl FnMut(bool) -> bool) -> Poll<()> {
        if is_over(false) {
            return Poll::Ready(());
        }
        let old = replace_waker(&mut self.0.lock(), cx.waker());
        drop(old);
        if !mutation::is(Mutation::WakerNotRechecked) && is_over(true) {
            return Poll::Ready(());
        }
        Poll::Pending
    }
}

/// Stores `new`, unless the stored waker wakes the same task. Returns the one it replaced, to be dropped without the lock:
/// it may be the last reference to a task, whose readers then exit.
fn replace_waker(stored: &mut Option<Waker>, new: &Waker) -> Option<Waker> {
    match stored {
        Some(old) if old.will_wake(new) => None,
        _ => stored.replace(new.clone()),
    }
}

/// Wakes everybody in a list of waiters.
pub(super) fn complete_all(waiters: impl IntoIterator<Item = Arc<Waiter>>) {
    waiters.into_iter().for_each(|waiter| waiter.complete());
}

/// Adds a new waiter to `list` and returns it, forgetting waiters whose futures were dropped.
pub(super) fn join(list: &mut Vec<Arc<Waiter>>) -> Wait {
    list.retain(|waiter| Arc::strong_count(waiter) > 1);
    let waiter = Arc::<Waiter>::default();
    list.push(Arc::clone(&waiter));
    Wait(waiter)
}

/// An async lock: at most one holder; everybody else waits. For the engines themselves.
#[derive(Default)]
pub struct Turn {
    state: Mutex<TurnState>,
}

#[derive(Default)]
struct TurnState {
    taken: bool,
    waiting: Vec<Arc<Waiter>>,
}

impl Turn {
    pub(super) async fn take(&self) -> TurnGuard<'_> {
        loop {
            let wait = {
                let mut state = self.state.lock();
                if !state.taken || mutation::is(Mutation::TurnIgnored) {
                    state.taken = true;
                    return TurnGuard(self);
                }
                join(&mut state.waiting)
            };
            wait.await;
        }
    }
}

/// The turn is yours until you drop this.
pub(super) struct TurnGuard<'a>(&'a Turn);

impl Drop for TurnGuard<'_> {
    fn drop(&mut self) {
        let waiting = {
            let mut state = self.0.state.lock();
            state.taken = false;
            std::mem::take(&mut state.waiting)
        };
        // All of them, not one: a waiter may have been cancelled and would keep a single wake to itself.
        complete_all(waiting);
    }
}

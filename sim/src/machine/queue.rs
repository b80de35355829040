//! The event queue: what happens at which point of virtual time. Ties break by order of insertion.
//!
//! Key types: [`Queue`], [`Action`], [`Timer`] (a handle to a call that may be cancelled). What was cancelled stays in the heap until
//! it comes to its top, where it is dropped without moving the clock.

use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::rc::Rc;

use super::Machine;
use crate::ids::TaskId;

type Call = Box<dyn FnOnce(&Machine)>;

pub(super) enum Action {
    /// Ends wait number `.1` of the task, if it is still in that wait.
    Wake(TaskId, u64),
    Call(Call),
    /// A call that may be cancelled, and that may not be reason enough to go on.
    Timer(Timer, Call),
}

/// A call in the future that can be called off. Clones are the same call; dropping the handle changes nothing.
#[derive(Clone, Debug)]
pub struct Timer(Rc<TimerState>);

#[derive(Debug)]
struct TimerState {
    pending: Cell<bool>,
    /// A run in which nothing else is left to happen does not wait for it.
    background: Cell<bool>,
}

impl Timer {
    pub(super) fn new(background: bool) -> Timer {
        Timer(Rc::new(TimerState { pending: Cell::new(true), background: Cell::new(background) }))
    }

    /// Calls it off. False if it has been called already, or called off before.
    pub fn cancel(&self) -> bool {
        self.0.pending.replace(false)
    }

    /// Neither called nor called off yet.
    pub fn is_pending(&self) -> bool {
        self.0.pending.get()
    }

    /// From now on the run waits for it.
    pub fn keep_running(&self) {
        self.0.background.set(false);
    }
}

struct Timed {
    time_ns: u64,
    seq: u64,
    action: Action,
}

impl PartialEq for Timed {
    fn eq(&self, other: &Timed) -> bool {
        self.seq == other.seq
    }
}

impl Eq for Timed {}

impl PartialOrd for Timed {
    fn partial_cmp(&self, other: &Timed) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Timed {
    fn cmp(&self, other: &Timed) -> std::cmp::Ordering {
        (self.time_ns, self.seq).cmp(&(other.time_ns, other.seq))
    }
}

#[derive(Default)]
pub(super) struct Queue {
    heap: BinaryHeap<Reverse<Timed>>,
    seq: u64,
}

impl Queue {
    pub(super) fn push(&mut self, time_ns: u64, action: Action) {
        self.seq += 1;
        self.heap.push(Reverse(Timed { time_ns, seq: self.seq, action }));
    }

    pub(super) fn next_time_ns(&self) -> Option<u64> {
        self.heap.peek().map(|Reverse(timed)| timed.time_ns)
    }

    pub(super) fn pop(&mut self) -> Option<(u64, Action)> {
        self.heap.pop().map(|Reverse(timed)| (timed.time_ns, timed.action))
    }

    /// Drops what is first in the queue and will do nothing: timers called off, wake-ups from waits that are over.
    pub(super) fn prune(&mut self, wait_is_over: impl Fn(TaskId, u64) -> bool) {
        while let Some(Reverse(first)) = self.heap.peek() {
            let dead = match &first.action {
                Action::Timer(timer, _) => !timer.is_pending(),
                Action::Wake(task, wait) => wait_is_over(*task, *wait),
                Action::Call(_) => false,
            };
            if !dead {
                return;
            }
            self.heap.pop();
        }
    }

    /// Nothing is queued but background timers.
    pub(super) fn only_background(&self) -> bool {
        let background = |action: &Action| matches!(action, Action::Timer(t, _) if !t.is_pending() || t.0.background.get());
        // Something else is nearly always first.
        self.heap.peek().is_none_or(|Reverse(first)| background(&first.action))
            && self.heap.iter().all(|Reverse(timed)| background(&timed.action))
    }
}

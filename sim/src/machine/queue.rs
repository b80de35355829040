//! The event queue: what happens at which point of virtual time. Ties break by order of insertion.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use super::Machine;
use crate::ids::TaskId;

pub(super) enum Action {
    /// Ends wait number `.1` of the task, if it is still in that wait.
    Wake(TaskId, u64),
    Call(Box<dyn FnOnce(&Machine)>),
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

/// The top of the heap is never a cancelled event.
#[derive(Default)]
pub(super) struct Queue {
    heap: BinaryHeap<Reverse<Timed>>,
    cancelled: BTreeSet<u64>,
    seq: u64,
}

impl Queue {
    /// Returns the event's number.
    pub(super) fn push(&mut self, time_ns: u64, action: Action) -> u64 {
        self.seq += 1;
        self.heap.push(Reverse(Timed { time_ns, seq: self.seq, action }));
        self.seq
    }

    /// Takes an event out that has not happened yet.
    pub(super) fn cancel(&mut self, seq: u64) {
        self.cancelled.insert(seq);
        self.drop_cancelled();
    }

    fn drop_cancelled(&mut self) {
        while let Some(Reverse(top)) = self.heap.peek()
            && self.cancelled.remove(&top.seq)
        {
            self.heap.pop();
        }
    }

    pub(super) fn next_time_ns(&self) -> Option<u64> {
        self.heap.peek().map(|Reverse(timed)| timed.time_ns)
    }

    pub(super) fn pop(&mut self) -> Option<(u64, Action)> {
        let next = self.heap.pop().map(|Reverse(timed)| (timed.time_ns, timed.action));
        self.drop_cancelled();
        next
    }
}

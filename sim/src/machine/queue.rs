//! The event queue: what happens at which point of virtual time. Ties break by order of insertion.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

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
}

//! Round robin: every candidate in turn, in task order. The schedule without surprises.

use super::{Choice, Scheduler};
use crate::ids::TaskId;

/// Takes the next task after the last one, in task order; never preempts before a time slice ends.
#[derive(Debug, Default)]
pub struct RoundRobin;

impl Scheduler for RoundRobin {
    fn choose(&mut self, what: Choice, candidates: &[TaskId], last: TaskId) -> usize {
        match what {
            Choice::Proceed => candidates.iter().position(|t| *t > last).unwrap_or(0),
            Choice::Dequeue | Choice::Preempt => 0,
        }
    }
}

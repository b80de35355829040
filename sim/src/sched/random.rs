//! Seeded random scheduling: uniform choice among candidates, preemption with a fixed probability.

use super::{Choice, Scheduler};
use crate::ids::TaskId;
use crate::rng::Rng;

/// One preemption opportunity in this many is taken.
const PREEMPT_ONE_IN: u64 = 8;

/// Uniform choices from the stream `sched` of the run's seed.
#[derive(Debug)]
pub struct Random(Rng);

impl Random {
    /// The policy for `seed`.
    pub fn new(seed: u64) -> Random {
        Random(Rng::stream(seed, "sched"))
    }
}

impl Scheduler for Random {
    fn choose(&mut self, what: Choice, candidates: &[TaskId], _last: TaskId) -> usize {
        match what {
            Choice::Preempt => usize::from(self.0.below(PREEMPT_ONE_IN) == 0),
            Choice::Proceed | Choice::Dequeue => self.0.below(candidates.len() as u64) as usize,
        }
    }
}

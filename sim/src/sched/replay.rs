//! Replays recorded choices; after the last one, or where one does not fit any more, the first candidate is taken.

use super::{Choice, Schedule, Scheduler};
use crate::ids::TaskId;

/// Follows a recorded [`Schedule`].
#[derive(Debug)]
pub struct Replay {
    choices: std::vec::IntoIter<u8>,
}

impl Replay {
    /// Follows `schedule` from its first choice.
    pub fn new(schedule: &Schedule) -> Replay {
        Replay { choices: schedule.choices.clone().into_iter() }
    }
}

impl Scheduler for Replay {
    fn choose(&mut self, _what: Choice, candidates: &[TaskId], _last: TaskId) -> usize {
        self.choices.next().map_or(0, usize::from).min(candidates.len() - 1)
    }
}

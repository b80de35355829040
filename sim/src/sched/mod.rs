//! Who runs next: a small trait, and schedules as data.
//!
//! Key types: [`Scheduler`] (one method: choose among candidates), [`Schedule`] (seed and choices of a run, printable in one
//! line, replayable). Neighbours: `machine::dispatch` asks; `round_robin`, `random` and `replay` answer.

mod random;
mod replay;
mod round_robin;

use std::fmt;
use std::str::FromStr;

use crate::ids::TaskId;

pub use random::Random;
pub use replay::Replay;
pub use round_robin::RoundRobin;

/// What is being chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Which of the tasks that are current on their CPUs proceeds.
    Proceed,
    /// Which queued task a CPU takes next.
    Dequeue,
    /// Whether the current task (index 0) goes on or the next queued one (index 1) preempts it.
    Preempt,
}

/// A scheduling policy. Called only when there are at least two candidates.
pub trait Scheduler {
    /// The index of the chosen candidate; must be below `candidates.len()`.
    fn choose(&mut self, what: Choice, candidates: &[TaskId], last: TaskId) -> usize;
}

/// The choices of one run: what a replay needs besides the scenario.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
    pub seed: u64,
    pub choices: Vec<u8>,
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}:", self.seed)?;
        let mut rest = self.choices.as_slice();
        while let Some(&first) = rest.first() {
            let run = rest.iter().take_while(|&&c| c == first).count();
            match run {
                1 => write!(f, "{first:x}.")?,
                n => write!(f, "{first:x}*{n:x}.")?,
            }
            rest = &rest[run..];
        }
        Ok(())
    }
}

/// A schedule string could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadSchedule {
    /// What was found where something else was expected.
    pub found: String,
}

impl fmt::Display for BadSchedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not a schedule: expected SEED:CHOICE.CHOICE*COUNT. with hexadecimal numbers",
            self.found
        )
    }
}

impl std::error::Error for BadSchedule {}

impl FromStr for Schedule {
    type Err = BadSchedule;

    fn from_str(text: &str) -> Result<Schedule, BadSchedule> {
        let bad = |found: &str| BadSchedule { found: found.to_string() };
        let (seed, rest) = text.split_once(':').ok_or_else(|| bad(text))?;
        let seed = u64::from_str_radix(seed, 16).map_err(|_| bad(seed))?;
        let mut choices = Vec::new();
        for item in rest.split('.').filter(|item| !item.is_empty()) {
            let (choice, count) = item.split_once('*').unwrap_or((item, "1"));
            let choice = u8::from_str_radix(choice, 16).map_err(|_| bad(item))?;
            let count =
                usize::from_str_radix(count, 16).ok().filter(|n| *n <= 1 << 24).ok_or_else(|| bad(item))?;
            choices.extend(std::iter::repeat_n(choice, count));
        }
        Ok(Schedule { seed, choices })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_survives_printing() {
        let schedule = Schedule { seed: 0xbeef, choices: vec![0, 0, 0, 2, 1, 1] };
        assert_eq!(schedule.to_string(), "beef:0*3.2.1*2.");
        assert_eq!(schedule.to_string().parse(), Ok(schedule));
        for bad in ["", "7", "x:1.", "1:zz.", "1:0*ffffffffff."] {
            assert!(bad.parse::<Schedule>().is_err(), "{bad}");
        }
    }
}

//! Cutting a failing program down: lines are left out as long as it still fails in the same way.

use super::generate::Sample;
use super::{Failure, try_sample};

/// Attempts that one program may cost.
const MAX_ATTEMPTS: usize = 2000;

/// The shortest program found that fails like `sample`.
pub fn minimise(sample: &Sample, failure: &Failure, seed: u64, runs: u64) -> (Sample, Failure) {
    let mut best = (sample.clone(), failure.clone());
    let mut left = MAX_ATTEMPTS;
    let mut width = sample.lines.len().next_power_of_two() / 2;
    while width > 0 {
        let mut shorter = false;
        let mut at = 0;
        while at < best.0.lines.len() && left > 0 {
            left -= 1;
            let mut lines = best.0.lines.clone();
            lines.drain(at..(at + width).min(lines.len()));
            let candidate = Sample { lines, ..best.0.clone() };
            match try_sample(&candidate, seed, runs) {
                Err(found) if found.kind == failure.kind => {
                    best = (candidate, found);
                    shorter = true;
                }
                _ => at += width,
            }
        }
        if !shorter || width > 1 {
            width /= 2;
        }
    }
    best
}

//! Time to pixels. Runs have nanoseconds between some events and seconds between others, so the width of an interval grows with the
//! logarithm of its length; the axis says how long the wide ones are.
//!
//! Key type: [`Scale`].

/// Width of a doubling, before the page is filled.
const DOUBLING_PX: f64 = 6.5;
/// Intervals of this length get one doubling.
const UNIT_NS: f64 = 300.0;

/// A monotonous map from virtual time to pixels.
#[derive(Clone, Debug)]
pub(super) struct Scale {
    /// Instants at which something begins or ends, with their place; ascending.
    knots: Vec<(u64, f64)>,
}

impl Scale {
    /// Spreads the instants (in any order, also repeated) from `left`; the whole is `min_px` to `max_px` wide.
    pub(super) fn new(instants: impl IntoIterator<Item = u64>, left: f64, min_px: f64, max_px: f64) -> Scale {
        let mut times: Vec<u64> = instants.into_iter().collect();
        times.sort_unstable();
        times.dedup();
        let natural = |gap: u64| DOUBLING_PX * (1.0 + gap as f64 / UNIT_NS).log2();
        let total: f64 = times.windows(2).map(|pair| natural(pair[1] - pair[0])).sum();
        let factor = if total > 0.0 { total.clamp(min_px, max_px) / total } else { 1.0 };
        let mut at = left;
        let mut knots: Vec<(u64, f64)> = Vec::with_capacity(times.len());
        for time in times {
            if let Some((before, _)) = knots.last() {
                at += natural(time - before) * factor;
            }
            knots.push((time, at));
        }
        Scale { knots }
    }

    /// The place of an instant; between knots in proportion, outside at the nearest one.
    pub(super) fn x(&self, time_ns: u64) -> f64 {
        let after = self.knots.partition_point(|(time, _)| *time <= time_ns);
        match (after.checked_sub(1).map(|before| self.knots[before]), self.knots.get(after)) {
            (Some((t0, x0)), Some((t1, x1))) => x0 + (x1 - x0) * ((time_ns - t0) as f64 / (t1 - t0) as f64),
            (Some((_, x)), None) | (None, Some(&(_, x))) => x,
            (None, None) => 0.0,
        }
    }

    /// The instants with their places.
    pub(super) fn knots(&self) -> &[(u64, f64)] {
        &self.knots
    }

    /// The right end.
    pub(super) fn end(&self) -> f64 {
        self.knots.last().map_or(0.0, |(_, x)| *x)
    }
}

/// A duration in three digits, for labels: `1.5us`, `12ms`.
pub(super) fn short(ns: u64) -> String {
    let units = [(1_000_000_000.0, "s"), (1_000_000.0, "ms"), (1_000.0, "us"), (1.0, "ns")];
    let (unit, name) = units.into_iter().find(|(unit, _)| ns as f64 >= *unit).unwrap_or((1.0, "ns"));
    let value = ns as f64 / unit;
    let digits = if value >= 100.0 {
        0
    } else if value >= 10.0 {
        1
    } else {
        2
    };
    let text = format!("{value:.digits$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{text}{name}")
}

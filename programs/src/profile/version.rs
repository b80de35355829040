//! Which kernel is being simulated: the four versions for which facts were collected.
//!
//! The facts come from Debian's stable trees of these versions (5.10.262, 6.1.176, 6.12.107, 7.2.13), so they
//! include backports that the version's first release lacks. [`Profile`](super::Profile) adds the build
//! configuration; the tables in this folder are indexed by [`KernelVersion::index`].

use std::fmt;
use std::str::FromStr;

/// A kernel version with its own column in every fact table. Ordered: older is less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KernelVersion {
    /// Linux 5.10: the first with sleepable programs.
    V5_10,
    /// Linux 6.1: recursion check and pinned CPU, per-CPU maps, kfuncs with flags.
    V6_1,
    /// Linux 6.12: RCU and preemption regions, open-coded iterators, arenas, work queues.
    V6_12,
    /// Linux 7.2: Tasks Trace on SRCU, faultable tracepoints, might-sleep summaries of functions.
    V7_2,
}

impl KernelVersion {
    /// All versions, oldest first.
    pub const ALL: [KernelVersion; 4] =
        [KernelVersion::V5_10, KernelVersion::V6_1, KernelVersion::V6_12, KernelVersion::V7_2];

    /// Column of this version in the fact tables: 0 for the oldest.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The name users write, e.g. `"6.12"`.
    pub const fn name(self) -> &'static str {
        match self {
            KernelVersion::V5_10 => "5.10",
            KernelVersion::V6_1 => "6.1",
            KernelVersion::V6_12 => "6.12",
            KernelVersion::V7_2 => "7.2",
        }
    }
}

impl fmt::Display for KernelVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The text names no kernel version that has a profile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no profile for kernel `{0}`; there are 5.10, 6.1, 6.12 and 7.2")]
pub struct UnknownVersion(pub String);

impl FromStr for KernelVersion {
    type Err = UnknownVersion;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = KernelVersion::ALL.into_iter().find(|version| version.name() == text);
        found.ok_or_else(|| UnknownVersion(text.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip_and_order_by_age() {
        for version in KernelVersion::ALL {
            assert_eq!(version.to_string().parse(), Ok(version));
            assert_eq!(KernelVersion::ALL[version.index()], version);
        }
        assert!(KernelVersion::V5_10 < KernelVersion::V6_1 && KernelVersion::V6_12 < KernelVersion::V7_2);
        assert!("6.10".parse::<KernelVersion>().is_err());
    }
}

//! Reading the fact tables: tab-separated text compiled into the program, `#` starts a comment line.
//!
//! A table that does not parse is a fault of ours, so readers assert; the tests of this folder read every row.

use super::KernelVersion;

/// The rows of a table, as columns. Every row must have one of the `widths` numbers of columns.
pub(crate) fn rows(text: &'static str, widths: &[usize]) -> Vec<Vec<&'static str>> {
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let split = |line: &'static str| {
        let columns: Vec<&str> = line.split('\t').collect();
        assert!(widths.contains(&columns.len()), "fact table row has {} columns: {line}", columns.len());
        columns
    };
    lines.map(split).collect()
}

/// A column in which `-` means nothing.
pub(crate) fn optional(column: &'static str) -> Option<&'static str> {
    (column != "-").then_some(column)
}

/// The kernel versions that a row holds for. Written as four characters, `x` or `.`, oldest version first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Versions([bool; 4]);

impl Versions {
    pub(crate) fn parse(text: &str) -> Versions {
        assert!(text.len() == 4 && text.chars().all(|c| c == 'x' || c == '.'), "version mask `{text}`");
        let mut set = [false; 4];
        for (slot, c) in set.iter_mut().zip(text.chars()) {
            *slot = c == 'x';
        }
        Versions(set)
    }

    /// Whether the row holds for `version`.
    pub fn contains(self, version: KernelVersion) -> bool {
        self.0[version.index()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_masks_read_oldest_first() {
        let set = Versions::parse("x..x");
        assert!(set.contains(KernelVersion::V5_10) && set.contains(KernelVersion::V7_2));
        assert!(!set.contains(KernelVersion::V6_1) && !set.contains(KernelVersion::V6_12));
    }

    #[test]
    #[should_panic(expected = "fact table row has 2 columns")]
    fn a_row_of_the_wrong_width_is_caught() {
        rows("a\tb\n", &[3]);
    }
}

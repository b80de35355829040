//! Arguments of raw tracepoints that programs may not simply follow: `data/raw_tp_null_args.tsv`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::KernelVersion;
use super::table::{self, Versions};

/// What may stand in the place of a pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RawArgument {
    MayBeNull,
    /// An error number: the argument is a scalar to the verifier.
    MayBeError,
}

struct Row {
    versions: Versions,
    null: Vec<usize>,
    error: Vec<usize>,
}

static ROWS: LazyLock<BTreeMap<&'static str, Vec<Row>>> = LazyLock::new(|| {
    let list = |column: &'static str| {
        let words = table::optional(column).into_iter().flat_map(|text| text.split(' '));
        words.map(|word| word.parse().expect("argument number")).collect()
    };
    let mut rows: BTreeMap<&'static str, Vec<Row>> = BTreeMap::new();
    for c in table::rows(include_str!("data/raw_tp_null_args.tsv"), &[4]) {
        let row = Row { versions: Versions::parse(c[1]), null: list(c[2]), error: list(c[3]) };
        rows.entry(c[0]).or_default().push(row);
    }
    rows
});

/// What is known of an argument, counted from 0, of a tracepoint; none if it is a pointer like any other.
pub fn raw_tracepoint_argument(version: KernelVersion, name: &str, index: usize) -> Option<RawArgument> {
    let row = ROWS.get(name)?.iter().find(|row| row.versions.contains(version))?;
    if row.error.contains(&index) {
        return Some(RawArgument::MayBeError);
    }
    row.null.contains(&index).then_some(RawArgument::MayBeNull)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_differ_by_version() {
        use KernelVersion as V;
        let signal = |version| raw_tracepoint_argument(version, "signal_generate", 1);
        assert_eq!([V::V6_12, V::V7_2].map(signal), [None, Some(RawArgument::MayBeError)]);
        assert_eq!(raw_tracepoint_argument(V::V6_12, "kfree_skb", 0), None);
        assert_eq!(raw_tracepoint_argument(V::V6_12, "sched_pi_setprio", 1), Some(RawArgument::MayBeNull));
    }
}

//! Where the simulator differs from the recordings, and why. The shorter the better.

use maps::rules::MapKernel;

struct Known {
    /// Which rows: kernel, map type, title of the section, operation, the kernel's answer, ours.
    is: fn(MapKernel, &str, &str, &str, &str, &str) -> bool,
    reason: &'static str,
}

/// Operations whose answer shows the order of elements.
fn shows_order(operation: &str) -> bool {
    ["walk", "next", "blookup", "blookdel"].iter().any(|word| operation.starts_with(word))
}

const KNOWN: &[Known] = &[
    Known {
        is: |_, what, _, operation, _, _| what == "RHASH" && shows_order(operation),
        reason: "RHASH: the seed of its hash is random, and so is the order of its elements",
    },
    Known {
        is: |_, what, _, operation, _, _| what == "HASH_OF_MAPS" && operation.starts_with("blook"),
        reason: "HASH_OF_MAPS: the values are ids, which count what was made before",
    },
    Known {
        is: |_, what, _, operation, _, _| what == "INODE_STORAGE" && operation.contains(" fd:pid"),
        reason: "INODE_STORAGE: pidfds have no inode here, so they own no storage",
    },
];

/// The reason why a row may differ.
pub fn reason(
    kernel: MapKernel,
    what: &str,
    title: &str,
    operation: &str,
    want: &str,
    got: &str,
) -> Option<&'static str> {
    KNOWN.iter().find(|k| (k.is)(kernel, what, title, operation, want, got)).map(|k| k.reason)
}

//! Where the simulator differs from the recordings, and why. The shorter the better.

use maps::rules::MapKernel;

struct Known {
    /// Which rows: kernel, map type, title of the section, operation, the kernel's answer, ours.
    is: fn(MapKernel, u32, &str, &str, &str, &str) -> bool,
    reason: &'static str,
}

const KNOWN: &[Known] = &[];

/// The reason why a row may differ.
pub fn reason(
    kernel: MapKernel,
    map_type: u32,
    title: &str,
    operation: &str,
    want: &str,
    got: &str,
) -> Option<&'static str> {
    KNOWN.iter().find(|k| (k.is)(kernel, map_type, title, operation, want, got)).map(|k| k.reason)
}

//! Fuzzing: what each target does with its bytes. `fuzz/` runs these functions under libFuzzer, `tests/fuzz_smoke` runs
//! them for a bounded number of inputs in the test command.
//!
//! Whatever the bytes, a target returns: no panic, no hang, no memory beyond [`MAX_PEAK_BYTES`]. How that is ensured: files
//! above `MAX_OBJECT_BYTES` and `MAX_BTF_BYTES` (64 MiB) are refused; a count in a header is compared with the bytes that
//! are there before anything is allocated for it; what the file can name many times (names, code, types) has a limit of
//! its own, on names, functions, programs, maps, externs, texts, comparisons and paths. Neighbour: [`mutate`] damages files.

pub mod mutate;
mod targets;

/// Most memory that a file of the largest size that is read may take, in bytes. Measured on files built for it: 64 MiB of
/// line records over 2 million instructions need the most.
pub const MAX_PEAK_BYTES: u64 = 1 << 30;

/// A fuzz target.
pub struct Target {
    pub name: &'static str,
    pub run: fn(&[u8]),
    /// Longest useful input, in bytes.
    pub max_len: usize,
}

/// All targets; `fuzz/fuzz_targets` has a file for each.
pub const TARGETS: &[Target] = &[
    Target { name: "object", run: targets::object, max_len: 1 << 18 },
    Target { name: "btf", run: targets::btf, max_len: 1 << 18 },
    Target { name: "btf_ext", run: targets::btf_ext, max_len: 1 << 18 },
    Target { name: "insns", run: targets::insns, max_len: 1 << 12 },
    Target { name: "check", run: targets::check, max_len: 1 << 18 },
];

/// The target of this name.
///
/// # Panics
/// When there is none.
pub fn target(name: &str) -> &'static Target {
    let found = TARGETS.iter().find(|target| target.name == name);
    found.unwrap_or_else(|| panic!("no fuzz target {name}"))
}

//! Names of all functions and BTF tracepoints of the four kernels, so that a misspelt target is told from one whose types were cut away.
//!
//! Key function: [`exists`]. Neighbours: `kernel_types` has the types of a selection; `gate` asks. `names.z` is a zlib-packed text: a line
//! `=MASK` for each set of kernels (bit 0 is the oldest), then the names that exactly these kernels have, one a line.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use miniz_oxide::inflate::decompress_to_vec_zlib;

use crate::profile::KernelVersion;

static TEXT: OnceLock<String> = OnceLock::new();
static MASKS: OnceLock<BTreeMap<&'static str, u8>> = OnceLock::new();

/// Whether the kernel's BTF has a function, or with `btf_trace_` before it a tracepoint, of this name.
pub fn exists(version: KernelVersion, name: &str) -> bool {
    masks().get(name).is_some_and(|mask| mask >> version.index() & 1 == 1)
}

fn masks() -> &'static BTreeMap<&'static str, u8> {
    MASKS.get_or_init(|| {
        let text = TEXT.get_or_init(|| {
            let bytes = decompress_to_vec_zlib(include_bytes!("names.z")).unwrap_or_default();
            String::from_utf8(bytes).unwrap_or_default()
        });
        let mut mask = 0;
        let mut all = BTreeMap::new();
        for line in text.lines() {
            match line.strip_prefix('=') {
                Some(digit) => mask = u8::from_str_radix(digit, 16).unwrap_or(0),
                None => drop(all.insert(line, mask)),
            }
        }
        all
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::btf::Kind;
    use crate::kernel_types::builtin;

    #[test]
    fn names_are_told_by_kernel() {
        for version in KernelVersion::ALL {
            assert!(exists(version, "vfs_read") && exists(version, "btf_trace_sched_switch"), "{version}");
            assert!(!exists(version, "vfs_raed") && !exists(version, ""), "{version}");
        }
        assert!(exists(KernelVersion::V6_12, "do_unlinkat") && !exists(KernelVersion::V7_2, "do_unlinkat"));
    }

    /// The list is of the same kernels as the types.
    #[test]
    fn what_has_types_has_a_name() {
        for version in KernelVersion::ALL {
            for function in builtin(version).types().filter(|ty| ty.kind() == Kind::Func) {
                assert!(exists(version, function.name()), "{version}: {}", function.name());
            }
        }
    }
}

//! Types of the four simulated kernels: their own BTF, cut down to what programs use.
//!
//! The blobs come from the BTF of the kernels that the facts were collected on; `roots.txt` lists what was kept,
//! `README.md` how to make them again (zlib, so that they are small). A function, hook or struct that is missing here may still exist in the real
//! kernel: users can give its raw BTF (`/sys/kernel/btf/vmlinux`) to [`Btf::parse`] instead.
//! `targets` knows the names of
//! all functions. Neighbours: `core_reloc` relocates against them, `profile` says which kernels there are.

pub mod targets;

use std::sync::OnceLock;

use miniz_oxide::inflate::decompress_to_vec_zlib;

use crate::btf::Btf;
use crate::profile::KernelVersion;

/// One blob per kernel, in the order of [`KernelVersion::index`].
const BLOBS: [&[u8]; KernelVersion::ALL.len()] = [
    include_bytes!("5.10.btf"),
    include_bytes!("6.1.btf"),
    include_bytes!("6.12.btf"),
    include_bytes!("7.2.btf"),
];

static PARSED: [OnceLock<Btf>; KernelVersion::ALL.len()] =
    [const { OnceLock::new() }; KernelVersion::ALL.len()];

/// Types of a simulated kernel as raw BTF, such as its `/sys/kernel/btf/vmlinux` holds for all types.
pub fn builtin_bytes(version: KernelVersion) -> Vec<u8> {
    decompress_to_vec_zlib(BLOBS[version.index()]).unwrap_or_default()
}

/// Types of a simulated kernel, parsed at the first call.
pub fn builtin(version: KernelVersion) -> &'static Btf {
    let index = version.index();
    PARSED[index].get_or_init(|| {
        let parsed = Btf::parse(&builtin_bytes(version));
        parsed.unwrap_or_else(|error| panic!("the built-in BTF of {version} is damaged: {error}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::btf::{Kind, prune};

    #[test]
    fn every_kernel_has_what_programs_touch_first() {
        for version in KernelVersion::ALL {
            let btf = builtin(version);
            for name in
                ["task_struct", "file", "sk_buff", "linux_binprm", "trace_event_raw_sys_enter", "pt_regs"]
            {
                assert!(btf.find_by_name_kind(name, Kind::Struct).is_some(), "{version}: struct {name}");
            }
            for name in ["bpf_lsm_file_open", "__x64_sys_getpgid", "bpf_fentry_test1"] {
                let func = btf.find_by_name_kind(name, Kind::Func);
                assert!(func.and_then(|func| btf.func_proto(func.id())).is_some(), "{version}: {name}");
            }
            assert!(btf.find_by_name_kind("btf_trace_sched_switch", Kind::Typedef).is_some(), "{version}");
        }
    }

    /// Offsets that Debian's kernels have: read with another tool from the same images.
    #[test]
    fn offsets_are_those_of_the_real_kernels() {
        let pids = KernelVersion::ALL.map(|version| {
            let btf = builtin(version);
            let task = btf.find_by_name_kind("task_struct", Kind::Struct).unwrap();
            (task.own_size(), btf.field(task.id(), &["pid"]).unwrap().bit_offset / 8)
        });
        assert_eq!(pids, PIDS);
    }

    /// Size of `task_struct` and offset of `pid`.
    const PIDS: [(u32, u32); 4] = [(9344, 2232), (9728, 2416), (9792, 2432), (6080, 2808)];

    /// The check-in limit: small enough to be part of the program.
    #[test]
    fn blobs_stay_small_and_the_list_is_readable() {
        assert!(BLOBS.iter().all(|blob| blob.len() <= 400_000));
        assert!(prune::parse_roots(include_str!("roots.txt")).unwrap().len() > 800);
    }
}

//! Types of the four simulated kernels: their own BTF, cut down to what programs use.
//!
//! The blobs come from the BTF of the kernels that the facts were collected on; `roots.txt` lists what was kept,
//! `README.md` how to make them again (zlib, so that they are small). [`builtin`] is that selection, which is read in a moment; [`whole`] has
//! every type and function of the same kernels, for programs that the selection cannot judge. Types of other builds: users can give
//! a raw BTF (`/sys/kernel/btf/vmlinux`) to [`Btf::parse`] instead. `targets` knows the names of all functions.
//! Neighbours: `core_reloc` relocates against them, `verifier` chooses, `profile` says which kernels there are.

pub mod targets;

use std::sync::OnceLock;

use miniz_oxide::inflate::decompress_to_vec_zlib;

use crate::btf::{Btf, Kind};
use crate::profile::KernelVersion;

/// One blob per kernel, in the order of [`KernelVersion::index`].
const BLOBS: [&[u8]; KernelVersion::ALL.len()] = [
    include_bytes!("5.10.btf"),
    include_bytes!("6.1.btf"),
    include_bytes!("6.12.btf"),
    include_bytes!("7.2.btf"),
];

/// As [`BLOBS`], nothing cut away.
const WHOLE: [&[u8]; KernelVersion::ALL.len()] = [
    include_bytes!("5.10.whole.btf"),
    include_bytes!("6.1.whole.btf"),
    include_bytes!("6.12.whole.btf"),
    include_bytes!("7.2.whole.btf"),
];

/// Types of each kernel, once they were asked for.
type Parsed = [OnceLock<Btf>; KernelVersion::ALL.len()];

static PARSED: Parsed = [const { OnceLock::new() }; KernelVersion::ALL.len()];
static PARSED_WHOLE: Parsed = [const { OnceLock::new() }; KernelVersion::ALL.len()];

/// The selection of a simulated kernel's types as raw BTF, such as its `/sys/kernel/btf/vmlinux` holds for all types.
pub fn builtin_bytes(version: KernelVersion) -> Vec<u8> {
    unpacked(BLOBS[version.index()])
}

/// The selection of a simulated kernel's types, parsed at the first call.
pub fn builtin(version: KernelVersion) -> &'static Btf {
    parsed(&PARSED, &BLOBS, version)
}

/// All types of a simulated kernel: some 30 MB once they are parsed, which the first call does.
pub fn whole(version: KernelVersion) -> &'static Btf {
    parsed(&PARSED_WHOLE, &WHOLE, version)
}

/// Tags of pointers that a kernel keeps for a program.
const KEPT: [&str; 5] = ["kptr", "kptr_ref", "kptr_untrusted", "percpu_kptr", "uptr"];

/// Types that know every struct to which the object's kept pointers point: a struct of the object that a kernel happens to have by the
/// same name is the kernel's. The selection, unless one of them is only among all types.
pub fn with_kept_structs(version: KernelVersion, object: &Btf) -> &'static Btf {
    let selection = builtin(version);
    let kept = object.types().filter(|ty| ty.kind() == Kind::TypeTag && KEPT.contains(&ty.name()));
    let structs = kept.filter_map(|tag| object.resolve(tag.id())).filter(|ty| ty.kind() == Kind::Struct);
    let foreign = |name: &&str| selection.find_by_name_kind(name, Kind::Struct).is_none();
    let mut names = structs.map(|ty| ty.name()).filter(foreign);
    if names.any(|name| whole(version).find_by_name_kind(name, Kind::Struct).is_some()) {
        whole(version)
    } else {
        selection
    }
}

fn unpacked(blob: &[u8]) -> Vec<u8> {
    decompress_to_vec_zlib(blob).unwrap_or_default()
}

fn parsed(
    cells: &'static Parsed,
    blobs: &[&[u8]; KernelVersion::ALL.len()],
    version: KernelVersion,
) -> &'static Btf {
    let index = version.index();
    cells[index].get_or_init(|| {
        let parsed = Btf::parse(&unpacked(blobs[index]));
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

    /// The selection is cut from the same build: sizes, places and values are alike.
    #[test]
    fn the_selection_is_part_of_the_whole() {
        for version in KernelVersion::ALL {
            let (few, all) = (builtin(version), whole(version));
            for name in ["task_struct", "file", "sk_buff", "inode", "cred"] {
                let layout = |btf: &Btf| {
                    let ty = btf.find_by_name_kind(name, Kind::Struct).unwrap();
                    let members = ty.members().map(|m| (m.name.to_owned(), m.bit_offset)).collect::<Vec<_>>();
                    (ty.own_size(), members)
                };
                assert_eq!(layout(few), layout(all), "{version}: struct {name}");
            }
            assert!(all.type_count() > few.type_count());
            let functions = all.types().filter(|ty| ty.kind() == Kind::Func);
            let unlisted = functions.filter(|ty| !targets::exists(version, ty.name())).count();
            assert_eq!(unlisted, 0, "{version}: functions without a name in the list");
        }
    }

    /// The check-in limit: small enough to be part of the program.
    #[test]
    fn blobs_stay_small_and_the_list_is_readable() {
        assert!(BLOBS.iter().all(|blob| blob.len() <= 400_000));
        assert!(prune::parse_roots(include_str!("roots.txt")).unwrap().len() > 800);
    }
}

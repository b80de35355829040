//! Helpers: ids, prototypes, and which programs may call them.
//!
//! A program type's `get_func_proto` returns a prototype or nothing. Those switches are the rows of
//! `data/helpers.tsv`, read for a privileged loader (all capabilities, lockdown off); what they test besides the type
//! is a [`Guard`].

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::argument::Argument;
use super::guard::{self, Guard};
use super::kinds::{ProgType, ProgramKind};
use super::table::{self, Versions};
use super::{KernelVersion, Profile};

/// Extra check a prototype makes once found (`bpf_func_proto.allowed`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AllowedCheck {
    /// bpf_trace.c:bpf_d_path_allowed
    DPath,
    /// bpf_lsm.c:bpf_ima_inode_hash_allowed
    ImaHash,
    /// bpf_sk_storage.c:bpf_sk_storage_tracing_allowed
    SkStorageTracing,
}

/// A helper's prototype as it is in some versions.
#[derive(Debug)]
pub struct HelperProto {
    /// Name of the C object without `_proto`; one helper may have several.
    pub name: &'static str,
    /// Only programs with a GPL compatible licence.
    pub gpl_only: bool,
    /// Refused where sleeping is (6.12 on; older kernels hide the helper instead).
    pub might_sleep: bool,
    /// Accepts packet pointers.
    pub pkt_access: bool,
    /// Callback consulted before the arguments.
    pub allowed: Option<AllowedCheck>,
    /// Return type without `RET_`, e.g. `"PTR_TO_MAP_VALUE_OR_NULL"`.
    pub ret: &'static str,
    /// Argument types without `ARG_`; `@x` names a BTF type set, `#n` a size.
    pub args: Vec<&'static str>,
    /// The same, read.
    pub arguments: Vec<Argument>,
    id: u32,
    versions: Versions,
}

/// One row of access: programs of these types get this prototype when the guards hold.
#[derive(Debug)]
struct Access {
    proto: &'static str,
    versions: Versions,
    types: &'static [TypeName],
    guards: Vec<Guard>,
}

/// A helper.
#[derive(Debug)]
pub struct Helper {
    /// Number in `call` instructions.
    pub id: u32,
    /// Name, e.g. `"bpf_copy_from_user"`.
    pub name: &'static str,
    versions: Versions,
    access: Vec<Access>,
}

/// What a program type's function table says about a helper.
#[derive(Debug, Clone, Copy)]
pub enum Availability {
    /// Callable through this prototype.
    Proto(&'static HelperProto),
    /// The table has no entry.
    NoProto,
    /// Depends on something that is not modelled (the structure behind a struct_ops program, a replaced program).
    Unknown,
}

/// A program type in a set: `STRUCT_OPS` is split by family.
#[derive(Debug, PartialEq, Eq)]
struct TypeName {
    prog_type: ProgType,
    family: Option<&'static str>,
}

static SETS: LazyLock<BTreeMap<&'static str, Vec<TypeName>>> = LazyLock::new(|| {
    let type_name = |text: &'static str| {
        let (name, family) = match text.strip_suffix(')').and_then(|t| t.split_once('(')) {
            Some((name, family)) => (name, Some(family)),
            None => (text, None),
        };
        let prog_type = ProgType::from_name(name).unwrap_or_else(|| panic!("program type {name}"));
        TypeName { prog_type, family }
    };
    let rows = table::rows(include_str!("data/helper_sets.tsv"), &[2]).into_iter();
    rows.map(|c| (c[0], c[1].split(' ').map(type_name).collect())).collect()
});

static PROTOS: LazyLock<Vec<HelperProto>> = LazyLock::new(|| {
    let allowed = |text: &str| match text {
        "-" => None,
        "bpf_d_path_allowed" => Some(AllowedCheck::DPath),
        "bpf_ima_inode_hash_allowed" => Some(AllowedCheck::ImaHash),
        "bpf_sk_storage_tracing_allowed" => Some(AllowedCheck::SkStorageTracing),
        other => panic!("allowed callback {other}"),
    };
    let row = |c: Vec<&'static str>| HelperProto {
        id: c[0].parse().expect("helper id"),
        name: c[1],
        versions: Versions::parse(c[2]),
        gpl_only: c[3].contains('g'),
        might_sleep: c[3].contains('s'),
        pkt_access: c[3].contains('p'),
        allowed: allowed(c[4]),
        ret: c[5],
        args: table::optional(c[6]).map(|list| list.split(',').collect()).unwrap_or_default(),
        arguments: table::optional(c[6])
            .map(|list| list.split(',').map(Argument::parse).collect())
            .unwrap_or_default(),
    };
    table::rows(include_str!("data/helper_protos.tsv"), &[7]).into_iter().map(row).collect()
});

static HELPERS: LazyLock<Vec<Helper>> = LazyLock::new(|| {
    let mut helpers: Vec<Helper> = Vec::new();
    for c in table::rows(include_str!("data/helpers.tsv"), &[3, 5]) {
        if c[0] == ">" {
            let owner = helpers.last_mut().expect("a helper row comes first");
            let types = SETS.get(c[3]).unwrap_or_else(|| panic!("type set {}", c[3]));
            let versions = Versions::parse(c[2]);
            owner.access.push(Access { proto: c[1], versions, types, guards: guard::parse(c[4]) });
        } else {
            let id = c[0].parse().expect("helper id");
            helpers.push(Helper { id, name: c[1], versions: Versions::parse(c[2]), access: Vec::new() });
        }
    }
    helpers
});

/// Every prototype of any version.
#[cfg(test)]
pub(super) fn protos() -> &'static [HelperProto] {
    &PROTOS
}

/// Every helper of any version, by id.
pub fn helpers() -> &'static [Helper] {
    &HELPERS
}

impl Helper {
    /// The helper with this id, in any version.
    pub fn from_id(id: u32) -> Option<&'static Helper> {
        HELPERS.binary_search_by_key(&id, |helper| helper.id).ok().map(|at| &HELPERS[at])
    }

    /// The helper with this name, in any version.
    pub fn from_name(name: &str) -> Option<&'static Helper> {
        HELPERS.iter().find(|helper| helper.name == name)
    }

    /// Whether the version knows the id.
    pub fn exists(&self, version: KernelVersion) -> bool {
        self.versions.contains(version)
    }

    /// Whether what it returns may be NULL, in any version.
    pub fn may_return_null(&self) -> bool {
        PROTOS.iter().any(|proto| proto.id == self.id && proto.ret.ends_with("OR_NULL"))
    }

    /// Whether a helper takes away what one of its arguments refers to.
    pub fn releases(id: u32) -> bool {
        PROTOS.iter().any(|proto| proto.id == id && proto.arguments.iter().any(|argument| argument.release))
    }

    /// Whether it may sleep, in any version.
    pub fn might_sleep(&self) -> bool {
        PROTOS.iter().any(|proto| proto.id == self.id && proto.might_sleep)
    }

    /// Which prototype a program gets, if any (the `*_func_proto` functions).
    pub fn availability(&self, profile: &Profile, kind: &ProgramKind) -> Availability {
        if kind.prog_type == ProgType::EXT {
            return Availability::Unknown;
        }
        let wanted = match kind.prog_type {
            ProgType::STRUCT_OPS => match kind.struct_ops.as_deref().and_then(ops_type) {
                Some(wanted) => wanted,
                None => return Availability::Unknown,
            },
            prog_type => TypeName { prog_type, family: None },
        };
        let live = |row: &&Access| row.versions.contains(profile.version) && row.types.contains(&wanted);
        let mut rows = self.access.iter().filter(live);
        match rows.find(|row| row.guards.iter().all(|guard| guard.holds(profile, kind))) {
            Some(row) => Availability::Proto(self.proto(profile.version, row.proto)),
            None => Availability::NoProto,
        }
    }

    /// Whether one of its prototypes takes the size of memory in register `reg` (r1 is 1).
    pub fn takes_size(&self, version: KernelVersion, reg: u8) -> bool {
        let mut own = PROTOS.iter().filter(|proto| proto.id == self.id && proto.versions.contains(version));
        let place = usize::from(reg).checked_sub(1);
        own.any(|proto| place.and_then(|at| proto.arguments.get(at)).is_some_and(Argument::is_size))
    }

    fn proto(&self, version: KernelVersion, name: &str) -> &'static HelperProto {
        let mut named = PROTOS.iter().filter(|proto| proto.id == self.id && proto.name == name);
        let found = named.find(|proto| proto.versions.contains(version));
        found.unwrap_or_else(|| panic!("helper_protos.tsv lacks {name} for {version}"))
    }
}

/// The entry of the helper sets for programs of a kernel structure; `None` for structures whose list is not known.
fn ops_type(structure: &str) -> Option<TypeName> {
    const FAMILIES: [(&str, &str); 6] = [
        // bpf_dummy_struct_ops.c has no list: no helper at all, and no row of the table.
        ("bpf_dummy_ops", "bpf_dummy"),
        ("tcp_congestion_ops", "bpf_tcp_ca"),
        ("sched_ext_ops", "bpf_scx"),
        ("sched_ext_ops_cid", "bpf_scx"),
        ("Qdisc_ops", "bpf_qdisc"),
        ("hid_bpf_ops", "hid_bpf"),
    ];
    let family = FAMILIES.iter().find(|(name, _)| *name == structure).map(|(_, family)| *family);
    family.map(|family| TypeName { prog_type: ProgType::STRUCT_OPS, family: Some(family) })
}

/// One more than the highest helper id of the version (`__BPF_FUNC_MAX_ID`).
pub fn max_helper_id(version: KernelVersion) -> u32 {
    HELPERS.iter().filter(|helper| helper.exists(version)).map(|helper| helper.id + 1).max().unwrap_or(0)
}

/// The name the verifier prints for an id (disasm.c:func_id_name).
pub fn helper_print_name(version: KernelVersion, id: u32) -> &'static str {
    match Helper::from_id(id) {
        _ if id == 0 => "bpf_unspec",
        Some(helper) if helper.exists(version) => helper.name,
        _ => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::super::section::Section;
    use super::*;

    fn availability(version: KernelVersion, section: &str, helper: &str) -> Availability {
        let kind = Section::resolve(section).expect("section").kind();
        Helper::from_name(helper).expect("helper").availability(&Profile::new(version), &kind)
    }

    #[test]
    fn copy_from_user_by_version_and_sleepability() {
        let found = |version, section| {
            matches!(availability(version, section, "bpf_copy_from_user"), Availability::Proto(_))
        };
        assert_eq!(KernelVersion::ALL.map(|v| found(v, "lsm/file_open")), [false, false, true, true]);
        assert_eq!(KernelVersion::ALL.map(|v| found(v, "lsm.s/file_open")), [true; 4]);
        assert_eq!(KernelVersion::ALL.map(|v| found(v, "xdp")), [false, false, false, true]);
    }

    #[test]
    fn every_access_row_has_its_prototype() {
        for helper in helpers() {
            for version in KernelVersion::ALL {
                for row in helper.access.iter().filter(|row| row.versions.contains(version)) {
                    assert_eq!(helper.proto(version, row.proto).id, helper.id);
                }
            }
        }
    }

    #[test]
    fn ids_are_ordered_and_sleepers_counted() {
        assert!(helpers().windows(2).all(|pair| pair[0].id < pair[1].id));
        let sleepers = |version| {
            let rows = PROTOS.iter().filter(|proto| proto.might_sleep && proto.versions.contains(version));
            rows.count()
        };
        assert_eq!(KernelVersion::ALL.map(sleepers), [0, 0, 4, 9]);
        assert_eq!(max_helper_id(KernelVersion::V5_10), 156);
    }
}

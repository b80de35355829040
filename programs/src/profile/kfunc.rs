//! Kfuncs: kernel functions that programs call by name, their flags, and the program types they are registered for.
//!
//! Registration is per hook, and several program types share one (LSM programs use the kfuncs of tracing programs):
//! btf.c:bpf_prog_type_to_kfunc_hook, `data/prog_types.tsv`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::kfunc_filters;
use super::kinds::{AttachType, ProgType, ProgramKind};
use super::table::{self, Versions};
use super::{KernelVersion, Profile};

/// A kfunc as it is in some versions.
#[derive(Debug)]
pub struct Kfunc {
    /// Name, e.g. `"bpf_rcu_read_lock"`.
    pub name: &'static str,
    flags: Vec<&'static str>,
    registrations: Vec<Registration>,
    versions: Versions,
    condition: &'static str,
}

#[derive(Debug)]
struct Registration {
    /// `None`: common to all program types.
    prog_type: Option<ProgType>,
    filter: Option<&'static str>,
}

/// May a program call a kfunc?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KfuncAccess {
    /// Registered for the program's hook and let through by its filter.
    Allowed,
    /// "calling kernel function ... is not allowed".
    Denied,
    /// A filter decides by something that is not modelled (the struct_ops member).
    Unknown,
}

static KFUNCS: LazyLock<BTreeMap<&'static str, Vec<Kfunc>>> = LazyLock::new(|| {
    let mut kfuncs: BTreeMap<&'static str, Vec<Kfunc>> = BTreeMap::new();
    for c in table::rows(include_str!("data/kfuncs.tsv"), &[5]) {
        let list = |column: &'static str| table::optional(column).map(|text| text.split(' '));
        kfuncs.entry(c[0]).or_default().push(Kfunc {
            name: c[0],
            versions: Versions::parse(c[1]),
            flags: list(c[2]).into_iter().flatten().collect(),
            registrations: list(c[3]).into_iter().flatten().map(registration).collect(),
            condition: c[4],
        });
    }
    kfuncs
});

fn registration(text: &'static str) -> Registration {
    let (name, filter) = match text.split_once('?') {
        Some((name, filter)) => (name, Some(filter)),
        None => (text, None),
    };
    let typed = || ProgType::from_name(name).unwrap_or_else(|| panic!("program type {name}"));
    Registration { prog_type: (name != "UNSPEC").then(typed), filter }
}

impl Profile {
    /// The kfunc of this name, if this kernel has it.
    pub fn kfunc(&self, name: &str) -> Option<&'static Kfunc> {
        let kfunc = KFUNCS.get(name)?.iter().find(|row| row.versions.contains(self.version))?;
        self.config.holds(kfunc.condition).then_some(kfunc)
    }

    /// Every kfunc of this kernel, by name.
    pub fn kfuncs(&self) -> impl Iterator<Item = &'static Kfunc> + '_ {
        KFUNCS.keys().filter_map(|name| self.kfunc(name))
    }
}

impl Kfunc {
    /// Whether a `KF_` flag is set; `flag` without the prefix, e.g. `"SLEEPABLE"`.
    pub fn has_flag(&self, flag: &str) -> bool {
        self.flags.contains(&flag)
    }

    /// All flags without `KF_`.
    pub fn flags(&self) -> &[&'static str] {
        &self.flags
    }

    /// Only programs (or callbacks) that may sleep can call it.
    pub fn sleepable(&self) -> bool {
        self.has_flag("SLEEPABLE")
    }

    /// May a program of this kind call it (btf.c:btf_kfunc_id_set_contains, btf_kfunc_is_allowed)?
    pub fn access(&self, version: KernelVersion, kind: &ProgramKind) -> KfuncAccess {
        if kind.prog_type == ProgType::EXT {
            return KfuncAccess::Unknown;
        }
        let hook = kind.prog_type.kfunc_hook(version);
        let mut answer = KfuncAccess::Denied;
        for row in &self.registrations {
            let matches = match row.prog_type {
                None => true,
                // fs kfuncs are registered for LSM alone, on the hook that tracing programs share: their filter decides.
                Some(registered) => hook.is_some() && registered.kfunc_hook(version) == hook,
            };
            if !matches {
                continue;
            }
            match row.filter.map_or(KfuncAccess::Allowed, |filter| filtered(filter, kind, self.name)) {
                KfuncAccess::Allowed => return KfuncAccess::Allowed,
                KfuncAccess::Unknown => answer = KfuncAccess::Unknown,
                KfuncAccess::Denied => {}
            }
        }
        answer
    }
}

/// The `filter` callbacks of kfunc sets.
fn filtered(filter: &str, kind: &ProgramKind, name: &str) -> KfuncAccess {
    use AttachType as A;
    let allow = |yes: bool| if yes { KfuncAccess::Allowed } else { KfuncAccess::Denied };
    let attach = kind.attach_type;
    match filter {
        "bpf_fs_kfuncs_filter" | "bpf_get_fsverity_digest_filter" => allow(kind.prog_type == ProgType::LSM),
        "tracing_iter_filter" => allow(attach == A::TRACE_ITER),
        "bpf_kprobe_multi_filter" => allow(attach == A::TRACE_KPROBE_SESSION),
        "bpf_session_filter" => {
            let sessions = [A::TRACE_KPROBE_SESSION, A::TRACE_UPROBE_SESSION, A::TRACE_FSESSION];
            allow(sessions.contains(&attach) || attach == A::TRACE_FSESSION_MULTI)
        }
        // Which structure a member belongs to is only known when a loader could tell.
        "scx_kfunc_context_filter" | "bpf_qdisc_kfunc_filter"
            if kind.prog_type == ProgType::STRUCT_OPS && kind.struct_ops.is_none() =>
        {
            KfuncAccess::Unknown
        }
        "scx_kfunc_context_filter" => allow(kfunc_filters::sched_ext(kind, name)),
        "bpf_qdisc_kfunc_filter" => allow(kfunc_filters::qdisc(kind, name)),
        other => panic!("kfunc filter {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::section::Section;
    use super::*;

    fn access(version: KernelVersion, section: &str, name: &str) -> KfuncAccess {
        let kind = Section::resolve(section).expect("section").kind();
        Profile::new(version).kfunc(name).expect("kfunc").access(version, &kind)
    }

    #[test]
    fn hooks_are_shared_between_types() {
        use KernelVersion as V;
        assert_eq!(access(V::V6_1, "lsm.s/bpf", "bpf_lookup_user_key"), KfuncAccess::Allowed);
        assert_eq!(access(V::V6_1, "tc", "bpf_lookup_user_key"), KfuncAccess::Denied);
        assert_eq!(access(V::V6_12, "tc", "bpf_rcu_read_lock"), KfuncAccess::Allowed);
        assert_eq!(access(V::V6_12, "fentry/vfs_read", "bpf_get_file_xattr"), KfuncAccess::Denied);
    }

    #[test]
    fn every_filter_is_known_and_conditions_name_options() {
        let profile = Profile::new(KernelVersion::V7_2);
        let kind = Section::resolve("lsm.s/file_open").expect("section").kind();
        for row in KFUNCS.values().flatten() {
            profile.config.holds(row.condition);
            row.registrations.iter().filter_map(|r| r.filter).for_each(|filter| {
                filtered(filter, &kind, row.name);
            });
        }
        assert!(profile.kfunc("bpf_wq_set_callback_impl").is_none());
        assert!(Profile::new(KernelVersion::V5_10).kfuncs().next().is_none());
    }
}

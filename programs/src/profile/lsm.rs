//! LSM hooks: prototypes and the sets that decide who may attach (`security/` hook definitions, `bpf_lsm.c` sets).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::table::{self, Versions};
use super::{KernelVersion, Profile};

/// One hook as it is in some versions.
#[derive(Debug)]
pub struct LsmHook {
    /// Name without `bpf_lsm_`, e.g. `"file_open"`.
    pub name: &'static str,
    /// C return type: `"int"` or `"void"`.
    pub return_type: &'static str,
    /// Value returned when no program decides otherwise (`"0"`, `"-EOPNOTSUPP"`); `None` for void hooks.
    pub default: Option<&'static str>,
    /// Arguments as C declarations.
    pub args: &'static str,
    /// Sleepable programs may attach (`sleepable_lsm_hooks`).
    pub sleepable: bool,
    /// No program may attach (6.12 on).
    pub disabled: bool,
    /// Returns 0 or 1 instead of 0 or a negative errno (`bool_lsm_hooks`).
    pub returns_bool: bool,
    /// Argument pointers are not trusted (`untrusted_lsm_hooks`).
    pub untrusted_args: bool,
    /// Socket option helpers are allowed, the socket being locked.
    pub locked_sockopt: bool,
    /// Socket option helpers are allowed, taking the lock.
    pub unlocked_sockopt: bool,
    /// The inode is locked: xattr kfuncs use their `_locked` form (7.2).
    pub inode_locked: bool,
    versions: Versions,
    condition: &'static str,
}

static HOOKS: LazyLock<BTreeMap<&'static str, Vec<LsmHook>>> = LazyLock::new(|| {
    let mut hooks: BTreeMap<&'static str, Vec<LsmHook>> = BTreeMap::new();
    for c in table::rows(include_str!("data/lsm_hooks.tsv"), &[7]) {
        let flag = |letter: char| c[4].contains(letter);
        hooks.entry(c[0]).or_default().push(LsmHook {
            name: c[0],
            return_type: c[2],
            default: table::optional(c[3]),
            args: c[6],
            sleepable: flag('s'),
            disabled: flag('d'),
            returns_bool: flag('b'),
            untrusted_args: flag('u'),
            locked_sockopt: flag('l'),
            unlocked_sockopt: flag('k'),
            inode_locked: flag('i'),
            versions: Versions::parse(c[1]),
            condition: c[5],
        });
    }
    hooks
});

impl Profile {
    /// The hook of this name, if this kernel has it.
    pub fn lsm_hook(&self, name: &str) -> Option<&'static LsmHook> {
        let hook = HOOKS.get(name)?.iter().find(|hook| hook.versions.contains(self.version))?;
        self.config.holds(hook.condition).then_some(hook)
    }

    /// Every hook of this kernel, by name.
    pub fn lsm_hooks(&self) -> impl Iterator<Item = &'static LsmHook> + '_ {
        HOOKS.keys().filter_map(|name| self.lsm_hook(name))
    }
}

impl LsmHook {
    /// BTF id of a disabled hook's function in the kernel that the built-in types are cut from.
    pub fn builtin_id(&self, version: KernelVersion) -> Option<&'static str> {
        let column = match version {
            KernelVersion::V6_12 => 1,
            KernelVersion::V7_2 => 2,
            _ => return None,
        };
        let rows = table::rows(include_str!("data/disabled_hook_ids.tsv"), &[3]);
        table::optional(rows.into_iter().find(|row| row[0] == self.name)?[column])
    }

    /// Whether the hook returns nothing.
    pub fn is_void(&self) -> bool {
        self.return_type == "void"
    }

    /// The rows of one hook never overlap.
    #[cfg(test)]
    fn rows_are_disjoint(rows: &[LsmHook]) -> bool {
        KernelVersion::ALL
            .into_iter()
            .all(|v| rows.iter().filter(|row| row.versions.contains(v)).count() <= 1)
    }
}

/// Whether any version has a hook of this name; tells a misspelt hook from one that a kernel lacks.
pub fn is_lsm_hook(name: &str, version: KernelVersion) -> bool {
    HOOKS.get(name).is_some_and(|rows| rows.iter().any(|row| row.versions.contains(version)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sleepable_hooks_per_version_are_1_71_85_86() {
        let count = |version| {
            let rows = HOOKS.values().flatten();
            rows.filter(|row| row.versions.contains(version) && row.sleepable).count()
        };
        assert_eq!(KernelVersion::ALL.map(count), [1, 71, 85, 86]);
    }

    #[test]
    fn disabled_hooks_per_version_are_0_0_12_13() {
        let count = |version| Profile::new(version).lsm_hooks().filter(|hook| hook.disabled).count();
        assert_eq!(KernelVersion::ALL.map(count), [0, 0, 12, 13]);
    }

    #[test]
    fn rows_are_disjoint_and_well_formed() {
        for (name, rows) in HOOKS.iter() {
            assert!(LsmHook::rows_are_disjoint(rows), "{name}");
            assert!(rows.iter().all(|row| row.is_void() == row.default.is_none()), "{name}");
        }
    }
}

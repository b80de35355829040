//! ELF section names: which program type, expected attach type, flag and target a name stands for.
//!
//! The table follows libbpf's, newest first known form, because a new library offers its names on any kernel; the
//! kernel then refuses what it does not know. Below it stand names that no library has but that are useful to ask
//! "what if this type were sleepable" (`xdp.s`, `kprobe.s/...`, `syscall_atomic`).

use std::sync::LazyLock;

use super::kinds::{AttachType, ProgType, ProgramKind};
use super::table;

/// One row of the section table.
#[derive(Debug)]
pub struct SectionDef {
    /// Name, or with a trailing `+` also `name/target`.
    pub pattern: &'static str,
    /// Program type.
    pub prog_type: ProgType,
    /// Expected attach type (`NONE`: zero is passed).
    pub attach_type: AttachType,
    /// The name asks for `BPF_F_SLEEPABLE`.
    pub sleepable: bool,
    /// The loader looks up the target in the kernel's BTF.
    pub needs_btf_target: bool,
    /// The name asks for `BPF_F_XDP_HAS_FRAGS`.
    pub xdp_frags: bool,
    /// False for names that no released library has.
    pub in_libbpf: bool,
}

static SECTIONS: LazyLock<Vec<SectionDef>> = LazyLock::new(|| {
    let row = |c: Vec<&'static str>| SectionDef {
        pattern: c[0],
        prog_type: ProgType::from_name(c[1]).unwrap_or_else(|| panic!("program type {}", c[1])),
        attach_type: match c[2] {
            "-" => AttachType::NONE,
            name => AttachType::from_name(name).unwrap_or_else(|| panic!("attach type {name}")),
        },
        sleepable: c[3].split(' ').any(|flag| flag == "SLEEPABLE"),
        needs_btf_target: c[3].split(' ').any(|flag| flag == "ATTACH_BTF"),
        xdp_frags: c[3].split(' ').any(|flag| flag == "XDP_FRAGS"),
        in_libbpf: c[4] != "extension",
    };
    table::rows(include_str!("data/sections.tsv"), &[5]).into_iter().map(row).collect()
});

/// Every known section name, in the order in which a loader tries them.
pub fn sections() -> &'static [SectionDef] {
    &SECTIONS
}

/// What a section name says about its programs.
#[derive(Clone, Debug)]
pub struct Section {
    /// The matching row.
    pub def: &'static SectionDef,
    /// The part after the slash (`file_open` of `lsm.s/file_open`).
    pub target: Option<String>,
    /// False when the name starts with `?`: the program is only loaded when asked for.
    pub autoload: bool,
}

impl Section {
    /// Finds the row for a section name; `None` when no loader would know it.
    pub fn resolve(name: &str) -> Option<Section> {
        let (autoload, bare) = match name.strip_prefix('?') {
            Some(rest) => (false, rest),
            None => (true, name),
        };
        SECTIONS.iter().find_map(|def| {
            let target = match_pattern(def.pattern, bare)?;
            Some(Section { def, target: target.map(str::to_string), autoload })
        })
    }

    /// Type, attach type, flag and target as the kernel sees them. For `struct_ops` the target is the member; which
    /// structure it belongs to is written in the map, so the caller adds it.
    pub fn kind(&self) -> ProgramKind {
        self.def.kind(self.target.clone())
    }
}

impl SectionDef {
    /// As [`Section::kind`], of a section with this target.
    pub fn kind(&self, target: Option<String>) -> ProgramKind {
        ProgramKind {
            prog_type: self.prog_type,
            attach_type: self.attach_type,
            sleepable: self.sleepable,
            target,
            struct_ops: None,
        }
    }
}

/// Target of `name` under `pattern`: `None` no match, `Some(None)` match without target (libbpf.c:sec_def_matches).
fn match_pattern<'a>(pattern: &str, name: &'a str) -> Option<Option<&'a str>> {
    let Some(prefix) = pattern.strip_suffix('+') else { return (name == pattern).then_some(None) };
    let rest = name.strip_prefix(prefix)?;
    if rest.is_empty() { Some(None) } else { rest.strip_prefix('/').map(Some) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(name: &str) -> ProgramKind {
        Section::resolve(name).unwrap_or_else(|| panic!("section {name}")).kind()
    }

    #[test]
    fn names_of_sleepable_programs() {
        let lsm = kind("lsm.s/file_open");
        assert_eq!((lsm.prog_type, lsm.attach_type), (ProgType::LSM, AttachType::LSM_MAC));
        assert!(lsm.sleepable && lsm.target.as_deref() == Some("file_open"));
        assert!(kind("uprobe.multi.s//bin/sh:main").sleepable);
        assert_eq!(kind("tp.s/syscalls/sys_enter_read").target.as_deref(), Some("syscalls/sys_enter_read"));
        assert!(kind("syscall").sleepable && !kind("syscall_atomic").sleepable);
        assert!(!kind("uprobe").sleepable && kind("uprobe.s").sleepable);
    }

    #[test]
    fn optional_programs_and_unknown_names() {
        assert!(!Section::resolve("?fentry.s/do_exit").unwrap().autoload);
        assert!(Section::resolve("nonsense").is_none() && Section::resolve("xdpx").is_none());
        assert!(Section::resolve("tc/ingressx").is_none());
    }

    #[test]
    fn every_row_resolves_to_itself() {
        for def in sections() {
            let name = def.pattern.trim_end_matches('+');
            assert_eq!(Section::resolve(name).unwrap().def.pattern, def.pattern);
        }
    }
}

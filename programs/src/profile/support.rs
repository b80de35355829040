//! What the simulator can do with each fact: the data behind `sleepable support`.
//!
//! The tables here know every helper, kfunc, map type, program type and hook of a kernel; which of them have a body is
//! known by the crates that run them. They implement [`Bodies`], and [`support`] joins both into a list.

use super::Profile;
use super::helper::helpers;
use super::kinds::ProgType;
use super::map_type::map_types;

/// How far something is modelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Load-time rules and run-time behaviour.
    Executed,
    /// Load-time rules only; running it reports "not modelled".
    KnownNotModelled,
    /// The kernel of this profile does not have it.
    Absent,
}

/// What kind of thing a line of the support list is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A helper, by name.
    Helper,
    /// A kfunc, by name.
    Kfunc,
    /// A map type, without `BPF_MAP_TYPE_`.
    Map,
    /// A program type, without `BPF_PROG_TYPE_`.
    ProgType,
    /// An LSM hook, without `bpf_lsm_`.
    LsmHook,
}

/// One line: the subject, its name and how far it is modelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Support {
    /// What it is.
    pub subject: Subject,
    /// Its name.
    pub name: &'static str,
    /// How far.
    pub level: Level,
}

/// Who knows which subjects have a body: helper and kfunc tables, map types, hooks.
pub trait Bodies {
    /// Whether the simulator executes this subject on this profile.
    fn executes(&self, profile: &Profile, subject: Subject, name: &str) -> bool;
}

/// The whole list for a profile, subjects in the order of [`Subject`], names in table order. Things that only other
/// versions have appear as [`Level::Absent`].
pub fn support(profile: &Profile, bodies: &dyn Bodies) -> Vec<Support> {
    let level = |exists: bool, subject: Subject, name: &str| match exists {
        false => Level::Absent,
        true if bodies.executes(profile, subject, name) => Level::Executed,
        true => Level::KnownNotModelled,
    };
    let line = |exists: bool, subject: Subject, name: &'static str| Support {
        subject,
        name,
        level: level(exists, subject, name),
    };
    let version = profile.version;
    let mut lines: Vec<Support> =
        helpers().iter().map(|h| line(h.exists(version), Subject::Helper, h.name)).collect();
    lines.extend(profile.kfuncs().map(|k| line(true, Subject::Kfunc, k.name)));
    let maps = map_types().iter().filter(|m| m.number != 0);
    lines.extend(maps.map(|m| line(m.exists(version), Subject::Map, m.name)));
    let types = (1..).map(ProgType).map_while(|t| t.name().map(|name| (t, name)));
    lines.extend(types.map(|(t, name)| line(t.exists(version), Subject::ProgType, name)));
    lines.extend(profile.lsm_hooks().map(|h| line(true, Subject::LsmHook, h.name)));
    lines
}

#[cfg(test)]
mod tests {
    use super::super::KernelVersion;
    use super::*;

    struct OnlyMaps;

    impl Bodies for OnlyMaps {
        fn executes(&self, _: &Profile, subject: Subject, _: &str) -> bool {
            subject == Subject::Map
        }
    }

    #[test]
    fn levels_join_facts_and_bodies() {
        let lines = support(&Profile::new(KernelVersion::V6_1), &OnlyMaps);
        let level = |name: &str| lines.iter().find(|line| line.name == name).map(|line| line.level);
        assert_eq!(level("HASH"), Some(Level::Executed));
        assert_eq!(level("ARENA"), Some(Level::Absent));
        assert_eq!(level("bpf_copy_from_user"), Some(Level::KnownNotModelled));
        assert_eq!(level("NETFILTER"), Some(Level::Absent));
        assert_eq!(level("bpf_rcu_read_lock"), None);
    }
}

//! Since when, and where instead: questions to the tables of the kernels.
//!
//! Key functions: [`helper`], [`kfunc`], [`sleepable_type`], [`sleepable_target`], [`map_type`]. Neighbour: `help`. No section is
//! recommended that the gate does not take (`gate::takes`).

use programs::gate;
use programs::profile::helper::{Availability, Helper};
use programs::profile::kfunc::KfuncAccess;
use programs::profile::map_type::{MapType, SleepableUse};
use programs::profile::{
    AttachType, KernelVersion, Profile, ProgType, ProgramKind, Section, SleepableGate, sections,
    sleepable_gate,
};

use crate::diag::suggest;

/// The versions for which something holds.
pub fn versions(holds: impl Fn(KernelVersion) -> bool) -> Vec<KernelVersion> {
    KernelVersion::ALL.into_iter().filter(|version| holds(*version)).collect()
}

/// The same machine with another kernel.
pub fn on(profile: &Profile, version: KernelVersion) -> Profile {
    Profile { version, config: profile.config.clone() }
}

/// "since 6.1", "in 6.1 and 6.12", or `None`; kernels between two profiles are not known.
pub fn since(versions: &[KernelVersion]) -> Option<String> {
    let first = KernelVersion::ALL.iter().position(|version| Some(version) == versions.first())?;
    if KernelVersion::ALL[first..] == *versions {
        let text = match first {
            0 => "in all four kernels".to_owned(),
            first => format!(
                "in {} and later, not in {}",
                KernelVersion::ALL[first],
                KernelVersion::ALL[first - 1]
            ),
        };
        return Some(text);
    }
    let names: Vec<String> = versions.iter().map(ToString::to_string).collect();
    let lacking = KernelVersion::ALL[first..].iter().filter(|version| !versions.contains(version));
    let lacking: Vec<String> = lacking.map(ToString::to_string).collect();
    Some(format!("in {}, not in {}", listed(&names), listed(&lacking)))
}

/// "a", "a and b", "a, b and c".
pub fn listed(names: &[String]) -> String {
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

/// Where a helper can be called instead; `section` is the program's.
pub fn helper(profile: &Profile, helper: &Helper, kind: &ProgramKind, section: &str) -> Vec<String> {
    let offers = |version: KernelVersion, kind: &ProgramKind| {
        let availability = helper.availability(&on(profile, version), kind);
        let exists = helper.exists(version) && kind.prog_type.exists(version);
        exists && matches!(availability, Availability::Proto(proto) if kind.sleepable || !proto.might_sleep)
    };
    instead(profile, helper.name, kind, section, offers)
}

/// Where a kfunc can be called instead; `section` is the program's.
pub fn kfunc(profile: &Profile, name: &str, kind: &ProgramKind, section: &str) -> Vec<String> {
    let offers = |version: KernelVersion, kind: &ProgramKind| {
        let profile = on(profile, version);
        let known = profile.kfunc(name).filter(|kfunc| kind.sleepable || !kfunc.sleepable());
        known.is_some_and(|kfunc| kfunc.access(version, kind) == KfuncAccess::Allowed)
    };
    instead(profile, name, kind, section, offers)
}

/// Whether a kernel lets programs of this type call a helper or kfunc, in places where it may sleep.
pub fn offered(profile: &Profile, name: &str, kind: &ProgramKind) -> bool {
    match Helper::from_name(name) {
        Some(helper) => {
            helper.exists(profile.version)
                && matches!(helper.availability(profile, kind), Availability::Proto(_))
        }
        None => {
            let access = profile.kfunc(name).map(|kfunc| kfunc.access(profile.version, kind));
            access == Some(KfuncAccess::Allowed)
        }
    }
}

/// Other kernels for the same type of program, the sleepable form of it, and otherwise other types.
fn instead(
    profile: &Profile,
    name: &str,
    kind: &ProgramKind,
    section: &str,
    offers: impl Fn(KernelVersion, &ProgramKind) -> bool,
) -> Vec<String> {
    let mut lines = Vec::new();
    let same = versions(|version| offers(version, kind));
    // What this kernel offers is refused for another reason.
    if same.contains(&profile.version) {
        return lines;
    }
    if let Some(since) = since(&same) {
        lines.push(format!("`{name}` can be called from this type of program {since}"));
    }
    let mut settled = !same.is_empty();
    let sleepable = other_form(section, true).filter(|_| !settled);
    if let Some(section) = sleepable {
        let asleep = ProgramKind { sleepable: true, ..kind.clone() };
        let may = versions(|version| {
            gate::takes(&on(profile, version), &section, &asleep) && offers(version, &asleep)
        });
        if let Some(since) = since(&may) {
            lines.push(format!("sleepable programs can call `{name}` {since}: `SEC(\"{section}\")`"));
        }
        settled = may.contains(&profile.version);
        let near = near(profile, kind).into_iter().filter(|(_, kind)| offers(profile.version, kind));
        lines.extend(near_line(near).filter(|_| !settled));
    }
    if !settled {
        lines.extend(other_types(profile, name, offers));
    }
    lines
}

/// Sections of sleepable programs near the target of a program, which this kernel takes.
fn near(profile: &Profile, kind: &ProgramKind) -> Vec<(String, ProgramKind)> {
    let target = kind.target.as_deref().unwrap_or_default();
    let traced = ![AttachType::TRACE_RAW_TP, AttachType::TRACE_ITER].contains(&kind.attach_type);
    let names = match kind.prog_type {
        _ if target.is_empty() => Vec::new(),
        ProgType::LSM => near_hooks(profile, target),
        ProgType::TRACING if traced => near_functions(profile, target),
        _ => Vec::new(),
    };
    let kinds = names.into_iter().filter_map(|name| Some((Section::resolve(&name)?.kind(), name)));
    kinds.filter(|(kind, name)| gate::takes(profile, name, kind)).map(|(kind, name)| (name, kind)).collect()
}

fn near_line(near: impl IntoIterator<Item = (String, ProgramKind)>) -> Option<String> {
    let names: Vec<String> = near.into_iter().take(3).map(|(name, _)| format!("`{name}`")).collect();
    (!names.is_empty()).then(|| format!("near it are, for sleepable programs: {}", names.join(", ")))
}

/// The section name with or without `.s`; `None` when it is of that form already, or has no other.
fn other_form(section: &str, sleepable: bool) -> Option<String> {
    let (head, target) =
        section.split_once('/').map_or((section, None), |(head, target)| (head, Some(target)));
    let head = if sleepable { format!("{head}.s") } else { head.strip_suffix(".s")?.to_owned() };
    let name = target.map_or_else(|| head.clone(), |target| format!("{head}/{target}"));
    Section::resolve(&name)
        .filter(|found| found.def.sleepable == sleepable && found.def.in_libbpf)
        .map(|_| name)
}

/// Sections of one kind of versions that are named.
const NAMED: usize = 4;

/// Other types of programs, those that can in the same kernels together.
fn other_types(
    profile: &Profile,
    name: &str,
    offers: impl Fn(KernelVersion, &ProgramKind) -> bool,
) -> Vec<String> {
    let profiles = KernelVersion::ALL.map(|version| on(profile, version));
    let mut groups: Vec<(Vec<KernelVersion>, Vec<String>)> = Vec::new();
    for def in sections().iter().filter(|def| def.in_libbpf) {
        let kind = def.kind(None);
        let taken = |version: KernelVersion| gate::takes_somewhere(&profiles[version.index()], def);
        let having = versions(|version| offers(version, &kind) && taken(version));
        let section = format!("`{}`", def.pattern.trim_end_matches('+'));
        match groups.iter_mut().find(|(known, _)| *known == having) {
            Some((_, names)) => names.push(section),
            None => groups.push((having, vec![section])),
        }
    }
    // The program's own kernel first, and of those the sections that most kernels know.
    groups.retain(|(having, _)| !having.is_empty());
    groups.sort_by_key(|(having, _)| {
        (!having.contains(&profile.version), KernelVersion::ALL.len() - having.len())
    });
    let line = |(having, names): &(Vec<KernelVersion>, Vec<String>)| {
        let named = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
        let dots = if names.len() > NAMED { ", …" } else { "" };
        Some(format!("{named}{dots} ({})", since(having)?))
    };
    let told: Vec<String> = groups.iter().take(2).filter_map(line).collect();
    (!told.is_empty())
        .then(|| format!("other programs can call `{name}`: {}", told.join("; ")))
        .into_iter()
        .collect()
}

/// Since when this type may carry the sleepable flag, and with this target.
pub fn sleepable_type(profile: &Profile, kind: &ProgramKind, section: &str) -> Option<String> {
    if kind.prog_type == ProgType::SYSCALL {
        return Some(
            "`SEC(\"syscall\")` sets the flag; a loader of your own must pass BPF_F_SLEEPABLE".to_owned(),
        );
    }
    let may = versions(|version| {
        let gate = sleepable_gate(version, kind);
        matches!(gate, SleepableGate::May | SleepableGate::Must) && kind.attach_type.exists(version)
    });
    let here =
        versions(|version| may.contains(&version) && gate::takes(&on(profile, version), section, kind));
    let target = kind.target.as_deref().filter(|_| here != may).map(|target| match since(&here) {
        Some(since) => format!(", at `{target}` {since}"),
        None => format!(", but not at `{target}`"),
    });
    let without = awake(profile, kind, section).map(|name| format!("; without sleeping: `SEC(\"{name}\")`"));
    Some(match since(&may) {
        Some(since) => format!(
            "programs of this type may sleep {since}{}{}",
            target.unwrap_or_default(),
            without.unwrap_or_default()
        ),
        None => format!(
            "programs of this type cannot sleep in any of the four kernels{}",
            without.unwrap_or_default()
        ),
    })
}

/// The section without `.s`, if this kernel takes it.
fn awake(profile: &Profile, kind: &ProgramKind, section: &str) -> Option<String> {
    let kind = ProgramKind { sleepable: false, ..kind.clone() };
    other_form(section, false).filter(|name| gate::takes(profile, name, &kind))
}

/// The target in other kernels, and its neighbours that sleepable programs can attach to.
pub fn sleepable_target(profile: &Profile, kind: &ProgramKind, section: &str) -> Vec<String> {
    let target = kind.target.as_deref().unwrap_or_default();
    let lsm = kind.prog_type == ProgType::LSM;
    let what = if lsm { "takes sleepable programs" } else { "can be traced by sleepable programs" };
    let there = since(&versions(|version| gate::takes(&on(profile, version), section, kind)));
    let mut lines: Vec<String> =
        there.map(|since| format!("`{target}` {what} {since}")).into_iter().collect();
    lines.extend(near_line(near(profile, kind)));
    if !lsm {
        lines.push(traced_asleep(profile));
    }
    lines.extend(
        awake(profile, kind, section).map(|section| format!("or do not sleep: `SEC(\"{section}\")`")),
    );
    lines
}

/// Which functions fmod_ret programs attach to.
pub fn modified(profile: &Profile) -> String {
    let marked = match (profile.config.function_error_injection(), profile.version) {
        (true, _) => "or a function that is marked for error injection, such as a system call",
        (false, KernelVersion::V7_2) => "or a system call (`__x64_sys_…`)",
        (false, _) => {
            "; this kernel marks no functions for error injection (CONFIG_FUNCTION_ERROR_INJECTION)"
        }
    };
    format!("fmod_ret needs an LSM hook (`security_…`) {marked}").replace(" ;", ";")
}

/// The kernels in which an LSM hook is open to programs, and its neighbours.
pub fn closed_hook(profile: &Profile, target: &str) -> Vec<String> {
    let open = |version| on(profile, version).lsm_hook(target).is_some_and(|hook| !hook.disabled);
    let line = |since| format!("programs can attach to `{target}` {since}");
    let lines: Vec<String> = since(&versions(open)).map(line).into_iter().collect();
    if lines.is_empty() { vec!["no program can attach to this hook".to_owned()] } else { lines }
}

/// Which functions sleepable fentry, fexit and fmod_ret programs attach to.
fn traced_asleep(profile: &Profile) -> String {
    let what = match (profile.config.function_error_injection(), profile.version) {
        (true, _) => "functions marked for error injection: system calls (`__x64_sys_…`) and a few more",
        (false, KernelVersion::V7_2) => "system calls (`__x64_sys_…`), and to what is marked for it",
        (false, _) => {
            "functions marked for error injection, system calls among them; this kernel is built without CONFIG_FUNCTION_ERROR_INJECTION, so \
             that hardly any is"
        }
    };
    format!("sleepable fentry, fexit and fmod_ret attach to {what}")
}

/// System calls and LSM hooks that share a word with a function: `vfs_unlink` has `__x64_sys_unlink` and `inode_unlink`.
fn near_functions(profile: &Profile, target: &str) -> Vec<String> {
    let words: Vec<&str> = target.split('_').filter(|word| word.len() > 3).collect();
    let syscalls = words.iter().rev().map(|word| format!("fentry.s/__x64_sys_{word}"));
    let taken = |name: &String| {
        Section::resolve(name).is_some_and(|section| gate::takes(profile, name, &section.kind()))
    };
    let last = words.last().copied().unwrap_or(target);
    let hooks = profile.lsm_hooks().filter(|hook| hook.sleepable && !hook.disabled).map(|hook| hook.name);
    let mut hooks: Vec<&str> = hooks.filter(|name| name.split('_').any(|word| word == last)).collect();
    hooks.sort_by_key(|name| (suggest::distance(name, target), *name));
    let hooks = hooks.into_iter().take(2).map(|name| format!("lsm.s/{name}"));
    syscalls.filter(taken).take(2).chain(hooks).collect()
}

/// The target in other kernels, and hooks of a similar name.
pub fn missing_target(profile: &Profile, kind: &ProgramKind, target: &str) -> Vec<String> {
    if kind.attach_type == AttachType::TRACE_ITER {
        let awake = ProgramKind { sleepable: false, ..kind.clone() };
        let iterator = |version| gate::takes(&on(profile, version), &format!("iter/{target}"), &awake);
        let there = since(&versions(iterator));
        return there.map(|since| format!("the iterator `{target}` is there {since}")).into_iter().collect();
    }
    if kind.prog_type != ProgType::LSM {
        return Vec::new();
    }
    let there = since(&versions(|version| on(profile, version).lsm_hook(target).is_some()));
    let mut lines: Vec<String> =
        there.map(|since| format!("`{target}` is a hook {since}")).into_iter().collect();
    if lines.is_empty() {
        let taken = |name: &&str| {
            let kind = ProgramKind { target: Some((*name).to_owned()), ..kind.clone() };
            gate::takes(profile, name, &kind)
        };
        let near = suggest::closest(target, profile.lsm_hooks().map(|hook| hook.name).filter(taken));
        lines.extend(near.map(|near| format!("did you mean `{near}`?")));
    }
    lines
}

/// Since when programs can stand in for the functions of a structure of the kernel.
pub fn structure(name: &str) -> Vec<String> {
    let there = since(&versions(|version| gate::takes_structure(version, name)));
    there
        .map(|since| format!("programs can be the functions of a `struct {name}` {since}"))
        .into_iter()
        .collect()
}

/// Since when there are such programs.
pub fn program_type(kind: &ProgramKind) -> Option<String> {
    let name = kind.prog_type.name()?;
    let there = versions(|version| kind.prog_type.exists(version));
    if there.len() < KernelVersion::ALL.len() {
        return since(&there).map(|since| format!("programs of type {name} exist {since}"));
    }
    let attach = kind.attach_type.name()?;
    let there = versions(|version| kind.attach_type.exists(version));
    let some = there.len() < KernelVersion::ALL.len();
    since(&there).filter(|_| some).map(|since| format!("programs of type {name} attach to {attach} {since}"))
}

/// Sections of hooks on the list of this kernel that begin with the same word, the most alike first.
fn near_hooks(profile: &Profile, target: &str) -> Vec<String> {
    let word = target.split('_').next().unwrap_or(target);
    let hooks = profile.lsm_hooks().filter(|hook| hook.sleepable && !hook.disabled).map(|hook| hook.name);
    let mut near: Vec<&'static str> =
        hooks.filter(|name| name.split('_').next() == Some(word) && *name != target).collect();
    near.sort_by_key(|name| (suggest::distance(name, target), *name));
    near.truncate(3);
    near.into_iter().map(|name| format!("lsm.s/{name}")).collect()
}

/// A map type and since when sleepable programs may use it.
pub fn map_type(row: &MapType) -> String {
    let may = versions(|version| row.sleepable_use(version) == SleepableUse::Allowed);
    match since(&may) {
        Some(since) => format!("a map of type {}, which sleepable programs can use {since}", row.name),
        None => format!(
            "a map of type {}, which sleepable programs cannot use in any of the four kernels",
            row.name
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_versions_are_said_in_words() {
        use KernelVersion as K;
        assert_eq!(since(&K::ALL).as_deref(), Some("in all four kernels"));
        assert_eq!(since(&[K::V6_12, K::V7_2]).as_deref(), Some("in 6.12 and later, not in 6.1"));
        assert_eq!(since(&[K::V6_1, K::V6_12]).as_deref(), Some("in 6.1 and 6.12, not in 7.2"));
        assert_eq!(
            since(&[K::V5_10, K::V6_1, K::V7_2]).as_deref(),
            Some("in 5.10, 6.1 and 7.2, not in 6.12")
        );
        assert_eq!(since(&[]), None);
    }

    #[test]
    fn near_hooks_share_the_first_word() {
        let near = near_hooks(&Profile::new(KernelVersion::V6_12), "file_free_security");
        assert!(!near.is_empty() && near.iter().all(|name| name.starts_with("lsm.s/file_")), "{near:?}");
    }
}

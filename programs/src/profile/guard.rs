//! Conditions of `*_func_proto` switches other than the program type.

use super::function_set::FunctionSet;
use super::kinds::{AttachType, ProgType, ProgramKind};
use super::{KernelVersion, Profile};

/// One condition; a row of the helper table holds when all of its guards do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guard {
    Sleepable(bool),
    Attach(AttachType, bool),
    Trampoline,
    TrampolineOrRawTp,
    RecursionChecked(bool),
    KprobeMulti(bool),
    UprobeMulti(bool),
    /// The attach type has a return value that the program can read or set (cgroup.c).
    SetsRetval,
    LockedSockoptHook,
    UnlockedSockoptHook,
    NotMember(&'static str),
    /// An iterator over these objects, whose registration has helpers of its own (`bpf_iter_get_func_proto`).
    Iterator(&'static str),
    /// A build option.
    Config(&'static str),
}

/// Parses a guard column: words separated by spaces, `-` for none.
pub(crate) fn parse(column: &'static str) -> Vec<Guard> {
    if column == "-" { Vec::new() } else { column.split(' ').map(parse_one).collect() }
}

fn parse_one(word: &'static str) -> Guard {
    let attach = |name: &str| AttachType::from_name(name).unwrap_or_else(|| panic!("attach type {name}"));
    if let Some(name) = word.strip_prefix("attach!=") {
        return Guard::Attach(attach(name), false);
    }
    if let Some(name) = word.strip_prefix("attach=") {
        return Guard::Attach(attach(name), true);
    }
    if let Some(name) = word.strip_prefix("member!=") {
        return Guard::NotMember(name);
    }
    if let Some(name) = word.strip_prefix("iterator=") {
        return Guard::Iterator(name);
    }
    if let Some(option) = word.strip_prefix("config=") {
        return Guard::Config(option);
    }
    match word {
        "sleepable" => Guard::Sleepable(true),
        "!sleepable" => Guard::Sleepable(false),
        "trampoline" => Guard::Trampoline,
        "trampoline_or_raw_tp" => Guard::TrampolineOrRawTp,
        "recursion_checked" => Guard::RecursionChecked(true),
        "!recursion_checked" => Guard::RecursionChecked(false),
        "kprobe_multi" => Guard::KprobeMulti(true),
        "!kprobe_multi" => Guard::KprobeMulti(false),
        "uprobe_multi" => Guard::UprobeMulti(true),
        "!uprobe_multi" => Guard::UprobeMulti(false),
        "sets_retval" => Guard::SetsRetval,
        "hook=locked_sockopt" => Guard::LockedSockoptHook,
        "hook=unlocked_sockopt" => Guard::UnlockedSockoptHook,
        other => panic!("guard `{other}`"),
    }
}

impl Guard {
    pub(crate) fn holds(self, profile: &Profile, kind: &ProgramKind) -> bool {
        let attach = kind.attach_type;
        let is = |types: [AttachType; 2]| types.contains(&attach);
        match self {
            Guard::Sleepable(want) => kind.sleepable == want,
            Guard::Config(option) => profile.config.holds(option),
            Guard::Attach(wanted, equal) => (attach == wanted) == equal,
            Guard::Trampoline => kind.has_trampoline(profile.version),
            Guard::TrampolineOrRawTp => {
                kind.has_trampoline(profile.version) || attach == AttachType::TRACE_RAW_TP
            }
            Guard::RecursionChecked(want) => kind.checks_recursion(profile) == want,
            Guard::KprobeMulti(want) => {
                is([AttachType::TRACE_KPROBE_MULTI, AttachType::TRACE_KPROBE_SESSION]) == want
            }
            Guard::UprobeMulti(want) => {
                is([AttachType::TRACE_UPROBE_MULTI, AttachType::TRACE_UPROBE_SESSION]) == want
            }
            Guard::SetsRetval => sets_retval(attach),
            Guard::LockedSockoptHook => hook(profile, kind).is_some_and(|hook| hook.locked_sockopt),
            Guard::UnlockedSockoptHook => hook(profile, kind).is_some_and(|hook| hook.unlocked_sockopt),
            Guard::Iterator(name) => attach == AttachType::TRACE_ITER && kind.target.as_deref() == Some(name),
            Guard::NotMember(member) => kind.target.as_deref() != Some(member),
        }
    }
}

fn hook(profile: &Profile, kind: &ProgramKind) -> Option<&'static super::lsm::LsmHook> {
    profile.lsm_hook(kind.target.as_deref()?)
}

/// cgroup.c:cgroup_current_func_proto: some attach points ignore the program's return value.
fn sets_retval(attach: AttachType) -> bool {
    const WITHOUT: [&str; 12] = [
        "BPF_CGROUP_INET_INGRESS",
        "BPF_CGROUP_INET_EGRESS",
        "BPF_CGROUP_SOCK_OPS",
        "BPF_CGROUP_UDP4_RECVMSG",
        "BPF_CGROUP_UDP6_RECVMSG",
        "BPF_CGROUP_UNIX_RECVMSG",
        "BPF_CGROUP_INET4_GETPEERNAME",
        "BPF_CGROUP_INET6_GETPEERNAME",
        "BPF_CGROUP_UNIX_GETPEERNAME",
        "BPF_CGROUP_INET4_GETSOCKNAME",
        "BPF_CGROUP_INET6_GETSOCKNAME",
        "BPF_CGROUP_UNIX_GETSOCKNAME",
    ];
    !attach.name().is_some_and(|name| WITHOUT.contains(&name))
}

impl super::helper::AllowedCheck {
    /// Whether the callback lets this program call the helper; else "helper call is not allowed in probe".
    pub fn passes(self, profile: &Profile, kind: &ProgramKind) -> bool {
        use super::helper::AllowedCheck as Check;
        let target = kind.target.as_deref().unwrap_or_default();
        let sleepable_hook =
            || kind.prog_type == ProgType::LSM && profile.lsm_hook(target).is_some_and(|hook| hook.sleepable);
        match self {
            Check::ImaHash => sleepable_hook(),
            Check::DPath => {
                let newer = profile.version != KernelVersion::V5_10;
                if newer && kind.prog_type == ProgType::LSM {
                    return sleepable_hook();
                }
                let iterator =
                    kind.prog_type == ProgType::TRACING && kind.attach_type == AttachType::TRACE_ITER;
                (newer && iterator) || profile.function_set(FunctionSet::DPath, target).is_some()
            }
            Check::SkStorageTracing => match kind.attach_type {
                AttachType::TRACE_ITER | AttachType::TRACE_RAW_TP => true,
                AttachType::TRACE_FENTRY | AttachType::TRACE_FEXIT | AttachType::TRACE_FSESSION => {
                    !target.starts_with("bpf_sk_storage")
                }
                _ => false,
            },
        }
    }
}

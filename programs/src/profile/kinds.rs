//! Program types and expected attach types: numbers of the user interface, names, and where they exist.
//!
//! Both are open numbers, not enums: a loader may pass any value and the kernel answers with an error.

use std::fmt;
use std::sync::LazyLock;

use super::table::{self, Versions};
use super::{KernelVersion, Profile};

struct ProgRow {
    name: &'static str,
    versions: Versions,
    /// Kfunc hook in 6.1, 6.12, 7.2.
    hooks: [&'static str; 3],
}

static PROG_TYPES: LazyLock<Vec<ProgRow>> = LazyLock::new(|| {
    let rows = table::rows(include_str!("data/prog_types.tsv"), &[6]).into_iter().enumerate();
    let row = |(number, c): (usize, Vec<&'static str>)| {
        assert_eq!(c[0].parse(), Ok(number), "prog_types.tsv is in the order of the enum");
        ProgRow { name: c[1], versions: Versions::parse(c[2]), hooks: [c[3], c[4], c[5]] }
    };
    rows.map(row).collect()
});

/// `enum bpf_prog_type`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProgType(pub u32);

macro_rules! prog_types {
    ($($name:ident = $value:expr;)*) => {
        impl ProgType { $(#[doc = concat!("`BPF_PROG_TYPE_", stringify!($name), "`")] pub const $name: ProgType = ProgType($value);)* }
    };
}

prog_types! {
    SOCKET_FILTER = 1; KPROBE = 2; SCHED_CLS = 3; SCHED_ACT = 4; TRACEPOINT = 5; XDP = 6; PERF_EVENT = 7;
    CGROUP_SKB = 8; CGROUP_SOCK = 9; LWT_IN = 10; LWT_OUT = 11; LWT_XMIT = 12; SOCK_OPS = 13; SK_SKB = 14;
    CGROUP_DEVICE = 15; SK_MSG = 16; RAW_TRACEPOINT = 17; CGROUP_SOCK_ADDR = 18; LWT_SEG6LOCAL = 19;
    LIRC_MODE2 = 20; SK_REUSEPORT = 21; FLOW_DISSECTOR = 22; CGROUP_SYSCTL = 23;
    RAW_TRACEPOINT_WRITABLE = 24; CGROUP_SOCKOPT = 25; TRACING = 26; STRUCT_OPS = 27; EXT = 28; LSM = 29;
    SK_LOOKUP = 30; SYSCALL = 31; NETFILTER = 32;
}

impl ProgType {
    fn row(self) -> Option<&'static ProgRow> {
        PROG_TYPES.get(self.0 as usize)
    }

    /// Name without `BPF_PROG_TYPE_`, e.g. `"LSM"`.
    pub fn name(self) -> Option<&'static str> {
        self.row().map(|row| row.name)
    }

    /// The type with this name (without `BPF_PROG_TYPE_`).
    pub fn from_name(name: &str) -> Option<ProgType> {
        PROG_TYPES.iter().position(|row| row.name == name).map(|number| ProgType(number as u32))
    }

    /// Whether a kernel of this version has the type (`UNSPEC` never counts).
    pub fn exists(self, version: KernelVersion) -> bool {
        self.0 != 0 && self.row().is_some_and(|row| row.versions.contains(version))
    }

    /// The kfunc registration hook of programs of this type (btf.c:bpf_prog_type_to_kfunc_hook).
    pub(crate) fn kfunc_hook(self, version: KernelVersion) -> Option<&'static str> {
        let column = version.index().checked_sub(1)?;
        table::optional(self.row()?.hooks[column])
    }

    /// Types that may run in any context, NMI included (verifier.c:is_tracing_prog_type).
    pub fn is_tracing_context(self, version: KernelVersion) -> bool {
        let common = [Self::KPROBE, Self::TRACEPOINT, Self::PERF_EVENT, Self::RAW_TRACEPOINT];
        common.contains(&self) || (self == Self::RAW_TRACEPOINT_WRITABLE && version != KernelVersion::V5_10)
    }
}

impl fmt::Display for ProgType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.pad(name),
            None => write!(f, "{}", self.0),
        }
    }
}

impl fmt::Debug for ProgType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

static ATTACH_TYPES: LazyLock<Vec<(&'static str, Versions)>> = LazyLock::new(|| {
    let rows = table::rows(include_str!("data/attach_types.tsv"), &[3]).into_iter().enumerate();
    let row = |(number, c): (usize, Vec<&'static str>)| {
        assert_eq!(c[0].parse(), Ok(number), "attach_types.tsv is in the order of the enum");
        (c[1], Versions::parse(c[2]))
    };
    rows.map(row).collect()
});

/// `enum bpf_attach_type`, as a program's expected attach type. Zero is both "none" and `BPF_CGROUP_INET_INGRESS`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttachType(pub u32);

macro_rules! attach_types {
    ($($name:ident = $value:expr;)*) => {
        impl AttachType { $(#[doc = concat!("`BPF_", stringify!($name), "`")] pub const $name: AttachType = AttachType($value);)* }
    };
}

attach_types! {
    NONE = 0; CGROUP_INET_INGRESS = 0; CGROUP_INET_EGRESS = 1; CGROUP_INET_SOCK_CREATE = 2;
    CGROUP_SOCK_OPS = 3; SK_SKB_STREAM_PARSER = 4; SK_SKB_STREAM_VERDICT = 5; CGROUP_DEVICE = 6;
    SK_MSG_VERDICT = 7; CGROUP_INET4_BIND = 8; CGROUP_INET6_BIND = 9; CGROUP_INET4_CONNECT = 10;
    CGROUP_INET6_CONNECT = 11; CGROUP_INET4_POST_BIND = 12; CGROUP_INET6_POST_BIND = 13;
    CGROUP_UDP4_SENDMSG = 14; CGROUP_UDP6_SENDMSG = 15; LIRC_MODE2 = 16; FLOW_DISSECTOR = 17;
    CGROUP_SYSCTL = 18; CGROUP_UDP4_RECVMSG = 19; CGROUP_UDP6_RECVMSG = 20; CGROUP_GETSOCKOPT = 21;
    CGROUP_SETSOCKOPT = 22; TRACE_RAW_TP = 23; TRACE_FENTRY = 24; TRACE_FEXIT = 25; MODIFY_RETURN = 26;
    LSM_MAC = 27; TRACE_ITER = 28; CGROUP_INET4_GETPEERNAME = 29; CGROUP_INET6_GETPEERNAME = 30;
    CGROUP_INET4_GETSOCKNAME = 31; CGROUP_INET6_GETSOCKNAME = 32; XDP_DEVMAP = 33;
    CGROUP_INET_SOCK_RELEASE = 34; XDP_CPUMAP = 35; SK_LOOKUP = 36; XDP = 37; SK_SKB_VERDICT = 38;
    SK_REUSEPORT_SELECT = 39; SK_REUSEPORT_SELECT_OR_MIGRATE = 40; PERF_EVENT = 41; TRACE_KPROBE_MULTI = 42;
    LSM_CGROUP = 43; STRUCT_OPS = 44; NETFILTER = 45; TCX_INGRESS = 46; TCX_EGRESS = 47;
    TRACE_UPROBE_MULTI = 48; CGROUP_UNIX_CONNECT = 49; CGROUP_UNIX_SENDMSG = 50; CGROUP_UNIX_RECVMSG = 51;
    CGROUP_UNIX_GETPEERNAME = 52; CGROUP_UNIX_GETSOCKNAME = 53; NETKIT_PRIMARY = 54; NETKIT_PEER = 55;
    TRACE_KPROBE_SESSION = 56; TRACE_UPROBE_SESSION = 57; TRACE_FSESSION = 58; TRACE_FENTRY_MULTI = 59;
    TRACE_FEXIT_MULTI = 60; TRACE_FSESSION_MULTI = 61;
}

impl AttachType {
    /// Full name, e.g. `"BPF_LSM_MAC"`.
    pub fn name(self) -> Option<&'static str> {
        ATTACH_TYPES.get(self.0 as usize).map(|(name, _)| *name)
    }

    /// The attach type with this full name.
    pub fn from_name(name: &str) -> Option<AttachType> {
        ATTACH_TYPES.iter().position(|(n, _)| *n == name).map(|number| AttachType(number as u32))
    }

    /// Whether a kernel of this version has the value.
    pub fn exists(self, version: KernelVersion) -> bool {
        ATTACH_TYPES.get(self.0 as usize).is_some_and(|(_, versions)| versions.contains(version))
    }
}

impl fmt::Debug for AttachType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.pad(name),
            None => write!(f, "{}", self.0),
        }
    }
}

/// What a program is, as far as the kernel's type switches look at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramKind {
    /// `bpf_attr.prog_type`.
    pub prog_type: ProgType,
    /// `bpf_attr.expected_attach_type`.
    pub attach_type: AttachType,
    /// `BPF_F_SLEEPABLE` was given.
    pub sleepable: bool,
    /// What it attaches to: LSM hook without `bpf_lsm_`, function, tracepoint, iterator, struct_ops member.
    pub target: Option<String>,
    /// For `STRUCT_OPS`: the kernel structure, e.g. `"tcp_congestion_ops"`.
    pub struct_ops: Option<String>,
}

impl ProgramKind {
    /// Whether it is entered through a trampoline image (`include/linux/bpf_verifier.h:bpf_prog_has_trampoline`).
    pub fn has_trampoline(&self, version: KernelVersion) -> bool {
        use AttachType as A;
        let old = [A::TRACE_FENTRY, A::TRACE_FEXIT, A::MODIFY_RETURN];
        let new = [A::TRACE_FSESSION, A::TRACE_FENTRY_MULTI, A::TRACE_FEXIT_MULTI, A::TRACE_FSESSION_MULTI];
        match self.prog_type {
            ProgType::TRACING => {
                old.contains(&self.attach_type)
                    || (version == KernelVersion::V7_2 && new.contains(&self.attach_type))
            }
            ProgType::LSM => self.attach_type == A::LSM_MAC,
            _ => false,
        }
    }

    /// Whether entering the program counts recursion (`include/linux/bpf_verifier.h:bpf_prog_check_recur`).
    /// `STRUCT_OPS` counts as no: it does so only with private stacks (7.2).
    pub fn checks_recursion(&self, profile: &Profile) -> bool {
        match self.prog_type {
            ProgType::TRACING => self.attach_type != AttachType::TRACE_ITER,
            ProgType::STRUCT_OPS | ProgType::LSM => false,
            ProgType::SYSCALL => profile.version != KernelVersion::V7_2,
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_agree_with_the_tables() {
        assert_eq!(ProgType::LSM.name(), Some("LSM"));
        assert_eq!(ProgType::from_name("NETFILTER"), Some(ProgType::NETFILTER));
        assert!(!ProgType::SYSCALL.exists(KernelVersion::V5_10) && !ProgType(33).exists(KernelVersion::V7_2));
        assert_eq!(AttachType::TRACE_FSESSION.name(), Some("BPF_TRACE_FSESSION"));
        assert_eq!(AttachType::from_name("BPF_LSM_CGROUP"), Some(AttachType::LSM_CGROUP));
        assert!(!AttachType::LSM_CGROUP.exists(KernelVersion::V5_10));
    }

    #[test]
    fn lsm_programs_use_the_kfuncs_of_tracing() {
        assert_eq!(ProgType::LSM.kfunc_hook(KernelVersion::V6_1), Some("TRACING"));
        assert_eq!(ProgType::TRACEPOINT.kfunc_hook(KernelVersion::V6_1), None);
        assert_eq!(ProgType::TRACING.kfunc_hook(KernelVersion::V5_10), None);
    }
}

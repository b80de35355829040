//! Program contexts: which fields a program type may read and write, and what they give.
//!
//! Key items: [`Structure`], `context_access`. Neighbours: `memory` sends accesses through the context here, `btf_args` has the contexts
//! that are arguments of kernel functions. Fields are rows of `profile/data/context_fields.tsv`. Modelled after the `is_valid_access`
//! functions of net/core/filter.c, kernel/trace/bpf_trace.c, kernel/bpf/cgroup.c and kernel/bpf/syscall.c.

use std::sync::LazyLock;

use sim::errno::Errno;

use super::helper::memory::translates_context;
use super::memory::Access;
use super::names::type_name;
use super::reg::{BtfSource, Flags, Kind, Reg};
use super::stop::{Checked, Stop, no_access, not_modelled};
use super::verify::Verifier;
use crate::btf::Kind as BtfKind;
use crate::gate::{Rejection, Stage};
use crate::isa::Op;
use crate::profile::{AttachType, KernelVersion, ProgType, ProgramKind, table};

/// Bytes of `struct pt_regs` on x86-64.
const PT_REGS: i64 = 168;
/// Bytes of `struct __sk_buff` in 5.10, without what fills it up to its alignment.
const SKB_5_10: i64 = 180;
/// `PERF_MAX_TRACE_SIZE`.
const TRACE_BYTES: i64 = 8192;
/// Arguments of a raw tracepoint, 8 bytes each (`MAX_BPF_FUNC_ARGS`).
const RAW_TP_BYTES: i64 = 96;

struct Field {
    structure: &'static str,
    versions: table::Versions,
    name: &'static str,
    from: i64,
    to: i64,
    read: &'static str,
    write: &'static str,
    gives: Option<&'static str>,
}

static FIELDS: LazyLock<Vec<Field>> = LazyLock::new(|| {
    let row = |c: Vec<&'static str>| Field {
        structure: c[0],
        versions: table::Versions::parse(c[1]),
        name: c[2],
        from: c[3].parse().expect("first byte"),
        to: c[4].parse().expect("last byte"),
        read: c[5],
        write: c[6],
        gives: table::optional(c[7]),
    };
    table::rows(include_str!("../profile/data/context_fields.tsv"), &[8]).into_iter().map(row).collect()
});

/// Fields that a type of socket buffer program does not see, and those it may write.
struct SkbView {
    types: &'static [ProgType],
    hidden: &'static [&'static str],
    writable: &'static [&'static str],
}

const SOCKET_FIELDS: [&str; 7] =
    ["family", "remote_ip4", "local_ip4", "remote_ip6", "local_ip6", "remote_port", "local_port"];

const SKB_VIEWS: [SkbView; 5] = [
    SkbView {
        types: &[ProgType::SOCKET_FILTER],
        hidden: &["tc_classid", "data", "data_meta", "data_end", "socket", "tstamp", "wire_len", "hwtstamp"],
        writable: &["cb"],
    },
    SkbView {
        types: &[ProgType::CGROUP_SKB],
        hidden: &["tc_classid", "data_meta", "wire_len"],
        writable: &["mark", "priority", "cb", "tstamp"],
    },
    SkbView {
        types: &[ProgType::LWT_IN, ProgType::LWT_OUT, ProgType::LWT_XMIT, ProgType::LWT_SEG6LOCAL],
        hidden: &["tc_classid", "socket", "data_meta", "tstamp", "wire_len", "hwtstamp"],
        writable: &["mark", "priority", "cb"],
    },
    SkbView {
        types: &[ProgType::SCHED_CLS, ProgType::SCHED_ACT],
        hidden: &["socket"],
        writable: &["mark", "tc_index", "priority", "tc_classid", "cb", "tstamp", "queue_mapping"],
    },
    SkbView {
        types: &[ProgType::SK_SKB],
        hidden: &["tc_classid", "data_meta", "tstamp", "wire_len", "hwtstamp", "mark"],
        writable: &["tc_index", "priority"],
    },
];

/// Contexts with rows of their own.
const STRUCTURES: [(ProgType, &str); 14] = [
    (ProgType::XDP, "xdp"),
    (ProgType::CGROUP_SOCK, "sock"),
    (ProgType::CGROUP_SOCK_ADDR, "sock_addr"),
    (ProgType::SOCK_OPS, "sock_ops"),
    (ProgType::SK_MSG, "sk_msg"),
    (ProgType::FLOW_DISSECTOR, "flow_dissector"),
    (ProgType::SK_LOOKUP, "sk_lookup"),
    (ProgType::PERF_EVENT, "perf_event"),
    (ProgType::CGROUP_DEVICE, "cgroup_dev"),
    (ProgType::CGROUP_SYSCTL, "sysctl"),
    (ProgType::CGROUP_SOCKOPT, "sockopt"),
    (ProgType::SK_REUSEPORT, "sk_reuseport"),
    (ProgType::NETFILTER, "netfilter"),
    (ProgType::LIRC_MODE2, "lirc_mode2"),
];

impl Verifier<'_> {
    /// `check_ctx_access`, with what is checked before it.
    pub(super) fn context_access(&mut self, a: &Access, reg: &Reg, off: i64) -> Checked<Option<Reg>> {
        let syscall = self.input.kind.prog_type == ProgType::SYSCALL;
        let off =
            if syscall { self.variable_context(a, reg, off)? } else { self.fixed_context(a, reg, off)? };
        let prog_type = self.input.kind.prog_type;
        if self.has_btf_arguments() {
            return self.argument_access(a, off);
        }
        let late = self.version() == KernelVersion::V7_2;
        let given = match prog_type {
            // 7.2: a program on a function may change the registers it goes on with.
            ProgType::KPROBE => plain(off, a, PT_REGS, (!a.write || late) && off + a.size <= PT_REGS),
            ProgType::TRACEPOINT => plain(off, a, TRACE_BYTES, !a.write && off >= 8),
            ProgType::RAW_TRACEPOINT => plain(off, a, RAW_TP_BYTES, !a.write),
            ProgType::RAW_TRACEPOINT_WRITABLE => {
                plain(off, a, RAW_TP_BYTES, !a.write && (off != 0 || a.size == 8))
            }
            ProgType::SYSCALL => plain(off, a, i64::from(u16::MAX), true),
            ProgType::EXT => return not_modelled("the context of the program that an extension replaces"),
            _ => None,
        };
        if prog_type == ProgType::RAW_TRACEPOINT_WRITABLE && off == 0 && given.is_some() {
            return Ok(Some(self.given("TP_BUFFER")));
        }
        if given.is_some() {
            return Ok(None);
        }
        let found = self.field_at(a, off);
        // 5.10 allows the bytes behind `gso_size` at first, and then does not know what to load for them.
        if found.is_some() && self.version() == KernelVersion::V5_10 && self.is_skb() && off >= SKB_5_10 {
            self.cannot_translate();
        }
        match found {
            Some(gives) => Ok(gives.map(|gives| self.given(gives))),
            None => no_access(format!("invalid bpf_context access off={off} size={}", a.size)),
        }
    }

    /// The context may not be moved; in 7.2 it may where the kernel does not rewrite accesses.
    fn fixed_context(&self, a: &Access, reg: &Reg, off: i64) -> Checked<i64> {
        let name = type_name(self.version(), reg);
        let late = self.version() == KernelVersion::V7_2;
        let known = reg.num.known();
        if late {
            let number = self.print_number(reg.num.var_off());
            let Some(known) = known.map(|known| known as i64) else {
                return no_access(format!("variable {name} access var_off={number} disallowed"));
            };
            if known < 0 {
                let text = format!("negative offset {name} ptr R{} off={known} disallowed", a.base);
                return no_access(text);
            }
            if known != 0 && translates_context(self.input.kind.prog_type) {
                let text = format!("dereference of modified {name} ptr R{} off={known} disallowed", a.base);
                return no_access(text);
            }
            return Ok(known + off);
        }
        if reg.off < 0 && self.version() >= KernelVersion::V6_1 {
            let text = format!("negative offset {name} ptr R{} off={} disallowed", a.base, reg.off);
            return no_access(text);
        }
        if reg.off != 0 {
            return no_access(format!(
                "dereference of modified {name} ptr R{} off={} disallowed",
                a.base, reg.off
            ));
        }
        if known != Some(0) {
            let number = self.print_number(reg.num.var_off());
            return no_access(format!("variable {name} access var_off={number} disallowed"));
        }
        Ok(off)
    }

    /// A pointer must be where it was (`check_ptr_off_reg`; 5.10: `check_ctx_reg`).
    pub(super) fn check_pointer_offset(&self, regno: u8) -> Checked {
        self.pointer_offset(regno, false)
    }

    /// As [`Self::check_pointer_offset`]; `fixed_ok`: it may have been moved by a constant.
    pub(super) fn pointer_offset(&self, regno: u8, fixed_ok: bool) -> Checked {
        let reg = *self.reg(regno);
        let name = type_name(self.version(), &reg);
        let early = self.version() == KernelVersion::V5_10;
        let late = self.version() == KernelVersion::V7_2;
        let known = reg.num.known();
        let number = || self.print_number(reg.num.var_off());
        if late && known.is_none() {
            return no_access(format!("variable {name} access var_off={} disallowed", number()));
        }
        let off = if late { known.map_or(0, |known| known as i64) } else { i64::from(reg.off) };
        if off < 0 && !early {
            return no_access(format!("negative offset {name} ptr R{regno} off={off} disallowed"));
        }
        if off != 0 && !fixed_ok {
            return no_access(format!("dereference of modified {name} ptr R{regno} off={off} disallowed"));
        }
        if !late && known != Some(0) {
            return no_access(format!("variable {name} access var_off={} disallowed", number()));
        }
        Ok(())
    }

    /// Whether this type of program may write to packets (`may_access_direct_pkt_data` with `BPF_WRITE`).
    pub(super) fn may_write_packet(&self) -> bool {
        use ProgType as T;
        let kind = self.input.kind.prog_type;
        let socket_options = kind == T::CGROUP_SOCKOPT;
        [T::SCHED_CLS, T::SCHED_ACT, T::XDP, T::LWT_XMIT, T::SK_SKB, T::SK_MSG].contains(&kind)
            || socket_options
    }

    fn variable_context(&mut self, a: &Access, reg: &Reg, off: i64) -> Checked<i64> {
        if self.version() < KernelVersion::V7_2 {
            return self.fixed_context(a, reg, off);
        }
        self.region(a.base, off, a.size, u32::from(u16::MAX), false)?;
        Ok(off + reg.num.umax() as i64)
    }

    /// An access that is allowed at first; [`Verifier::check_translations`] refuses it when all paths were followed.
    fn cannot_translate(&self) {
        let (first, here) = (self.untranslated.get(), self.path.insn);
        self.untranslated.set(Some(first.map_or(here, |first| first.min(here))));
    }

    /// What the kernel says of the first access that it does not know how to translate (`convert_ctx_accesses`).
    pub(super) fn check_translations(&self) -> Checked {
        let Some(insn) = self.untranslated.get() else { return Ok(()) };
        let (errno, message) = match self.version() {
            KernelVersion::V7_2 => (Errno::EFAULT, "verifier bug: error during ctx access conversion (0)"),
            _ => (Errno::EINVAL, "bpf verifier is misconfigured"),
        };
        let message = message.into();
        Err(Stop::Refused(Rejection { errno, message, insn: Some(insn), stage: Stage::Instructions }))
    }

    fn is_skb(&self) -> bool {
        SKB_VIEWS.iter().any(|view| view.types.contains(&self.input.kind.prog_type))
    }

    fn field_at(&self, a: &Access, off: i64) -> Option<Option<&'static str>> {
        let prog_type = self.input.kind.prog_type;
        if let Some(view) = SKB_VIEWS.iter().find(|view| view.types.contains(&prog_type)) {
            return self.skb_field(view, a, off);
        }
        let structure = STRUCTURES.iter().find(|row| row.0 == prog_type)?.1;
        let field = find(self.version(), structure, a, off).filter(|field| self.may_extend(field))?;
        let attach = self.input.kind.attach_type;
        (guarded(structure, field.name, attach, a.write)).then_some(field.gives.filter(|_| !a.write))
    }

    fn skb_field(&self, view: &SkbView, a: &Access, off: i64) -> Option<Option<&'static str>> {
        let tc = view.types.contains(&ProgType::SCHED_CLS);
        let stamp_type = tc && off == 180 && self.version() >= KernelVersion::V6_1 && !a.write;
        if stamp_type {
            return (a.size == 1).then_some(None);
        }
        let field = find(self.version(), "skb", a, off).filter(|field| self.may_extend(field))?;
        let hidden = view.hidden.contains(&field.name)
            || (view.hidden.contains(&"socket") && SOCKET_FIELDS.contains(&field.name));
        if hidden || (a.write && !view.writable.contains(&field.name)) {
            return None;
        }
        Some(field.gives.filter(|_| !a.write))
    }

    /// Fields that hold packet pointers are not loaded with sign extension (6.12 on, as are such loads).
    fn may_extend(&self, field: &Field) -> bool {
        let signed = matches!(self.program.ops[self.path.insn], Some(Op::Load { signed: true, .. }));
        !(signed && field.read.starts_with('x'))
    }

    /// A register of the type that a field gives.
    fn given(&mut self, gives: &str) -> Reg {
        let numbers = self.numbers;
        if let Some(name) = gives.strip_prefix("TRUSTED ") {
            let found = self.facts.kernel.find_by_name_kind(name, BtfKind::Struct);
            let id = found.map_or(0, |ty| ty.id().0);
            return Reg::pointer(Kind::Btf { btf: BtfSource::Kernel, id }, Flags::TRUSTED, numbers);
        }
        let (kind, null) = match gives {
            "PACKET" => (Kind::Packet { range: 0 }, false),
            "PACKET_META" => (Kind::PacketMeta { range: 0 }, false),
            "PACKET_END" => (Kind::PacketEnd, false),
            "FLOW_KEYS" => (Kind::FlowKeys, false),
            "SOCKET" => (Kind::Socket, false),
            "SOCKET_OR_NULL" => (Kind::Socket, true),
            "SOCK_COMMON_OR_NULL" => (Kind::SockCommon, true),
            "TP_BUFFER" => (Kind::TpBuffer, false),
            other => unreachable!("context_fields.tsv gives {other}"),
        };
        let mut reg = Reg::pointer(kind, if null { Flags::MAYBE_NULL } else { Flags::NONE }, numbers);
        if null {
            reg.id = self.new_id();
        }
        reg
    }

    /// A load through a socket pointer (`check_sock_access`).
    pub(super) fn socket_access(&mut self, reg: &Reg, regno: u8, off: i64, size: i64) -> Checked {
        if reg.num.smin() < 0 {
            return no_access(format!(
                "R{regno} min value is negative, either use unsigned index or do a if (index >=0) check."
            ));
        }
        let structure = match reg.kind {
            Kind::TcpSock => "tcp_sock",
            Kind::XdpSock => "xdp_sock",
            _ => "sock",
        };
        let read = Access {
            base: regno,
            off,
            size,
            write: false,
            value: None,
            stored: super::stack::Stored::Unknown,
        };
        let field = find(self.version(), structure, &read, off);
        let private = reg.kind == Kind::SockCommon && (8..24).contains(&off);
        if field.is_some_and(|field| field.name.ends_with("_high")) {
            self.cannot_translate();
        }
        if field.is_some() && !private {
            return Ok(());
        }
        let name = type_name(self.version(), reg);
        no_access(format!("R{regno} invalid {name} access off={off} size={size}"))
    }
}

fn plain(off: i64, a: &Access, limit: i64, allowed: bool) -> Option<()> {
    (allowed && off >= 0 && off < limit && off % a.size == 0).then_some(())
}

/// The row for an access, if its size and alignment fit.
fn find(version: KernelVersion, structure: &str, a: &Access, off: i64) -> Option<&'static Field> {
    if off % a.size != 0 {
        return None;
    }
    let around = |field: &&Field| {
        field.structure == structure
            && field.versions.contains(version)
            && (field.from..field.to).contains(&off)
            && fits(field, if a.write { field.write } else { field.read }, off, a.size)
    };
    FIELDS.iter().find(around)
}

fn fits(field: &Field, rule: &str, off: i64, size: i64) -> bool {
    let number = || rule[1..].parse::<i64>().unwrap_or(0);
    let wide = size == 8 && off + size <= field.to;
    match rule.as_bytes()[0] {
        b'=' | b'x' => size == number(),
        b'n' => size <= number(),
        b's' => size <= number() && off == field.from,
        b'h' => (2..=number()).contains(&size),
        b'i' => off + size <= field.to,
        b'w' => size <= number() || wide,
        b'v' => size == number() || wide,
        _ => false,
    }
}

/// Fields that only some attach types see.
fn guarded(structure: &str, field: &str, attach: AttachType, write: bool) -> bool {
    use AttachType as A;
    let one_of = |allowed: &[A]| allowed.contains(&attach);
    match (structure, field) {
        ("xdp", "egress_ifindex") => one_of(&[A::XDP_DEVMAP]),
        ("sock", "bound_dev_if" | "mark" | "priority") => {
            one_of(&[A::CGROUP_INET_SOCK_CREATE, A::CGROUP_INET_SOCK_RELEASE])
        }
        ("sock", "src_ip4") => one_of(&[A::CGROUP_INET4_POST_BIND]),
        ("sock", "src_ip6") => one_of(&[A::CGROUP_INET6_POST_BIND]),
        ("sock", "src_port") => one_of(&[A::CGROUP_INET4_POST_BIND, A::CGROUP_INET6_POST_BIND]),
        ("sock_addr", "user_ip4") => one_of(&[
            A::CGROUP_INET4_BIND,
            A::CGROUP_INET4_CONNECT,
            A::CGROUP_INET4_GETPEERNAME,
            A::CGROUP_INET4_GETSOCKNAME,
            A::CGROUP_UDP4_SENDMSG,
            A::CGROUP_UDP4_RECVMSG,
        ]),
        ("sock_addr", "user_ip6") => one_of(&[
            A::CGROUP_INET6_BIND,
            A::CGROUP_INET6_CONNECT,
            A::CGROUP_INET6_GETPEERNAME,
            A::CGROUP_INET6_GETSOCKNAME,
            A::CGROUP_UDP6_SENDMSG,
            A::CGROUP_UDP6_RECVMSG,
        ]),
        ("sock_addr", "msg_src_ip4") => one_of(&[A::CGROUP_UDP4_SENDMSG]),
        ("sock_addr", "msg_src_ip6") => one_of(&[A::CGROUP_UDP6_SENDMSG]),
        ("sockopt", "retval") => one_of(&[A::CGROUP_GETSOCKOPT]),
        ("sockopt", "level" | "optname") => !write || one_of(&[A::CGROUP_SETSOCKOPT]),
        _ => true,
    }
}

/// A field of a program's context, for who explains refusals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContextField {
    pub name: &'static str,
    /// First byte, and the one behind the last.
    pub bytes: (i64, i64),
    /// Programs of this kind may read it, in some size.
    pub read: bool,
    /// Programs of this kind may write it, in some size.
    pub write: bool,
}

/// The fields of the context of programs of this kind; none for contexts that are no structure of fields, such as registers or arguments.
pub fn context_fields(version: KernelVersion, kind: &ProgramKind) -> Vec<ContextField> {
    let view = SKB_VIEWS.iter().find(|view| view.types.contains(&kind.prog_type));
    let own = STRUCTURES.iter().find(|row| row.0 == kind.prog_type).map(|row| row.1);
    let Some(structure) = view.map(|_| "skb").or(own) else { return Vec::new() };
    let open = |field: &Field, write: bool| match view {
        Some(view) => {
            let socket = view.hidden.contains(&"socket") && SOCKET_FIELDS.contains(&field.name);
            let hidden = socket || view.hidden.contains(&field.name);
            !hidden && (!write || view.writable.contains(&field.name))
        }
        None => guarded(structure, field.name, kind.attach_type, write),
    };
    let rows = FIELDS.iter().filter(|field| field.structure == structure && field.versions.contains(version));
    rows.map(|field| ContextField {
        name: field.name,
        bytes: (field.from, field.to),
        read: field.read != "-" && open(field, false),
        write: field.write != "-" && open(field, true),
    })
    .collect()
}

//! Names of register types as the kernels print them.
//!
//! Key item: [`type_name`]. Modelled after kernel/bpf/log.c:reg_type_str (6.12, 7.2) and kernel/bpf/verifier.c (5.10, 6.1).

use super::reg::{Flags, Kind, Reg};
use crate::profile::KernelVersion;

/// `reg_type_str(env, reg->type)`.
pub fn type_name(version: KernelVersion, reg: &Reg) -> String {
    type_name_of(version, reg.kind, reg.flags)
}

/// As [`type_name`], of a type alone.
pub fn type_name_of(version: KernelVersion, kind: Kind, flags: Flags) -> String {
    let null = match (flags.has(Flags::MAYBE_NULL), kind) {
        (false, _) => "",
        (true, Kind::Btf { .. }) => "or_null_",
        (true, _) => "_or_null",
    };
    format!("{}{}{null}", prefix(version, kind, flags), base_name(version, kind))
}

/// Modifiers in print order.
const PREFIXES: [(Flags, &str); 7] = [
    (Flags::RDONLY, "rdonly_"),
    (Flags::RINGBUF, "ringbuf_"),
    (Flags::USER, "user_"),
    (Flags::PERCPU, "percpu_"),
    (Flags::RCU, "rcu_"),
    (Flags::UNTRUSTED, "untrusted_"),
    (Flags::TRUSTED, "trusted_"),
];

/// 6.1 prints the last one that applies, and calls ring buffer memory `alloc_`.
const PREFIXES_6_1: [(Flags, &str); 5] = [
    (Flags::RDONLY, "rdonly_"),
    (Flags::RINGBUF, "alloc_"),
    (Flags::USER, "user_"),
    (Flags::PERCPU, "percpu_"),
    (Flags::UNTRUSTED, "untrusted_"),
];

fn prefix(version: KernelVersion, kind: Kind, flags: Flags) -> String {
    let applies = |row: &&(Flags, &str)| flags.has(row.0);
    match version {
        KernelVersion::V5_10 => match kind {
            Kind::Buf if flags.has(Flags::RDONLY) => "rdonly_".into(),
            Kind::Buf => "rdwr_".into(),
            Kind::Btf { .. } if flags.has(Flags::PERCPU) => "percpu_".into(),
            _ => String::new(),
        },
        KernelVersion::V6_1 => PREFIXES_6_1.iter().rfind(applies).map_or("", |row| row.1).into(),
        _ => PREFIXES.iter().filter(applies).map(|row| row.1).collect(),
    }
}

fn base_name(version: KernelVersion, kind: Kind) -> &'static str {
    match kind {
        Kind::NotInit => "?",
        Kind::Scalar if version == KernelVersion::V5_10 => "inv",
        Kind::Scalar => "scalar",
        Kind::Ctx => "ctx",
        Kind::MapPtr { .. } => "map_ptr",
        Kind::MapValue { .. } => "map_value",
        Kind::MapKey { .. } => "map_key",
        Kind::Stack { .. } => "fp",
        Kind::Packet { .. } => "pkt",
        Kind::PacketMeta { .. } => "pkt_meta",
        Kind::PacketEnd => "pkt_end",
        Kind::FlowKeys => "flow_keys",
        Kind::Socket => "sock",
        Kind::SockCommon => "sock_common",
        Kind::TcpSock => "tcp_sock",
        Kind::XdpSock => "xdp_sock",
        Kind::TpBuffer => "tp_buffer",
        Kind::Btf { .. } => "ptr_",
        Kind::Mem { .. } => "mem",
        Kind::Buf => "buf",
        Kind::Func { .. } => "func",
        Kind::Dynptr { .. } => "dynptr_ptr",
        Kind::Arena => "arena",
    }
}

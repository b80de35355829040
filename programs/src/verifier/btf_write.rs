//! Stores to kernel objects that some program types may make.
//!
//! Key items: [`Member`], `hooked_store`. Neighbours: `btf_access` sends stores here. Modelled after the `btf_struct_access` functions of
//! net/ipv4/bpf_tcp_ca.c, net/bpf/bpf_dummy_struct_ops.c, kernel/sched/ext.c, net/sched/bpf_qdisc.c and net/core/filter.c.

use super::btf_walk::{Walk, walk};
use super::memory::Access;
use super::reg::{Kind, Reg};
use super::stop::{Checked, invalid, no_access, not_modelled};
use super::verify::Verifier;
use crate::btf::{Kind as BtfKind, TypeId};
use crate::profile::{KernelVersion, ProgType};

/// A member that a program may write.
struct Member {
    path: &'static [&'static str],
    /// An access may begin anywhere in it, not only at its start.
    inside: bool,
    since: KernelVersion,
}

const fn whole(path: &'static [&'static str]) -> Member {
    Member { path, inside: false, since: KernelVersion::V5_10 }
}

/// What a congestion control algorithm may set in `struct tcp_sock`.
const TCP_SOCK: [Member; 10] = [
    Member { path: &["inet_conn", "icsk_ca_priv"], inside: true, since: KernelVersion::V5_10 },
    whole(&["inet_conn", "icsk_ack", "pending"]),
    whole(&["snd_cwnd"]),
    whole(&["snd_cwnd_cnt"]),
    whole(&["snd_ssthresh"]),
    whole(&["ecn_flags"]),
    Member {
        path: &["inet_conn", "icsk_inet", "sk", "sk_pacing_rate"],
        inside: false,
        since: KernelVersion::V6_1,
    },
    Member {
        path: &["inet_conn", "icsk_inet", "sk", "sk_pacing_status"],
        inside: false,
        since: KernelVersion::V6_1,
    },
    Member { path: &["snd_cwnd_stamp"], inside: false, since: KernelVersion::V6_12 },
    Member { path: &["app_limited"], inside: false, since: KernelVersion::V6_12 },
];

/// What a scheduler may set in `struct task_struct`.
const SCHED_EXT_TASK: [Member; 3] = [
    Member { path: &["scx", "slice"], inside: true, since: KernelVersion::V6_12 },
    Member { path: &["scx", "dsq_vtime"], inside: true, since: KernelVersion::V6_12 },
    Member { path: &["scx", "disallow"], inside: true, since: KernelVersion::V6_12 },
];

/// What a packet scheduler may set in `struct Qdisc` and `struct sk_buff`.
const QDISC: [Member; 3] = [
    whole(&["limit"]),
    whole(&["q", "qlen"]),
    Member { path: &["qstats"], inside: true, since: KernelVersion::V7_2 },
];
const QDISC_PACKET: [Member; 1] = [whole(&["tstamp"])];
/// The scheduler's own bytes of `sk_buff.cb` (`struct qdisc_skb_cb.data`).
const QDISC_PRIVATE: (i64, i64) = (8, 28);

impl Verifier<'_> {
    /// The program type has rules of its own for stores to kernel objects.
    pub(super) fn has_write_hook(&self) -> bool {
        use ProgType as T;
        let nf_conn = self.version() >= KernelVersion::V6_1;
        match self.input.kind.prog_type {
            T::STRUCT_OPS => true,
            T::XDP | T::SCHED_CLS | T::SCHED_ACT => nf_conn,
            _ => false,
        }
    }

    /// A store that the program type's rules decide.
    pub(super) fn hooked_store(&mut self, a: &Access, reg: &Reg, off: i64) -> Checked {
        let name = self.pointed_name(reg);
        let decided = match (self.input.kind.prog_type, self.input.kind.struct_ops.as_deref()) {
            (ProgType::STRUCT_OPS, Some("tcp_congestion_ops")) => self.tcp_store(a, &name, off),
            (ProgType::STRUCT_OPS, Some("bpf_dummy_ops")) => self.dummy_store(a, &name, off),
            (ProgType::STRUCT_OPS, Some("sched_ext_ops" | "sched_ext_ops_cid")) => {
                self.scheduler_store(a, reg, off)
            }
            (ProgType::STRUCT_OPS, Some("Qdisc_ops")) => self.packet_scheduler_store(a, &name, off),
            (ProgType::STRUCT_OPS, other) => {
                let which = other.unwrap_or("an unknown structure");
                return not_modelled(format!("stores to kernel objects by programs of {which}"));
            }
            _ if name.starts_with("nf_conn") => {
                return not_modelled("stores to struct nf_conn, which its module allows when it is loaded");
            }
            _ => no_access("(no message) Permission denied"),
        };
        // 7.2 says it in its own words after the rule's.
        match decided {
            Err(super::stop::Stop::Refused(_)) if self.version() == KernelVersion::V7_2 => {
                let (base, size) = (a.base, a.size);
                no_access(format!("R{base} cannot write into ptr_{name} at off={off} size={size}"))
            }
            decided => decided,
        }
    }

    /// The writable member around an access: its end.
    fn writable(&self, structure: &str, members: &[Member], off: i64) -> Option<i64> {
        let btf = self.facts.kernel;
        let ty = btf.find_by_name_kind(structure, BtfKind::Struct)?;
        let known = members.iter().filter(|member| self.version() >= member.since);
        known.filter_map(|member| Some((member, btf.field(ty.id(), member.path)?))).find_map(
            |(member, field)| {
                let start = i64::from(field.bit_offset / 8);
                let bits = u64::from(field.bitfield_bits);
                let bytes = if bits == 0 { btf.size_of(field.ty)? } else { bits.div_ceil(8) };
                let end = start + bytes as i64;
                let hit = if member.inside { (start..end).contains(&off) } else { off == start };
                hit.then_some(end)
            },
        )
    }

    fn tcp_store(&self, a: &Access, name: &str, off: i64) -> Checked {
        if name != "tcp_sock" {
            return no_access("only read is supported");
        }
        let Some(end) = self.writable("tcp_sock", &TCP_SOCK, off) else {
            return no_access(format!("no write support to tcp_sock at off {off}"));
        };
        if off + a.size > end {
            return no_access(format!(
                "write access at off {off} with size {} beyond the member of tcp_sock ended at {end}",
                a.size
            ));
        }
        Ok(())
    }

    fn dummy_store(&self, a: &Access, name: &str, off: i64) -> Checked {
        let state = self.facts.kernel.find_by_name_kind("bpf_dummy_ops_state", BtfKind::Struct);
        let Some(state) = state else { return invalid("(no message) Invalid argument") };
        if name != "bpf_dummy_ops_state" {
            return no_access("only access to bpf_dummy_ops_state is supported");
        }
        if self.version() == KernelVersion::V6_1 {
            let how = Walk { btf: self.facts.kernel, version: self.version(), flexible: true };
            return walk(how, state.id(), off, a.size).map(|_| ());
        }
        if off + a.size > i64::from(state.own_size()) {
            return no_access(format!("write access at off {off} with size {}", a.size));
        }
        Ok(())
    }

    fn packet_scheduler_store(&self, a: &Access, name: &str, off: i64) -> Checked {
        let end = match name {
            "Qdisc" => self.writable(name, &QDISC, off),
            "sk_buff" => self.writable(name, &QDISC_PACKET, off).or_else(|| self.private_bytes_end(off)),
            _ => return no_access("only read is supported"),
        };
        let Some(end) = end else {
            return no_access(format!("no write support to {name} at off {off}"));
        };
        if off + a.size > end {
            let size = a.size;
            return no_access(format!(
                "write access at off {off} with size {size} beyond the member of {name} ended at {end}"
            ));
        }
        Ok(())
    }

    fn private_bytes_end(&self, off: i64) -> Option<i64> {
        let btf = self.facts.kernel;
        let packet = btf.find_by_name_kind("sk_buff", BtfKind::Struct)?;
        let start = i64::from(btf.field(packet.id(), &["cb"])?.bit_offset / 8);
        let (from, to) = (start + QDISC_PRIVATE.0, start + QDISC_PRIVATE.1);
        (from..to).contains(&off).then_some(to)
    }

    fn scheduler_store(&self, a: &Access, reg: &Reg, off: i64) -> Checked {
        let Kind::Btf { id, .. } = reg.kind else { unreachable!("only BTF pointers are stored to here") };
        let task = self.facts.kernel.name_of(TypeId(id)) == "task_struct";
        let end = self.writable("task_struct", &SCHED_EXT_TASK, off).filter(|_| task);
        match end {
            Some(end) if off + a.size <= end => Ok(()),
            _ => no_access("(no message) Permission denied"),
        }
    }
}

//! What comes from outside: packets and interrupts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::task::no_time;
use crate::file::data::Data;
use crate::file::flex::Expect;
use crate::file::scalar::{Dur, Ret};
use crate::file::span::Sp;

/// One packet, or all packets of a capture file. Exactly one of `hex`, `pcap` and `build` says which bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Packet {
    /// When the (first) packet arrives.
    #[serde(default, skip_serializing_if = "no_time")]
    pub at: Sp<Dur>,
    /// Time from one packet of a capture to the next; as captured when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<Sp<Dur>>,
    /// The CPU whose softirq handles it.
    #[serde(default)]
    pub cpu: Sp<u32>,
    /// The network device.
    #[serde(default = "eth0")]
    pub device: String,
    /// Arriving or leaving.
    #[serde(default)]
    pub direction: Direction,
    /// The task whose socket or cgroup the packet belongs to, for `socket` and `cgroup_skb` programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Sp<String>>,
    /// The bytes, from the Ethernet header on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hex: Option<Sp<String>>,
    /// A capture file beside the scenario.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pcap: Option<Sp<String>>,
    /// An Ethernet/IPv4 packet built from its fields.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build: Option<Sp<PacketBuild>>,
    /// What the hook is expected to decide, e.g. 1 (`XDP_DROP`); for a capture, about every packet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Sp<Expect<Ret>>>,
}

fn eth0() -> String {
    "eth0".to_owned()
}

/// Direction of a packet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    #[default]
    Ingress,
    Egress,
}

/// Fields of an Ethernet/IPv4 packet; lengths and checksums are filled in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PacketBuild {
    /// Source address and port: `"10.0.0.1:1234"`.
    pub from: Sp<String>,
    /// Destination address and port: `"10.0.0.2:80"`.
    pub to: Sp<String>,
    /// Transport.
    #[serde(default)]
    pub proto: Proto,
    /// What follows the transport header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<Sp<Data>>,
}

/// Transport protocol of a built packet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Proto {
    Tcp,
    #[default]
    Udp,
    Icmp,
}

/// An interrupt at a fixed time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Interrupt {
    /// Name in the trace.
    #[serde(default = "timer", skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// When.
    pub at: Sp<Dur>,
    /// On which CPU.
    #[serde(default)]
    pub cpu: Sp<u32>,
    /// Its kind.
    #[serde(default)]
    pub kind: IrqKind,
    /// How long the handler takes.
    #[serde(default, skip_serializing_if = "no_time")]
    pub takes: Sp<Dur>,
    /// Repeats after so long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<Sp<Dur>>,
    /// How many times in all (1 when absent).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<Sp<u32>>,
    /// What the handler reaches: a kernel function, tracepoint or `perf_event` program's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fires: Option<Sp<String>>,
}

fn timer() -> String {
    "timer".to_owned()
}

/// Kind of an interrupt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IrqKind {
    #[default]
    Hard,
    Soft,
    Nmi,
}

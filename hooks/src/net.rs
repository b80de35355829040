//! Packets: XDP, tc, cgroup and socket filters, in softirq context on the way in and in the sender's context on the way out.
//!
//! A packet that arrives raises a NET_RX softirq on a CPU and hits whatever runs there, also a task whose sleepable program is
//! blocked (then the CPU is idle or another task's). Order of hooks: net/core/dev.c:`__netif_receive_skb_core` and
//! `do_xdp_generic`, net/ipv4/ip_output.c. Differs: no routing, no fragmentation; UDP to an address of this machine is delivered by
//! port. Key types: [`PacketOutcome`], [`Datagram`].

use std::rc::Rc;

use programs::runtime::{Frame, Invocation, LoadedProgram, PacketFrame, PacketKind};
use sim::context::IrqKind;
use sim::errno::Errno;
use sim::ids::CpuId;

use crate::event::HookEvent;
use crate::kernel::Kernel;
use crate::process::Fd;
use crate::protocol::{Door, run_program_in_irq};
use crate::registry::Target;

/// What became of a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PacketOutcome {
    /// The hook that decided, e.g. `xdp`; `stack` if every hook let it pass.
    pub decided_by: &'static str,
    /// The verdict's name, e.g. `XDP_DROP`.
    pub verdict: &'static str,
    /// The number the program returned.
    pub code: i64,
    /// What the last program that saw it returned, as a verdict; `None` when no program did.
    pub returned: Option<i64>,
    /// The packet as it left the last hook.
    pub bytes: Vec<u8>,
}

/// A UDP datagram about to be sent. Addresses and ports in host order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Datagram {
    pub from_port: u16,
    pub to_ip: u32,
    pub to_port: u16,
    pub payload: Vec<u8>,
}

/// Whether a packet goes on, by the number a program returned.
struct Verdict {
    code: i64,
    name: &'static str,
    passes: bool,
}

const XDP: &[Verdict] = &[
    Verdict { code: 0, name: "XDP_ABORTED", passes: false },
    Verdict { code: 1, name: "XDP_DROP", passes: false },
    Verdict { code: 2, name: "XDP_PASS", passes: true },
    Verdict { code: 3, name: "XDP_TX", passes: false },
    Verdict { code: 4, name: "XDP_REDIRECT", passes: false },
];
/// include/uapi/linux/pkt_cls.h; a number that is not here counts as `TC_ACT_UNSPEC` in direct-action mode
/// (net/sched/cls_bpf.c:cls_bpf_exec_opcode).
const TC: &[Verdict] = &[
    Verdict { code: 0, name: "TC_ACT_OK", passes: true },
    Verdict { code: 1, name: "TC_ACT_RECLASSIFY", passes: true },
    Verdict { code: 2, name: "TC_ACT_SHOT", passes: false },
    Verdict { code: 4, name: "TC_ACT_STOLEN", passes: false },
    Verdict { code: 7, name: "TC_ACT_REDIRECT", passes: false },
    Verdict { code: 8, name: "TC_ACT_TRAP", passes: false },
];
const CGROUP: &[Verdict] =
    &[Verdict { code: 0, name: "DROP", passes: false }, Verdict { code: 1, name: "PASS", passes: true }];
const TC_UNSPEC: Verdict = Verdict { code: -1, name: "TC_ACT_UNSPEC", passes: true };
const XDP_UNKNOWN: Verdict = Verdict { code: 0, name: "XDP_ABORTED", passes: false };
const CGROUP_OTHER: Verdict = Verdict { code: 1, name: "PASS", passes: true };

/// Where a packet meets programs.
struct Stage {
    name: &'static str,
    target: Target,
    kind: PacketKind,
    table: &'static [Verdict],
    /// What a number that is not in the table counts as.
    other: &'static Verdict,
}

impl Stage {
    fn xdp(target: Target) -> Stage {
        Stage { name: "xdp", target, kind: PacketKind::Xdp, table: XDP, other: &XDP_UNKNOWN }
    }

    fn tc(target: Target) -> Stage {
        Stage { name: "tc", target, kind: PacketKind::Skb, table: TC, other: &TC_UNSPEC }
    }

    fn cgroup(target: Target) -> Stage {
        Stage { name: "cgroup_skb", target, kind: PacketKind::Skb, table: CGROUP, other: &CGROUP_OTHER }
    }
}

fn verdict(table: &'static [Verdict], other: &'static Verdict, code: i64) -> &'static Verdict {
    table.iter().find(|row| row.code == code).unwrap_or(other)
}

/// Interface numbers: the loopback device is 1, as on every Linux.
fn ifindex(device: &str) -> u32 {
    match device {
        "lo" => 1,
        name => {
            let digits = name.bytes().filter(u8::is_ascii_digit).map(|digit| u32::from(digit - b'0'));
            // Any text may name a device: the number wraps rather than overflows.
            digits.fold(0_u32, |n, digit| n.wrapping_mul(10).wrapping_add(digit)).wrapping_add(2)
        }
    }
}

impl Kernel {
    /// Whether there is a device with this number: the loopback device, the default one, and those that programs are attached to.
    pub(crate) fn has_device(&self, number: u32) -> bool {
        let attached = self.registry().all().into_iter().any(|link| match &link.target {
            Target::Xdp(device) | Target::TcIngress(device) | Target::TcEgress(device) => {
                ifindex(device) == number
            }
            _ => false,
        });
        attached || ["lo", crate::attach::DEFAULT_DEVICE].iter().any(|device| ifindex(device) == number)
    }
}

/// Offsets in `struct xdp_md` and `struct __sk_buff` (include/uapi/linux/bpf.h).
const XDP_INGRESS_IFINDEX: u64 = 12;
const SKB_PROTOCOL: u64 = 16;
const SKB_IFINDEX: u64 = 40;
const ETH_HEADER_BYTES: usize = 14;
const LOOPBACK_NET: u32 = 127;

type Report = Box<dyn FnOnce(PacketOutcome)>;

impl Kernel {
    /// A packet arrives on a device: a NET_RX softirq on `cpu`, now or as soon as the CPU lets it in.
    pub fn receive(
        &self,
        device: &str,
        cpu: CpuId,
        bytes: Vec<u8>,
        report: impl FnOnce(PacketOutcome) + 'static,
    ) {
        let (kernel, device, report): (Kernel, String, Report) =
            (self.clone(), device.to_string(), Box::new(report));
        self.machine().interrupt(cpu, IrqKind::Soft, "NET_RX", move |_| {
            let outcome = kernel.receive_in_softirq(&device, bytes);
            report(outcome);
        });
    }

    fn receive_in_softirq(&self, device: &str, bytes: Vec<u8>) -> PacketOutcome {
        let mut outcome = self.run_hooks_in(device, bytes);
        if outcome.decided_by == "stack" && !self.deliver(&outcome.bytes) {
            outcome.verdict = "NO_SOCKET";
        }
        self.report_packet(device, &outcome);
        outcome
    }

    fn run_hooks_in(&self, device: &str, bytes: Vec<u8>) -> PacketOutcome {
        let stages = [
            Stage::xdp(Target::Xdp(device.to_string())),
            Stage::tc(Target::TcIngress(device.to_string())),
            Stage::cgroup(Target::CgroupIngress),
        ];
        self.run_stages(&stages, device, bytes, "PASS")
    }

    /// Runs the stages in turn until a program does not let the packet pass. `passed`: the verdict if all do.
    fn run_stages(
        &self,
        stages: &[Stage],
        device: &str,
        mut bytes: Vec<u8>,
        passed: &'static str,
    ) -> PacketOutcome {
        let mut returned = None;
        for stage in stages {
            for link in self.registry().links(&stage.target).iter().flat_map(|links| links.iter()) {
                let Some((ret, after)) =
                    self.run_packet_program(&link.program, link.cookie, stage.kind, device, &bytes)
                else {
                    continue;
                };
                bytes = after;
                let row = verdict(stage.table, stage.other, i64::from(ret as u32 as i32));
                returned = Some(row.code);
                if !row.passes {
                    return PacketOutcome {
                        decided_by: stage.name,
                        verdict: row.name,
                        code: row.code,
                        returned,
                        bytes,
                    };
                }
            }
        }
        PacketOutcome { decided_by: "stack", verdict: passed, code: 1, returned, bytes }
    }

    /// Runs one program on a copy of the packet: what it returned, and the packet afterwards.
    pub(crate) fn run_packet_program(
        &self,
        program: &Rc<LoadedProgram>,
        cookie: u64,
        kind: PacketKind,
        device: &str,
        bytes: &[u8],
    ) -> Option<(u64, Vec<u8>)> {
        let m = self.machine();
        let packet = PacketFrame::new(m, kind, bytes)?;
        let fields = match kind {
            PacketKind::Xdp => vec![(XDP_INGRESS_IFINDEX, ifindex(device))],
            PacketKind::Skb => vec![(SKB_IFINDEX, ifindex(device)), (SKB_PROTOCOL, ether_type(bytes))],
        };
        for (offset, value) in fields {
            packet.set_u32(m, offset, value).expect("the context is live");
        }
        let ctx = packet.ctx;
        let inv = Invocation { ctx, cookie, frame: Rc::new(Frame::Packet(packet)) };
        let ret = run_program_in_irq(self, program, &inv, Door::Softirq);
        let Frame::Packet(packet) = Rc::into_inner(inv.frame).expect("the run is over") else {
            unreachable!("made above")
        };
        let after = packet.bytes(m).unwrap_or_else(|_| bytes.to_vec());
        packet.free(m);
        Some((ret?, after))
    }

    fn report_packet(&self, device: &str, outcome: &PacketOutcome) {
        let (device, len) = (device.to_string(), outcome.bytes.len() as u64);
        let (by, verdict) = (outcome.decided_by, outcome.verdict);
        self.machine().emit_with(|| HookEvent::Packet { device, len, by, verdict });
    }

    /// Gives a UDP packet to the socket with its port. False: nobody wants it, or the socket's filter dropped it.
    fn deliver(&self, bytes: &[u8]) -> bool {
        let Some((port, payload)) = udp(bytes) else { return false };
        let filters = [Target::SocketFilter(None), Target::SocketFilter(Some(port))];
        let links = filters.iter().filter_map(|target| self.registry().links(target));
        for link in links.flat_map(|links| links.to_vec()) {
            // 0 drops, any other number keeps that many bytes (net/core/filter.c:sk_filter_trim_cap).
            if let Some((0, _)) =
                self.run_packet_program(&link.program, link.cookie, PacketKind::Skb, "lo", bytes)
            {
                return false;
            }
        }
        for process in self.processes() {
            for fd in process.fds() {
                if let Fd::Socket(socket) = fd
                    && socket.port.get() == port
                {
                    socket.received.borrow_mut().push_back(payload.to_vec());
                    return true;
                }
            }
        }
        false
    }

    /// Sends a UDP datagram: the egress hooks run in the sender's context with bottom halves off; addressed to this machine it
    /// comes in again on `lo`.
    ///
    /// # Errors
    /// `EPERM` when a cgroup program drops it; what tc drops is lost silently, as on Linux.
    pub async fn send_datagram(&self, datagram: &Datagram) -> Result<(), Errno> {
        let device = if datagram.to_ip >> 24 == LOOPBACK_NET { "lo" } else { crate::attach::DEFAULT_DEVICE };
        let bytes = datagram.frame();
        let guard = self.machine().bh_guard();
        let outcome = self.run_hooks_out(device, bytes);
        self.report_packet(device, &outcome);
        drop(guard);
        match outcome.decided_by {
            "cgroup_skb" => return Err(Errno::EPERM),
            "tc" => return Ok(()),
            _ => {}
        }
        if device == "lo" {
            let cpu = self.machine().current_cpu();
            self.receive(device, cpu, outcome.bytes, |_| ());
        }
        Ok(())
    }

    fn run_hooks_out(&self, device: &str, bytes: Vec<u8>) -> PacketOutcome {
        let stages = [Stage::cgroup(Target::CgroupEgress), Stage::tc(Target::TcEgress(device.to_string()))];
        self.run_stages(&stages, device, bytes, "SENT")
    }

    /// Injects a packet on its way out, as a scenario's egress packet; for tests of tc and cgroup programs.
    pub fn transmit(&self, device: &str, bytes: Vec<u8>) -> PacketOutcome {
        let guard = self.machine().bh_guard();
        let outcome = self.run_hooks_out(device, bytes);
        self.report_packet(device, &outcome);
        drop(guard);
        outcome
    }
}

/// `__sk_buff.protocol`: the EtherType in network order.
fn ether_type(bytes: &[u8]) -> u32 {
    bytes.get(12..14).map_or(0, |b| u32::from(u16::from_le_bytes([b[0], b[1]])))
}

/// Destination port and payload of a UDP packet over IPv4 without options.
fn udp(bytes: &[u8]) -> Option<(u16, &[u8])> {
    let ip = bytes.get(ETH_HEADER_BYTES..)?;
    let header = usize::from(ip.first()? & 0xf) * 4;
    let is_udp = bytes.get(12..14)? == [8, 0] && *ip.get(9)? == 17;
    let udp = ip.get(header..).filter(|udp| is_udp && udp.len() >= 8)?;
    Some((u16::from_be_bytes([udp[2], udp[3]]), &udp[8..]))
}

impl Datagram {
    /// The Ethernet frame: UDP over IPv4 from 127.0.0.1 or 10.0.0.1.
    pub fn frame(&self) -> Vec<u8> {
        let udp_len = (8 + self.payload.len()) as u16;
        let from: [u8; 4] = if self.to_ip >> 24 == LOOPBACK_NET { [127, 0, 0, 1] } else { [10, 0, 0, 1] };
        let mut ip = vec![0x45, 0];
        ip.extend((20 + udp_len).to_be_bytes());
        ip.extend([0, 0, 0x40, 0, 64, 17, 0, 0]);
        ip.extend(from);
        ip.extend(self.to_ip.to_be_bytes());
        let checksum = ip_checksum(&ip).to_be_bytes();
        ip[10..12].copy_from_slice(&checksum);
        let mut frame = vec![0; 12];
        frame.extend([8, 0]);
        frame.extend(ip);
        frame.extend(self.from_port.to_be_bytes());
        frame.extend(self.to_port.to_be_bytes());
        frame.extend(udp_len.to_be_bytes());
        frame.extend([0, 0]);
        frame.extend(&self.payload);
        frame
    }
}

/// RFC 1071 over a header of even length.
fn ip_checksum(header: &[u8]) -> u16 {
    let sum: u32 = header.chunks(2).map(|pair| u32::from(u16::from_be_bytes([pair[0], pair[1]]))).sum();
    let folded = (sum & 0xffff) + (sum >> 16);
    !((folded & 0xffff) + (folded >> 16)) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_datagram_is_a_valid_udp_packet() {
        let frame =
            Datagram { from_port: 40_000, to_ip: 0x7f00_0001, to_port: 53, payload: b"hello".to_vec() }
                .frame();
        assert_eq!(udp(&frame), Some((53, &b"hello"[..])));
        assert_eq!(ip_checksum(&frame[14..34]), 0, "the checksum of a header with its checksum is 0");
        assert_eq!(ether_type(&frame), 8);
        assert_eq!(udp(&frame[..30]), None);
    }
}

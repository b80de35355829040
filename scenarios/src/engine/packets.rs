//! Packets of a scenario: from hexadecimal text, a description or a capture, to frames that arrive or leave at their time.
//!
//! Key type: [`Frame`]. Neighbours: `packet_build` makes frames, `hooks::net` runs the hooks.

use std::rc::Rc;

use pcap_file::DataLink;
use pcap_file::pcap::PcapReader;
use sim::context::IrqKind;
use sim::ids::CpuId;
use sim::machine::Machine;

use super::packet_build::build;
use super::problem::Problems;
use super::world::World;
use crate::diag::Diagnostic;
use crate::diag::catalogue::input::PCAP;
use crate::file::data::parse_hex;
use crate::file::layout::Layout;
use crate::file::{Direction, Packet, Sp};
use crate::result::PacketResult;
use crate::run::Job;

/// A frame and when it comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// Index in the scenario's `[[packet]]` list.
    pub index: usize,
    pub at_ns: u64,
    pub bytes: Vec<u8>,
}

/// All frames of the scenario.
pub(super) fn read(job: &Job<'_>, layout: &Layout, problems: &mut Problems) -> Vec<Frame> {
    let mut frames = Vec::new();
    for (index, packet) in job.scenario.packets.iter().enumerate() {
        let at_ns = packet.at.value.0;
        if let Some(hex) = &packet.hex {
            let bytes = problems.checked(parse_hex(hex), &hex.span).unwrap_or_default();
            frames.push(Frame { index, at_ns, bytes });
        } else if let Some(description) = &packet.build {
            let payload = description.payload.as_ref();
            let payload =
                payload.map(|data| problems.checked(data.encode(None, &layout.names(None)), &data.span));
            match build(description, &payload.flatten().unwrap_or_default()) {
                Ok(bytes) => frames.push(Frame { index, at_ns, bytes }),
                Err(text) => problems.at(PCAP, &description.span, text, "cannot be built"),
            }
        } else if let Some(name) = &packet.pcap
            && let Some(bytes) = job.inputs.get(&name.value)
        {
            match capture(bytes) {
                Ok(captured) => frames.extend(timed(index, packet, captured)),
                Err(text) => {
                    let message = format!("`{}` is no whole capture: {text}", name.value);
                    problems.add(Diagnostic::error(PCAP, message).label(&name.span, "this file"));
                }
            }
        }
    }
    frames
}

/// Nanoseconds since the first packet, and bytes.
type Captured = Vec<(u64, Vec<u8>)>;

fn capture(bytes: &[u8]) -> Result<Captured, String> {
    let mut reader = PcapReader::new(bytes).map_err(|error| error.to_string())?;
    if reader.header().datalink != DataLink::ETHERNET {
        return Err(format!("its link type is {:?}, only Ethernet is modelled", reader.header().datalink));
    }
    let (mut packets, mut first): (Captured, Option<std::time::Duration>) = (Vec::new(), None);
    while let Some(packet) = reader.next_packet() {
        let packet = packet.map_err(|error| format!("packet {}: {error}", packets.len() + 1))?;
        let start = *first.get_or_insert(packet.timestamp);
        let offset = packet.timestamp.saturating_sub(start).as_nanos();
        packets.push((u64::try_from(offset).unwrap_or(u64::MAX), packet.data.into_owned()));
    }
    Ok(packets)
}

fn timed(index: usize, packet: &Sp<Packet>, captured: Captured) -> Vec<Frame> {
    let start = packet.at.value.0;
    let frames = captured.into_iter().enumerate().map(|(nr, (offset_ns, bytes))| {
        let offset_ns =
            packet.every.as_ref().map_or(offset_ns, |every| every.value.0.saturating_mul(nr as u64));
        Frame { index, at_ns: start.saturating_add(offset_ns), bytes }
    });
    frames.collect()
}

/// Puts the frames on the machine's clock.
pub(super) fn schedule(world: &Rc<World>) {
    for nr in 0..world.packets.len() {
        let inner = world.clone();
        world.machine().at(world.packets[nr].at_ns, move |m| arrive(&inner, m, nr));
    }
}

fn arrive(world: &Rc<World>, m: &Machine, nr: usize) {
    let frame = &world.packets[nr];
    let packet = &world.scenario.packets[frame.index];
    let (cpu, device) = (CpuId(packet.cpu.value as u16), packet.device.clone());
    let (inner, index, time_ns) = (world.clone(), frame.index, m.now_ns());
    let report = move |outcome: hooks::net::PacketOutcome| {
        let result = PacketResult { index, time_ns, verdict: outcome.returned };
        inner.packet_results.borrow_mut().push(result);
    };
    match packet.direction {
        Direction::Ingress => world.kernel.receive(&device, cpu, frame.bytes.clone(), report),
        Direction::Egress => {
            let (kernel, bytes) = (world.kernel.clone(), frame.bytes.clone());
            m.interrupt(cpu, IrqKind::Soft, "NET_TX", move |_| report(kernel.transmit(&device, bytes)));
        }
    }
}

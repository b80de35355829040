//! Checks of packets and interrupts.

use std::net::SocketAddrV4;

use super::Checker;
use crate::diag::Diagnostic;
use crate::diag::catalogue::input::{CONFLICT, OUT_OF_RANGE};
use crate::file::data::parse_hex;
use crate::file::model::{Packet, Proto};
use crate::file::span::Sp;

/// Smallest Ethernet frame that has a header (`ETH_HLEN`), and the largest a device takes (`ETH_MAX_MTU` and header).
const FRAME_BYTES: std::ops::RangeInclusive<usize> = 14..=65_549;

impl Checker<'_> {
    pub(super) fn inputs(&mut self) {
        let scenario = self.scenario;
        for packet in &scenario.packets {
            self.packet(packet);
        }
        for interrupt in &scenario.interrupts {
            self.cpu(&interrupt.cpu);
            if let (Some(count), None) = (&interrupt.count, &interrupt.every)
                && count.value > 1
            {
                self.error(CONFLICT, "an interrupt that repeats needs `every`", &count.span, "several times");
            }
        }
    }

    fn packet(&mut self, packet: &Sp<Packet>) {
        self.cpu(&packet.cpu);
        let sources = [
            packet.hex.as_ref().map(|s| &s.span),
            packet.pcap.as_ref().map(|s| &s.span),
            packet.build.as_ref().map(|s| &s.span),
        ];
        let given: Vec<_> = sources.into_iter().flatten().collect();
        if given.len() != 1 {
            let label = if given.is_empty() { "none is given" } else { "more than one is given" };
            let message = "a packet needs exactly one of `hex`, `pcap` and `build`";
            let diagnostic = Diagnostic::error(CONFLICT, message).label(&packet.span, label);
            self.report(diagnostic);
        }
        if let Some(task) = &packet.task {
            self.has_task(task);
        }
        if let Some(hex) = &packet.hex {
            match parse_hex(hex) {
                Ok(bytes) if FRAME_BYTES.contains(&bytes.len()) => {}
                Ok(bytes) => {
                    let message = format!("a frame of {} bytes is not possible", bytes.len());
                    self.error(
                        OUT_OF_RANGE,
                        message,
                        &hex.span,
                        "14 to 65549 bytes, from the Ethernet header on",
                    );
                }
                Err(message) => self.leaf_error(&hex.span, &message),
            }
        }
        if let Some(build) = &packet.build {
            for end in [&build.from, &build.to] {
                let with_port = end.parse::<SocketAddrV4>().is_ok();
                let without = build.proto == Proto::Icmp && end.parse::<std::net::Ipv4Addr>().is_ok();
                if !with_port && !without {
                    let message = format!("`{}` is not an IPv4 address and port", end.value);
                    self.error(OUT_OF_RANGE, message, &end.span, "such as \"10.0.0.1:80\"");
                }
            }
            if let Some(payload) = &build.payload {
                self.data(payload, None, None);
            }
        }
    }
}

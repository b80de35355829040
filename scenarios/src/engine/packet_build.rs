//! Builds Ethernet/IPv4 frames from their fields, with lengths and checksums (RFC 791, 792, 768, 9293, 1071).

use std::net::{Ipv4Addr, SocketAddrV4};

use crate::file::{PacketBuild, Proto};

/// Locally administered addresses; the destination first, as on the wire.
const MACS: [u8; 12] = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1];
const ETHERTYPE_IPV4: [u8; 2] = [8, 0];
/// Most bytes that fit an IPv4 packet behind its header.
const MAX_BODY_BYTES: usize = 65_535 - 20;

/// The frame; the error says what does not fit.
pub(super) fn build(packet: &PacketBuild, payload: &[u8]) -> Result<Vec<u8>, String> {
    let (from, to) = (address(&packet.from)?, address(&packet.to)?);
    let (number, mut body, checksum_at) = match packet.proto {
        Proto::Tcp => (6, tcp(from, to), Some(16)),
        Proto::Udp => (17, udp(from, to, payload.len()), Some(6)),
        Proto::Icmp => (1, icmp_echo(), None),
    };
    body.extend_from_slice(payload);
    if body.len() > MAX_BODY_BYTES {
        return Err(format!("a payload of {} bytes does not fit a packet", payload.len()));
    }
    let at = checksum_at.unwrap_or(2);
    let sum = match checksum_at {
        Some(_) => checksum(&[&pseudo_header(from, to, number, body.len()), &body[..]].concat()),
        None => checksum(&body),
    };
    // UDP: 0 means "no checksum", so a sum of 0 is sent as its other form.
    let sum = if number == 17 && sum == 0 { 0xffff } else { sum };
    body[at..at + 2].copy_from_slice(&sum.to_be_bytes());
    Ok([&MACS[..], &ETHERTYPE_IPV4, &ipv4(from, to, number, body.len()), &body].concat())
}

/// An address with or without a port.
fn address(text: &str) -> Result<SocketAddrV4, String> {
    let bare = || text.parse::<Ipv4Addr>().map(|ip| SocketAddrV4::new(ip, 0));
    text.parse().or_else(|_| bare()).map_err(|_| format!("`{text}` is not an IPv4 address and port"))
}

fn ipv4(from: SocketAddrV4, to: SocketAddrV4, proto: u8, body: usize) -> Vec<u8> {
    let total = (20 + body) as u16;
    let mut header = vec![0x45, 0];
    header.extend(total.to_be_bytes());
    // No identification, don't fragment, 64 hops.
    header.extend([0, 0, 0x40, 0, 64, proto, 0, 0]);
    header.extend(from.ip().octets());
    header.extend(to.ip().octets());
    let sum = checksum(&header).to_be_bytes();
    header[10..12].copy_from_slice(&sum);
    header
}

fn pseudo_header(from: SocketAddrV4, to: SocketAddrV4, proto: u8, len: usize) -> Vec<u8> {
    let (from, to, len) = (from.ip().octets(), to.ip().octets(), (len as u16).to_be_bytes());
    [&from[..], &to[..], &[0, proto], &len[..]].concat()
}

fn ports(from: SocketAddrV4, to: SocketAddrV4) -> Vec<u8> {
    [from.port().to_be_bytes(), to.port().to_be_bytes()].concat()
}

fn udp(from: SocketAddrV4, to: SocketAddrV4, payload: usize) -> Vec<u8> {
    let len = ((8 + payload) as u16).to_be_bytes();
    [&ports(from, to)[..], &len, &[0, 0]].concat()
}

/// A data segment: sequence number 1, acknowledges 1, flags PSH and ACK, window 65535.
fn tcp(from: SocketAddrV4, to: SocketAddrV4) -> Vec<u8> {
    let rest = [0, 0, 0, 1, 0, 0, 0, 1, 0x50, 0x18, 0xff, 0xff, 0, 0, 0, 0];
    [&ports(from, to)[..], &rest].concat()
}

/// Echo request, identifier 0, sequence 1.
fn icmp_echo() -> Vec<u8> {
    vec![8, 0, 0, 0, 0, 0, 0, 1]
}

/// RFC 1071; an odd last byte counts as the high half of a word.
fn checksum(bytes: &[u8]) -> u16 {
    let word = |pair: &[u8]| u32::from(pair[0]) << 8 | u32::from(pair.get(1).copied().unwrap_or(0));
    let mut sum: u32 = bytes.chunks(2).map(word).sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::Sp;

    fn frame(proto: Proto, payload: &[u8]) -> Vec<u8> {
        let text = |text: &str| Sp::implied(text.to_owned());
        let packet =
            PacketBuild { from: text("10.0.0.1:1234"), to: text("10.0.0.2:53"), proto, payload: None };
        build(&packet, payload).unwrap()
    }

    #[test]
    fn a_receiver_finds_every_checksum_right() {
        for (proto, number) in [(Proto::Tcp, 6), (Proto::Udp, 17), (Proto::Icmp, 1)] {
            let frame = frame(proto, b"odd");
            assert_eq!(checksum(&frame[14..34]), 0, "IP header of {proto:?}");
            let body = &frame[34..];
            let (from, to) = (address("10.0.0.1:1234").unwrap(), address("10.0.0.2:53").unwrap());
            let pseudo = if number == 1 { Vec::new() } else { pseudo_header(from, to, number, body.len()) };
            assert_eq!(checksum(&[&pseudo[..], body].concat()), 0, "body of {proto:?}");
            assert_eq!(usize::from(u16::from_be_bytes([frame[16], frame[17]])), frame.len() - 14);
        }
    }
}

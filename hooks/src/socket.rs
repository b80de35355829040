//! Sockets: as much as socket, connect and sendto need. Datagrams to an address of this machine come back in through the loopback
//! device in softirq context.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

/// A socket.
#[derive(Debug, Default)]
pub struct Socket {
    pub family: u32,
    pub kind: u32,
    pub protocol: u32,
    /// Local port in host order; 0 until bound.
    pub port: Cell<u16>,
    /// Peer address and port after connect, in host order.
    pub peer: Cell<Option<(u32, u16)>>,
    /// Payloads that arrived.
    pub received: RefCell<VecDeque<Vec<u8>>>,
    /// Addresses of `struct socket` and `struct sock`.
    pub addr: u64,
    pub sk_addr: u64,
}

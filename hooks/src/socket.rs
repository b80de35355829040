//! Sockets: as much as socket, bind, listen, connect and sendto need. Datagrams to an address of this machine come back in through the
//! loopback device in softirq context. Maps of sockets hold them as [`SocketObject`].

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use maps::object::{SocketObject, SocketTraits};

const SOCK_STREAM: u32 = 1;
const IPPROTO_TCP: u16 = 6;
const IPPROTO_UDP: u16 = 17;
/// States of `include/net/tcp_states.h`.
const TCP_ESTABLISHED: u8 = 1;
const TCP_CLOSE: u8 = 7;
const TCP_LISTEN: u8 = 10;

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
    /// `listen` was called.
    pub listening: Cell<bool>,
    /// `SO_REUSEPORT`.
    pub reuseport: Cell<bool>,
    /// Payloads that arrived.
    pub received: RefCell<VecDeque<Vec<u8>>>,
    /// Addresses of `struct socket` and `struct sock`.
    pub addr: u64,
    pub sk_addr: u64,
    /// `sk_cookie`: a number that no other socket has.
    pub cookie: u64,
    /// Whether an array of reuseport sockets holds it (`sk_user_data`).
    pub in_reuseport_array: Cell<bool>,
}

impl Socket {
    /// Whether it is a stream.
    pub fn is_stream(&self) -> bool {
        self.kind == SOCK_STREAM
    }
}

impl SocketObject for Socket {
    fn traits(&self) -> SocketTraits {
        let (stream, bound) = (self.is_stream(), self.port.get() != 0);
        let state = match (self.listening.get(), self.peer.get()) {
            (true, _) => TCP_LISTEN,
            (false, Some(_)) => TCP_ESTABLISHED,
            (false, None) => TCP_CLOSE,
        };
        SocketTraits {
            family: self.family as u16,
            kind: self.kind as u16,
            protocol: match self.protocol {
                0 if stream => IPPROTO_TCP,
                0 => IPPROTO_UDP,
                protocol => protocol as u16,
            },
            state,
            reuseport: self.reuseport.get(),
            hashed: if stream { self.listening.get() } else { bound },
        }
    }

    fn cookie(&self) -> u64 {
        self.cookie
    }

    fn sk_addr(&self) -> u64 {
        self.sk_addr
    }

    fn in_reuseport_array(&self) -> &Cell<bool> {
        &self.in_reuseport_array
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

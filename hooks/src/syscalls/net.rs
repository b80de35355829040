//! Sockets: socket, bind, listen, setsockopt (`SO_REUSEPORT`), connect, sendto.

use std::rc::Rc;

use sim::errno::Errno;
use sim::finding;

use super::{Call, Row, row};
use crate::net::Datagram;
use crate::process::Fd;
use crate::socket::Socket;

pub(super) const ROWS: &[Row] = &[
    row!("socket", 3, socket),
    row!("bind", 3, bind),
    row!("listen", 2, listen),
    row!("setsockopt", 5, setsockopt),
    row!("connect", 3, connect),
    row!("sendto", 6, sendto),
];

const AF_INET: u64 = 2;
const SOCK_STREAM: u64 = 1;
const SOCK_DGRAM: u64 = 2;
const SOCK_TYPE_MASK: u64 = 0xf;
const SOCKADDR_IN_BYTES: usize = 16;
const MAX_DATAGRAM_BYTES: u64 = 65_507;
/// "Protocol not available".
const ENOPROTOOPT: Errno = Errno(92);
/// include/uapi/asm-generic/socket.h.
const SOL_SOCKET: u64 = 1;
const SO_REUSEPORT: u64 = 15;
const FIRST_EPHEMERAL_PORT: u16 = 32_768;

/// `__sys_socket()` (net/socket.c).
async fn socket(call: Call) -> Result<i64, Errno> {
    let [family, kind, protocol, ..] = call.args;
    if family != AF_INET {
        return Err(Errno::EAFNOSUPPORT);
    }
    let kind = kind & SOCK_TYPE_MASK;
    if kind != SOCK_STREAM && kind != SOCK_DGRAM {
        return Err(Errno::EPROTONOSUPPORT);
    }
    call.lsm("socket_create", &[family, kind, protocol, 0]).await?;
    let (addr, sk_addr) = call.kernel.socket_objects(family as u16, kind as u16, protocol as u16);
    let (family, kind, protocol) = (family as u32, kind as u32, protocol as u32);
    let cookie = call.kernel.next_file();
    let socket = Socket { family, kind, protocol, addr, sk_addr, cookie, ..Socket::default() };
    let args = [addr, u64::from(family), u64::from(kind), u64::from(protocol), 0];
    call.lsm("socket_post_create", &args).await?;
    call.process().install(Fd::Socket(Rc::new(socket))).map(|fd| fd as i64)
}

/// An IPv4 address and port, in host order, from user memory (`move_addr_to_kernel()`).
async fn read_address(call: &Call, addr: u64, len: u64) -> Result<(u32, u16, Vec<u8>), Errno> {
    if (len as usize) < SOCKADDR_IN_BYTES {
        return Err(Errno::EINVAL);
    }
    let bytes = call.read_user(addr, SOCKADDR_IN_BYTES).await?;
    if u64::from(u16::from_le_bytes([bytes[0], bytes[1]])) != AF_INET {
        return Err(Errno::EAFNOSUPPORT);
    }
    let port = u16::from_be_bytes([bytes[2], bytes[3]]);
    let ip = u32::from_be_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]);
    Ok((ip, port, bytes))
}

/// `inet_csk_get_port()`, `udp_lib_get_port()`: a port is taken unless all that share it set `SO_REUSEPORT` before.
fn port_is_taken(call: &Call, socket: &Socket, port: u16) -> bool {
    let clashes = |other: &Socket| {
        other.port.get() == port
            && other.kind == socket.kind
            && !(other.reuseport.get() && socket.reuseport.get())
    };
    let sockets = call.kernel.processes().into_iter().flat_map(|process| process.fds());
    let mut sockets = sockets.filter_map(|fd| match fd {
        Fd::Socket(other) => Some(other),
        _ => None,
    });
    sockets.any(|other| !std::ptr::eq(&*other, socket) && clashes(&other))
}

/// `__sys_bind()`. Port 0 asks for any.
async fn bind(call: Call) -> Result<i64, Errno> {
    let socket = call.process().socket(call.args[0])?;
    let (_, port, raw) = read_address(&call, call.args[1], call.args[2]).await?;
    let sockaddr = call.kernel.alloc_context("sockaddr_storage", &raw);
    let allowed = call.lsm("socket_bind", &[socket.addr, sockaddr, call.args[2]]).await;
    call.kernel.free_context(sockaddr);
    allowed?;
    if socket.port.get() != 0 {
        return Err(Errno::EINVAL);
    }
    if port != 0 && port_is_taken(&call, &socket, port) {
        return Err(Errno::EADDRINUSE);
    }
    socket.port.set(if port == 0 { any_port(&call, &socket, call.args[0]) } else { port });
    Ok(0)
}

/// The first ephemeral port from a start that depends on the descriptor.
fn any_port(call: &Call, socket: &Socket, fd: u64) -> u16 {
    let start = FIRST_EPHEMERAL_PORT + (fd as u16 % 1000);
    (start..u16::MAX).find(|port| !port_is_taken(call, socket, *port)).unwrap_or(start)
}

/// `__sys_listen()`. Nothing can connect yet: only the state changes.
async fn listen(call: Call) -> Result<i64, Errno> {
    let socket = call.process().socket(call.args[0])?;
    call.lsm("socket_listen", &[socket.addr, call.args[1]]).await?;
    if !socket.is_stream() {
        return Err(Errno::EOPNOTSUPP);
    }
    if socket.port.get() == 0 {
        socket.port.set(any_port(&call, &socket, call.args[0]));
    }
    socket.listening.set(true);
    Ok(0)
}

/// `__sys_setsockopt()`, of which one option matters here.
async fn setsockopt(call: Call) -> Result<i64, Errno> {
    let [fd, level, option, value, len, _] = call.args;
    let socket = call.process().socket(fd)?;
    call.lsm("socket_setsockopt", &[socket.addr, level, option]).await?;
    if (level, option) != (SOL_SOCKET, SO_REUSEPORT) {
        let message = format!("setsockopt: option {option} of level {level}: not modelled");
        call.kernel.machine().finding(finding::NOT_MODELLED, message, vec![]);
        return Err(ENOPROTOOPT);
    }
    if len < 4 {
        return Err(Errno::EINVAL);
    }
    let value = call.read_user(value, 4).await?;
    socket.reuseport.set(value.iter().any(|byte| *byte != 0));
    Ok(0)
}

/// `__sys_connect()`. A stream connects at once to a port of this machine that something listens on: none does, so it is refused.
async fn connect(call: Call) -> Result<i64, Errno> {
    let socket = call.process().socket(call.args[0])?;
    let (ip, port, raw) = read_address(&call, call.args[1], call.args[2]).await?;
    let sockaddr = call.kernel.alloc_context("sockaddr_storage", &raw);
    let allowed = call.lsm("socket_connect", &[socket.addr, sockaddr, call.args[2]]).await;
    call.kernel.free_context(sockaddr);
    allowed?;
    if u64::from(socket.kind) == SOCK_STREAM {
        return Err(Errno::ECONNREFUSED);
    }
    if socket.port.get() == 0 {
        socket.port.set(any_port(&call, &socket, call.args[0]));
    }
    socket.peer.set(Some((ip, port)));
    Ok(0)
}

/// `__sys_sendto()`: a UDP datagram goes through the egress hooks and, addressed to this machine, comes in again.
async fn sendto(call: Call) -> Result<i64, Errno> {
    let [fd, buffer, len, _flags, to, to_len] = call.args;
    let socket = call.process().socket(fd)?;
    if u64::from(socket.kind) != SOCK_DGRAM {
        // tcp_sendmsg on a socket that is not connected.
        return Err(Errno::EPIPE);
    }
    if len > MAX_DATAGRAM_BYTES {
        return Err(Errno::EMSGSIZE);
    }
    let (ip, port) = match to {
        0 => socket.peer.get().ok_or(Errno::ENOTCONN)?,
        _ => read_address(&call, to, to_len).await.map(|(ip, port, _)| (ip, port))?,
    };
    let msghdr = call.kernel.alloc_context("msghdr", &[0; 96]);
    let allowed = call.lsm("socket_sendmsg", &[socket.addr, msghdr, len]).await;
    call.kernel.free_context(msghdr);
    allowed?;
    let payload = call.read_user(buffer, len as usize).await?;
    if socket.port.get() == 0 {
        socket.port.set(any_port(&call, &socket, fd));
    }
    let datagram = Datagram { from_port: socket.port.get(), to_ip: ip, to_port: port, payload };
    call.kernel.send_datagram(&datagram).await?;
    Ok(len as i64)
}

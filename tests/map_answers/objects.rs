//! What `fd NAME KIND` opens: stand-ins for programs, sockets, perf events and cgroups, as far as maps look at them.

use std::any::Any;
use std::cell::Cell;
use std::rc::Rc;

use maps::object::{Cgroup, Object, PerfEvent, ProgramObject, ProgramTraits, SocketObject, SocketTraits};

/// A program by the numbers of its type and attach type.
struct Program {
    id: u32,
    prog_type: u32,
    attach: u32,
}

/// Attach types that maps tell apart.
const ATTACH_NAMES: [(u32, &str); 2] = [(33, "BPF_XDP_DEVMAP"), (35, "BPF_XDP_CPUMAP")];

impl ProgramObject for Program {
    fn id(&self) -> u32 {
        self.id
    }

    fn traits(&self) -> ProgramTraits {
        let name =
            ATTACH_NAMES.iter().find(|(number, _)| *number == self.attach).map_or("", |(_, name)| name);
        ProgramTraits {
            prog_type: self.prog_type,
            attach_type: name.to_string(),
            attach_function: None,
            xdp_frags: false,
            sleepable: false,
            extension: false,
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

struct Socket {
    traits: SocketTraits,
    cookie: u64,
    in_array: Cell<bool>,
}

impl SocketObject for Socket {
    fn traits(&self) -> SocketTraits {
        self.traits
    }

    fn cookie(&self) -> u64 {
        self.cookie
    }

    fn sk_addr(&self) -> u64 {
        self.cookie << 12
    }

    fn in_reuseport_array(&self) -> &Cell<bool> {
        &self.in_array
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

const INET: u16 = 2;
const UNIX: u16 = 1;
const STREAM: u16 = 1;
const DGRAM: u16 = 2;
const RAW: u16 = 3;
const TCP: u16 = 6;
const UDP: u16 = 17;
const ESTABLISHED: u8 = 1;
const CLOSED: u8 = 7;
const LISTENING: u8 = 10;

/// Kind, family, type, protocol, state, reuseport, hashed.
type SocketRow = (&'static str, u16, u16, u16, u8, bool, bool);

const SOCKETS: &[SocketRow] = &[
    ("tcp", INET, STREAM, TCP, ESTABLISHED, false, true),
    ("tcp_closed", INET, STREAM, TCP, CLOSED, false, false),
    ("tcp_listen", INET, STREAM, TCP, LISTENING, false, true),
    ("tcp_listen_reuse", INET, STREAM, TCP, LISTENING, true, true),
    ("tcp_bound_reuse", INET, STREAM, TCP, CLOSED, true, false),
    ("udp", INET, DGRAM, UDP, CLOSED, false, true),
    ("udp_unbound", INET, DGRAM, UDP, CLOSED, false, false),
    ("udp_connected", INET, DGRAM, UDP, ESTABLISHED, false, true),
    ("udp_reuse", INET, DGRAM, UDP, CLOSED, true, true),
    ("unix_stream", UNIX, STREAM, 0, ESTABLISHED, false, false),
    ("unix_dgram", UNIX, DGRAM, 0, ESTABLISHED, false, false),
    ("unix_unconnected", UNIX, STREAM, 0, CLOSED, false, false),
    ("netlink", 16, RAW, 0, CLOSED, false, false),
    ("packet", 17, RAW, 0, CLOSED, false, false),
    ("xsk_unbound", 44, RAW, 0, CLOSED, false, false),
];

/// Cookies look like no id.
const COOKIES: u64 = 1 << 20;

fn socket(kind: &str, id: u32) -> Option<Object> {
    let &(_, family, kind, protocol, state, reuseport, hashed) = SOCKETS.iter().find(|row| row.0 == kind)?;
    let traits = SocketTraits { family, kind, protocol, state, reuseport, hashed };
    Some(Object::Socket(Rc::new(Socket {
        traits,
        cookie: COOKIES + u64::from(id),
        in_array: Cell::new(false),
    })))
}

/// The object of a kind; `None` for what has no stand-in. `id` is its own.
pub fn object(kind: &str, id: u32) -> Option<Object> {
    if let Some(numbers) = kind.strip_prefix("prog:") {
        let mut numbers = numbers.split(':').map(|n| n.parse().expect("a number"));
        let prog_type = numbers.next().expect("a program type");
        return Some(Object::Program(Rc::new(Program {
            id,
            prog_type,
            attach: numbers.next().unwrap_or(0),
        })));
    }
    match kind {
        "perf_output" => Some(Object::PerfEvent(Rc::new(PerfEvent { cpu: 0, bpf_output: true }))),
        "perf_clock" => Some(Object::PerfEvent(Rc::new(PerfEvent { cpu: 0, bpf_output: false }))),
        "cgroup" => Some(Object::Cgroup(Rc::new(Cgroup { id: id.into(), path: format!("/{id}") }))),
        "btf:plain" => Some(Object::Other),
        _ => socket(kind, id),
    }
}

//! Arrays of sockets: `BPF_MAP_TYPE_SOCKMAP`, `BPF_MAP_TYPE_XSKMAP` and `BPF_MAP_TYPE_REUSEPORT_SOCKARRAY`.
//!
//! Each has its own order of checks and its own idea of a socket that fits; all are slots. Sources: `net/core/sock_map.c`,
//! `net/xdp/xskmap.c`, `kernel/bpf/reuseport_array.c`. Key types: [`SockArray`], [`Kind`]. Neighbours: `sockhash`, `fd_array`.

use std::rc::Rc;

use sim::errno::Errno;
use sim::machine::Machine;

use crate::array::{index_of, next_index};
use crate::consts::*;
use crate::create::CreateError;
use crate::fd_array::FdArray;
use crate::map::{Map, MapCore};
use crate::object::{Descriptors, Object, SocketObject, SocketTraits};
use crate::rules::MapRules;
use crate::spec::MapDef;

const AF_UNIX: u16 = 1;
const AF_INET: u16 = 2;
const AF_INET6: u16 = 10;
const AF_XDP: u16 = 44;
const SOCK_STREAM: u16 = 1;
const SOCK_DGRAM: u16 = 2;
const IPPROTO_TCP: u16 = 6;
const IPPROTO_UDP: u16 = 17;
const TCP_ESTABLISHED: u8 = 1;
const TCP_LISTEN: u8 = 10;

/// What an operation does on one type of array.
pub(crate) struct Kind {
    /// Stores the socket that a descriptor refers to.
    store: fn(&SockArray, &Machine, u32, Socket<'_>, u64) -> Result<(), Errno>,
    /// Error for a key beyond the end, and for an empty slot; `None`: no error.
    delete_errors: (Errno, Option<Errno>),
    /// What user space sees of a socket.
    read: fn(&SockArray, u32) -> Result<Vec<u8>, Errno>,
}

/// A descriptor not looked up yet.
pub(crate) struct Socket<'a> {
    pub fd: u64,
    pub fds: &'a dyn Descriptors,
}

impl Socket<'_> {
    /// `sockfd_lookup`: -EBADF when nothing is open, -ENOTSOCK for anything but a socket.
    pub fn find(&self) -> Result<Rc<dyn SocketObject>, Errno> {
        match self.fds.get(self.fd as u32) {
            Some(Object::Socket(socket)) => Ok(socket),
            Some(_) => Err(Errno::ENOTSOCK),
            None => Err(Errno::EBADF),
        }
    }
}

const SOCKMAP: Kind =
    Kind { store: store_sockmap, delete_errors: (Errno::EINVAL, Some(Errno::EINVAL)), read: read_cookie };
const XSKMAP: Kind = Kind { store: store_xsk, delete_errors: (Errno::EINVAL, None), read: read_nothing };
const REUSEPORT: Kind =
    Kind { store: store_reuseport, delete_errors: (Errno::E2BIG, Some(Errno::ENOENT)), read: read_cookie };

/// An array of sockets.
pub struct SockArray {
    array: FdArray,
    kind: Kind,
}

/// The descriptor that a value is; 8-byte values are read as a whole.
pub(crate) fn fd_value(value: &[u8]) -> u64 {
    let mut word = [0; 8];
    word[..value.len()].copy_from_slice(value);
    u64::from_le_bytes(word)
}

/// `sock_map_update_elem_sys` up to the lock: the socket, if it is of a kind and in a state that maps of sockets take.
pub(crate) fn sockmap_socket(socket: &Socket<'_>, rules: &MapRules) -> Result<Rc<dyn SocketObject>, Errno> {
    if socket.fd > i32::MAX as u64 {
        return Err(Errno::EINVAL);
    }
    let found = socket.find()?;
    if sockmap_takes(&found.traits(), rules) { Ok(found) } else { Err(Errno::EOPNOTSUPP) }
}

/// `sock_map_sk_is_suitable` and `sock_map_sk_state_allowed`.
fn sockmap_takes(socket: &SocketTraits, rules: &MapRules) -> bool {
    let inet = matches!(socket.family, AF_INET | AF_INET6);
    match (socket.kind, socket.protocol) {
        (SOCK_STREAM, IPPROTO_TCP) if inet => matches!(socket.state, TCP_ESTABLISHED | TCP_LISTEN),
        (SOCK_DGRAM, IPPROTO_UDP) if inet => socket.hashed || rules.sockmap_takes_unbound_udp,
        (SOCK_STREAM | SOCK_DGRAM, _) if socket.family == AF_UNIX => {
            rules.sockmap_takes_unix && socket.state == TCP_ESTABLISHED
        }
        _ => false,
    }
}

/// `sock_map_update_common`.
fn store_sockmap(
    map: &SockArray,
    m: &Machine,
    index: u32,
    socket: Socket<'_>,
    flags: u64,
) -> Result<(), Errno> {
    let socket = sockmap_socket(&socket, &map.array.core.rules)?;
    map.check_flags_and_index(flags, index)?;
    match map.array.get(index) {
        Some(_) if flags == BPF_NOEXIST => return Err(Errno::EEXIST),
        None if flags == BPF_EXIST => return Err(Errno::ENOENT),
        _ => {}
    }
    map.array.store(m, index as usize, Some(Object::Socket(socket)));
    Ok(())
}

/// `xsk_map_update_elem`. Storing the socket that is there already is no error whatever the flags say.
fn store_xsk(map: &SockArray, m: &Machine, index: u32, socket: Socket<'_>, flags: u64) -> Result<(), Errno> {
    map.check_flags_and_index(flags, index)?;
    let socket = socket.find()?;
    let traits = socket.traits();
    if traits.family != AF_XDP {
        return Err(Errno::EOPNOTSUPP);
    }
    if map.array.core.rules.xskmap_wants_bound && !traits.hashed {
        return Err(Errno::ENOBUFS);
    }
    match map.socket(index) {
        Some(old) if old.cookie() == socket.cookie() => return Ok(()),
        Some(_) if flags == BPF_NOEXIST => return Err(Errno::EEXIST),
        None if flags == BPF_EXIST => return Err(Errno::ENOENT),
        _ => {}
    }
    map.array.store(m, index as usize, Some(Object::Socket(socket)));
    Ok(())
}

/// `bpf_fd_reuseport_array_update_elem`.
fn store_reuseport(
    map: &SockArray,
    m: &Machine,
    index: u32,
    socket: Socket<'_>,
    flags: u64,
) -> Result<(), Errno> {
    map.check_flags_and_index(flags, index)?;
    if map.array.core.def.value_size == 8 && socket.fd > i32::MAX as u64 {
        return Err(Errno::EINVAL);
    }
    let new = socket.find()?;
    let old = map.socket(index);
    match &old {
        Some(_) if flags == BPF_NOEXIST => return Err(Errno::EEXIST),
        None if flags == BPF_EXIST => return Err(Errno::ENOENT),
        _ => {}
    }
    let traits = new.traits();
    let known = matches!(traits.protocol, IPPROTO_TCP | IPPROTO_UDP)
        && matches!(traits.family, AF_INET | AF_INET6)
        && matches!(traits.kind, SOCK_STREAM | SOCK_DGRAM);
    if !known {
        return Err(Errno::ENOTSUPP);
    }
    if !traits.hashed || !traits.reuseport {
        return Err(Errno::EINVAL);
    }
    // A socket is in one such array at most, and once.
    if new.in_reuseport_array().replace(true) {
        return Err(Errno::EBUSY);
    }
    if let Some(old) = old {
        old.in_reuseport_array().set(false);
    }
    map.array.store(m, index as usize, Some(Object::Socket(new)));
    Ok(())
}

/// The socket's cookie, which needs a value of 8 bytes.
fn read_cookie(map: &SockArray, index: u32) -> Result<Vec<u8>, Errno> {
    if map.array.core.def.value_size != 8 {
        return Err(Errno::ENOSPC);
    }
    let socket = map.socket(index).ok_or(Errno::ENOENT)?;
    Ok(socket.cookie().to_le_bytes().to_vec())
}

/// `xsk_map_lookup_elem_sys_only`.
fn read_nothing(_map: &SockArray, _index: u32) -> Result<Vec<u8>, Errno> {
    Err(Errno::EOPNOTSUPP)
}

impl SockArray {
    /// Empty slots; the definition has been checked.
    pub(crate) fn create(def: &MapDef, rules: &MapRules, m: &Machine) -> Result<Rc<dyn Map>, CreateError> {
        let kind = match def.map_type {
            BPF_MAP_TYPE_SOCKMAP => SOCKMAP,
            BPF_MAP_TYPE_XSKMAP => XSKMAP,
            BPF_MAP_TYPE_REUSEPORT_SOCKARRAY => REUSEPORT,
            other => unreachable!("map type {other} is no array of sockets"),
        };
        Ok(Rc::new(SockArray { array: FdArray::new(def, rules, m)?, kind }))
    }

    fn check_flags_and_index(&self, flags: u64, index: u32) -> Result<(), Errno> {
        if flags > BPF_EXIST {
            return Err(Errno::EINVAL);
        }
        if index < self.array.core.def.max_entries { Ok(()) } else { Err(Errno::E2BIG) }
    }

    /// The socket in a slot; `None` also beyond the last one.
    pub fn socket(&self, index: u32) -> Option<Rc<dyn SocketObject>> {
        match self.array.get(index)? {
            Object::Socket(socket) => Some(socket),
            _ => unreachable!("only sockets were stored"),
        }
    }

    fn forget(socket: &Object) {
        if let Object::Socket(socket) = socket {
            socket.in_reuseport_array().set(false);
        }
    }
}

impl Map for SockArray {
    fn core(&self) -> &MapCore {
        &self.array.core
    }

    /// Address of the `struct sock`.
    fn lookup(&self, _m: &Machine, key: &[u8]) -> Option<u64> {
        self.socket(index_of(&self.array.core, key)).map(|socket| socket.sk_addr())
    }

    /// Programs store sockets by pointer, which only few program types have; not modelled there.
    fn update(&self, _m: &Machine, _key: &[u8], _value: &[u8], _flags: u64) -> Result<(), Errno> {
        Err(Errno::EOPNOTSUPP)
    }

    fn delete(&self, m: &Machine, key: &[u8]) -> Result<(), Errno> {
        let index = index_of(&self.array.core, key);
        let (beyond, empty) = self.kind.delete_errors;
        if index >= self.array.core.def.max_entries {
            return Err(beyond);
        }
        match (self.array.store(m, index as usize, None), empty) {
            (Some(old), _) => {
                Self::forget(&old);
                Ok(())
            }
            (None, Some(errno)) => Err(errno),
            (None, None) => Ok(()),
        }
    }

    fn next_key(&self, _m: &Machine, prev: Option<&[u8]>) -> Result<Vec<u8>, Errno> {
        next_index(&self.array.core, prev)
    }

    fn lookup_user(&self, _m: &Machine, key: &[u8], flags: u64) -> Result<Vec<u8>, Errno> {
        self.array.core.check_lookup_user(flags)?;
        (self.kind.read)(self, index_of(&self.array.core, key))
    }

    fn update_user_with(
        &self,
        m: &Machine,
        key: &[u8],
        value: &[u8],
        flags: u64,
        fds: &dyn Descriptors,
    ) -> Result<(), Errno> {
        self.array.core.check_update_user(flags)?;
        let socket = Socket { fd: fd_value(value), fds };
        (self.kind.store)(self, m, index_of(&self.array.core, key), socket, flags)
    }

    fn forget_socket(&self, m: &Machine, cookie: u64) {
        let is_it = |object: &Object| matches!(object, Object::Socket(socket) if socket.cookie() == cookie);
        self.array.take_all(m, is_it).iter().for_each(Self::forget);
    }

    fn as_sock_array(&self) -> Option<&SockArray> {
        Some(self)
    }

    fn len(&self) -> u32 {
        self.array.used()
    }

    fn destroy(&self, m: &Machine) {
        self.array.take_all(m, |_| true).iter().for_each(Self::forget);
        self.array.destroy(m);
    }
}

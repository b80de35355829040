//! What a descriptor that is stored in a map refers to: another map, a program, a perf event, a cgroup, a socket.
//!
//! Maps know no descriptor tables. The layer above resolves numbers through [`Descriptors`]; each map type takes the kind of [`Object`]
//! that it holds and refuses the rest with the kernel's error. Neighbours: `fd_array`, `hash_of_maps` store them, `hooks` has the tables.

use std::any::Any;
use std::cell::Cell;
use std::rc::Rc;

use sim::errno::Errno;

use crate::local_storage::{Owner, OwnerKind};
use crate::map::Map;

/// What an open descriptor refers to.
#[derive(Clone)]
pub enum Object {
    Map(Rc<dyn Map>),
    Program(Rc<dyn ProgramObject>),
    PerfEvent(Rc<PerfEvent>),
    /// A directory of the cgroup file system.
    Cgroup(Rc<Cgroup>),
    Socket(Rc<dyn SocketObject>),
    /// Open, but nothing that a map could hold.
    Other,
}

/// A process's descriptors.
pub trait Descriptors {
    /// What the number refers to; `None` when it is not open.
    fn get(&self, fd: u32) -> Option<Object>;

    /// Whether there is a network device with this number. Only the loopback device is sure to exist.
    fn has_device(&self, ifindex: u32) -> bool {
        ifindex == 1
    }

    /// The owner of local storage that the number refers to. -EBADF when it is not open or of another kind (of sockets: -ENOTSOCK),
    /// -ENOENT for a task that has ended.
    fn owner(&self, _fd: u32, _kind: OwnerKind) -> Result<Owner, Errno> {
        Err(Errno::EBADF)
    }

    /// The open file of the map through which the change is made; perf events go with it.
    fn map_file(&self) -> u64 {
        0
    }
}

/// A table in which nothing is open: `BPF_MAP_UPDATE_ELEM` with a number that means nothing.
pub struct NoDescriptors;

impl Descriptors for NoDescriptors {
    fn get(&self, _fd: u32) -> Option<Object> {
        None
    }
}

/// A table in which every number refers to the same object: for callers that have the object and no process.
pub struct One(pub Object);

impl Descriptors for One {
    fn get(&self, _fd: u32) -> Option<Object> {
        Some(self.0.clone())
    }
}

/// What decides whether a program may be called from another one (`bpf_prog_map_compatible`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramTraits {
    /// Number of the program type.
    pub prog_type: u32,
    /// Full name of the expected attach type, e.g. `"BPF_XDP_DEVMAP"`.
    pub attach_type: String,
    /// For types that are attached to a kernel function by BTF: the function. `None` for others.
    pub attach_function: Option<String>,
    pub xdp_frags: bool,
    pub sleepable: bool,
    /// `BPF_PROG_TYPE_EXT`: never a tail call's target (6.12, 7.2).
    pub extension: bool,
}

/// A loaded program, as a map holds it.
pub trait ProgramObject {
    /// `bpf_prog_aux.id`.
    fn id(&self) -> u32;

    fn traits(&self) -> ProgramTraits;

    /// For the layer above, which knows its own type.
    fn as_any(&self) -> &dyn Any;
}

/// A perf event, as `bpf_perf_event_output` and `bpf_perf_event_read` see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PerfEvent {
    /// The CPU it was opened on.
    pub cpu: u32,
    /// `PERF_COUNT_SW_BPF_OUTPUT`: takes records of programs.
    pub bpf_output: bool,
}

/// A cgroup (v2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cgroup {
    /// `cgroup_id()`.
    pub id: u64,
    /// From the root, which is `/`.
    pub path: String,
}

impl Cgroup {
    /// `task_under_cgroup_hierarchy`: whether `self` is `ancestor` or below it.
    pub fn is_under(&self, ancestor: &Cgroup) -> bool {
        let path = ancestor.path.trim_end_matches('/');
        self.path.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// State of a socket, as far as maps ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SocketTraits {
    /// `AF_*`.
    pub family: u16,
    /// `SOCK_*`.
    pub kind: u16,
    /// `IPPROTO_*`.
    pub protocol: u16,
    /// `TCP_*` of `include/net/tcp_states.h`.
    pub state: u8,
    /// `SO_REUSEPORT` was set before it was bound, so it is in a group.
    pub reuseport: bool,
    /// Bound, so that a look-up can find it (`sk_hashed`).
    pub hashed: bool,
}

/// A socket, as a map holds it.
pub trait SocketObject {
    fn traits(&self) -> SocketTraits;

    /// `sock_gen_cookie()`: a number that no other socket has.
    fn cookie(&self) -> u64;

    /// Address of its `struct sock`.
    fn sk_addr(&self) -> u64;

    /// Whether an array of reuseport sockets holds it (`sk_user_data`).
    fn in_reuseport_array(&self) -> &Cell<bool>;

    /// For the layer above, which knows its own type.
    fn as_any(&self) -> &dyn Any;
}

/// `__bpf_map_get`: -EBADF when nothing is open, -EINVAL for anything but a map.
pub(crate) fn map_of(object: Option<Object>) -> Result<Rc<dyn Map>, Errno> {
    match object {
        Some(Object::Map(map)) => Ok(map),
        Some(_) => Err(Errno::EINVAL),
        None => Err(Errno::EBADF),
    }
}

/// The address of a kernel object, where it has one in simulated memory; otherwise a mark that is not 0.
pub(crate) fn address(object: &Object) -> u64 {
    match object {
        Object::Map(map) => map.core().addr,
        Object::Socket(socket) => socket.sk_addr(),
        Object::Program(program) => program.id().into(),
        Object::PerfEvent(event) => u64::from(event.cpu) + 1,
        Object::Cgroup(cgroup) => cgroup.id,
        Object::Other => unreachable!("no map holds it"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cgroup_is_under_itself_and_its_ancestors() {
        let group = |path: &str| Cgroup { id: 1, path: path.into() };
        let cases = [("/a/b", "/a", true), ("/a/b", "/a/b", true), ("/ab", "/a", false), ("/x", "/", true)];
        for (path, ancestor, want) in cases {
            assert_eq!(group(path).is_under(&group(ancestor)), want, "{path} under {ancestor}");
        }
    }
}

//! The commands of `bpf(2)` that make descriptors of maps: create, and by id. And what the numbers in a value refer to.
//!
//! Source: `kernel/bpf/syscall.c:map_create`, `bpf_map_get_fd_by_id`. Neighbours: `mod` dispatches, `elem` and `batch` store values.

use std::rc::Rc;

use maps::consts::{BPF_F_RDONLY, BPF_F_WRONLY};
use maps::create::CreateError;
use maps::inner::{InnerFd, MapMeta};
use maps::local_storage::{Owner, OwnerKind};
use maps::object::{Cgroup, Descriptors, Object};
use maps::spec::MapDef;
use sim::errno::Errno;
use sim::finding;
use sim::task::TaskState;

use super::{Attr, Call};
use crate::kernel::Kernel;
use crate::process::{Fd, MapFile, MapMode, Process};
use crate::vfs::{InodeKind, OpenFile};

/// The calling process's table, for one call on the map behind the open file `map_file`.
pub(super) struct Table {
    pub kernel: Kernel,
    pub process: Rc<Process>,
    pub map_file: u64,
}

impl Descriptors for Table {
    fn get(&self, fd: u32) -> Option<Object> {
        object_of(&self.process, fd)
    }

    fn has_device(&self, ifindex: u32) -> bool {
        self.kernel.has_device(ifindex)
    }

    /// `pidfd_get_pid`, `fget_raw`, `sockfd_lookup`. No descriptor of a cgroup is modelled.
    fn owner(&self, fd: u32, kind: OwnerKind) -> Result<Owner, Errno> {
        match (kind, self.process.get(fd.into())?) {
            (OwnerKind::Task, Fd::Task(id)) => {
                let task = self.kernel.machine().task(id);
                let alive = task.state.get() != TaskState::Dead;
                let owner = || Owner { addr: self.kernel.task_object(&task), number: task.pid.0.into() };
                alive.then(owner).ok_or(Errno::ENOENT)
            }
            (OwnerKind::Inode, Fd::File(file)) => {
                let (addr, _) = self.kernel.inode_objects(&file.inode);
                Ok(Owner { addr, number: file.inode.ino })
            }
            (OwnerKind::Socket, Fd::Socket(socket)) => {
                Ok(Owner { addr: socket.sk_addr, number: socket.sk_addr })
            }
            (OwnerKind::Socket, _) => Err(Errno::ENOTSOCK),
            _ => Err(Errno::EBADF),
        }
    }

    fn map_file(&self) -> u64 {
        self.map_file
    }
}

fn object_of(process: &Process, fd: u32) -> Option<Object> {
    /// Numbers below are taken from the start, by terminals.
    const STANDARD: u32 = 3;
    match process.get(fd.into()) {
        Ok(Fd::Map(file)) => Some(Object::Map(file.map.clone())),
        Ok(Fd::Program(program)) => Some(Object::Program(program)),
        Ok(Fd::Socket(socket)) => Some(Object::Socket(socket)),
        Ok(Fd::File(file)) => Some(cgroup(&file).unwrap_or(Object::Other)),
        Ok(Fd::Task(_)) => Some(Object::Other),
        Ok(Fd::Object(object)) => Some(object),
        Err(_) => (fd < STANDARD).then_some(Object::Other),
    }
}

/// A directory of the cgroup file system.
fn cgroup(file: &OpenFile) -> Option<Object> {
    const MOUNTED_AT: &str = "/sys/fs/cgroup";
    let path =
        file.inode.path.strip_prefix(MOUNTED_AT).filter(|_| file.inode.kind == InodeKind::Directory)?;
    match path {
        "" => Some(Object::Cgroup(Rc::new(Cgroup { id: 1, path: "/".into() }))),
        path => {
            let cgroup = Cgroup { id: file.inode.ino, path: path.to_string() };
            path.starts_with('/').then(|| Object::Cgroup(Rc::new(cgroup)))
        }
    }
}

/// `map_create`. BTF ids are accepted and mean nothing: special fields come with objects only.
pub(super) fn create(call: &Call, attr: &Attr) -> Result<i64, Errno> {
    let name: Vec<u8> = attr.bytes[28..44].iter().copied().take_while(|byte| *byte != 0).collect();
    let valid = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
    if name.len() == 16 || !name.iter().all(valid) {
        return Err(Errno::EINVAL);
    }
    let template = match object_of(&call.process(), attr.u32(20)) {
        Some(Object::Map(map)) => InnerFd::Map(Box::new(MapMeta::of(&*map))),
        Some(_) => InnerFd::NotAMap,
        None => InnerFd::NotOpen,
    };
    let def = MapDef {
        name: String::from_utf8_lossy(&name).into_owned(),
        map_type: attr.u32(0),
        key_size: attr.u32(4),
        value_size: attr.u32(8),
        max_entries: attr.u32(12),
        flags: attr.u32(16),
        inner: template,
        numa_node: attr.u32(24),
        extra: attr.u64(64),
        ..MapDef::default()
    };
    // Other types may be made without BTF; local storage may not, and its key is always an integer.
    let storage = OwnerKind::of(def.map_type).is_some() && attr.u32(52) != 0 && attr.u32(56) != 0;
    let def = if storage { def.with_btf() } else { def };
    let handle = call.kernel.bpf().create_map(&def).map_err(|error| match error {
        CreateError::Errno(errno) => errno,
        CreateError::NotModelled(what) => {
            let message = format!("BPF_MAP_CREATE: {what}: not modelled");
            call.kernel.machine().finding(finding::NOT_MODELLED, message, vec![]);
            Errno::EINVAL
        }
    })?;
    let file = MapFile::of_new(handle.map, call.kernel.next_file());
    call.process().install(Fd::Map(file)).map(|fd| fd as i64)
}

/// `bpf_map_get_fd_by_id`: -ENOENT when no map has the id.
pub(super) fn by_id(call: &Call, attr: &Attr) -> Result<i64, Errno> {
    let (read_only, write_only) = (attr.u32(8) & BPF_F_RDONLY != 0, attr.u32(8) & BPF_F_WRONLY != 0);
    if attr.u32(8) & !(BPF_F_RDONLY | BPF_F_WRONLY) != 0 || (read_only && write_only) {
        return Err(Errno::EINVAL);
    }
    let handle = call.kernel.bpf().maps().by_id(attr.u32(0)).ok_or(Errno::ENOENT)?;
    let mode = MapMode { read: !write_only, write: !read_only };
    call.kernel.open_map_for(&handle.map, mode).map(|fd| fd as i64)
}

/// `bpf_prog_get_fd_by_id`: -ENOENT when no program has the id.
pub(super) fn program_by_id(call: &Call, attr: &Attr) -> Result<i64, Errno> {
    let programs = call.kernel.bpf().programs();
    let program = programs.iter().find(|program| program.id == attr.u32(0)).ok_or(Errno::ENOENT)?;
    call.kernel.open_program(program).map(|fd| fd as i64)
}

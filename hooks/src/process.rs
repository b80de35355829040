//! What belongs to a process: descriptors, working directory, program. Threads share it.

use std::cell::RefCell;
use std::rc::Rc;

use maps::map::Map;
use maps::object::Object;
use maps::refcount;
use programs::runtime::LoadedProgram;
use sim::errno::Errno;
use sim::ids::TaskId;
use sim::machine::Machine;

use crate::socket::Socket;
use crate::vfs::OpenFile;

/// `RLIMIT_NOFILE` as most systems set it.
pub const MAX_FDS: usize = 1024;

/// What a descriptor refers to.
#[derive(Clone)]
pub enum Fd {
    File(Rc<OpenFile>),
    Socket(Rc<Socket>),
    /// `pidfd_open(2)`.
    Task(TaskId),
    /// A BPF map, for `bpf(2)`.
    Map(Rc<MapFile>),
    /// A loaded program.
    Program(Rc<LoadedProgram>),
    /// Something that only maps look at: a perf event, say.
    Object(Object),
}

/// What an open map may be used for. Creation flags restrict the map's first descriptor in the map itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MapMode {
    pub read: bool,
    pub write: bool,
}

impl MapMode {
    pub const BOTH: MapMode = MapMode { read: true, write: true };
}

/// An open map. The map lives at least as long.
pub struct MapFile {
    pub map: Rc<dyn Map>,
    pub mode: MapMode,
    /// Tells open files apart.
    pub id: u64,
}

impl MapFile {
    /// Opens a map: one more reference.
    pub fn open(map: &Rc<dyn Map>, id: u64, mode: MapMode) -> Rc<MapFile> {
        refcount::get_user(&**map);
        Rc::new(MapFile { map: map.clone(), id, mode })
    }

    /// Takes over the reference that the creation of a map gave.
    pub fn of_new(map: Rc<dyn Map>, id: u64) -> Rc<MapFile> {
        Rc::new(MapFile { map, id, mode: MapMode::BOTH })
    }

    /// `bpf_map_release`, when the last descriptor of this open file is gone.
    pub(crate) fn close(self: Rc<Self>, m: &Machine) {
        if let Some(file) = Rc::into_inner(self) {
            file.map.release(m, file.id);
            refcount::put_user(m, &file.map);
        }
    }
}

/// A process.
pub struct Process {
    fds: RefCell<Vec<Option<Fd>>>,
    pub cwd: RefCell<String>,
    /// Path of the program it runs.
    pub exe: RefCell<String>,
}

impl Process {
    /// A process without open files. Descriptors 0 to 2 are taken, as after a shell started it.
    pub fn new(exe: &str) -> Process {
        Process {
            fds: RefCell::new(Vec::new()),
            cwd: RefCell::new("/".to_string()),
            exe: RefCell::new(exe.to_string()),
        }
    }

    /// A copy for `fork`: same open file descriptions.
    pub fn fork(&self) -> Process {
        Process { fds: self.fds.clone(), cwd: self.cwd.clone(), exe: self.exe.clone() }
    }

    /// Installs at the lowest free number, from 3 on.
    ///
    /// # Errors
    /// `EMFILE`.
    pub fn install(&self, fd: Fd) -> Result<u64, Errno> {
        let mut fds = self.fds.borrow_mut();
        let free = fds.iter().position(Option::is_none).unwrap_or(fds.len());
        if free + FIRST_FD >= MAX_FDS {
            return Err(Errno::EMFILE);
        }
        if free == fds.len() {
            fds.push(None);
        }
        fds[free] = Some(fd);
        Ok((free + FIRST_FD) as u64)
    }

    /// Everything open.
    pub(crate) fn fds(&self) -> Vec<Fd> {
        self.fds.borrow().iter().flatten().cloned().collect()
    }

    /// What a descriptor refers to.
    ///
    /// # Errors
    /// `EBADF`.
    pub fn get(&self, fd: u64) -> Result<Fd, Errno> {
        let index = index_of(fd).ok_or(Errno::EBADF)?;
        self.fds.borrow().get(index).cloned().flatten().ok_or(Errno::EBADF)
    }

    /// The open file behind a descriptor.
    ///
    /// # Errors
    /// `EBADF`, also for what is no file.
    pub fn file(&self, fd: u64) -> Result<Rc<OpenFile>, Errno> {
        match self.get(fd)? {
            Fd::File(file) => Ok(file),
            _ => Err(Errno::EBADF),
        }
    }

    /// The socket behind a descriptor.
    ///
    /// # Errors
    /// `EBADF`, or `ENOTSOCK` for something else.
    pub fn socket(&self, fd: u64) -> Result<Rc<Socket>, Errno> {
        match self.get(fd)? {
            Fd::Socket(socket) => Ok(socket),
            _ => Err(Errno::ENOTSOCK),
        }
    }

    /// Takes a descriptor out of the table.
    ///
    /// # Errors
    /// `EBADF`.
    pub fn close(&self, fd: u64) -> Result<Fd, Errno> {
        let index = index_of(fd).ok_or(Errno::EBADF)?;
        let mut fds = self.fds.borrow_mut();
        fds.get_mut(index).and_then(Option::take).ok_or(Errno::EBADF)
    }
}

const FIRST_FD: usize = 3;

fn index_of(fd: u64) -> Option<usize> {
    usize::try_from(fd as u32).ok()?.checked_sub(FIRST_FD)
}

//! The simulated kernel: a machine, its BPF subsystem, and who is attached where. Cheap to clone; all clones are the same kernel.

use std::cell::{Cell, Ref, RefCell, RefMut};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use maps::map::Map;
use programs::runtime::{Bpf, LoadedProgram};
use sim::errno::Errno;
use sim::ids::{MmId, TaskId};
use sim::machine::Machine;
use sim::task::TaskState;

use crate::process::{Fd, MapFile, MapMode, Process};
use crate::socket::Socket;
use crate::vfs::Vfs;

use crate::event::HookEvent;
use crate::registry::Registry;

/// Where kernel text begins on x86-64 (`__START_KERNEL_map` + 16 MB).
const KERNEL_TEXT: u64 = 0xffff_ffff_8100_0000;

/// A handle to a simulated kernel.
#[derive(Clone)]
pub struct Kernel(Rc<Inner>);

struct Inner {
    bpf: Bpf,
    registry: Registry,
    /// `bpf_prog_active`: one program of the perf kind at a time per CPU.
    prog_active: Vec<Cell<u32>>,
    next_slice: Cell<u64>,
    next_file: Cell<u64>,
    vfs: RefCell<Vfs>,
    processes: RefCell<BTreeMap<TaskId, Rc<Process>>>,
    domain_name: RefCell<Vec<u8>>,
}

impl Kernel {
    /// A kernel without attachments.
    pub fn new(bpf: Bpf) -> Kernel {
        let nr_cpus = bpf.machine().nr_cpus();
        Kernel(Rc::new(Inner {
            bpf,
            registry: Registry::default(),
            prog_active: (0..nr_cpus).map(|_| Cell::new(0)).collect(),
            next_slice: Cell::new(0),
            next_file: Cell::new(0),
            vfs: RefCell::default(),
            processes: RefCell::default(),
            domain_name: RefCell::default(),
        }))
    }

    /// The BPF subsystem.
    pub fn bpf(&self) -> &Bpf {
        &self.0.bpf
    }

    /// The machine.
    pub fn machine(&self) -> &Machine {
        self.0.bpf.machine()
    }

    /// Who is attached where.
    pub fn registry(&self) -> &Registry {
        &self.0.registry
    }

    /// The file system.
    pub fn vfs(&self) -> Ref<'_, Vfs> {
        self.0.vfs.borrow()
    }

    /// The file system, to change.
    pub fn vfs_mut(&self) -> RefMut<'_, Vfs> {
        self.0.vfs.borrow_mut()
    }

    /// The process that the current task belongs to; a task nobody adopted gets one of its own.
    pub fn process(&self) -> Rc<Process> {
        let task = self.machine().current_task();
        let mut processes = self.0.processes.borrow_mut();
        processes.entry(task.id).or_insert_with(|| Rc::new(Process::new(&task.comm()))).clone()
    }

    /// All processes, by task.
    pub(crate) fn processes(&self) -> Vec<Rc<Process>> {
        self.0.processes.borrow().values().cloned().collect()
    }

    /// Opens a map in the current process. Gives the descriptor.
    ///
    /// # Errors
    /// `EMFILE`.
    pub fn open_map(&self, map: &Rc<dyn Map>) -> Result<u64, Errno> {
        self.open_map_for(map, MapMode::BOTH)
    }

    /// The same for reading or writing only.
    pub(crate) fn open_map_for(&self, map: &Rc<dyn Map>, mode: MapMode) -> Result<u64, Errno> {
        self.process().install(Fd::Map(MapFile::open(map, self.next_file(), mode)))
    }

    /// A descriptor of a socket was closed: with the last one the socket leaves all maps (`sock_map_close`).
    pub(crate) fn socket_closed(&self, socket: &Rc<Socket>) {
        let is_it = |fd: &Fd| matches!(fd, Fd::Socket(other) if Rc::ptr_eq(other, socket));
        if self.processes().iter().any(|process| process.fds().iter().any(is_it)) {
            return;
        }
        for handle in self.bpf().maps().all() {
            handle.map.forget_socket(self.machine(), socket.cookie);
        }
    }

    /// Opens a program in the current process. Gives the descriptor.
    ///
    /// # Errors
    /// `EMFILE`.
    pub fn open_program(&self, program: &Rc<LoadedProgram>) -> Result<u64, Errno> {
        self.process().install(Fd::Program(program.clone()))
    }

    /// A number for an open map or a socket.
    pub(crate) fn next_file(&self) -> u64 {
        let id = self.0.next_file.get() + 1;
        self.0.next_file.set(id);
        id
    }

    /// Gives a task its process; threads of one process share it.
    pub fn adopt(&self, task: TaskId, process: impl Into<Rc<Process>>) {
        self.0.processes.borrow_mut().insert(task, process.into());
    }

    /// The NIS domain name (`setdomainname`).
    pub fn domain_name(&self) -> Vec<u8> {
        self.0.domain_name.borrow().clone()
    }

    pub(crate) fn set_domain_name(&self, name: &[u8]) {
        *self.0.domain_name.borrow_mut() = name.to_vec();
    }

    /// A task no longer uses an address space; the last one frees it.
    pub(crate) fn put_mm(&self, mm: MmId) {
        let lives =
            |task: &Rc<sim::task::Task>| task.state.get() != TaskState::Dead && task.mm.get() == Some(mm);
        if !self.machine().tasks().iter().any(lives) {
            self.machine().mm().drop_mm(mm);
        }
    }

    pub(crate) fn prog_active(&self, cpu: usize) -> &Cell<u32> {
        &self.0.prog_active[cpu]
    }

    /// A number for the two ends of a slice in the event stream.
    pub(crate) fn slice_id(&self) -> u64 {
        // Waits of the machine have numbers of their own; hooks start far above.
        let id = self.0.next_slice.get() + 1;
        self.0.next_slice.set(id);
        (1 << 32) | id
    }

    /// Runs a hook's programs as a tokio task of its own, on behalf of the current simulated task, which waits for it. The body is
    /// boxed where it is made: large futures are not moved again.
    pub(crate) async fn fire(&self, hook: &str, body: Pin<Box<dyn Future<Output = i64>>>) -> i64 {
        let m = self.machine();
        if !m.events().enabled() {
            return m.fire(body).await;
        }
        let id = self.slice_id();
        m.emit(HookEvent::FireBegin { hook: hook.to_string(), id });
        let ret = m.fire(body).await;
        m.emit(HookEvent::FireEnd { hook: hook.to_string(), ret, id });
        ret
    }

    /// A stable made-up address of a kernel function, in the kernel's text range (there is no text in this machine).
    pub fn function_address(&self, function: &str) -> u64 {
        // FNV-1a, 16-byte aligned, within 16 MB of the text start.
        let hash = function
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
        KERNEL_TEXT + (hash & 0x00ff_fff0)
    }

    /// Kernel memory for a program's context, filled with `bytes`.
    pub(crate) fn alloc_context(&self, what: &'static str, bytes: &[u8]) -> u64 {
        let stamp = self.machine().stamp();
        let mut arena = self.machine().arena_mut();
        let addr = arena.alloc(bytes.len(), what, stamp).expect("kernel memory for a context");
        arena.write(addr, bytes).expect("just allocated");
        addr
    }

    pub(crate) fn free_context(&self, addr: u64) {
        let stamp = self.machine().stamp();
        self.machine().arena_mut().free(addr, stamp);
    }
}

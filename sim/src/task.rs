//! Simulated tasks: what `task_struct` holds, as far as scheduling and context go.
//!
//! Key types: [`Task`], [`TaskSpec`] (what a caller gives to spawn one), [`WaitReason`] (what a blocked task waits for, in words).
//! Neighbours: `machine` owns the table and moves tasks between states.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::task::Waker;

use crate::context::Context;
use crate::ids::{CpuId, MmId, Pid, TaskId};
use crate::machine::Section;
use crate::rcu::{AnyEngine, Reader};

/// `TASK_COMM_LEN` (`include/linux/sched.h`): 16 bytes with the terminating NUL.
pub const TASK_COMM_LEN: usize = 16;

/// What kind of task this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskKind {
    /// Has user memory and makes system calls.
    User,
    /// A kernel thread. The machine may end while it is blocked.
    Kthread,
    /// The idle task of a CPU (pid 0).
    Idle,
}

/// Where a task is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskState {
    /// Runnable, in the run queue of its CPU.
    Queued,
    /// The current task of its CPU.
    OnCpu,
    /// Waits until something wakes it.
    Blocked,
    /// Has exited.
    Dead,
}

/// What a blocked task waits for: text for timelines and deadlock reports, and who could wake it if known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitReason {
    /// Short and stable, e.g. `page_in`, `nanosleep`, `mmap_lock`.
    pub what: &'static str,
    /// Details, e.g. the address or lock.
    pub detail: String,
    /// The task that is expected to end the wait.
    pub on: Option<TaskId>,
}

impl WaitReason {
    /// A reason without details.
    pub fn new(what: &'static str) -> WaitReason {
        WaitReason { what, detail: String::new(), on: None }
    }

    /// The same with details.
    pub fn detail(mut self, detail: impl Into<String>) -> WaitReason {
        self.detail = detail.into();
        self
    }

    /// The same with the task that is expected to end the wait.
    pub fn on(mut self, task: TaskId) -> WaitReason {
        self.on = Some(task);
        self
    }
}

impl std::fmt::Display for WaitReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.detail.as_str() {
            "" => f.write_str(self.what),
            detail => write!(f, "{} ({detail})", self.what),
        }
    }
}

/// How to create a task.
#[derive(Clone, Debug)]
pub struct TaskSpec {
    /// `comm`; cut to 15 bytes.
    pub comm: String,
    pub kind: TaskKind,
    /// CPUs it may run on, a bit each.
    pub affinity: u64,
    pub mm: Option<MmId>,
    /// A pid that no living task has; `None`: the next free one.
    pub pid: Option<Pid>,
    /// The thread group; `None`: a process of its own.
    pub tgid: Option<Pid>,
    /// The parent's pid.
    pub ppid: Pid,
    pub uid: u32,
    pub gid: u32,
}

impl TaskSpec {
    /// A user task that may run anywhere, as root.
    pub fn user(comm: &str) -> TaskSpec {
        TaskSpec {
            comm: comm.to_string(),
            kind: TaskKind::User,
            affinity: u64::MAX,
            mm: None,
            pid: None,
            tgid: None,
            ppid: Pid(1),
            uid: 0,
            gid: 0,
        }
    }

    /// A kernel thread that may run anywhere.
    pub fn kthread(comm: &str) -> TaskSpec {
        TaskSpec { kind: TaskKind::Kthread, ppid: Pid(2), ..TaskSpec::user(comm) }
    }

    /// The same, bound to one CPU.
    pub fn on_cpu(mut self, cpu: CpuId) -> TaskSpec {
        self.affinity = 1 << cpu.0;
        self
    }
}

/// A simulated task.
pub struct Task {
    pub id: TaskId,
    pub pid: Pid,
    pub tgid: Pid,
    pub ppid: Pid,
    pub kind: TaskKind,
    /// CPUs it may run on, a bit each (`cpus_mask`).
    pub affinity: Cell<u64>,
    pub comm: RefCell<Rc<str>>,
    pub uid: Cell<u32>,
    pub gid: Cell<u32>,
    pub mm: Cell<Option<MmId>>,
    pub state: Cell<TaskState>,
    /// The CPU it runs on or ran on last.
    pub cpu: Cell<CpuId>,
    pub ctx: Context,
    /// Faults served without I/O (`ru_minflt`).
    pub min_flt: Cell<u64>,
    /// Faults that waited for I/O (`ru_majflt`).
    pub maj_flt: Cell<u64>,
    /// Why it is blocked, and since when.
    pub wait: RefCell<Option<(WaitReason, u64)>>,
    /// Address of the simulated `task_struct` in kernel memory, once something asked for it; 0 before.
    pub struct_addr: Cell<u64>,
    /// Counts waits, so that a timer of an earlier wait cannot end a later one.
    pub(crate) wait_seq: Cell<u64>,
    /// Its own virtual time may be ahead of the machine's when it blocks.
    pub(crate) not_before_ns: Cell<u64>,
    pub(crate) waker: RefCell<Option<Waker>>,
    pub(crate) joiners: RefCell<Vec<TaskId>>,
    pub(crate) trace_reader: RefCell<Option<Reader<AnyEngine>>>,
    pub(crate) trace_section: Section,
    pub(crate) classic_section: Section,
    /// What it runs that can say where it is, innermost last.
    places: RefCell<Vec<Rc<dyn Whereabouts>>>,
}

/// Something that a task runs and that knows where it is: a program, its instruction and source line.
pub trait Whereabouts {
    /// A few words without a line break, e.g. `program sleeper at sleeper.c:12, in bpf_copy_from_user`.
    fn describe(&self) -> String;
}

impl Task {
    pub(crate) fn new(id: TaskId, pid: Pid, spec: &TaskSpec) -> Task {
        Task {
            id,
            pid,
            tgid: spec.tgid.unwrap_or(pid),
            ppid: spec.ppid,
            kind: spec.kind,
            affinity: Cell::new(spec.affinity),
            comm: RefCell::new(cut_comm(&spec.comm)),
            uid: Cell::new(spec.uid),
            gid: Cell::new(spec.gid),
            mm: Cell::new(spec.mm),
            state: Cell::new(TaskState::Blocked),
            cpu: Cell::new(CpuId(0)),
            ctx: Context::default(),
            min_flt: Cell::new(0),
            maj_flt: Cell::new(0),
            wait: RefCell::new(None),
            struct_addr: Cell::new(0),
            wait_seq: Cell::new(0),
            not_before_ns: Cell::new(0),
            waker: RefCell::new(None),
            joiners: RefCell::new(Vec::new()),
            trace_reader: RefCell::new(None),
            trace_section: Section::default(),
            classic_section: Section::default(),
            places: RefCell::default(),
        }
    }

    /// The task's name.
    pub fn comm(&self) -> Rc<str> {
        self.comm.borrow().clone()
    }

    /// Renames the task (`execve`, `prctl(PR_SET_NAME)`).
    pub fn set_comm(&self, comm: &str) {
        *self.comm.borrow_mut() = cut_comm(comm);
    }

    /// From now on the task is at `place`, until [`Task::leaves`].
    pub fn is_at(&self, place: Rc<dyn Whereabouts>) {
        self.places.borrow_mut().push(place);
    }

    /// The innermost place is left.
    pub fn leaves(&self) {
        self.places.borrow_mut().pop();
    }

    /// Where it is, innermost first, if anything it runs has said so.
    pub fn whereabouts(&self) -> Option<String> {
        let places: Vec<String> = self.places.borrow().iter().rev().map(|place| place.describe()).collect();
        Some(places.join(" inside ")).filter(|text| !text.is_empty())
    }

    /// Whether it may run on `cpu`.
    pub fn allowed_on(&self, cpu: CpuId) -> bool {
        self.affinity.get() & (1 << cpu.0) != 0
    }

    /// Bound to its CPU by `migrate_disable()`.
    pub fn pinned(&self) -> bool {
        self.ctx.migration_disabled.get() != 0
    }
}

fn cut_comm(comm: &str) -> Rc<str> {
    let mut end = comm.len().min(TASK_COMM_LEN - 1);
    while !comm.is_char_boundary(end) {
        end -= 1;
    }
    Rc::from(&comm[..end])
}

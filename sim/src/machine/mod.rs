//! The machine: CPUs, tasks, virtual time and kernel memory behind one cheap handle.
//!
//! Exactly one simulated context executes at any moment: the holder of the baton. It gives the baton away only at a scheduling
//! point, so plain functions are indivisible, and tokio's own queue order never matters.
//!
//! Key types: [`Machine`], [`MachineConfig`], [`Outcome`]. The rest of the handle is in files by topic: `dispatch` (who is next, and
//! when), `wait` (scheduling points and blocking), `irq` (interrupts), `counters` (context counters and guards), `grace` (grace periods), `report`
//! (events and findings), `run` (the tokio side).

mod config;
mod counters;
mod dispatch;
mod events;
mod grace;
mod irq;
mod lockdep;
mod queue;
mod report;
mod run;
#[cfg(test)]
mod tests;
mod wait;

use std::cell::{Cell, Ref, RefCell, RefMut};
use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use parking_lot::Mutex;

use crate::arena::{Arena, Stamp};
use crate::event::Stream;
use crate::finding::Finding;
use crate::ids::{CpuId, Pid, TaskId};
use crate::mm::UserMemory;
use crate::rng::Rng;
use crate::sched::{Random, Replay, RoundRobin, Schedule, Scheduler};
use crate::task::{Task, TaskKind, TaskSpec, TaskState};

pub use config::{Costs, MAX_CPUS, MachineConfig, Policy};
pub use counters::{BhGuard, InAtomic, IrqGuard, PreemptGuard, RcuReadGuard, RcuTraceGuard};
pub use events::SimEvent;
pub(crate) use grace::Section;
pub use grace::{
    ClassicModel, Cookie, Finds, Flavour, Gp, GraceEvent, GracePeriodModel, GracePeriodStatus, Holder,
    KthreadModel, Lazy, SrcuModel, TraceEngine, TraceModel,
};
pub use lockdep::LockClass;
pub use queue::Timer;
pub use run::Outcome;

type BoxFuture = Pin<Box<dyn Future<Output = ()>>>;
type IrqHandler = Box<dyn FnOnce(&Machine)>;

/// One simulated CPU.
struct Cpu {
    current: Cell<TaskId>,
    idle: TaskId,
    queue: RefCell<VecDeque<TaskId>>,
    /// Its current task has used the CPU up to this point of virtual time.
    busy_until_ns: Cell<u64>,
    /// When the current task's time slice ends.
    slice_end_ns: Cell<u64>,
    pending_irqs: RefCell<VecDeque<irq::PendingIrq>>,
}

pub(crate) struct Inner {
    config: MachineConfig,
    now_ns: Cell<u64>,
    /// Virtual time that the executing context has used since its last scheduling point.
    debt_ns: Cell<u64>,
    /// Who executes: task, and the CPU it is on.
    current: Cell<TaskId>,
    current_cpu: Cell<CpuId>,
    tasks: RefCell<Vec<Rc<Task>>>,
    by_pid: RefCell<BTreeMap<Pid, TaskId>>,
    next_pid: Cell<u32>,
    cpus: Vec<Cpu>,
    /// Bit per CPU whose current task is not the idle task.
    busy: Cell<u64>,
    queue: RefCell<queue::Queue>,
    scheduler: RefCell<Box<dyn Scheduler>>,
    schedule: RefCell<Schedule>,
    steps: Cell<u64>,
    /// Tasks spawned before the machine runs.
    unborn: RefCell<Vec<(TaskId, BoxFuture)>>,
    running: Cell<bool>,
    /// A timed event is being performed, outside any task.
    in_event: Cell<bool>,
    outcome: RefCell<Option<Outcome>>,
    finished: RefCell<Option<std::task::Waker>>,
    /// Set from outside (a signal handler): the run ends at the next scheduling point.
    stop: Arc<AtomicBool>,
    /// Wake-ups that arrive through a real [`std::task::Waker`], from the grace-period engines.
    inbox: Arc<Inbox>,
    stream: RefCell<Stream>,
    observers: RefCell<Vec<report::Observer>>,
    findings: RefCell<Vec<Finding>>,
    lockdep: lockdep::Cell,
    exit_hooks: RefCell<Vec<wait::ExitHook>>,
    arena: RefCell<Arena>,
    mm: RefCell<UserMemory>,
    rngs: RefCell<BTreeMap<&'static str, Rng>>,
    rcu: grace::GracePeriods,
    wait_id: Cell<u64>,
}

/// Tasks to wake, written by wakers that must be `Send`.
#[derive(Default)]
pub(crate) struct Inbox {
    nonempty: AtomicBool,
    tasks: Mutex<Vec<TaskId>>,
}

/// A handle to a simulated machine. Cloning is cheap; all clones are the same machine.
#[derive(Clone)]
pub struct Machine(pub(crate) Rc<Inner>);

impl Machine {
    /// A machine at virtual time 0 with idle CPUs.
    ///
    /// # Panics
    /// If `nr_cpus` is not within 1 to [`MAX_CPUS`]: callers check what users give them.
    pub fn new(config: MachineConfig) -> Machine {
        assert!((1..=MAX_CPUS).contains(&config.nr_cpus), "1 to {MAX_CPUS} CPUs");
        let scheduler: Box<dyn Scheduler> = match &config.policy {
            Policy::RoundRobin => Box::new(RoundRobin),
            Policy::Random => Box::new(Random::new(config.seed)),
            Policy::Replay(schedule) => Box::new(Replay::new(schedule)),
        };
        let nr_cpus = config.nr_cpus;
        let machine = Machine(Rc::new(Inner {
            now_ns: Cell::new(0),
            debt_ns: Cell::new(0),
            current: Cell::new(TaskId(0)),
            current_cpu: Cell::new(CpuId(0)),
            tasks: RefCell::new((0..nr_cpus).map(idle_task).collect()),
            by_pid: RefCell::new(BTreeMap::new()),
            next_pid: Cell::new(FIRST_PID),
            cpus: (0..nr_cpus).map(Cpu::new).collect(),
            busy: Cell::new(0),
            queue: RefCell::default(),
            scheduler: RefCell::new(scheduler),
            schedule: RefCell::new(Schedule { seed: config.seed, choices: Vec::new() }),
            steps: Cell::new(0),
            unborn: RefCell::default(),
            running: Cell::new(false),
            in_event: Cell::new(false),
            outcome: RefCell::default(),
            finished: RefCell::default(),
            stop: Arc::default(),
            inbox: Arc::default(),
            stream: RefCell::new(Stream::new(config.record_events, config.event_limit)),
            observers: RefCell::default(),
            findings: RefCell::default(),
            lockdep: lockdep::Cell::default(),
            exit_hooks: RefCell::default(),
            arena: RefCell::new(Arena::new(config.kernel_memory_bytes)),
            mm: RefCell::new(UserMemory::new(config.mm.clone())),
            rngs: RefCell::default(),
            rcu: grace::GracePeriods::new(nr_cpus, &config.rcu),
            wait_id: Cell::new(0),
            config,
        }));
        machine.start_grace_period_kthreads();
        machine
    }

    /// What the machine was built from.
    pub fn config(&self) -> &MachineConfig {
        &self.0.config
    }

    /// Virtual nanoseconds since boot, as the executing context sees them.
    pub fn now_ns(&self) -> u64 {
        self.0.now_ns.get() + self.0.debt_ns.get()
    }

    /// How many CPUs there are.
    pub fn nr_cpus(&self) -> usize {
        self.0.cpus.len()
    }

    /// The task that executes now; inside an interrupt, the interrupted one.
    pub fn current(&self) -> TaskId {
        self.0.current.get()
    }

    /// The CPU that executes now.
    pub fn current_cpu(&self) -> CpuId {
        self.0.current_cpu.get()
    }

    /// The pid of the task that executes now.
    pub fn current_pid(&self) -> Pid {
        self.current_task().pid
    }

    /// The task that executes now.
    pub fn current_task(&self) -> Rc<Task> {
        self.task(self.current())
    }

    /// The task with this id.
    ///
    /// # Panics
    /// If the id is not one this machine gave out.
    pub fn task(&self, id: TaskId) -> Rc<Task> {
        self.0.tasks.borrow()[id.index()].clone()
    }

    /// The living task with this pid.
    pub fn find_task(&self, pid: Pid) -> Option<Rc<Task>> {
        let id = *self.0.by_pid.borrow().get(&pid)?;
        Some(self.task(id)).filter(|t| t.state.get() != TaskState::Dead)
    }

    /// All tasks ever made, in the order of their creation; the first are the idle tasks.
    pub fn tasks(&self) -> Vec<Rc<Task>> {
        self.0.tasks.borrow().clone()
    }

    /// Time, task and CPU of now: who did it.
    pub fn stamp(&self) -> Stamp {
        Stamp { time_ns: self.now_ns(), pid: self.current_pid(), cpu: self.current_cpu() }
    }

    /// Kernel memory.
    pub fn arena(&self) -> Ref<'_, Arena> {
        self.0.arena.borrow()
    }

    /// Kernel memory, to change.
    pub fn arena_mut(&self) -> RefMut<'_, Arena> {
        self.0.arena.borrow_mut()
    }

    /// User memory.
    pub fn mm(&self) -> RefMut<'_, UserMemory> {
        self.0.mm.borrow_mut()
    }

    /// The next number of a named random stream of this run.
    pub fn rng_u32(&self, stream: &'static str) -> u32 {
        let mut rngs = self.0.rngs.borrow_mut();
        rngs.entry(stream).or_insert_with(|| Rng::stream(self.0.config.seed, stream)).next_u32()
    }

    /// A flag that ends the run at its next scheduling point; may be set from another thread or a signal handler.
    pub fn stop_flag(&self) -> Arc<AtomicBool> {
        self.0.stop.clone()
    }

    /// The choices made so far: with the seed, what a replay needs.
    pub fn schedule(&self) -> Schedule {
        self.0.schedule.borrow().clone()
    }

    /// Creates a task. It is runnable at once, on an idle CPU it may use or else in the shortest queue.
    pub fn spawn(&self, spec: TaskSpec, body: impl Future<Output = ()> + 'static) -> TaskId {
        let id = self.add_task(&spec);
        if self.0.running.get() {
            self.start_tokio_task(id, body);
        } else {
            self.0.unborn.borrow_mut().push((id, Box::pin(body)));
        }
        let task = self.task(id);
        let comm = task.comm().to_string();
        let kind = if spec.kind == TaskKind::Kthread { "kthread" } else { "user" };
        self.emit_with(|| SimEvent::TaskNew { comm, pid: task.pid, kind });
        self.make_runnable(&task, self.cpu_for_new(&task));
        id
    }

    /// From now on tasks without a pid of their own get one from `pid` on: those below are kept for others.
    pub fn number_pids_from(&self, pid: Pid) {
        self.0.next_pid.set(self.0.next_pid.get().max(pid.0));
    }

    /// The next pid that no task ever had.
    fn free_pid(&self) -> Pid {
        let taken = self.0.by_pid.borrow();
        let mut pid = Pid(self.0.next_pid.get());
        while taken.contains_key(&pid) {
            pid.0 += 1;
        }
        self.0.next_pid.set(pid.0 + 1);
        pid
    }

    fn add_task(&self, spec: &TaskSpec) -> TaskId {
        let mut tasks = self.0.tasks.borrow_mut();
        let id = TaskId(u32::try_from(tasks.len()).expect("fewer than 2^32 tasks"));
        let pid = spec.pid.unwrap_or_else(|| self.free_pid());
        tasks.push(Rc::new(Task::new(id, pid, spec)));
        self.0.by_pid.borrow_mut().insert(pid, id);
        id
    }
}

/// Kernel threads of the machine itself come first; user tasks follow.
const FIRST_PID: u32 = 2;

impl Cpu {
    fn new(index: usize) -> Cpu {
        let idle = TaskId(index as u32);
        Cpu {
            current: Cell::new(idle),
            idle,
            queue: RefCell::default(),
            busy_until_ns: Cell::new(0),
            slice_end_ns: Cell::new(0),
            pending_irqs: RefCell::default(),
        }
    }
}

fn idle_task(index: usize) -> Rc<Task> {
    let spec = TaskSpec { kind: TaskKind::Idle, ..TaskSpec::kthread(&format!("swapper/{index}")) };
    let task = Task::new(TaskId(index as u32), Pid(0), &spec);
    task.cpu.set(CpuId(index as u16));
    task.state.set(TaskState::OnCpu);
    Rc::new(task)
}

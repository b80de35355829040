//! Grace periods inside the machine: kernel threads that drive the engines of [`crate::rcu`] in virtual time, each as its kernel does.
//!
//! Readers are simulated tasks (Tasks Trace) and CPUs (classic). What differs between kernels is data: [`GracePeriodModel`]. By topic:
//! `classic` (and expedited), `tasks` (the Tasks-Trace thread of 5.10 to 6.12), `srcu` (7.2), `callbacks`, `readers` (who is inside),
//! `status` (who holds a grace period, and why), `stall` (reports).

mod callbacks;
mod classic;
mod events;
mod model;
mod readers;
mod srcu;
mod stall;
mod status;
mod tasks;
#[cfg(test)]
mod tests;

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use super::{Machine, Timer};
use crate::finding;
use crate::ids::TaskId;
use crate::rcu::{self, AnyEngine, Classic, Domain, TasksTrace};
use crate::task::{TaskSpec, WaitReason};
use callbacks::{Call, Callbacks, Ticket};
use readers::ReaderTable;

pub use events::{Flavour, Gp, GraceEvent};
pub use model::{
    ClassicModel, Finds, GracePeriodModel, KthreadModel, Lazy, SrcuModel, TraceEngine, TraceModel,
};
pub(crate) use readers::Section;
pub use status::{GracePeriodStatus, Holder};

pub(super) struct GracePeriods {
    classic: Classic<Ticket>,
    expedited: Domain<Ticket>,
    trace: TasksTrace<Ticket, AnyEngine>,
    classic_readers: ReaderTable,
    trace_readers: ReaderTable,
    callbacks: RefCell<Callbacks>,
    drivers: [Driver; 3],
    classic_state: classic::State,
    tasks_state: tasks::State,
    srcu_state: srcu::State,
}

/// What drives one flavour's grace periods.
#[derive(Default)]
struct Driver {
    kthread: Cell<Option<TaskId>>,
    /// It waits for a request.
    idle: Cell<bool>,
    /// It has been told to start a grace period.
    go: Cell<bool>,
    running: Cell<Option<Running>>,
    stall_timer: RefCell<Option<Timer>>,
    info_timer: RefCell<Option<Timer>>,
}

/// A grace period under way.
#[derive(Clone, Copy)]
struct Running {
    gp: Gp,
    begin_ns: u64,
    stage: &'static str,
    /// Its number among the looks at the readers; 0 before it has looked.
    look: u64,
    /// Its holdouts have been reported.
    told_holdouts: bool,
}

/// A point to wait for: see [`Machine::get_state_synchronize`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cookie {
    flavour: Flavour,
    cookie: rcu::Cookie,
}

impl GracePeriods {
    pub(super) fn new(nr_cpus: usize, model: &GracePeriodModel) -> GracePeriods {
        let engine = match model.trace.engine {
            TraceEngine::Kthread(_) => AnyEngine::slots(),
            TraceEngine::Srcu(_) => AnyEngine::counters(),
        };
        let (classic, trace) = (Classic::new(nr_cpus), TasksTrace::over(engine));
        GracePeriods {
            expedited: classic.another_queue(),
            classic,
            trace,
            classic_readers: ReaderTable::default(),
            trace_readers: ReaderTable::default(),
            callbacks: RefCell::default(),
            drivers: Default::default(),
            classic_state: classic::State::default(),
            tasks_state: tasks::State::default(),
            srcu_state: srcu::State::default(),
        }
    }

    fn domain(&self, flavour: Flavour) -> &Domain<Ticket> {
        match flavour {
            Flavour::Classic => &self.classic,
            Flavour::Expedited => &self.expedited,
            Flavour::TasksTrace => &self.trace,
        }
    }

    fn driver(&self, flavour: Flavour) -> &Driver {
        &self.drivers[flavour as usize]
    }

    fn readers(&self, flavour: Flavour) -> &ReaderTable {
        match flavour {
            Flavour::Classic | Flavour::Expedited => &self.classic_readers,
            Flavour::TasksTrace => &self.trace_readers,
        }
    }

    /// Callbacks that will never be called: the machine is going away.
    pub(super) fn drop_callbacks(&self) {
        drop(self.callbacks.take());
    }
}

impl Machine {
    /// Calls `f` after a classic RCU grace period (`call_rcu()`), in a softirq of this CPU or, if it is offloaded, in a kernel thread,
    /// where it may first wait for company (`CONFIG_RCU_LAZY`).
    #[track_caller]
    pub fn call_rcu(&self, f: impl FnOnce(&Machine) + 'static) {
        self.call_classic("call_rcu", true, Location::caller(), Box::new(f));
    }

    /// The same, never waiting for company (`call_rcu_hurry()`).
    #[track_caller]
    pub fn call_rcu_hurry(&self, f: impl FnOnce(&Machine) + 'static) {
        self.call_classic("call_rcu_hurry", false, Location::caller(), Box::new(f));
    }

    /// Calls `f` after a Tasks-Trace grace period (`call_rcu_tasks_trace()`). On every kernel modelled it contains a classic one.
    #[track_caller]
    pub fn call_rcu_tasks_trace(&self, f: impl FnOnce(&Machine) + 'static) {
        self.call_trace("call_rcu_tasks_trace", false, Location::caller(), Box::new(f));
    }

    /// After a Tasks-Trace grace period no classic one needs to be waited for (`rcu_trace_implies_rcu_gp()`).
    pub fn trace_implies_classic(&self) -> bool {
        self.0.config.rcu.trace.implies_classic
    }

    /// Waits for a grace period of `flavour` that begins after this call (`synchronize_rcu()`, `synchronize_rcu_expedited()`,
    /// `synchronize_rcu_tasks_trace()`).
    pub async fn synchronize(&self, flavour: Flavour) {
        self.check_synchronize(flavour);
        match flavour {
            Flavour::Classic => self.synchronize_classic().await,
            Flavour::Expedited => self.synchronize_expedited().await,
            Flavour::TasksTrace => self.synchronize_trace().await,
        }
    }

    /// Waits until every callback queued so far has been invoked (`rcu_barrier()`, `rcu_barrier_tasks_trace()`, `srcu_barrier()`). It
    /// waits behind them, and asks for no grace period of its own; 5.10's Tasks Trace just synchronizes. Callbacks are plain functions,
    /// so none can call this and wait for itself.
    pub async fn barrier(&self, flavour: Flavour) {
        self.might_sleep("kernel/rcu/tree.c");
        let by_synchronizing = |k: &KthreadModel| k.barrier_synchronizes;
        let trace = matches!(&self.0.config.rcu.trace.engine, TraceEngine::Kthread(k) if by_synchronizing(k));
        if flavour == Flavour::TasksTrace && trace {
            return self.synchronize(flavour).await;
        }
        let (me, lists) = (self.current(), self.0.rcu.callbacks.borrow().last_of_each_list(flavour));
        let left = Rc::new(Cell::new(lists.len()));
        for ticket in lists {
            let left = left.clone();
            let done = move |m: &Machine| {
                left.set(left.get() - 1);
                if left.get() == 0 {
                    m.wake(me);
                }
            };
            self.0.rcu.callbacks.borrow_mut().entrain(ticket, Box::new(done));
        }
        if flavour == Flavour::Classic {
            self.flush_lazy(None);
        }
        while left.get() > 0 {
            self.block(WaitReason::new(flavour.name()).detail("barrier")).await;
        }
    }

    /// The end of the next full grace period, to be asked for later (`get_state_synchronize_rcu()`). Starts none.
    pub fn get_state_synchronize(&self, flavour: Flavour) -> Cookie {
        Cookie { flavour, cookie: self.0.rcu.domain(flavour).snapshot() }
    }

    /// Whether that grace period is over (`poll_state_synchronize_rcu()`).
    pub fn poll_state_synchronize(&self, cookie: Cookie) -> bool {
        self.0.rcu.domain(cookie.flavour).poll(cookie.cookie)
    }

    /// Waits for a grace period unless that one is over (`cond_synchronize_rcu()`).
    pub async fn cond_synchronize(&self, cookie: Cookie) {
        if !self.poll_state_synchronize(cookie) {
            self.synchronize(cookie.flavour).await;
        }
    }

    /// Callbacks of `flavour` that have not been invoked yet.
    pub fn callbacks_waiting(&self, flavour: Flavour) -> usize {
        self.0.rcu.callbacks.borrow().count(flavour)
    }

    /// Waiting inside a section of the same flavour is waiting for oneself; lockdep says so in these words.
    fn check_synchronize(&self, flavour: Flavour) {
        let task = self.current_task();
        let (inside, message) = match flavour {
            Flavour::Classic => {
                (task.ctx.rcu_depth.get(), "Illegal synchronize_rcu() in RCU read-side critical section")
            }
            Flavour::Expedited => (
                task.ctx.rcu_depth.get(),
                "Illegal synchronize_rcu_expedited() in RCU read-side critical section",
            ),
            Flavour::TasksTrace => (
                task.ctx.rcu_trace_depth.get(),
                "Illegal synchronize_rcu_tasks_trace() in RCU Tasks Trace read-side critical section",
            ),
        };
        if inside > 0 {
            let note = format!("{} (pid {}) is in {inside} such section(s)", task.comm(), task.pid);
            self.finding(
                finding::WAITS_FOR_ITSELF,
                format!("WARNING: suspicious RCU usage: {message}"),
                vec![note],
            );
        }
    }

    /// Locks that queueing takes may be held by the code an NMI interrupts.
    fn check_call_context(&self, what: &str) {
        if self.current_task().ctx.in_nmi() {
            let message =
                format!("{what}() in an NMI: the list it locks may be locked by what was interrupted");
            self.finding(finding::RCU_FROM_NMI, message, Vec::new());
        }
    }

    /// A callback that wakes the current task, and the flag it sets before.
    fn wake_me(&self) -> (Rc<Cell<bool>>, Call) {
        let (me, done) = (self.current(), Rc::new(Cell::new(false)));
        let flag = done.clone();
        let call = move |m: &Machine| {
            flag.set(true);
            m.wake(me);
        };
        (done, Box::new(call))
    }

    async fn wait_for_flag(&self, flavour: Flavour, done: &Cell<bool>) {
        while !done.get() {
            self.block(WaitReason::new(flavour.name()).detail("grace period")).await;
        }
    }

    pub(super) fn start_grace_period_kthreads(&self) {
        let machine = self.clone();
        let classic = async move { machine.classic_kthread().await };
        let machine = self.clone();
        let trace = async move {
            match machine.0.config.rcu.trace.engine.clone() {
                TraceEngine::Kthread(model) => machine.tasks_kthread(model).await,
                TraceEngine::Srcu(model) => machine.srcu_worker(model).await,
            }
        };
        let comm = match self.0.config.rcu.trace.engine {
            TraceEngine::Kthread(_) => "rcu_tasks_trace",
            TraceEngine::Srcu(_) => "kworker/rcu_gp",
        };
        let id = self.spawn(TaskSpec::kthread(self.0.config.rcu.classic.name), classic);
        self.0.rcu.driver(Flavour::Classic).kthread.set(Some(id));
        let id = self.spawn(TaskSpec::kthread(comm), trace);
        self.0.rcu.driver(Flavour::TasksTrace).kthread.set(Some(id));
    }

    /// Tells a driver to start a grace period.
    fn go(&self, flavour: Flavour) {
        let driver = self.0.rcu.driver(flavour);
        driver.go.set(true);
        if driver.idle.get() {
            driver.kthread.get().into_iter().for_each(|kthread| self.wake(kthread));
        }
    }

    /// A driver waits until it is told to go.
    async fn wait_for_go(&self, flavour: Flavour) {
        let driver = self.0.rcu.driver(flavour);
        while !driver.go.get() {
            driver.idle.set(true);
            self.block(WaitReason::new("rcu_gp_wait")).await;
            driver.idle.set(false);
        }
        driver.go.set(false);
    }

    /// The point of time `n` whole jiffies from now, as a timer set for `n` jiffies has it: never early, so up to one more.
    fn jiffies_from_now(&self, n: u32) -> u64 {
        self.jiffies_after(self.now_ns(), n)
    }

    fn jiffies_after(&self, time_ns: u64, n: u32) -> u64 {
        let jiffy = self.0.config.rcu.jiffy_ns();
        (time_ns / jiffy + 1 + u64::from(n)) * jiffy
    }

    /// When the next tick is.
    fn next_tick(&self) -> u64 {
        self.jiffies_from_now(0)
    }

    async fn sleep_jiffies(&self, n: u32, what: &'static str) {
        let until = self.jiffies_from_now(n);
        self.sleep_ns(until - self.now_ns(), WaitReason::new(what)).await;
    }

    fn begin_grace_period(&self, flavour: Flavour, expedited: bool) -> Gp {
        let domain = self.0.rcu.domain(flavour);
        let gp = Gp { flavour, seq: domain.gp_seq() + 1 };
        let callbacks = domain.pending() as u64;
        let running = Running { gp, begin_ns: self.now_ns(), stage: "begin", look: 0, told_holdouts: false };
        self.0.rcu.driver(flavour).running.set(Some(running));
        self.emit_with(|| GraceEvent::Begin { gp, callbacks, expedited });
        gp
    }

    /// The driver is about to look at the readers for the first time: these are waited for.
    fn look_at_readers(&self, flavour: Flavour) {
        let look = self.0.rcu.readers(flavour).look();
        self.change_running(flavour, |running| running.look = look);
    }

    fn stage(&self, flavour: Flavour, stage: &'static str) {
        self.change_running(flavour, |running| running.stage = stage);
        let running = self.0.rcu.driver(flavour).running.get().expect("under way");
        self.emit_with(|| GraceEvent::Stage { gp: running.gp, stage });
    }

    fn change_running(&self, flavour: Flavour, change: impl FnOnce(&mut Running)) {
        let running = &self.0.rcu.driver(flavour).running;
        let mut now = running.get().expect("under way");
        change(&mut now);
        running.set(Some(now));
    }

    /// The engine says that all readers have left; the table of sections must agree.
    fn end_grace_period(&self, flavour: Flavour) {
        let driver = self.0.rcu.driver(flavour);
        let running = driver.running.get().expect("under way");
        let left = self.0.rcu.readers(flavour).holders(self, running.look, readers::section_of(flavour));
        assert!(left.is_empty(), "{:?} ended with {left:?} inside", running.gp);
        self.disarm_stall(flavour);
        driver.running.set(None);
        let took_ns = self.now_ns() - running.begin_ns;
        self.emit_with(|| GraceEvent::End { gp: running.gp, took_ns });
    }
}

/// Polls `future` without asking to be woken: for drivers that look again later, as kernels poll.
fn look<F: Future>(future: Pin<&mut F>) -> Option<F::Output> {
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

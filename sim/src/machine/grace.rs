//! Grace periods inside the machine: two kernel threads drive the engines of [`crate::rcu`] in virtual time.
//!
//! Readers are simulated tasks (Tasks Trace) and CPUs (classic); callbacks are plain functions, invoked by the kernel thread with
//! bottom halves off, outside any lock.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use super::{Flavour, Machine, SimEvent};
use crate::ids::{CpuId, TaskId};
use crate::rcu::{AnyEngine, Chained, Classic, Domain, TasksTrace};
use crate::task::{Task, TaskSpec, WaitReason};

type Callback = Box<dyn FnOnce(&Machine)>;
/// The engines are `Send`, simulated callbacks are not: the engines hold tickets.
type Ticket = u64;

pub(super) struct GracePeriods {
    classic: Classic<Ticket>,
    trace: TasksTrace<Ticket, AnyEngine>,
    /// What serves Tasks-Trace callbacks: every kernel modelled here ends a Tasks-Trace grace period with a classic one (5.10 to
    /// 6.12: `rcu_tasks_trace_postscan` calls `synchronize_rcu()`, kernel/rcu/tasks.h; 7.2: SRCU-fast scans use it).
    trace_then_classic: Chained<Ticket>,
    callbacks: RefCell<BTreeMap<Ticket, Callback>>,
    next_ticket: Cell<Ticket>,
    kthreads: [Cell<Option<TaskId>>; 2],
}

impl GracePeriods {
    pub(super) fn new(nr_cpus: usize) -> GracePeriods {
        let (classic, trace) = (Classic::new(nr_cpus), TasksTrace::over(AnyEngine::slots()));
        GracePeriods {
            trace_then_classic: Chained::new(&trace, &classic),
            classic,
            trace,
            callbacks: RefCell::default(),
            next_ticket: Cell::new(0),
            kthreads: [Cell::new(None), Cell::new(None)],
        }
    }

    pub(super) fn classic_lock(&self, cpu: CpuId) {
        self.classic.read_lock(cpu.index());
    }

    pub(super) fn classic_unlock(&self, cpu: CpuId) {
        self.classic.read_unlock(cpu.index());
    }

    pub(super) fn trace_lock(&self, task: &Task) {
        task.trace_reader.borrow_mut().get_or_insert_with(|| self.trace.register()).lock();
    }

    pub(super) fn trace_unlock(&self, task: &Task) {
        if let Some(reader) = task.trace_reader.borrow_mut().as_mut() {
            reader.unlock();
        }
    }

    fn domain(&self, flavour: Flavour) -> &Domain<Ticket> {
        match flavour {
            Flavour::Classic => &self.classic,
            Flavour::TasksTrace => &self.trace_then_classic,
        }
    }
}

impl Machine {
    /// Calls `f` after a classic RCU grace period (`call_rcu()`).
    pub fn call_rcu(&self, f: impl FnOnce(&Machine) + 'static) {
        self.queue_callback(Flavour::Classic, Box::new(f));
    }

    /// Calls `f` after a Tasks-Trace grace period (`call_rcu_tasks_trace()`), which includes a classic one: afterwards neither kind
    /// of reader can still see what was unlinked before.
    pub fn call_rcu_tasks_trace(&self, f: impl FnOnce(&Machine) + 'static) {
        self.queue_callback(Flavour::TasksTrace, Box::new(f));
    }

    /// Waits for a grace period of `flavour` that begins after this call (`synchronize_rcu()`, `synchronize_rcu_tasks_trace()`).
    pub async fn synchronize(&self, flavour: Flavour) {
        let me = self.current();
        let done = Rc::new(Cell::new(false));
        let flag = done.clone();
        self.queue_callback(
            flavour,
            Box::new(move |m| {
                flag.set(true);
                m.wake(me);
            }),
        );
        while !done.get() {
            self.block(WaitReason::new(flavour.name()).detail("grace period")).await;
        }
    }

    fn queue_callback(&self, flavour: Flavour, callback: Callback) {
        let rcu = &self.0.rcu;
        let ticket = rcu.next_ticket.get();
        rcu.next_ticket.set(ticket + 1);
        rcu.callbacks.borrow_mut().insert(ticket, callback);
        rcu.domain(flavour).call(ticket);
        if let Some(kthread) = rcu.kthreads[flavour as usize].get() {
            self.wake(kthread);
        }
    }

    pub(super) fn start_grace_period_kthreads(&self) {
        for (flavour, comm) in [(Flavour::Classic, "rcu_preempt"), (Flavour::TasksTrace, "rcu_tasks_trace")] {
            let machine = self.clone();
            let id = self
                .spawn(TaskSpec::kthread(comm), async move { machine.grace_period_kthread(flavour).await });
            self.0.rcu.kthreads[flavour as usize].set(Some(id));
        }
    }

    async fn grace_period_kthread(&self, flavour: Flavour) {
        let domain = self.0.rcu.domain(flavour);
        loop {
            let callbacks = domain.pending() as u64;
            if callbacks == 0 {
                self.block(WaitReason::new("rcu_gp_wait")).await;
                continue;
            }
            let (seq, begin_ns) = (domain.gp_seq() + 1, self.now_ns());
            self.emit_with(|| SimEvent::GracePeriodBegin { flavour, seq, callbacks });
            // Readers are looked at first: one that begins during the delay is not this grace period's concern.
            let ready = self.block_on(domain.grace_period(), WaitReason::new("rcu_gp_readers")).await;
            self.wait_out_minimum(flavour, begin_ns).await;
            let took_ns = self.now_ns() - begin_ns;
            self.emit_with(|| SimEvent::GracePeriodEnd { flavour, seq, took_ns });
            self.local_bh_disable();
            for ticket in ready {
                let callback = self.0.rcu.callbacks.borrow_mut().remove(&ticket);
                callback.expect("a ticket is served once")(self);
            }
            self.local_bh_enable();
        }
    }

    /// Even without readers a grace period takes a few ticks.
    async fn wait_out_minimum(&self, flavour: Flavour, begin_ns: u64) {
        let minimum_ns = match flavour {
            Flavour::Classic => self.config().rcu.classic_ns,
            Flavour::TasksTrace => self.config().rcu.tasks_trace_ns,
        };
        let rest = minimum_ns.saturating_sub(self.now_ns() - begin_ns);
        if rest > 0 {
            self.sleep_ns(rest, WaitReason::new("rcu_gp_delay")).await;
        }
    }
}

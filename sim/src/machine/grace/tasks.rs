//! Tasks Trace before 7.0: one kernel thread that looks for readers, polls them, and invokes callbacks (kernel/rcu/tasks.h).
//!
//! A grace period takes what runs on each CPU (interrupting it to ask) and readers that are blocked, waits for classic RCU
//! (`rcu_tasks_trace_postscan()`), then polls until no holdout is left. So it notices a reader's end at its next poll, except on 5.10,
//! where the last blocked reader wakes it. Differs from the kernel: there is one callback list, because kernels use the first CPU's
//! list until its lock is contended, which never happens here.

use std::cell::{Cell, RefCell};
use std::panic::Location;
use std::pin::{Pin, pin};

use super::callbacks::{Call, Callback, Ticket};
use super::model::{Finds, KthreadModel, Lazy, TraceEngine};
use super::{Flavour, GraceEvent, look};
use crate::ids::{CpuId, TaskId};
use crate::machine::{Machine, Timer};
use crate::task::WaitReason;

const TRACE: Flavour = Flavour::TasksTrace;

pub(super) struct State {
    /// `urgent_gp`: so many grace periods start without waiting for the timer.
    urgent: Cell<u32>,
    lazy_timer: RefCell<Option<Timer>>,
}

impl Default for State {
    /// As after boot: the thread starts with one urgent grace period in hand.
    fn default() -> State {
        State { urgent: Cell::new(1), lazy_timer: RefCell::default() }
    }
}

/// A task that was running when readers were looked for: asked by an interrupt at the first poll, checked at the next.
struct Unchecked {
    task: TaskId,
    cpu: CpuId,
    interrupted: bool,
}

impl Machine {
    pub(super) fn call_trace(
        &self,
        what: &'static str,
        synchronizes: bool,
        site: &'static Location<'static>,
        call: Call,
    ) {
        self.check_call_context(what);
        // The list of the first CPU.
        let cpu = CpuId(0);
        let callback = Callback { call, flavour: TRACE, what, site, cpu, after: Vec::new(), direct: false };
        let queued = self.0.rcu.callbacks.borrow().count(TRACE);
        let ticket = self.0.rcu.callbacks.borrow_mut().add(callback);
        match &self.0.config.rcu.trace.engine {
            TraceEngine::Srcu(model) => self.call_srcu(*model, ticket, synchronizes),
            TraceEngine::Kthread(model) => {
                self.0.rcu.trace.call(ticket);
                match model.lazy {
                    Some(lazy) if !synchronizes && queued != lazy.limit => self.wait_for_company(lazy),
                    Some(_) => {
                        self.0.rcu.tasks_state.urgent.set(3);
                        self.go(TRACE);
                    }
                    None => self.go(TRACE),
                }
            }
        }
    }

    pub(super) async fn synchronize_trace(&self) {
        self.might_sleep("kernel/rcu/tasks.h");
        let (done, call) = self.wake_me();
        self.call_trace("synchronize_rcu_tasks_trace", true, Location::caller(), call);
        self.wait_for_flag(TRACE, &done).await;
    }

    /// `call_rcu_tasks_generic()` sets the timer unless it is set.
    fn wait_for_company(&self, lazy: Lazy) {
        let state = &self.0.rcu.tasks_state;
        if let Some(timer) = state.lazy_timer.borrow().as_ref().filter(|timer| timer.is_pending()) {
            return timer.keep_running();
        }
        self.set_lazy_timer(lazy, false);
        let wait_ns = self.jiffies_from_now(lazy.jiffies) - self.now_ns();
        self.emit_with(|| GraceEvent::LazyQueued { flavour: TRACE, wait_ns });
    }

    fn set_lazy_timer(&self, lazy: Lazy, background: bool) {
        let at = self.jiffies_from_now(lazy.jiffies);
        let timer = self.timer_at(at, background, move |m| m.lazy_timer(lazy));
        *self.0.rcu.tasks_state.lazy_timer.borrow_mut() = Some(timer);
    }

    /// `call_rcu_tasks_generic_timer()`: what is queued becomes urgent. The timer is set again, in case more comes.
    fn lazy_timer(&self, lazy: Lazy) {
        let state = &self.0.rcu.tasks_state;
        let callbacks = self.0.rcu.callbacks.borrow().count(TRACE) as u64;
        if callbacks == 0 {
            return;
        }
        state.urgent.set(state.urgent.get().max(1));
        self.emit_with(|| GraceEvent::LazyTimer { flavour: TRACE, callbacks });
        // Not waited for when the run could end: nothing may be queued when it fires.
        let none_left = self.0.rcu.trace.pending() == 0;
        self.set_lazy_timer(lazy, !none_left);
        self.go(TRACE);
    }

    /// `rcu_tasks_need_gpcb()`: whether a grace period starts now.
    fn wants_grace_period(&self, model: &KthreadModel) -> bool {
        let (urgent, pending) = (&self.0.rcu.tasks_state.urgent, self.0.rcu.trace.pending());
        if model.lazy.is_none() {
            return pending > 0;
        }
        if urgent.get() > 0 && pending > 0 {
            urgent.set(urgent.get() - 1);
            return true;
        }
        false
    }

    pub(super) async fn tasks_kthread(&self, model: KthreadModel) {
        loop {
            self.wait_for_go(TRACE).await;
            while self.wants_grace_period(&model) {
                self.tasks_grace_period(&model).await;
                self.sleep_jiffies(model.pause_jiffies, "rcu_gp_pause").await;
            }
        }
    }

    async fn tasks_grace_period(&self, model: &KthreadModel) {
        self.begin_grace_period(TRACE, false);
        self.stage(TRACE, "scan");
        let unchecked = self.running_tasks();
        self.look_at_readers(TRACE);
        let mut grace_period = pin!(self.0.rcu.trace.grace_period());
        let ready = look(grace_period.as_mut());
        let interrupted = if model.finds == Finds::EveryTask { unchecked.len() as u64 } else { 0 };
        self.tell_holdouts(TRACE, interrupted);
        self.stage(TRACE, "classic");
        self.synchronize_classic().await;
        let ready = match model.finds {
            Finds::EveryTask => self.wait_for_last(model, &unchecked, ready, grace_period).await,
            Finds::BlockedLists => self.poll_holdouts(model, unchecked, ready, grace_period).await,
        };
        let tickets: Vec<Ticket> = ready.collect();
        self.end_grace_period(TRACE);
        self.invoke_callbacks(TRACE, &tickets);
    }

    /// What runs on each CPU but this one, idle tasks included (`cpu_curr_snapshot()`).
    fn running_tasks(&self) -> Vec<Unchecked> {
        let others = self.0.cpus.iter().enumerate().filter(|(cpu, _)| *cpu != self.current_cpu().index());
        others
            .map(|(cpu, slot)| Unchecked {
                task: slot.current.get(),
                cpu: CpuId(cpu as u16),
                interrupted: false,
            })
            .collect()
    }

    /// 5.10: tasks that ran are on the holdout list until the first poll; blocked readers were counted, and the last one wakes the
    /// thread (`trc_n_readers_need_end`, `trc_wait`).
    async fn wait_for_last<R>(
        &self,
        model: &KthreadModel,
        unchecked: &[Unchecked],
        ready: Option<R>,
        grace_period: Pin<&mut impl Future<Output = R>>,
    ) -> R {
        if !unchecked.is_empty() {
            self.stage(TRACE, "poll");
            self.sleep_jiffies(model.first_poll_jiffies, "rcu_gp_poll").await;
        }
        match ready {
            Some(ready) => ready,
            None => {
                self.stage(TRACE, "readers");
                self.block_on(grace_period, WaitReason::new("rcu_gp_readers")).await
            }
        }
    }

    /// 6.1, 6.12: everybody on the holdout list is looked at after 1, 2, 3… jiffies. Looks that would find the same blocked readers as the
    /// one before are not simulated one by one: the thread waits for the last reader, and then until the look that notices.
    async fn poll_holdouts<R>(
        &self,
        model: &KthreadModel,
        mut unchecked: Vec<Unchecked>,
        mut ready: Option<R>,
        mut grace_period: Pin<&mut impl Future<Output = R>>,
    ) -> R {
        let mut jiffies = model.first_poll_jiffies;
        if ready.is_none() || !unchecked.is_empty() {
            self.stage(TRACE, "poll");
        }
        while !unchecked.is_empty() {
            self.sleep_jiffies(jiffies, "rcu_gp_poll").await;
            jiffies += 1;
            unchecked.retain_mut(|entry| self.still_unchecked(entry));
            ready = ready.or_else(|| look(grace_period.as_mut()));
        }
        if let Some(ready) = ready {
            return ready;
        }
        let mut next_look = self.now_ns();
        let ready = self.block_on(grace_period, WaitReason::new("rcu_gp_readers")).await;
        while next_look < self.now_ns() {
            next_look = self.jiffies_after(next_look, jiffies);
            jiffies = (jiffies + 1).min(self.0.config.rcu.hz);
        }
        self.sleep_ns(next_look - self.now_ns(), WaitReason::new("rcu_gp_poll")).await;
        ready
    }

    /// One look at a task that ran when the grace period began (`trc_wait_for_one_reader()`): one that does not run any more, or that an
    /// interrupt has asked since, is known to be a reader or not.
    fn still_unchecked(&self, entry: &mut Unchecked) -> bool {
        let runs = self.0.cpus[entry.cpu.index()].current.get() == entry.task;
        let checked = entry.interrupted || !runs;
        entry.interrupted = true;
        !checked
    }
}

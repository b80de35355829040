//! Classic RCU as kernel/rcu/tree.c times it: ticks notice callbacks, quiescent states and the end; softirqs invoke.
//!
//! A callback is noticed by the next tick of its CPU. The kernel thread then waits until quiescent states are forced (idle CPUs are
//! quiescent, busy ones have reported by then) and for readers that are still inside, whose end the next tick reports. Callbacks are
//! invoked by the tick after that, in the softirq of the CPU that queued them or, if it is offloaded, by its `rcuo` thread.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::panic::Location;
use std::pin::pin;

use super::callbacks::{Call, Callback, Ticket};
use super::{Flavour, GraceEvent, look};
use crate::context::IrqKind;
use crate::ids::{CpuId, TaskId};
use crate::machine::{Machine, Timer};
use crate::task::{TaskSpec, WaitReason};

#[derive(Default)]
pub(super) struct State {
    /// A tick that will notice callbacks is set.
    tick: Cell<bool>,
    /// Lazy callbacks of offloaded CPUs that have not asked for a grace period yet, and the timers that make them ask.
    lazy: RefCell<BTreeMap<CpuId, LazyList>>,
    /// `rcuo` threads of offloaded CPUs and what they are to invoke.
    offload: RefCell<BTreeMap<CpuId, Offload>>,
    /// Tasks that wait while another one drives an expedited grace period.
    expedited_waiters: RefCell<Vec<TaskId>>,
}

struct LazyList {
    tickets: Vec<Ticket>,
    timer: Timer,
}

struct Offload {
    kthread: TaskId,
    ready: Vec<Ticket>,
}

impl Machine {
    pub(super) fn call_classic(
        &self,
        what: &'static str,
        may_wait: bool,
        site: &'static Location<'static>,
        call: Call,
    ) {
        self.check_call_context(what);
        let (cpu, model) = (self.current_cpu(), &self.0.config.rcu.classic);
        let callback =
            Callback { call, flavour: Flavour::Classic, what, site, cpu, after: Vec::new(), direct: false };
        let ticket = self.0.rcu.callbacks.borrow_mut().add(callback);
        match model.lazy_jiffies.filter(|_| may_wait && self.is_offloaded(cpu)) {
            Some(jiffies) => self.hold_back(cpu, ticket, jiffies),
            None => {
                // Whoever is in a hurry takes the lazy ones of this CPU along.
                self.flush_lazy(Some(cpu));
                self.request_classic(ticket);
            }
        }
    }

    fn is_offloaded(&self, cpu: CpuId) -> bool {
        self.0.config.rcu.classic.offloaded_cpus & (1 << cpu.0) != 0
    }

    fn request_classic(&self, ticket: Ticket) {
        self.0.rcu.classic.call(ticket);
        let busy = self.0.rcu.driver(Flavour::Classic).running.get().is_some();
        if busy || self.0.rcu.classic_state.tick.replace(true) {
            return;
        }
        self.at(self.next_tick(), |m| {
            m.0.rcu.classic_state.tick.set(false);
            m.go(Flavour::Classic);
        });
    }

    /// A lazy callback waits with others until their timer ends (`rcu_nocb_try_bypass()`, `jiffies_lazy_flush`).
    fn hold_back(&self, cpu: CpuId, ticket: Ticket, jiffies: u32) {
        let mut lazy = self.0.rcu.classic_state.lazy.borrow_mut();
        if let Some(list) = lazy.get_mut(&cpu) {
            return list.tickets.push(ticket);
        }
        let at = self.jiffies_from_now(jiffies);
        let timer = self.timer_at(at, false, move |m| {
            let callbacks = m.0.rcu.classic_state.lazy.borrow()[&cpu].tickets.len() as u64;
            m.emit_with(|| GraceEvent::LazyTimer { flavour: Flavour::Classic, callbacks });
            m.flush_lazy(Some(cpu));
        });
        lazy.insert(cpu, LazyList { tickets: vec![ticket], timer });
        let wait_ns = at - self.now_ns();
        self.emit_with(|| GraceEvent::LazyQueued { flavour: Flavour::Classic, wait_ns });
    }

    /// Lazy callbacks, of one CPU or of all, ask for a grace period now.
    pub(super) fn flush_lazy(&self, only: Option<CpuId>) {
        let lists: Vec<LazyList> = {
            let mut lazy = self.0.rcu.classic_state.lazy.borrow_mut();
            match only {
                Some(cpu) => lazy.remove(&cpu).into_iter().collect(),
                None => std::mem::take(&mut *lazy).into_values().collect(),
            }
        };
        for list in lists {
            list.timer.cancel();
            list.tickets.into_iter().for_each(|ticket| self.request_classic(ticket));
        }
    }

    pub(super) async fn synchronize_classic(&self) {
        self.might_sleep("kernel/rcu/tree.c");
        let model = &self.0.config.rcu.classic;
        if model.one_cpu_needs_no_wait && self.nr_cpus() == 1 {
            return;
        }
        let (done, call) = self.wake_me();
        let direct = model.synchronize_wakes_directly;
        let callback = Callback {
            call,
            flavour: Flavour::Classic,
            what: "synchronize_rcu",
            site: Location::caller(),
            cpu: self.current_cpu(),
            after: Vec::new(),
            direct,
        };
        let ticket = self.0.rcu.callbacks.borrow_mut().add(callback);
        if direct {
            self.0.rcu.classic.call(ticket);
            self.go(Flavour::Classic);
        } else {
            self.flush_lazy(Some(self.current_cpu()));
            self.request_classic(ticket);
        }
        self.wait_for_flag(Flavour::Classic, &done).await;
    }

    pub(super) async fn classic_kthread(&self) {
        loop {
            self.wait_for_go(Flavour::Classic).await;
            while self.0.rcu.classic.pending() > 0 {
                self.classic_grace_period().await;
            }
            // Requests that came meanwhile have been served.
            self.0.rcu.driver(Flavour::Classic).go.set(false);
        }
    }

    async fn classic_grace_period(&self) {
        let (rcu, model) = (&self.0.rcu, &self.0.config.rcu.classic);
        self.begin_grace_period(Flavour::Classic, false);
        self.look_at_readers(Flavour::Classic);
        let fqs_at = self.jiffies_from_now(model.first_fqs_jiffies);
        let mut grace_period = pin!(rcu.classic.grace_period());
        let mut ready = look(grace_period.as_mut());
        if ready.is_none() {
            let tell = self.timer_at(fqs_at, false, |m| m.tell_holdouts(Flavour::Classic, 0));
            ready = Some(self.block_on(grace_period, WaitReason::new("rcu_gp_readers")).await);
            tell.cancel();
        }
        // Even without readers it takes until quiescent states are forced; later the next tick reports the last one.
        let until = if self.now_ns() < fqs_at { fqs_at } else { self.next_tick() };
        self.sleep_ns(until - self.now_ns(), WaitReason::new("rcu_gp_delay")).await;
        let tickets: Vec<Ticket> = ready.into_iter().flatten().collect();
        self.end_grace_period(Flavour::Classic);
        self.hand_out(tickets);
    }

    /// Callbacks of an ended grace period go to those who invoke them.
    fn hand_out(&self, tickets: Vec<Ticket>) {
        let mut lists: BTreeMap<CpuId, Vec<Ticket>> = BTreeMap::new();
        let mut direct = Vec::new();
        for ticket in tickets {
            let callbacks = self.0.rcu.callbacks.borrow();
            let callback = callbacks.get(ticket);
            if callback.direct {
                direct.push(ticket);
            } else {
                lists.entry(callback.cpu).or_default().push(ticket);
            }
        }
        self.invoke_callbacks(Flavour::Classic, &direct);
        for (cpu, tickets) in lists {
            if self.is_offloaded(cpu) {
                self.offload(cpu, tickets);
            } else {
                let softirq = move |m: &Machine| m.invoke_callbacks(Flavour::Classic, &tickets);
                self.at(self.next_tick(), move |m| m.interrupt(cpu, IrqKind::Soft, "RCU", softirq));
            }
        }
    }

    fn offload(&self, cpu: CpuId, tickets: Vec<Ticket>) {
        let known = self.0.rcu.classic_state.offload.borrow().contains_key(&cpu);
        if !known {
            let machine = self.clone();
            let name = if self.0.config.rcu.classic.name == "rcu_preempt" { "rcuop" } else { "rcuos" };
            let spec = TaskSpec::kthread(&format!("{name}/{}", cpu.0));
            let kthread = self.spawn(spec, async move { machine.offload_kthread(cpu).await });
            let entry = Offload { kthread, ready: Vec::new() };
            self.0.rcu.classic_state.offload.borrow_mut().insert(cpu, entry);
        }
        let kthread = {
            let mut all = self.0.rcu.classic_state.offload.borrow_mut();
            let entry = all.get_mut(&cpu).expect("made above");
            entry.ready.extend(tickets);
            entry.kthread
        };
        self.wake(kthread);
    }

    async fn offload_kthread(&self, cpu: CpuId) {
        loop {
            let tickets = {
                let mut all = self.0.rcu.classic_state.offload.borrow_mut();
                all.get_mut(&cpu).map(|entry| std::mem::take(&mut entry.ready)).unwrap_or_default()
            };
            if tickets.is_empty() {
                self.block(WaitReason::new("rcu_nocb_wait")).await;
            }
            self.invoke_callbacks(Flavour::Classic, &tickets);
        }
    }

    /// Every CPU is interrupted, and reports at once or when it leaves its section (kernel/rcu/tree_exp.h). Whoever comes first
    /// drives; later requests share the next grace period.
    pub(super) async fn synchronize_expedited(&self) {
        self.might_sleep("kernel/rcu/tree_exp.h");
        let model = &self.0.config.rcu.classic;
        if model.one_cpu_needs_no_wait && self.nr_cpus() == 1 {
            return;
        }
        let served = self.0.rcu.expedited.synchronize();
        while !served.is_over() {
            if self.0.rcu.driver(Flavour::Expedited).running.get().is_some() {
                self.0.rcu.classic_state.expedited_waiters.borrow_mut().push(self.current());
                self.block(WaitReason::new("rcu_expedited").detail("grace period")).await;
            } else {
                self.expedited_grace_period(model.expedited_ns).await;
            }
        }
    }

    async fn expedited_grace_period(&self, minimum_ns: u64) {
        self.begin_grace_period(Flavour::Expedited, true);
        self.look_at_readers(Flavour::Expedited);
        let mut grace_period = pin!(self.0.rcu.expedited.grace_period());
        let mut ready = look(grace_period.as_mut());
        self.sleep_ns(minimum_ns, WaitReason::new("rcu_expedited").detail("interrupting CPUs")).await;
        if ready.is_none() {
            self.tell_holdouts(Flavour::Expedited, 0);
            let wait = WaitReason::new("rcu_expedited").detail("grace period");
            ready = Some(self.block_on(grace_period, wait).await);
        }
        drop(ready);
        self.end_grace_period(Flavour::Expedited);
        let waiters = self.0.rcu.classic_state.expedited_waiters.take();
        waiters.into_iter().for_each(|waiter| self.wake(waiter));
    }
}

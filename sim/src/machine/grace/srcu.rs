//! Tasks Trace since 7.0: SRCU-fast (kernel/rcu/srcutree.c, `rcu_tasks_trace_srcu_struct`).
//!
//! Readers count themselves in one of two ranks of per-CPU counters. A grace period waits until the rank that is not in use has no
//! reader, flips, and waits until the rank that was in use has none. Each look at the counters contains a classic grace period, which
//! stands in for the barriers that readers leave out; so it ends later than its last reader, and implies a classic one. Between looks
//! the work item sleeps as long as the grace period is old, up to ten jiffies. An idle `synchronize` is expedited: then the classic
//! grace periods are, too, and there is no delay at first.

use std::cell::{Cell, RefCell};
use std::pin::pin;

use super::callbacks::Ticket;
use super::model::SrcuModel;
use super::{Flavour, look};
use crate::ids::{CpuId, TaskId};
use crate::machine::Machine;
use crate::task::{TaskSpec, WaitReason};

const TRACE: Flavour = Flavour::TasksTrace;

#[derive(Default)]
pub(super) struct State {
    /// Number of the latest grace period that somebody wants expedited (`srcu_gp_seq_needed_exp`).
    expedited_up_to: Cell<u64>,
    last_end_ns: Cell<Option<u64>>,
    /// The work item that invokes callbacks, and what it is to invoke.
    worker: Cell<Option<TaskId>>,
    ready: RefCell<Vec<Ticket>>,
}

impl Machine {
    pub(super) fn call_srcu(&self, model: SrcuModel, ticket: Ticket, synchronizes: bool) {
        let (rcu, state) = (&self.0.rcu, &self.0.rcu.srcu_state);
        let idle = rcu.driver(TRACE).running.get().is_none() && rcu.trace.pending() == 0;
        let long_ago = |end: u64| self.now_ns() - end > model.expedite_holdoff_ns;
        // `srcu_should_expedite()`.
        if synchronizes && idle && state.last_end_ns.get().is_none_or(long_ago) {
            state.expedited_up_to.set(rcu.trace.gp_seq() + 1);
        }
        rcu.trace.call(ticket);
        self.go(TRACE);
    }

    fn is_expedited(&self, seq: u64) -> bool {
        self.0.rcu.srcu_state.expedited_up_to.get() >= seq
    }

    pub(super) async fn srcu_worker(&self, model: SrcuModel) {
        loop {
            self.wait_for_go(TRACE).await;
            while self.0.rcu.trace.pending() > 0 {
                self.srcu_grace_period(&model).await;
            }
        }
    }

    async fn srcu_grace_period(&self, model: &SrcuModel) {
        let seq = self.0.rcu.trace.gp_seq() + 1;
        if !self.is_expedited(seq) {
            self.sleep_jiffies(model.interval_jiffies, "rcu_gp_delay").await;
        }
        let expedited = self.is_expedited(seq);
        self.begin_grace_period(TRACE, expedited);
        let begin_ns = self.now_ns();
        // What entered the rank not in use did so before the previous flip, and the previous grace period has waited for it.
        self.stage(TRACE, "scan 1");
        self.srcu_classic(expedited).await;
        self.stage(TRACE, "flip");
        self.look_at_readers(TRACE);
        let mut grace_period = pin!(self.0.rcu.trace.grace_period());
        self.stage(TRACE, "scan 2");
        let ready = match look(grace_period.as_mut()) {
            Some(ready) => ready,
            None => {
                self.tell_holdouts(TRACE, 0);
                let scan_ns = self.now_ns();
                let ready = self.block_on(grace_period, WaitReason::new("rcu_gp_readers")).await;
                let look_ns = self.srcu_look_after(model, expedited, begin_ns, scan_ns);
                self.sleep_ns(look_ns - self.now_ns(), WaitReason::new("rcu_gp_poll")).await;
                ready
            }
        };
        self.srcu_classic(expedited).await;
        let tickets: Vec<Ticket> = ready.collect();
        self.end_grace_period(TRACE);
        self.0.rcu.srcu_state.last_end_ns.set(Some(self.now_ns()));
        self.srcu_callbacks(model, tickets, expedited);
    }

    /// When the work item looks at the counters for the first time from now on, if it began at `scan_ns` to look in vain. A look sums
    /// those who left, waits for classic RCU and then sums those who entered, so readers that leave meanwhile are seen by the next one.
    /// The looks in vain are not simulated one by one.
    fn srcu_look_after(&self, model: &SrcuModel, expedited: bool, begin_ns: u64, scan_ns: u64) -> u64 {
        let (jiffy, now) = (self.0.config.rcu.jiffy_ns(), self.now_ns());
        let classic = &self.0.config.rcu.classic;
        let mut at = scan_ns;
        loop {
            for _ in 0..model.looks_after_flip + u32::from(expedited) {
                if at >= now {
                    return at;
                }
                at = if expedited {
                    at + classic.expedited_ns
                } else {
                    self.jiffies_after(at, classic.first_fqs_jiffies)
                };
            }
            // srcu_get_delay()
            let age = (at / jiffy).saturating_sub(begin_ns / jiffy + 1);
            let base = if expedited { 0 } else { u64::from(model.interval_jiffies) };
            let delay = (base + age).min(u64::from(model.max_interval_jiffies));
            if delay > 0 {
                at = self.jiffies_after(at, delay as u32);
            }
        }
    }

    async fn srcu_classic(&self, expedited: bool) {
        if expedited {
            self.synchronize_expedited().await;
        } else {
            self.synchronize_classic().await;
        }
    }

    /// Callbacks run from a work item on the first CPU, a jiffy later unless the grace period was expedited.
    fn srcu_callbacks(&self, model: &SrcuModel, tickets: Vec<Ticket>, expedited: bool) {
        if expedited {
            return self.invoke_callbacks(TRACE, &tickets);
        }
        let state = &self.0.rcu.srcu_state;
        state.ready.borrow_mut().extend(tickets);
        let worker = state.worker.get().unwrap_or_else(|| {
            let machine = self.clone();
            let spec = TaskSpec::kthread("kworker/0:1").on_cpu(CpuId(0));
            let id = self.spawn(spec, async move { machine.srcu_callback_worker().await });
            state.worker.set(Some(id));
            id
        });
        self.at(self.jiffies_from_now(model.interval_jiffies), move |m| m.wake(worker));
    }

    async fn srcu_callback_worker(&self) {
        loop {
            self.block(WaitReason::new("workqueue")).await;
            let tickets = self.0.rcu.srcu_state.ready.take();
            self.invoke_callbacks(TRACE, &tickets);
        }
    }
}

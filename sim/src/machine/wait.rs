//! Scheduling points and blocking: how the executing context gives the baton away and gets it back.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context as PollContext, Poll, Wake, Waker};

use super::queue::{Action, Timer};
use super::{Inbox, Machine, SimEvent};
use crate::ids::{CpuId, TaskId};
use crate::sched::Choice;
use crate::task::{Task, TaskState, WaitReason};

/// What runs when a task ends.
pub(super) type ExitHook = Rc<dyn Fn(&Machine, &Task)>;

impl Machine {
    /// The executing context has used its CPU for `ns` of virtual time. Taken at the next scheduling point.
    pub fn charge(&self, ns: u64) {
        self.0.debt_ns.set(self.0.debt_ns.get() + ns);
    }

    /// Calls `f` at a point of virtual time (at once, if that is past), outside any task.
    pub fn at(&self, time_ns: u64, f: impl FnOnce(&Machine) + 'static) {
        self.0.queue.borrow_mut().push(time_ns, Action::Call(Box::new(f)));
    }

    /// The same as [`Machine::at`], for a call that may be called off. A run in which nothing but `background` timers is left to happen
    /// ends without them.
    pub fn timer_at(&self, time_ns: u64, background: bool, f: impl FnOnce(&Machine) + 'static) -> Timer {
        let timer = Timer::new(background);
        self.0.queue.borrow_mut().push(time_ns, Action::Timer(timer.clone(), Box::new(f)));
        timer
    }

    /// A scheduling point that keeps the CPU: other CPUs and due interrupts proceed up to this task's time. Allowed in atomic
    /// context; a task that may be preempted can lose the CPU here to another one at the end of its time slice.
    pub async fn cpu_point(&self) {
        let me = self.current();
        if !self.try_pass() {
            self.wait_for_baton(me).await;
        }
    }

    /// The scheduling point as a plain function: true if the context goes on at once, false if it must wait for the baton.
    fn try_pass(&self) -> bool {
        let me = self.current();
        let cpu = self.current_cpu();
        let slot = &self.0.cpus[cpu.index()];
        let until = self.now_ns();
        self.0.debt_ns.set(0);
        let alone = self.0.busy.get() == 1 << cpu.0
            && slot.queue.borrow().is_empty()
            && self.0.queue.borrow().next_time_ns().is_none_or(|t| t > until)
            && !self.0.inbox.nonempty.load(Ordering::Relaxed)
            && until <= self.0.config.time_limit_ns
            && !self.0.stop.load(Ordering::Relaxed);
        if alone {
            self.0.now_ns.set(until);
            slot.busy_until_ns.set(until);
            return true;
        }
        slot.busy_until_ns.set(until);
        self.maybe_preempt(cpu, me, until);
        self.0.current.set(me);
        self.dispatch();
        self.0.outcome.borrow().is_none() && self.holds_baton(me)
    }

    fn maybe_preempt(&self, cpu: CpuId, me: TaskId, now: u64) {
        let slot = &self.0.cpus[cpu.index()];
        let Some(next) = slot.queue.borrow().front().copied() else { return };
        let task = self.task(me);
        if slot.current.get() != me || !task.ctx.preemptible() {
            return;
        }
        let expired = now >= slot.slice_end_ns.get();
        if expired || self.choose(Choice::Preempt, &[me, next]) == 1 {
            task.state.set(TaskState::Queued);
            slot.queue.borrow_mut().push_back(me);
            self.schedule_cpu(cpu, now);
        }
    }

    fn holds_baton(&self, me: TaskId) -> bool {
        self.0.current.get() == me && self.task(me).state.get() == TaskState::OnCpu
    }

    /// Waits, without blocking in the simulated sense, until the dispatcher gives this task the baton.
    pub(super) async fn wait_for_baton(&self, me: TaskId) {
        poll_fn(|cx| {
            if self.0.outcome.borrow().is_none() && self.holds_baton(me) {
                return Poll::Ready(());
            }
            *self.task(me).waker.borrow_mut() = Some(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Blocks the current task until another context calls [`Machine::wake`]. Reports an invalid sleep if the context forbids it.
    pub async fn block(&self, wait: WaitReason) {
        self.might_sleep("kernel/sched/core.c");
        let me = self.current();
        let id = self.begin_wait(wait);
        // Without CONFIG_PREEMPT_RCU the switch is a quiescent state, whatever the task believes to be inside of.
        let lost =
            !self.0.config.rcu.classic.blocked_reader_counts && self.current_task().ctx.rcu_depth.get() > 0;
        if lost {
            self.classic_section_ends();
        }
        self.leave_cpu();
        self.dispatch();
        if self.0.outcome.borrow().is_some() || !self.holds_baton(me) {
            self.wait_for_baton(me).await;
        }
        if lost {
            self.classic_section_begins();
        }
        self.end_wait(me, id);
    }

    /// Blocks the current task for `ns` of virtual time.
    pub async fn sleep_ns(&self, ns: u64, wait: WaitReason) {
        let me = self.current_task();
        let wake_at = self.now_ns().saturating_add(ns);
        self.0.queue.borrow_mut().push(wake_at, Action::Wake(me.id, me.wait_seq.get()));
        self.block(wait).await;
    }

    /// Blocks until woken or for `ns`; true if it was woken before.
    pub async fn block_timeout(&self, ns: u64, wait: WaitReason) -> bool {
        let until = self.now_ns().saturating_add(ns);
        self.sleep_ns(ns, wait).await;
        self.now_ns() < until
    }

    /// Waits for any future as a blocking wait of the simulated task. The future's waker may be called from any thread.
    pub async fn block_on<F: Future>(&self, future: F, wait: WaitReason) -> F::Output {
        let me = self.current();
        let waker = Waker::from(Arc::new(InboxWaker { task: me, inbox: self.0.inbox.clone() }));
        let mut future = pin!(future);
        loop {
            let poll = future.as_mut().poll(&mut PollContext::from_waker(&waker));
            if let Poll::Ready(value) = poll {
                return value;
            }
            let woken = self.0.inbox.tasks.lock().contains(&me);
            if woken {
                self.0.inbox.tasks.lock().retain(|t| *t != me);
            } else {
                self.block(wait.clone()).await;
            }
        }
    }

    /// The current task may from now on run only on the CPUs of `affinity` (`__set_cpus_allowed_ptr()`, kernel/sched/core.c); it
    /// moves at once if its CPU is not among them.
    pub async fn set_affinity(&self, affinity: u64) {
        let me = self.current_task();
        me.affinity.set(affinity);
        let cpu = self.current_cpu();
        if me.allowed_on(cpu) {
            return;
        }
        self.might_sleep("kernel/sched/core.c");
        let until = self.now_ns();
        self.0.debt_ns.set(0);
        me.state.set(TaskState::Queued);
        me.not_before_ns.set(until);
        self.schedule_cpu(cpu, until);
        self.make_runnable(&me, self.cpu_for_new(&me));
        self.dispatch();
        self.wait_for_baton(me.id).await;
    }

    /// Waits until `task` has exited.
    pub async fn join(&self, id: TaskId) {
        let task = self.task(id);
        while task.state.get() != TaskState::Dead {
            task.joiners.borrow_mut().push(self.current());
            self.block(WaitReason::new("wait4").detail(task.comm().to_string()).on(id)).await;
        }
    }

    /// The current task leaves its CPU, blocked.
    fn leave_cpu(&self) {
        let me = self.current_task();
        let until = self.now_ns();
        self.0.debt_ns.set(0);
        me.state.set(TaskState::Blocked);
        me.not_before_ns.set(until);
        self.schedule_cpu(me.cpu.get(), until);
    }

    /// Calls `hook` in the context of every task that ends, just before it is gone.
    pub fn on_task_exit(&self, hook: impl Fn(&Machine, &Task) + 'static) {
        self.0.exit_hooks.borrow_mut().push(Rc::new(hook));
    }

    /// The current task is over: its waiters go on, its CPU takes the next one.
    pub(super) fn exit_current(&self) {
        let me = self.current_task();
        self.emit_with(|| SimEvent::TaskExit { comm: me.comm().to_string(), pid: me.pid });
        let hooks = self.0.exit_hooks.borrow().clone();
        hooks.iter().for_each(|hook| hook(self, &me));
        self.report_unbalanced(&me);
        self.sections_end_at_exit();
        for joiner in me.joiners.take() {
            self.wake(joiner);
        }
        let until = self.now_ns();
        self.0.debt_ns.set(0);
        me.state.set(TaskState::Dead);
        self.schedule_cpu(me.cpu.get(), until);
        self.dispatch();
    }

    fn begin_wait(&self, wait: WaitReason) -> u64 {
        let me = self.current_task();
        let id = self.0.wait_id.get() + 1;
        self.0.wait_id.set(id);
        let (what, detail) = (wait.what, wait.detail.clone());
        *me.wait.borrow_mut() = Some((wait, self.now_ns()));
        self.emit_with(|| SimEvent::BlockBegin { what, detail, id });
        id
    }

    fn end_wait(&self, me: TaskId, id: u64) {
        let waited = self.task(me).wait.take();
        if let Some((wait, since)) = waited {
            let waited_ns = self.now_ns() - since;
            self.emit_with(|| SimEvent::BlockEnd { what: wait.what, waited_ns, id });
        }
    }
}

struct InboxWaker {
    task: TaskId,
    inbox: Arc<Inbox>,
}

impl Wake for InboxWaker {
    fn wake(self: Arc<Self>) {
        self.inbox.tasks.lock().push(self.task);
        self.inbox.nonempty.store(true, Ordering::Release);
    }
}

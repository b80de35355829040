//! Events and findings: how the machine says what happened and what is wrong.

use std::cell::Ref;
use std::rc::Rc;

use super::{Machine, Outcome, SimEvent};
use crate::event::{Event, Payload, Stream};
use crate::finding::{self, Code, Finding};
use crate::ids::{CpuId, TaskId};
use crate::task::{Task, TaskState};

/// Is shown every event at once, also those beyond the stream's limit.
pub(super) type Observer = Rc<dyn Fn(&Machine, &Event)>;

impl Machine {
    /// Shows every further event to `observer` as it happens, until the run ends. It may look at the machine but not make it emit;
    /// what it wants to happen goes through [`Machine::at`].
    pub fn observe(&self, observer: impl Fn(&Machine, &Event) + 'static) {
        self.0.observers.borrow_mut().push(Rc::new(observer));
    }

    /// Appends an event stamped with now, the current CPU, task and context.
    pub fn emit(&self, body: impl Payload) {
        self.emit_with(|| body);
    }

    /// The same, building the payload only if somebody records.
    pub fn emit_with<P: Payload>(&self, body: impl FnOnce() -> P) {
        if self.0.stream.borrow().enabled() {
            let task = self.current_task();
            self.push(&task, self.current_cpu(), self.now_ns(), Rc::new(body()));
        }
    }

    fn push(&self, task: &Task, cpu: CpuId, time_ns: u64, body: Rc<dyn Payload>) {
        tracing::trace!(target: "sleepable::event", time_ns, cpu = cpu.0, pid = task.pid.0, event = body.name());
        let slot = &self.0.cpus[cpu.index()];
        let need_resched =
            time_ns >= slot.slice_end_ns.get() && !slot.queue.borrow().is_empty() && task.id != slot.idle;
        let flags = task.ctx.flags(need_resched);
        let event = Event { seq: 0, time_ns, cpu, pid: task.pid, comm: task.comm(), flags, body };
        let observers = self.0.observers.borrow().len();
        for index in 0..observers {
            let observer = self.0.observers.borrow()[index].clone();
            observer(self, &event);
        }
        self.0.stream.borrow_mut().push(event);
    }

    pub(super) fn emit_switch(&self, cpu: CpuId, prev: TaskId, next: TaskId, time_ns: u64) {
        if !self.0.stream.borrow().enabled() {
            return;
        }
        let (prev, next) = (self.task(prev), self.task(next));
        let prev_state = match prev.state.get() {
            TaskState::Blocked => 'S',
            TaskState::Dead => 'X',
            TaskState::Queued | TaskState::OnCpu => 'R',
        };
        let body = SimEvent::SchedSwitch {
            prev_comm: prev.comm().to_string(),
            prev_pid: prev.pid,
            prev_state,
            next_comm: next.comm().to_string(),
            next_pid: next.pid,
        };
        self.push(&prev, cpu, time_ns, Rc::new(body));
    }

    /// Everything that happened so far.
    pub fn events(&self) -> Ref<'_, Stream> {
        self.0.stream.borrow()
    }

    /// Everything that is wrong so far.
    pub fn findings(&self) -> Ref<'_, Vec<Finding>> {
        self.0.findings.borrow()
    }

    /// Records a finding about what the current context does.
    pub fn finding(&self, code: Code, message: String, notes: Vec<String>) {
        self.finding_about(&self.current_task(), self.current_cpu(), code, message, notes);
    }

    /// Records a finding about a task that need not be the one that executes.
    pub(super) fn finding_about(
        &self,
        task: &Task,
        cpu: CpuId,
        code: Code,
        message: String,
        notes: Vec<String>,
    ) {
        self.emit_with(|| SimEvent::Finding { code: code.0, message: message.clone() });
        self.0.findings.borrow_mut().push(Finding {
            code,
            message,
            notes,
            time_ns: self.now_ns(),
            cpu,
            pid: task.pid,
            comm: task.comm().to_string(),
        });
    }

    /// Checks that the current context may sleep, and reports in the kernel's words if not (`__might_resched()`,
    /// `kernel/sched/core.c`; the line number of the caller is left out, it differs by kernel).
    pub fn might_sleep(&self, caller: &'static str) {
        let task = self.current_task();
        let ctx = &task.ctx;
        if ctx.may_sleep() {
            return;
        }
        let (count, depth) = (ctx.preempt_count.get(), ctx.rcu_depth.get());
        let irqs = u32::from(ctx.irqs_disabled.get() != 0);
        let mut notes = vec![
            format!(
                "in_atomic(): {}, irqs_disabled(): {irqs}, non_block: 0, pid: {}, name: {}",
                u32::from(ctx.in_atomic()),
                task.pid,
                task.comm()
            ),
            format!("preempt_count: {count:x}, expected: 0"),
            format!("RCU nest depth: {depth}, expected: 0"),
        ];
        for (n, (lock, name)) in ctx.locks_held.borrow().iter().enumerate() {
            notes.push(format!("{} lock held: #{n}: {name} ({lock})", task.comm()));
        }
        let message = format!("BUG: sleeping function called from invalid context at {caller}");
        self.finding(finding::INVALID_SLEEP, message, notes);
    }

    pub(super) fn report_unbalanced(&self, task: &Task) {
        let ctx = &task.ctx;
        let counts = [
            ("preempt_count", ctx.preempt_count.get()),
            ("irqs_disabled", ctx.irqs_disabled.get()),
            ("rcu_read_lock depth", ctx.rcu_depth.get()),
            ("rcu_read_lock_trace depth", ctx.rcu_trace_depth.get()),
            ("migration_disabled", ctx.migration_disabled.get()),
        ];
        for (what, n) in counts.into_iter().filter(|(_, n)| *n != 0) {
            let message = format!("task {} exits with {what} {n:x}, expected 0", task.comm());
            self.finding(finding::UNBALANCED, message, Vec::new());
        }
    }

    pub(super) fn report_outcome(&self, outcome: &Outcome) {
        let (code, message) = match outcome {
            Outcome::Complete | Outcome::Interrupted | Outcome::Panicked => return,
            Outcome::Deadlock(stuck) => (
                finding::DEADLOCK,
                format!("deadlock: {} task(s) wait for something that cannot happen", stuck.len()),
            ),
            Outcome::TimeLimit => {
                let limit = self.0.config.time_limit_ns;
                (
                    finding::TIME_LIMIT,
                    format!("the virtual-time limit of {limit} ns was reached with tasks still alive"),
                )
            }
            Outcome::StepLimit => {
                let limit = self.0.config.step_limit;
                (finding::TIME_LIMIT, format!("the limit of {limit} scheduling decisions was reached"))
            }
        };
        let notes = self.who_waits().into_iter().chain(self.grace_period_chains()).collect();
        self.finding(code, message, notes);
    }

    /// A line per blocked task: what it waits for, since when, and for whom.
    pub fn who_waits(&self) -> Vec<String> {
        let line = |task: &Rc<Task>| {
            let wait = task.wait.borrow();
            let (reason, since) = wait.as_ref()?;
            let on =
                reason.on.map(|id| self.task(id)).map(|t| format!(", held by {} (pid {})", t.comm(), t.pid));
            let (comm, pid, on) = (task.comm(), task.pid, on.unwrap_or_default());
            Some(format!("{comm} (pid {pid}) waits for {reason} since {since} ns{on}"))
        };
        let blocked = |t: &&Rc<Task>| t.state.get() == TaskState::Blocked;
        self.0.tasks.borrow().iter().filter(blocked).filter_map(line).collect()
    }
}

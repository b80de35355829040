//! Who is next, and when: the core of the discrete-event simulation.
//!
//! A CPU whose current task has used it up to `busy_until_ns` is ready once the clock is there. Among ready CPUs the scheduler
//! chooses; when none is ready the clock jumps to whichever comes first, the next timed event or the next ready CPU.

use std::rc::Rc;
use std::sync::atomic::Ordering;

use super::queue::Action;
use super::{Machine, Outcome, SimEvent};
use crate::ids::{CpuId, TaskId};
use crate::sched::Choice;
use crate::task::{Task, TaskKind, TaskState};

/// A CPU chooses among the first so many tasks of its queue: a choice stays one byte of a schedule, and costs the same with a
/// hundred tasks waiting or a hundred thousand.
const MAX_CHOICES: usize = super::MAX_CPUS;

impl Machine {
    /// Hands the baton to the next context. Returns with the baton placed, or with the run ended.
    pub(super) fn dispatch(&self) {
        loop {
            if self.should_stop() {
                return;
            }
            self.drain_inbox();
            if self.run_due_events() {
                continue;
            }
            if let Some(task) = self.choose_ready() {
                return self.pass_baton(task);
            }
            if !self.advance_clock() {
                return;
            }
        }
    }

    fn should_stop(&self) -> bool {
        if self.0.outcome.borrow().is_some() {
            return true;
        }
        let steps = self.0.steps.get() + 1;
        self.0.steps.set(steps);
        if self.0.stop.load(Ordering::Relaxed) {
            self.finish(Outcome::Interrupted);
        } else if steps > self.0.config.step_limit {
            self.finish(Outcome::StepLimit);
        }
        self.0.outcome.borrow().is_some()
    }

    pub(super) fn drain_inbox(&self) {
        if !self.0.inbox.nonempty.swap(false, Ordering::AcqRel) {
            return;
        }
        let tasks = std::mem::take(&mut *self.0.inbox.tasks.lock());
        for task in tasks {
            self.wake(task);
        }
    }

    /// Runs one event that is due; true if there was one.
    fn run_due_events(&self) -> bool {
        let now = self.0.now_ns.get();
        let due = self.0.queue.borrow().next_time_ns().is_some_and(|t| t <= now);
        if due {
            let (_, action) = self.0.queue.borrow_mut().pop().expect("peeked");
            self.perform(action);
        }
        due
    }

    /// Timed events happen in the context that their CPU's timer interrupt would hit: a wake-up on the CPU of the task, other
    /// calls on CPU 0.
    fn perform(&self, action: Action) {
        let saved = (self.0.current.get(), self.0.current_cpu.get(), self.0.debt_ns.get());
        let cpu = match action {
            Action::Wake(id, _) => self.task(id).cpu.get(),
            Action::Call(_) | Action::Timer(..) => CpuId(0),
        };
        self.0.current.set(self.0.cpus[cpu.index()].current.get());
        self.0.current_cpu.set(cpu);
        self.0.debt_ns.set(0);
        let nested = self.0.in_event.replace(true);
        match action {
            Action::Wake(id, wait) if self.task(id).wait_seq.get() == wait => self.wake(id),
            Action::Wake(..) => {}
            Action::Call(call) => call(self),
            Action::Timer(timer, call) if timer.cancel() => call(self),
            Action::Timer(..) => {}
        }
        self.0.in_event.set(nested);
        self.0.current.set(saved.0);
        self.0.current_cpu.set(saved.1);
        self.0.debt_ns.set(saved.2);
    }

    /// The chosen one of the tasks that are current on a CPU and have caught up with the clock.
    fn choose_ready(&self) -> Option<TaskId> {
        let now = self.0.now_ns.get();
        let mut ready: [TaskId; super::MAX_CPUS] = [TaskId(0); super::MAX_CPUS];
        let mut n = 0;
        let mut busy = self.0.busy.get();
        while busy != 0 {
            let cpu = &self.0.cpus[busy.trailing_zeros() as usize];
            busy &= busy - 1;
            if cpu.busy_until_ns.get() <= now {
                ready[n] = cpu.current.get();
                n += 1;
            }
        }
        match n {
            0 => None,
            1 => Some(ready[0]),
            _ => {
                ready[..n].sort_unstable();
                Some(ready[self.choose(Choice::Proceed, &ready[..n])])
            }
        }
    }

    /// Asks the scheduler and records its choice.
    pub(super) fn choose(&self, what: Choice, candidates: &[TaskId]) -> usize {
        let choice = self.0.scheduler.borrow_mut().choose(what, candidates, self.0.current.get());
        assert!(choice < candidates.len(), "a scheduler chooses among the candidates");
        self.0.schedule.borrow_mut().choices.push(choice as u8);
        choice
    }

    fn pass_baton(&self, id: TaskId) {
        let task = self.task(id);
        self.0.current.set(id);
        self.0.current_cpu.set(task.cpu.get());
        self.0.debt_ns.set(0);
        if let Some(waker) = task.waker.take() {
            waker.wake();
        }
    }

    /// Jumps to the next point where something happens. False if nothing ever will: the run has ended.
    fn advance_clock(&self) -> bool {
        let over = |id: TaskId, wait| self.0.tasks.borrow()[id.index()].wait_seq.get() != wait;
        self.0.queue.borrow_mut().prune(over);
        let event = self.0.queue.borrow().next_time_ns();
        let mut next = event.unwrap_or(u64::MAX);
        let mut busy = self.0.busy.get();
        if busy == 0 && event.is_some() && self.0.queue.borrow().only_background() {
            next = u64::MAX;
        }
        while busy != 0 {
            next = next.min(self.0.cpus[busy.trailing_zeros() as usize].busy_until_ns.get());
            busy &= busy - 1;
        }
        if next == u64::MAX {
            self.finish_idle();
            return false;
        }
        if next > self.0.config.time_limit_ns {
            self.finish(Outcome::TimeLimit);
            return false;
        }
        self.0.now_ns.set(next);
        true
    }

    /// Nothing can happen any more: either everybody is done, or somebody waits for ever.
    fn finish_idle(&self) {
        let waits = |t: &Rc<Task>| t.kind == TaskKind::User && t.state.get() == TaskState::Blocked;
        let stuck: Vec<TaskId> = self.0.tasks.borrow().iter().filter(|t| waits(t)).map(|t| t.id).collect();
        let outcome = if stuck.is_empty() { Outcome::Complete } else { Outcome::Deadlock(stuck) };
        self.finish(outcome);
    }

    pub(super) fn finish(&self, outcome: Outcome) {
        self.report_outcome(&outcome);
        *self.0.outcome.borrow_mut() = Some(outcome);
        if let Some(waker) = self.0.finished.take() {
            waker.wake();
        }
    }

    /// Puts a task that waits for a CPU on `cpu`: at once if that CPU is idle, else at the end of its queue.
    pub(super) fn make_runnable(&self, task: &Rc<Task>, cpu: CpuId) {
        task.cpu.set(cpu);
        let slot = &self.0.cpus[cpu.index()];
        task.state.set(TaskState::Queued);
        slot.queue.borrow_mut().push_back(task.id);
        if slot.current.get() == slot.idle && !self.interrupted_idle(cpu) {
            self.schedule_cpu(cpu, self.now_ns());
        }
    }

    /// The idle task of `cpu` executes right now (an interrupt hit an idle CPU): the switch waits until it returns.
    fn interrupted_idle(&self, cpu: CpuId) -> bool {
        let slot = &self.0.cpus[cpu.index()];
        self.0.current_cpu.get() == cpu && self.task(slot.idle).ctx.in_interrupt()
    }

    /// Where a new task starts: an idle CPU it may use, else the shortest queue, lowest number first.
    pub(super) fn cpu_for_new(&self, task: &Task) -> CpuId {
        let allowed = (0..self.nr_cpus()).map(|n| CpuId(n as u16)).filter(|cpu| task.allowed_on(*cpu));
        let load = |cpu: &CpuId| {
            let slot = &self.0.cpus[cpu.index()];
            slot.queue.borrow().len() + usize::from(slot.current.get() != slot.idle)
        };
        allowed.min_by_key(load).unwrap_or(CpuId(0))
    }

    /// Where a woken task goes on: its last CPU if pinned or idle, else an idle CPU, else its last CPU.
    fn cpu_for_woken(&self, task: &Task) -> CpuId {
        let last = task.cpu.get();
        let idle = |cpu: &CpuId| {
            let slot = &self.0.cpus[cpu.index()];
            slot.current.get() == slot.idle && slot.queue.borrow().is_empty()
        };
        if task.pinned() || idle(&last) {
            return last;
        }
        let mut others = (0..self.nr_cpus()).map(|n| CpuId(n as u16)).filter(|cpu| task.allowed_on(*cpu));
        others.find(idle).unwrap_or(last)
    }

    /// Makes a blocked task runnable. Waking a task that is not blocked does nothing.
    pub fn wake(&self, id: TaskId) {
        let task = self.task(id);
        if task.state.get() != TaskState::Blocked {
            return;
        }
        task.wait_seq.set(task.wait_seq.get() + 1);
        task.not_before_ns.set(task.not_before_ns.get().max(self.now_ns()));
        let cpu = self.cpu_for_woken(&task);
        self.emit_with(|| SimEvent::SchedWakeup {
            comm: task.comm().to_string(),
            pid: task.pid,
            target_cpu: cpu,
        });
        self.make_runnable(&task, cpu);
    }

    /// Gives `cpu` its next task. The old one has already been put where it belongs. `from_ns`: when the CPU is free.
    pub(super) fn schedule_cpu(&self, cpu: CpuId, from_ns: u64) {
        let slot = &self.0.cpus[cpu.index()];
        let prev = slot.current.get();
        let next = self.take_next(cpu).unwrap_or(slot.idle);
        let bit = 1_u64 << cpu.0;
        slot.current.set(next);
        let from_ns = from_ns.max(slot.busy_until_ns.get());
        if next == slot.idle {
            self.0.busy.set(self.0.busy.get() & !bit);
            slot.busy_until_ns.set(from_ns);
        } else {
            let task = self.task(next);
            task.state.set(TaskState::OnCpu);
            task.cpu.set(cpu);
            let cost = if prev == next { 0 } else { self.0.config.costs.context_switch_ns };
            let start = from_ns.max(task.not_before_ns.get()) + cost;
            slot.busy_until_ns.set(start);
            slot.slice_end_ns.set(start + self.0.config.timeslice_ns);
            self.0.busy.set(self.0.busy.get() | bit);
        }
        if prev != next {
            self.emit_switch(cpu, prev, next, from_ns);
        }
    }

    fn take_next(&self, cpu: CpuId) -> Option<TaskId> {
        let slot = &self.0.cpus[cpu.index()];
        let mut candidates = [TaskId(0); MAX_CHOICES];
        let n = {
            let queue = slot.queue.borrow();
            candidates.iter_mut().zip(queue.iter()).for_each(|(to, id)| *to = *id);
            queue.len().min(MAX_CHOICES)
        };
        match n {
            0 => self.steal_for(cpu),
            1 => slot.queue.borrow_mut().pop_front(),
            _ => {
                let index = self.choose(Choice::Dequeue, &candidates[..n]);
                slot.queue.borrow_mut().remove(index)
            }
        }
    }

    /// An idle CPU takes over work that waits elsewhere, if it may move.
    fn steal_for(&self, cpu: CpuId) -> Option<TaskId> {
        for victim in self.0.cpus.iter().filter(|slot| !slot.queue.borrow().is_empty()) {
            let movable = |id: &TaskId| {
                let task = self.task(*id);
                !task.pinned() && task.allowed_on(cpu)
            };
            let index = victim.queue.borrow().iter().position(movable);
            if let Some(index) = index {
                return victim.queue.borrow_mut().remove(index);
            }
        }
        None
    }
}

//! Stall reports: a grace period that lasts too long, in the kernel's words, with what the kernel cannot say as notes.
//!
//! Texts: kernel/rcu/tree_stall.h (`print_other_cpu_stall()`, `print_cpu_stall_info()`), kernel/rcu/tree_exp.h and kernel/rcu/tasks.h
//! (`show_stalled_task_trace()`, `rcu_tasks_wait_gp()`). Counters that the machine does not have (ticks, dynticks state) are left out.
//! A report repeats, as the kernel's does, but a run in which nothing else is left to happen does not wait for it.

use super::model::{Finds, TraceEngine};
use super::status::{GracePeriodStatus, Holder};
use super::{Flavour, GraceEvent};
use crate::finding;
use crate::machine::Machine;
use crate::task::TaskState;

impl Machine {
    fn stall_ns(&self, flavour: Flavour) -> Option<u64> {
        let rcu = &self.0.config.rcu;
        match flavour {
            Flavour::Classic | Flavour::Expedited => rcu.classic.stall_ns,
            Flavour::TasksTrace => rcu.trace.stall_ns,
        }
    }

    /// Watches the grace period under way.
    pub(super) fn arm_stall(&self, flavour: Flavour) {
        let Some(running) = self.0.rcu.driver(flavour).running.get() else { return };
        if let Some(stall_ns) = self.stall_ns(flavour) {
            self.set_stall_timer(flavour, running.begin_ns.saturating_add(stall_ns), false);
        }
        if let Some(info_ns) = self.0.config.rcu.trace.info_ns.filter(|_| flavour == Flavour::TasksTrace) {
            self.set_info_timer(info_ns);
        }
    }

    pub(super) fn disarm_stall(&self, flavour: Flavour) {
        let driver = self.0.rcu.driver(flavour);
        for timer in [&driver.stall_timer, &driver.info_timer] {
            timer.take().into_iter().for_each(|timer| _ = timer.cancel());
        }
    }

    fn set_stall_timer(&self, flavour: Flavour, at_ns: u64, background: bool) {
        let timer = self.timer_at(at_ns, background, move |m| m.stalled(flavour));
        if let Some(old) = self.0.rcu.driver(flavour).stall_timer.replace(Some(timer)) {
            old.cancel();
        }
    }

    fn stalled(&self, flavour: Flavour) {
        let Some(status) = self.grace_period(flavour).filter(|status| !status.holders.is_empty()) else {
            return;
        };
        self.report_stall(&status);
        let stall_ns = self.stall_ns(flavour).expect("armed");
        let again = match flavour {
            // 3 * rcu_jiffies_till_stall_check() + 3
            Flavour::Classic | Flavour::Expedited => {
                stall_ns.saturating_mul(3) + 3 * self.0.config.rcu.jiffy_ns()
            }
            Flavour::TasksTrace => stall_ns,
        };
        self.set_stall_timer(flavour, self.now_ns().saturating_add(again), true);
    }

    fn report_stall(&self, status: &GracePeriodStatus) {
        let lines = match status.gp.flavour {
            Flavour::Classic => self.classic_stall(status),
            Flavour::Expedited => self.expedited_stall(status),
            Flavour::TasksTrace => self.trace_stall(status),
        };
        let by_kernel =
            status.gp.flavour != Flavour::TasksTrace || self.0.config.rcu.trace.kernel_reports_stalls;
        let mut lines = lines.into_iter();
        let message = lines.next().expect("a report has a first line");
        let mut notes: Vec<String> = lines.collect();
        if by_kernel {
            for text in std::iter::once(&message).chain(&notes) {
                self.emit_with(|| GraceEvent::Printk { text: text.clone() });
            }
        } else {
            notes.push("this kernel reports no such stall; the simulator does".into());
        }
        notes.extend(status.chain());
        let culprit = &status.holders[0];
        let task = self.task(culprit.task);
        self.finding_about(&task, culprit.cpu, finding::GRACE_PERIOD_STALL, message, notes);
    }

    fn classic_stall(&self, status: &GracePeriodStatus) -> Vec<String> {
        let (model, jiffy) = (&self.0.config.rcu.classic, self.0.config.rcu.jiffy_ns());
        let mut lines = vec![format!("rcu: INFO: {} detected stalls on CPUs/tasks:", model.name)];
        let (blocked, running): (Vec<&Holder>, Vec<&Holder>) =
            status.holders.iter().partition(|holder| holder.waits.is_some());
        lines.extend(running.iter().map(|holder| {
            let ticks = (self.now_ns() - status.begin_ns) / jiffy;
            format!("rcu: \t{}-....: ({ticks} ticks this GP)", holder.cpu.0)
        }));
        if !blocked.is_empty() {
            let tasks = blocked.iter().map(|holder| format!(" P{}/{}:b..l", holder.pid, holder.nesting));
            let tasks: String = tasks.collect();
            lines.push(format!(
                "rcu: \tTasks blocked on level-0 rcu_node (CPUs 0-{}):{tasks}",
                self.nr_cpus() - 1
            ));
        }
        let age = (self.now_ns() - status.begin_ns) / jiffy;
        let (seq, queued) = (status.gp.seq, status.callbacks);
        let cpu = self.current_cpu().0;
        lines.push(format!("rcu: \t(detected by {cpu}, t={age} jiffies, g={seq}, q={queued})"));
        lines
    }

    fn expedited_stall(&self, status: &GracePeriodStatus) -> Vec<String> {
        let holders = status.holders.iter().map(|holder| match holder.waits {
            Some(_) => format!(" P{}", holder.pid),
            None => format!(" {}-....", holder.cpu.0),
        });
        let holders: String = holders.collect();
        let age = (self.now_ns() - status.begin_ns) / self.0.config.rcu.jiffy_ns();
        let name = self.0.config.rcu.classic.name;
        let stalls = format!("rcu: INFO: {name} detected expedited stalls on CPUs/tasks: {{{holders} }}");
        vec![format!("{stalls} {age} jiffies s: {} root: 0x0/.", status.gp.seq)]
    }

    fn trace_stall(&self, status: &GracePeriodStatus) -> Vec<String> {
        let model = &self.0.config.rcu.trace;
        if !model.kernel_reports_stalls {
            let age_ms = (self.now_ns() - status.begin_ns) / 1_000_000;
            let seq = status.gp.seq;
            return vec![format!(
                "rcu_tasks_trace grace period {seq} has been waiting for readers for {age_ms} ms"
            )];
        }
        let old = matches!(&model.engine, TraceEngine::Kthread(k) if k.finds == Finds::EveryTask);
        let mut lines = vec!["INFO: rcu_tasks_trace detected stalls on tasks:".to_string()];
        lines.extend(status.holders.iter().map(|holder| self.stalled_task(holder, old)));
        if old {
            lines.push(format!("\t{} holdouts", status.holders.len()));
        }
        lines
    }

    /// `show_stalled_task_trace()`: flags (interrupt pending, idle, nohz_full, and since 6.1 blocked in its section), nesting, whether
    /// its quiescent state is awaited, CPU.
    fn stalled_task(&self, holder: &Holder, old: bool) -> String {
        let (pid, nesting, cpu) = (holder.pid, holder.nesting, holder.cpu.0);
        if old {
            return format!("P{pid}: ... nesting: {nesting}N cpu: {cpu}");
        }
        if self.task(holder.task).state.get() == TaskState::OnCpu {
            return format!("P{pid}: ..");
        }
        format!("P{pid}: ...B nesting: {nesting}N  cpu: {cpu}")
    }

    /// Lines before a stall (`rcu_task_stall_info`): `period_ns` from now, then three times as long, and so on.
    fn set_info_timer(&self, period_ns: u64) {
        let at_ns = self.now_ns().saturating_add(period_ns);
        let timer = self.timer_at(at_ns, true, move |m| m.inform(period_ns));
        *self.0.rcu.driver(Flavour::TasksTrace).info_timer.borrow_mut() = Some(timer);
    }

    fn inform(&self, period_ns: u64) {
        let (now, model) = (self.now_ns(), &self.0.config.rcu.trace);
        let Some(running) = self.0.rcu.driver(Flavour::TasksTrace).running.get() else { return };
        if model.stall_ns.is_some_and(|stall| now - running.begin_ns >= stall) {
            return;
        }
        let (age, seq) = ((now - running.begin_ns) / self.0.config.rcu.jiffy_ns(), running.gp.seq);
        let number =
            if model.info_says_since_boot { format!("number {seq} (since boot)") } else { seq.to_string() };
        let text = format!("rcu_tasks_wait_gp: rcu_tasks_trace grace period {number} is {age} jiffies old.");
        self.emit_with(|| GraceEvent::Printk { text });
        self.set_info_timer(period_ns.saturating_mul(3));
    }
}

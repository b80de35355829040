//! Who is in a read-side section, since when: the table that introspection, stall reports and events read.
//!
//! The engines of [`crate::rcu`] know readers as slots or counters, and the counters of SRCU not even who they are. This table knows the
//! simulated tasks, for every engine alike. It decides nothing, but the drivers check the engines against it: no grace period ends
//! with a reader in here that began before it.

use std::cell::{Cell, RefCell};

use super::super::Machine;
use super::{Flavour, GraceEvent};
use crate::ids::{CpuId, TaskId};
use crate::task::Task;

/// The outermost open section of a task in one flavour; meaningless outside sections.
#[derive(Debug, Default)]
pub(crate) struct Section {
    pub(crate) since_ns: Cell<u64>,
    /// The CPU it was entered on.
    pub(crate) cpu: Cell<CpuId>,
    /// How many grace periods had looked at readers before.
    looks: Cell<u64>,
    /// Its place in the table.
    index: Cell<usize>,
}

/// Open sections of one flavour.
#[derive(Default)]
pub(super) struct ReaderTable {
    tasks: RefCell<Vec<TaskId>>,
    /// Grace periods that have looked at the readers so far.
    looks: Cell<u64>,
}

impl ReaderTable {
    /// A grace period looks at the readers: it waits for those that are inside now. Returns what [`ReaderTable::holders`] wants.
    pub(super) fn look(&self) -> u64 {
        self.looks.set(self.looks.get() + 1);
        self.looks.get()
    }

    fn enter(&self, section: &Section, task: TaskId, now_ns: u64, cpu: CpuId) {
        section.since_ns.set(now_ns);
        section.cpu.set(cpu);
        section.looks.set(self.looks.get());
        let mut tasks = self.tasks.borrow_mut();
        section.index.set(tasks.len());
        tasks.push(task);
    }

    fn leave(&self, m: &Machine, section: &Section, of: impl Fn(&Task) -> &Section) {
        let index = section.index.get();
        let mut tasks = self.tasks.borrow_mut();
        tasks.swap_remove(index);
        if let Some(moved) = tasks.get(index) {
            of(&m.task(*moved)).index.set(index);
        }
    }

    /// The tasks whose sections began before look number `look`, by id.
    pub(super) fn holders(&self, m: &Machine, look: u64, of: impl Fn(&Task) -> &Section) -> Vec<TaskId> {
        let before = |id: &TaskId| of(&m.task(*id)).looks.get() < look;
        let mut holders: Vec<TaskId> = self.tasks.borrow().iter().copied().filter(before).collect();
        holders.sort_unstable();
        holders
    }
}

/// Which of a task's sections a flavour's grace periods wait for.
pub(super) fn section_of(flavour: Flavour) -> fn(&Task) -> &Section {
    match flavour {
        Flavour::Classic | Flavour::Expedited => |task| &task.classic_section,
        Flavour::TasksTrace => |task| &task.trace_section,
    }
}

impl Machine {
    /// The current task enters its outermost classic section.
    pub(in crate::machine) fn classic_section_begins(&self) {
        let (task, cpu) = (self.current_task(), self.current_cpu());
        self.0.rcu.classic_readers.enter(&task.classic_section, task.id, self.now_ns(), cpu);
        self.0.rcu.classic.read_lock(cpu.index());
    }

    /// The current task leaves its outermost classic section. Its CPU is the one it was entered on, even if the task moved, which
    /// takes a sleep that is a finding already.
    pub(in crate::machine) fn classic_section_ends(&self) {
        let (task, rcu) = (self.current_task(), &self.0.rcu);
        let section = &task.classic_section;
        rcu.classic_readers.leave(self, section, section_of(Flavour::Classic));
        for flavour in [Flavour::Classic, Flavour::Expedited] {
            self.note_leaving(flavour, &task);
        }
        rcu.classic.read_unlock(section.cpu.get().index());
    }

    /// The current task enters a Tasks-Trace section, inside others or not.
    pub(in crate::machine) fn trace_section_begins(&self, outermost: bool) {
        let (task, rcu) = (self.current_task(), &self.0.rcu);
        if outermost {
            rcu.trace_readers.enter(&task.trace_section, task.id, self.now_ns(), self.current_cpu());
        }
        task.trace_reader.borrow_mut().get_or_insert_with(|| rcu.trace.register()).lock();
    }

    /// The current task leaves a Tasks-Trace section.
    pub(in crate::machine) fn trace_section_ends(&self, outermost: bool) {
        let task = self.current_task();
        if outermost {
            self.forget_trace_reader(&task);
        }
        if let Some(reader) = task.trace_reader.borrow_mut().as_mut() {
            reader.unlock();
        }
    }

    /// A task exits: what sections it left open end with it (`exit_tasks_rcu_finish_trace()`).
    pub(in crate::machine) fn sections_end_at_exit(&self) {
        let task = self.current_task();
        if task.ctx.rcu_trace_depth.get() > 0 {
            self.forget_trace_reader(&task);
        }
        drop(task.trace_reader.take());
        if task.ctx.rcu_depth.get() > 0 {
            self.classic_section_ends();
        }
    }

    fn forget_trace_reader(&self, task: &Task) {
        self.0.rcu.trace_readers.leave(self, &task.trace_section, section_of(Flavour::TasksTrace));
        self.note_leaving(Flavour::TasksTrace, task);
    }

    /// Says so if a grace period was waiting for the section that ends.
    fn note_leaving(&self, flavour: Flavour, task: &Task) {
        let Some(running) = self.0.rcu.driver(flavour).running.get() else { return };
        let section = section_of(flavour)(task);
        if running.told_holdouts && section.looks.get() < running.look {
            let held_ns = self.now_ns().saturating_sub(section.since_ns.get());
            let gp = running.gp;
            self.emit_with(|| GraceEvent::HoldoutLeft {
                gp,
                comm: task.comm().to_string(),
                pid: task.pid,
                held_ns,
            });
        }
    }
}

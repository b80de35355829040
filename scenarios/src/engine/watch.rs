//! Follows the events of a run while they happen: which program runs where, how often it slept and faulted, which marks were
//! reached, and which task waits for what of this. It sees every event, also those beyond the scenario's limit.
//!
//! Key types: [`Watch`], [`Until`] (what a task waits for). Neighbours: `steps` waits, `collect` reads the runs.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use programs::runtime::ProgEvent;
use sim::event::Event;
use sim::ids::{Pid, TaskId};
use sim::machine::{Machine, SimEvent};
use sim::task::WaitReason;

use super::event::StepEvent;
use crate::result::ProgramRun;

/// What a task can wait for. Programs are named by their entry in the world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Until {
    Mark(String),
    End(Pid),
    Blocked(usize),
    Runs(usize, u64),
}

struct Waiter {
    task: TaskId,
    until: Until,
    done: Rc<Cell<bool>>,
}

/// A run that is not over.
struct Active {
    entry: usize,
    /// Index among the runs of its entry.
    index: usize,
    minor_before: u64,
    major_before: u64,
}

/// What happened so far.
#[derive(Default)]
pub(super) struct Watch(RefCell<State>);

#[derive(Default)]
struct State {
    /// Entry of a program by its number in the kernel.
    entries: BTreeMap<u32, usize>,
    runs: BTreeMap<usize, Vec<ProgramRun>>,
    active: BTreeMap<u64, Active>,
    /// Runs under way by task, the innermost last.
    stacks: BTreeMap<Pid, Vec<u64>>,
    blocked: BTreeSet<usize>,
    blocked_ns: BTreeMap<Pid, u64>,
    ended_ns: BTreeMap<Pid, u64>,
    marks: BTreeSet<String>,
    waiters: Vec<Waiter>,
}

impl Watch {
    /// Runs of this program belong to an entry.
    pub(super) fn add_program(&self, id: u32, entry: usize) {
        self.0.borrow_mut().entries.insert(id, entry);
    }

    /// Looks at one event.
    pub(super) fn see(&self, m: &Machine, event: &Event) {
        let body = event.body.as_any();
        let changed = if let Some(event_body) = body.downcast_ref::<ProgEvent>() {
            self.0.borrow_mut().program(m, event, event_body)
        } else if let Some(event_body) = body.downcast_ref::<SimEvent>() {
            self.0.borrow_mut().machine(event, event_body)
        } else if let Some(StepEvent::Mark { name }) = body.downcast_ref::<StepEvent>() {
            self.0.borrow_mut().marks.insert(name.clone())
        } else {
            false
        };
        if changed {
            self.0.borrow_mut().notify(m);
        }
    }

    /// Blocks the current task until it has happened.
    pub(super) async fn wait(&self, m: &Machine, until: Until, reason: WaitReason) {
        if self.0.borrow().holds(&until) {
            return;
        }
        let done = Rc::new(Cell::new(false));
        let waiter = Waiter { task: m.current(), until, done: done.clone() };
        self.0.borrow_mut().waiters.push(waiter);
        while !done.get() {
            m.block(reason.clone()).await;
        }
    }

    /// The runs of an entry, in the order in which they began.
    pub(super) fn runs(&self, entry: usize) -> Vec<ProgramRun> {
        self.0.borrow().runs.get(&entry).cloned().unwrap_or_default()
    }

    /// How long a task was blocked in all.
    pub(super) fn blocked_ns(&self, pid: Pid) -> u64 {
        self.0.borrow().blocked_ns.get(&pid).copied().unwrap_or_default()
    }

    /// When a task ended.
    pub(super) fn ended_ns(&self, pid: Pid) -> Option<u64> {
        self.0.borrow().ended_ns.get(&pid).copied()
    }
}

impl State {
    fn program(&mut self, m: &Machine, event: &Event, body: &ProgEvent) -> bool {
        match body {
            ProgEvent::RunBegin { run, id, .. } => self.begin(m, event, *run, *id),
            ProgEvent::RunEnd { run, ret, .. } => self.end(m, event, *run, *ret),
            _ => return false,
        }
        true
    }

    fn begin(&mut self, m: &Machine, event: &Event, run: u64, id: u32) {
        let Some(entry) = self.entries.get(&id).copied() else { return };
        let runs = self.runs.entry(entry).or_default();
        runs.push(ProgramRun {
            start_ns: event.time_ns,
            cpu: u32::from(event.cpu.0),
            pid: event.pid.0,
            ..ProgramRun::default()
        });
        let task = m.current_task();
        let (minor_before, major_before) = (task.min_flt.get(), task.maj_flt.get());
        self.active.insert(run, Active { entry, index: runs.len() - 1, minor_before, major_before });
        self.stacks.entry(event.pid).or_default().push(run);
    }

    fn end(&mut self, m: &Machine, event: &Event, run: u64, ret: u64) {
        let Some(active) = self.active.remove(&run) else { return };
        if let Some(stack) = self.stacks.get_mut(&event.pid) {
            stack.retain(|other| *other != run);
        }
        let task = m.current_task();
        let result = &mut self.runs.get_mut(&active.entry).expect("a run was begun")[active.index];
        result.end_ns = Some(event.time_ns);
        // Programs return an `int`: the kernel looks at the low half.
        result.returned = Some(i64::from(ret as u32 as i32));
        result.minor_faults = task.min_flt.get() - active.minor_before;
        result.major_faults = task.maj_flt.get() - active.major_before;
    }

    fn machine(&mut self, event: &Event, body: &SimEvent) -> bool {
        match body {
            SimEvent::BlockBegin { .. } => match self.innermost(event.pid) {
                Some((entry, run)) => {
                    run.sleeps += 1;
                    self.blocked.insert(entry)
                }
                None => false,
            },
            SimEvent::BlockEnd { waited_ns, .. } => {
                *self.blocked_ns.entry(event.pid).or_default() += waited_ns;
                if let Some((entry, run)) = self.innermost(event.pid) {
                    run.blocked_ns += waited_ns;
                    self.blocked.remove(&entry);
                }
                false
            }
            SimEvent::TaskExit { pid, .. } => {
                self.ended_ns.insert(*pid, event.time_ns);
                true
            }
            _ => false,
        }
    }

    /// The run that a task is in, with its entry.
    fn innermost(&mut self, pid: Pid) -> Option<(usize, &mut ProgramRun)> {
        let run = self.stacks.get(&pid)?.last()?;
        let active = self.active.get(run)?;
        let result = self.runs.get_mut(&active.entry)?.get_mut(active.index)?;
        Some((active.entry, result))
    }

    fn holds(&self, until: &Until) -> bool {
        match until {
            Until::Mark(name) => self.marks.contains(name),
            Until::End(pid) => self.ended_ns.contains_key(pid),
            Until::Blocked(entry) => self.blocked.contains(entry),
            Until::Runs(entry, count) => self.runs.get(entry).is_some_and(|runs| runs.len() as u64 >= *count),
        }
    }

    /// Wakes those for whom it has happened. Waking emits an event, so it is left to the machine's next step.
    fn notify(&mut self, m: &Machine) {
        let (ready, waiting) =
            std::mem::take(&mut self.waiters).into_iter().partition(|w| self.holds(&w.until));
        self.waiters = waiting;
        let ready: Vec<Waiter> = ready;
        for waiter in ready {
            waiter.done.set(true);
            m.at(m.now_ns(), move |m| m.wake(waiter.task));
        }
    }
}

//! What grace periods report. Neighbours: [`super::super::SimEvent`] for everything else the machine says.

use std::any::Any;

use crate::event::{Lane, Payload, Slice, Value};
use crate::ids::Pid;

/// Which grace period an event speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flavour {
    /// `synchronize_rcu()`, `call_rcu()`.
    Classic,
    /// `synchronize_rcu_expedited()`: the same readers, in a hurry. Has no callbacks.
    Expedited,
    /// `synchronize_rcu_tasks_trace()`, `call_rcu_tasks_trace()`.
    TasksTrace,
}

impl Flavour {
    /// The name used in timelines.
    pub fn name(self) -> &'static str {
        match self {
            Flavour::Classic => "rcu",
            Flavour::Expedited => "rcu_expedited",
            Flavour::TasksTrace => "rcu_tasks_trace",
        }
    }

    fn lane(self) -> Lane {
        match self {
            Flavour::Classic => Lane::Named("RCU grace periods"),
            Flavour::Expedited => Lane::Named("RCU expedited grace periods"),
            Flavour::TasksTrace => Lane::Named("RCU Tasks Trace grace periods"),
        }
    }
}

/// One grace period: its flavour and number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gp {
    pub flavour: Flavour,
    pub seq: u64,
}

/// What happens in grace periods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GraceEvent {
    /// Callbacks that were queued before it, those of waiting tasks included.
    Begin {
        gp: Gp,
        callbacks: u64,
        expedited: bool,
    },
    /// A part of it begins: `scan`, `classic` (the classic grace period inside), `poll`, `flip`, …
    Stage {
        gp: Gp,
        stage: &'static str,
    },
    /// Readers that it waits for, and CPUs that had to be interrupted because a task ran on them.
    Scan {
        gp: Gp,
        holdouts: u64,
        interrupted: u64,
    },
    /// One reader that it waits for.
    Holdout {
        gp: Gp,
        comm: String,
        pid: Pid,
        nesting: u32,
        held_ns: u64,
        doing: String,
    },
    /// That reader has left its section.
    HoldoutLeft {
        gp: Gp,
        comm: String,
        pid: Pid,
        held_ns: u64,
    },
    End {
        gp: Gp,
        took_ns: u64,
    },
    /// Callbacks of a grace period that is over, invoked on this CPU.
    CallbacksInvoked {
        flavour: Flavour,
        callbacks: u64,
    },
    /// A callback waits for others, at most so long, before it asks for a grace period.
    LazyQueued {
        flavour: Flavour,
        wait_ns: u64,
    },
    /// The wait is over.
    LazyTimer {
        flavour: Flavour,
        callbacks: u64,
    },
    /// A line of the kernel's log.
    Printk {
        text: String,
    },
}

impl Payload for GraceEvent {
    fn name(&self) -> &'static str {
        match self {
            GraceEvent::Begin { .. } => "grace_period_begin",
            GraceEvent::Stage { .. } => "grace_period_stage",
            GraceEvent::Scan { .. } => "grace_period_scan",
            GraceEvent::Holdout { .. } => "grace_period_holdout",
            GraceEvent::HoldoutLeft { .. } => "grace_period_holdout_left",
            GraceEvent::End { .. } => "grace_period_end",
            GraceEvent::CallbacksInvoked { .. } => "rcu_callbacks_invoked",
            GraceEvent::LazyQueued { .. } => "rcu_lazy_queued",
            GraceEvent::LazyTimer { .. } => "rcu_lazy_timer",
            GraceEvent::Printk { .. } => "printk",
        }
    }

    fn fields(&self) -> Vec<(&'static str, Value)> {
        let s = |text: &str| Value::Str(text.to_string());
        let head = |gp: &Gp| vec![("flavour", s(gp.flavour.name())), ("gp_seq", Value::U64(gp.seq))];
        let task =
            |comm: &str, pid: &Pid| vec![("comm", s(comm)), ("holdout_pid", Value::U64(u64::from(pid.0)))];
        match self {
            GraceEvent::Begin { gp, callbacks, expedited } => {
                let more = [("callbacks", Value::U64(*callbacks)), ("expedited", Value::Bool(*expedited))];
                head(gp).into_iter().chain(more).collect()
            }
            GraceEvent::Stage { gp, stage } => head(gp).into_iter().chain([("stage", s(stage))]).collect(),
            GraceEvent::Scan { gp, holdouts, interrupted } => {
                let more = [("holdouts", Value::U64(*holdouts)), ("interrupted", Value::U64(*interrupted))];
                head(gp).into_iter().chain(more).collect()
            }
            GraceEvent::Holdout { gp, comm, pid, nesting, held_ns, doing } => {
                let more = [
                    ("nesting", Value::U64(u64::from(*nesting))),
                    ("held_ns", Value::Ns(*held_ns)),
                    ("doing", s(doing)),
                ];
                head(gp).into_iter().chain(task(comm, pid)).chain(more).collect()
            }
            GraceEvent::HoldoutLeft { gp, comm, pid, held_ns } => {
                let more = [("held_ns", Value::Ns(*held_ns))];
                head(gp).into_iter().chain(task(comm, pid)).chain(more).collect()
            }
            GraceEvent::End { gp, took_ns } => {
                head(gp).into_iter().chain([("took_ns", Value::Ns(*took_ns))]).collect()
            }
            GraceEvent::CallbacksInvoked { flavour, callbacks } => {
                vec![("flavour", s(flavour.name())), ("callbacks", Value::U64(*callbacks))]
            }
            GraceEvent::LazyQueued { flavour, wait_ns } => {
                vec![("flavour", s(flavour.name())), ("wait_ns", Value::Ns(*wait_ns))]
            }
            GraceEvent::LazyTimer { flavour, callbacks } => {
                vec![("flavour", s(flavour.name())), ("callbacks", Value::U64(*callbacks))]
            }
            GraceEvent::Printk { text } => vec![("text", s(text))],
        }
    }

    fn slice(&self) -> Slice {
        match self {
            GraceEvent::Begin { gp, .. } => {
                let name = format!("{} #{}", gp.flavour.name(), gp.seq);
                Slice::Begin { lane: gp.flavour.lane(), id: gp.seq, name }
            }
            GraceEvent::End { gp, .. } => Slice::End { lane: gp.flavour.lane(), id: gp.seq },
            _ => Slice::Instant,
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

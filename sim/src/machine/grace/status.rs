//! Who holds a grace period, since when, and why: what the kernel's own reports leave to the reader's imagination.

use std::fmt;

use super::readers::section_of;
use super::{Flavour, Gp, GraceEvent};
use crate::ids::{CpuId, Pid, TaskId};
use crate::machine::Machine;
use crate::task::{Task, TaskState, WaitReason};

/// A reader that a grace period waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    pub task: TaskId,
    pub pid: Pid,
    pub comm: String,
    /// The CPU it is on, or was on last.
    pub cpu: CpuId,
    /// When it entered its outermost section, virtual nanoseconds.
    pub since_ns: u64,
    /// Sections it is in, one inside the other.
    pub nesting: u32,
    /// Where it is, if it runs a program that said so: program, instruction, source line.
    pub place: Option<String>,
    /// What it waits for and since when; `None`: it runs, or could.
    pub waits: Option<(WaitReason, u64)>,
    /// Who is expected to end that wait.
    pub waits_for: Option<(Pid, String)>,
}

/// A grace period under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GracePeriodStatus {
    pub gp: Gp,
    pub begin_ns: u64,
    /// What it is doing: `scan`, `classic`, `poll`, `flip`, …
    pub stage: &'static str,
    /// Callbacks queued and not invoked yet, those of waiting tasks included.
    pub callbacks: usize,
    /// Whom it waits for, by task.
    pub holders: Vec<Holder>,
}

impl fmt::Display for Holder {
    /// One link of the chain, e.g. `task app (pid 4), in its section since 2000 ns <- program sleeper, … <- waits for userfaultfd`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (comm, pid, since) = (&self.comm, self.pid, self.since_ns);
        write!(f, "task {comm} (pid {pid}), in its section since {since} ns")?;
        if self.nesting > 1 {
            write!(f, " ({} deep)", self.nesting)?;
        }
        if let Some(place) = &self.place {
            write!(f, " <- {place}")?;
        }
        match &self.waits {
            Some((reason, since)) => write!(f, " <- waits for {reason} since {since} ns")?,
            None => write!(f, " <- running on {}", self.cpu)?,
        }
        match &self.waits_for {
            Some((pid, comm)) => write!(f, ", held by {comm} (pid {pid})"),
            None => Ok(()),
        }
    }
}

impl GracePeriodStatus {
    /// The chain from the grace period to whoever it waits for, a line per holder.
    pub fn chain(&self) -> Vec<String> {
        let (name, seq, begin) = (self.gp.flavour.name(), self.gp.seq, self.begin_ns);
        let head = format!("{name} grace period {seq}, since {begin} ns");
        if self.holders.is_empty() {
            return vec![format!("{head}: no reader holds it ({})", self.stage)];
        }
        self.holders.iter().map(|holder| format!("{head} <- {holder}")).collect()
    }
}

impl Machine {
    /// The grace period of `flavour` that is under way, and whom it waits for.
    pub fn grace_period(&self, flavour: Flavour) -> Option<GracePeriodStatus> {
        let running = self.0.rcu.driver(flavour).running.get()?;
        Some(GracePeriodStatus {
            gp: running.gp,
            begin_ns: running.begin_ns,
            stage: running.stage,
            callbacks: self.callbacks_waiting(flavour),
            holders: self.grace_period_holders(flavour),
        })
    }

    /// The readers that the grace period of `flavour` waits for; none if there is none or it has not looked yet.
    pub fn grace_period_holders(&self, flavour: Flavour) -> Vec<Holder> {
        let Some(running) = self.0.rcu.driver(flavour).running.get() else { return Vec::new() };
        let holders = self.0.rcu.readers(flavour).holders(self, running.look, section_of(flavour));
        holders.into_iter().map(|id| self.holder(flavour, &self.task(id))).collect()
    }

    fn holder(&self, flavour: Flavour, task: &Task) -> Holder {
        let blocked = task.state.get() == TaskState::Blocked;
        let waits = task.wait.borrow().clone().filter(|_| blocked);
        let waits_for = waits.as_ref().and_then(|(reason, _)| reason.on).map(|id| self.task(id));
        Holder {
            task: task.id,
            pid: task.pid,
            comm: task.comm().to_string(),
            cpu: task.cpu.get(),
            since_ns: section_of(flavour)(task).since_ns.get(),
            nesting: match flavour {
                Flavour::Classic | Flavour::Expedited => task.ctx.rcu_depth.get(),
                Flavour::TasksTrace => task.ctx.rcu_trace_depth.get(),
            },
            place: task.whereabouts(),
            waits,
            waits_for: waits_for.map(|other| (other.pid, other.comm().to_string())),
        }
    }

    /// A line per grace period and holder, for reports about a run that is stuck.
    pub(in crate::machine) fn grace_period_chains(&self) -> Vec<String> {
        let flavours = [Flavour::Classic, Flavour::Expedited, Flavour::TasksTrace];
        let held = |status: &GracePeriodStatus| !status.holders.is_empty();
        let under_way = flavours.into_iter().filter_map(|flavour| self.grace_period(flavour)).filter(held);
        under_way.flat_map(|status| status.chain()).collect()
    }

    /// The readers have been looked for: says whom the grace period waits for, and begins to watch for a stall.
    pub(super) fn tell_holdouts(&self, flavour: Flavour, interrupted: u64) {
        let Some(running) = self.0.rcu.driver(flavour).running.get() else { return };
        let (gp, now) = (running.gp, self.now_ns());
        let holders = self.grace_period_holders(flavour);
        self.change_running(flavour, |running| running.told_holdouts = true);
        self.emit_with(|| GraceEvent::Scan { gp, holdouts: holders.len() as u64, interrupted });
        if holders.is_empty() {
            return;
        }
        self.arm_stall(flavour);
        for holder in holders {
            self.emit_with(|| GraceEvent::Holdout {
                gp,
                held_ns: now.saturating_sub(holder.since_ns),
                doing: holder.doing(),
                comm: holder.comm,
                pid: holder.pid,
                nesting: holder.nesting,
            });
        }
    }
}

impl Holder {
    /// What it does, without who it is.
    fn doing(&self) -> String {
        let waits = match &self.waits {
            Some((reason, _)) => format!("waits for {reason}"),
            None => format!("running on {}", self.cpu),
        };
        self.place.iter().cloned().chain([waits]).collect::<Vec<_>>().join(", ")
    }
}

//! The machine's own events: scheduling, interrupts, findings. Neighbour: [`super::GraceEvent`] for grace periods.

use std::any::Any;

use crate::context::IrqKind;
use crate::event::{Lane, Payload, Slice, Value};
use crate::ids::{CpuId, Pid};

/// What the machine itself reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SimEvent {
    SchedSwitch {
        prev_comm: String,
        prev_pid: Pid,
        prev_state: char,
        next_comm: String,
        next_pid: Pid,
    },
    SchedWakeup {
        comm: String,
        pid: Pid,
        target_cpu: CpuId,
    },
    TaskNew {
        comm: String,
        pid: Pid,
        kind: &'static str,
    },
    TaskExit {
        comm: String,
        pid: Pid,
    },
    /// The task blocks: what it waits for.
    BlockBegin {
        what: &'static str,
        detail: String,
        id: u64,
    },
    BlockEnd {
        what: &'static str,
        waited_ns: u64,
        id: u64,
    },
    IrqEntry {
        kind: IrqKind,
        name: &'static str,
    },
    IrqExit {
        kind: IrqKind,
        name: &'static str,
    },
    /// Locks that give up instead of hanging are taken in both orders.
    LockOrder {
        message: String,
    },
    Finding {
        code: &'static str,
        message: String,
    },
}

fn irq_name(kind: IrqKind, entry: bool) -> &'static str {
    match (kind, entry) {
        (IrqKind::Hard, true) => "irq_handler_entry",
        (IrqKind::Hard, false) => "irq_handler_exit",
        (IrqKind::Soft, true) => "softirq_entry",
        (IrqKind::Soft, false) => "softirq_exit",
        (IrqKind::Nmi, true) => "nmi_entry",
        (IrqKind::Nmi, false) => "nmi_exit",
    }
}

impl Payload for SimEvent {
    fn name(&self) -> &'static str {
        match self {
            SimEvent::SchedSwitch { .. } => "sched_switch",
            SimEvent::SchedWakeup { .. } => "sched_wakeup",
            SimEvent::TaskNew { .. } => "task_newtask",
            SimEvent::TaskExit { .. } => "sched_process_exit",
            SimEvent::BlockBegin { .. } => "block_begin",
            SimEvent::BlockEnd { .. } => "block_end",
            SimEvent::IrqEntry { kind, .. } => irq_name(*kind, true),
            SimEvent::IrqExit { kind, .. } => irq_name(*kind, false),
            SimEvent::LockOrder { .. } => "lock_order",
            SimEvent::Finding { .. } => "finding",
        }
    }

    fn fields(&self) -> Vec<(&'static str, Value)> {
        let s = |text: &str| Value::Str(text.to_string());
        let pid = |p: &Pid| Value::U64(u64::from(p.0));
        match self {
            SimEvent::SchedSwitch { prev_comm, prev_pid, prev_state, next_comm, next_pid } => vec![
                ("prev_comm", s(prev_comm)),
                ("prev_pid", pid(prev_pid)),
                ("prev_state", Value::Str(prev_state.to_string())),
                ("next_comm", s(next_comm)),
                ("next_pid", pid(next_pid)),
            ],
            SimEvent::SchedWakeup { comm, pid: p, target_cpu } => {
                vec![("comm", s(comm)), ("pid", pid(p)), ("target_cpu", Value::U64(u64::from(target_cpu.0)))]
            }
            SimEvent::TaskNew { comm, pid: p, kind } => {
                vec![("comm", s(comm)), ("pid", pid(p)), ("kind", s(kind))]
            }
            SimEvent::TaskExit { comm, pid: p } => vec![("comm", s(comm)), ("pid", pid(p))],
            SimEvent::BlockBegin { what, detail, .. } => vec![("wait", s(what)), ("detail", s(detail))],
            SimEvent::BlockEnd { what, waited_ns, .. } => {
                vec![("wait", s(what)), ("waited_ns", Value::Ns(*waited_ns))]
            }
            SimEvent::IrqEntry { name, .. } | SimEvent::IrqExit { name, .. } => vec![("name", s(name))],
            SimEvent::LockOrder { message } => vec![("message", s(message))],
            SimEvent::Finding { code, message } => vec![("code", s(code)), ("message", s(message))],
        }
    }

    fn slice(&self) -> Slice {
        match self {
            SimEvent::BlockBegin { what, id, .. } => {
                Slice::Begin { lane: Lane::Task, id: *id, name: (*what).to_string() }
            }
            SimEvent::BlockEnd { id, .. } => Slice::End { lane: Lane::Task, id: *id },
            SimEvent::IrqEntry { name, .. } => {
                Slice::Begin { lane: Lane::Cpu, id: 0, name: (*name).to_string() }
            }
            SimEvent::IrqExit { .. } => Slice::End { lane: Lane::Cpu, id: 0 },
            _ => Slice::Instant,
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

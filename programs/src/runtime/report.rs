//! Findings about programs: what went wrong, at which instruction and source line, and the history of the memory involved.
//! Neighbours: `run` calls it when a run ends with a fault.

use sim::arena::{MemFault, MemFaultKind};
use sim::finding::{self, Code};
use sim::machine::Machine;

use super::fault::CallFault;
use super::program::LoadedProgram;
use crate::interp::{FaultKind, ProgramFault};

/// Records the finding for a fault.
pub(super) fn report(m: &Machine, prog: &LoadedProgram, fault: &ProgramFault, call: Option<CallFault>) {
    let (code, message, mut notes) = match (call, &fault.kind) {
        (Some(CallFault::Memory(bad)), _) => memory(m, &bad),
        (None, FaultKind::Memory(bad)) => memory(m, bad),
        (Some(CallFault::Other { code, message, notes }), _) => (code, message, notes),
        (None, FaultKind::InstructionLimit { limit }) => (
            finding::ENDLESS_PROGRAM,
            format!("program {} did not end within {limit} instructions", prog.name),
            Vec::new(),
        ),
        (None, kind) => (finding::OUT_OF_BOUNDS, kind.to_string(), Vec::new()),
    };
    notes.extend(place(prog, fault.pc));
    m.finding(code, format!("program {}: {message}", prog.name), notes);
}

/// Records the finding for an access of a native program.
pub(super) fn report_memory(m: &Machine, prog: &LoadedProgram, fault: &MemFault) {
    let (code, message, notes) = memory(m, fault);
    m.finding(code, format!("program {}: {message}", prog.name), notes);
}

fn memory(m: &Machine, fault: &MemFault) -> (Code, String, Vec<String>) {
    let code = match fault.kind {
        MemFaultKind::Freed => finding::USE_AFTER_FREE,
        MemFaultKind::ReadOnly => finding::WRITE_TO_READ_ONLY,
        MemFaultKind::NeverAllocated | MemFaultKind::OutsideArena | MemFaultKind::PastEnd => {
            finding::OUT_OF_BOUNDS
        }
    };
    let notes = m.arena().object_at(fault.bad).map(|object| object.describe(fault.bad)).unwrap_or_default();
    (code, fault.to_string(), notes)
}

/// Instruction and source line of a slot, as lines for a finding.
pub(super) fn place(prog: &LoadedProgram, pc: usize) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(prog.source.instruction(pc).map(|text| format!("at instruction {text}")));
    if let Some(line) = prog.source.line(pc) {
        lines.push(format!("; {} @ {}:{}", line.text.trim(), line.file, line.line));
    }
    if let Some(function) = prog.source.function(pc) {
        lines.push(format!("in function {} of program {} (id {})", function.name, prog.name, prog.id));
    }
    lines
}

/// The context counters, in the words of `__might_resched()`.
pub(super) fn context_notes(m: &Machine) -> Vec<String> {
    let task = m.current_task();
    let ctx = &task.ctx;
    vec![
        format!(
            "in_atomic(): {}, irqs_disabled(): {}, non_block: 0, pid: {}, name: {}",
            u32::from(ctx.in_atomic()),
            u32::from(ctx.irqs_disabled.get() != 0),
            task.pid,
            task.comm()
        ),
        format!("preempt_count: {:x}, expected: 0", ctx.preempt_count.get()),
        format!("RCU nest depth: {}, expected: 0", ctx.rcu_depth.get()),
    ]
}

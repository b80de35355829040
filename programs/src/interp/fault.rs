//! How a program can go wrong at run time. In a kernel the verifier proves that none of this happens; here it is
//! caught and becomes a finding.

use std::fmt;

use sim::arena::{MemFault, MemFaultKind};

/// A program did what a verifier must not let pass. The run is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramFault {
    /// Slot of the instruction.
    pub pc: usize,
    pub kind: FaultKind,
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// A load or store that kernel memory refused.
    Memory(MemFault),
    /// More frames than the kernel allows (`kernel/bpf/verifier.c:check_func_call`).
    CallDepth { limit: usize },
    /// Execution ran past the last instruction.
    EndOfProgram,
    /// A callback address that is no function of the program.
    BadCallback { addr: u64 },
    /// The run used up its instruction limit. A limit of the simulator: the kernel proves termination instead.
    InstructionLimit { limit: u64 },
    /// Kernel memory is full: no stack for the frame.
    OutOfMemory,
    /// The host refused a call, e.g. a helper that is not modelled.
    Call(String),
}

impl FaultKind {
    /// Whether the access was to no kernel memory at all, which an exception table entry can catch.
    pub(super) fn is_outside(fault: &MemFault) -> bool {
        fault.kind == MemFaultKind::OutsideArena
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FaultKind::Memory(fault) => write!(f, "{fault}"),
            FaultKind::CallDepth { limit } => {
                write!(f, "the call stack of {} frames is too deep !", limit + 1)
            }
            FaultKind::EndOfProgram => write!(f, "execution ran past the last instruction"),
            FaultKind::BadCallback { addr } => write!(f, "{addr:#x} is not a function of this program"),
            FaultKind::InstructionLimit { limit } => {
                write!(f, "the program did not end within {limit} instructions")
            }
            FaultKind::OutOfMemory => write!(f, "no kernel memory for a stack frame"),
            FaultKind::Call(message) => write!(f, "{message}"),
        }
    }
}

impl fmt::Display for ProgramFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "instruction {}: {}", self.pc, self.kind)
    }
}

impl std::error::Error for ProgramFault {}

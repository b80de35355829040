//! The interpreter: predecodes a program once, then steps a plain state machine that can stop anywhere.
//!
//! Map: `program` predecodes ([`Program`]); `code` the dense opcodes; `exec` the main loop, with the instruction classes
//! in `alu` and `atomic`; `state` registers and frames; `run` one execution ([`Run`]); `host` what it asks of the kernel
//! around it ([`Host`]); `driver` the atomic and the sleepable way to run to the end; `fault` what can go wrong.
//! Semantics follow RFC 9669 and, where that is silent, `kernel/bpf/core.c:___bpf_prog_run`. Stacks, contexts and map
//! values are in `sim::arena`, which checks every access. Registers a kernel leaves undefined (r2 to r9 at entry, r1
//! to r5 after a call) have fixed values here: zero, and unchanged.

mod alu;
mod atomic;
mod code;
mod driver;
mod exec;
mod fault;
mod host;
mod program;
mod run;
mod state;

pub use driver::{AtomicExit, run_atomic, run_sleepable};
pub use fault::{FaultKind, ProgramFault};
pub use host::{Call, Callback, Continuation, Host, Outcome, PreemptibleHost, Sleep, Target};
pub use program::{FUNCTION_BASE, LoadPolicy, Options, Program, ProgramError, Resolver};
pub use run::{Progress, Run, RunPool};
pub use state::{MAX_MAY_GOTO, MAX_TAIL_CALLS, STACK_BYTES};

//! The two ways to run a program to its end: as atomic code, a plain function, and as sleepable code, a future.

use super::fault::ProgramFault;
use super::host::{Host, PreemptibleHost};
use super::run::{Progress, Run};

/// How a program ended under the atomic driver.
#[derive(Debug, PartialEq, Eq)]
pub enum AtomicExit {
    Done(u64),
    Fault(ProgramFault),
    /// A helper wanted to sleep (at this slot): the kernel would have reported "sleeping function called from invalid
    /// context" or worse. The future was dropped.
    InvalidSleep {
        pc: usize,
    },
}

/// Runs a started program without ever giving up the CPU.
pub fn run_atomic<H: Host>(run: &mut Run, host: &mut H) -> AtomicExit {
    loop {
        match run.advance(host, u64::MAX) {
            Progress::Done(r0) => return AtomicExit::Done(r0),
            Progress::Fault(fault) => return AtomicExit::Fault(fault),
            Progress::Wait(_) => return AtomicExit::InvalidSleep { pc: run.pc() - 1 },
            Progress::Slice => {}
        }
    }
}

/// Runs a started program; it may sleep in helpers, and lets others run every `slice` instructions.
///
/// # Errors
/// The program's fault, which a verifier would have prevented.
pub async fn run_sleepable<H: PreemptibleHost>(
    run: &mut Run,
    host: &mut H,
    slice: u64,
) -> Result<u64, ProgramFault> {
    loop {
        match run.advance(host, slice) {
            Progress::Done(r0) => return Ok(r0),
            Progress::Fault(fault) => return Err(fault),
            Progress::Wait(sleep) => {
                let r0 = sleep.await;
                run.resume(r0);
            }
            Progress::Slice => host.point().await,
        }
    }
}

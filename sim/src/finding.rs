//! Findings: what is wrong with the simulated programs, as data with a stable code that `sleepable explain` knows.
//! Neighbours: `context` and `arena` detect, `machine` records, `scenarios` reports.

use crate::ids::{CpuId, Pid};

/// A stable code, e.g. `F0001`; the catalogue with titles and explanations is in `scenarios`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Code(pub &'static str);

/// Sleeping function called from invalid context.
pub const INVALID_SLEEP: Code = Code("F0001");
/// Access to kernel memory that was freed.
pub const USE_AFTER_FREE: Code = Code("F0002");
/// Access to kernel memory that was never allocated, or beyond an object's end.
pub const OUT_OF_BOUNDS: Code = Code("F0003");
/// Tasks wait for each other, or for something that can no longer happen.
pub const DEADLOCK: Code = Code("F0004");
/// A program ran beyond its instruction budget.
pub const ENDLESS_PROGRAM: Code = Code("F0005");
/// A context counter is unbalanced (a lock or an RCU section left open).
pub const UNBALANCED: Code = Code("F0006");
/// A lock taken again by its holder.
pub const DOUBLE_LOCK: Code = Code("F0007");
/// A read-only region was written.
pub const WRITE_TO_READ_ONLY: Code = Code("F0008");
/// Something a program asked for is not modelled.
pub const NOT_MODELLED: Code = Code("F0009");
/// The virtual-time limit of the run was reached with tasks still alive.
pub const TIME_LIMIT: Code = Code("F0010");
/// A reader holds up a grace period for very long.
pub const GRACE_PERIOD_STALL: Code = Code("F0011");
/// An RCU callback panicked.
pub const CALLBACK_PANICKED: Code = Code("F0012");
/// Waiting for a grace period inside a section that this grace period waits for.
pub const WAITS_FOR_ITSELF: Code = Code("F0013");
/// A callback was queued from an NMI.
pub const RCU_FROM_NMI: Code = Code("F0014");

/// Two locks are taken in both orders: two CPUs that do so at once wait for each other.
pub const LOCK_ORDER: Code = Code("F0020");
/// A program takes a second `bpf_spin_lock` while it holds one.
pub const NESTED_LOCK: Code = Code("F0021");

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub code: Code,
    /// One line; in the kernel's own words where the kernel has any.
    pub message: String,
    /// Further lines: context counters, history of an object, who waits for whom.
    pub notes: Vec<String>,
    pub time_ns: u64,
    pub cpu: CpuId,
    pub pid: Pid,
    pub comm: String,
}

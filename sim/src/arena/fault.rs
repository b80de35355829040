//! What the arena says about an address: faults, objects and who used them. Plain data, printed by findings.

use std::fmt;

use crate::ids::{CpuId, Pid};

/// Who did something, where and when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    /// Virtual nanoseconds since boot.
    pub time_ns: u64,
    pub pid: Pid,
    pub cpu: CpuId,
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pid {} on {} at {} ns", self.pid, self.cpu, self.time_ns)
    }
}

/// Why an access was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemFaultKind {
    /// The object there was freed (KASAN: use-after-free).
    Freed,
    /// No object was ever there.
    NeverAllocated,
    /// Not an address of kernel memory: NULL, a user address, a non-canonical one.
    OutsideArena,
    /// Behind the end of an object (KASAN: out-of-bounds).
    PastEnd,
    /// A store to a read-only object.
    ReadOnly,
}

impl fmt::Display for MemFaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            MemFaultKind::Freed => "use-after-free",
            MemFaultKind::NeverAllocated => "wild-memory-access",
            MemFaultKind::OutsideArena => "not a kernel address",
            MemFaultKind::PastEnd => "out-of-bounds",
            MemFaultKind::ReadOnly => "write to read-only memory",
        })
    }
}

/// An access that kernel memory refused. [`super::Arena::object_at`] of `bad` gives the object's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemFault {
    /// First byte of the access.
    pub addr: u64,
    /// Bytes accessed.
    pub len: usize,
    /// First byte that may not be accessed.
    pub bad: u64,
    pub kind: MemFaultKind,
    pub write: bool,
}

impl fmt::Display for MemFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = if self.write { "write" } else { "read" };
        write!(f, "{}: {verb} of size {} at addr {:016x}", self.kind, self.len, self.addr)
    }
}

impl std::error::Error for MemFault {}

/// Why an address cannot be freed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FreeFault {
    /// The object was freed before (KASAN: double-free).
    DoubleFree,
    /// Not the start of an object (KASAN: invalid-free).
    NotAnObject,
}

impl fmt::Display for FreeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FreeFault::DoubleFree => "double-free",
            FreeFault::NotAnObject => "invalid-free",
        })
    }
}

impl std::error::Error for FreeFault {}

/// Whether an object is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectState {
    Live,
    Freed,
}

/// An earlier owner of an object's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PastOwner {
    pub what: &'static str,
    pub allocated: Stamp,
    pub freed: Stamp,
}

/// An object in kernel memory and its history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectInfo {
    /// What the allocator's caller called it.
    pub what: &'static str,
    /// Address of the first byte.
    pub start: u64,
    /// Bytes requested.
    pub size: usize,
    pub state: ObjectState,
    pub read_only: bool,
    pub allocated: Stamp,
    /// When it was freed, if it is not live.
    pub freed: Option<Stamp>,
    /// Earlier owners of the same memory, the latest last; only the last few are kept.
    pub history: Vec<PastOwner>,
}

impl ObjectInfo {
    /// Report lines in the manner of KASAN's: where `addr` is in the object, who allocated and who freed it.
    pub fn describe(&self, addr: u64) -> Vec<String> {
        let end = self.start + self.size as u64;
        let (distance, side) = match addr {
            a if a < self.start => (self.start - a, "before"),
            a if a < end => (a - self.start, "inside"),
            a => (a - end, "to the right of"),
        };
        let (what, size) = (self.what, self.size);
        let mut lines = vec![format!(
            "{addr:016x} is located {distance} bytes {side} {size}-byte {what} at {:016x}",
            self.start
        )];
        lines.push(format!("allocated by {}", self.allocated));
        lines.extend(self.freed.map(|at| format!("freed by {at}")));
        let past = |p: &PastOwner| {
            format!("earlier here: {}, allocated by {}, freed by {}", p.what, p.allocated, p.freed)
        };
        lines.extend(self.history.iter().rev().map(past));
        lines
    }
}

//! Small identifiers used everywhere. Ordered, printable, never a pointer.

use std::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident($repr:ty), $prefix:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub $repr);
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }
        impl $name {
            /// The number as an index.
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

id!(
    /// A simulated CPU, from 0.
    CpuId(u16), "cpu"
);
id!(
    /// A thread id as user space sees it (`task_struct.pid`). 0 is the idle task of a CPU.
    Pid(u32), ""
);
id!(
    /// A simulated task: an index into the machine's task table, never reused within a run.
    TaskId(u32), "task"
);
id!(
    /// A simulated address space (`mm_struct`).
    MmId(u32), "mm"
);
/// A simulated lock (spin lock, mutex, mmap_lock), by the address of its word where it has one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LockId(pub u64);

impl fmt::Display for LockId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "lock at {:#x}", self.0)
    }
}

//! Kernel structures behind simulated files, processes and sockets, so that programs can walk them by their BTF types.
//!
//! Laid out by `programs::kobj` from the kernel's types; made on demand, freed with their owner.

use std::rc::Rc;

use programs::kobj;
use sim::ids::MmId;
use sim::task::Task;

use crate::kernel::Kernel;
use crate::vfs::Inode;

/// A structure together with the string it points to.
pub(crate) struct WithString {
    pub(crate) addr: u64,
    string: u64,
}

impl WithString {
    pub(crate) fn free(self, kernel: &Kernel) {
        kernel.free_context(self.addr);
        kernel.free_context(self.string);
    }
}

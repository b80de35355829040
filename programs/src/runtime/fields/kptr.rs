//! Pointers to kernel objects in map values (`__kptr`). Source: `kernel/bpf/helpers.c:bpf_kptr_xchg`, `syscall.c:bpf_obj_free_fields`.
//!
//! A field owns a reference only if `bpf_kptr_xchg` put the pointer there; a plain store makes an unreferenced one. Neighbours:
//! `objects` (made by programs), `runtime::owners` (the kernel's).

use std::collections::BTreeSet;

use crate::runtime::{Bpf, CallFault};

/// Fields that own a reference, by address.
#[derive(Default)]
pub(crate) struct Kptrs(BTreeSet<u64>);

impl Bpf {
    /// `bpf_kptr_xchg`: stores `new` and returns what was there, whose reference the caller has now.
    ///
    /// # Errors
    /// The field is no memory.
    pub(crate) fn exchange_kptr(&self, field: u64, new: u64) -> Result<u64, CallFault> {
        let m = self.machine();
        let old = m.arena().load_u64(field)?;
        m.arena_mut().store(field, 8, new)?;
        let mut kptrs = self.contents().kptrs.borrow_mut();
        if new == 0 {
            kptrs.0.remove(&field);
        } else {
            kptrs.0.insert(field);
        }
        Ok(old)
    }

    /// The destructor of what a field owns.
    pub(super) fn free_kptr(&self, field: u64) {
        if !self.contents().kptrs.borrow_mut().0.remove(&field) {
            return;
        }
        let held = self.machine().arena().load_u64(field).unwrap_or(0);
        if held != 0 {
            self.drop_reference(held);
        }
    }
}

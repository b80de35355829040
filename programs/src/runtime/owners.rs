//! Kernel objects that own local storage: who holds references to them, and what their end takes along.
//!
//! Sources: `kernel/fork.c:__put_task_struct`, `kernel/bpf/bpf_task_storage.c:bpf_task_storage_free`. A task that exits keeps its storage
//! until a classic grace period has passed (`delayed_put_task_struct`) and nobody holds a reference. Key type: [`Owners`]. Neighbours:
//! `helpers::storage` and `kfuncs::objects` use it; `hooks` says when sockets and inodes end.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use maps::local_storage::OwnerKind;
use sim::ids::CpuId;
use sim::machine::Machine;

use super::Bpf;

/// References of programs and maps to kernel objects.
#[derive(Default)]
pub(crate) struct Owners {
    references: RefCell<BTreeMap<u64, u32>>,
    /// The kernel's own reference is gone.
    ended: RefCell<BTreeMap<u64, OwnerKind>>,
    /// No reference is left; the storage is freed.
    freed: RefCell<BTreeSet<u64>>,
    /// CPUs inside a storage operation (`bpf_task_storage_busy`, `bpf_cgrp_storage_busy`), with depth.
    busy: RefCell<BTreeMap<(OwnerKind, CpuId), u32>>,
}

impl Owners {
    /// Enters a storage operation; true if no other is under way on this CPU.
    pub fn enter(&self, kind: OwnerKind, cpu: CpuId) -> bool {
        let mut busy = self.busy.borrow_mut();
        let depth = busy.entry((kind, cpu)).or_default();
        *depth += 1;
        *depth == 1
    }

    pub fn leave(&self, kind: OwnerKind, cpu: CpuId) {
        *self.busy.borrow_mut().get_mut(&(kind, cpu)).expect("entered before") -= 1;
    }

    /// Whether elements may still be made for it (`refcount_read(&task->usage)`).
    pub fn alive(&self, addr: u64) -> bool {
        !self.freed.borrow().contains(&addr)
    }
}

impl Bpf {
    /// A program or a map holds another reference to the object.
    pub(crate) fn take_reference(&self, object: u64) {
        *self.0.owners.references.borrow_mut().entry(object).or_default() += 1;
    }

    /// A reference goes. The last one frees the storage of an object that has ended.
    pub(crate) fn drop_reference(&self, object: u64) {
        if self.drop_object(object) {
            return;
        }
        let owners = &self.0.owners;
        let left = {
            let mut references = owners.references.borrow_mut();
            let Some(count) = references.get_mut(&object) else { return };
            *count -= 1;
            let left = *count;
            if left == 0 {
                references.remove(&object);
            }
            left
        };
        let kind = owners.ended.borrow().get(&object).copied();
        if let Some(kind) = kind.filter(|_| left == 0) {
            self.free_storage(kind, object);
        }
    }

    /// The kernel's own reference to an object goes: a socket was closed, an inode evicted. Its storage is freed now, or with the last
    /// reference that a program or map holds.
    pub fn owner_ended(&self, kind: OwnerKind, object: u64) {
        self.0.owners.ended.borrow_mut().insert(object, kind);
        if !self.0.owners.references.borrow().contains_key(&object) {
            self.free_storage(kind, object);
        }
    }

    fn free_storage(&self, kind: OwnerKind, object: u64) {
        self.0.owners.ended.borrow_mut().remove(&object);
        self.0.owners.freed.borrow_mut().insert(object);
        for handle in self.maps().all() {
            if let Some(storage) = handle.map.as_local_storage().filter(|storage| storage.kind() == kind) {
                storage.owner_gone(self.machine(), object);
            }
        }
    }

    /// Storage of tasks goes when they exit.
    pub(super) fn watch_tasks(&self) {
        let inner = Rc::downgrade(&self.0);
        self.machine().on_task_exit(move |m, task| {
            let object = task.struct_addr.get();
            if let Some(inner) = inner.upgrade().filter(|_| object != 0) {
                Bpf(inner).task_exited(m, object);
            }
        });
    }

    fn task_exited(&self, m: &Machine, object: u64) {
        let kind = |map: &super::MapHandle| map.map.as_local_storage().map(|storage| storage.kind());
        if self.maps().all().iter().any(|map| kind(map) == Some(OwnerKind::Task)) {
            let bpf = self.clone();
            m.call_rcu(move |_| bpf.owner_ended(OwnerKind::Task, object));
        }
    }
}

//! Special fields of map values that hold something: timers, work queues, task work, references, lists and trees.
//!
//! Key type: [`Contents`], one per machine: what each field holds, by the field's address. Maps call back through [`maps::fields::FieldOps`]
//! when an element goes. Map: `async_cb` (what timers and work queues share), `timer`, `workqueue`, `task_work`, `kptr`, `event`, `rules`.
//! Neighbours: `helpers::timer` and `kfuncs` are what programs call.

mod async_cb;
mod event;
mod graph;
mod kptr;
mod objects;
mod rules;
mod task_work;
mod timer;
mod workqueue;

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use maps::fields::FieldOps;
use maps::map::Map;
use maps::rules::MapRules;
use maps::spec::{FieldKind, SpecialField};
use sim::machine::Machine;

use super::{Bpf, Inner};
use crate::profile::KernelVersion;

pub(crate) use async_cb::AsyncKind;
pub use event::FieldEvent;
pub use objects::ObjectType;
pub(crate) use objects::types_of;
pub(crate) use rules::FieldRules;

/// What the special fields of all maps hold.
pub(crate) struct Contents {
    pub(super) rules: FieldRules,
    pub(super) asyncs: RefCell<async_cb::Asyncs>,
    pub(super) workers: RefCell<workqueue::Workers>,
    pub(crate) objects: objects::LocalObjects,
    pub(crate) graphs: RefCell<graph::Graphs>,
    pub(super) kptrs: RefCell<kptr::Kptrs>,
    pub(super) task_works: RefCell<task_work::TaskWorks>,
}

impl Contents {
    pub(super) fn new(version: KernelVersion, map_rules: &MapRules, nr_cpus: usize) -> Contents {
        Contents {
            rules: FieldRules::new(version),
            asyncs: RefCell::new(async_cb::Asyncs::new(nr_cpus)),
            workers: RefCell::new(workqueue::Workers::new(nr_cpus)),
            objects: objects::LocalObjects::new(map_rules),
            graphs: RefCell::default(),
            kptrs: RefCell::default(),
            task_works: RefCell::default(),
        }
    }
}

/// Handed to maps; does not keep the subsystem alive.
struct Ops(Weak<Inner>);

impl FieldOps for Ops {
    fn release(&self, _m: &Machine, field: &SpecialField, addr: u64, _value_addr: u64) {
        // A map that outlives its subsystem has nothing to release into.
        let Some(inner) = self.0.upgrade() else { return };
        Bpf(inner).release_field(field.kind, addr);
    }
}

impl Bpf {
    pub(crate) fn contents(&self) -> &Contents {
        &self.0.contents
    }

    /// What a field holds goes.
    fn release_field(&self, kind: FieldKind, addr: u64) {
        match kind {
            FieldKind::Timer | FieldKind::Workqueue => self.free_async(addr),
            FieldKind::TaskWork => self.free_task_work(addr),
            FieldKind::ListHead | FieldKind::RbRoot => self.free_graph(addr),
            FieldKind::Kptr | FieldKind::KptrRef | FieldKind::KptrUntrusted | FieldKind::PercpuKptr => {
                self.free_kptr(addr);
            }
            _ => {}
        }
    }

    /// From now on the map asks this subsystem what its fields hold.
    pub(super) fn adopt_fields(&self, map: &dyn Map) {
        map.core().fields.set_ops(Rc::new(Ops(Rc::downgrade(&self.0))));
    }
}

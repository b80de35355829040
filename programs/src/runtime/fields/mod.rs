//! Special fields of map values that hold something: timers, work queues, task work, references, lists and trees.
//!
//! Key type: [`Contents`], one per machine: what each field holds, by the field's address. Maps call back through [`maps::fields::FieldOps`]
//! when an element goes. Map: `async_cb` (what timers and work queues share), `timer`, `workqueue`, `task_work`, `kptr`, `event`, `rules`.
//! Neighbours: `helpers::timer` and `kfuncs` are what programs call.

mod async_cb;
mod event;
mod rules;
mod timer;
mod workqueue;

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use maps::fields::FieldOps;
use maps::map::Map;
use maps::spec::{FieldKind, SpecialField};
use sim::machine::Machine;

use super::{Bpf, Inner};
use crate::profile::KernelVersion;

pub(crate) use async_cb::AsyncKind;
pub use event::FieldEvent;
pub(crate) use rules::FieldRules;

/// What the special fields of all maps hold.
pub(crate) struct Contents {
    pub(super) rules: FieldRules,
    pub(super) asyncs: RefCell<async_cb::Asyncs>,
    pub(super) workers: RefCell<workqueue::Workers>,
}

impl Contents {
    pub(super) fn new(version: KernelVersion, nr_cpus: usize) -> Contents {
        Contents {
            rules: FieldRules::new(version),
            asyncs: RefCell::new(async_cb::Asyncs::new(nr_cpus)),
            workers: RefCell::new(workqueue::Workers::new(nr_cpus)),
        }
    }
}

/// Handed to maps; does not keep the subsystem alive.
struct Ops(Weak<Inner>);

impl FieldOps for Ops {
    fn release(&self, _m: &Machine, field: &SpecialField, addr: u64, _value_addr: u64) {
        // A map that outlives its subsystem has nothing to release into.
        let Some(inner) = self.0.upgrade() else { return };
        let bpf = Bpf(inner);
        match field.kind {
            FieldKind::Timer | FieldKind::Workqueue => bpf.free_async(addr),
            _ => {}
        }
    }
}

impl Bpf {
    pub(crate) fn contents(&self) -> &Contents {
        &self.0.contents
    }

    /// From now on the map asks this subsystem what its fields hold.
    pub(super) fn adopt_fields(&self, map: &dyn Map) {
        map.core().fields.set_ops(Rc::new(Ops(Rc::downgrade(&self.0))));
    }
}

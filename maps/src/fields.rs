//! Special fields that hold something of the kernel's (a timer, a reference, a list): when a map lets go of it.
//!
//! What a field holds is known to the layers above, which install a [`FieldOps`]; maps say when: [`Fields::unlinked`] when an
//! element leaves the map or is overwritten, [`Fields::freed`] when its memory goes back, [`Fields::user_let_go`] when the last
//! descriptor is closed. Source: `hashtab.c:check_and_free_fields`, `syscall.c:bpf_obj_free_fields`, `bpf_obj_cancel_fields` (7.2).
//! Neighbours: every map type whose values may have fields; `value` copies around them; `programs::runtime` implements the trait.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use sim::machine::Machine;

use crate::rules::MapRules;
use crate::spec::{FieldKind, MapDef, SpecialField};

/// What the layers above do with the contents of a field.
pub trait FieldOps {
    /// `bpf_obj_free_fields` for one field: cancels the timer, drops the reference, empties the list. Called with empty fields,
    /// too; the field's bytes are zeroed afterwards.
    fn release(&self, m: &Machine, field: &SpecialField, addr: u64, value_addr: u64);
}

/// The fields of one map's values that hold something.
pub struct Fields {
    holding: Vec<SpecialField>,
    /// Bytes between the values of two CPUs, and how many there are per element.
    stride: u64,
    values: u64,
    objects_stay: bool,
    ops: RefCell<Option<Rc<dyn FieldOps>>>,
    /// `bpf_map.usercnt`: descriptors and pins of user space.
    usercnt: Cell<u32>,
}

impl FieldKind {
    /// Whether the kernel must do something before the bytes may go.
    pub fn holds_something(self) -> bool {
        !matches!(
            self,
            FieldKind::SpinLock
                | FieldKind::ResSpinLock
                | FieldKind::ListNode
                | FieldKind::RbNode
                | FieldKind::Refcount
        )
    }

    /// `bpf_map_free_internal_structs`: structures of the kernel's own that run code later.
    pub fn runs_later(self) -> bool {
        matches!(self, FieldKind::Timer | FieldKind::Workqueue | FieldKind::TaskWork)
    }
}

impl Fields {
    pub(crate) fn new(def: &MapDef, rules: &MapRules, nr_cpus: u32) -> Rc<Fields> {
        Rc::new(Fields {
            holding: def.fields.iter().copied().filter(|f| f.kind.holds_something()).collect(),
            stride: def.value_stride(),
            values: if def.is_percpu() { u64::from(nr_cpus) } else { 1 },
            objects_stay: rules.unlinked_elements_keep_objects,
            ops: RefCell::default(),
            usercnt: Cell::new(1),
        })
    }

    /// Installs what knows the contents.
    pub fn set_ops(&self, ops: Rc<dyn FieldOps>) {
        *self.ops.borrow_mut() = Some(ops);
    }

    /// Whether user space still has the map (`map->usercnt`).
    pub fn user_holds(&self) -> bool {
        self.usercnt.get() > 0
    }

    /// An element leaves the map, or its value is overwritten. 7.2 only stops what runs later here: references and lists stay until
    /// the memory is freed, and whoever gets the element next finds them.
    pub fn unlinked(&self, m: &Machine, value_addr: u64) {
        self.release(m, value_addr, |kind| !self.objects_stay || kind.runs_later());
    }

    /// One value of an element that stays in the map is overwritten.
    pub fn overwritten(&self, m: &Machine, value_addr: u64) {
        self.release_value(m, value_addr, |kind| !self.objects_stay || kind.runs_later());
    }

    /// The element's memory goes back to the kernel's allocator.
    pub fn freed(&self, m: &Machine, value_addr: u64) {
        self.release(m, value_addr, |_| true);
    }

    /// `map_release_uref`: the last descriptor is closed. `values` are the map's elements.
    pub fn user_let_go(&self, m: &Machine, values: &[u64]) {
        self.usercnt.set(0);
        values.iter().for_each(|value| self.release(m, *value, FieldKind::runs_later));
    }

    fn release(&self, m: &Machine, first: u64, which: impl Fn(FieldKind) -> bool) {
        (0..self.values).for_each(|n| self.release_value(m, first + n * self.stride, &which));
    }

    fn release_value(&self, m: &Machine, value: u64, which: impl Fn(FieldKind) -> bool) {
        if self.holding.is_empty() {
            return;
        }
        let ops = self.ops.borrow().clone();
        for field in self.holding.iter().filter(|f| which(f.kind)) {
            let addr = value + u64::from(field.offset);
            if let Some(ops) = &ops {
                ops.release(m, field, addr, value);
            }
            let zeroed = m.arena_mut().slice_mut(addr, field.size as usize).map(|bytes| bytes.fill(0));
            zeroed.expect("a field lies in a live value");
        }
    }
}

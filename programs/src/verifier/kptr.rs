//! Pointers to kernel objects in map values (stub while the parts land).

use super::facts::Field;
use super::memory::Access;
use super::reg::{MapRef, Reg};
use super::search::SlotRef;
use super::reg::Id;
use super::stop::{Checked, not_modelled};
use super::verify::Verifier;

impl Verifier<'_> {
    pub(super) fn kptr_access(&mut self, _a: &Access, _reg: &Reg, _map: MapRef, _field: Field) -> Checked<Option<Reg>> {
        not_modelled("kptrs")
    }

    /// Dynptrs of a released object end with it (7.2).
    pub(super) fn end_dynptrs_of(&mut self, _id: Id, _due: &mut Vec<Id>) {
        let _ = SlotRef { frame: 0, slot: 0 };
    }
}

//! Pointers to kernel objects in map values (stub while the parts land).

use super::facts::Field;
use super::memory::Access;
use super::reg::{BtfSource, MapRef, Reg};
use super::search::SlotRef;
use super::reg::Id;
use super::stop::{Checked, not_modelled};
use super::verify::Verifier;

/// Where `bpf_kptr_xchg` writes: the map (none: an own object), the field, and the type it points to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KptrArg {
    pub map: Option<(MapRef, Id)>,
    pub field: Field,
    pub btf: BtfSource,
    pub id: u32,
}

impl Verifier<'_> {
    /// `process_kptr_func`: r1 of `bpf_kptr_xchg` points to a field that may hold a reference. Errors as in 6.12; 6.1's caller makes
    /// them -EACCES.
    pub(super) fn process_kptr_arg(&self, _regno: u8) -> Checked<KptrArg> {
        not_modelled("kptrs")
    }

    /// `map_kptr_match_type`: the register fits into the field.
    pub(super) fn kptr_matches(&self, _regno: u8, _field: &KptrArg) -> Checked {
        not_modelled("kptrs")
    }

    pub(super) fn kptr_access(&mut self, _a: &Access, _reg: &Reg, _map: MapRef, _field: Field) -> Checked<Option<Reg>> {
        not_modelled("kptrs")
    }

    /// Dynptrs of a released object end with it (7.2).
    pub(super) fn end_dynptrs_of(&mut self, _id: Id, _due: &mut Vec<Id>) {
        let _ = SlotRef { frame: 0, slot: 0 };
    }
}

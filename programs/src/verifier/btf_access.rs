//! Loads and stores through pointers to kernel types (stub while the parts land).

use super::memory::Access;
use super::reg::{MapRef, Reg};
use super::stop::{Checked, not_modelled};
use super::verify::Verifier;

impl Verifier<'_> {
    pub(super) fn btf_access(&mut self, _a: &Access, _reg: &Reg, _off: i64) -> Checked<Option<Reg>> {
        not_modelled("BTF pointers")
    }

    pub(super) fn map_object(&mut self, _a: &Access, _map: MapRef, _off: i64) -> Checked<Option<Reg>> {
        not_modelled("struct bpf_map")
    }

    pub(super) fn kernel_symbol(&mut self, _dst: u8, _id: i32) -> Checked {
        not_modelled("kernel symbols")
    }

    /// `is_trusted_reg`.
    pub(super) fn is_trusted(&self, _reg: &Reg) -> bool {
        false
    }
}

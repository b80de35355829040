//! Contexts that are arguments of kernel functions (stub while the parts land).

use super::memory::Access;
use super::reg::Reg;
use super::stop::{Checked, not_modelled};
use super::verify::Verifier;

impl Verifier<'_> {
    /// Whether the context is the arguments of a kernel function.
    pub(super) fn has_btf_arguments(&self) -> bool {
        use crate::profile::ProgType as T;
        [T::TRACING, T::LSM, T::STRUCT_OPS].contains(&self.input.kind.prog_type)
    }

    pub(super) fn argument_access(&mut self, _a: &Access, _off: i64) -> Checked<Option<Reg>> {
        not_modelled("BTF arguments")
    }
}

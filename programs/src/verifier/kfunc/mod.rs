//! Kfunc calls (stub while the parts land).

use super::stop::{Checked, not_modelled};
use super::verify::{Next, Verifier};
use crate::isa::Callee;

impl Verifier<'_> {
    pub(super) fn check_kfunc_call(&mut self, _insn: usize, _index: i32) -> Checked<Next> {
        not_modelled("kfuncs")
    }

    /// Whether this kfunc may be called with a lock held.
    pub(super) fn kfunc_allowed_in_lock(&self, _callee: Callee) -> bool {
        false
    }
}

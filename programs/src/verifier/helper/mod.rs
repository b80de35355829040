//! Helper calls (stub while the parts land).

use super::stop::{Checked, not_modelled};
use super::verify::{Next, Verifier};

impl Verifier<'_> {
    pub(super) fn check_helper_call(&mut self, _insn: usize, id: i32) -> Checked<Next> {
        not_modelled(format!("helper {id}"))
    }
}

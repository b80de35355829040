//! Dynptrs as arguments (stub while the parts land).

use super::reg::{DynptrKind, Id};
use super::stop::{Checked, not_modelled};
use super::verify::Verifier;
use crate::profile::argument::Argument;

/// The dynptr that an argument is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DynptrFound {
    /// None if it is only made by this call.
    pub kind: Option<DynptrKind>,
    pub id: Id,
    pub ref_id: Id,
}

impl Verifier<'_> {
    /// `process_dynptr_func` for helpers: checks, makes or only looks at the dynptr.
    pub(super) fn process_dynptr_arg(
        &mut self,
        _regno: u8,
        _insn: usize,
        _argument: &Argument,
    ) -> Checked<DynptrFound> {
        not_modelled("dynptrs")
    }

    /// Ends the dynptr on the stack that the register points to, and its reference (`unmark_stack_slots_dynptr`). False: there is none.
    pub(super) fn release_dynptr(&mut self, _regno: u8) -> Checked<bool> {
        not_modelled("dynptrs")
    }

    /// The reference of the dynptr on the stack that the register points to; none if there is no dynptr.
    pub(super) fn dynptr_reference(&self, _regno: u8) -> Option<Id> {
        None
    }
}

//! Arguments of the program's own functions, as their BTF has them.

use super::reg::{Flags, Kind, Reg};
use super::state::{Frame, State};
use super::stop::{Checked, not_modelled};
use super::verify::Verifier;

impl Verifier<'_> {
    /// State in which main begins.
    pub(super) fn main_state(&mut self) -> Checked<State> {
        let mut frame = Frame::new(0, None, 0, self.numbers);
        frame.regs[1] = Reg::pointer(Kind::Ctx, Flags::NONE, self.numbers);
        Ok(State::new(frame, self.input.kind.sleepable))
    }

    /// State in which a global function begins.
    pub(super) fn function_state(&mut self, _subprog: usize) -> Checked<State> {
        not_modelled("global functions")
    }

    /// Arguments at a call. Only for global functions a mismatch is an error.
    pub(super) fn check_call_args(&mut self, _subprog: usize, global: bool) -> Checked {
        if global { not_modelled("global functions") } else { Ok(()) }
    }

    pub(super) fn returns_void(&self, _subprog: usize) -> bool {
        false
    }
}

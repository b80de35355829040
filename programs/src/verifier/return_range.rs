//! What programs, functions and callbacks may return (stub while the parts land).

use super::stop::Checked;
use super::verify::Verifier;

impl Verifier<'_> {
    /// r0 at the end of the program, or of a callback that runs on its own.
    pub(super) fn check_return_code(&mut self, regno: u8, _name: &str) -> Checked {
        self.read_reg(regno)?;
        self.want_reg(regno);
        Ok(())
    }

    /// r0 at the end of a callback that its helper or kfunc called (`callback_range` of the frame).
    pub(super) fn check_callback_return(&mut self) -> Checked {
        Ok(())
    }

    /// r0 at the end of a global function (7.2: `check_global_subprog_return_code`).
    pub(super) fn check_global_return(&mut self) -> Checked {
        self.read_reg(0)
    }
}

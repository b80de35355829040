//! Ends of functions: back to the caller, back into a callback's caller, or the end of the path. Exceptions end all frames at once.
//!
//! Neighbours: `call` enters functions; `refs` says what may not be left; `return_range` what may be returned. Modelled after
//! kernel/bpf/verifier.c:process_bpf_exit_full and prepare_func_exit.

use super::refs::LeakAt;
use super::reg::Kind;
use super::state::Role;
use super::stop::{Checked, invalid, no_access};
use super::verify::{Next, Verifier};
use crate::profile::KernelVersion;

impl Verifier<'_> {
    pub(super) fn exit(&mut self, _insn: usize) -> Checked<Next> {
        self.search.progress.jumps += 1;
        let nested = self.path.state.frames.len() > 1;
        let version = self.version();
        if version == KernelVersion::V5_10 && nested {
            if self.path.state.regions.locks > 0 {
                return invalid("bpf_spin_unlock is missing");
            }
            return self.leave();
        }
        // Up to 6.1 no function may end with the lock held, later only the program.
        let regions_too = !nested || version <= KernelVersion::V6_1;
        self.check_resource_leak(LeakAt::Exit, regions_too)?;
        if nested {
            return self.leave();
        }
        let frame = self.path.state.current();
        let alone = frame.subprog > 0 && frame.role == Role::Plain;
        if version == KernelVersion::V7_2 && alone {
            self.check_global_return()?;
        } else {
            self.check_return_code(0, "R0")?;
        }
        Ok(Next::End)
    }

    /// `bpf_throw`: every frame ends here. Before 7.2 only the outermost frame is asked for open regions, as at any exit.
    pub(super) fn throw(&mut self) -> Checked<Next> {
        let regions_too = self.path.state.frames.len() == 1 || self.version() == KernelVersion::V7_2;
        self.check_resource_leak(LeakAt::Throw, regions_too)?;
        Ok(Next::End)
    }

    /// Back to the caller (`prepare_func_exit`).
    pub(super) fn leave(&mut self) -> Checked<Next> {
        let result = *self.reg(0);
        if matches!(result.kind, Kind::Stack { .. }) {
            return invalid("cannot return stack pointer to the caller");
        }
        let callback = self.path.state.current().role == Role::Callback;
        if callback {
            if !result.is_scalar() {
                return no_access("R0 not a scalar value");
            }
            self.read_reg(0)?;
            self.want_reg(0);
            self.check_callback_return()?;
        }
        let (callee, marks) = (self.path.state.frames.len() as u8 - 1, self.path.state.running().marks());
        let done = self.path.state.frames.pop().expect("a function ends");
        let callsite = done.callsite.expect("a nested function was called");
        if !callback {
            let caller = self.path.state.current_mut();
            caller.regs[0] = result;
            self.path.state.running().hand_over(0, callee, &marks);
            return Ok(Next::At(callsite + 1));
        }
        if self.version() <= KernelVersion::V6_1 {
            return Ok(Next::At(callsite + 1));
        }
        // The call is looked at again: with what the callback changed.
        if let Some(before) = self.entry_before(callsite) {
            self.widen_current(&before);
        }
        Ok(Next::At(callsite))
    }
}

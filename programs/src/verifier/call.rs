//! Calls: which kind, what is forbidden inside locks, functions of the program, and callbacks.
//!
//! Key items: `call`, `begin_callback`, `begin_async_callback` of [`Verifier`], [`Callback`]. Neighbours: `helper` and `kfunc` check the
//! other kinds; `exit` comes back from functions; `function_args` has what BTF says about arguments. Modelled after
//! kernel/bpf/verifier.c:check_func_call, setup_func_entry and push_callback_call.

use sim::errno::Errno;

use super::reg::{Kind, Reg};
use super::search::Path;
use super::state::{Frame, ReturnRange, Role, State, max_call_frames};
use super::stop::{Checked, invalid, refuse};
use super::verify::{Next, Verifier};
use crate::gate::SleepContext;
use crate::isa::Callee;
use crate::profile::KernelVersion;
use crate::profile::kfunc::Kfunc;

const SPIN_UNLOCK: i32 = 94;
const KPTR_XCHG: i32 = 194;

/// A function that a helper or kfunc will call.
#[derive(Clone, Debug)]
pub struct Callback {
    pub subprog: usize,
    /// r1 to r5 at its start.
    pub args: [Reg; 5],
    /// What it may return.
    pub range: ReturnRange,
}

/// One of r1 to r5 points into the stack.
fn has_stack_args(regs: &[Reg; 11]) -> bool {
    regs[1..6].iter().any(|reg| matches!(reg.kind, Kind::Stack { .. }))
}

impl Verifier<'_> {
    pub(super) fn call(&mut self, insn: usize, callee: Callee) -> Checked<Next> {
        self.search.progress.jumps += 1;
        if self.path.state.regions.locks > 0 && !self.allowed_in_lock(callee) {
            return invalid("function calls are not allowed while holding a lock");
        }
        let next = match callee {
            Callee::Helper(id) => self.check_helper_call(insn, id)?,
            Callee::Kfunc { .. } => self.check_kfunc_call(insn, self.program.input.insns[insn].imm)?,
            Callee::Subprog(_) => return self.call_subprog(insn),
        };
        match self.entering.take() {
            Some(frame) => self.enter(frame),
            None => Ok(next),
        }
    }

    /// What may be called with a lock held.
    fn allowed_in_lock(&self, callee: Callee) -> bool {
        let version = self.version();
        match callee {
            Callee::Helper(id) => id == SPIN_UNLOCK || (version == KernelVersion::V7_2 && id == KPTR_XCHG),
            Callee::Kfunc { .. } => version >= KernelVersion::V6_12 && self.kfunc_allowed_in_lock(callee),
            Callee::Subprog(_) => version >= KernelVersion::V6_12,
        }
    }

    fn enter(&mut self, frame: Frame) -> Checked<Next> {
        let start = self.program.subprogs[frame.subprog].start;
        self.path.state.frames.push(frame.into());
        Ok(Next::At(start))
    }

    /// A frame on top of the given state, with nothing in it.
    fn callee_frame(&self, state: &State, subprog: usize, insn: usize) -> Checked<Frame> {
        let depth = state.frames.len();
        if depth >= max_call_frames(self.version()) {
            // A chain that hands the stack down to its end ends the liveness analysis, which says nothing (`analyze_subprog`).
            let handed_down = state.frames.iter().skip(1).all(|frame| frame.stack_args)
                && has_stack_args(&state.current().regs);
            if self.version() == KernelVersion::V7_2 && handed_down {
                return invalid("(no message) Invalid argument");
            }
            return refuse(Errno::E2BIG, format!("the call stack of {} frames is too deep", depth + 1));
        }
        Ok(Frame::new(subprog, Some(insn), depth as u8, (self.numbers, &self.search.tally)))
    }

    fn call_subprog(&mut self, insn: usize) -> Checked<Next> {
        let Some(subprog) = self.program.callee(insn) else {
            return invalid("call to invalid destination");
        };
        let early = self.version() <= KernelVersion::V6_1;
        if early && self.path.state.frames.len() >= max_call_frames(self.version()) {
            self.callee_frame(&self.path.state, subprog, insn)?;
        }
        if self.program.subprogs[subprog].global {
            return self.call_global(insn, subprog);
        }
        self.check_call_args(subprog, false)?;
        let mut frame = self.callee_frame(&self.path.state, subprog, insn)?;
        for number in 1..=5 {
            frame.regs[usize::from(number)] = *self.reg(number);
        }
        frame.stack_args = has_stack_args(&frame.regs);
        let (caller, marks) = (self.path.state.frames.len() as u8 - 1, self.path.state.running().marks());
        self.clear_caller_saved();
        let next = self.enter(frame)?;
        for number in 1..=5 {
            self.path.state.running().hand_over(number, caller, &marks);
        }
        Ok(next)
    }

    /// A global function is verified on its own: here only its arguments count.
    fn call_global(&mut self, insn: usize, subprog: usize) -> Checked<Next> {
        let args = self.check_call_args(subprog, true);
        let version = self.version();
        let late = version >= KernelVersion::V6_12;
        let regions = self.path.state.regions;
        if late && regions.locks > 0 {
            return invalid(
                "global function calls are not allowed while holding a lock, use static function instead",
            );
        }
        if version == KernelVersion::V6_12 && regions.preempt > 0 {
            return invalid(
                "global function calls are not allowed with preemption disabled, use static function instead",
            );
        }
        let name = self.program.subprogs[subprog].name.clone();
        let sleeps = version == KernelVersion::V7_2 && self.info[subprog].might_sleep;
        if sleeps && !self.may_sleep() {
            let context = self.not_sleepable_because();
            return invalid(format!("sleepable global function {name}() called in {context}"));
        }
        args?;
        if late && self.info[subprog].changes_packet {
            self.clear_packet_pointers();
        }
        self.called_globals.insert(subprog);
        self.clear_caller_saved();
        if !self.returns_void(subprog) {
            self.set_unknown(0);
        }
        if version == KernelVersion::V7_2 && self.info[subprog].might_throw {
            let other = self.fork_to(insn + 1);
            self.push(other)?;
            return self.throw();
        }
        Ok(Next::At(insn + 1))
    }

    /// r0 to r5 hold nothing after a call (`clear_caller_saved_regs`).
    pub(super) fn clear_caller_saved(&mut self) {
        let nothing = Reg::not_init(self.numbers);
        self.path.state.current_mut().regs[..6].fill(nothing);
        self.path.state.running().written.regs |= 0b11_1111;
    }

    /// Whether the path may sleep here: the program may, and no region forbids it.
    pub(super) fn may_sleep(&self) -> bool {
        let regions = &self.path.state.regions;
        regions.sleepable
            && regions.rcu == 0
            && regions.preempt == 0
            && regions.irq == 0
            && regions.locks == 0
    }

    /// Why it may not, in 7.2's words.
    pub(super) fn not_sleepable_because(&self) -> &'static str {
        let regions = &self.path.state.regions;
        if regions.rcu > 0 {
            "rcu_read_lock region"
        } else if regions.preempt > 0 {
            "non-preemptible region"
        } else if regions.irq != 0 {
            "IRQ-disabled region"
        } else if regions.locks > 0 {
            "lock region"
        } else {
            "non-sleepable prog"
        }
    }

    /// For the gate's checks of a call.
    pub(super) fn sleep_context(&self) -> SleepContext {
        if self.path.state.regions.sleepable { SleepContext::Sleepable } else { SleepContext::NonSleepable }
    }

    /// A callback that runs before the call returns. 6.12 on follow it as another path, with the caller's registers as they are now, and
    /// come back to the call; 6.1 follows it once, after the caller's registers were set (`call` does that).
    pub(super) fn begin_callback(&mut self, insn: usize, callback: Callback) -> Checked {
        self.check_call_args(callback.subprog, false)?;
        self.info[callback.subprog].is_callback = true;
        let mut frame = self.callee_frame(&self.path.state, callback.subprog, insn)?;
        frame.regs[1..6].copy_from_slice(&callback.args);
        frame.stack_args = has_stack_args(&frame.regs);
        frame.role = Role::Callback;
        frame.callback_range = callback.range;
        if self.version() <= KernelVersion::V6_1 {
            self.entering = Some(frame);
            return Ok(());
        }
        let mut other = self.fork_to(self.program.subprogs[callback.subprog].start);
        other.state.callback_unroll_depth += 1;
        other.state.current_mut().callback_depth += 1;
        other.state.frames.push(frame.into());
        self.push_round(other)?;
        self.path.state.current_mut().callback_depth = 0;
        Ok(())
    }

    /// A callback that runs later, with a stack of its own: timers, work queues, task work.
    pub(super) fn begin_async_callback(&mut self, callback: Callback, sleepable: bool) -> Checked {
        self.check_call_args(callback.subprog, false)?;
        let info = &mut self.info[callback.subprog];
        (info.is_callback, info.is_async_callback) = (true, true);
        let mut frame = Frame::new(callback.subprog, None, 0, (self.numbers, &self.search.tally));
        frame.regs[1..6].copy_from_slice(&callback.args);
        frame.role = Role::AsyncCallback;
        frame.callback_range = callback.range;
        frame.async_entries = self.path.state.current().async_entries + 1;
        let start = self.program.subprogs[callback.subprog].start;
        let errno = if self.version() == KernelVersion::V7_2 { Errno::E2BIG } else { Errno::EFAULT };
        self.search.push_async(Path::new(State::new(frame, sleepable), start), errno)
    }

    /// The kfunc of a call instruction, if this kernel has it.
    pub(super) fn kfunc_of(&self, callee: Callee) -> Option<&'static Kfunc> {
        let Callee::Kfunc { id: index, .. } = callee else { return None };
        let named = usize::try_from(index).ok().and_then(|index| self.input.kfuncs.get(index))?;
        self.profile.kfunc(&named.name)
    }
}

//! What a run is made of between two instructions: registers, position, frames.

use std::rc::Rc;

use super::Program;
use super::fault::FaultKind;
use crate::isa::Reg;

/// r0 to r10, padded so that any [`Index`] is in range.
pub(super) type Regs = [u64; 16];

/// A register number as the main loop uses it: the type's range makes the bounds check disappear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[rustfmt::skip]
pub(super) enum Index { R0, R1, R2, R3, R4, R5, R6, R7, R8, R9, R10, Pad11, Pad12, Pad13, Pad14, Pad15 }

impl From<Reg> for Index {
    fn from(reg: Reg) -> Index {
        use Index::*;
        const ALL: [Index; 16] =
            [R0, R1, R2, R3, R4, R5, R6, R7, R8, R9, R10, Pad11, Pad12, Pad13, Pad14, Pad15];
        ALL[usize::from(reg.0)]
    }
}

#[inline(always)]
pub(super) fn get(regs: &Regs, reg: Index) -> u64 {
    regs[reg as usize]
}

#[inline(always)]
pub(super) fn set(regs: &mut Regs, reg: Index, value: u64) {
    regs[reg as usize] = value;
}

/// Bytes of stack per frame (`include/linux/filter.h:MAX_BPF_STACK`).
pub const STACK_BYTES: usize = 512;
/// Tail calls one run may make (`include/linux/bpf.h:MAX_TAIL_CALL_CNT`).
pub const MAX_TAIL_CALLS: u32 = 33;
/// Times a frame may pass a `may_goto` (`include/linux/bpf.h:BPF_MAX_LOOPS`). The 250 ms limit that newer kernels use
/// on some architectures is not modelled.
pub const MAX_MAY_GOTO: u32 = 8 * 1024 * 1024;

const FIRST_SAVED: usize = 6;
const FRAME_POINTER: usize = 10;

/// The caller's side of a call.
#[derive(Debug)]
pub(super) struct Frame {
    return_pc: usize,
    /// r6 to r9.
    saved: [u64; 4],
    may_goto_left: u32,
    /// Called by a helper: its continuation decides what happens next.
    callback: bool,
    /// The caller's program if the callee tail-called into another one.
    program: Option<Rc<Program>>,
}

/// The machine state of a run.
#[derive(Debug, Default)]
pub(super) struct State {
    pub regs: Regs,
    pub pc: usize,
    /// Frames below the current one.
    pub frames: Vec<Frame>,
    /// Stack memory by depth, kept for the next run.
    pub stacks: Vec<u64>,
    pub may_goto_left: u32,
}

/// What a return found below.
pub(super) enum Return {
    /// Nothing: the program is done.
    Done,
    /// An ordinary caller.
    Caller,
    /// A caller that runs another program.
    Switch(Rc<Program>),
    /// A helper that called back.
    Callback,
}

/// Why a frame cannot be pushed now.
pub(super) enum NoFrame {
    /// This depth has no stack yet.
    NeedStack,
    Fault(FaultKind),
}

impl State {
    /// Clears everything but the stack memory.
    pub(super) fn reset(&mut self, pc: usize) {
        self.regs = [0; 16];
        self.pc = pc;
        self.frames.clear();
        self.may_goto_left = MAX_MAY_GOTO;
        self.point_to_stack();
    }

    /// Sets r10 to the end of the current frame's stack.
    pub(super) fn point_to_stack(&mut self) {
        if let Some(stack) = self.stacks.get(self.frames.len()) {
            self.regs[FRAME_POINTER] = stack + STACK_BYTES as u64;
        }
    }

    /// Enters a function at slot `target`; `return_pc` is where the caller goes on.
    pub(super) fn push(
        &mut self,
        target: usize,
        return_pc: usize,
        callback: bool,
        max_frames: usize,
    ) -> Result<(), NoFrame> {
        let depth = self.frames.len() + 1;
        if depth >= max_frames {
            return Err(NoFrame::Fault(FaultKind::CallDepth { limit: max_frames }));
        }
        if self.stacks.len() <= depth {
            return Err(NoFrame::NeedStack);
        }
        let [a, b, c, d] = [0, 1, 2, 3].map(|n| self.regs[FIRST_SAVED + n]);
        let may_goto_left = std::mem::replace(&mut self.may_goto_left, MAX_MAY_GOTO);
        self.frames.push(Frame { return_pc, saved: [a, b, c, d], may_goto_left, callback, program: None });
        self.pc = target;
        self.point_to_stack();
        Ok(())
    }

    /// Leaves the current function. r0 stays.
    pub(super) fn pop(&mut self) -> Return {
        let Some(frame) = self.frames.pop() else { return Return::Done };
        self.pc = frame.return_pc;
        self.regs[FIRST_SAVED..FRAME_POINTER].copy_from_slice(&frame.saved);
        self.may_goto_left = frame.may_goto_left;
        self.point_to_stack();
        match frame.program {
            _ if frame.callback => Return::Callback,
            Some(program) => Return::Switch(program),
            None => Return::Caller,
        }
    }

    /// Replaces the current function by another program, which reuses its stack and its arguments in r1.
    pub(super) fn tail_call(&mut self, from: Rc<Program>) {
        self.pc = 0;
        self.may_goto_left = MAX_MAY_GOTO;
        if let Some(frame) = self.frames.last_mut() {
            frame.program.get_or_insert(from);
        }
    }
}

//! Stack of call chains, and what callbacks may not contain: looked at after everything was followed.
//!
//! Key items: `check_stack_depth` of [`Verifier`]. Neighbours: `info` has each function's own depth. Modelled after
//! kernel/bpf/verifier.c:check_max_stack_depth.

use sim::errno::Errno;

use super::state::max_call_frames;
use super::stop::{Checked, invalid, no_access, refuse};
use super::verify::Verifier;
use crate::isa::{Callee, Imm64, Op};
use crate::profile::{AttachType, KernelVersion, ProgType};

const MAX_STACK: usize = 512;
/// Callers' stack with which a function that makes tail calls may be called.
const MAX_BEFORE_TAIL_CALL: usize = 256;
/// Functions with less than this stay on the normal stack (`BPF_PRIV_STACK_MIN_SIZE`).
const MIN_PRIVATE: usize = 64;

/// A walk over one tree of calls.
struct Walk {
    /// Functions on the way, with the depth of each that counts.
    chain: Vec<(usize, usize)>,
    depth: usize,
    /// Functions may have a stack of their own.
    private: bool,
    /// Frames since the last global function (7.2 counts anew there).
    frames: usize,
}

impl Verifier<'_> {
    pub(super) fn check_stack_depth(&mut self) -> Checked {
        for (subprog, info) in self.info.iter_mut().enumerate() {
            info.stack_depth = self.fastcalls.left(subprog).unwrap_or(info.stack_depth);
        }
        let private = self.private_stack();
        let mut plain = vec![!private; self.info.len()];
        let roots: Vec<usize> = if self.version() >= KernelVersion::V6_12 {
            (0..self.info.len()).rev().collect()
        } else {
            (0..self.info.len()).collect()
        };
        for root in roots {
            if root == 0 || self.info[root].is_async_callback {
                let mut walk = Walk { chain: Vec::new(), depth: 0, private: private && root == 0, frames: 0 };
                self.function_depth(root, &mut walk, &mut plain)?;
            }
        }
        Ok(())
    }

    /// Program types whose functions get a stack of their own on x86-64 (`bpf_enable_priv_stack`).
    fn private_stack(&self) -> bool {
        use ProgType as T;
        if self.version() < KernelVersion::V6_12 || self.info.iter().any(|info| info.has_tail_call) {
            return false;
        }
        let kind = &self.input.kind;
        match kind.prog_type {
            T::KPROBE | T::TRACEPOINT | T::PERF_EVENT | T::RAW_TRACEPOINT => self.has_private_stacks(),
            T::TRACING => kind.attach_type != AttachType::TRACE_ITER && self.has_private_stacks(),
            _ => false,
        }
    }

    /// The x86-64 JIT of this version can.
    fn has_private_stacks(&self) -> bool {
        self.version() == KernelVersion::V7_2
    }

    /// What a function takes: the JIT's 16 bytes from 6.12 on, the interpreter's 32 before.
    fn rounded(&self, depth: usize) -> usize {
        if self.version() >= KernelVersion::V6_12 {
            depth.next_multiple_of(16)
        } else {
            depth.max(1).next_multiple_of(32)
        }
    }

    fn function_depth(&self, at: usize, walk: &mut Walk, plain: &mut [bool]) -> Checked {
        let version = self.version();
        plain[at] |= !walk.private;
        let info = &self.info[at];
        let in_callback =
            |walk: &Walk| info.is_callback || walk.chain.iter().any(|(up, _)| self.info[*up].is_callback);
        if version == KernelVersion::V7_2 && info.has_legacy_load && in_callback(walk) {
            return invalid("cannot use BPF_LD_[ABS|IND] within callback");
        }
        if at > 0 && info.has_tail_call && walk.depth >= MAX_BEFORE_TAIL_CALL {
            return no_access(format!(
                "tail_calls are not allowed when call stack of previous frames is {} bytes. Too large",
                walk.depth
            ));
        }
        let own = self.rounded(info.stack_depth);
        let apart = walk.private && !plain[at] && own >= MIN_PRIVATE;
        if apart && own > MAX_STACK {
            return no_access(format!("stack size of subprog {at} is {own}. Too large"));
        }
        let counted = if apart { 0 } else { own };
        walk.depth += counted;
        walk.chain.push((at, counted));
        if !apart && walk.depth > MAX_STACK {
            let calls = walk.chain.len();
            return no_access(format!("combined stack size of {calls} calls is {}. Too large", walk.depth));
        }
        self.callees_depth(at, walk, plain)?;
        walk.chain.pop();
        let callers = &walk.chain;
        let exception = callers.iter().any(|(up, _)| self.info[*up].is_exception_callback);
        if exception && self.info[at].has_tail_call {
            return invalid("cannot tail call within exception cb");
        }
        walk.depth -= counted;
        Ok(())
    }

    fn callees_depth(&self, at: usize, walk: &mut Walk, plain: &mut [bool]) -> Checked {
        let subprog = &self.program.subprogs[at];
        for insn in subprog.start..subprog.end {
            self.check_throw(insn, at, walk)?;
            let direct = matches!(self.program.ops[insn], Some(Op::Call(Callee::Subprog(_))));
            let address = matches!(self.program.ops[insn], Some(Op::LoadImm64 { imm: Imm64::Func(_), .. }));
            let counts = direct || (address && self.version() > KernelVersion::V5_10);
            let Some(callee) = self.program.callee(insn).filter(|_| counts) else { continue };
            if self.info[callee].is_async_callback && !direct {
                continue;
            }
            if self.info[callee].is_exception_callback {
                return invalid(format!("insn {insn} cannot call exception cb directly"));
            }
            let frames = walk.frames;
            let anew = self.version() == KernelVersion::V7_2 && self.program.subprogs[callee].global;
            walk.frames = if anew { 0 } else { frames + 1 };
            if walk.frames >= max_call_frames(self.version()) {
                return refuse(
                    Errno::E2BIG,
                    format!("the call stack of {} frames is too deep !", walk.frames),
                );
            }
            self.function_depth(callee, walk, plain)?;
            walk.frames = frames;
        }
        Ok(())
    }

    /// Callbacks may not throw (6.12 on).
    fn check_throw(&self, insn: usize, at: usize, walk: &Walk) -> Checked {
        let Some(Op::Call(callee @ Callee::Kfunc { .. })) = self.program.ops[insn] else { return Ok(()) };
        let throws = self.kfunc_of(callee).is_some_and(|kfunc| kfunc.name == "bpf_throw");
        let inside = self.info[at].is_callback || walk.chain.iter().any(|(up, _)| self.info[*up].is_callback);
        if throws && inside {
            let text = format!("bpf_throw kfunc (insn {insn}) cannot be called from callback subprog {at}");
            return invalid(text);
        }
        Ok(())
    }
}

//! What native programs can do. Neighbour: `helpers` has the same for bytecode.

use std::cell::Cell;
use std::ops::Deref;
use std::rc::Rc;

use sim::machine::{InAtomic, Machine};

use crate::runtime::{Bpf, Frame, Invocation, LoadedProgram, RunState};

/// What every native program can do.
pub struct NativeCx {
    bpf: Bpf,
    prog: Rc<LoadedProgram>,
    inv: Invocation,
    #[expect(dead_code)]
    state: Rc<RunState>,
}

impl NativeCx {
    pub fn machine(&self) -> &Machine {
        self.bpf.machine()
    }

    pub fn bpf(&self) -> &Bpf {
        &self.bpf
    }

    pub fn program(&self) -> &Rc<LoadedProgram> {
        &self.prog
    }

    pub fn invocation(&self) -> &Invocation {
        &self.inv
    }

    /// Argument `n` of the traced function.
    pub fn arg(&self, n: usize) -> Option<u64> {
        match &*self.inv.frame {
            Frame::Trampoline(frame) => frame.args.get(n).copied(),
            _ => None,
        }
    }

    /// `bpf_printk`.
    pub fn printk(&self, text: &str) {
        self.bpf.print_line(text);
    }
}

/// The context of a sleepable program.
pub struct SleepableCx {
    base: NativeCx,
    slept_ns: Cell<u64>,
}

impl SleepableCx {
    pub(crate) fn new(
        bpf: Bpf,
        prog: Rc<LoadedProgram>,
        inv: Invocation,
        state: Rc<RunState>,
    ) -> SleepableCx {
        SleepableCx { base: NativeCx { bpf, prog, inv, state }, slept_ns: Cell::new(0) }
    }

    /// Virtual time it was blocked so far.
    pub fn slept_ns(&self) -> u64 {
        self.slept_ns.get()
    }
}

impl Deref for SleepableCx {
    type Target = NativeCx;

    fn deref(&self) -> &NativeCx {
        &self.base
    }
}

/// The context of an atomic program, with proof of it.
pub struct AtomicCx<'a> {
    base: NativeCx,
    guard: &'a dyn InAtomic,
}

impl<'a> AtomicCx<'a> {
    pub(crate) fn new(
        bpf: &Bpf,
        prog: &Rc<LoadedProgram>,
        inv: &Invocation,
        state: &Rc<RunState>,
        guard: &'a dyn InAtomic,
    ) -> AtomicCx<'a> {
        let base = NativeCx { bpf: bpf.clone(), prog: prog.clone(), inv: inv.clone(), state: state.clone() };
        AtomicCx { base, guard }
    }

    /// Proof of atomic context.
    pub fn guard(&self) -> &dyn InAtomic {
        self.guard
    }
}

impl Deref for AtomicCx<'_> {
    type Target = NativeCx;

    fn deref(&self) -> &NativeCx {
        &self.base
    }
}

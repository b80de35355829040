//! The border between a program and the kernel around it: what a run asks of its host, and what the host may answer.
//!
//! Helpers, kernel functions and legacy packet loads all are a [`Call`]; the host looks it up in its tables and returns
//! an [`Outcome`]. Nothing here waits: a helper that has to sleep returns a future, and the driver decides whether
//! the program may (see `driver`).

use std::cell::RefMut;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use sim::arena::{Arena, Stamp, WatchHit};

use super::Program;

/// What a program calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A helper by number.
    Helper(i32),
    /// A kernel function: index into the program's kfunc list (or BTF id), and the module's fd index.
    Kfunc { id: i32, module: i16 },
    /// `LD_ABS`/`LD_IND`: load `size` bytes at `offset` from the socket buffer in r6, in host byte order. When that
    /// fails the program ends with 0: answer [`Outcome::Exit`].
    PacketLoad { size: u8, offset: i64 },
}

/// One call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    pub target: Target,
    /// r1 to r5; for a packet load the socket buffer is the first.
    pub args: [u64; 5],
    /// Slot of the call instruction.
    pub pc: usize,
    /// Depth of the calling frame, 0 for the program itself.
    pub depth: usize,
}

/// A future that a sleeping helper waits for; its output is the helper's return value.
pub type Sleep = Pin<Box<dyn Future<Output = u64>>>;

/// What the host makes of a call.
pub enum Outcome {
    /// r0 of the program.
    Ret(u64),
    /// The helper sleeps. Under the atomic driver this is an invalid sleep.
    Wait(Sleep),
    /// Go on in another program with the same context, stack and frame. Beyond 33 tail calls the run does not, and
    /// continues after the call, as the kernel does.
    TailCall(Rc<Program>),
    /// Call a function of the program and ask `then` what comes next (bpf_loop, bpf_for_each_map_elem, ...).
    Callback(Callback),
    /// End the program with this value, from whatever frame.
    Exit(u64),
    /// The call cannot be carried out (unknown, not modelled): a fault of the program.
    Fault(String),
}

/// A call back into the program.
pub struct Callback {
    /// The function's address, as the program passed it.
    pub func: u64,
    pub args: [u64; 5],
    pub then: Box<dyn Continuation>,
}

/// The rest of a helper that called back. Holds whatever it needs of the host; is dropped when the run ends early.
pub trait Continuation {
    /// The callback returned `r0`. Answer with another [`Outcome::Callback`] (`then: self` needs no new box), or with
    /// the helper's own result.
    fn resume(self: Box<Self>, r0: u64) -> Outcome;
}

/// What a run needs from the kernel around it. One value per run: it knows the program's maps, context and machine.
pub trait Host {
    /// Kernel memory. Not held across [`Host::call`].
    fn arena(&self) -> RefMut<'_, Arena>;

    /// Who runs, for stack allocations.
    fn stamp(&self) -> Stamp;

    /// Carries out a call.
    fn call(&mut self, call: &Call) -> Outcome;

    /// The program loaded from or stored to watched memory.
    fn watched(&mut self, _hits: &[WatchHit]) {}

    /// `insns` more instructions were executed: to be turned into virtual time. Comes before each `call`, so that a
    /// helper sees the right time.
    fn charge(&mut self, insns: u64);
}

/// A host that can let others run between two slices of a program.
pub trait PreemptibleHost: Host {
    /// A scheduling point after a slice.
    fn point(&mut self) -> impl Future<Output = ()>;
}

//! One execution of a program: can stop anywhere, be kept, and go on later.
//!
//! [`Run::advance`] steps until the program is done, faults, has to wait, or used up its slice. Both drivers, and any
//! hook that wants to interleave an atomic program with other CPUs, are loops around it.

use std::rc::Rc;

use sim::arena::{Arena, Stamp};

use super::Program;
use super::exec::{Stop, execute};
use super::fault::{FaultKind, ProgramFault};
use super::host::{Call, Callback, Continuation, Host, Outcome, Sleep, Target};
use super::state::{MAX_TAIL_CALLS, NoFrame, STACK_BYTES, State};

/// Why [`Run::advance`] returned.
pub enum Progress {
    /// The program returned this r0.
    Done(u64),
    /// The slice is used up; call `advance` again.
    Slice,
    /// A helper sleeps: await the future, give its output to [`Run::resume`], then `advance`.
    Wait(Sleep),
    /// The program did something a verifier would have refused. The run is over.
    Fault(ProgramFault),
}

/// A run of a program. Keeps its stack memory for the next one: reuse it ([`RunPool`]).
#[derive(Default)]
pub struct Run {
    program: Option<Rc<Program>>,
    state: State,
    /// Helpers whose callbacks are running, the innermost last.
    continuations: Vec<Box<dyn Continuation>>,
    tail_calls: u32,
    executed: u64,
    limit: Option<u64>,
}

impl Run {
    /// A run without a program; `start` gives it one.
    pub fn new() -> Run {
        Run::default()
    }

    /// Starts a program with its context in r1.
    pub fn start(&mut self, program: &Rc<Program>, ctx: u64) {
        self.start_at(program, 0, [ctx, 0, 0, 0, 0]);
    }

    /// Starts a function of a program by its address, as timers and work queues do.
    ///
    /// # Errors
    /// [`FaultKind::BadCallback`] when the address is no function of the program.
    pub fn start_callback(
        &mut self,
        program: &Rc<Program>,
        func: u64,
        args: [u64; 5],
    ) -> Result<(), ProgramFault> {
        let slot = program.function_slot(func);
        let slot = slot.ok_or(ProgramFault { pc: 0, kind: FaultKind::BadCallback { addr: func } })?;
        self.start_at(program, slot, args);
        Ok(())
    }

    fn start_at(&mut self, program: &Rc<Program>, slot: usize, args: [u64; 5]) {
        self.program = Some(Rc::clone(program));
        self.continuations.clear();
        (self.tail_calls, self.executed) = (0, 0);
        self.state.reset(slot);
        self.state.regs[1..6].copy_from_slice(&args);
    }

    /// Ends with [`FaultKind::InstructionLimit`] after this many instructions. `None`: never.
    pub fn set_limit(&mut self, limit: Option<u64>) {
        self.limit = limit;
    }

    /// Instructions executed since the start.
    pub fn executed(&self) -> u64 {
        self.executed
    }

    /// Slot of the next instruction.
    pub fn pc(&self) -> usize {
        self.state.pc
    }

    /// Frames below the current one.
    pub fn depth(&self) -> usize {
        self.state.frames.len()
    }

    /// The program that runs now: another one than started after a tail call.
    pub fn program(&self) -> Option<&Rc<Program>> {
        self.program.as_ref()
    }

    /// A register, for traces and tests.
    pub fn reg(&self, number: usize) -> u64 {
        self.state.regs[number]
    }

    /// Returns the stack memory to the arena.
    pub fn release(&mut self, arena: &mut Arena, at: Stamp) {
        self.state.stacks.drain(..).for_each(|stack| arena.free(stack, at));
    }

    /// Gives a call that waited its return value.
    pub fn resume(&mut self, r0: u64) {
        self.state.regs[0] = r0;
    }

    /// Runs at most `slice` instructions.
    ///
    /// # Panics
    /// When no program was started.
    pub fn advance<H: Host>(&mut self, host: &mut H, slice: u64) -> Progress {
        let mut left = slice;
        loop {
            if self.state.stacks.len() <= self.state.frames.len() && !self.grow_stack(host) {
                return self.fault(FaultKind::OutOfMemory);
            }
            let program = self.program.as_ref().expect("a program was started");
            let allowed = self.limit.map_or(left, |limit| left.min(limit.saturating_sub(self.executed)));
            // Watched memory that others touched is not this program's.
            host.arena().take_watch_hits();
            let (stop, executed) = execute(program, &mut self.state, &mut host.arena(), allowed);
            let hits = host.arena().take_watch_hits();
            if !hits.is_empty() {
                host.watched(&hits);
            }
            self.executed += executed;
            left -= executed;
            host.charge(executed);
            if let Some(progress) = self.handle(stop, left, host) {
                return progress;
            }
        }
    }

    /// Acts on a stop. `None`: go on.
    fn handle<H: Host>(&mut self, stop: Stop, left: u64, host: &mut H) -> Option<Progress> {
        match stop {
            Stop::Helper(id) => {
                let outcome = host.call(&self.call(Target::Helper(id)));
                self.apply(outcome, host)
            }
            Stop::Kfunc { id, module } => {
                let outcome = host.call(&self.call(Target::Kfunc { id, module }));
                self.apply(outcome, host)
            }
            Stop::Skb { size, offset } => {
                let mut call = self.call(Target::PacketLoad { size, offset });
                call.args[0] = self.state.regs[6];
                let outcome = host.call(&call);
                self.apply(outcome, host)
            }
            Stop::CallbackReturned => {
                let continuation = self.continuations.pop().expect("a callback frame has a continuation");
                let outcome = continuation.resume(self.state.regs[0]);
                self.apply(outcome, host)
            }
            Stop::NeedStack => (!self.grow_stack(host)).then(|| self.fault(FaultKind::OutOfMemory)),
            Stop::Switch(program) => {
                self.program = Some(program);
                None
            }
            Stop::Slice if left > 0 => {
                let limit = self.limit.expect("only a limit ends a slice early");
                Some(self.fault(FaultKind::InstructionLimit { limit }))
            }
            Stop::Slice => Some(Progress::Slice),
            Stop::Done => Some(Progress::Done(self.state.regs[0])),
            Stop::Fault(kind) => Some(self.fault(kind)),
        }
    }

    fn apply<H: Host>(&mut self, outcome: Outcome, host: &mut H) -> Option<Progress> {
        match outcome {
            Outcome::Ret(r0) => self.state.regs[0] = r0,
            Outcome::Wait(sleep) => return Some(Progress::Wait(sleep)),
            Outcome::TailCall(program) if self.tail_calls < MAX_TAIL_CALLS => {
                self.tail_calls += 1;
                let from = self.program.replace(program).expect("a program runs");
                self.state.tail_call(from);
            }
            Outcome::TailCall(_) => {}
            Outcome::Callback(callback) => return self.call_back(callback, host),
            Outcome::Exit(r0) => return Some(Progress::Done(r0)),
            Outcome::Fault(message) => return Some(self.fault(FaultKind::Call(message))),
        }
        None
    }

    fn call_back<H: Host>(&mut self, callback: Callback, host: &mut H) -> Option<Progress> {
        let program = self.program.as_ref().expect("a program runs");
        let (slot, max_frames) = (program.function_slot(callback.func), program.options.max_frames);
        let Some(slot) = slot else {
            return Some(self.fault(FaultKind::BadCallback { addr: callback.func }));
        };
        let mut pushed = self.state.push(slot, self.state.pc, true, max_frames);
        if let Err(NoFrame::NeedStack) = pushed {
            if !self.grow_stack(host) {
                return Some(self.fault(FaultKind::OutOfMemory));
            }
            pushed = self.state.push(slot, self.state.pc, true, max_frames);
        }
        match pushed {
            Ok(()) => {
                self.state.regs[1..6].copy_from_slice(&callback.args);
                self.continuations.push(callback.then);
                None
            }
            Err(NoFrame::Fault(kind)) => Some(self.fault(kind)),
            Err(NoFrame::NeedStack) => unreachable!("the stack was just added"),
        }
    }

    fn call(&self, target: Target) -> Call {
        let [_, a, b, c, d, e, ..] = self.state.regs;
        Call { target, args: [a, b, c, d, e], pc: self.state.pc - 1, depth: self.state.frames.len() }
    }

    /// Adds the stack memory of one more frame. False when kernel memory is full.
    fn grow_stack<H: Host>(&mut self, host: &mut H) -> bool {
        let at = host.stamp();
        let stack = host.arena().alloc(STACK_BYTES, "BPF stack", at);
        self.state.stacks.extend(stack);
        self.state.point_to_stack();
        stack.is_some()
    }

    fn fault(&self, kind: FaultKind) -> Progress {
        // The loop has already stepped past the culprit, except when it stopped before running anything.
        let next = matches!(kind, FaultKind::InstructionLimit { .. } | FaultKind::EndOfProgram);
        let pc = if next { self.state.pc } else { self.state.pc.saturating_sub(1) };
        Progress::Fault(ProgramFault { pc, kind })
    }
}

/// Idle runs with their stacks: entering a program does not allocate.
#[derive(Default)]
pub struct RunPool {
    #[expect(clippy::vec_box, reason = "a run moves between its task and the pool; its box is what moves")]
    idle: Vec<Box<Run>>,
}

impl RunPool {
    /// An idle run, or a new one.
    pub fn take(&mut self) -> Box<Run> {
        self.idle.pop().unwrap_or_default()
    }

    /// Keeps a run for later. Whatever it still held (continuations, the program) is dropped.
    pub fn put(&mut self, mut run: Box<Run>) {
        run.program = None;
        run.continuations.clear();
        self.idle.push(run);
    }
}

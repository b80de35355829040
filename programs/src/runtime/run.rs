//! Running a loaded program: the three drivers around the interpreter, and what begins and ends every run.
//!
//! - [`Bpf::run_sleepable`]: may sleep in helpers; other CPUs and tasks proceed.
//! - [`Bpf::run_atomic`]: never sleeps; gives other CPUs a chance to proceed between slices.
//! - [`Bpf::run_in_irq`]: a plain function, for interrupts: nothing else happens until it is done.
//!
//! [`Bpf::call_in_irq`] and [`Bpf::call_sleepable`] run one function of a program, as timers and work queues do.
//!
//! Entering and leaving (RCU sections, migration, recursion counters) is the hooks' part. Neighbours: `host`, `state`, `report`.

use std::rc::Rc;

use sim::finding;
use sim::machine::{InAtomic, Machine};
use sim::task::Whereabouts;

use super::event::ProgEvent;
use super::fault::CallFault;
use super::host::RunHost;
use super::invocation::{Callee, Frame, Invocation, RunResult};
use super::program::{Body, LoadedProgram};
use super::report;
use super::state::RunState;
use super::{Bpf, regions, watch};
use crate::interp::{self, FaultKind, ProgramFault, Progress, Run, RunPool, Sleep};
use crate::native::{AtomicCx, SleepableCx};

/// A run in progress.
struct Active<'a> {
    bpf: &'a Bpf,
    prog: &'a Rc<LoadedProgram>,
    inv: &'a Invocation,
    run: Box<Run>,
    state: Rc<RunState>,
    /// For events: the program's name, and the function's for a callback.
    name: Rc<str>,
    started_ns: u64,
    slept_ns: u64,
}

/// Runs that are over, for the next ones: entering a program does not allocate.
#[derive(Default)]
pub(super) struct IdleRuns {
    runs: RunPool,
    states: Vec<Rc<RunState>>,
    /// Number of the latest run.
    latest: u64,
}

/// What the driver does next.
enum Next {
    /// Over: r0, or why it ended early.
    Done(Result<u64, ProgramFault>),
    /// Let others run.
    Point,
    /// Wait for a helper. True: it only spins.
    Wait(Sleep, bool),
}

impl Bpf {
    /// Runs a program that may sleep, in the current task.
    pub async fn run_sleepable(&self, prog: &Rc<LoadedProgram>, inv: &Invocation) -> RunResult {
        let m = self.machine();
        let active = match &prog.body {
            Body::Bytecode(code) => Active::begin(self, prog, inv, Some(code)),
            Body::NativeSleepable(body) => {
                let active = Active::begin(self, prog, inv, None);
                let cx = SleepableCx::new(self.clone(), prog.clone(), inv.clone(), active.state.clone());
                let ret = body.run(&cx).await;
                let slept_ns = cx.slept_ns();
                return Active { slept_ns, ..active }.finish(Ok(ret as u64));
            }
            Body::NativeAtomic(_) => return self.run_in_irq(prog, inv, &m.preempt_guard()),
        };
        active.drive_sleepable().await
    }

    /// Runs one function of a program in the current task; it may sleep. `value` is what the function is given: the run holds it.
    pub(crate) async fn call_sleepable(&self, callee: &Callee, args: [u64; 5]) -> RunResult {
        let inv = Invocation::new(0, Frame::Plain);
        match Active::call(self, callee, &inv, args) {
            Ok(active) => active.drive_sleepable().await,
            Err(result) => result,
        }
    }

    /// Runs one function of a program to its end without letting anything else happen. `guard` proves the context.
    pub(crate) fn call_in_irq(&self, callee: &Callee, args: [u64; 5], _guard: &dyn InAtomic) -> RunResult {
        let inv = Invocation::new(0, Frame::Plain);
        match Active::call(self, callee, &inv, args) {
            Ok(active) => active.drive_in_irq(),
            Err(result) => result,
        }
    }

    /// Runs a program in atomic context, in the current task. It never sleeps; `guard` proves the context.
    pub async fn run_atomic(
        &self,
        prog: &Rc<LoadedProgram>,
        inv: &Invocation,
        guard: &dyn InAtomic,
    ) -> RunResult {
        let Body::Bytecode(code) = &prog.body else { return self.run_in_irq(prog, inv, guard) };
        let mut active = Active::begin(self, prog, inv, Some(code));
        loop {
            match active.next(self.limits().slice_insns) {
                Next::Done(result) => return active.finish(result),
                Next::Point => self.machine().cpu_point().await,
                Next::Wait(sleep, true) => {
                    let r0 = sleep.await;
                    active.run.resume(r0);
                }
                Next::Wait(_, false) => return active.invalid_sleep(),
            }
        }
    }

    /// Runs a program to its end without letting anything else happen, as in an interrupt. `guard` proves the context.
    pub fn run_in_irq(&self, prog: &Rc<LoadedProgram>, inv: &Invocation, guard: &dyn InAtomic) -> RunResult {
        match &prog.body {
            Body::Bytecode(code) => Active::begin(self, prog, inv, Some(code)).drive_in_irq(),
            Body::NativeAtomic(body) => {
                let active = Active::begin(self, prog, inv, None);
                let ret = body.run(&AtomicCx::new(self, prog, inv, &active.state, guard));
                active.finish(Ok(ret as u64))
            }
            Body::NativeSleepable(_) => Active::begin(self, prog, inv, None).invalid_sleep(),
        }
    }
}

impl<'a> Active<'a> {
    fn begin(
        bpf: &'a Bpf,
        prog: &'a Rc<LoadedProgram>,
        inv: &'a Invocation,
        code: Option<&Rc<interp::Program>>,
    ) -> Active<'a> {
        let (mut run, state) = bpf.0.idle_runs.borrow_mut().take();
        if let Some(code) = code {
            run.start(code, inv.ctx);
            run.set_limit(Some(bpf.limits().insn_budget));
        }
        Active { bpf, prog, inv, run, state, name: prog.name.clone(), started_ns: 0, slept_ns: 0 }.begun()
    }

    /// Begins a function of a program. The error is the result of a run that ended at once.
    fn call(
        bpf: &'a Bpf,
        callee: &'a Callee,
        inv: &'a Invocation,
        args: [u64; 5],
    ) -> Result<Active<'a>, RunResult> {
        let prog = &callee.prog;
        let Body::Bytecode(code) = &prog.body else {
            unreachable!("only bytecode has functions with addresses")
        };
        let (mut run, state) = bpf.0.idle_runs.borrow_mut().take();
        let started = run.start_callback(code, callee.func, args);
        run.set_limit(Some(bpf.limits().insn_budget));
        let name = callee.name();
        let active = Active { bpf, prog, inv, run, state, name, started_ns: 0, slept_ns: 0 }.begun();
        if let Some((map, value)) = &callee.holds {
            active.state.hold(&**map, *value, prog, bpf.machine());
        }
        match started {
            Ok(()) => Ok(active),
            Err(fault) => Err(active.finish(Err(fault))),
        }
    }

    fn begun(mut self) -> Active<'a> {
        let m = self.bpf.machine();
        self.started_ns = m.now_ns();
        m.emit_with(|| ProgEvent::RunBegin {
            run: self.state.run.get(),
            id: self.prog.id,
            name: self.name.clone(),
            sleepable: self.prog.sleepable(),
        });
        self
    }

    async fn drive_sleepable(mut self) -> RunResult {
        let m = self.bpf.machine();
        loop {
            match self.next(self.bpf.limits().slice_insns) {
                Next::Done(result) => return self.finish(result),
                Next::Point => self.at_place(m.cpu_point()).await,
                Next::Wait(sleep, spins) => {
                    let before = m.now_ns();
                    let r0 = self.at_place(sleep).await;
                    if !spins {
                        self.slept_ns += m.now_ns() - before;
                    }
                    self.run.resume(r0);
                }
            }
        }
    }

    /// Lets others run; whoever asks meanwhile where this task is gets program, line and instruction.
    async fn at_place<F: Future>(&self, wait: F) -> F::Output {
        let task = self.bpf.machine().current_task();
        let pc = self.run.pc().saturating_sub(1);
        task.is_at(Rc::new(Place { prog: self.prog.clone(), name: self.name.clone(), pc }));
        let output = wait.await;
        task.leaves();
        output
    }

    fn drive_in_irq(mut self) -> RunResult {
        loop {
            match self.next(u64::MAX) {
                Next::Done(result) => return self.finish(result),
                Next::Point => {}
                Next::Wait(_, true) => return self.spins_in_irq(),
                Next::Wait(_, false) => return self.invalid_sleep(),
            }
        }
    }

    /// Goes on until something is needed.
    fn next(&mut self, slice: u64) -> Next {
        if self.state.fault.borrow().is_some() {
            // The helper that was waited for could not do its work.
            return Next::Done(Err(self.call_fault()));
        }
        let mut host = RunHost { bpf: self.bpf, prog: self.prog, inv: self.inv, state: &self.state };
        let progress = match self.bpf.step_watch() {
            None => self.run.advance(&mut host, slice),
            Some(watch) => watch::one_by_one(&*watch, &mut self.run, &mut host, slice),
        };
        match progress {
            Progress::Done(r0) => Next::Done(Ok(r0)),
            Progress::Slice => Next::Point,
            Progress::Wait(sleep) => Next::Wait(sleep, self.state.spins.replace(false)),
            Progress::Fault(fault) => Next::Done(Err(fault)),
        }
    }

    fn call_fault(&self) -> ProgramFault {
        let text = self.state.fault.borrow().as_ref().map(ToString::to_string).unwrap_or_default();
        ProgramFault { pc: self.run.pc().saturating_sub(1), kind: FaultKind::Call(text) }
    }

    fn fail(self, fault: CallFault) -> RunResult {
        self.state.fail(fault);
        let fault = self.call_fault();
        self.finish(Err(fault))
    }

    /// An atomic program called something that sleeps.
    fn invalid_sleep(self) -> RunResult {
        let message = "BUG: sleeping function called from invalid context: the program is not sleepable";
        let notes = report::context_notes(self.bpf.machine());
        self.fail(CallFault::Other { code: finding::INVALID_SLEEP, message: message.into(), notes })
    }

    fn spins_in_irq(self) -> RunResult {
        self.fail(CallFault::not_modelled("an interrupt that waits for a bpf_spin_lock of another CPU"))
    }

    /// Reports what is wrong, closes what is open, counts.
    fn finish(self, end: Result<u64, ProgramFault>) -> RunResult {
        let m: &Machine = self.bpf.machine();
        if let Err(fault) = &end {
            let call = self.state.fault.borrow_mut().take();
            report::report(m, self.prog, fault, call);
        }
        if !self.state.is_clean() {
            regions::close_all(self.bpf, self.prog, &self.state, end.is_ok());
        }
        let (insns, slept_ns) = (self.run.executed(), self.slept_ns);
        let ret = *end.as_ref().unwrap_or(&0);
        self.prog.run_cnt.set(self.prog.run_cnt.get() + 1);
        self.prog.run_time_ns.set(self.prog.run_time_ns.get() + (m.now_ns() - self.started_ns));
        m.emit_with(|| ProgEvent::RunEnd {
            run: self.state.run.get(),
            id: self.prog.id,
            name: self.name,
            ret,
            insns,
            slept_ns,
        });
        self.state.end_section(m);
        self.bpf.0.idle_runs.borrow_mut().put(self.run, self.state);
        RunResult { ret, insns, slept_ns, fault: end.err() }
    }
}

/// Where a task is while others run.
struct Place {
    prog: Rc<LoadedProgram>,
    name: Rc<str>,
    pc: usize,
}

impl Whereabouts for Place {
    fn describe(&self) -> String {
        let line = self.prog.source.line(self.pc).map(|line| format!(" at {}:{}", line.file, line.line));
        let insn = self.prog.source.instruction(self.pc).map(|text| format!(", instruction {text}"));
        format!("program {}{}{}", self.name, line.unwrap_or_default(), insn.unwrap_or_default())
    }
}

impl IdleRuns {
    /// A run without a program, and its state with a number of its own.
    fn take(&mut self) -> (Box<Run>, Rc<RunState>) {
        self.latest += 1;
        let state = self.states.pop().unwrap_or_default();
        state.run.set(self.latest);
        (self.runs.take(), state)
    }

    /// Keeps a run for later. A state that somebody still holds (a future that was dropped late) is not reused.
    fn put(&mut self, run: Box<Run>, state: Rc<RunState>) {
        self.runs.put(run);
        if Rc::strong_count(&state) == 1 {
            state.reset();
            self.states.push(state);
        }
    }
}

//! What tasks do: one function per kind of step.
//!
//! Key types: [`Doer`] (a task at work), [`Outcome`] (what a step came to). Neighbours: `plan` has the arguments, `hooks` the system
//! calls and hooks that steps reach.

use std::rc::Rc;

use hooks::process::Fd;
use sim::errno::Errno;
use sim::ids::Pid;
use sim::machine::Machine;
use sim::mm::fault::FaultError;
use sim::task::WaitReason;
use sim::uaccess;

use super::event::StepEvent;
use super::plan::{StepPlan, Word};
use super::watch::Until;
use super::world::World;
use super::{attach, memory, task};
use crate::file::{Call, Resolve, RunProgram, Step, Touch, WaitFor};
use crate::result::StepResult;

/// What a step came to.
#[derive(Clone, Debug, Default)]
pub(super) struct Outcome {
    pub returned: Option<i64>,
    pub bytes: Option<Vec<u8>>,
    /// How many elements a batch did.
    pub count: Option<u64>,
    /// Elements that a batch found.
    pub pairs: Vec<(Vec<u8>, Vec<u8>)>,
    /// Who holds a grace period: the task and the whole story.
    pub holders: Option<Vec<(String, String)>>,
    pub signal: Option<&'static str>,
    /// The task is over: it called `exit`, or a signal killed it.
    pub ends_task: bool,
}

impl Outcome {
    pub(super) fn ret(value: i64) -> Outcome {
        Outcome { returned: Some(value), ..Outcome::default() }
    }

    fn status(result: Result<(), Errno>) -> Outcome {
        Outcome::ret(result.map_or_else(Errno::ret, |()| 0))
    }
}

/// A task at work on one of its steps.
pub(super) struct Doer<'a> {
    pub world: &'a Rc<World>,
    /// Index of the task.
    pub task: usize,
    pub plan: &'a StepPlan,
}

/// Time a user-space function takes besides its probes: a call and a few instructions.
const USER_CALL_NS: u64 = 50;
/// A computing task looks up this often.
const SPIN_SLICE_NS: u64 = 10_000;

/// Runs the steps of a task, one after the other.
pub(super) async fn run_all(world: &Rc<World>, task: usize) {
    let m = world.machine();
    for (number, step) in world.scenario.tasks[task].steps.iter().enumerate() {
        let begun = StepResult { start_ns: m.now_ns(), ..StepResult::default() };
        world.tasks[task].result.borrow_mut().steps.push(begun);
        let doer = Doer { world, task, plan: &world.plans[task].steps[number] };
        let outcome = doer.run(&step.value).await;
        doer.report(number, step.value.kind(), &outcome);
        if outcome.ends_task {
            break;
        }
        m.cpu_point().await;
    }
}

impl Doer<'_> {
    pub(super) fn machine(&self) -> &Machine {
        self.world.machine()
    }

    fn report(&self, number: usize, kind: &'static str, outcome: &Outcome) {
        let state = &self.world.tasks[self.task];
        let mut result = state.result.borrow_mut();
        let step = result.steps.last_mut().expect("the step was begun");
        step.end_ns = Some(self.machine().now_ns());
        step.returned = outcome.returned;
        step.bytes = outcome.bytes.clone();
        step.count = outcome.count;
        step.pairs = outcome.pairs.clone();
        step.holders = outcome.holders.clone();
        step.signal = outcome.signal;
        drop(result);
        if outcome.returned.is_some() || outcome.signal.is_some() {
            let task = self.world.scenario.tasks[self.task].name.value.clone();
            let (ret, signal) = (outcome.returned, outcome.signal);
            self.machine().emit_with(|| StepEvent::Done { task, number: number + 1, kind, ret, signal });
        }
    }

    async fn run(&self, step: &Step) -> Outcome {
        match step {
            Step::Syscall(call) => self.syscall(call).await,
            Step::Call(call) => self.call(call).await,
            Step::KernelCall(call) => self.kernel_call(call).await,
            Step::Read(touch) => self.read(touch).await,
            Step::Write(touch) => self.write(touch).await,
            Step::Sleep(duration) => self.sleep(duration.value.0).await,
            Step::Spin(duration) => self.spin(duration.value.0).await,
            Step::WaitFor(what) => self.wait_for(&what.value).await,
            Step::Mark(label) => self.mark(&label.value),
            Step::Fork(child) => self.fork(&child.value).await,
            Step::Map(map) => self.map(map).await,
            Step::Resolve(resolve) => self.resolve(resolve).await,
            Step::Attach(program) => self.attach(&program.value),
            Step::Detach(program) => self.detach(&program.value),
            Step::Run(run) => self.run_program(run).await,
            Step::Synchronize(step) => self.synchronize(step.flavour.value).await,
            Step::Callback(step) => self.callback(step),
            Step::Barrier(step) => self.barrier(step.flavour.value).await,
            Step::Holders(step) => self.holders(step.flavour.value),
            Step::MoveToCpu(cpu) => self.move_to(cpu.value).await,
        }
    }

    /// The arguments as words. After `execve` the scratch area is made again in the new memory.
    pub(super) fn args(&self) -> Vec<u64> {
        if let Some(mm) = self.machine().current_task().mm.get() {
            memory::add_scratch(self.world, self.task, mm);
        }
        self.plan.args.iter().map(|word| self.word(word)).collect()
    }

    pub(super) fn word(&self, word: &Word) -> u64 {
        let state = &self.world.tasks[self.task];
        match word {
            Word::Known(value) => *value,
            Word::Saved(name) => state.saved.borrow().get(name).copied().unwrap_or_default() as u64,
            Word::MapFd(_) | Word::ProgramFd(_) | Word::Pidfd(_) => self.descriptor(word),
        }
    }

    /// A descriptor in this task's table, opened at its first use. Nothing of that name or no room: one that is not open.
    fn descriptor(&self, word: &Word) -> u64 {
        let opened = &self.world.tasks[self.task].descriptors;
        if let Some(fd) = opened.borrow().get(word) {
            return *fd;
        }
        let fd = self.open(word).unwrap_or(u64::from(u32::MAX));
        opened.borrow_mut().insert(word.clone(), fd);
        fd
    }

    fn open(&self, word: &Word) -> Option<u64> {
        let (world, kernel) = (self.world, &self.world.kernel);
        match word {
            Word::MapFd(name) => kernel.open_map(&world.map(name)?.map).ok(),
            Word::ProgramFd(name) => {
                let (program, _) = world.entries[world.entry(name)?].loaded.first()?;
                kernel.process().install(Fd::Program(program.clone())).ok()
            }
            Word::Pidfd(name) => {
                let task = world.tasks[world.task(name)?].id.get()?;
                kernel.process().install(Fd::Task(task)).ok()
            }
            Word::Known(_) | Word::Saved(_) => None,
        }
    }

    fn keep(&self, call: &Call, value: i64) -> Outcome {
        if let Some(name) = &call.save {
            self.world.tasks[self.task].saved.borrow_mut().insert(name.value.clone(), value);
        }
        Outcome::ret(value)
    }

    async fn syscall(&self, call: &Call) -> Outcome {
        let args = self.args();
        let made = self.world.kernel.syscall(&call.name.value, &args).await;
        let outcome = self.keep(call, made.expect("system calls are checked before the run"));
        Outcome { ends_task: call.name.value == "exit", ..outcome }
    }

    /// A function of user space: probes at its entry, its body, probes at its return.
    async fn call(&self, call: &Call) -> Outcome {
        let (kernel, args, name) = (&self.world.kernel, self.args(), &call.name.value);
        kernel.uprobe(name, &args).await;
        self.machine().charge(USER_CALL_NS);
        self.machine().cpu_point().await;
        let result = call.result.as_ref().map_or(0, |result| result.value.0);
        kernel.uretprobe(name, &args, result as u64).await;
        self.keep(call, result)
    }

    async fn kernel_call(&self, call: &Call) -> Outcome {
        let (kernel, args, name) = (&self.world.kernel, self.args(), &call.name.value);
        let result = call.result.as_ref().map_or(0, |result| result.value.0);
        let returned = match name.strip_prefix("bpf_lsm_") {
            Some(hook) if call.result.is_none() => kernel.lsm(hook, &args).await,
            _ => kernel.call_function(name, &args, async move { result }).await,
        };
        self.keep(call, returned)
    }

    async fn read(&self, touch: &Touch) -> Outcome {
        let len = touch.len.as_ref().map(|len| len.value.0 as usize);
        let expected = touch.bytes.as_ref().map(|data| crate::file::layout::data_len(&data.value) as usize);
        let mut bytes = vec![0; len.or(expected.filter(|len| *len > 0)).unwrap_or(1)];
        let Some(mm) = self.machine().current_task().mm.get() else {
            return killed(touch, FaultError::NoArea);
        };
        match uaccess::user_read(self.machine(), mm, self.args()[0], &mut bytes).await {
            Ok(()) => Outcome { bytes: Some(bytes), ..Outcome::default() },
            Err((why, _)) => killed(touch, why),
        }
    }

    async fn write(&self, touch: &Touch) -> Outcome {
        let Some(mm) = self.machine().current_task().mm.get() else {
            return killed(touch, FaultError::NoArea);
        };
        match uaccess::user_write(self.machine(), mm, self.args()[0], &self.plan.bytes).await {
            Ok(()) => Outcome::default(),
            Err((why, _)) => killed(touch, why),
        }
    }

    async fn sleep(&self, ns: u64) -> Outcome {
        self.machine().sleep_ns(ns, WaitReason::new("nanosleep")).await;
        Outcome::default()
    }

    async fn spin(&self, ns: u64) -> Outcome {
        let mut left = ns;
        while left > 0 {
            let slice = left.min(SPIN_SLICE_NS);
            self.machine().charge(slice);
            self.machine().cpu_point().await;
            left -= slice;
        }
        Outcome::default()
    }

    fn mark(&self, label: &str) -> Outcome {
        let name = format!("{}.{label}", self.world.scenario.tasks[self.task].name.value);
        self.machine().emit(StepEvent::Mark { name });
        Outcome::default()
    }

    async fn fork(&self, child: &str) -> Outcome {
        match self.world.task(child) {
            Some(child) => Outcome::ret(task::fork(self.world, child).await),
            None => Outcome::ret(Errno::EINVAL.ret()),
        }
    }

    async fn resolve(&self, resolve: &Resolve) -> Outcome {
        Outcome::status(self.world.resolve(self.args()[0], &self.plan.bytes, resolve.early).await)
    }

    fn attach(&self, program: &str) -> Outcome {
        let Some(entry) = self.world.entry(program) else { return Outcome::ret(Errno::ENOENT.ret()) };
        Outcome::status(attach::attach(self.world, &self.world.entries[entry]).map_err(|error| error.errno))
    }

    fn detach(&self, program: &str) -> Outcome {
        let Some(entry) = self.world.entry(program) else { return Outcome::ret(Errno::ENOENT.ret()) };
        Outcome::status(attach::detach(self.world, &self.world.entries[entry]))
    }

    async fn run_program(&self, run: &RunProgram) -> Outcome {
        let entry = self.world.entry(&run.program.value).map(|entry| &self.world.entries[entry]);
        let Some((program, _)) = entry.and_then(|entry| entry.loaded.first()) else {
            return Outcome::ret(Errno::ENOENT.ret());
        };
        let ran = self.world.kernel.test_run_any(program, &self.plan.bytes).await;
        Outcome::ret(ran.unwrap_or_else(Errno::ret))
    }

    async fn move_to(&self, cpu: u32) -> Outcome {
        self.machine().set_affinity(1 << cpu).await;
        Outcome::default()
    }
}

/// A failed access: a handler takes a signal that the scenario speaks of, any other one kills the task.
fn killed(touch: &Touch, why: FaultError) -> Outcome {
    let signal = match why.signal() {
        11 => "SIGSEGV",
        7 => "SIGBUS",
        _ => "SIGKILL",
    };
    Outcome { signal: Some(signal), ends_task: touch.signal.is_none(), ..Outcome::default() }
}

// Waiting.
impl Doer<'_> {
    async fn wait_for(&self, what: &WaitFor) -> Outcome {
        let program = |name: &str| self.world.entry(name).expect("names are checked before the run");
        let (until, detail) = match what {
            WaitFor::Mark(name) => (Until::Mark(name.value.clone()), format!("mark {}", name.value)),
            WaitFor::End(task) => {
                (Until::End(self.pid_of(&task.value)), format!("the end of {}", task.value))
            }
            WaitFor::Blocked(name) => {
                (Until::Blocked(program(&name.value)), format!("{} to block", name.value))
            }
            WaitFor::Runs(runs) => {
                let (name, count) = (&runs.program.value, runs.count.value.0);
                (Until::Runs(program(name), count), format!("{count} runs of {name}"))
            }
            WaitFor::GracePeriod(flavour) => {
                return self.synchronize(flavour.value).await;
            }
            WaitFor::Time(time) => {
                let left = time.value.0.saturating_sub(self.machine().now_ns());
                return if left == 0 { Outcome::default() } else { self.sleep(left).await };
            }
        };
        let reason = WaitReason::new("wait_for").detail(detail);
        self.world.watch.wait(self.machine(), until, reason).await;
        Outcome::default()
    }

    fn pid_of(&self, task: &str) -> Pid {
        self.world.task(task).map_or(Pid(0), |index| self.world.tasks[index].pid)
    }
}

// The task's scratch memory.
impl Doer<'_> {
    /// Writes to the task's scratch memory, which costs nothing: the code that would do it is not the subject.
    pub(super) fn poke(&self, addr: u64, bytes: &[u8]) {
        let m = self.machine();
        if let Some(mm) = m.current_task().mm.get() {
            let now_ns = m.now_ns();
            // A task that unmapped its scratch memory gets EFAULT from the call.
            let _ = memory::write(&mut m.mm(), mm, addr, bytes, now_ns);
        }
    }

    pub(super) fn peek(&self, addr: u64, len: usize) -> Option<Vec<u8>> {
        let m = self.machine();
        let (mm, now_ns) = (m.current_task().mm.get()?, m.now_ns());
        memory::read(&mut m.mm(), mm, addr, len, now_ns)
    }
}

//! What the names and data in steps stand for, settled before the run: arguments as words, and a scratch area per task that holds
//! texts, buffers and the operands of `bpf(2)`.
//!
//! Key types: [`TaskPlan`], [`Word`], [`Scratch`].

use sim::mm::PAGE_SIZE;

use super::map_step::{MapPlan, MapShape};
use super::problem::Problems;
use crate::diag::catalogue::input::OUT_OF_RANGE;
use crate::file::layout::{Layout, Scope};
use crate::file::{Arg, Data, Names, RunProgram, Scenario, Sp, Span, Step, Task, constants};

/// An argument.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Word {
    Known(u64),
    /// What a step saved under this name.
    Saved(String),
    /// A descriptor of this map.
    MapFd(String),
    /// A descriptor of this program.
    ProgramFd(String),
    /// A descriptor of this task.
    Pidfd(String),
}

/// Memory of a task that steps' own data lies in: resident and locked.
#[derive(Clone, Debug, Default)]
pub(super) struct Scratch {
    pub base: u64,
    pub bytes: Vec<u8>,
}

/// What a step needs besides its own text.
#[derive(Clone, Debug, Default)]
pub(super) struct StepPlan {
    pub args: Vec<Word>,
    pub map: MapPlan,
    /// Bytes that the step writes, or a program's context.
    pub bytes: Vec<u8>,
}

/// Everything about one task's steps.
#[derive(Clone, Debug, Default)]
pub(super) struct TaskPlan {
    pub scratch: Scratch,
    pub steps: Vec<StepPlan>,
}

/// Key and value size of a map by name; per-CPU maps have one value per CPU.
pub(super) type MapSizes<'a> = &'a dyn Fn(&str) -> Option<MapShape>;

/// Where scratch areas lie: below the stack area, far from regions that are placed automatically.
const SCRATCH_BASE: u64 = 0x7d00_0000_0000;
const SCRATCH_STRIDE: u64 = 1 << 32;
/// Longest buffer or read of a step.
const MAX_STEP_BYTES: u64 = 64 << 20;

impl Scratch {
    pub(super) fn place(&mut self, bytes: &[u8]) -> u64 {
        self.bytes.resize(self.bytes.len().next_multiple_of(16), 0);
        let at = self.base + self.bytes.len() as u64;
        self.bytes.extend_from_slice(bytes);
        at
    }
}

/// Plans all tasks.
pub(super) fn plan(
    scenario: &Scenario,
    layout: &Layout,
    sizes: MapSizes<'_>,
    problems: &mut Problems,
) -> Vec<TaskPlan> {
    let tasks = scenario.tasks.iter().enumerate();
    tasks.map(|(index, task)| Planner::new(index, task, layout, sizes, problems).run(task)).collect()
}

pub(super) struct Planner<'a> {
    pub names: Scope<'a>,
    pub scratch: Scratch,
    pub sizes: MapSizes<'a>,
    pub problems: &'a mut Problems,
}

impl<'a> Planner<'a> {
    fn new(
        index: usize,
        task: &'a Task,
        layout: &'a Layout,
        sizes: MapSizes<'a>,
        problems: &'a mut Problems,
    ) -> Planner<'a> {
        let mut base = SCRATCH_BASE + index as u64 * SCRATCH_STRIDE;
        let regions = layout.regions(&task.name.value);
        while let Some(region) = regions.iter().find(|r| r.start < base + SCRATCH_STRIDE && base < r.end()) {
            base = region.end().next_multiple_of(PAGE_SIZE);
        }
        let scratch = Scratch { base, bytes: Vec::new() };
        Planner { names: layout.names(Some(&task.name.value)), scratch, sizes, problems }
    }

    fn run(mut self, task: &Task) -> TaskPlan {
        let steps = task.steps.iter().map(|step| self.step(step)).collect();
        TaskPlan { scratch: self.scratch, steps }
    }

    fn step(&mut self, step: &Sp<Step>) -> StepPlan {
        match &step.value {
            Step::Syscall(call) | Step::Call(call) | Step::KernelCall(call) => {
                StepPlan { args: call.args.iter().map(|arg| self.word(arg)).collect(), ..StepPlan::default() }
            }
            Step::Read(touch) => {
                if let Some(len) = &touch.len {
                    self.sane(len.value.0, &len.span);
                }
                StepPlan { args: vec![self.word(&touch.at)], ..StepPlan::default() }
            }
            Step::Write(touch) => {
                let bytes = touch.bytes.as_ref().map_or(vec![0], |data| self.encode(data, None));
                StepPlan { args: vec![self.word(&touch.at)], bytes, ..StepPlan::default() }
            }
            Step::Resolve(resolve) => {
                let bytes = resolve.contents.as_ref().map_or(Vec::new(), |data| self.encode(data, None));
                StepPlan { args: vec![self.word(&resolve.at)], bytes, ..StepPlan::default() }
            }
            Step::Map(map) => self.map_step(map),
            Step::Run(RunProgram { context: Some(data), .. }) => {
                StepPlan { bytes: self.encode(data, None), ..StepPlan::default() }
            }
            _ => StepPlan::default(),
        }
    }

    /// A length that this computer can hold.
    fn sane(&mut self, bytes: u64, span: &Span) -> usize {
        if bytes <= MAX_STEP_BYTES {
            return bytes as usize;
        }
        let message = format!("a step handles at most {} MiB", MAX_STEP_BYTES >> 20);
        self.problems.at(OUT_OF_RANGE, span, message, "too long");
        0
    }

    pub(super) fn encode(&mut self, data: &Sp<Data>, width: Option<usize>) -> Vec<u8> {
        self.problems.checked(data.encode(width, &self.names), &data.span).unwrap_or_default()
    }

    pub(super) fn word(&mut self, arg: &Sp<Arg>) -> Word {
        let value = match &arg.value {
            Arg::Int(value) => *value as u64,
            Arg::Text(text) => self.scratch.place(&[text.as_bytes(), &[0]].concat()),
            Arg::Addr(place) => self.problems.checked(self.names.addr(place), &arg.span).unwrap_or_default(),
            Arg::Saved(name) => return Word::Saved(name.clone()),
            Arg::Const(text) => constants::value(text).unwrap_or_default() as u64,
            Arg::Data(data) => {
                let bytes = self.encode(data, None);
                self.scratch.place(&bytes)
            }
            Arg::Buffer(bytes) => {
                let bytes = self.sane(*bytes, &arg.span);
                self.scratch.place(&vec![0; bytes])
            }
            Arg::Sockaddr(address) => self.scratch.place(&sockaddr_in(address)),
            Arg::Pid(task) => {
                u64::from(self.problems.checked(self.names.pid(task), &arg.span).unwrap_or_default())
            }
            Arg::Map(name) => return Word::MapFd(name.clone()),
            Arg::Program(name) => return Word::ProgramFd(name.clone()),
            Arg::Pidfd(name) => return Word::Pidfd(name.clone()),
        };
        Word::Known(value)
    }
}

/// `struct sockaddr_in` (include/uapi/linux/in.h).
fn sockaddr_in(address: &std::net::SocketAddrV4) -> [u8; 16] {
    const AF_INET: u16 = 2;
    let mut bytes = [0; 16];
    bytes[..2].copy_from_slice(&AF_INET.to_le_bytes());
    bytes[2..4].copy_from_slice(&address.port().to_be_bytes());
    bytes[4..8].copy_from_slice(&address.ip().octets());
    bytes
}

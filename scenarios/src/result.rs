//! What comes out of one run on one kernel profile, as plain data: judged by `expect`, written by `export` and `cli`.
//! `run` fills it in from the machine.

use sim::event::Event;
use sim::finding::Finding;
use sim::sched::Schedule;

use crate::file::Kernel;

/// The outcome of a run.
#[derive(Debug)]
pub struct RunResult {
    pub kernel: Kernel,
    pub seed: u64,
    /// Every choice that the scheduler made; a replay takes the same.
    pub schedule: Schedule,
    /// Virtual time at the end, in nanoseconds.
    pub end_ns: u64,
    pub cpus: u32,
    pub events: Vec<Event>,
    /// Events beyond the scenario's `event_limit`.
    pub dropped_events: u64,
    pub findings: Vec<Finding>,
    /// One per program that the scenario names or an object contributes, in load order.
    pub programs: Vec<ProgramResult>,
    /// One per task, in file order.
    pub tasks: Vec<TaskResult>,
    /// Every map at the end, ring buffers with the records that were submitted.
    pub maps: Vec<MapResult>,
    /// Every global variable of every object at the end.
    pub globals: Vec<GlobalResult>,
    /// Every line that programs printed, in order.
    pub printk: Vec<String>,
    /// What the hooks decided about each packet, in the order of arrival.
    pub packets: Vec<PacketResult>,
}

/// What the kernel said at load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadResult {
    Accepted,
    Rejected {
        /// Negative, as the kernel returns it.
        errno: i64,
        /// In the kernel's words.
        message: String,
        /// Where in the program's source, when its object says so.
        source: Option<SourceLine>,
    },
    /// Nobody knows what a kernel would say: what is not modelled.
    Unknown(String),
}

/// A line of C (or of the scenario file, for inline programs).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceLine {
    pub file: String,
    pub line: u32,
    pub column: u32,
}

/// One program of the run.
#[derive(Clone, Debug)]
pub struct ProgramResult {
    pub name: String,
    /// Index in the scenario's `[[program]]` list; `None` for a native program.
    pub index: Option<usize>,
    pub load: LoadResult,
    pub runs: Vec<ProgramRun>,
    /// Runs skipped because the program was already running on that CPU.
    pub missed: u64,
    /// Attach points that nothing in this run can pass through: why a program without runs has none.
    pub silent: Vec<String>,
}

/// One run of a program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProgramRun {
    pub start_ns: u64,
    /// `None` while it still runs (the run was stopped).
    pub end_ns: Option<u64>,
    pub cpu: u32,
    pub pid: u32,
    pub returned: Option<i64>,
    pub sleeps: u64,
    pub blocked_ns: u64,
    pub minor_faults: u64,
    pub major_faults: u64,
}

/// One task of the run.
#[derive(Clone, Debug, Default)]
pub struct TaskResult {
    pub name: String,
    pub pid: u32,
    /// When it ended; `None` when it was still alive, with what it waited for.
    pub ended_ns: Option<u64>,
    pub waiting_for: Option<String>,
    pub minor_faults: u64,
    pub major_faults: u64,
    pub blocked_ns: u64,
    /// One per step that was begun.
    pub steps: Vec<StepResult>,
}

/// One step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StepResult {
    pub start_ns: u64,
    /// `None` while it still waits.
    pub end_ns: Option<u64>,
    /// What the caller got.
    pub returned: Option<i64>,
    /// What a `read` step or a map lookup found.
    pub bytes: Option<Vec<u8>>,
    /// How many elements a batch did.
    pub count: Option<u64>,
    /// Elements that a batch found: key and value.
    pub pairs: Vec<(Vec<u8>, Vec<u8>)>,
    /// Who holds a grace period: the task and the whole story.
    pub holders: Option<Vec<(String, String)>>,
    /// The signal that an access ended in, e.g. `SIGSEGV`.
    pub signal: Option<&'static str>,
}

/// One map at the end.
#[derive(Clone, Debug, Default)]
pub struct MapResult {
    pub name: String,
    /// File name of the object that declares it.
    pub object: Option<String>,
    pub key_size: usize,
    pub value_size: usize,
    /// In the map's own order. Per-CPU maps have one value for each CPU.
    pub entries: Vec<(Vec<u8>, Vec<Vec<u8>>)>,
    /// Records of a ring buffer, in the order of submission.
    pub records: Vec<Vec<u8>>,
}

/// One global variable at the end.
#[derive(Clone, Debug)]
pub struct GlobalResult {
    /// File name of the object.
    pub object: String,
    pub name: String,
    pub bytes: Vec<u8>,
}

/// One packet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PacketResult {
    /// Index in the scenario's `[[packet]]` list.
    pub index: usize,
    pub time_ns: u64,
    /// What the first program that decided returned; `None` when no program saw it.
    pub verdict: Option<i64>,
}

/// Name of the event that a `mark` step makes; its field [`MARK_FIELD`] is `task.label`.
pub const EVENT_MARK: &str = "mark";
/// The field of a mark.
pub const MARK_FIELD: &str = "name";
/// Name of the event when a program's body begins (`programs::runtime`); its field [`PROGRAM_FIELD`] is the program's name.
pub const EVENT_ENTER: &str = "bpf_prog_run_begin";
/// Name of the event when a program's body has ended.
pub const EVENT_EXIT: &str = "bpf_prog_run_end";
/// The field with the program's name.
pub const PROGRAM_FIELD: &str = "prog";

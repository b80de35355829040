//! Steps: what a task does, one after the other.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::program::none_given;
use super::task::is_false;
use crate::file::arg::Arg;
use crate::file::data::Data;
use crate::file::flex::{Expect, OneOrMany};
use crate::file::scalar::{Count, Dur, Num, Ret};
use crate::file::span::Sp;

/// One step of a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// A system call by name.
    Syscall(Call),
    /// Calls a user-space function that may carry a uprobe: `"/bin/app:func"`.
    Call(Call),
    /// Runs a kernel function that no modelled syscall reaches, with whatever is attached to it.
    KernelCall(Call),
    /// Reads memory as the task's own code would.
    Read(Touch),
    /// Writes memory as the task's own code would.
    Write(Touch),
    /// Sleeps in user space.
    Sleep(Sp<Dur>),
    /// Computes without sleeping.
    Spin(Sp<Dur>),
    /// Waits until something has happened.
    WaitFor(Sp<WaitFor>),
    /// Says that this point was reached; others wait for `"task.label"` or expect it. No dots.
    Mark(Sp<String>),
    /// `fork`: the child runs the steps of that task.
    Fork(Sp<String>),
    /// `bpf(2)` on a map.
    Map(Box<MapStep>),
    /// Fills a missing page of a userfaultfd region.
    Resolve(Resolve),
    /// Attaches a program that is not attached yet.
    Attach(Sp<String>),
    /// Detaches a program.
    Detach(Sp<String>),
    /// `BPF_PROG_TEST_RUN` of a program (e.g. of type syscall).
    Run(RunProgram),
    /// Waits for a grace period, as a kernel thread that calls `synchronize_rcu` does.
    Synchronize(Synchronize),
    /// Queues a callback (`call_rcu`, `call_rcu_tasks_trace`) and goes on; the callback sets a mark.
    Callback(Callback),
    /// Waits until the callbacks queued so far have been invoked (`rcu_barrier`, `rcu_barrier_tasks_trace`).
    Barrier(Synchronize),
    /// Asks who holds the grace period that is under way.
    Holders(Holders),
    /// Moves to another CPU (`sched_setaffinity`).
    MoveToCpu(Sp<u32>),
}

impl Step {
    /// The key in the file.
    pub fn kind(&self) -> &'static str {
        match self {
            Step::Syscall(_) => "syscall",
            Step::Call(_) => "call",
            Step::KernelCall(_) => "kernel_call",
            Step::Read(_) => "read",
            Step::Write(_) => "write",
            Step::Sleep(_) => "sleep",
            Step::Spin(_) => "spin",
            Step::WaitFor(_) => "wait_for",
            Step::Mark(_) => "mark",
            Step::Fork(_) => "fork",
            Step::Map(_) => "map",
            Step::Resolve(_) => "resolve",
            Step::Attach(_) => "attach",
            Step::Detach(_) => "detach",
            Step::Run(_) => "run",
            Step::Synchronize(_) => "synchronize",
            Step::Callback(_) => "callback",
            Step::Barrier(_) => "barrier",
            Step::Holders(_) => "holders",
            Step::MoveToCpu(_) => "move_to_cpu",
        }
    }

    /// What the step is expected to return, when it says so.
    pub fn returns(&self) -> Option<&Sp<Expect<Ret>>> {
        match self {
            Step::Syscall(call) | Step::Call(call) | Step::KernelCall(call) => call.returns.as_ref(),
            Step::Map(step) => step.returns.as_ref(),
            Step::Run(step) => step.returns.as_ref(),
            _ => None,
        }
    }
}

/// A call by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// The syscall or function.
    pub name: Sp<String>,
    /// Its arguments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<Sp<Arg>>,
    /// For `call` and `kernel_call`: what the function itself returns, before any program changes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Sp<Ret>>,
    /// What the caller is expected to get.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returns: Option<Sp<Expect<Ret>>>,
    /// Keeps what the caller got under this name, for `"$name"` in later steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub save: Option<Sp<String>>,
    /// How long it is expected to take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub took: Option<Sp<Expect<Dur>>>,
}

/// An access to the task's memory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Touch {
    /// Where: `"@buf+8"` or a number.
    pub at: Sp<Arg>,
    /// How many bytes are read (1 when absent).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub len: Option<Sp<Num>>,
    /// Reading: what is expected there. Writing: what is written (one zero byte when absent).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<Sp<Data>>,
    /// The access is expected to end in this signal: `"SIGSEGV"` or `"SIGBUS"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<Sp<Signal>>,
    /// How long it is expected to take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub took: Option<Sp<Expect<Dur>>>,
}

/// A signal that a bad access ends in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Signal {
    #[serde(rename = "SIGSEGV")]
    Segv,
    #[serde(rename = "SIGBUS")]
    Bus,
}

/// What a task waits for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WaitFor {
    /// Another task has reached this `mark`: `"task.label"`.
    Mark(Sp<String>),
    /// Another task has ended.
    End(Sp<String>),
    /// This program is blocked (in a page-in or a sleeping helper).
    Blocked(Sp<String>),
    /// This program has been entered so many times.
    Runs(ProgramRuns),
    /// A grace period of this flavour that begins now has ended (nothing is synchronised: the task only watches).
    GracePeriod(Sp<Flavour>),
    /// This absolute virtual time.
    Time(Sp<Dur>),
}

/// A number of runs of a program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProgramRuns {
    pub program: Sp<String>,
    pub count: Sp<Count>,
}

/// An RCU flavour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Flavour {
    /// Classic RCU.
    Rcu,
    /// Classic RCU in a hurry: `synchronize_rcu_expedited`.
    RcuExpedited,
    /// RCU Tasks Trace, which sleepable programs run under.
    TasksTrace,
}

/// `bpf(2)` on a map.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MapStep {
    /// Which map.
    pub name: Sp<String>,
    /// What is done.
    pub op: MapOp,
    /// The key; for `get_next_key` the previous one, none to begin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Sp<Data>>,
    /// A descriptor as the key: the storage of a task (`{ pidfd = "app" }`), an inode, a socket or a cgroup (`"$fd"`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_fd: Option<Sp<Arg>>,
    /// Update and push: what is stored. Lookup, pop and peek: what is expected. `get_next_key`: the key expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Sp<Data>>,
    /// A descriptor as the value: an inner map (`{ map = "inner" }`) or a program (`{ program = "tail" }`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_fd: Option<Sp<Arg>>,
    /// `any`, `noexist`, `exist` or `lock`; several in a list.
    #[serde(default, skip_serializing_if = "none_given")]
    pub flags: OneOrMany<Sp<UpdateFlag>>,
    /// Batches: what is stored or deleted. Lookups: the elements expected, all of them, in any order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<BatchEntry>,
    /// Lookup batches: for how many elements there is room (64 when absent).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<Sp<u32>>,
    /// Batches: how many elements are expected to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<Sp<Expect<Count>>>,
    /// What the call is expected to return (0 or an error).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returns: Option<Sp<Expect<Ret>>>,
    /// How long it is expected to take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub took: Option<Sp<Expect<Dur>>>,
}

/// One element of a batch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchEntry {
    pub key: Sp<Data>,
    /// Not for `delete_batch`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Sp<Data>>,
}

/// A map command of `bpf(2)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MapOp {
    Lookup,
    Update,
    Delete,
    GetNextKey,
    LookupAndDelete,
    /// `BPF_MAP_FREEZE`: user space can no longer write.
    Freeze,
    /// Update without a key: queue, stack, bloom filter.
    Push,
    /// Lookup-and-delete without a key: queue, stack.
    Pop,
    /// Lookup without a key: queue, stack, bloom filter.
    Peek,
    LookupBatch,
    LookupAndDeleteBatch,
    UpdateBatch,
    DeleteBatch,
}

impl MapOp {
    /// Whether `value` is what the step finds, not what it stores.
    pub fn finds(self) -> bool {
        !matches!(self, MapOp::Update | MapOp::Push | MapOp::UpdateBatch)
    }

    /// Whether it works on many elements.
    pub fn is_batch(self) -> bool {
        matches!(
            self,
            MapOp::LookupBatch | MapOp::LookupAndDeleteBatch | MapOp::UpdateBatch | MapOp::DeleteBatch
        )
    }

    /// Whether it takes a key.
    pub fn takes_key(self) -> bool {
        matches!(
            self,
            MapOp::Lookup | MapOp::Update | MapOp::Delete | MapOp::GetNextKey | MapOp::LookupAndDelete
        )
    }
}

/// Flag of a map update.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UpdateFlag {
    Any,
    Noexist,
    Exist,
    /// `BPF_F_LOCK`: under the value's spin lock.
    Lock,
}

/// Fills a missing page of a userfaultfd region (`UFFDIO_COPY`), once somebody has faulted on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Resolve {
    /// The page: `"@task.region"`.
    pub at: Sp<Arg>,
    /// Its contents; zeros when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contents: Option<Sp<Data>>,
    /// Do not wait for a fault first.
    #[serde(default, skip_serializing_if = "is_false")]
    pub early: bool,
}

/// `BPF_PROG_TEST_RUN`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RunProgram {
    pub program: Sp<String>,
    /// Context bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Sp<Data>>,
    /// What the program is expected to return.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returns: Option<Sp<Expect<Ret>>>,
}

/// Waits for a grace period or for callbacks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Synchronize {
    pub flavour: Sp<Flavour>,
    /// How long it is expected to take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub took: Option<Sp<Expect<Dur>>>,
}

/// A callback that a grace period must pass for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Callback {
    pub flavour: Sp<Flavour>,
    /// The mark that it sets, `"task.label"` with this task's name: others can wait for it or expect it.
    pub mark: Sp<String>,
    /// `call_rcu_hurry`: never waits for company. Classic RCU only.
    #[serde(default, skip_serializing_if = "is_false")]
    pub hurry: bool,
}

/// Who holds a grace period.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Holders {
    pub flavour: Sp<Flavour>,
    /// The tasks expected, all of them, in any order; `[]`: nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tasks: Option<Sp<Vec<Sp<String>>>>,
    /// Words expected in the answer: a program, a line of its source, what it waits for.
    #[serde(default, skip_serializing_if = "none_given")]
    pub says: OneOrMany<Sp<String>>,
}

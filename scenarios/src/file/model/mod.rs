//! The scenario as written: one struct per TOML table, with the place of every value.
//!
//! Steps and other choices are externally tagged (`{ sleep = "1ms" }`) because spans do not survive serde's internally
//! tagged, untagged and flattened forms (toml issue 535). Doc comments here become the descriptions in the JSON schema.
//! Neighbours: `check` validates what serde cannot, `layout` places memory.

mod expect;
mod input;
mod program;
mod step;
mod task;

pub use expect::*;
pub use input::*;
pub use program::*;
pub use step::*;
pub use task::*;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::data::Data;
use super::flex::OneOrMany;
use super::scalar::{Dur, Kernel, Num};
use super::span::Sp;

/// One scenario: a machine, what runs on it, and what is expected to happen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Short name in kebab-case; the file's stem when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Sp<String>>,
    /// The question this scenario answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<Sp<String>>,
    /// What happens and why, in a few sentences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<Sp<String>>,
    /// Kernel profile; with several, the scenario runs once on each.
    #[serde(default = "default_kernel")]
    pub kernel: OneOrMany<Sp<Kernel>>,
    /// Switches of the kernel's configuration.
    #[serde(default)]
    pub config: Config,
    /// Number of simulated CPUs.
    #[serde(default = "default_cpus")]
    #[schemars(range(min = 1, max = 64))]
    pub cpus: Sp<u32>,
    /// Seed of every random choice.
    #[serde(default = "default_seed")]
    pub seed: Sp<Num>,
    /// Who chooses which task runs next.
    #[serde(default)]
    pub scheduler: Scheduler,
    /// How many instructions one program run may execute before it counts as endless.
    #[serde(default = "default_budget")]
    pub instruction_budget: Sp<Num>,
    /// Programs must pass the kernel's verifier. With `false` only what comes before it refuses them (section, helpers, maps, calls), to
    /// watch what a program would do that the kernel does not load.
    #[serde(default = "default_verify")]
    pub verify: bool,
    /// Virtual time after which the run is stopped.
    #[serde(default = "default_time_limit")]
    pub time_limit: Sp<Dur>,
    /// How many events are recorded at most.
    #[serde(default = "default_event_limit")]
    pub event_limit: Sp<Num>,
    /// A raw `vmlinux` BTF file with the kernel's types, beside the scenario; a small built-in one when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vmlinux: Option<Sp<String>>,
    /// Physical memory, swap and what a page-in costs.
    #[serde(default)]
    pub memory: Memory,
    /// Files that exist in the simulated file system.
    #[serde(default, rename = "file", skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<Sp<SimFile>>,
    /// Programs, from objects or written inline.
    #[serde(default, rename = "program", skip_serializing_if = "Vec::is_empty")]
    pub programs: Vec<Sp<Program>>,
    /// Lesson programs written in Rust.
    #[serde(default, rename = "native", skip_serializing_if = "Vec::is_empty")]
    pub natives: Vec<Sp<Native>>,
    /// Maps for inline programs, and initial contents of any map.
    #[serde(default, rename = "map", skip_serializing_if = "Vec::is_empty")]
    pub maps: Vec<Sp<MapDecl>>,
    /// Initial values of objects' global variables, by name (`object.bpf.o:name` when two objects share a name).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub globals: BTreeMap<Sp0, Sp<Data>>,
    /// User tasks.
    #[serde(default, rename = "task", skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<Sp<Task>>,
    /// Packets that arrive or leave.
    #[serde(default, rename = "packet", skip_serializing_if = "Vec::is_empty")]
    pub packets: Vec<Sp<Packet>>,
    /// Interrupts at fixed times.
    #[serde(default, rename = "interrupt", skip_serializing_if = "Vec::is_empty")]
    pub interrupts: Vec<Sp<Interrupt>>,
    /// What is expected to happen.
    #[serde(default)]
    pub expect: Expectations,
}

/// A name that keys a table.
pub type Sp0 = String;

fn default_kernel() -> OneOrMany<Sp<Kernel>> {
    OneOrMany::One(Sp::implied(Kernel::V6_12))
}
fn default_cpus() -> Sp<u32> {
    Sp::implied(1)
}
fn default_seed() -> Sp<Num> {
    Sp::implied(Num(1))
}
fn default_verify() -> bool {
    true
}

fn default_budget() -> Sp<Num> {
    Sp::implied(Num(1_000_000))
}
fn default_time_limit() -> Sp<Dur> {
    Sp::implied(Dur(60_000_000_000))
}
fn default_event_limit() -> Sp<Num> {
    Sp::implied(Num(1_000_000))
}

/// Switches of the kernel's configuration; the defaults are those of Debian's kernels with `lsm=bpf`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// `CONFIG_FUNCTION_ERROR_INJECTION`: error-injectable functions, and with it most sleepable fentry/fexit/fmod_ret; with it
    /// `CONFIG_BPF_KPROBE_OVERRIDE`, which `bpf_override_return` needs.
    pub function_error_injection: bool,
    /// After so long a grace period of either flavour counts as stalled (finding F0011). The kernel's own are 21 s for RCU and 10 min for
    /// Tasks Trace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stall_timeout: Option<Sp<Dur>>,
}

/// Who chooses which task runs next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scheduler {
    /// In turn.
    #[default]
    RoundRobin,
    /// By the seed.
    Random,
}

/// Physical memory, swap and what a page-in costs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Memory {
    /// Physical frames of 4 KiB for user pages; without it memory never runs short.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frames: Option<Sp<u64>>,
    /// Where evicted anonymous pages go.
    pub swap: Sp<Swap>,
    /// What a page-in costs per backing store.
    pub costs: Costs,
}

/// The swap device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Swap {
    /// No swap: anonymous pages cannot be evicted.
    None,
    /// Compressed in memory.
    Zram,
    /// On a disk.
    #[default]
    Disk,
}

/// Page-in costs that differ from the machine's defaults.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Costs {
    /// First touch of an anonymous page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zero_fill: Option<Sp<Dur>>,
    /// Mapping a page that is already in the page cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cached: Option<Sp<Dur>>,
    /// Copying a page that is shared after fork.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copy: Option<Sp<Dur>>,
    /// Reading a page back from swap on disk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub swap_disk: Option<Sp<Dur>>,
    /// Decompressing a page from zram.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub swap_zram: Option<Sp<Dur>>,
    /// Reading a page of a file from disk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<Sp<Dur>>,
}

/// A file in the simulated file system.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SimFile {
    /// Absolute path.
    pub path: Sp<String>,
    /// Its bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contents: Option<Sp<Data>>,
    /// Its length; longer than `contents` is filled with zeros.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<Sp<u64>>,
    /// Whether its pages are in the page cache already.
    #[serde(default)]
    pub cached: bool,
    /// Permission bits.
    #[serde(default = "default_mode")]
    pub mode: u32,
}

fn default_mode() -> u32 {
    0o644
}

impl Scenario {
    /// The profiles the scenario runs on.
    pub fn kernels(&self) -> Vec<Kernel> {
        self.kernel.as_slice().iter().map(|k| k.value).collect()
    }

    /// The name, which `parse` fills in from the file's stem when the file gives none.
    pub fn title(&self) -> &str {
        self.name.as_ref().map_or("scenario", |name| name.as_str())
    }
}

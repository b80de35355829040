//! Tasks and their memory.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::program::none_given;
use super::step::Step;
use crate::file::data::Data;
use crate::file::flex::OneOrMany;
use crate::file::scalar::{Dur, Num};
use crate::file::span::Sp;

/// A user task: its memory and what it does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// Its name (`comm`), at most 15 characters as in Linux.
    pub name: Sp<String>,
    /// Process id; 100, 101, … in file order when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid: Option<Sp<u32>>,
    /// User id.
    #[serde(default)]
    pub uid: u32,
    /// The CPU or CPUs it may run on; all when absent.
    #[serde(default, skip_serializing_if = "none_given")]
    pub cpu: OneOrMany<Sp<u32>>,
    /// When it starts.
    #[serde(default, skip_serializing_if = "no_time")]
    pub start: Sp<Dur>,
    /// Its steps run in a child that a `fork` step of another task makes; it has a copy of that task's memory.
    #[serde(default, skip_serializing_if = "is_false")]
    pub forked: bool,
    /// What is mapped in its address space.
    #[serde(default, rename = "region", skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<Sp<Region>>,
    /// What it does, one step after the other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Sp<Step>>,
}

pub(super) fn is_false(value: &bool) -> bool {
    !*value
}
pub(super) fn no_time(value: &Sp<Dur>) -> bool {
    value.value == Dur(0)
}

/// One mapping of a task's address space.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Region {
    /// The name steps use: `"@buf"`.
    pub name: Sp<String>,
    /// Address, a multiple of 4096; placed with an unmapped page on each side when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Sp<Num>>,
    /// Length in pages of 4096 bytes; enough for `state` and `contents` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pages: Option<Sp<u64>>,
    /// State of the pages at the start: one for all, or one per page. Resident when absent (files: as the file says).
    #[serde(default, skip_serializing_if = "none_given")]
    pub state: OneOrMany<Sp<PageState>>,
    /// What the pages contain at the start, from `offset`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contents: Option<Sp<Data>>,
    /// Where `contents` begins in the region, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<Sp<u64>>,
    /// Protection: `"rw"`, `"r"`, `"rx"`, `"none"`, …
    #[serde(default)]
    pub prot: Prot,
    /// Locked in memory (`mlock`).
    #[serde(default, skip_serializing_if = "is_false")]
    pub mlocked: bool,
    /// A file of the scenario that is mapped here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<Sp<String>>,
    /// Where in the file the mapping begins, a multiple of 4096.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_offset: Option<Sp<u64>>,
    /// `MAP_SHARED` instead of `MAP_PRIVATE`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub shared: bool,
    /// Missing pages are filled by a userfaultfd handler: a built-in one, or steps of a task (`resolve`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub userfaultfd: Option<Sp<Userfaultfd>>,
}

/// The state of a page at the start of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PageState {
    /// Mapped but never touched: the first access fills it with zeros.
    Untouched,
    /// Read once: the shared zero page is mapped.
    ZeroPage,
    /// Written and present.
    Resident,
    /// Evicted to the swap device that `memory.swap` names.
    Swapped,
    /// Evicted to swap on disk.
    SwappedDisk,
    /// Evicted to zram.
    SwappedZram,
    /// Written, then given back with `madvise(MADV_DONTNEED)`.
    Dontneed,
    /// Shared with a child after fork: a write copies it.
    CowAfterFork,
    /// A file's page that is in the page cache.
    Cached,
    /// A file's page that must be read from disk.
    Cold,
}

/// Protection of a region.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Prot {
    None,
    R,
    #[default]
    Rw,
    Rx,
    Rwx,
}

/// How the missing pages of a region are filled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Userfaultfd {
    /// The built-in handler answers so long after the fault; without it a task must `resolve` the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Sp<Dur>>,
    /// What the handler fills in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contents: Option<Sp<Data>>,
}

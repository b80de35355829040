//! Where the regions of every task lie, and what names stand for: `@region`, `{ pid = "task" }`.
//!
//! Key types: [`Layout`] (of all tasks), [`Placed`] (one region). A region without an address is placed with an unmapped
//! page on each side, so that running off its end is always noticed.

use std::collections::BTreeMap;

use super::data::{AddrRef, Data, Names};
use super::model::{Scenario, SimFile, Step, Task};

/// Bytes per page; x86-64's base page.
pub const PAGE_BYTES: u64 = 4096;
/// First address a region may have: Linux' default `vm.mmap_min_addr` is 65536, but page 1 is enough to tell NULL apart.
pub const LOWEST: u64 = PAGE_BYTES;
/// First address beyond user space on x86-64 with four-level page tables (`TASK_SIZE_MAX`).
pub const HIGHEST: u64 = (1 << 47) - PAGE_BYTES;
/// Most pages a region may have (4 GiB): larger ones are slips, and their pages would have to be kept.
pub const MAX_REGION_PAGES: u64 = 1 << 20;
/// Largest file of a scenario.
pub const MAX_FILE_BYTES: u64 = 1 << 32;
/// Where regions without an address are placed.
const AUTO_BASE: u64 = 0x1000_0000;
/// A forked task's own regions are placed so far behind those it inherits (1 TiB).
const GENERATION_STRIDE: u64 = 1 << 40;
/// Process id of the first task without one.
pub const FIRST_PID: u32 = 100;

/// A region with its address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Index in the task's `regions`.
    pub index: usize,
    pub name: String,
    pub start: u64,
    pub pages: u64,
}

impl Placed {
    /// First address behind it.
    pub fn end(&self) -> u64 {
        self.start.saturating_add(self.pages.saturating_mul(PAGE_BYTES))
    }
}

/// The memory and process ids of all tasks.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    tasks: BTreeMap<String, TaskLayout>,
}

#[derive(Clone, Debug, Default)]
struct TaskLayout {
    pid: u32,
    /// The task whose memory a forked task inherits.
    parent: Option<String>,
    regions: Vec<Placed>,
}

impl Layout {
    /// Places everything. Mistakes (overlaps, bad addresses) are not reported here but by `check`.
    pub fn of(scenario: &Scenario) -> Layout {
        let mut layout = Layout::default();
        let mut next_pid = FIRST_PID;
        let given: Vec<u32> = scenario.tasks.iter().filter_map(|t| t.pid.as_ref().map(|p| p.value)).collect();
        for task in &scenario.tasks {
            let pid = task.pid.as_ref().map_or_else(
                || {
                    while given.contains(&next_pid) {
                        next_pid += 1;
                    }
                    next_pid += 1;
                    next_pid - 1
                },
                |pid| pid.value,
            );
            let parent = task.forked.then(|| parent_of(scenario, task)).flatten();
            let base = AUTO_BASE + generation(scenario, task) * GENERATION_STRIDE;
            let regions = place(task, base, &scenario.files.iter().map(|f| &f.value).collect::<Vec<_>>());
            layout.tasks.insert(task.name.value.clone(), TaskLayout { pid, parent, regions });
        }
        layout
    }

    /// The regions of a task, in file order; a forked task's own come before those it inherits.
    pub fn regions(&self, task: &str) -> Vec<&Placed> {
        let mut all = Vec::new();
        let mut next = self.tasks.get(task);
        for _ in 0..=self.tasks.len() {
            let Some(layout) = next else { break };
            all.extend(&layout.regions);
            next = layout.parent.as_ref().and_then(|parent| self.tasks.get(parent));
        }
        all
    }

    /// The regions that the task itself declares.
    pub fn own_regions(&self, task: &str) -> &[Placed] {
        self.tasks.get(task).map_or(&[], |layout| &layout.regions)
    }

    /// Whether a task has any mapping at every byte of the range.
    pub fn is_mapped(&self, task: &str, start: u64, len: u64) -> bool {
        let regions = self.regions(task);
        let mut at = start;
        let end = start.saturating_add(len.max(1));
        while at < end {
            match regions.iter().find(|r| r.start <= at && at < r.end()) {
                Some(region) => at = region.end(),
                None => return false,
            }
        }
        true
    }

    /// Names as seen from a task (whose regions need no prefix), or from outside any task.
    pub fn names<'a>(&'a self, task: Option<&'a str>) -> Scope<'a> {
        Scope { layout: self, task }
    }
}

/// [`Names`] as one task sees them.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    layout: &'a Layout,
    task: Option<&'a str>,
}

impl Names for Scope<'_> {
    fn addr(&self, place: &AddrRef) -> Result<u64, String> {
        let layout = self.layout;
        let task = match (place.task.as_deref().or(self.task), layout.tasks.len()) {
            (Some(task), _) => task,
            (None, 1) => layout.tasks.keys().next().map_or("", String::as_str),
            _ => return Err(format!("E0013: say whose memory: \"@task.{}\"", place.region)),
        };
        if !layout.tasks.contains_key(task) {
            return Err(format!("E0013: there is no task `{task}`"));
        }
        let region = layout.regions(task).into_iter().find(|region| region.name == place.region);
        let region =
            region.ok_or_else(|| format!("E0013: task `{task}` has no region `{}`", place.region))?;
        Ok(region.start.wrapping_add_signed(place.offset))
    }

    fn pid(&self, task: &str) -> Result<u32, String> {
        self.layout.tasks.get(task).map(|t| t.pid).ok_or_else(|| format!("E0013: there is no task `{task}`"))
    }
}

/// The task with a `fork` step for this one.
fn parent_of(scenario: &Scenario, child: &Task) -> Option<String> {
    let forks = |task: &Task| {
        task.steps
            .iter()
            .any(|step| matches!(&step.value, Step::Fork(name) if name.value == child.name.value))
    };
    scenario.tasks.iter().find(|task| forks(task)).map(|task| task.name.value.clone())
}

/// Length of data in bytes when no width is wanted; an integer of unknown width counts nothing.
pub fn data_len(data: &Data) -> u64 {
    match data {
        Data::Int(_) => 0,
        Data::Word { width, .. } => width.bytes as u64,
        Data::Text { text, nul } => text.len() as u64 + u64::from(*nul),
        Data::Hex(bytes) => bytes.len() as u64,
        Data::Zeros(count) => *count,
        Data::Addr(_) => 8,
        Data::Pid(_) => 4,
        Data::List(pieces) => pieces.iter().fold(0, |sum, piece| sum.saturating_add(data_len(piece))),
    }
}

/// Length of a file of the scenario.
pub fn file_len(file: &SimFile) -> u64 {
    let contents = file.contents.as_ref().map_or(0, |data| data_len(data));
    contents.max(file.size.as_ref().map_or(0, |size| size.value))
}

/// How many forks lie between a task and one that is not forked; a circle of forks counts as few.
fn generation(scenario: &Scenario, task: &Task) -> u64 {
    const MOST: u64 = 16;
    let (mut name, mut count) = (task.name.value.clone(), 0);
    while count < MOST
        && let Some(child) = scenario.tasks.iter().find(|t| t.forked && t.name.value == name)
        && let Some(parent) = parent_of(scenario, child)
    {
        name = parent;
        count += 1;
    }
    count
}

fn place(task: &Task, base: u64, files: &[&SimFile]) -> Vec<Placed> {
    let mut placed: Vec<Placed> = Vec::new();
    for (index, region) in task.regions.iter().enumerate() {
        let contents = region.contents.as_ref().map_or(0, |data| data_len(data));
        let contents = contents.saturating_add(region.offset.as_ref().map_or(0, |offset| offset.value));
        let mapped = region.file.as_ref().and_then(|path| files.iter().find(|f| f.path.value == path.value));
        let needed = contents.max(mapped.map_or(0, |file| file_len(file))).div_ceil(PAGE_BYTES);
        let states = region.state.as_slice().len() as u64;
        let pages = region.pages.as_ref().map_or(needed.max(states).max(1), |pages| pages.value.max(1));
        let start = region.at.as_ref().map_or(0, |at| at.value.0);
        placed.push(Placed { index, name: region.name.value.clone(), start, pages });
    }
    let fixed = |p: &Placed| task.regions[p.index].at.is_some();
    let mut next = base;
    for at in 0..placed.len() {
        if fixed(&placed[at]) {
            continue;
        }
        let bytes = placed[at].pages.saturating_mul(PAGE_BYTES);
        // Skip what is placed by hand, keeping one page of distance.
        while let Some(other) = placed.iter().find(|p| {
            fixed(p)
                && p.start < next.saturating_add(bytes.saturating_add(PAGE_BYTES))
                && next < p.end().saturating_add(PAGE_BYTES)
        }) {
            next = other.end().saturating_add(PAGE_BYTES);
        }
        placed[at].start = next;
        next = next.saturating_add(bytes.saturating_add(PAGE_BYTES));
    }
    placed
}

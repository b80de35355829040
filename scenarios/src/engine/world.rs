//! Everything of one run: the kernel, the programs and tasks of the scenario in it, and what became of them so far.
//!
//! Key types: [`World`], [`Entry`] (one program as the scenario knows it), [`TaskState`].

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use hooks::{Kernel, LinkId, Target};
use programs::runtime::{LoadedProgram, MapHandle};
use sim::ids::{MmId, Pid, TaskId};
use sim::machine::Machine;

use super::objects::ObjectEntry;
use super::plan::{self, TaskPlan, Word};
use super::problem::Problems;
use super::uffd::UserfaultRegion;
use super::watch::Watch;
use super::{attach, globals, inline, machine, maps, memory, natives, objects};
use crate::diag::Diagnostic;
use crate::file::layout::{FIRST_PID, Layout};
use crate::file::{Names, Scenario};
use crate::result::{LoadResult, PacketResult, TaskResult};
use crate::run::Job;

/// A program of the scenario. Each attach point that the kernel fixes at load has a loaded copy.
pub(super) struct Entry {
    pub name: String,
    /// Index in the scenario's `[[program]]` list; `None` for native programs.
    pub index: Option<usize>,
    pub load: RefCell<LoadResult>,
    pub loaded: Vec<(Rc<LoadedProgram>, Vec<Target>)>,
    pub attach_at_start: bool,
    /// Attach points that are not modelled.
    pub silent: Vec<String>,
    /// Fires only for this task.
    pub only: Option<Pid>,
    pub links: RefCell<Vec<LinkId>>,
}

/// A task of the scenario.
#[derive(Default)]
pub(super) struct TaskState {
    pub pid: Pid,
    pub id: Cell<Option<TaskId>>,
    /// Address space made before the run; a forked task gets one at the fork.
    pub mm: Cell<Option<MmId>>,
    /// Address spaces that hold the task's scratch area.
    pub scratch_in: RefCell<Vec<MmId>>,
    pub saved: RefCell<BTreeMap<String, i64>>,
    /// Descriptors that steps named, by what they are of.
    pub descriptors: RefCell<BTreeMap<Word, u64>>,
    pub result: RefCell<TaskResult>,
}

/// One run.
pub(super) struct World {
    pub kernel: Kernel,
    pub scenario: Rc<Scenario>,
    pub layout: Layout,
    pub watch: Rc<Watch>,
    pub objects: Vec<ObjectEntry>,
    pub entries: Vec<Entry>,
    /// Maps by the names that steps use.
    pub maps: Vec<MapHandle>,
    pub plans: Vec<TaskPlan>,
    pub tasks: Vec<TaskState>,
    pub uffds: RefCell<Vec<UserfaultRegion>>,
    /// Frames of all packets, in file order.
    pub packets: Vec<super::packets::Frame>,
    pub packet_results: RefCell<Vec<PacketResult>>,
}

impl World {
    /// Builds the kernel of a job with everything in it.
    pub(super) fn build(job: &Job<'_>) -> Result<Rc<World>, Vec<Diagnostic>> {
        let mut problems = Problems::new(job.source);
        let scenario = Rc::new(job.scenario.clone());
        let layout = Layout::of(&scenario);
        let Some(kernel) = machine::build(job, &mut problems) else {
            return Err(problems.finish().expect_err("no kernel without a reason"));
        };
        check_pids(&scenario, kernel.machine(), &mut problems);
        super::interrupts::check(&scenario, &mut problems);
        let watch = Rc::new(Watch::default());
        let seen = watch.clone();
        kernel.machine().observe(move |m, event| seen.see(m, event));
        memory::add_files(&kernel, &scenario, &layout, &mut problems);
        let packets = super::packets::read(job, &layout, &mut problems);
        let mut objects = objects::read(job, &mut problems);
        inline::add(job, &mut objects, &mut problems);
        globals::set(&scenario, &layout, &mut objects, &mut problems);
        problems.finish()?;
        objects::create_maps(&kernel, &mut objects);
        let mut entries = objects::load(&kernel, &scenario, &objects, &layout, &mut problems);
        entries.extend(natives::load(&kernel, &scenario, &mut problems));
        let maps = maps::fill(&kernel, &scenario, &layout, &objects, &mut problems);
        let sizes = |name: &str| maps::shape(&maps, name);
        let plans = plan::plan(&scenario, &layout, &sizes, &mut problems);
        problems.finish()?;
        let tasks = tasks(&scenario, &layout);
        let world = Rc::new(World {
            kernel,
            scenario,
            layout,
            watch,
            objects,
            entries,
            maps,
            plans,
            tasks,
            uffds: RefCell::default(),
            packets,
            packet_results: RefCell::default(),
        });
        memory::build_all(&world, &mut problems);
        world.check_syscalls(&mut problems);
        problems.finish()?;
        attach::at_start(&world);
        Ok(world)
    }

    pub(super) fn machine(&self) -> &Machine {
        self.kernel.machine()
    }

    /// The entry of a program by its name in the scenario.
    pub(super) fn entry(&self, name: &str) -> Option<usize> {
        self.entries.iter().position(|entry| entry.name == name)
    }

    /// The map of a name; of several, the first.
    pub(super) fn map(&self, name: &str) -> Option<&MapHandle> {
        maps::find(&self.maps, name)
    }

    /// The index of a task by its name.
    pub(super) fn task(&self, name: &str) -> Option<usize> {
        self.scenario.tasks.iter().position(|task| task.name.value == name)
    }

    /// A step may only name system calls that the hooks have.
    fn check_syscalls(&self, problems: &mut Problems) {
        for task in &self.scenario.tasks {
            for step in &task.steps {
                if let crate::file::Step::Syscall(call) = &step.value
                    && !hooks::syscalls::table().any(|row| row.name == call.name.value)
                {
                    let message = format!("the system call `{}` is not modelled", call.name.value);
                    let code = crate::diag::catalogue::input::UNKNOWN_NAME;
                    problems.at(code, &call.name.span, message, "`sleepable support` lists those that are");
                }
            }
        }
    }
}

/// Pids of the scenario must be free; tasks that come into being later get higher ones.
fn check_pids(scenario: &Scenario, m: &Machine, problems: &mut Problems) {
    for pid in scenario.tasks.iter().filter_map(|task| task.pid.as_ref()) {
        if let Some(task) = m.find_task(Pid(pid.value)) {
            let message = format!("process id {} belongs to the kernel thread {}", pid.value, task.comm());
            problems.at(crate::diag::catalogue::input::DUPLICATE, &pid.span, message, "taken");
        }
    }
    let given = scenario.tasks.iter().filter_map(|task| Some(task.pid.as_ref()?.value));
    let automatic = FIRST_PID.saturating_add(scenario.tasks.len() as u32 * 2);
    m.number_pids_from(Pid(given.max().unwrap_or(0).max(automatic).saturating_add(1)));
}

fn tasks(scenario: &Scenario, layout: &Layout) -> Vec<TaskState> {
    let task = |task: &crate::file::Task| {
        let name = &task.name.value;
        let pid = Pid(layout.names(None).pid(name).expect("every task has a pid"));
        let result = TaskResult { name: name.clone(), pid: pid.0, ..TaskResult::default() };
        TaskState { pid, result: RefCell::new(result), ..TaskState::default() }
    };
    scenario.tasks.iter().map(|t| task(t)).collect()
}

//! The result of a run, from the machine and from what was watched.

use hooks::Target;
use hooks::reach::fires;
use sim::task::{Task, TaskState as SimState};

use super::world::{Entry, World};
use super::{globals, maps};
use crate::file::{Scenario, Step};
use crate::result::{ProgramResult, RunResult, TaskResult};
use crate::run::Job;

/// Everything that came out of a run that is over.
pub(super) fn result(world: &World, job: &Job<'_>) -> RunResult {
    let m = world.machine();
    // Maps first: reading them must not show up among the events.
    let (events, dropped_events) = (m.events().events().to_vec(), m.events().dropped());
    RunResult {
        kernel: job.kernel,
        seed: job.seed,
        schedule: m.schedule(),
        end_ns: m.now_ns(),
        cpus: job.scenario.cpus.value,
        events,
        dropped_events,
        findings: m.findings().clone(),
        programs: world
            .entries
            .iter()
            .enumerate()
            .map(|(index, entry)| program(world, job.scenario, index, entry))
            .collect(),
        tasks: world.tasks.iter().enumerate().map(|(index, _)| task(world, index)).collect(),
        maps: maps::results(world),
        globals: globals::results(world),
        printk: world.kernel.bpf().outputs().printk.iter().map(|line| line.text.to_string()).collect(),
        packets: world.packet_results.borrow().clone(),
    }
}

fn program(world: &World, scenario: &Scenario, index: usize, entry: &Entry) -> ProgramResult {
    ProgramResult {
        name: entry.name.clone(),
        index: entry.index,
        load: entry.load.borrow().clone(),
        runs: world.watch.runs(index),
        missed: entry.loaded.iter().map(|(program, _)| program.recursion_misses.get()).sum(),
        silent: silent(world, scenario, index, entry),
    }
}

/// The targets of a program without runs that neither simulated code nor a step passes through.
fn silent(world: &World, scenario: &Scenario, index: usize, entry: &Entry) -> Vec<String> {
    if !world.watch.runs(index).is_empty() || entry.loaded.is_empty() {
        return Vec::new();
    }
    if entry.links.borrow().is_empty() {
        return entry.silent.clone();
    }
    let called = |name: &str| {
        scenario.tasks.iter().flat_map(|task| &task.steps).any(|step| match &step.value {
            Step::Call(call) | Step::KernelCall(call) => call.name.value == name,
            _ => false,
        })
    };
    let passed = |target: &Target| match target {
        Target::Uprobe(name) | Target::Uretprobe(name) => called(name),
        Target::Fentry(name)
        | Target::Fexit(name)
        | Target::FmodRet(name)
        | Target::Kprobe(name)
        | Target::Kretprobe(name) => called(name) || fires(target),
        _ => fires(target),
    };
    let targets = entry.loaded.iter().flat_map(|(_, targets)| targets);
    let unpassed = targets.filter(|target| !passed(target)).map(ToString::to_string);
    entry.silent.iter().cloned().chain(unpassed).collect()
}

fn task(world: &World, index: usize) -> TaskResult {
    let state = &world.tasks[index];
    let result = state.result.borrow().clone();
    let Some(id) = state.id.get() else { return result };
    let task = world.machine().task(id);
    TaskResult {
        ended_ns: world.watch.ended_ns(task.pid),
        waiting_for: waiting_for(&task),
        minor_faults: task.min_flt.get(),
        major_faults: task.maj_flt.get(),
        blocked_ns: world.watch.blocked_ns(task.pid),
        ..result
    }
}

fn waiting_for(task: &Task) -> Option<String> {
    let blocked = task.state.get() == SimState::Blocked;
    task.wait.borrow().as_ref().filter(|_| blocked).map(|(reason, _)| reason.to_string())
}

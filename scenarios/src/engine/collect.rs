//! The result of a run, from the machine and from what was watched.

use sim::task::{Task, TaskState as SimState};

use super::world::{Entry, World};
use super::{globals, maps};
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
        end_ns: m.now_ns(),
        cpus: job.scenario.cpus.value,
        events,
        dropped_events,
        findings: m.findings().clone(),
        programs: world
            .entries
            .iter()
            .enumerate()
            .map(|(index, entry)| program(world, index, entry))
            .collect(),
        tasks: world.tasks.iter().enumerate().map(|(index, _)| task(world, index)).collect(),
        maps: maps::results(world),
        globals: globals::results(world),
        printk: world.kernel.bpf().outputs().printk.iter().map(|line| line.text.to_string()).collect(),
        packets: world.packet_results.borrow().clone(),
    }
}

fn program(world: &World, index: usize, entry: &Entry) -> ProgramResult {
    ProgramResult {
        name: entry.name.clone(),
        index: entry.index,
        load: entry.load.borrow().clone(),
        runs: world.watch.runs(index),
        missed: entry.loaded.iter().map(|(program, _)| program.recursion_misses.get()).sum(),
    }
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

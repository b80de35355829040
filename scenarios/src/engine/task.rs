//! Tasks: when they start, as whom, and that they end.

use std::rc::Rc;

use hooks::process::Process;
use sim::machine::Machine;
use sim::task::TaskSpec;

use super::memory;
use super::steps;
use super::world::World;

/// Starts every task that is not forked at its time.
pub(super) fn spawn_all(world: &Rc<World>) {
    for (index, task) in world.scenario.tasks.iter().enumerate().filter(|(_, task)| !task.forked) {
        match task.start.value.0 {
            0 => spawn(world, world.machine(), index),
            at_ns => {
                let inner = world.clone();
                world.machine().at(at_ns, move |m| spawn(&inner, m, index));
            }
        }
    }
}

fn spawn(world: &Rc<World>, m: &Machine, index: usize) {
    let task = &world.scenario.tasks[index];
    let state = &world.tasks[index];
    let spec = TaskSpec {
        pid: Some(state.pid),
        mm: state.mm.get(),
        uid: task.uid,
        gid: task.uid,
        affinity: affinity(world, index),
        ..TaskSpec::user(&task.name.value)
    };
    let inner = world.clone();
    let id = m.spawn(spec, async move {
        steps::run_all(&inner, index).await;
        inner.kernel.exit_notify().await;
    });
    state.id.set(Some(id));
    world.kernel.adopt(id, Process::new(&task.name.value));
}

/// The CPUs a task may use, a bit each.
pub(super) fn affinity(world: &World, index: usize) -> u64 {
    match world.scenario.tasks[index].cpu.as_slice() {
        [] => u64::MAX,
        cpus => cpus.iter().fold(0, |mask, cpu| mask | 1 << cpu.value),
    }
}

/// A `fork` step: the child runs the steps of task `child`. Returns what the parent gets.
pub(super) async fn fork(world: &Rc<World>, child: usize) -> i64 {
    let (state, inner) = (&world.tasks[child], world.clone());
    let name = world.scenario.tasks[child].name.value.clone();
    let mask = affinity(world, child);
    let adjust = |spec: TaskSpec| TaskSpec {
        pid: Some(state.pid),
        comm: name,
        affinity: if mask == u64::MAX { spec.affinity } else { mask },
        ..spec
    };
    let body = move |_| async move {
        let mm = inner.machine().current_task().mm.get().expect("a forked task has memory");
        inner.tasks[child].mm.set(Some(mm));
        // What does not fit is missing in the child, as after a failed mmap; the accesses to it say so.
        memory::add_regions(&inner, child, mm);
        memory::add_scratch(&inner, child, mm);
        steps::run_all(&inner, child).await;
    };
    match world.kernel.fork_as(adjust, body).await {
        Ok(id) => {
            state.id.set(Some(id));
            i64::from(state.pid.0)
        }
        Err(errno) => errno.ret(),
    }
}

//! Chained grace periods: memory that Tasks Trace readers and classic readers may hold.

use loom::thread;
use loom_models::{Bound, Memory, Seen, explore, grace_period};
use sim::rcu::{Chained, Classic, Engine, TasksTrace};
use std::sync::Arc;

struct World<E> {
    trace: TasksTrace<usize, E>,
    classic: Classic<usize>,
    chained: Chained<usize>,
    memory: Memory,
}

impl<E: Engine + Default> World<E> {
    fn new() -> Arc<World<E>> {
        let (trace, classic) = (TasksTrace::default(), Classic::new(1));
        Arc::new(World { chained: Chained::new(&trace, &classic), trace, classic, memory: Memory::new(1) })
    }

    fn update(&self, seen: &Seen) {
        self.memory.publish(None);
        self.chained.call(0);
        grace_period(&self.chained, seen).for_each(|object| self.memory.free(object));
    }
}

/// A reader of each kind.
pub fn chained<E: Engine + Default>(name: &str, bound: Bound) {
    explore(name, bound, &["alive", "gone", "waited"], |seen| {
        let world = World::<E>::new();
        let mut reader = world.trace.register();
        let task = thread::spawn({
            let (world, seen) = (Arc::clone(&world), Arc::clone(seen));
            move || {
                let _section = reader.enter();
                world.memory.read(&seen);
            }
        });
        let cpu = thread::spawn({
            let (world, seen) = (Arc::clone(&world), Arc::clone(seen));
            move || {
                let _section = world.classic.read(0);
                world.memory.read(&seen);
            }
        });
        world.update(seen);
        task.join().unwrap();
        cpu.join().unwrap();
    });
}

/// A reader finds the object in a Tasks Trace section and goes on using it in an overlapping classic section.
pub fn hand_over<E: Engine + Default>(name: &str, bound: Bound) {
    explore(name, bound, &["handed over", "gone", "waited"], |seen| {
        let world = World::<E>::new();
        let mut reader = world.trace.register();
        let task = thread::spawn({
            let (world, seen) = (Arc::clone(&world), Arc::clone(seen));
            move || {
                reader.lock();
                let found = world.memory.load();
                world.classic.read_lock(0);
                reader.unlock();
                match found {
                    Some(object) => {
                        world.memory.access(object);
                        seen.note("handed over");
                    }
                    None => seen.note("gone"),
                }
                world.classic.read_unlock(0);
            }
        });
        world.update(seen);
        task.join().unwrap();
    });
}

//! Chained grace periods: memory that Tasks Trace readers and classic readers may hold.

use loom::thread;
use loom_models::{Bound, Exact, Memory, Seen, explore, grace_period};
use sim::rcu::{Chained, Classic};
use std::sync::Arc;

struct World {
    trace: Exact,
    classic: Classic<usize>,
    chained: Chained<usize>,
    memory: Memory,
}

impl World {
    fn new() -> Arc<World> {
        let (trace, classic) = (Exact::default(), Classic::new(1));
        Arc::new(World { chained: Chained::new(&trace, &classic), trace, classic, memory: Memory::new(1) })
    }

    fn update(&self, seen: &Seen) {
        self.memory.publish(None);
        self.chained.call(0);
        grace_period(&self.chained, seen).for_each(|object| self.memory.free(object));
    }
}

/// A reader of each kind.
#[test]
fn chained() {
    explore("chained", Bound::Preemptions(4), &["alive", "gone", "waited"], |seen| {
        let world = World::new();
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
#[test]
fn hand_over() {
    explore("hand_over", Bound::Preemptions(6), &["handed over", "gone", "waited"], |seen| {
        let world = World::new();
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

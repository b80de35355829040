//! What a grace period promises a reader: whatever it found inside its section stays until it leaves.

use loom::thread;
use loom_models::{Bound, Exact, Memory, Seen, explore, grace_period};
use sim::rcu::{Classic, Notified, Reader, Slots};
use std::sync::Arc;

const READER_MEETS_UPDATER: &[&str] = &["alive", "gone", "waited"];

struct World {
    rcu: Exact,
    memory: Memory,
    seen: Arc<Seen>,
}

impl World {
    fn new(objects: usize, seen: &Arc<Seen>) -> Arc<World> {
        Arc::new(World { rcu: Exact::default(), memory: Memory::new(objects), seen: Arc::clone(seen) })
    }

    /// Publishes `new` and frees `old` after a grace period.
    fn replace(&self, old: usize, new: Option<usize>) {
        self.memory.publish(new);
        self.rcu.call(old);
        grace_period(&self.rcu, &self.seen).for_each(|object| self.memory.free(object));
    }
}

/// One reader task beside one update.
fn beside_an_update(name: &str, bound: Bound, body: fn(&World, Reader<Slots<Notified>>)) {
    explore(name, bound, READER_MEETS_UPDATER, move |seen| {
        let world = World::new(1, seen);
        let reader = world.rcu.register();
        let task = thread::spawn({
            let world = Arc::clone(&world);
            move || body(&world, reader)
        });
        world.replace(0, None);
        task.join().unwrap();
    });
}

/// A reader that began before the grace period sees the object alive, one that begins after it does not see it.
#[test]
fn basic() {
    beside_an_update("basic", Bound::None, |world, mut reader| {
        reader.lock();
        world.memory.read(&world.seen);
        reader.unlock();
    });
}

/// Leaving the inner section leaves the outer one open.
#[test]
fn nested() {
    beside_an_update("nested", Bound::None, |world, mut reader| {
        let mut outer = reader.enter();
        drop(outer.enter());
        world.memory.read(&world.seen);
    });
}

/// A task that exits inside a section does not hold up the grace period for ever.
#[test]
fn exit() {
    beside_an_update("exit", Bound::None, |world, mut reader| {
        reader.lock();
        world.memory.read(&world.seen);
    });
}

/// Two sections of one reader, two grace periods: the second section covers up nothing of the first.
#[test]
fn reenter() {
    explore("reenter", Bound::Preemptions(5), READER_MEETS_UPDATER, |seen| {
        let world = World::new(2, seen);
        let mut reader = world.rcu.register();
        let task = thread::spawn({
            let world = Arc::clone(&world);
            move || {
                for _ in 0..2 {
                    let _section = reader.enter();
                    world.memory.read(&world.seen);
                }
            }
        });
        world.replace(0, Some(1));
        world.replace(1, None);
        task.join().unwrap();
    });
}

/// A task blocks inside its section and goes on, still inside, on another thread.
#[test]
fn migrate() {
    explore("migrate", Bound::Preemptions(5), READER_MEETS_UPDATER, |seen| {
        let world = World::new(1, seen);
        let mut reader = world.rcu.register();
        let (blocked, resumed) = loom::sync::mpsc::channel();
        let before = thread::spawn({
            let world = Arc::clone(&world);
            move || {
                reader.lock();
                let found = world.memory.load();
                blocked.send((reader, found)).unwrap();
            }
        });
        let after = thread::spawn({
            let world = Arc::clone(&world);
            move || {
                let (mut reader, found) = resumed.recv().unwrap();
                match found {
                    Some(object) => {
                        world.memory.access(object);
                        world.seen.note("alive");
                    }
                    None => world.seen.note("gone"),
                }
                reader.unlock();
            }
        });
        world.replace(0, None);
        before.join().unwrap();
        after.join().unwrap();
    });
}

/// A task is born while a grace period runs.
#[test]
fn register() {
    explore("register", Bound::None, READER_MEETS_UPDATER, |seen| {
        let world = World::new(1, seen);
        let task = thread::spawn({
            let world = Arc::clone(&world);
            move || {
                let mut reader = world.rcu.register();
                let _section = reader.enter();
                world.memory.read(&world.seen);
            }
        });
        world.replace(0, None);
        task.join().unwrap();
    });
}

/// A task exits inside its section, and another one gets its slot at once.
#[test]
fn slot_reuse() {
    explore("slot_reuse", Bound::Preemptions(4), &["alive", "gone", "waited", "reused"], |seen| {
        let world = World::new(1, seen);
        let mut parent = world.rcu.register();
        let slot = parent.slot();
        let exiting = thread::spawn({
            let world = Arc::clone(&world);
            move || {
                parent.lock();
                world.memory.read(&world.seen);
            }
        });
        let born = thread::spawn({
            let world = Arc::clone(&world);
            move || {
                let mut child = world.rcu.register();
                if child.slot() == slot {
                    world.seen.note("reused");
                }
                let _section = child.enter();
                world.memory.read(&world.seen);
            }
        });
        world.replace(0, None);
        exiting.join().unwrap();
        born.join().unwrap();
    });
}

/// Classic RCU: the reader is a CPU.
#[test]
fn classic() {
    explore("classic", Bound::None, READER_MEETS_UPDATER, |seen| {
        let world = Arc::new((Classic::new(1), Memory::new(1)));
        let cpu = thread::spawn({
            let (world, seen) = (Arc::clone(&world), Arc::clone(seen));
            move || {
                let _section = world.0.read(0);
                world.1.read(&seen);
            }
        });
        let (rcu, memory) = &*world;
        memory.publish(None);
        rcu.call(0);
        grace_period(rcu, seen).for_each(|object| memory.free(object));
        cpu.join().unwrap();
    });
}

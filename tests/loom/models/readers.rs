//! What a grace period promises a reader: whatever it found inside its section stays until it leaves.

use loom::thread;
use loom_models::{Bound, Memory, READER_MEETS_UPDATER, World, block_on, explore, grace_period, wait_for};
use sim::rcu::{Classic, Engine, Reader};
use std::future::{Future, poll_fn};
use std::sync::Arc;
use std::task::Poll;

/// One reader task beside one update.
fn beside_an_update<E: Engine + Default>(name: &str, bound: Bound, body: fn(&World<E>, Reader<E>)) {
    explore(name, bound, READER_MEETS_UPDATER, move |seen| {
        let world = World::new(1, seen);
        let reader = world.rcu.register();
        let task = world.spawn(move |world| body(world, reader));
        world.replace(0, None);
        task.join().unwrap();
    });
}

/// A reader that began before the grace period sees the object alive, one that begins after it does not see it.
pub fn basic<E: Engine + Default>(name: &str, bound: Bound) {
    beside_an_update::<E>(name, bound, |world, mut reader| {
        reader.lock();
        world.memory.read(&world.seen);
        reader.unlock();
    });
}

/// Leaving the inner section leaves the outer one open.
pub fn nested<E: Engine + Default>(name: &str, bound: Bound) {
    beside_an_update::<E>(name, bound, |world, mut reader| {
        let mut outer = reader.enter();
        drop(outer.enter());
        world.memory.read(&world.seen);
    });
}

/// A task that exits inside a section does not hold up the grace period for ever.
pub fn exit<E: Engine + Default>(name: &str, bound: Bound) {
    beside_an_update::<E>(name, bound, |world, mut reader| {
        reader.lock();
        world.memory.read(&world.seen);
    });
}

/// Two sections of one reader, two grace periods: the second section covers up nothing of the first.
pub fn reenter<E: Engine + Default>(name: &str, bound: Bound) {
    explore(name, bound, READER_MEETS_UPDATER, |seen| {
        let world = World::<E>::new(2, seen);
        let mut reader = world.rcu.register();
        let task = world.spawn(move |world| {
            for _ in 0..2 {
                let _section = reader.enter();
                world.memory.read(&world.seen);
            }
        });
        world.replace(0, Some(1));
        world.replace(1, None);
        task.join().unwrap();
    });
}

/// Two tasks inside at once: the one that leaves says nothing about the one that stays.
pub fn two_readers<E: Engine + Default>(name: &str, bound: Bound) {
    explore(name, bound, READER_MEETS_UPDATER, |seen| {
        let world = World::<E>::new(1, seen);
        let tasks: [_; 2] = std::array::from_fn(|_| {
            let mut reader = world.rcu.register();
            world.spawn(move |world| {
                let _section = reader.enter();
                world.memory.read(&world.seen);
            })
        });
        world.replace(0, None);
        tasks.into_iter().for_each(|task| task.join().unwrap());
    });
}

/// A task blocks inside its section and goes on, still inside, on another thread.
pub fn migrate<E: Engine + Default>(name: &str, bound: Bound) {
    explore(name, bound, READER_MEETS_UPDATER, |seen| {
        let world = World::<E>::new(1, seen);
        let mut reader = world.rcu.register();
        let (blocked, resumed) = loom::sync::mpsc::channel();
        let before = world.spawn(move |world| {
            reader.lock();
            let found = world.memory.load();
            blocked.send((reader, found)).unwrap();
        });
        let after = world.spawn(move |world| {
            let (mut reader, found) = resumed.recv().unwrap();
            match found {
                Some(object) => {
                    world.memory.access(object);
                    world.seen.note("alive");
                }
                None => world.seen.note("gone"),
            }
            reader.unlock();
        });
        world.replace(0, None);
        before.join().unwrap();
        after.join().unwrap();
    });
}

/// A section that begins while the grace period waits is not waited for: it ends only after the grace period.
pub fn latecomer<E: Engine + Default>(name: &str, bound: Bound) {
    explore(name, bound, &["waited"], |seen| {
        let world = World::<E>::new(1, seen);
        let [mut early, mut late] = [world.rcu.register(), world.rcu.register()];
        early.lock();
        let mut grace_period = Box::pin(world.rcu.grace_period());
        let waits = block_on(poll_fn(|cx| Poll::Ready(grace_period.as_mut().poll(cx).is_pending())));
        assert!(waits, "ended while a reader was inside");
        late.lock();
        let task = world.spawn(move |_| early.unlock());
        drop(wait_for(grace_period, seen, "waited"));
        late.unlock();
        task.join().unwrap();
    });
}

/// A task is born while a grace period runs.
pub fn register<E: Engine + Default>(name: &str, bound: Bound) {
    explore(name, bound, READER_MEETS_UPDATER, |seen| {
        let world = World::<E>::new(1, seen);
        let task = world.spawn(|world| {
            let mut reader = world.rcu.register();
            let _section = reader.enter();
            world.memory.read(&world.seen);
        });
        world.replace(0, None);
        task.join().unwrap();
    });
}

/// A task exits inside its section, and another one gets its slot at once.
pub fn slot_reuse<E: Engine + Default>(name: &str, bound: Bound) {
    explore(name, bound, &["alive", "gone", "waited", "reused"], |seen| {
        let world = World::<E>::new(1, seen);
        let mut parent = world.rcu.register();
        let slot = parent.slot();
        let exiting = world.spawn(move |world| {
            parent.lock();
            world.memory.read(&world.seen);
        });
        let born = world.spawn(move |world| {
            let mut child = world.rcu.register();
            if child.slot() == slot {
                world.seen.note("reused");
            }
            let _section = child.enter();
            world.memory.read(&world.seen);
        });
        world.replace(0, None);
        exiting.join().unwrap();
        born.join().unwrap();
    });
}

/// Classic RCU: the reader is a CPU.
#[test]
fn classic() {
    explore("readers::classic", Bound::All, READER_MEETS_UPDATER, |seen| {
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

//! Waiting without a callback: `synchronize`, cookies and the wakers behind them, neither lost nor early.

use loom::thread;
use loom_models::{Bound, Memory, World, block_on, explore, grace_period, wait_for};
use sim::rcu::{Classic, Engine};
use std::sync::Arc;

/// A driver asleep without work, an updater asleep in `synchronize`: each wakes the other.
pub fn wakers<E: Engine + Default>(name: &str, bound: Bound) {
    explore(name, bound, &["driver slept", "updater slept"], |seen| {
        let world = World::<E>::new(1, seen);
        let updater = world.spawn(|world| {
            wait_for(world.rcu.synchronize(), &world.seen, "updater slept");
            assert_eq!(world.rcu.gp_seq(), 1, "synchronize ended without a grace period");
        });
        wait_for(world.rcu.work(), seen, "driver slept");
        drop(block_on(world.rcu.grace_period()));
        updater.join().unwrap();
    });
}

/// A reader, an updater that awaits `synchronize` and frees, a driver of its own: the update of a user of the library.
pub fn synchronize<E: Engine + Default>(name: &str, bound: Bound) {
    explore(name, bound, &["alive", "gone", "waited", "updater slept"], |seen| {
        let world = World::<E>::new(1, seen);
        let mut reader = world.rcu.register();
        let task = world.spawn(move |world| {
            let _section = reader.enter();
            world.memory.read(&world.seen);
        });
        let driver = world.spawn(|world| {
            block_on(world.rcu.work());
            drop(grace_period(&world.rcu, &world.seen));
        });
        world.memory.publish(None);
        wait_for(world.rcu.synchronize(), seen, "updater slept");
        world.memory.free(0);
        task.join().unwrap();
        driver.join().unwrap();
    });
}

/// An updater takes a cookie, looks at it once, and waits for the rest.
pub fn cookie<E: Engine + Default>(name: &str, bound: Bound) {
    explore(name, bound, &["alive", "gone", "over at once", "not yet"], |seen| {
        let world = World::<E>::new(1, seen);
        let mut reader = world.rcu.register();
        let task = world.spawn(move |world| {
            let _section = reader.enter();
            world.memory.read(&world.seen);
        });
        let driver = world.spawn(|world| {
            block_on(world.rcu.work());
            drop(block_on(world.rcu.grace_period()));
        });
        world.memory.publish(None);
        let cookie = world.rcu.request_poll();
        if world.rcu.poll(cookie) {
            seen.note("over at once");
        } else {
            seen.note("not yet");
            block_on(world.rcu.wait(cookie));
        }
        world.memory.free(0);
        task.join().unwrap();
        driver.join().unwrap();
    });
}

/// Two updaters that drive their own grace periods share one if they can, and neither waits for the other's readers for ever.
#[test]
fn expedited() {
    explore("requests::expedited", Bound::Preemptions(3), &["alive", "gone", "shared", "one each"], |seen| {
        let world = Arc::new((Classic::<usize>::new(1), Memory::new(1)));
        let cpu = thread::spawn({
            let (world, seen) = (Arc::clone(&world), Arc::clone(seen));
            move || {
                let _section = world.0.read(0);
                world.1.read(&seen);
            }
        });
        let other = thread::spawn({
            let world = Arc::clone(&world);
            move || block_on(world.0.synchronize_expedited())
        });
        let (rcu, memory) = &*world;
        memory.publish(None);
        block_on(rcu.synchronize_expedited());
        memory.free(0);
        cpu.join().unwrap();
        other.join().unwrap();
        seen.note(if rcu.gp_seq() == 1 { "shared" } else { "one each" });
    });
}

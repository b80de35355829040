//! What updaters are promised: no callback before its own grace period, no barrier before the callbacks, no lost wake-up.

use loom::thread;
use loom_models::{Bound, Exact, Memory, block_on, explore, grace_period, wait_for};

use std::sync::Arc;

/// Two updaters and a reader. The second updater's callback may come while the first one's grace period runs, and must then
/// wait for the next.
#[test]
fn two_updaters() {
    let events = &["alive", "gone", "waited", "late"];
    explore("two_updaters", Bound::Preemptions(4), events, |seen| {
        let world = Arc::new((Exact::default(), Memory::new(2)));
        let mut reader = world.0.register();
        let task = thread::spawn({
            let (world, seen) = (Arc::clone(&world), Arc::clone(seen));
            move || {
                let _section = reader.enter();
                world.1.read(&seen);
            }
        });
        let other_updater = thread::spawn({
            let world = Arc::clone(&world);
            move || {
                world.1.publish(None);
                world.0.call(0);
            }
        });
        let (rcu, memory) = &*world;
        rcu.call(1); // an object that no reader can find
        grace_period(rcu, seen).for_each(|object| memory.free(object));
        other_updater.join().unwrap();
        for object in grace_period(rcu, seen) {
            seen.note("late");
            memory.free(object);
        }
        memory.recycle(0);
        task.join().unwrap();
    });
}

/// `barrier` ends only when callbacks queued before it have been invoked, also when their grace period was already running.
#[test]
fn barrier() {
    explore("barrier", Bound::None, &["queued", "in flight", "nothing to wait for"], |seen| {
        let world = Arc::new((Exact::default(), Memory::new(1)));
        let updater = thread::spawn({
            let (world, seen) = (Arc::clone(&world), Arc::clone(seen));
            move || {
                let (rcu, memory) = &*world;
                rcu.call(0);
                let barrier = rcu.barrier();
                let state = match (barrier.is_over(), rcu.pending()) {
                    (true, _) => "nothing to wait for",
                    (false, 0) => "in flight",
                    (false, _) => "queued",
                };
                seen.note(state);
                block_on(barrier);
                memory.recycle(0);
            }
        });
        let (rcu, memory) = &*world;
        block_on(rcu.work());
        for object in block_on(rcu.grace_period()) {
            memory.free(object);
        }
        updater.join().unwrap();
    });
}

/// A driver asleep without work, an updater asleep in `synchronize`: each wakes the other.
#[test]
fn wakers() {
    explore("wakers", Bound::None, &["driver slept", "updater slept"], |seen| {
        let rcu = Arc::new(Exact::default());
        let updater = thread::spawn({
            let (rcu, seen) = (Arc::clone(&rcu), Arc::clone(seen));
            move || {
                wait_for(rcu.synchronize(), &seen, "updater slept");
                assert_eq!(rcu.gp_seq(), 1, "synchronize ended without a grace period");
            }
        });
        wait_for(rcu.work(), seen, "driver slept");
        drop(block_on(rcu.grace_period()));
        updater.join().unwrap();
    });
}

//! What updaters are promised: no callback before its own grace period, every callback once, no barrier before the callbacks.

use loom_models::{Bound, World, block_on, explore, grace_period};
use sim::rcu::Engine;

/// Two updaters and a reader. The second updater's callback may come while the first one's grace period runs, and must then
/// wait for the next.
pub fn two_updaters<E: Engine + Default>(name: &str, bound: Bound) {
    explore(name, bound, &["alive", "gone", "waited", "late"], |seen| {
        let world = World::<E>::new(2, seen);
        let mut reader = world.rcu.register();
        let task = world.spawn(move |world| {
            let _section = reader.enter();
            world.memory.read(&world.seen);
        });
        let other_updater = world.spawn(|world| {
            world.memory.publish(None);
            world.rcu.call(0);
        });
        world.rcu.call(1); // an object that no reader can find
        world.free_ready();
        other_updater.join().unwrap();
        for object in grace_period(&world.rcu, seen) {
            seen.note("late");
            world.memory.free(object);
        }
        world.memory.recycle(0);
        task.join().unwrap();
    });
}

/// Three updaters, one of them the driver, and a reader. Requests that come together share a grace period.
pub fn three_updaters<E: Engine + Default>(name: &str, bound: Bound) {
    explore(name, bound, &["alive", "gone", "shared", "alone"], |seen| {
        let world = World::<E>::new(3, seen);
        let mut reader = world.rcu.register();
        let task = world.spawn(move |world| {
            let _section = reader.enter();
            world.memory.read(&world.seen);
        });
        let unpublisher = world.spawn(|world| {
            world.memory.publish(None);
            world.rcu.call(0);
        });
        let bystander = world.spawn(|world| world.rcu.call(1));
        world.rcu.call(2);
        let mut freed = 0;
        while freed < 3 {
            block_on(world.rcu.work());
            let ready = block_on(world.rcu.grace_period());
            world.seen.note(if ready.len() > 1 { "shared" } else { "alone" });
            freed += ready.map(|object| world.memory.free(object)).count();
        }
        task.join().unwrap();
        unpublisher.join().unwrap();
        bystander.join().unwrap();
    });
}

/// The list of callbacks while two threads append to it and a driver empties it: each comes once, in its caller's order.
pub fn enqueue<E: Engine + Default>(name: &str, bound: Bound) {
    explore(name, bound, &["one batch", "several batches"], |seen| {
        let world = World::<E>::new(4, seen);
        let callers: [_; 2] = std::array::from_fn(|caller| {
            world.spawn(move |world| {
                world.rcu.call(2 * caller);
                world.rcu.call(2 * caller + 1);
            })
        });
        let (mut order, mut batches) = (Vec::new(), 0);
        while order.len() < 4 {
            block_on(world.rcu.work());
            for object in block_on(world.rcu.grace_period()) {
                world.memory.free(object);
                order.push(object);
            }
            batches += 1;
        }
        seen.note(if batches == 1 { "one batch" } else { "several batches" });
        let place = |object| order.iter().position(|done| *done == object);
        assert!(place(0) < place(1) && place(2) < place(3), "callbacks out of order: {order:?}");
        callers.into_iter().for_each(|caller| caller.join().unwrap());
    });
}

/// `barrier` ends only when callbacks queued before it have been invoked, also when their grace period was already running.
pub fn barrier<E: Engine + Default>(name: &str, bound: Bound) {
    explore(name, bound, &["queued", "in flight", "nothing to wait for"], |seen| {
        let world = World::<E>::new(1, seen);
        let updater = world.spawn(|world| {
            let rcu = &world.rcu;
            rcu.call(0);
            let barrier = rcu.barrier();
            let state = match (barrier.is_over(), rcu.pending()) {
                (true, _) => "nothing to wait for",
                (false, 0) => "in flight",
                (false, _) => "queued",
            };
            world.seen.note(state);
            block_on(barrier);
            world.memory.recycle(0);
        });
        block_on(world.rcu.work());
        for object in block_on(world.rcu.grace_period()) {
            world.memory.free(object);
        }
        updater.join().unwrap();
    });
}

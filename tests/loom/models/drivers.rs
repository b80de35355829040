//! Drivers that get in each other's way: two at once, and one that gives up half-way.

use loom_models::{Bound, World, block_on, explore, grace_period};
use sim::rcu::Engine;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;

/// An updater waits in `synchronize` and drives a grace period itself, while another driver runs one.
pub fn two_drivers<E: Engine + Default>(name: &str, bound: Bound) {
    explore(name, bound, &["alive", "gone", "waited", "other driver was first"], |seen| {
        let world = World::<E>::new(1, seen);
        let mut reader = world.rcu.register();
        let task = world.spawn(move |world| {
            let _section = reader.enter();
            world.memory.read(&world.seen);
        });
        let other_driver = world.spawn(|world| drop(grace_period(&world.rcu, &world.seen)));
        world.memory.publish(None);
        let mut done = world.rcu.synchronize();
        let mut own = Box::pin(world.rcu.grace_period());
        let mut own_ended = false;
        block_on(poll_fn(|cx| {
            if !own_ended {
                own_ended = own.as_mut().poll(cx).is_ready();
            }
            Pin::new(&mut done).poll(cx)
        }));
        if !own_ended {
            seen.note("other driver was first");
        }
        world.memory.free(0);
        drop(own);
        task.join().unwrap();
        other_driver.join().unwrap();
    });
}

/// A grace period is dropped while it waits. The next one waits for the same readers and its callback comes once.
pub fn cancel<E: Engine + Default>(name: &str, bound: Bound) {
    explore(name, bound, &["alive", "gone", "waited", "cancelled"], |seen| {
        let world = World::<E>::new(1, seen);
        let mut reader = world.rcu.register();
        let task = world.spawn(move |world| {
            let _section = reader.enter();
            world.memory.read(&world.seen);
        });
        world.memory.publish(None);
        world.rcu.call(0);
        let first = {
            let mut running = pin!(world.rcu.grace_period());
            block_on(poll_fn(|cx| Poll::Ready(running.as_mut().poll(cx).is_ready())))
        };
        if !first {
            seen.note("cancelled");
        }
        // Either way the callback is back in the queue: the first Ready, if any, was dropped unused.
        world.free_ready();
        world.memory.recycle(0);
        task.join().unwrap();
    });
}

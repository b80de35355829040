//! Drivers that get in each other's way: two at once, and one that gives up half-way.

use loom::thread;
use loom_models::{Bound, Exact, Memory, block_on, explore, grace_period};

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

/// An updater waits in `synchronize` and drives a grace period itself, while another driver runs one.
#[test]
fn two_drivers() {
    let events = &["alive", "gone", "waited", "other driver was first"];
    explore("two_drivers", Bound::Preemptions(3), events, |seen| {
        let world = Arc::new((Exact::default(), Memory::new(1)));
        let mut reader = world.0.register();
        let task = thread::spawn({
            let (world, seen) = (Arc::clone(&world), Arc::clone(seen));
            move || {
                let _section = reader.enter();
                world.1.read(&seen);
            }
        });
        let other_driver = thread::spawn({
            let (world, seen) = (Arc::clone(&world), Arc::clone(seen));
            move || drop(grace_period(&world.0, &seen))
        });
        let (rcu, memory) = &*world;
        memory.publish(None);
        let mut done = rcu.synchronize();
        let mut own = Box::pin(rcu.grace_period());
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
        memory.free(0);
        drop(own);
        task.join().unwrap();
        other_driver.join().unwrap();
    });
}

/// A grace period is dropped while it waits. The next one waits for the same readers and its callback comes once.
#[test]
fn cancel() {
    explore("cancel", Bound::None, &["alive", "gone", "waited", "cancelled"], |seen| {
        let world = Arc::new((Exact::default(), Memory::new(1)));
        let mut reader = world.0.register();
        let task = thread::spawn({
            let (world, seen) = (Arc::clone(&world), Arc::clone(seen));
            move || {
                let _section = reader.enter();
                world.1.read(&seen);
            }
        });
        let (rcu, memory) = &*world;
        memory.publish(None);
        rcu.call(0);
        let first = {
            let mut running = pin!(rcu.grace_period());
            block_on(poll_fn(|cx| Poll::Ready(running.as_mut().poll(cx).is_ready())))
        };
        if !first {
            seen.note("cancelled");
        }
        // Either way the callback is back in the queue: the first Ready, if any, was dropped unused.
        grace_period(rcu, seen).for_each(|object| memory.free(object));
        memory.recycle(0);
        task.join().unwrap();
    });
}

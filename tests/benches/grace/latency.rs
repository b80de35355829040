//! How long a grace period takes as registered readers grow in number, 1,000 of them inside.
//!
//! The readers inside leave when the driver has looked at everybody and finds that it must wait; the time is that of looking, of
//! their leaving, and of noticing.

use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Instant;

use sim::rcu::{Counters, Engine, Notified, Polled, Slots, TasksTrace};

use crate::rounds::{Spread, block_on, pin_to, rounds};

const ACTIVE: usize = 1_000;

fn measure<E: Engine>(engine: E, registered: usize, active: usize) -> Spread {
    let rcu = TasksTrace::<(), E>::over(engine);
    let mut readers: Vec<_> = (0..registered).map(|_| rcu.register()).collect();
    let step = registered / active.max(1);
    let samples = (0..rounds(51)).map(|_| {
        readers.iter_mut().step_by(step).take(active).for_each(|reader| reader.lock());
        let since = Instant::now();
        rcu.call(());
        {
            let mut running = pin!(rcu.grace_period());
            let over = running.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            assert_eq!(over.is_ready(), active == 0, "somebody is inside, or nobody is");
            readers.iter_mut().step_by(step).take(active).for_each(|reader| reader.unlock());
            if over.is_pending() {
                block_on(running).for_each(drop);
            }
        }
        since.elapsed().as_nanos() as f64 / 1e3
    });
    Spread::of(samples.collect())
}

pub fn report() {
    pin_to(0);
    println!("\n| grace period, us, registered readers | nobody inside | 1,000 inside |\n|---|---|---|");
    for registered in [1_000, 10_000, 100_000, 1_000_000] {
        let row = |name: &str, idle: Spread, active: Spread| {
            println!("| {registered}, {name} | {} | {} |", idle.text(1), active.text(1));
        };
        let polled = |active| measure(Slots::<Polled>::default(), registered, active);
        let notified = |active| measure(Slots::<Notified>::default(), registered, active);
        let counters = |active| measure(Counters::default(), registered, active);
        row("default (polled)", polled(0), polled(ACTIVE));
        row("notified", notified(0), notified(ACTIVE));
        row("counters", counters(0), counters(ACTIVE));
    }
}

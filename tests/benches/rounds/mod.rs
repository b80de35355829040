//! Measuring side by side: every scheme in every round, threads pinned to CPUs of their own, and the minimum, tenth percentile
//! and median of the rounds. Shared by the benches of concurrent structures.

use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::sync::Barrier;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use rustix::thread::{CpuSet, sched_setaffinity};

/// A thing to measure: threads and operations in, nanoseconds per operation out.
pub struct Scheme<'a> {
    name: &'a str,
    sample: Box<dyn FnMut(usize, u64) -> f64 + 'a>,
}

impl<'a> Scheme<'a> {
    pub fn new(name: &'a str, sample: impl FnMut(usize, u64) -> f64 + 'a) -> Scheme<'a> {
        Scheme { name, sample: Box::new(sample) }
    }
}

/// Minimum, tenth percentile and median.
#[derive(Clone, Copy)]
pub struct Spread([f64; 3]);

impl Spread {
    pub fn of(mut samples: Vec<f64>) -> Spread {
        samples.sort_by(f64::total_cmp);
        let at = |part: usize| samples[(samples.len() - 1) * part / 10];
        Spread([at(0), at(1), at(5)])
    }

    pub fn min(&self) -> f64 {
        self.0[0]
    }

    pub fn text(&self, digits: usize) -> String {
        self.0.map(|value| format!("{value:.digits$}")).join(" / ")
    }
}

/// Rounds to run: `SLEEPABLE_BENCH_ROUNDS`, or as many as this bench likes.
pub fn rounds(usual: usize) -> usize {
    std::env::var("SLEEPABLE_BENCH_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// Runs all schemes at 1 and 2 threads and prints a row for each: `min / p10 / median`, and the ratio of its minimum to that of
/// the scheme called `reference`.
pub fn table(title: &str, schemes: &mut [Scheme<'_>], reference: &str, usual_rounds: usize, ops: u64) {
    let mut spreads: Vec<Vec<Spread>> = vec![Vec::new(); schemes.len()];
    for threads in [1, 2] {
        let mut samples: Vec<Vec<f64>> = vec![Vec::new(); schemes.len()];
        for _ in 0..rounds(usual_rounds) {
            for (scheme, samples) in schemes.iter_mut().zip(&mut samples) {
                samples.push((scheme.sample)(threads, ops));
            }
        }
        spreads.iter_mut().zip(samples).for_each(|(all, samples)| all.push(Spread::of(samples)));
    }
    let one = schemes.iter().position(|scheme| scheme.name == reference).expect("the reference is measured");
    println!("\n| {title} | 1 thread | times | 2 threads | times |\n|---|---|---|---|---|");
    for (scheme, spread) in schemes.iter().zip(&spreads) {
        let ratio = |at: usize| spread[at].min() / spreads[one][at].min();
        let (single, double) = (spread[0].text(2), spread[1].text(2));
        println!("| {} | {single} | {:.2} | {double} | {:.2} |", scheme.name, ratio(0), ratio(1));
    }
}

/// Keeps the calling thread on one CPU. Without effect where that is not allowed.
pub fn pin_to(cpu: usize) {
    let mut set = CpuSet::new();
    set.set(cpu);
    _ = sched_setaffinity(None, &set);
}

/// Nanoseconds per operation of `threads` threads that start together, each on its CPU. `make` gives each thread its loop.
pub fn timed<W: FnMut(u64)>(threads: usize, ops: u64, make: impl Fn(usize) -> W + Sync) -> f64 {
    let start = Barrier::new(threads);
    let (start, make) = (&start, &make);
    let total: f64 = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|cpu| {
                scope.spawn(move || {
                    pin_to(cpu);
                    let mut run = make(cpu);
                    run(ops / 4 + 1);
                    start.wait();
                    let since = Instant::now();
                    run(black_box(ops));
                    since.elapsed().as_nanos() as f64
                })
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().expect("no panic")).sum()
    });
    total / (threads as f64 * ops as f64)
}

/// Polls until it is ready.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(output) => return output,
            Poll::Pending => std::hint::spin_loop(),
        }
    }
}

//! Retiring and reclaiming with crates whose interface is unsafe. Reads `WHAT THREADS OPS` lines, answers each with nanoseconds per
//! object: 64 bytes, allocated, retired, and reclaimed unless it is among the last few. haphazard retires what is exchanged.

use std::io::BufRead;
use std::sync::{Barrier, LazyLock};
use std::time::Instant;

type Object = [u64; 8];

fn crossbeam(ops: u64) {
    for n in 0..ops {
        let guard = crossbeam_epoch::pin();
        let object = crossbeam_epoch::Owned::new([n; 8]).into_shared(&guard);
        // SAFETY: nobody else has it.
        unsafe { guard.defer_destroy::<Object>(object) };
    }
    crossbeam_epoch::pin().flush();
}

fn seize(collector: &seize::Collector, ops: u64) {
    for n in 0..ops {
        // SAFETY: nobody else has it, and it comes from a box.
        unsafe { collector.retire::<Object>(Box::into_raw(Box::new([n; 8])), seize::reclaim::boxed) };
    }
}

fn haphazard(slot: &haphazard::AtomicPtr<Object>, ops: u64) {
    for n in 0..ops {
        let old = slot.swap(Box::new([n; 8])).expect("never empty");
        // SAFETY: the exchange made it unreachable, and only this thread got it.
        unsafe { old.retire() };
    }
    haphazard::Domain::global().eager_reclaim();
}

/// Each thread has a slot of its own; what retires is shared.
fn timed(threads: usize, ops: u64, run: impl Fn(u64) + Sync) -> f64 {
    let start = Barrier::new(threads);
    let (start, run) = (&start, &run);
    let total: f64 = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|cpu| {
                scope.spawn(move || {
                    let mut set = rustix::thread::CpuSet::new();
                    set.set(cpu);
                    _ = rustix::thread::sched_setaffinity(None, &set);
                    run(ops / 50 + 1);
                    start.wait();
                    let since = Instant::now();
                    run(ops);
                    since.elapsed().as_nanos() as f64
                })
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().expect("no panic")).sum()
    });
    total / (threads as f64 * ops as f64)
}

static COLLECTOR: LazyLock<seize::Collector> = LazyLock::new(seize::Collector::new);

fn sample(what: &str, threads: usize, ops: u64) -> f64 {
    match what {
        "crossbeam" => timed(threads, ops, crossbeam),
        "seize" => timed(threads, ops, |ops| seize(&COLLECTOR, ops)),
        "haphazard" => timed(threads, ops, |ops| {
            let slot = haphazard::AtomicPtr::from(Box::new([0; 8]));
            haphazard(&slot, ops);
        }),
        _ => panic!("no peer called {what:?}"),
    }
}

fn main() {
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [what, threads, ops] = words[..] else { panic!("not a request: {line:?}") };
        let number = |text: &str| text.parse().unwrap_or_else(|_| panic!("not a number: {text:?}"));
        println!("{}", sample(what, number(threads) as usize, number(ops)));
    }
}

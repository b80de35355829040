//! Real threads: readers, updaters and a driver on objects that must not be dead while a reader holds them.
//!
//! Half a second per engine; `SIM_RCU_STRESS_SECONDS=60 cargo test -p sim --release rcu::tests::torture` for long runs.
#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "a stress runs on the wall clock, by hand for minutes"
)]

use super::*;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// Runs a future on this thread.
fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(std::thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => std::thread::park(),
        }
    }
}

fn run_time() -> Duration {
    let seconds =
        std::env::var("SIM_RCU_STRESS_SECONDS").map(|text| text.parse().expect("a number of seconds"));
    seconds.map_or(Duration::from_millis(500), Duration::from_secs)
}

const OBJECTS: usize = 64;

/// Objects that updaters publish and retire by `call`, and that a driver recycles. A reader must never see a dead one.
struct Arena {
    published: AtomicUsize,
    alive: [AtomicBool; OBJECTS],
    reads: AtomicU64,
    retired: AtomicU64,
    freed: AtomicU64,
    done: AtomicBool,
    end: Instant,
}

impl Arena {
    fn new() -> Arena {
        let arena = Arena {
            published: AtomicUsize::new(0),
            alive: std::array::from_fn(|_| AtomicBool::new(false)),
            reads: AtomicU64::new(0),
            retired: AtomicU64::new(0),
            freed: AtomicU64::new(0),
            done: AtomicBool::new(false),
            end: Instant::now() + run_time(),
        };
        arena.alive[0].store(true, Ordering::Relaxed);
        arena
    }

    /// Takes the object out of the shared pointer and looks at it several times.
    fn read(&self) {
        let object = self.published.load(Ordering::Acquire);
        for _ in 0..3 {
            assert!(self.alive[object].load(Ordering::Relaxed), "object {object} was freed under a reader");
        }
        self.reads.fetch_add(1, Ordering::Relaxed);
    }

    fn update(&self, retire: &Domain<usize>) {
        while Instant::now() < self.end {
            let claim =
                |alive: &AtomicBool| !alive.load(Ordering::Acquire) && !alive.swap(true, Ordering::AcqRel);
            let Some(next) = self.alive.iter().position(claim) else {
                block_on(retire.barrier());
                continue;
            };
            retire.call(self.published.swap(next, Ordering::AcqRel));
            if self.retired.fetch_add(1, Ordering::Relaxed).is_multiple_of(64) {
                block_on(retire.wait(retire.request_poll()));
            }
        }
    }

    fn drive(&self, domain: &Domain<usize>) {
        while !self.done.load(Ordering::Acquire) || domain.pending() > 0 {
            block_on(domain.work());
            let pace = async |look: u32| match look {
                0..10 => std::hint::spin_loop(),
                10..100 => std::thread::yield_now(),
                _ => std::thread::sleep(Duration::from_micros(50)),
            };
            for object in block_on(domain.grace_period_paced(pace)).filter(|&object| object != usize::MAX) {
                let was_alive = self.alive[object].swap(false, Ordering::AcqRel);
                assert!(was_alive, "object {object} was freed twice");
                self.freed.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    fn torture(&self, domain: &Domain<usize>, readers: &[&(dyn Fn() + Sync)]) {
        std::thread::scope(|scope| {
            for read in readers {
                scope.spawn(move || {
                    while !self.done.load(Ordering::Acquire) {
                        read();
                    }
                });
            }
            scope.spawn(|| self.drive(domain));
            let updaters = [(); 2].map(|()| scope.spawn(|| self.update(domain)));
            updaters.into_iter().for_each(|updater| updater.join().expect("the updater's assertions hold"));
            block_on(domain.synchronize());
            block_on(domain.barrier());
            self.done.store(true, Ordering::Release);
            domain.call(usize::MAX); // wakes the driver for the last time
        });
        let [retired, freed] = [&self.retired, &self.freed].map(|count| count.load(Ordering::Relaxed));
        assert!(retired == freed && retired > 0, "{retired} retired, {freed} freed");
        assert_eq!(self.alive.iter().filter(|alive| alive.load(Ordering::Relaxed)).count(), 1);
        assert!(self.reads.load(Ordering::Relaxed) > 0);
    }
}

/// Readers that nest, exit at any time, and finish their sections on another thread.
fn torture_tasks<E: Engine>(rcu: TasksTrace<usize, E>) {
    let arena = Arena::new();
    let (send, receive) = mpsc::sync_channel::<(Reader<E>, usize)>(4);
    let receive = std::sync::Mutex::new(receive);
    let stays = || {
        let mut reader = rcu.register();
        for _ in 0..100 {
            let mut section = reader.enter();
            arena.read();
            drop(section.enter());
            arena.read();
        }
    };
    let starts = || {
        let mut reader = rcu.register();
        reader.lock();
        let found = arena.published.load(Ordering::Acquire);
        // Full: this task exits inside its section.
        _ = send.try_send((reader, found));
    };
    let resumes = || {
        if let Ok((mut reader, found)) = receive.lock().expect("no panic").try_recv() {
            assert!(
                arena.alive[found].load(Ordering::Relaxed),
                "object {found} was freed under a blocked reader"
            );
            reader.unlock();
        }
    };
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        // Sections left in the channel would hold up the last grace period.
        scope.spawn(|| {
            while !over.load(Ordering::Acquire) {
                resumes();
                std::thread::yield_now();
            }
        });
        arena.torture(&rcu, &[&stays, &starts, &resumes]);
        over.store(true, Ordering::Release);
    });
}

#[test]
fn torture_notified() {
    torture_tasks(Exact::default());
}

#[test]
fn torture_polled() {
    torture_tasks(TasksTrace::new());
}

#[test]
fn torture_counters() {
    torture_tasks(TasksTrace::<usize, Counters>::default());
}

#[cfg(all(target_os = "linux", feature = "membarrier"))]
#[test]
fn torture_membarrier() {
    if let Some(permit) = Membarrier::register() {
        torture_tasks(TasksTrace::over(Slots::with_membarrier(permit)));
    }
}

#[test]
fn torture_classic() {
    let (arena, rcu) = (Arena::new(), Classic::new(2));
    let on = |cpu: usize| {
        let _section = rcu.read(cpu);
        arena.read();
    };
    arena.torture(&rcu, &[&|| on(0), &|| on(1)]);
}

#[test]
fn torture_chained() {
    let (arena, trace, classic) = (Arena::new(), Exact::<u8>::default(), Classic::<u8>::new(1));
    let chained = Chained::new(&trace, &classic);
    let blocking = || {
        let mut reader = trace.register();
        let _section = reader.enter();
        arena.read();
    };
    let atomic = || {
        let _section = classic.read(0);
        arena.read();
    };
    arena.torture(&chained, &[&blocking, &atomic]);
}

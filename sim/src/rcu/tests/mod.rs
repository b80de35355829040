//! The engines on one thread, polled by hand; against an oracle that sees everything (`oracle`); on real threads (`torture`).
//! Interleavings are `tests/loom`'s work.

mod engines;
mod oracle;
mod torture;

use super::*;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

/// The engine whose driver is woken.
type Exact<C> = TasksTrace<C, Slots<Notified>>;

/// Counts how often it is called.
#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// A future and how often it was woken.
struct ByHand<F> {
    future: F,
    wakes: Arc<Wakes>,
}

fn polled<F: Future>(future: F) -> ByHand<Pin<Box<F>>> {
    ByHand { future: Box::pin(future), wakes: Arc::default() }
}

impl<F: Future + Unpin> ByHand<F> {
    fn poll(&mut self) -> Option<F::Output> {
        let waker = Waker::from(Arc::clone(&self.wakes));
        match Pin::new(&mut self.future).poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        }
    }

    fn wakes(&self) -> usize {
        self.wakes.0.load(Ordering::Relaxed)
    }
}

fn finish<F: Future>(future: F) -> F::Output {
    polled(future).poll().expect("nothing to wait for")
}

#[test]
fn no_reader_no_wait() {
    let rcu = Exact::default();
    rcu.call(7);
    assert_eq!((rcu.pending(), rcu.gp_seq()), (1, 0));
    assert_eq!(finish(rcu.grace_period()).collect::<Vec<_>>(), [7]);
    assert_eq!((rcu.pending(), rcu.gp_seq()), (0, 1));
}

#[test]
fn waits_for_earlier_readers_only_and_wakes_once() {
    let rcu = Exact::<u32>::default();
    let [mut early, mut late, _idle] = [rcu.register(), rcu.register(), rcu.register()];
    early.lock();
    early.lock();
    let mut gp = polled(rcu.grace_period());
    assert!(gp.poll().is_none());
    late.lock();
    assert_eq!(rcu.holdouts(), [early.slot()]);
    early.unlock();
    assert_eq!((early.nesting(), gp.wakes()), (1, 0), "still inside");
    early.unlock();
    assert_eq!((early.nesting(), gp.wakes()), (0, 1));
    early.lock(); // a new section of the same reader is not waited for either
    assert!(gp.poll().is_some());
}

#[test]
fn registration_during_a_grace_period_and_slot_reuse() {
    let rcu = Exact::<u32>::default();
    let mut holdout = rcu.register();
    holdout.lock();
    let mut gp = polled(rcu.grace_period());
    assert!(gp.poll().is_none());
    let mut young = rcu.register();
    young.lock();
    let slot = holdout.slot();
    drop(holdout); // exits inside its section
    assert_eq!(gp.wakes(), 1);
    let mut heir = rcu.register();
    assert_eq!(heir.slot(), slot);
    heir.lock();
    assert!(gp.poll().is_some(), "neither the young reader nor the heir of the slot counts");
    assert!(rcu.holdouts().is_empty());
}

#[test]
fn sections_nest_and_move() {
    fn assert_send_sync<T: Send + Sync>(value: T) -> T {
        value
    }
    let rcu = assert_send_sync(Exact::<Callback>::default());
    let mut reader = assert_send_sync(rcu.register());
    let mut section = assert_send_sync(reader.enter());
    let mut gp = polled(assert_send_sync_future(rcu.grace_period()));
    drop(section.enter());
    assert!(gp.poll().is_none());
    std::thread::scope(|scope| _ = scope.spawn(move || drop(section)));
    assert!(gp.poll().is_some());
    drop(assert_send_sync_future(rcu.work()));
    assert_send_sync(Classic::<Callback>::new(1));
}

fn assert_send_sync_future<F: Future + Send>(future: F) -> F {
    future
}

#[test]
#[should_panic(expected = "without a lock")]
fn unbalanced_unlock() {
    Exact::<u32>::default().register().unlock();
}

#[test]
fn synchronize_during_a_grace_period_takes_the_next_one() {
    let rcu = Exact::<u32>::default();
    let mut reader = rcu.register();
    reader.lock();
    let mut gp = polled(rcu.grace_period());
    assert!(gp.poll().is_none());
    let mut sync = polled(rcu.synchronize());
    rcu.call(1);
    assert!(sync.poll().is_none());
    reader.unlock();
    assert_eq!(gp.poll().expect("reader is out").len(), 0);
    assert!(sync.poll().is_none());
    drop(gp);
    assert_eq!(rcu.pending(), 2);
    let ready = finish(rcu.grace_period());
    assert_eq!((sync.wakes(), sync.poll()), (1, Some(())), "before callbacks run");
    assert_eq!(ready.len(), 1);
}

#[test]
fn barrier_waits_for_the_invocation() {
    let rcu = Exact::default();
    assert!(rcu.barrier().is_over(), "nothing to wait for");
    rcu.call('a');
    let first = rcu.barrier();
    rcu.call('b');
    let mut ready = finish(rcu.grace_period());
    let last = rcu.barrier(); // behind the batch in flight
    assert_eq!((ready.next(), first.is_over()), (Some('a'), false));
    assert_eq!((ready.next(), first.is_over()), (Some('b'), true));
    assert!(!last.is_over());
    drop(ready);
    assert!(last.is_over());
    assert_eq!(rcu.pending(), 0);
}

#[test]
fn what_a_driver_leaves_comes_back_in_order() {
    let rcu = Exact::default();
    let mut reader = rcu.register();
    for id in 0..3 {
        rcu.call(id);
    }
    let mut ready = finish(rcu.grace_period());
    assert_eq!(ready.next(), Some(0));
    rcu.call(3);
    drop(ready);
    assert_eq!(rcu.pending(), 3);

    reader.lock();
    let mut cancelled = polled(rcu.grace_period());
    let sync = rcu.synchronize();
    assert!(cancelled.poll().is_none());
    rcu.call(4);
    drop(cancelled);
    assert_eq!((rcu.pending(), rcu.gp_seq()), (5, 1));
    let mut gp = polled(rcu.grace_period());
    assert!(gp.poll().is_none(), "the holdout of the cancelled grace period still counts");
    reader.unlock();
    assert_eq!(gp.poll().expect("reader is out").collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert!(sync.is_over());
}

#[test]
fn drivers_take_turns() {
    let rcu = Exact::default();
    rcu.call(1);
    let first = finish(rcu.grace_period());
    let mut second = polled(rcu.grace_period());
    assert!(second.poll().is_none());
    drop(first); // puts 1 back
    assert_eq!(second.wakes(), 1);
    assert_eq!(second.poll().expect("its turn").collect::<Vec<_>>(), [1]);
}

#[test]
fn an_idle_driver_is_woken_by_work() {
    let rcu = Exact::default();
    let mut idle = polled(rcu.work());
    assert!(idle.poll().is_none());
    rcu.call(1);
    assert_eq!((idle.wakes(), idle.poll()), (1, Some(())));
    let _sync = rcu.synchronize();
    finish(rcu.work());
    assert_eq!(rcu.pending(), 2);
}

#[test]
fn classic_waits_for_cpus() {
    let rcu = Classic::<u32>::new(4);
    let outer = rcu.read(2);
    rcu.read_lock(2);
    let mut gp = polled(rcu.grace_period());
    assert!(gp.poll().is_none());
    drop(rcu.read(0));
    let _late = rcu.read(1);
    assert_eq!((rcu.holdouts(), rcu.nesting(2)), (vec![2], 2));
    rcu.read_unlock(2);
    assert_eq!(gp.wakes(), 0);
    drop(outer);
    assert!(gp.poll().is_some());
}

#[test]
fn chained_waits_for_trace_then_classic() {
    let (trace, classic) = (Exact::<u8>::default(), Classic::<u8>::new(1));
    let chained = Chained::new(&trace, &classic);
    chained.call("free");
    let mut reader = trace.register();
    reader.lock();
    let mut gp = polled(chained.grace_period());
    assert!(gp.poll().is_none());
    classic.read_lock(0); // after the start, but before the second stage
    reader.unlock();
    assert!(gp.poll().is_none());
    assert_eq!((trace.holdouts(), classic.holdouts()), (vec![], vec![0]));
    assert_eq!(finish(trace.grace_period()).len(), 0);
    classic.read_unlock(0);
    assert_eq!(gp.poll().expect("both are out").collect::<Vec<_>>(), ["free"]);
}

#[test]
fn a_million_readers() {
    let rcu = Exact::<u32>::default();
    let mut readers: Vec<Reader<Slots<Notified>>> = (0..1_000_000).map(|_| rcu.register()).collect();
    assert_eq!(finish(rcu.grace_period()).len(), 0);
    for slot in [0, 511, 512, 999_999] {
        readers[slot].lock();
    }
    let mut gp = polled(rcu.grace_period());
    assert!(gp.poll().is_none());
    assert_eq!(rcu.holdouts(), [0, 511, 512, 999_999]);
    drop(readers);
    assert!(gp.poll().is_some());
}

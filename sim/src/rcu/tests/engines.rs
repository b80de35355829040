//! What differs between the engines, and the requests that are the same on all of them.

use super::*;
use std::cell::Cell;

#[test]
fn a_polling_driver_wakes_itself() {
    let rcu = TasksTrace::<u32>::new();
    let mut reader = rcu.register();
    reader.lock();
    let mut gp = polled(rcu.grace_period());
    assert!(gp.poll().is_none());
    assert_eq!((gp.wakes(), rcu.holdouts()), (1, vec![reader.slot()]));
    reader.unlock();
    reader.lock(); // a new section is not waited for
    assert_eq!((gp.wakes(), rcu.holdouts()), (1, vec![]), "leaving wakes nobody");
    assert!(gp.poll().is_some());
}

#[test]
fn a_driver_can_set_the_pace() {
    for engine in [AnyEngine::slots(), AnyEngine::counters()] {
        let rcu = TasksTrace::<u32, _>::over(engine);
        let mut reader = rcu.register();
        reader.lock();
        let looks = Cell::new(0);
        let mut gp = polled(rcu.grace_period_paced(async |look| {
            looks.set(look + 1);
            tokio::task::yield_now().await;
        }));
        assert!(gp.poll().is_none());
        assert!(gp.poll().is_none());
        reader.unlock();
        assert!(gp.poll().is_some());
        assert!(looks.get() >= 2, "{} looks", looks.get());
    }
}

#[test]
fn counters_name_who_holds_and_ignore_who_comes_later() {
    let rcu = TasksTrace::<u32, Counters>::default();
    let [mut early, mut late] = [rcu.register(), rcu.register()];
    for round in 0..5 {
        early.lock();
        assert!(rcu.holdouts().is_empty(), "no grace period runs");
        let mut gp = polled(rcu.grace_period());
        assert!(gp.poll().is_none());
        late.lock();
        assert_eq!(rcu.holdouts(), [early.slot()], "round {round}");
        early.unlock();
        assert_eq!(gp.wakes(), 1);
        assert!(gp.poll().is_some());
        assert!(rcu.gp_seq() == round + 1);
        late.unlock();
    }
}

/// Sections that follow one another without a gap must not hold up a grace period for ever: this is what two ranks are for.
#[test]
fn counters_are_not_starved_by_relays() {
    let rcu = TasksTrace::<u32, Counters>::default();
    let [mut a, mut b] = [rcu.register(), rcu.register()];
    a.lock();
    let mut gp = polled(rcu.grace_period());
    let mut polls = 0;
    while gp.poll().is_none() {
        b.lock();
        a.unlock();
        std::mem::swap(&mut a, &mut b);
        polls += 1;
        assert!(polls < 5, "the relay starves the grace period");
    }
}

#[test]
fn section_numbers_wrap() {
    let rcu = Exact::<u32>::default();
    let mut reader = rcu.register();
    for _ in 0..70_000 {
        reader.lock();
        reader.unlock();
    }
    assert_eq!(finish(rcu.grace_period()).len(), 0);
    reader.lock();
    let mut gp = polled(rcu.grace_period());
    assert!(gp.poll().is_none());
    reader.unlock();
    assert!(gp.poll().is_some());
}

#[test]
fn neighbours_do_not_share_a_cache_line() {
    let rcu = TasksTrace::<u32>::new();
    let readers: Vec<Reader> = (0..64).map(|_| rcu.register()).collect();
    let lines: std::collections::BTreeSet<usize> = readers.iter().map(Reader::cache_line).collect();
    assert_eq!(lines.len(), readers.len());
}

#[test]
fn cookies_count_full_grace_periods() {
    let rcu = Exact::<u32>::default();
    let before = rcu.snapshot();
    assert!(!rcu.poll(before));
    assert_eq!(rcu.pending(), 0, "a snapshot asks for nothing");
    drop(finish(rcu.grace_period()));
    assert!(rcu.poll(before) && rcu.wait(before).is_over());

    let mut reader = rcu.register();
    reader.lock();
    let mut gp = polled(rcu.grace_period());
    assert!(gp.poll().is_none());
    let during = rcu.request_poll();
    assert_eq!(rcu.pending(), 1);
    let half = rcu.wait(rcu.snapshot());
    reader.unlock();
    assert!(gp.poll().is_some());
    assert!(!rcu.poll(during) && !half.is_over(), "half of a grace period is none");
    drop(gp);
    assert_eq!(rcu.pending(), 2);
    finish(rcu.work());
    drop(finish(rcu.grace_period()));
    assert!(rcu.poll(during) && half.is_over());
    assert_eq!((rcu.pending(), rcu.gp_seq()), (0, 3), "both requests shared one");
}

#[test]
fn a_wait_for_a_running_grace_period_is_served_by_it() {
    let rcu = Exact::<u32>::default();
    let cookie = rcu.snapshot();
    let mut reader = rcu.register();
    reader.lock();
    let mut gp = polled(rcu.grace_period());
    assert!(gp.poll().is_none());
    let rest = rcu.wait(cookie);
    assert_eq!(rcu.pending(), 0);
    reader.unlock();
    assert!(gp.poll().is_some() && rest.is_over());
}

#[test]
fn expedited_drives_itself_and_shares() {
    let rcu = Classic::<u32>::new(2);
    rcu.call(7);
    finish(rcu.synchronize_expedited());
    assert_eq!((rcu.gp_seq(), rcu.pending()), (1, 1), "the callback waits for its driver");

    rcu.read_lock(0);
    let [mut first, mut second, mut third] = std::array::from_fn(|_| polled(rcu.synchronize_expedited()));
    assert!(first.poll().is_none() && second.poll().is_none() && third.poll().is_none());
    rcu.read_unlock(0);
    assert!(first.poll().is_some());
    assert!(second.poll().is_some() && third.poll().is_some());
    assert_eq!(rcu.gp_seq(), 3, "the second one served the third");
    assert_eq!(finish(rcu.grace_period()).collect::<Vec<_>>(), [7]);
}

#[test]
fn expedited_outlives_a_grace_period_that_is_given_up() {
    let rcu = Classic::<u32>::new(1);
    rcu.read_lock(0);
    let mut given_up = polled(rcu.synchronize_expedited());
    assert!(given_up.poll().is_none());
    let mut expedited = polled(rcu.synchronize_expedited());
    assert!(expedited.poll().is_none());
    drop(given_up);
    assert_eq!((expedited.wakes(), rcu.gp_seq()), (1, 0));
    assert!(expedited.poll().is_none(), "the reader is still inside");
    rcu.read_unlock(0);
    assert_eq!((expedited.poll(), rcu.gp_seq()), (Some(()), 2));
}

#[cfg(all(target_os = "linux", feature = "membarrier"))]
#[test]
fn membarrier_where_the_kernel_has_it() {
    let Some(permit) = Membarrier::register() else {
        eprintln!("no membarrier here: not tested");
        return;
    };
    let rcu = TasksTrace::<u32, _>::over(Slots::with_membarrier(permit));
    let mut reader = rcu.register();
    reader.lock();
    let mut gp = polled(rcu.grace_period());
    assert!(gp.poll().is_none());
    reader.unlock();
    assert!(gp.poll().is_some());
}

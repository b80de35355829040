//! Real threads, for a second or two; longer with `SLEEPABLE_STRESS_SECONDS=300 cargo test --release -p maps stress`.
//!
//! Nothing may be lost, torn, freed twice or never freed; everything is counted at the end.

#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "a stress test of real threads")]

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::*};
use std::sync::{Arc, Mutex, OnceLock, mpsc};
use std::task::{Context, Poll, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use sim::rcu::TasksTrace;

use super::*;

fn deadline() -> Instant {
    let seconds = std::env::var("SLEEPABLE_STRESS_SECONDS").ok().and_then(|text| text.parse().ok());
    Instant::now() + Duration::from_secs_f64(seconds.unwrap_or(0.5))
}

/// Polls until it is ready, giving up the CPU in between.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::yield_now(),
        }
    }
}

/// Random enough, and different in each thread.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// A value that tells its key and whether it is whole.
fn value(key: u64, version: u64) -> [u64; 3] {
    [key, version, key.wrapping_mul(31) ^ version]
}

fn check(key: u64, value: &[u64; 3]) -> u64 {
    assert_eq!((value[0], value[2]), (key, key.wrapping_mul(31) ^ value[1]), "torn, or another key's");
    value[1]
}

const WRITERS: u64 = 2;
/// Keys of each writer that are only replaced, and that also come and go.
const STABLE: u64 = 4;
const COMING_AND_GOING: u64 = 12;

fn key(writer: u64, index: u64) -> u64 {
    index * WRITERS + writer
}

/// Replaces, deletes and inserts until the time is over. Returns how many of its keys are there.
fn write<M: ElementMemory, H: Fn(&[u64]) -> u32>(table: &HashTable<M, H>, writer: u64, end: Instant) -> u64 {
    let mut dice = Dice(writer);
    let mut there = [false; COMING_AND_GOING as usize];
    let mut version = 1;
    while Instant::now() < end {
        for _ in 0..64 {
            version += 1;
            let index = dice.roll(STABLE + COMING_AND_GOING);
            let key = key(writer, index);
            let Some(there) = index.checked_sub(STABLE).map(|index| &mut there[index as usize]) else {
                assert_eq!(
                    table.update(writer as usize, &[key], &value(key, version), Update::Exist),
                    Ok(())
                );
                continue;
            };
            if dice.roll(2) == 0 {
                assert_eq!(table.delete(writer as usize, &[key]), *there, "a key is lost or was found twice");
                *there = false;
            } else {
                let updated = table.update(writer as usize, &[key], &value(key, version), Update::Any);
                assert!(updated.is_ok() || !*there, "a full table refused to replace");
                *there |= updated.is_ok();
            }
        }
    }
    STABLE + there.iter().filter(|there| **there).count() as u64
}

/// Reads until the time is over: stable keys are always there, and no key goes back in time.
fn read<M: ElementMemory, H: Fn(&[u64]) -> u32>(table: &HashTable<M, H>, seed: u64, end: Instant) {
    let mut dice = Dice(seed);
    let mut newest = vec![0; (WRITERS * (STABLE + COMING_AND_GOING)) as usize];
    while Instant::now() < end {
        for _ in 0..256 {
            let key = dice.roll(newest.len() as u64);
            let mut words = [0; 3];
            let found = table.read(&[key], &mut words);
            assert!(found || key >= WRITERS * STABLE, "key {key} is always there, but was not found");
            if found {
                let version = check(key, &words);
                assert!(version >= newest[key as usize], "key {key} went back in time");
                newest[key as usize] = version;
            }
        }
    }
}

fn fill<M: ElementMemory, H: Fn(&[u64]) -> u32>(table: &HashTable<M, H>) {
    for writer in 0..WRITERS {
        for index in 0..STABLE {
            let key = key(writer, index);
            table.update(0, &[key], &value(key, 1), Update::NoExist).expect("room");
        }
    }
}

/// Readers without sections on a table that is full most of the time.
#[test]
fn preallocated_hash() {
    let table = HashTable::preallocated(shape(24, WRITERS as u32), poor_hash);
    fill(&table);
    let end = deadline();
    let there: u64 = thread::scope(|threads| {
        let table = &table;
        (0..2).for_each(|seed| _ = threads.spawn(move || read(table, seed + 100, end)));
        let writers: Vec<_> =
            (0..WRITERS).map(|writer| threads.spawn(move || write(table, writer, end))).collect();
        writers.into_iter().map(|writer| writer.join().expect("no panic")).sum()
    });
    assert_eq!(table.len() as u64, there);
    assert_eq!(table.memory().drain() as u64 + there, 24, "an element is lost");
}

/// Readers in sections: what they hold does not change.
#[test]
fn on_demand_hash() {
    let rcu = TasksTrace::<u32>::new();
    let (retired, reclaimed) = (AtomicU64::new(0), AtomicU64::new(0));
    let table = HashTable::on_demand(shape(24, WRITERS as u32), poor_hash, |id| {
        retired.fetch_add(1, Relaxed);
        rcu.call(id);
    });
    fill(&table);
    let end = deadline();
    let done = AtomicBool::new(false);
    let there: u64 = thread::scope(|threads| {
        let (table, rcu, done, reclaimed) = (&table, &rcu, &done, &reclaimed);
        for seed in 0..2 {
            let mut reader = rcu.register();
            threads.spawn(move || {
                let mut dice = Dice(seed);
                while Instant::now() < end {
                    let _section = reader.enter();
                    let key = dice.roll(WRITERS * (STABLE + COMING_AND_GOING));
                    let Some(found) = table.lookup(&[key]) else { continue };
                    let first = [0, 1, 2].map(|word| found.value()[word].load(Relaxed));
                    check(key, &first);
                    thread::yield_now();
                    let second = [0, 1, 2].map(|word| found.value()[word].load(Relaxed));
                    assert!(found.is_current() && first == second, "used again inside a section");
                }
            });
        }
        threads.spawn(move || {
            while !done.load(Acquire) || rcu.pending() > 0 {
                for id in block_on(rcu.grace_period()) {
                    reclaimed.fetch_add(1, Relaxed);
                    table.memory().reclaimed(id as usize, id);
                }
                thread::yield_now();
            }
        });
        let writers: Vec<_> =
            (0..WRITERS).map(|writer| threads.spawn(move || write(table, writer, end))).collect();
        let there = writers.into_iter().map(|writer| writer.join().expect("no panic")).sum();
        done.store(true, Release);
        there
    });
    assert_eq!((table.len() as u64, retired.load(Relaxed)), (there, reclaimed.load(Relaxed)));
    let (made, free) = table.memory().census();
    assert_eq!(u64::from(made), u64::from(free) + there, "an element is lost");
}

/// Retiring, which is the owner's code, may use the table: neither replacing nor deleting holds a bucket meanwhile.
#[test]
fn retiring_may_use_the_table() {
    type Retire = Box<dyn Fn(u32) + Send + Sync>;
    type Table = HashTable<OnDemand<Retire>, fn(&[u64]) -> u32>;
    static TABLE: OnceLock<Table> = OnceLock::new();
    static SEEN: Mutex<Vec<usize>> = Mutex::new(Vec::new());
    let (tell, told) = mpsc::channel();
    // A thread of its own, because a lock that is held would stop it for ever.
    thread::spawn(move || {
        let retire: Retire = Box::new(|_| SEEN.lock().unwrap().push(TABLE.get().unwrap().len()));
        let table = TABLE.get_or_init(|| HashTable::on_demand(shape(4, 1), poor_hash, retire));
        table.update(0, &[1], &value(1, 1), Update::Any).unwrap();
        table.update(0, &[1], &value(1, 2), Update::Any).unwrap();
        tell.send(table.delete(0, &[1])).unwrap();
    });
    assert_eq!(told.recv_timeout(Duration::from_secs(20)), Ok(true), "retired with the bucket locked");
    assert_eq!(*SEEN.lock().unwrap(), [1, 0]);
}

/// Elements go round between threads and CPUs' lists; each has one owner.
#[test]
fn freelist() {
    let list = Freelist::full(8, 3);
    let owned: Vec<AtomicBool> = (0..8).map(|_| AtomicBool::new(false)).collect();
    let end = deadline();
    thread::scope(|threads| {
        for lane in 0..4 {
            let (list, owned) = (&list, &owned);
            threads.spawn(move || {
                let mut dice = Dice(lane as u64);
                let mut mine = Vec::new();
                while Instant::now() < end {
                    if dice.roll(2) == 0 {
                        mine.extend(list.pop(lane).inspect(|id| {
                            assert!(!owned[*id as usize].swap(true, AcqRel), "two owners");
                        }));
                    } else if let Some(id) = mine.pop() {
                        assert!(owned[id as usize].swap(false, AcqRel));
                        list.push(lane, id);
                    }
                }
                for id in mine {
                    owned[id as usize].store(false, Release);
                    list.push(lane, id);
                }
            });
        }
    });
    let mut all: Vec<u32> = std::iter::from_fn(|| list.pop(0)).collect();
    all.sort_unstable();
    assert_eq!(all, (0..8).collect::<Vec<_>>(), "an element is lost");
}

/// A consumer that sleeps on an empty ring, as `epoll_wait` does.
struct Sleeper(Mutex<Option<Thread>>);

impl Sleeper {
    fn wake(&self) {
        if let Some(thread) = self.0.lock().unwrap().take() {
            thread.unpark();
        }
    }

    fn sleep_until(&self, ready: impl Fn() -> bool) {
        *self.0.lock().unwrap() = Some(thread::current());
        while self.0.lock().unwrap().is_some() && !ready() {
            thread::park();
        }
    }
}

/// Producers number their records; the consumer gets each submitted one once, in order, and sleeps when there is nothing.
#[test]
fn ring() {
    const PRODUCERS: u64 = 3;
    let ring = RingBuffer::new(512);
    let sleeper = Sleeper(Mutex::new(None));
    let end = deadline();
    let running = AtomicU64::new(PRODUCERS);
    let sent: Vec<AtomicU64> = (0..PRODUCERS).map(|_| AtomicU64::new(0)).collect();
    let mut received = vec![0; PRODUCERS as usize];
    thread::scope(|threads| {
        for producer in 0..PRODUCERS {
            let (ring, sleeper, running, sent) = (&ring, &sleeper, &running, &sent);
            threads.spawn(move || {
                let mut dice = Dice(producer);
                while Instant::now() < end {
                    let Some(record) = ring.reserve(3 + dice.roll(4) as usize) else {
                        thread::yield_now();
                        continue;
                    };
                    let number = sent[producer as usize].load(Relaxed) + 1;
                    (0..3).for_each(|word| record.set(word, [producer, number, producer ^ number][word]));
                    if dice.roll(5) == 0 {
                        if record.discard() {
                            sleeper.wake();
                        }
                        continue;
                    }
                    sent[producer as usize].store(number, Relaxed);
                    if record.submit() {
                        sleeper.wake();
                    }
                }
                running.fetch_sub(1, AcqRel);
                sleeper.wake();
            });
        }
        let mut record = Vec::new();
        loop {
            let over = running.load(Acquire) == 0;
            record.clear();
            if ring.consume(&mut record).is_some() {
                let [producer, number, sum] = record[..3] else { panic!("a short record") };
                assert_eq!((sum, number), (producer ^ number, received[producer as usize] + 1));
                received[producer as usize] = number;
            } else if over {
                break;
            } else {
                sleeper.sleep_until(|| !ring.is_drained() || running.load(Acquire) == 0);
            }
        }
    });
    let sent: Vec<u64> = sent.iter().map(|count| count.load(Relaxed)).collect();
    assert_eq!((received, ring.available()), (sent, 0), "a record is lost");
}

/// Programs are exchanged under readers; a program in a section is alive, and each is freed once.
#[test]
fn prog_array() {
    const PROGRAMS: u32 = 64;
    let rcu = TasksTrace::<u32>::new();
    let array = ProgArray::new(2, |prog| rcu.call(prog));
    let alive: Arc<[AtomicBool]> = (0..PROGRAMS).map(|_| AtomicBool::new(false)).collect();
    let free = Freelist::full(PROGRAMS, 1);
    let (made, freed) = (AtomicU64::new(0), AtomicU64::new(0));
    let end = deadline();
    let done = AtomicBool::new(false);
    thread::scope(|threads| {
        let (rcu, array, alive, free, made, freed, done) =
            (&rcu, &array, &alive, &free, &made, &freed, &done);
        for _ in 0..2 {
            let mut reader = rcu.register();
            threads.spawn(move || {
                while Instant::now() < end {
                    let _section = reader.enter();
                    for prog in (0..2).filter_map(|slot| array.get(slot)) {
                        assert!(alive[prog as usize].load(Relaxed), "a freed program");
                        thread::yield_now();
                        assert!(alive[prog as usize].load(Relaxed), "freed inside a section");
                    }
                }
            });
        }
        threads.spawn(move || {
            while !done.load(Acquire) || rcu.pending() > 0 {
                for prog in block_on(rcu.grace_period()) {
                    assert!(alive[prog as usize].swap(false, Relaxed), "freed twice");
                    freed.fetch_add(1, Relaxed);
                    free.push(0, prog);
                }
                thread::yield_now();
            }
        });
        let updaters: Vec<_> = (0..2)
            .map(|slot| {
                threads.spawn(move || {
                    while Instant::now() < end {
                        let Some(prog) = free.pop(0) else {
                            thread::yield_now();
                            continue;
                        };
                        assert!(!alive[prog as usize].swap(true, Relaxed), "given out twice");
                        made.fetch_add(1, Relaxed);
                        array.exchange(slot, Some(prog));
                    }
                    array.exchange(slot, None);
                })
            })
            .collect();
        updaters.into_iter().for_each(|updater| updater.join().expect("no panic"));
        done.store(true, Release);
    });
    assert_eq!(made.load(Relaxed), freed.load(Relaxed));
    assert!(made.load(Relaxed) > 0 && alive.iter().all(|alive| !alive.load(Relaxed)));
}

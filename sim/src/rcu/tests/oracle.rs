//! The engines against an oracle: a random history of one thread, in which the oracle sees every section and every request.
//!
//! The same history runs on each engine. Whatever an engine says is over (a callback, `synchronize`, a cookie), no section that
//! was open when it was asked for may still be open. At the end all readers leave and everything must have come: each
//! callback once, in order.

use super::*;
use crate::rng::Rng;
use std::collections::{BTreeMap, BTreeSet};

/// A section of the history, by number.
type SectionId = u64;

/// Asked for while these sections were open.
struct Asked<T> {
    open: BTreeSet<SectionId>,
    what: T,
}

struct History<'a, E: Engine> {
    rcu: &'a TasksTrace<usize, E>,
    readers: Vec<Reader<E>>,
    /// The open outermost section of each reader that is in one.
    open: BTreeMap<usize, SectionId>,
    sections: SectionId,
    calls: Vec<Asked<()>>,
    invoked: usize,
    waits: Vec<Asked<Wait>>,
    cookies: Vec<Asked<Cookie>>,
    barriers: Vec<(usize, Wait)>,
    facts: Facts,
}

/// That the history was worth running.
#[derive(Debug, Default)]
struct Facts {
    waited: u32,
    abandoned: u32,
    late_registrations: u32,
    exits_inside: u32,
    early_cookies: u32,
}

impl<'a, E: Engine> History<'a, E> {
    fn new(rcu: &'a TasksTrace<usize, E>) -> History<'a, E> {
        History {
            rcu,
            readers: Vec::new(),
            open: BTreeMap::new(),
            sections: 0,
            calls: Vec::new(),
            invoked: 0,
            waits: Vec::new(),
            cookies: Vec::new(),
            barriers: Vec::new(),
            facts: Facts::default(),
        }
    }

    fn asked<T>(&self, what: T) -> Asked<T> {
        Asked { open: self.open.values().copied().collect(), what }
    }

    fn must_be_over<T>(&self, asked: &Asked<T>, what: &str) {
        let still_open: Vec<_> = self.open.values().filter(|section| asked.open.contains(section)).collect();
        assert!(still_open.is_empty(), "{what} over before sections {still_open:?}");
    }

    fn lock(&mut self, reader: usize) {
        if self.readers[reader].nesting() == 0 {
            self.open.insert(reader, self.sections);
            self.sections += 1;
        }
        self.readers[reader].lock();
    }

    fn unlock(&mut self, reader: usize) {
        if self.readers[reader].nesting() == 1 {
            self.open.remove(&reader);
        }
        if self.readers[reader].nesting() > 0 {
            self.readers[reader].unlock();
        }
    }

    fn exit(&mut self, reader: usize) {
        self.facts.exits_inside += u32::from(self.open.remove(&reader).is_some());
        drop(self.readers.swap_remove(reader));
        if let Some(section) = self.open.remove(&self.readers.len()) {
            self.open.insert(reader, section);
        }
    }

    fn request(&mut self, kind: u64) {
        match kind {
            0 | 1 => {
                let asked = self.asked(());
                self.rcu.call(self.calls.len());
                self.calls.push(asked);
            }
            2 => self.waits.push(self.asked(self.rcu.synchronize())),
            3 => self.cookies.push(self.asked(self.rcu.request_poll())),
            4 => self.cookies.push(self.asked(self.rcu.snapshot())),
            _ => self.barriers.push((self.calls.len(), self.rcu.barrier())),
        }
    }

    fn invoke(&mut self, callbacks: impl Iterator<Item = usize>) {
        for callback in callbacks {
            assert_eq!(callback, self.invoked, "callbacks come once and in order");
            self.must_be_over(&self.calls[callback], "a callback");
            self.invoked += 1;
        }
    }

    fn check(&mut self) {
        for wait in self.waits.iter().filter(|wait| wait.what.is_over()) {
            self.must_be_over(wait, "synchronize");
        }
        for cookie in self.cookies.iter().filter(|cookie| self.rcu.poll(cookie.what)) {
            self.must_be_over(cookie, "a cookie");
        }
        self.facts.early_cookies += self.cookies.iter().any(|cookie| !self.rcu.poll(cookie.what)) as u32;
        for (calls, _) in self.barriers.iter().filter(|(_, barrier)| barrier.is_over()) {
            assert!(self.invoked >= *calls, "a barrier over before callback {}", self.invoked);
        }
    }

    /// One random step of the readers or updaters.
    fn step(&mut self, rng: &mut Rng, grace_period_runs: bool) {
        let one = rng.below(self.readers.len().max(1) as u64) as usize;
        match rng.below(16) {
            0 if self.readers.len() < 6 => {
                self.readers.push(self.rcu.register());
                self.facts.late_registrations += u32::from(grace_period_runs);
            }
            _ if self.readers.is_empty() => {}
            1 if rng.below(3) == 0 => self.exit(one),
            2..=6 if self.readers[one].nesting() < 3 => self.lock(one),
            7..=11 => self.unlock(one),
            _ => {
                let kind = rng.below(6);
                self.request(kind);
            }
        }
    }

    fn finish(&mut self) {
        while !self.readers.is_empty() {
            self.exit(0);
        }
        for _ in 0..3 {
            let ready = finish(self.rcu.grace_period());
            self.invoke(ready);
            self.check();
        }
        assert_eq!((self.invoked, self.rcu.pending()), (self.calls.len(), 0));
        assert!(self.waits.iter().all(|wait| wait.what.is_over()), "a lost synchronize");
        assert!(self.barriers.iter().all(|(_, barrier)| barrier.is_over()), "a lost barrier");
        assert!(self.cookies.iter().all(|cookie| self.rcu.poll(cookie.what)), "a lost cookie");
    }
}

fn run<E: Engine>(engine: E, seed: u64) -> Facts {
    let rcu = TasksTrace::over(engine);
    let mut history = History::new(&rcu);
    let mut rng = Rng::stream(seed, "rcu oracle");
    let mut running = None;
    for _ in 0..300 {
        history.step(&mut rng, running.is_some());
        history.check();
        match rng.below(8) {
            0 | 1 => {
                let gp = running.get_or_insert_with(|| polled(rcu.grace_period()));
                match gp.poll() {
                    Some(ready) => {
                        let some = ready.len() - rng.below(ready.len() as u64 + 1) as usize / 2;
                        history.invoke(ready.take(some)); // the rest goes back to the queue
                        running = None;
                    }
                    None => history.facts.waited += 1,
                }
            }
            2 if running.is_some() && rng.below(4) == 0 => {
                running = None;
                history.facts.abandoned += 1;
            }
            _ => {}
        }
        history.check();
    }
    drop(running);
    history.finish();
    history.facts
}

fn engine_keeps_its_promises<E: Engine>(make: impl Fn() -> E) {
    let mut sum = Facts::default();
    for seed in 0..300 {
        let facts = run(make(), seed);
        sum.waited += facts.waited;
        sum.abandoned += facts.abandoned;
        sum.late_registrations += facts.late_registrations;
        sum.exits_inside += facts.exits_inside;
        sum.early_cookies += facts.early_cookies;
    }
    let Facts { waited, abandoned, late_registrations, exits_inside, early_cookies } = sum;
    let rarest = waited.min(abandoned).min(late_registrations).min(exits_inside).min(early_cookies);
    assert!(rarest >= 300, "histories that prove little: {sum:?}");
}

#[test]
fn notified() {
    engine_keeps_its_promises(Slots::<Notified>::default);
}

#[test]
fn polled_words() {
    engine_keeps_its_promises(Slots::<Polled>::default);
}

#[test]
fn counters() {
    engine_keeps_its_promises(Counters::default);
}

#[test]
fn either_at_run_time() {
    engine_keeps_its_promises(AnyEngine::slots);
    engine_keeps_its_promises(AnyEngine::counters);
}

/// Both engines, the same history, side by side: one may wait longer, neither may wait for ever, and the counters never end
/// before the words' exact answer.
#[test]
fn counters_never_end_before_the_exact_engine() {
    for seed in 0..300 {
        let mut rng = Rng::stream(seed, "rcu side by side");
        let (exact, srcu) = (Exact::<u32>::default(), TasksTrace::<u32, Counters>::default());
        let mut readers: Vec<_> = (0..4).map(|_| (exact.register(), srcu.register())).collect();
        let (mut gp, mut other) = (polled(exact.grace_period()), polled(srcu.grace_period()));
        let (mut over, mut other_over) = (false, false);
        for _ in 0..60 {
            let (reader, other_reader) = &mut readers[rng.below(4) as usize];
            if reader.nesting() > 0 && rng.below(2) == 0 {
                reader.unlock();
                other_reader.unlock();
            } else {
                reader.lock();
                other_reader.lock();
            }
            if rng.below(4) == 0 {
                over = over || gp.poll().is_some();
                other_over = other_over || other.poll().is_some();
                assert!(over || !other_over, "seed {seed}: the counters were early");
            }
        }
        drop(readers);
        assert!((over || gp.poll().is_some()) && (other_over || other.poll().is_some()), "seed {seed}");
    }
}

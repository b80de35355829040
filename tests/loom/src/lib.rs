//! The kit of the loom models: a runner that knows whether a model was worth running, and an oracle that loom can see.
//!
//! - `explore` runs a model over all interleavings and then checks its `Seen` counters: a model in which the reader
//!   never met the updater proves nothing, so it fails.
//! - `Memory` is the object under test: published, read, freed. A read and a free that nothing orders are
//!   loom's own panic, whichever ran first; a read that is ordered after the free is ours ("use after free").
//! - `cells` is memory by number, for structures that hand numbers out.
//! - `pair` runs models of two threads; it says which of them must come first, and why.
//! - `grace_period` drives one grace period and records whether it had to wait.
//!
//! Everything here is empty without `--cfg sim_loom`.

#![cfg(sim_loom)]

pub mod cells;
pub mod pair;

use loom::sync::atomic::{AtomicUsize, Ordering};
use maps::concurrent::mutation as map_faults;
use sim::rcu::mutation as rcu_faults;
use sim::rcu::{Domain, Engine, Ready, TasksTrace};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize as Count, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Names the fault that a child process must arm.
pub const MUTATION_VARIABLE: &str = "SIM_LOOM_MUTATION";

/// How far a model is explored.
#[derive(Clone, Copy, Debug)]
pub enum Bound {
    /// Every interleaving.
    All,
    /// Interleavings with at most this many preemptions.
    Preemptions(usize),
}

/// Sets another bound for a run by hand: a number of preemptions, or `all`.
pub const BOUND_VARIABLE: &str = "SIM_LOOM_BOUND";

impl Bound {
    fn from_environment() -> Option<Bound> {
        let wanted = std::env::var(BOUND_VARIABLE).ok()?;
        let number = || wanted.parse().unwrap_or_else(|_| panic!("{BOUND_VARIABLE}={wanted:?}"));
        Some(if wanted == "all" { Bound::All } else { Bound::Preemptions(number()) })
    }
}

/// What happened in at least one interleaving of a model.
pub struct Seen(Vec<(&'static str, Count)>);

impl Seen {
    /// Counts `event`, which must be in the model's list.
    pub fn note(&self, event: &str) {
        let counter = self.0.iter().find(|(name, _)| *name == event);
        counter.unwrap_or_else(|| panic!("{event:?} is not in the model's list")).1.fetch_add(1, Relaxed);
    }
}

/// Runs `model` over its interleavings. Fails if one of the `events` never happened in any of them.
///
/// The counters are outside the model: they only report, nothing in the model depends on them.
pub fn explore(
    name: &str,
    bound: Bound,
    events: &[&'static str],
    model: impl Fn(&Arc<Seen>) + Send + Sync + 'static,
) {
    arm_from_environment();
    let seen = Arc::new(Seen(events.iter().map(|event| (*event, Count::new(0))).collect()));
    let schedules = Arc::new(Count::new(0));
    let began = Instant::now();
    let mut builder = loom::model::Builder::new();
    builder.max_branches = 20_000;
    let bound = Bound::from_environment().unwrap_or(bound);
    builder.preemption_bound = match bound {
        Bound::All => None,
        Bound::Preemptions(most) => Some(most),
    };
    let (in_model, counter) = (Arc::clone(&seen), Arc::clone(&schedules));
    builder.check(move || {
        counter.fetch_add(1, Relaxed);
        model(&in_model);
    });
    let counts: Vec<String> =
        seen.0.iter().map(|(event, n)| format!("{event} {}", n.load(Relaxed))).collect();
    let (schedules, seconds) = (schedules.load(Relaxed), began.elapsed().as_secs_f32());
    println!("loom model {name}: {bound:?}, schedules {schedules}, {seconds:.1} s, {}", counts.join(", "));
    for (event, count) in &seen.0 {
        assert!(count.load(Relaxed) > 0, "model {name} proves nothing: {event:?} never happened");
    }
}

/// The faults of every crate with models.
pub const FAULTS: &[&[&str]] = &[rcu_faults::Mutation::ALL, map_faults::Mutation::ALL];

fn arm_from_environment() {
    if let Ok(fault) = std::env::var(MUTATION_VARIABLE) {
        let armed = [rcu_faults::arm, map_faults::arm].into_iter().filter(|arm| arm(&fault)).count();
        assert_eq!(armed, 1, "no fault, or two, called {fault:?}");
    }
}

/// Objects 0, 1, … of which at most one is published.
pub struct Memory {
    published: AtomicUsize,
    objects: Vec<Object>,
}

const NOTHING: usize = usize::MAX;

impl Memory {
    /// `count` objects, object 0 published.
    pub fn new(count: usize) -> Memory {
        let objects = (0..count).map(|_| Object::default()).collect();
        Memory { published: AtomicUsize::new(0), objects }
    }

    /// The published object's number, as a reader in a section gets it (rcu_dereference).
    pub fn load(&self) -> Option<usize> {
        Some(self.published.load(Ordering::Acquire)).filter(|object| *object != NOTHING)
    }

    /// Publishes `object`, or nothing (rcu_assign_pointer).
    pub fn publish(&self, object: Option<usize>) {
        self.published.store(object.unwrap_or(NOTHING), Ordering::Release);
    }

    /// Reads an object's memory.
    pub fn access(&self, object: usize) {
        self.objects[object].access();
    }

    /// Loads the pointer and reads the object, if there is one. Notes "alive" or "gone".
    pub fn read(&self, seen: &Seen) {
        match self.load() {
            Some(object) => {
                self.access(object);
                seen.note("alive");
            }
            None => seen.note("gone"),
        }
    }

    /// Frees an object.
    pub fn free(&self, object: usize) {
        self.objects[object].free();
    }

    /// Takes a freed object for a new use: its free must have happened, and before this.
    pub fn recycle(&self, object: usize) {
        self.objects[object].recycle();
    }
}

/// The lock makes it `Sync` without unsafe code; it is the standard one, which loom does not see, so it orders nothing in the
/// model.
#[derive(Default)]
struct Object(Mutex<ObjectMemory>);

/// loom checks by vector clocks that accesses to the cell are ordered. `freed` is looked at only after such an access, so that it
/// tells what happened before by the model's order and never by the order in which the model's threads happened to run.
#[derive(Default)]
struct ObjectMemory {
    memory: loom::cell::UnsafeCell<()>,
    freed: bool,
}

impl Object {
    fn lock(&self) -> MutexGuard<'_, ObjectMemory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn access(&self) {
        let object = self.lock();
        object.memory.with(|_| ());
        assert!(!object.freed, "use after free");
    }

    fn free(&self) {
        let mut object = self.lock();
        object.memory.with_mut(|_| ());
        assert!(!std::mem::replace(&mut object.freed, true), "double free");
    }

    fn recycle(&self) {
        let mut object = self.lock();
        object.memory.with_mut(|_| ());
        assert!(std::mem::replace(&mut object.freed, false), "recycled before it was freed");
    }
}

/// What happens when a reader meets an updater, one way or the other.
pub const READER_MEETS_UPDATER: &[&str] = &["alive", "gone", "waited"];

/// Readers over the engine `E`, and objects for them.
pub struct World<E> {
    /// The readers.
    pub rcu: TasksTrace<usize, E>,
    /// The objects.
    pub memory: Memory,
    /// What happened.
    pub seen: Arc<Seen>,
}

impl<E: Engine + Default> World<E> {
    /// `objects` objects, no readers.
    pub fn new(objects: usize, seen: &Arc<Seen>) -> Arc<World<E>> {
        let (rcu, memory) = (TasksTrace::default(), Memory::new(objects));
        Arc::new(World { rcu, memory, seen: Arc::clone(seen) })
    }

    /// Runs `body` on a model thread.
    pub fn spawn(
        self: &Arc<World<E>>,
        body: impl FnOnce(&World<E>) + 'static,
    ) -> loom::thread::JoinHandle<()> {
        let world = Arc::clone(self);
        loom::thread::spawn(move || body(&world))
    }

    /// Publishes `new` and frees `old` after a grace period.
    pub fn replace(&self, old: usize, new: Option<usize>) {
        self.memory.publish(new);
        self.rcu.call(old);
        self.free_ready();
    }

    /// Runs a grace period and frees what is ready.
    pub fn free_ready(&self) {
        grace_period(&self.rcu, &self.seen).for_each(|object| self.memory.free(object));
    }
}

/// Runs `future` on this model thread.
pub fn block_on<F: Future>(future: F) -> F::Output {
    loom::future::block_on(future)
}

/// Runs `future` on this model thread. Notes `event` if the thread had to wait.
pub fn wait_for<F: Future>(future: F, seen: &Seen, event: &str) -> F::Output {
    let mut future = pin!(future);
    let mut waited = false;
    let output = block_on(poll_fn(|cx| {
        let poll = future.as_mut().poll(cx);
        waited |= poll.is_pending();
        poll
    }));
    if waited {
        seen.note(event);
    }
    output
}

/// Drives one grace period of `domain`. Notes "waited" if it had to.
pub fn grace_period<'a, C: Send>(domain: &'a Domain<C>, seen: &Seen) -> Ready<'a, C> {
    wait_for(domain.grace_period(), seen, "waited")
}

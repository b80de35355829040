//! RCU Tasks Trace: readers are tasks, which may block, nest and move between threads while inside a section.
//!
//! [`TasksTrace`] is the same over every [`Engine`]. [`Slots`](super::Slots) is the algorithm of kernel/rcu/tasks.h up to 6.x
//! (`rcu_read_lock_trace()`, `trc_wait_for_one_reader()`, `trc_n_readers_need_end`) without its inter-processor interrupts:
//! the kernel interrupts a running reader to mark it, here the mark is a compare-exchange on the reader's word.
//! [`Counters`](super::Counters) is that of 7.0 and later. What a user can rely on is the same. A kernel grace period also
//! includes one of classic RCU: use [`super::Chained`] for that.

use super::domain::Domain;
use super::engine::Engine;
use super::mutation::{self, Mutation};
use super::polled::Polled;
use super::slots::Slots;
use std::ops::Deref;
use std::sync::Arc;

/// A population of task readers, and a queue of requests for its grace periods (the methods of [`Domain`]).
pub struct TasksTrace<C, E = Slots<Polled>> {
    pub(super) engine: Arc<E>,
    domain: Domain<C>,
}

impl<C: Send> TasksTrace<C> {
    /// The default engine: the fastest reader that needs no help from the operating system. Its driver polls.
    pub fn new() -> TasksTrace<C> {
        TasksTrace::default()
    }
}

impl<C: Send, E: Engine> TasksTrace<C, E> {
    /// No readers, nothing queued.
    pub fn over(engine: E) -> TasksTrace<C, E> {
        let engine = Arc::new(engine);
        TasksTrace { domain: Domain::over(vec![engine.clone()]), engine }
    }

    /// A new reader, at any time, also while a grace period runs. One per task.
    pub fn register(&self) -> Reader<E> {
        Reader { slot: self.engine.take(), engine: Arc::clone(&self.engine), nesting: 0 }
    }

    /// [`Reader::slot`]s of the readers that hold up the running grace period, ascending.
    pub fn holdouts(&self) -> Vec<usize> {
        self.engine.holdouts()
    }
}

impl<C: Send, E: Engine + Default> Default for TasksTrace<C, E> {
    fn default() -> TasksTrace<C, E> {
        TasksTrace::over(E::default())
    }
}

impl<C, E> Deref for TasksTrace<C, E> {
    type Target = Domain<C>;

    fn deref(&self) -> &Domain<C> {
        &self.domain
    }
}

/// One task's reader. It moves with its task; whatever moves it (a channel, an executor) orders its users.
///
/// Dropping it inside a section ends the section, as a task's exit does (`exit_tasks_rcu_finish_trace()`).
pub struct Reader<E: Engine = Slots<Polled>> {
    slot: E::Slot,
    engine: Arc<E>,
    nesting: u32,
}

impl<E: Engine> Reader<E> {
    /// Enters a section; sections nest (`rcu_read_lock_trace()`).
    #[inline]
    pub fn lock(&mut self) {
        if self.nesting == 0 {
            self.engine.enter(&mut self.slot);
        }
        self.nesting += 1;
    }

    /// Leaves the innermost section (`rcu_read_unlock_trace()`). The outermost one may call the waker of a driver.
    ///
    /// # Panics
    /// If the reader is in no section.
    #[inline]
    pub fn unlock(&mut self) {
        assert!(self.nesting > 0, "unlock of reader {} without a lock", self.slot());
        self.nesting -= 1;
        if self.nesting == u32::from(mutation::is(Mutation::InnerUnlockEnds)) {
            self.engine.leave(&mut self.slot);
        }
    }

    /// A section that ends when the value is dropped. May be held across an await and sent to another thread.
    #[inline]
    pub fn enter(&mut self) -> Section<'_, E> {
        self.lock();
        Section(self)
    }

    /// How many sections the reader is in, one inside the other (`trc_reader_nesting`).
    pub fn nesting(&self) -> u32 {
        self.nesting
    }

    /// The reader's number, as in [`TasksTrace::holdouts`]. Used again after this reader is gone.
    pub fn slot(&self) -> usize {
        E::id(&self.slot)
    }
}

#[cfg(test)]
impl Reader {
    /// Which cache line of 64 bytes the reader's word is in.
    pub(super) fn cache_line(&self) -> usize {
        std::ptr::from_ref(self.slot.word()).addr() / 64
    }
}

impl<E: Engine> Drop for Reader<E> {
    fn drop(&mut self) {
        if mutation::is(Mutation::SlotFreedEarly) {
            self.engine.give_back(&mut self.slot);
        }
        if self.nesting > 0 && !mutation::is(Mutation::ExitForgetsSection) {
            self.engine.leave(&mut self.slot);
        }
        if !mutation::is(Mutation::SlotFreedEarly) {
            self.engine.give_back(&mut self.slot);
        }
    }
}

/// An open section of a [`Reader`].
pub struct Section<'a, E: Engine = Slots<Polled>>(&'a mut Reader<E>);

impl<E: Engine> Section<'_, E> {
    /// A section inside this one.
    pub fn enter(&mut self) -> Section<'_, E> {
        self.0.enter()
    }
}

impl<E: Engine> Drop for Section<'_, E> {
    #[inline]
    fn drop(&mut self) {
        self.0.unlock();
    }
}

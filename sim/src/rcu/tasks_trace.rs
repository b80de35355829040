//! RCU Tasks Trace: readers are tasks, which may block, nest and move between threads while inside a section.
//!
//! The algorithm is that of kernel/rcu/tasks.h up to 6.x (`rcu_read_lock_trace()`, `trc_wait_for_one_reader()`,
//! `trc_n_readers_need_end`) without its inter-processor interrupts: the kernel interrupts a running reader to mark it,
//! here the mark is a compare-exchange on the reader's word. From 7.0 the kernel uses SRCU counters instead; what a user can
//! rely on is the same. A kernel grace period also includes one of classic RCU: use [`super::Chained`] for that.

use super::domain::Domain;
use super::mutation::{self, Mutation};
use super::readers::Readers;
use super::slots::Slot;
use std::ops::Deref;
use std::sync::Arc;

/// A population of task readers, and a queue of requests for its grace periods (the methods of [`Domain`]).
pub struct TasksTrace<C> {
    pub(super) readers: Arc<Readers>,
    domain: Domain<C>,
}

impl<C: Send> TasksTrace<C> {
    /// No readers, nothing queued.
    pub fn new() -> TasksTrace<C> {
        let readers = Arc::new(Readers::new());
        TasksTrace { domain: Domain::over(vec![Arc::clone(&readers)]), readers }
    }

    /// A new reader, at any time, also while a grace period runs. One per task.
    pub fn register(&self) -> Reader {
        Reader { slot: self.readers.slots.take(), readers: Arc::clone(&self.readers), nesting: 0 }
    }

    /// [`Reader::slot`]s of the readers that hold up the running grace period, ascending.
    pub fn holdouts(&self) -> Vec<usize> {
        self.readers.slots.view().marked()
    }
}

impl<C: Send> Default for TasksTrace<C> {
    fn default() -> TasksTrace<C> {
        TasksTrace::new()
    }
}

impl<C> Deref for TasksTrace<C> {
    type Target = Domain<C>;

    fn deref(&self) -> &Domain<C> {
        &self.domain
    }
}

/// One task's reader. It moves with its task; whatever moves it (a channel, an executor) orders its users.
///
/// Dropping it inside a section ends the section, as a task's exit does (`exit_tasks_rcu_finish_trace()`).
pub struct Reader {
    slot: Slot,
    readers: Arc<Readers>,
    nesting: u32,
}

impl Reader {
    /// Enters a section; sections nest (`rcu_read_lock_trace()`).
    #[inline]
    pub fn lock(&mut self) {
        if self.nesting == 0 {
            self.slot.enter();
        }
        self.nesting += 1;
    }

    /// Leaves the innermost section (`rcu_read_unlock_trace()`). The outermost one may call the waker of a driver.
    ///
    /// # Panics
    /// If the reader is in no section.
    #[inline]
    pub fn unlock(&mut self) {
        assert!(self.nesting > 0, "unlock of reader {} without a lock", self.slot.id());
        self.nesting -= 1;
        if self.nesting == 0 || mutation::is(Mutation::InnerUnlockEnds) {
            self.readers.leave(&self.slot);
        }
    }

    /// A section that ends when the value is dropped. May be held across an await and sent to another thread.
    pub fn enter(&mut self) -> Section<'_> {
        self.lock();
        Section(self)
    }

    /// How many sections the reader is in, one inside the other (`trc_reader_nesting`).
    pub fn nesting(&self) -> u32 {
        self.nesting
    }

    /// The reader's number, as in [`TasksTrace::holdouts`]. Used again after this reader is gone.
    pub fn slot(&self) -> usize {
        self.slot.id()
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if mutation::is(Mutation::SlotFreedEarly) {
            self.readers.slots.give_back(self.slot.id());
        }
        if self.nesting > 0 && !mutation::is(Mutation::ExitForgetsSection) {
            self.readers.leave(&self.slot);
        }
        if !mutation::is(Mutation::SlotFreedEarly) {
            self.readers.slots.give_back(self.slot.id());
        }
    }
}

/// An open section of a [`Reader`].
pub struct Section<'a>(&'a mut Reader);

impl Section<'_> {
    /// A section inside this one.
    pub fn enter(&mut self) -> Section<'_> {
        self.0.enter()
    }
}

impl Drop for Section<'_> {
    fn drop(&mut self) {
        self.0.unlock();
    }
}

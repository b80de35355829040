//! `mmap_lock` as plain state: who holds it and who waits, first come first served. The layer above blocks and wakes.
//!
//! Like the kernel's rw_semaphore it is fair: a reader that arrives behind a waiting writer queues. Unlike it, a waiter gets the
//! lock handed over at release; there is no stealing by a running task.

use std::collections::VecDeque;

use super::Waiter;

/// How the lock is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockMode {
    Read,
    Write,
}

/// The lock of one address space.
#[derive(Clone, Debug, Default)]
pub struct MmapLock {
    readers: Vec<Waiter>,
    writer: Option<Waiter>,
    queue: VecDeque<(Waiter, LockMode)>,
}

impl MmapLock {
    /// Takes the lock, or returns false where it would block.
    pub fn try_lock(&mut self, who: Waiter, mode: LockMode) -> bool {
        let free = match mode {
            LockMode::Read => self.writer.is_none() && self.queue.is_empty(),
            LockMode::Write => self.writer.is_none() && self.readers.is_empty(),
        };
        if free {
            self.grant(who, mode);
        }
        free
    }

    /// Takes the lock or joins the queue; true when it was taken. A queued party owns the lock when `unlock` returns it.
    pub fn lock_or_queue(&mut self, who: Waiter, mode: LockMode) -> bool {
        let taken = self.try_lock(who, mode);
        if !taken {
            self.queue.push_back((who, mode));
        }
        taken
    }

    /// Gives up a hold and hands the lock on; returns who owns it now in addition and must be woken.
    pub fn unlock(&mut self, who: Waiter) -> Vec<Waiter> {
        if self.writer == Some(who) {
            self.writer = None;
        } else {
            let at = self.readers.iter().position(|r| *r == who).expect("only a holder unlocks");
            self.readers.swap_remove(at);
        }
        self.hand_over()
    }

    /// Leaves the queue (a task that is killed while it waits).
    pub fn cancel(&mut self, who: Waiter) -> Vec<Waiter> {
        self.queue.retain(|(w, _)| *w != who);
        self.hand_over()
    }

    fn hand_over(&mut self) -> Vec<Waiter> {
        let mut woken = Vec::new();
        while let Some(&(who, mode)) = self.queue.front() {
            let free = self.writer.is_none() && (mode == LockMode::Read || self.readers.is_empty());
            if !free {
                break;
            }
            self.queue.pop_front();
            self.grant(who, mode);
            woken.push(who);
        }
        woken
    }

    fn grant(&mut self, who: Waiter, mode: LockMode) {
        match mode {
            LockMode::Read => self.readers.push(who),
            LockMode::Write => self.writer = Some(who),
        }
    }

    /// Those who hold it for reading.
    pub fn readers(&self) -> &[Waiter] {
        &self.readers
    }

    /// Who holds it for writing.
    pub fn writer(&self) -> Option<Waiter> {
        self.writer
    }

    /// Whether this party holds it in any mode.
    pub fn held_by(&self, who: Waiter) -> bool {
        self.writer == Some(who) || self.readers.contains(&who)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::TaskId;

    #[test]
    fn a_reader_behind_a_waiting_writer_queues() {
        let (a, b, c) = (TaskId(1), TaskId(2), TaskId(3));
        let mut lock = MmapLock::default();
        assert!(lock.lock_or_queue(a, LockMode::Read));
        assert!(!lock.lock_or_queue(b, LockMode::Write));
        assert!(!lock.lock_or_queue(c, LockMode::Read));
        assert_eq!(lock.unlock(a), [b]);
        assert_eq!(lock.unlock(b), [c]);
        assert!(lock.held_by(c));
    }

    #[test]
    fn a_cancelled_writer_lets_readers_pass() {
        let (a, b, c) = (TaskId(1), TaskId(2), TaskId(3));
        let mut lock = MmapLock::default();
        assert!(lock.lock_or_queue(a, LockMode::Read));
        assert!(!lock.lock_or_queue(b, LockMode::Write));
        assert!(!lock.lock_or_queue(c, LockMode::Read));
        assert_eq!(lock.cancel(b), [c]);
        assert_eq!(lock.readers(), [a, c]);
    }
}

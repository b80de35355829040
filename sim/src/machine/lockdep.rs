//! Which locks are taken while which others are held: an order seen both ways round is a deadlock waiting for its moment.
//!
//! Modelled after `kernel/locking/lockdep.c`, by class instead of by lock: all locks of one map are a class. Only orders of two locks are
//! kept, and found through any number of steps. Neighbours: `counters` notes what a context holds; callers give classes.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::{Machine, SimEvent};
use crate::finding;
use crate::ids::LockId;

/// What a lock belongs to, e.g. a map: `id` tells classes apart, `label` names it in findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockClass {
    pub id: u64,
    pub label: Rc<str>,
    /// A waiter gives up with an error instead of hanging: a wrong order is worth an event, not a finding.
    pub gives_up: bool,
}

/// An order that was seen: who, and where.
struct Seen {
    to: LockClass,
    notes: Vec<String>,
}

#[derive(Default)]
pub(super) struct Lockdep {
    held: BTreeMap<LockId, LockClass>,
    orders: BTreeMap<u64, Vec<Seen>>,
}

impl Lockdep {
    /// The notes along a way from one class to another.
    fn way(&self, from: u64, to: u64) -> Option<Vec<String>> {
        let mut visited = BTreeSet::from([from]);
        let mut stack = vec![(from, Vec::new())];
        while let Some((at, notes)) = stack.pop() {
            for seen in self.orders.get(&at).into_iter().flatten() {
                let notes = [notes.clone(), seen.notes.clone()].concat();
                if seen.to.id == to {
                    return Some(notes);
                }
                if visited.insert(seen.to.id) {
                    stack.push((seen.to.id, notes));
                }
            }
        }
        None
    }

    fn knows(&self, from: u64, to: u64) -> bool {
        self.orders.get(&from).is_some_and(|orders| orders.iter().any(|seen| seen.to.id == to))
    }
}

pub(super) type Cell = RefCell<Lockdep>;

impl Machine {
    /// [`Machine::lock_acquired`] for a lock of a class; `site` says where in the code, for findings.
    pub fn lock_acquired_in(
        &self,
        lock: LockId,
        name: &'static str,
        class: &LockClass,
        site: impl FnOnce() -> Vec<String>,
    ) {
        self.note_order(class, site);
        self.0.lockdep.borrow_mut().held.insert(lock, class.clone());
        self.lock_acquired(lock, name);
    }

    /// [`Machine::lock_released`] for such a lock.
    pub fn lock_released_in(&self, lock: LockId) {
        self.0.lockdep.borrow_mut().held.remove(&lock);
        self.lock_released(lock);
    }

    /// Notes that a lock of `class` is about to be taken, or waited for, with what the current context holds.
    pub fn note_order(&self, class: &LockClass, site: impl FnOnce() -> Vec<String>) {
        let held = self.held_classes();
        let new =
            |from: &&LockClass| from.id != class.id && !self.0.lockdep.borrow().knows(from.id, class.id);
        let from: Vec<&LockClass> = held.iter().filter(new).collect();
        if from.is_empty() {
            return;
        }
        let lines = site();
        from.into_iter().for_each(|from| self.new_order(from, class, &lines));
    }

    fn held_classes(&self) -> Vec<LockClass> {
        let task = self.current_task();
        let locks = task.ctx.locks_held.borrow();
        let lockdep = self.0.lockdep.borrow();
        locks.iter().filter_map(|(lock, _)| lockdep.held.get(lock).cloned()).collect()
    }

    fn new_order(&self, from: &LockClass, to: &LockClass, site: &[String]) {
        let task = self.current_task();
        let mut notes = vec![format!(
            "{} (pid {}) on {} at {} ns: holds {}, takes {}",
            task.comm(),
            task.pid,
            self.current_cpu(),
            self.now_ns(),
            from.label,
            to.label
        )];
        notes.extend(site.iter().cloned());
        let back = self.0.lockdep.borrow().way(to.id, from.id);
        if let Some(back) = back {
            let message = format!(
                "possible circular locking: {} and {} are taken in both orders",
                from.label, to.label
            );
            if from.gives_up || to.gives_up {
                self.emit_with(|| SimEvent::LockOrder { message });
            } else {
                self.finding(finding::LOCK_ORDER, message, [back, notes.clone()].concat());
            }
        }
        let seen = Seen { to: to.clone(), notes };
        self.0.lockdep.borrow_mut().orders.entry(from.id).or_default().push(seen);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::MachineConfig;

    /// Takes the locks of these classes one inside the other, then releases them.
    fn take(m: &Machine, classes: &[u64]) {
        for id in classes {
            let class = LockClass { id: *id, label: format!("lock {id}").into(), gives_up: false };
            m.lock_acquired_in(LockId(*id), "test", &class, || vec![format!("line {id}")]);
        }
        classes.iter().rev().for_each(|id| m.lock_released_in(LockId(*id)));
    }

    fn inversions(rows: &[&[u64]]) -> Vec<String> {
        let m = Machine::new(MachineConfig::default());
        rows.iter().for_each(|classes| take(&m, classes));
        m.findings().iter().map(|f| f.message.clone()).collect()
    }

    #[test]
    fn orders_that_contradict_each_other_are_found_once() {
        assert_eq!(inversions(&[&[1, 2], &[1, 2], &[1, 2, 3], &[1, 3]]), [""; 0]);
        let both = "possible circular locking: lock 2 and lock 1 are taken in both orders";
        assert_eq!(inversions(&[&[1, 2], &[2, 1], &[2, 1]]), [both]);
        let around = "possible circular locking: lock 3 and lock 1 are taken in both orders";
        assert_eq!(inversions(&[&[1, 2], &[2, 3], &[3, 1]]), [around]);
    }
}

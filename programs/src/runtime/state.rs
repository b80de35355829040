//! What a run has opened and must close: locks, RCU and preemption regions, references. Key type: [`RunState`].
//!
//! A verifier proves that programs close what they open; until there is one, the end of a run checks, reports and closes for them.
//! Neighbours: helpers and kfuncs change it, `run` checks it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use maps::element::ReaderSection;
use maps::map::Map;
use sim::machine::Machine;

use super::fault::CallFault;
use super::program::LoadedProgram;

/// The state of one run beside its registers. Shared with the helpers' futures and continuations.
#[derive(Default)]
pub struct RunState {
    /// Number of the run in this machine.
    pub run: Cell<u64>,
    /// Why the current call cannot be carried out; set before the interpreter is told to stop.
    pub fault: RefCell<Option<CallFault>>,
    /// Holds elements that were looked up, for as long as the run lasts.
    pub reader: RefCell<Option<Rc<ReaderSection>>>,
    /// `bpf_rcu_read_lock` regions.
    pub rcu: Cell<u32>,
    /// `bpf_preempt_disable` regions.
    pub preempt: Cell<u32>,
    /// `bpf_local_irq_save` regions.
    pub irq: Cell<u32>,
    /// Addresses of the locks in map values that it holds, the innermost last.
    pub locks: RefCell<Vec<u64>>,
    /// Kernel objects with a reference that the program must drop.
    pub references: RefCell<Vec<u64>>,
    /// The future that was just returned only spins: an atomic driver may wait for it.
    pub spins: Cell<bool>,
    /// Depth of RCU sections that helpers hold around callbacks.
    pub callback_rcu: Cell<u32>,
}

impl RunState {
    /// Ready for the next run.
    pub(super) fn reset(&self) {
        *self.fault.borrow_mut() = None;
        *self.reader.borrow_mut() = None;
        for depth in [&self.rcu, &self.preempt, &self.irq, &self.callback_rcu] {
            depth.set(0);
        }
        self.locks.borrow_mut().clear();
        self.references.borrow_mut().clear();
        self.spins.set(false);
    }

    /// Whether anything is open.
    pub(super) fn is_clean(&self) -> bool {
        let depths = [&self.rcu, &self.preempt, &self.irq, &self.callback_rcu];
        depths.iter().all(|d| d.get() == 0)
            && self.locks.borrow().is_empty()
            && self.references.borrow().is_empty()
    }

    /// Remembers that the run holds a pointer into an element of a map.
    pub fn hold(&self, map: &dyn Map, value: u64, prog: &LoadedProgram, m: &Machine) {
        let mut reader = self.reader.borrow_mut();
        let section = reader
            .get_or_insert_with(|| ReaderSection::new(m.current_pid(), prog.name.clone(), prog.sleepable()));
        map.mark_reader(value, section);
    }

    /// A reference that the run had is somebody else's now; false if it had none to this object.
    pub fn give_reference(&self, object: u64) -> bool {
        let mut references = self.references.borrow_mut();
        let held = references.iter().rposition(|held| *held == object);
        held.inspect(|index| {
            references.remove(*index);
        })
        .is_some()
    }

    /// Takes a lock out of those it holds; false if it is not among them.
    pub fn drop_lock(&self, lock: u64) -> bool {
        let mut locks = self.locks.borrow_mut();
        let held = locks.iter().rposition(|held| *held == lock);
        held.inspect(|index| {
            locks.remove(*index);
        })
        .is_some()
    }

    /// The program reads or writes memory that a map may have handed to another key meanwhile.
    pub fn touched(&self, m: &Machine, addr: u64, write: bool) {
        let reader = self.reader.borrow();
        if let Some(section) = reader.as_ref().filter(|section| section.has_recycled()) {
            section.touched(m, addr, write);
        }
    }

    /// The run is over: what it held is nobody's.
    pub(super) fn end_section(&self, m: &Machine) {
        if let Some(section) = self.reader.take() {
            section.end(m);
        }
    }

    /// Records why a call failed and gives the answer for the interpreter.
    pub fn fail(&self, fault: CallFault) -> crate::interp::Outcome {
        let text = fault.to_string();
        *self.fault.borrow_mut() = Some(fault);
        crate::interp::Outcome::Fault(text)
    }
}

//! Memory under test, by number: loom panics when two accesses of one cell are not ordered and one of them writes.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Cells 0, 1, …, each with at most one owner.
pub struct Cells(Vec<Mutex<Cell>>);

/// The lock around it makes it `Sync` without unsafe code; it is the standard one, which loom does not see, so it orders nothing in
/// the model. The value is read and written only next to an access that loom checks.
#[derive(Default)]
struct Cell {
    memory: loom::cell::UnsafeCell<()>,
    value: u64,
    owned: bool,
}

impl Cells {
    /// `count` cells that hold 0.
    pub fn new(count: usize) -> Cells {
        Cells((0..count).map(|_| Mutex::default()).collect())
    }

    fn cell(&self, cell: usize) -> MutexGuard<'_, Cell> {
        self.0[cell].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads a cell: every write must be ordered before or after this.
    pub fn read(&self, cell: usize) -> u64 {
        let cell = self.cell(cell);
        cell.memory.with(|_| ());
        cell.value
    }

    /// Writes a cell: everything else must be ordered before or after this.
    pub fn write(&self, cell: usize, value: u64) {
        let mut cell = self.cell(cell);
        cell.memory.with_mut(|_| ());
        cell.value = value;
    }

    /// The caller owns the cell from now on.
    pub fn take(&self, cell: usize) {
        let mut cell = self.cell(cell);
        cell.memory.with_mut(|_| ());
        assert!(!std::mem::replace(&mut cell.owned, true), "two owners");
    }

    /// The caller owns the cell no longer.
    pub fn give(&self, cell: usize) {
        let mut cell = self.cell(cell);
        cell.memory.with_mut(|_| ());
        assert!(std::mem::replace(&mut cell.owned, false), "given away twice");
    }
}

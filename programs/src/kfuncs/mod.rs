//! Kernel functions that programs call by name. One row per function, one file per family; flags and availability are in
//! [`crate::profile::kfunc`].
//!
//! Calls carry the number of a row, or one behind the table for functions that are not modelled. Neighbour: `helpers`.

mod async_cb;
mod copy;
mod graph;
mod iter;
mod objects;
mod regions;
mod res_lock;

use crate::runtime::HelperBody;

/// A kfunc that is modelled.
pub struct Row {
    /// Name, e.g. `"bpf_rcu_read_lock"`.
    pub name: &'static str,
    pub body: HelperBody,
}

/// Every row, in the order of the families.
static ROWS: std::sync::LazyLock<Vec<&'static Row>> =
    std::sync::LazyLock::new(|| FAMILIES.iter().copied().flatten().collect());

const FAMILIES: &[&[Row]] =
    &[regions::ROWS, objects::ROWS, copy::ROWS, iter::ROWS, async_cb::ROWS, res_lock::ROWS, graph::ROWS];

/// Number of rows.
pub fn count() -> usize {
    ROWS.len()
}

/// Row of a kfunc.
pub fn position(name: &str) -> Option<usize> {
    ROWS.iter().position(|row| row.name == name)
}

/// Name of a row.
pub fn name(row: usize) -> Option<&'static str> {
    ROWS.get(row).map(|row| row.name)
}

/// The body of a row; `None` behind the table.
pub fn body(row: i32) -> Option<HelperBody> {
    ROWS.get(usize::try_from(row).ok()?).map(|row| row.body)
}

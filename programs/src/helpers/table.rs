//! The table of helper bodies. Key types: [`Row`]. Neighbours: one file per family has the rows.

use std::sync::LazyLock;

use super::{
    control, copy, dynptr, func, kptr, lock, maps, packet, path, perf, print, probe, redirect, ringbuf,
    stack, storage, task, text, time, timer, user_ringbuf,
};
use crate::isa::{helper_id, helper_name};
use crate::runtime::HelperBody;

/// A helper that is modelled.
pub struct Row {
    /// Full name, e.g. `"bpf_map_lookup_elem"`.
    pub name: &'static str,
    pub body: HelperBody,
}

/// Every family's rows.
const FAMILIES: &[&[Row]] = &[
    maps::ROWS,
    time::ROWS,
    task::ROWS,
    print::ROWS,
    probe::ROWS,
    copy::ROWS,
    ringbuf::ROWS,
    lock::ROWS,
    func::ROWS,
    control::ROWS,
    text::ROWS,
    packet::ROWS,
    perf::ROWS,
    path::ROWS,
    timer::ROWS,
    storage::ROWS,
    kptr::ROWS,
    dynptr::ROWS,
    redirect::ROWS,
    stack::ROWS,
    user_ringbuf::ROWS,
];

static BODIES: LazyLock<Vec<Option<HelperBody>>> = LazyLock::new(|| {
    let mut bodies = Vec::new();
    for row in FAMILIES.iter().copied().flatten() {
        let id = helper_id(row.name).unwrap_or_else(|| panic!("helper {} has no number", row.name)) as usize;
        bodies.resize(bodies.len().max(id + 1), None);
        assert!(bodies[id].replace(row.body).is_none(), "two bodies for helper {}", row.name);
    }
    bodies
});

/// The body of a helper; `None` when it is not modelled.
pub fn body(id: i32) -> Option<HelperBody> {
    *BODIES.get(usize::try_from(id).ok()?)?
}

/// Name of a helper number, for messages.
pub fn name(id: i32) -> String {
    helper_name(id).map_or_else(|| format!("helper #{id}"), |name| format!("{name}#{id}"))
}

/// Whether a helper has a body.
pub fn is_modelled(name: &str) -> bool {
    helper_id(name).is_some_and(|id| body(id).is_some())
}

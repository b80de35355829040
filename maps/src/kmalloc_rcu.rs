//! 5.10's run-time elements: `kmalloc` at insert, `call_rcu` and `kfree` after a delete. Only a classic grace period is awaited,
//! which is why that kernel refuses such maps to sleepable programs.
//!
//! Source: `hashtab.c:alloc_htab_elem`, `free_htab_elem` (5.10). Neighbour: `htab`.

use std::rc::Rc;

use sim::machine::Machine;

use crate::element::ElementState;
use crate::event::MapEvent;
use crate::pool::SharedPool;

/// A fresh element; `None` when kernel memory is used up (-ENOMEM).
pub(crate) fn alloc(m: &Machine, pool: &SharedPool) -> Option<u32> {
    pool.borrow_mut().make_object(m, true)
}

/// Frees an unlinked element after a classic grace period.
pub(crate) fn free(m: &Machine, pool: &SharedPool, map: &Rc<str>, id: u32) {
    pool.borrow_mut().get_mut(id).state = ElementState::AwaitsGracePeriod;
    m.emit_with(|| MapEvent::GracePeriodQueued { map: map.clone(), elements: 1, flavour: "rcu" });
    let (pool, map) = (pool.clone(), map.clone());
    m.call_rcu(move |m| {
        let value_addr = pool.borrow().get(id).value_addr;
        pool.borrow_mut().destroy_object(m, id);
        m.emit_with(|| MapEvent::ElementFreed { map, value_addr });
    });
}

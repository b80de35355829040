//! Elements that are made when they are needed and freed after a classic grace period at least: nodes of an LPM trie, elements of an
//! RHASH map.
//!
//! Two ways: `kmalloc` and `kfree_rcu` (tries before 7.2); `bpf_mem_cache_alloc` and `bpf_mem_cache_free_rcu`. Key type:
//! [`ElementSource`]. Neighbours: `source` (hash maps, whose elements are reused at once), `kmalloc_rcu`, `mem_alloc`.

use std::rc::Rc;

use sim::machine::Machine;

use crate::kmalloc_rcu;
use crate::map::MapCore;
use crate::mem_alloc::{MemAlloc, Watermarks};
use crate::pool::SharedPool;
use crate::rules::RuntimeAlloc;
use crate::source::{ElementObjects, LLIST_NODE_SZ};

pub(crate) enum ElementSource {
    KmallocRcu,
    MemAlloc(MemAlloc),
}

impl ElementSource {
    /// `with_cache`: `bpf_mem_alloc`, for objects that have `bytes` in a kernel.
    pub fn new(
        m: &Machine,
        with_cache: bool,
        bytes: u64,
        core: &MapCore,
        pool: &SharedPool,
    ) -> ElementSource {
        let rules = match core.rules.runtime_alloc {
            RuntimeAlloc::MemAlloc(rules) if with_cache => rules,
            _ => return ElementSource::KmallocRcu,
        };
        let (pool, map, fields) = (pool.clone(), core.name.clone(), core.fields.clone());
        let objects = ElementObjects { pool, map, fields, with_value: true };
        let marks = Watermarks::new(bytes + LLIST_NODE_SZ, false);
        ElementSource::MemAlloc(MemAlloc::new(m, Rc::new(objects), marks, rules, core.name.clone()))
    }

    /// A free element; `None`: -ENOMEM.
    pub fn take(&self, m: &Machine, pool: &SharedPool) -> Option<u32> {
        match self {
            ElementSource::KmallocRcu => kmalloc_rcu::alloc(m, pool),
            ElementSource::MemAlloc(cache) => cache.alloc(m).map(|id| id as u32),
        }
    }

    /// An element that nobody has seen goes back at once.
    pub fn give_up(&self, m: &Machine, pool: &SharedPool, id: u32) {
        match self {
            ElementSource::KmallocRcu => pool.borrow_mut().destroy_object(m, id),
            ElementSource::MemAlloc(cache) => cache.free(m, id.into()),
        }
    }

    /// An element that readers may still hold.
    pub fn free_rcu(&self, m: &Machine, pool: &SharedPool, map: &Rc<str>, id: u32) {
        match self {
            ElementSource::KmallocRcu => kmalloc_rcu::free(m, pool, map, id),
            ElementSource::MemAlloc(cache) => cache.free_rcu(m, id.into()),
        }
    }

    /// Gives all memory back; `linked` elements are out of the map. Nobody can hold one: the map's last user is gone.
    pub fn destroy(&self, m: &Machine, pool: &SharedPool, linked: &[u32]) {
        linked.iter().for_each(|id| pool.borrow_mut().destroy_object(m, *id));
        if let ElementSource::MemAlloc(cache) = self {
            cache.destroy(m);
        }
    }
}

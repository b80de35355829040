//! `bpf_global_ma`: the allocator of objects that programs make (`bpf_obj_new`), one `bpf_mem_alloc` cache per size class.
//!
//! An object that is freed goes to this CPU's list and may be handed out again at once, with whatever is in it. Source:
//! `kernel/bpf/memalloc.c:bpf_mem_alloc`, `bpf_mem_free`. Key type: [`ObjectCaches`]. Neighbours: `mem_alloc` does the work.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use sim::machine::Machine;

use crate::mem_alloc::{MemAlloc, Objects, Watermarks};
use crate::rules::{MapRules, MemAllocRules, RuntimeAlloc};

/// `sizes` of `memalloc.c`: bytes of an object with its header.
const CLASSES: [u64; 11] = [16, 32, 64, 96, 128, 192, 256, 512, 1024, 2048, 4096];
/// `LLIST_NODE_SZ`.
const HEADER_BYTES: u64 = 8;

/// The caches of all sizes.
pub struct ObjectCaches {
    rules: Option<MemAllocRules>,
    classes: RefCell<BTreeMap<u64, MemAlloc>>,
    /// The size class of each object that is handed out.
    live: RefCell<BTreeMap<u64, u64>>,
}

/// Plain memory of one size.
struct Plain(u64);

impl Objects for Plain {
    fn make(&self, m: &Machine) -> Option<u64> {
        m.arena_mut().alloc_zeroed((self.0 - HEADER_BYTES) as usize, "bpf_obj_new", m.stamp())
    }

    fn destroy(&self, m: &Machine, object: u64) {
        m.arena_mut().free(object, m.stamp());
    }

    fn set_waiting(&self, _object: u64, _waiting: bool) {}
}

impl ObjectCaches {
    /// Empty caches; 5.10 has no such allocator.
    pub fn new(rules: &MapRules) -> ObjectCaches {
        let rules = match rules.runtime_alloc {
            RuntimeAlloc::MemAlloc(rules) => Some(rules),
            RuntimeAlloc::KmallocRcu => None,
        };
        ObjectCaches { rules, classes: RefCell::default(), live: RefCell::default() }
    }

    /// An object of `bytes`, not cleared; `None` when it is too large or this CPU's list is empty.
    pub fn alloc(&self, m: &Machine, bytes: u64) -> Option<u64> {
        let rules = self.rules?;
        let class = *CLASSES.iter().find(|class| **class >= bytes + HEADER_BYTES)?;
        let cache = self.classes.borrow().get(&class).cloned();
        let cache = cache.unwrap_or_else(|| {
            let marks = Watermarks::new(class, false);
            let name: Rc<str> = "bpf_global_ma".into();
            let made = MemAlloc::new(m, Rc::new(Plain(class)), marks, rules, name);
            self.classes.borrow_mut().insert(class, made.clone());
            made
        });
        let object = cache.alloc(m)?;
        self.live.borrow_mut().insert(object, class);
        Some(object)
    }

    /// `bpf_mem_free`.
    pub fn free(&self, m: &Machine, object: u64) {
        let class = self.live.borrow_mut().remove(&object).expect("an object is freed once");
        let cache = self.classes.borrow()[&class].clone();
        cache.free(m, object);
    }
}

//! How long a map lives: references of descriptors, programs and outer maps, and the grace period before its memory goes.
//!
//! Source: `syscall.c:bpf_map_put`, `map_in_map.c:bpf_map_fd_put_ptr`. A map that no outer map ever held is freed at once when its last
//! reference goes: a program that uses it holds one. A map taken out of an outer map may still be in the hands of a program that looked
//! it up, so it waits. Key items: [`Lifetime`], [`get`], [`put`]. Differs: the work queue between grace period and freeing takes no time.

use std::cell::Cell;
use std::rc::Rc;

use sim::machine::Machine;

use crate::event::MapEvent;
use crate::map::Map;

/// What must end before the memory of an unreferenced map is freed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FreeAfter {
    /// Nothing: nobody can hold a pointer.
    #[default]
    AtOnce,
    /// `free_after_rcu_gp`: classic readers (6.12, 7.2).
    Rcu,
    /// `free_after_mult_rcu_gp`: Tasks Trace readers and classic ones.
    TasksTraceAndRcu,
}

impl FreeAfter {
    fn flavour(self) -> &'static str {
        match self {
            FreeAfter::AtOnce => "none",
            FreeAfter::Rcu => "rcu",
            FreeAfter::TasksTraceAndRcu => "rcu_tasks_trace",
        }
    }
}

/// How an outer map chooses [`FreeAfter`] for an inner map that it lets go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InnerMapFree {
    /// Always both grace periods (5.10, 6.1).
    Both,
    /// Both only when a sleepable program uses the outer map (6.12, 7.2).
    BySleepableUsers,
}

/// The references of one map.
#[derive(Debug)]
pub struct Lifetime {
    /// `bpf_map.refcnt`.
    refs: Cell<u32>,
    /// `bpf_map.usercnt`: those of user space.
    user_refs: Cell<u32>,
    /// `bpf_map.sleepable_refcnt`: loaded sleepable programs that use it.
    sleepable_users: Cell<u32>,
    free_after: Cell<FreeAfter>,
    freed: Cell<bool>,
}

impl Default for Lifetime {
    /// One descriptor.
    fn default() -> Lifetime {
        Lifetime {
            refs: Cell::new(1),
            user_refs: Cell::new(1),
            sleepable_users: Cell::new(0),
            free_after: Cell::default(),
            freed: Cell::new(false),
        }
    }
}

impl Lifetime {
    /// References of all kinds; at 0 the map has no id any more.
    pub fn refs(&self) -> u32 {
        self.refs.get()
    }

    /// Loaded sleepable programs that use the map.
    pub fn sleepable_users(&self) -> u32 {
        self.sleepable_users.get()
    }

    /// Whether its memory is gone.
    pub fn freed(&self) -> bool {
        self.freed.get()
    }

    /// A sleepable program that uses it was loaded (`true`) or freed.
    pub fn count_sleepable_user(&self, loaded: bool) {
        let users = self.sleepable_users.get();
        self.sleepable_users.set(if loaded { users + 1 } else { users - 1 });
    }
}

/// `bpf_map_inc`: a program or an outer map holds it.
pub fn get(map: &dyn Map) {
    let refs = &map.core().life.refs;
    assert!(refs.get() > 0, "map {} has no references any more", map.core().name);
    refs.set(refs.get() + 1);
}

/// `bpf_map_inc_with_uref`: another descriptor.
pub fn get_user(map: &dyn Map) {
    get(map);
    let users = &map.core().life.user_refs;
    users.set(users.get() + 1);
}

/// `bpf_map_put_with_uref`: a descriptor was closed. The last one empties a program array, whoever else holds it.
pub fn put_user(m: &Machine, map: &Rc<dyn Map>) {
    let users = &map.core().life.user_refs;
    assert!(users.get() > 0, "map {} has no descriptors", map.core().name);
    users.set(users.get() - 1);
    if users.get() == 0 {
        map.user_let_go(m);
        map.release_user(m);
    }
    put(m, map);
}

/// `bpf_map_put`: without references its id goes at once, its memory when no reader can hold it.
pub fn put(m: &Machine, map: &Rc<dyn Map>) {
    let life = &map.core().life;
    assert!(life.refs.get() > 0, "map {} is put once too often", map.core().name);
    life.refs.set(life.refs.get() - 1);
    if life.refs.get() > 0 {
        return;
    }
    let after = life.free_after.get();
    m.emit_with(|| MapEvent::MapUnreferenced { map: map.core().name.clone(), flavour: after.flavour() });
    let map = map.clone();
    match after {
        FreeAfter::AtOnce => free(m, &map),
        FreeAfter::Rcu => m.call_rcu(move |m| free(m, &map)),
        FreeAfter::TasksTraceAndRcu => m.call_rcu_tasks_trace(move |m| free(m, &map)),
    }
}

/// `bpf_map_fd_put_ptr`: `outer` lets `inner` go. `defer`: it was replaced or deleted, so readers may hold it.
pub(crate) fn put_inner(m: &Machine, outer: &dyn Map, inner: &Rc<dyn Map>, defer: bool) {
    if defer {
        let sleepable = outer.core().life.sleepable_users.get() > 0;
        let after = match outer.core().rules.inner_map_free {
            InnerMapFree::BySleepableUsers if !sleepable => FreeAfter::Rcu,
            _ => FreeAfter::TasksTraceAndRcu,
        };
        let free_after = &inner.core().life.free_after;
        // Both flags may be set over time; the stronger one wins (`bpf_map_put`).
        if free_after.get() != FreeAfter::TasksTraceAndRcu {
            free_after.set(after);
        }
    }
    put(m, inner);
}

fn free(m: &Machine, map: &Rc<dyn Map>) {
    map.core().life.freed.set(true);
    m.emit_with(|| MapEvent::MapFreed { map: map.core().name.clone() });
    map.destroy(m);
}

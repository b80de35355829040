//! `BPF_MAP_TYPE_QUEUE` and `BPF_MAP_TYPE_STACK`: values without keys, pushed and popped.
//!
//! All slots exist from the start and values are copied in and out under one lock, so nobody holds a pointer into the map and nothing
//! is reclaimed. `BPF_EXIST` on a full map overwrites the oldest value, of a stack too. Source: `kernel/bpf/queue_stack_maps.c`.
//! Key type: [`QueueStack`]. Neighbour: `map_lock`.

use std::cell::Cell;
use std::rc::Rc;

use sim::errno::Errno;
use sim::machine::Machine;

use crate::check::{ACCESS_MASK, access_ok, refuse};
use crate::consts::*;
use crate::create::CreateError;
use crate::map::{Map, MapCore};
use crate::map_lock::MapLock;
use crate::object::Descriptors;
use crate::rules::MapRules;
use crate::spec::MapDef;

/// A queue or a stack.
pub struct QueueStack {
    core: MapCore,
    lock: MapLock,
    /// Values side by side, one slot more than entries: full and empty differ.
    base: u64,
    slots: u32,
    /// Slot of the next push.
    head: Cell<u32>,
    /// Slot of the oldest value.
    tail: Cell<u32>,
}

const IN_SLOTS: &str = "slots are live memory of the map";

/// `queue_stack_map_alloc_check`.
pub(crate) fn check(def: &MapDef, _rules: &MapRules) -> Result<(), CreateError> {
    let bad = def.max_entries == 0
        || def.key_size != 0
        || def.value_size == 0
        || def.flags & !(BPF_F_NUMA_NODE | ACCESS_MASK) != 0
        || !access_ok(def.flags);
    refuse(bad, Errno::EINVAL)?;
    refuse(u64::from(def.value_size) > KMALLOC_MAX_SIZE, Errno::E2BIG)
}

impl QueueStack {
    /// An empty map; the definition has been checked.
    pub(crate) fn create(def: &MapDef, rules: &MapRules, m: &Machine) -> Result<Rc<dyn Map>, CreateError> {
        let core = MapCore::new(def, rules, m)?;
        let slots = def.max_entries.checked_add(1).ok_or(Errno::ENOMEM)?;
        let bytes =
            usize::try_from(u64::from(slots) * u64::from(def.value_size)).map_err(|_| Errno::ENOMEM)?;
        let base = core.alloc_area(m, bytes, "bpf_queue_stack.elements")?;
        let lock = MapLock::new(rules.queue_lock, "&qs->lock");
        Ok(Rc::new(QueueStack { core, lock, base, slots, head: Cell::new(0), tail: Cell::new(0) }))
    }

    fn slot(&self, index: u32) -> u64 {
        self.base + u64::from(index) * u64::from(self.core.def.value_size)
    }

    fn after(&self, index: u32) -> u32 {
        (index + 1) % self.slots
    }

    /// The slot that a pop reads.
    fn front(&self) -> Option<u32> {
        let (head, tail) = (self.head.get(), self.tail.get());
        let newest = (head + self.slots - 1) % self.slots;
        let stack = self.core.def.map_type == BPF_MAP_TYPE_STACK;
        (head != tail).then_some(if stack { newest } else { tail })
    }

    /// `__queue_map_get`, `__stack_map_get`.
    fn get(&self, m: &Machine, value: &mut [u8], then: impl FnOnce(u32)) -> Result<(), Errno> {
        self.core.check_sizes(&[], Some((value, self.core.layout.size)));
        let read = self.lock.with(m, self, || {
            let front = self.front().ok_or(Errno::ENOENT)?;
            value.copy_from_slice(m.arena().read(self.slot(front), value.len()).expect(IN_SLOTS));
            then(front);
            Ok(())
        });
        // 5.10 to 6.12 leave the value alone when they give up in an NMI; the verifier took it for written.
        let gave_up = read.is_err_and(|errno| errno != Errno::ENOENT);
        if read.is_err() && (!gave_up || self.core.rules.queue_clears_when_busy) {
            value.fill(0);
        }
        read
    }
}

impl Map for QueueStack {
    fn core(&self) -> &MapCore {
        &self.core
    }

    fn lookup(&self, _m: &Machine, _key: &[u8]) -> Option<u64> {
        None
    }

    fn update(&self, _m: &Machine, _key: &[u8], _value: &[u8], _flags: u64) -> Result<(), Errno> {
        Err(Errno::EINVAL)
    }

    fn delete(&self, _m: &Machine, _key: &[u8]) -> Result<(), Errno> {
        Err(Errno::EINVAL)
    }

    fn next_key(&self, _m: &Machine, _prev: Option<&[u8]>) -> Result<Vec<u8>, Errno> {
        Err(Errno::EINVAL)
    }

    fn push(&self, m: &Machine, value: &[u8], flags: u64) -> Result<(), Errno> {
        self.core.check_sizes(&[], Some((value, self.core.layout.size)));
        if flags & BPF_NOEXIST != 0 || flags > BPF_EXIST {
            return Err(Errno::EINVAL);
        }
        self.lock.with(m, self, || {
            let head = self.head.get();
            if self.after(head) == self.tail.get() {
                if flags != BPF_EXIST {
                    return Err(Errno::E2BIG);
                }
                self.tail.set(self.after(self.tail.get()));
            }
            m.arena_mut().write(self.slot(head), value).expect(IN_SLOTS);
            self.head.set(self.after(head));
            Ok(())
        })
    }

    fn pop(&self, m: &Machine, value: &mut [u8]) -> Result<(), Errno> {
        self.get(m, value, |front| {
            if self.core.def.map_type == BPF_MAP_TYPE_STACK {
                self.head.set(front);
            } else {
                self.tail.set(self.after(front));
            }
        })
    }

    fn peek(&self, m: &Machine, value: &mut [u8]) -> Result<(), Errno> {
        self.get(m, value, |_| {})
    }

    /// `BPF_MAP_LOOKUP_ELEM` peeks.
    fn lookup_user(&self, m: &Machine, _key: &[u8], flags: u64) -> Result<Vec<u8>, Errno> {
        self.core.check_lookup_user(flags)?;
        let mut value = vec![0; self.core.layout.size];
        self.peek(m, &mut value).map(|()| value)
    }

    /// `BPF_MAP_UPDATE_ELEM` pushes.
    fn update_user_with(
        &self,
        m: &Machine,
        _key: &[u8],
        value: &[u8],
        flags: u64,
        _fds: &dyn Descriptors,
    ) -> Result<(), Errno> {
        self.core.check_update_user(flags)?;
        self.push(m, value, flags)
    }

    fn lookup_and_delete_user(&self, m: &Machine, _key: &[u8], _flags: u64) -> Result<Vec<u8>, Errno> {
        let mut value = vec![0; self.core.layout.size];
        self.pop(m, &mut value).map(|()| value)
    }

    fn len(&self) -> u32 {
        (self.head.get() + self.slots - self.tail.get()) % self.slots
    }

    fn destroy(&self, m: &Machine) {
        m.arena_mut().free(self.base, m.stamp());
        self.core.destroy(m);
    }
}

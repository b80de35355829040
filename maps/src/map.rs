//! The interface of all maps, and what they have in common.
//!
//! [`Map`] has a program side (arena addresses of values) and a system-call side (`*_user`: bytes, permissions, per-CPU views).
//! [`MapCore`] holds what every type needs: definition, rules, freeze, the address of the map object. Neighbours: one file per
//! type implements [`Map`]; `programs` (helpers) and `hooks` (the `bpf` system call) use it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use sim::errno::Errno;
use sim::machine::Machine;

use crate::batch::Buckets;
use crate::callable::Callable;
use crate::cgroup_array::CgroupArray;
use crate::consts::*;
use crate::cpumap::Cpumap;
use crate::devmap::Devmap;
use crate::element::{ElementInfo, ReaderSection, Shadow};
use crate::fields::Fields;
use crate::local_storage::LocalStorage;
use crate::object::{Descriptors, NoDescriptors, ProgramTraits};
use crate::perf_event_array::PerfEventArray;
use crate::prog_array::ProgArray;
use crate::refcount::Lifetime;
use crate::ringbuf::Ringbuf;
use crate::rules::MapRules;
use crate::sock_array::SockArray;
use crate::sockhash::Sockhash;
use crate::spec::{FieldKind, MapDef};
use crate::stack_trace::StackTrace;
use crate::user_ringbuf::UserRingbuf;
use crate::value::ValueLayout;

/// Bytes of the simulated `struct bpf_map`, an object of its own whose address programs see as the map pointer.
const STRUCT_BPF_MAP_BYTES: usize = 256;

/// An element that an iteration visits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    pub key: Vec<u8>,
    /// Where the key is in kernel memory; `None` when the kernel makes it on its stack (arrays).
    pub key_addr: Option<u64>,
    /// The value; of per-CPU maps, this CPU's.
    pub value_addr: u64,
}

/// How far `bpf_for_each_map_elem` got. Start with the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// Next index of an array, or next bucket of a hash map.
    pub(crate) at: u32,
    /// In a bucket: the element to visit next, fetched before the current one was shown.
    pub(crate) next: Option<u32>,
}

/// A BPF map. Programs' side unless a method says otherwise.
///
/// Keys and values must have the map's sizes; a caller that passes others has a bug (assertion).
pub trait Map {
    /// What all maps have.
    fn core(&self) -> &MapCore;

    /// The definition it was made from.
    fn spec(&self) -> &MapDef {
        &self.core().def
    }

    /// `map_lookup_elem`: the value's address, this CPU's for per-CPU maps.
    fn lookup(&self, m: &Machine, key: &[u8]) -> Option<u64>;

    /// `bpf_map_lookup_percpu_elem`. `None` for maps that are not per-CPU, too.
    fn lookup_percpu(&self, _m: &Machine, _key: &[u8], _cpu: u32) -> Option<u64> {
        None
    }

    /// `map_update_elem`. With `BPF_F_LOCK` on an existing element the caller first waits until the lock word at
    /// [`Map::lock_addr`] is free; finding it taken here is reported as a deadlock.
    fn update(&self, m: &Machine, key: &[u8], value: &[u8], flags: u64) -> Result<(), Errno>;

    /// `map_delete_elem`.
    fn delete(&self, m: &Machine, key: &[u8]) -> Result<(), Errno>;

    /// `map_get_next_key`: the first key for `None` or for a key that is not in the map; -ENOENT after the last.
    fn next_key(&self, m: &Machine, prev: Option<&[u8]>) -> Result<Vec<u8>, Errno>;

    /// The next element of a `bpf_for_each_map_elem`; `None` at the end, or for types without it. The caller holds
    /// `rcu_read_lock` around each callback of a hash map (`hashtab.c:bpf_for_each_hash_elem`).
    fn visit(&self, _m: &Machine, _cursor: &mut Cursor) -> Option<Visit> {
        None
    }

    /// `BPF_MAP_LOOKUP_ELEM`: the value without its special fields; of per-CPU maps all CPUs' values, each rounded up to 8 bytes.
    fn lookup_user(&self, m: &Machine, key: &[u8], flags: u64) -> Result<Vec<u8>, Errno>;

    /// `BPF_MAP_UPDATE_ELEM` by nobody's process; `value` has [`MapCore::user_value_size`] bytes.
    fn update_user(&self, m: &Machine, key: &[u8], value: &[u8], flags: u64) -> Result<(), Errno> {
        self.update_user_with(m, key, value, flags, &NoDescriptors)
    }

    /// `BPF_MAP_UPDATE_ELEM` by a process: maps whose values are descriptors (4 bytes) look the number up in its table. -EBADF, or what
    /// the type says about an object that it does not hold. Other maps take the value as it is.
    fn update_user_with(
        &self,
        m: &Machine,
        key: &[u8],
        value: &[u8],
        flags: u64,
        _fds: &dyn Descriptors,
    ) -> Result<(), Errno> {
        self.core().check_update_user(flags)?;
        self.update(m, key, value, flags)
    }

    /// The same for a process: maps whose keys are descriptors look the number up in its table.
    fn lookup_user_with(
        &self,
        m: &Machine,
        key: &[u8],
        flags: u64,
        _fds: &dyn Descriptors,
    ) -> Result<Vec<u8>, Errno> {
        self.lookup_user(m, key, flags)
    }

    /// The same for a process: maps whose keys are descriptors look the number up in its table.
    fn delete_user_with(&self, m: &Machine, key: &[u8], _fds: &dyn Descriptors) -> Result<(), Errno> {
        self.delete_user(m, key)
    }

    /// `BPF_MAP_DELETE_ELEM`.
    fn delete_user(&self, m: &Machine, key: &[u8]) -> Result<(), Errno> {
        self.core().check_write()?;
        self.delete(m, key)
    }

    /// `BPF_MAP_GET_NEXT_KEY`.
    fn next_key_user(&self, m: &Machine, prev: Option<&[u8]>) -> Result<Vec<u8>, Errno> {
        self.core().check_read()?;
        self.next_key(m, prev)
    }

    /// `BPF_MAP_FREEZE`.
    fn freeze(&self, _m: &Machine) -> Result<(), Errno> {
        self.core().freeze()
    }

    /// `map_push_elem`: queues, stacks, Bloom filters. The verifier and `bpf()` ask no other type, so the default is never seen.
    fn push(&self, _m: &Machine, _value: &[u8], _flags: u64) -> Result<(), Errno> {
        Err(Errno::EOPNOTSUPP)
    }

    /// `map_pop_elem` into `value`, which an empty map fills with zeros.
    fn pop(&self, _m: &Machine, _value: &mut [u8]) -> Result<(), Errno> {
        Err(Errno::EOPNOTSUPP)
    }

    /// `map_peek_elem` into `value`; a Bloom filter is asked **about** `value` and leaves it alone.
    fn peek(&self, _m: &Machine, _value: &mut [u8]) -> Result<(), Errno> {
        Err(Errno::EOPNOTSUPP)
    }

    /// `BPF_MAP_LOOKUP_AND_DELETE_ELEM`, after [`MapCore::check_lookup_and_delete_user`].
    fn lookup_and_delete_user(&self, _m: &Machine, _key: &[u8], _flags: u64) -> Result<Vec<u8>, Errno> {
        Err(Errno::ENOTSUPP)
    }

    /// The buckets, if batch lookups walk them.
    fn as_buckets(&self) -> Option<&dyn Buckets> {
        None
    }

    /// Number of elements in the map; `max_entries` for arrays.
    fn len(&self) -> u32;

    /// Whether [`Map::len`] is 0.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where the value of a one-entry array is, for instructions that load a value's address directly (`.rodata`, `.data`, `.bss`).
    /// Error as `map_direct_value_addr`: -ENOTSUPP for other maps.
    fn direct_value(&self) -> Result<u64, Errno> {
        Err(Errno::ENOTSUPP)
    }

    /// Address of the value's `bpf_spin_lock`, given any address in the value or its start.
    fn lock_addr(&self, value_addr: u64) -> Option<u64> {
        self.spec().spin_lock_offset().map(|offset| value_addr + u64::from(offset))
    }

    /// The element whose memory contains `addr`.
    fn element_at(&self, _m: &Machine, _addr: u64) -> Option<ElementInfo> {
        None
    }

    /// The same with its readers and who did what to it; `None` for types whose elements never go.
    fn shadow_at(&self, _m: &Machine, _addr: u64) -> Option<Shadow> {
        None
    }

    /// A program in `reader` now holds a pointer to the value at `value_addr`.
    fn mark_reader(&self, _value_addr: u64, _reader: &Rc<ReaderSection>) {}

    /// The last descriptor of user space is closed (`map_release_uref`): timers and the like of all elements stop.
    fn user_let_go(&self, m: &Machine) {
        let mut cursor = Cursor::default();
        let values: Vec<u64> =
            std::iter::from_fn(|| self.visit(m, &mut cursor)).map(|visit| visit.value_addr).collect();
        self.core().fields.user_let_go(m, &values);
    }

    /// The local storage, if it is one.
    fn as_local_storage(&self) -> Option<&LocalStorage> {
        None
    }

    /// The ring buffer, if it is one.
    fn as_ringbuf(&self) -> Option<&Ringbuf> {
        None
    }

    /// Whether a program that tail-calls through the map fits those in it (`bpf_check_tail_call`); true for other maps.
    fn admits_user(&self, _program: &ProgramTraits) -> bool {
        true
    }

    /// A socket was closed: maps of sockets let it go.
    fn forget_socket(&self, _m: &Machine, _cookie: u64) {}

    /// The program array, if it is one.
    fn as_prog_array(&self) -> Option<&ProgArray> {
        None
    }

    /// The array of perf events, if it is one.
    fn as_perf_event_array(&self) -> Option<&PerfEventArray> {
        None
    }

    /// The array of cgroups, if it is one.
    fn as_cgroup_array(&self) -> Option<&CgroupArray> {
        None
    }

    /// The map of stacks, if it is one.
    fn as_stack_trace(&self) -> Option<&StackTrace> {
        None
    }

    /// The map of devices, if it is one.
    fn as_devmap(&self) -> Option<&Devmap> {
        None
    }

    /// The map of CPUs, if it is one.
    fn as_cpumap(&self) -> Option<&Cpumap> {
        None
    }

    /// The array of sockets, if it is one.
    fn as_sock_array(&self) -> Option<&SockArray> {
        None
    }

    /// The hash map of sockets, if it is one.
    fn as_sockhash(&self) -> Option<&Sockhash> {
        None
    }

    /// The ring buffer that user space fills, if it is one.
    fn as_user_ringbuf(&self) -> Option<&UserRingbuf> {
        None
    }

    /// `map_release`: the descriptor (open file) `file` of this map was closed.
    fn release(&self, _m: &Machine, _file: u64) {}

    /// `map_release_uref`: no descriptor refers to it any more.
    fn release_user(&self, _m: &Machine) {}

    /// `map_free`: gives all memory back. The last user is gone and grace periods for it have passed.
    fn destroy(&self, m: &Machine);
}

/// What every map has.
pub struct MapCore {
    pub def: MapDef,
    pub rules: MapRules,
    pub layout: ValueLayout,
    /// What the special fields of its values hold. Shared with callbacks that free elements.
    pub fields: Rc<Fields>,
    /// For events, without copying the text.
    pub name: Rc<str>,
    /// Address of the simulated `struct bpf_map`.
    pub addr: u64,
    pub nr_cpus: u32,
    /// References, and what must end before it is freed.
    pub life: Lifetime,
    /// `bpf_map.id`; 0 until the table of maps gives one.
    pub id: Cell<u32>,
    frozen: Cell<bool>,
    /// Inside [`MapCore::past_descriptors`].
    past_descriptors: Cell<bool>,
    callable: RefCell<Option<Rc<dyn Callable>>>,
}

impl MapCore {
    /// The common part of a new map; -ENOMEM when kernel memory is used up.
    pub fn new(def: &MapDef, rules: &MapRules, m: &Machine) -> Result<MapCore, Errno> {
        let addr = m
            .arena_mut()
            .alloc_zeroed(STRUCT_BPF_MAP_BYTES, "struct bpf_map", m.stamp())
            .ok_or(Errno::ENOMEM)?;
        Ok(MapCore {
            layout: ValueLayout::new(def),
            fields: Fields::new(def, rules, m.nr_cpus() as u32),
            name: def.name.as_str().into(),
            def: def.clone(),
            rules: rules.clone(),
            addr,
            nr_cpus: m.nr_cpus() as u32,
            life: Lifetime::default(),
            id: Cell::new(0),
            frozen: Cell::new(false),
            past_descriptors: Cell::new(false),
            callable: RefCell::default(),
        })
    }

    /// `bpf_map_area_alloc`: zeroed memory of the map. -ENOMEM when kernel memory is too small; the map object is freed then.
    pub(crate) fn alloc_area(&self, m: &Machine, bytes: usize, what: &'static str) -> Result<u64, Errno> {
        let area = m.arena_mut().alloc_zeroed(bytes, what, m.stamp());
        area.ok_or_else(|| {
            self.destroy(m);
            Errno::ENOMEM
        })
    }

    /// Installs what runs while a bucket is locked.
    pub fn set_callable(&self, callable: Option<Rc<dyn Callable>>) {
        *self.callable.borrow_mut() = callable;
    }

    pub(crate) fn bucket_locked(&self, m: &Machine, map: &dyn Map) {
        let callable = self.callable.borrow().clone();
        if let Some(callable) = callable {
            callable.bucket_locked(m, map);
        }
    }

    /// Whether user space has made the map read-only for itself.
    pub fn frozen(&self) -> bool {
        self.frozen.get()
    }

    /// Runs `action` without the permissions of the descriptor: an observer outside the simulation (who fills a map before the
    /// run, who judges it at the end) has no descriptor. A frozen map still refuses writes.
    pub fn past_descriptors<T>(&self, action: impl FnOnce() -> T) -> T {
        let before = self.past_descriptors.replace(true);
        let result = action();
        self.past_descriptors.set(before);
        result
    }

    fn descriptor_lacks(&self, mode: u32) -> bool {
        self.def.has(mode) && !self.past_descriptors.get()
    }

    /// `map_get_sys_perms`: may the descriptor read? It has the mode of `BPF_F_RDONLY`/`BPF_F_WRONLY` at creation.
    pub fn check_read(&self) -> Result<(), Errno> {
        if self.descriptor_lacks(BPF_F_WRONLY) { Err(Errno::EPERM) } else { Ok(()) }
    }

    /// May the descriptor write?
    pub fn check_write(&self) -> Result<(), Errno> {
        if self.descriptor_lacks(BPF_F_RDONLY) || self.frozen.get() { Err(Errno::EPERM) } else { Ok(()) }
    }

    /// What `map_update_elem` (syscall.c) checks before it looks at the type.
    pub fn check_update_user(&self, flags: u64) -> Result<(), Errno> {
        self.check_write()?;
        self.check_op_flags(flags, u64::MAX)
    }

    /// What `map_lookup_elem` (syscall.c) checks before it looks at the type.
    pub fn check_lookup_user(&self, flags: u64) -> Result<(), Errno> {
        let known = if self.rules.cpu_flags { BPF_F_LOCK | BPF_F_CPU } else { BPF_F_LOCK };
        // Kernels before 7.2 look for unknown flags first.
        if !self.rules.cpu_flags && flags & !known != 0 {
            return Err(Errno::EINVAL);
        }
        self.check_read()?;
        self.check_op_flags(flags, known)
    }

    /// What `map_lookup_and_delete_elem` (syscall.c) checks before it looks at the type. 5.10 has no flags: nothing but 0 is known.
    pub fn check_lookup_and_delete_user(&self, flags: u64) -> Result<(), Errno> {
        let known = if self.rules.hash_lookup_and_delete { BPF_F_LOCK } else { 0 };
        if flags & !known != 0 {
            return Err(Errno::EINVAL);
        }
        self.check_read()?;
        self.check_write()?;
        let keyless = matches!(self.def.map_type, BPF_MAP_TYPE_QUEUE | BPF_MAP_TYPE_STACK);
        if keyless && flags != 0 { Err(Errno::EINVAL) } else { self.check_op_flags(flags, BPF_F_LOCK) }
    }

    /// Hash maps have `BPF_MAP_LOOKUP_AND_DELETE_ELEM` since 5.14.
    pub(crate) fn check_hash_pop(&self) -> Result<(), Errno> {
        if self.rules.hash_lookup_and_delete { Ok(()) } else { Err(Errno::ENOTSUPP) }
    }

    /// `bpf_map_check_op_flags` (7.2), of which older kernels have only the lock part.
    pub(crate) fn check_op_flags(&self, flags: u64, known: u64) -> Result<(), Errno> {
        let word = if self.rules.cpu_flags { flags & u64::from(u32::MAX) } else { flags };
        if word & !known != 0 || (flags & BPF_F_LOCK != 0 && self.def.spin_lock_offset().is_none()) {
            return Err(Errno::EINVAL);
        }
        if !self.rules.cpu_flags {
            return Ok(());
        }
        let (one, all) = (flags & BPF_F_CPU != 0, flags & BPF_F_ALL_CPUS != 0);
        if (!one && flags >> 32 != 0) || ((one || all) && !self.def.is_percpu()) || (one && all) {
            return Err(Errno::EINVAL);
        }
        if one && flags >> 32 >= u64::from(self.nr_cpus) { Err(Errno::ERANGE) } else { Ok(()) }
    }

    /// `bpf_map_value_size`: bytes of a value that a system call with these flags copies.
    pub fn user_value_size(&self, flags: u64) -> usize {
        let one_value = self.rules.cpu_flags && flags & (BPF_F_CPU | BPF_F_ALL_CPUS) != 0;
        if self.def.is_percpu() && !one_value {
            self.def.value_stride() as usize * self.nr_cpus as usize
        } else {
            self.def.value_size as usize
        }
    }

    /// `map_freeze`.
    fn freeze(&self) -> Result<(), Errno> {
        let refused = |kind| {
            let timed = matches!(kind, FieldKind::Timer | FieldKind::Kptr);
            self.rules.freeze_refuses_fields || (self.rules.freeze_refuses_timers && timed)
        };
        if self.def.fields.iter().any(|field| refused(field.kind)) {
            return Err(Errno::ENOTSUPP);
        }
        if self.rules.freeze_checks_write {
            self.check_write()?;
        }
        if self.frozen.replace(true) { Err(Errno::EBUSY) } else { Ok(()) }
    }

    /// Stores a value, with `BPF_F_LOCK` under the element's spin lock (`copy_map_value_locked`). The caller has waited for the
    /// lock; if it is taken all the same, its holder is this CPU: a real kernel spins here for ever.
    pub(crate) fn store_value(&self, m: &Machine, addr: u64, value: &[u8], flags: u64) -> Result<(), Errno> {
        if flags & BPF_F_LOCK != 0 {
            self.check_lock_free(m, addr)?;
        }
        self.layout.store(m, addr, value);
        Ok(())
    }

    /// Loads a value for user space, with `BPF_F_LOCK` under the element's spin lock.
    pub(crate) fn load_value(&self, m: &Machine, addr: u64, flags: u64) -> Result<Vec<u8>, Errno> {
        if flags & BPF_F_LOCK != 0 {
            self.check_lock_free(m, addr)?;
        }
        Ok(self.layout.load(m, addr, self.layout.size))
    }

    fn check_lock_free(&self, m: &Machine, value_addr: u64) -> Result<(), Errno> {
        let offset = self.def.spin_lock_offset().expect("BPF_F_LOCK was checked against the definition");
        let word = m.arena().load(value_addr + u64::from(offset), 4).expect("a value's lock is in the value");
        if word == 0 {
            return Ok(());
        }
        let message =
            format!("BPF_F_LOCK on map {} waits for a bpf_spin_lock that cannot be released", self.name);
        m.finding(sim::finding::DEADLOCK, message, vec![format!("value at {value_addr:#x}")]);
        Err(Errno::EDEADLK)
    }

    /// Frees the map object.
    pub fn destroy(&self, m: &Machine) {
        m.arena_mut().free(self.addr, m.stamp());
    }

    pub(crate) fn check_sizes(&self, key: &[u8], value: Option<(&[u8], usize)>) {
        assert_eq!(key.len(), self.def.key_size as usize, "key size of map {}", self.name);
        if let Some((value, want)) = value {
            assert_eq!(value.len(), want, "value size of map {}", self.name);
        }
    }
}

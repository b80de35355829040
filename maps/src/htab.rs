//! What HASH and PERCPU_HASH share: buckets, locks, and the three ways to get and give back an element.
//!
//! - preallocated: a free list, immediate reuse; replacing a key's element swaps with one spare element per CPU;
//! - 5.10 without preallocation: `kmalloc`/`call_rcu`;
//! - later kernels without preallocation: `bpf_mem_alloc`.
//!
//! Source: `kernel/bpf/hashtab.c`. Key type: [`Htab`]. Neighbours: `hash`, `percpu_hash` (the map types), `lru_hash` (which has its
//! own way to find a free element).

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use sim::errno::Errno;
use sim::machine::Machine;

use crate::consts::*;
use crate::create::CreateError;
use crate::element::{ElementInfo, ElementState, ReaderSection, Reuse};
use crate::event::{MapEvent, UpdateKind};
use crate::freelist::Freelist;
use crate::kmalloc_rcu;
use crate::lock::{BucketLocks, Locked};
use crate::map::{Cursor, Map, MapCore, Visit};
use crate::mem_alloc::{MemAlloc, Objects, Watermarks};
use crate::pool::{Pool, SharedPool};
use crate::rules::{MapRules, RuntimeAlloc};
use crate::spec::MapDef;
use crate::table::Table;

/// `LLIST_NODE_SZ`: what `bpf_mem_alloc` adds to each object.
const LLIST_NODE_SZ: u64 = 8;

/// Where free elements come from and go to.
enum Source {
    Preallocated { free: Freelist, spare: RefCell<Vec<u32>> },
    KmallocRcu,
    MemAlloc { elements: MemAlloc, values: Option<MemAlloc> },
}

/// A hash table of the kernel.
pub struct Htab {
    pub(crate) core: MapCore,
    pub(crate) table: RefCell<Table>,
    pub(crate) pool: SharedPool,
    locks: BucketLocks,
    source: Source,
    /// Elements made at run time, linked or about to be (`htab->count`).
    count: Cell<u32>,
}

/// Objects of `bpf_mem_alloc` that are elements: the number is the element's.
struct ElementObjects {
    pool: SharedPool,
    map: Rc<str>,
    with_value: bool,
}

impl Objects for ElementObjects {
    fn make(&self, m: &Machine) -> Option<u64> {
        self.pool.borrow_mut().make_object(m, self.with_value).map(u64::from)
    }

    fn destroy(&self, m: &Machine, object: u64) {
        let id = object as u32;
        let value_addr = self.pool.borrow().get(id).value_addr;
        self.pool.borrow_mut().destroy_object(m, id);
        m.emit_with(|| MapEvent::ElementFreed { map: self.map.clone(), value_addr });
    }

    fn set_waiting(&self, object: u64, waiting: bool) {
        let state = if waiting { ElementState::AwaitsGracePeriod } else { ElementState::Unlinked };
        self.pool.borrow_mut().get_mut(object as u32).state = state;
    }
}

/// Objects of `bpf_mem_alloc` that are blocks of per-CPU values: the number is the address.
struct ValueObjects {
    pool: SharedPool,
    bytes: u64,
}

impl Objects for ValueObjects {
    fn make(&self, m: &Machine) -> Option<u64> {
        m.arena_mut().alloc_zeroed(self.bytes as usize, "htab per-CPU value", m.stamp())
    }

    fn destroy(&self, m: &Machine, object: u64) {
        self.pool.borrow_mut().forget_block(object);
        m.arena_mut().free(object, m.stamp());
    }

    fn set_waiting(&self, _object: u64, _waiting: bool) {}
}

impl Htab {
    /// An empty table; the definition has been checked.
    pub(crate) fn new(def: &MapDef, rules: &MapRules, m: &Machine) -> Result<Htab, CreateError> {
        let core = MapCore::new(def, rules, m)?;
        let pool: SharedPool = Rc::new(RefCell::new(Pool::new(def, core.nr_cpus)));
        let buckets = def.max_entries.next_power_of_two();
        let seed = if def.has(BPF_F_ZERO_SEED) { 0 } else { m.rng_u32("map hash seed") };
        let locks = BucketLocks::new(m, rules.bucket_guard, buckets)?;
        let source = match rules.runtime_alloc {
            _ if !def.has(BPF_F_NO_PREALLOC) => Source::preallocate(def, &core, &pool, m)?,
            RuntimeAlloc::KmallocRcu => Source::KmallocRcu,
            RuntimeAlloc::MemAlloc(_) => Source::mem_alloc(def, &core, &pool, m),
        };
        let table = RefCell::new(Table::new(buckets, seed, pool.clone()));
        Ok(Htab { core, table, pool, locks, source, count: Cell::new(0) })
    }

    /// Locks the bucket of `hash` and lets upper layers' code run inside.
    pub(crate) fn lock(&self, m: &Machine, hash: u32, map: &dyn Map) -> Result<Locked, Errno> {
        let locked = self.locks.lock(m, hash, &self.core.name)?;
        self.core.bucket_locked(m, map);
        Ok(locked)
    }

    pub(crate) fn unlock(&self, m: &Machine, locked: Locked) {
        self.locks.unlock(m, locked);
    }

    pub(crate) fn find(&self, m: &Machine, key: &[u8]) -> Option<u32> {
        self.core.check_sizes(key, None);
        let table = self.table.borrow();
        table.find(m, table.hash(key), key)
    }

    pub(crate) fn value_addr(&self, id: u32) -> u64 {
        self.pool.borrow().get(id).value_addr
    }

    /// `check_flags`.
    pub(crate) fn check_exist(exists: bool, flags: u64) -> Result<(), Errno> {
        match flags & !BPF_F_LOCK {
            BPF_NOEXIST if exists => Err(Errno::EEXIST),
            BPF_EXIST if !exists => Err(Errno::ENOENT),
            _ => Ok(()),
        }
    }

    /// `alloc_htab_elem` without the value: an element with this key, not linked yet. `replaces`: the key's element now.
    pub(crate) fn new_element(
        &self,
        m: &Machine,
        key: &[u8],
        replaces: Option<u32>,
    ) -> Result<(u32, Option<Reuse>), Errno> {
        let id = self.take(m, replaces)?;
        let hash = self.table.borrow().hash(key);
        let reuse = self.pool.borrow_mut().begin_use(m, id, key, hash);
        Ok((id, reuse))
    }

    fn take(&self, m: &Machine, replaces: Option<u32>) -> Result<u32, Errno> {
        let cpu = u32::from(m.current_cpu().0);
        if let Source::Preallocated { free, spare } = &self.source {
            return match replaces {
                Some(old) => Ok(std::mem::replace(&mut spare.borrow_mut()[cpu as usize], old)),
                None => free.pop(cpu).ok_or(Errno::E2BIG),
            };
        }
        // A full map may exceed its limit by the element that replaces another one.
        if self.count.get() >= self.core.def.max_entries && replaces.is_none() {
            return Err(Errno::E2BIG);
        }
        let id = self.take_at_run_time(m).ok_or(Errno::ENOMEM)?;
        self.count.set(self.count.get() + 1);
        Ok(id)
    }

    fn take_at_run_time(&self, m: &Machine) -> Option<u32> {
        let Source::MemAlloc { elements, values } = &self.source else {
            return kmalloc_rcu::alloc(m, &self.pool);
        };
        let id = elements.alloc(m)?;
        if let Some(values) = values {
            let Some(block) = values.alloc(m) else {
                elements.free(m, id);
                return None;
            };
            self.pool.borrow_mut().set_value_block(id as u32, block);
        }
        Some(id as u32)
    }

    /// `free_htab_elem`: the element has left its bucket. A replaced preallocated element is this CPU's spare already.
    pub(crate) fn release(&self, m: &Machine, id: u32, replaced: bool) {
        match &self.source {
            Source::Preallocated { .. } if replaced => {}
            Source::Preallocated { free, .. } => free.push(m.current_cpu().0.into(), id),
            Source::KmallocRcu => {
                self.count.set(self.count.get() - 1);
                kmalloc_rcu::free(m, &self.pool, &self.core.name, id);
            }
            Source::MemAlloc { elements, values } => {
                self.count.set(self.count.get() - 1);
                if let Some(values) = values {
                    values.free(m, self.value_addr(id));
                }
                elements.free(m, id.into());
            }
        }
    }

    /// Links a filled element, takes the replaced one out, and says so.
    pub(crate) fn link(&self, m: &Machine, id: u32, replaces: Option<u32>, reuse: Option<Reuse>, key: &[u8]) {
        let mut table = self.table.borrow_mut();
        table.link(id);
        if let Some(old) = replaces {
            assert!(table.unlink(m, old), "the replaced element was found under the lock");
        }
        drop(table);
        if let Some(reuse) = reuse {
            reuse.report(m, &self.core.name, key);
        }
        let kind = if replaces.is_some() { UpdateKind::Replace } else { UpdateKind::Insert };
        self.emit_update(m, key, id, kind);
    }

    pub(crate) fn emit_update(&self, m: &Machine, key: &[u8], id: u32, kind: UpdateKind) {
        m.emit_with(|| MapEvent::Update {
            map: self.core.name.clone(),
            key: key.to_vec(),
            value_addr: self.value_addr(id),
            kind,
        });
    }

    /// `htab_map_delete_elem`.
    pub(crate) fn delete(&self, m: &Machine, key: &[u8], map: &dyn Map) -> Result<(), Errno> {
        let hash = self.table.borrow().hash(key);
        let locked = self.lock(m, hash, map)?;
        let found = self.find(m, key);
        if let Some(id) = found {
            let unlinked = self.table.borrow_mut().unlink(m, id);
            assert!(unlinked, "found under the lock");
        }
        self.unlock(m, locked);
        let id = found.ok_or(Errno::ENOENT)?;
        let value_addr = self.value_addr(id);
        m.emit_with(|| MapEvent::Delete { map: self.core.name.clone(), key: key.to_vec(), value_addr });
        self.release(m, id, false);
        Ok(())
    }

    pub(crate) fn next_key(&self, m: &Machine, prev: Option<&[u8]>) -> Result<Vec<u8>, Errno> {
        if let Some(key) = prev {
            self.core.check_sizes(key, None);
        }
        self.table.borrow().next_key(m, prev)
    }

    /// `value_offset`: where this CPU's value is in the element's.
    pub(crate) fn visit(&self, m: &Machine, cursor: &mut Cursor, value_offset: u64) -> Option<Visit> {
        self.table.borrow().visit(m, cursor, value_offset)
    }

    pub(crate) fn len(&self) -> u32 {
        self.table.borrow().len()
    }

    pub(crate) fn element_at(&self, m: &Machine, addr: u64) -> Option<ElementInfo> {
        self.pool.borrow().info(m, addr)
    }

    pub(crate) fn mark_reader(&self, addr: u64, reader: &Rc<ReaderSection>) {
        self.pool.borrow_mut().mark_reader(addr, reader);
    }

    /// `htab_map_free`.
    pub(crate) fn destroy(&self, m: &Machine) {
        let linked = self.table.borrow().all();
        match &self.source {
            Source::Preallocated { .. } => self.pool.borrow_mut().destroy_area(m),
            Source::KmallocRcu => {
                linked.into_iter().for_each(|id| self.pool.borrow_mut().destroy_object(m, id))
            }
            Source::MemAlloc { elements, values } => {
                for id in linked {
                    self.table.borrow_mut().unlink(m, id);
                    self.release(m, id, false);
                }
                elements.destroy(m);
                if let Some(values) = values {
                    values.destroy(m);
                }
            }
        }
        self.locks.destroy(m);
        self.core.destroy(m);
    }
}

impl Source {
    /// `prealloc_init` and `alloc_extra_elems`: only maps that replace elements have spares.
    fn preallocate(def: &MapDef, core: &MapCore, pool: &SharedPool, m: &Machine) -> Result<Source, Errno> {
        let spares = if def.is_percpu() { 0 } else { core.nr_cpus };
        let count = def.max_entries.checked_add(spares).ok_or(Errno::ENOMEM)?;
        pool.borrow_mut().preallocate(m, count)?;
        let free = Freelist::new(count, core.nr_cpus);
        // The kernel pops all spares on the CPU that creates the map.
        let here = u32::from(m.current_cpu().0);
        let spare = (0..spares).map(|_| free.pop(here).expect("one spare per CPU was added")).collect();
        Ok(Source::Preallocated { free, spare: RefCell::new(spare) })
    }

    fn mem_alloc(def: &MapDef, core: &MapCore, pool: &SharedPool, m: &Machine) -> Source {
        let RuntimeAlloc::MemAlloc(rules) = core.rules.runtime_alloc else {
            unreachable!("chosen by this field")
        };
        let percpu = def.is_percpu();
        // Watermarks follow the kernel's object size, which includes the element header we keep elsewhere.
        let payload = def.key_stride() + if percpu { 8 } else { def.value_stride() };
        let unit = HTAB_ELEM_HEADER + payload + LLIST_NODE_SZ;
        let objects = ElementObjects { pool: pool.clone(), map: core.name.clone(), with_value: !percpu };
        let marks = Watermarks::new(unit, false);
        let elements = MemAlloc::new(m, Rc::new(objects), marks, rules, core.name.clone());
        let values = percpu.then(|| {
            let marks = Watermarks::new(def.value_stride(), rules.small_percpu_cache);
            let bytes = pool.borrow().value_bytes;
            let objects = ValueObjects { pool: pool.clone(), bytes };
            MemAlloc::new(m, Rc::new(objects), marks, rules, core.name.clone())
        });
        Source::MemAlloc { elements, values }
    }
}

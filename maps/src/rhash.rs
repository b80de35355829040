//! `BPF_MAP_TYPE_RHASH` (7.2): a hash map whose table grows and shrinks with its elements.
//!
//! Elements are made when they are needed, by `bpf_mem_alloc`. A key's value is changed in place, so a reader sees it change; a deleted
//! element is handed out again only after a classic grace period, and given back after a Tasks Trace one. Iteration follows the table
//! of the moment: a resize gives it another order, and a walk may then miss or repeat elements.
//!
//! Source: `hashtab.c:rhtab_map_ops`, `lib/rhashtable.c`. Differs: a resize moves all elements at one instant; in a kernel old and new
//! table both serve lookups meanwhile. Key type: [`Rhash`]. Neighbours: `rhash_table`, `element_source`.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use sim::errno::Errno;
use sim::machine::Machine;

use crate::check::{check_hash_attributes, refuse};
use crate::consts::*;
use crate::create::CreateError;
use crate::element::{ElementInfo, ReaderSection, Shadow};
use crate::element_source::ElementSource;
use crate::event::{MapEvent, UpdateKind};
use crate::map::{Cursor, Map, MapCore, Visit};
use crate::pool::{Pool, SharedPool};
use crate::rhash_table::RhashTable;
use crate::rules::MapRules;
use crate::spec::MapDef;

/// `sizeof(struct rhtab_elem)`, before key and value.
const RHTAB_ELEM_HEADER: u64 = 8;
/// From the interrupt work that asks for a resize to the worker that does it. A kernel worker starts when it gets a CPU; one timer
/// tick keeps the two apart.
const WORKER_DELAY_NS: u64 = 4_000_000;

/// A resizable hash map.
pub struct Rhash(Rc<Shared>);

struct Shared {
    core: MapCore,
    pool: SharedPool,
    source: ElementSource,
    table: RefCell<RhashTable>,
    /// The worker is on its way (`run_work`).
    worker_queued: Cell<bool>,
    gone: Cell<bool>,
}

/// `rhtab_map_alloc_check`.
pub(crate) fn check(def: &MapDef, rules: &MapRules) -> Result<(), CreateError> {
    refuse(!def.has(BPF_F_NO_PREALLOC) || def.has(BPF_F_ZERO_SEED), Errno::EINVAL)?;
    refuse(def.key_size > u32::from(u16::MAX), Errno::E2BIG)?;
    refuse(def.extra >> 32 != 0, Errno::EINVAL)?;
    refuse(def.extra > u64::from(u16::MAX), Errno::E2BIG)?;
    refuse(def.extra > u64::from(def.max_entries), Errno::EINVAL)?;
    check_hash_attributes(def, rules)
}

/// What `rhtab_map_alloc` checks.
pub(crate) fn check_entries(def: &MapDef, _rules: &MapRules) -> Result<(), CreateError> {
    refuse(def.max_entries > 1 << 31, Errno::E2BIG)
}

impl Rhash {
    /// An empty map; the definition has been checked.
    pub(crate) fn create(def: &MapDef, rules: &MapRules, m: &Machine) -> Result<Rc<dyn Map>, CreateError> {
        let core = MapCore::new(def, rules, m)?;
        let pool: SharedPool = Rc::new(RefCell::new(Pool::new(def, core.nr_cpus)));
        let bytes = RHTAB_ELEM_HEADER + def.key_stride() + def.value_stride();
        let source = ElementSource::new(m, true, bytes, &core, &pool);
        let table = RefCell::new(RhashTable::new(def.extra as u32, m.rng_u32("map hash seed")));
        let (worker_queued, gone) = (Cell::new(false), Cell::new(false));
        Ok(Rc::new(Rhash(Rc::new(Shared { core, pool, source, table, worker_queued, gone }))))
    }

    fn find(&self, m: &Machine, key: &[u8]) -> Option<u32> {
        self.0.core.check_sizes(key, None);
        self.0.table.borrow().find(m, &self.0.pool.borrow(), key)
    }

    fn value_addr(&self, id: u32) -> u64 {
        self.0.pool.borrow().get(id).value_addr
    }

    fn emit_update(&self, m: &Machine, key: &[u8], id: u32, kind: UpdateKind) {
        m.emit_with(|| MapEvent::Update {
            map: self.0.core.name.clone(),
            key: key.to_vec(),
            value_addr: self.value_addr(id),
            kind,
        });
    }

    /// `rhtab_map_update_existing`.
    fn change(&self, m: &Machine, id: u32, key: &[u8], value: &[u8], flags: u64) -> Result<(), Errno> {
        if flags & BPF_NOEXIST != 0 {
            return Err(Errno::EEXIST);
        }
        self.0.core.store_value(m, self.value_addr(id), value, flags)?;
        self.0.core.fields.overwritten(m, self.value_addr(id));
        self.emit_update(m, key, id, UpdateKind::InPlace);
        Ok(())
    }

    fn insert(&self, m: &Machine, key: &[u8], value: &[u8]) -> Result<(), Errno> {
        if self.len() >= self.0.core.def.max_entries {
            return Err(Errno::E2BIG);
        }
        let id = self.0.source.take(m, &self.0.pool).ok_or(Errno::ENOMEM)?;
        let reuse = self.0.pool.borrow_mut().begin_use(m, id, key, 0);
        if reuse.is_none() {
            self.0.core.layout.clear_fields(m, self.value_addr(id));
        }
        self.0.core.layout.store(m, self.value_addr(id), value);
        if self.0.table.borrow().must_resize(key) {
            self.0.resize(m);
        }
        self.0.table.borrow_mut().insert(key, id);
        self.0.pool.borrow_mut().mark_linked(m, id);
        if let Some(reuse) = reuse {
            reuse.report(m, &self.0.core.name, key);
        }
        self.emit_update(m, key, id, UpdateKind::Insert);
        if self.0.table.borrow().crowded() {
            self.0.clone().queue_worker(m);
        }
        Ok(())
    }

    /// `rhtab_delete_elem`.
    fn remove(&self, m: &Machine, id: u32, key: &[u8]) {
        self.0.table.borrow_mut().remove(key, id);
        self.0.pool.borrow_mut().mark_unlinked(m, id);
        let value_addr = self.value_addr(id);
        m.emit_with(|| MapEvent::Delete { map: self.0.core.name.clone(), key: key.to_vec(), value_addr });
        self.0.core.fields.unlinked(m, value_addr);
        self.0.source.free_rcu(m, &self.0.pool, &self.0.core.name, id);
        if self.0.table.borrow().sparse() {
            self.0.clone().queue_worker(m);
        }
    }
}

impl Shared {
    /// Runs `rht_deferred_worker` soon, unless it is on its way.
    fn queue_worker(self: Rc<Self>, m: &Machine) {
        if self.worker_queued.replace(true) {
            return;
        }
        m.at(m.now_ns() + WORKER_DELAY_NS, move |m| {
            self.worker_queued.set(false);
            let wanted = self.table.borrow().resized().is_some();
            if wanted && !self.gone.get() {
                self.resize(m);
            }
        });
    }

    /// To the size that fits, or for a long chain to another seed.
    fn resize(&self, m: &Machine) {
        let mut table = self.table.borrow_mut();
        let from = table.bucket_count();
        let to = table.resized().unwrap_or(from);
        table.rehash(m, &self.pool.borrow(), to, m.rng_u32("map hash seed"));
        m.emit_with(|| MapEvent::Resize { map: self.core.name.clone(), from, to, elements: table.len() });
    }
}

impl Map for Rhash {
    fn core(&self) -> &MapCore {
        &self.0.core
    }

    fn lookup(&self, m: &Machine, key: &[u8]) -> Option<u64> {
        self.find(m, key).map(|id| self.value_addr(id))
    }

    fn update(&self, m: &Machine, key: &[u8], value: &[u8], flags: u64) -> Result<(), Errno> {
        self.0.core.check_sizes(key, Some((value, self.0.core.layout.size)));
        if flags & !BPF_F_LOCK > BPF_EXIST {
            return Err(Errno::EINVAL);
        }
        if flags & BPF_F_LOCK != 0 {
            self.spec().spin_lock_offset().ok_or(Errno::EINVAL)?;
        }
        match self.find(m, key) {
            Some(id) => self.change(m, id, key, value, flags),
            None if flags & BPF_EXIST != 0 => Err(Errno::ENOENT),
            None => self.insert(m, key, value),
        }
    }

    fn delete(&self, m: &Machine, key: &[u8]) -> Result<(), Errno> {
        let id = self.find(m, key).ok_or(Errno::ENOENT)?;
        self.remove(m, id, key);
        Ok(())
    }

    fn next_key(&self, m: &Machine, prev: Option<&[u8]>) -> Result<Vec<u8>, Errno> {
        let (table, pool) = (self.0.table.borrow(), self.0.pool.borrow());
        let next = table.next(m, &pool, prev).or_else(|()| table.next(m, &pool, None));
        next.ok().flatten().map(|id| pool.key(m, id)).ok_or(Errno::ENOENT)
    }

    /// `bpf_each_rhash_elem`: goes on from the key it showed last, and ends early when the callback deleted that.
    fn visit(&self, m: &Machine, cursor: &mut Cursor) -> Option<Visit> {
        let (table, pool) = (self.0.table.borrow(), self.0.pool.borrow());
        let prev = cursor.next.map(|id| pool.key(m, id));
        let id = table.next(m, &pool, prev.as_deref()).ok().flatten()?;
        cursor.next = Some(id);
        let element = pool.get(id);
        Some(Visit { key: pool.key(m, id), key_addr: Some(element.key_addr), value_addr: element.value_addr })
    }

    fn lookup_user(&self, m: &Machine, key: &[u8], flags: u64) -> Result<Vec<u8>, Errno> {
        self.0.core.check_lookup_user(flags)?;
        let id = self.find(m, key).ok_or(Errno::ENOENT)?;
        self.0.core.load_value(m, self.value_addr(id), flags)
    }

    fn lookup_and_delete_user(&self, m: &Machine, key: &[u8], flags: u64) -> Result<Vec<u8>, Errno> {
        let id = self.find(m, key).ok_or(Errno::ENOENT)?;
        let value = self.0.core.load_value(m, self.value_addr(id), flags)?;
        self.remove(m, id, key);
        Ok(value)
    }

    fn len(&self) -> u32 {
        self.0.table.borrow().len()
    }

    fn element_at(&self, m: &Machine, addr: u64) -> Option<ElementInfo> {
        self.0.pool.borrow().info(m, addr)
    }

    fn shadow_at(&self, m: &Machine, addr: u64) -> Option<Shadow> {
        self.0.pool.borrow().shadow(m, addr)
    }

    fn mark_reader(&self, value_addr: u64, reader: &Rc<ReaderSection>) {
        self.0.pool.borrow_mut().mark_reader(value_addr, reader);
    }

    fn destroy(&self, m: &Machine) {
        self.0.gone.set(true);
        let linked = self.0.table.borrow().all();
        linked.iter().for_each(|id| self.0.core.fields.freed(m, self.value_addr(*id)));
        self.0.source.destroy(m, &self.0.pool, &linked);
        self.0.core.destroy(m);
    }
}

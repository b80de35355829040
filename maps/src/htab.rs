//! What all hash map types share: buckets, locks, elements.
//!
//! Source: `kernel/bpf/hashtab.c`. Key type: [`Htab`]. Neighbours: `hash_family` and `hash_of_maps` (the map types), `source` (where
//! elements come from and go to), `table` (the chains).

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use sim::errno::Errno;
use sim::machine::Machine;

use crate::batch::{Command, Pair};
use crate::consts::*;
use crate::create::CreateError;
use crate::element::{ElementInfo, ReaderSection, Reuse};
use crate::event::{MapEvent, UpdateKind};
use crate::lock::{BucketLocks, Locked};
use crate::map::{Cursor, Map, MapCore, Visit};
use crate::pool::{Pool, SharedPool};
use crate::rules::MapRules;
use crate::source::{Source, effective_entries};
use crate::spec::MapDef;
use crate::table::Table;

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

/// Reads the value of an element for user space.
pub(crate) type ReadValue<'a> = &'a dyn Fn(u64) -> Result<Vec<u8>, Errno>;

impl Htab {
    /// An empty table; the definition has been checked.
    pub(crate) fn new(def: &MapDef, rules: &MapRules, m: &Machine) -> Result<Htab, CreateError> {
        let max_entries = effective_entries(def, m.nr_cpus() as u32);
        let def = &MapDef { max_entries, ..def.clone() };
        Self::with_elements(MapCore::new(def, rules, m)?, def, m)
    }

    /// The same with elements as `def` describes them, which need not be what user space sees (pointers for descriptors).
    pub(crate) fn with_elements(core: MapCore, def: &MapDef, m: &Machine) -> Result<Htab, CreateError> {
        let rules = core.rules.clone();
        let pool: SharedPool = Rc::new(RefCell::new(Pool::new(def, core.nr_cpus)));
        let buckets = def.max_entries.next_power_of_two();
        let seed = if def.has(BPF_F_ZERO_SEED) { 0 } else { m.rng_u32("map hash seed") };
        let locks = BucketLocks::new(m, rules.bucket_guard, buckets, &def.name)?;
        let source = Source::new(def, &core, &pool, m)?;
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

    pub(crate) fn hash(&self, key: &[u8]) -> u32 {
        self.table.borrow().hash(key)
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
        let counted = self.source.at_run_time();
        // A full map may exceed its limit by the element that replaces another one.
        if counted && self.count.get() >= self.core.def.max_entries && replaces.is_none() {
            return Err(Errno::E2BIG);
        }
        let id = self.source.take(m, &self.pool, replaces)?;
        self.count.set(self.count.get() + u32::from(counted));
        let reuse = self.pool.borrow_mut().begin_use(m, id, key, self.hash(key));
        Ok((id, reuse))
    }

    /// `prealloc_lru_pop`: an element with this key, not linked yet; a full map gives one up. -ENOMEM when none can be had.
    pub(crate) fn new_lru_element(&self, m: &Machine, key: &[u8]) -> Result<(u32, Option<Reuse>), Errno> {
        let cpu = m.current_cpu().0.into();
        let popped = self.source.as_lru().borrow_mut().pop_free(cpu, &mut |victim| self.evict(m, victim));
        let id = popped.ok_or(Errno::ENOMEM)?;
        let reuse = self.pool.borrow_mut().begin_use(m, id, key, self.hash(key));
        Ok((id, reuse))
    }

    /// `bpf_lru_node_set_ref`; other maps keep no order.
    pub(crate) fn set_referenced(&self, id: u32) {
        if let Source::Lru(lru) = &self.source {
            lru.borrow_mut().set_referenced(id);
        }
    }

    /// An element that was taken but not linked goes back.
    pub(crate) fn give_up_lru_element(&self, m: &Machine, id: u32) {
        self.pool.borrow_mut().mark_unlinked(m, id);
        self.release(m, id, false);
    }

    /// `htab_lru_map_delete_node`: takes a victim out of its bucket, if the lock can be had and it is there.
    fn evict(&self, m: &Machine, victim: u32) -> bool {
        let hash = self.pool.borrow().get(victim).hash;
        let Ok(locked) = self.locks.lock(m, hash, &self.core.name) else { return false };
        let unlinked = self.table.borrow_mut().unlink(m, victim);
        self.locks.unlock(m, locked);
        if unlinked {
            self.core.fields.unlinked(m, self.value_addr(victim));
            m.emit_with(|| MapEvent::Evict {
                map: self.core.name.clone(),
                key: self.pool.borrow().key(m, victim),
                value_addr: self.value_addr(victim),
            });
        }
        unlinked
    }

    /// `free_htab_elem`, `htab_lru_push_free`: the element has left its bucket.
    pub(crate) fn release(&self, m: &Machine, id: u32, replaced: bool) {
        self.core.fields.unlinked(m, self.value_addr(id));
        self.count.set(self.count.get() - u32::from(self.source.at_run_time()));
        self.source.release(m, &self.pool, &self.core.name, id, replaced);
    }

    /// Links a filled element, takes the replaced one out, and says so.
    pub(crate) fn link(&self, m: &Machine, id: u32, replaces: Option<u32>, reuse: Option<Reuse>, key: &[u8]) {
        let mut table = self.table.borrow_mut();
        match replaces {
            Some(old) => table.replace(m, old, id),
            None => table.link(m, id),
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

    /// An element has left its bucket: says so and frees it.
    fn deleted(&self, m: &Machine, id: u32) {
        m.emit_with(|| MapEvent::Delete {
            map: self.core.name.clone(),
            key: self.pool.borrow().key(m, id),
            value_addr: self.value_addr(id),
        });
        self.release(m, id, false);
    }

    fn unlink(&self, m: &Machine, id: u32) {
        let unlinked = self.table.borrow_mut().unlink(m, id);
        assert!(unlinked, "found under the lock");
    }

    /// `htab_map_delete_elem`.
    pub(crate) fn delete(&self, m: &Machine, key: &[u8], map: &dyn Map) -> Result<(), Errno> {
        self.lookup_and_delete(m, key, map, &|_| Ok(Vec::new())).map(drop)
    }

    /// `__htab_map_lookup_and_delete_elem`.
    pub(crate) fn lookup_and_delete(
        &self,
        m: &Machine,
        key: &[u8],
        map: &dyn Map,
        read: ReadValue<'_>,
    ) -> Result<Vec<u8>, Errno> {
        let locked = self.lock(m, self.hash(key), map)?;
        let found = self.find(m, key).ok_or(Errno::ENOENT);
        let value = found.and_then(|id| read(self.value_addr(id)));
        if let (Ok(id), Ok(_)) = (found, &value) {
            self.unlink(m, id);
        }
        self.unlock(m, locked);
        let value = value?;
        self.deleted(m, found?);
        Ok(value)
    }

    /// One step of `__htab_map_lookup_and_delete_batch`: what is in a bucket, read and perhaps taken out under its lock. Elements are
    /// freed after the lock, the last one first.
    pub(crate) fn copy_bucket(
        &self,
        m: &Machine,
        bucket: u32,
        command: Command,
        map: &dyn Map,
        read: ReadValue<'_>,
    ) -> Result<Vec<Pair>, Errno> {
        let locked = self.lock(m, bucket, map)?;
        let ids = self.table.borrow().chain(bucket);
        let pair = |id: &u32| Ok((self.pool.borrow().key(m, *id), read(self.value_addr(*id))?));
        let pairs: Result<Vec<Pair>, Errno> = ids.iter().map(pair).collect();
        let delete = command == Command::LookupAndDelete && pairs.is_ok();
        if delete {
            ids.iter().for_each(|id| self.unlink(m, *id));
        }
        self.unlock(m, locked);
        if delete {
            ids.iter().rev().for_each(|id| self.deleted(m, *id));
        }
        pairs
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

    pub(crate) fn bucket_count(&self) -> u32 {
        self.table.borrow().bucket_count()
    }

    pub(crate) fn bucket_len(&self, bucket: u32) -> u32 {
        self.table.borrow().chain(bucket).len() as u32
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
        linked.iter().for_each(|id| self.unlink(m, *id));
        if !self.source.at_run_time() {
            let values = self.pool.borrow().values();
            values.into_iter().for_each(|value| self.core.fields.freed(m, value));
        }
        self.source.destroy(m, &self.pool, &self.core.name, &linked);
        self.locks.destroy(m);
        self.core.destroy(m);
    }
}

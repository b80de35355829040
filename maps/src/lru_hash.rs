//! `BPF_MAP_TYPE_LRU_HASH`: a full map gives up the least recently used entries.
//!
//! The element of an evicted or deleted key is handed out again at once. An update takes a free element **before** it looks at the
//! old one, so even an update that fails may evict. Source: `hashtab.c:htab_lru_map_update_elem`. Neighbours: `lru_list` decides who
//! goes, `table` and `pool` as for other hash maps.

use std::cell::RefCell;
use std::rc::Rc;

use sim::errno::Errno;
use sim::machine::Machine;

use crate::consts::*;
use crate::create::CreateError;
use crate::element::{ElementInfo, ReaderSection, Reuse};
use crate::event::{MapEvent, UpdateKind};
use crate::htab::Htab;
use crate::lock::BucketLocks;
use crate::lru_list::LruList;
use crate::map::{Cursor, Map, MapCore, Visit};
use crate::pool::{Pool, SharedPool};
use crate::rules::MapRules;
use crate::spec::MapDef;
use crate::table::Table;

/// An LRU hash map.
pub struct LruHash {
    core: MapCore,
    table: RefCell<Table>,
    pool: SharedPool,
    locks: BucketLocks,
    lru: RefCell<LruList>,
}

impl LruHash {
    /// An empty map; the definition has been checked.
    pub(crate) fn create(def: &MapDef, rules: &MapRules, m: &Machine) -> Result<Rc<dyn Map>, CreateError> {
        let core = MapCore::new(def, rules, m)?;
        let pool: SharedPool = Rc::new(RefCell::new(Pool::new(def, core.nr_cpus)));
        pool.borrow_mut().preallocate(m, def.max_entries)?;
        let buckets = def.max_entries.next_power_of_two();
        let seed = if def.has(BPF_F_ZERO_SEED) { 0 } else { m.rng_u32("map hash seed") };
        let locks = BucketLocks::new(m, rules.bucket_guard, buckets)?;
        let lru = RefCell::new(LruList::new(def.max_entries, core.nr_cpus, rules));
        let table = RefCell::new(Table::new(buckets, seed, pool.clone()));
        Ok(Rc::new(LruHash { core, table, pool, locks, lru }))
    }

    fn find(&self, m: &Machine, key: &[u8]) -> Option<u32> {
        self.core.check_sizes(key, None);
        let table = self.table.borrow();
        table.find(m, table.hash(key), key)
    }

    fn value_addr(&self, id: u32) -> u64 {
        self.pool.borrow().get(id).value_addr
    }

    /// `prealloc_lru_pop`: an element with this key, not linked yet.
    fn take(&self, m: &Machine, key: &[u8], hash: u32) -> Option<(u32, Option<Reuse>)> {
        let cpu = m.current_cpu().0.into();
        let id = self.lru.borrow_mut().pop_free(cpu, &mut |victim| self.evict(m, victim))?;
        let reuse = self.pool.borrow_mut().begin_use(m, id, key, hash);
        Some((id, reuse))
    }

    /// `htab_lru_map_delete_node`: takes a victim out of its bucket, if the lock can be had and it is there.
    fn evict(&self, m: &Machine, victim: u32) -> bool {
        let hash = self.pool.borrow().get(victim).hash;
        let Ok(locked) = self.locks.lock(m, hash, &self.core.name) else { return false };
        let unlinked = self.table.borrow_mut().unlink(m, victim);
        self.locks.unlock(m, locked);
        if unlinked {
            m.emit_with(|| MapEvent::Evict {
                map: self.core.name.clone(),
                key: self.pool.borrow().key(m, victim),
                value_addr: self.value_addr(victim),
            });
        }
        unlinked
    }

    /// Under the bucket lock: links the new element and takes the key's old one out.
    fn link(&self, m: &Machine, new: u32, key: &[u8], flags: u64) -> Result<Option<u32>, Errno> {
        let old = self.find(m, key);
        Htab::check_exist(old.is_some(), flags)?;
        self.table.borrow_mut().link(new);
        if let Some(old) = old {
            self.lru.borrow_mut().set_referenced(new);
            let unlinked = self.table.borrow_mut().unlink(m, old);
            assert!(unlinked, "the replaced element was found under the lock");
        }
        Ok(old)
    }

    fn emit_update(&self, m: &Machine, key: &[u8], id: u32, replaced: bool) {
        m.emit_with(|| MapEvent::Update {
            map: self.core.name.clone(),
            key: key.to_vec(),
            value_addr: self.value_addr(id),
            kind: if replaced { UpdateKind::Replace } else { UpdateKind::Insert },
        });
    }
}

impl Map for LruHash {
    fn core(&self) -> &MapCore {
        &self.core
    }

    fn lookup(&self, m: &Machine, key: &[u8]) -> Option<u64> {
        let id = self.find(m, key)?;
        self.lru.borrow_mut().set_referenced(id);
        Some(self.value_addr(id))
    }

    fn update(&self, m: &Machine, key: &[u8], value: &[u8], flags: u64) -> Result<(), Errno> {
        self.core.check_sizes(key, Some((value, self.core.layout.size)));
        if flags > BPF_EXIST {
            return Err(Errno::EINVAL);
        }
        let hash = self.table.borrow().hash(key);
        let (new, reuse) = self.take(m, key, hash).ok_or(Errno::ENOMEM)?;
        self.core.layout.store(m, self.value_addr(new), value);
        if let Some(reuse) = reuse {
            reuse.report(m, &self.core.name, key);
        }
        let linked = self.locks.lock(m, hash, &self.core.name).and_then(|locked| {
            self.core.bucket_locked(m, self);
            let result = self.link(m, new, key, flags);
            self.locks.unlock(m, locked);
            result
        });
        match linked {
            Ok(old) => {
                self.emit_update(m, key, new, old.is_some());
                if let Some(old) = old {
                    self.lru.borrow_mut().push_free(old);
                }
                Ok(())
            }
            Err(errno) => {
                self.pool.borrow_mut().mark_unlinked(m, new);
                self.lru.borrow_mut().push_free(new);
                Err(errno)
            }
        }
    }

    fn delete(&self, m: &Machine, key: &[u8]) -> Result<(), Errno> {
        let hash = self.table.borrow().hash(key);
        let locked = self.locks.lock(m, hash, &self.core.name)?;
        self.core.bucket_locked(m, self);
        let found = self.find(m, key);
        if let Some(id) = found {
            let unlinked = self.table.borrow_mut().unlink(m, id);
            assert!(unlinked, "found under the lock");
        }
        self.locks.unlock(m, locked);
        let id = found.ok_or(Errno::ENOENT)?;
        let value_addr = self.value_addr(id);
        m.emit_with(|| MapEvent::Delete { map: self.core.name.clone(), key: key.to_vec(), value_addr });
        self.lru.borrow_mut().push_free(id);
        Ok(())
    }

    fn next_key(&self, m: &Machine, prev: Option<&[u8]>) -> Result<Vec<u8>, Errno> {
        if let Some(key) = prev {
            self.core.check_sizes(key, None);
        }
        self.table.borrow().next_key(m, prev)
    }

    fn visit(&self, m: &Machine, cursor: &mut Cursor) -> Option<Visit> {
        self.table.borrow().visit(m, cursor, 0)
    }

    /// `htab_lru_map_lookup_elem_sys`: user space does not count as use.
    fn lookup_user(&self, m: &Machine, key: &[u8], flags: u64) -> Result<Vec<u8>, Errno> {
        self.core.check_lookup_user(flags)?;
        let id = self.find(m, key).ok_or(Errno::ENOENT)?;
        self.core.load_value(m, self.value_addr(id), flags)
    }

    fn len(&self) -> u32 {
        self.table.borrow().len()
    }

    fn element_at(&self, m: &Machine, addr: u64) -> Option<ElementInfo> {
        self.pool.borrow().info(m, addr)
    }

    fn mark_reader(&self, value_addr: u64, reader: &Rc<ReaderSection>) {
        self.pool.borrow_mut().mark_reader(value_addr, reader);
    }

    fn destroy(&self, m: &Machine) {
        self.pool.borrow_mut().destroy_area(m);
        self.locks.destroy(m);
        self.core.destroy(m);
    }
}

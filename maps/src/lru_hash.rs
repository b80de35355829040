//! `BPF_MAP_TYPE_LRU_HASH`: a full map gives up the least recently used entries.
//!
//! The element of an evicted or deleted key is handed out again at once. An update takes a free element **before** it looks at the
//! old one, so even an update that fails may evict. Source: `hashtab.c:htab_lru_map_update_elem`. Neighbours: `lru_list` decides who
//! goes, `htab` does the rest.

use std::rc::Rc;

use sim::errno::Errno;
use sim::machine::Machine;

use crate::batch::{Buckets, Command, Pair};
use crate::consts::*;
use crate::create::CreateError;
use crate::element::{ElementInfo, ReaderSection, Reuse, Shadow};
use crate::htab::Htab;
use crate::map::{Cursor, Map, MapCore, Visit};
use crate::rules::MapRules;
use crate::spec::MapDef;

/// An LRU hash map.
pub struct LruHash(Htab);

impl LruHash {
    /// An empty map; the definition has been checked.
    pub(crate) fn create(def: &MapDef, rules: &MapRules, m: &Machine) -> Result<Rc<dyn Map>, CreateError> {
        Ok(Rc::new(LruHash(Htab::new(def, rules, m)?)))
    }

    /// Links the new element under the bucket lock; returns the key's old one, which is out of the bucket then.
    fn swap(
        &self,
        m: &Machine,
        new: u32,
        reuse: Option<Reuse>,
        key: &[u8],
        flags: u64,
    ) -> Result<Option<u32>, Errno> {
        let locked = self.0.lock(m, self.0.hash(key), self)?;
        let old = self.0.find(m, key);
        let allowed = Htab::check_exist(old.is_some(), flags);
        if allowed.is_ok() {
            if old.is_some() {
                self.0.set_referenced(new);
            }
            self.0.link(m, new, old, reuse, key);
        }
        self.0.unlock(m, locked);
        allowed.map(|()| old)
    }
}

impl Map for LruHash {
    fn core(&self) -> &MapCore {
        &self.0.core
    }

    fn lookup(&self, m: &Machine, key: &[u8]) -> Option<u64> {
        let id = self.0.find(m, key)?;
        self.0.set_referenced(id);
        Some(self.0.value_addr(id))
    }

    fn update(&self, m: &Machine, key: &[u8], value: &[u8], flags: u64) -> Result<(), Errno> {
        self.0.core.check_sizes(key, Some((value, self.0.core.layout.size)));
        if flags > BPF_EXIST {
            return Err(Errno::EINVAL);
        }
        let (new, reuse) = self.0.new_lru_element(m, key)?;
        self.0.core.layout.store(m, self.0.value_addr(new), value);
        match self.swap(m, new, reuse, key, flags) {
            Ok(old) => {
                if let Some(old) = old {
                    self.0.release(m, old, true);
                }
                Ok(())
            }
            Err(errno) => {
                self.0.give_up_lru_element(m, new);
                Err(errno)
            }
        }
    }

    fn delete(&self, m: &Machine, key: &[u8]) -> Result<(), Errno> {
        self.0.delete(m, key, self)
    }

    fn next_key(&self, m: &Machine, prev: Option<&[u8]>) -> Result<Vec<u8>, Errno> {
        self.0.next_key(m, prev)
    }

    fn visit(&self, m: &Machine, cursor: &mut Cursor) -> Option<Visit> {
        self.0.visit(m, cursor, 0)
    }

    /// `htab_lru_map_lookup_elem_sys`: user space does not count as use.
    fn lookup_user(&self, m: &Machine, key: &[u8], flags: u64) -> Result<Vec<u8>, Errno> {
        self.0.core.check_lookup_user(flags)?;
        let id = self.0.find(m, key).ok_or(Errno::ENOENT)?;
        self.0.core.load_value(m, self.0.value_addr(id), flags)
    }

    fn lookup_and_delete_user(&self, m: &Machine, key: &[u8], flags: u64) -> Result<Vec<u8>, Errno> {
        self.0.core.check_hash_pop()?;
        self.0.lookup_and_delete(m, key, self, &|addr| self.0.core.load_value(m, addr, flags))
    }

    fn as_buckets(&self) -> Option<&dyn Buckets> {
        Some(self)
    }

    fn len(&self) -> u32 {
        self.0.len()
    }

    fn element_at(&self, m: &Machine, addr: u64) -> Option<ElementInfo> {
        self.0.element_at(m, addr)
    }

    fn shadow_at(&self, m: &Machine, addr: u64) -> Option<Shadow> {
        self.0.pool.borrow().shadow(m, addr)
    }

    fn mark_reader(&self, value_addr: u64, reader: &Rc<ReaderSection>) {
        self.0.mark_reader(value_addr, reader);
    }

    fn destroy(&self, m: &Machine) {
        self.0.destroy(m);
    }
}

impl Buckets for LruHash {
    fn bucket_count(&self) -> u32 {
        self.0.table.borrow().bucket_count()
    }

    fn bucket_len(&self, bucket: u32) -> u32 {
        self.0.table.borrow().chain(bucket).len() as u32
    }

    fn copy_bucket(
        &self,
        m: &Machine,
        bucket: u32,
        flags: u64,
        command: Command,
    ) -> Result<Vec<Pair>, Errno> {
        self.0.copy_bucket(m, bucket, command, self, &|addr| self.0.core.load_value(m, addr, flags))
    }
}

//! `BPF_MAP_TYPE_HASH`, preallocated or not.
//!
//! Source: `hashtab.c:htab_map_update_elem`, `htab_map_lookup_elem`. Neighbour: `htab` does most of the work.

use std::rc::Rc;

use sim::errno::Errno;
use sim::machine::Machine;

use crate::batch::{Buckets, Command, Pair};
use crate::consts::*;
use crate::create::CreateError;
use crate::element::{ElementInfo, ReaderSection, Shadow};
use crate::event::UpdateKind;
use crate::htab::Htab;
use crate::map::{Cursor, Map, MapCore, Visit};
use crate::rules::MapRules;
use crate::spec::MapDef;

/// A hash map.
pub struct Hash(Htab);

impl Hash {
    /// An empty map; the definition has been checked.
    pub(crate) fn create(def: &MapDef, rules: &MapRules, m: &Machine) -> Result<Rc<dyn Map>, CreateError> {
        Ok(Rc::new(Hash(Htab::new(def, rules, m)?)))
    }

    /// The in-place update of an existing element under its spin lock.
    fn update_locked_value(
        &self,
        m: &Machine,
        id: u32,
        key: &[u8],
        value: &[u8],
        flags: u64,
    ) -> Result<(), Errno> {
        self.0.core.store_value(m, self.0.value_addr(id), value, flags)?;
        self.0.emit_update(m, key, id, UpdateKind::InPlace);
        Ok(())
    }

    /// What happens under the bucket lock; returns the element that was replaced.
    fn replace(&self, m: &Machine, key: &[u8], value: &[u8], flags: u64) -> Result<Option<u32>, Errno> {
        let old = self.0.find(m, key);
        Htab::check_exist(old.is_some(), flags)?;
        if let Some(id) = old.filter(|_| flags & BPF_F_LOCK != 0) {
            return self.update_locked_value(m, id, key, value, flags).map(|()| None);
        }
        let (new, reuse) = self.0.new_element(m, key, old)?;
        // A new element's lock is free: the copy needs no lock whatever the flags say.
        let addr = self.0.value_addr(new);
        if reuse.is_none() {
            self.0.core.layout.clear_fields(m, addr);
        }
        self.0.core.layout.store(m, addr, value);
        self.0.link(m, new, old, reuse, key);
        Ok(old)
    }
}

impl Map for Hash {
    fn core(&self) -> &MapCore {
        &self.0.core
    }

    fn lookup(&self, m: &Machine, key: &[u8]) -> Option<u64> {
        self.0.find(m, key).map(|id| self.0.value_addr(id))
    }

    fn update(&self, m: &Machine, key: &[u8], value: &[u8], flags: u64) -> Result<(), Errno> {
        self.0.core.check_sizes(key, Some((value, self.0.core.layout.size)));
        if flags & !BPF_F_LOCK > BPF_EXIST {
            return Err(Errno::EINVAL);
        }
        if flags & BPF_F_LOCK != 0 {
            self.spec().spin_lock_offset().ok_or(Errno::EINVAL)?;
            let old = self.0.find(m, key);
            Htab::check_exist(old.is_some(), flags)?;
            if let Some(id) = old {
                return self.update_locked_value(m, id, key, value, flags);
            }
        }
        let hash = self.0.table.borrow().hash(key);
        let locked = self.0.lock(m, hash, self)?;
        let replaced = self.replace(m, key, value, flags);
        self.0.unlock(m, locked);
        if let Some(old) = replaced? {
            self.0.release(m, old, true);
        }
        Ok(())
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

impl Buckets for Hash {
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

//! `BPF_MAP_TYPE_HASH`, preallocated or not.
//!
//! An update replaces the key's element, with `BPF_F_LOCK` it stores into it. Source: `hashtab.c:htab_map_update_elem`. Neighbours:
//! `hash_family` (the rest of the map), `htab`.

use sim::errno::Errno;
use sim::machine::Machine;

use crate::consts::*;
use crate::event::UpdateKind;
use crate::hash_family::{HashFamily, HashType};
use crate::htab::Htab;
use crate::map::Map;

/// A hash map.
pub(crate) struct Hash;

impl HashFamily<Hash> {
    /// The in-place update of an existing element under its spin lock.
    fn update_locked_value(
        &self,
        m: &Machine,
        id: u32,
        key: &[u8],
        value: &[u8],
        flags: u64,
    ) -> Result<(), Errno> {
        self.htab.core.store_value(m, self.htab.value_addr(id), value, flags)?;
        self.htab.emit_update(m, key, id, UpdateKind::InPlace);
        Ok(())
    }

    /// What happens under the bucket lock; returns the element that was replaced.
    fn replace(&self, m: &Machine, key: &[u8], value: &[u8], flags: u64) -> Result<Option<u32>, Errno> {
        let old = self.htab.find(m, key);
        Htab::check_exist(old.is_some(), flags)?;
        if let Some(id) = old.filter(|_| flags & BPF_F_LOCK != 0) {
            return self.update_locked_value(m, id, key, value, flags).map(|()| None);
        }
        let (new, reuse) = self.htab.new_element(m, key, old)?;
        // A new element's lock is free: the copy needs no lock whatever the flags say.
        let addr = self.htab.value_addr(new);
        if reuse.is_none() {
            self.htab.core.layout.clear_fields(m, addr);
        }
        self.htab.core.layout.store(m, addr, value);
        self.htab.link(m, new, old, reuse, key);
        Ok(old)
    }
}

impl HashType for Hash {
    fn update(
        map: &HashFamily<Hash>,
        m: &Machine,
        key: &[u8],
        value: &[u8],
        flags: u64,
    ) -> Result<(), Errno> {
        if flags & !BPF_F_LOCK > BPF_EXIST {
            return Err(Errno::EINVAL);
        }
        if flags & BPF_F_LOCK != 0 {
            map.spec().spin_lock_offset().ok_or(Errno::EINVAL)?;
            let old = map.htab.find(m, key);
            Htab::check_exist(old.is_some(), flags)?;
            if let Some(id) = old {
                return map.update_locked_value(m, id, key, value, flags);
            }
        }
        let locked = map.htab.lock(m, map.htab.hash(key), map)?;
        let replaced = map.replace(m, key, value, flags);
        map.htab.unlock(m, locked);
        if let Some(old) = replaced? {
            map.htab.release(m, old, true);
        }
        Ok(())
    }
}

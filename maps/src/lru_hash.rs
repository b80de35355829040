//! `BPF_MAP_TYPE_LRU_HASH`: a full map gives up the least recently used entries.
//!
//! The element of an evicted or deleted key is handed out again at once. An update takes a free element **before** it looks at the
//! old one, so even an update that fails may evict. Source: `hashtab.c:htab_lru_map_update_elem`. Neighbours: `hash_family` (the rest
//! of the map), `lru_list` decides who goes, `htab`.

use sim::errno::Errno;
use sim::machine::Machine;

use crate::consts::*;
use crate::element::Reuse;
use crate::hash_family::{HashFamily, HashType};
use crate::htab::Htab;

/// An LRU hash map.
pub(crate) struct LruHash;

impl HashFamily<LruHash> {
    /// Links the new element under the bucket lock; returns the key's old one, which is out of the bucket then.
    fn swap(
        &self,
        m: &Machine,
        new: u32,
        reuse: Option<Reuse>,
        key: &[u8],
        flags: u64,
    ) -> Result<Option<u32>, Errno> {
        let locked = self.htab.lock(m, self.htab.hash(key), self)?;
        let old = self.htab.find(m, key);
        let allowed = Htab::check_exist(old.is_some(), flags);
        if allowed.is_ok() {
            if old.is_some() {
                self.htab.set_referenced(new);
            }
            self.htab.link(m, new, old, reuse, key);
        }
        self.htab.unlock(m, locked);
        allowed.map(|()| old)
    }
}

impl HashType for LruHash {
    fn update(
        map: &HashFamily<LruHash>,
        m: &Machine,
        key: &[u8],
        value: &[u8],
        flags: u64,
    ) -> Result<(), Errno> {
        if flags > BPF_EXIST {
            return Err(Errno::EINVAL);
        }
        let (new, reuse) = map.htab.new_lru_element(m, key)?;
        map.htab.core.layout.store(m, map.htab.value_addr(new), value);
        match map.swap(m, new, reuse, key, flags) {
            Ok(old) => {
                if let Some(old) = old {
                    map.htab.release(m, old, true);
                }
                Ok(())
            }
            Err(errno) => {
                map.htab.give_up_lru_element(m, new);
                Err(errno)
            }
        }
    }
}

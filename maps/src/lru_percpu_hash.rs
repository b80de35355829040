//! `BPF_MAP_TYPE_LRU_PERCPU_HASH`: an LRU hash map whose keys have one value per CPU.
//!
//! As in the LRU hash an element is taken, and perhaps evicted, before the old one is looked for; an update that must find the key
//! (`BPF_EXIST`) takes none. A key's element is changed in place. Source: `hashtab.c:__htab_lru_percpu_map_update_elem`. Neighbours:
//! `hash_family` (the rest of the map), `lru_hash`, `percpu_hash`, `htab`.

use sim::errno::Errno;
use sim::machine::Machine;

use crate::consts::*;
use crate::event::UpdateKind;
use crate::hash_family::{HashFamily, PercpuType};
use crate::htab::Htab;

/// A per-CPU LRU hash map.
pub(crate) struct LruPercpuHash;

impl PercpuType for LruPercpuHash {
    fn change(
        map: &HashFamily<LruPercpuHash>,
        m: &Machine,
        key: &[u8],
        flags: u64,
        store: &mut dyn FnMut(u64),
    ) -> Result<(), Errno> {
        let htab = &map.htab;
        let give_up = |id: Option<u32>| id.into_iter().for_each(|id| htab.give_up_lru_element(m, id));
        let mut fresh = if flags == BPF_EXIST { None } else { Some(htab.new_lru_element(m, key)?) };
        let locked = match htab.lock(m, htab.hash(key), map) {
            Ok(locked) => locked,
            Err(errno) => {
                give_up(fresh.map(|(id, _)| id));
                return Err(errno);
            }
        };
        let old = htab.find(m, key);
        let allowed = Htab::check_exist(old.is_some(), flags);
        match (old, allowed) {
            (_, Err(_)) => {}
            (Some(id), Ok(())) => {
                htab.set_referenced(id);
                store(htab.value_addr(id));
                htab.emit_update(m, key, id, UpdateKind::InPlace);
            }
            (None, Ok(())) => {
                let (id, reuse) = fresh.take().expect("taken unless the key must exist");
                map.view().clear(m, htab.value_addr(id));
                store(htab.value_addr(id));
                htab.link(m, id, None, reuse, key);
            }
        }
        htab.unlock(m, locked);
        give_up(fresh.map(|(id, _)| id));
        allowed
    }
}

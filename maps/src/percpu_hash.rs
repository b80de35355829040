//! `BPF_MAP_TYPE_PERCPU_HASH`: each key has one value per CPU; programs see their CPU's.
//!
//! A key's element is never replaced: updates change it in place. Differs from a kernel in layout only: the values of all CPUs
//! of a key lie side by side, not in per-CPU memory areas. Source: `hashtab.c:__htab_percpu_map_update_elem` (7.2:
//! `htab_map_update_elem_in_place`), `pcpu_init_value`, `bpf_percpu_hash_copy`. Neighbours: `hash_family` (the rest of the map), `htab`.

use sim::errno::Errno;
use sim::machine::Machine;

use crate::event::UpdateKind;
use crate::hash_family::{HashFamily, PercpuType};
use crate::htab::Htab;

/// A per-CPU hash map.
pub(crate) struct PercpuHash;

impl HashFamily<PercpuHash> {
    fn change_locked(
        &self,
        m: &Machine,
        key: &[u8],
        flags: u64,
        store: &mut dyn FnMut(u64),
    ) -> Result<(), Errno> {
        let old = self.htab.find(m, key);
        Htab::check_exist(old.is_some(), flags)?;
        if let Some(id) = old {
            store(self.htab.value_addr(id));
            self.htab.emit_update(m, key, id, UpdateKind::InPlace);
            return Ok(());
        }
        let (id, reuse) = self.htab.new_element(m, key, None)?;
        let addr = self.htab.value_addr(id);
        // A program gives only its own CPU's value: the others start from zero.
        self.view().clear(m, addr);
        store(addr);
        self.htab.link(m, id, None, reuse, key);
        Ok(())
    }
}

impl PercpuType for PercpuHash {
    fn change(
        map: &HashFamily<PercpuHash>,
        m: &Machine,
        key: &[u8],
        flags: u64,
        store: &mut dyn FnMut(u64),
    ) -> Result<(), Errno> {
        let locked = map.htab.lock(m, map.htab.hash(key), map)?;
        let result = map.change_locked(m, key, flags, store);
        map.htab.unlock(m, locked);
        result
    }
}

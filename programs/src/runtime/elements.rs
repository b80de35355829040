//! Elements that are objects (maps in maps), and the references that loaded programs hold on maps.
//!
//! Sources: `kernel/bpf/syscall.c:bpf_map_update_value`, `kernel/bpf/verifier.c:__add_used_map`. Neighbours: `load` and `link` call this;
//! `hooks` stores by descriptor.

use maps::map::Map;
use maps::object::{Object, One};
use maps::refcount;
use sim::errno::Errno;

use super::Bpf;
use super::maps::MapHandle;
use crate::isa::Insn;

/// `BPF_PSEUDO_MAP_FD`, `BPF_PSEUDO_MAP_VALUE`.
const PSEUDO_MAP: [u8; 2] = [1, 2];

impl Bpf {
    /// Stores an object in an element whose value is a descriptor, as `BPF_MAP_UPDATE_ELEM` with the object's descriptor would.
    ///
    /// # Errors
    /// What the map type says.
    pub fn set_element(&self, map: &dyn Map, key: &[u8], object: Object, flags: u64) -> Result<(), Errno> {
        let value = vec![0; map.spec().value_size as usize];
        map.update_user_with(self.machine(), key, &value, flags, &One(object))
    }

    /// Closes the loader's descriptor of a map. What programs and outer maps hold of it stays.
    pub fn close_map(&self, map: &MapHandle) {
        refcount::put_user(self.machine(), &map.map);
    }
}

/// A program that was loaded holds the maps that its instructions name.
pub(super) fn hold_used_maps(insns: &[Insn], maps: &[MapHandle], sleepable: bool) {
    let named = insns.iter().filter(|insn| insn.is_load_imm64() && PSEUDO_MAP.contains(&insn.src));
    let mut used: Vec<usize> = named.filter_map(|insn| usize::try_from(insn.imm).ok()).collect();
    used.sort_unstable();
    used.dedup();
    for handle in used.into_iter().filter_map(|index| maps.get(index)) {
        refcount::get(&*handle.map);
        if sleepable {
            handle.map.core().life.count_sleepable_user(true);
        }
    }
}

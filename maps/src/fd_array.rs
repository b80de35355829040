//! What arrays of descriptors share: slots that hold objects, and what the system calls do with them.
//!
//! In kernel memory a slot is a pointer; user space gives descriptors and gets ids. Source: `arraymap.c:fd_array_map_alloc_check`,
//! `bpf_fd_array_map_update_elem`, `__fd_array_map_delete_elem`. Key type: [`FdArray`]. Neighbours: `array_of_maps`, `prog_array`,
//! `perf_event_array`, `cgroup_array`, `sock_array`.

use std::cell::RefCell;

use sim::errno::Errno;
use sim::machine::Machine;

use crate::array::index_of;
use crate::consts::BPF_ANY;
use crate::map::MapCore;
use crate::object::{self, Object};
use crate::rules::MapRules;
use crate::spec::MapDef;

const POINTER_BYTES: u64 = 8;
const IN_MAP: &str = "the slots are memory of the map";

/// The slots of an array of descriptors.
pub(crate) struct FdArray {
    pub core: MapCore,
    /// Where the pointers are in kernel memory.
    base: u64,
    slots: RefCell<Vec<Option<Object>>>,
}

/// The number that a value of 4 bytes is.
pub(crate) fn fd_of(value: &[u8]) -> u32 {
    u32::from_le_bytes(value.try_into().expect("values of descriptor maps have 4 bytes"))
}

impl FdArray {
    /// Empty slots; the definition has been checked.
    pub fn new(def: &MapDef, rules: &MapRules, m: &Machine) -> Result<FdArray, Errno> {
        let core = MapCore::new(def, rules, m)?;
        let bytes = u64::from(def.max_entries) * POINTER_BYTES;
        let bytes = usize::try_from(bytes).map_err(|_| Errno::ENOMEM)?;
        let base = m.arena_mut().alloc_zeroed(bytes, "bpf_array.ptrs", m.stamp()).ok_or(Errno::ENOMEM)?;
        Ok(FdArray { core, base, slots: RefCell::new(vec![None; def.max_entries as usize]) })
    }

    /// What is in a slot; `None` also beyond the last one.
    pub fn get(&self, index: u32) -> Option<Object> {
        self.slots.borrow().get(index as usize).cloned().flatten()
    }

    /// `bpf_fd_array_map_update_elem`: `object` resolves the descriptor, after flags and index were found good. What was there before
    /// is returned.
    pub fn replace(
        &self,
        m: &Machine,
        key: &[u8],
        flags: u64,
        object: impl FnOnce() -> Result<Object, Errno>,
    ) -> Result<Option<Object>, Errno> {
        self.core.check_update_user(flags)?;
        if flags != BPF_ANY {
            return Err(Errno::EINVAL);
        }
        let index = self.index(key)?;
        let object = object()?;
        Ok(self.store(m, index, Some(object)))
    }

    /// `fd_array_map_delete_elem`: -E2BIG beyond the end, -ENOENT when the slot is empty.
    pub fn take(&self, m: &Machine, key: &[u8]) -> Result<Object, Errno> {
        let index = self.index(key)?;
        self.store(m, index, None).ok_or(Errno::ENOENT)
    }

    /// Empties all slots for which `wanted` says so.
    pub fn take_all(&self, m: &Machine, wanted: impl Fn(&Object) -> bool) -> Vec<Object> {
        let full =
            |(index, slot): (usize, &Option<Object>)| slot.as_ref().filter(|o| wanted(o)).map(|_| index);
        let indices: Vec<usize> = self.slots.borrow().iter().enumerate().filter_map(full).collect();
        indices.into_iter().filter_map(|index| self.store(m, index, None)).collect()
    }

    /// `bpf_fd_array_map_lookup_elem`: the id of what is in the slot. `None`: the type has no ids to show (-ENOTSUPP).
    pub fn lookup_user(
        &self,
        key: &[u8],
        flags: u64,
        id: Option<fn(&Object) -> u32>,
    ) -> Result<Vec<u8>, Errno> {
        self.core.check_lookup_user(flags)?;
        let id = id.ok_or(Errno::ENOTSUPP)?;
        let object = self.get(index_of(&self.core, key)).ok_or(Errno::ENOENT)?;
        Ok(id(&object).to_le_bytes().to_vec())
    }

    /// Slots in use.
    pub fn used(&self) -> u32 {
        self.slots.borrow().iter().flatten().count() as u32
    }

    /// Frees the memory. The slots have been emptied where that matters.
    pub fn destroy(&self, m: &Machine) {
        m.arena_mut().free(self.base, m.stamp());
        self.core.destroy(m);
    }

    fn index(&self, key: &[u8]) -> Result<usize, Errno> {
        let index = index_of(&self.core, key);
        if index < self.core.def.max_entries { Ok(index as usize) } else { Err(Errno::E2BIG) }
    }

    /// Puts an object into a slot of the map or empties it; what was there is returned.
    pub fn store(&self, m: &Machine, index: usize, object: Option<Object>) -> Option<Object> {
        let address = object.as_ref().map_or(0, object::address);
        m.arena_mut().store(self.base + index as u64 * POINTER_BYTES, 8, address).expect(IN_MAP);
        std::mem::replace(&mut self.slots.borrow_mut()[index], object)
    }
}

//! `BPF_MAP_TYPE_PERF_EVENT_ARRAY`: perf events that programs write records to or read counters of; usually one per CPU.
//!
//! Source: `arraymap.c:perf_event_array_map_ops`. An event that was stored through a descriptor of the map leaves it when that descriptor is
//! closed, unless the map has `BPF_F_PRESERVE_ELEMS`. Neighbours: `fd_array`; `helpers::perf` (above) uses [`PerfEventArray::event`].

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use sim::errno::Errno;
use sim::machine::Machine;

use crate::array::next_index;
use crate::consts::BPF_F_PRESERVE_ELEMS;
use crate::create::CreateError;
use crate::fd_array::{FdArray, fd_of};
use crate::map::{Map, MapCore};
use crate::object::{Descriptors, Object, PerfEvent};
use crate::rules::MapRules;
use crate::spec::MapDef;

/// An array of perf events.
pub struct PerfEventArray {
    array: FdArray,
    /// The open file of the map through which each slot was filled.
    stored_by: RefCell<BTreeMap<u32, u64>>,
}

impl PerfEventArray {
    /// Empty slots; the definition has been checked.
    pub(crate) fn create(def: &MapDef, rules: &MapRules, m: &Machine) -> Result<Rc<dyn Map>, CreateError> {
        Ok(Rc::new(PerfEventArray { array: FdArray::new(def, rules, m)?, stored_by: RefCell::default() }))
    }

    /// The event in a slot; `None` when it is empty or there is no such slot.
    pub fn event(&self, index: u32) -> Option<Rc<PerfEvent>> {
        match self.array.get(index)? {
            Object::PerfEvent(event) => Some(event),
            _ => unreachable!("only perf events were stored"),
        }
    }
}

impl Map for PerfEventArray {
    fn core(&self) -> &MapCore {
        &self.array.core
    }

    /// Programs cannot look at events (-EOPNOTSUPP).
    fn lookup(&self, _m: &Machine, _key: &[u8]) -> Option<u64> {
        None
    }

    /// Only system calls store (`check_map_func_compatibility`).
    fn update(&self, _m: &Machine, _key: &[u8], _value: &[u8], _flags: u64) -> Result<(), Errno> {
        Err(Errno::EINVAL)
    }

    /// The event itself goes after a classic grace period; nothing here can see it meanwhile.
    fn delete(&self, m: &Machine, key: &[u8]) -> Result<(), Errno> {
        self.array.take(m, key)?;
        self.stored_by.borrow_mut().remove(&fd_of(key));
        Ok(())
    }

    fn next_key(&self, _m: &Machine, prev: Option<&[u8]>) -> Result<Vec<u8>, Errno> {
        next_index(&self.array.core, prev)
    }

    /// Events have no ids: -ENOTSUPP.
    fn lookup_user(&self, _m: &Machine, key: &[u8], flags: u64) -> Result<Vec<u8>, Errno> {
        self.array.lookup_user(key, flags, None)
    }

    fn update_user_with(
        &self,
        m: &Machine,
        key: &[u8],
        value: &[u8],
        flags: u64,
        fds: &dyn Descriptors,
    ) -> Result<(), Errno> {
        // `perf_event_get`: -EBADF for whatever is no perf event.
        let event = || match fds.get(fd_of(value)) {
            Some(event @ Object::PerfEvent(_)) => Ok(event),
            _ => Err(Errno::EBADF),
        };
        self.array.replace(m, key, flags, event)?;
        self.stored_by.borrow_mut().insert(fd_of(key), fds.map_file());
        Ok(())
    }

    fn as_perf_event_array(&self) -> Option<&PerfEventArray> {
        Some(self)
    }

    fn release(&self, m: &Machine, file: u64) {
        if self.array.core.def.has(BPF_F_PRESERVE_ELEMS) {
            return;
        }
        let mut stored_by = self.stored_by.borrow_mut();
        let gone: Vec<u32> =
            stored_by.iter().filter(|(_, by)| **by == file).map(|(index, _)| *index).collect();
        for index in gone {
            stored_by.remove(&index);
            // Whoever deleted the slot before has forgotten it here, too.
            self.array.take(m, &index.to_le_bytes()).expect("a slot that was stored is full");
        }
    }

    fn len(&self) -> u32 {
        self.array.used()
    }

    fn destroy(&self, m: &Machine) {
        self.array.destroy(m);
    }
}

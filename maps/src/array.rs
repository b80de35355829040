//! `BPF_MAP_TYPE_ARRAY`: all values exist from the start, side by side, each padded to 8 bytes.
//!
//! Nothing is ever freed or reused. The memory of a `BPF_F_RDONLY_PROG` array is read-only for programs, so a stray store into
//! `.rodata` is found. Source: `kernel/bpf/arraymap.c`. Differs: `max_entries` is not rounded up for Spectre mitigation.

use std::rc::Rc;

use sim::errno::Errno;
use sim::machine::Machine;

use crate::consts::*;
use crate::create::CreateError;
use crate::element::{ElementInfo, ElementState};
use crate::event::{MapEvent, UpdateKind};
use crate::map::{Cursor, Map, MapCore, Visit};
use crate::rules::MapRules;
use crate::spec::MapDef;

/// An array map.
pub struct Array {
    core: MapCore,
    base: u64,
}

/// The index that a key is; keys are 4 bytes.
pub(crate) fn index_of(core: &MapCore, key: &[u8]) -> u32 {
    core.check_sizes(key, None);
    u32::from_le_bytes(key.try_into().expect("array keys have 4 bytes"))
}

/// `array_map_get_next_key`.
pub(crate) fn next_index(core: &MapCore, prev: Option<&[u8]>) -> Result<Vec<u8>, Errno> {
    let entries = core.def.max_entries;
    let next = match prev.map(|key| index_of(core, key)) {
        None => 0,
        Some(index) if index >= entries => 0,
        Some(index) if index == entries - 1 => return Err(Errno::ENOENT),
        Some(index) => index + 1,
    };
    Ok(next.to_le_bytes().to_vec())
}

impl Array {
    /// Zeroed values; the definition has been checked.
    pub(crate) fn create(def: &MapDef, rules: &MapRules, m: &Machine) -> Result<Rc<dyn Map>, CreateError> {
        let core = MapCore::new(def, rules, m)?;
        let mut bytes = u64::from(def.max_entries) * def.value_stride();
        if def.has(BPF_F_MMAPABLE) {
            bytes = bytes.next_multiple_of(PAGE_SIZE);
        }
        let bytes = usize::try_from(bytes).map_err(|_| Errno::ENOMEM)?;
        let base = m.arena_mut().alloc_zeroed(bytes, "bpf_array.value", m.stamp()).ok_or(Errno::ENOMEM)?;
        let array = Array { core, base };
        array.protect(m, true);
        Ok(Rc::new(array))
    }

    fn protect(&self, m: &Machine, on: bool) {
        if self.core.def.has(BPF_F_RDONLY_PROG) {
            m.arena_mut().set_read_only(self.base, on);
        }
    }

    fn at(&self, index: u32) -> Option<u64> {
        (index < self.core.def.max_entries)
            .then(|| self.base + u64::from(index) * self.core.def.value_stride())
    }

    fn index_at(&self, addr: u64) -> Option<u32> {
        let index = addr.checked_sub(self.base)? / self.core.def.value_stride();
        u32::try_from(index).ok().filter(|i| *i < self.core.def.max_entries)
    }
}

impl Map for Array {
    fn core(&self) -> &MapCore {
        &self.core
    }

    fn lookup(&self, _m: &Machine, key: &[u8]) -> Option<u64> {
        self.at(index_of(&self.core, key))
    }

    fn update(&self, m: &Machine, key: &[u8], value: &[u8], flags: u64) -> Result<(), Errno> {
        self.core.check_sizes(key, Some((value, self.core.layout.size)));
        if flags & !BPF_F_LOCK > BPF_EXIST {
            return Err(Errno::EINVAL);
        }
        let value_addr = self.at(index_of(&self.core, key)).ok_or(Errno::E2BIG)?;
        if flags & BPF_NOEXIST != 0 {
            return Err(Errno::EEXIST);
        }
        if flags & BPF_F_LOCK != 0 && self.core.def.spin_lock_offset().is_none() {
            return Err(Errno::EINVAL);
        }
        self.protect(m, false);
        let stored = self.core.store_value(m, value_addr, value, flags);
        self.protect(m, true);
        stored?;
        self.core.fields.overwritten(m, value_addr);
        m.emit_with(|| MapEvent::Update {
            map: self.core.name.clone(),
            key: key.to_vec(),
            value_addr,
            kind: UpdateKind::InPlace,
        });
        Ok(())
    }

    fn delete(&self, _m: &Machine, _key: &[u8]) -> Result<(), Errno> {
        Err(Errno::EINVAL)
    }

    fn next_key(&self, _m: &Machine, prev: Option<&[u8]>) -> Result<Vec<u8>, Errno> {
        next_index(&self.core, prev)
    }

    fn visit(&self, _m: &Machine, cursor: &mut Cursor) -> Option<Visit> {
        let index = cursor.at;
        let value_addr = self.at(index)?;
        cursor.at += 1;
        Some(Visit { key: index.to_le_bytes().to_vec(), key_addr: None, value_addr })
    }

    fn lookup_user(&self, m: &Machine, key: &[u8], flags: u64) -> Result<Vec<u8>, Errno> {
        self.core.check_lookup_user(flags)?;
        let addr = self.at(index_of(&self.core, key)).ok_or(Errno::ENOENT)?;
        self.core.load_value(m, addr, flags)
    }

    fn len(&self) -> u32 {
        self.core.def.max_entries
    }

    fn direct_value(&self) -> Result<u64, Errno> {
        if self.core.def.max_entries == 1 { Ok(self.base) } else { Err(Errno::ENOTSUPP) }
    }

    fn element_at(&self, _m: &Machine, addr: u64) -> Option<ElementInfo> {
        let index = self.index_at(addr)?;
        Some(ElementInfo {
            key: index.to_le_bytes().to_vec(),
            value_addr: self.at(index)?,
            generation: 1,
            state: ElementState::Linked,
            freed: None,
        })
    }

    fn destroy(&self, m: &Machine) {
        (0..self.core.def.max_entries).filter_map(|i| self.at(i)).for_each(|v| self.core.fields.freed(m, v));
        m.arena_mut().free(self.base, m.stamp());
        self.core.destroy(m);
    }
}

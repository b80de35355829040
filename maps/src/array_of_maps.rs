//! `BPF_MAP_TYPE_ARRAY_OF_MAPS`: programs get a pointer to the inner map, user space stores descriptors and reads ids.
//!
//! Source: `arraymap.c:array_of_maps_map_ops`, `map_in_map.c`. An inner map that is replaced or deleted lives on until the readers that may
//! hold it are done (`refcount`). Neighbours: `fd_array` has the slots, `inner` the rules of the template.

use std::cell::RefCell;
use std::rc::Rc;

use sim::errno::Errno;
use sim::machine::Machine;

use crate::array::{index_of, next_index};
use crate::create::CreateError;
use crate::element::{ReaderSection, Readers};
use crate::event::MapEvent;
use crate::fd_array::{FdArray, fd_of};
use crate::inner::{self, InnerFd, MapMeta};
use crate::map::{Map, MapCore};
use crate::object::{Descriptors, Object, map_of};
use crate::refcount;
use crate::rules::MapRules;
use crate::spec::MapDef;

/// An array of maps.
pub struct ArrayOfMaps {
    array: FdArray,
    readers: RefCell<Readers>,
}

/// `bpf_map_fd_get_ptr`: a reference to the map behind a descriptor, if it is like the template.
pub(crate) fn take_inner(core: &MapCore, fds: &dyn Descriptors, value: &[u8]) -> Result<Rc<dyn Map>, Errno> {
    let map = map_of(fds.get(fd_of(value)))?;
    let InnerFd::Map(template) = &core.def.inner else { unreachable!("checked at creation") };
    if !template.accepts(&MapMeta::of(&*map)) {
        return Err(Errno::EINVAL);
    }
    refcount::get(&*map);
    Ok(map)
}

/// An inner map has left `outer`: says so, who still holds it, and drops the reference.
pub(crate) fn let_go(
    m: &Machine,
    outer: &dyn Map,
    key: &[u8],
    inner: &Rc<dyn Map>,
    readers: &RefCell<Readers>,
) {
    let (name, inner_name) = (&outer.core().name, &inner.core().name);
    m.emit_with(|| MapEvent::InnerMapOut { map: name.clone(), key: key.to_vec(), inner: inner_name.clone() });
    for reader in readers.borrow_mut().take(inner.core().id.get()) {
        m.emit_with(|| MapEvent::InnerMapHeld {
            map: name.clone(),
            inner: inner_name.clone(),
            reader: reader.pid,
            program: reader.program.clone(),
        });
    }
    refcount::put_inner(m, outer, inner, true);
}

fn as_map(object: Object) -> Rc<dyn Map> {
    match object {
        Object::Map(map) => map,
        _ => unreachable!("only maps were stored"),
    }
}

/// `array_of_map_alloc`: the template.
pub(crate) fn check(def: &MapDef, rules: &MapRules) -> Result<(), CreateError> {
    Ok(inner::check_template(&def.inner, rules)?)
}

impl ArrayOfMaps {
    /// Empty slots; the definition and the template have been checked.
    pub(crate) fn create(def: &MapDef, rules: &MapRules, m: &Machine) -> Result<Rc<dyn Map>, CreateError> {
        Ok(Rc::new(ArrayOfMaps { array: FdArray::new(def, rules, m)?, readers: RefCell::default() }))
    }
}

impl Map for ArrayOfMaps {
    fn core(&self) -> &MapCore {
        &self.array.core
    }

    /// The inner map's address.
    fn lookup(&self, _m: &Machine, key: &[u8]) -> Option<u64> {
        Some(as_map(self.array.get(index_of(&self.array.core, key))?).core().addr)
    }

    /// Programs cannot store maps (`check_map_func_compatibility`).
    fn update(&self, _m: &Machine, _key: &[u8], _value: &[u8], _flags: u64) -> Result<(), Errno> {
        Err(Errno::EINVAL)
    }

    fn delete(&self, m: &Machine, key: &[u8]) -> Result<(), Errno> {
        let inner = as_map(self.array.take(m, key)?);
        let_go(m, self, key, &inner, &self.readers);
        Ok(())
    }

    fn next_key(&self, _m: &Machine, prev: Option<&[u8]>) -> Result<Vec<u8>, Errno> {
        next_index(&self.array.core, prev)
    }

    fn lookup_user(&self, _m: &Machine, key: &[u8], flags: u64) -> Result<Vec<u8>, Errno> {
        let id = |object: &Object| match object {
            Object::Map(map) => map.core().id.get(),
            _ => unreachable!("only maps were stored"),
        };
        self.array.lookup_user(key, flags, Some(id))
    }

    fn update_user_with(
        &self,
        m: &Machine,
        key: &[u8],
        value: &[u8],
        flags: u64,
        fds: &dyn Descriptors,
    ) -> Result<(), Errno> {
        let old = self
            .array
            .replace(m, key, flags, || take_inner(&self.array.core, fds, value).map(Object::Map))?;
        if let Some(old) = old {
            let_go(m, self, key, &as_map(old), &self.readers);
        }
        Ok(())
    }

    fn len(&self) -> u32 {
        self.array.used()
    }

    fn mark_reader(&self, value_addr: u64, reader: &Rc<ReaderSection>) {
        let slots = (0..self.array.core.def.max_entries).filter_map(|index| self.array.get(index));
        if let Some(inner) = slots.map(as_map).find(|map| map.core().addr == value_addr) {
            self.readers.borrow_mut().mark(inner.core().id.get(), reader);
        }
    }

    fn destroy(&self, m: &Machine) {
        let defer = self.array.core.rules.inner_map_deferred_on_destroy;
        for object in self.array.take_all(m, |_| true) {
            refcount::put_inner(m, self, &as_map(object), defer);
        }
        self.array.destroy(m);
    }
}

//! `BPF_MAP_TYPE_HASH_OF_MAPS`: a hash map whose values are pointers to maps.
//!
//! Source: `hashtab.c:htab_of_maps_map_ops`, `bpf_fd_htab_map_update_elem`. Until 7.2 an update replaces the whole element, since then the
//! pointer in it. Neighbours: `htab` has the table, `array_of_maps` the handling of inner maps.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use sim::errno::Errno;
use sim::machine::Machine;

use crate::array_of_maps::{let_go, take_inner};
use crate::batch::{Buckets, Command, Pair};
use crate::consts::{BPF_EXIST, BPF_F_LOCK};
use crate::create::CreateError;
use crate::element::{ElementInfo, ReaderSection, Readers};
use crate::event::UpdateKind;
use crate::htab::Htab;
use crate::map::{Map, MapCore};
use crate::object::Descriptors;
use crate::refcount;
use crate::rules::MapRules;
use crate::spec::MapDef;

const POINTER_BYTES: u32 = 8;
const LINKED: &str = "a linked element has an inner map";

/// A hash of maps.
pub struct HashOfMaps {
    htab: Htab,
    /// The maps in the linked elements, by element.
    inner: RefCell<BTreeMap<u32, Rc<dyn Map>>>,
    readers: RefCell<Readers>,
}

/// The element and the inner map that an update replaced.
type Replaced = (Option<u32>, Option<Rc<dyn Map>>);

impl HashOfMaps {
    /// An empty map; the definition and the template have been checked.
    pub(crate) fn create(def: &MapDef, rules: &MapRules, m: &Machine) -> Result<Rc<dyn Map>, CreateError> {
        let elements = MapDef { value_size: POINTER_BYTES, ..def.clone() };
        let htab = Htab::with_elements(MapCore::new(def, rules, m)?, &elements, m)?;
        Ok(Rc::new(HashOfMaps { htab, inner: RefCell::default(), readers: RefCell::default() }))
    }

    fn point_to(&self, m: &Machine, id: u32, inner: &Rc<dyn Map>) -> Option<Rc<dyn Map>> {
        let addr = self.htab.value_addr(id);
        m.arena_mut().store(addr, 8, inner.core().addr).expect("an element of the map is live memory");
        self.inner.borrow_mut().insert(id, inner.clone())
    }

    /// What happens under the bucket lock; returns the element that was replaced and the map that went.
    fn replace(&self, m: &Machine, key: &[u8], inner: &Rc<dyn Map>, flags: u64) -> Result<Replaced, Errno> {
        let old = self.htab.find(m, key);
        Htab::check_exist(old.is_some(), flags)?;
        if let Some(id) = old.filter(|_| self.htab.core.rules.fd_hash_in_place) {
            let gone = self.point_to(m, id, inner);
            self.htab.emit_update(m, key, id, UpdateKind::InPlace);
            return Ok((None, gone));
        }
        let (new, reuse) = self.htab.new_element(m, key, old)?;
        let gone = old.and_then(|old| self.inner.borrow_mut().remove(&old));
        self.point_to(m, new, inner);
        self.htab.link(m, new, old, reuse, key);
        Ok((old, gone))
    }

    fn store(&self, m: &Machine, key: &[u8], inner: &Rc<dyn Map>, flags: u64) -> Result<(), Errno> {
        // No value has a lock, but a program-side update would be let through with the flag (`htab_map_update_elem`).
        if flags & !BPF_F_LOCK > BPF_EXIST {
            return Err(Errno::EINVAL);
        }
        let locked = self.htab.lock(m, self.htab.hash(key), self)?;
        let replaced = self.replace(m, key, inner, flags);
        self.htab.unlock(m, locked);
        let (element, gone) = replaced?;
        if let Some(gone) = gone {
            let_go(m, self, key, &gone, &self.readers);
        }
        if let Some(element) = element {
            self.htab.release(m, element, true);
        }
        Ok(())
    }
}

impl Map for HashOfMaps {
    fn core(&self) -> &MapCore {
        &self.htab.core
    }

    /// The inner map's address.
    fn lookup(&self, m: &Machine, key: &[u8]) -> Option<u64> {
        let id = self.htab.find(m, key)?;
        Some(self.inner.borrow().get(&id).expect(LINKED).core().addr)
    }

    /// Programs cannot store maps (`check_map_func_compatibility`).
    fn update(&self, _m: &Machine, _key: &[u8], _value: &[u8], _flags: u64) -> Result<(), Errno> {
        Err(Errno::EINVAL)
    }

    fn delete(&self, m: &Machine, key: &[u8]) -> Result<(), Errno> {
        let inner =
            self.htab.find(m, key).and_then(|id| self.inner.borrow().get(&id).cloned().map(|i| (id, i)));
        self.htab.delete(m, key, self)?;
        let (id, inner) = inner.expect("it was there: it could be deleted");
        self.inner.borrow_mut().remove(&id);
        let_go(m, self, key, &inner, &self.readers);
        Ok(())
    }

    fn next_key(&self, m: &Machine, prev: Option<&[u8]>) -> Result<Vec<u8>, Errno> {
        self.htab.next_key(m, prev)
    }

    fn lookup_user(&self, m: &Machine, key: &[u8], flags: u64) -> Result<Vec<u8>, Errno> {
        self.htab.core.check_lookup_user(flags)?;
        let id = self.htab.find(m, key).ok_or(Errno::ENOENT)?;
        let inner = self.inner.borrow();
        Ok(inner.get(&id).expect(LINKED).core().id.get().to_le_bytes().to_vec())
    }

    fn update_user_with(
        &self,
        m: &Machine,
        key: &[u8],
        value: &[u8],
        flags: u64,
        fds: &dyn Descriptors,
    ) -> Result<(), Errno> {
        self.htab.core.check_update_user(flags)?;
        let inner = take_inner(&self.htab.core, fds, value)?;
        let stored = self.store(m, key, &inner, flags);
        if stored.is_err() {
            refcount::put_inner(m, self, &inner, false);
        }
        stored
    }

    fn as_buckets(&self) -> Option<&dyn Buckets> {
        Some(self)
    }

    fn len(&self) -> u32 {
        self.htab.len()
    }

    fn element_at(&self, m: &Machine, addr: u64) -> Option<ElementInfo> {
        self.htab.element_at(m, addr)
    }

    fn mark_reader(&self, value_addr: u64, reader: &Rc<ReaderSection>) {
        if let Some(inner) = self.inner.borrow().values().find(|map| map.core().addr == value_addr) {
            self.readers.borrow_mut().mark(inner.core().id.get(), reader);
        }
    }

    fn destroy(&self, m: &Machine) {
        for inner in std::mem::take(&mut *self.inner.borrow_mut()).into_values() {
            refcount::put_inner(m, self, &inner, false);
        }
        self.htab.destroy(m);
    }
}

impl Buckets for HashOfMaps {
    fn bucket_count(&self) -> u32 {
        self.htab.bucket_count()
    }

    fn bucket_len(&self, bucket: u32) -> u32 {
        self.htab.bucket_len(bucket)
    }

    /// The values are the ids of the inner maps.
    fn copy_bucket(
        &self,
        m: &Machine,
        bucket: u32,
        _flags: u64,
        command: Command,
    ) -> Result<Vec<Pair>, Errno> {
        let ids = self.htab.table.borrow().chain(bucket);
        let inner_id = |addr| {
            let inner = self.inner.borrow();
            let id = ids.iter().find(|id| self.htab.value_addr(**id) == addr).expect("it is in the chain");
            Ok(inner.get(id).expect(LINKED).core().id.get().to_le_bytes().to_vec())
        };
        let pairs = self.htab.copy_bucket(m, bucket, command, self, &inner_id)?;
        if command == Command::LookupAndDelete {
            for (id, (key, _)) in ids.iter().zip(&pairs) {
                let inner = self.inner.borrow_mut().remove(id).expect(LINKED);
                let_go(m, self, key, &inner, &self.readers);
            }
        }
        Ok(pairs)
    }
}

//! The four hash map types as one map: everything but how an element is changed.
//!
//! Source: `kernel/bpf/hashtab.c`. Key types: [`HashFamily`], and [`HashType`], of which `hash`, `percpu_hash`, `lru_hash` and
//! `lru_percpu_hash` each have one. Neighbours: `htab` (buckets and elements), `percpu_array` (views of per-CPU values).

use std::marker::PhantomData;
use std::rc::Rc;

use sim::errno::Errno;
use sim::machine::Machine;

use crate::batch::{Buckets, Command, Pair};
use crate::create::CreateError;
use crate::element::{ElementInfo, ReaderSection, Shadow};
use crate::htab::Htab;
use crate::map::{Cursor, Map, MapCore, Visit};
use crate::object::Descriptors;
use crate::percpu_array::PercpuView;
use crate::rules::MapRules;
use crate::spec::MapDef;

/// What one of the types does by itself.
pub(crate) trait HashType: Sized + 'static {
    /// `map_update_elem`. Sizes are checked.
    fn update(map: &HashFamily<Self>, m: &Machine, key: &[u8], value: &[u8], flags: u64)
    -> Result<(), Errno>;

    /// `BPF_MAP_UPDATE_ELEM`, after [`MapCore::check_update_user`].
    fn update_user(
        map: &HashFamily<Self>,
        m: &Machine,
        key: &[u8],
        value: &[u8],
        flags: u64,
    ) -> Result<(), Errno> {
        map.update(m, key, value, flags)
    }
}

/// What one of the types with a value per CPU does by itself.
pub(crate) trait PercpuType: Sized + 'static {
    /// Finds or makes the key's element and lets `store` write its values, whose address it is given. `flags` are compared whole:
    /// with `BPF_F_CPU` the word carries the CPU, so the exist bits do not count (7.2).
    fn change(
        map: &HashFamily<Self>,
        m: &Machine,
        key: &[u8],
        flags: u64,
        store: &mut dyn FnMut(u64),
    ) -> Result<(), Errno>;
}

impl<T: PercpuType> HashType for T {
    fn update(map: &HashFamily<T>, m: &Machine, key: &[u8], value: &[u8], flags: u64) -> Result<(), Errno> {
        map.view().check_program_flags(flags)?;
        T::change(map, m, key, flags, &mut |addr| map.view().store_here(m, addr, value))
    }

    fn update_user(
        map: &HashFamily<T>,
        m: &Machine,
        key: &[u8],
        value: &[u8],
        flags: u64,
    ) -> Result<(), Errno> {
        map.view().check_user_flags(flags)?;
        map.htab.core.check_sizes(key, Some((value, map.htab.core.user_value_size(flags))));
        T::change(map, m, key, flags, &mut |addr| map.view().store_user(m, addr, value, flags))
    }
}

/// A hash map of type `T`.
pub(crate) struct HashFamily<T> {
    pub(crate) htab: Htab,
    of_type: PhantomData<T>,
}

impl<T: HashType> HashFamily<T> {
    /// An empty map; the definition has been checked.
    pub(crate) fn create(def: &MapDef, rules: &MapRules, m: &Machine) -> Result<Rc<dyn Map>, CreateError> {
        Ok(Rc::new(HashFamily::<T> { htab: Htab::new(def, rules, m)?, of_type: PhantomData }))
    }

    /// The values of all CPUs behind an element.
    pub(crate) fn view(&self) -> PercpuView<'_> {
        PercpuView(&self.htab.core)
    }

    /// Where the value that a program on this CPU sees is in the element's.
    fn here(&self, m: &Machine) -> u64 {
        if !self.htab.core.def.is_percpu() {
            return 0;
        }
        self.view().value(0, m.current_cpu().0.into()).expect("this CPU exists")
    }

    /// A program found the element: an LRU map remembers the use. User space does not count (`htab_lru_map_lookup_elem_sys`).
    fn used_value(&self, m: &Machine, key: &[u8]) -> Option<u64> {
        let id = self.htab.find(m, key)?;
        self.htab.set_referenced(id);
        Some(self.htab.value_addr(id))
    }

    /// What a system call reads.
    fn load_user(&self, m: &Machine, addr: u64, flags: u64) -> Result<Vec<u8>, Errno> {
        match self.htab.core.def.is_percpu() {
            true => Ok(self.view().load_user(m, addr, flags)),
            false => self.htab.core.load_value(m, addr, flags),
        }
    }
}

impl<T: HashType> Map for HashFamily<T> {
    fn core(&self) -> &MapCore {
        &self.htab.core
    }

    fn lookup(&self, m: &Machine, key: &[u8]) -> Option<u64> {
        self.used_value(m, key).map(|value| value + self.here(m))
    }

    fn lookup_percpu(&self, m: &Machine, key: &[u8], cpu: u32) -> Option<u64> {
        let offset = self.view().value(0, cpu).filter(|_| self.htab.core.def.is_percpu())?;
        self.used_value(m, key).map(|value| value + offset)
    }

    fn update(&self, m: &Machine, key: &[u8], value: &[u8], flags: u64) -> Result<(), Errno> {
        self.htab.core.check_sizes(key, Some((value, self.htab.core.layout.size)));
        T::update(self, m, key, value, flags)
    }

    fn update_user_with(
        &self,
        m: &Machine,
        key: &[u8],
        value: &[u8],
        flags: u64,
        _fds: &dyn Descriptors,
    ) -> Result<(), Errno> {
        self.htab.core.check_update_user(flags)?;
        T::update_user(self, m, key, value, flags)
    }

    fn delete(&self, m: &Machine, key: &[u8]) -> Result<(), Errno> {
        self.htab.delete(m, key, self)
    }

    fn next_key(&self, m: &Machine, prev: Option<&[u8]>) -> Result<Vec<u8>, Errno> {
        self.htab.next_key(m, prev)
    }

    fn visit(&self, m: &Machine, cursor: &mut Cursor) -> Option<Visit> {
        self.htab.visit(m, cursor, self.here(m))
    }

    fn lookup_user(&self, m: &Machine, key: &[u8], flags: u64) -> Result<Vec<u8>, Errno> {
        self.htab.core.check_lookup_user(flags)?;
        let id = self.htab.find(m, key).ok_or(Errno::ENOENT)?;
        self.load_user(m, self.htab.value_addr(id), flags)
    }

    /// Of a per-CPU map all values, whatever the flags.
    fn lookup_and_delete_user(&self, m: &Machine, key: &[u8], flags: u64) -> Result<Vec<u8>, Errno> {
        self.htab.core.check_hash_pop()?;
        let flags = if self.htab.core.def.is_percpu() { 0 } else { flags };
        self.htab.lookup_and_delete(m, key, self, &|addr| self.load_user(m, addr, flags))
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

    fn shadow_at(&self, m: &Machine, addr: u64) -> Option<Shadow> {
        self.htab.pool.borrow().shadow(m, addr)
    }

    fn mark_reader(&self, value_addr: u64, reader: &Rc<ReaderSection>) {
        self.htab.mark_reader(value_addr, reader);
    }

    fn destroy(&self, m: &Machine) {
        self.htab.destroy(m);
    }
}

impl<T: HashType> Buckets for HashFamily<T> {
    fn bucket_count(&self) -> u32 {
        self.htab.bucket_count()
    }

    fn bucket_len(&self, bucket: u32) -> u32 {
        self.htab.bucket_len(bucket)
    }

    fn copy_bucket(
        &self,
        m: &Machine,
        bucket: u32,
        flags: u64,
        command: Command,
    ) -> Result<Vec<Pair>, Errno> {
        self.htab.copy_bucket(m, bucket, command, self, &|addr| self.load_user(m, addr, flags))
    }
}

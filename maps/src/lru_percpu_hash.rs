//! `BPF_MAP_TYPE_LRU_PERCPU_HASH`: an LRU hash map whose keys have one value per CPU.
//!
//! As in the LRU hash an element is taken, and perhaps evicted, before the old one is looked for; an update that must find the key
//! (`BPF_EXIST`) takes none. A key's element is changed in place. Source: `hashtab.c:__htab_lru_percpu_map_update_elem`. Neighbours:
//! `lru_hash`, `percpu_hash`, `htab`.

use std::rc::Rc;

use sim::errno::Errno;
use sim::machine::Machine;

use crate::batch::{Buckets, Command, Pair};
use crate::consts::*;
use crate::create::CreateError;
use crate::element::{ElementInfo, ReaderSection, Shadow};
use crate::event::UpdateKind;
use crate::htab::Htab;
use crate::map::{Cursor, Map, MapCore, Visit};
use crate::percpu_array::PercpuView;
use crate::rules::MapRules;
use crate::spec::MapDef;

/// A per-CPU LRU hash map.
pub struct LruPercpuHash(Htab);

/// Writes the new value into a block of values, of an old element or of a fresh one.
type Store<'a> = &'a mut dyn FnMut(u64);

impl LruPercpuHash {
    /// An empty map; the definition has been checked.
    pub(crate) fn create(def: &MapDef, rules: &MapRules, m: &Machine) -> Result<Rc<dyn Map>, CreateError> {
        Ok(Rc::new(LruPercpuHash(Htab::new(def, rules, m)?)))
    }

    fn view(&self) -> PercpuView<'_> {
        PercpuView(&self.0.core)
    }

    fn change(&self, m: &Machine, key: &[u8], flags: u64, store: Store<'_>) -> Result<(), Errno> {
        let mut fresh = if flags == BPF_EXIST { None } else { Some(self.0.new_lru_element(m, key)?) };
        let locked = match self.0.lock(m, self.0.hash(key), self) {
            Ok(locked) => locked,
            Err(errno) => {
                self.give_up(m, fresh.map(|(id, _)| id));
                return Err(errno);
            }
        };
        let old = self.0.find(m, key);
        let allowed = Htab::check_exist(old.is_some(), flags);
        match (old, allowed) {
            (_, Err(_)) => {}
            (Some(id), Ok(())) => {
                self.0.set_referenced(id);
                store(self.0.value_addr(id));
                self.0.emit_update(m, key, id, UpdateKind::InPlace);
            }
            (None, Ok(())) => {
                let (id, reuse) = fresh.take().expect("taken unless the key must exist");
                self.view().clear(m, self.0.value_addr(id));
                store(self.0.value_addr(id));
                self.0.link(m, id, None, reuse, key);
            }
        }
        self.0.unlock(m, locked);
        self.give_up(m, fresh.map(|(id, _)| id));
        allowed
    }

    fn give_up(&self, m: &Machine, id: Option<u32>) {
        if let Some(id) = id {
            self.0.give_up_lru_element(m, id);
        }
    }
}

impl Map for LruPercpuHash {
    fn core(&self) -> &MapCore {
        &self.0.core
    }

    fn lookup(&self, m: &Machine, key: &[u8]) -> Option<u64> {
        self.lookup_percpu(m, key, m.current_cpu().0.into())
    }

    fn lookup_percpu(&self, m: &Machine, key: &[u8], cpu: u32) -> Option<u64> {
        let value = self.view().value(0, cpu)?;
        let id = self.0.find(m, key)?;
        self.0.set_referenced(id);
        Some(self.0.value_addr(id) + value)
    }

    fn update(&self, m: &Machine, key: &[u8], value: &[u8], flags: u64) -> Result<(), Errno> {
        self.0.core.check_sizes(key, Some((value, self.0.core.layout.size)));
        self.view().check_program_flags(flags)?;
        self.change(m, key, flags, &mut |addr| self.view().store_here(m, addr, value))
    }

    fn update_user(&self, m: &Machine, key: &[u8], value: &[u8], flags: u64) -> Result<(), Errno> {
        self.0.core.check_update_user(flags)?;
        self.view().check_user_flags(flags)?;
        self.0.core.check_sizes(key, Some((value, self.0.core.user_value_size(flags))));
        self.change(m, key, flags, &mut |addr| self.view().store_user(m, addr, value, flags))
    }

    fn delete(&self, m: &Machine, key: &[u8]) -> Result<(), Errno> {
        self.0.delete(m, key, self)
    }

    fn next_key(&self, m: &Machine, prev: Option<&[u8]>) -> Result<Vec<u8>, Errno> {
        self.0.next_key(m, prev)
    }

    fn visit(&self, m: &Machine, cursor: &mut Cursor) -> Option<Visit> {
        let offset = self.view().value(0, m.current_cpu().0.into()).expect("this CPU exists");
        self.0.visit(m, cursor, offset)
    }

    /// User space does not count as use (`bpf_percpu_hash_copy`).
    fn lookup_user(&self, m: &Machine, key: &[u8], flags: u64) -> Result<Vec<u8>, Errno> {
        self.0.core.check_lookup_user(flags)?;
        let id = self.0.find(m, key).ok_or(Errno::ENOENT)?;
        Ok(self.view().load_user(m, self.0.value_addr(id), flags))
    }

    fn lookup_and_delete_user(&self, m: &Machine, key: &[u8], _flags: u64) -> Result<Vec<u8>, Errno> {
        self.0.core.check_hash_pop()?;
        self.0.lookup_and_delete(m, key, self, &|addr| Ok(self.view().load_user(m, addr, 0)))
    }

    fn as_buckets(&self) -> Option<&dyn Buckets> {
        Some(self)
    }

    fn len(&self) -> u32 {
        self.0.len()
    }

    fn element_at(&self, m: &Machine, addr: u64) -> Option<ElementInfo> {
        self.0.element_at(m, addr)
    }

    fn shadow_at(&self, m: &Machine, addr: u64) -> Option<Shadow> {
        self.0.pool.borrow().shadow(m, addr)
    }

    fn mark_reader(&self, value_addr: u64, reader: &Rc<ReaderSection>) {
        self.0.mark_reader(value_addr, reader);
    }

    fn destroy(&self, m: &Machine) {
        self.0.destroy(m);
    }
}

impl Buckets for LruPercpuHash {
    fn bucket_count(&self) -> u32 {
        self.0.table.borrow().bucket_count()
    }

    fn bucket_len(&self, bucket: u32) -> u32 {
        self.0.table.borrow().chain(bucket).len() as u32
    }

    fn copy_bucket(
        &self,
        m: &Machine,
        bucket: u32,
        flags: u64,
        command: Command,
    ) -> Result<Vec<Pair>, Errno> {
        self.0.copy_bucket(m, bucket, command, self, &|addr| Ok(self.view().load_user(m, addr, flags)))
    }
}

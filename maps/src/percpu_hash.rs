//! `BPF_MAP_TYPE_PERCPU_HASH`: each key has one value per CPU; programs see their CPU's.
//!
//! A key's element is never replaced: updates change it in place. Differs from a kernel in layout only: the values of all CPUs
//! of a key lie side by side, not in per-CPU memory areas. Source: `hashtab.c:__htab_percpu_map_update_elem` (7.2:
//! `htab_map_update_elem_in_place`), `pcpu_init_value`, `bpf_percpu_hash_copy`. Neighbours: `htab`, `percpu_array` (same views).

use std::rc::Rc;

use sim::errno::Errno;
use sim::machine::Machine;

use crate::batch::{Buckets, Command, Pair};
use crate::create::CreateError;
use crate::element::{ElementInfo, ReaderSection, Shadow};
use crate::event::UpdateKind;
use crate::htab::Htab;
use crate::map::{Cursor, Map, MapCore, Visit};
use crate::percpu_array::PercpuView;
use crate::rules::MapRules;
use crate::spec::MapDef;

/// A per-CPU hash map.
pub struct PercpuHash(Htab);

impl PercpuHash {
    /// An empty map; the definition has been checked.
    pub(crate) fn create(def: &MapDef, rules: &MapRules, m: &Machine) -> Result<Rc<dyn Map>, CreateError> {
        Ok(Rc::new(PercpuHash(Htab::new(def, rules, m)?)))
    }

    fn view(&self) -> PercpuView<'_> {
        PercpuView(&self.0.core)
    }

    fn change(&self, m: &Machine, key: &[u8], exist: u64, store: &mut dyn FnMut(u64)) -> Result<(), Errno> {
        let hash = self.0.table.borrow().hash(key);
        let locked = self.0.lock(m, hash, self)?;
        let result = self.change_locked(m, key, exist, store);
        self.0.unlock(m, locked);
        result
    }

    fn change_locked(
        &self,
        m: &Machine,
        key: &[u8],
        exist: u64,
        store: &mut dyn FnMut(u64),
    ) -> Result<(), Errno> {
        let old = self.0.find(m, key);
        Htab::check_exist(old.is_some(), exist)?;
        if let Some(id) = old {
            store(self.0.value_addr(id));
            self.0.emit_update(m, key, id, UpdateKind::InPlace);
            return Ok(());
        }
        let (id, reuse) = self.0.new_element(m, key, None)?;
        let addr = self.0.value_addr(id);
        // A program gives only its own CPU's value: the others start from zero.
        self.view().clear(m, addr);
        store(addr);
        self.0.link(m, id, None, reuse, key);
        Ok(())
    }
}

impl Map for PercpuHash {
    fn core(&self) -> &MapCore {
        &self.0.core
    }

    fn lookup(&self, m: &Machine, key: &[u8]) -> Option<u64> {
        self.lookup_percpu(m, key, m.current_cpu().0.into())
    }

    fn lookup_percpu(&self, m: &Machine, key: &[u8], cpu: u32) -> Option<u64> {
        let id = self.0.find(m, key)?;
        self.view().value(self.0.value_addr(id), cpu)
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
        // Compared whole: with BPF_F_CPU the flag word carries the CPU, so the exist bits do not count (7.2).
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

impl Buckets for PercpuHash {
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

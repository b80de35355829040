//! Where the free elements of a hash map come from and where they go.
//!
//! - preallocated: a free list, immediate reuse; replacing a key's element swaps with one spare element per CPU;
//! - LRU: always preallocated; a full map gives up an entry and hands its element out at once;
//! - 5.10 without preallocation: `kmalloc`/`call_rcu`;
//! - later kernels without preallocation: `bpf_mem_alloc`.
//!
//! Source: `hashtab.c:prealloc_init`, `alloc_htab_elem`, `free_htab_elem`. Key type: [`Source`]. Neighbours: `htab` uses it; [`Freelist`],
//! `lru_list`, `kmalloc_rcu`, `mem_alloc` do the work.

use std::cell::RefCell;
use std::rc::Rc;

use sim::errno::Errno;
use sim::machine::Machine;

use crate::concurrent::Freelist;
use crate::consts::*;
use crate::element::ElementState;
use crate::event::MapEvent;
use crate::fields::Fields;
use crate::kmalloc_rcu;
use crate::lru_list::CommonLru;
use crate::lru_percpu::PercpuLru;
use crate::lru_shared::DeleteFromHash;
use crate::map::MapCore;
use crate::mem_alloc::{MemAlloc, Objects, Watermarks};
use crate::pool::SharedPool;
use crate::rules::RuntimeAlloc;
use crate::spec::MapDef;

/// `LLIST_NODE_SZ`: what `bpf_mem_alloc` adds to each object.
pub(crate) const LLIST_NODE_SZ: u64 = 8;

pub(crate) enum Source {
    Preallocated { free: Freelist, spare: RefCell<Vec<u32>> },
    Lru(RefCell<Lru>),
    KmallocRcu,
    MemAlloc { elements: MemAlloc, values: Option<MemAlloc> },
}

/// The lists of an LRU map: one set for all CPUs, or with `BPF_F_NO_COMMON_LRU` one for each.
pub(crate) enum Lru {
    Common(CommonLru),
    Percpu(PercpuLru),
}

impl Lru {
    /// `bpf_lru_pop_free`.
    pub fn pop_free(&mut self, cpu: u32, delete: DeleteFromHash<'_>) -> Option<u32> {
        match self {
            Lru::Common(lru) => lru.pop_free(cpu, delete),
            Lru::Percpu(lru) => lru.pop_free(cpu, delete),
        }
    }

    /// `bpf_lru_push_free`.
    pub fn push_free(&mut self, node: u32) {
        match self {
            Lru::Common(lru) => lru.push_free(node),
            Lru::Percpu(lru) => lru.push_free(node),
        }
    }

    /// `bpf_lru_node_set_ref`.
    pub fn set_referenced(&mut self, node: u32) {
        match self {
            Lru::Common(lru) => lru.set_referenced(node),
            Lru::Percpu(lru) => lru.set_referenced(node),
        }
    }
}

/// How many entries a map really has: every CPU's own LRU lists get equally many (`htab_map_alloc`).
pub(crate) fn effective_entries(def: &MapDef, nr_cpus: u32) -> u32 {
    if !def.has(BPF_F_NO_COMMON_LRU) {
        return def.max_entries;
    }
    let up = def.max_entries.checked_next_multiple_of(nr_cpus);
    up.unwrap_or(def.max_entries / nr_cpus * nr_cpus)
}

/// Objects of `bpf_mem_alloc` that are elements: the number is the element's.
pub(crate) struct ElementObjects {
    pub pool: SharedPool,
    pub map: Rc<str>,
    pub fields: Rc<Fields>,
    pub with_value: bool,
}

impl Objects for ElementObjects {
    fn make(&self, m: &Machine) -> Option<u64> {
        self.pool.borrow_mut().make_object(m, self.with_value).map(u64::from)
    }

    fn destroy(&self, m: &Machine, object: u64) {
        let id = object as u32;
        let value_addr = self.pool.borrow().get(id).value_addr;
        if self.with_value {
            self.fields.freed(m, value_addr);
        }
        self.pool.borrow_mut().destroy_object(m, id);
        m.emit_with(|| MapEvent::ElementFreed { map: self.map.clone(), value_addr });
    }

    fn set_waiting(&self, object: u64, waiting: bool) {
        let state = if waiting { ElementState::AwaitsGracePeriod } else { ElementState::Unlinked };
        self.pool.borrow_mut().get_mut(object as u32).state = state;
    }
}

/// Objects of `bpf_mem_alloc` that are blocks of per-CPU values: the number is the address.
struct ValueObjects {
    pool: SharedPool,
    bytes: u64,
    fields: Rc<Fields>,
}

impl Objects for ValueObjects {
    fn make(&self, m: &Machine) -> Option<u64> {
        m.arena_mut().alloc_zeroed(self.bytes as usize, "htab per-CPU value", m.stamp())
    }

    fn destroy(&self, m: &Machine, object: u64) {
        self.fields.freed(m, object);
        self.pool.borrow_mut().forget_block(object);
        m.arena_mut().free(object, m.stamp());
    }

    fn set_waiting(&self, _object: u64, _waiting: bool) {}
}

impl Source {
    /// The source for a map; the definition has been checked.
    pub fn new(def: &MapDef, core: &MapCore, pool: &SharedPool, m: &Machine) -> Result<Source, Errno> {
        if matches!(def.map_type, BPF_MAP_TYPE_LRU_HASH | BPF_MAP_TYPE_LRU_PERCPU_HASH) {
            return Source::lru(def, core, pool, m);
        }
        match core.rules.runtime_alloc {
            _ if !def.has(BPF_F_NO_PREALLOC) => Source::preallocate(def, core, pool, m),
            RuntimeAlloc::KmallocRcu => Ok(Source::KmallocRcu),
            RuntimeAlloc::MemAlloc(_) => Ok(Source::mem_alloc(def, core, pool, m)),
        }
    }

    /// The lists of an LRU map.
    pub fn as_lru(&self) -> &RefCell<Lru> {
        match self {
            Source::Lru(lru) => lru,
            _ => unreachable!("only LRU maps ask"),
        }
    }

    /// Whether elements are made when they are needed, and counted.
    pub fn at_run_time(&self) -> bool {
        matches!(self, Source::KmallocRcu | Source::MemAlloc { .. })
    }

    fn lru(def: &MapDef, core: &MapCore, pool: &SharedPool, m: &Machine) -> Result<Source, Errno> {
        pool.borrow_mut().preallocate(m, def.max_entries)?;
        let lru = if def.has(BPF_F_NO_COMMON_LRU) {
            Lru::Percpu(PercpuLru::new(def.max_entries, core.nr_cpus))
        } else {
            Lru::Common(CommonLru::new(def.max_entries, core.nr_cpus, &core.rules))
        };
        Ok(Source::Lru(RefCell::new(lru)))
    }

    /// `prealloc_init` and `alloc_extra_elems`: only maps that replace elements have spares.
    fn preallocate(def: &MapDef, core: &MapCore, pool: &SharedPool, m: &Machine) -> Result<Source, Errno> {
        let in_place = core.rules.fd_hash_in_place && def.map_type == BPF_MAP_TYPE_HASH_OF_MAPS;
        let spares = if def.is_percpu() || in_place { 0 } else { core.nr_cpus };
        let count = def.max_entries.checked_add(spares).ok_or(Errno::ENOMEM)?;
        pool.borrow_mut().preallocate(m, count)?;
        let free = Freelist::full(count, core.nr_cpus);
        // The kernel pops all spares on the CPU that creates the map.
        let here = m.current_cpu().index();
        let spare = (0..spares).map(|_| free.pop(here).expect("one spare per CPU was added")).collect();
        Ok(Source::Preallocated { free, spare: RefCell::new(spare) })
    }

    fn mem_alloc(def: &MapDef, core: &MapCore, pool: &SharedPool, m: &Machine) -> Source {
        let RuntimeAlloc::MemAlloc(rules) = core.rules.runtime_alloc else {
            unreachable!("chosen by this field")
        };
        let percpu = def.is_percpu();
        // Watermarks follow the kernel's object size, which includes the element header we keep elsewhere.
        let payload = def.key_stride() + if percpu { 8 } else { def.value_stride() };
        let unit = HTAB_ELEM_HEADER + payload + LLIST_NODE_SZ;
        let objects = ElementObjects {
            pool: pool.clone(),
            map: core.name.clone(),
            fields: core.fields.clone(),
            with_value: !percpu,
        };
        let marks = Watermarks::new(unit, false);
        let elements = MemAlloc::new(m, Rc::new(objects), marks, rules, core.name.clone());
        let values = percpu.then(|| {
            let marks = Watermarks::new(def.value_stride(), rules.small_percpu_cache);
            let bytes = pool.borrow().value_bytes;
            let objects = ValueObjects { pool: pool.clone(), bytes, fields: core.fields.clone() };
            MemAlloc::new(m, Rc::new(objects), marks, rules, core.name.clone())
        });
        Source::MemAlloc { elements, values }
    }

    /// A free element of a map that is not LRU. `replaces`: the key's element now. -E2BIG: a preallocated map is full; -ENOMEM.
    pub fn take(&self, m: &Machine, pool: &SharedPool, replaces: Option<u32>) -> Result<u32, Errno> {
        let cpu = m.current_cpu().index();
        match (self, replaces) {
            (Source::Lru(_), _) => unreachable!("LRU maps take with a key"),
            (Source::Preallocated { spare, .. }, Some(old)) => {
                Ok(std::mem::replace(&mut spare.borrow_mut()[cpu], old))
            }
            (Source::Preallocated { free, .. }, None) => free.pop(cpu).ok_or(Errno::E2BIG),
            (Source::KmallocRcu, _) => kmalloc_rcu::alloc(m, pool).ok_or(Errno::ENOMEM),
            (Source::MemAlloc { elements, values }, _) => {
                let id = elements.alloc(m).ok_or(Errno::ENOMEM)?;
                if let Some(values) = values {
                    let Some(block) = values.alloc(m) else {
                        elements.free(m, id);
                        return Err(Errno::ENOMEM);
                    };
                    pool.borrow_mut().set_value_block(id as u32, block);
                }
                Ok(id as u32)
            }
        }
    }

    /// `free_htab_elem`: the element has left its bucket. A replaced preallocated element is this CPU's spare already.
    pub fn release(&self, m: &Machine, pool: &SharedPool, map: &Rc<str>, id: u32, replaced: bool) {
        match self {
            Source::Preallocated { .. } if replaced => {}
            Source::Preallocated { free, .. } => free.push(m.current_cpu().index(), id),
            Source::Lru(lru) => lru.borrow_mut().push_free(id),
            Source::KmallocRcu => kmalloc_rcu::free(m, pool, map, id),
            Source::MemAlloc { elements, values } => {
                if let Some(values) = values {
                    values.free(m, pool.borrow().get(id).value_addr);
                }
                elements.free(m, id.into());
            }
        }
    }

    /// Gives all memory back; `linked` elements are out of the table.
    pub fn destroy(&self, m: &Machine, pool: &SharedPool, map: &Rc<str>, linked: &[u32]) {
        match self {
            Source::Preallocated { .. } | Source::Lru(_) => pool.borrow_mut().destroy_area(m),
            Source::KmallocRcu => linked.iter().for_each(|id| pool.borrow_mut().destroy_object(m, *id)),
            Source::MemAlloc { elements, values } => {
                linked.iter().for_each(|id| self.release(m, pool, map, *id, false));
                elements.destroy(m);
                if let Some(values) = values {
                    values.destroy(m);
                }
            }
        }
    }
}

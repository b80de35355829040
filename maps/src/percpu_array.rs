//! `BPF_MAP_TYPE_PERCPU_ARRAY`, and `PercpuView`: how programs and system calls see values of which each CPU has one.
//!
//! A program reads and writes its CPU's value. A system call reads and writes all CPUs' values at once, each padded to 8 bytes;
//! 7.2 can also name one CPU or give one value to all. Differs from a kernel in layout only: the values of all CPUs of an index
//! lie side by side. Source: `arraymap.c`, `hashtab.c:pcpu_copy_value`. Neighbour: `percpu_hash` uses the view.

use std::rc::Rc;

use sim::errno::Errno;
use sim::machine::Machine;

use crate::array::{index_of, next_index};
use crate::consts::*;
use crate::create::CreateError;
use crate::element::{ElementInfo, ElementState};
use crate::event::{MapEvent, UpdateKind};
use crate::map::{Cursor, Map, MapCore, Visit};
use crate::object::Descriptors;
use crate::rules::MapRules;
use crate::spec::MapDef;

/// Access to the block that holds one key's values of all CPUs. Addresses are those of the block (CPU 0's value).
pub(crate) struct PercpuView<'a>(pub &'a MapCore);

const IN_BLOCK: &str = "per-CPU values are live memory of the map";

impl PercpuView<'_> {
    /// Where `cpu`'s value is; `None` for a CPU that does not exist.
    pub fn value(&self, block: u64, cpu: u32) -> Option<u64> {
        (cpu < self.0.nr_cpus).then(|| block + u64::from(cpu) * self.0.def.value_stride())
    }

    /// Flags of an update by a program: no lock, no CPU.
    pub fn check_program_flags(&self, flags: u64) -> Result<(), Errno> {
        if flags > BPF_EXIST { Err(Errno::EINVAL) } else { Ok(()) }
    }

    /// Flags of an update by a system call.
    pub fn check_user_flags(&self, flags: u64) -> Result<(), Errno> {
        let last = if self.0.rules.cpu_flags { BPF_F_ALL_CPUS } else { BPF_EXIST };
        let word = if self.0.rules.cpu_flags { flags & u64::from(u32::MAX) } else { flags };
        if flags & BPF_F_LOCK != 0 || word > last { Err(Errno::EINVAL) } else { Ok(()) }
    }

    /// All CPUs' values become zero.
    pub fn clear(&self, m: &Machine, block: u64) {
        let bytes = self.0.def.value_stride() as usize * self.0.nr_cpus as usize;
        m.arena_mut().slice_mut(block, bytes).expect(IN_BLOCK).fill(0);
    }

    /// A program stores its CPU's value.
    pub fn store_here(&self, m: &Machine, block: u64, value: &[u8]) {
        let addr = self.value(block, m.current_cpu().0.into()).expect("this CPU exists");
        self.0.layout.store(m, addr, value);
    }

    /// A system call stores the values of all CPUs, or with `BPF_F_CPU` of one, or with `BPF_F_ALL_CPUS` one value for all.
    pub fn store_user(&self, m: &Machine, block: u64, value: &[u8], flags: u64) {
        if flags & BPF_F_CPU != 0 {
            let addr = self.value(block, (flags >> 32) as u32).expect("the CPU was checked");
            return self.0.layout.store(m, addr, value);
        }
        let stride = self.0.def.value_stride() as usize;
        for cpu in 0..self.0.nr_cpus {
            let addr = self.value(block, cpu).expect("counted");
            let from = if flags & BPF_F_ALL_CPUS != 0 { 0 } else { cpu as usize * stride };
            self.0.layout.store(m, addr, &value[from..]);
            if self.0.rules.percpu_copies_padding {
                let padding = &value[from + self.0.layout.size..from + stride];
                m.arena_mut().write(addr + self.0.layout.size as u64, padding).expect(IN_BLOCK);
            }
        }
    }

    /// A system call loads the values of all CPUs, or with `BPF_F_CPU` of one.
    pub fn load_user(&self, m: &Machine, block: u64, flags: u64) -> Vec<u8> {
        if flags & BPF_F_CPU != 0 {
            let addr = self.value(block, (flags >> 32) as u32).expect("the CPU was checked");
            return self.0.layout.load(m, addr, self.0.layout.size);
        }
        let stride = self.0.def.value_stride() as usize;
        let values = (0..self.0.nr_cpus).map(|cpu| self.value(block, cpu).expect("counted"));
        values.flat_map(|addr| self.0.layout.load(m, addr, stride)).collect()
    }
}

/// A per-CPU array map.
pub struct PercpuArray {
    core: MapCore,
    base: u64,
}

impl PercpuArray {
    /// Zeroed values; the definition has been checked.
    pub(crate) fn create(def: &MapDef, rules: &MapRules, m: &Machine) -> Result<Rc<dyn Map>, CreateError> {
        let core = MapCore::new(def, rules, m)?;
        let bytes = u64::from(def.max_entries) * def.value_stride() * u64::from(core.nr_cpus);
        let bytes = usize::try_from(bytes).map_err(|_| Errno::ENOMEM)?;
        let base = m.arena_mut().alloc_zeroed(bytes, "bpf_array.pptrs", m.stamp()).ok_or(Errno::ENOMEM)?;
        Ok(Rc::new(PercpuArray { core, base }))
    }

    fn view(&self) -> PercpuView<'_> {
        PercpuView(&self.core)
    }

    fn block_bytes(&self) -> u64 {
        self.core.def.value_stride() * u64::from(self.core.nr_cpus)
    }

    fn block(&self, index: u32) -> Option<u64> {
        (index < self.core.def.max_entries).then(|| self.base + u64::from(index) * self.block_bytes())
    }

    fn emit_update(&self, m: &Machine, key: &[u8], value_addr: u64) {
        m.emit_with(|| MapEvent::Update {
            map: self.core.name.clone(),
            key: key.to_vec(),
            value_addr,
            kind: UpdateKind::InPlace,
        });
    }
}

impl Map for PercpuArray {
    fn core(&self) -> &MapCore {
        &self.core
    }

    fn lookup(&self, m: &Machine, key: &[u8]) -> Option<u64> {
        self.lookup_percpu(m, key, m.current_cpu().0.into())
    }

    fn lookup_percpu(&self, _m: &Machine, key: &[u8], cpu: u32) -> Option<u64> {
        self.view().value(self.block(index_of(&self.core, key))?, cpu)
    }

    fn update(&self, m: &Machine, key: &[u8], value: &[u8], flags: u64) -> Result<(), Errno> {
        self.core.check_sizes(key, Some((value, self.core.layout.size)));
        if flags & !BPF_F_LOCK > BPF_EXIST {
            return Err(Errno::EINVAL);
        }
        let block = self.block(index_of(&self.core, key)).ok_or(Errno::E2BIG)?;
        if flags & BPF_NOEXIST != 0 {
            return Err(Errno::EEXIST);
        }
        // Per-CPU values have no spin lock.
        if flags & BPF_F_LOCK != 0 {
            return Err(Errno::EINVAL);
        }
        self.view().store_here(m, block, value);
        let here = self.view().value(block, m.current_cpu().0.into()).expect("this CPU exists");
        self.core.fields.overwritten(m, here);
        self.emit_update(m, key, block);
        Ok(())
    }

    fn update_user_with(
        &self,
        m: &Machine,
        key: &[u8],
        value: &[u8],
        flags: u64,
        _fds: &dyn Descriptors,
    ) -> Result<(), Errno> {
        self.core.check_update_user(flags)?;
        self.view().check_user_flags(flags)?;
        self.core.check_sizes(key, Some((value, self.core.user_value_size(flags))));
        let block = self.block(index_of(&self.core, key)).ok_or(Errno::E2BIG)?;
        if flags == BPF_NOEXIST {
            return Err(Errno::EEXIST);
        }
        self.view().store_user(m, block, value, flags);
        self.core.fields.unlinked(m, block);
        self.emit_update(m, key, block);
        Ok(())
    }

    fn delete(&self, _m: &Machine, _key: &[u8]) -> Result<(), Errno> {
        Err(Errno::EINVAL)
    }

    fn next_key(&self, _m: &Machine, prev: Option<&[u8]>) -> Result<Vec<u8>, Errno> {
        next_index(&self.core, prev)
    }

    fn visit(&self, m: &Machine, cursor: &mut Cursor) -> Option<Visit> {
        let index = cursor.at;
        let value_addr = self.view().value(self.block(index)?, m.current_cpu().0.into())?;
        cursor.at += 1;
        Some(Visit { key: index.to_le_bytes().to_vec(), key_addr: None, value_addr })
    }

    fn lookup_user(&self, m: &Machine, key: &[u8], flags: u64) -> Result<Vec<u8>, Errno> {
        self.core.check_lookup_user(flags)?;
        let block = self.block(index_of(&self.core, key)).ok_or(Errno::ENOENT)?;
        Ok(self.view().load_user(m, block, flags))
    }

    fn len(&self) -> u32 {
        self.core.def.max_entries
    }

    fn element_at(&self, _m: &Machine, addr: u64) -> Option<ElementInfo> {
        let index = u32::try_from(addr.checked_sub(self.base)? / self.block_bytes()).ok()?;
        Some(ElementInfo {
            key: index.to_le_bytes().to_vec(),
            value_addr: self.block(index)?,
            generation: 1,
            state: ElementState::Linked,
            freed: None,
        })
    }

    fn destroy(&self, m: &Machine) {
        (0..self.core.def.max_entries)
            .filter_map(|i| self.block(i))
            .for_each(|b| self.core.fields.freed(m, b));
        m.arena_mut().free(self.base, m.stamp());
        self.core.destroy(m);
    }
}

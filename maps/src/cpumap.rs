//! `BPF_MAP_TYPE_CPUMAP`: CPUs to which XDP sends packets on; each entry has a queue and, in a kernel, a thread.
//!
//! A value is the length of the queue and, if it has 8 bytes, a program descriptor, which reads back as the program's id.
//! Source: `kernel/bpf/cpumap.c`. Key type: [`Cpumap`]. Neighbours: `devmap`, `prog_array`. Differs: the thread and its queue are not
//! simulated; a packet sent there leaves the simulation as `XDP_REDIRECT`.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use sim::errno::Errno;
use sim::machine::Machine;

use crate::array::{index_of, next_index};
use crate::consts::*;
use crate::create::CreateError;
use crate::devmap::xdp_program;
use crate::map::{Map, MapCore};
use crate::object::{Descriptors, ProgramObject};
use crate::prog_array::Owner;
use crate::rules::MapRules;
use crate::spec::MapDef;

/// Longest queue.
const MAX_QSIZE: u32 = 16_384;
const VALUE_BYTES: usize = 8;
const LIVE: &str = "an entry of the map is live memory";

struct Entry {
    addr: u64,
    program: Option<Rc<dyn ProgramObject>>,
}

/// A map of CPUs.
pub struct Cpumap {
    core: MapCore,
    base: u64,
    entries: RefCell<BTreeMap<u32, Entry>>,
    owner: Owner,
}

impl Cpumap {
    /// An empty map; the definition has been checked.
    pub(crate) fn create(def: &MapDef, rules: &MapRules, m: &Machine) -> Result<Rc<dyn Map>, CreateError> {
        let core = MapCore::new(def, rules, m)?;
        let bytes = def.max_entries as usize * 8;
        let base =
            m.arena_mut().alloc_zeroed(bytes, "bpf_cpu_map.cpu_map", m.stamp()).ok_or(Errno::ENOMEM)?;
        Ok(Rc::new(Cpumap { core, base, entries: RefCell::default(), owner: Owner::default() }))
    }

    /// Whether packets can be sent to this CPU, and the program that runs there first.
    pub fn target(&self, cpu: u32) -> Option<Option<Rc<dyn ProgramObject>>> {
        self.entries.borrow().get(&cpu).map(|entry| entry.program.clone())
    }

    /// `__cpu_map_entry_alloc`. Until 7.2 every failure looks like a lack of memory.
    fn make(&self, m: &Machine, qsize: u32, fd: i32, fds: &dyn Descriptors) -> Result<Entry, Errno> {
        let rules = &self.core.rules;
        let admits = |program: &dyn ProgramObject| {
            !rules.owner_is_detailed || self.owner.admit(&program.traits(), rules, false)
        };
        let program = xdp_program(fds, fd, "BPF_XDP_CPUMAP", admits)
            .map_err(|errno| if rules.cpumap_says_why { errno } else { Errno::ENOMEM })?;
        let addr =
            m.arena_mut().alloc_zeroed(VALUE_BYTES, "bpf_cpu_map_entry", m.stamp()).ok_or(Errno::ENOMEM)?;
        let id = program.as_ref().map_or(0, |program| program.id());
        m.arena_mut().store(addr, 8, u64::from(qsize) | u64::from(id) << 32).expect(LIVE);
        Ok(Entry { addr, program })
    }

    /// `__cpu_map_entry_replace`: the old entry goes after a grace period.
    fn exchange(&self, m: &Machine, cpu: u32, entry: Option<Entry>) {
        let mut entries = self.entries.borrow_mut();
        let old = match entry {
            Some(entry) => entries.insert(cpu, entry),
            None => entries.remove(&cpu),
        };
        if let Some(old) = old {
            m.call_rcu(move |m| {
                m.arena_mut().free(old.addr, m.stamp());
            });
        }
    }
}

impl Map for Cpumap {
    fn core(&self) -> &MapCore {
        &self.core
    }

    fn lookup(&self, _m: &Machine, key: &[u8]) -> Option<u64> {
        self.entries.borrow().get(&index_of(&self.core, key)).map(|entry| entry.addr)
    }

    /// Only system calls store (`check_map_func_compatibility`).
    fn update(&self, _m: &Machine, _key: &[u8], _value: &[u8], _flags: u64) -> Result<(), Errno> {
        Err(Errno::EINVAL)
    }

    /// An empty slot is no error.
    fn delete(&self, m: &Machine, key: &[u8]) -> Result<(), Errno> {
        let cpu = index_of(&self.core, key);
        if cpu >= self.core.def.max_entries {
            return Err(Errno::EINVAL);
        }
        self.exchange(m, cpu, None);
        Ok(())
    }

    fn next_key(&self, _m: &Machine, prev: Option<&[u8]>) -> Result<Vec<u8>, Errno> {
        next_index(&self.core, prev)
    }

    /// Queue length and program id.
    fn lookup_user(&self, m: &Machine, key: &[u8], flags: u64) -> Result<Vec<u8>, Errno> {
        self.core.check_lookup_user(flags)?;
        let addr = self.lookup(m, key).ok_or(Errno::ENOENT)?;
        self.core.load_value(m, addr, flags)
    }

    fn update_user_with(
        &self,
        m: &Machine,
        key: &[u8],
        value: &[u8],
        flags: u64,
        fds: &dyn Descriptors,
    ) -> Result<(), Errno> {
        self.core.check_update_user(flags)?;
        let cpu = index_of(&self.core, key);
        if flags > BPF_EXIST {
            return Err(Errno::EINVAL);
        }
        if cpu >= self.core.def.max_entries {
            return Err(Errno::E2BIG);
        }
        if flags == BPF_NOEXIST {
            return Err(Errno::EEXIST);
        }
        let word =
            |at: usize| value.get(at..at + 4).map_or(0, |b| u32::from_le_bytes(b.try_into().expect("four")));
        let qsize = word(0);
        if qsize > MAX_QSIZE {
            return Err(Errno::EOVERFLOW);
        }
        if cpu >= self.core.nr_cpus {
            return Err(Errno::ENODEV);
        }
        let entry = if qsize == 0 { None } else { Some(self.make(m, qsize, word(4) as i32, fds)?) };
        self.exchange(m, cpu, entry);
        Ok(())
    }

    fn as_cpumap(&self) -> Option<&Cpumap> {
        Some(self)
    }

    fn len(&self) -> u32 {
        self.entries.borrow().len() as u32
    }

    fn destroy(&self, m: &Machine) {
        for entry in std::mem::take(&mut *self.entries.borrow_mut()).into_values() {
            m.arena_mut().free(entry.addr, m.stamp());
        }
        m.arena_mut().free(self.base, m.stamp());
        self.core.destroy(m);
    }
}

//! `BPF_MAP_TYPE_DEVMAP` and `BPF_MAP_TYPE_DEVMAP_HASH`: network devices to redirect packets to, optionally with a program for each.
//!
//! A value is an interface number and, if the value has 8 bytes, a program descriptor, which reads back as the program's id. An entry
//! that is replaced or deleted lives until a classic grace period has passed. Source: `kernel/bpf/devmap.c`. Key type: [`Devmap`].
//! Neighbour: `prog_array` has the rule for programs. Differs: nothing follows when a device goes away; devices here do not.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use sim::errno::Errno;
use sim::machine::Machine;

use crate::array::{index_of, next_index};
use crate::consts::*;
use crate::create::CreateError;
use crate::event::{MapEvent, UpdateKind};
use crate::map::{Map, MapCore};
use crate::object::{Descriptors, Object, ProgramObject};
use crate::prog_array::Owner;
use crate::rules::MapRules;
use crate::spec::MapDef;

/// `BPF_PROG_TYPE_XDP`.
pub(crate) const PROG_TYPE_XDP: u32 = 6;
/// `struct bpf_devmap_val`, of which small maps show the first half.
const VALUE_BYTES: usize = 8;
const LIVE: &str = "an entry of the map is live memory";

/// An entry (`struct bpf_dtab_netdev`).
#[derive(Clone)]
struct Entry {
    ifindex: u32,
    /// Where its value is, which programs may read.
    addr: u64,
    program: Option<Rc<dyn ProgramObject>>,
}

/// Where a packet goes.
#[derive(Clone)]
pub struct Device {
    pub ifindex: u32,
    /// Runs on the packet before it is sent.
    pub program: Option<Rc<dyn ProgramObject>>,
}

/// A map of devices.
pub struct Devmap {
    core: MapCore,
    /// The table of slots or of buckets.
    base: u64,
    entries: RefCell<BTreeMap<u32, Entry>>,
    /// Keys of each bucket, newest first; unused by the array.
    buckets: RefCell<Vec<Vec<u32>>>,
    owner: Owner,
}

/// The interface number and the program descriptor of a value.
fn parse(value: &[u8]) -> (u32, i32) {
    let word =
        |at: usize| value.get(at..at + 4).map_or(0, |b| u32::from_le_bytes(b.try_into().expect("four")));
    (word(0), word(4) as i32)
}

/// `bpf_prog_get_type` for a program that may run in a map of this crate's kind, with the attach type it must have.
pub(crate) fn xdp_program(
    fds: &dyn Descriptors,
    fd: i32,
    attach_type: &str,
    admits: impl FnOnce(&dyn ProgramObject) -> bool,
) -> Result<Option<Rc<dyn ProgramObject>>, Errno> {
    if fd <= 0 {
        return Ok(None);
    }
    match fds.get(fd as u32) {
        Some(Object::Program(program)) => {
            let traits = program.traits();
            let fits = traits.prog_type == PROG_TYPE_XDP && traits.attach_type == attach_type;
            if fits && admits(&*program) { Ok(Some(program)) } else { Err(Errno::EINVAL) }
        }
        Some(_) => Err(Errno::EINVAL),
        None => Err(Errno::EBADF),
    }
}

impl Devmap {
    /// An empty map; the definition has been checked.
    pub(crate) fn create(def: &MapDef, rules: &MapRules, m: &Machine) -> Result<Rc<dyn Map>, CreateError> {
        // Programs get a pointer to the interface number: they must not write there.
        let def = MapDef { flags: def.flags | BPF_F_RDONLY_PROG, ..def.clone() };
        let hash = def.map_type == BPF_MAP_TYPE_DEVMAP_HASH;
        let heads = if hash { def.max_entries.next_power_of_two() } else { def.max_entries };
        let core = MapCore::new(&def, rules, m)?;
        let bytes = usize::try_from(u64::from(heads) * 8).map_err(|_| Errno::ENOMEM)?;
        let base = m.arena_mut().alloc_zeroed(bytes, "bpf_dtab table", m.stamp()).ok_or(Errno::ENOMEM)?;
        let buckets = if hash { vec![Vec::new(); heads as usize] } else { Vec::new() };
        let entries = RefCell::default();
        Ok(Rc::new(Devmap { core, base, entries, buckets: RefCell::new(buckets), owner: Owner::default() }))
    }

    fn is_hash(&self) -> bool {
        self.core.def.map_type == BPF_MAP_TYPE_DEVMAP_HASH
    }

    /// The device under a key.
    pub fn device(&self, key: u32) -> Option<Device> {
        let entries = self.entries.borrow();
        entries.get(&key).map(|entry| Device { ifindex: entry.ifindex, program: entry.program.clone() })
    }

    /// All devices, for a broadcast, in the order in which the kernel walks.
    pub fn devices(&self) -> Vec<Device> {
        let keys: Vec<u32> = match self.is_hash() {
            true => self.buckets.borrow().concat(),
            false => self.entries.borrow().keys().copied().collect(),
        };
        keys.into_iter().filter_map(|key| self.device(key)).collect()
    }

    fn bucket(&self, key: u32) -> usize {
        key as usize & (self.buckets.borrow().len() - 1)
    }

    /// `__dev_map_alloc_node`.
    fn make(&self, m: &Machine, value: &[u8], fds: &dyn Descriptors) -> Result<Entry, Errno> {
        let (ifindex, fd) = parse(value);
        let rules = &self.core.rules;
        let admits = |program: &dyn ProgramObject| {
            !rules.owner_is_detailed || self.owner.admit(&program.traits(), rules, false)
        };
        // All failures but the lack of memory look the same.
        if !fds.has_device(ifindex) {
            return Err(Errno::EINVAL);
        }
        let program = xdp_program(fds, fd, "BPF_XDP_DEVMAP", admits).map_err(|_| Errno::EINVAL)?;
        let addr =
            m.arena_mut().alloc_zeroed(VALUE_BYTES, "bpf_dtab_netdev", m.stamp()).ok_or(Errno::ENOMEM)?;
        let id = program.as_ref().map_or(0, |program| program.id());
        m.arena_mut().store(addr, 8, u64::from(ifindex) | u64::from(id) << 32).expect(LIVE);
        m.arena_mut().set_read_only(addr, true);
        Ok(Entry { ifindex, addr, program })
    }

    fn free_later(&self, m: &Machine, entry: Entry) {
        m.call_rcu(move |m| {
            m.arena_mut().free(entry.addr, m.stamp());
        });
    }

    /// Puts an entry in or takes one out; what was there is freed after a grace period.
    fn exchange(&self, m: &Machine, key: u32, entry: Option<Entry>) -> bool {
        let mut entries = self.entries.borrow_mut();
        let old = match entry {
            Some(entry) => {
                let kind = if entries.contains_key(&key) { UpdateKind::Replace } else { UpdateKind::Insert };
                let (map, value_addr) = (self.core.name.clone(), entry.addr);
                m.emit_with(|| MapEvent::Update { map, key: key.to_le_bytes().to_vec(), value_addr, kind });
                entries.insert(key, entry)
            }
            None => entries.remove(&key),
        };
        let present = entries.contains_key(&key);
        drop(entries);
        if self.is_hash() {
            let at = self.bucket(key);
            let mut buckets = self.buckets.borrow_mut();
            buckets[at].retain(|other| *other != key);
            if present {
                buckets[at].insert(0, key);
            }
        }
        let had = old.is_some();
        if let Some(old) = old {
            self.free_later(m, old);
        }
        had
    }

    /// `__dev_map_update_elem`.
    fn update_array(
        &self,
        m: &Machine,
        key: u32,
        value: &[u8],
        flags: u64,
        fds: &dyn Descriptors,
    ) -> Result<(), Errno> {
        if flags > BPF_EXIST {
            return Err(Errno::EINVAL);
        }
        if key >= self.core.def.max_entries {
            return Err(Errno::E2BIG);
        }
        if flags == BPF_NOEXIST {
            return Err(Errno::EEXIST);
        }
        let (ifindex, fd) = parse(value);
        let entry = match ifindex {
            0 if fd > 0 => return Err(Errno::EINVAL),
            0 => None,
            _ => Some(self.make(m, value, fds)?),
        };
        self.exchange(m, key, entry);
        Ok(())
    }

    /// `__dev_map_hash_update_elem`.
    fn update_hash(
        &self,
        m: &Machine,
        key: u32,
        value: &[u8],
        flags: u64,
        fds: &dyn Descriptors,
    ) -> Result<(), Errno> {
        if flags > BPF_EXIST || parse(value).0 == 0 {
            return Err(Errno::EINVAL);
        }
        let exists = self.entries.borrow().contains_key(&key);
        if exists && flags & BPF_NOEXIST != 0 {
            return Err(Errno::EEXIST);
        }
        let entry = self.make(m, value, fds)?;
        if !exists && self.entries.borrow().len() as u32 >= self.core.def.max_entries {
            self.free_later(m, entry);
            return Err(Errno::E2BIG);
        }
        self.exchange(m, key, Some(entry));
        Ok(())
    }
}

impl Map for Devmap {
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

    fn delete(&self, m: &Machine, key: &[u8]) -> Result<(), Errno> {
        let key = index_of(&self.core, key);
        if !self.is_hash() && key >= self.core.def.max_entries {
            return Err(Errno::EINVAL);
        }
        let had = self.exchange(m, key, None);
        // Deleting an empty slot of the array is no error.
        if had || !self.is_hash() { Ok(()) } else { Err(Errno::ENOENT) }
    }

    fn next_key(&self, _m: &Machine, prev: Option<&[u8]>) -> Result<Vec<u8>, Errno> {
        if !self.is_hash() {
            return next_index(&self.core, prev);
        }
        let keys = self.buckets.borrow().concat();
        let prev = prev.map(|key| index_of(&self.core, key));
        let at = prev.and_then(|key| keys.iter().position(|other| *other == key)).map_or(0, |at| at + 1);
        keys.get(at).map(|key| key.to_le_bytes().to_vec()).ok_or(Errno::ENOENT)
    }

    /// Interface number and program id.
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
        let key = index_of(&self.core, key);
        if self.is_hash() {
            self.update_hash(m, key, value, flags, fds)
        } else {
            self.update_array(m, key, value, flags, fds)
        }
    }

    fn as_devmap(&self) -> Option<&Devmap> {
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

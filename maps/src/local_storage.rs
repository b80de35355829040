//! `BPF_MAP_TYPE_TASK_STORAGE`, `INODE_STORAGE`, `SK_STORAGE`, `CGRP_STORAGE`: a value that belongs to a kernel object and goes with it.
//!
//! Programs name the owner by its address, user space by a descriptor. Deleting an element and losing the owner free its memory in
//! different ways, which changed with every kernel: see [`StorageRules`]. Source: `kernel/bpf/bpf_local_storage.c`. Differs: the list that
//! each owner has (`struct bpf_local_storage`) takes no memory here, and a socket's option memory is not charged. Key type:
//! [`LocalStorage`]. Neighbours: `programs::helpers::storage` (helpers, the busy counters), `hooks` (descriptors, owners that end).

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use sim::arena::Stamp;
use sim::errno::Errno;
use sim::machine::Machine;

use crate::check::{Check, refuse};
use crate::consts::*;
use crate::create::CreateError;
use crate::element::{ElementInfo, ElementState, ReaderSection, Readers, Reuse};
use crate::event::{MapEvent, UpdateKind};
use crate::fields::Fields;
use crate::htab::Htab;
use crate::map::{Map, MapCore};
use crate::mem_alloc::{MemAlloc, Objects, Watermarks};
use crate::object::Descriptors;
use crate::rules::{MapKernel, MapRules, RuntimeAlloc};
use crate::spec::MapDef;

/// `BPF_F_CLONE`: a socket's storage is copied to its child (`net/core/bpf_sk_storage.c`).
const BPF_F_CLONE: u32 = 1 << 9;
/// Before the value: `struct bpf_local_storage_elem` up to `sdata.data`.
const HEADER_BYTES: u64 = 72;
/// `BPF_LOCAL_STORAGE_MAX_VALUE_SIZE`: 64 KiB with the structure, which fills two cache lines.
const MAX_VALUE_BYTES: u32 = u16::MAX as u32 - 128;

/// What owns the elements of a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OwnerKind {
    Socket,
    Inode,
    Task,
    Cgroup,
}

impl OwnerKind {
    /// The kind of a map type.
    pub fn of(map_type: u32) -> Option<OwnerKind> {
        match map_type {
            BPF_MAP_TYPE_SK_STORAGE => Some(OwnerKind::Socket),
            BPF_MAP_TYPE_INODE_STORAGE => Some(OwnerKind::Inode),
            BPF_MAP_TYPE_TASK_STORAGE => Some(OwnerKind::Task),
            BPF_MAP_TYPE_CGRP_STORAGE => Some(OwnerKind::Cgroup),
            _ => None,
        }
    }
}

/// An owner: its address, and the number by which people know it (pid, inode, ...), for events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner {
    pub addr: u64,
    pub number: u64,
}

/// What happens to an element's memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StorageFree {
    /// `kfree_rcu`: classic readers only.
    Rcu,
    /// `call_rcu_tasks_trace`; in 6.1 then `kfree_rcu`, which later kernels know to be implied.
    TasksTrace,
    /// `bpf_mem_cache_free`: may be handed out again at once.
    ReuseAtOnce,
}

/// How one kernel frees elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StorageRules {
    /// The element was deleted or replaced.
    pub deleted: StorageFree,
    /// The owner ended, or the map was destroyed.
    pub owner_gone: StorageFree,
    /// Elements come from `bpf_mem_alloc`.
    pub mem_alloc: bool,
    /// A deleted element's fields are released with its memory (7.2) instead of at once.
    pub fields_stay: bool,
}

impl StorageRules {
    /// The rules of a kernel for owners of a kind.
    pub fn new(kernel: MapKernel, kind: OwnerKind) -> StorageRules {
        let from_cache = kernel == MapKernel::V6_12 && matches!(kind, OwnerKind::Task | OwnerKind::Cgroup);
        StorageRules {
            deleted: if kernel == MapKernel::V5_10 { StorageFree::Rcu } else { StorageFree::TasksTrace },
            owner_gone: if from_cache { StorageFree::ReuseAtOnce } else { StorageFree::Rcu },
            mem_alloc: from_cache,
            fields_stay: kernel == MapKernel::V7_2,
        }
    }
}

/// `bpf_local_storage_map_alloc_check`.
pub(crate) fn check(def: &MapDef, rules: &MapRules) -> Check {
    let bad = def.flags & !(BPF_F_NO_PREALLOC | BPF_F_CLONE) != 0
        || !def.has(BPF_F_NO_PREALLOC)
        || def.max_entries != 0
        || def.key_size != 4
        || def.value_size == 0
        || def.btf.is_none_or(|types| types.key.is_none() || types.value.is_none());
    refuse(bad, Errno::EINVAL)?;
    refuse(rules.privilege_checked_first && !def.creator.cap_bpf, Errno::EPERM)?;
    refuse(def.value_size > MAX_VALUE_BYTES, Errno::E2BIG)?;
    if def.has(BPF_F_CLONE) && def.map_type == BPF_MAP_TYPE_SK_STORAGE {
        return Err(CreateError::NotModelled("BPF_F_CLONE".into()));
    }
    Ok(())
}

/// One element's memory.
#[derive(Clone, Debug)]
struct Block {
    number: u32,
    key: Vec<u8>,
    state: ElementState,
    freed: Option<Stamp>,
    generation: u32,
}

/// Every block that is not back in the kernel's allocator, by address.
struct Blocks {
    bytes: usize,
    map: Rc<str>,
    fields: Rc<Fields>,
    known: RefCell<BTreeMap<u64, Block>>,
    made: RefCell<u32>,
    readers: RefCell<Readers>,
}

impl Objects for Blocks {
    fn make(&self, m: &Machine) -> Option<u64> {
        let addr = m.arena_mut().alloc_zeroed(self.bytes, "bpf_local_storage_elem", m.stamp())?;
        let number = *self.made.borrow();
        *self.made.borrow_mut() += 1;
        let state = ElementState::Unlinked;
        let block = Block { number, key: Vec::new(), state, freed: None, generation: 0 };
        self.known.borrow_mut().insert(addr, block);
        Some(addr)
    }

    fn destroy(&self, m: &Machine, object: u64) {
        let value_addr = object + HEADER_BYTES;
        self.fields.freed(m, value_addr);
        let block = self.known.borrow_mut().remove(&object).expect("the map knows its blocks");
        self.readers.borrow_mut().forget(block.number);
        m.arena_mut().free(object, m.stamp());
        m.emit_with(|| MapEvent::ElementFreed { map: self.map.clone(), value_addr });
    }

    fn set_waiting(&self, object: u64, waiting: bool) {
        let state = if waiting { ElementState::AwaitsGracePeriod } else { ElementState::Unlinked };
        self.change(object, |block| block.state = state);
    }
}

impl Blocks {
    fn change(&self, addr: u64, change: impl FnOnce(&mut Block)) {
        change(self.known.borrow_mut().get_mut(&addr).expect("the map knows its blocks"));
    }

    /// The block gets a key; when it had one before, what is being reused.
    fn begin_use(&self, addr: u64, key: &[u8]) -> Option<Reuse> {
        let mut known = self.known.borrow_mut();
        let block = known.get_mut(&addr).expect("the map knows its blocks");
        let old_key = std::mem::replace(&mut block.key, key.to_vec());
        block.state = ElementState::Linked;
        block.generation += 1;
        (block.generation > 1).then(|| Reuse {
            old_key,
            value_addr: addr + HEADER_BYTES,
            value_bytes: self.bytes as u64 - HEADER_BYTES,
            freed: block.freed.unwrap_or_default(),
            readers: self.readers.borrow_mut().recycle(block.number),
        })
    }

    fn at(&self, addr: u64) -> Option<(u64, Block)> {
        let known = self.known.borrow();
        let (start, block) = known.range(..=addr).next_back()?;
        (addr < start + self.bytes as u64).then(|| (*start, block.clone()))
    }
}

/// A local storage map.
pub struct LocalStorage {
    core: MapCore,
    kind: OwnerKind,
    rules: StorageRules,
    blocks: Rc<Blocks>,
    cache: Option<MemAlloc>,
    /// Each owner's block, and the owner's number.
    owners: RefCell<BTreeMap<u64, (u64, Owner)>>,
}

impl LocalStorage {
    /// An empty map; the definition has been checked.
    pub(crate) fn create(def: &MapDef, rules: &MapRules, m: &Machine) -> Result<Rc<dyn Map>, CreateError> {
        let kind = OwnerKind::of(def.map_type).expect("a row for each type of storage");
        let core = MapCore::new(def, rules, m)?;
        let blocks = Rc::new(Blocks {
            bytes: (HEADER_BYTES + def.value_stride()) as usize,
            map: core.name.clone(),
            fields: core.fields.clone(),
            known: RefCell::default(),
            made: RefCell::default(),
            readers: RefCell::default(),
        });
        let storage = StorageRules::new(rules.kernel, kind);
        let cache = match rules.runtime_alloc {
            RuntimeAlloc::MemAlloc(alloc) if storage.mem_alloc => {
                let marks = Watermarks::new(blocks.bytes as u64 + 8, false);
                Some(MemAlloc::new(m, blocks.clone(), marks, alloc, core.name.clone()))
            }
            _ => None,
        };
        Ok(Rc::new(LocalStorage { core, kind, rules: storage, blocks, cache, owners: RefCell::default() }))
    }

    /// Whose elements it has.
    pub fn kind(&self) -> OwnerKind {
        self.kind
    }

    /// `bpf_local_storage_lookup`: the value's address.
    pub fn find(&self, owner: u64) -> Option<u64> {
        self.owners.borrow().get(&owner).map(|(block, _)| block + HEADER_BYTES)
    }

    /// `bpf_local_storage_update`: a new element with `value` (zeros for `None`), which replaces the owner's old one. Returns the value's
    /// address.
    ///
    /// # Errors
    /// -EINVAL for flags, -EEXIST, -ENOENT, -ENOMEM, and with `BPF_F_LOCK` a lock that cannot be had.
    pub fn set(&self, m: &Machine, owner: Owner, value: Option<&[u8]>, flags: u64) -> Result<u64, Errno> {
        let no_lock = flags & BPF_F_LOCK != 0 && self.spec().spin_lock_offset().is_none();
        if flags & !BPF_F_LOCK > BPF_EXIST || no_lock {
            return Err(Errno::EINVAL);
        }
        let old = self.find(owner.addr);
        Htab::check_exist(old.is_some(), flags)?;
        let key = self.key_of(owner);
        if let Some(addr) = old.filter(|_| flags & BPF_F_LOCK != 0) {
            self.core.store_value(m, addr, value.expect("an update has a value"), flags)?;
            self.emit_update(m, key, addr, UpdateKind::InPlace);
            return Ok(addr);
        }
        let block = self.take(m).ok_or(Errno::ENOMEM)?;
        self.core.bucket_locked(m, self);
        let addr = block + HEADER_BYTES;
        let reuse = self.blocks.begin_use(block, &key);
        let zeros = vec![0; self.core.layout.size];
        m.arena_mut().write(addr, &zeros).expect("a new element is live");
        self.core.layout.store(m, addr, value.unwrap_or(&zeros));
        let replaced = self.owners.borrow_mut().insert(owner.addr, (block, owner));
        if let Some(reuse) = reuse {
            reuse.report(m, &self.core.name, &key);
        }
        let kind = if replaced.is_some() { UpdateKind::Replace } else { UpdateKind::Insert };
        self.emit_update(m, key, addr, kind);
        if let Some((old, _)) = replaced {
            self.free(m, old, self.rules.deleted);
        }
        Ok(addr)
    }

    /// `bpf_selem_unlink`: -ENOENT when the owner has none.
    pub fn remove(&self, m: &Machine, owner: u64) -> Result<(), Errno> {
        let (block, owner) = self.owners.borrow_mut().remove(&owner).ok_or(Errno::ENOENT)?;
        let (key, value_addr) = (self.key_of(owner), block + HEADER_BYTES);
        m.emit_with(|| MapEvent::Delete { map: self.core.name.clone(), key, value_addr });
        self.free(m, block, self.rules.deleted);
        Ok(())
    }

    /// `bpf_local_storage_destroy`: the owner's memory is about to go.
    pub fn owner_gone(&self, m: &Machine, owner: u64) {
        let Some((block, owner)) = self.owners.borrow_mut().remove(&owner) else { return };
        let key = self.key_of(owner);
        m.emit_with(|| MapEvent::OwnerGone {
            map: self.core.name.clone(),
            key,
            value_addr: block + HEADER_BYTES,
        });
        self.free(m, block, self.rules.owner_gone);
    }

    /// As user space would see a key if it were not a descriptor: the owner's number.
    fn key_of(&self, owner: Owner) -> Vec<u8> {
        (owner.number as u32).to_le_bytes().to_vec()
    }

    fn emit_update(&self, m: &Machine, key: Vec<u8>, value_addr: u64, kind: UpdateKind) {
        m.emit_with(|| MapEvent::Update { map: self.core.name.clone(), key, value_addr, kind });
    }

    fn take(&self, m: &Machine) -> Option<u64> {
        match &self.cache {
            Some(cache) => cache.alloc(m),
            None => self.blocks.make(m),
        }
    }

    /// `bpf_selem_free`.
    fn free(&self, m: &Machine, block: u64, how: StorageFree) {
        let waits = how != StorageFree::ReuseAtOnce;
        let state = if waits { ElementState::AwaitsGracePeriod } else { ElementState::Unlinked };
        self.blocks.change(block, |b| (b.state, b.freed) = (state, Some(m.stamp())));
        if !(self.rules.fields_stay && how == StorageFree::TasksTrace) {
            self.core.fields.freed(m, block + HEADER_BYTES);
        }
        let (flavour, blocks) = match how {
            StorageFree::Rcu => ("rcu", self.blocks.clone()),
            StorageFree::TasksTrace => ("rcu_tasks_trace", self.blocks.clone()),
            StorageFree::ReuseAtOnce => {
                return self.cache.as_ref().expect("from a cache, back to it").free(m, block);
            }
        };
        m.emit_with(|| MapEvent::GracePeriodQueued { map: self.core.name.clone(), elements: 1, flavour });
        let free = move |m: &Machine| blocks.destroy(m, block);
        match how {
            StorageFree::Rcu => m.call_rcu(free),
            _ => m.call_rcu_tasks_trace(free),
        }
    }

    /// The owner that a key's descriptor stands for.
    fn owner(&self, key: &[u8], fds: &dyn Descriptors) -> Result<Owner, Errno> {
        let fd = u32::from_le_bytes(key.try_into().expect("keys have 4 bytes"));
        fds.owner(fd, self.kind)
    }
}

impl Map for LocalStorage {
    fn core(&self) -> &MapCore {
        &self.core
    }

    /// Programs have helpers of their own; a verifier refuses this one.
    fn lookup(&self, _m: &Machine, _key: &[u8]) -> Option<u64> {
        None
    }

    fn update(&self, _m: &Machine, _key: &[u8], _value: &[u8], _flags: u64) -> Result<(), Errno> {
        Err(Errno::EBADF)
    }

    fn delete(&self, _m: &Machine, _key: &[u8]) -> Result<(), Errno> {
        Err(Errno::EBADF)
    }

    /// `notsupp_get_next_key`.
    fn next_key(&self, _m: &Machine, _prev: Option<&[u8]>) -> Result<Vec<u8>, Errno> {
        Err(Errno::ENOTSUPP)
    }

    /// Without descriptors no number means anything.
    fn lookup_user(&self, _m: &Machine, _key: &[u8], flags: u64) -> Result<Vec<u8>, Errno> {
        self.core.check_lookup_user(flags)?;
        Err(Errno::EBADF)
    }

    fn lookup_user_with(
        &self,
        m: &Machine,
        key: &[u8],
        flags: u64,
        fds: &dyn Descriptors,
    ) -> Result<Vec<u8>, Errno> {
        self.core.check_lookup_user(flags)?;
        let owner = self.owner(key, fds)?;
        let addr = self.find(owner.addr).ok_or(Errno::ENOENT)?;
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
        let owner = self.owner(key, fds)?;
        self.set(m, owner, Some(value), flags).map(|_| ())
    }

    fn delete_user_with(&self, m: &Machine, key: &[u8], fds: &dyn Descriptors) -> Result<(), Errno> {
        self.core.check_write()?;
        let owner = self.owner(key, fds)?;
        self.remove(m, owner.addr)
    }

    fn len(&self) -> u32 {
        self.owners.borrow().len() as u32
    }

    fn element_at(&self, _m: &Machine, addr: u64) -> Option<ElementInfo> {
        let (start, block) = self.blocks.at(addr)?;
        Some(ElementInfo {
            key: block.key,
            value_addr: start + HEADER_BYTES,
            generation: block.generation,
            state: block.state,
            freed: block.freed,
        })
    }

    fn mark_reader(&self, value_addr: u64, reader: &Rc<ReaderSection>) {
        if let Some((_, block)) = self.blocks.at(value_addr) {
            self.blocks.readers.borrow_mut().mark(block.number, reader);
        }
    }

    fn as_local_storage(&self) -> Option<&LocalStorage> {
        Some(self)
    }

    /// `bpf_local_storage_map_free`. What waits for a grace period is freed when that has ended.
    fn destroy(&self, m: &Machine) {
        let owners: Vec<u64> = self.owners.borrow().keys().copied().collect();
        owners.into_iter().for_each(|owner| self.owner_gone(m, owner));
        if let Some(cache) = &self.cache {
            cache.destroy(m);
        }
        self.core.destroy(m);
    }
}

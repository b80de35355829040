//! `BPF_MAP_TYPE_LPM_TRIE`: longest prefix match. A key is a prefix length in bits and that many bits in network order.
//!
//! One lock for the whole trie. A replaced or deleted node waits for a grace period: `kfree_rcu` before 7.2, so that sleepable programs may
//! not use the map; in 7.2 `bpf_mem_cache_free_rcu`, whose objects are handed out again after a classic grace period and given back
//! after a Tasks Trace one. A deleted prefix with two children stays as an intermediate node: its value is still there for who holds it.
//! Source: `kernel/bpf/lpm_trie.c`. Key type: [`LpmTrie`]. Neighbours: `trie` (the tree), `pool` (nodes), `map_lock`.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use sim::errno::Errno;
use sim::machine::Machine;

use crate::check::{ACCESS_MASK, access_ok, refuse};
use crate::consts::*;
use crate::create::CreateError;
use crate::element::{ElementInfo, ReaderSection, Shadow};
use crate::element_source::ElementSource;
use crate::event::{MapEvent, UpdateKind};
use crate::map::{Map, MapCore};
use crate::map_lock::MapLock;
use crate::pool::{Pool, SharedPool};
use crate::rules::{MapRules, TrieAlloc};
use crate::spec::MapDef;
use crate::trie::{Place, Prefix, Tree};

/// `LPM_DATA_SIZE_MAX`: bytes of the longest prefix.
const LPM_DATA_SIZE_MAX: u32 = 256;
/// `sizeof(struct bpf_lpm_trie_key_u8)`: the length before the bits.
const KEY_HEADER: u32 = 4;

/// An LPM trie.
pub struct LpmTrie {
    core: MapCore,
    lock: MapLock,
    pool: SharedPool,
    source: ElementSource,
    tree: RefCell<Tree>,
    /// Prefixes that are not intermediate.
    entries: Cell<u32>,
}

/// What `trie_alloc` checks.
pub(crate) fn check(def: &MapDef, rules: &MapRules) -> Result<(), CreateError> {
    let longest_value = KMALLOC_MAX_SIZE - u64::from(LPM_DATA_SIZE_MAX) - rules.trie.node_bytes;
    let bad = def.max_entries == 0
        || !def.has(BPF_F_NO_PREALLOC)
        || def.flags & !(BPF_F_NO_PREALLOC | BPF_F_NUMA_NODE | ACCESS_MASK) != 0
        || !access_ok(def.flags)
        || !(KEY_HEADER + 1..=KEY_HEADER + LPM_DATA_SIZE_MAX).contains(&def.key_size)
        || def.value_size == 0
        || u64::from(def.value_size) > longest_value;
    refuse(bad, Errno::EINVAL)
}

impl LpmTrie {
    /// An empty trie; the definition has been checked.
    pub(crate) fn create(def: &MapDef, rules: &MapRules, m: &Machine) -> Result<Rc<dyn Map>, CreateError> {
        let core = MapCore::new(def, rules, m)?;
        // In a kernel's node the bits begin 8-aligned and the value follows them without padding; four bytes before the length give
        // the value the same alignment here.
        let value_at = u64::from(def.key_size) + u64::from(KEY_HEADER);
        let layout = (def.key_size, u64::from(KEY_HEADER), value_at, u64::from(def.value_size));
        let pool: SharedPool = Rc::new(RefCell::new(Pool::with_layout(layout)));
        let unit = rules.trie.node_bytes + u64::from(def.key_size - KEY_HEADER) + u64::from(def.value_size);
        let source = ElementSource::new(m, rules.trie.alloc == TrieAlloc::MemAllocRcu, unit, &core, &pool);
        let lock = MapLock::new(rules.trie.lock, "&trie->lock");
        let (tree, entries) = (RefCell::new(Tree::new()), Cell::new(0));
        Ok(Rc::new(LpmTrie { core, lock, pool, source, tree, entries }))
    }

    fn max_prefix(&self) -> u32 {
        (self.core.def.key_size - KEY_HEADER) * 8
    }

    /// The prefix that a key is; -EINVAL when it is longer than the map's keys.
    fn prefix(&self, key: &[u8]) -> Result<Prefix, Errno> {
        self.core.check_sizes(key, None);
        let prefix = Prefix::new(key);
        if prefix.len > self.max_prefix() { Err(Errno::EINVAL) } else { Ok(prefix) }
    }

    /// `lpm_trie_node_alloc`; an intermediate node has no value.
    fn new_node(&self, m: &Machine, key: &[u8], value: Option<&[u8]>) -> Result<u32, Errno> {
        let id = self.source.take(m, &self.pool).ok_or(Errno::ENOMEM)?;
        let reuse = self.pool.borrow_mut().begin_use(m, id, key, 0);
        if let Some(value) = value {
            self.core.layout.store(m, self.value_addr(id), value);
        }
        if let Some(reuse) = reuse {
            reuse.report(m, &self.core.name, key);
        }
        Ok(id)
    }

    fn value_addr(&self, id: u32) -> u64 {
        self.pool.borrow().get(id).value_addr
    }

    /// Under the lock: puts the new node in. Returns the node it replaced.
    fn attach(&self, m: &Machine, new: u32, prefix: &Prefix, flags: u64) -> Result<Option<u32>, Errno> {
        let end = self.tree.borrow().walk(prefix);
        let place = self.tree.borrow().place(&end, prefix);
        let replaced = match &place {
            Place::Instead(_, false) if flags == BPF_NOEXIST => return Err(Errno::EEXIST),
            Place::Instead(old, false) => Some((*old, true)),
            other => {
                self.check_add(flags)?;
                if let Place::Instead(old, true) = other { Some((*old, false)) } else { None }
            }
        };
        let between = match &place {
            Place::Beside(_, prefix) => Some(self.new_node(m, &prefix.key(), None)?),
            _ => None,
        };
        if replaced.is_none_or(|(_, counted)| !counted) {
            self.entries.set(self.entries.get() + 1);
        }
        self.tree.borrow_mut().insert(&end, place, new, prefix, between);
        let mut pool = self.pool.borrow_mut();
        [Some(new), between].into_iter().flatten().for_each(|id| pool.mark_linked(m, id));
        if let Some((old, _)) = replaced {
            pool.mark_unlinked(m, old);
        }
        Ok(replaced.map(|(old, _)| old))
    }

    /// `trie_check_add_elem`.
    fn check_add(&self, flags: u64) -> Result<(), Errno> {
        if flags == BPF_EXIST {
            return Err(Errno::ENOENT);
        }
        if self.entries.get() == self.core.def.max_entries { Err(Errno::ENOSPC) } else { Ok(()) }
    }

    /// Under the lock: makes the node unless 7.2 made it before, and puts it in.
    fn insert(
        &self,
        m: &Machine,
        (prefix, value): (&Prefix, &[u8]),
        flags: u64,
        ready: Option<u32>,
    ) -> Result<(u32, Option<u32>), Errno> {
        if self.core.rules.trie.full_refuses_all && self.entries.get() == self.core.def.max_entries {
            return Err(Errno::ENOSPC);
        }
        let new = match ready {
            Some(id) => id,
            None => self.new_node(m, &prefix.key(), Some(value))?,
        };
        let attached = self.attach(m, new, prefix, flags);
        if attached.is_err() && ready.is_none() {
            self.source.give_up(m, &self.pool, new);
        }
        attached.map(|old| (new, old))
    }

    fn release(&self, m: &Machine, id: u32) {
        self.source.free_rcu(m, &self.pool, &self.core.name, id);
    }
}

impl Map for LpmTrie {
    fn core(&self) -> &MapCore {
        &self.core
    }

    fn lookup(&self, _m: &Machine, key: &[u8]) -> Option<u64> {
        let prefix = self.prefix(key).ok()?;
        let id = self.tree.borrow().longest(&prefix)?;
        Some(self.value_addr(id))
    }

    fn update(&self, m: &Machine, key: &[u8], value: &[u8], flags: u64) -> Result<(), Errno> {
        self.core.check_sizes(key, Some((value, self.core.layout.size)));
        if flags > BPF_EXIST {
            return Err(Errno::EINVAL);
        }
        let prefix = self.prefix(key)?;
        let ready = match self.core.rules.trie.alloc {
            TrieAlloc::MemAllocRcu => Some(self.new_node(m, key, Some(value))?),
            TrieAlloc::KmallocRcu => None,
        };
        let inserted = self.lock.with(m, self, || self.insert(m, (&prefix, value), flags, ready));
        match inserted {
            Ok((new, old)) => {
                let kind = if old.is_some() { UpdateKind::Replace } else { UpdateKind::Insert };
                let value_addr = self.value_addr(new);
                m.emit_with(|| MapEvent::Update {
                    map: self.core.name.clone(),
                    key: key.to_vec(),
                    value_addr,
                    kind,
                });
                old.into_iter().for_each(|id| self.release(m, id));
                Ok(())
            }
            Err(errno) => {
                ready.into_iter().for_each(|id| self.source.give_up(m, &self.pool, id));
                Err(errno)
            }
        }
    }

    fn delete(&self, m: &Machine, key: &[u8]) -> Result<(), Errno> {
        let prefix = self.prefix(key)?;
        let (id, gone) = self.lock.with(m, self, || {
            let end = self.tree.borrow().walk(&prefix);
            let id = self.tree.borrow().exact(&end, &prefix).ok_or(Errno::ENOENT)?;
            self.entries.set(self.entries.get() - 1);
            let gone = self.tree.borrow_mut().remove(&end, id);
            self.pool.borrow_mut().mark_unlinked(m, id);
            Ok((id, gone))
        })?;
        let value_addr = self.value_addr(id);
        m.emit_with(|| MapEvent::Delete { map: self.core.name.clone(), key: key.to_vec(), value_addr });
        gone.into_iter().for_each(|id| self.release(m, id));
        Ok(())
    }

    /// Postorder: more specific prefixes first.
    fn next_key(&self, _m: &Machine, prev: Option<&[u8]>) -> Result<Vec<u8>, Errno> {
        let prev = prev.map(|key| {
            self.core.check_sizes(key, None);
            Prefix::new(key)
        });
        self.tree.borrow().next(prev.as_ref()).map(|prefix| prefix.key()).ok_or(Errno::ENOENT)
    }

    /// The value of the longest match, not of the prefix itself.
    fn lookup_user(&self, m: &Machine, key: &[u8], flags: u64) -> Result<Vec<u8>, Errno> {
        self.core.check_lookup_user(flags)?;
        let addr = self.lookup(m, key).ok_or(Errno::ENOENT)?;
        self.core.load_value(m, addr, flags)
    }

    fn len(&self) -> u32 {
        self.entries.get()
    }

    fn element_at(&self, m: &Machine, addr: u64) -> Option<ElementInfo> {
        self.pool.borrow().info(m, addr)
    }

    fn shadow_at(&self, m: &Machine, addr: u64) -> Option<Shadow> {
        self.pool.borrow().shadow(m, addr)
    }

    fn mark_reader(&self, value_addr: u64, reader: &Rc<ReaderSection>) {
        self.pool.borrow_mut().mark_reader(value_addr, reader);
    }

    fn destroy(&self, m: &Machine) {
        let nodes = self.tree.borrow().all();
        self.source.destroy(m, &self.pool, &nodes);
        self.core.destroy(m);
    }
}

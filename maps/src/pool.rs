//! The elements of one hash map: where they are in kernel memory and what the map knows about each.
//!
//! An element is a number. Preallocated ones lie side by side in one area; others are objects of their own and come and go.
//! The kernel's 48-byte header (`struct htab_elem`) is kept here beside the arena, so an element in the arena is the key,
//! padded to 8 bytes, and the value (of per-CPU maps one padded value per CPU). Neighbours: `table` links elements, the
//! allocators hand them out.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use sim::arena::Stamp;
use sim::errno::Errno;
use sim::machine::Machine;
use sim::sync::AtomicU64;

use crate::concurrent::Links;
use crate::element::{ElementInfo, ElementState, Life, ReaderSection, Readers, Reuse, Shadow};
use crate::spec::MapDef;

/// One element's bookkeeping.
#[derive(Debug)]
pub(crate) struct Element {
    pub key_addr: u64,
    /// CPU 0's value of per-CPU maps.
    pub value_addr: u64,
    pub hash: u32,
    /// Hash and next element in the bucket: the word of `Chains`.
    link: AtomicU64,
    pub generation: u32,
    pub state: ElementState,
    /// Who took it out of the map last.
    pub freed: Option<Stamp>,
    /// Who put it into the map last.
    pub linked: Option<Stamp>,
    /// What the task that took it out was running, if somebody held the element.
    pub unlinked_by: Option<Rc<str>>,
}

/// Shared by a map and its allocator's callbacks.
pub(crate) type SharedPool = Rc<RefCell<Pool>>;

pub(crate) struct Pool {
    elements: Vec<Element>,
    /// Numbers whose objects went back to the kernel's allocator.
    vacant: Vec<u32>,
    /// Key start and value start of each object; empty when there is one area.
    by_addr: BTreeMap<u64, (u64, u32)>,
    area: Option<Area>,
    pub readers: Readers,
    pub key_size: usize,
    /// Where the key begins in an element.
    key_at: u64,
    /// Where the value begins, when it lies in the element.
    value_at: u64,
    /// Bytes of a value in kernel memory, all CPUs together.
    pub value_bytes: u64,
}

#[derive(Clone, Copy)]
struct Area {
    base: u64,
    stride: u64,
}

const LIVE: &str = "an element of the map is live memory";

impl Pool {
    /// An empty pool for `def`.
    pub fn new(def: &MapDef, nr_cpus: u32) -> Pool {
        let values = if def.is_percpu() { u64::from(nr_cpus) } else { 1 };
        Pool::with_layout((def.key_size, 0, def.key_stride(), def.value_stride() * values))
    }

    /// An empty pool of elements with (key size, key offset, value offset, value bytes).
    pub fn with_layout((key_size, key_at, value_at, value_bytes): (u32, u64, u64, u64)) -> Pool {
        Pool {
            elements: Vec::new(),
            vacant: Vec::new(),
            by_addr: BTreeMap::new(),
            area: None,
            readers: Readers::default(),
            key_size: key_size as usize,
            key_at,
            value_at,
            value_bytes,
        }
    }

    /// Bytes of an element in kernel memory.
    pub fn element_bytes(&self) -> u64 {
        self.value_at + self.value_bytes
    }

    /// Makes `count` elements side by side (`prealloc_init`). -ENOMEM when kernel memory is too small.
    pub fn preallocate(&mut self, m: &Machine, count: u32) -> Result<(), Errno> {
        let stride = self.element_bytes();
        let bytes = usize::try_from(stride * u64::from(count)).map_err(|_| Errno::ENOMEM)?;
        let base = m.arena_mut().alloc_zeroed(bytes, "bpf_htab.elems", m.stamp()).ok_or(Errno::ENOMEM)?;
        self.area = Some(Area { base, stride });
        let at = |i: u32| base + u64::from(i) * stride;
        self.elements =
            (0..count).map(|i| Element::new(at(i) + self.key_at, at(i) + self.value_at)).collect();
        Ok(())
    }

    /// Makes the arena object of one element (key and, if `with_value`, value) and gives it a number.
    pub fn make_object(&mut self, m: &Machine, with_value: bool) -> Option<u32> {
        let bytes = self.value_at + if with_value { self.value_bytes } else { 0 };
        let addr = m.arena_mut().alloc_zeroed(bytes as usize, "htab_elem", m.stamp())?;
        let value = if with_value { addr + self.value_at } else { 0 };
        let element = Element::new(addr + self.key_at, value);
        let id = match self.vacant.pop() {
            Some(id) => {
                self.elements[id as usize] = element;
                id
            }
            None => {
                self.elements.push(element);
                self.elements.len() as u32 - 1
            }
        };
        self.by_addr.insert(addr, (addr + bytes, id));
        Some(id)
    }

    /// Gives the value part of an object that was made without one; the last block it had is forgotten.
    pub fn set_value_block(&mut self, id: u32, addr: u64) {
        let old = std::mem::replace(&mut self.elements[id as usize].value_addr, addr);
        if self.by_addr.get(&old).is_some_and(|(_, owner)| *owner == id) {
            self.by_addr.remove(&old);
        }
        self.by_addr.insert(addr, (addr + self.value_bytes, id));
    }

    /// A value block was freed: its address belongs to no element any more.
    pub fn forget_block(&mut self, addr: u64) {
        self.by_addr.remove(&addr);
    }

    /// Frees the object of an element made by [`Pool::make_object`]; its number may be used again.
    pub fn destroy_object(&mut self, m: &Machine, id: u32) {
        let Element { key_addr, value_addr, .. } = self.elements[id as usize];
        let object = key_addr - self.key_at;
        self.by_addr.remove(&object);
        if self.by_addr.get(&value_addr).is_some_and(|(_, owner)| *owner == id) {
            self.by_addr.remove(&value_addr);
        }
        self.readers.forget(id);
        m.arena_mut().free(object, m.stamp());
        self.vacant.push(id);
    }

    /// Frees the area of preallocated elements.
    pub fn destroy_area(&mut self, m: &Machine) {
        if let Some(area) = self.area.take() {
            m.arena_mut().free(area.base, m.stamp());
        }
    }

    /// Where the value of every element ever made is.
    pub fn values(&self) -> Vec<u64> {
        self.elements.iter().map(|element| element.value_addr).collect()
    }

    pub fn get(&self, id: u32) -> &Element {
        &self.elements[id as usize]
    }

    pub fn get_mut(&mut self, id: u32) -> &mut Element {
        &mut self.elements[id as usize]
    }

    /// The key's bytes, also of an element that is not in the map any more.
    pub fn key(&self, m: &Machine, id: u32) -> Vec<u8> {
        m.arena().read(self.get(id).key_addr, self.key_size).expect(LIVE).to_vec()
    }

    /// Whether the element has this key.
    pub fn key_is(&self, m: &Machine, id: u32, key: &[u8]) -> bool {
        m.arena().read(self.get(id).key_addr, self.key_size).expect(LIVE) == key
    }

    /// The element is out of the map from now on.
    pub fn mark_unlinked(&mut self, m: &Machine, id: u32) {
        let held = self.readers.holds(id) || !self.readers.stale(id).is_empty();
        let by = if held { m.current_task().whereabouts() } else { None };
        let element = self.get_mut(id);
        element.state = ElementState::Unlinked;
        element.freed = Some(m.stamp());
        element.unlinked_by = by.map(Rc::from);
    }

    /// The element is in the map from now on.
    pub fn mark_linked(&mut self, m: &Machine, id: u32) {
        let element = self.get_mut(id);
        element.state = ElementState::Linked;
        element.linked = Some(m.stamp());
    }

    /// Writes the key of an element that was just handed out. When the memory had a key before, says what is being reused; the
    /// value is not touched yet.
    pub fn begin_use(&mut self, m: &Machine, id: u32, key: &[u8], hash: u32) -> Option<Reuse> {
        let used_before = self.get(id).generation > 0;
        let reuse = used_before.then(|| Reuse {
            old_key: self.key(m, id),
            value_addr: self.get(id).value_addr,
            freed: self.get(id).freed.unwrap_or_default(),
            value_bytes: self.value_bytes,
            readers: self.readers.recycle(id),
        });
        let element = self.get_mut(id);
        element.generation += 1;
        element.hash = hash;
        m.arena_mut().write(element.key_addr, key).expect(LIVE);
        reuse
    }

    /// The element that owns `addr`.
    pub fn find(&self, addr: u64) -> Option<u32> {
        if let Some(area) = self.area {
            let id = addr.checked_sub(area.base)? / area.stride;
            return u32::try_from(id).ok().filter(|id| (*id as usize) < self.elements.len());
        }
        let (_, &(end, id)) = self.by_addr.range(..=addr).next_back()?;
        (addr < end).then_some(id)
    }

    /// What is known about the element that owns `addr`.
    pub fn info(&self, m: &Machine, addr: u64) -> Option<ElementInfo> {
        let id = self.find(addr)?;
        let element = self.get(id);
        Some(ElementInfo {
            key: self.key(m, id),
            value_addr: element.value_addr,
            generation: element.generation,
            state: element.state,
            freed: element.freed,
        })
    }

    /// The same with its readers and who did what.
    pub fn shadow(&self, m: &Machine, addr: u64) -> Option<Shadow> {
        let (id, info) = (self.find(addr)?, self.info(m, addr)?);
        let (readers, stale_readers) = (self.readers.now(id), self.readers.stale(id));
        let life = match info.state {
            ElementState::Linked if stale_readers.is_empty() => Life::Allocated,
            ElementState::Linked => Life::Recycled,
            _ if readers.is_empty() && stale_readers.is_empty() => Life::Free,
            _ => Life::Held,
        };
        let element = self.get(id);
        let (linked, unlinked_by) = (element.linked, element.unlinked_by.clone());
        Some(Shadow { info, life, linked, unlinked_by, readers, stale_readers })
    }

    /// Notes that a program holds a pointer into the element at `addr`.
    pub fn mark_reader(&mut self, addr: u64, reader: &Rc<ReaderSection>) {
        if let Some(id) = self.find(addr) {
            self.readers.mark(id, reader);
        }
    }
}

impl Links for Pool {
    fn link(&self, id: u32) -> &AtomicU64 {
        &self.elements[id as usize].link
    }
}

impl Element {
    fn new(key_addr: u64, value_addr: u64) -> Element {
        Element {
            key_addr,
            value_addr,
            hash: 0,
            link: AtomicU64::new(0),
            generation: 0,
            state: ElementState::Unlinked,
            freed: None,
            linked: None,
            unlinked_by: None,
        }
    }
}

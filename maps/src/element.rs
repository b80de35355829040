//! Which element an address belongs to, who still holds it, and what that means: the shadow of a map's elements.
//!
//! A program run owns an `Rc<ReaderSection>` for as long as its RCU section lasts and marks the elements it looked up. When a
//! map hands an element to another key while such a section lives, the reader sees the new key's value, as on a real kernel;
//! the map says so with an event, and again when the reader really looks ([`ReaderSection::touched`]). Key types: [`Shadow`],
//! [`ElementInfo`], [`ReaderSection`]. Neighbours: `pool` keeps the elements, the interpreter (above) tells what it touches.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};

use sim::arena::Stamp;
use sim::ids::Pid;
use sim::machine::Machine;

use crate::event::MapEvent;

/// The RCU section of one program run. Alive as long as the run.
#[derive(Debug, PartialEq, Eq)]
pub struct ReaderSection {
    pub pid: Pid,
    /// Name of the program.
    pub program: Rc<str>,
    /// Under Tasks Trace: it may block while it holds elements.
    pub sleepable: bool,
    /// Values it held that belong to other keys now.
    recycled: RefCell<Vec<Recycled>>,
}

/// A value that was handed to another key under its reader.
#[derive(Debug, PartialEq, Eq)]
struct Recycled {
    map: Rc<str>,
    start: u64,
    end: u64,
    old_key: Vec<u8>,
    new_key: Vec<u8>,
    /// Reads and writes that were reported.
    told: [bool; 2],
}

impl ReaderSection {
    /// A section that begins now.
    pub fn new(pid: Pid, program: Rc<str>, sleepable: bool) -> Rc<ReaderSection> {
        Rc::new(ReaderSection { pid, program, sleepable, recycled: RefCell::default() })
    }

    /// Whether any value it holds went to another key.
    pub fn has_recycled(&self) -> bool {
        !self.recycled.borrow().is_empty()
    }

    /// The program reads or writes at `addr`. When that is a value which went to another key since it looked it up, an event says so:
    /// once for reads and once for writes of each value.
    pub fn touched(&self, m: &Machine, addr: u64, write: bool) {
        let mut recycled = self.recycled.borrow_mut();
        let Some(value) = recycled.iter_mut().rfind(|r| (r.start..r.end).contains(&addr)) else { return };
        if std::mem::replace(&mut value.told[usize::from(write)], true) {
            return;
        }
        m.emit_with(|| MapEvent::RecycledAccess {
            map: value.map.clone(),
            old_key: value.old_key.clone(),
            new_key: value.new_key.clone(),
            addr,
            write,
            reader: self.pid,
            program: self.program.clone(),
        });
    }

    /// The section ends: its values need no watching any more.
    pub fn end(&self, m: &Machine) {
        self.recycled.take().iter().for_each(|value| m.arena_mut().unwatch(value.start));
    }
}

/// Where an element is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ElementState {
    /// In the map.
    Linked,
    /// Out of the map, or never in it; may be handed out again at any time.
    Unlinked,
    /// Out of the map, waits for a grace period before its memory is freed.
    AwaitsGracePeriod,
}

/// What is known about the element that owns an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElementInfo {
    pub key: Vec<u8>,
    /// Where its value begins (of per-CPU maps: CPU 0's).
    pub value_addr: u64,
    /// How often the memory was handed to a key; a pointer taken under another generation is stale.
    pub generation: u32,
    pub state: ElementState,
    /// Who took it out of the map last.
    pub freed: Option<Stamp>,
}

/// An element's life as its readers see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// In the map under the key that its readers looked up.
    Allocated,
    /// Out of the map, but a reader still holds it: its value is what it was.
    Held,
    /// In the map under another key than a reader that still holds it looked up.
    Recycled,
    /// Out of the map and held by nobody: on a free list, or waiting for a grace period.
    Free,
}

/// Everything that is known about an element, and who did it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shadow {
    pub info: ElementInfo,
    pub life: Life,
    /// Who put it into the map last; `None`: it never was.
    pub linked: Option<Stamp>,
    /// What the task that took it out was running, e.g. `program sweeper at sweeper.c:12`; known when somebody held the element.
    pub unlinked_by: Option<Rc<str>>,
    /// Sections that looked it up under the key it has or had last.
    pub readers: Vec<Rc<ReaderSection>>,
    /// Sections that hold it from an earlier key.
    pub stale_readers: Vec<Rc<ReaderSection>>,
}

/// Readers by element number.
#[derive(Debug, Default)]
pub(crate) struct Readers {
    now: BTreeMap<u32, Vec<Weak<ReaderSection>>>,
    stale: BTreeMap<u32, Vec<Weak<ReaderSection>>>,
}

fn living(list: Option<&Vec<Weak<ReaderSection>>>) -> Vec<Rc<ReaderSection>> {
    list.into_iter().flatten().filter_map(Weak::upgrade).collect()
}

impl Readers {
    /// The reader holds a pointer into the element.
    pub fn mark(&mut self, id: u32, reader: &Rc<ReaderSection>) {
        let list = self.now.entry(id).or_default();
        list.retain(|r| r.strong_count() > 0);
        if !list.iter().any(|r| std::ptr::eq(r.as_ptr(), Rc::as_ptr(reader))) {
            list.push(Rc::downgrade(reader));
        }
    }

    /// Whether any section that lasts holds the element under its present key.
    pub fn holds(&self, id: u32) -> bool {
        self.now.get(&id).is_some_and(|list| list.iter().any(|r| r.strong_count() > 0))
    }

    pub fn now(&self, id: u32) -> Vec<Rc<ReaderSection>> {
        living(self.now.get(&id))
    }

    pub fn stale(&self, id: u32) -> Vec<Rc<ReaderSection>> {
        living(self.stale.get(&id))
    }

    /// The element goes to another key: its readers are stale from now on. Returns those whose sections still last.
    pub fn recycle(&mut self, id: u32) -> Vec<Rc<ReaderSection>> {
        let readers = living(self.now.remove(&id).as_ref());
        let mut stale = self.stale(id);
        stale.extend(readers.iter().cloned());
        if stale.is_empty() {
            self.stale.remove(&id);
        } else {
            self.stale.insert(id, stale.iter().map(Rc::downgrade).collect());
        }
        readers
    }

    /// The readers whose sections still last; nothing is known of them afterwards.
    pub fn take(&mut self, id: u32) -> Vec<Rc<ReaderSection>> {
        living(self.now.remove(&id).as_ref())
    }

    /// The element's memory is gone.
    pub fn forget(&mut self, id: u32) {
        self.now.remove(&id);
        self.stale.remove(&id);
    }
}

/// A reuse that is about to happen.
pub(crate) struct Reuse {
    pub old_key: Vec<u8>,
    pub value_addr: u64,
    pub value_bytes: u64,
    pub freed: Stamp,
    pub readers: Vec<Rc<ReaderSection>>,
}

impl Reuse {
    /// Emits what happened, once the element has its new key, and watches it for its readers.
    pub fn report(self, m: &Machine, map: &Rc<str>, new_key: &[u8]) {
        for reader in &self.readers {
            m.arena_mut().watch(self.value_addr, self.value_bytes as usize);
            reader.recycled.borrow_mut().push(Recycled {
                map: map.clone(),
                start: self.value_addr,
                end: self.value_addr + self.value_bytes,
                old_key: self.old_key.clone(),
                new_key: new_key.to_vec(),
                told: [false; 2],
            });
            m.emit_with(|| MapEvent::RecycledUnderReader {
                map: map.clone(),
                old_key: self.old_key.clone(),
                new_key: new_key.to_vec(),
                value_addr: self.value_addr,
                reader: reader.pid,
                program: reader.program.clone(),
            });
        }
        m.emit_with(|| MapEvent::ElementReused {
            map: map.clone(),
            old_key: self.old_key,
            new_key: new_key.to_vec(),
            value_addr: self.value_addr,
            freed: self.freed,
        });
    }
}

//! Which element an address belongs to, and which running programs may still hold it.
//!
//! A program run owns an `Rc<ReaderSection>` for as long as its RCU section lasts and marks the elements it looked up. When a
//! map hands an element to another key while such a section lives, the reader sees the new key's value, as on a real kernel;
//! the map says so with an event. Key types: [`ElementInfo`], [`ReaderSection`]. Neighbours: `pool`, interpreter (above).

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

/// Readers by element number.
#[derive(Debug, Default)]
pub(crate) struct Readers(BTreeMap<u32, Vec<Weak<ReaderSection>>>);

impl Readers {
    /// The reader holds a pointer into the element.
    pub fn mark(&mut self, id: u32, reader: &Rc<ReaderSection>) {
        let list = self.0.entry(id).or_default();
        list.retain(|r| r.strong_count() > 0);
        if !list.iter().any(|r| std::ptr::eq(r.as_ptr(), Rc::as_ptr(reader))) {
            list.push(Rc::downgrade(reader));
        }
    }

    /// The readers whose sections still last; the list is empty afterwards.
    pub fn take(&mut self, id: u32) -> Vec<Rc<ReaderSection>> {
        let list = self.0.remove(&id).unwrap_or_default();
        list.iter().filter_map(Weak::upgrade).collect()
    }
}

/// A reuse that is about to happen.
pub(crate) struct Reuse {
    pub old_key: Vec<u8>,
    pub value_addr: u64,
    pub freed: Stamp,
    pub readers: Vec<Rc<ReaderSection>>,
}

impl Reuse {
    /// Emits what happened, once the element has its new key.
    pub fn report(self, m: &Machine, map: &Rc<str>, new_key: &[u8]) {
        for reader in &self.readers {
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

//! What maps report on the machine's event stream.
//!
//! Key type: [`MapEvent`]. Elements are told apart by map name, key and value address. Neighbours: every map type emits;
//! `scenarios` reads.

use std::any::Any;
use std::rc::Rc;

use sim::arena::Stamp;
use sim::event::{Payload, Value};
use sim::ids::Pid;

/// How an update changed the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpdateKind {
    /// A new key.
    Insert,
    /// The key's element was replaced by another one.
    Replace,
    /// The value was changed where it is.
    InPlace,
}

impl UpdateKind {
    fn name(self) -> &'static str {
        match self {
            UpdateKind::Insert => "insert",
            UpdateKind::Replace => "replace",
            UpdateKind::InPlace => "in_place",
        }
    }
}

/// Something that happened to a map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MapEvent {
    /// An update succeeded; the value is at `value_addr`.
    Update { map: Rc<str>, key: Vec<u8>, value_addr: u64, kind: UpdateKind },
    /// A key was deleted; a reader may still hold `value_addr`.
    Delete { map: Rc<str>, key: Vec<u8>, value_addr: u64 },
    /// The task, file, socket or cgroup that owned this element ended.
    OwnerGone { map: Rc<str>, key: Vec<u8>, value_addr: u64 },
    /// A full LRU map gave up this key.
    Evict { map: Rc<str>, key: Vec<u8>, value_addr: u64 },
    /// The memory of a deleted element now holds another key.
    ElementReused { map: Rc<str>, old_key: Vec<u8>, new_key: Vec<u8>, value_addr: u64, freed: Stamp },
    /// The same, while a program that looked the old key up is still in its section: it now sees the new key's value. This is
    /// what real kernels do.
    RecycledUnderReader {
        map: Rc<str>,
        old_key: Vec<u8>,
        new_key: Vec<u8>,
        value_addr: u64,
        reader: Pid,
        program: Rc<str>,
    },
    /// An inner map left its outer map: it was replaced or deleted.
    InnerMapOut { map: Rc<str>, key: Vec<u8>, inner: Rc<str> },
    /// The same, while a program that looked the inner map up is still in its section and goes on using it.
    InnerMapHeld { map: Rc<str>, inner: Rc<str>, reader: Pid, program: Rc<str> },
    /// The last reference to a map went; its memory waits for a grace period of this flavour (`none`: it is freed now).
    MapUnreferenced { map: Rc<str>, flavour: &'static str },
    /// The map's memory is freed.
    MapFreed { map: Rc<str> },
    /// That program reads or writes the value, which is another key's now.
    RecycledAccess {
        map: Rc<str>,
        old_key: Vec<u8>,
        new_key: Vec<u8>,
        addr: u64,
        write: bool,
        reader: Pid,
        program: Rc<str>,
    },
    /// The element's memory went back to the kernel's allocator.
    ElementFreed { map: Rc<str>, value_addr: u64 },
    /// Elements wait for a grace period before their memory is freed.
    GracePeriodQueued { map: Rc<str>, elements: u64, flavour: &'static str },
    /// The element allocator's interrupt work moved objects: from the kernel's allocator or from those that wait (`taken_back`).
    Refill { map: Rc<str>, allocated: u64, taken_back: u64 },
    /// A resizable table moved its elements to one with another number of buckets, or of the same with another hash.
    Resize { map: Rc<str>, from: u32, to: u32, elements: u32 },
    /// An allocation found this CPU's free list empty: -ENOMEM.
    AllocFailed { map: Rc<str> },
    /// A ring buffer record was reserved at `addr`.
    RingbufReserve { map: Rc<str>, addr: u64, size: u64 },
    /// A ring buffer had no room.
    RingbufFull { map: Rc<str>, size: u64 },
    /// A ring buffer record was submitted or discarded.
    RingbufCommit { map: Rc<str>, addr: u64, discard: bool, wakeup: bool },
}

fn text(s: &Rc<str>) -> Value {
    Value::Str(s.to_string())
}

impl Payload for MapEvent {
    fn name(&self) -> &'static str {
        match self {
            MapEvent::Update { .. } => "map_update",
            MapEvent::Delete { .. } => "map_delete",
            MapEvent::OwnerGone { .. } => "map_owner_gone",
            MapEvent::Evict { .. } => "map_evict",
            MapEvent::ElementReused { .. } => "map_element_reused",
            MapEvent::RecycledUnderReader { .. } => "map_recycled_under_reader",
            MapEvent::InnerMapOut { .. } => "map_inner_out",
            MapEvent::InnerMapHeld { .. } => "map_inner_held",
            MapEvent::MapUnreferenced { .. } => "map_unreferenced",
            MapEvent::MapFreed { .. } => "map_freed",
            MapEvent::RecycledAccess { .. } => "map_recycled_access",
            MapEvent::ElementFreed { .. } => "map_element_freed",
            MapEvent::GracePeriodQueued { .. } => "map_grace_period_queued",
            MapEvent::Refill { .. } => "map_refill",
            MapEvent::Resize { .. } => "map_resize",
            MapEvent::AllocFailed { .. } => "map_alloc_failed",
            MapEvent::RingbufReserve { .. } => "ringbuf_reserve",
            MapEvent::RingbufFull { .. } => "ringbuf_full",
            MapEvent::RingbufCommit { .. } => "ringbuf_commit",
        }
    }

    #[expect(clippy::too_many_lines, reason = "a table: one arm per event")]
    fn fields(&self) -> Vec<(&'static str, Value)> {
        let bytes = |b: &Vec<u8>| Value::Bytes(b.clone());
        match self {
            MapEvent::Update { map, key, value_addr, kind } => vec![
                ("map", text(map)),
                ("key", bytes(key)),
                ("value_addr", Value::Addr(*value_addr)),
                ("kind", Value::Str(kind.name().into())),
            ],
            MapEvent::Delete { map, key, value_addr }
            | MapEvent::OwnerGone { map, key, value_addr }
            | MapEvent::Evict { map, key, value_addr } => {
                vec![("map", text(map)), ("key", bytes(key)), ("value_addr", Value::Addr(*value_addr))]
            }
            MapEvent::ElementReused { map, old_key, new_key, value_addr, freed } => vec![
                ("map", text(map)),
                ("old_key", bytes(old_key)),
                ("new_key", bytes(new_key)),
                ("value_addr", Value::Addr(*value_addr)),
                ("freed_at", Value::Ns(freed.time_ns)),
                ("freed_by", Value::U64(freed.pid.0.into())),
                ("freed_on_cpu", Value::U64(freed.cpu.0.into())),
            ],
            MapEvent::RecycledUnderReader { map, old_key, new_key, value_addr, reader, program } => vec![
                ("map", text(map)),
                ("old_key", bytes(old_key)),
                ("new_key", bytes(new_key)),
                ("value_addr", Value::Addr(*value_addr)),
                ("reader", Value::U64(reader.0.into())),
                ("program", text(program)),
            ],
            MapEvent::InnerMapOut { map, key, inner } => {
                vec![("map", text(map)), ("key", bytes(key)), ("inner", text(inner))]
            }
            MapEvent::InnerMapHeld { map, inner, reader, program } => vec![
                ("map", text(map)),
                ("inner", text(inner)),
                ("reader", Value::U64(reader.0.into())),
                ("program", text(program)),
            ],
            MapEvent::MapUnreferenced { map, flavour } => {
                vec![("map", text(map)), ("flavour", Value::Str((*flavour).into()))]
            }
            MapEvent::MapFreed { map } => vec![("map", text(map))],
            MapEvent::RecycledAccess { map, old_key, new_key, addr, write, reader, program } => vec![
                ("map", text(map)),
                ("old_key", bytes(old_key)),
                ("new_key", bytes(new_key)),
                ("addr", Value::Addr(*addr)),
                ("write", Value::Bool(*write)),
                ("reader", Value::U64(reader.0.into())),
                ("program", text(program)),
            ],
            MapEvent::ElementFreed { map, value_addr } => {
                vec![("map", text(map)), ("value_addr", Value::Addr(*value_addr))]
            }
            MapEvent::GracePeriodQueued { map, elements, flavour } => vec![
                ("map", text(map)),
                ("elements", Value::U64(*elements)),
                ("flavour", Value::Str((*flavour).into())),
            ],
            MapEvent::Refill { map, allocated, taken_back } => vec![
                ("map", text(map)),
                ("allocated", Value::U64(*allocated)),
                ("taken_back", Value::U64(*taken_back)),
            ],
            MapEvent::Resize { map, from, to, elements } => vec![
                ("map", text(map)),
                ("from", Value::U64((*from).into())),
                ("to", Value::U64((*to).into())),
                ("elements", Value::U64((*elements).into())),
            ],
            MapEvent::AllocFailed { map } => vec![("map", text(map))],
            MapEvent::RingbufReserve { map, addr, size } => {
                vec![("map", text(map)), ("addr", Value::Addr(*addr)), ("size", Value::U64(*size))]
            }
            MapEvent::RingbufFull { map, size } => vec![("map", text(map)), ("size", Value::U64(*size))],
            MapEvent::RingbufCommit { map, addr, discard, wakeup } => vec![
                ("map", text(map)),
                ("addr", Value::Addr(*addr)),
                ("discard", Value::Bool(*discard)),
                ("wakeup", Value::Bool(*wakeup)),
            ],
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

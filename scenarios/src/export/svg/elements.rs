//! Lanes of map elements: in the map under a key, unlinked, in the map again under another key, freed. Only elements that change
//! hands are shown; the others would be straight lines.

use std::collections::BTreeMap;
use std::rc::Rc;

use ::maps::event::{MapEvent, UpdateKind};

use super::scale::short;
use super::story::{Lane, Look, Mark, Span, Timed};

/// An element is its map and the address of its value.
type Id = (Rc<str>, u64);

struct Life {
    lane: Lane,
    /// What it is now, since when; `None` when its memory is with the allocator.
    now: Option<(u64, Look, String)>,
    /// It was deleted, evicted, recycled or freed at least once.
    changed: bool,
    /// In order of first appearance.
    order: usize,
}

/// One lane for each element that changed hands, in order of first appearance.
pub(super) fn lanes(timed: &[Timed<'_>], end_ns: u64) -> Vec<Lane> {
    let mut lives: BTreeMap<Id, Life> = BTreeMap::new();
    for Timed { at_ns, event } in timed {
        if let Some(event) = event.body.as_any().downcast_ref::<MapEvent>() {
            see(&mut lives, event, *at_ns);
        }
    }
    let mut shown: Vec<Life> = lives.into_values().filter(|life| life.changed).collect();
    shown.sort_by_key(|life| life.order);
    shown
        .into_iter()
        .map(|mut life| {
            life.turn(None, end_ns);
            life.lane
        })
        .collect()
}

fn see(lives: &mut BTreeMap<Id, Life>, event: &MapEvent, at_ns: u64) {
    match event {
        MapEvent::Update { map, key, value_addr, kind } if *kind != UpdateKind::InPlace => {
            let life = life(lives, map, *value_addr);
            let recycled = life.now.as_ref().is_some_and(|(_, look, _)| *look == Look::Unlinked);
            let look = if recycled { Look::Recycled } else { Look::Linked };
            life.turn(Some((look, format!("key {}", shown(key)))), at_ns);
        }
        MapEvent::Delete { map, key, value_addr } => unlink(lives, map, key, *value_addr, "deleted", at_ns),
        MapEvent::OwnerGone { map, key, value_addr } => {
            unlink(lives, map, key, *value_addr, "owner gone", at_ns);
        }
        MapEvent::Evict { map, key, value_addr } => unlink(lives, map, key, *value_addr, "evicted", at_ns),
        MapEvent::RecycledUnderReader { map, value_addr, program, .. } => {
            let label = format!("{program} still holds it");
            life(lives, map, *value_addr).lane.marks.push(Mark { at_ns, label, bad: true });
        }
        MapEvent::InnerMapOut { inner, .. }
        | MapEvent::InnerMapHeld { inner, .. }
        | MapEvent::MapUnreferenced { map: inner, .. }
        | MapEvent::MapFreed { map: inner } => inner_map(lives, inner, event, at_ns),
        MapEvent::RecycledAccess { map, addr, write, program, .. } => {
            let below = lives.range_mut(..=(map.clone(), *addr)).next_back();
            let Some((_, life)) = below.filter(|((of, _), _)| of == map) else { return };
            let label = format!("{program} {} it", if *write { "writes" } else { "reads" });
            // A program reads a value field by field: once is enough.
            if !life.lane.marks.iter().any(|mark| mark.label == label) {
                life.lane.marks.push(Mark { at_ns, label, bad: true });
            }
        }
        MapEvent::ElementFreed { map, value_addr } => {
            let life = life(lives, map, *value_addr);
            life.changed = true;
            life.turn(None, at_ns);
            life.lane.marks.push(Mark { at_ns, label: "freed".to_owned(), bad: false });
        }
        _ => {}
    }
}

/// An inner map is drawn like an element of its outer map.
fn inner_map(lives: &mut BTreeMap<Id, Life>, inner: &Rc<str>, event: &MapEvent, at_ns: u64) {
    // No element lies at the end of the address space.
    let life = life(lives, inner, u64::MAX);
    life.lane.note = String::new();
    match event {
        MapEvent::InnerMapOut { map, .. } => {
            life.changed = true;
            life.now.get_or_insert_with(|| (0, Look::Linked, format!("in {map}")));
            life.turn(Some((Look::Unlinked, format!("out of {map}"))), at_ns);
        }
        MapEvent::InnerMapHeld { program, .. } => {
            let label = format!("{program} still uses it");
            life.lane.marks.push(Mark { at_ns, label, bad: false });
        }
        MapEvent::MapUnreferenced { flavour, .. } if life.changed => {
            let label = match *flavour {
                "none" => "unreferenced".to_owned(),
                flavour => format!("unreferenced, waits for {flavour}"),
            };
            life.turn(Some((Look::Unlinked, label)), at_ns);
        }
        MapEvent::MapFreed { .. } if life.changed => {
            life.turn(None, at_ns);
            life.lane.marks.push(Mark { at_ns, label: "freed".to_owned(), bad: false });
        }
        _ => {}
    }
}

fn unlink(lives: &mut BTreeMap<Id, Life>, map: &Rc<str>, key: &[u8], addr: u64, how: &str, at_ns: u64) {
    let life = life(lives, map, addr);
    life.changed = true;
    life.turn(Some((Look::Unlinked, format!("{how}, was key {}", shown(key)))), at_ns);
}

fn life<'a>(lives: &'a mut BTreeMap<Id, Life>, map: &Rc<str>, addr: u64) -> &'a mut Life {
    let order = lives.len();
    lives.entry((map.clone(), addr)).or_insert_with(|| Life {
        lane: Lane {
            label: map.to_string(),
            note: format!("value at …{:05x}", addr & 0xf_ffff),
            ..Lane::default()
        },
        now: None,
        changed: false,
        order,
    })
}

impl Life {
    fn turn(&mut self, to: Option<(Look, String)>, at_ns: u64) {
        if let Some((from_ns, look, label)) = self.now.take()
            && (at_ns > from_ns || to.is_none())
        {
            let title = format!("{label}, {}", short(at_ns - from_ns));
            self.lane.spans.push(Span { from_ns, to_ns: at_ns, look, label, title, line: 0 });
        }
        self.now = to.map(|(look, label)| (at_ns, look, label));
    }
}

/// Short keys as the number they are, others in hexadecimal.
fn shown(key: &[u8]) -> String {
    if let 1 | 2 | 4 | 8 = key.len() {
        let mut wide = [0; 8];
        wide[..key.len()].copy_from_slice(key);
        return u64::from_le_bytes(wide).to_string();
    }
    let hex: String = key.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    if key.len() > 8 { format!("0x{hex}…") } else { format!("0x{hex}") }
}

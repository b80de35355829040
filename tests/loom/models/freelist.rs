//! Free lists: an element has one owner, and its next owner sees what the last one did.

use loom::thread;
use loom_models::cells::Cells;
use loom_models::{Bound, explore};
use maps::concurrent::Freelist;
use std::sync::Arc;

struct World {
    free: Freelist,
    elements: Cells,
}

impl World {
    fn new(elements: u32, lanes: u32) -> Arc<World> {
        Arc::new(World { free: Freelist::full(elements, lanes), elements: Cells::new(elements as usize) })
    }

    fn pop(&self, lane: usize) -> Option<u32> {
        let id = self.free.pop(lane)?;
        self.elements.take(id as usize);
        Some(id)
    }

    fn push(&self, lane: usize, id: u32) {
        self.elements.give(id as usize);
        self.free.push(lane, id);
    }
}

/// One thread takes both elements and puts the first one back, while another is between reading the head and exchanging it.
#[test]
fn head_comes_back() {
    let events = &["took the first", "took the second", "took nothing"];
    explore("freelist_head_comes_back", Bound::All, events, |seen| {
        let world = World::new(2, 1);
        let other = thread::spawn({
            let (world, seen) = (Arc::clone(&world), Arc::clone(seen));
            move || match world.pop(0) {
                Some(id) => {
                    seen.note(if id == 1 { "took the first" } else { "took the second" });
                    world.push(0, id);
                }
                None => seen.note("took nothing"),
            }
        });
        let first = world.pop(0);
        let second = world.pop(0);
        if let Some(id) = first {
            world.push(0, id);
        }
        other.join().unwrap();
        let left = std::iter::from_fn(|| world.pop(0)).count();
        assert_eq!(left + usize::from(second.is_some()), 2, "an element is lost");
    });
}

/// Two CPUs' lists: one gives an element back, the other takes it from there.
#[test]
fn other_cpu() {
    explore("freelist_other_cpu", Bound::All, &["took it", "took nothing"], |seen| {
        let world = World::new(1, 2);
        let other = thread::spawn({
            let (world, seen) = (Arc::clone(&world), Arc::clone(seen));
            move || match world.pop(1) {
                Some(id) => {
                    seen.note("took it");
                    world.push(1, id);
                }
                None => seen.note("took nothing"),
            }
        });
        if let Some(id) = world.pop(0) {
            world.push(0, id);
        }
        other.join().unwrap();
        assert_eq!(world.pop(0), Some(0), "an element is lost");
    });
}

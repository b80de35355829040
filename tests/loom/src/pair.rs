//! Models of two threads, with the one that stores as loom's main thread, which it runs first.
//!
//! Which interleavings loom looks for depends on the first one it runs. It remembers one last access of each atomic, so a thread that
//! loads an atomic and then stores to it hides, behind its own load, that somebody else's earlier load could have come after
//! the store (`rt/execution.rs:schedule` of loom 0.7). With a reader in the main thread and a writer of that kind beside it, loom
//! ends after a single interleaving. With the writer first, the reader's load finds the store, and nothing is hidden. The event
//! counters tell: a model that loom stopped exploring lacks events.

use std::sync::Arc;

use crate::{Bound, Seen, explore};

/// What one thread of a pair does.
pub type Role<W> = fn(&W, &Seen);

/// Explores `storing` beside `loading` on a world made by `setup`, and then runs `check`.
pub fn pair<W: Send + Sync + 'static>(
    name: &str,
    bound: Bound,
    events: &[&'static str],
    setup: fn() -> Arc<W>,
    [storing, loading]: [Role<W>; 2],
    check: Role<W>,
) {
    explore(name, bound, events, move |seen| {
        let world = setup();
        let thread = loom::thread::spawn({
            let (world, seen) = (Arc::clone(&world), Arc::clone(seen));
            move || loading(&world, &seen)
        });
        storing(&world, seen);
        thread.join().unwrap();
        check(&world, seen);
    });
}

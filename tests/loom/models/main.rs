//! loom models of the grace-period engines and of the maps' concurrent parts, one per promise, and the faults they must catch.
//!
//! A model of the grace-period engines is a function over the engine; [`on_engine`] below lists which models run on which
//! engine, and how far each is explored. Run them with plain `cargo test -p loom-models` (see `driver`), or one alone with
//! `RUSTFLAGS="--cfg sim_loom" cargo test -p loom-models --profile loom --test loom notified::basic`. README.md has the sizes.

#![cfg(sim_loom)]

mod callbacks;
mod chains;
mod drivers;
mod freelist;
mod hash_table;
mod map_faults;
mod mutations;
mod prog_array;
mod rcu_faults;
mod readers;
mod requests;
mod ring;

use loom_models::Bound::{All, Preemptions};
use sim::rcu::{Counters, Notified, Polled, Slots};

/// One test per line, called `engine::model`.
macro_rules! on_engine {
    ($engine:ident = $type:ty: $($file:ident::$model:ident $bound:expr;)*) => {
        mod $engine {
            use super::*;
            $(#[test]
            fn $model() {
                $file::$model::<$type>(concat!(stringify!($engine), "::", stringify!($model)), $bound);
            })*
        }
    };
}

on_engine! { notified = Slots<Notified>:
    readers::basic All;
    readers::nested All;
    readers::exit All;
    readers::register All;
    readers::latecomer All;
    readers::reenter Preemptions(5);
    readers::migrate Preemptions(5);
    readers::slot_reuse Preemptions(4);
    callbacks::two_updaters Preemptions(3);
    callbacks::three_updaters Preemptions(2);
    callbacks::enqueue Preemptions(3);
    callbacks::barrier All;
    requests::wakers All;
    requests::synchronize Preemptions(3);
    requests::cookie Preemptions(3);
    drivers::two_drivers Preemptions(3);
    drivers::cancel All;
    chains::chained Preemptions(4);
    chains::hand_over Preemptions(6);
}

on_engine! { counters = Counters:
    readers::basic All;
    readers::nested All;
    readers::exit All;
    readers::register All;
    readers::latecomer All;
    readers::reenter Preemptions(4);
    readers::migrate Preemptions(4);
    readers::two_readers Preemptions(3);
    callbacks::two_updaters Preemptions(3);
    callbacks::three_updaters Preemptions(2);
    requests::wakers All;
    requests::synchronize Preemptions(3);
    drivers::two_drivers Preemptions(3);
    drivers::cancel Preemptions(5);
    chains::chained Preemptions(3);
    chains::hand_over Preemptions(4);
}

on_engine! { polled = Slots<Polled>:
    readers::basic All;
    readers::nested All;
    readers::exit All;
    readers::register All;
    readers::latecomer All;
    readers::reenter Preemptions(4);
    readers::migrate Preemptions(4);
    drivers::cancel Preemptions(5);
    chains::chained Preemptions(3);
    chains::hand_over Preemptions(4);
}

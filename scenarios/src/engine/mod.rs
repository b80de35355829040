//! From a scenario file to a simulated kernel, and from its run to a result.
//!
//! [`Simulator`] runs jobs. The way of one run: `plan` (what names in steps stand for), `machine` (the empty kernel), `objects`,
//! `inline`, `globals`, `natives`, `maps` (programs and maps), `attach`, `memory` (address spaces), `task`, `steps`, `map_step` and `grace` (what tasks do),
//! `packets` and `interrupts` (what comes from outside), `collect` (the result). Key types: [`world::World`] (everything of one run),
//! [`watch::Watch`] (follows the events while they happen). Neighbours: `run` is the seam, `expect` judges the result.

mod attach;
mod collect;
mod event;
mod globals;
mod grace;
mod inline;
mod interrupts;
mod machine;
mod map_step;
mod maps;
mod memory;
mod natives;
mod objects;
mod packet_build;
mod packets;
mod plan;
mod problem;
mod steps;
mod task;
mod uffd;
mod watch;
mod world;

pub use natives::natives;

use crate::diag::Diagnostic;
use crate::result::RunResult;
use crate::run::{Engine, Job};

/// Runs jobs on simulated machines.
#[derive(Clone, Copy, Debug, Default)]
pub struct Simulator;

impl Engine for Simulator {
    fn run(&self, job: &Job<'_>) -> Result<RunResult, Vec<Diagnostic>> {
        let world = world::World::build(job)?;
        task::spawn_all(&world);
        packets::schedule(&world);
        interrupts::schedule(&world);
        world.machine().run();
        Ok(collect::result(&world, job))
    }
}

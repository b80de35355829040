//! Steps about grace periods: waiting for one, callbacks, barriers, and who holds one.

use sim::machine::Flavour as GpFlavour;

use super::event::StepEvent;
use super::steps::{Doer, Outcome};
use crate::file::{Callback, Flavour};

/// The simulator's name of a flavour.
fn of(flavour: Flavour) -> GpFlavour {
    match flavour {
        Flavour::Rcu => GpFlavour::Classic,
        Flavour::RcuExpedited => GpFlavour::Expedited,
        Flavour::TasksTrace => GpFlavour::TasksTrace,
    }
}

impl Doer<'_> {
    pub(super) async fn synchronize(&self, flavour: Flavour) -> Outcome {
        self.machine().synchronize(of(flavour)).await;
        Outcome::default()
    }

    pub(super) async fn barrier(&self, flavour: Flavour) -> Outcome {
        self.machine().barrier(of(flavour)).await;
        Outcome::default()
    }

    /// The mark is set by whoever invokes the callback.
    pub(super) fn callback(&self, step: &Callback) -> Outcome {
        let m = self.machine();
        let name = format!("{}.{}", self.world.scenario.tasks[self.task].name.value, step.mark.value);
        let set = move |m: &sim::machine::Machine| m.emit(StepEvent::Mark { name });
        match (step.flavour.value, step.hurry) {
            (Flavour::TasksTrace, _) => m.call_rcu_tasks_trace(set),
            (_, true) => m.call_rcu_hurry(set),
            (_, false) => m.call_rcu(set),
        }
        Outcome::default()
    }

    /// Whom the grace period under way waits for; nobody when there is none.
    pub(super) fn holders(&self, flavour: Flavour) -> Outcome {
        let flavour = of(flavour);
        let status = self.machine().grace_period(flavour);
        let holders: Vec<(String, String)> = status.map_or(Vec::new(), |status| {
            let chain = status.chain();
            status.holders.iter().map(|holder| holder.comm.clone()).zip(chain).collect()
        });
        let stories: Vec<&str> = holders.iter().map(|(_, story)| story.as_str()).collect();
        let text = if stories.is_empty() { "nobody".to_owned() } else { stories.join("; ") };
        self.machine().emit(StepEvent::Holders { flavour: flavour.name(), text });
        Outcome { holders: Some(holders), ..Outcome::default() }
    }
}

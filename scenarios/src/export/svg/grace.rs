//! Lanes of grace periods, one per flavour: from begin to end, who held them, and the time that lazy callbacks waited for company.

use sim::machine::{Flavour, GraceEvent};

use super::scale::short;
use super::story::{Lane, Look, Mark, Span, Timed};

/// Lines of a lane.
const PERIOD_LINE: usize = 0;
const LAZY_LINE: usize = 1;

const FLAVOURS: [(Flavour, &str, Look); 3] = [
    (Flavour::Classic, "RCU", Look::RcuGp),
    (Flavour::Expedited, "RCU expedited", Look::RcuGp),
    (Flavour::TasksTrace, "RCU Tasks Trace", Look::TraceGp),
];

/// A lane for each flavour that had a grace period.
pub(super) fn lanes(timed: &[Timed<'_>], end_ns: u64) -> Vec<Lane> {
    let lanes = FLAVOURS.into_iter().map(|(flavour, label, look)| {
        let lane = Lane { label: label.to_owned(), ..Lane::default() };
        let mut follow = Follow { flavour, look, lane, open: None, lazy: None, held: Vec::new() };
        for Timed { at_ns, event } in timed {
            if let Some(event) = event.body.as_any().downcast_ref::<GraceEvent>() {
                follow.see(event, *at_ns);
            }
        }
        follow.finish(end_ns)
    });
    lanes.filter(|lane| !lane.spans.is_empty()).collect()
}

struct Follow {
    flavour: Flavour,
    look: Look,
    lane: Lane,
    /// Number, begin and stages of the one under way.
    open: Option<(u64, u64, Vec<&'static str>)>,
    /// Since when callbacks wait for company.
    lazy: Option<u64>,
    /// Tasks that this one is known to wait for.
    held: Vec<String>,
}

impl Follow {
    fn see(&mut self, event: &GraceEvent, at_ns: u64) {
        match event {
            GraceEvent::Begin { gp, .. } if gp.flavour == self.flavour => {
                self.lazy_over(at_ns);
                self.held.clear();
                self.open = Some((gp.seq, at_ns, Vec::new()));
            }
            GraceEvent::Stage { gp, stage } if gp.flavour == self.flavour => {
                if let Some((_, _, stages)) = self.open.as_mut().filter(|(.., s)| s.last() != Some(stage)) {
                    stages.push(stage);
                }
            }
            GraceEvent::Holdout { gp, comm, .. }
                if gp.flavour == self.flavour && !self.held.contains(comm) =>
            {
                self.held.push(comm.clone());
                self.lane.marks.push(Mark { at_ns, label: format!("held by {comm}"), bad: false });
            }
            GraceEvent::End { gp, .. } if gp.flavour == self.flavour => self.over(at_ns, true),
            GraceEvent::LazyQueued { flavour, .. } if *flavour == self.flavour => self.lazy = Some(at_ns),
            GraceEvent::LazyTimer { flavour, .. } if *flavour == self.flavour => self.lazy_over(at_ns),
            _ => {}
        }
    }

    fn over(&mut self, to_ns: u64, over: bool) {
        let Some((seq, from_ns, stages)) = self.open.take() else { return };
        let took = if over { short(to_ns - from_ns) } else { "not over".to_owned() };
        let label = format!("#{seq}: {took}");
        let title = format!("{} grace period {label}: {}", self.flavour.name(), stages.join(", "));
        self.lane.spans.push(Span { from_ns, to_ns, look: self.look, label, title, line: PERIOD_LINE });
    }

    fn lazy_over(&mut self, to_ns: u64) {
        let Some(from_ns) = self.lazy.take() else { return };
        let label = format!("lazy callbacks wait {}", short(to_ns - from_ns));
        let title = label.clone();
        self.lane.spans.push(Span { from_ns, to_ns, look: Look::Lazy, label, title, line: LAZY_LINE });
    }

    fn finish(mut self, end_ns: u64) -> Lane {
        self.over(end_ns, false);
        self.lazy_over(end_ns);
        self.lane
    }
}

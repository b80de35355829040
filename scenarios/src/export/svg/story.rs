//! From events to lanes: what a picture of a run shows, before anything has a place.
//!
//! Key types: [`Story`], [`Lane`], [`Span`]. `tasks`, `grace` and `elements` fill in the lanes that need a state machine.

use std::collections::BTreeMap;

use sim::event::Event;
use sim::machine::SimEvent;

use super::scale::short;
use super::{elements, grace, tasks};
use crate::result::RunResult;

/// How a span looks; the names are classes of the style sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Look {
    /// A task on a CPU, by the task's colour.
    Run(usize),
    /// The kernel's own thread on a CPU.
    Kernel,
    /// Could run, has no CPU.
    Ready,
    Blocked,
    TraceReader,
    RcuReader,
    Fault,
    TraceGp,
    RcuGp,
    /// Callbacks wait for company before they ask for a grace period.
    Lazy,
    /// An element in the map.
    Linked,
    /// Out of the map, its memory not handed out.
    Unlinked,
    /// In the map under another key than before.
    Recycled,
    Interrupt,
}

/// Something that lasts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub from_ns: u64,
    pub to_ns: u64,
    pub look: Look,
    /// Short, drawn where there is room.
    pub label: String,
    /// Shown when pointed at.
    pub title: String,
    /// Line within the lane, from 0.
    pub line: usize,
}

/// Something that happens at once: a sign above the lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub at_ns: u64,
    pub label: String,
    /// A finding or a note that something went wrong.
    pub bad: bool,
}

/// One row of the picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Lane {
    pub label: String,
    /// A second, smaller line.
    pub note: String,
    pub spans: Vec<Span>,
    pub marks: Vec<Mark>,
}

impl Lane {
    /// How many lines the spans need.
    pub(super) fn lines(&self) -> usize {
        self.spans.iter().map(|span| span.line + 1).max().unwrap_or(1)
    }
}

/// All lanes by heading.
#[derive(Clone, Debug, Default)]
pub(super) struct Story {
    pub groups: Vec<(&'static str, Vec<Lane>)>,
    pub end_ns: u64,
    /// Lanes that were left out.
    pub left_out: usize,
}

/// Elements that changed hands, shown at most.
const MOST_ELEMENTS: usize = 10;
/// Tasks shown at most.
const MOST_TASKS: usize = 16;

/// An event with its time as the picture shows it. Time that an executing context has used but not yet accounted for makes some events
/// bear a later time than their successors; here it never runs back.
#[derive(Clone, Copy)]
pub(super) struct Timed<'a> {
    pub at_ns: u64,
    pub event: &'a Event,
}

pub(super) fn tell(result: &RunResult) -> Story {
    let mut at_ns = 0;
    let timed: Vec<Timed<'_>> = result
        .events
        .iter()
        .map(|event| {
            at_ns = at_ns.max(event.time_ns);
            Timed { at_ns, event }
        })
        .collect();
    let end_ns = result.end_ns.max(at_ns);
    let (mut task_lanes, mut element_lanes) =
        (tasks::lanes(result, &timed, end_ns), elements::lanes(&timed, end_ns));
    let left_out = cut(&mut task_lanes, MOST_TASKS) + cut(&mut element_lanes, MOST_ELEMENTS);
    let groups = vec![
        ("CPUs", cpus(result, &timed, end_ns)),
        ("Tasks", task_lanes),
        ("Grace periods", grace::lanes(&timed, end_ns)),
        ("Map elements", element_lanes),
    ];
    Story { groups: groups.into_iter().filter(|(_, lanes)| !lanes.is_empty()).collect(), end_ns, left_out }
}

fn cut(lanes: &mut Vec<Lane>, most: usize) -> usize {
    let out = lanes.len().saturating_sub(most);
    lanes.truncate(most);
    out
}

/// Who is on each CPU.
fn cpus(result: &RunResult, timed: &[Timed<'_>], end_ns: u64) -> Vec<Lane> {
    let colours = tasks::colours(result);
    let mut lanes: Vec<Lane> =
        (0..result.cpus).map(|cpu| Lane { label: format!("CPU {cpu}"), ..Lane::default() }).collect();
    let mut since: BTreeMap<usize, (u64, u32, String)> = BTreeMap::new();
    let mut interrupts: BTreeMap<usize, Vec<(u64, &'static str)>> = BTreeMap::new();
    for Timed { at_ns, event } in timed {
        let cpu = event.cpu.index();
        let Some(lane) = lanes.get_mut(cpu) else { continue };
        match event.body.as_any().downcast_ref::<SimEvent>() {
            Some(SimEvent::SchedSwitch { next_comm, next_pid, .. }) => {
                let next = (*at_ns, next_pid.0, next_comm.clone());
                lane.spans.extend(since.insert(cpu, next).and_then(|was| on_cpu(was, *at_ns, &colours)));
            }
            Some(SimEvent::IrqEntry { name, .. }) => interrupts.entry(cpu).or_default().push((*at_ns, name)),
            Some(SimEvent::IrqExit { .. }) => {
                lane.spans.extend(interrupts.entry(cpu).or_default().pop().map(|(from_ns, name)| Span {
                    from_ns,
                    to_ns: *at_ns,
                    look: Look::Interrupt,
                    label: name.to_owned(),
                    title: format!("interrupt {name}, {}", short(at_ns - from_ns)),
                    line: 1,
                }));
            }
            _ => {}
        }
    }
    for (cpu, was) in since {
        lanes[cpu].spans.extend(on_cpu(was, end_ns, &colours));
    }
    lanes
}

/// A stretch of a task on a CPU; the idle task is nothing.
fn on_cpu(was: (u64, u32, String), to_ns: u64, colours: &BTreeMap<u32, usize>) -> Option<Span> {
    let (from_ns, pid, comm) = was;
    (pid != 0 && to_ns > from_ns).then(|| Span {
        from_ns,
        to_ns,
        look: colours.get(&pid).map_or(Look::Kernel, |colour| Look::Run(*colour)),
        title: format!("{comm}-{pid}, {}", short(to_ns - from_ns)),
        label: comm,
        line: 0,
    })
}

//! Lanes of tasks: running, ready, blocked on what; below that the reader sections of programs, and page faults.

use std::collections::BTreeMap;

use programs::runtime::ProgEvent;
use sim::machine::SimEvent;
use sim::uaccess::UserFaultEvent;

use super::scale::short;
use super::story::{Lane, Look, Mark, Span, Timed};
use crate::result::{EVENT_MARK, MARK_FIELD, RunResult};

/// Lines of a lane.
const STATE_LINE: usize = 0;
const READER_LINE: usize = 1;
const FAULT_LINE: usize = 2;

/// The colour of each of the scenario's tasks, by pid.
pub(super) fn colours(result: &RunResult) -> BTreeMap<u32, usize> {
    result.tasks.iter().enumerate().map(|(index, task)| (task.pid, index)).collect()
}

/// What a task is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Doing {
    Running(u16),
    Ready,
    Blocked(String),
    Gone,
}

struct Follow {
    lane: Lane,
    colour: usize,
    doing: Doing,
    since_ns: u64,
    /// What the task said it blocks on, until it is switched away.
    announced: Option<String>,
    /// Programs under way: run, begin, name, sleepable.
    runs: Vec<(u64, u64, String, bool)>,
    /// Page faults under way: number and begin.
    faults: Vec<(u64, u64)>,
}

/// One lane for each task of the scenario that came to life.
pub(super) fn lanes(result: &RunResult, timed: &[Timed<'_>], end_ns: u64) -> Vec<Lane> {
    let mut followed: BTreeMap<u32, Follow> =
        colours(result).into_iter().map(|(pid, colour)| (pid, Follow::new(result, colour))).collect();
    for Timed { at_ns, event } in timed {
        let body = event.body.as_any();
        if let Some(sim) = body.downcast_ref::<SimEvent>() {
            machine(&mut followed, sim, event.pid.0, event.cpu.0, *at_ns);
        }
        let Some(follow) = followed.get_mut(&event.pid.0) else { continue };
        if let Some(program) = body.downcast_ref::<ProgEvent>() {
            follow.program(program, *at_ns);
        } else if let Some(fault) = body.downcast_ref::<UserFaultEvent>() {
            follow.fault(fault, *at_ns);
        } else if event.body.name() == EVENT_MARK {
            let name = event.body.fields().into_iter().find(|(key, _)| *key == MARK_FIELD);
            let label = name.map_or(String::new(), |(_, value)| value.to_string());
            let label = label.split_once('.').map_or(label.clone(), |(_, label)| label.to_owned());
            follow.lane.marks.push(Mark { at_ns: *at_ns, label, bad: false });
        }
    }
    let mut lanes: Vec<Follow> = followed.into_values().collect();
    lanes.sort_by_key(|follow| follow.colour);
    lanes.into_iter().map(|follow| follow.finish(end_ns)).filter(|lane| !lane.spans.is_empty()).collect()
}

fn machine(followed: &mut BTreeMap<u32, Follow>, event: &SimEvent, pid: u32, cpu: u16, at_ns: u64) {
    let mut change = |pid: u32, doing: &dyn Fn(&mut Follow) -> Doing| {
        if let Some(follow) = followed.get_mut(&pid) {
            let doing = doing(follow);
            follow.change(doing, at_ns);
        }
    };
    match event {
        SimEvent::TaskNew { pid, .. } => change(pid.0, &|_| Doing::Ready),
        SimEvent::TaskExit { pid, .. } => change(pid.0, &|_| Doing::Gone),
        SimEvent::BlockBegin { what, detail, .. } => {
            if let Some(follow) = followed.get_mut(&pid) {
                follow.announced = Some(blocked_on(what, detail));
            }
        }
        SimEvent::SchedSwitch { prev_pid, prev_state, next_pid, .. } => {
            change(prev_pid.0, &|follow| match prev_state {
                'R' => Doing::Ready,
                'X' | 'Z' => Doing::Gone,
                _ => Doing::Blocked(follow.announced.take().unwrap_or_default()),
            });
            change(next_pid.0, &|_| Doing::Running(cpu));
        }
        SimEvent::SchedWakeup { pid, .. } => change(pid.0, &|_| Doing::Ready),
        SimEvent::Finding { code, .. } => {
            if let Some(follow) = followed.get_mut(&pid) {
                follow.lane.marks.push(Mark { at_ns, label: (*code).to_owned(), bad: true });
            }
        }
        _ => {}
    }
}

/// A wait in words; addresses say nothing in a picture.
fn blocked_on(what: &str, detail: &str) -> String {
    let detail = detail.split(" at 0x").next().unwrap_or_default();
    match (what, detail) {
        ("rcu", _) => "waits for an RCU grace period".to_owned(),
        ("rcu_tasks_trace", _) => "waits for a Tasks Trace grace period".to_owned(),
        ("wait_for", detail) => format!("waits for {detail}"),
        ("nanosleep", _) => "sleeps".to_owned(),
        (what, detail) if detail.is_empty() || detail.starts_with("0x") => format!("blocked: {what}"),
        (what, detail) => format!("blocked: {what}, {detail}"),
    }
}

impl Follow {
    fn new(result: &RunResult, colour: usize) -> Follow {
        let task = &result.tasks[colour];
        let lane = Lane { label: task.name.clone(), note: format!("pid {}", task.pid), ..Lane::default() };
        Follow {
            lane,
            colour,
            doing: Doing::Gone,
            since_ns: 0,
            announced: None,
            runs: Vec::new(),
            faults: Vec::new(),
        }
    }

    fn change(&mut self, doing: Doing, at_ns: u64) {
        if doing == self.doing {
            return;
        }
        let was = std::mem::replace(&mut self.doing, doing);
        let from_ns = std::mem::replace(&mut self.since_ns, at_ns);
        if at_ns == from_ns {
            return;
        }
        let took = short(at_ns - from_ns);
        let (look, label, title) = match was {
            Doing::Running(cpu) => {
                (Look::Run(self.colour), format!("CPU {cpu}"), format!("runs on CPU {cpu}, {took}"))
            }
            Doing::Ready => (Look::Ready, String::new(), format!("ready, waits {took} for a CPU")),
            Doing::Blocked(on) => {
                let title = format!("{on}, {took}");
                (Look::Blocked, on, title)
            }
            Doing::Gone => return,
        };
        self.lane.spans.push(Span { from_ns, to_ns: at_ns, look, label, title, line: STATE_LINE });
    }

    fn program(&mut self, event: &ProgEvent, at_ns: u64) {
        match event {
            ProgEvent::RunBegin { run, name, sleepable, .. } => {
                self.runs.push((*run, at_ns, name.to_string(), *sleepable));
            }
            ProgEvent::RunEnd { run, .. } => {
                let Some(at) = self.runs.iter().position(|(other, ..)| other == run) else { return };
                let begun = self.runs.remove(at);
                self.reader(begun, at_ns, true);
            }
            _ => {}
        }
    }

    fn reader(&mut self, begun: (u64, u64, String, bool), to_ns: u64, over: bool) {
        let (_, from_ns, name, sleepable) = begun;
        let (look, kind) = match sleepable {
            true => (Look::TraceReader, "Tasks Trace reader"),
            false => (Look::RcuReader, "RCU reader"),
        };
        let took = if over { short(to_ns - from_ns) } else { "not over".to_owned() };
        let title = format!("{name}: {kind}, {took}");
        let label = format!("{name}: {kind}");
        self.lane.spans.push(Span { from_ns, to_ns, look, label, title, line: READER_LINE });
    }

    fn fault(&mut self, event: &UserFaultEvent, at_ns: u64) {
        match event {
            UserFaultEvent::PageFaultBegin { id, .. } => self.faults.push((*id, at_ns)),
            UserFaultEvent::PageFaultEnd { id, outcome, .. } => {
                let Some(at) = self.faults.iter().position(|(other, _)| other == id) else { return };
                let (_, from_ns) = self.faults.remove(at);
                self.faulted(from_ns, at_ns, outcome);
            }
            UserFaultEvent::PageFaultRefused { .. } => {
                self.lane.marks.push(Mark { at_ns, label: "fault refused".to_owned(), bad: false });
            }
        }
    }

    fn faulted(&mut self, from_ns: u64, to_ns: u64, outcome: &str) {
        let label = format!("page fault: {outcome}");
        let title = format!("{label}, {}", short(to_ns - from_ns));
        self.lane.spans.push(Span { from_ns, to_ns, look: Look::Fault, label, title, line: FAULT_LINE });
    }

    fn finish(mut self, end_ns: u64) -> Lane {
        self.change(Doing::Gone, end_ns);
        for begun in std::mem::take(&mut self.runs) {
            self.reader(begun, end_ns, false);
        }
        for (_, from_ns) in std::mem::take(&mut self.faults) {
            self.faulted(from_ns, end_ns, "not served");
        }
        self.lane
    }
}

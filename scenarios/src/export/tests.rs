//! Tests of the writers, on a hand-made stream with every kind of event they tell apart.

use std::any::Any;
use std::rc::Rc;

use sim::event::{CtxFlags, Event, Lane, Payload, Slice, Value};
use sim::ids::{CpuId, Pid};

use super::*;
use crate::file::Kernel;

/// A payload that is whatever the test needs.
#[derive(Clone, Debug)]
pub(crate) struct Fake {
    pub name: &'static str,
    pub fields: Vec<(&'static str, Value)>,
    pub slice: Slice,
}

impl Payload for Fake {
    fn name(&self) -> &'static str {
        self.name
    }
    fn fields(&self) -> Vec<(&'static str, Value)> {
        self.fields.clone()
    }
    fn slice(&self) -> Slice {
        self.slice.clone()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// An event of task `app` (pid 100) on CPU 1.
pub(crate) fn event(seq: u64, time_ns: u64, fake: Fake) -> Event {
    let flags = CtxFlags { irqs_off: true, preempt: 2, ..CtxFlags::default() };
    Event { seq, time_ns, cpu: CpuId(1), pid: Pid(100), comm: "app".into(), flags, body: Rc::new(fake) }
}

/// A result with these events and nothing else.
pub(crate) fn result(events: Vec<Event>) -> RunResult {
    RunResult {
        kernel: Kernel::V6_12,
        seed: 1,
        schedule: sim::sched::Schedule::default(),
        end_ns: events.last().map_or(0, |event| event.time_ns),
        cpus: 2,
        events,
        dropped_events: 0,
        findings: Vec::new(),
        programs: Vec::new(),
        tasks: Vec::new(),
        maps: Vec::new(),
        globals: Vec::new(),
        printk: Vec::new(),
        packets: Vec::new(),
    }
}

fn stream() -> RunResult {
    let fake = |name, fields, slice| Fake { name, fields, slice };
    let lane = Lane::Named("RCU grace periods");
    let text = |text: &str| Value::Str(text.to_owned());
    result(vec![
        event(
            0,
            5,
            fake(
                "page_fault",
                vec![("addr", Value::Addr(0x1000)), ("major", Value::Bool(true))],
                Slice::Instant,
            ),
        ),
        event(
            1,
            7,
            fake(
                "grace_period_begin",
                vec![],
                Slice::Begin { lane: lane.clone(), id: 3, name: "rcu #3".into() },
            ),
        ),
        event(2, 1_000_000_009, fake("grace_period_end", vec![], Slice::End { lane, id: 3 })),
        event(
            3,
            1_000_000_010,
            fake(
                "sched_switch",
                vec![
                    ("prev_comm", text("app")),
                    ("prev_pid", Value::U64(100)),
                    ("prev_state", text("D")),
                    ("next_comm", text("swapper/1")),
                    ("next_pid", Value::U64(0)),
                ],
                Slice::Instant,
            ),
        ),
        event(
            4,
            1_000_000_011,
            fake("printk", vec![("text", text("a line")), ("ret", Value::I64(-14))], Slice::Instant),
        ),
    ])
}

fn written(format: Format) -> Vec<u8> {
    let mut bytes = Vec::new();
    let about = About { name: "example", question: None };
    format.write(&about, &stream(), &mut bytes).unwrap();
    bytes
}

#[test]
fn text_has_the_columns_of_ftrace() {
    let text = String::from_utf8(written(Format::Text)).unwrap();
    let events: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(
        events[0],
        "             app-100      [001] d..2.     0.000000005: page_fault: addr=0x1000 major=true"
    );
    assert_eq!(
        events[4],
        "             app-100      [001] d..2.     1.000000011: printk: text=\"a line\" ret=-14"
    );
    // The bars of the header stand over the five flags.
    let bars = text.lines().find(|line| line.contains("|||||    TIMESTAMP")).unwrap();
    assert_eq!(bars.find("|||||"), events[0].find("d..2."));
}

#[test]
fn json_lines_are_a_header_and_one_object_per_event() {
    let text = String::from_utf8(written(Format::JsonLines)).unwrap();
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["schema_version"], jsonl::SCHEMA_VERSION);
    assert_eq!(lines[0]["events"], lines.len() as u64 - 1);
    assert_eq!(lines[1]["fields"]["addr"], "0x1000");
    assert_eq!(lines[5]["fields"]["ret"], -14);
    let documented = include_str!("../../schema/events.md");
    for line in &lines[..2] {
        for key in line.as_object().unwrap().keys() {
            assert!(documented.contains(&format!("| `{key}` |")), "{key} is not in schema/events.md");
        }
    }
}

/// Reads one message's fields: number, and the varint or the bytes.
fn fields(mut bytes: &[u8]) -> Vec<(u64, Result<u64, &[u8]>)> {
    fn varint(bytes: &mut &[u8]) -> u64 {
        let mut value = 0;
        for shift in (0..).step_by(7) {
            let byte = bytes[0];
            *bytes = &bytes[1..];
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        value
    }
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes);
        let value = match key & 7 {
            0 => Ok(varint(&mut bytes)),
            2 => {
                let (head, tail) = {
                    let len = varint(&mut bytes) as usize;
                    bytes.split_at(len)
                };
                bytes = tail;
                Err(head)
            }
            other => panic!("wire type {other}"),
        };
        found.push((key >> 3, value));
    }
    found
}

#[test]
fn perfetto_events_lie_on_declared_tracks_and_slices_close() {
    let trace = written(Format::Perfetto);
    let (mut tracks, mut balance, mut switches) = (Vec::new(), 0, 0);
    for (number, packet) in fields(&trace) {
        assert_eq!(number, 1);
        let packet = fields(packet.unwrap_err());
        let get = |number: u64| packet.iter().find(|(n, _)| *n == number).map(|(_, value)| *value);
        if let Some(Err(track)) = get(60) {
            tracks.push(fields(track)[0].1.unwrap());
        }
        if let Some(Err(event)) = get(11) {
            let event = fields(event);
            let of = |number: u64| event.iter().find(|(n, _)| *n == number).map(|(_, v)| v.unwrap());
            assert!(tracks.contains(&of(11).unwrap()), "an event on a track that was not declared");
            balance += match of(9) {
                Some(1) => 1,
                Some(2) => -1,
                _ => 0,
            };
            assert!(get(8).is_some(), "an event without a time");
        }
        if let Some(Err(bundle)) = get(1) {
            switches += fields(bundle).iter().filter(|(number, _)| *number == 2).count();
        }
    }
    assert_eq!((balance, switches), (0, 1));
    if let Some(path) = std::env::var_os("SLEEPABLE_PERFETTO_SAMPLE") {
        std::fs::write(path, &trace).unwrap();
    }
}

#[test]
fn the_extension_chooses_the_format() {
    let of = |name: &str| Format::of(Path::new(name)).ok();
    assert_eq!(of("a/out.JSONL"), Some(Format::JsonLines));
    assert_eq!(of("out.perfetto-trace"), Some(Format::Perfetto));
    assert_eq!(of("out"), None);
    assert!(Format::of(Path::new("out.png")).unwrap_err().help[0].contains(".pftrace"));
}

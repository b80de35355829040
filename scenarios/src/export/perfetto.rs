//! A Perfetto trace file: one lane per CPU and per task, named lanes for grace periods, and the kernel's own scheduling
//! view from `sched_switch` events. Time is virtual, on a clock of its own that the file declares as the boot clock.
//!
//! Field numbers are those of Perfetto's `protos/perfetto/trace/` (`trace_packet.proto`, `track_event/track_event.proto`,
//! `track_event/track_descriptor.proto`, `ftrace/ftrace_event_bundle.proto`, `ftrace/sched.proto`).

use std::collections::BTreeMap;

use sim::event::{Event, Lane, Slice, Value};

use super::proto::Message;
use crate::result::RunResult;

/// `Trace.packet`.
const TRACE_PACKET: u32 = 1;

/// Fields of `TracePacket`.
mod packet {
    pub const FTRACE_EVENTS: u32 = 1;
    pub const TIMESTAMP: u32 = 8;
    pub const SEQUENCE_ID: u32 = 10;
    pub const TRACK_EVENT: u32 = 11;
    pub const SEQUENCE_FLAGS: u32 = 13;
    pub const TIMESTAMP_CLOCK_ID: u32 = 58;
    pub const TRACK_DESCRIPTOR: u32 = 60;
}

/// Fields of `TrackDescriptor`, `ProcessDescriptor` and `ThreadDescriptor`.
mod descriptor {
    pub const UUID: u32 = 1;
    pub const NAME: u32 = 2;
    pub const PROCESS: u32 = 3;
    pub const THREAD: u32 = 4;
    pub const PARENT_UUID: u32 = 5;
    pub const PROCESS_PID: u32 = 1;
    pub const PROCESS_NAME: u32 = 6;
    pub const THREAD_PID: u32 = 1;
    pub const THREAD_TID: u32 = 2;
    pub const THREAD_NAME: u32 = 5;
}

/// Fields of `TrackEvent` and `DebugAnnotation`.
mod event {
    pub const ANNOTATIONS: u32 = 4;
    pub const TYPE: u32 = 9;
    pub const TRACK_UUID: u32 = 11;
    pub const CATEGORIES: u32 = 22;
    pub const NAME: u32 = 23;
    pub const SLICE_BEGIN: u64 = 1;
    pub const SLICE_END: u64 = 2;
    pub const INSTANT: u64 = 3;
    pub const ANNOTATION_BOOL: u32 = 2;
    pub const ANNOTATION_UINT: u32 = 3;
    pub const ANNOTATION_INT: u32 = 4;
    pub const ANNOTATION_TEXT: u32 = 6;
    pub const ANNOTATION_NAME: u32 = 10;
}

/// `BUILTIN_CLOCK_BOOTTIME`.
const CLOCK_BOOTTIME: u64 = 6;
/// One writer.
const SEQUENCE: u64 = 1;
/// `SEQ_INCREMENTAL_STATE_CLEARED`.
const STATE_CLEARED: u64 = 1;
/// Parent tracks: the machine as a process, so that its lanes stand together.
const CPUS_UUID: u64 = 1;
const NAMED_UUID: u64 = 2;
const CPU_UUID: u64 = 0x1_0000;
const TASK_UUID: u64 = 0x10_0000_0000;
const SLICE_UUID: u64 = 0x20_0000_0000;

/// The whole trace file.
pub fn encode(result: &RunResult) -> Vec<u8> {
    let mut writer = Writer { trace: Message::default(), first: true, named: BTreeMap::new() };
    writer.descriptors(result);
    for event in &result.events {
        writer.event(event);
    }
    writer.sched_switches(result);
    writer.trace.into_bytes()
}

struct Writer {
    trace: Message,
    first: bool,
    /// Tracks of named lanes: several slices of a lane may overlap, so each open slice has a track of its own.
    named: BTreeMap<(&'static str, u64), u64>,
}

impl Writer {
    fn packet(&mut self, message: Message) {
        let flags = if std::mem::take(&mut self.first) { STATE_CLEARED } else { 0 };
        let message = message.uint(packet::SEQUENCE_ID, SEQUENCE);
        let message = if flags == 0 { message } else { message.uint(packet::SEQUENCE_FLAGS, flags) };
        self.trace = std::mem::take(&mut self.trace).message(TRACE_PACKET, message);
    }

    fn track(&mut self, track: Message) {
        self.packet(Message::default().message(packet::TRACK_DESCRIPTOR, track));
    }

    fn named_track(&mut self, uuid: u64, parent: Option<u64>, name: &str) {
        let track = Message::default().uint(descriptor::UUID, uuid).text(descriptor::NAME, name);
        self.track(match parent {
            Some(parent) => track.uint(descriptor::PARENT_UUID, parent),
            None => track,
        });
    }

    fn descriptors(&mut self, result: &RunResult) {
        self.named_track(CPUS_UUID, None, &format!("CPUs (kernel {})", result.kernel));
        self.named_track(NAMED_UUID, None, "grace periods and others");
        for cpu in 0..u64::from(result.cpus) {
            self.named_track(CPU_UUID + cpu, Some(CPUS_UUID), &format!("CPU {cpu}"));
        }
        let tasks: BTreeMap<u32, &str> = result.events.iter().map(|e| (e.pid.0, &*e.comm)).collect();
        for (pid, comm) in tasks.into_iter().filter(|(pid, _)| *pid != 0) {
            let pid64 = u64::from(pid);
            let process =
                Message::default().uint(descriptor::PROCESS_PID, pid64).text(descriptor::PROCESS_NAME, comm);
            let thread = Message::default()
                .uint(descriptor::THREAD_PID, pid64)
                .uint(descriptor::THREAD_TID, pid64)
                .text(descriptor::THREAD_NAME, comm);
            let parent = TASK_UUID + 2 * pid64;
            self.track(
                Message::default().uint(descriptor::UUID, parent).message(descriptor::PROCESS, process),
            );
            let lane =
                Message::default().uint(descriptor::UUID, parent + 1).message(descriptor::THREAD, thread);
            self.track(lane.uint(descriptor::PARENT_UUID, parent));
        }
    }

    /// The track of a lane, as seen from an event.
    fn lane(&mut self, lane: &Lane, id: u64, event: &Event) -> u64 {
        match lane {
            Lane::Cpu => CPU_UUID + u64::from(event.cpu.0),
            Lane::Task => task_track(event),
            Lane::Named(name) => {
                let next = SLICE_UUID + self.named.len() as u64;
                let uuid = *self.named.entry((name, id)).or_insert(next);
                if uuid == next {
                    self.named_track(uuid, Some(NAMED_UUID), name);
                }
                uuid
            }
        }
    }

    fn event(&mut self, e: &Event) {
        let message = match e.body.slice() {
            Slice::Instant => track_event(event::INSTANT, task_track(e)).text(event::NAME, e.body.name()),
            Slice::Begin { lane, id, name } => {
                let uuid = self.lane(&lane, id, e);
                track_event(event::SLICE_BEGIN, uuid).text(event::NAME, &name)
            }
            Slice::End { lane, id } => {
                let uuid = self.lane(&lane, id, e);
                track_event(event::SLICE_END, uuid)
            }
        };
        let annotated = e
            .body
            .fields()
            .iter()
            .fold(message, |m, (key, v)| m.message(event::ANNOTATIONS, annotation(key, v)));
        let annotated =
            annotated.message(event::ANNOTATIONS, annotation("flags", &Value::Str(e.flags.to_string())));
        let packet = Message::default()
            .uint(packet::TIMESTAMP, e.time_ns)
            .uint(packet::TIMESTAMP_CLOCK_ID, CLOCK_BOOTTIME)
            .message(packet::TRACK_EVENT, annotated);
        self.packet(packet);
    }

    /// `sched_switch` events also go into the kernel's own form, which Perfetto draws as its CPU scheduling view.
    fn sched_switches(&mut self, result: &RunResult) {
        let mut bundles: BTreeMap<u16, Message> = BTreeMap::new();
        for event in result.events.iter().filter(|event| event.body.name() == "sched_switch") {
            if let Some(switch) = sched_switch(event) {
                let bundle = bundles
                    .entry(event.cpu.0)
                    .or_insert_with(|| Message::default().uint(1, event.cpu.0.into()));
                *bundle = std::mem::take(bundle).message(2, switch);
            }
        }
        for bundle in bundles.into_values() {
            self.packet(Message::default().message(packet::FTRACE_EVENTS, bundle));
        }
    }
}

fn track_event(kind: u64, track: u64) -> Message {
    Message::default()
        .uint(event::TYPE, kind)
        .uint(event::TRACK_UUID, track)
        .text(event::CATEGORIES, "sleepable")
}

/// The lane of the event's task; the idle task has none and falls back to its CPU.
fn task_track(event: &Event) -> u64 {
    match event.pid.0 {
        0 => CPU_UUID + u64::from(event.cpu.0),
        pid => TASK_UUID + 2 * u64::from(pid) + 1,
    }
}

fn annotation(key: &str, value: &Value) -> Message {
    let message = Message::default().text(event::ANNOTATION_NAME, key);
    match value {
        Value::Bool(v) => message.uint(event::ANNOTATION_BOOL, u64::from(*v)),
        Value::U64(v) | Value::Ns(v) => message.uint(event::ANNOTATION_UINT, *v),
        Value::I64(v) => message.int(event::ANNOTATION_INT, *v),
        Value::Addr(_) | Value::Str(_) | Value::Bytes(_) => {
            message.text(event::ANNOTATION_TEXT, &value.to_string())
        }
    }
}

/// `FtraceEvent` with a `SchedSwitchFtraceEvent`; `None` when the event lacks the fields of the kernel's tracepoint.
fn sched_switch(event: &Event) -> Option<Message> {
    let fields = event.body.fields();
    let find = |key: &str| fields.iter().find(|(name, _)| *name == key).map(|(_, value)| value);
    let text = |key: &str| find(key).map(Value::to_string);
    let number = |key: &str| match find(key)? {
        Value::U64(v) => Some(*v),
        Value::I64(v) => u64::try_from(*v).ok(),
        _ => None,
    };
    // TASK_RUNNING, TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE, EXIT_ZOMBIE by the letters that the kernel prints.
    let state = match text("prev_state")?.as_str() {
        "S" => 1,
        "D" => 2,
        "Z" => 32,
        "X" => 16,
        _ => 0,
    };
    let switch = Message::default()
        .text(1, &text("prev_comm")?)
        .uint(2, number("prev_pid")?)
        .uint(3, 120)
        .uint(4, state)
        .text(5, &text("next_comm")?)
        .uint(6, number("next_pid")?)
        .uint(7, 120);
    Some(Message::default().uint(1, event.time_ns).uint(2, number("prev_pid")?).message(4, switch))
}

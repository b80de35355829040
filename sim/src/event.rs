//! The typed event stream: the one record of what happened in a run. Text log, JSON, Perfetto trace and expectations are
//! readers of it; nothing else carries results.
//!
//! Key types: [`Event`] (an envelope stamped by the machine), [`Payload`] (what each crate implements for its own event
//! enum), [`Stream`] (the append-only list). Neighbours: `machine` stamps and appends; `scenarios::export` reads.

use std::any::Any;
use std::fmt;
use std::rc::Rc;

use crate::ids::{CpuId, Pid};

/// One field value of an event, as readers see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A signed number (return values, error numbers).
    I64(i64),
    /// An unsigned number (counts, sizes, identifiers).
    U64(u64),
    /// An address; printed in hexadecimal.
    Addr(u64),
    /// A duration or point in virtual nanoseconds.
    Ns(u64),
    /// A flag.
    Bool(bool),
    /// Text.
    Str(String),
    /// Raw bytes; printed as lower-case hexadecimal.
    Bytes(Vec<u8>),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::I64(v) => write!(f, "{v}"),
            Value::U64(v) => write!(f, "{v}"),
            Value::Addr(v) => write!(f, "{v:#x}"),
            Value::Ns(v) => write!(f, "{v}ns"),
            Value::Bool(v) => write!(f, "{v}"),
            Value::Str(v) => write!(f, "{v}"),
            Value::Bytes(v) => v.iter().try_for_each(|b| write!(f, "{b:02x}")),
        }
    }
}

/// How an event draws on a timeline: most are instants, some open or close a slice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slice {
    /// A point in time.
    Instant,
    /// Opens a slice on `lane`, closed by the [`Slice::End`] with the same lane and `id`.
    Begin { lane: Lane, id: u64, name: String },
    /// Closes a slice.
    End { lane: Lane, id: u64 },
}

/// Where a slice is drawn.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// The lane of the CPU the event happened on.
    Cpu,
    /// The lane of the task the event happened in.
    Task,
    /// A lane of its own, e.g. `rcu_tasks_trace grace period`.
    Named(&'static str),
}

/// What a crate implements for its event enum.
pub trait Payload: Any + fmt::Debug {
    /// Stable snake_case name, e.g. `page_fault_begin`; the `event` key in JSON.
    fn name(&self) -> &'static str;
    /// Named fields in a fixed order.
    fn fields(&self) -> Vec<(&'static str, Value)>;
    /// How a timeline draws it.
    fn slice(&self) -> Slice {
        Slice::Instant
    }
    /// The payload as `Any`, so that a reader that knows the type can match on it.
    fn as_any(&self) -> &dyn Any;
}

/// The flag column of ftrace (`Documentation/trace/ftrace.rst`, "Output format"), e.g. `d..2.`: irqs-off, need-resched,
/// hardirq/softirq/NMI, preempt depth, migrate-disable depth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CtxFlags {
    pub irqs_off: bool,
    pub need_resched: bool,
    pub nmi: bool,
    pub hardirq: bool,
    pub softirq: bool,
    /// Preemption depth (preempt_disable nesting), printed as a hex digit or `.`.
    pub preempt: u8,
    /// migrate_disable nesting, printed as a hex digit or `.`.
    pub migrate: u8,
}

impl fmt::Display for CtxFlags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digit =
            |n: u8| if n == 0 { '.' } else { char::from_digit(u32::from(n.min(15)), 16).unwrap_or('f') };
        let irq = match (self.nmi, self.hardirq, self.softirq) {
            (true, _, _) => 'z',
            (_, true, true) => 'H',
            (_, true, false) => 'h',
            (_, false, true) => 's',
            _ => '.',
        };
        write!(
            f,
            "{}{}{irq}{}{}",
            if self.irqs_off { 'd' } else { '.' },
            if self.need_resched { 'N' } else { '.' },
            digit(self.preempt),
            digit(self.migrate)
        )
    }
}

/// One event: where and when it happened, and what.
#[derive(Clone, Debug)]
pub struct Event {
    /// Position in the stream, from 0.
    pub seq: u64,
    /// Virtual nanoseconds since boot.
    pub time_ns: u64,
    pub cpu: CpuId,
    pub pid: Pid,
    /// Name of the task (`comm`) at that moment.
    pub comm: Rc<str>,
    pub flags: CtxFlags,
    pub body: Rc<dyn Payload>,
}

/// The append-only list of events. `limit` bounds memory; what is dropped beyond it is counted, never silent.
#[derive(Debug, Default)]
pub struct Stream {
    events: Vec<Event>,
    enabled: bool,
    limit: usize,
    dropped: u64,
}

impl Stream {
    /// A stream that records at most `limit` events; `enabled == false` records none (benches).
    pub fn new(enabled: bool, limit: usize) -> Stream {
        Stream { events: Vec::new(), enabled, limit, dropped: 0 }
    }

    /// Whether recording is on: callers skip building payloads when it is not.
    pub fn enabled(&self) -> bool {
        self.enabled
    }

    /// Appends; the caller has filled everything but `seq`.
    pub fn push(&mut self, mut event: Event) {
        if self.events.len() >= self.limit {
            self.dropped += 1;
            return;
        }
        event.seq = self.events.len() as u64;
        self.events.push(event);
    }

    /// Everything recorded so far.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// How many events did not fit.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flag_column_reads_as_ftrace_prints_it() {
        let mut flags = CtxFlags::default();
        assert_eq!(flags.to_string(), ".....");
        flags.irqs_off = true;
        flags.preempt = 2;
        assert_eq!(flags.to_string(), "d..2.");
        flags.softirq = true;
        flags.hardirq = true;
        flags.migrate = 1;
        assert_eq!(flags.to_string(), "d.H21");
    }
}

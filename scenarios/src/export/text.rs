//! The timeline as ftrace prints it (`Documentation/trace/ftrace.rst`, "Output format"), with two differences: time is
//! virtual and has nine decimals (ftrace has six), and the flag column has a fifth place for the migrate-disable depth,
//! as kernels since 5.9 print it.

use std::io::{self, Write};

use sim::event::{Event, Value};

use crate::result::RunResult;

/// The header that explains the columns.
const HEADER: &str = "\
#                                _-----=> irqs-off
#                               / _----=> need-resched
#                              | / _---=> hardirq/softirq/nmi
#                              || / _--=> preempt-depth
#                              ||| / _-=> migrate-disable
#                              |||| /
#           TASK-PID      CPU#  |||||    TIMESTAMP  EVENT
#              | |          |   |||||        |        |
";

/// Writes header and events.
pub fn write(name: &str, result: &RunResult, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# scenario: {name}   kernel: {}   seed: {}", result.kernel, result.seed)?;
    writeln!(
        out,
        "# entries-in-buffer/entries-written: {}/{}   #P:{}",
        result.events.len(),
        result.events.len() as u64 + result.dropped_events,
        result.cpus
    )?;
    out.write_all(HEADER.as_bytes())?;
    result.events.iter().try_for_each(|event| writeln!(out, "{}", line(event)))
}

/// One event.
pub fn line(event: &Event) -> String {
    let (seconds, ns) = (event.time_ns / 1_000_000_000, event.time_ns % 1_000_000_000);
    let fields: Vec<String> =
        event.body.fields().iter().map(|(key, value)| format!("{key}={}", show(value))).collect();
    format!(
        "{:>16}-{:<8} [{:03}] {} {seconds:>5}.{ns:09}: {}: {}",
        event.comm,
        event.pid.0,
        event.cpu.0,
        event.flags,
        event.body.name(),
        fields.join(" ")
    )
    .trim_end()
    .to_owned()
}

/// A value; text with spaces is quoted so that fields stay apart.
fn show(value: &Value) -> String {
    match value {
        Value::Str(text) if text.is_empty() || text.contains([' ', '"', '\n', '=']) => format!("{text:?}"),
        other => other.to_string(),
    }
}

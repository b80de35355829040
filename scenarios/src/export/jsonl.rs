//! Events as JSON lines; `schema/events.md` documents every key. The first line is a header with `schema_version`.
//! The bytes depend on the run alone: same scenario, kernel and seed give the same file on every machine.

use std::io::{self, Write};

use serde_json::{Map, Value as Json, json};
use sim::event::{Event, Value};

use crate::result::RunResult;

/// Raised when a reader of the old form would misunderstand the new one.
pub const SCHEMA_VERSION: u32 = 1;

/// Writes header and events.
pub fn write(name: &str, result: &RunResult, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", header(name, result))?;
    result.events.iter().try_for_each(|event| writeln!(out, "{}", line(event)))
}

fn header(name: &str, result: &RunResult) -> Json {
    json!({
        "schema_version": SCHEMA_VERSION,
        "scenario": name,
        "kernel": result.kernel.name(),
        "seed": result.seed,
        "cpus": result.cpus,
        "events": result.events.len(),
        "dropped": result.dropped_events,
        "end_ns": result.end_ns,
    })
}

/// One event.
pub fn line(event: &Event) -> Json {
    let fields: Map<String, Json> =
        event.body.fields().into_iter().map(|(key, value)| (key.to_owned(), to_json(&value))).collect();
    json!({
        "seq": event.seq,
        "time_ns": event.time_ns,
        "cpu": event.cpu.0,
        "pid": event.pid.0,
        "comm": &*event.comm,
        "flags": event.flags.to_string(),
        "event": event.body.name(),
        "fields": fields,
    })
}

/// Addresses become text: JSON readers lose bits of integers beyond 2^53.
fn to_json(value: &Value) -> Json {
    match value {
        Value::I64(v) => json!(v),
        Value::U64(v) | Value::Ns(v) => json!(v),
        Value::Bool(v) => json!(v),
        Value::Addr(_) | Value::Str(_) | Value::Bytes(_) => json!(value.to_string()),
    }
}

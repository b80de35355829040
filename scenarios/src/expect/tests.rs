//! Tests of the judge: for every kind of expectation one result that meets it and one that does not.

use sim::event::{Slice, Value};
use sim::finding::{Finding, INVALID_SLEEP};
use sim::ids::{CpuId, Pid};

use super::*;
use crate::export::tests::{Fake, event, result};
use crate::result::{
    EVENT_ENTER, EVENT_MARK, GlobalResult, LoadResult, MARK_FIELD, MapResult, PROGRAM_FIELD, PacketResult,
    ProgramResult, ProgramRun, StepResult, TaskResult,
};

/// A scenario that expects something of everything.
const SCENARIO: &str = r#"
[[program]]
name = "reader"
object = "a.bpf.o"
load = { "6.12" = "accept", "5.10" = "reject" }

[[task]]
name = "app"
region = [{ name = "buf" }]
steps = [
  { syscall = { name = "getpgid", args = [0], returns = "-EFAULT", took = { max = "1us" } } },
  { read = { at = "@buf", bytes = "abc" } },
  { mark = "done" },
]

[[packet]]
hex = "ffffffffffff 020000000001 0800"
verdict = 1

[expect]
findings = "F0001"
end = { max = "1s" }
printk = ["one", "two"]
order = ["enter reader", "app.done"]
globals = { seen = -14 }

[[expect.program]]
name = "reader"
runs = 2
missed = 1
returns = [0, "-EFAULT"]
sleeps = 1
blocked = { min = "1ms", max = "2ms" }
minor_faults = 0
major_faults = { "6.12" = 1, "5.10" = 7 }

[[expect.task]]
name = "app"
minor_faults = 3
ended = "5ms"

[[expect.map]]
name = "counters"
len = 2
entries = [{ key = 1, value = { u32 = 7 }, offset = 4 }, { key = 2, value = -1 }, { key = 9, absent = true }]

[[expect.map]]
name = "events"
records = [[{ u32 = 1 }, { cstr = "a" }]]

[[expect.event]]
name = "page_fault_end"
fields = { major = "true" }
count = 1

[[expect.event]]
name = "nmi_entry"
kernel = "5.10"
"#;

/// A result that is as expected in everything.
fn good() -> RunResult {
    let named = |name, key, value: &str| Fake {
        name,
        fields: vec![(key, Value::Str(value.into()))],
        slice: Slice::Instant,
    };
    let fault =
        Fake { name: "page_fault_end", fields: vec![("major", Value::Bool(true))], slice: Slice::Instant };
    let mut result = result(vec![
        event(0, 10, named(EVENT_ENTER, PROGRAM_FIELD, "reader")),
        event(1, 20, fault),
        event(2, 30, named(EVENT_MARK, MARK_FIELD, "app.done")),
    ]);
    let run = |returned| ProgramRun { end_ns: Some(25), returned: Some(returned), ..ProgramRun::default() };
    let slow = ProgramRun { sleeps: 1, blocked_ns: 1_500_000, major_faults: 1, ..run(-14) };
    result.programs = vec![ProgramResult {
        name: "reader".into(),
        index: Some(0),
        load: LoadResult::Accepted,
        runs: vec![run(0), slow],
        missed: 1,
        silent: Vec::new(),
    }];
    let step = |returned, bytes: Option<&[u8]>| StepResult {
        end_ns: Some(500),
        returned,
        bytes: bytes.map(<[u8]>::to_vec),
        ..StepResult::default()
    };
    result.tasks = vec![TaskResult {
        name: "app".into(),
        pid: 100,
        ended_ns: Some(5_000_000),
        minor_faults: 3,
        steps: vec![step(Some(-14), None), step(None, Some(b"abc")), step(None, None)],
        ..TaskResult::default()
    }];
    let value = |low: u32, high: u32| vec![[low.to_le_bytes(), high.to_le_bytes()].concat()];
    result.maps = vec![
        MapResult {
            name: "counters".into(),
            key_size: 4,
            value_size: 8,
            entries: vec![(vec![1, 0, 0, 0], value(5, 7)), (vec![2, 0, 0, 0], value(u32::MAX, u32::MAX))],
            ..MapResult::default()
        },
        MapResult {
            name: "events".into(),
            records: vec![b"\x01\0\0\0a\0\0\0".to_vec()],
            ..MapResult::default()
        },
    ];
    result.globals = vec![GlobalResult {
        object: "a.bpf.o".into(),
        name: "seen".into(),
        bytes: (-14i64).to_le_bytes().to_vec(),
    }];
    result.printk = vec!["one".into(), "two".into()];
    result.packets = vec![PacketResult { index: 0, time_ns: 0, verdict: Some(1) }];
    result.findings = vec![finding()];
    result
}

fn finding() -> Finding {
    Finding {
        code: INVALID_SLEEP,
        message: "BUG: sleeping function called from invalid context".into(),
        notes: vec!["in_atomic(): 1".into()],
        time_ns: 15,
        cpu: CpuId(1),
        pid: Pid(100),
        comm: "app".into(),
    }
}

fn codes(change: impl FnOnce(&mut RunResult)) -> Vec<&'static str> {
    let source = Source::new("example.toml", SCENARIO);
    let (scenario, diagnostics) = crate::file::parse(&source);
    assert!(!diagnostics.iter().any(Diagnostic::is_error), "{diagnostics:?}");
    let mut result = good();
    change(&mut result);
    let differences = judge(&scenario.unwrap(), &source, &result);
    differences.iter().map(|difference| difference.code).collect()
}

#[test]
fn a_run_as_expected_has_no_differences() {
    assert_eq!(codes(|_| {}), Vec::<&str>::new());
}

#[test]
fn every_difference_is_found_and_named() {
    type Change = fn(&mut RunResult);
    let cases: &[(Change, &str)] = &[
        (|r| r.programs[0].runs[1].returned = Some(0), "M0001"),
        (|r| r.programs[0].runs[1].returned = None, "M0001"),
        (|r| r.packets[0].verdict = Some(2), "M0001"),
        (|r| r.packets[0].verdict = None, "M0001"),
        (|r| r.tasks[0].steps[0].returned = Some(0), "M0002"),
        (|r| r.maps[0].entries[0].1[0][4] = 8, "M0003"),
        (|r| r.maps[0].entries[1].0[0] = 3, "M0003"),
        (|r| r.maps[0].entries[1].0[0] = 9, "M0003"),
        (|r| r.maps[1].records[0][0] = 2, "M0003"),
        (|r| r.maps[1].records.clear(), "M0003"),
        (|r| r.printk[1] = "too".into(), "M0004"),
        (|r| r.printk.push("three".into()), "M0004"),
        (|r| r.printk.truncate(1), "M0004"),
        (|r| r.programs[0].missed = 0, "M0005"),
        (|r| r.programs[0].runs[1].major_faults = 7, "M0005"),
        (|r| r.tasks[0].minor_faults = 0, "M0005"),
        (|r| r.programs[0].runs[1].blocked_ns = 2_000_001, "M0006"),
        (|r| r.tasks[0].ended_ns = Some(5_000_001), "M0006"),
        (|r| r.tasks[0].steps[0].end_ns = Some(1001), "M0006"),
        (|r| r.end_ns = 1_000_000_001, "M0006"),
        (
            |r| r.programs[0].load = LoadResult::Rejected { errno: -22, message: "no".into(), source: None },
            "M0007",
        ),
        (|r| r.findings.clear(), "M0008"),
        (|r| r.events.reverse(), "M0009"),
        (|r| r.tasks[0].steps[1].bytes = Some(b"abd".to_vec()), "M0010"),
        (|r| r.tasks[0].steps[1].signal = Some("SIGSEGV"), "M0010"),
        (|r| r.globals[0].bytes[0] = 0, "M0011"),
        (|r| r.tasks[0].ended_ns = None, "M0012"),
        (|r| r.maps.clear(), "M0013"),
        (|r| r.programs.clear(), "M0013"),
        (|r| r.findings.push(Finding { code: sim::finding::DEADLOCK, ..finding() }), "F0004"),
    ];
    for (number, (change, code)) in cases.iter().enumerate() {
        let found = codes(change);
        assert!(found.contains(code), "case {number}: wanted {code}, found {found:?}");
    }
}

#[test]
fn a_difference_shows_place_values_and_events() {
    let source = Source::new("example.toml", SCENARIO);
    let scenario = crate::file::parse(&source).0.unwrap();
    let mut result = good();
    result.programs[0].runs[1].returned = Some(0);
    let differences = judge(&scenario, &source, &result);
    let text = crate::diag::render::render(&differences[0], crate::diag::render::Style::default());
    for part in [
        "error[M0001]: run 2 of `reader` (pid 0, cpu 0) returned: 0",
        "--> example.toml:31:15",
        "expected -14 (-EFAULT)",
        "the events before:",
        "page_fault_end: major=true",
    ] {
        assert!(text.contains(part), "{part:?} is not in\n{text}");
    }
}

//! Replays the user-memory recordings on the memory model: every page kind, read in every way, on every kernel.
//!
//! `data/user_memory.csv` and `data/user_memory_extra.csv` were recorded on Debian's kernels under emulation; more recordings of
//! the same columns can be replayed with `SLEEPABLE_USER_MEMORY_CSV=FILE`. A way or a page kind that has no row in the tables is a
//! failure, not a skip. Left out of the extra recording: rows that host load or a concurrent fork disturbed; a file's last page with
//! file-system blocks smaller than a page (in the cache, yet not up to date as a whole); truncation of a large folio on 7.2.
//! In `dst_hex`, `[aa*100]` stands for 100 bytes 0xaa.

use std::collections::BTreeMap;
use std::fmt::Write;

use sim::mm::costs::Medium;
use sim::mm::drive::SyncDriver;
use sim::mm::fixture::{Answer, Fixture, Made};
use sim::mm::rules::MmRules;
use sim::mm::swap::SwapBacking;
use sim::mm::uffd::{UffdId, UffdMsg};
use sim::mm::{MmConfig, PAGE_SIZE, SwapConfig, UserMemory, page_down};

use crate::user_memory_ways::{Run, WAYS};

/// Bytes behind the requested length that every row shows, to see what was not touched.
pub const SLACK: usize = 4;
/// How long the recording's userfaultfd handler takes to answer.
pub const UFFD_DELAY_NS: u64 = 50_000_000;

/// What is compared.
#[derive(Debug, PartialEq, Eq)]
pub struct Outcome {
    pub ret: i64,
    pub dst: Vec<u8>,
    pub minor: Option<usize>,
    pub major: usize,
    pub resident_before: i64,
    pub resident_after: i64,
    pub blocked_ms: u64,
}

/// One row of a recording.
pub struct Row<'a> {
    pub line: usize,
    pub kernel: &'a str,
    pub way: &'a str,
    pub page: &'a str,
    pub len: usize,
    pub expected: Outcome,
}

fn bytes(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(run) = rest.strip_prefix('[') {
            let (run, after) = run.split_once(']').expect("a run ends in ]");
            let (byte, count) = run.split_once('*').expect("a run is byte*count");
            let byte = u8::from_str_radix(byte, 16).expect("hex");
            out.extend(std::iter::repeat_n(byte, count.parse().expect("a count")));
            rest = after;
        } else {
            out.push(u8::from_str_radix(&rest[..2], 16).expect("hex"));
            rest = &rest[2..];
        }
    }
    out
}

/// The rows of a recording; load verdicts (rows without a page) belong to another test.
pub fn rows(csv: &str) -> Vec<Row<'_>> {
    let mut seen_kernels = Vec::new();
    let mut rows = Vec::new();
    for (index, text) in csv.lines().enumerate().skip_while(|(_, l)| l.starts_with("kernel,")) {
        let cells: Vec<&str> = text.split(',').collect();
        assert!(cells.len() >= 11, "line {}: {text}", index + 1);
        if cells[2].is_empty() {
            continue;
        }
        let number =
            |cell: usize| cells[cell].parse::<i64>().unwrap_or_else(|_| panic!("line {}: {text}", index + 1));
        // The first row of a recording counts faults of warming up.
        let first = !seen_kernels.contains(&cells[0]);
        seen_kernels.extend(first.then_some(cells[0]));
        let expected = Outcome {
            ret: number(4),
            dst: bytes(cells[5]),
            minor: (!first).then_some(number(6) as usize),
            major: number(7) as usize,
            resident_before: number(8),
            resident_after: number(9),
            blocked_ms: number(10) as u64,
        };
        let (kernel, way, page) = (cells[0], cells[1], cells[2]);
        rows.push(Row { line: index + 1, kernel, way, page, len: number(3) as usize, expected });
    }
    rows
}

fn memory(kernel: &str) -> Option<UserMemory> {
    let swap = vec![SwapConfig { backing: SwapBacking::Zram, pages: 16_384 }];
    let rules = MmRules::for_kernel(kernel)?;
    Some(UserMemory::new(MmConfig { rules, swap, ..MmConfig::default() }))
}

/// What `mincore` says of the page.
pub fn residency(memory: &UserMemory, made: &Made, now_ns: u64) -> i64 {
    match memory.mincore(made.mm, page_down(made.addr), PAGE_SIZE, now_ns) {
        Ok(pages) => i64::from(pages[0]),
        Err(errno) => errno.ret(),
    }
}

fn replay(row: &Row<'_>) -> Result<Outcome, String> {
    let mut memory = memory(row.kernel).ok_or_else(|| format!("no rules for kernel {}", row.kernel))?;
    let (_, way) =
        WAYS.iter().find(|(n, _)| *n == row.way).ok_or_else(|| format!("unknown way {}", row.way))?;
    let made = Fixture::new(&mut memory, Medium::RamDisk)
        .make(row.page)
        .ok_or_else(|| format!("unknown page kind {}", row.page))?;
    let start_ns = 1_000_000_000;
    let resident_before = residency(&memory, &made, start_ns);
    let answer = made.uffd.map_or(Answer::Message, |(_, answer)| answer);
    let mut handler = |memory: &mut UserMemory, id: UffdId, msg: UffdMsg, now_ns: u64| {
        answer.give(memory, id, msg.mm, msg.addr, now_ns);
    };
    let mut driver = SyncDriver::new(start_ns);
    driver.uffd_handler = Some(&mut handler);
    driver.uffd_delay_ns = UFFD_DELAY_NS;
    let mut dst = vec![0xaa; row.len + SLACK];
    let mut run =
        Run { memory: &mut memory, driver: &mut driver, mm: made.mm, addr: made.addr, len: row.len };
    let ret = way(&mut run, &mut dst);
    let (minor, major) = (row.expected.minor.map(|_| driver.minor()), driver.major());
    let (end_ns, blocked_ms) = (driver.now_ns, driver.blocked_ns / 50_000_000 * 50);
    let resident_after = residency(&memory, &made, end_ns);
    Ok(Outcome { ret, dst, minor, major, resident_before, resident_after, blocked_ms })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().take(40).fold(String::new(), |mut s, b| {
        write!(s, "{b:02x}").expect("writing to a string");
        s
    })
}

fn describe(expected: &Outcome, got: &Outcome) -> String {
    let mut out = String::new();
    let mut differ = |name: &str, e: String, g: String| {
        if e != g {
            write!(out, " {name}: kernel {e}, here {g};").expect("writing to a string");
        }
    };
    differ("ret", expected.ret.to_string(), got.ret.to_string());
    differ("dst", hex(&expected.dst), hex(&got.dst));
    differ("minor", format!("{:?}", expected.minor), format!("{:?}", got.minor));
    differ("major", expected.major.to_string(), got.major.to_string());
    differ("before", expected.resident_before.to_string(), got.resident_before.to_string());
    differ("after", expected.resident_after.to_string(), got.resident_after.to_string());
    differ("blocked", expected.blocked_ms.to_string(), got.blocked_ms.to_string());
    out
}

/// Replays all rows; the report of those that differ is the failure message.
fn check(name: &str, csv: &str) {
    check_rows(name, &rows(csv), replay);
}

/// The same with a given way to replay.
pub fn check_rows(name: &str, rows: &[Row<'_>], replay: fn(&Row<'_>) -> Result<Outcome, String>) {
    assert!(!rows.is_empty(), "{name} has no rows");
    let mut failures = Vec::new();
    let mut by_kind: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for row in rows {
        let wrong = match replay(row) {
            Ok(got) if got == row.expected => continue,
            Ok(got) => describe(&row.expected, &got),
            Err(why) => format!(" {why}"),
        };
        failures
            .push(format!("line {}: {} {} {} {}:{wrong}", row.line, row.kernel, row.way, row.page, row.len));
        *by_kind.entry((row.way, row.page)).or_default() += 1;
    }
    assert!(
        failures.is_empty(),
        "{name}: {} of {} rows differ\n{}\n{by_kind:?}",
        failures.len(),
        rows.len(),
        failures.iter().take(60).map(String::as_str).collect::<Vec<_>>().join("\n")
    );
}

#[test]
fn every_recorded_row_agrees() {
    check("user_memory.csv", include_str!("../data/user_memory.csv"));
}

#[test]
fn every_extra_row_agrees() {
    check("user_memory_extra.csv", include_str!("../data/user_memory_extra.csv"));
}

#[test]
fn rows_given_by_the_environment_agree() {
    if let Some(path) = std::env::var_os("SLEEPABLE_USER_MEMORY_CSV") {
        let text = std::fs::read_to_string(&path).expect("SLEEPABLE_USER_MEMORY_CSV names a readable file");
        check(&path.to_string_lossy(), &text);
    }
}

#[test]
fn a_wrong_row_is_found() {
    let wrong = "6.12,S_COPY,anon_resident,8,0,736c65657061626caaaaaaaa,0,0,1,1,0,\n\
                 6.12,S_COPY,anon_untouched,8,0,0000000000000000aaaaaaaa,0,1,0,1,0,\n\
                 6.12,S_COPY,no_such_kind,8,0,0000000000000000aaaaaaaa,0,0,0,1,0,\n\
                 6.12,NO_WAY,anon_untouched,8,0,0000000000000000aaaaaaaa,0,0,0,1,0,";
    let rows = rows(wrong);
    assert_eq!(replay(&rows[0]).as_ref(), Ok(&rows[0].expected));
    assert_ne!(replay(&rows[1]).as_ref(), Ok(&rows[1].expected));
    assert_eq!(replay(&rows[2]).unwrap_err(), "unknown page kind no_such_kind");
    assert_eq!(replay(&rows[3]).unwrap_err(), "unknown way NO_WAY");
}

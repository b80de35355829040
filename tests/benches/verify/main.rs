//! The verifier's speed and memory: `cargo bench -p tests --bench verify`.
//!
//! Each workload is verified five times: the best CPU time of the thread, instructions followed per second, and the peak resident
//! set of a process that does nothing else, without what it takes to read the objects. Workloads: the corpus and the programs of
//! `data/real` on four kernels, a loop of 100,003 instructions, a program of 3,700, and loops from 1,000 to 1,000,000.

mod peak;
mod programs_of;

use std::hint::black_box;
use std::time::Instant;

use programs::gate::Verdict;
use programs::object::{Object, ProgramSpec};
use programs::profile::{KernelVersion, Profile};
use programs::verifier::{Judgement, verify};
use programs_of::{corpus, long_program, loop_of, real};

const ROUNDS: usize = 5;
/// Instructions followed between two looks at the clock.
const LEAST_INSTRUCTIONS: usize = 500_000;

/// Programs that are verified one after the other, on these kernels.
pub struct Workload {
    pub name: &'static str,
    pub objects: Vec<Object>,
    pub kernels: Vec<KernelVersion>,
    /// Times the suite is expected to stay below: milliseconds and MB.
    limits: Option<(f64, f64)>,
    /// All programs are accepted.
    accepted: bool,
}

/// Makes a workload.
type Make = fn() -> Workload;

/// Workloads by name: a child process makes only the one it is asked for.
const WORKLOADS: &[(&str, Make)] = &[
    ("corpus, 4 kernels", || Workload {
        name: "corpus, 4 kernels",
        objects: corpus(),
        kernels: KernelVersion::ALL.to_vec(),
        limits: Some((1000.0, f64::INFINITY)),
        accepted: false,
    }),
    ("real programs, 4 kernels", || Workload {
        name: "real programs, 4 kernels",
        objects: real(),
        kernels: KernelVersion::ALL.to_vec(),
        limits: None,
        accepted: false,
    }),
    ("loop, 100,003 instructions", || {
        one("loop, 100,003 instructions", loop_of(12_500), Some((60.0, f64::INFINITY)))
    }),
    ("program of 3,700 instructions", || {
        one("program of 3,700 instructions", long_program(3_700), Some((5.0, 16.0)))
    }),
    ("loop, 1,003", || one("loop, 1,003", loop_of(125), None)),
    ("loop, 10,003", || one("loop, 10,003", loop_of(1_250), None)),
    ("loop, 300,003", || one("loop, 300,003", loop_of(37_500), None)),
    ("loop, 999,995", || one("loop, 999,995", loop_of(124_999), None)),
];

fn one(name: &'static str, object: Object, limits: Option<(f64, f64)>) -> Workload {
    Workload { name, objects: vec![object], kernels: vec![KernelVersion::V6_12], limits, accepted: true }
}

impl Workload {
    fn each(&self, mut run: impl FnMut(&Profile, &Object, &ProgramSpec)) {
        for version in &self.kernels {
            let profile = Profile::new(*version);
            for object in &self.objects {
                object.programs.iter().for_each(|program| run(&profile, object, program));
            }
        }
    }

    /// Verifies everything once: programs, instructions followed.
    fn verify(&self) -> (usize, usize) {
        let (mut count, mut processed) = (0, 0);
        self.each(|profile, object, program| {
            let judged: Judgement = black_box(verify(profile, object, program));
            let good = matches!(judged.verdict, Verdict::Accept { .. });
            assert!(good || !self.accepted, "{}: {:?}", self.name, judged.verdict);
            count += 1;
            processed += judged.stats.processed;
        });
        (count, processed)
    }
}

/// CPU time of this thread; wall time where the system does not tell.
fn now_ns(epoch: Instant) -> f64 {
    let schedstat = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let cpu = schedstat.and_then(|text| text.split_whitespace().next()?.parse().ok());
    cpu.unwrap_or_else(|| epoch.elapsed().as_nanos() as f64)
}

fn measure(workload: &Workload) -> (usize, usize, f64) {
    let epoch = Instant::now();
    let mut best = f64::INFINITY;
    let done = workload.verify();
    // The clock of the thread ticks in milliseconds: short workloads are repeated.
    let times = (LEAST_INSTRUCTIONS / done.1.max(1)).max(1);
    for _ in 0..ROUNDS {
        let begin = now_ns(epoch);
        for _ in 0..times {
            black_box(workload.verify());
        }
        best = best.min((now_ns(epoch) - begin) / times as f64);
    }
    (done.0, done.1, best / 1e6)
}

/// Whether the workload is among those asked for: words after `--` are parts of names.
fn wanted(name: &str) -> bool {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    words.is_empty() || words.iter().any(|word| name.contains(word.as_str()))
}

fn main() {
    if let Some(name) = peak::child_request() {
        let (_, make) = WORKLOADS.iter().find(|(known, _)| *known == name).expect("a workload");
        return peak::measure(&make());
    }
    println!("| workload | programs | instructions followed | ms | million/s | ns each | peak MB | limit |");
    println!("|---|---|---|---|---|---|---|---|");
    for (name, make) in WORKLOADS.iter().filter(|(name, _)| wanted(name)) {
        let workload = make();
        if workload.objects.is_empty() {
            println!("| {name} | none here | | | | | | |");
            continue;
        }
        let (count, processed, ms) = measure(&workload);
        let peak = peak::of(name);
        let shown = peak.map_or("?".to_string(), |mb| format!("{mb:.1}"));
        let limit = workload.limits.map_or(String::new(), |(most_ms, most_mb)| {
            let met = ms <= most_ms && peak.is_none_or(|mb| mb <= most_mb);
            let memory = if most_mb.is_finite() { format!(", {most_mb} MB") } else { String::new() };
            format!("{most_ms} ms{memory}: {}", if met { "met" } else { "NOT met" })
        });
        let (rate, each) = (processed as f64 / ms / 1e3, ms * 1e6 / processed.max(1) as f64);
        println!("| {name} | {count} | {processed} | {ms:.2} | {rate:.2} | {each:.0} | {shown} | {limit} |");
    }
}

//! Interpreter speed side by side: `cargo bench -p tests --bench interp`, with solana-sbpf too: `--features peers`.
//!
//! Runs `benches/data/*.bin` (raw instructions, assembly beside them) on our interpreter and on others, one after the
//! other, best of five. alu and mem: nanoseconds per instruction; call: per loop iteration of five instructions with one
//! helper call; entry: per invocation of `r0 = 42; exit`.

mod ours;
mod rbpf_peer;
#[cfg(feature = "peers")]
mod sbpf_peer;

use std::hint::black_box;
use std::time::Instant;

/// One workload: bytes, what is counted, how many of it, the right r0.
pub struct Workload {
    pub name: &'static str,
    pub bytes: &'static [u8],
    unit: &'static str,
    units: f64,
    pub expect: u64,
}

/// 4 KiB that `mem` works on.
pub const BUFFER: usize = 4096;
const ENTRIES: u32 = 1_000_000;
const ROUNDS: usize = 5;

const WORKLOADS: [Workload; 3] = [
    Workload {
        name: "alu",
        bytes: include_bytes!("../data/alu.bin"),
        unit: "ns/insn",
        units: 100_000_003.0,
        expect: 0x6417_ce42_4267_ae26,
    },
    Workload {
        name: "mem",
        bytes: include_bytes!("../data/mem.bin"),
        unit: "ns/insn",
        units: 100_129_956.0,
        expect: 0xfe_5000,
    },
    Workload {
        name: "call",
        bytes: include_bytes!("../data/call.bin"),
        unit: "ns/call",
        units: 10_000_000.0,
        expect: 0x2d79_8922_01c0,
    },
];
pub const EMPTY: &[u8] = include_bytes!("../data/empty.bin");

/// A virtual machine under test.
pub trait Engine {
    fn name(&self) -> &'static str;
    /// Runs a program once on a zeroed buffer; r0.
    fn run(&mut self, workload: &Workload) -> u64;
    /// Enters the empty program so many times; the sum of the results.
    fn enter(&mut self, times: u32) -> u64;
}

/// CPU time of this thread where Linux tells it, so that a busy machine disturbs less; else elapsed time.
fn now_ns(epoch: Instant) -> f64 {
    let schedstat = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let cpu = schedstat.and_then(|text| text.split_whitespace().next()?.parse().ok());
    cpu.unwrap_or_else(|| epoch.elapsed().as_nanos() as f64)
}

fn best_ns(mut once: impl FnMut()) -> f64 {
    let epoch = Instant::now();
    let time = |_| {
        let start = now_ns(epoch);
        once();
        now_ns(epoch) - start
    };
    (0..ROUNDS).map(time).fold(f64::INFINITY, f64::min)
}

fn main() {
    let mut engines: Vec<Box<dyn Engine>> = vec![Box::new(ours::Ours::new()), Box::new(rbpf_peer::Rbpf)];
    #[cfg(feature = "peers")]
    engines.push(Box::new(sbpf_peer::Sbpf::new()));
    println!(
        "{:<8}{:>10}{}",
        "",
        "unit",
        engines.iter().map(|e| format!("{:>14}", e.name())).collect::<String>()
    );
    for workload in &WORKLOADS {
        let row = engines.iter_mut().map(|engine| {
            let ns =
                best_ns(|| assert_eq!(black_box(engine.run(workload)), workload.expect, "{}", workload.name));
            ns / workload.units
        });
        print_row(workload.name, workload.unit, &row.collect::<Vec<f64>>());
    }
    let entries = engines.iter_mut().map(|engine| {
        let ns = best_ns(|| assert_eq!(black_box(engine.enter(ENTRIES)), 42 * u64::from(ENTRIES)));
        ns / f64::from(ENTRIES)
    });
    print_row("entry", "ns/entry", &entries.collect::<Vec<f64>>());
}

fn print_row(name: &str, unit: &str, values: &[f64]) {
    let cells = values.iter().map(|ns| format!("{ns:>7.2} {:>4.1}x ", ns / values[0]));
    println!("{name:<8}{unit:>10}{}", cells.collect::<String>());
}

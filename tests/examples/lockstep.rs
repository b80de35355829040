//! Verifier and interpreter in lock-step for as long as you like:
//! `cargo run --release -p tests --example lockstep -- --seconds 3600 --seed 1 [--kernel 6.12]`.
//!
//! Prints what came out, and each failure with its seed and the program cut down. `--programs N` stops after N seeds; `--show` prints the
//! program of the seed.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use programs::profile::KernelVersion;
use tests::lockstep::generate::Generator;
use tests::lockstep::minimise::minimise;
use tests::lockstep::{Outcome, try_sample};

const RUNS: u64 = 3;
const MAX_FAILURES: usize = 10;

fn option(name: &str) -> Option<String> {
    let arguments: Vec<String> = std::env::args().collect();
    let at = arguments.iter().position(|argument| argument == name)?;
    Some(arguments.get(at + 1).cloned().unwrap_or_default())
}

/// Why programs are refused, without numbers.
fn reason(message: &str) -> String {
    message.chars().map(|c| if c.is_ascii_digit() { 'N' } else { c }).take(60).collect()
}

fn main() {
    let number =
        |name: &str, default: u64| option(name).map_or(default, |text| text.parse().expect("a number"));
    let (seconds, mut seed) = (number("--seconds", 60), number("--seed", 1));
    let end = seed.saturating_add(number("--programs", u64::MAX));
    let kernels: Vec<KernelVersion> = match option("--kernel") {
        Some(name) => vec![name.parse().expect("a kernel")],
        None => KernelVersion::ALL.to_vec(),
    };
    if option("--show").is_some() {
        return println!("{}", Generator::sample(kernels[0], seed).text());
    }
    std::panic::set_hook(Box::new(|_| {}));
    let begin = Instant::now();
    let (mut accepted, mut compared, mut failures) = (0, 0, 0);
    let mut others: BTreeMap<String, usize> = BTreeMap::new();
    while begin.elapsed() < Duration::from_secs(seconds) && seed < end && failures < MAX_FAILURES {
        for version in &kernels {
            let sample = Generator::sample(*version, seed);
            match try_sample(&sample, seed, RUNS) {
                Ok(Outcome::Agrees { compared: more }) => {
                    (accepted, compared) = (accepted + 1, compared + more)
                }
                Ok(Outcome::Refused(text)) => *others.entry(reason(&text)).or_default() += 1,
                Ok(Outcome::Unknown(text)) => {
                    *others.entry(format!("unknown: {}", reason(&text))).or_default() += 1;
                }
                Err(failure) => {
                    failures += 1;
                    let (small, small_failure) = minimise(&sample, &failure, seed, RUNS);
                    println!("FAILURE seed {seed} kernel {version} {}: {}", sample.section, failure.what);
                    println!("  cut down: {}: {}", small_failure.kind, small_failure.what);
                    small.lines.iter().for_each(|line| println!("    {line}"));
                }
            }
        }
        seed += 1;
    }
    println!("{accepted} accepted, {compared} instructions compared, {failures} failures; next seed {seed}");
    let mut rows: Vec<(usize, String)> = others.into_iter().map(|(text, count)| (count, text)).collect();
    rows.sort_unstable_by(|a, b| b.cmp(a));
    rows.iter().take(25).for_each(|(count, text)| println!("{count:7} {text}"));
    std::process::exit(i32::from(failures > 0));
}

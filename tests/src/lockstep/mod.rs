//! Accepted means it runs: random programs are verified, and what is accepted runs in the interpreter, watched.
//!
//! At each instruction the real registers and stack must lie inside one of the states that the verifier saw there, and no access
//! may be a finding. Map: [`generate`] (`statements`, `memory`) makes programs, `claims` records what the verifier says, `run` compares, [`minimise`] cuts a
//! failing program down. `tests/lockstep` runs a bounded number, `--example lockstep` runs for hours.

mod claims;
pub mod generate;
mod memory;
pub mod minimise;
mod run;
mod statements;

use std::panic::{AssertUnwindSafe, catch_unwind};

use programs::btf::writer::BtfWriter;
use programs::btf::{Btf, Kind};
use programs::gate::Verdict;
use programs::isa::assemble;
use programs::kernel_types::builtin;
use programs::object::{MapSpec, Object};
use programs::profile::{KernelVersion, Profile};
use programs::runtime::{inline_map, inline_object, inline_program};
use programs::verifier::{verify, verify_with};

pub use claims::Claims;
use generate::{MAPS, Sample};

/// What became of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The verifier refuses it: its message.
    Refused(String),
    /// Something is not modelled.
    Unknown(String),
    /// Accepted; how many instructions were compared with the claims. 0 when there were too many states to keep.
    Agrees { compared: u64 },
}

/// What must not happen. Two failures of the same kind count as one when a program is cut down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub kind: &'static str,
    pub what: String,
}

impl Failure {
    fn new(kind: &'static str, what: impl Into<String>) -> Failure {
        Failure { kind, what: what.into() }
    }
}

/// The maps of every program.
pub fn maps() -> Vec<MapSpec> {
    MAPS.iter().map(|(name, ty, key, value, entries)| inline_map(name, *ty, *key, *value, *entries)).collect()
}

/// The object of a sample. `None`: the text does not assemble.
pub fn object_of(sample: &Sample) -> Option<Object> {
    let text = sample.text();
    let names: Vec<&str> = MAPS.iter().map(|map| map.0).collect();
    let assembly = assemble(&text, &names).ok()?;
    let mut program = inline_program("prog", sample.section, &text, &assembly);
    let mut types = BtfWriter::new();
    let int = types.int("int", 4, true);
    let proto = types.func_proto(int, &[]);
    for (nr, sub) in program.subprogs.iter_mut().enumerate() {
        // Linkage: main is global, callbacks must be static.
        sub.func = Some(types.push(&sub.name, Kind::Func, false, u32::from(nr == 0), proto.0, &[]));
        sub.global = nr == 0;
    }
    let mut object = inline_object("lockstep", "GPL", vec![program], maps());
    object.btf = Some(Btf::parse(&types.finish()).expect("what is written can be read"));
    Some(object)
}

/// Verifies a sample and, if it is accepted, runs it `runs` times on inputs made from `seed`.
///
/// # Errors
/// [`Failure`]: a panic, a finding, a value outside the claims, or a thorough search that refuses what was accepted.
pub fn try_sample(sample: &Sample, seed: u64, runs: u64) -> Result<Outcome, Failure> {
    let attempt = AssertUnwindSafe(|| attempt(sample, seed, runs));
    catch_unwind(attempt).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("?");
        Err(Failure::new("panic", text))
    })
}

fn attempt(sample: &Sample, seed: u64, runs: u64) -> Result<Outcome, Failure> {
    let Some(object) = object_of(sample) else { return Ok(Outcome::Unknown("does not assemble".into())) };
    let (profile, program) = (Profile::new(sample.version), &object.programs[0]);
    match verify(&profile, &object, program).verdict {
        Verdict::Accept { .. } => {}
        Verdict::Reject(rejection) => return Ok(Outcome::Refused(rejection.message)),
        Verdict::Unknown { what } => return Ok(Outcome::Unknown(what)),
    }
    let mut claims = Claims::of(program.insns.len());
    let judged = verify_with(&profile, &object, program, builtin(sample.version), Some(&mut claims));
    match judged.verdict {
        Verdict::Accept { .. } => {}
        // Comparing everything may take too long; the program is run all the same.
        Verdict::Reject(rejection) if rejection.errno == sim::errno::Errno::E2BIG => claims.forget(),
        Verdict::Reject(rejection) if is_spared(sample.version, &rejection.message) => claims.forget(),
        // Pruning spares the kernel that path.
        Verdict::Reject(_) if claims.stopped_at_the_impossible() => claims.forget(),
        other => return Err(Failure::new("thorough", format!("the thorough search says {other:?}"))),
    }
    run::run(sample, &object, claims, seed, runs)
}

/// What only a thorough search refuses: the first and the last kernel, what their message begins with. Their pruning ends the path before,
/// which the interpreter allows (an unwritten stack reads as 0).
const SPARED: &[(KernelVersion, KernelVersion, &str)] = &[
    // These accept loops without an end around callbacks and iterators.
    (KernelVersion::V6_12, KernelVersion::V7_2, "infinite loop"),
    // A slot that was not written when the other path came by is like any other, but cannot be read.
    (KernelVersion::V5_10, KernelVersion::V6_1, "invalid read from stack"),
    (KernelVersion::V5_10, KernelVersion::V6_1, "invalid indirect read from stack"),
    // Here it can be read, but not a part of a pointer that stands there.
    (KernelVersion::V6_12, KernelVersion::V7_2, "invalid size of register fill"),
];

fn is_spared(version: KernelVersion, message: &str) -> bool {
    SPARED.iter().any(|row| (row.0..=row.1).contains(&version) && message.starts_with(row.2))
}

/// Runs an accepted sample against claims of the caller's own, to show that a wrong one is noticed.
///
/// # Errors
/// As [`try_sample`].
pub fn run_against(sample: &Sample, claims: Claims, seed: u64) -> Result<Outcome, Failure> {
    let object = object_of(sample).expect("assembles");
    run::run(sample, &object, claims, seed, 1)
}

/// What the verifier says about a sample that it accepts.
pub fn claims_of(sample: &Sample) -> Option<Claims> {
    let object = object_of(sample)?;
    let (profile, program) = (Profile::new(sample.version), &object.programs[0]);
    let mut claims = Claims::of(program.insns.len());
    let judged = verify_with(&profile, &object, program, builtin(sample.version), Some(&mut claims));
    matches!(judged.verdict, Verdict::Accept { .. }).then_some(claims)
}

//! A bounded number of random programs in step with the verifier (`tests::lockstep`), on every kernel.

use programs::profile::KernelVersion;
use programs::verifier::scalar::Numbers as Exactness;
use tests::lockstep::generate::{Generator, Sample};
use tests::lockstep::minimise::minimise;
use tests::lockstep::{Outcome, claims_of, run_against, try_sample};

const PROGRAMS: u64 = 150;
const RUNS: u64 = 2;

fn on(version: KernelVersion) {
    let (mut accepted, mut refused, mut compared, mut unknown) = (0, 0, 0, Vec::new());
    for seed in 0..PROGRAMS {
        let sample = Generator::sample(version, seed);
        match try_sample(&sample, seed, RUNS) {
            Ok(Outcome::Agrees { compared: more }) => (accepted, compared) = (accepted + 1, compared + more),
            Ok(Outcome::Refused(_)) => refused += 1,
            Ok(Outcome::Unknown(text)) => unknown.push(text),
            Err(failure) => {
                let (small, found) = minimise(&sample, &failure, seed, RUNS);
                panic!(
                    "seed {seed} on {version}: {}\ncut down: {}\n{}",
                    failure.what,
                    found.what,
                    small.text()
                );
            }
        }
    }
    println!(
        "{version}: {accepted} accepted, {refused} refused, {compared} instructions compared, {unknown:?}"
    );
    assert!(accepted > PROGRAMS / 4, "the generator makes too few valid programs: {accepted}");
    assert!(refused > PROGRAMS / 20, "the generator makes too few invalid programs: {refused}");
    assert!(compared > 20 * accepted, "too little was compared: {compared}");
    assert!(unknown.is_empty(), "not modelled: {unknown:?}");
}

#[test]
fn accepted_programs_run_as_claimed_on_5_10() {
    on(KernelVersion::V5_10);
}

#[test]
fn accepted_programs_run_as_claimed_on_6_1() {
    on(KernelVersion::V6_1);
}

#[test]
fn accepted_programs_run_as_claimed_on_6_12() {
    on(KernelVersion::V6_12);
}

#[test]
fn accepted_programs_run_as_claimed_on_7_2() {
    on(KernelVersion::V7_2);
}

fn sample(text: &str) -> Sample {
    Sample {
        version: KernelVersion::V6_12,
        section: "xdp",
        lines: text.lines().map(|line| line.trim().to_string()).collect(),
    }
}

/// Programs that once showed a difference, cut down.
const KEPT: &[(&str, &str)] = &[
    (
        "a negated number is not the number it was copied from",
        "call bpf_get_prandom_u32\nr7 = r0\nw0 = -w0\nif w7 s>= 7 goto l1\nl1:\nr0 = 0\nexit",
    ),
    (
        "nor the one that was spilled",
        "r7 = *(u32 *)(r1 +12)\n*(u64 *)(r10 -48) = r7\nw7 = -w7\nif r7 & 252 goto l3\nr0 = 1\nexit\nl3:\nr0 = 0\nexit",
    ),
];

#[test]
fn differences_stay_away() {
    for (what, text) in KEPT {
        for version in KernelVersion::ALL {
            let sample = Sample { version, ..sample(text) };
            for seed in 0..8 {
                let outcome = try_sample(&sample, seed, 1);
                assert!(matches!(outcome, Ok(Outcome::Agrees { .. })), "{what} on {version}: {outcome:?}");
            }
        }
    }
}

/// What 6.1 believes of a buffer that a callback writes is wrong when the callback runs twice: a hole of that kernel, closed in 6.7.
#[test]
fn callbacks_of_6_1_break_its_claims() {
    let text = "r6 = 7\n*(u64 *)(r10 -8) = r6\nr1 = 2\nr2 = func[f]\nr3 = r10\nr3 += -8\nr4 = 0\ncall bpf_loop\nr0 = 0\nexit\n\
                f:\nr6 = *(u64 *)(r2 +0)\nr7 = r6\nr8 = 9\n*(u64 *)(r2 +0) = r8\nr0 = 0\nexit";
    for version in [KernelVersion::V6_1, KernelVersion::V6_12, KernelVersion::V7_2] {
        let outcome = try_sample(&Sample { version, ..sample(text) }, 1, 1);
        match version {
            KernelVersion::V6_1 => assert_eq!(outcome.expect_err("a hole").kind, "range"),
            _ => assert!(matches!(outcome, Ok(Outcome::Agrees { .. })), "{version}: {outcome:?}"),
        }
    }
}

/// A branch whose ranges contradict each other is not followed to the end by 5.10's pruning, but by a thorough search: no difference.
#[test]
fn the_impossible_may_be_refused() {
    let text = "r8 = *(u32 *)(r1 +12)\nr7 = 0xd1cb631f87836adc ll\nif w7 s> w8 goto l1\nl1:\n*(u64 *)(r10 -128) = r8\nr1 = r8\n\
                if r1 s> 3 goto out\nif r1 s< 0 goto out\nr2 = r10\nr2 += r1\nout:\nr0 = 0\nexit";
    for version in KernelVersion::ALL {
        let outcome = try_sample(&Sample { version, ..sample(text) }, 1, 1);
        assert!(matches!(outcome, Ok(Outcome::Agrees { .. })), "{version}: {outcome:?}");
    }
}

/// A claim that is wrong is noticed: the number from a helper is said to be 7.
#[test]
fn a_wrong_claim_is_noticed() {
    let sample = sample("call bpf_get_prandom_u32\nr1 = r0\nr1 &= 255\nr0 = 1\nexit");
    let claims = claims_of(&sample).expect("accepted");
    assert!(run_against(&sample, claims.clone(), 1).is_ok());
    let mut wrong = claims;
    assert!(wrong.spoil(7, Exactness::V6_12) > 2);
    let failure = run_against(&sample, wrong, 1).expect_err("noticed");
    assert_eq!(failure.kind, "range", "{}", failure.what);
}

/// So is an access that no claim allows: nothing is claimed, the program reads far behind its map value.
#[test]
fn a_bad_access_is_noticed() {
    let text = "*(u32 *)(r10 -4) = 0\nr2 = r10\nr2 += -4\nr1 = map[one]\ncall bpf_map_lookup_elem\nr0 += 0x40000000\nr0 = *(u64 *)(r0 +0)\nexit";
    let sample = sample(text);
    assert!(matches!(try_sample(&sample, 1, 1), Ok(Outcome::Refused(_))));
    let mut claims = tests::lockstep::Claims::of(sample.lines.len() + 1);
    claims.forget();
    let failure = run_against(&sample, claims, 1).expect_err("noticed");
    assert_eq!(failure.kind, "finding", "{}", failure.what);
}

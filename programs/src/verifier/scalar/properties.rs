//! Random programs on two 64-bit numbers: whatever a kernel's way of counting claims holds of the values really computed.
//!
//! A program starts with two constants or unknown numbers and takes steps: arithmetic, extension, comparison. Each step is done on the
//! values and on what is known of them; a comparison follows the branch that the values take. After each step both values must be inside
//! what is known. Neighbours: `tests` (every small number), `tnum::tests`.

use proptest::prelude::*;

use super::condition::Condition;
use super::tests::CONDITIONS;
use super::{Numbers, Scalar};
use crate::isa::{AluOp, Width};

const ALL: [Numbers; 4] = [Numbers::V5_10, Numbers::V6_1, Numbers::V6_12, Numbers::V7_2];

const OPS: [AluOp; 13] = [
    AluOp::Add,
    AluOp::Sub,
    AluOp::Mul,
    AluOp::And,
    AluOp::Or,
    AluOp::Xor,
    AluOp::Lsh,
    AluOp::Rsh,
    AluOp::Arsh,
    AluOp::Div,
    AluOp::Mod,
    AluOp::SDiv,
    AluOp::SMod,
];

/// Those that an instruction has.
fn conditions() -> Vec<Condition> {
    CONDITIONS.into_iter().filter(|condition| *condition != Condition::NotSet).collect()
}

/// The other operand of a step.
#[derive(Clone, Copy, Debug)]
enum Operand {
    Other,
    Known(u64),
}

/// What is done to one of the two numbers.
#[derive(Clone, Copy, Debug)]
enum Step {
    Alu(AluOp, Operand, Width),
    Compare(Condition, Operand, Width),
    Negate(Width),
    SignExtend(u32, Width),
    Truncate(u32),
    ByteSwap(u32),
    /// Something is read anew: nothing is known of it.
    Forget(u64),
}

/// A number and what is known of it.
#[derive(Clone, Copy, Debug)]
struct Held {
    value: u64,
    known: Scalar,
}

fn low(value: u64, width: Width) -> u64 {
    if width == Width::W32 { value & u64::from(u32::MAX) } else { value }
}

fn signed(value: u64, width: Width) -> i64 {
    if width == Width::W32 { i64::from(value as i32) } else { value as i64 }
}

/// `a op= b` as the machine does it (Documentation/bpf/standardization/instruction-set.rst): division by 0 gives 0, its remainder `a`.
fn computed(op: AluOp, a: u64, b: u64, width: Width) -> u64 {
    let (a, b, sa, sb) = (low(a, width), low(b, width), signed(a, width), signed(b, width));
    let by = b as u32 % if width == Width::W32 { 32 } else { 64 };
    let result = match op {
        AluOp::Mov => b,
        AluOp::Add => a.wrapping_add(b),
        AluOp::Sub => a.wrapping_sub(b),
        AluOp::Mul => a.wrapping_mul(b),
        AluOp::And => a & b,
        AluOp::Or => a | b,
        AluOp::Xor => a ^ b,
        AluOp::Lsh => a << by,
        AluOp::Rsh => a >> by,
        AluOp::Arsh => (sa >> by) as u64,
        AluOp::Div | AluOp::SDiv if b == 0 => 0,
        AluOp::Mod | AluOp::SMod if b == 0 => a,
        AluOp::Div => a / b,
        AluOp::Mod => a % b,
        AluOp::SDiv => sa.wrapping_div(sb) as u64,
        AluOp::SMod => sa.wrapping_rem(sb) as u64,
    };
    low(result, width)
}

fn sign_extended(value: u64, bytes: u32, width: Width) -> u64 {
    let up = 64 - bytes * 8;
    low((((value << up) as i64) >> up) as u64, width)
}

/// Does the step to the value and to what is known; the other number changes only in what is known.
fn take(step: Step, one: &mut Held, other: &mut Held, numbers: Numbers) -> Result<(), TestCaseError> {
    let operand = |what| match what {
        Operand::Other => *other,
        Operand::Known(value) => Held { value, known: Scalar::constant(value, numbers) },
    };
    match step {
        // A shift by a constant too large is refused before it is counted.
        Step::Alu(AluOp::Lsh | AluOp::Rsh | AluOp::Arsh, Operand::Known(by), width)
            if by >= super::bits(width) => {}
        Step::Alu(op, by, width) => {
            let by = operand(by);
            one.known.alu(op, &by.known, width, numbers);
            one.value = computed(op, one.value, by.value, width);
        }
        Step::Compare(condition, with, width) => {
            let right = operand(with);
            let bits = super::bits(width) as u32;
            let truth = condition.holds(low(one.value, width), low(right.value, width), bits);
            let decided = one.known.decide(condition, &right.known, width, numbers);
            prop_assert_ne!(decided, Some(!truth), "{:?} {:?}", condition, width);
            let both = one.known.branches(condition, &right.known, width, numbers);
            let kept = if truth { both.holds } else { both.fails };
            prop_assert!(kept.1.contains(right.value), "the right side of {:?} became {:?}", step, kept.1);
            one.known = kept.0;
            if let Operand::Other = with {
                other.known = kept.1;
            }
        }
        Step::Negate(width) => {
            one.known.negate(width, numbers);
            one.value = low(one.value.wrapping_neg(), width);
        }
        Step::SignExtend(bytes, width) => {
            one.known.sign_extend(bytes, width, numbers);
            one.value = sign_extended(one.value, bytes, width);
        }
        Step::Truncate(bytes) => {
            one.known.truncate(bytes, numbers);
            one.value &= u64::MAX >> (64 - bytes * 8);
        }
        Step::ByteSwap(bits) => {
            one.known.byte_swap(bits, numbers);
            one.value = (one.value << (64 - bits)).swap_bytes();
        }
        Step::Forget(value) => *one = Held { value, known: Scalar::unknown(numbers) },
    }
    Ok(())
}

/// Words at whose edges ranges break: around 0, the signs and the halves, single bits, and any.
fn word() -> impl Strategy<Value = u64> {
    let edge = prop::sample::select(vec![0, 1 << 7, 1 << 15, 1 << 31, 1 << 32, 1 << 63, u64::MAX << 32]);
    prop_oneof![
        3 => (edge, -3i64..=3).prop_map(|(edge, by)| edge.wrapping_add_signed(by)),
        2 => 0..70u64,
        1 => (0..64u32).prop_map(|bit| 1 << bit),
        1 => any::<u32>().prop_map(u64::from),
        1 => any::<i32>().prop_map(|value| i64::from(value) as u64),
        1 => any::<u64>(),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let width = prop::sample::select(vec![Width::W32, Width::W64]);
    let operand = prop_oneof![Just(Operand::Other), word().prop_map(Operand::Known)];
    let bytes = prop::sample::select(vec![1u32, 2, 4]);
    prop_oneof![
        6 => (prop::sample::select(&OPS[..]), operand.clone(), width.clone())
            .prop_map(|(op, by, width)| Step::Alu(op, by, width)),
        6 => (prop::sample::select(conditions()), operand, width.clone())
            .prop_map(|(condition, with, width)| Step::Compare(condition, with, width)),
        1 => width.clone().prop_map(Step::Negate),
        1 => (bytes.clone(), width).prop_map(|(bytes, width)| match (bytes, width) {
            (4, Width::W32) => Step::Truncate(4),
            _ => Step::SignExtend(bytes, width),
        }),
        1 => bytes.prop_map(Step::Truncate),
        1 => prop::sample::select(vec![16u32, 32, 64]).prop_map(Step::ByteSwap),
        2 => word().prop_map(Step::Forget),
    ]
}

fn holds(numbers: Numbers, (a, b): (u64, u64), steps: &[(bool, Step)]) -> Result<(), TestCaseError> {
    let mut held = [a, b].map(|value| Held { value, known: Scalar::unknown(numbers) });
    for (at, &(second, step)) in steps.iter().enumerate() {
        let before = held;
        let [first, last] = &mut held;
        if second {
            take(step, last, first, numbers)?;
        } else {
            take(step, first, last, numbers)?;
        }
        for Held { value, known } in &held {
            prop_assert!(
                known.contains(*value) && !known.is_empty(),
                "{numbers:?}, step {at} {step:?}: {value:#x} is not in {known:?}; before: {before:?}"
            );
        }
    }
    Ok(())
}

/// More cases than usual, each is quick; `PROPTEST_CASES` (256 unless set) makes them still more.
fn many() -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig { cases: usual.cases * 24, ..usual }
}

proptest! {
    #![proptest_config(many())]

    #[test]
    fn what_is_known_holds(
        start in (word(), word()),
        steps in prop::collection::vec((any::<bool>(), step()), 1..14),
    ) {
        for numbers in ALL {
            holds(numbers, start, &steps)?;
        }
    }
}

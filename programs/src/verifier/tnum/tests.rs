//! Tracked numbers: exhaustive at 5 bits, random at 64.
//!
//! An operation on 64-bit words whose low bits depend only on the operands' low bits is exhausted by operands below 32 and by looking at the
//! low 5 bits; the others (shifts right, division by two) take 5-bit operands as they are. Neighbours: `super`, `scalar::properties`.

use proptest::prelude::*;

use super::{Multiply, Tnum};

const LOW: u64 = 31;
const MULTIPLY: [Multiply; 3] = [Multiply::HalfProducts, Multiply::ValueAndMask, Multiply::Join];

/// Name, operation on sets, operation on members.
type Binary = (&'static str, fn(Tnum, Tnum) -> Tnum, fn(u64, u64) -> u64);
type Unary = (&'static str, fn(Tnum, u32) -> Tnum, fn(u64, u32) -> u64);

const BINARY: [Binary; 8] = [
    ("add", Tnum::add, u64::wrapping_add),
    ("sub", Tnum::sub, u64::wrapping_sub),
    ("and", Tnum::and, |a, b| a & b),
    ("or", Tnum::or, |a, b| a | b),
    ("xor", Tnum::xor, |a, b| a ^ b),
    ("mul 5.10", |a, b| a.mul(b, MULTIPLY[0]), u64::wrapping_mul),
    ("mul 6.1", |a, b| a.mul(b, MULTIPLY[1]), u64::wrapping_mul),
    ("mul 7.2", |a, b| a.mul(b, MULTIPLY[2]), u64::wrapping_mul),
];

/// The second operand is a number of bits below 64.
const UNARY: [Unary; 9] = [
    ("shl", Tnum::shl, |a, by| a << by),
    ("shr", Tnum::shr, |a, by| a >> by),
    ("sar", |a, by| a.sar(by, 64), |a, by| ((a as i64) >> by) as u64),
    (
        "sar of the low half",
        |a, by| a.subreg().sar(by % 32, 32).subreg(),
        |a, by| u64::from(((a as i32) >> (by % 32)) as u32),
    ),
    ("neg", |a, _| a.neg(), |a, _| a.wrapping_neg()),
    ("cast", |a, by| a.cast(by % 8 + 1), |a, by| a & (u64::MAX >> (56 - by % 8 * 8))),
    ("clear_subreg", |a, _| a.clear_subreg(), |a, _| a >> 32 << 32),
    ("byte_swap 16", |a, _| a.byte_swap(16), |a, _| (a as u16).swap_bytes().into()),
    ("byte_swap 64", |a, _| a.byte_swap(64), |a, _| a.swap_bytes()),
];

fn small() -> impl Iterator<Item = Tnum> {
    (0..=LOW).flat_map(|mask| {
        (0..=LOW).filter(move |value| value & mask == 0).map(move |value| Tnum { value, mask })
    })
}

fn members(set: Tnum) -> impl Iterator<Item = u64> {
    (0..=LOW).filter(move |&value| set.contains(value))
}

fn well_formed(what: &str, set: Tnum) {
    assert_eq!(set.value & set.mask, 0, "{what}: {set} says that a bit is known and unknown");
}

#[test]
fn pairs_of_small_sets_hold_every_result() {
    for a in small() {
        for b in small() {
            for (what, on_sets, on_members) in BINARY {
                let result = on_sets(a, b);
                well_formed(what, result);
                for (x, y) in members(a).flat_map(|x| members(b).map(move |y| (x, y))) {
                    let value = on_members(x, y);
                    assert!(
                        result.contains(value),
                        "{what} of {a} and {b}: {x} and {y} give {value:#x}, not in {result}"
                    );
                }
            }
        }
    }
}

#[test]
fn small_sets_hold_every_result() {
    for a in small() {
        for (what, on_sets, on_members) in UNARY {
            for by in 0..64 {
                let result = on_sets(a, by);
                well_formed(what, result);
                for x in members(a) {
                    assert!(result.contains(on_members(x, by)), "{what} {by} of {a}: {x} is lost, {result}");
                }
            }
        }
    }
}

/// Sets compared with sets, and the bounds of a set, are exact.
#[test]
fn small_sets_compare_as_their_members() {
    for a in small() {
        assert_eq!(members(a).min(), Some(a.min()));
        assert_eq!(members(a).max(), Some(a.max()));
        for b in small() {
            let common: Vec<u64> = members(a).filter(|&value| b.contains(value)).collect();
            assert_eq!(a.includes(b), members(b).all(|value| a.contains(value)), "{a} includes {b}");
            assert_eq!(a.overlaps(b), !common.is_empty(), "{a} overlaps {b}");
            if !common.is_empty() {
                assert_eq!(members(a.intersect(b)).collect::<Vec<_>>(), common, "{a} intersect {b}");
            }
            let join = a.join(b);
            assert!(members(a).chain(members(b)).all(|value| join.contains(value)), "{a} join {b} is {join}");
        }
        for floor in 0..=LOW + 1 {
            let expected = members(a).find(|&value| value > floor).unwrap_or(a.max());
            assert_eq!(a.next_above(floor), expected, "{a} above {floor}");
        }
    }
    for (min, max) in (0..=LOW).flat_map(|min| (min..=LOW).map(move |max| (min, max))) {
        let range = Tnum::range(min, max);
        assert!((min..=max).all(|value| range.contains(value)), "{min}..={max} is {range}");
        assert!(
            !small().any(|set| set != range && range.includes(set) && (min..=max).all(|v| set.contains(v)))
        );
    }
}

/// A set and one of its members.
fn member() -> impl Strategy<Value = (Tnum, u64)> {
    let mask = prop_oneof![
        any::<u64>(),
        (any::<u64>(), any::<u64>()).prop_map(|(a, b)| a & b),
        (0..64u32).prop_map(|by| u64::MAX >> by)
    ];
    (any::<u64>(), mask, any::<u64>()).prop_map(|(value, mask, other)| {
        let set = Tnum::new(value, mask);
        (set, set.value | other & mask)
    })
}

/// More cases than usual, each is quick; `PROPTEST_CASES` (256 unless set) makes them still more.
fn many() -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig { cases: usual.cases * 16, ..usual }
}

proptest! {
    #![proptest_config(many())]

    #[test]
    fn sets_of_words_hold_every_result((a, x) in member(), (b, y) in member(), by in 0..64u32) {
        for (what, on_sets, on_members) in BINARY {
            let (result, value) = (on_sets(a, b), on_members(x, y));
            well_formed(what, result);
            prop_assert!(result.contains(value), "{} of {} and {}: {:#x} is not in {}", what, a, b, value, result);
        }
        for (what, on_sets, on_members) in UNARY {
            let (result, value) = (on_sets(a, by), on_members(x, by));
            well_formed(what, result);
            prop_assert!(result.contains(value), "{} {} of {}: {:#x} is not in {}", what, by, a, value, result);
        }
        prop_assert!(a.join(b).contains(x) && a.join(b).contains(y));
        prop_assert!(a.with_subreg(b).contains(x >> 32 << 32 | y & u64::from(u32::MAX)));
        prop_assert!(Tnum::range(x.min(y), x.max(y)).contains(x));
        prop_assert!((a.min()..=a.max()).contains(&x));
    }
}

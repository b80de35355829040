//! Every operation on every small number: the result holds whatever the operation gives on members.
//!
//! The code under test has its widths as parameters; here a register has 4 bits and its low half 2, so all numbers, all operands and all
//! members are tried. `properties` tries random programs on 64-bit numbers.

use super::arcs::Arc;
use super::arcs_alu::ArcNumber;
use super::branch::{self, View};
use super::condition::Condition;
use super::pairs::Deduce;
use super::pairs_alu::PairNumber;
use super::*;

const W: u32 = 4;
const H: u32 = 2;
const WIDE: u64 = 15;
const LOW: u64 = 3;

type SmallPair = PairNumber<W, H>;
type SmallArc = ArcNumber<W, H>;

pub(super) const CONDITIONS: [Condition; 12] = [
    Condition::Eq,
    Condition::Ne,
    Condition::Set,
    Condition::NotSet,
    Condition::Lt,
    Condition::Le,
    Condition::Gt,
    Condition::Ge,
    Condition::SLt,
    Condition::SLe,
    Condition::SGt,
    Condition::SGe,
];

const DEDUCE: [Deduce; 3] = [Deduce::SignsLow, Deduce::Signs, Deduce::Mixed];

fn signed(value: u64, bits: u32) -> i64 {
    ((value << (64 - bits)) as i64) >> (64 - bits)
}

fn in_view(view: &View, value: u64, bits: u32) -> bool {
    view.var_off.contains(value)
        && (view.umin..=view.umax).contains(&value)
        && (view.smin..=view.smax).contains(&signed(value, bits))
}

/// A number as the tests see it.
trait Small: Copy + PartialEq + std::fmt::Debug {
    fn view(&self, width: Width) -> View;

    fn has(&self, value: u64) -> bool {
        in_view(&self.view(Width::W64), value, W) && in_view(&self.view(Width::W32), value & LOW, H)
    }

    fn members(&self) -> Vec<u64> {
        (0..=WIDE).filter(|&value| self.has(value)).collect()
    }
}

impl Small for SmallPair {
    fn view(&self, width: Width) -> View {
        SmallPair::view(self, width)
    }
}

impl Small for SmallArc {
    fn view(&self, width: Width) -> View {
        SmallArc::view(self, width)
    }

    fn has(&self, value: u64) -> bool {
        self.var_off.contains(value)
            && self.range.wide.contains(value)
            && self.range.low.contains(value & LOW)
            && self.low_var_off().contains(value & LOW)
    }
}

fn tnums() -> impl Iterator<Item = Tnum> {
    (0..=WIDE).flat_map(|mask| {
        (0..=WIDE).filter(move |value| value & mask == 0).map(move |value| Tnum { value, mask })
    })
}

/// All numbers with members that a tracked number, an unsigned and a signed range of the whole, and a range of the low half make.
fn pairs(how: Deduce) -> Vec<SmallPair> {
    let mut all = Vec::new();
    for var_off in tnums() {
        for (min, max) in (0..=WIDE).flat_map(|min| (min..=WIDE).map(move |max| (min, max))) {
            for by in 0..3 {
                let mut number = SmallPair { var_off, ..SmallPair::unknown() };
                match by {
                    0 => (number.range.umin, number.range.umax) = (min, max),
                    1 => (number.range.smin, number.range.smax) = (min as i64 - 8, max as i64 - 8),
                    _ if max <= LOW => {
                        (number.range.low_umin, number.range.low_umax) = (min as u32, max as u32);
                    }
                    _ => continue,
                }
                let before = number.members();
                number.sync(how);
                assert!(before.iter().all(|&value| number.has(value)), "{number:?} lost a value");
                if !before.is_empty() && !all.contains(&number) {
                    all.push(number);
                }
            }
        }
    }
    all
}

fn arcs() -> Vec<SmallArc> {
    let mut all = Vec::new();
    for var_off in tnums() {
        for (base, size) in (0..=WIDE).flat_map(|base| (0..=WIDE).map(move |size| (base, size))) {
            let mut number = SmallArc { var_off, ..SmallArc::unknown() };
            number.range.wide = Arc { base, size };
            if number.range.wide.is_empty() {
                continue;
            }
            let before = number.members();
            number.sync();
            assert!(before.iter().all(|&value| number.has(value)), "{number:?} lost a value");
            if !before.is_empty() && !all.contains(&number) {
                all.push(number);
            }
        }
    }
    all
}

/// A sample of operands: every constant and every seventh of the rest.
fn operands<N: Small>(all: &[N]) -> Vec<N> {
    all.iter().enumerate().filter(|(at, n)| at % 7 == 0 || n.members().len() == 1).map(|(_, n)| *n).collect()
}

/// `result` holds `f(a, b)` for all members.
fn holds<N: Small>(what: &str, a: &N, b: &N, result: &N, f: impl Fn(u64, u64) -> u64) {
    for x in a.members() {
        for y in b.members() {
            let value = f(x, y) & WIDE;
            assert!(
                result.has(value),
                "{what}: {x} and {y} give {value}, not in {result:?} of {a:?} and {b:?}"
            );
        }
    }
}

#[test]
fn pairs_arithmetic_holds_every_result() {
    for how in DEDUCE {
        let multiply = match how {
            Deduce::SignsLow => Multiply::HalfProducts,
            _ => Multiply::ValueAndMask,
        };
        let all = pairs(how);
        for b in &operands(&all) {
            for a in &all {
                let check = |what: &str, op: &dyn Fn(&mut SmallPair), f: &dyn Fn(u64, u64) -> u64| {
                    let mut result = *a;
                    op(&mut result);
                    result.sync(how);
                    holds(what, a, b, &result, f);
                };
                check("add", &|n| n.add(b), &|x, y| x.wrapping_add(y));
                check("sub", &|n| n.sub(b), &|x, y| x.wrapping_sub(y));
                check("mul", &|n| n.mul(b, multiply), &|x, y| x * y);
                check("and", &|n| n.and(b, how), &|x, y| x & y);
                check("or", &|n| n.or(b, how), &|x, y| x | y);
                check("xor", &|n| n.xor(b, how), &|x, y| x ^ y);
            }
        }
    }
}

#[test]
fn arcs_arithmetic_holds_every_result() {
    let all = arcs();
    for b in &operands(&all) {
        for a in &all {
            let check = |what: &str, op: &dyn Fn(&mut SmallArc), f: &dyn Fn(u64, u64) -> u64| {
                let mut result = *a;
                op(&mut result);
                result.sync();
                holds(what, a, b, &result, f);
            };
            check("add", &|n| n.add(b), &|x, y| x.wrapping_add(y));
            check("sub", &|n| n.sub(b), &|x, y| x.wrapping_sub(y));
            check("mul", &|n| n.mul(b), &|x, y| x * y);
            check("and", &|n| n.and(b), &|x, y| x & y);
            check("or", &|n| n.or(b), &|x, y| x | y);
            check("xor", &|n| n.xor(b), &|x, y| x ^ y);
        }
    }
}

/// Shifts, divisions, truncations: one operand is known.
macro_rules! known_operand {
    ($all:expr, $sync:expr) => {
        for a in &$all {
            for (width, bits, keep) in [(Width::W64, W, WIDE), (Width::W32, H, LOW)] {
                for by in 0..bits {
                    let check = |what: &str, shifted: &mut dyn FnMut(&mut _), f: &dyn Fn(u64) -> u64| {
                        let mut result = *a;
                        shifted(&mut result);
                        if width == Width::W32 {
                            result.zero_extend();
                        }
                        $sync(&mut result);
                        holds(what, a, a, &result, |x, _| f(x & keep) & keep);
                    };
                    check("shl", &mut |n| n.shl(by, width), &|x| x << by);
                    check("shr", &mut |n| n.shr(by, width), &|x| x >> by);
                    check("sar", &mut |n| n.sar(by, width), &|x| (signed(x, bits) >> by) as u64);
                }
            }
        }
    };
}

#[test]
fn shifts_hold_every_result() {
    for how in DEDUCE {
        known_operand!(pairs(how), |n: &mut SmallPair| n.sync(how));
    }
    known_operand!(arcs(), |n: &mut SmallArc| n.sync());
}

#[test]
fn division_holds_every_result() {
    for a in &arcs() {
        for (width, bits, keep) in [(Width::W64, W, WIDE), (Width::W32, H, LOW)] {
            for by in 1..=keep {
                let check = |what: &str, op: &dyn Fn(&mut SmallArc), f: &dyn Fn(u64) -> u64| {
                    let mut result = *a;
                    op(&mut result);
                    if width == Width::W32 {
                        result.zero_extend();
                    }
                    result.sync();
                    holds(&format!("{what} {by}"), a, a, &result, |x, _| f(x & keep) & keep);
                };
                let s = |x| signed(x, bits);
                check("div", &|n| n.divide(by, false, width), &|x| x / by);
                check("sdiv", &|n| n.divide(by, true, width), &|x| s(x).wrapping_div(s(by)) as u64);
                check("mod", &|n| n.remainder(by, false, width), &|x| x % by);
                check("smod", &|n| n.remainder(by, true, width), &|x| s(x).wrapping_rem(s(by)) as u64);
            }
        }
    }
}

#[test]
fn truncation_holds_every_result() {
    for bits in 1..=H {
        let keep = (1 << bits) - 1;
        for how in DEDUCE {
            for a in pairs(how) {
                let mut result = a;
                result.truncate(bits, how);
                holds("truncate", &a, &a, &result, |x, _| x & keep);
            }
        }
        for a in arcs() {
            let mut result = a;
            result.truncate(bits);
            holds("truncate", &a, &a, &result, |x, _| x & keep);
        }
    }
}

/// A decided condition holds or fails for all members, and members for which it holds survive refinement.
fn branch_is_right<N: Small>(
    (condition, width): (Condition, Width),
    (a, b): (&N, &N),
    decided: Option<bool>,
    holds: (N, N),
) {
    let (bits, keep) = if width == Width::W64 { (W, WIDE) } else { (H, LOW) };
    for x in a.members() {
        for y in b.members() {
            let truth = condition.holds(x & keep, y & keep, bits);
            assert_ne!(decided, Some(!truth), "{x} {condition:?} {y} of {a:?} and {b:?}");
            if truth {
                let kept = holds.0.has(x) && holds.1.has(y);
                assert!(kept, "{x} {condition:?} {y}: {a:?} and {b:?} became {holds:?}");
            }
        }
    }
}

#[test]
fn branches_keep_what_is_possible() {
    let cases: Vec<_> = CONDITIONS.into_iter().flat_map(|c| [(c, Width::W64), (c, Width::W32)]).collect();
    let all = pairs(Deduce::Mixed);
    for b in &operands(&all) {
        for a in operands(&all).iter().chain(all.iter().step_by(5)) {
            for &(condition, width) in &cases {
                let (low_a, low_b) = (a.view(Width::W32), b.view(Width::W32));
                let low = (width == Width::W64).then_some((&low_a, &low_b));
                let decided = branch::decide(condition, &a.view(width), &b.view(width), low);
                let (mut x, mut y) = (*a, *b);
                branch::refine_pairs(condition, &mut x, &mut y, width);
                x.sync(Deduce::Mixed);
                y.sync(Deduce::Mixed);
                branch_is_right((condition, width), (a, b), decided, (x, y));
            }
        }
    }
    let all = arcs();
    for b in &operands(&all) {
        for a in operands(&all).iter().chain(all.iter().step_by(5)) {
            for &(condition, width) in &cases {
                let (low_a, low_b) = (a.view(Width::W32), b.view(Width::W32));
                let low = (width == Width::W64).then_some((&low_a, &low_b));
                let decided = branch::decide(condition, &a.view(width), &b.view(width), low);
                let (mut x, mut y) = (*a, *b);
                branch::refine_arcs(condition, &mut x, &mut y, width);
                x.sync();
                y.sync();
                branch_is_right((condition, width), (a, b), decided, (x, y));
            }
        }
    }
}

#[test]
fn branches_on_constants_keep_what_is_possible() {
    for how in [Deduce::SignsLow, Deduce::Signs] {
        for a in &pairs(how) {
            for value in 0..=WIDE {
                for condition in CONDITIONS.into_iter().filter(|c| *c != Condition::NotSet) {
                    for (width, keep) in [(Width::W64, WIDE), (Width::W32, LOW)] {
                        let value = value & keep;
                        let b = SmallPair::constant(value);
                        let (yes, no) = branch::refine_by_constant(condition, a, value, width, how);
                        branch_is_right((condition, width), (a, &b), None, (yes, b));
                        branch_is_right((condition.opposite(), width), (a, &b), None, (no, b));
                    }
                }
            }
        }
    }
}

#[test]
fn arcs_are_exact() {
    type A = Arc<4>;
    let every =
        || (0..16).flat_map(|base| (0..16).map(move |size| A { base, size })).filter(|arc| !arc.is_empty());
    for a in every() {
        let members: Vec<u64> = (0..16).filter(|&value| a.contains(value)).collect();
        assert_eq!(members.len() as u64, a.size + 1);
        assert_eq!(a.umin(), if a.base + a.size > 15 { 0 } else { members[0] });
        assert!(members.iter().all(|&v| (a.smin()..=a.smax()).contains(&signed(v, 4))), "{a:?}");
        for b in every() {
            let both = a.intersect(b);
            let common = members.iter().filter(|&&value| b.contains(value));
            assert!(common.clone().all(|&value| both.contains(value)), "{a:?} {b:?}");
            assert_eq!(common.count() == 0, both.is_empty(), "{a:?} {b:?}");
            assert_eq!(a.includes(b), (0..16).all(|v| !b.contains(v) || a.contains(v)), "{a:?} {b:?}");
        }
    }
}

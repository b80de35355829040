//! What the verifier knows about a scalar: a tracked number and ranges, as exact as the kernel's of the profile.
//!
//! Key types: [`Scalar`], [`Numbers`] (which kernel's way of counting), [`Branches`]. Map: `pairs` and `pairs_alu` (5.10 to 6.12), `arcs`
//! and `arcs_alu` (7.2), `condition` and `branch` (jumps). Above it `verifier` decides when an operation applies; below it `tnum`.

mod arcs;
mod arcs_alu;
mod branch;
mod condition;
mod pairs;
mod pairs_alu;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

pub use condition::Condition;

use crate::isa::{AluOp, Width};
use crate::profile::KernelVersion;
use crate::verifier::tnum::{Multiply, Tnum};
use arcs_alu::ArcNumber;
use branch::View;
use pairs::Deduce;
use pairs_alu::PairNumber;

type Pair = PairNumber<64, 32>;
type Arc = ArcNumber<64, 32>;

/// The kernel whose exactness a number has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers {
    V5_10,
    V6_1,
    V6_12,
    V7_2,
}

impl Numbers {
    /// As the kernel of this version counts.
    pub fn of(version: KernelVersion) -> Numbers {
        match version {
            KernelVersion::V5_10 => Numbers::V5_10,
            KernelVersion::V6_1 => Numbers::V6_1,
            KernelVersion::V6_12 => Numbers::V6_12,
            KernelVersion::V7_2 => Numbers::V7_2,
        }
    }

    fn deduce(self) -> Deduce {
        match self {
            Numbers::V5_10 => Deduce::SignsLow,
            Numbers::V6_1 => Deduce::Signs,
            Numbers::V6_12 | Numbers::V7_2 => Deduce::Mixed,
        }
    }

    fn multiply(self) -> Multiply {
        match self {
            Numbers::V5_10 => Multiply::HalfProducts,
            Numbers::V6_1 | Numbers::V6_12 => Multiply::ValueAndMask,
            Numbers::V7_2 => Multiply::Join,
        }
    }

    /// 5.10 and 6.1 learn from a comparison only if one side is a constant, or, of whole registers, from equality.
    fn only_constants(self) -> bool {
        matches!(self, Numbers::V5_10 | Numbers::V6_1)
    }
}

/// What is known about a 64-bit scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scalar {
    Pairs(Pair),
    Arcs(Arc),
}

/// Both sides of a condition, once if it holds and once if it does not.
#[derive(Clone, Copy, Debug)]
pub struct Branches {
    pub holds: (Scalar, Scalar),
    pub fails: (Scalar, Scalar),
}

/// Runs the same expression on either kind of number.
macro_rules! each {
    ($scalar:expr, $number:ident => $body:expr) => {
        match $scalar {
            Scalar::Pairs($number) => $body,
            Scalar::Arcs($number) => $body,
        }
    };
}

impl Scalar {
    pub fn constant(value: u64, numbers: Numbers) -> Scalar {
        match numbers {
            Numbers::V7_2 => Scalar::Arcs(Arc::constant(value)),
            _ => Scalar::Pairs(Pair::constant(value)),
        }
    }

    pub fn unknown(numbers: Numbers) -> Scalar {
        match numbers {
            Numbers::V7_2 => Scalar::Arcs(Arc::unknown()),
            _ => Scalar::Pairs(Pair::unknown()),
        }
    }

    /// A number in `min..=max`, signed, of which nothing else is known; both fit into 32 bits.
    pub fn between(min: i64, max: i64, numbers: Numbers) -> Scalar {
        let mut number = Scalar::unknown(numbers);
        number.set_signed(min, max, Tnum::UNKNOWN, Width::W64);
        number.sync(numbers);
        number
    }

    pub fn var_off(&self) -> Tnum {
        each!(self, number => number.var_off)
    }

    fn view(&self, width: Width) -> View {
        each!(self, number => number.view(width))
    }

    pub fn umin(&self) -> u64 {
        each!(self, number => number.view(Width::W64).umin)
    }

    pub fn umax(&self) -> u64 {
        each!(self, number => number.view(Width::W64).umax)
    }

    pub fn smin(&self) -> i64 {
        each!(self, number => number.view(Width::W64).smin)
    }

    pub fn smax(&self) -> i64 {
        each!(self, number => number.view(Width::W64).smax)
    }

    /// Bounds of the low 32 bits: unsigned minimum and maximum, signed minimum and maximum.
    pub fn low(&self) -> (u32, u32, i32, i32) {
        let view = self.view(Width::W32);
        (view.umin as u32, view.umax as u32, view.smin as i32, view.smax as i32)
    }

    /// The value, if it is known.
    pub fn known(&self) -> Option<u64> {
        let number = self.var_off();
        number.is_const().then_some(number.value)
    }

    /// The low or the whole value, if it is known.
    pub fn known_of(&self, width: Width) -> Option<u64> {
        let number = if width == Width::W32 { self.var_off().subreg() } else { self.var_off() };
        number.is_const().then_some(number.value)
    }

    /// Whether `value` is possible: what running the program must never contradict.
    pub fn contains(&self, value: u64) -> bool {
        let inside = |view: View, value: u64, signed: i64| {
            view.var_off.contains(value)
                && (view.umin..=view.umax).contains(&value)
                && (view.smin..=view.smax).contains(&signed)
        };
        let low = value & u64::from(u32::MAX);
        if let Scalar::Arcs(number) = self
            && !(number.range.wide.contains(value) && number.range.low.contains(low))
        {
            return false;
        }
        inside(self.view(Width::W64), value, value as i64)
            && inside(self.view(Width::W32), low, i64::from(value as i32))
    }

    /// Whether everything possible in `other` is possible here (`range_within` and `tnum_in`).
    pub fn includes(&self, other: &Scalar) -> bool {
        let numbers = self.var_off().includes(other.var_off());
        numbers
            && match (self, other) {
                (Scalar::Arcs(a), Scalar::Arcs(b)) => {
                    a.range.wide.includes(b.range.wide) && a.range.low.includes(b.range.low)
                }
                (a, b) => [Width::W64, Width::W32].into_iter().all(|width| {
                    let (a, b) = (a.view(width), b.view(width));
                    a.umin <= b.umin && a.umax >= b.umax && a.smin <= b.smin && a.smax >= b.smax
                }),
            }
    }

    /// Where the range begins, for numbers that are kept as one range (7.2).
    pub fn start(&self) -> Option<u64> {
        match self {
            Scalar::Pairs(_) => None,
            Scalar::Arcs(number) => Some(number.range.wide.base),
        }
    }

    /// No value is possible: the path is dead.
    pub fn is_empty(&self) -> bool {
        match self {
            Scalar::Pairs(number) => number.range.is_contradiction(),
            Scalar::Arcs(number) => number.range.is_empty(),
        }
    }

    /// The ranges contradict each other or the bits that are known, as they do on paths that no run takes: kernels then forget what would
    /// be computed with the number ("taint").
    pub fn is_tainted(&self, width: Width) -> bool {
        let known = |var_off: Tnum, single: bool| var_off.is_const() && !single;
        match (self, width) {
            (Scalar::Pairs(number), Width::W64) => {
                let range = &number.range;
                let single = range.smin == range.smax && range.umin == range.umax;
                range.smin > range.smax || range.umin > range.umax || known(number.var_off, single)
            }
            (Scalar::Pairs(number), Width::W32) => {
                let range = &number.range;
                let single = range.low_smin == range.low_smax && range.low_umin == range.low_umax;
                range.low_smin > range.low_smax
                    || range.low_umin > range.low_umax
                    || known(number.var_off.subreg(), single)
            }
            (Scalar::Arcs(number), _) => number.range.is_empty(),
        }
    }

    /// `reg_bounds_sync`.
    pub fn sync(&mut self, numbers: Numbers) {
        match self {
            Scalar::Pairs(number) => number.sync(numbers.deduce()),
            Scalar::Arcs(number) => number.sync(),
        }
    }

    /// `self op= src`, as `adjust_scalar_min_max_vals` does it: unknown where the kernel does not follow.
    pub fn alu(&mut self, op: AluOp, src: &Scalar, width: Width, numbers: Numbers) {
        match self.way(op, src, width, numbers) {
            Way::Compute => self.compute(op, src, width, numbers),
            Way::UnknownResult => *self = Scalar::unknown(numbers),
            Way::Unknown => {
                *self = Scalar::unknown(numbers);
                return;
            }
        }
        if width == Width::W32 {
            self.zero_extend();
        }
        self.sync(numbers);
    }

    /// Which operations a kernel follows: shifts, and in 7.2 divisions, only by a known amount; 5.10 and 6.1 only addition, subtraction
    /// and `and` with an unknown operand. What they give up at once is unknown in all 64 bits even if the operation has 32.
    fn way(&self, op: AluOp, src: &Scalar, width: Width, numbers: Numbers) -> Way {
        let view = src.view(width);
        let known = view.var_off.is_const() && view.smin == view.smax && view.umin == view.umax;
        let early = numbers.only_constants();
        let broken =
            early && (view.smin > view.smax || view.umin > view.umax || (view.var_off.is_const() && !known));
        let (giving_up, shift_fits) =
            (if early && known { Way::UnknownResult } else { Way::Unknown }, src.umax() < bits(width));
        match op {
            _ if broken => Way::Unknown,
            AluOp::Mov | AluOp::Add | AluOp::Sub | AluOp::And => Way::Compute,
            AluOp::Mul | AluOp::Or | AluOp::Xor if known || !early => Way::Compute,
            AluOp::Lsh | AluOp::Rsh | AluOp::Arsh if known && shift_fits => Way::Compute,
            AluOp::Div | AluOp::SDiv | AluOp::Mod | AluOp::SMod if known && numbers == Numbers::V7_2 => {
                Way::Compute
            }
            _ => giving_up,
        }
    }

    /// Adds to or subtracts from the offset of a pointer, whose low half has no range of its own. Not in step yet.
    pub fn offset_by(&mut self, op: AluOp, by: &Scalar, numbers: Numbers) {
        match self {
            Scalar::Pairs(number) => number.range.forget_low(),
            Scalar::Arcs(number) => number.range.low = arcs::Arc::ALL,
        }
        self.compute(op, by, Width::W64, numbers);
    }

    /// Adds in both widths, as for linked registers: not in step afterwards.
    pub fn add_unsynced(&mut self, by: &Scalar, numbers: Numbers) {
        self.compute(AluOp::Add, by, Width::W64, numbers);
    }

    /// The low half becomes this value (`__mark_reg32_known`).
    pub fn set_low(&mut self, value: u32) {
        each!(self, number => number.set_low_const(value.into()));
    }

    /// `0 - self`, which only 7.2 computes.
    pub fn negate(&mut self, width: Width, numbers: Numbers) {
        let mut result = Scalar::constant(0, numbers);
        if numbers != Numbers::V7_2 {
            *self = Scalar::unknown(numbers);
            return;
        }
        result.compute(AluOp::Sub, self, Width::W64, numbers);
        *self = result;
        if width == Width::W32 {
            self.zero_extend();
        }
        self.sync(numbers);
    }

    /// Sign-extends the low `bytes` (1, 2 or 4) to `width` (`coerce_reg_to_size_sx`, `coerce_subreg_to_size_sx`).
    pub fn sign_extend(&mut self, bytes: u32, width: Width, numbers: Numbers) {
        let bits = bytes * 8;
        let extend = |value: i64| (value << (64 - bits)) >> (64 - bits);
        if let Some(value) = self.known() {
            let value = extend(value as i64) as u64;
            *self = match width {
                Width::W64 => Scalar::constant(value, numbers),
                Width::W32 => Scalar::constant(value & u64::from(u32::MAX), numbers),
            };
            return;
        }
        let view = self.view(width);
        let (low, high) = (extend(view.smin), extend(view.smax));
        let same_above = view.smin >> bits == view.smax >> bits;
        let one_sign = (low >= 0) == (high >= 0);
        let range = if same_above && one_sign { Some((low.min(high), low.max(high))) } else { None };
        let (min, max) = range.unwrap_or((extend(1 << (bits - 1)), extend((1 << (bits - 1)) - 1)));
        let number = range.map_or(Tnum::UNKNOWN, |(min, max)| Tnum::range(min as u64, max as u64));
        self.set_signed(min, max, number, width);
    }

    /// The value is in `min..=max`, signed, and in `number`; of a 32-bit value the upper half is 0.
    fn set_signed(&mut self, min: i64, max: i64, number: Tnum, width: Width) {
        match self {
            Scalar::Pairs(n) => {
                let mut fresh = Pair::unknown();
                (fresh.range.low_smin, fresh.range.low_smax) = (min as i32, max as i32);
                if min >= 0 || max < 0 {
                    (fresh.range.low_umin, fresh.range.low_umax) = (min as u32, max as u32);
                }
                fresh.var_off = if width == Width::W32 { number.subreg() } else { number };
                if width == Width::W64 {
                    (fresh.range.smin, fresh.range.smax) = (min, max);
                    if min >= 0 || max < 0 {
                        (fresh.range.umin, fresh.range.umax) = (min as u64, max as u64);
                    }
                }
                *n = fresh;
            }
            Scalar::Arcs(n) => {
                let mut fresh = Arc::unknown();
                fresh.range.low = arcs::Arc::signed(min, max);
                fresh.var_off = if width == Width::W32 { number.subreg() } else { number };
                if width == Width::W64 {
                    fresh.range.wide = arcs::Arc::signed(min, max);
                }
                *n = fresh;
            }
        }
        if width == Width::W32 {
            self.zero_extend();
        }
    }

    /// The upper half becomes 0, as after any 32-bit operation. Not in step yet.
    pub fn zero_extend(&mut self) {
        each!(self, number => number.zero_extend());
    }

    fn compute(&mut self, op: AluOp, src: &Scalar, width: Width, numbers: Numbers) {
        if op == AluOp::Mov {
            *self = *src;
            return;
        }
        let by = src.view(width).umin;
        let shift = by as u32;
        match (self, src) {
            (Scalar::Pairs(dst), Scalar::Pairs(src)) => match op {
                AluOp::Add => dst.add(src),
                AluOp::Sub => dst.sub(src),
                AluOp::Mul => dst.mul(src, numbers.multiply()),
                AluOp::And => dst.and(src, numbers.deduce()),
                AluOp::Or => dst.or(src, numbers.deduce()),
                AluOp::Xor => dst.xor(src, numbers.deduce()),
                AluOp::Lsh => dst.shl(shift, width),
                AluOp::Rsh => dst.shr(shift, width),
                AluOp::Arsh => dst.sar(shift, width),
                _ => unreachable!("only 7.2 follows {op:?}"),
            },
            (Scalar::Arcs(dst), Scalar::Arcs(src)) => match op {
                AluOp::Add => dst.add(src),
                AluOp::Sub => dst.sub(src),
                AluOp::Mul => dst.mul(src),
                AluOp::And => dst.and(src),
                AluOp::Or => dst.or(src),
                AluOp::Xor => dst.xor(src),
                AluOp::Lsh => dst.shl(shift, width),
                AluOp::Rsh => dst.shr(shift, width),
                AluOp::Arsh => dst.sar(shift, width),
                AluOp::Div | AluOp::SDiv if by == 0 => *dst = Arc::constant(0),
                AluOp::Mod | AluOp::SMod if by == 0 => {}
                AluOp::Div | AluOp::SDiv => dst.divide(by, op == AluOp::SDiv, width),
                AluOp::Mod | AluOp::SMod => dst.remainder(by, op == AluOp::SMod, width),
                AluOp::Mov => unreachable!("moves are copies"),
            },
            _ => unreachable!("one program is verified for one kernel"),
        }
    }

    /// Keeps the low `bytes` (1, 2 or 4) and zeroes the rest (`coerce_reg_to_size`).
    pub fn truncate(&mut self, bytes: u32, numbers: Numbers) {
        match self {
            Scalar::Pairs(number) => number.truncate(bytes * 8, numbers.deduce()),
            Scalar::Arcs(number) => number.truncate(bytes * 8),
        }
    }

    /// Reverses the bytes of the low `bits` (7.2; older kernels know nothing afterwards).
    pub fn byte_swap(&mut self, bits: u32, numbers: Numbers) {
        match self {
            Scalar::Pairs(_) => *self = Scalar::unknown(numbers),
            Scalar::Arcs(number) => {
                number.byte_swap(bits);
                if bits < 64 {
                    number.truncate(bits);
                } else {
                    number.sync();
                }
            }
        }
    }

    /// Narrows to `min..=max`, signed, of both widths (`__mark_reg_s32_range`; helper return values).
    pub fn set_signed_range(&mut self, min: i32, max: i32, numbers: Numbers) {
        let (wide, low) = (self.view(Width::W64), self.view(Width::W32));
        let (min, max) = (i64::from(min), i64::from(max));
        match self {
            Scalar::Pairs(number) => {
                let r = &mut number.range;
                (r.smin, r.smax) = (wide.smin.max(min), wide.smax.min(max));
                (r.low_smin, r.low_smax) = (low.smin.max(min) as i32, low.smax.min(max) as i32);
            }
            Scalar::Arcs(number) => {
                number.range.low = arcs::Arc::signed(low.smin.max(min), low.smax.min(max));
                number.range.wide = arcs::Arc::signed(wide.smin.max(min), wide.smax.min(max));
            }
        }
        self.sync(numbers);
    }

    /// Whether `self <condition> other` always or never holds.
    pub fn decide(
        &self,
        condition: Condition,
        other: &Scalar,
        width: Width,
        numbers: Numbers,
    ) -> Option<bool> {
        let (a, b) = (self.view(width), other.view(width));
        if numbers.only_constants() {
            return decide_by_constant(condition, &a, &b);
        }
        let lows = (self.view(Width::W32), other.view(Width::W32));
        let low = (width == Width::W64).then_some((&lows.0, &lows.1));
        let decided = branch::decide(condition, &a, &b, low);
        if decided.is_some() || numbers != Numbers::V7_2 {
            return decided;
        }
        // 7.2 tries both ways: one whose ranges come out empty is not taken.
        let tried = self.branches(condition, other, width, numbers);
        if tried.fails.0.is_empty() || tried.fails.1.is_empty() {
            return Some(true);
        }
        (tried.holds.0.is_empty() || tried.holds.1.is_empty()).then_some(false)
    }

    /// What both sides are after either outcome.
    pub fn branches(&self, condition: Condition, other: &Scalar, width: Width, numbers: Numbers) -> Branches {
        if let (Scalar::Pairs(a), Scalar::Pairs(b), true) = (self, other, numbers.only_constants()) {
            return branches_by_constant(condition, a, b, width, numbers.deduce());
        }
        let outcome = |condition| {
            let (mut a, mut b) = (*self, *other);
            match (&mut a, &mut b) {
                (Scalar::Pairs(a), Scalar::Pairs(b)) => branch::refine_pairs(condition, a, b, width),
                (Scalar::Arcs(a), Scalar::Arcs(b)) => branch::refine_arcs(condition, a, b, width),
                _ => unreachable!("one program is verified for one kernel"),
            }
            a.sync(numbers);
            b.sync(numbers);
            (a, b)
        };
        Branches { holds: outcome(condition), fails: outcome(condition.opposite()) }
    }
}

/// What becomes of an arithmetic operation.
enum Way {
    Compute,
    /// Unknown, and then treated like any result: 32-bit ones are zero-extended.
    UnknownResult,
    /// Unknown in all bits.
    Unknown,
}

const fn bits(width: Width) -> u64 {
    match width {
        Width::W32 => 32,
        Width::W64 => 64,
    }
}

/// 5.10, 6.1: only a comparison with a constant source is decided, and equality only of two constants.
fn decide_by_constant(condition: Condition, a: &View, b: &View) -> Option<bool> {
    let equality = matches!(condition, Condition::Eq | Condition::Ne);
    if !b.var_off.is_const() || (equality && !a.var_off.is_const()) {
        return None;
    }
    branch::decide(condition, a, b, None)
}

fn branches_by_constant(condition: Condition, a: &Pair, b: &Pair, width: Width, how: Deduce) -> Branches {
    let known = |number: &Pair| {
        let view = number.view(width);
        (view.var_off.is_const() || number.var_off.is_const()).then_some(view.var_off.value)
    };
    let wrap = Scalar::Pairs;
    if let Some(value) = known(b) {
        let (holds, fails) = branch::refine_by_constant(condition, a, value, width, how);
        return Branches { holds: (wrap(holds), wrap(*b)), fails: (wrap(fails), wrap(*b)) };
    }
    if let Some(value) = known(a) {
        let (holds, fails) = branch::refine_by_constant(condition.flipped(), b, value, width, how);
        return Branches { holds: (wrap(*a), wrap(holds)), fails: (wrap(*a), wrap(fails)) };
    }
    let same = (wrap(*a), wrap(*b));
    let mut equal = (*a, *b);
    branch::refine_pairs(Condition::Eq, &mut equal.0, &mut equal.1, Width::W64);
    equal.0.sync(how);
    equal.1.sync(how);
    let equal = (wrap(equal.0), wrap(equal.1));
    match (condition, width) {
        (Condition::Eq, Width::W64) => Branches { holds: equal, fails: same },
        (Condition::Ne, Width::W64) => Branches { holds: same, fails: equal },
        _ => Branches { holds: same, fails: same },
    }
}

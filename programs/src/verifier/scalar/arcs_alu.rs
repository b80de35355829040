//! Arithmetic on the ranges of 7.2.
//!
//! Key type: [`ArcNumber`]: a tracked number with [`Arcs`]. Neighbours: `pairs_alu` is what older kernels do; `branch` refines at
//! conditions. Modelled after 7.2's kernel/bpf/verifier.c:adjust_scalar_min_max_vals and the scalar_min_max_* functions.

use super::arcs::{Arc, Arcs, sign_extend};
use super::pairs_alu::sar_tnum;
use crate::isa::Width;
use crate::verifier::tnum::{Multiply, Tnum};

/// What 7.2 knows about a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArcNumber<const W: u32, const H: u32> {
    pub var_off: Tnum,
    pub range: Arcs<W, H>,
}

impl<const W: u32, const H: u32> ArcNumber<W, H> {
    const WIDE: u64 = Arc::<W>::MAX;
    const LOW: u64 = Arc::<H>::MAX;

    pub fn constant(value: u64) -> Self {
        ArcNumber { var_off: Tnum::constant(value & Self::WIDE), range: Arcs::constant(value) }
    }

    pub fn unknown() -> Self {
        ArcNumber { var_off: Tnum { value: 0, mask: Self::WIDE }, range: Arcs::ALL }
    }

    fn trim(&mut self) {
        self.var_off = self.var_off.within(Self::WIDE);
    }

    pub fn low_var_off(&self) -> Tnum {
        self.var_off.within(Self::LOW)
    }

    fn with_low(&self, low: Tnum) -> Tnum {
        self.var_off.within(!Self::LOW).or(low.within(Self::LOW))
    }

    pub fn set_low_const(&mut self, value: u64) {
        self.var_off = self.with_low(Tnum::constant(value & Self::LOW));
        self.range.low = Arc::constant(value);
    }

    /// `reg_bounds_sync`. A number without values stays as it is.
    pub fn sync(&mut self) {
        self.trim();
        if self.range.is_empty() {
            return;
        }
        self.learn();
        self.range.deduce();
        self.range.deduce();
        let wide = self.var_off.intersect(Tnum::range(self.range.wide.umin(), self.range.wide.umax()));
        let low = Tnum { value: wide.value & Self::LOW, mask: wide.mask & Self::LOW }
            .intersect(Tnum::range(self.range.low.umin(), self.range.low.umax()));
        self.var_off = wide;
        self.var_off = self.with_low(low);
        self.learn();
    }

    fn learn_low(&mut self) {
        self.range.low = self.range.low.intersect(Arc::of_tnum(self.var_off.value, self.var_off.mask));
    }

    /// What the tracked number says about the ranges (`__update_reg_bounds`); a single value in both becomes the constant.
    fn learn(&mut self) {
        self.learn_low();
        let number = self.var_off;
        self.range.wide = self.range.wide.intersect(Arc::of_tnum(number.value, number.mask));
        let (umin, umax) = (self.range.wide.umin(), self.range.wide.umax());
        let next = number.next_above(umin);
        if number.contains(umin) {
            if next > umax {
                *self = Self::constant(umin);
            }
        } else if next == number.max() || (next <= umax && number.next_above(next) > umax) {
            *self = Self::constant(next);
        }
    }

    pub fn add(&mut self, src: &Self) {
        self.range.low = self.range.low.add(src.range.low);
        self.range.wide = self.range.wide.add(src.range.wide);
        self.var_off = self.var_off.add(src.var_off);
        self.trim();
    }

    pub fn sub(&mut self, src: &Self) {
        self.range.low = self.range.low.add(src.range.low.neg());
        self.range.wide = self.range.wide.add(src.range.wide.neg());
        self.var_off = self.var_off.sub(src.var_off);
        self.trim();
    }

    pub fn mul(&mut self, src: &Self) {
        self.var_off = self.var_off.mul(src.var_off, Multiply::Join);
        self.trim();
        self.range.low = mul_arc(self.range.low, src.range.low);
        self.range.wide = mul_arc(self.range.wide, src.range.wide);
    }

    pub fn and(&mut self, src: &Self) {
        self.var_off = self.var_off.and(src.var_off);
        self.bitwise(
            src,
            |number, dst, by| (number.min(), dst.0.umax().min(by.0.umax())),
            |number, dst, by| (number.min(), dst.0.umax().min(by.0.umax())),
        );
    }

    pub fn or(&mut self, src: &Self) {
        self.var_off = self.var_off.or(src.var_off);
        self.bitwise(
            src,
            |number, dst, by| (dst.0.umin().max(by.0.umin()), number.max()),
            |number, dst, by| (dst.0.umin().max(by.0.umin()), number.max()),
        );
    }

    /// The kernel does not look at the tracked number again here, as it does after `and` and `or`; the synchronising that follows
    /// comes to the same.
    pub fn xor(&mut self, src: &Self) {
        self.var_off = self.var_off.xor(src.var_off);
        self.bitwise(
            src,
            |number, _, _| (number.min(), number.max()),
            |number, _, _| (number.min(), number.max()),
        );
    }

    fn bitwise(
        &mut self,
        src: &Self,
        low: impl Fn(Tnum, Part<H>, Part<H>) -> (u64, u64),
        wide: impl Fn(Tnum, Part<W>, Part<W>) -> (u64, u64),
    ) {
        let low_number = self.low_var_off();
        if src.low_var_off().is_const() && low_number.is_const() {
            self.set_low_const(low_number.value);
        } else {
            let (min, max) = low(low_number, Part(self.range.low), Part(src.range.low));
            self.range.low = Arc::unsigned(min, max);
        }
        if src.var_off.is_const() && self.var_off.is_const() {
            *self = Self::constant(self.var_off.value);
        } else {
            let (min, max) = wide(self.var_off, Part(self.range.wide), Part(src.range.wide));
            self.range.wide = Arc::unsigned(min, max);
            self.learn();
        }
    }

    fn low_shl(&mut self, by: u32) {
        let arc = self.range.low;
        self.range.low = if by >= H || arc.umax() > 1 << (H - 1 - by) {
            Arc::ALL
        } else {
            Arc::unsigned(arc.umin() << by, arc.umax() << by)
        };
    }

    /// Shifts by a known distance below the width.
    pub fn shl(&mut self, by: u32, width: Width) {
        if width == Width::W32 {
            self.low_shl(by);
            let low = self.low_var_off().shl(by);
            self.var_off = Tnum { value: low.value & Self::LOW, mask: low.mask & Self::LOW };
            self.range.wide = Arc::ALL;
            self.learn_low();
            return;
        }
        let (low, wide) = (self.range.low, self.range.wide);
        // A sign extension is written as two shifts by 32: the sign of the low half becomes that of the whole.
        let signed = if by == H { Arc::signed(low.smin() << H, low.smax() << H) } else { Arc::ALL };
        let unsigned = if wide.umax() > 1 << (W - 1 - by) {
            Arc::ALL
        } else {
            Arc::unsigned(wide.umin() << by, wide.umax() << by)
        };
        self.range.wide = unsigned.intersect(signed);
        self.low_shl(by);
        self.var_off = self.var_off.shl(by);
        self.trim();
        self.learn();
    }

    pub fn shr(&mut self, by: u32, width: Width) {
        if width == Width::W32 {
            self.var_off = self.low_var_off().shr(by);
            self.range.low = Arc::unsigned(self.range.low.umin() >> by, self.range.low.umax() >> by);
            self.range.wide = Arc::ALL;
            self.learn_low();
            return;
        }
        self.var_off = self.var_off.shr(by);
        self.range.wide = Arc::unsigned(self.range.wide.umin() >> by, self.range.wide.umax() >> by);
        self.range.low = Arc::ALL;
        self.learn();
    }

    pub fn sar(&mut self, by: u32, width: Width) {
        if width == Width::W32 {
            self.range.low = Arc::signed(self.range.low.smin() >> by, self.range.low.smax() >> by);
            self.var_off = sar_tnum::<H>(self.low_var_off(), by);
            self.range.wide = Arc::ALL;
            self.learn_low();
            return;
        }
        self.range.wide = Arc::signed(self.range.wide.smin() >> by, self.range.wide.smax() >> by);
        self.var_off = sar_tnum::<W>(self.var_off, by);
        self.range.low = Arc::ALL;
        self.learn();
    }

    /// Division by a known divisor other than 0.
    pub fn divide(&mut self, by: u64, signed: bool, width: Width) {
        match width {
            Width::W32 => self.keep_low(div_arc(self.range.low, by, signed)),
            Width::W64 => self.keep_wide(div_arc(self.range.wide, by, signed)),
        }
    }

    /// Remainder by a known divisor other than 0; a dividend that is its own remainder stays as it is.
    pub fn remainder(&mut self, by: u64, signed: bool, width: Width) {
        match width {
            Width::W32 => {
                if let Some(arc) = rem_arc(self.range.low, by, signed) {
                    self.keep_low(arc);
                }
            }
            Width::W64 => {
                if let Some(arc) = rem_arc(self.range.wide, by, signed) {
                    self.keep_wide(arc);
                }
            }
        }
    }

    fn keep_low(&mut self, arc: Arc<H>) {
        *self = Self::unknown();
        self.range.low = arc;
    }

    fn keep_wide(&mut self, arc: Arc<W>) {
        *self = Self::unknown();
        self.range.wide = arc;
    }

    /// Reverses the bytes of the low `bits`; the ranges follow from the tracked number.
    pub fn byte_swap(&mut self, bits: u32) {
        self.var_off = self.var_off.byte_swap(bits);
        self.range = Arcs::ALL;
    }

    /// A 32-bit operation leaves zeroes above (`zext_32_to_64`).
    pub fn zero_extend(&mut self) {
        self.var_off = self.low_var_off();
        self.range.wide = Arc::unsigned(self.range.low.umin(), self.range.low.umax());
    }

    /// Keeps the low `bits` (`coerce_reg_to_size`).
    pub fn truncate(&mut self, bits: u32) {
        let keep = u64::MAX >> (64 - bits);
        self.var_off = Tnum { value: self.var_off.value & keep, mask: self.var_off.mask & keep };
        let (umin, umax) = (self.range.wide.umin(), self.range.wide.umax());
        self.range.wide = if umin & !keep == umax & !keep {
            Arc::unsigned(umin & keep, umax & keep)
        } else {
            Arc::unsigned(0, keep)
        };
        if bits < H {
            self.range.low = Arc::ALL;
        }
        self.sync();
    }
}

/// One operand's arc, so that closures over both widths read alike.
struct Part<const BITS: u32>(Arc<BITS>);

fn mul_arc<const BITS: u32>(a: Arc<BITS>, b: Arc<BITS>) -> Arc<BITS> {
    let max = a.umax().checked_mul(b.umax()).filter(|&product| product <= Arc::<BITS>::MAX);
    let unsigned = max.map_or(Arc::ALL, |max| Arc::unsigned(a.umin() * b.umin(), max));
    let corners = [(a.smin(), b.smin()), (a.smin(), b.smax()), (a.smax(), b.smin()), (a.smax(), b.smax())];
    let fits = |product: &i64| sign_extend::<BITS>(*product as u64) == *product;
    let products = corners.map(|(x, y)| x.checked_mul(y).filter(fits));
    let signed = match products {
        [Some(p), Some(q), Some(r), Some(s)] => Arc::signed(p.min(q).min(r).min(s), p.max(q).max(r).max(s)),
        _ => Arc::ALL,
    };
    unsigned.intersect(signed)
}

fn div_arc<const BITS: u32>(arc: Arc<BITS>, by: u64, signed: bool) -> Arc<BITS> {
    if !signed {
        return Arc::unsigned(arc.umin() / by, arc.umax() / by);
    }
    let (min, max, by) = (arc.smin(), arc.smax(), sign_extend::<BITS>(by));
    let smallest = sign_extend::<BITS>(Arc::<BITS>::SIGN);
    // The smallest value divided by -1 is itself; with others beside it the result reaches over both ends.
    if min == smallest && by == -1 {
        return if max == smallest { Arc::signed(min, max) } else { Arc::ALL };
    }
    let (one, other) = (min / by, max / by);
    Arc::signed(one.min(other), one.max(other))
}

/// `None`: the dividend is smaller than the divisor.
fn rem_arc<const BITS: u32>(arc: Arc<BITS>, by: u64, signed: bool) -> Option<Arc<BITS>> {
    if !signed {
        return (arc.umax() >= by).then(|| Arc::unsigned(0, arc.umax().min(by - 1)));
    }
    let magnitude = sign_extend::<BITS>(by).unsigned_abs();
    let limit = (magnitude - 1) as i64;
    let (min, max) = (arc.smin(), arc.smax());
    if min >= -limit && max <= limit {
        return None;
    }
    Some(if min >= 0 {
        Arc::signed(0, max.min(limit))
    } else if max <= 0 {
        Arc::signed(min.max(-limit), 0)
    } else {
        Arc::signed(-limit, limit)
    })
}

//! Arithmetic on ranges before 7.2.
//!
//! Key type: [`PairNumber`]: a tracked number with [`Pairs`]. Neighbours: `arcs_alu` is 7.2's; `branch` refines at conditions. Modelled
//! after kernel/bpf/verifier.c:adjust_scalar_min_max_vals and the scalar_min_max_* functions. Every operation leaves the ranges as the
//! kernel's function does; the caller brings them in step with [`PairNumber::sync`].

use super::arcs::sign_extend;
use super::pairs::{Deduce, Pairs};
use crate::isa::Width;
use crate::verifier::tnum::{Multiply, Tnum};

/// What is known about a scalar before 7.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PairNumber<const W: u32, const H: u32> {
    pub var_off: Tnum,
    pub range: Pairs<W, H>,
}

impl<const W: u32, const H: u32> PairNumber<W, H> {
    const WIDE: u64 = Pairs::<W, H>::UMAX;
    const LOW: u64 = Pairs::<W, H>::LOW_UMAX as u64;

    pub fn constant(value: u64) -> Self {
        let value = value & Self::WIDE;
        PairNumber { var_off: Tnum::constant(value), range: Pairs::constant(value) }
    }

    pub fn unknown() -> Self {
        PairNumber { var_off: Tnum { value: 0, mask: Self::WIDE }, range: Pairs::ALL }
    }

    /// `reg_bounds_sync`.
    pub fn sync(&mut self, how: Deduce) {
        self.trim();
        self.range.sync(&mut self.var_off, how);
    }

    /// Bits above the width are none of ours; at 64 this does nothing.
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
        self.range.set_low_const(value);
    }

    pub fn add(&mut self, src: &Self) {
        let (dst, by) = (&mut self.range, &src.range);
        let signed = dst.low_smin.checked_add(by.low_smin).zip(dst.low_smax.checked_add(by.low_smax));
        (dst.low_smin, dst.low_smax) = signed
            .filter(|&(min, max)| Self::low_signed_fits(min) && Self::low_signed_fits(max))
            .unwrap_or((Pairs::<W, H>::LOW_SMIN, Pairs::<W, H>::LOW_SMAX));
        let unsigned = dst.low_umin.checked_add(by.low_umin).zip(dst.low_umax.checked_add(by.low_umax));
        (dst.low_umin, dst.low_umax) = unsigned
            .filter(|&(_, max)| max <= Pairs::<W, H>::LOW_UMAX)
            .unwrap_or((0, Pairs::<W, H>::LOW_UMAX));
        self.add_wide(src);
        self.var_off = self.var_off.add(src.var_off);
        self.trim();
    }

    fn add_wide(&mut self, src: &Self) {
        let (dst, by) = (&mut self.range, &src.range);
        let signed = dst.smin.checked_add(by.smin).zip(dst.smax.checked_add(by.smax));
        (dst.smin, dst.smax) = signed
            .filter(|&(min, max)| Self::signed_fits(min) && Self::signed_fits(max))
            .unwrap_or((Pairs::<W, H>::SMIN, Pairs::<W, H>::SMAX));
        let unsigned = dst.umin.checked_add(by.umin).zip(dst.umax.checked_add(by.umax));
        (dst.umin, dst.umax) = unsigned.filter(|&(_, max)| max <= Self::WIDE).unwrap_or((0, Self::WIDE));
    }

    fn signed_fits(value: i64) -> bool {
        (Pairs::<W, H>::SMIN..=Pairs::<W, H>::SMAX).contains(&value)
    }

    fn low_signed_fits(value: i32) -> bool {
        (Pairs::<W, H>::LOW_SMIN..=Pairs::<W, H>::LOW_SMAX).contains(&value)
    }

    pub fn sub(&mut self, src: &Self) {
        let (dst, by) = (&mut self.range, &src.range);
        let signed = dst.low_smin.checked_sub(by.low_smax).zip(dst.low_smax.checked_sub(by.low_smin));
        (dst.low_smin, dst.low_smax) = signed
            .filter(|&(min, max)| Self::low_signed_fits(min) && Self::low_signed_fits(max))
            .unwrap_or((Pairs::<W, H>::LOW_SMIN, Pairs::<W, H>::LOW_SMAX));
        (dst.low_umin, dst.low_umax) = if dst.low_umin < by.low_umax {
            (0, Pairs::<W, H>::LOW_UMAX)
        } else {
            (dst.low_umin - by.low_umax, dst.low_umax - by.low_umin)
        };
        let signed = dst.smin.checked_sub(by.smax).zip(dst.smax.checked_sub(by.smin));
        (dst.smin, dst.smax) = signed
            .filter(|&(min, max)| Self::signed_fits(min) && Self::signed_fits(max))
            .unwrap_or((Pairs::<W, H>::SMIN, Pairs::<W, H>::SMAX));
        (dst.umin, dst.umax) =
            if dst.umin < by.umax { (0, Self::WIDE) } else { (dst.umin - by.umax, dst.umax - by.umin) };
        self.var_off = self.var_off.sub(src.var_off);
        self.trim();
    }

    /// Products of what fits half the width; anything else is given up.
    pub fn mul(&mut self, src: &Self, how: Multiply) {
        self.var_off = self.var_off.mul(src.var_off, how);
        self.trim();
        let (dst, by) = (&mut self.range, &src.range);
        let quarter = Pairs::<W, H>::LOW_UMAX >> (H / 2);
        if by.low_smin < 0 || dst.low_smin < 0 || by.low_umax > quarter || dst.low_umax > quarter {
            dst.forget_low();
        } else {
            (dst.low_umin, dst.low_umax) = (dst.low_umin * by.low_umin, dst.low_umax * by.low_umax);
            dst.low_signs_of_unsigned(dst.low_umax <= Pairs::<W, H>::LOW_SMAX as u32);
        }
        if by.smin < 0 || dst.smin < 0 || by.umax > Self::LOW || dst.umax > Self::LOW {
            dst.forget_wide();
        } else {
            (dst.umin, dst.umax) = (dst.umin * by.umin, dst.umax * by.umax);
            dst.signs_of_unsigned(dst.umax <= Pairs::<W, H>::SMAX as u64);
        }
    }

    pub fn and(&mut self, src: &Self, how: Deduce) {
        let known = self.src_known(src);
        self.var_off = self.var_off.and(src.var_off);
        let low = self.low_var_off();
        self.low_bitwise(src, how, known.0, |dst, by| (low.min() as u32, dst.low_umax.min(by.low_umax)));
        let var_off = self.var_off;
        self.wide_bitwise(src, how, known.1, |dst, by| (var_off.min(), dst.umax.min(by.umax)));
    }

    pub fn or(&mut self, src: &Self, how: Deduce) {
        let known = self.src_known(src);
        self.var_off = self.var_off.or(src.var_off);
        let low = self.low_var_off();
        self.low_bitwise(src, how, known.0, |dst, by| (dst.low_umin.max(by.low_umin), low.max() as u32));
        let var_off = self.var_off;
        self.wide_bitwise(src, how, known.1, |dst, by| (dst.umin.max(by.umin), var_off.max()));
    }

    pub fn xor(&mut self, src: &Self, how: Deduce) {
        let known = self.src_known(src);
        self.var_off = self.var_off.xor(src.var_off);
        let low = self.low_var_off();
        self.low_bitwise(src, how, known.0, |_, _| (low.min() as u32, low.max() as u32));
        let var_off = self.var_off;
        self.wide_bitwise(src, how, known.1, |_, _| (var_off.min(), var_off.max()));
    }

    /// Whether the source is constant, low half and whole. The kernel asks the destination after it has changed its tracked number.
    fn src_known(&self, src: &Self) -> (bool, bool) {
        (src.low_var_off().is_const(), src.var_off.is_const())
    }

    fn low_bitwise(
        &mut self,
        src: &Self,
        how: Deduce,
        src_known: bool,
        unsigned: impl Fn(&Pairs<W, H>, &Pairs<W, H>) -> (u32, u32),
    ) {
        let low = self.low_var_off();
        if src_known && low.is_const() {
            self.set_low_const(low.value);
            return;
        }
        let negative = self.range.low_smin < 0 || src.range.low_smin < 0;
        (self.range.low_umin, self.range.low_umax) = unsigned(&self.range, &src.range);
        let (min, max) = (self.range.low_umin, self.range.low_umax);
        let one_sign = sign_extend::<H>(min.into()) <= sign_extend::<H>(max.into());
        self.range.low_signs_of_unsigned(if how == Deduce::Mixed { one_sign } else { !negative });
    }

    fn wide_bitwise(
        &mut self,
        src: &Self,
        how: Deduce,
        src_known: bool,
        unsigned: impl Fn(&Pairs<W, H>, &Pairs<W, H>) -> (u64, u64),
    ) {
        if src_known && self.var_off.is_const() {
            *self = Self::constant(self.var_off.value);
            return;
        }
        let negative = self.range.smin < 0 || src.range.smin < 0;
        (self.range.umin, self.range.umax) = unsigned(&self.range, &src.range);
        let one_sign = sign_extend::<W>(self.range.umin) <= sign_extend::<W>(self.range.umax);
        self.range.signs_of_unsigned(if how == Deduce::Mixed { one_sign } else { !negative });
        self.range.learn(self.var_off);
    }

    fn low_shl(&mut self, by: u32) {
        (self.range.low_smin, self.range.low_smax) = (Pairs::<W, H>::LOW_SMIN, Pairs::<W, H>::LOW_SMAX);
        if by >= H || u64::from(self.range.low_umax) > 1 << (H - 1 - by) {
            (self.range.low_umin, self.range.low_umax) = (0, Pairs::<W, H>::LOW_UMAX);
        } else {
            self.range.low_umin <<= by;
            self.range.low_umax <<= by;
        }
    }

    /// Shifts by a known distance below the width.
    pub fn shl(&mut self, by: u32, width: Width) {
        if width == Width::W32 {
            self.low_shl(by);
            let low = self.low_var_off().shl(by);
            self.var_off = Tnum { value: low.value & Self::LOW, mask: low.mask & Self::LOW };
            self.range.forget_wide();
            self.range.learn_low(self.var_off);
            return;
        }
        let range = &mut self.range;
        (range.smin, range.smax) = if by == H {
            (i64::from(range.low_smin) << H, i64::from(range.low_smax) << H)
        } else {
            (Pairs::<W, H>::SMIN, Pairs::<W, H>::SMAX)
        };
        if range.umax > 1 << (W - 1 - by) {
            (range.umin, range.umax) = (0, Self::WIDE);
        } else {
            (range.umin, range.umax) = (range.umin << by, range.umax << by);
        }
        self.low_shl(by);
        self.var_off = self.var_off.shl(by);
        self.trim();
        self.range.learn(self.var_off);
    }

    pub fn shr(&mut self, by: u32, width: Width) {
        let range = &mut self.range;
        if width == Width::W32 {
            (range.low_smin, range.low_smax) = (Pairs::<W, H>::LOW_SMIN, Pairs::<W, H>::LOW_SMAX);
            (range.low_umin, range.low_umax) = (range.low_umin >> by, range.low_umax >> by);
            range.forget_wide();
            self.var_off = self.low_var_off().shr(by);
            self.range.learn_low(self.var_off);
            return;
        }
        (range.smin, range.smax) = (Pairs::<W, H>::SMIN, Pairs::<W, H>::SMAX);
        (range.umin, range.umax) = (range.umin >> by, range.umax >> by);
        range.forget_low();
        self.var_off = self.var_off.shr(by);
        self.range.learn(self.var_off);
    }

    pub fn sar(&mut self, by: u32, width: Width) {
        let range = &mut self.range;
        if width == Width::W32 {
            (range.low_smin, range.low_smax) = (range.low_smin >> by, range.low_smax >> by);
            (range.low_umin, range.low_umax) = (0, Pairs::<W, H>::LOW_UMAX);
            range.forget_wide();
            self.var_off = sar_tnum::<H>(self.low_var_off(), by);
            self.range.learn_low(self.var_off);
            return;
        }
        (range.smin, range.smax) = (range.smin >> by, range.smax >> by);
        (range.umin, range.umax) = (0, Self::WIDE);
        range.forget_low();
        self.var_off = sar_tnum::<W>(self.var_off, by);
        self.range.learn(self.var_off);
    }

    /// A 32-bit operation leaves zeroes above (`zext_32_to_64`).
    pub fn zero_extend(&mut self) {
        self.var_off = self.low_var_off();
        self.range.wide_of_low();
    }

    /// Keeps the low `bits` (`coerce_reg_to_size`).
    pub fn truncate(&mut self, bits: u32, how: Deduce) {
        let keep = u64::MAX >> (64 - bits);
        self.var_off = Tnum { value: self.var_off.value & keep, mask: self.var_off.mask & keep };
        let range = &mut self.range;
        (range.umin, range.umax) = if range.umin & !keep == range.umax & !keep {
            (range.umin & keep, range.umax & keep)
        } else {
            (0, keep)
        };
        (range.smin, range.smax) = (range.umin as i64, range.umax as i64);
        if bits < H {
            range.forget_low();
            if how != Deduce::Mixed {
                range.low_of_wide();
            }
        } else if how != Deduce::Mixed {
            return;
        }
        self.sync(how);
    }
}

/// Arithmetic shift right of the low `BITS`; bits above are 0.
pub(super) fn sar_tnum<const BITS: u32>(number: Tnum, by: u32) -> Tnum {
    let keep = u64::MAX >> (64 - BITS);
    Tnum {
        value: (sign_extend::<BITS>(number.value) >> by) as u64 & keep,
        mask: (sign_extend::<BITS>(number.mask) >> by) as u64 & keep,
    }
}

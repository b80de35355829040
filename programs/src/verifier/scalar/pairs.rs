//! Ranges before 7.2: a signed and an unsigned minimum and maximum, each for the whole register and for its low half.
//!
//! Key types: [`Pairs`], [`Deduce`]. Neighbours: `arcs` is what 7.2 has instead; `pairs_alu` computes with them. Modelled after
//! kernel/bpf/verifier.c:reg_bounds_sync and what it calls. The widths are parameters (64 and 32 in use) so that tests can try every
//! value of small ones.

use super::arcs::sign_extend;
use crate::verifier::tnum::Tnum;

/// How far a kernel carries what one range says over to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deduce {
    /// 5.10: only between signed and unsigned of one width; the low half of the tracked number learns from its range alone.
    SignsLow,
    /// 6.1: as 5.10, and the low half learns from the whole first.
    Signs,
    /// 6.12: between widths as well, three rounds.
    Mixed,
}

/// `umin..=umax` and `smin..=smax` at once, and the same of the low `H` of `W` bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pairs<const W: u32, const H: u32> {
    pub umin: u64,
    pub umax: u64,
    pub smin: i64,
    pub smax: i64,
    pub low_umin: u32,
    pub low_umax: u32,
    pub low_smin: i32,
    pub low_smax: i32,
}

impl<const W: u32, const H: u32> Pairs<W, H> {
    pub const UMAX: u64 = u64::MAX >> (64 - W);
    pub const SMIN: i64 = i64::MIN >> (64 - W);
    pub const SMAX: i64 = i64::MAX >> (64 - W);
    pub const LOW_UMAX: u32 = u32::MAX >> (32 - H);
    pub const LOW_SMIN: i32 = i32::MIN >> (32 - H);
    pub const LOW_SMAX: i32 = i32::MAX >> (32 - H);

    /// Everything.
    pub const ALL: Self = Pairs {
        umin: 0,
        umax: Self::UMAX,
        smin: Self::SMIN,
        smax: Self::SMAX,
        low_umin: 0,
        low_umax: Self::LOW_UMAX,
        low_smin: Self::LOW_SMIN,
        low_smax: Self::LOW_SMAX,
    };

    pub fn constant(value: u64) -> Self {
        let mut pairs = Self::ALL;
        pairs.set_wide_const(value);
        pairs.set_low_const(value);
        pairs
    }

    fn low(value: u64) -> u32 {
        value as u32 & Self::LOW_UMAX
    }

    fn low_signed(value: u64) -> i32 {
        sign_extend::<H>(value) as i32
    }

    fn wide_signed(value: u64) -> i64 {
        sign_extend::<W>(value)
    }

    fn wide_unsigned(value: i64) -> u64 {
        value as u64 & Self::UMAX
    }

    pub fn set_wide_const(&mut self, value: u64) {
        (self.umin, self.umax) = (value, value);
        (self.smin, self.smax) = (Self::wide_signed(value), Self::wide_signed(value));
    }

    pub fn set_low_const(&mut self, value: u64) {
        (self.low_umin, self.low_umax) = (Self::low(value), Self::low(value));
        (self.low_smin, self.low_smax) = (Self::low_signed(value), Self::low_signed(value));
    }

    pub fn forget_wide(&mut self) {
        (self.umin, self.umax, self.smin, self.smax) = (0, Self::UMAX, Self::SMIN, Self::SMAX);
    }

    pub fn forget_low(&mut self) {
        (self.low_umin, self.low_umax) = (0, Self::LOW_UMAX);
        (self.low_smin, self.low_smax) = (Self::LOW_SMIN, Self::LOW_SMAX);
    }

    /// Signed bounds of the low half become the unsigned ones, or everything.
    pub fn low_signs_of_unsigned(&mut self, same: bool) {
        (self.low_smin, self.low_smax) = if same {
            (Self::low_signed(self.low_umin.into()), Self::low_signed(self.low_umax.into()))
        } else {
            (Self::LOW_SMIN, Self::LOW_SMAX)
        };
    }

    /// Signed bounds become the unsigned ones, or everything.
    pub fn signs_of_unsigned(&mut self, same: bool) {
        (self.smin, self.smax) = if same {
            (Self::wide_signed(self.umin), Self::wide_signed(self.umax))
        } else {
            (Self::SMIN, Self::SMAX)
        };
    }

    /// The low half takes over bounds that fit it (`__reg_combine_64_into_32`, 5.10 and 6.1).
    pub fn low_of_wide(&mut self) {
        self.forget_low();
        let low = i64::from(Self::LOW_SMIN)..=i64::from(Self::LOW_SMAX);
        if low.contains(&self.smin) && low.contains(&self.smax) {
            (self.low_smin, self.low_smax) = (self.smin as i32, self.smax as i32);
        }
        if self.umax <= Self::LOW_UMAX.into() && self.umin <= Self::LOW_UMAX.into() {
            (self.low_umin, self.low_umax) = (self.umin as u32, self.umax as u32);
        }
    }

    /// The whole is the low half, above it zeroes (`__reg_assign_32_into_64`).
    pub fn wide_of_low(&mut self) {
        (self.umin, self.umax) = (self.low_umin.into(), self.low_umax.into());
        (self.smin, self.smax) = if self.low_smin >= 0 && self.low_smax >= 0 {
            (self.low_smin.into(), self.low_smax.into())
        } else {
            (0, Self::LOW_UMAX.into())
        };
    }

    /// A minimum above its maximum: no value.
    pub const fn is_contradiction(&self) -> bool {
        self.umin > self.umax
            || self.smin > self.smax
            || self.low_umin > self.low_umax
            || self.low_smin > self.low_smax
    }

    /// What the tracked number says about the low half (`__update_reg32_bounds`).
    pub fn learn_low(&mut self, var_off: Tnum) {
        let (min, max) = (var_off.min(), var_off.max());
        let sign = u64::from(Self::LOW_SMIN as u32);
        self.low_smin = self.low_smin.max(Self::low_signed(min | (var_off.mask & sign)));
        self.low_smax = self.low_smax.min(Self::low_signed(max & !(var_off.mask & sign)));
        self.low_umin = self.low_umin.max(Self::low(min));
        self.low_umax = self.low_umax.min(Self::low(max));
    }

    /// What the tracked number says about the whole (`__update_reg64_bounds`).
    pub fn learn_wide(&mut self, var_off: Tnum) {
        let (min, max) = (var_off.min(), var_off.max());
        let sign = Self::SMIN as u64 & Self::UMAX;
        self.smin = self.smin.max(Self::wide_signed(min | (var_off.mask & sign)));
        self.smax = self.smax.min(Self::wide_signed(max & !(var_off.mask & sign)));
        self.umin = self.umin.max(min);
        self.umax = self.umax.min(max);
    }

    /// `__update_reg_bounds`.
    pub fn learn(&mut self, var_off: Tnum) {
        self.learn_low(var_off);
        self.learn_wide(var_off);
    }

    /// Brings ranges and the tracked number in step (`reg_bounds_sync`).
    pub fn sync(&mut self, var_off: &mut Tnum, how: Deduce) {
        self.learn(*var_off);
        match how {
            Deduce::SignsLow | Deduce::Signs => {
                self.deduce_low_signs();
                self.deduce_wide_signs();
            }
            Deduce::Mixed => (0..3).for_each(|_| {
                self.deduce_low();
                self.deduce_wide();
                self.deduce_mixed(var_off);
            }),
        }
        let wide = var_off.intersect(Tnum::range(self.umin, self.umax));
        let low_from = if how == Deduce::SignsLow { *var_off } else { wide };
        let keep = u64::from(Self::LOW_UMAX);
        let low = Tnum { value: low_from.value & keep, mask: low_from.mask & keep }
            .intersect(Tnum::range(u64::from(self.low_umin), u64::from(self.low_umax)));
        *var_off = Tnum { value: wide.value & !keep, mask: wide.mask & !keep }.or(low);
        self.learn(*var_off);
    }

    /// A range on one side of zero is the same range, signed or not (5.10, 6.1).
    fn deduce_low_signs(&mut self) {
        if self.low_smin >= 0 || self.low_smax < 0 {
            self.low_umin = self.low_umin.max(self.low_smin as u32 & Self::LOW_UMAX);
            self.low_umax = self.low_umax.min(self.low_smax as u32 & Self::LOW_UMAX);
            self.low_smin = Self::low_signed(self.low_umin.into());
            self.low_smax = Self::low_signed(self.low_umax.into());
        } else if Self::low_signed(self.low_umax.into()) >= 0 {
            self.low_smin = self.low_umin as i32;
            self.low_umax = self.low_umax.min(self.low_smax as u32);
            self.low_smax = self.low_umax as i32;
        } else if Self::low_signed(self.low_umin.into()) < 0 {
            self.low_umin = self.low_umin.max(self.low_smin as u32 & Self::LOW_UMAX);
            self.low_smin = Self::low_signed(self.low_umin.into());
            self.low_smax = Self::low_signed(self.low_umax.into());
        }
    }

    fn deduce_wide_signs(&mut self) {
        if self.smin >= 0 || self.smax < 0 {
            self.umin = self.umin.max(Self::wide_unsigned(self.smin));
            self.umax = self.umax.min(Self::wide_unsigned(self.smax));
            (self.smin, self.smax) = (Self::wide_signed(self.umin), Self::wide_signed(self.umax));
        } else if Self::wide_signed(self.umax) >= 0 {
            self.smin = self.umin as i64;
            self.umax = self.umax.min(self.smax as u64);
            self.smax = self.umax as i64;
        } else if Self::wide_signed(self.umin) < 0 {
            self.umin = self.umin.max(Self::wide_unsigned(self.smin));
            (self.smin, self.smax) = (Self::wide_signed(self.umin), Self::wide_signed(self.umax));
        }
    }

    fn bound_low_unsigned(&mut self, min: u64, max: u64) {
        self.low_umin = self.low_umin.max(Self::low(min));
        self.low_umax = self.low_umax.min(Self::low(max));
    }

    fn bound_low_signed(&mut self, min: u64, max: u64) {
        self.low_smin = self.low_smin.max(Self::low_signed(min));
        self.low_smax = self.low_smax.min(Self::low_signed(max));
    }

    /// `__reg32_deduce_bounds` (6.12): first from the whole, where its upper half is the same throughout or steps by one.
    fn deduce_low(&mut self) {
        let signed = (Self::wide_unsigned(self.smin), Self::wide_unsigned(self.smax));
        let unsigned = (self.umin, self.umax);
        if unsigned.0 >> H == unsigned.1 >> H {
            self.bound_low_unsigned(unsigned.0, unsigned.1);
            if Self::low_signed(unsigned.0) <= Self::low_signed(unsigned.1) {
                self.bound_low_signed(unsigned.0, unsigned.1);
            }
        }
        if signed.0 >> H == signed.1 >> H {
            if Self::low(signed.0) <= Self::low(signed.1) {
                self.bound_low_unsigned(signed.0, signed.1);
            }
            if Self::low_signed(signed.0) <= Self::low_signed(signed.1) {
                self.bound_low_signed(signed.0, signed.1);
            }
        }
        for (min, max) in [unsigned, signed] {
            let upper = Self::UMAX >> H;
            let steps = (min >> H).wrapping_add(1) & upper == max >> H;
            if steps && Self::low_signed(min) < 0 && Self::low_signed(max) >= 0 {
                self.bound_low_signed(min, max);
            }
        }
        self.join_low();
    }

    fn join_low(&mut self) {
        let (umin, umax) = (u64::from(self.low_umin), u64::from(self.low_umax));
        if Self::low_signed(umin) <= Self::low_signed(umax) {
            self.bound_low_signed(umin, umax);
        }
        let smin = self.low_smin as u32 & Self::LOW_UMAX;
        let smax = self.low_smax as u32 & Self::LOW_UMAX;
        if smin <= smax {
            self.low_umin = self.low_umin.max(smin);
            self.low_umax = self.low_umax.min(smax);
        } else if self.low_umax < smin {
            self.low_smin = Self::low_signed(self.low_umin.into());
            self.low_umax = self.low_umax.min(smax);
        } else if smax < self.low_umin {
            self.low_smax = Self::low_signed(self.low_umax.into());
            self.low_umin = self.low_umin.max(smin);
        }
    }

    /// `__reg64_deduce_bounds` (6.12).
    fn deduce_wide(&mut self) {
        let (umin, umax) = (Self::wide_signed(self.umin), Self::wide_signed(self.umax));
        if umin <= umax {
            self.smin = self.smin.max(umin);
            self.smax = self.smax.min(umax);
        }
        let (smin, smax) = (Self::wide_unsigned(self.smin), Self::wide_unsigned(self.smax));
        if smin <= smax {
            self.umin = self.umin.max(smin);
            self.umax = self.umax.min(smax);
        } else if self.umax < smin {
            self.smin = Self::wide_signed(self.umin);
            self.umax = self.umax.min(smax);
        } else if smax < self.umin {
            self.smax = Self::wide_signed(self.umax);
            self.umin = self.umin.max(smin);
        }
    }

    /// The bounds of the whole with their low halves replaced by those of the low range (`__reg_deduce_mixed_bounds`, 6.12).
    fn deduce_mixed(&mut self, var_off: &mut Tnum) {
        self.replace_low(self.low_umin, self.low_umax);
        let (smin, smax) = (self.low_smin as u32 & Self::LOW_UMAX, self.low_smax as u32 & Self::LOW_UMAX);
        if smin <= smax {
            self.replace_low(smin, smax);
        }
        let fits = self.smin >= Self::LOW_SMIN.into() && self.smax <= Self::LOW_SMAX.into();
        if self.low_smin >= 0 && fits {
            (self.smin, self.smax) = (self.low_smin.into(), self.low_smax.into());
            (self.umin, self.umax) = (self.low_smin as u64, Self::wide_unsigned(self.low_smax.into()));
            *var_off = var_off.intersect(Tnum::range(self.umin, self.umax));
        }
    }

    fn replace_low(&mut self, min: u32, max: u32) {
        let upper = !u64::from(Self::LOW_UMAX);
        self.umin = self.umin.max(self.umin & upper | u64::from(min));
        self.umax = self.umax.min(self.umax & upper | u64::from(max));
        self.smin = self.smin.max(self.smin & upper as i64 | i64::from(min));
        self.smax = self.smax.min(self.smax & upper as i64 | i64::from(max));
    }
}

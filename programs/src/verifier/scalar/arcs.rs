//! Ranges of 7.2: arcs on the circle of all values, one for 64 bits and one for the low 32.
//!
//! Key types: [`Arc`] (kernel/bpf/cnum.c) and [`Arcs`] (both halves of a register). Neighbours: `pairs` is what older kernels have;
//! `arcs_alu` computes with them. The widths are parameters so that tests can try every value of small ones.

/// The values `base, base + 1, …, base + size` of `BITS` bits, wrapping around. Bits above `BITS` are 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arc<const BITS: u32> {
    pub base: u64,
    /// Number of values less one.
    pub size: u64,
}

impl<const BITS: u32> Arc<BITS> {
    /// The largest value, unsigned.
    pub const MAX: u64 = u64::MAX >> (64 - BITS);
    /// The sign bit alone: the smallest value, signed.
    pub const SIGN: u64 = 1 << (BITS - 1);
    /// No value: the one pair that no arc with values has after normalising.
    pub const EMPTY: Self = Arc { base: Self::MAX, size: Self::MAX };
    /// Every value.
    pub const ALL: Self = Arc { base: 0, size: Self::MAX };

    pub const fn constant(value: u64) -> Self {
        Arc { base: value & Self::MAX, size: 0 }
    }

    /// `min..=max`, unsigned.
    pub const fn unsigned(min: u64, max: u64) -> Self {
        Arc { base: min & Self::MAX, size: max.wrapping_sub(min) & Self::MAX }
    }

    /// `min..=max`, signed; the whole circle begins at 0.
    pub const fn signed(min: i64, max: i64) -> Self {
        let arc = Self::unsigned(min as u64, max as u64);
        if arc.size == Self::MAX { Self::ALL } else { arc }
    }

    pub const fn is_empty(self) -> bool {
        self.base == Self::MAX && self.size == Self::MAX
    }

    pub const fn is_const(self) -> bool {
        self.size == 0
    }

    /// Last value, clockwise.
    const fn end(self) -> u64 {
        self.base.wrapping_add(self.size) & Self::MAX
    }

    /// Goes over from the largest unsigned value to 0.
    const fn wraps_unsigned(self) -> bool {
        self.size > Self::MAX - self.base
    }

    /// Goes over from the largest signed value to the smallest.
    const fn wraps_signed(self) -> bool {
        self.contains(Self::SIGN - 1) && self.contains(Self::SIGN)
    }

    pub const fn umin(self) -> u64 {
        if self.wraps_unsigned() { 0 } else { self.base }
    }

    pub const fn umax(self) -> u64 {
        if self.wraps_unsigned() { Self::MAX } else { self.end() }
    }

    pub fn smin(self) -> i64 {
        if self.wraps_signed() {
            sign_extend::<BITS>(Self::SIGN)
        } else {
            sign_extend::<BITS>(self.base).min(sign_extend::<BITS>(self.end()))
        }
    }

    pub fn smax(self) -> i64 {
        if self.wraps_signed() {
            (Self::SIGN - 1) as i64
        } else {
            sign_extend::<BITS>(self.base).max(sign_extend::<BITS>(self.end()))
        }
    }

    pub const fn contains(self, value: u64) -> bool {
        !self.is_empty() && value.wrapping_sub(self.base) & Self::MAX <= self.size
    }

    /// Values in both. Where that is two arcs, the smaller operand stands for them.
    #[must_use]
    pub fn intersect(self, other: Self) -> Self {
        if self.is_empty() || other.is_empty() {
            return Self::EMPTY;
        }
        let (first, second) = if self.base > other.base { (other, self) } else { (self, other) };
        let distance = second.base - first.base;
        let turned = Arc::<BITS> { base: distance, size: second.size };
        if turned.wraps_unsigned() {
            if distance <= first.size {
                return if first.size <= second.size { first } else { second };
            }
            return Arc { base: first.base, size: first.size.min(turned.end()) };
        }
        if first.size < distance {
            return Self::EMPTY;
        }
        Arc { base: second.base, size: second.size.min(first.size - distance) }
    }

    /// The whole circle has one spelling, except that it may begin at 0 or at the largest signed value.
    const fn normal(self) -> Self {
        if self.size == Self::MAX && self.base != Self::SIGN - 1 { Self::ALL } else { self }
    }

    #[must_use]
    pub const fn add(self, other: Self) -> Self {
        if self.is_empty() || other.is_empty() {
            return Self::EMPTY;
        }
        if self.size > Self::MAX - other.size {
            return Self::ALL;
        }
        Arc { base: self.base.wrapping_add(other.base) & Self::MAX, size: self.size + other.size }.normal()
    }

    #[must_use]
    pub const fn neg(self) -> Self {
        if self.is_empty() {
            return Self::EMPTY;
        }
        Arc { base: self.end().wrapping_neg() & Self::MAX, size: self.size }.normal()
    }

    /// Whether every value of `other` is in `self`.
    pub const fn includes(self, other: Self) -> bool {
        if other.is_empty() {
            return true;
        }
        if self.is_empty() {
            return false;
        }
        let turned = Arc::<BITS> { base: other.base.wrapping_sub(self.base) & Self::MAX, size: other.size };
        if turned.wraps_unsigned() { self.size == Self::MAX } else { turned.end() <= self.size }
    }

    /// The arc without the one value: the rest of the circle.
    pub const fn all_but(value: u64) -> Self {
        Arc { base: value.wrapping_add(1) & Self::MAX, size: Self::MAX - 1 }
    }

    /// The arc that a tracked number spans.
    pub fn of_tnum(value: u64, mask: u64) -> Self {
        let (value, mask) = (value & Self::MAX, mask & Self::MAX);
        if (value | mask) & Self::SIGN != 0 {
            let min = sign_extend::<BITS>(value | (mask & Self::SIGN));
            let max = sign_extend::<BITS>(value | (mask & (Self::SIGN - 1)));
            Self::signed(min, max)
        } else {
            Self::unsigned(value, value | mask)
        }
    }
}

/// `value`, whose sign bit is bit `BITS - 1`, as a signed number.
pub const fn sign_extend<const BITS: u32>(value: u64) -> i64 {
    ((value << (64 - BITS)) as i64) >> (64 - BITS)
}

/// Ranges of a register: all `W` bits and the low `H` (64 and 32).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arcs<const W: u32, const H: u32> {
    pub wide: Arc<W>,
    pub low: Arc<H>,
}

impl<const W: u32, const H: u32> Arcs<W, H> {
    pub const ALL: Self = Arcs { wide: Arc::ALL, low: Arc::ALL };

    pub const fn constant(value: u64) -> Self {
        Arcs { wide: Arc::constant(value), low: Arc::constant(value) }
    }

    pub const fn is_empty(self) -> bool {
        self.wide.is_empty() || self.low.is_empty()
    }

    /// The low half learns from the whole, then the whole from the low half (`__reg_deduce_bounds`).
    pub fn deduce(&mut self) {
        self.low = self.low.intersect(self.low_of_wide());
        self.wide = self.wide_with_low();
    }

    fn low_of_wide(self) -> Arc<H> {
        if self.wide.is_empty() {
            Arc::EMPTY
        } else if self.wide.size >= Arc::<H>::MAX {
            Arc::ALL
        } else {
            Arc { base: self.wide.base & Arc::<H>::MAX, size: self.wide.size }
        }
    }

    /// Cuts the ends of the whole to values whose low half is possible (`cnum64_cnum32_intersect`).
    fn wide_with_low(self) -> Arc<W> {
        let (wide, max) = (self.wide, Arc::<H>::MAX);
        if self.is_empty() {
            return Arc::EMPTY;
        }
        // Seen from the start of the whole, whose low half is then 0.
        let low = Arc::<H> { base: self.low.base.wrapping_sub(wide.base) & max, size: self.low.size };
        let (low_end, wide_rest) = (low.end(), wide.size & max);
        if low.wraps_unsigned() {
            let in_gap = wide_rest > low_end && wide_rest < low.base;
            return Arc { size: wide.size - if in_gap { wide_rest - low_end } else { 0 }, ..wide };
        }
        if wide.size < low.base {
            return Arc::EMPTY;
        }
        let behind = if wide_rest < low.base {
            wide_rest + (max - low_end) + 1
        } else {
            wide_rest.saturating_sub(low_end)
        };
        let size = wide.size - low.base;
        if size < behind {
            return Arc::EMPTY;
        }
        Arc { base: wide.base.wrapping_add(low.base) & Arc::<W>::MAX, size: size - behind }
    }
}

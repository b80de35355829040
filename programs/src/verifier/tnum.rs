//! Tracked numbers: what is known about each bit of a value.
//!
//! Key type: [`Tnum`]. Neighbours: `scalar` joins it with ranges. Modelled after kernel/bpf/tnum.c; multiplication became more exact
//! twice, see [`Multiply`]. All operations are sound: the result holds every result of members of the operands (`tests`).

#[cfg(test)]
mod tests;

/// How a kernel multiplies two tracked numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Multiply {
    /// 5.10: unknown bits are added up one half-product at a time.
    HalfProducts,
    /// 6.1, 6.12: sums of values and of masks apart.
    ValueAndMask,
    /// 7.2: long multiplication that joins the two outcomes of an unknown bit.
    Join,
}

/// A set of 64-bit values: bits in `mask` are unknown, the others are as in `value`. `value & mask` is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tnum {
    pub value: u64,
    pub mask: u64,
}

const LOW: u64 = u32::MAX as u64;

impl Tnum {
    /// Every value.
    pub const UNKNOWN: Tnum = Tnum { value: 0, mask: u64::MAX };

    /// One value.
    pub const fn constant(value: u64) -> Tnum {
        Tnum { value, mask: 0 }
    }

    /// Known bits `value`, unknown bits `mask`; known bits under the mask are dropped.
    pub const fn new(value: u64, mask: u64) -> Tnum {
        Tnum { value: value & !mask, mask }
    }

    /// The smallest set with all of `min..=max`: the bits above the highest difference stay known.
    pub const fn range(min: u64, max: u64) -> Tnum {
        let differing = 64 - (min ^ max).leading_zeros();
        if differing > 63 {
            return Tnum::UNKNOWN;
        }
        let mask = (1 << differing) - 1;
        Tnum { value: min & !mask, mask }
    }

    pub const fn is_const(self) -> bool {
        self.mask == 0
    }

    pub const fn is_unknown(self) -> bool {
        self.mask == u64::MAX
    }

    /// Whether it is the constant `value`.
    pub const fn equals(self, value: u64) -> bool {
        self.mask == 0 && self.value == value
    }

    /// Smallest member, unsigned.
    pub const fn min(self) -> u64 {
        self.value
    }

    /// Largest member, unsigned.
    pub const fn max(self) -> u64 {
        self.value | self.mask
    }

    /// Whether `value` is a member.
    pub const fn contains(self, value: u64) -> bool {
        value & !self.mask == self.value
    }

    /// Whether all members of `other` are members (`tnum_in`).
    pub const fn includes(self, other: Tnum) -> bool {
        other.mask & !self.mask == 0 && other.value & !self.mask == self.value
    }

    /// Whether the bits known in both are equal.
    pub const fn overlaps(self, other: Tnum) -> bool {
        (self.value ^ other.value) & !self.mask & !other.mask == 0
    }

    /// Whether every member is a multiple of `size`, a power of two, or 0.
    pub const fn is_aligned(self, size: u64) -> bool {
        size == 0 || self.max() & (size - 1) == 0
    }

    #[must_use]
    pub const fn shl(self, by: u32) -> Tnum {
        Tnum { value: self.value << by, mask: self.mask << by }
    }

    #[must_use]
    pub const fn shr(self, by: u32) -> Tnum {
        Tnum { value: self.value >> by, mask: self.mask >> by }
    }

    /// Arithmetic shift right of the low `bits` (32 or 64); the upper half of a 32-bit result is 0.
    #[must_use]
    pub const fn sar(self, by: u32, bits: u32) -> Tnum {
        if bits == 32 {
            Tnum {
                value: (self.value as i32 >> by) as u32 as u64,
                mask: (self.mask as i32 >> by) as u32 as u64,
            }
        } else {
            Tnum { value: (self.value as i64 >> by) as u64, mask: (self.mask as i64 >> by) as u64 }
        }
    }

    /// A carry that may or may not happen makes every bit it can reach unknown: those where the sums with all unknown bits 0 and all 1
    /// differ.
    #[must_use]
    pub const fn add(self, other: Tnum) -> Tnum {
        let low = self.value.wrapping_add(other.value);
        let high = low.wrapping_add(self.mask.wrapping_add(other.mask));
        Tnum::new(low, (high ^ low) | self.mask | other.mask)
    }

    #[must_use]
    pub const fn sub(self, other: Tnum) -> Tnum {
        let difference = self.value.wrapping_sub(other.value);
        let high = difference.wrapping_add(self.mask);
        let low = difference.wrapping_sub(other.mask);
        Tnum::new(difference, (high ^ low) | self.mask | other.mask)
    }

    #[must_use]
    pub const fn neg(self) -> Tnum {
        Tnum::constant(0).sub(self)
    }

    #[must_use]
    pub const fn and(self, other: Tnum) -> Tnum {
        let ones = self.value & other.value;
        Tnum { value: ones, mask: self.max() & other.max() & !ones }
    }

    /// The bits of `mask`; the others are zero.
    #[must_use]
    pub const fn within(self, mask: u64) -> Tnum {
        Tnum { value: self.value & mask, mask: self.mask & mask }
    }

    #[must_use]
    pub const fn or(self, other: Tnum) -> Tnum {
        let ones = self.value | other.value;
        Tnum { value: ones, mask: (self.mask | other.mask) & !ones }
    }

    #[must_use]
    pub const fn xor(self, other: Tnum) -> Tnum {
        Tnum::new(self.value ^ other.value, self.mask | other.mask)
    }

    /// Product, as exact as the kernel's.
    #[must_use]
    pub fn mul(self, other: Tnum, how: Multiply) -> Tnum {
        match how {
            Multiply::HalfProducts => self.mul_half_products(other),
            Multiply::ValueAndMask => self.mul_value_and_mask(other),
            Multiply::Join => self.mul_join(other),
        }
    }

    fn mul_half_products(self, other: Tnum) -> Tnum {
        let unknown_times = |sum: Tnum, factor: u64, unknown: u64| {
            bits_of(unknown).fold(sum, |sum, bit| sum.add(Tnum::new(0, factor << bit)))
        };
        let known = Tnum::constant(self.value.wrapping_mul(other.value));
        unknown_times(unknown_times(known, self.mask, other.max()), other.mask, self.value)
    }

    fn mul_value_and_mask(self, other: Tnum) -> Tnum {
        let masks = bits_of(self.max()).fold(Tnum::constant(0), |sum, bit| {
            let certain = self.value >> bit & 1 == 1;
            sum.add(Tnum::new(0, if certain { other.mask } else { other.max() } << bit))
        });
        Tnum::constant(self.value.wrapping_mul(other.value)).add(masks)
    }

    fn mul_join(self, other: Tnum) -> Tnum {
        bits_of(self.max()).fold(Tnum::constant(0), |sum, bit| {
            let with = sum.add(other.shl(bit));
            if self.value >> bit & 1 == 1 { with } else { sum.join(with) }
        })
    }

    /// Members of both, if the known bits agree (`tnum_intersect`; where they do not, an arbitrary mix, as in the kernel).
    #[must_use]
    pub const fn intersect(self, other: Tnum) -> Tnum {
        Tnum::new(self.value | other.value, self.mask & other.mask)
    }

    /// The smallest set with the members of either (`tnum_union`).
    #[must_use]
    pub const fn join(self, other: Tnum) -> Tnum {
        Tnum::new(self.value, (self.value ^ other.value) | self.mask | other.mask)
    }

    /// Only the low `bytes` (1 to 8), the rest 0.
    #[must_use]
    pub const fn cast(self, bytes: u32) -> Tnum {
        let keep = u64::MAX >> (64 - bytes * 8);
        Tnum { value: self.value & keep, mask: self.mask & keep }
    }

    /// The low 32 bits.
    #[must_use]
    pub const fn subreg(self) -> Tnum {
        self.cast(4)
    }

    /// The low 32 bits become 0.
    #[must_use]
    pub const fn clear_subreg(self) -> Tnum {
        Tnum { value: self.value & !LOW, mask: self.mask & !LOW }
    }

    /// The low 32 bits become those of `subreg`.
    #[must_use]
    pub const fn with_subreg(self, subreg: Tnum) -> Tnum {
        self.clear_subreg().or(subreg.subreg())
    }

    /// Bytes of the low 16, 32 or 64 bits in reverse order, the rest 0.
    #[must_use]
    pub const fn byte_swap(self, bits: u32) -> Tnum {
        let up = 64 - bits;
        Tnum { value: (self.value << up).swap_bytes(), mask: (self.mask << up).swap_bytes() }
    }

    /// The smallest member above `floor`; the largest member when there is none (`tnum_step`).
    pub const fn next_above(self, floor: u64) -> u64 {
        if floor >= self.max() {
            return self.max();
        }
        if floor < self.value {
            return self.value;
        }
        // Count within the unknown bits: known positions are filled with ones so that a carry passes over them. Known positions where
        // the distance already has a one lie above a free choice of all lower bits, so those are filled as well.
        let distance = floor - self.value;
        let above = 64 - (distance & !self.mask).leading_zeros();
        let below = if above == 64 { u64::MAX } else { (1 << above) - 1 };
        let counted = (distance | below | !self.mask).wrapping_add(1) & self.mask;
        self.value | counted
    }
}

/// Positions of the ones of `word`, lowest first.
fn bits_of(mut word: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let bit = (word != 0).then(|| word.trailing_zeros())?;
        word &= word - 1;
        Some(bit)
    })
}

/// As the verifier's log prints it.
impl std::fmt::Display for Tnum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "({:#x}; {:#x})", self.value, self.mask)
    }
}

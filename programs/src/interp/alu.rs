//! Arithmetic, 64 and 32 bits wide (RFC 9669, sections 4.1 and 4.2). Pure functions of the operands.
//!
//! Division by zero gives 0 and modulo by zero leaves the dividend, as the kernel's fixups make every architecture do;
//! shift counts are masked. The immediate forms get the sign-extended immediate as `b`.

macro_rules! width {
    ($name:ident, $unsigned:ty, $signed:ty) => {
        /// Operations of this width.
        pub(super) mod $name {
            pub(in super::super) fn add(a: $unsigned, b: $unsigned) -> $unsigned {
                a.wrapping_add(b)
            }
            pub(in super::super) fn sub(a: $unsigned, b: $unsigned) -> $unsigned {
                a.wrapping_sub(b)
            }
            pub(in super::super) fn mul(a: $unsigned, b: $unsigned) -> $unsigned {
                a.wrapping_mul(b)
            }
            pub(in super::super) fn div(a: $unsigned, b: $unsigned) -> $unsigned {
                a.checked_div(b).unwrap_or(0)
            }
            pub(in super::super) fn sdiv(a: $unsigned, b: $unsigned) -> $unsigned {
                if b == 0 { 0 } else { (a as $signed).wrapping_div(b as $signed) as $unsigned }
            }
            pub(in super::super) fn rem(a: $unsigned, b: $unsigned) -> $unsigned {
                a.checked_rem(b).unwrap_or(a)
            }
            pub(in super::super) fn srem(a: $unsigned, b: $unsigned) -> $unsigned {
                if b == 0 { a } else { (a as $signed).wrapping_rem(b as $signed) as $unsigned }
            }
            pub(in super::super) fn or(a: $unsigned, b: $unsigned) -> $unsigned {
                a | b
            }
            pub(in super::super) fn and(a: $unsigned, b: $unsigned) -> $unsigned {
                a & b
            }
            pub(in super::super) fn xor(a: $unsigned, b: $unsigned) -> $unsigned {
                a ^ b
            }
            pub(in super::super) fn mov(_: $unsigned, b: $unsigned) -> $unsigned {
                b
            }
            pub(in super::super) fn lsh(a: $unsigned, b: $unsigned) -> $unsigned {
                a.wrapping_shl(b as u32)
            }
            pub(in super::super) fn rsh(a: $unsigned, b: $unsigned) -> $unsigned {
                a.wrapping_shr(b as u32)
            }
            pub(in super::super) fn arsh(a: $unsigned, b: $unsigned) -> $unsigned {
                (a as $signed).wrapping_shr(b as u32) as $unsigned
            }
        }
    };
}

width!(w64, u64, i64);
width!(w32, u32, i32);

/// Operations with one operand. The 32-bit ones zero the upper half.
pub(super) mod unary {
    pub(in super::super) fn neg64(a: u64) -> u64 {
        a.wrapping_neg()
    }
    pub(in super::super) fn neg32(a: u64) -> u64 {
        u64::from((a as u32).wrapping_neg())
    }
    pub(in super::super) fn sx8_64(a: u64) -> u64 {
        a as i8 as u64
    }
    pub(in super::super) fn sx16_64(a: u64) -> u64 {
        a as i16 as u64
    }
    pub(in super::super) fn sx32_64(a: u64) -> u64 {
        a as i32 as u64
    }
    pub(in super::super) fn sx8_32(a: u64) -> u64 {
        u64::from(a as i8 as u32)
    }
    pub(in super::super) fn sx16_32(a: u64) -> u64 {
        u64::from(a as i16 as u32)
    }
    pub(in super::super) fn low16(a: u64) -> u64 {
        u64::from(a as u16)
    }
    pub(in super::super) fn low32(a: u64) -> u64 {
        u64::from(a as u32)
    }
    pub(in super::super) fn low64(a: u64) -> u64 {
        a
    }
    pub(in super::super) fn swap16(a: u64) -> u64 {
        u64::from((a as u16).swap_bytes())
    }
    pub(in super::super) fn swap32(a: u64) -> u64 {
        u64::from((a as u32).swap_bytes())
    }
    pub(in super::super) fn swap64(a: u64) -> u64 {
        a.swap_bytes()
    }
}

/// Branch conditions (RFC 9669, section 4.3).
pub(super) mod cond {
    macro_rules! conditions {
        ($name:ident, $unsigned:ty, $signed:ty) => {
            pub(in super::super) mod $name {
                type Pair = ($unsigned, $unsigned);
                fn signed((a, b): Pair) -> ($signed, $signed) {
                    (a as $signed, b as $signed)
                }
                pub(in super::super::super) fn eq(p: Pair) -> bool {
                    p.0 == p.1
                }
                pub(in super::super::super) fn ne(p: Pair) -> bool {
                    p.0 != p.1
                }
                pub(in super::super::super) fn set(p: Pair) -> bool {
                    p.0 & p.1 != 0
                }
                pub(in super::super::super) fn gt(p: Pair) -> bool {
                    p.0 > p.1
                }
                pub(in super::super::super) fn ge(p: Pair) -> bool {
                    p.0 >= p.1
                }
                pub(in super::super::super) fn lt(p: Pair) -> bool {
                    p.0 < p.1
                }
                pub(in super::super::super) fn le(p: Pair) -> bool {
                    p.0 <= p.1
                }
                pub(in super::super::super) fn sgt(p: Pair) -> bool {
                    signed(p).0 > signed(p).1
                }
                pub(in super::super::super) fn sge(p: Pair) -> bool {
                    signed(p).0 >= signed(p).1
                }
                pub(in super::super::super) fn slt(p: Pair) -> bool {
                    signed(p).0 < signed(p).1
                }
                pub(in super::super::super) fn sle(p: Pair) -> bool {
                    signed(p).0 <= signed(p).1
                }
            }
        };
    }
    conditions!(w64, u64, i64);
    conditions!(w32, u32, i32);
}

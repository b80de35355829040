//! The little the gate knows about register values: which bits are known, or which function an address names.
//!
//! Enough to see that a branch on a constant goes one way. Everything else is unknown; then both ways are followed.

use crate::isa::Insn;
use crate::isa::table::{class, special};

/// A register's value. Bits set in `unknown` may be anything, the others are those of `bits`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Value {
    Bits {
        bits: u64,
        unknown: u64,
    },
    /// Address of a function of the program, by its first instruction.
    Function(usize),
}

impl Value {
    pub(super) const UNKNOWN: Value = Value::Bits { bits: 0, unknown: u64::MAX };

    pub(super) fn known(bits: u64) -> Value {
        Value::Bits { bits, unknown: 0 }
    }

    fn parts(self) -> (u64, u64) {
        match self {
            Value::Bits { bits, unknown } => (bits, unknown),
            Value::Function(_) => (0, u64::MAX),
        }
    }

    fn constant(self) -> Option<u64> {
        let (bits, unknown) = self.parts();
        (unknown == 0).then_some(bits)
    }

    fn new(bits: u64, unknown: u64) -> Value {
        Value::Bits { bits: bits & !unknown, unknown }
    }

    /// Keeps the lower half, as 32-bit operations do.
    fn low(self) -> Value {
        let (bits, unknown) = self.parts();
        Value::new(bits & 0xffff_ffff, unknown & 0xffff_ffff)
    }
}

/// The value of an arithmetic instruction.
pub(super) fn alu(insn: &Insn, dst: Value, src: Value) -> Value {
    let narrow = insn.code & 7 == class::ALU;
    let op = insn.code & 0xf0;
    if op == special::MOV && insn.off == 0 && !narrow {
        return src;
    }
    if insn.off != 0 || op == special::END || op == special::NEG {
        return if narrow { Value::UNKNOWN.low() } else { Value::UNKNOWN };
    }
    let (a, b) = if narrow { (dst.low(), src.low()) } else { (dst, src) };
    let value = bitwise(op, a, b).unwrap_or_else(|| exact(op, a, b, narrow));
    if narrow { value.low() } else { value }
}

/// Operations that are exact bit by bit.
fn bitwise(op: u8, a: Value, b: Value) -> Option<Value> {
    let ((a, ua), (b, ub)) = (a.parts(), b.parts());
    Some(match op {
        special::MOV => Value::new(b, ub),
        0x50 => {
            let known_zero = (!a & !ua) | (!b & !ub);
            Value::new(a & b, (ua | ub) & !known_zero)
        }
        0x40 => Value::new(a | b, (ua | ub) & !(a | b)),
        0xa0 => Value::new(a ^ b, ua | ub),
        0x60 if ub == 0 && b < 64 => Value::new(a << b, ua << b),
        0x70 if ub == 0 && b < 64 => Value::new(a >> b, ua >> b),
        _ => return None,
    })
}

/// Operations that need both operands.
fn exact(op: u8, a: Value, b: Value, narrow: bool) -> Value {
    let (Some(a), Some(b)) = (a.constant(), b.constant()) else { return Value::UNKNOWN };
    let bits = if narrow { 32 } else { 64 };
    let result = match op {
        0x00 => a.wrapping_add(b),
        0x10 => a.wrapping_sub(b),
        0x20 => a.wrapping_mul(b),
        0x30 => a.checked_div(b).unwrap_or(0),
        0x90 => a.checked_rem(b).unwrap_or(a),
        0xc0 if b < bits && narrow => i64::from((a as u32 as i32) >> b) as u64,
        0xc0 if b < bits => ((a as i64) >> b) as u64,
        _ => return Value::UNKNOWN,
    };
    Value::known(result)
}

/// Which way a conditional jump goes, when the known bits decide it.
pub(super) fn branch(insn: &Insn, dst: Value, src: Value) -> Option<bool> {
    let narrow = insn.code & 7 == class::JMP32;
    let (a, b) = if narrow { (dst.low(), src.low()) } else { (dst, src) };
    let ((a, ua), (b, ub)) = (a.parts(), b.parts());
    let differ = (a ^ b) & !ua & !ub != 0;
    let (low, high) = (a, a | ua);
    let (other_low, other_high) = (b, b | ub);
    let decide = |always: bool, never: bool| if always { Some(true) } else { never.then_some(false) };
    let signed = || signed_order(a, ua, b, ub, narrow);
    match insn.code & 0xf0 {
        0x10 => decide(ua == 0 && ub == 0 && a == b, differ),
        0x50 => decide(differ, ua == 0 && ub == 0 && a == b),
        0x40 => decide(a & b != 0, high & other_high == 0),
        0x20 => decide(low > other_high, high <= other_low),
        0x30 => decide(low >= other_high, high < other_low),
        0xa0 => decide(high < other_low, low >= other_high),
        0xb0 => decide(high <= other_low, low > other_high),
        0x60 => signed().map(|order| order.is_gt()),
        0x70 => signed().map(|order| order.is_ge()),
        0xc0 => signed().map(|order| order.is_lt()),
        0xd0 => signed().map(|order| order.is_le()),
        _ => None,
    }
}

fn signed_order(a: u64, ua: u64, b: u64, ub: u64, narrow: bool) -> Option<std::cmp::Ordering> {
    let value = |bits: u64| if narrow { i64::from(bits as u32 as i32) } else { bits as i64 };
    (ua == 0 && ub == 0).then(|| value(a).cmp(&value(b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn insn(code: u8) -> Insn {
        Insn { code, ..Insn::default() }
    }

    #[test]
    fn masks_decide_a_branch_on_an_unknown_value() {
        let odd = alu(&insn(0x57), Value::UNKNOWN, Value::known(1));
        let never = alu(&insn(0x57), odd, Value::known(0x100));
        assert_eq!(never, Value::known(0));
        assert_eq!(branch(&insn(0x15), never, Value::known(0)), Some(true));
        assert_eq!(branch(&insn(0x15), odd, Value::known(0)), None);
        assert_eq!(branch(&insn(0x25), odd, Value::known(1)), Some(false));
    }

    #[test]
    fn signed_and_unsigned_compare_differ() {
        let minus_one = Value::known(u64::MAX);
        assert_eq!(branch(&insn(0xb5), minus_one, Value::known(8)), Some(false));
        assert_eq!(branch(&insn(0xd5), minus_one, Value::known(8)), Some(true));
    }

    #[test]
    fn narrow_results_have_no_upper_half() {
        assert_eq!(alu(&insn(0x04), Value::known(u64::MAX), Value::known(1)), Value::known(0));
        assert_eq!(branch(&insn(0x56), Value::known(1 << 40), Value::known(0)), Some(false));
    }
}

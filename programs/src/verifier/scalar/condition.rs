//! Conditions of jumps, as an operator between two numbers.
//!
//! Key type: [`Condition`]. Neighbours: `branch` decides and refines with it.

use crate::isa::JmpOp;

/// `a <condition> b`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    Eq,
    Ne,
    /// Some bit of `b` is set in `a`.
    Set,
    /// No bit of `b` is set in `a`; no instruction of its own.
    NotSet,
    Lt,
    Le,
    Gt,
    Ge,
    SLt,
    SLe,
    SGt,
    SGe,
}

use Condition::*;

/// Operator of the instruction, its condition, the condition with operands exchanged, the opposite.
const ROWS: [(JmpOp, Condition, Condition, Condition); 11] = [
    (JmpOp::Eq, Eq, Eq, Ne),
    (JmpOp::Ne, Ne, Ne, Eq),
    (JmpOp::Set, Set, Set, NotSet),
    (JmpOp::Lt, Lt, Gt, Ge),
    (JmpOp::Le, Le, Ge, Gt),
    (JmpOp::Gt, Gt, Lt, Le),
    (JmpOp::Ge, Ge, Le, Lt),
    (JmpOp::SLt, SLt, SGt, SGe),
    (JmpOp::SLe, SLe, SGe, SGt),
    (JmpOp::SGt, SGt, SLt, SLe),
    (JmpOp::SGe, SGe, SLe, SLt),
];

impl Condition {
    /// The condition an instruction jumps on.
    pub fn of(op: JmpOp) -> Condition {
        ROWS.iter().find(|row| row.0 == op).map_or(NotSet, |row| row.1)
    }

    /// `a self b` is `b self.flipped() a`.
    #[must_use]
    pub fn flipped(self) -> Condition {
        ROWS.iter().find(|row| row.1 == self).map_or(NotSet, |row| row.2)
    }

    /// What holds when `self` does not.
    #[must_use]
    pub fn opposite(self) -> Condition {
        ROWS.iter().find(|row| row.1 == self).map_or(Set, |row| row.3)
    }

    /// Whether it holds of these values of `bits` bits.
    pub fn holds(self, a: u64, b: u64, bits: u32) -> bool {
        let up = 64 - bits;
        let (a, b) = (a << up, b << up);
        match self {
            Eq => a == b,
            Ne => a != b,
            Set => a & b != 0,
            NotSet => a & b == 0,
            Lt => a < b,
            Le => a <= b,
            Gt => a > b,
            Ge => a >= b,
            SLt => (a as i64) < b as i64,
            SLe => a as i64 <= b as i64,
            SGt => a as i64 > b as i64,
            SGe => a as i64 >= b as i64,
        }
    }
}

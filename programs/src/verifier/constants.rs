//! Registers whose value is the same on every way to an instruction: 7.2 works them out before it follows the program, and takes
//! branches away that they decide.
//!
//! Key items: [`Known`], [`constants`], [`decide_branches`]. Neighbours: `stack_use` asks for sizes, maps and callbacks of calls.
//! Modelled after kernel/bpf/const_fold.c (7.2).

use std::collections::BTreeMap;

use super::blocks::{Blocks, Fact};
use super::facts::Facts;
use super::program::Program;
use super::stop::Checked;
use crate::isa::{AluOp, Imm64, JmpOp, Op, Reg, Src, Width};

/// What a register holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum What {
    #[default]
    Unknown,
    Number,
    /// Address of the map with this index.
    Map,
    /// Address in the only value of the map, `number` bytes into it.
    MapValue,
    Function,
}

/// A register before an instruction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Known {
    pub what: What,
    pub map: usize,
    pub number: u64,
}

impl Known {
    fn unknown(&mut self) {
        *self = Known::default();
    }

    /// A number of 32 bits, the only ones that are remembered.
    pub fn short(&self) -> Option<u32> {
        u32::try_from(self.number).ok().filter(|_| self.what == What::Number)
    }
}

/// All registers before an instruction.
pub type Registers = [Known; 11];

impl Fact for Registers {
    fn bytes(&self) -> usize {
        size_of::<Registers>()
    }
}

/// Registers before each call and branch.
///
/// # Errors
/// The program has too many ways back.
pub fn constants(program: &Program, blocks: &Blocks, facts: &Facts) -> Checked<BTreeMap<usize, Registers>> {
    let entries = program.subprogs.iter().map(|subprog| (subprog.start, Registers::default())).collect();
    let step = |at: usize, regs: &mut Registers| follow(program, facts, at, regs);
    let order = blocks.backwards();
    let settled = blocks.settle(order, entries, step, join)?;
    let mut found = BTreeMap::new();
    blocks.look(order, &settled, step, |at, regs| {
        if matches!(program.ops[at], Some(Op::Call(_) | Op::Branch { .. })) {
            found.insert(at, *regs);
        }
    });
    Ok(found)
}

fn join(held: &mut Registers, new: &Registers) -> bool {
    let mut changed = false;
    for (old, new) in held.iter_mut().zip(new) {
        if old.what != What::Unknown && old != new {
            old.what = What::Unknown;
            changed = true;
        }
    }
    changed
}

fn index(reg: Reg) -> usize {
    usize::from(reg.0)
}

fn follow(program: &Program, facts: &Facts, at: usize, regs: &mut Registers) {
    let Some(op) = program.ops[at] else { return };
    match op {
        Op::Alu { width, op, dst, src, .. } => {
            let src = match src {
                Src::Reg(reg) => Operand::Reg(regs[index(reg)]),
                Src::Imm(imm) => Operand::Imm(i64::from(imm) as u64),
            };
            compute(op, &mut regs[index(dst)], src);
            narrow(width, &mut regs[index(dst)]);
        }
        Op::MovSx { width, bits, dst, src } => {
            regs[index(dst)] = extended(regs[index(src)], bits);
            narrow(width, &mut regs[index(dst)]);
        }
        Op::Neg { dst, .. } | Op::End { dst, .. } | Op::AddrSpaceCast { dst, .. } => {
            regs[index(dst)].unknown();
        }
        Op::LoadImm64 { dst, imm } => address(program, at, imm, &mut regs[index(dst)]),
        Op::Load { size, signed, dst, base, off } => {
            let from = regs[index(base)];
            regs[index(dst)] = read(facts, from, off, size.bytes(), signed).unwrap_or_default();
        }
        Op::LoadAcquire { dst, .. } => regs[index(dst)].unknown(),
        Op::Atomic { op, src, .. } => {
            if let Some(reg) = op.fetched(src) {
                regs[index(reg)].unknown();
            }
        }
        Op::Call(_) | Op::SkbAbs { .. } | Op::SkbInd { .. } => regs[..6].fill(Known::default()),
        _ => {}
    }
}

enum Operand {
    Reg(Known),
    Imm(u64),
}

/// Only moves, sums with a constant, and masks are followed.
fn compute(op: AluOp, dst: &mut Known, src: Operand) {
    let number = |known: &Known| (known.what == What::Number).then_some(known.number);
    let held = number(dst);
    let masked = |value: u64| Known { what: What::Number, number: value, ..*dst };
    *dst = match (op, src) {
        (AluOp::Mov, Operand::Imm(imm)) => masked(imm),
        (AluOp::Mov, Operand::Reg(reg)) => reg,
        (AluOp::Add, Operand::Imm(imm)) if has_offset(dst) => {
            Known { number: dst.number.wrapping_add(imm), ..*dst }
        }
        (AluOp::Sub, Operand::Imm(imm)) if has_offset(dst) => {
            Known { number: dst.number.wrapping_sub(imm), ..*dst }
        }
        (AluOp::And, src) => {
            let other = match src {
                Operand::Imm(imm) => Some(imm),
                Operand::Reg(reg) => number(&reg),
            };
            match (held, other) {
                (Some(a), Some(b)) => masked(a & b),
                (Some(0), None) | (None, Some(0)) => masked(0),
                _ => Known::default(),
            }
        }
        _ => Known::default(),
    };
}

fn has_offset(known: &Known) -> bool {
    matches!(known.what, What::Number | What::MapValue)
}

fn narrow(width: Width, dst: &mut Known) {
    match (width, dst.what) {
        (Width::W64, _) => {}
        (Width::W32, What::Number) => dst.number &= u64::from(u32::MAX),
        (Width::W32, _) => dst.unknown(),
    }
}

fn extended(src: Known, bits: u8) -> Known {
    if src.what != What::Number {
        return Known::default();
    }
    let gone = 64 - u32::from(bits);
    Known { number: ((src.number << gone) as i64 >> gone) as u64, ..src }
}

fn address(program: &Program, at: usize, imm: Imm64, dst: &mut Known) {
    let map_at = |map: i32| usize::try_from(map).unwrap_or(usize::MAX);
    match imm {
        Imm64::Value(value) => (dst.what, dst.number) = (What::Number, value),
        Imm64::Map(map) | Imm64::MapIdx(map) => (dst.what, dst.map) = (What::Map, map_at(map)),
        Imm64::MapValue { map, offset } | Imm64::MapIdxValue { map, offset } => {
            *dst = Known { what: What::MapValue, map: map_at(map), number: i64::from(offset) as u64 };
        }
        Imm64::Func(_) => match program.callee(at) {
            Some(subprog) => (dst.what, dst.number) = (What::Function, subprog as u64),
            None => dst.unknown(),
        },
        Imm64::BtfVar { .. } => dst.unknown(),
    }
}

/// A load from a value that nothing can change any more.
fn read(facts: &Facts, from: Known, off: i16, size: u8, signed: bool) -> Option<Known> {
    if from.what != What::MapValue {
        return None;
    }
    let at = usize::try_from(from.number as i64 as i32 + i32::from(off)).ok()?;
    let value = facts.maps.get(from.map)?.frozen_at(at, usize::from(size)).ok()??;
    let number = Known { what: What::Number, map: 0, number: value };
    Some(if signed { extended(number, size * 8) } else { number })
}

/// Branches that constants decide become jumps (`bpf_prune_dead_branches`). Says whether there were any.
pub fn decide_branches(ops: &mut [Option<Op>], constants: &BTreeMap<usize, Registers>) -> bool {
    let mut changed = false;
    for (&at, regs) in constants {
        let Some(Op::Branch { width, op, dst, src, delta }) = ops[at] else { continue };
        let Some(left) = regs[index(dst)].short() else { continue };
        let right = match src {
            Src::Imm(imm) => Some(i64::from(imm) as u64),
            Src::Reg(reg) => regs[index(reg)].short().map(u64::from),
        };
        let Some(right) = right else { continue };
        let sides = match width {
            Width::W64 => (u64::from(left), right),
            Width::W32 => (i64::from(left as i32) as u64, i64::from(right as i32) as u64),
        };
        let delta = if holds(op, sides) { i32::from(delta) } else { 0 };
        ops[at] = Some(Op::Jump { long: false, delta });
        changed = true;
    }
    changed
}

fn holds(op: JmpOp, (left, right): (u64, u64)) -> bool {
    let signed = (left as i64, right as i64);
    match op {
        JmpOp::Eq => left == right,
        JmpOp::Ne => left != right,
        JmpOp::Gt => left > right,
        JmpOp::Ge => left >= right,
        JmpOp::Lt => left < right,
        JmpOp::Le => left <= right,
        JmpOp::SGt => signed.0 > signed.1,
        JmpOp::SGe => signed.0 >= signed.1,
        JmpOp::SLt => signed.0 < signed.1,
        JmpOp::SLe => signed.0 <= signed.1,
        JmpOp::Set => left & right != 0,
    }
}

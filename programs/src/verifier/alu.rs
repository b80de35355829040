//! Arithmetic on registers: scalars, and what may be done to pointers.
//!
//! Neighbours: `scalar` computes ranges; `verify` dispatches here. Modelled after kernel/bpf/verifier.c:check_alu_op,
//! adjust_reg_min_max_vals and adjust_ptr_min_max_vals, for a privileged loader.

use super::names::type_name;
use super::reg::{Flags, Kind, Linked, Reg};
use super::search::Path;
use super::stop::{Checked, invalid, no_access};
use super::verify::Verifier;
use crate::isa::table::ALU;
use crate::isa::{AluOp, End, Op, Src, Width};
use crate::profile::KernelVersion;
use sim::errno::Errno;

/// Offsets beyond this are refused (`BPF_MAX_VAR_OFF`).
const MAX_OFFSET: i64 = 1 << 29;

impl Verifier<'_> {
    pub(super) fn alu(&mut self, op: Op) -> Checked {
        match op {
            Op::Neg { width, dst } => {
                self.read_reg(dst.0)?;
                self.write_reg(dst.0)?;
                let reg = *self.reg(dst.0);
                let mut result = Reg::unknown(self.numbers);
                if reg.is_scalar() && self.version() == KernelVersion::V7_2 {
                    // Another value than before: what shared it learns nothing from this one any more.
                    result = Reg { id: 0, linked: None, off: 0, ..reg };
                    result.num.negate(width, self.numbers);
                }
                self.set_reg(dst.0, result);
                Ok(())
            }
            Op::End { kind, bits, dst } => self.byte_order(kind, bits.into(), dst.0),
            Op::MovSx { width, bits, dst, src } => self.move_sign_extended(width, bits.into(), dst.0, src.0),
            Op::AddrSpaceCast { dst, src, to, .. } => self.cast(dst.0, src.0, to),
            Op::Alu { width, op: AluOp::Mov, dst, src } => self.mov(width, dst.0, src),
            Op::Alu { width, op, dst, src } => self.arithmetic(width, op, dst.0, src),
            _ => unreachable!("only arithmetic is dispatched here"),
        }
    }

    fn byte_order(&mut self, kind: End, bits: u32, dst: u8) -> Checked {
        self.read_reg(dst)?;
        self.write_reg(dst)?;
        let mut reg = *self.reg(dst);
        if !reg.is_scalar() || self.version() != KernelVersion::V7_2 {
            self.set_unknown(dst);
            return Ok(());
        }
        if kind != End::Le || bits < 64 {
            (reg.id, reg.linked) = (0, None);
        }
        if kind == End::Le {
            if bits < 64 {
                reg.num.truncate(bits / 8, self.numbers);
            }
        } else {
            reg.num.byte_swap(bits, self.numbers);
        }
        self.set_reg(dst, reg);
        Ok(())
    }

    /// A scalar that is copied gets an id, so that a later comparison of one copy teaches about the other.
    pub(super) fn share_id_of(&mut self, src: u8) {
        let reg = *self.reg(src);
        let shared = self.with_id(reg);
        if shared != reg {
            *self.path.state.reg_mut(src.into()) = shared;
        }
    }

    /// A scalar with an id that its copies share (`assign_scalar_id_before_mov`).
    pub(super) fn with_id(&mut self, mut reg: Reg) -> Reg {
        if !reg.is_scalar() {
            return reg;
        }
        let late = self.version() >= KernelVersion::V6_12;
        let constant = late && reg.num.known().is_some();
        if late && reg.linked.is_some() {
            (reg.id, reg.linked, reg.off) = (0, None, 0);
        }
        if reg.id == 0 && !constant {
            reg.id = self.new_id();
        }
        reg
    }

    fn mov(&mut self, width: Width, dst: u8, src: Src) -> Checked {
        let Src::Reg(from) = src else {
            self.write_reg(dst)?;
            let Src::Imm(imm) = src else { unreachable!("the other kind of operand") };
            let value = if width == Width::W64 { i64::from(imm) as u64 } else { u64::from(imm as u32) };
            self.set_reg(dst, Reg::constant(value, self.numbers));
            return Ok(());
        };
        self.read_reg(from.0)?;
        self.write_reg(dst)?;
        if width == Width::W64 {
            self.share_id_of(from.0);
            let reg = *self.reg(from.0);
            self.set_reg(dst, reg);
            return Ok(());
        }
        if !self.reg(from.0).is_scalar() {
            let mut result = Reg::unknown(self.numbers);
            result.num.zero_extend();
            result.num.sync(self.numbers);
            self.set_reg(dst, result);
            return Ok(());
        }
        let fits =
            self.version() >= KernelVersion::V6_12 && self.reg(from.0).num.umax() <= u64::from(u32::MAX);
        if fits {
            self.share_id_of(from.0);
        }
        let mut result = *self.reg(from.0);
        if !fits {
            (result.id, result.linked) = (0, None);
        }
        result.num.zero_extend();
        result.num.sync(self.numbers);
        self.set_reg(dst, result);
        Ok(())
    }

    fn move_sign_extended(&mut self, width: Width, bits: u32, dst: u8, src: u8) -> Checked {
        self.read_reg(src)?;
        self.write_reg(dst)?;
        if !self.reg(src).is_scalar() {
            self.set_unknown(dst);
            return Ok(());
        }
        let unchanged = self.reg(src).num.umax() < 1 << (bits - 1);
        if unchanged {
            self.share_id_of(src);
        }
        let mut result = *self.reg(src);
        if !unchanged {
            (result.id, result.linked) = (0, None);
        }
        result.num.sign_extend(bits / 8, width, self.numbers);
        result.num.sync(self.numbers);
        self.set_reg(dst, result);
        Ok(())
    }

    fn cast(&mut self, dst: u8, src: u8, to: u16) -> Checked {
        if !self.facts.has_arena() {
            return invalid(
                "addr_space_cast insn can only be used in a program that has an associated arena",
            );
        }
        self.read_reg(src)?;
        self.write_reg(dst)?;
        let mut result = Reg::unknown(self.numbers);
        if to == 0 {
            result.kind = Kind::Arena;
        }
        self.set_reg(dst, result);
        Ok(())
    }

    fn arithmetic(&mut self, width: Width, op: AluOp, dst: u8, src: Src) -> Checked {
        if let Src::Reg(src) = src {
            self.read_reg(src.0)?;
        }
        self.read_reg(dst)?;
        if let Src::Imm(imm) = src {
            check_constant(op, imm, width)?;
        }
        self.write_reg(dst)?;
        let (left, right) = (*self.reg(dst), self.operand(src));
        if left.kind == Kind::Arena || right.kind == Kind::Arena {
            let mut result = Reg::unknown(self.numbers);
            result.kind = Kind::Arena;
            self.set_reg(dst, result);
            return Ok(());
        }
        match (left.is_scalar(), right.is_scalar()) {
            (true, true) => self.scalars(width, op, dst, src, &right),
            (false, false) => self.two_pointers(op, dst),
            (false, true) => {
                if let Src::Reg(src) = src {
                    self.want_reg(src.0);
                }
                self.move_pointer(width, op, dst, &left, &right, true)
            }
            (true, false) => {
                self.want_reg(dst);
                self.move_pointer(width, op, dst, &right, &left, false)
            }
        }
    }

    fn two_pointers(&mut self, op: AluOp, dst: u8) -> Checked {
        if op == AluOp::Sub {
            self.set_unknown(dst);
            return Ok(());
        }
        no_access(format!("R{dst} pointer {} pointer prohibited", spelling(op)))
    }

    fn scalars(&mut self, width: Width, op: AluOp, dst: u8, src: Src, right: &Reg) -> Checked {
        if let (Src::Reg(src), true) = (src, self.reg(dst).precise) {
            self.want_reg(src.0);
        }
        if self.version() <= KernelVersion::V6_1 && right.num.is_tainted(width) {
            self.set_unknown(dst);
            return Ok(());
        }
        self.fork_on_sign(op, dst, right)?;
        let mut result = *self.reg(dst);
        let before = result.num.umax();
        result.num.alu(op, &right.num, width, self.numbers);
        let apart = !matches!(src, Src::Reg(src) if src.0 == dst);
        let by = if apart { distance(self.version(), (width, op), right, before) } else { None };
        link(&mut result, by);
        self.set_reg(dst, result);
        Ok(())
    }

    /// 6.12 on: a value that is 0 or -1 (a sign, spread) is followed as either before it is masked (`maybe_fork_scalars`).
    fn fork_on_sign(&mut self, op: AluOp, dst: u8, right: &Reg) -> Checked {
        let early = self.version() < KernelVersion::V6_12;
        if early || !matches!(op, AluOp::And | AluOp::Or) || right.num.known().is_none() {
            return Ok(());
        }
        let num = self.reg(dst).num;
        let (_, _, low_min, low_max) = num.low();
        let (whole, low) = (num.smin() == -1 && num.smax() == 0, low_min == -1 && low_max == 0);
        if !whole && !low {
            return Ok(());
        }
        let set = |reg: &mut Reg, value: u64, numbers| {
            if whole {
                *reg = Reg::constant(value, numbers);
            } else {
                reg.num.set_low(value as u32);
            }
        };
        let numbers = self.numbers;
        let mut other = self.path.fork();
        set(other.state.reg_mut(dst.into()), 0, numbers);
        self.push(other)?;
        set(self.path.state.reg_mut(dst.into()), u64::MAX, numbers);
        Ok(())
    }

    /// Puts a path aside.
    pub(super) fn push(&mut self, path: Path) -> Checked {
        self.push_as(path, Errno::EFAULT)
    }

    /// Puts one more round of an iterator, a callback or may_goto aside: 6.12 says of these that it lacks memory.
    pub(super) fn push_round(&mut self, path: Path) -> Checked {
        self.push_as(path, Errno::ENOMEM)
    }

    fn push_as(&mut self, path: Path, early: Errno) -> Checked {
        let errno = if self.version() < KernelVersion::V7_2 { early } else { Errno::E2BIG };
        self.search.push(path, errno)
    }

    /// `adjust_ptr_min_max_vals`. `in_place`: the destination is the pointer.
    fn move_pointer(
        &mut self,
        width: Width,
        op: AluOp,
        dst: u8,
        pointer: &Reg,
        offset: &Reg,
        in_place: bool,
    ) -> Checked {
        if offset.num.is_tainted(Width::W64) {
            self.set_unknown(dst);
            return Ok(());
        }
        if width == Width::W32 {
            if op == AluOp::Sub {
                self.set_unknown(dst);
                return Ok(());
            }
            return no_access(format!("R{dst} 32-bit pointer arithmetic prohibited"));
        }
        self.may_move(op, dst, pointer, offset)?;
        let untrusted_memory =
            matches!(pointer.kind, Kind::Mem { .. }) && pointer.flags.has(Flags::UNTRUSTED);
        if untrusted_memory && self.version() == KernelVersion::V7_2 {
            self.set_reg(dst, *pointer);
            return Ok(());
        }
        self.sane_offset(pointer, offset, true)?;
        self.sane_offset(pointer, pointer, false)?;
        let mut result = if in_place { *pointer } else { self.behind_number(pointer) };
        match op {
            AluOp::Add => self.add_offset(&mut result, offset, AluOp::Add),
            AluOp::Sub if !in_place => {
                return no_access(format!("R{dst} tried to subtract pointer from scalar"));
            }
            AluOp::Sub if matches!(pointer.kind, Kind::Stack { .. }) => {
                return no_access(format!("R{dst} subtraction from stack pointer prohibited"));
            }
            AluOp::Sub => self.add_offset(&mut result, offset, AluOp::Sub),
            AluOp::And | AluOp::Or | AluOp::Xor => {
                return no_access(format!("R{dst} bitwise operator {} on pointer prohibited", spelling(op)));
            }
            _ => {
                let text = format!("R{dst} pointer arithmetic with {} operator prohibited", spelling(op));
                return no_access(text);
            }
        }
        self.sane_offset(pointer, &result, false)?;
        result.num.sync(self.numbers);
        self.set_reg(dst, result);
        Ok(())
    }

    /// A pointer that is added to a number. Before 6.12 the register keeps what is no part of the pointer's type: that it needs no
    /// reference, and the number of the outermost frame.
    fn behind_number(&self, pointer: &Reg) -> Reg {
        if self.version() >= KernelVersion::V6_12 {
            return *pointer;
        }
        let kind = match pointer.kind {
            Kind::Stack { .. } => Kind::Stack { frame: 0 },
            kind => kind,
        };
        Reg { kind, ref_id: 0, ..*pointer }
    }

    fn may_move(&self, op: AluOp, dst: u8, pointer: &Reg, offset: &Reg) -> Checked {
        let name = type_name(self.version(), pointer);
        let null = pointer.may_be_null();
        let old = self.version() == KernelVersion::V5_10;
        if null && (!old || matches!(pointer.kind, Kind::MapValue { .. })) {
            return no_access(format!("R{dst} pointer arithmetic on {name} prohibited, null-check it first"));
        }
        let known = offset.num.known();
        let adds_nothing = known == Some(0) && op == AluOp::Add;
        let movable = match pointer.kind {
            Kind::FlowKeys => old || known.is_some(),
            Kind::MapPtr { .. } => adds_nothing,
            Kind::PacketEnd | Kind::Socket | Kind::SockCommon | Kind::TcpSock | Kind::XdpSock => false,
            _ => !null,
        };
        if movable { Ok(()) } else { no_access(format!("R{dst} pointer arithmetic on {name} prohibited")) }
    }

    /// `check_reg_sane_offset` (7.2: `_scalar` for what is added, `_ptr` for the pointer).
    fn sane_offset(&self, pointer: &Reg, reg: &Reg, scalar: bool) -> Checked {
        let name = type_name(self.version(), pointer);
        let smin = reg.num.smin();
        let too_far = |value: i64| value >= MAX_OFFSET || value <= -MAX_OFFSET;
        let known = reg.num.known().map(|value| value as i64);
        if self.version() == KernelVersion::V7_2 && !scalar {
            let bad = known.filter(|value| too_far(*value)).or(Some(smin).filter(|smin| too_far(*smin)));
            return match bad {
                Some(value) => invalid(format!("{name} pointer offset {value} is not allowed")),
                None => Ok(()),
            };
        }
        if let Some(value) = known.filter(|value| too_far(*value)) {
            return invalid(format!("math between {name} pointer and {value} is not allowed"));
        }
        if !scalar && too_far(reg.off.into()) {
            return invalid(format!("{name} pointer offset {} is not allowed", reg.off));
        }
        if smin == i64::MIN {
            return invalid(format!(
                "math between {name} pointer and register with unbounded min value is not allowed"
            ));
        }
        if too_far(smin) {
            return invalid(format!("value {smin} makes {name} pointer be out of bounds"));
        }
        Ok(())
    }

    fn add_offset(&mut self, result: &mut Reg, offset: &Reg, op: AluOp) {
        let known = offset.num.known().map(|value| value as i64);
        let late = self.version() == KernelVersion::V7_2;
        if let (Some(value), false) = (known, late) {
            let moved = match op {
                AluOp::Add => i64::from(result.off).wrapping_add(value),
                _ => i64::from(result.off).wrapping_sub(value),
            };
            if let Ok(off) = i32::try_from(moved) {
                result.off = off;
                return;
            }
        }
        result.num.offset_by(op, &offset.num, self.numbers);
        let (Kind::Packet { range } | Kind::PacketMeta { range }) = &mut result.kind else { return };
        let shrinks = offset.num.smin() < 0;
        let forget = match (op, late) {
            (AluOp::Add, false) => true,
            (AluOp::Add, true) => known.is_none() || *range < 0,
            (_, false) => shrinks,
            (_, true) => (known.is_none() && shrinks) || *range < 0,
        };
        if forget {
            *range = 0;
        }
        if known.is_none() || !late {
            result.id = self.new_id();
        }
    }
}

/// How far an addition moves a number from its copies, if the kernel keeps account of that: 6.12 of 64-bit additions, 7.2 of both widths
/// and of subtractions. `before`: the largest value it may have had.
fn distance(
    version: KernelVersion,
    (width, op): (Width, AluOp),
    right: &Reg,
    before: u64,
) -> Option<(Linked, i32)> {
    let value = right.num.known_of(width)?;
    match version {
        KernelVersion::V5_10 | KernelVersion::V6_1 => None,
        KernelVersion::V6_12 => {
            let by = i32::try_from(value).ok().filter(|_| op == AluOp::Add && width == Width::W64)?;
            Some((Linked::Add64, by))
        }
        KernelVersion::V7_2 => {
            let (how, by) = match width {
                Width::W64 => (Linked::Add64, i32::try_from(value as i64).ok()?),
                Width::W32 if before > u64::from(u32::MAX) => return None,
                Width::W32 => (Linked::Add32, value as u32 as i32),
            };
            match op {
                AluOp::Add => Some((how, by)),
                AluOp::Sub => by.checked_neg().map(|by| (how, by)),
                _ => None,
            }
        }
    }
}

/// A copy plus a constant stays tied to the original, once.
fn link(result: &mut Reg, by: Option<(Linked, i32)>) {
    match by {
        Some((how, by)) if result.id != 0 && result.linked.is_none() => {
            (result.linked, result.off) = (Some(how), by);
        }
        _ => (result.id, result.linked, result.off) = (0, None, 0),
    }
}

fn check_constant(op: AluOp, imm: i32, width: Width) -> Checked {
    let divides = matches!(op, AluOp::Div | AluOp::SDiv | AluOp::Mod | AluOp::SMod);
    if divides && imm == 0 {
        return invalid("div by zero");
    }
    let bits = if width == Width::W64 { 64 } else { 32 };
    let shifts = matches!(op, AluOp::Lsh | AluOp::Rsh | AluOp::Arsh);
    if shifts && !(0..bits).contains(&imm) {
        return invalid(format!("invalid shift {imm}"));
    }
    Ok(())
}

/// The operator as the kernel prints it.
fn spelling(op: AluOp) -> &'static str {
    ALU.iter().find(|row| row.op == op).map_or("?", |row| row.spelling)
}

//! Jumps: which way, and what each way teaches about registers, packet pointers and pointers that may be NULL.
//!
//! Neighbours: `scalar` decides and refines numbers; `verify` dispatches here. Modelled after kernel/bpf/verifier.c:check_cond_jmp_op,
//! try_match_pkt_pointers, mark_ptr_or_null_regs and sync_linked_regs.

use super::history::{Linked, SlotRef};
use super::prune::Sameness;
use super::reg::{Flags, Kind, Reg};
use super::scalar::Condition;
use super::search::{NodeId, Path};
use super::state::{RefKind, Slot, State};
use super::stop::{Checked, not_modelled};
use super::verify::{Next, Verifier};
use crate::isa::{JmpOp, Op, Src, Width};
use crate::profile::KernelVersion;

/// `MAX_PACKET_OFF`.
const MAX_PACKET: u64 = 0xffff;
/// Range of a packet pointer that is known to be at the end, or beyond it (`AT_PKT_END`, `BEYOND_PKT_END`).
const AT_END: i32 = -1;
const BEYOND_END: i32 = -2;
/// Offset from which a pointer could wrap to NULL (7.2).
const MAX_OFFSET: i64 = 1 << 29;

/// A conditional jump.
#[derive(Clone, Copy)]
struct Test {
    condition: Condition,
    width: Width,
    dst: u8,
    src: Src,
}

impl Verifier<'_> {
    pub(super) fn jump(&mut self, insn: usize, op: Op) -> Checked<Next> {
        let next = insn + 1;
        let target = |delta: i64| (next as i64 + delta) as usize;
        self.search.progress.jumps += 1;
        match op {
            Op::Jump { delta, .. } => Ok(Next::At(target(delta.into()))),
            Op::JumpReg { .. } => not_modelled("jump tables (gotox)"),
            Op::MayGoto { delta } => self.may_goto(insn, target(delta.into())),
            Op::Branch { width, op, dst, src, delta } => {
                self.branch(insn, (width, op), dst.0, src, target(delta.into()))
            }
            _ => unreachable!("only jumps are dispatched here"),
        }
    }

    /// The jump is taken now, and the body once more later, with what is not precise forgotten.
    fn may_goto(&mut self, insn: usize, target: usize) -> Checked<Next> {
        let mut again = self.fork_to(insn + 1);
        again.state.may_goto_depth += 1;
        if let Some(before) = self.entry_before_own(insn) {
            self.widen(&before, &mut again.state);
        }
        self.push_round(again)?;
        Ok(Next::At(target))
    }

    /// The newest state kept at `insn` on this path, in the same call chain (`find_prev_entry`).
    pub(super) fn entry_before(&self, insn: usize) -> Option<State> {
        self.entry_from(self.path.parent, insn)
    }

    /// As [`Self::entry_before`], when this visit of `insn` kept a state of its own.
    pub(super) fn entry_before_own(&self, insn: usize) -> Option<State> {
        self.entry_from(self.search.nodes[self.path.parent?].parent, insn)
    }

    fn entry_from(&self, mut at: Option<NodeId>, insn: usize) -> Option<State> {
        let frames = &self.path.state.frames;
        while let Some(id) = at {
            let node = &self.search.nodes[id];
            let same = node.insn == insn
                && !node.evicted
                && node.state.frames.len() == frames.len()
                && node.state.frames.iter().zip(frames).all(|(a, b)| a.callsite == b.callsite);
            if same {
                return Some(node.state.clone());
            }
            at = node.parent;
        }
        None
    }

    /// As [`Self::widen`], of the path that is followed.
    pub(super) fn widen_current(&mut self, before: &State) {
        let mut state = self.path.state.clone();
        self.widen(before, &mut state);
        self.path.state = state;
    }

    /// Scalars that changed since `before` and are not precise become unknown (`widen_imprecise_scalars`).
    pub(super) fn widen(&self, before: &State, state: &mut State) {
        let mut same = Sameness::new(self.rules());
        for (number, old) in before.frames.iter().enumerate().take(state.frames.len()).rev() {
            let frame = state.frame_mut(number);
            for (reg, was) in frame.regs.iter_mut().zip(&old.regs) {
                widen_reg(was, reg, &mut same);
            }
            for (slot, was) in frame.stack.iter_mut().zip(&old.stack) {
                if slot.is_spill() && was.is_spill() {
                    widen_reg(&was.reg, &mut slot.reg, &mut same);
                }
            }
        }
    }

    fn branch(
        &mut self,
        insn: usize,
        (width, op): (Width, JmpOp),
        dst: u8,
        src: Src,
        target: usize,
    ) -> Checked<Next> {
        self.read_reg(dst)?;
        if let Src::Reg(src) = src {
            self.read_reg(src.0)?;
        }
        let (left, right) = (*self.reg(dst), self.operand(src));
        let is_stack = |reg: &Reg| matches!(reg.kind, Kind::Stack { .. });
        self.step.stack_operands = (is_stack(&left), is_stack(&right));
        let test = Test { condition: Condition::of(op), width, dst, src };
        if let Some(taken) = self.decide(&test, &left, &right) {
            if !left.is_pointer() {
                self.want_reg(dst);
            }
            if let (Src::Reg(src), false) = (src, right.is_pointer()) {
                self.want_reg(src.0);
            }
            return Ok(Next::At(if taken { target } else { insn + 1 }));
        }
        self.both_ways(insn, &test, (&left, &right), target)
    }

    /// Whether the condition is known to hold (`is_branch_taken`).
    fn decide(&self, test: &Test, left: &Reg, right: &Reg) -> Option<bool> {
        if left.is_packet_or_end() && right.is_packet_or_end() && test.width == Width::W64 {
            return packet_decided(test.condition, left, right);
        }
        if left.is_pointer() || right.is_pointer() {
            return self.decide_null(test, left, right);
        }
        // 7.2 knows what a register compared with itself gives.
        if let (Src::Reg(src), KernelVersion::V7_2) = (test.src, self.version())
            && src.0 == test.dst
        {
            return self_comparison(test.condition, left);
        }
        left.num.decide(test.condition, &right.num, test.width, self.numbers)
    }

    /// A pointer that cannot be NULL, compared with 0.
    fn decide_null(&self, test: &Test, left: &Reg, right: &Reg) -> Option<bool> {
        let late = self.version() >= KernelVersion::V6_12;
        if test.width == Width::W32 && self.version() == KernelVersion::V7_2 {
            return None;
        }
        let (pointer, constant) = match (left.is_pointer(), right.known()) {
            (true, Some(constant)) => (left, constant),
            _ if late => (right, left.known()?),
            _ => return None,
        };
        if constant != 0 || !self.cannot_be_null(pointer) {
            return None;
        }
        match test.condition {
            Condition::Eq => Some(false),
            Condition::Ne => Some(true),
            _ => None,
        }
    }

    /// `reg_not_null`.
    fn cannot_be_null(&self, reg: &Reg) -> bool {
        let version = self.version();
        let far = !(-MAX_OFFSET + 1..MAX_OFFSET).contains(&reg.num.smin())
            || !(-MAX_OFFSET + 1..MAX_OFFSET).contains(&reg.num.smax());
        if reg.may_be_null() || (version == KernelVersion::V7_2 && far) {
            return false;
        }
        match reg.kind {
            Kind::Socket | Kind::TcpSock | Kind::SockCommon | Kind::MapValue { .. } => true,
            Kind::MapKey { .. } => version >= KernelVersion::V6_1,
            Kind::Mem { .. } | Kind::MapPtr { .. } => {
                version >= KernelVersion::V6_12 && !reg.flags.has(Flags::UNTRUSTED)
            }
            Kind::Btf { .. } => version >= KernelVersion::V6_12 && self.is_trusted(reg),
            Kind::XdpSock | Kind::Buf => version == KernelVersion::V7_2,
            _ => false,
        }
    }

    fn both_ways(
        &mut self,
        insn: usize,
        test: &Test,
        (left, right): (&Reg, &Reg),
        target: usize,
    ) -> Checked<Next> {
        self.step.linked = self.linked_with(left, right);
        if !self.step.linked.is_empty() && !self.program.marks[insn].jump {
            self.path.recorded += 1;
        }
        let mut taken = self.fork_to(target);
        if left.is_scalar() && right.is_scalar() {
            let after = left.num.branches(test.condition, &right.num, test.width, self.numbers);
            self.learn(&mut taken.state, test, after.holds);
            let mut here = std::mem::replace(&mut self.path.state, taken.state.clone());
            self.learn(&mut here, test, after.fails);
            self.path.state = here;
        }
        self.compare_pointers(test, (left, right), &mut taken);
        self.push(taken)?;
        Ok(Next::At(insn + 1))
    }

    /// Registers and slots that share the value of an operand (`collect_linked_regs`): only so many, the others are no longer tied. Before
    /// 6.12 there is no such list, and no limit.
    fn linked_with(&mut self, left: &Reg, right: &Reg) -> Vec<Linked> {
        let most = match self.version() {
            KernelVersion::V5_10 | KernelVersion::V6_1 => return Vec::new(),
            KernelVersion::V6_12 => 6,
            KernelVersion::V7_2 => 5,
        };
        let mut linked = Vec::new();
        let mut loose = Vec::new();
        for id in [right, left].into_iter().filter(|reg| reg.is_scalar() && reg.id != 0).map(|reg| reg.id) {
            for (number, frame) in self.path.state.frames.iter().enumerate().rev() {
                let has = |reg: &Reg| reg.is_scalar() && reg.id == id;
                let regs = (0..10).filter(|reg| has(&frame.regs[*reg]));
                let regs = regs.map(|reg| Linked::Reg { frame: number as u8, reg: reg as u8 });
                let slots =
                    frame.stack.iter().enumerate().filter(|(_, slot)| slot.is_spill() && has(&slot.reg));
                let slots =
                    slots.map(|(slot, _)| Linked::Slot(SlotRef { frame: number as u8, slot: slot as u8 }));
                for place in regs.chain(slots) {
                    if linked.len() < most { linked.push(place) } else { loose.push(place) }
                }
            }
        }
        for place in loose {
            let reg = match place {
                Linked::Reg { frame, reg } => {
                    &mut self.path.state.frame_mut(frame.into()).regs[usize::from(reg)]
                }
                Linked::Slot(at) => {
                    &mut self.path.state.frame_mut(at.frame.into()).stack[usize::from(at.slot)].reg
                }
            };
            (reg.id, reg.linked, reg.off) = (0, None, 0);
        }
        if linked.len() > 1 { linked } else { Vec::new() }
    }

    /// Operands become what the outcome says, and so does everything tied to them.
    fn learn(
        &self,
        state: &mut State,
        test: &Test,
        (left, right): (super::scalar::Scalar, super::scalar::Scalar),
    ) {
        if let Src::Reg(src) = test.src {
            state.reg_mut(src.0.into()).num = right;
            let known = *state.reg(src.0.into());
            self.spread(state, &known);
        }
        state.reg_mut(test.dst.into()).num = left;
        let known = *state.reg(test.dst.into());
        self.spread(state, &known);
    }

    /// `sync_linked_regs` (before 6.12: find_equal_scalars).
    fn spread(&self, state: &mut State, known: &Reg) {
        if known.id == 0 {
            return;
        }
        let numbers = self.numbers;
        let last = self.version() == KernelVersion::V7_2;
        // Up to 6.1 a spill of half a register is forgotten here (bpf_get_spilled_reg).
        let spilled =
            if self.version() <= KernelVersion::V6_1 { Slot::is_full_spill } else { Slot::is_spill };
        state.each_reg_of(spilled, |reg| {
            if !reg.is_scalar() || reg.id != known.id {
                return;
            }
            // A distance in one width says nothing in the other.
            if reg.linked.is_some() && known.linked.is_some() && reg.linked != known.linked {
                return;
            }
            let plain = reg.linked.is_none() && known.linked.is_none();
            if plain || reg.off == known.off {
                (reg.num, reg.linked, reg.off) = (known.num, known.linked, known.off);
                return;
            }
            let distance = i64::from(reg.off) - i64::from(known.off);
            let distance = super::scalar::Scalar::constant(distance as u64, numbers);
            reg.num = known.num;
            reg.num.add_unsynced(&distance, numbers);
            if last {
                if [reg.linked, known.linked].contains(&Some(super::reg::Linked::Add32)) {
                    reg.num.zero_extend();
                }
                reg.num.sync(numbers);
            }
        });
    }

    fn compare_pointers(&mut self, test: &Test, (left, right): (&Reg, &Reg), taken: &mut Path) {
        let wide = test.width == Width::W64;
        let equality = matches!(test.condition, Condition::Eq | Condition::Ne);
        let equal_is_taken = test.condition == Condition::Eq;
        if let (Src::Reg(src), true) = (test.src, wide && equality && self.version() >= KernelVersion::V6_12)
        {
            let both = left.is_pointer() && right.is_pointer();
            let btf = matches!(left.kind, Kind::Btf { .. }) || matches!(right.kind, Kind::Btf { .. });
            if both && !btf && left.may_be_null() != right.may_be_null() {
                let number = if right.may_be_null() { src.0 } else { test.dst };
                let state = if equal_is_taken { &mut taken.state } else { &mut self.path.state };
                let mut reg = *state.reg(number.into());
                self.facts.not_null(&mut reg);
                *state.reg_mut(number.into()) = reg;
            }
        }
        // 7.2 also takes a register that holds 0.
        let null =
            matches!(test.src, Src::Imm(0)) || (self.version() == KernelVersion::V7_2 && right.is_null());
        let null_test = null && equality && wide && left.may_be_null();
        if null_test {
            self.null_known(left, equal_is_taken, taken);
        } else if wide && matches!(test.src, Src::Reg(_)) {
            let whole = self.version() == KernelVersion::V7_2;
            packet_learnt(test, (left, right), whole, &mut self.path.state, &mut taken.state);
        }
    }

    /// `mark_ptr_or_null_regs` in both ways.
    fn null_known(&mut self, reg: &Reg, null_is_taken: bool, taken: &mut Path) {
        let facts = self.facts;
        let numbers = self.numbers;
        let old = self.version() < KernelVersion::V7_2;
        let mark = |state: &mut State, null: bool| {
            if null {
                // Only a reference of its own: what is kept alive by another one says nothing about that.
                state.release(RefKind::Pointer, reg.id);
            }
            state.each_reg_mut(|other| {
                if !other.may_be_null() || other.id != reg.id {
                    return;
                }
                if null {
                    *other = Reg::constant(0, numbers);
                } else {
                    facts.not_null(other);
                    // Nothing asks any more which pointers were checked together.
                    if old && !facts.may_hold_lock(other) {
                        other.id = 0;
                    }
                }
            });
        };
        mark(&mut self.path.state, !null_is_taken);
        mark(&mut taken.state, null_is_taken);
    }
}

fn widen_reg(was: &Reg, reg: &mut Reg, same: &mut Sameness) {
    let scalars = was.is_scalar() && reg.is_scalar();
    if scalars && !was.precise && !reg.precise && !same.scalars(was, reg) {
        *reg = same.unknown();
    }
}

fn self_comparison(condition: Condition, reg: &Reg) -> Option<bool> {
    match condition {
        Condition::Eq | Condition::Ge | Condition::Le | Condition::SGe | Condition::SLe => Some(true),
        Condition::Ne | Condition::Gt | Condition::Lt | Condition::SGt | Condition::SLt => Some(false),
        Condition::Set | Condition::NotSet => match reg.num.var_off() {
            number if number.value != 0 => Some(true),
            number if number.equals(0) => Some(false),
            _ => None,
        },
    }
}

fn range_of(reg: &Reg) -> Option<i32> {
    match reg.kind {
        Kind::Packet { range } | Kind::PacketMeta { range } => Some(range),
        _ => None,
    }
}

/// `is_pkt_ptr_branch_taken`.
fn packet_decided(condition: Condition, left: &Reg, right: &Reg) -> Option<bool> {
    let (packet, condition) = match (left.kind, right.kind) {
        (_, Kind::PacketEnd) => (left, condition),
        (Kind::PacketEnd, _) => (right, condition.flipped()),
        _ => return None,
    };
    let range = range_of(packet)?;
    match condition {
        Condition::Le | Condition::Gt if range == BEYOND_END => Some(condition == Condition::Gt),
        Condition::Lt | Condition::Ge if range < 0 => Some(condition == Condition::Ge),
        _ => None,
    }
}

/// A pointer at its origin: what it is compared with tells how far another one may go.
fn is_origin(reg: &Reg) -> bool {
    matches!(reg.kind, Kind::Packet { .. }) && reg.id == 0 && reg.off == 0 && reg.num.known() == Some(0)
}

/// `try_match_pkt_pointers`: which outcome shows that bytes are there.
fn packet_learnt(
    test: &Test,
    (left, right): (&Reg, &Reg),
    whole: bool,
    falls: &mut State,
    taken: &mut State,
) {
    let limits = |pointer: &Reg, limit: &Reg| {
        matches!((pointer.kind, limit.kind), (Kind::Packet { .. }, Kind::PacketEnd))
            || (matches!(pointer.kind, Kind::PacketMeta { .. }) && is_origin(limit))
    };
    let Src::Reg(src) = test.src else { return };
    let (pointer, number, condition) = if limits(left, right) {
        (left, test.dst, test.condition)
    } else if limits(right, left) {
        (right, src.0, test.condition.flipped())
    } else {
        return;
    };
    // `pointer <= limit` shows the bytes before it; `pointer < limit` one more.
    let (inside, outside, strict) = match condition {
        Condition::Gt => (falls, taken, false),
        Condition::Lt => (taken, falls, true),
        Condition::Ge => (falls, taken, true),
        Condition::Le => (taken, falls, false),
        _ => return,
    };
    mark_inside(inside, pointer, strict, whole);
    if let Kind::Packet { range } = &mut outside.reg_mut(number.into()).kind {
        *range = if strict { AT_END } else { BEYOND_END };
    }
}

/// `find_good_pkt_pointers`.
fn mark_inside(state: &mut State, pointer: &Reg, strict: bool, whole: bool) {
    let farthest = pointer.num.umax();
    // 7.2 shows as many bytes as the variable part may have at most, which holds the fixed part there.
    let fixed = if whole { farthest as i64 } else { pointer.off.into() };
    let shown = fixed.saturating_add(i64::from(strict));
    let variable_and_fixed = farthest.saturating_add(pointer.off.max(0) as u64);
    let useless = fixed < 0 || (fixed == 0 && strict);
    if useless || farthest > MAX_PACKET || variable_and_fixed > MAX_PACKET {
        return;
    }
    state.each_reg_mut(|reg| {
        let same_base = std::mem::discriminant(&reg.kind) == std::mem::discriminant(&pointer.kind);
        if !same_base || reg.id != pointer.id {
            return;
        }
        if let Kind::Packet { range } | Kind::PacketMeta { range } = &mut reg.kind {
            *range = (*range).max(shown as i32);
        }
    });
}

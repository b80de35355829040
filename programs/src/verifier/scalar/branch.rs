//! Which way a condition between two scalars goes, and what each way teaches.
//!
//! Key items: [`View`] (the bounds a decision looks at), [`decide`], [`refine_pairs`], [`refine_arcs`], [`refine_by_constant`].
//! Neighbours: `condition` names the operators. Modelled after kernel/bpf/verifier.c:is_scalar_branch_taken and regs_refine_cond_op
//! (6.12, 7.2), is_branch_taken and reg_set_min_max (5.10, 6.1: one operand is a constant).

use super::arcs::Arc;
use super::arcs_alu::ArcNumber;
use super::condition::Condition;
use super::pairs::{Deduce, Pairs};
use super::pairs_alu::PairNumber;
use crate::isa::Width;
use crate::verifier::tnum::Tnum;

/// Bounds of one width.
#[derive(Clone, Copy, Debug)]
pub struct View {
    pub var_off: Tnum,
    pub umin: u64,
    pub umax: u64,
    pub smin: i64,
    pub smax: i64,
}

impl View {
    fn is_apart(&self, other: &View) -> bool {
        self.umin > other.umax || self.umax < other.umin || self.smin > other.smax || self.smax < other.smin
    }
}

/// Whether `a <condition> b` always or never holds, as far as one width shows. `low` are the views of the low halves that a comparison
/// of whole registers for equality looks at as well (6.12, 7.2).
pub fn decide(condition: Condition, a: &View, b: &View, low: Option<(&View, &View)>) -> Option<bool> {
    let ordered = |always: bool, never: bool| if always { Some(true) } else { never.then_some(false) };
    match condition {
        Condition::Eq => {
            if a.var_off.is_const() && b.var_off.is_const() {
                return Some(a.var_off.value == b.var_off.value);
            }
            let apart = !a.var_off.overlaps(b.var_off)
                || a.is_apart(b)
                || low.is_some_and(|(low_a, low_b)| low_a.is_apart(low_b));
            apart.then_some(false)
        }
        Condition::Ne => decide(Condition::Eq, a, b, low).map(|equal| !equal),
        Condition::Set => {
            let (a, b) = if b.var_off.is_const() { (a, b) } else { (b, a) };
            if !b.var_off.is_const() {
                return None;
            }
            ordered(a.var_off.value & b.var_off.value != 0, a.var_off.max() & b.var_off.value == 0)
        }
        Condition::NotSet => decide(Condition::Set, a, b, low).map(|set| !set),
        Condition::Gt => ordered(a.umin > b.umax, a.umax <= b.umin),
        Condition::Ge => ordered(a.umin >= b.umax, a.umax < b.umin),
        Condition::SGt => ordered(a.smin > b.smax, a.smax <= b.smin),
        Condition::SGe => ordered(a.smin >= b.smax, a.smax < b.smin),
        Condition::Lt | Condition::Le | Condition::SLt | Condition::SLe => {
            decide(condition.opposite(), a, b, low).map(|holds| !holds)
        }
    }
}

impl<const W: u32, const H: u32> PairNumber<W, H> {
    pub fn view(&self, width: Width) -> View {
        let r = &self.range;
        match width {
            Width::W64 => {
                View { var_off: self.var_off, umin: r.umin, umax: r.umax, smin: r.smin, smax: r.smax }
            }
            Width::W32 => View {
                var_off: self.low_var_off(),
                umin: r.low_umin.into(),
                umax: r.low_umax.into(),
                smin: r.low_smin.into(),
                smax: r.low_smax.into(),
            },
        }
    }

    fn set_view(&mut self, width: Width, view: &View) {
        let r = &mut self.range;
        match width {
            Width::W64 => (r.umin, r.umax, r.smin, r.smax) = (view.umin, view.umax, view.smin, view.smax),
            Width::W32 => {
                (r.low_umin, r.low_umax) = (view.umin as u32, view.umax as u32);
                (r.low_smin, r.low_smax) = (view.smin as i32, view.smax as i32);
            }
        }
        self.set_number(width, view.var_off);
    }

    fn set_number(&mut self, width: Width, number: Tnum) {
        let keep = u64::from(Pairs::<W, H>::LOW_UMAX);
        self.var_off = match width {
            Width::W64 => number,
            Width::W32 => Tnum { value: self.var_off.value & !keep, mask: self.var_off.mask & !keep }
                .or(Tnum { value: number.value & keep, mask: number.mask & keep }),
        };
    }
}

impl<const W: u32, const H: u32> ArcNumber<W, H> {
    pub fn view(&self, width: Width) -> View {
        match width {
            Width::W64 => arc_view(self.range.wide, self.var_off),
            Width::W32 => arc_view(self.range.low, self.low_var_off()),
        }
    }

    fn set_number(&mut self, width: Width, number: Tnum) {
        let keep = Arc::<H>::MAX;
        self.var_off = match width {
            Width::W64 => number,
            Width::W32 => Tnum { value: self.var_off.value & !keep, mask: self.var_off.mask & !keep }
                .or(Tnum { value: number.value & keep, mask: number.mask & keep }),
        };
    }

    fn number(&self, width: Width) -> Tnum {
        if width == Width::W64 { self.var_off } else { self.low_var_off() }
    }

    fn cut_unsigned(&mut self, width: Width, min: u64, max: u64) {
        match width {
            Width::W64 => self.range.wide = self.range.wide.intersect(Arc::unsigned(min, max)),
            Width::W32 => self.range.low = self.range.low.intersect(Arc::unsigned(min, max)),
        }
    }

    fn cut_signed(&mut self, width: Width, min: i64, max: i64) {
        match width {
            Width::W64 => self.range.wide = self.range.wide.intersect(Arc::signed(min, max)),
            Width::W32 => self.range.low = self.range.low.intersect(Arc::signed(min, max)),
        }
    }
}

fn arc_view<const BITS: u32>(arc: Arc<BITS>, var_off: Tnum) -> View {
    View { var_off, umin: arc.umin(), umax: arc.umax(), smin: arc.smin(), smax: arc.smax() }
}

/// What a mask that holds or does not hold says about the bits of `number`. The kernel learns from a mask that holds only when it is a
/// single bit.
fn masked(condition: Condition, number: Tnum, mask: u64) -> Option<Tnum> {
    match condition {
        Condition::Set => mask.is_power_of_two().then(|| number.or(Tnum::constant(mask))),
        _ => Some(number.and(Tnum::constant(!mask))),
    }
}

/// 6.12: `a` and `b` after `a <condition> b` turned out to hold, before synchronising.
pub fn refine_pairs<const W: u32, const H: u32>(
    condition: Condition,
    a: &mut PairNumber<W, H>,
    b: &mut PairNumber<W, H>,
    width: Width,
) {
    let (mut va, mut vb) = (a.view(width), b.view(width));
    match condition {
        Condition::Eq => {
            va.umin = va.umin.max(vb.umin);
            va.umax = va.umax.min(vb.umax);
            va.smin = va.smin.max(vb.smin);
            va.smax = va.smax.min(vb.smax);
            va.var_off = va.var_off.intersect(vb.var_off);
            vb = va;
        }
        Condition::Ne => {
            let (other, constant) = if vb.var_off.is_const() { (&mut va, &vb) } else { (&mut vb, &va) };
            if constant.var_off.is_const() {
                exclude(other, constant.var_off.value, if width == Width::W64 { W } else { H });
            }
        }
        Condition::Set | Condition::NotSet => {
            let (number, other, mask) =
                if vb.var_off.is_const() { (a, va.var_off, vb.var_off) } else { (b, vb.var_off, va.var_off) };
            if mask.is_const() {
                if condition == Condition::NotSet {
                    (number.range, _) = (Pairs::ALL, ());
                }
                if let Some(learnt) = masked(condition, other, mask.value) {
                    number.set_number(width, learnt);
                }
            }
            return;
        }
        Condition::Le | Condition::Lt => {
            let step = u64::from(condition == Condition::Lt);
            va.umax = va.umax.min(wrap(vb.umax.wrapping_sub(step), width, W, H));
            vb.umin = vb.umin.max(wrap(va.umin.wrapping_add(step), width, W, H));
        }
        Condition::SLe | Condition::SLt => {
            let step = i64::from(condition == Condition::SLt);
            va.smax = va.smax.min(wrap_signed(vb.smax.wrapping_sub(step), width, W, H));
            vb.smin = vb.smin.max(wrap_signed(va.smin.wrapping_add(step), width, W, H));
        }
        _ => return refine_pairs(condition.flipped(), b, a, width),
    }
    a.set_view(width, &va);
    b.set_view(width, &vb);
}

fn wrap(value: u64, width: Width, wide: u32, low: u32) -> u64 {
    value & (u64::MAX >> (64 - if width == Width::W64 { wide } else { low }))
}

fn wrap_signed(value: i64, width: Width, wide: u32, low: u32) -> i64 {
    let up = 64 - if width == Width::W64 { wide } else { low };
    (value << up) >> up
}

/// Moves bounds that are `value` inwards; past the end of the width they wrap, as the kernel's do.
fn exclude(view: &mut View, value: u64, bits: u32) {
    let keep = u64::MAX >> (64 - bits);
    let signed = |value: i64| (value << (64 - bits)) >> (64 - bits);
    if view.umin == value {
        view.umin = view.umin.wrapping_add(1) & keep;
    }
    if view.umax == value {
        view.umax = view.umax.wrapping_sub(1) & keep;
    }
    if view.smin == signed(value as i64) {
        view.smin = signed(view.smin.wrapping_add(1));
    }
    if view.smax == signed(value as i64) {
        view.smax = signed(view.smax.wrapping_sub(1));
    }
}

/// 7.2: `a` and `b` after `a <condition> b` turned out to hold, before synchronising.
pub fn refine_arcs<const W: u32, const H: u32>(
    condition: Condition,
    a: &mut ArcNumber<W, H>,
    b: &mut ArcNumber<W, H>,
    width: Width,
) {
    let (na, nb) = (a.number(width), b.number(width));
    match condition {
        Condition::Eq => {
            match width {
                Width::W64 => a.range.wide = a.range.wide.intersect(b.range.wide),
                Width::W32 => a.range.low = a.range.low.intersect(b.range.low),
            }
            match width {
                Width::W64 => b.range.wide = a.range.wide,
                Width::W32 => b.range.low = a.range.low,
            }
            a.set_number(width, na.intersect(nb));
            b.set_number(width, na.intersect(nb));
        }
        Condition::Ne => {
            let (other, constant) = if nb.is_const() { (a, nb) } else { (b, na) };
            if constant.is_const() {
                match width {
                    Width::W64 => other.range.wide = other.range.wide.intersect(Arc::all_but(constant.value)),
                    Width::W32 => other.range.low = other.range.low.intersect(Arc::all_but(constant.value)),
                }
            }
        }
        Condition::Set | Condition::NotSet => {
            let (number, other, mask) = if nb.is_const() { (a, na, nb) } else { (b, nb, na) };
            if mask.is_const() {
                if condition == Condition::NotSet {
                    number.range = super::arcs::Arcs::ALL;
                }
                if let Some(learnt) = masked(condition, other, mask.value) {
                    number.set_number(width, learnt);
                }
            }
        }
        Condition::Le | Condition::Lt => {
            let step = u64::from(condition == Condition::Lt);
            let max = u64::MAX >> (64 - if width == Width::W64 { W } else { H });
            a.cut_unsigned(width, 0, b.view(width).umax.wrapping_sub(step));
            b.cut_unsigned(width, a.view(width).umin.wrapping_add(step), max);
        }
        Condition::SLe | Condition::SLt => {
            let step = i64::from(condition == Condition::SLt);
            let up = 64 - if width == Width::W64 { W } else { H };
            a.cut_signed(width, i64::MIN >> up, b.view(width).smax.wrapping_sub(step));
            b.cut_signed(width, a.view(width).smin.wrapping_add(step), i64::MAX >> up);
        }
        _ => refine_arcs(condition.flipped(), b, a, width),
    }
}

/// 5.10 and 6.1: the two outcomes of `number <condition> value`, in step: `(when it holds, when it does not)`.
pub fn refine_by_constant<const W: u32, const H: u32>(
    condition: Condition,
    number: &PairNumber<W, H>,
    value: u64,
    width: Width,
    how: Deduce,
) -> (PairNumber<W, H>, PairNumber<W, H>) {
    let outcome = |condition| {
        let mut outcome = *number;
        assume(condition, &mut outcome, value, width);
        match width {
            // Bounds of the whole follow from the low half only if nothing is above it.
            Width::W32 => {
                if outcome.var_off.max() >> H == 0 {
                    outcome.range.wide_of_low();
                } else {
                    outcome.range.forget_wide();
                }
            }
            Width::W64 => outcome.range.low_of_wide(),
        }
        outcome.sync(how);
        outcome
    };
    (outcome(condition), outcome(condition.opposite()))
}

fn assume<const W: u32, const H: u32>(
    condition: Condition,
    number: &mut PairNumber<W, H>,
    value: u64,
    width: Width,
) {
    let mut view = number.view(width);
    let signed = wrap_signed(value as i64, width, W, H);
    match condition {
        Condition::Eq => {
            view =
                View { var_off: Tnum::constant(value), umin: value, umax: value, smin: signed, smax: signed };
            // A 64-bit constant fixes the low half as well (`___mark_reg_known`).
            if width == Width::W64 {
                number.range.set_low_const(value);
            }
        }
        Condition::Ne => return,
        Condition::Set | Condition::NotSet => {
            if condition == Condition::NotSet {
                number.range = Pairs::ALL;
            }
            if let Some(learnt) = masked(condition, view.var_off, value) {
                number.set_number(width, learnt);
            }
            return;
        }
        Condition::Gt => view.umin = view.umin.max(wrap(value.wrapping_add(1), width, W, H)),
        Condition::Ge => view.umin = view.umin.max(value),
        Condition::Lt => view.umax = view.umax.min(wrap(value.wrapping_sub(1), width, W, H)),
        Condition::Le => view.umax = view.umax.min(value),
        Condition::SGt => view.smin = view.smin.max(wrap_signed(signed.wrapping_add(1), width, W, H)),
        Condition::SGe => view.smin = view.smin.max(signed),
        Condition::SLt => view.smax = view.smax.min(wrap_signed(signed.wrapping_sub(1), width, W, H)),
        Condition::SLe => view.smax = view.smax.min(signed),
    }
    number.set_view(width, &view);
}

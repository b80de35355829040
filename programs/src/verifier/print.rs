//! States as the kernel's log prints them: `R1=ctx() R10=fp0 fp-8=mmmmmmmm refs=2`.
//!
//! Key functions: [`state_text`], [`reg_text`]; [`StateNames`] supplies what a state has only numbers for. Modelled after
//! kernel/bpf/log.c:print_verifier_state; `print_old` has the form of 5.10 and 6.1; names of types are each version's own (`names`).
//! Of the marks of liveness only `_w` is printed, behind what was written since the last kept state (7.2 has no marks).

use super::dynptr::kind_name;
use super::names::type_name;
use super::print_old;
use super::reg::{BtfSource, Flags, Kind, Linked, MapRef, Reg};
use super::scalar::Scalar;
use super::state::{Byte, Frame, IterState, Object, SLOT_BYTES, Slot, State};
use super::tnum::Tnum;
use crate::profile::KernelVersion;

/// Names for numbers in a state.
pub trait StateNames {
    /// Name, key size and value size (bytes) of a map.
    fn map(&self, map: MapRef) -> Option<(String, u32, u32)>;
    /// Name of a type.
    fn btf(&self, source: BtfSource, id: u32) -> String;
}

/// Registers, stack and references of the function that runs; of those only what differs from `before`, if it is given, and the
/// registers that `touched` has a bit for.
pub fn state_text(
    version: KernelVersion,
    state: &State,
    before: Option<&State>,
    touched: u16,
    names: &dyn StateNames,
) -> String {
    let number = state.frames.len() - 1;
    let (shared, frame) = (&state.frames[number], state.current());
    // What a function finds after a call or return is another frame: all of it is news.
    let before = before.filter(|before| before.frames.len() == state.frames.len());
    let mut text = if number == 0 { String::new() } else { format!(" frame{number}:") };
    for (index, reg) in frame.regs.iter().enumerate() {
        let same = before.is_some_and(|before| before.current().regs[index] == *reg);
        if reg.kind != Kind::NotInit && (!same || touched >> index & 1 == 1) {
            let set = shared.written.regs >> index & 1 == 1 && !came_with_function(state, index, reg);
            let mark = written(version, set);
            text += &format!(" R{index}{mark}={}", reg_text(version, number, reg, names));
        }
    }
    for (index, slot) in frame.stack.iter().enumerate() {
        let same = before.is_some_and(|before| before.current().stack.get(index) == Some(slot));
        if !same {
            let mark = written(version, shared.written.slots >> index & 1 == 1);
            text += &slot_text(version, (number, mark), frame, index, slot, names);
        }
    }
    if !state.refs.is_empty() && before.is_none_or(|before| before.refs[..] != state.refs[..]) {
        let ids: Vec<String> = state.refs.iter().map(|held| held.id.to_string()).collect();
        text += &format!(" refs={}", ids.join(","));
    }
    text
}

/// Registers with which a function of its own begins count as written from the start, but no instruction wrote them.
fn came_with_function(state: &State, index: usize, reg: &Reg) -> bool {
    let own = state.frames.len() == 1 && (1..=5).contains(&index);
    index == 10 || (own && (reg.kind == Kind::Ctx || state.current().subprog != 0))
}

/// The mark of what was written since the last kept state.
fn written(version: KernelVersion, written: bool) -> &'static str {
    if written && version < KernelVersion::V7_2 { "_w" } else { "" }
}

/// One register, as it is seen in the frame with this number.
pub fn reg_text(version: KernelVersion, frame: usize, reg: &Reg, names: &dyn StateNames) -> String {
    if version < KernelVersion::V6_12 {
        return print_old::reg_text(version, reg, names);
    }
    let number = reg.num.var_off();
    if reg.is_scalar() && number.is_const() {
        return format!("{}{}", if reg.precise { "P" } else { "" }, signed(number.value as i64));
    }
    let mut text =
        format!("{}{}", if reg.is_scalar() && reg.precise { "P" } else { "" }, type_name(version, reg));
    match reg.kind {
        Kind::Arena => return text,
        Kind::Stack { frame: owner } => {
            if usize::from(owner) != frame {
                text += &format!("[{owner}]");
            }
            if number.is_const() {
                return text + &signed((number.value as i64).wrapping_add(reg.off.into()));
            }
        }
        Kind::Btf { btf, id } => text += &names.btf(btf, id),
        _ => {}
    }
    format!("{text}({})", parts(reg, names).join(","))
}

fn parts(reg: &Reg, names: &dyn StateNames) -> Vec<String> {
    let mut parts = Vec::new();
    if reg.id != 0 {
        let distance = reg.linked.map_or(String::new(), |_: Linked| format!("{:+}", reg.off));
        parts.push(format!("id={}{distance}", reg.id));
    }
    if reg.ref_id != 0 {
        parts.push(format!("ref_obj_id={}", reg.ref_id));
    }
    if reg.flags.has(Flags::NON_OWN_REF) {
        parts.push("non_own_ref".to_owned());
    }
    if let Kind::MapPtr { map, .. } | Kind::MapValue { map, .. } | Kind::MapKey { map } = reg.kind
        && let Some((name, key, value)) = names.map(map)
    {
        parts.push(format!("map={name},ks={key},vs={value}"));
    }
    if !reg.is_scalar() && reg.off != 0 {
        parts.push(format!("off={}", signed(reg.off.into())));
    }
    match reg.kind {
        Kind::Packet { range } | Kind::PacketMeta { range } => {
            parts.push(format!("r={}", unsigned(range as u64)))
        }
        Kind::Mem { size } => parts.push(format!("sz={}", unsigned(size.into()))),
        Kind::Dynptr { kind } => parts.push(format!("type={}", kind_name(kind))),
        _ => {}
    }
    numbers(&reg.num, &mut parts);
    parts
}

/// A fixed offset, or ranges and known bits.
fn numbers(num: &Scalar, parts: &mut Vec<String>) {
    let bits = num.var_off();
    if bits.is_const() {
        if bits.value != 0 {
            parts.push(format!("imm={}", signed(bits.value as i64)));
        }
        return;
    }
    parts.extend(ranges(num));
    if !bits.is_unknown() {
        parts.push(format!("var_off={}", tnum_text(bits)));
    }
}

/// A bound: its name, its value, how it is printed, and whether it says nothing.
struct Bound {
    name: &'static str,
    value: u64,
    text: String,
    trivial: bool,
}

/// Bounds that say something; equal ones of the same side share a value: `smax=umax=255`.
fn ranges(num: &Scalar) -> Vec<String> {
    let (umin32, umax32, smin32, smax32) = num.low();
    let s = |name, value: i64, trivial| Bound { name, text: signed(value), value: value as u64, trivial };
    let u = |name, value: u64, trivial| Bound { name, text: unsigned(value), value, trivial };
    // Large negative halves are printed without sign extension.
    let low = |value: i32| if is_short(value.into()) { i64::from(value) } else { i64::from(value as u32) };
    let mut left = vec![
        s("smin", num.smin(), num.smin() == i64::MIN),
        s("smax", num.smax(), num.smax() == i64::MAX),
        u("umin", num.umin(), num.umin() == 0),
        u("umax", num.umax(), num.umax() == u64::MAX),
        s("smin32", low(smin32), smin32 == i32::MIN),
        s("smax32", low(smax32), smax32 == i32::MAX),
        u("umin32", umin32.into(), umin32 == 0),
        u("umax32", umax32.into(), umax32 == u32::MAX),
    ];
    left.retain(|bound| !bound.trivial);
    let mut texts = Vec::new();
    while !left.is_empty() {
        let first = left.remove(0);
        let (same, others): (Vec<Bound>, Vec<Bound>) =
            left.into_iter().partition(|other| first.is_same(other));
        let names: Vec<&str> =
            std::iter::once(first.name).chain(same.iter().map(|bound| bound.name)).collect();
        texts.push(format!("{}={}", names.join("="), first.text));
        left = others;
    }
    texts
}

impl Bound {
    /// The same value at the same end, and not negative for one and large for the other.
    fn is_same(&self, other: &Bound) -> bool {
        let negative = |bound: &Bound| bound.name.starts_with('s') && (bound.value as i64) < 0;
        let end = |bound: &Bound| bound.name.contains("min");
        self.value == other.value && end(self) == end(other) && negative(self) == negative(other)
    }
}

/// `(value; mask)`.
fn tnum_text(tnum: Tnum) -> String {
    format!("({:#x}; {:#x})", tnum.value, tnum.mask)
}

/// Small numbers are decimal, others hexadecimal.
fn unsigned(value: u64) -> String {
    if value <= u64::from(u16::MAX) { value.to_string() } else { format!("{value:#x}") }
}

/// Few digits in decimal.
fn is_short(value: i64) -> bool {
    (i64::from(i16::MIN)..=i64::from(i16::MAX)).contains(&value)
}

fn signed(value: i64) -> String {
    if is_short(value) { value.to_string() } else { format!("{value:#x}") }
}

/// ` fp-8=…`, or nothing for a slot that holds nothing of its own.
fn slot_text(
    version: KernelVersion,
    (number, mark): (usize, &str),
    frame: &Frame,
    index: usize,
    slot: &Slot,
    names: &dyn StateNames,
) -> String {
    let place = |index: usize| format!(" fp-{}{mark}=", (index + 1) * SLOT_BYTES);
    if slot.bytes.iter().all(|byte| matches!(byte, Byte::Invalid | Byte::Poison)) {
        return String::new();
    }
    if slot.is_spill() {
        if version < KernelVersion::V6_12 {
            return format!("{}{}", place(index), print_old::spill_text(version, &slot.reg));
        }
        // The byte next to the frame pointer comes first.
        let below = slot.bytes.iter().rev().take_while(|byte| **byte != Byte::Spill).map(byte_char);
        return format!(
            "{}{}{}",
            place(index),
            below.collect::<String>(),
            reg_text(version, number, &slot.reg, names)
        );
    }
    match slot.object {
        Some(Object::Dynptr { first: false, .. }) => String::new(),
        Some(Object::Dynptr { kind, id, ref_id, .. }) => {
            let ids = [("id", id), ("ref_id", ref_id)];
            let ids: Vec<String> =
                ids.iter().filter(|(_, id)| *id != 0).map(|(name, id)| format!("{name}={id}")).collect();
            format!("{}dynptr_{}({})", place(index), kind_name(kind), ids.join(","))
        }
        Some(Object::Iter { ref_id: 0, .. }) => String::new(),
        Some(Object::Iter { btf_id, state, depth, ref_id, .. }) => {
            let name = names.btf(BtfSource::Kernel, btf_id);
            let name = name.strip_prefix("bpf_iter_").unwrap_or(&name).to_owned();
            let state = if state == IterState::Active { "active" } else { "drained" };
            format!("{}iter_{name}(ref_id={ref_id},state={state},depth={depth})", place(index))
        }
        _ => {
            debug_assert!(index < frame.stack.len());
            format!("{}{}", place(index), slot.bytes.iter().rev().map(byte_char).collect::<String>())
        }
    }
}

fn byte_char(byte: &Byte) -> char {
    match byte {
        Byte::Invalid => '?',
        Byte::Spill => 'r',
        Byte::Misc => 'm',
        Byte::Zero => '0',
        Byte::Dynptr => 'd',
        Byte::Iter => 'i',
        Byte::IrqFlag => 'f',
        Byte::Poison => 'p',
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verifier::scalar::Numbers;

    struct Nameless;

    impl StateNames for Nameless {
        fn map(&self, _: MapRef) -> Option<(String, u32, u32)> {
            Some(("m".to_owned(), 4, 8))
        }

        fn btf(&self, _: BtfSource, id: u32) -> String {
            format!("type{id}")
        }
    }

    const V: KernelVersion = KernelVersion::V6_12;
    const N: Numbers = Numbers::V6_12;

    fn text(reg: &Reg) -> String {
        reg_text(V, 0, reg, &Nameless)
    }

    #[test]
    fn registers_print_as_in_the_log() {
        assert_eq!(text(&Reg::constant(7, N)), "7");
        assert_eq!(text(&Reg::constant(0x1_0000, N)), "0x10000");
        assert_eq!(text(&Reg::unknown(N)), "scalar()");
        assert_eq!(text(&Reg::pointer(Kind::Ctx, Flags::NONE, N)), "ctx()");
        assert_eq!(text(&Reg::pointer(Kind::Stack { frame: 0 }, Flags::NONE, N)), "fp0");
        let value = Kind::MapValue { map: MapRef::Outer(0), uid: 0 };
        let value = Reg { id: 2, ..Reg::pointer(value, Flags::MAYBE_NULL, N) };
        assert_eq!(text(&value), "map_value_or_null(id=2,map=m,ks=4,vs=8)");
        let mut byte = Reg::unknown(N);
        byte.num.truncate(1, N);
        assert_eq!(text(&byte), "scalar(smin=smin32=0,smax=umax=smax32=umax32=255,var_off=(0x0; 0xff))");
    }
}

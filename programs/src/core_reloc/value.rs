//! The number that a relocation asks for, from one side's access (libbpf `bpf_core_calc_field_relo`,
//! `bpf_core_calc_type_relo`, `bpf_core_calc_enumval_relo`).

use super::spec::Spec;
use super::{CoreClass, CoreErrorKind, CoreKind};
use crate::btf::{Kind, Member, TypeId};

/// A computed value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Value {
    pub number: u64,
    /// For offsets of ordinary fields: size and type of the field, so that a load's width can be adjusted.
    pub field: Option<(u64, TypeId)>,
    /// Whether the instruction must hold the program's own number before it is patched.
    pub validate: bool,
    /// The kernel has no such field or value: reaching the instruction is an error.
    pub poison: bool,
}

impl Value {
    fn of(number: u64) -> Value {
        Value { number, validate: true, ..Value::default() }
    }

    const POISON: Value = Value { number: 0, field: None, validate: true, poison: true };
}

/// The value of `kind` for an access that was found (`Some`) or not.
pub(super) fn compute(kind: CoreKind, spec: Option<&Spec<'_>>) -> Result<Value, CoreErrorKind> {
    match kind.class() {
        CoreClass::Field => field_value(kind, spec),
        CoreClass::Type => type_value(kind, spec),
        CoreClass::Enumval => {
            if kind == CoreKind::EnumvalExists {
                return Ok(Value::of(u64::from(spec.is_some())));
            }
            let found = spec.and_then(|spec| spec.enumerator());
            Ok(found.map_or(Value::POISON, |value| Value::of(value.value)))
        }
    }
}

/// A type that the kernel lacks has size, number and existence 0.
fn type_value(kind: CoreKind, spec: Option<&Spec<'_>>) -> Result<Value, CoreErrorKind> {
    let Some(spec) = spec else { return Ok(Value::of(0)) };
    match kind {
        CoreKind::TypeSize => spec.btf.size_of(spec.root).map(Value::of).ok_or(CoreErrorKind::BadAccess),
        // The compiler's number for the type need not be what the linker left in the instruction.
        CoreKind::TypeIdTarget => Ok(Value { validate: false, ..Value::of(u64::from(spec.root.0)) }),
        CoreKind::TypeIdLocal => Ok(Value::of(u64::from(spec.root.0))),
        _ => Ok(Value::of(1)),
    }
}

fn field_value(kind: CoreKind, spec: Option<&Spec<'_>>) -> Result<Value, CoreErrorKind> {
    if kind == CoreKind::FieldExists {
        return Ok(Value::of(u64::from(spec.is_some())));
    }
    let Some(spec) = spec else { return Ok(Value::POISON) };
    match spec.last_member() {
        Some(member) => member_value(kind, spec, member),
        None => element_value(kind, spec),
    }
}

/// An access that ends in an array element, or in the root itself.
fn element_value(kind: CoreKind, spec: &Spec<'_>) -> Result<Value, CoreErrorKind> {
    let ty = spec.steps.last().ok_or(CoreErrorKind::BadAccess)?.ty;
    let size = spec.btf.size_of(ty).ok_or(CoreErrorKind::BadAccess)?;
    match kind {
        CoreKind::FieldByteOffset => Ok(Value { field: Some((size, ty)), ..Value::of(spec.bit_offset / 8) }),
        CoreKind::FieldByteSize => Ok(Value::of(size)),
        _ => Err(CoreErrorKind::NotOnElements),
    }
}

fn member_value(kind: CoreKind, spec: &Spec<'_>, member: Member<'_>) -> Result<Value, CoreErrorKind> {
    let ty = spec.btf.resolve(member.ty).ok_or(CoreErrorKind::BadAccess)?;
    let bitfield = member.bitfield_bits != 0;
    let (byte_off, byte_size, bits) = if bitfield {
        let (off, size) = bitfield_storage(spec.bit_offset, member.bitfield_bits, ty.own_size())?;
        (off, size, u64::from(member.bitfield_bits))
    } else {
        let size = spec.btf.size_of(ty.id()).ok_or(CoreErrorKind::BadAccess)?;
        (spec.bit_offset / 8, size, size.saturating_mul(8))
    };
    // How a bitfield is loaded is the compiler's choice, so its instructions may hold other numbers than ours.
    let value = |number| Value { validate: !bitfield, ..Value::of(number) };
    match kind {
        CoreKind::FieldByteOffset => {
            let field = (!bitfield).then_some((byte_size, ty.id()));
            Ok(Value { field, ..value(byte_off) })
        }
        CoreKind::FieldByteSize => Ok(value(byte_size)),
        CoreKind::FieldSigned => {
            let signed_enum = ty.kind().is_enum() && ty.kind_flag();
            let signed_int = ty.kind() == Kind::Int && ty.int().is_some_and(|int| int.signed);
            Ok(Value::of(u64::from(signed_enum || signed_int)))
        }
        CoreKind::FieldLshiftU64 => {
            let end = spec.bit_offset.wrapping_add(bits).wrapping_sub(byte_off.wrapping_mul(8));
            Ok(value(64u64.wrapping_sub(end)))
        }
        _ => Ok(Value::of(64u64.wrapping_sub(bits))),
    }
}

/// Byte offset and size of the smallest aligned load that covers a bitfield.
fn bitfield_storage(bit_offset: u64, bits: u32, type_size: u32) -> Result<(u64, u64), CoreErrorKind> {
    let mut size = u64::from(type_size);
    if !matches!(size, 1 | 2 | 4 | 8) {
        return Err(CoreErrorKind::BadAccess);
    }
    loop {
        let offset = bit_offset / 8 / size * size;
        if bit_offset + u64::from(bits) - offset * 8 <= size * 8 {
            return Ok((offset, size));
        }
        if size >= 8 {
            return Err(CoreErrorKind::BitfieldTooWide);
        }
        size *= 2;
    }
}

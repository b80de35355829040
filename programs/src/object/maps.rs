//! Maps declared with BTF in section `.maps` (libbpf `parse_btf_map_def`).
//!
//! A definition is a variable whose type is a struct; its members are the attributes. Numbers are lengths of arrays
//! behind pointers (`int (*type)[BPF_MAP_TYPE_HASH]`), types are what the pointers point to.

use super::elf::Elf;
use super::error::{ErrorKind, ObjectError};
use super::fields;
use super::spec::MapSpec;
use crate::btf::{Btf, Kind, Linkage, Member, Type, TypeId};

const BPF_MAP_TYPE_PROG_ARRAY: u32 = 3;
const BPF_MAP_TYPE_ARRAY_OF_MAPS: u32 = 12;
const BPF_MAP_TYPE_HASH_OF_MAPS: u32 = 13;

/// Most maps that one object may declare: a program uses at most 64, and every program is judged with all of them.
const MAX_MAPS: usize = 1024;

/// A map and where its variable lies in `.maps`; offsets in bytes.
pub(super) struct Declared {
    pub spec: MapSpec,
    pub start: u64,
    pub size: u64,
    /// Where the initial elements (`values`) begin inside the variable.
    pub values_at: Option<u64>,
}

impl Declared {
    /// Whether elements refer to maps (else, if it has values, to programs).
    pub(super) fn holds_maps(&self) -> bool {
        holds_maps(self.spec.map_type)
    }
}

fn holds_maps(map_type: u32) -> bool {
    matches!(map_type, BPF_MAP_TYPE_ARRAY_OF_MAPS | BPF_MAP_TYPE_HASH_OF_MAPS)
}

/// All maps of section number `section`, in the order of its `DATASEC`.
pub(super) fn declared(
    elf: &Elf<'_>,
    btf: Option<&Btf>,
    section: usize,
) -> Result<Vec<Declared>, ObjectError> {
    let Some(btf) = btf else {
        let what = "the object declares maps but has no BTF, expected a section `.BTF`";
        return Err(ObjectError::new(ErrorKind::NeedsBtf, what).section(".maps"));
    };
    let Some(list) = btf.find_by_name_kind(".maps", Kind::Datasec) else {
        let what = "the BTF has no DATASEC `.maps`, expected one that lists the map variables";
        return Err(ObjectError::new(ErrorKind::Map, what).section(".maps"));
    };
    if list.vlen() > MAX_MAPS {
        let what = format!("{} maps are declared, the limit is {MAX_MAPS}", list.vlen());
        return Err(ObjectError::new(ErrorKind::TooLarge, what).section(".maps"));
    }
    let mut maps = Vec::with_capacity(list.vlen());
    for var in list.section_vars() {
        let ty = btf.type_by_id(var.var).filter(|ty| ty.kind() == Kind::Var);
        let ty = ty.ok_or_else(|| {
            let what = format!("entry {} of DATASEC `.maps` is not a variable", var.var);
            ObjectError::new(ErrorKind::Map, what).section(".maps")
        })?;
        let place = |error: ObjectError| error.section(".maps").symbol(ty.name());
        let (start, size) = (u64::from(var.offset), u64::from(var.size));
        if start + size > elf.sections[section].size {
            let what = format!("{size} bytes of map definition, but the section ends before");
            return Err(place(ObjectError::new(ErrorKind::Map, what).at(start)));
        }
        let (spec, values_at) = map_of(btf, ty).map_err(place)?;
        maps.push(Declared { spec, start, size, values_at });
    }
    Ok(maps)
}

fn error(what: impl Into<String>) -> ObjectError {
    ObjectError::new(ErrorKind::Map, what)
}

fn map_of(btf: &Btf, var: Type<'_>) -> Result<(MapSpec, Option<u64>), ObjectError> {
    if var.name().is_empty() {
        return Err(error("a map without a name"));
    }
    if var.linkage() != Some(Linkage::Global) {
        return Err(error("a static map, expected a global variable"));
    }
    let def = btf.resolve(var.target()).filter(|ty| ty.kind() == Kind::Struct);
    let def = def.ok_or_else(|| error("a map definition that is not a struct"))?;
    let mut builder = Builder::new(btf, MapSpec::blank(var.name()), false);
    builder.read(def)?;
    Ok((builder.spec, builder.values_at))
}

struct Builder<'b> {
    btf: &'b Btf,
    spec: MapSpec,
    is_inner: bool,
    values_at: Option<u64>,
    value_target: Option<Type<'b>>,
}

/// Stores one attribute.
type Attribute = fn(&mut Builder<'_>, Member<'_>) -> Result<(), ObjectError>;

/// The attributes of a map definition.
const ATTRIBUTES: &[(&str, Attribute)] = &[
    ("type", |b, m| number(b.btf, m).map(|value| b.spec.map_type = value)),
    ("max_entries", |b, m| number(b.btf, m).map(|value| b.spec.max_entries = value)),
    ("map_flags", |b, m| number(b.btf, m).map(|value| b.spec.map_flags = value)),
    ("numa_node", |b, m| number(b.btf, m).map(|value| b.spec.numa_node = value)),
    ("map_extra", |b, m| wide_number(b.btf, m).map(|value| b.spec.map_extra = value)),
    ("key_size", |b, m| number(b.btf, m).and_then(|size| agree("key", &mut b.spec.key_size, size))),
    ("value_size", |b, m| number(b.btf, m).and_then(|size| agree("value", &mut b.spec.value_size, size))),
    ("key", |b, m| {
        let (ty, size) = pointee(b.btf, m)?;
        b.spec.key_type = ty;
        agree("key", &mut b.spec.key_size, size)
    }),
    ("value", |b, m| {
        let (ty, size) = pointee(b.btf, m)?;
        b.spec.value_type = ty;
        agree("value", &mut b.spec.value_size, size)
    }),
    ("pinning", |b, m| match number(b.btf, m)? {
        _ if b.is_inner => Err(error("attribute `pinning` in an inner map")),
        mode @ (0 | 1) => {
            b.spec.pinned_by_name = mode == 1;
            Ok(())
        }
        mode => {
            Err(error(format!("pinning mode {mode}, expected LIBBPF_PIN_NONE (0) or LIBBPF_PIN_BY_NAME (1)")))
        }
    }),
    ("values", |b, m| b.values(m)),
];

impl<'b> Builder<'b> {
    fn new(btf: &'b Btf, spec: MapSpec, is_inner: bool) -> Builder<'b> {
        Builder { btf, spec, is_inner, values_at: None, value_target: None }
    }

    fn read(&mut self, def: Type<'b>) -> Result<(), ObjectError> {
        for member in def.members() {
            if member.name.is_empty() {
                return Err(error("a member without a name in the map definition"));
            }
            if member.name == "values" {
                self.value_target = element_target(self.btf, member);
            }
            let row = ATTRIBUTES.iter().find(|(name, _)| *name == member.name);
            let (_, store) = row.ok_or_else(|| {
                error(format!("unknown attribute `{}` of a map, expected one of {}", member.name, known()))
            })?;
            store(self, member).map_err(|error| error.at(u64::from(member.bit_offset / 8)))?;
        }
        self.finish()
    }

    /// `values`: a flexible array of pointers to inner map definitions, or to functions for a program array.
    fn values(&mut self, member: Member<'_>) -> Result<(), ObjectError> {
        if self.is_inner {
            return Err(error(
                "attribute `values` in an inner map: only one level of maps in maps is possible",
            ));
        }
        let ty = self.btf.resolve(member.ty).and_then(|ty| ty.array());
        if ty.is_none_or(|array| array.len != 0) {
            return Err(error("attribute `values` must be an array without a length"));
        }
        self.values_at = Some(u64::from(member.bit_offset / 8));
        agree("value", &mut self.spec.value_size, 4)
    }

    /// What can only be decided when all attributes are known.
    fn finish(&mut self) -> Result<(), ObjectError> {
        if self.spec.map_type == 0 {
            return Err(error("the map has no type, expected __uint(type, BPF_MAP_TYPE_...)"));
        }
        self.spec.special = fields::special(self.btf, self.spec.value_type);
        if self.values_at.is_none() {
            return Ok(());
        }
        let target = self.value_target.map(|ty| (ty, ty.kind()));
        match (target, self.spec.map_type) {
            (Some((def, Kind::Struct)), map_type) if holds_maps(map_type) => {
                let mut inner =
                    Builder::new(self.btf, MapSpec::blank(&format!("{}.inner", self.spec.name)), true);
                inner.read(def)?;
                self.spec.inner = Some(Box::new(inner.spec));
                Ok(())
            }
            (Some((_, Kind::FuncProto)), BPF_MAP_TYPE_PROG_ARRAY) => Ok(()),
            (_, map_type) if holds_maps(map_type) => {
                Err(error("`values` of a map-in-map must point to a map definition"))
            }
            (_, BPF_MAP_TYPE_PROG_ARRAY) => Err(error("`values` of a program array must point to functions")),
            _ => Err(error("attribute `values` on a map that is neither map-in-map nor program array")),
        }
    }
}

fn known() -> String {
    ATTRIBUTES.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

/// What the elements of `values` point to.
fn element_target<'b>(btf: &'b Btf, member: Member<'_>) -> Option<Type<'b>> {
    let element = btf.resolve(btf.resolve(member.ty)?.array()?.elem)?;
    let target = if element.kind() == Kind::Ptr { element.target() } else { element.id() };
    btf.resolve(target)
}

/// Sets a size; the same size may be given twice (`key` and `key_size`), two different ones may not.
fn agree(what: &str, slot: &mut u32, size: u32) -> Result<(), ObjectError> {
    if *slot != 0 && *slot != size {
        return Err(error(format!("{what} size {size} contradicts the size {slot} given before")));
    }
    *slot = size;
    Ok(())
}

fn number(btf: &Btf, member: Member<'_>) -> Result<u32, ObjectError> {
    let value = wide_number(btf, member)?;
    let bad = || error(format!("attribute `{}` is {value}, expected a 32-bit number", member.name));
    u32::try_from(value).map_err(|_| bad())
}

/// `__uint` (length of an array behind a pointer) or `__ulong` (value of an enumeration).
fn wide_number(btf: &Btf, member: Member<'_>) -> Result<u64, ObjectError> {
    let value = btf.resolve(member.ty).and_then(|ty| match ty.kind() {
        Kind::Ptr => btf.resolve(ty.target())?.array().map(|array| u64::from(array.len)),
        kind if kind.is_enum() => ty.enumerators().next().map(|value| value.value),
        _ => None,
    });
    value.ok_or_else(|| error(format!("attribute `{}` is not a number written with __uint()", member.name)))
}

/// Type and size behind a pointer (`__type`).
fn pointee(btf: &Btf, member: Member<'_>) -> Result<(TypeId, u32), ObjectError> {
    let pointer = btf.resolve(member.ty).filter(|ty| ty.kind() == Kind::Ptr);
    let pointer =
        pointer.ok_or_else(|| error(format!("attribute `{}` is not a pointer to a type", member.name)))?;
    let size = btf.size_of(pointer.target()).and_then(|size| u32::try_from(size).ok());
    let size =
        size.ok_or_else(|| error(format!("attribute `{}` has a type without a known size", member.name)))?;
    Ok((pointer.target(), size))
}

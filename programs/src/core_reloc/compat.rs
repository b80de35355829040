//! When a type of the program and one of the kernel are "the same": libbpf's three rules, from loose to strict.
//!
//! Fields (`bpf_core_fields_are_compat`), whole types (`__bpf_core_types_are_compat`) and exact shapes
//! (`__bpf_core_types_match`), all in `src/relo_core.c`.

use std::cell::Cell;

use super::CoreErrorKind;
use crate::btf::{Btf, Kind, MAX_DEPTH, Type, TypeId, essential_name};

/// Most comparisons for one relocation: types may nest endlessly wide in a file that lies.
const MAX_COMPARISONS: u32 = 100_000;
/// Most comparisons for one program, about a second's work. A program with a thousand accesses needs some 300,000.
const MAX_PROGRAM_COMPARISONS: u32 = 20_000_000;

/// Compares types of the program with types of the kernel.
pub(super) struct Compare<'b> {
    local: &'b Btf,
    target: &'b Btf,
    left: Cell<u32>,
    left_in_all: Cell<u32>,
}

type Answer = Result<bool, CoreErrorKind>;

impl<'b> Compare<'b> {
    pub(super) fn new(local: &'b Btf, target: &'b Btf) -> Compare<'b> {
        let (left, left_in_all) = (Cell::new(MAX_COMPARISONS), Cell::new(MAX_PROGRAM_COMPARISONS));
        Compare { local, target, left, left_in_all }
    }

    /// The next relocation.
    pub(super) fn begin(&self) -> Result<(), CoreErrorKind> {
        self.left.set(MAX_COMPARISONS);
        self.spend()
    }

    /// Counts one step; too many are an error.
    pub(super) fn spend(&self) -> Result<(), CoreErrorKind> {
        self.spend_many(1)
    }

    /// Counts what costs `steps` comparisons.
    pub(super) fn spend_many(&self, steps: usize) -> Result<(), CoreErrorKind> {
        let steps = u32::try_from(steps).map_err(|_| CoreErrorKind::TooDeep)?;
        for purse in [&self.left, &self.left_in_all] {
            purse.set(purse.get().checked_sub(steps).ok_or(CoreErrorKind::TooDeep)?);
        }
        Ok(())
    }

    fn pair(&self, local: TypeId, target: TypeId) -> Option<(Type<'b>, Type<'b>)> {
        Some((self.local.resolve(local)?, self.target.resolve(target)?))
    }

    /// Whether a member may stand for another: structs always, numbers of any size, enums of one name.
    pub(super) fn fields_compatible(&self, mut local: TypeId, mut target: TypeId) -> Answer {
        for _ in 0..MAX_DEPTH {
            let Some((l, t)) = self.pair(local, target) else { return Err(CoreErrorKind::BadAccess) };
            if l.kind().is_composite() && t.kind().is_composite() {
                return Ok(true);
            }
            if !same_kind(l, t) {
                return Ok(false);
            }
            match (l.array(), t.array()) {
                (Some(la), Some(ta)) => (local, target) = (la.elem, ta.elem),
                _ => return Ok(scalar_fields_compatible(l, t)),
            }
        }
        Err(CoreErrorKind::TooDeep)
    }

    /// Whether a type of the same name is the same kind of thing.
    pub(super) fn types_compatible(&self, local: TypeId, target: TypeId) -> Answer {
        let roots = self.local.type_by_id(local).zip(self.target.type_by_id(target));
        if !roots.is_some_and(|(l, t)| same_kind(l, t)) {
            return Ok(false);
        }
        self.compatible(local, target, MAX_DEPTH)
    }

    fn compatible(&self, local: TypeId, target: TypeId, depth: usize) -> Answer {
        self.spend()?;
        let depth = depth.checked_sub(1).ok_or(CoreErrorKind::TooDeep)?;
        let Some((l, t)) = self.pair(local, target) else { return Err(CoreErrorKind::BadAccess) };
        if !same_kind(l, t) {
            return Ok(false);
        }
        match l.kind() {
            Kind::Void | Kind::Struct | Kind::Union | Kind::Enum | Kind::Enum64 | Kind::Fwd => Ok(true),
            Kind::Int => Ok(whole_integers(l, t)),
            Kind::Ptr => self.compatible(l.target(), t.target(), depth),
            Kind::Array => match (l.array(), t.array()) {
                (Some(l), Some(t)) => self.compatible(l.elem, t.elem, depth),
                _ => Ok(false),
            },
            Kind::FuncProto => self.all_params(l, t, |l, t| self.compatible(l, t, depth)),
            _ => Ok(false),
        }
    }

    /// Parameters and result, pair by pair.
    fn all_params(&self, l: Type<'_>, t: Type<'_>, same: impl Fn(TypeId, TypeId) -> Answer) -> Answer {
        if l.vlen() != t.vlen() {
            return Ok(false);
        }
        for (lp, tp) in l.params().zip(t.params()) {
            if !same(lp.ty, tp.ty)? {
                return Ok(false);
            }
        }
        same(l.target(), t.target())
    }

    /// Whether the shape is the same: all members of the program's type exist, with matching types.
    pub(super) fn types_match(&self, local: TypeId, target: TypeId) -> Answer {
        self.matching(local, target, false, MAX_DEPTH)
    }

    fn matching(&self, local: TypeId, target: TypeId, behind_ptr: bool, depth: usize) -> Answer {
        self.spend()?;
        let depth = depth.checked_sub(1).ok_or(CoreErrorKind::TooDeep)?;
        let Some((l, t)) = self.pair(local, target) else { return Err(CoreErrorKind::BadAccess) };
        if essential_name(l.name()) != essential_name(t.name()) {
            return Ok(false);
        }
        let same = l.kind() == t.kind();
        match l.kind() {
            Kind::Void => Ok(same),
            Kind::Fwd => Ok(forward_matches(l, t, behind_ptr)),
            Kind::Enum | Kind::Enum64 => Ok(t.kind().is_enum() && self.enumerators_match(l, t)?),
            Kind::Struct | Kind::Union if behind_ptr => Ok(same || forward_of(t, l.kind())),
            Kind::Struct | Kind::Union => Ok(same && self.members_match(l, t, depth)?),
            Kind::Int => {
                let signed = |ty: Type<'_>| ty.int().is_some_and(|int| int.signed);
                Ok(same && l.own_size() == t.own_size() && signed(l) == signed(t))
            }
            Kind::Ptr => Ok(same && self.matching(l.target(), t.target(), true, depth)?),
            Kind::Array => match (l.array(), t.array()) {
                (Some(l), Some(t)) if l.len == t.len => self.matching(l.elem, t.elem, behind_ptr, depth),
                _ => Ok(false),
            },
            Kind::FuncProto => {
                Ok(same && self.all_params(l, t, |l, t| self.matching(l, t, behind_ptr, depth))?)
            }
            _ => Ok(false),
        }
    }

    fn members_match(&self, l: Type<'_>, t: Type<'_>, depth: usize) -> Answer {
        if l.vlen() > t.vlen() {
            return Ok(false);
        }
        for local in l.members() {
            let mut found = false;
            self.spend_many(t.vlen())?;
            for target in t.members().filter(|m| essential_name(m.name) == essential_name(local.name)) {
                if self.matching(local.ty, target.ty, false, depth)? {
                    found = true;
                    break;
                }
            }
            if !found {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn enumerators_match(&self, l: Type<'_>, t: Type<'_>) -> Answer {
        let known =
            |name: &str| t.enumerators().any(|value| essential_name(value.name) == essential_name(name));
        if l.vlen() > t.vlen() {
            return Ok(false);
        }
        for value in l.enumerators() {
            self.spend_many(t.vlen())?;
            if !known(value.name) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Same kind; `ENUM` and `ENUM64` count as one (libbpf `btf_kind_core_compat`).
pub(super) fn same_kind(l: Type<'_>, t: Type<'_>) -> bool {
    l.kind() == t.kind() || (l.kind().is_enum() && t.kind().is_enum())
}

/// Integers that do not begin inside their storage, as old bitfields did.
fn whole_integers(l: Type<'_>, t: Type<'_>) -> bool {
    [l, t].iter().all(|ty| ty.int().is_some_and(|int| int.bit_offset == 0))
}

fn scalar_fields_compatible(l: Type<'_>, t: Type<'_>) -> bool {
    match l.kind() {
        Kind::Ptr | Kind::Float => true,
        Kind::Int => whole_integers(l, t),
        Kind::Fwd | Kind::Enum | Kind::Enum64 => {
            let (l, t) = (essential_name(l.name()), essential_name(t.name()));
            l.is_empty() || t.is_empty() || l == t
        }
        _ => false,
    }
}

/// Whether `ty` is a forward declaration of this kind of composite.
fn forward_of(ty: Type<'_>, kind: Kind) -> bool {
    ty.kind() == Kind::Fwd && ty.kind_flag() == (kind == Kind::Union)
}

fn forward_matches(l: Type<'_>, t: Type<'_>, behind_ptr: bool) -> bool {
    match t.kind() {
        Kind::Fwd => l.kind_flag() == t.kind_flag(),
        kind if behind_ptr && kind.is_composite() => forward_of(l, kind),
        _ => false,
    }
}

//! Types in prototypes of kfuncs: what an argument or result points to, and whether a register's type fits.
//!
//! Key items: [`Pointee`], [`TypeRef`]. Neighbours: `args` and `result` ask; `btf_access` walks types for loads and stores. Modelled after
//! kernel/bpf/btf.c:btf_struct_ids_match, btf_is_prog_ctx_type and kernel/bpf/verifier.c:__btf_type_is_scalar_struct.

use crate::btf::{Btf, Kind, TypeId};
use crate::profile::KernelVersion;
use crate::verifier::context_types::context_type;
use crate::verifier::reg::BtfSource;
use crate::verifier::verify::Verifier;

/// Depth of structs in structs that may be passed as plain memory.
const MAX_NESTED: u32 = 3;
const NO_CAST: &str = "___init";

/// A type of the kernel or of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::verifier) struct TypeRef {
    pub btf: BtfSource,
    pub id: TypeId,
}

impl TypeRef {
    pub fn new(btf: BtfSource, id: u32) -> TypeRef {
        TypeRef { btf, id: TypeId(id) }
    }
}

/// The type behind a pointer, without qualifiers and typedefs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::verifier) struct Pointee<'b> {
    pub id: TypeId,
    pub kind: Kind,
    pub name: &'b str,
}

impl Pointee<'_> {
    /// A struct or union, here or only declared because the built-in types are cut.
    pub fn is_struct(&self) -> bool {
        is_struct_kind(self.kind)
    }

    pub fn is_scalar(&self) -> bool {
        is_scalar_kind(self.kind)
    }

    /// The word for the kind in messages (`btf_type_str`).
    pub fn word(&self) -> &'static str {
        word(self.kind)
    }
}

pub(in crate::verifier) fn is_struct_kind(kind: Kind) -> bool {
    kind.is_composite() || kind == Kind::Fwd
}

pub(in crate::verifier) fn is_scalar_kind(kind: Kind) -> bool {
    kind == Kind::Int || kind.is_enum()
}

/// `btf_type_str`.
pub(in crate::verifier) fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Void => "UNKNOWN",
        Kind::Fwd => "STRUCT",
        kind => kind.name(),
    }
}

/// What the pointer type `id` points to; `None` if it is not a pointer.
pub(in crate::verifier) fn pointee(btf: &Btf, id: TypeId) -> Option<Pointee<'_>> {
    let pointer = btf.resolve(id).filter(|ty| ty.kind() == Kind::Ptr)?;
    let target = btf.resolve(pointer.target())?;
    Some(Pointee { id: target.id(), kind: target.kind(), name: target.name() })
}

/// The struct of this name behind a pointer.
pub(in crate::verifier) fn points_to(btf: &Btf, id: TypeId, name: &str) -> bool {
    pointee(btf, id).is_some_and(|to| to.is_struct() && to.name == name)
}

/// A pointer to a function.
pub(in crate::verifier) fn is_function_pointer(btf: &Btf, id: TypeId) -> bool {
    pointee(btf, id).is_some_and(|to| to.kind == Kind::FuncProto)
}

/// A struct of nothing but numbers, arrays of numbers and such structs.
pub(in crate::verifier) fn is_scalar_struct(btf: &Btf, id: TypeId, depth: u32) -> bool {
    let Some(ty) = btf.resolve(id).filter(|ty| ty.kind().is_composite()) else { return false };
    ty.members().all(|member| {
        let Some(inner) = btf.resolve(member.ty) else { return false };
        if inner.kind().is_composite() {
            return depth < MAX_NESTED && is_scalar_struct(btf, inner.id(), depth + 1);
        }
        match inner.array() {
            Some(array) if inner.kind() == Kind::Array => {
                array.len > 0 && btf.resolve(array.elem).is_some_and(|elem| is_scalar_kind(elem.kind()))
            }
            _ => is_scalar_kind(inner.kind()),
        }
    })
}

/// The struct that begins exactly at `off` inside of a struct, outermost first (`btf_struct_walk`, `WALK_STRUCT`).
fn struct_at(btf: &Btf, id: TypeId, mut off: u64) -> Option<TypeId> {
    let mut ty = btf.resolve(id).filter(|ty| ty.kind().is_composite())?;
    'inside: loop {
        if off >= u64::from(ty.own_size()) {
            return None;
        }
        for member in ty.members() {
            let start = u64::from(member.bit_offset / 8);
            if off < start {
                return None;
            }
            if member.bitfield_bits != 0 {
                continue;
            }
            let mut inner = btf.resolve(member.ty)?;
            let whole = btf.size_of(member.ty)?;
            if off >= start + whole {
                continue;
            }
            let mut start = start;
            while let (Kind::Array, Some(array)) = (inner.kind(), inner.array()) {
                let elem = btf.size_of(array.elem).filter(|size| *size > 0)?;
                start += (off - start) / elem * elem;
                inner = btf.resolve(array.elem)?;
            }
            if !inner.kind().is_composite() {
                return None;
            }
            if off == start {
                return Some(inner.id());
            }
            off -= start;
            ty = inner;
            continue 'inside;
        }
        return None;
    }
}

/// A kernel's struct for one that programs see (`btf_is_projection_of`).
pub(in crate::verifier) fn is_projection(seen: &str, kernel: &str) -> bool {
    matches!((seen, kernel), ("__sk_buff", "sk_buff") | ("xdp_md", "xdp_buff"))
}

impl Verifier<'_> {
    /// Name of a type of the kernel or of the program.
    pub(in crate::verifier) fn type_name_of_btf(&self, ty: TypeRef) -> String {
        self.btf(ty.btf).map_or("", |btf| btf.name_of(ty.id)).to_owned()
    }

    /// `btf_struct_ids_match`: at `off` of `held` there is a `wanted`; strictly: it is one.
    pub(in crate::verifier) fn struct_matches(
        &self,
        held: TypeRef,
        off: i64,
        wanted: TypeRef,
        strict: bool,
    ) -> bool {
        if off == 0 && held == wanted {
            return true;
        }
        if strict || off < 0 {
            return false;
        }
        let Some(btf) = self.btf(held.btf) else { return false };
        let (mut id, mut off) = (held.id, off as u64);
        while let Some(inner) = struct_at(btf, id, off) {
            if (TypeRef { btf: held.btf, id: inner }) == wanted {
                return true;
            }
            (id, off) = (inner, 0);
        }
        false
    }

    /// One name is the other with `___init` (`btf_type_ids_nocast_alias`): objects that are not ready yet.
    pub(in crate::verifier) fn is_no_cast_alias(&self, a: TypeRef, b: TypeRef) -> bool {
        let (a, b) = (self.type_name_of_btf(a), self.type_name_of_btf(b));
        a.strip_suffix(NO_CAST) == Some(&b) || b.strip_suffix(NO_CAST) == Some(&a)
    }

    /// The type behind a pointer argument is the program's context (`btf_is_prog_ctx_type`).
    pub(in crate::verifier) fn is_context_type(&self, pointer: TypeId) -> bool {
        let btf = self.facts.kernel;
        let prog_type = self.input.kind.prog_type;
        let Some(context) = context_type(prog_type) else {
            return false;
        };
        let Some(to) = pointee(btf, pointer).filter(Pointee::is_struct) else { return false };
        let name = if context == "bpf_user_pt_regs_t" { "pt_regs" } else { context };
        let projection = self.version() >= KernelVersion::V6_12 && is_projection(context, to.name);
        to.name == name || projection
    }
}

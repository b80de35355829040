//! Whether a kernel takes the types of an object at all, whatever its maps need of them: names, sections, tags, members, and how deep
//! types lie in one another.
//!
//! Key item: [`taken`]. A loader goes on without types that are refused. It brings declarations of kernel symbols into order before, and
//! replaces what an old kernel does not know. Neighbour: `map_types`. Modelled after kernel/bpf/btf.c:btf_check_all_metas and
//! btf_check_all_types.

use std::collections::BTreeSet;

use crate::btf::{Btf, Kind, Linkage, Member, Type, TypeId};
use crate::profile::KernelVersion;

/// `MAX_RESOLVE_DEPTH`.
const DEEPEST: usize = 32;
/// Bits that a member of an enumeration takes beside bitfields, whatever its type.
const ENUM_BITS: u32 = 32;
/// Sections that the loader makes itself.
const OF_LOADER: [&str; 2] = [".ksyms", ".kconfig"];

/// The kernel takes the types.
pub(super) fn taken(version: KernelVersion, btf: &Btf) -> bool {
    let checks = Checks { version, btf };
    btf.types().all(|ty| checks.alone(&ty)) && Walk::new(version, btf).all()
}

struct Checks<'a> {
    version: KernelVersion,
    btf: &'a Btf,
}

impl<'a> Checks<'a> {
    /// What can be seen in one type.
    fn alone(&self, ty: &Type<'a>) -> bool {
        match ty.kind() {
            Kind::Struct | Kind::Union => self.name(ty.name()) && self.members(ty),
            Kind::Enum | Kind::Enum64 => {
                self.name(ty.name()) && ty.enumerators().all(|value| self.name(value.name))
            }
            Kind::Typedef | Kind::Fwd | Kind::Var => self.name(ty.name()),
            Kind::Func => self.name(ty.name()) && self.arguments_named(ty),
            Kind::FuncProto => ty.params().all(|param| self.name(param.name)),
            Kind::Datasec => self.section(ty),
            // Older kernels see a number or a qualifier in its place.
            Kind::DeclTag | Kind::TypeTag => self.version < KernelVersion::V6_1 || !ty.name().is_empty(),
            _ => true,
        }
    }

    /// No name, or letters, digits, underscores and dots; letters are those of Latin-1, one byte each.
    fn name(&self, name: &str) -> bool {
        let letter = |byte: u8| {
            byte.is_ascii_alphabetic()
                || byte == b'_'
                || byte == b'.'
                || (byte >= 0xc0 && byte != 0xd7 && byte != 0xf7)
        };
        let fits = |(index, byte): (usize, u8)| letter(byte) || (index > 0 && byte.is_ascii_digit());
        name.len() <= self.longest() && name.bytes().enumerate().all(fits)
    }

    /// `KSYM_NAME_LEN`.
    fn longest(&self) -> usize {
        if self.version < KernelVersion::V6_1 { 128 } else { 512 }
    }

    /// Every argument of a function has a name; those of kernel functions get one from the loader.
    fn arguments_named(&self, ty: &Type<'a>) -> bool {
        let proto = self.btf.type_by_id(ty.target());
        ty.linkage() == Some(Linkage::Extern)
            || proto.is_none_or(|proto| {
                proto.params().all(|param| !param.name.is_empty() || param.ty == TypeId::VOID)
            })
    }

    /// No variable is empty, and on 5.10 there is at least one: a section of nameless constants has none. Since 6.12 the name may have any characters that can be printed.
    fn section(&self, ty: &Type<'a>) -> bool {
        let printed = |byte: u8| (0x20..0x7f).contains(&byte) || byte >= 0xa0;
        let name = ty.name();
        let named = if self.version < KernelVersion::V6_12 {
            // The loader writes something else for the mark of a section that need not be loaded.
            self.name(name.strip_prefix('?').unwrap_or(name))
        } else {
            name.len() <= self.longest() && name.bytes().all(printed)
        };
        let filled = self.version >= KernelVersion::V6_1 || ty.section_vars().next().is_some();
        OF_LOADER.contains(&name) || (named && filled && ty.section_vars().all(|var| var.size != 0))
    }

    fn members(&self, ty: &Type<'a>) -> bool {
        ty.members().all(|member| self.name(member.name) && self.member(ty, &member))
    }

    fn member(&self, ty: &Type<'a>, member: &Member<'a>) -> bool {
        let Some(of) = self.btf.resolve(member.ty) else { return true };
        match of.kind() {
            Kind::Enum | Kind::Enum64 if ty.kind_flag() => {
                let bits = if member.bitfield_bits == 0 { ENUM_BITS } else { member.bitfield_bits };
                bits <= ENUM_BITS && (member.bit_offset + bits).div_ceil(8) <= ty.own_size()
            }
            // Older kernels see an empty structure in its place.
            Kind::Float if self.version >= KernelVersion::V6_1 => {
                member.bit_offset.is_multiple_of(of.own_size().clamp(1, 8) * 8)
            }
            _ => true,
        }
    }
}

/// What counts as an end while types are followed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Undecided,
    Pointer,
    Composite,
}

/// Follows types as the kernel does, for the depth at which it gives up.
struct Walk<'a> {
    version: KernelVersion,
    btf: &'a Btf,
    done: BTreeSet<TypeId>,
}

impl<'a> Walk<'a> {
    fn new(version: KernelVersion, btf: &'a Btf) -> Walk<'a> {
        Walk { version, btf, done: BTreeSet::new() }
    }

    fn all(mut self) -> bool {
        self.btf.types().all(|ty| !self.followed(ty.kind()) || self.done.contains(&ty.id()) || self.from(&ty))
    }

    /// Types that refer to others (`btf_type_needs_resolve`). Sections only refer to variables, which are followed themselves.
    fn followed(&self, kind: Kind) -> bool {
        let tag = kind == Kind::DeclTag && self.version >= KernelVersion::V6_1;
        let object = matches!(kind, Kind::Ptr | Kind::Array | Kind::Var);
        tag || object || is_modifier(kind) || kind.is_composite()
    }

    fn from(&mut self, first: &Type<'a>) -> bool {
        let mut mode = entered(Mode::Undecided, first.kind());
        let mut path = vec![(*first, 0)];
        while let Some((ty, at)) = path.last_mut() {
            match self.next(ty, at, mode) {
                None => {
                    self.done.insert(ty.id());
                    path.pop();
                }
                Some(next) => {
                    if path.len() == DEEPEST || path.iter().any(|(on, _)| on.id() == next.id()) {
                        return false;
                    }
                    mode = entered(mode, next.kind());
                    path.push((next, 0));
                }
            }
        }
        true
    }

    /// The next type to go into.
    fn next(&self, ty: &Type<'a>, at: &mut usize, mode: Mode) -> Option<Type<'a>> {
        loop {
            let target = match ty.kind() {
                Kind::Struct | Kind::Union => ty.member(*at)?.ty,
                Kind::Array => {
                    let array = ty.array()?;
                    *[array.index, array.elem].get(*at)?
                }
                Kind::Ptr | Kind::Var => *[ty.target(), self.behind(ty)].get(*at)?,
                _ if *at > 0 => return None,
                _ => ty.target(),
            };
            *at += 1;
            let Some(target) = self.btf.type_by_id(target) else { continue };
            if !self.is_end(target.kind(), mode) && !self.done.contains(&target.id()) {
                return Some(target);
            }
        }
    }

    /// The pointer behind modifiers, which may not have been followed with them.
    fn behind(&self, ty: &Type<'a>) -> TypeId {
        let target = self.btf.type_by_id(ty.target()).filter(|target| is_modifier(target.kind()));
        let resolved = target.and_then(|target| self.btf.resolve(target.id()));
        resolved.filter(|resolved| resolved.kind() == Kind::Ptr).map_or(ty.target(), |resolved| resolved.id())
    }

    /// `env_type_is_resolve_sink`.
    fn is_end(&self, kind: Kind, mode: Mode) -> bool {
        match mode {
            Mode::Undecided => !self.followed(kind),
            Mode::Pointer => !is_modifier(kind) && kind != Kind::Ptr,
            Mode::Composite => !is_modifier(kind) && kind != Kind::Array && !kind.is_composite(),
        }
    }
}

fn is_modifier(kind: Kind) -> bool {
    kind.is_modifier() || kind == Kind::Typedef
}

fn entered(mode: Mode, kind: Kind) -> Mode {
    match mode {
        Mode::Undecided if kind == Kind::Ptr => Mode::Pointer,
        Mode::Undecided if kind == Kind::Array || kind.is_composite() => Mode::Composite,
        mode => mode,
    }
}

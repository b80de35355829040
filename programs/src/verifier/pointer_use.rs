//! One instruction, several paths: pointers that the kernel translates differently must not meet in it.
//!
//! Key items: [`PointerUses`], `note_pointer` of [`Verifier`]. Neighbours: `memory` notes every load and store. Modelled after
//! kernel/bpf/verifier.c:save_aux_ptr_type and reg_type_mismatch.

use std::mem::{Discriminant, discriminant};

use sim::errno::Errno;

use super::reg::{Flags, Kind, Reg};
use super::stop::{Checked, Stop, invalid};
use super::verify::Verifier;
use crate::gate::{Rejection, Stage};
use crate::isa::Op;
use crate::profile::KernelVersion;

/// A register type without what belongs to one register alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Type {
    kind: Discriminant<Kind>,
    flags: Flags,
    /// Loads and stores through it are rewritten.
    special: bool,
    /// Memory, or an object with a BTF type.
    mem: bool,
    object: bool,
}

/// What each instruction was used with.
#[derive(Debug, Default)]
pub struct PointerUses(Vec<Option<Type>>);

/// What the access is, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// A plain load: pointers to kernel objects may differ in trust (6.12 on).
    Load,
    Store,
    StoreImmediate,
    LoadAcquire,
    Atomic,
}

impl Verifier<'_> {
    /// What fails when loads and stores are rewritten, after all paths were followed (`convert_ctx_accesses`): 6.12 has no sign-extending
    /// loads from arenas.
    pub(super) fn check_rewrites(&self) -> Checked {
        if self.version() != KernelVersion::V6_12 {
            return Ok(());
        }
        let sign_extended =
            |insn: usize| matches!(self.program.ops[insn], Some(Op::Load { signed: true, .. }));
        let arena = discriminant(&Kind::Arena);
        let mut uses = self.pointer_uses.0.iter().enumerate();
        match uses.find(|(insn, how)| how.is_some_and(|how| how.kind == arena) && sign_extended(*insn)) {
            Some((insn, _)) => Err(Stop::Refused(Rejection {
                errno: Errno::EOPNOTSUPP,
                message: "sign extending loads from arena are not supported yet".into(),
                insn: Some(insn),
                stage: Stage::Instructions,
            })),
            None => Ok(()),
        }
    }

    /// Remembers the type of the pointer that the instruction went through.
    pub(super) fn note_pointer(&mut self, reg: &Reg, how: Use) -> Checked {
        let version = self.version();
        let seen = match how {
            Use::Load | Use::Store | Use::LoadAcquire => true,
            Use::StoreImmediate => version >= KernelVersion::V6_12,
            Use::Atomic => {
                version == KernelVersion::V7_2 || (version == KernelVersion::V6_12 && reg.kind == Kind::Arena)
            }
        };
        if !seen {
            return Ok(());
        }
        let now = type_of(version, reg);
        let (insn, len) = (self.path.insn, self.program.len());
        let uses = &mut self.pointer_uses.0;
        uses.resize(len, None);
        let Some(before) = uses[insn] else {
            uses[insn] = Some(now);
            return Ok(());
        };
        if now == before || !(now.special || before.special) {
            return Ok(());
        }
        match merged(version, how, now, before) {
            Some(both) => {
                uses[insn] = Some(both);
                Ok(())
            }
            None => invalid("same insn cannot be used with different pointers"),
        }
    }
}

fn type_of(version: KernelVersion, reg: &Reg) -> Type {
    let object = matches!(reg.kind, Kind::Btf { .. });
    let special = match reg.kind {
        Kind::Ctx | Kind::Socket | Kind::SockCommon | Kind::TcpSock | Kind::XdpSock => true,
        Kind::Btf { .. } => version != KernelVersion::V5_10 || !reg.flags.has(Flags::PERCPU),
        Kind::Arena => version >= KernelVersion::V6_12,
        _ => false,
    };
    let mem = matches!(reg.kind, Kind::Mem { .. });
    Type { kind: discriminant(&reg.kind), flags: reg.flags, special, mem, object }
}

/// Pointers that only differ in trust load as the less trusted one does.
fn merged(version: KernelVersion, how: Use, now: Type, before: Type) -> Option<Type> {
    if how != Use::Load {
        return None;
    }
    match version {
        KernelVersion::V6_12 if now.object && before.object => Some(Type { flags: Flags::UNTRUSTED, ..now }),
        KernelVersion::V7_2 if (now.object || now.mem) && (before.object || before.mem) => {
            let kind = if now.mem { now } else { before };
            let either = |flag| now.flags.has(flag) || before.flags.has(flag);
            let kept = [Flags::UNTRUSTED, Flags::RDONLY].into_iter().filter(|flag| either(*flag));
            Some(Type { flags: kept.fold(Flags::NONE, Flags::with), ..kind })
        }
        _ => None,
    }
}

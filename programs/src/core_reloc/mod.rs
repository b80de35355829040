//! CO-RE ("compile once, run everywhere"): adapting a program to the types of one kernel.
//!
//! [`relocate`] takes each [`CoreRelo`] of a program, finds the kernel type of the same name ([`spec`], [`compat`]),
//! computes what is asked ([`value`]) and writes it into the instruction ([`patch`]). An instruction whose field the
//! kernel lacks is poisoned, not refused: it may be dead code behind `bpf_core_field_exists`; [`Poisoned`] keeps what
//! to say when it is not.
//!
//! Rules: libbpf `src/relo_core.c`, which the kernel shares. Neighbours: `object` collects the relocations,
//! `kernel_types` has the kernels' types.

mod compat;
mod kind;
mod patch;
mod spec;
mod value;

pub use kind::{CoreClass, CoreKind};
pub use patch::POISON_IMM;

use compat::{Compare, same_kind};
use patch::Change;
use spec::Spec;
use value::{Value, compute};

use crate::btf::prune::is_cut;
use crate::btf::{Btf, Kind, TypeId, essential_name};
use crate::isa::Insn;
use crate::object::{CoreRelo, ProgramSpec};

/// A program adapted to a kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relocated {
    pub insns: Vec<Insn>,
    /// In the order of instructions.
    pub poisoned: Vec<Poisoned>,
    /// Relocations of types that `target` lacks or has without members: of a cut kernel BTF this says nothing about the
    /// kernel.
    pub unseen: Vec<Poisoned>,
}

/// An instruction that must not be reached, because the kernel lacks what it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Poisoned {
    /// Slot of the instruction.
    pub insn: usize,
    /// The access in the words of libbpf's log, e.g. `<byte_off> [7] struct file.f_gone (0:3 @ offset 8)`.
    pub access: String,
}

impl Relocated {
    /// What libbpf adds to the verifier's log when a poisoned instruction was reached.
    pub fn message_at(&self, insn: usize) -> Option<String> {
        let poisoned = self.poisoned.iter().find(|poisoned| poisoned.insn == insn)?;
        Some(format!("failed to resolve CO-RE relocation {}", poisoned.access))
    }
}

/// Whether a kernel function is declared as this kernel has it, as libbpf asks before it lets a program call it
/// (libbpf.c:bpf_object__resolve_ksym_func_btf_id). `None` when one of the two has no such function, or its types are too deep.
pub fn same_prototype(local: &Btf, func: TypeId, kernel: &Btf, name: &str) -> Option<bool> {
    let declared = local.func_proto(func)?;
    let real = kernel.func_proto(kernel.find_by_name_kind(name, Kind::Func)?.id())?;
    Compare::new(local, kernel).types_compatible(declared.id(), real.id()).ok()
}

/// A relocation that cannot be applied: libbpf refuses the program.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("CO-RE relocation of instruction {insn} failed: {access}: {kind}")]
pub struct CoreError {
    /// Slot of the instruction.
    pub insn: usize,
    /// What was to be relocated, as far as it could be read.
    pub access: String,
    pub kind: CoreErrorKind,
}

/// Why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CoreErrorKind {
    #[error("the access does not fit the program's own types")]
    BadAccess,
    #[error("relocations need a type with a name")]
    Unnamed,
    #[error("types are nested too deeply")]
    TooDeep,
    #[error("the bitfield cannot be read with one 64-bit load")]
    BitfieldTooWide,
    #[error("this relocation cannot be applied to an array element")]
    NotOnElements,
    #[error("several kernel types fit, with different results")]
    Ambiguous,
    #[error("instruction with opcode {0:#04x} cannot be relocated")]
    WrongInstruction(u8),
    #[error("the instruction holds {found}, expected {expected}")]
    UnexpectedValue { found: u64, expected: u64 },
    #[error("offset {0} does not fit a load or store")]
    OffsetTooLarge(u64),
}

/// Applies all CO-RE relocations of a program. `local` is the object's BTF, `target` the kernel's.
///
/// # Errors
/// [`CoreError`] where libbpf would refuse to load; a field that does not exist is no error.
pub fn relocate(program: &ProgramSpec, local: &Btf, target: &Btf) -> Result<Relocated, CoreError> {
    let mut done = Relocated { insns: program.insns.clone(), poisoned: Vec::new(), unseen: Vec::new() };
    let compare = Compare::new(local, target);
    // Texts are paid for like comparisons, so that they cannot fill the memory either.
    let poisoned = |relo: &CoreRelo| {
        let access = describe(relo, local);
        compare.begin().and_then(|()| compare.spend_many(access.len()))?;
        Ok(Poisoned { insn: relo.insn, access })
    };
    for relo in &program.core {
        let refused = |kind| CoreError { insn: relo.insn, access: describe(relo, local), kind };
        if unseen(relo, local, target) {
            done.unseen.push(poisoned(relo).map_err(refused)?);
        }
        let applied = resolve(relo, local, target, &compare)
            .and_then(|change| patch::patch(&mut done.insns, relo.insn, &change));
        if !applied.map_err(refused)? {
            done.poisoned.push(poisoned(relo).map_err(refused)?);
        }
    }
    Ok(done)
}

/// Whether `target` cannot tell what becomes of a relocation, if it is a selection of the kernel's types.
fn unseen(relo: &CoreRelo, local: &Btf, target: &Btf) -> bool {
    if relo.kind == CoreKind::TypeIdLocal {
        return false;
    }
    let by_name = matches!(relo.kind, CoreKind::TypeExists | CoreKind::TypeSize | CoreKind::TypeIdTarget);
    let Some(root) = local.type_by_id(relo.root) else { return false };
    let named = target.find_by_essential_name(essential_name(root.name()));
    !named
        .filter(|ty| same_kind(root, *ty))
        .any(|ty| by_name || target.resolve(ty.id()).is_none_or(|ty| !is_cut(ty)))
}

/// A relocation in the words of libbpf's log.
pub fn describe(relo: &CoreRelo, local: &Btf) -> String {
    let spec = Spec::parse(local, relo.root, relo.kind, &relo.access);
    let text = spec.map_or_else(|_| format!("{} ({})", relo.root, relo.access), |spec| spec.describe());
    format!("<{}> {text}", relo.kind.name())
}

/// Finds the kernel's side of a relocation (libbpf `bpf_core_calc_relo_insn`).
fn resolve(
    relo: &CoreRelo,
    local: &Btf,
    target: &Btf,
    compare: &Compare<'_>,
) -> Result<Change, CoreErrorKind> {
    compare.begin()?;
    let root = local.type_by_id(relo.root).ok_or(CoreErrorKind::BadAccess)?;
    if root.name().is_empty() && relo.kind != CoreKind::TypeIdLocal {
        return Err(CoreErrorKind::Unnamed);
    }
    let spec = Spec::parse(local, relo.root, relo.kind, &relo.access)?;
    let original = compute(relo.kind, Some(&spec))?;
    if relo.kind == CoreKind::TypeIdLocal {
        // A linker may have renumbered the types after the compiler wrote the instruction, so nothing is checked.
        let original = Value { validate: false, ..original };
        return Ok(Change { original, new: original, width_unsafe: false });
    }
    let mut best: Option<(Value, u64)> = None;
    for candidate in
        target.find_by_essential_name(essential_name(root.name())).filter(|ty| same_kind(root, *ty))
    {
        let Some(found) = spec.follow(target, candidate.id(), relo.kind, compare)? else { continue };
        let value = compute(relo.kind, Some(&found))?;
        match best {
            None => best = Some((value, found.bit_offset)),
            Some((known, offset)) if same_result(known, value) && offset == found.bit_offset => {}
            Some(_) => return Err(CoreErrorKind::Ambiguous),
        }
    }
    let new = match best {
        Some((value, _)) => value,
        None => compute(relo.kind, None)?,
    };
    Ok(Change::new(original, new, local, target))
}

fn same_result(a: Value, b: Value) -> bool {
    (a.number, a.poison) == (b.number, b.poison)
}

/// What a program would get for one relocation on a kernel: `None` when the instruction would be poisoned.
///
/// # Errors
/// [`CoreErrorKind`] as for [`relocate`].
pub fn evaluate(
    kind: CoreKind,
    local: &Btf,
    root: TypeId,
    access: &str,
    target: &Btf,
) -> Result<Option<u64>, CoreErrorKind> {
    let relo = CoreRelo { insn: 0, kind, root, access: access.into() };
    let change = resolve(&relo, local, target, &Compare::new(local, target))?;
    Ok((!change.new.poison).then_some(change.new.number))
}

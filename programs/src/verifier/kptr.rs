//! Pointers to kernel or program objects in map values: loads, stores, and what `bpf_kptr_xchg` may exchange.
//!
//! Key type: [`KptrArg`]. Neighbours: `memory` sends accesses to such fields here, `helper` arguments; `graph` has objects of the program.
//! Modelled after kernel/bpf/verifier.c:check_map_kptr_access, map_kptr_match_type, btf_ld_kptr_type and process_kptr_func.

use super::facts::Field;
use super::history::SlotRef;
use super::kfunc::types::{TypeRef, is_struct_kind};
use super::memory::Access;
use super::names::{type_name, type_name_of};
use super::reg::{BtfSource, Flags, Id, Kind, MapRef, Reg};
use super::stack::Stored;
use super::state::Object;
use super::stop::{Checked, invalid, no_access, not_modelled};
use super::verify::Verifier;
use crate::isa::Op;
use crate::object::SpecialKind;
use crate::profile::KernelVersion;

/// Kernel structs whose objects live as long as an RCU section (`rcu_protected_types`).
const RCU_PROTECTED: [&str; 5] =
    ["prog_test_ref_kfunc", "cgroup", "bpf_cpumask", "task_struct", "bpf_crypto_ctx"];

/// Where `bpf_kptr_xchg` writes: the map (none: an own object), the field, and the type it points to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KptrArg {
    pub map: Option<(MapRef, Id)>,
    pub field: Field,
    pub btf: BtfSource,
    pub id: u32,
}

impl Verifier<'_> {
    /// A load or store that hits a pointer field exactly; what a load gives.
    pub(super) fn kptr_access(
        &mut self,
        a: &Access,
        _reg: &Reg,
        _map: MapRef,
        field: Field,
    ) -> Checked<Option<Reg>> {
        let plain = matches!(
            self.program.ops[self.path.insn],
            Some(Op::Load { signed: false, .. } | Op::Store { .. })
        );
        if !plain {
            return no_access("kptr in map can only be accessed using BPF_MEM instruction mode");
        }
        if a.write && (self.is_owning_kptr(field.kind) || field.kind == SpecialKind::PercpuKptr) {
            return no_access("store to referenced kptr disallowed");
        }
        if field.kind == SpecialKind::Uptr {
            return if a.write {
                no_access("store to uptr disallowed")
            } else {
                self.load_user_page(&field).map(Some)
            };
        }
        if !a.write {
            return self.load_kptr(&field).map(Some);
        }
        match (a.stored, a.value) {
            (Stored::Imm(0), _) => {}
            (Stored::Imm(_), _) => {
                let at = field.offset;
                return no_access(format!("BPF_ST imm must be 0 when storing to kptr at off={at}"));
            }
            (_, Some(value)) if self.reg(value).is_null() => {
                if self.version() == KernelVersion::V7_2 {
                    self.want_reg(value);
                }
            }
            (_, Some(value)) => self.check_kptr_value(&field, value)?,
            (_, None) => return not_modelled("store of nothing into a kptr"),
        }
        Ok(None)
    }

    /// The field owns what it points to. Before 6.3 the tag `kptr` did not.
    pub(super) fn is_owning_kptr(&self, kind: SpecialKind) -> bool {
        match self.version() {
            KernelVersion::V5_10 | KernelVersion::V6_1 => kind == SpecialKind::KptrRef,
            _ => kind == SpecialKind::Kptr,
        }
    }

    /// A page of user space: memory.
    fn load_user_page(&mut self, field: &Field) -> Checked<Reg> {
        let size = self.facts.btf.and_then(|btf| btf.size_of(field.target));
        let Some(size) = size.and_then(|size| u32::try_from(size).ok()) else {
            return not_modelled("uptr to a type without a size");
        };
        let mut reg = Reg::pointer(Kind::Mem { size }, Flags::MAYBE_NULL, self.numbers);
        reg.id = self.new_id();
        Ok(reg)
    }

    fn load_kptr(&mut self, field: &Field) -> Checked<Reg> {
        let Some(target) = self.kptr_target(field) else { return not_modelled("kptr to an unknown type") };
        let mut flags = Flags::MAYBE_NULL;
        let percpu = field.kind == SpecialKind::PercpuKptr;
        let kernel = target.btf == BtfSource::Kernel;
        let name = self.type_name_of_btf(target);
        let protected = percpu
            || (self.is_owning_kptr(field.kind) && (!kernel || RCU_PROTECTED.contains(&name.as_str())));
        if self.version() >= KernelVersion::V6_12 && protected && self.in_rcu_section() {
            flags = flags.with(Flags::RCU);
            if percpu {
                flags = flags.with(Flags::PERCPU);
            } else if !kernel {
                flags = flags.with(Flags::ALLOC);
            }
            let node = |field: &Field| matches!(field.kind, SpecialKind::ListNode | SpecialKind::RbNode);
            if !kernel && self.facts.program_fields(target.id).iter().any(node) {
                flags = flags.with(Flags::NON_OWN_REF);
            }
        } else {
            flags = flags.with(Flags::UNTRUSTED);
        }
        let mut reg = Reg::pointer(Kind::Btf { btf: target.btf, id: target.id.0 }, flags, self.numbers);
        reg.id = self.new_id();
        Ok(reg)
    }

    /// What a field points to: the kernel's struct of that name, or else the program's own.
    pub(super) fn kptr_target(&self, field: &Field) -> Option<TypeRef> {
        let btf = self.facts.btf?;
        let ty = btf.resolve(field.target)?;
        let kernel = self.facts.kernel.find_by_name(ty.name()).find(|found| is_struct_kind(found.kind()));
        Some(match kernel {
            Some(found) => TypeRef { btf: BtfSource::Kernel, id: found.id() },
            None => TypeRef { btf: BtfSource::Program, id: ty.id() },
        })
    }

    /// The value that goes into a field has its type (`map_kptr_match_type`); whatever is wrong, callers return -EACCES.
    pub(super) fn check_kptr_value(&self, field: &Field, regno: u8) -> Checked {
        let (reg, version) = (*self.reg(regno), self.version());
        let Some(target) = self.kptr_target(field) else { return not_modelled("kptr to an unknown type") };
        let percpu = field.kind == SpecialKind::PercpuKptr;
        let unowned = !percpu && !self.is_owning_kptr(field.kind);
        let mismatch = |held: &str| {
            let (wanted, held_type) = (self.type_name_of_btf(target), type_name(version, &reg));
            let any = type_name_of(version, reg_kind(target), Flags::NONE);
            let untrusted = type_name_of(version, reg_kind(target), Flags::UNTRUSTED);
            let or = if unowned { format!(" or {untrusted}{wanted}") } else { String::new() };
            no_access(format!(
                "invalid kptr access, R{regno} type={held_type}{held} expected={any}{wanted}{or}"
            ))
        };
        let Kind::Btf { btf, id } = reg.kind else { return mismatch("") };
        let mut allowed = Flags::MAYBE_NULL;
        if version == KernelVersion::V6_1 {
            allowed = if unowned { allowed.with(Flags::UNTRUSTED) } else { allowed };
        } else if btf == BtfSource::Kernel {
            allowed = allowed.with(Flags::TRUSTED).with(Flags::RCU);
            allowed = if unowned { allowed.with(Flags::UNTRUSTED) } else { allowed };
        } else {
            allowed = allowed.with(Flags::ALLOC);
            allowed = if percpu { allowed.with(Flags::PERCPU) } else { allowed };
        }
        if reg.flags.without(allowed) != Flags::NONE {
            return mismatch("");
        }
        if version == KernelVersion::V6_1 && btf != BtfSource::Kernel {
            return no_access(format!("R{regno} must point to kernel BTF"));
        }
        if version == KernelVersion::V7_2 && percpu != reg.flags.has(Flags::PERCPU) {
            return mismatch("");
        }
        self.check_object_offset(&reg, regno, true)?;
        let held = TypeRef::new(btf, id);
        let off = if version == KernelVersion::V7_2 {
            reg.known_offset().unwrap_or_default()
        } else {
            reg.off.into()
        };
        if self.struct_matches(held, off, target, !unowned) {
            return Ok(());
        }
        mismatch(&self.type_name_of_btf(held))
    }

    /// What `bpf_kptr_xchg` writes to.
    pub(super) fn process_kptr_arg(&self, regno: u8) -> Checked<KptrArg> {
        let field = self.kptr_field(regno)?;
        let Some(target) = self.kptr_target(&field) else { return not_modelled("kptr to an unknown type") };
        let map = match self.reg(regno).kind {
            Kind::MapValue { map, uid } => Some((map, uid)),
            _ => None,
        };
        Ok(KptrArg { map, field, btf: target.btf, id: target.id.0 })
    }

    /// The register fits into the field.
    pub(super) fn kptr_matches(&self, regno: u8, kptr: &KptrArg) -> Checked {
        self.check_kptr_value(&kptr.field, regno)
    }

    /// The field that the first argument of `bpf_kptr_xchg` points to (`process_kptr_func`).
    fn kptr_field(&self, regno: u8) -> Checked<Field> {
        let reg = *self.reg(regno);
        let early = self.version() == KernelVersion::V6_1;
        let constant = reg.known_offset();
        let moved = || {
            invalid(format!("R{regno} doesn't have constant offset. kptr has to be at the constant offset"))
        };
        if early && constant.is_none() {
            return moved();
        }
        let map = match reg.kind {
            Kind::MapValue { map, .. } => Some(self.facts.map(map)),
            _ => None,
        };
        if let Some(map) = map.filter(|map| map.value_type == crate::btf::TypeId::VOID) {
            return invalid(format!("map '{}' has to have BTF in order to use bpf_kptr_xchg", map.name));
        }
        let Some(offset) = constant else { return moved() };
        use SpecialKind as S;
        let kptr = |kind| matches!(kind, S::Kptr | S::KptrRef | S::KptrUntrusted | S::PercpuKptr);
        let fields: Vec<Field> =
            self.object_fields(&reg).into_iter().filter(|field| kptr(field.kind)).collect();
        if fields.is_empty() {
            return match map {
                Some(map) if early => invalid(format!("map '{}' has no valid kptr", map.name)),
                _ => invalid(format!("R{regno} has no valid kptr")),
            };
        }
        let field = fields.into_iter().find(|field| i64::from(field.offset) == offset);
        let Some(field) = field else { return no_access(format!("off={offset} doesn't point to kptr")) };
        if self.is_owning_kptr(field.kind) || field.kind == SpecialKind::PercpuKptr {
            return Ok(field);
        }
        no_access(format!("off={offset} kptr isn't referenced kptr"))
    }

    /// Dynptrs that are, or were made from, a released object end with it (7.2).
    pub(super) fn end_dynptrs_of(&mut self, id: Id, due: &mut Vec<Id>) {
        for frame in 0..self.path.state.frames.len() {
            for slot in 0..self.path.state.frames[frame].stack.len() {
                let at = SlotRef { frame: frame as u8, slot: slot as u8 };
                let Some(Object::Dynptr { first: true, id: own, ref_id, .. }) = self.object_slot(at).object
                else {
                    continue;
                };
                if own != id && ref_id != id {
                    continue;
                }
                if ref_id == id && own != id {
                    due.push(own);
                }
                self.clear_dynptr(at);
            }
        }
    }
}

fn reg_kind(target: TypeRef) -> Kind {
    Kind::Btf { btf: target.btf, id: target.id.0 }
}

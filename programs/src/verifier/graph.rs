//! Objects of the program: allocating them, and the lists and trees that own them.
//!
//! Key types: [`Root`]. Neighbours: `kfunc` checks the calls; `regions` has the locks that roots need; `kptr` keeps objects in map values.
//! A node in a list or tree may still be used while the lock is held, without owning it (`NON_OWN_REF`). Modelled after
//! kernel/bpf/verifier.c:process_kf_arg_ptr_to_list_head and its relatives, ref_set_non_owning and kernel/bpf/btf.c:btf_parse_graph_root.

use super::facts::Field;
use super::kfunc::types::{TypeRef, is_scalar_struct};
use super::kfunc::{Call, Found, is_plain_allocated};
use super::memory::field_name;
use super::reg::{BtfSource, Flags, Id, Kind, Reg};
use super::stack_objects::argument;
use super::state::{LockOf, RefKind};
use super::stop::{Checked, invalid, not_modelled};
use super::verify::Verifier;
use crate::btf::{self, Btf, TypeId};
use crate::object::SpecialKind;
use crate::profile::KernelVersion;

/// `BPF_GLOBAL_PERCPU_MA_MAX_SIZE`.
const MAX_PERCPU: u32 = 512;

/// What a list head or tree root holds, from its `contains` tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Root {
    pub kind: SpecialKind,
    /// The struct, in the program's BTF.
    pub value: TypeId,
    /// Offset of the node in it.
    pub node: u32,
}

impl Verifier<'_> {
    /// An object of the program (`type_is_ptr_alloc_obj`); for 7.2 no more when an RCU section behind it has ended.
    pub(super) fn is_object(&self, reg: &Reg) -> bool {
        let lost = self.version() == KernelVersion::V7_2 && reg.flags.has(Flags::UNTRUSTED);
        matches!(reg.kind, Kind::Btf { .. }) && reg.flags.has(Flags::ALLOC) && !lost
    }

    /// Special fields of what a register points to (`reg_btf_record`).
    pub(super) fn object_fields(&self, reg: &Reg) -> Vec<Field> {
        match reg.kind {
            Kind::MapValue { map, .. } => self.facts.map(map).fields.clone(),
            Kind::Btf { btf: BtfSource::Program, id } if self.is_object(reg) => {
                self.facts.program_fields(TypeId(id)).to_vec()
            }
            _ => Vec::new(),
        }
    }

    /// `reg_may_point_to_spin_lock`.
    pub(super) fn may_hold_lock(&self, reg: &Reg) -> bool {
        let lock = |field: &Field| matches!(field.kind, SpecialKind::SpinLock | SpecialKind::ResSpinLock);
        self.object_fields(reg).iter().any(lock)
    }

    /// Some field of the type must not be touched in an NMI (`btf_record_has_nmi_unsafe_fields`).
    pub(super) fn has_nmi_unsafe_fields(&self, object: TypeRef) -> bool {
        let safe = |kind| {
            use SpecialKind as S;
            let kinds =
                [S::SpinLock, S::ResSpinLock, S::Timer, S::Wq, S::TaskWork, S::KptrUntrusted, S::Refcount];
            kinds.contains(&kind)
        };
        object.btf == BtfSource::Program
            && self.facts.program_fields(object.id).iter().any(|field| !safe(field.kind))
    }

    pub(super) fn graph_root_arg(&mut self, regno: u8, kind: SpecialKind, found: &mut Found) -> Checked {
        let reg = *self.reg(regno);
        let version = self.version();
        let plain_value = matches!(reg.kind, Kind::MapValue { .. }) && reg.flags == Flags::NONE;
        if !plain_value && !is_plain_allocated(&reg) {
            let name = argument(version, regno);
            return invalid(format!("{name} expected pointer to map value or allocated object"));
        }
        if is_plain_allocated(&reg) && !self.is_referenced(&reg) {
            return invalid("allocated object must be referenced");
        }
        let what = field_name(kind);
        let Some(offset) = reg.known_offset() else {
            return invalid(format!(
                "R{regno} doesn't have constant offset. {what} has to be at the constant offset"
            ));
        };
        let fields = self.object_fields(&reg);
        if !fields.iter().any(|field| field.kind == kind && i64::from(field.offset) == offset) {
            return invalid(format!("{what} not found at offset={}", offset as u32));
        }
        if !self.is_locked(&reg) {
            let lock = fields.iter().find(|field| field.kind == SpecialKind::SpinLock);
            let lock = lock.map_or(-22, |field| i64::from(field.offset));
            return invalid(format!("bpf_spin_lock at off={lock} must be held for {what}"));
        }
        let Some(root) = self.root_at(&reg, kind, offset as u32) else {
            return not_modelled("a list head or tree root without a contains tag");
        };
        found.root = Some(root);
        Ok(())
    }

    /// `check_reg_allocation_locked`: the lock that is held lies in the same object.
    fn is_locked(&self, reg: &Reg) -> bool {
        let of = self.lock_of(reg);
        let state = &self.path.state;
        if self.version() == KernelVersion::V7_2 {
            let locks = [RefKind::Lock, RefKind::ResLock, RefKind::ResLockIrq];
            return state
                .refs
                .iter()
                .any(|held| locks.contains(&held.kind) && held.id == reg.id && same_object(held.lock, of));
        }
        state.regions.lock.is_some_and(|(id, held)| id == reg.id && same_object(Some(held), of))
    }

    /// The identity of the object that a register points to, for locks.
    pub(super) fn lock_of(&self, reg: &Reg) -> Option<LockOf> {
        match reg.kind {
            Kind::MapValue { map, .. } => Some(LockOf::Map(map)),
            Kind::Btf { id, .. } => Some(LockOf::Allocated(id)),
            _ => None,
        }
    }

    /// What a list head or tree root at this offset holds.
    fn root_at(&self, reg: &Reg, kind: SpecialKind, offset: u32) -> Option<Root> {
        let btf = self.facts.btf?;
        let container = match reg.kind {
            Kind::MapValue { map, .. } => self.facts.map(map).value_type,
            Kind::Btf { id, .. } => TypeId(id),
            _ => return None,
        };
        let (value, node) = root_contents(btf, container, kind, offset)?;
        Some(Root { kind, value, node })
    }

    pub(super) fn graph_node_arg(&mut self, regno: u8, kind: SpecialKind, found: &mut Found) -> Checked {
        let reg = *self.reg(regno);
        let what = field_name(kind);
        let Some(offset) = reg.known_offset() else {
            return invalid(format!(
                "R{regno} doesn't have constant offset. {what} has to be at the constant offset"
            ));
        };
        let at = |field: &Field| field.kind == kind && i64::from(field.offset) == offset;
        if !self.object_fields(&reg).iter().any(at) {
            return invalid(format!("{what} not found at offset={}", offset as u32));
        }
        let (Some(root), Kind::Btf { btf, id }) = (found.root, reg.kind) else {
            return not_modelled("a node without a root");
        };
        let held = TypeRef::new(btf, id);
        let wanted = TypeRef { btf: BtfSource::Program, id: root.value };
        let (node, container) = (root.node, self.type_name_of_btf(wanted));
        if held != wanted {
            let (root_name, held) = (field_name(root.kind), self.type_name_of_btf(held));
            return invalid(format!(
                "operation on {root_name} expects arg#1 {what} at offset={node} in struct {container}, but arg is at offset={offset} in struct {held}"
            ));
        }
        found.object = Some(held);
        if offset == i64::from(node) {
            return Ok(());
        }
        invalid(format!("arg#1 offset={offset}, but expected {what} at offset={node} in struct {container}"))
    }

    /// A pointer to a node, as roots hand them out (`mark_reg_graph_node`).
    pub(super) fn graph_node(&self, root: &Root) -> Reg {
        let kind = Kind::Btf { btf: BtfSource::Program, id: root.value.0 };
        let mut reg = Reg::pointer(kind, Flags::ALLOC, self.numbers);
        if self.version() == KernelVersion::V7_2 {
            reg.num = super::scalar::Scalar::constant(root.node.into(), self.numbers);
        } else {
            reg.off = root.node as i32;
        }
        reg
    }

    /// The object belongs to a list or tree now (`ref_set_non_owning`).
    pub(super) fn make_non_owning(&self, reg: &mut Reg) {
        let counted = self.object_fields(reg).iter().any(|field| field.kind == SpecialKind::Refcount);
        reg.flags = reg.flags.with(Flags::NON_OWN_REF);
        if counted {
            reg.flags = reg.flags.with(Flags::RCU);
        }
    }

    /// An object goes into a list or tree: its reference is gone, but it may be used until the lock is released.
    pub(super) fn give_to_root(&mut self, id: Id) {
        let late = self.version() == KernelVersion::V7_2;
        self.release_quietly(id);
        let facts = self.facts;
        self.path.state.each_reg_mut(|reg| {
            let holds = if late { reg.id == id && !reg.is_scalar() } else { reg.ref_id == id };
            if !holds || reg.flags.has(Flags::NON_OWN_REF) {
                return;
            }
            if late {
                reg.id = 0;
            } else {
                reg.ref_id = 0;
            }
            let Kind::Btf { btf: BtfSource::Program, id } = reg.kind else { return };
            let counted =
                facts.program_fields(TypeId(id)).iter().any(|field| field.kind == SpecialKind::Refcount);
            reg.flags = reg.flags.with(Flags::NON_OWN_REF);
            if counted {
                reg.flags = reg.flags.with(Flags::RCU);
            }
        });
    }

    /// The type that `bpf_obj_new` or `bpf_percpu_obj_new` is asked for.
    pub(super) fn new_object_type(&self, found: &Found, percpu: bool) -> Checked<u32> {
        let Ok(id) = u32::try_from(found.constant.unwrap_or_default()) else {
            return invalid("local type ID argument must be in range [0, U32_MAX]");
        };
        let Some(btf) = self.facts.btf else {
            return invalid("bpf_obj_new/bpf_percpu_obj_new requires prog BTF");
        };
        let ty = btf.type_by_id(TypeId(id)).filter(|ty| ty.kind() == btf::Kind::Struct);
        let Some(ty) = ty else {
            return invalid("bpf_obj_new/bpf_percpu_obj_new type ID argument must be of a struct");
        };
        if !percpu {
            return Ok(id);
        }
        if ty.own_size() > MAX_PERCPU {
            let size = ty.own_size();
            return invalid(format!("bpf_percpu_obj_new type size ({size}) is greater than {MAX_PERCPU}"));
        }
        if !is_scalar_struct(btf, ty.id(), 0) {
            return invalid("bpf_percpu_obj_new type ID argument must be of a struct of scalars");
        }
        if !self.facts.program_fields(ty.id()).is_empty() {
            return invalid("bpf_percpu_obj_new type ID argument must not contain special fields");
        }
        Ok(id)
    }

    /// What a call gives away: the object it releases, and nodes that go into lists and trees.
    pub(super) fn kfunc_releases(&mut self, call: &Call, found: &Found) -> Checked {
        if let Some(regno) = found.release {
            self.kfunc_release(call, regno, found)?;
        }
        let takes = ["bpf_list_push_front", "bpf_list_push_back", "bpf_list_add", "bpf_rbtree_add"];
        if takes.contains(&call.stem()) {
            let node = *self.reg(2);
            let id = self.reference_of(&node);
            self.give_to_root(id);
        }
        Ok(())
    }

    fn kfunc_release(&mut self, call: &Call, regno: u8, found: &Found) -> Checked {
        let reg = *self.reg(regno);
        let late = self.version() == KernelVersion::V7_2;
        if late && reg.is_null() {
            return Ok(());
        }
        if late && found.dynptr.is_some() {
            return self.end_dynptr(regno);
        }
        let id = self.reference_of(&reg);
        if self.release_reference(id)? {
            return Ok(());
        }
        let name = call.name();
        invalid(format!("kfunc {name}#0 reference has not been acquired before"))
    }
}

/// Locks of objects are told apart by their ids; the type does not matter.
fn same_object(a: Option<LockOf>, b: Option<LockOf>) -> bool {
    match (a, b) {
        (Some(LockOf::Allocated(_)), Some(LockOf::Allocated(_))) => true,
        (a, b) => a.is_some() && a == b,
    }
}

/// The struct that a root of this kind at `offset` of `container` holds, and where its node is. None if the program's types do not say it
/// in the way the kernel wants it (btf.c:btf_find_graph_root, btf_parse_graph_root).
pub(super) fn root_contents(
    btf: &Btf,
    container: TypeId,
    kind: SpecialKind,
    offset: u32,
) -> Option<(TypeId, u32)> {
    let (value, node) = contained(btf, container, offset, 0)?;
    let wanted = if kind == SpecialKind::ListHead { "bpf_list_node" } else { "bpf_rb_node" };
    let mut members = btf.resolve(value)?.members();
    let member = members.find(|member| member.bit_offset / 8 == node)?;
    (btf.resolve(member.ty)?.name() == wanted).then_some((value, node))
}

/// Whether an element of the type, which may be an array, begins `offset` bytes into it.
fn element_begins(btf: &Btf, ty: TypeId, mut offset: u32) -> bool {
    let mut at = ty;
    while let Some(array) = btf.resolve(at).and_then(|ty| ty.array()) {
        let size = btf.size_of(array.elem).and_then(|size| u32::try_from(size).ok()).unwrap_or(0);
        offset = offset.checked_rem(size).unwrap_or(offset);
        at = array.elem;
    }
    offset == 0
}

fn contained(btf: &Btf, container: TypeId, offset: u32, depth: u32) -> Option<(TypeId, u32)> {
    let ty = btf.resolve(container).filter(|_| depth < 16)?;
    if ty.kind() == btf::Kind::Datasec {
        let var = ty.section_vars().find(|var| (var.offset..var.offset + var.size).contains(&offset))?;
        let of_var = btf.type_by_id(var.var)?.target();
        let tagged =
            element_begins(btf, of_var, offset - var.offset).then(|| tag(btf, var.var, None)).flatten();
        return tagged.or_else(|| contained(btf, of_var, offset - var.offset, depth + 1));
    }
    if let Some(array) = ty.array() {
        let size = u32::try_from(btf.size_of(array.elem)?).ok().filter(|size| *size > 0)?;
        return contained(btf, array.elem, offset % size, depth + 1);
    }
    for (index, member) in ty.members().enumerate() {
        let start = member.bit_offset / 8;
        let size = u32::try_from(btf.size_of(member.ty).unwrap_or_default()).ok()?;
        if !(start..start.saturating_add(size)).contains(&offset) {
            continue;
        }
        let tagged = element_begins(btf, member.ty, offset - start)
            .then(|| tag(btf, ty.id(), Some(index as u32)))
            .flatten();
        return tagged.or_else(|| contained(btf, member.ty, offset - start, depth + 1));
    }
    None
}

/// The `contains:TYPE:NODE` tag of a variable or member.
fn tag(btf: &Btf, of: TypeId, component: Option<u32>) -> Option<(TypeId, u32)> {
    let tags = btf.types().filter(|ty| ty.kind() == btf::Kind::DeclTag && ty.target() == of);
    let text = tags
        .filter(|tag| tag.tagged_component() == component)
        .find_map(|tag| tag.name().strip_prefix("contains:"))?;
    let (name, node) = text.split_once(':')?;
    let value = btf.find_by_name_kind(name, btf::Kind::Struct)?;
    let member = value.members().find(|member| member.name == node)?;
    Some((value.id(), member.bit_offset / 8))
}

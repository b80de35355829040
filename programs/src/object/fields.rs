//! Fields of a map value that the kernel manages: locks, timers, work queues, kptrs, list heads.
//!
//! Kernel: `kernel/bpf/btf.c` `btf_parse_fields`. Which kernel knows which kind, and where it may be, is the gate's
//! business; here all of them are found.

use super::spec::{SpecialField, SpecialKind};
use crate::btf::{Btf, Kind, MAX_DEPTH, Type, TypeId};

/// Most fields that are reported; the kernel takes 11 (`BTF_FIELDS_MAX`) and refuses more.
const MAX_FIELDS: usize = 64;
/// Most members that are looked at: values nest, and the file may lie.
const MAX_VISITS: usize = 100_000;

/// Structs by name.
const STRUCTS: &[(&str, SpecialKind)] = &[
    ("bpf_spin_lock", SpecialKind::SpinLock),
    ("bpf_res_spin_lock", SpecialKind::ResSpinLock),
    ("bpf_timer", SpecialKind::Timer),
    ("bpf_wq", SpecialKind::Wq),
    ("bpf_task_work", SpecialKind::TaskWork),
    ("bpf_list_head", SpecialKind::ListHead),
    ("bpf_list_node", SpecialKind::ListNode),
    ("bpf_rb_root", SpecialKind::RbRoot),
    ("bpf_rb_node", SpecialKind::RbNode),
    ("bpf_refcount", SpecialKind::Refcount),
];

/// Pointers by type tag.
const TAGS: &[(&str, SpecialKind)] = &[
    ("kptr_untrusted", SpecialKind::KptrUntrusted),
    ("kptr", SpecialKind::Kptr),
    ("kptr_ref", SpecialKind::KptrRef),
    ("percpu_kptr", SpecialKind::PercpuKptr),
    ("uptr", SpecialKind::Uptr),
];

/// The special fields of a value (or of a data section) of this type, by offset.
pub(crate) fn special(btf: &Btf, value: TypeId) -> Vec<SpecialField> {
    let mut scan = Scan { btf, found: Vec::new(), visits: 0 };
    scan.ty(value, 0, 0);
    scan.found.sort_by_key(|field| field.offset);
    scan.found
}

struct Scan<'b> {
    btf: &'b Btf,
    found: Vec<SpecialField>,
    visits: usize,
}

impl Scan<'_> {
    /// Looks into the type at byte `offset`. `depth` 0 is the value itself, 1 its members.
    fn ty(&mut self, id: TypeId, offset: u64, depth: usize) {
        self.visits += 1;
        if depth > MAX_DEPTH || self.visits > MAX_VISITS || self.found.len() >= MAX_FIELDS {
            return;
        }
        let Some(ty) = self.btf.resolve(id) else { return };
        match ty.kind() {
            Kind::Ptr => self.pointer(ty, offset, depth),
            Kind::Array => self.array(ty, offset, depth),
            Kind::Datasec => {
                for var in ty.section_vars() {
                    let target = self.btf.type_by_id(var.var).map_or(TypeId::VOID, |var| var.target());
                    self.ty(target, u64::from(var.offset), depth + 1);
                }
            }
            kind if kind.is_composite() => match find(STRUCTS, ty.name()) {
                Some(kind) => self.push(kind, offset, u64::from(ty.own_size()), ty.id(), depth),
                None => {
                    for member in ty.members() {
                        self.ty(member.ty, offset + u64::from(member.bit_offset / 8), depth + 1);
                    }
                }
            },
            _ => {}
        }
    }

    fn pointer(&mut self, pointer: Type<'_>, offset: u64, depth: usize) {
        let tag_of = |ty: Type<'_>| self.btf.type_by_id(ty.target()).filter(|ty| ty.kind() == Kind::TypeTag);
        let Some(tag) = tag_of(pointer) else { return };
        let kind = find(TAGS, tag.name());
        let several = tag_of(tag).is_some();
        if kind.is_none() || several {
            self.push(SpecialKind::OtherTag, offset, 8, tag.target(), depth);
        }
        if let Some(kind) = kind {
            self.push(kind, offset, 8, tag.target(), depth);
        }
    }

    /// Repeats what one element holds.
    fn array(&mut self, ty: Type<'_>, offset: u64, depth: usize) {
        let Some(array) = ty.array() else { return };
        let size = self.btf.size_of(array.elem).unwrap_or(0);
        for nr in 0..u64::from(array.len) {
            let before = self.found.len();
            self.ty(array.elem, offset.saturating_add(nr.saturating_mul(size)), depth + 1);
            if self.found.len() == before {
                break;
            }
        }
    }

    fn push(&mut self, kind: SpecialKind, offset: u64, size: u64, ty: TypeId, depth: usize) {
        if let (Ok(offset), Ok(size), true) =
            (u32::try_from(offset), u32::try_from(size), self.found.len() < MAX_FIELDS)
        {
            self.found.push(SpecialField { kind, offset, size, ty, nested: depth > 1 });
        }
    }
}

fn find(rows: &[(&str, SpecialKind)], name: &str) -> Option<SpecialKind> {
    rows.iter().find(|(row, _)| *row == name).map(|(_, kind)| *kind)
}

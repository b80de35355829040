//! Fields of a structure that the kernel keeps (`struct btf_record`), found as each kernel finds them in the types of an object.
//!
//! Key items: [`Records`], [`Field`], [`Unfit`]. Neighbours: `map_types` asks for the fields of map values and whether a kernel takes the
//! types at all. Modelled after kernel/bpf/btf.c:btf_find_field, btf_parse_fields and btf_parse_struct_metas (6.12, 7.2); `early` has
//! what 5.10 and 6.1 do instead.

use std::collections::BTreeMap;

use crate::btf::{Btf, Kind, Type, TypeId};
use crate::object::SpecialKind;
use crate::profile::KernelVersion;

/// `BTF_FIELDS_MAX`.
const MOST_FIELDS: usize = 11;
/// `MAX_RESOLVE_DEPTH`.
const DEEPEST: u32 = 32;
const PAGE_BYTES: u64 = 4096;
/// `BTF_MAX_OWNERSHIP_DEPTH` of 7.2.
const DEEPEST_OWNER: usize = 8;

/// A field that only helpers and kfuncs may touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    pub kind: SpecialKind,
    pub offset: u32,
    pub size: u32,
    /// What a kptr points to or a root holds, in the program's BTF; otherwise the field's own type.
    pub target: TypeId,
}

/// The kernel does not take the type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unfit;

type Found<T> = Result<T, Unfit>;

/// Structs with fields, and the kernels and places that know them: name, size, alignment, at most one.
struct Known {
    name: &'static str,
    kind: SpecialKind,
    size: u32,
    align: u32,
    unique: bool,
}

const fn known(name: &'static str, kind: SpecialKind, size: u32, align: u32, unique: bool) -> Known {
    Known { name, kind, size, align, unique }
}

const KNOWN: [Known; 10] = [
    known("bpf_spin_lock", SpecialKind::SpinLock, 4, 4, true),
    known("bpf_res_spin_lock", SpecialKind::ResSpinLock, 4, 4, true),
    known("bpf_timer", SpecialKind::Timer, 16, 8, true),
    known("bpf_wq", SpecialKind::Wq, 16, 8, true),
    known("bpf_task_work", SpecialKind::TaskWork, 8, 8, true),
    known("bpf_list_head", SpecialKind::ListHead, 16, 8, false),
    known("bpf_list_node", SpecialKind::ListNode, 24, 8, false),
    known("bpf_rb_root", SpecialKind::RbRoot, 16, 8, false),
    known("bpf_rb_node", SpecialKind::RbNode, 32, 8, false),
    known("bpf_refcount", SpecialKind::Refcount, 4, 4, true),
];

const TAGS: [(&str, SpecialKind); 4] = [
    ("kptr_untrusted", SpecialKind::KptrUntrusted),
    ("kptr", SpecialKind::Kptr),
    ("percpu_kptr", SpecialKind::PercpuKptr),
    ("uptr", SpecialKind::Uptr),
];

/// Kernel structs whose referenced pointers may be kept, and since when: what has a destructor (`register_btf_id_dtor_kfuncs`).
const DESTRUCTORS: [(&str, KernelVersion); 7] = [
    ("prog_test_ref_kfunc", KernelVersion::V6_1),
    ("prog_test_member", KernelVersion::V6_1),
    ("task_struct", KernelVersion::V6_12),
    ("cgroup", KernelVersion::V6_12),
    ("bpf_cpumask", KernelVersion::V6_12),
    ("bpf_crypto_ctx", KernelVersion::V6_12),
    // Of BPF qdiscs.
    ("sk_buff", KernelVersion::V7_2),
];

/// Whether this kernel can take back an object that a map holds.
pub(super) fn has_destructor(version: KernelVersion, name: &str) -> bool {
    DESTRUCTORS.iter().any(|row| row.0 == name && row.1 <= version)
}

/// Where fields are looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    MapValue,
    /// A struct that programs may allocate.
    Object,
}

/// Types of an object on a kernel of 6.12 or later.
#[derive(Clone, Copy)]
pub struct Records<'a> {
    pub version: KernelVersion,
    pub program: &'a Btf,
    pub kernel: &'a Btf,
}

/// A walk through a type.
struct Scan<'a> {
    records: Records<'a>,
    place: Place,
}

/// What carries the tag of a root.
type Tagged = (TypeId, Option<u32>);

fn is_struct(ty: &Type<'_>) -> bool {
    ty.kind() == Kind::Struct
}

pub(super) fn is_graph_root(kind: SpecialKind) -> bool {
    matches!(kind, SpecialKind::ListHead | SpecialKind::RbRoot)
}

fn is_graph_node(kind: SpecialKind) -> bool {
    matches!(kind, SpecialKind::ListNode | SpecialKind::RbNode)
}

impl<'a> Records<'a> {
    fn late(&self) -> bool {
        self.version >= KernelVersion::V7_2
    }

    fn has(&self, kind: SpecialKind, place: Place) -> bool {
        use SpecialKind as S;
        match kind {
            S::ResSpinLock => self.late(),
            S::TaskWork | S::Uptr => self.late() && place == Place::MapValue,
            S::Timer | S::Wq => place == Place::MapValue,
            S::ListNode | S::RbNode => place == Place::Object,
            _ => true,
        }
    }

    /// Fields of a type (`btf_parse_fields`), in the order in which they stand; none at all: an empty list.
    ///
    /// # Errors
    /// They do not go together, or one is not as the kernel wants it.
    pub fn fields(self, ty: TypeId, place: Place) -> Found<Vec<Field>> {
        let scan = Scan { records: self, place };
        let ty = self.program.type_by_id(ty).ok_or(Unfit)?;
        let mut seen = Vec::new();
        let found = match ty.kind() {
            Kind::Struct => scan.members(&ty, MOST_FIELDS, 0, &mut seen)?,
            Kind::Datasec => scan.variables(&ty, &mut seen)?,
            _ => return Err(Unfit),
        };
        let mut next = 0;
        for field in &found {
            if field.offset < next {
                return Err(Unfit);
            }
            next = field.offset + field.size;
            if field.kind == SpecialKind::Kptr {
                self.can_be_released(field)?;
            }
        }
        if go_together(&found) { Ok(found) } else { Err(Unfit) }
    }

    /// A referenced pointer to a kernel object needs something that takes it back.
    fn can_be_released(&self, field: &Field) -> Found<()> {
        let name = self.program.name_of(field.target);
        let of_kernel = self.kernel.find_by_name_kind(name, Kind::Struct).is_some();
        if of_kernel && !has_destructor(self.version, name) { Err(Unfit) } else { Ok(()) }
    }

    /// The struct that a root holds (`btf_find_graph_root`, `btf_parse_graph_root`).
    fn node_of(&self, tagged: Tagged, kind: SpecialKind) -> Found<TypeId> {
        let tags = self.program.types().filter(|ty| ty.kind() == Kind::DeclTag && ty.target() == tagged.0);
        let mut texts = tags
            .filter(|tag| tag.tagged_component() == tagged.1)
            .filter_map(|tag| tag.name().strip_prefix("contains:"));
        let (Some(text), None) = (texts.next(), texts.next()) else { return Err(Unfit) };
        let (name, node) = text.split_once(':').ok_or(Unfit)?;
        let value = self.program.find_by_name_kind(name, Kind::Struct).ok_or(Unfit)?;
        let wanted = if kind == SpecialKind::ListHead { "bpf_list_node" } else { "bpf_rb_node" };
        let mut members = value.members().filter(|member| member.name == node);
        let (Some(member), None) = (members.next(), members.next()) else { return Err(Unfit) };
        let ty = self.program.type_by_id(member.ty).ok_or(Unfit)?;
        let fits = is_struct(&ty) && ty.name() == wanted && member.bit_offset % 64 == 0 && !node.is_empty();
        if fits { Ok(value.id()) } else { Err(Unfit) }
    }

    /// Pointers that a kernel keeps (`btf_find_kptr`): the kind and the struct.
    fn kptr(&self, ty: &Type<'a>, place: Place) -> Found<Option<(SpecialKind, TypeId)>> {
        let mut ty = *ty;
        if ty.kind() == Kind::Volatile {
            ty = self.program.type_by_id(ty.target()).ok_or(Unfit)?;
        }
        if ty.kind() != Kind::Ptr {
            return Ok(None);
        }
        let (tags, target) = self.tags_behind(&ty)?;
        let row = |tag: &&str| TAGS.iter().find(|row| row.0 == *tag).map(|row| row.1);
        let kind = if self.late() {
            let mut kinds: Vec<SpecialKind> = tags.iter().filter_map(row).collect();
            kinds.sort_unstable();
            kinds.dedup();
            match kinds[..] {
                [] => return Ok(None),
                [kind] => kind,
                _ => return Err(Unfit),
            }
        } else {
            match tags[..] {
                [] => return Ok(None),
                [tag] => row(&tag).filter(|kind| *kind != SpecialKind::Uptr).ok_or(Unfit)?,
                _ => return Err(Unfit),
            }
        };
        if !self.has(kind, place) {
            return Ok(None);
        }
        let target = self.program.type_by_id(target).filter(is_struct).ok_or(Unfit)?;
        Ok(Some((kind, target.id())))
    }

    /// Type tags behind a pointer, and what comes after them. Before 7.2 only those directly behind it count.
    fn tags_behind(&self, pointer: &Type<'a>) -> Found<(Vec<&'a str>, TypeId)> {
        let mut tags = Vec::new();
        let mut at = self.program.type_by_id(pointer.target()).ok_or(Unfit)?;
        let mut direct = true;
        for _ in 0..DEEPEST {
            let tag = at.kind() == Kind::TypeTag;
            if tag && (self.late() || direct) && !at.kind_flag() {
                tags.push(at.name());
            }
            direct &= tag;
            let modifier = at.kind().is_modifier() || at.kind() == Kind::Typedef;
            if !modifier {
                return Ok((tags, at.id()));
            }
            at = self.program.type_by_id(at.target()).ok_or(Unfit)?;
        }
        Err(Unfit)
    }

    /// All structs of an object with fields (`btf_parse_struct_metas`).
    ///
    /// # Errors
    /// One is not as the kernel wants it: it does not take the object's types.
    pub fn of_all(self) -> Found<BTreeMap<TypeId, Vec<Field>>> {
        let named = KNOWN.iter().filter(|row| {
            let kind = row.kind;
            kind == SpecialKind::SpinLock
                || kind == SpecialKind::Refcount
                || is_graph_root(kind)
                || is_graph_node(kind)
        });
        let mut special: Vec<TypeId> = named
            .filter_map(|row| self.program.find_by_name_kind(row.name, Kind::Struct))
            .map(|ty| ty.id())
            .collect();
        let kptr = |ty: &Type<'a>| matches!(self.kptr(ty, Place::Object), Ok(Some(_)));
        special.extend(self.program.types().filter(kptr).map(|ty| ty.id()));
        let mut all = BTreeMap::new();
        if special.is_empty() {
            return Ok(all);
        }
        let holds = |ty: &Type<'a>| ty.members().any(|member| special.contains(&member.ty));
        for ty in self.program.types().filter(|ty| is_struct(ty) && holds(ty)) {
            let fields = self.fields(ty.id(), Place::Object)?;
            if fields.is_empty() {
                return Err(Unfit);
            }
            all.insert(ty.id(), fields);
        }
        for (ty, fields) in &all {
            self.owned(fields, &all)?;
            if self.late() && self.depth_of_owner(*ty, &all, DEEPEST_OWNER).is_none() {
                return Err(Unfit);
            }
        }
        Ok(all)
    }

    /// What roots hold has fields, too; before 7.2 what may be held itself holds nothing that holds something
    /// (`btf_check_and_fixup_fields`).
    pub fn owned(self, fields: &[Field], all: &BTreeMap<TypeId, Vec<Field>>) -> Found<()> {
        let held = fields.iter().any(|field| is_graph_node(field.kind));
        for field in fields {
            if field.kind == SpecialKind::Uptr {
                let name = self.program.name_of(field.target);
                let size = self.program.size_of(field.target).unwrap_or(0);
                let of_kernel = self.kernel.find_by_name_kind(name, Kind::Struct).is_some();
                if of_kernel || size == 0 || size > PAGE_BYTES {
                    return Err(Unfit);
                }
            }
            if !is_graph_root(field.kind) {
                continue;
            }
            let inner = all.get(&field.target).ok_or(Unfit)?;
            if held && !self.late() && inner.iter().any(|field| is_graph_root(field.kind)) {
                return Err(Unfit);
            }
        }
        Ok(())
    }

    fn depth_of_owner(self, ty: TypeId, all: &BTreeMap<TypeId, Vec<Field>>, left: usize) -> Option<usize> {
        let left = left.checked_sub(1)?;
        let mut depth = 0;
        for field in all.get(&ty)? {
            let kptr = matches!(field.kind, SpecialKind::Kptr | SpecialKind::PercpuKptr);
            let local =
                || self.kernel.find_by_name_kind(self.program.name_of(field.target), Kind::Struct).is_none();
            let owns = is_graph_root(field.kind) || (kptr && all.contains_key(&field.target) && local());
            if owns {
                depth = depth.max(self.depth_of_owner(field.target, all, left)?);
            }
        }
        Some(depth + 1)
    }
}

impl<'a> Scan<'a> {
    fn variables(&self, ty: &Type<'a>, seen: &mut Vec<SpecialKind>) -> Found<Vec<Field>> {
        let mut found = Vec::new();
        for var in ty.section_vars() {
            let target = self.records.program.type_by_id(var.var).ok_or(Unfit)?.target();
            let room = MOST_FIELDS - found.len();
            let at = (u64::from(var.offset), Some(u64::from(var.size)));
            found.extend(self.one((var.var, None), target, at, (room, 0), seen)?);
        }
        Ok(found)
    }

    fn members(
        &self,
        ty: &Type<'a>,
        room: usize,
        level: u32,
        seen: &mut Vec<SpecialKind>,
    ) -> Found<Vec<Field>> {
        let mut found = Vec::new();
        for (index, member) in ty.members().enumerate() {
            if member.bit_offset % 8 != 0 {
                return Err(Unfit);
            }
            let tagged = (ty.id(), Some(index as u32));
            let at = (u64::from(member.bit_offset / 8), None);
            found.extend(self.one(tagged, member.ty, at, (room - found.len(), level), seen)?);
        }
        Ok(found)
    }

    /// Fields of one member or variable (`btf_find_field_one`); names of types are not looked behind.
    fn one(
        &self,
        tagged: Tagged,
        ty: TypeId,
        (offset, expected): (u64, Option<u64>),
        (room, level): (usize, u32),
        seen: &mut Vec<SpecialKind>,
    ) -> Found<Vec<Field>> {
        let program = self.records.program;
        let mut ty = program.type_by_id(ty).ok_or(Unfit)?;
        let mut count = 1_u64;
        for _ in 0..DEEPEST {
            let Some(array) = ty.array().filter(|_| ty.kind() == Kind::Array) else { break };
            count = count.wrapping_mul(array.len.into()) & u64::from(u32::MAX);
            ty = program.type_by_id(array.elem).ok_or(Unfit)?;
        }
        if ty.kind() == Kind::Array {
            return Err(Unfit);
        }
        if count == 0 {
            return Ok(Vec::new());
        }
        let fits = |size: u32| expected.is_none_or(|expected| expected == u64::from(size) * count);
        let row = KNOWN.iter().find(|row| row.name == ty.name() && self.records.has(row.kind, self.place));
        if let Some(row) = row {
            if row.unique && seen.contains(&row.kind) {
                return Err(Unfit);
            }
            seen.push(row.kind);
            if !fits(row.size)
                || offset % u64::from(row.align) != 0
                || !is_struct(&ty)
                || ty.own_size() != row.size
            {
                return Ok(Vec::new());
            }
            let target =
                if is_graph_root(row.kind) { self.records.node_of(tagged, row.kind)? } else { ty.id() };
            let field = Field { kind: row.kind, offset: offset as u32, size: row.size, target };
            return repeat(vec![field], count, row.size, room);
        }
        if is_struct(&ty) {
            if !fits(ty.own_size()) {
                return Ok(Vec::new());
            }
            return self.nested(&ty, (offset, count), (room, level), seen);
        }
        if !fits(8) || offset % 8 != 0 {
            return Ok(Vec::new());
        }
        let Some((kind, target)) = self.records.kptr(&ty, self.place)? else { return Ok(Vec::new()) };
        let field = Field { kind, offset: offset as u32, size: 8, target };
        repeat(vec![field], count, 8, room)
    }

    fn nested(
        &self,
        ty: &Type<'a>,
        (offset, count): (u64, u64),
        (room, level): (usize, u32),
        seen: &mut Vec<SpecialKind>,
    ) -> Found<Vec<Field>> {
        if level + 1 >= DEEPEST {
            return Err(Unfit);
        }
        // 6.12 counts in each struct anew.
        let mut own = Vec::new();
        let seen = if self.records.late() { seen } else { &mut own };
        let mut found = self.members(ty, room, level + 1, seen)?;
        found.iter_mut().for_each(|field| field.offset += offset as u32);
        repeat(found, count, ty.own_size(), room)
    }
}

/// Fields of each element of an array (`btf_repeat_fields`): only pointers and roots may be there more than once.
fn repeat(found: Vec<Field>, count: u64, size: u32, room: usize) -> Found<Vec<Field>> {
    use SpecialKind as S;
    if found.is_empty() {
        return Ok(found);
    }
    if room == 0 {
        return Err(Unfit);
    }
    if count == 1 {
        return Ok(found);
    }
    let may_repeat =
        |kind| matches!(kind, S::Kptr | S::KptrUntrusted | S::PercpuKptr | S::Uptr | S::ListHead | S::RbRoot);
    if !found.iter().all(|field| may_repeat(field.kind)) || found.len() as u64 * count > room as u64 {
        return Err(Unfit);
    }
    let element =
        |nr: u64| found.iter().map(move |field| Field { offset: field.offset + nr as u32 * size, ..*field });
    Ok((0..count).flat_map(element).collect())
}

/// One kind of lock, roots with a lock, and a reference count for objects that may be in a list and a tree at once.
fn go_together(fields: &[Field]) -> bool {
    use SpecialKind as S;
    let has = |kind| fields.iter().any(|field| field.kind == kind);
    let locked = has(S::SpinLock) || has(S::ResSpinLock);
    let roots = has(S::ListHead) || has(S::RbRoot);
    let both = has(S::ListNode) && has(S::RbNode);
    !(has(S::SpinLock) && has(S::ResSpinLock)) && (!roots || locked) && (!both || has(S::Refcount))
}

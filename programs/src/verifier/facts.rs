//! What the verifier knows besides the program: maps and their fields, types of the kernel and of the program.
//!
//! Key types: [`Facts`], [`MapFacts`], [`Field`]. Neighbours: made from an object by `from_object`; `memory` and `calls` ask.

use super::graph::root_contents;
use super::reg::{Flags, Kind, MapRef, Reg};
use crate::btf::{Btf, Kind as BtfKind, TypeId};
use crate::core_reloc::Poisoned;
use crate::kernel_types;
use crate::object::{MapKind, MapSpec, Object, ProgramSpec, SpecialField, SpecialKind, fields};
use crate::profile::map_type::MapType;
use crate::profile::{KernelVersion, Profile};

/// `BPF_F_RDONLY_PROG` and `BPF_F_WRONLY_PROG`.
const RDONLY_PROG: u32 = 1 << 7;
const WRONLY_PROG: u32 = 1 << 8;

/// Fields that a type may have (`BTF_FIELDS_MAX`).
const MAX_FIELDS: usize = 11;

/// Fields whose presence makes the kernel look at a structure when it is given the types.
const OBJECT_FIELDS: [SpecialKind; 7] = [
    SpecialKind::SpinLock,
    SpecialKind::ResSpinLock,
    SpecialKind::ListHead,
    SpecialKind::ListNode,
    SpecialKind::RbRoot,
    SpecialKind::RbNode,
    SpecialKind::Refcount,
];

/// A field of a map value that only helpers and kfuncs may touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    pub kind: SpecialKind,
    pub offset: u32,
    pub size: u32,
    /// What a kptr points to, in the program's BTF.
    pub target: TypeId,
}

/// A map as programs see it.
#[derive(Clone, Debug)]
pub struct MapFacts {
    pub name: String,
    pub map_type: u32,
    pub key_size: u32,
    pub value_size: u32,
    pub max_entries: u32,
    pub flags: u32,
    pub fields: Vec<Field>,
    pub inner: Option<Box<MapFacts>>,
    /// Contents of the only element, if neither programs nor user space can change them any more.
    pub frozen: Option<Vec<u8>>,
    pub value_type: TypeId,
}

impl MapFacts {
    fn new(version: KernelVersion, spec: &MapSpec) -> MapFacts {
        let read_only = spec.map_flags & RDONLY_PROG != 0;
        // 5.10 looks for a lock in structures only, not in sections of variables (`btf_find_spin_lock`).
        let unseen = version == KernelVersion::V5_10 && spec.initial.is_some();
        let seen = if unseen { &[][..] } else { &spec.special };
        MapFacts {
            name: spec.name.clone(),
            map_type: spec.map_type,
            key_size: spec.key_size,
            value_size: spec.value_size,
            max_entries: spec.max_entries,
            flags: spec.map_flags | implied_flags(spec.map_type),
            fields: known_fields(version, seen),
            inner: spec.inner.as_ref().map(|inner| Box::new(MapFacts::new(version, inner))),
            frozen: spec.initial.clone().filter(|_| read_only),
            value_type: spec.value_type,
        }
    }

    /// Name of the type without `BPF_MAP_TYPE_`.
    pub fn type_name(&self) -> &'static str {
        MapType::from_number(self.map_type).map_or("", |row| row.name)
    }

    pub fn is(&self, names: &[&str]) -> bool {
        names.contains(&self.type_name())
    }

    pub fn field(&self, kind: SpecialKind) -> Option<&Field> {
        self.fields.iter().find(|field| field.kind == kind)
    }

    /// Programs may write (`BPF_F_RDONLY_PROG` absent) or read.
    pub fn may_write(&self) -> bool {
        self.flags & RDONLY_PROG == 0
    }

    pub fn may_read(&self) -> bool {
        self.flags & WRONLY_PROG == 0
    }
}

/// Fields that a kernel of this version finds in a type. From 6.12 on a type with fields that do not go together has none.
fn known_fields(version: KernelVersion, found: &[SpecialField]) -> Vec<Field> {
    let known = |kind: SpecialKind| match kind {
        SpecialKind::SpinLock => true,
        SpecialKind::Timer | SpecialKind::KptrUntrusted | SpecialKind::Kptr => version >= KernelVersion::V6_1,
        SpecialKind::KptrRef => version == KernelVersion::V6_1,
        SpecialKind::OtherTag => false,
        SpecialKind::ResSpinLock | SpecialKind::TaskWork | SpecialKind::Uptr => {
            version >= KernelVersion::V7_2
        }
        _ => version >= KernelVersion::V6_12,
    };
    let nests = version >= KernelVersion::V6_12;
    let seen = found.iter().filter(|field| known(field.kind) && (nests || !field.nested));
    let fields: Vec<Field> = seen
        .map(|field| Field { kind: field.kind, offset: field.offset, size: field.size, target: field.ty })
        .collect();
    if nests && !go_together(&fields) { Vec::new() } else { fields }
}

/// What `btf_parse_fields` of 6.12 and 7.2 accepts: not too many, one of each lock and timer, roots with a lock, and a reference count for
/// objects that may be in a list and a tree at once.
fn go_together(fields: &[Field]) -> bool {
    use SpecialKind as S;
    let count = |kind| fields.iter().filter(|field| field.kind == kind).count();
    let once = [S::SpinLock, S::ResSpinLock, S::Timer, S::Wq, S::TaskWork, S::Refcount];
    let locks = count(S::SpinLock) + count(S::ResSpinLock);
    let roots = count(S::ListHead) + count(S::RbRoot);
    let both = count(S::ListNode) > 0 && count(S::RbNode) > 0;
    fields.len() <= MAX_FIELDS
        && once.into_iter().all(|kind| count(kind) <= 1)
        && locks <= 1
        && (roots == 0 || locks == 1)
        && (!both || count(S::Refcount) == 1)
}

/// What the kernel makes of the kptrs of a map.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kptrs {
    Fine,
    /// One is no kptr of this kernel, or of no structure that the program's types describe: then 6.1 finds none in the map, and later
    /// kernels no field at all (btf.c:btf_find_kptr).
    Spoiled,
    /// From 6.12 on, beside a lock, a list or a good kptr: the kernel does not take the program's types (btf_parse_struct_metas), and the
    /// loader goes on without them.
    Refused,
}

fn kptrs(version: KernelVersion, special: &[SpecialField], program: &Btf) -> Kptrs {
    use SpecialKind as S;
    let late = version >= KernelVersion::V6_12;
    let described =
        |field: &SpecialField| program.resolve(field.ty).is_some_and(|ty| ty.kind() == BtfKind::Struct);
    let (known, other): (&[S], &[S]) = match version {
        KernelVersion::V5_10 => (&[], &[]),
        KernelVersion::V6_1 => {
            (&[S::Kptr, S::KptrRef], &[S::KptrUntrusted, S::PercpuKptr, S::Uptr, S::OtherTag])
        }
        KernelVersion::V6_12 => {
            (&[S::Kptr, S::KptrUntrusted, S::PercpuKptr], &[S::KptrRef, S::Uptr, S::OtherTag])
        }
        KernelVersion::V7_2 => (&[S::Kptr, S::KptrUntrusted, S::PercpuKptr, S::Uptr], &[]),
    };
    let bad = |field: &&SpecialField| {
        other.contains(&field.kind) || (known.contains(&field.kind) && !described(field))
    };
    let parsed = |field: &SpecialField| {
        OBJECT_FIELDS.contains(&field.kind)
            || (known.contains(&field.kind) && field.kind != S::Uptr && described(field))
    };
    let mut seen = special.iter().filter(|field| late || !field.nested);
    if !seen.clone().any(|field| bad(&field)) {
        Kptrs::Fine
    } else if late && seen.any(parsed) {
        Kptrs::Refused
    } else {
        Kptrs::Spoiled
    }
}

fn take_kptrs(version: KernelVersion, map: &mut MapFacts, special: &[SpecialField], program: &Btf) {
    use SpecialKind as S;
    match kptrs(version, special, program) {
        Kptrs::Fine => {}
        Kptrs::Spoiled if version <= KernelVersion::V6_1 => {
            map.fields.retain(|field| !matches!(field.kind, S::Kptr | S::KptrRef | S::KptrUntrusted));
        }
        Kptrs::Spoiled => map.fields.clear(),
        Kptrs::Refused => {
            map.fields.clear();
            map.value_type = TypeId::VOID;
        }
    }
}

/// A list or tree that does not say well what is in it spoils all fields of the map: the loader makes it without its types.
fn roots_of_structures(map: &mut MapFacts, program: &Btf) {
    let said = |field: &Field| root_contents(program, map.value_type, field.kind, field.offset).is_some();
    let is_root = |field: &&Field| matches!(field.kind, SpecialKind::ListHead | SpecialKind::RbRoot);
    if !map.fields.iter().filter(is_root).all(said) {
        map.fields.clear();
    }
}

/// One kptr with a tag that 6.1 does not know, or to a structure that it lacks, and the map has none at all (`btf_parse_kptrs`).
fn kptrs_of_6_1(map: &mut MapFacts, program: Option<&Btf>, kernel: &Btf) {
    use SpecialKind as S;
    let is_kptr = |field: &Field| matches!(field.kind, S::Kptr | S::KptrRef | S::KptrUntrusted);
    let there = |field: &Field| {
        let name = program.map_or("", |btf| btf.name_of(field.target));
        field.kind != S::KptrUntrusted && kernel.find_by_name_kind(name, BtfKind::Struct).is_some()
    };
    if !map.fields.iter().filter(|field| is_kptr(field)).all(there) {
        map.fields.retain(|field| !is_kptr(field));
    }
}

/// All of it.
pub struct Facts<'a> {
    pub profile: &'a Profile,
    pub maps: Vec<MapFacts>,
    pub kernel: &'a Btf,
    /// The object's BTF, if it has one.
    pub btf: Option<&'a Btf>,
    pub program: &'a ProgramSpec,
    /// Relocations that the built-in types cannot decide: whoever gets there, gets no verdict.
    pub unseen: Vec<Poisoned>,
}

impl<'a> Facts<'a> {
    pub fn new(
        profile: &'a Profile,
        object: &'a Object,
        program: &'a ProgramSpec,
        kernel: &'a Btf,
    ) -> Facts<'a> {
        let mut maps: Vec<MapFacts> =
            object.maps.iter().map(|map| MapFacts::new(profile.version, map)).collect();
        if let Some(btf) = &object.btf {
            let specs = maps.iter_mut().zip(&object.maps);
            specs.for_each(|(map, spec)| take_kptrs(profile.version, map, &spec.special, btf));
            maps.iter_mut().for_each(|map| roots_of_structures(map, btf));
        }
        if let Some(at) = object.maps.iter().position(|map| map.kind == MapKind::Kconfig) {
            maps[at].frozen = object.kconfig_on(profile).ok();
        }
        if profile.version == KernelVersion::V6_1 {
            maps.iter_mut().for_each(|map| kptrs_of_6_1(map, object.btf.as_ref(), kernel));
        }
        Facts { profile, maps, kernel, btf: object.btf.as_ref(), program, unseen: Vec::new() }
    }

    /// Special fields of a struct of the program, if objects of it can be allocated with them (`btf_find_struct_meta`).
    pub fn program_fields(&self, id: TypeId) -> Vec<Field> {
        use SpecialKind as S;
        let Some(btf) = self.btf else { return Vec::new() };
        let found = fields::special(btf, id);
        if found.iter().all(|field| field.nested) {
            return Vec::new();
        }
        let mut known = known_fields(self.profile.version, &found);
        known.retain(|field| !matches!(field.kind, S::Timer | S::Wq | S::TaskWork | S::Uptr));
        known
    }

    pub fn map(&self, map: MapRef) -> &MapFacts {
        match map {
            MapRef::Outer(index) => &self.maps[index],
            MapRef::Inner(index) => self.maps[index].inner.as_deref().unwrap_or(&self.maps[index]),
        }
    }

    /// The kernel's types are the built-in selection: what they lack the kernel may well have.
    pub fn is_cut(&self) -> bool {
        std::ptr::eq(self.kernel, kernel_types::builtin(self.profile.version))
    }

    /// What a relocation at this instruction wants to know that the built-in types do not have.
    pub fn undecided(&self, insn: usize) -> Option<&str> {
        self.unseen.iter().find(|relo| relo.insn == insn).map(|relo| relo.access.as_str())
    }

    pub fn has_arena(&self) -> bool {
        self.maps.iter().any(|map| map.is(&["ARENA"]))
    }

    /// Locks are told apart by the id of the pointer to them (`reg_may_point_to_spin_lock`).
    pub fn may_hold_lock(&self, reg: &Reg) -> bool {
        match reg.kind {
            Kind::MapValue { map, .. } => self.map(map).field(SpecialKind::SpinLock).is_some(),
            Kind::Btf { .. } => reg.flags.has(Flags::ALLOC),
            _ => false,
        }
    }

    /// What a pointer is once it is known not to be NULL (`mark_ptr_not_null_reg`).
    pub fn not_null(&self, reg: &mut Reg) {
        reg.flags = reg.flags.without(Flags::MAYBE_NULL);
        let Kind::MapValue { map, uid } = reg.kind else { return };
        let facts = self.map(map);
        let inner = matches!(map, MapRef::Outer(_)) && facts.inner.is_some();
        if inner {
            let MapRef::Outer(index) = map else { return };
            let uid = if self.profile.version == KernelVersion::V5_10 { uid } else { reg.id };
            reg.kind = Kind::MapPtr { map: MapRef::Inner(index), uid };
        } else if facts.is(&["XSKMAP"]) {
            reg.kind = Kind::XdpSock;
        } else if facts.is(&["SOCKMAP", "SOCKHASH"]) {
            reg.kind = Kind::Socket;
        }
    }
}

/// Flags that the kernel adds when it makes a map: programs only read device maps and instruction arrays.
fn implied_flags(map_type: u32) -> u32 {
    let name = MapType::from_number(map_type).map_or("", |row| row.name);
    if ["DEVMAP", "DEVMAP_HASH", "INSN_ARRAY"].contains(&name) { RDONLY_PROG } else { 0 }
}

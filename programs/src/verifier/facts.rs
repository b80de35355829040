//! What the verifier knows besides the program: maps and their fields, types of the kernel and of the program.
//!
//! Key types: [`Facts`], [`MapFacts`]. Neighbours: made from an object by `from_object`; `memory` and `calls` ask.

use std::collections::BTreeMap;
use std::ops::Range;

use super::reg::{Flags, Kind, MapRef, Reg};
use crate::btf::{Btf, TypeId};
use crate::core_reloc::Poisoned;
pub(crate) use crate::gate::Field;
use crate::gate::ObjectTypes;
use crate::kernel_types;
use crate::object::{KsymKind, MapKind, MapSpec, Object, ProgramSpec, SpecialKind};
use crate::profile::map_type::MapType;
use crate::profile::{KernelVersion, Profile};

/// `BPF_F_RDONLY_PROG` and `BPF_F_WRONLY_PROG`.
const RDONLY_PROG: u32 = 1 << 7;
const WRONLY_PROG: u32 = 1 << 8;
/// Sources of an `ld_imm64` that names a map.
const PSEUDO_MAP: u8 = 1;
const PSEUDO_MAP_VALUE: u8 = 2;

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
    /// Bytes of it of which nothing is known, and the variable that is there: options that the kernel may be built with or not.
    pub open: Vec<(Range<usize>, String)>,
    pub value_type: TypeId,
}

impl MapFacts {
    fn new(spec: &MapSpec, types: Option<&ObjectTypes<'_>>) -> MapFacts {
        let read_only = spec.map_flags & RDONLY_PROG != 0;
        let made = types.map(|types| types.of_map(spec)).unwrap_or_default();
        MapFacts {
            name: spec.name.clone(),
            map_type: spec.map_type,
            key_size: spec.key_size,
            value_size: spec.value_size,
            max_entries: spec.max_entries,
            flags: spec.map_flags | implied_flags(spec.map_type),
            fields: made.fields,
            inner: spec.inner.as_ref().map(|inner| Box::new(MapFacts::new(inner, types))),
            frozen: spec.initial.clone().filter(|_| read_only),
            open: Vec::new(),
            value_type: if made.kept { spec.value_type } else { TypeId::VOID },
        }
    }

    /// Name of the type without `BPF_MAP_TYPE_`.
    pub fn type_name(&self) -> &'static str {
        MapType::from_number(self.map_type).map_or("", |row| row.name)
    }

    /// The number that a load of `size` bytes at `at` gives on every kernel of this version; `Err` names the variable that only the kernel's
    /// configuration knows.
    pub fn frozen_at(&self, at: usize, size: usize) -> Result<Option<u64>, &str> {
        let Some(bytes) = self.frozen.as_ref().and_then(|frozen| frozen.get(at..at + size)) else {
            return Ok(None);
        };
        match self.open.iter().find(|(range, _)| range.start < at + size && at < range.end) {
            Some((_, name)) => Err(name),
            None => Ok(Some(bytes.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte)))),
        }
    }

    pub fn is(&self, names: &[&str]) -> bool {
        names.contains(&self.type_name())
    }

    pub fn field(&self, kind: SpecialKind) -> Option<&Field> {
        self.fields.iter().rfind(|field| field.kind == kind)
    }

    /// Programs may write (`BPF_F_RDONLY_PROG` absent) or read.
    pub fn may_write(&self) -> bool {
        self.flags & RDONLY_PROG == 0
    }

    pub fn may_read(&self) -> bool {
        self.flags & WRONLY_PROG == 0
    }
}

/// All of it.
pub struct Facts<'a> {
    pub profile: &'a Profile,
    pub maps: Vec<MapFacts>,
    pub kernel: &'a Btf,
    /// The object's BTF, if it has one and the kernel takes it.
    pub btf: Option<&'a Btf>,
    structs: BTreeMap<TypeId, Vec<Field>>,
    pub program: &'a ProgramSpec,
    /// The loader reads kernel addresses, because some program of the object has a symbol of which only the address counts.
    pub reads_addresses: bool,
    /// Relocations that the built-in types cannot decide: whoever gets there, gets no verdict.
    pub unseen: Vec<Poisoned>,
    arena: bool,
}

impl<'a> Facts<'a> {
    pub fn new(
        profile: &'a Profile,
        object: &'a Object,
        program: &'a ProgramSpec,
        kernel: &'a Btf,
    ) -> Facts<'a> {
        let types = object.btf.as_ref().map(|btf| ObjectTypes::new(profile.version, btf, kernel));
        let types = types.filter(ObjectTypes::taken);
        let mut maps: Vec<MapFacts> =
            object.maps.iter().map(|map| MapFacts::new(map, types.as_ref())).collect();
        if let Some(at) = object.maps.iter().position(|map| map.kind == MapKind::Kconfig) {
            let (known, open) = object.kconfig_known(profile);
            maps[at].frozen = Some(known);
            maps[at].open =
                open.iter().map(|var| (var.offset as usize..var.end(), var.name.clone())).collect();
        }
        let btf = object.btf.as_ref().filter(|_| types.is_some());
        let structs = types.and_then(|types| types.structs).unwrap_or_default();
        let arena = program.insns.iter().any(|insn| {
            let named = insn.is_load_imm64() && matches!(insn.src, PSEUDO_MAP | PSEUDO_MAP_VALUE);
            named && maps.get(insn.imm as usize).is_some_and(|map| map.is(&["ARENA"]))
        });
        let mut symbols = object.programs.iter().flat_map(|program| &program.ksyms);
        let reads_addresses = symbols.any(|symbol| symbol.kind == KsymKind::Untyped);
        Facts { profile, maps, kernel, btf, structs, program, reads_addresses, unseen: Vec::new(), arena }
    }

    /// Special fields of a struct of the program, if objects of it can be allocated with them (`btf_find_struct_meta`).
    pub fn program_fields(&self, id: TypeId) -> &[Field] {
        self.structs.get(&id).map_or(&[], Vec::as_slice)
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

    /// The program itself names an arena; that its object has one is not enough.
    pub fn has_arena(&self) -> bool {
        self.arena
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

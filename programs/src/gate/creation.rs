//! Whether a kernel makes the maps of an object: the definition that a loader passes on, and the answer to it.
//!
//! Key items: [`map_def`], [`map_rules`], [`refusal`]. Neighbours: `from_object` asks before a program is judged, `runtime::maps` makes
//! the maps; the rules are those of the crate `maps`. Modelled after libbpf.c:bpf_object__create_map and adjust_ringbuf_sz.

use maps::consts::{
    BPF_F_RDONLY_PROG, BPF_MAP_TYPE_PERF_EVENT_ARRAY, BPF_MAP_TYPE_RINGBUF, BPF_MAP_TYPE_USER_RINGBUF,
};
use maps::create::{self, CreateError};
use maps::inner::{InnerFd, MapMeta};
use maps::local_storage::OwnerKind;
use maps::rules::{MapKernel, MapRules};
use maps::spec::{FieldKind, MapDef, SpecialField};
use sim::errno::Errno;

use super::map_types::ObjectTypes;
use crate::object::{self, MapKind, MapSpec, SpecialKind};
use crate::profile::KernelVersion;

const PAGE_BYTES: u32 = 4096;
/// The fewest CPUs there can be: what a map takes for each is not known here.
const CPUS: usize = 1;

/// The map rules of a kernel.
pub fn map_rules(version: KernelVersion) -> MapRules {
    MapRules::new(match version {
        KernelVersion::V5_10 => MapKernel::V5_10,
        KernelVersion::V6_1 => MapKernel::V6_1,
        KernelVersion::V6_12 => MapKernel::V6_12,
        KernelVersion::V7_2 => MapKernel::V7_2,
    })
}

/// The definition that a loader passes to `BPF_MAP_CREATE`.
pub fn map_def(spec: &MapSpec) -> MapDef {
    let mut fields: Vec<SpecialField> = spec.special.iter().filter_map(special_field).collect();
    fields.sort_by_key(|f| f.offset);
    let ring = [BPF_MAP_TYPE_RINGBUF, BPF_MAP_TYPE_USER_RINGBUF].contains(&spec.map_type);
    let read_only = matches!(spec.kind, MapKind::Rodata | MapKind::Kconfig);
    let def = MapDef {
        name: spec.name.clone(),
        map_type: spec.map_type,
        key_size: spec.key_size,
        value_size: spec.value_size,
        max_entries: if ring { ring_bytes(spec.max_entries) } else { spec.max_entries },
        flags: spec.map_flags | if read_only { BPF_F_RDONLY_PROG } else { 0 },
        extra: spec.map_extra,
        numa_node: spec.numa_node,
        fields,
        ..MapDef::default()
    };
    // Only local storage insists on BTF; loaders give it.
    if OwnerKind::of(def.map_type).is_some() { def.with_btf() } else { def }
}

/// The field as maps know it, unless it is plain memory to all of them.
pub(crate) fn special_field(field: &object::SpecialField) -> Option<SpecialField> {
    Some(SpecialField { kind: field_kind(field.kind)?, offset: field.offset, size: field.size })
}

fn field_kind(kind: SpecialKind) -> Option<FieldKind> {
    Some(match kind {
        SpecialKind::SpinLock => FieldKind::SpinLock,
        SpecialKind::ResSpinLock => FieldKind::ResSpinLock,
        SpecialKind::Timer => FieldKind::Timer,
        SpecialKind::Wq => FieldKind::Workqueue,
        SpecialKind::TaskWork => FieldKind::TaskWork,
        SpecialKind::KptrUntrusted => FieldKind::KptrUntrusted,
        SpecialKind::Kptr => FieldKind::Kptr,
        SpecialKind::KptrRef => FieldKind::KptrRef,
        SpecialKind::PercpuKptr => FieldKind::PercpuKptr,
        SpecialKind::Uptr => FieldKind::Uptr,
        SpecialKind::ListHead => FieldKind::ListHead,
        SpecialKind::ListNode => FieldKind::ListNode,
        SpecialKind::RbRoot => FieldKind::RbRoot,
        SpecialKind::RbNode => FieldKind::RbNode,
        SpecialKind::Refcount => FieldKind::Refcount,
        SpecialKind::OtherTag => return None,
    })
}

/// A loader makes rings of whole pages, whose number is a power of two.
fn ring_bytes(asked: u32) -> u32 {
    let pages = asked.div_ceil(PAGE_BYTES).checked_next_power_of_two();
    match pages.and_then(|pages| pages.checked_mul(PAGE_BYTES)) {
        Some(bytes) if asked > 0 => bytes,
        _ => asked,
    }
}

/// What `BPF_MAP_CREATE` answers if it makes no such map. Nothing for what only the machine knows (memory, CPUs), and for what is not
/// modelled. `types`: those of the object, if the kernel takes them.
pub fn refusal(version: KernelVersion, types: Option<&ObjectTypes<'_>>, spec: &MapSpec) -> Option<Errno> {
    let rules = map_rules(version);
    let template = spec.inner.as_deref();
    if let Some(errno) = template.and_then(|inner| refusal(version, types, inner)) {
        return Some(errno);
    }
    let mut def = as_made(types, spec);
    if let Some(inner) = template {
        def.inner = InnerFd::Map(Box::new(MapMeta::of_def(&as_made(types, inner))));
    }
    match create::judge(&def, &rules, CPUS) {
        Err(CreateError::Errno(errno)) => Some(errno),
        Err(CreateError::NotModelled(_)) => None,
        // The loader then maps it into user space, which no kernel does to memory with fields that are its own (syscall.c:bpf_map_mmap).
        Ok(()) if spec.is_shared_data() && !def.fields.is_empty() => Some(Errno::ENOTSUPP),
        Ok(()) => None,
    }
}

/// The definition as it is in the end: without types where the kernel refuses them, and with the fields that it sees.
fn as_made(types: Option<&ObjectTypes<'_>>, spec: &MapSpec) -> MapDef {
    let made = types.map(|types| types.of_map(spec)).unwrap_or_default();
    let seen = made.fields.iter().filter_map(|field| {
        Some(SpecialField { kind: field_kind(field.kind)?, offset: field.offset, size: field.size })
    });
    let mut def = map_def(spec);
    def.fields = seen.collect();
    if !made.kept {
        def.btf = None;
    }
    if spec.map_type == BPF_MAP_TYPE_PERF_EVENT_ARRAY && def.max_entries == 0 {
        def.max_entries = CPUS as u32;
    }
    def
}

/// How a loader says that there is no such map.
pub(super) fn not_created(name: &str, errno: Errno) -> String {
    let number = errno.name().map_or_else(|| errno.to_string(), |name| format!("-{name}"));
    format!("map '{name}': failed to create: {number}")
}

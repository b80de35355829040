//! The template of a map of maps, and which maps may be stored in it.
//!
//! Sources: `map_in_map.c:bpf_map_meta_alloc` and `bpf_map_meta_equal`, `arraymap.c:array_map_meta_equal`,
//! `xskmap.c:xsk_map_meta_equal`. Key types: [`MapMeta`], [`InnerFd`]. Neighbours: `array_of_maps`, `hash_of_maps`.

use sim::errno::Errno;

use crate::consts::*;
use crate::map::Map;
use crate::rules::MapRules;
use crate::spec::{FieldKind, MapDef, SpecialField};

/// What `inner_map_fd` refers to when a map of maps is created.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum InnerFd {
    /// Something else, such as the standard input that number 0 is.
    #[default]
    NotAMap,
    /// Nothing that is open.
    NotOpen,
    Map(Box<MapMeta>),
}

/// What an outer map remembers of its template (`inner_map_meta`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapMeta {
    pub map_type: u32,
    pub key_size: u32,
    pub value_size: u32,
    pub max_entries: u32,
    pub flags: u32,
    pub fields: Vec<SpecialField>,
}

/// Types without `map_meta_equal`: never inside another map.
const NEVER_INNER: [u32; 7] = [
    BPF_MAP_TYPE_PROG_ARRAY,
    BPF_MAP_TYPE_CGROUP_STORAGE,
    BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE,
    BPF_MAP_TYPE_STRUCT_OPS,
    BPF_MAP_TYPE_INSN_ARRAY,
    BPF_MAP_TYPE_ARRAY_OF_MAPS,
    BPF_MAP_TYPE_HASH_OF_MAPS,
];

/// Whether the elements of a map of this type are maps.
pub fn holds_maps(map_type: u32) -> bool {
    matches!(map_type, BPF_MAP_TYPE_ARRAY_OF_MAPS | BPF_MAP_TYPE_HASH_OF_MAPS)
}

impl MapMeta {
    /// The facts of an existing map.
    pub fn of(map: &dyn Map) -> MapMeta {
        MapMeta::of_def(map.spec())
    }

    /// As a map made of this definition would have it.
    pub fn of_def(def: &MapDef) -> MapMeta {
        MapMeta {
            map_type: def.map_type,
            key_size: def.key_size,
            value_size: def.value_size,
            max_entries: def.max_entries,
            flags: def.flags,
            fields: def.fields.clone(),
        }
    }

    /// `map_meta_equal` of the template's type: whether `map` may stand where the template was promised.
    pub(crate) fn accepts(&self, map: &MapMeta) -> bool {
        let same = MapMeta { max_entries: map.max_entries, ..self.clone() } == *map;
        let entries_count = match self.map_type {
            BPF_MAP_TYPE_ARRAY => self.flags & BPF_F_INNER_MAP == 0,
            BPF_MAP_TYPE_XSKMAP => true,
            _ => false,
        };
        same && (!entries_count || self.max_entries == map.max_entries)
    }
}

/// `bpf_map_meta_alloc`: may this be a template?
pub(crate) fn check_template(inner: &InnerFd, rules: &MapRules) -> Result<(), Errno> {
    let meta = match inner {
        InnerFd::NotOpen => return Err(Errno::EBADF),
        InnerFd::NotAMap => return Err(Errno::EINVAL),
        InnerFd::Map(meta) => meta,
    };
    if holds_maps(meta.map_type) {
        return Err(Errno::EINVAL);
    }
    let locked = meta.fields.iter().any(|field| field.kind == FieldKind::SpinLock);
    if NEVER_INNER.contains(&meta.map_type) || (locked && rules.inner_map_without_lock) {
        return Err(Errno::ENOTSUPP);
    }
    Ok(())
}

//! What a map is made from: [`MapDef`], the simulated form of `union bpf_attr` for `BPF_MAP_CREATE` plus what BTF says about
//! the value.
//!
//! Neighbours: `check` validates it, `create` builds the map, `value` uses the special fields.

use crate::consts::*;
use crate::inner::InnerFd;

/// A part of a value that programs may not touch as plain memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FieldKind {
    /// `struct bpf_spin_lock`.
    SpinLock,
    /// `struct bpf_res_spin_lock` (7.2).
    ResSpinLock,
    /// `struct bpf_timer`.
    Timer,
    /// `struct bpf_wq`.
    Workqueue,
    /// `struct bpf_task_work` (7.2).
    TaskWork,
    /// A pointer to a kernel object with type tag `kptr` (referenced since 6.4, before that not).
    Kptr,
    /// Type tag `kptr_ref`: referenced, until 6.3.
    KptrRef,
    /// Type tag `kptr_untrusted`: not referenced, since 6.4.
    KptrUntrusted,
    /// Type tag `percpu_kptr`.
    PercpuKptr,
    /// A pointer to user memory (`__uptr`).
    Uptr,
    /// `struct bpf_list_head`.
    ListHead,
    /// `struct bpf_list_node`.
    ListNode,
    /// `struct bpf_rb_root`.
    RbRoot,
    /// `struct bpf_rb_node`.
    RbNode,
    /// `struct bpf_refcount`.
    Refcount,
}

impl FieldKind {
    /// Bytes of the type in `include/uapi/linux/bpf.h`.
    pub fn size(self) -> u32 {
        match self {
            FieldKind::SpinLock | FieldKind::ResSpinLock | FieldKind::Refcount => 4,
            FieldKind::Timer | FieldKind::Workqueue | FieldKind::ListHead | FieldKind::RbRoot => 16,
            FieldKind::ListNode => 24,
            FieldKind::RbNode => 32,
            _ => 8,
        }
    }

    /// The type's name in BPF sources.
    pub fn name(self) -> &'static str {
        match self {
            FieldKind::SpinLock => "bpf_spin_lock",
            FieldKind::ResSpinLock => "bpf_res_spin_lock",
            FieldKind::Timer => "bpf_timer",
            FieldKind::Workqueue => "bpf_wq",
            FieldKind::TaskWork => "bpf_task_work",
            FieldKind::Kptr => "kptr",
            FieldKind::KptrRef => "kptr_ref",
            FieldKind::KptrUntrusted => "kptr_untrusted",
            FieldKind::PercpuKptr => "percpu_kptr",
            FieldKind::Uptr => "uptr",
            FieldKind::ListHead => "bpf_list_head",
            FieldKind::ListNode => "bpf_list_node",
            FieldKind::RbRoot => "bpf_rb_root",
            FieldKind::RbNode => "bpf_rb_node",
            FieldKind::Refcount => "bpf_refcount",
        }
    }
}

/// One special field of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpecialField {
    pub kind: FieldKind,
    /// Bytes from the start of the value.
    pub offset: u32,
    /// Bytes it occupies.
    pub size: u32,
}

/// A BTF type, as far as creation looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BtfType {
    /// Bytes.
    pub size: u32,
    /// An integer, not a structure.
    pub is_int: bool,
}

/// `btf_key_type_id` and `btf_value_type_id`; `None` for an id of 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BtfTypes {
    pub key: Option<BtfType>,
    pub value: Option<BtfType>,
}

/// What the creating process may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Creator {
    /// `CAP_BPF` (or `CAP_SYS_ADMIN`).
    pub cap_bpf: bool,
    /// `CAP_SYS_ADMIN`.
    pub cap_sys_admin: bool,
    /// `CAP_NET_ADMIN`.
    pub cap_net_admin: bool,
}

impl Default for Creator {
    /// root.
    fn default() -> Creator {
        Creator { cap_bpf: true, cap_sys_admin: true, cap_net_admin: true }
    }
}

/// The definition of a map. Sizes are bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MapDef {
    pub name: String,
    /// `BPF_MAP_TYPE_*`.
    pub map_type: u32,
    pub key_size: u32,
    pub value_size: u32,
    /// Entries; of a ring buffer, its size in bytes.
    pub max_entries: u32,
    /// `BPF_F_*` of creation.
    pub flags: u32,
    /// `map_extra`.
    pub extra: u64,
    /// `numa_node`, meaningful with `BPF_F_NUMA_NODE`. The simulated machine has node 0 only; [`NUMA_NO_NODE`] leaves the choice open.
    pub numa_node: u32,
    /// Special fields of the value, sorted by offset.
    pub fields: Vec<SpecialField>,
    /// `inner_map_fd`: the template of a map of maps.
    pub inner: InnerFd,
    /// Types of key and value if BTF was given with the map; creation then compares them with the sizes. `None`: no BTF, no comparison.
    pub btf: Option<BtfTypes>,
    pub creator: Creator,
}

impl MapDef {
    /// A definition with no flags, made by root.
    pub fn new(name: &str, map_type: u32, key_size: u32, value_size: u32, max_entries: u32) -> MapDef {
        MapDef { name: name.to_owned(), map_type, key_size, value_size, max_entries, ..MapDef::default() }
    }

    /// The same with creation flags.
    pub fn with_flags(mut self, flags: u32) -> MapDef {
        self.flags = flags;
        self
    }

    /// The same with the BTF types that a loader gives with an integer as key.
    pub fn with_btf(mut self) -> MapDef {
        let ty = |size, is_int| Some(BtfType { size, is_int });
        self.btf = Some(BtfTypes { key: ty(self.key_size, true), value: ty(self.value_size, false) });
        self
    }

    /// The same with a special field at `offset` of the value.
    pub fn with_field(mut self, kind: FieldKind, offset: u32) -> MapDef {
        self.fields.push(SpecialField { kind, offset, size: kind.size() });
        self.fields.sort_by_key(|f| f.offset);
        self
    }

    /// The same with a template, for a map of maps.
    pub fn with_inner(mut self, template: &dyn crate::map::Map) -> MapDef {
        self.inner = InnerFd::Map(Box::new(crate::inner::MapMeta::of(template)));
        self
    }

    /// The same with a `bpf_spin_lock` at `offset` of the value.
    pub fn with_spin_lock(self, offset: u32) -> MapDef {
        self.with_field(FieldKind::SpinLock, offset)
    }

    /// Offset of the value's `bpf_spin_lock`.
    pub fn spin_lock_offset(&self) -> Option<u32> {
        self.fields.iter().find(|f| f.kind == FieldKind::SpinLock).map(|f| f.offset)
    }

    /// Value size rounded up to 8 bytes: the stride of values in kernel memory and in a system call's per-CPU view.
    pub fn value_stride(&self) -> u64 {
        u64::from(self.value_size).next_multiple_of(8)
    }

    /// Key size rounded up to 8 bytes: where the value follows in a hash element.
    pub fn key_stride(&self) -> u64 {
        u64::from(self.key_size).next_multiple_of(8)
    }

    /// Whether each CPU has its own value.
    pub fn is_percpu(&self) -> bool {
        matches!(
            self.map_type,
            BPF_MAP_TYPE_PERCPU_HASH | BPF_MAP_TYPE_PERCPU_ARRAY | BPF_MAP_TYPE_LRU_PERCPU_HASH
        )
    }

    /// Whether the creation flag (or any of the flags) is set.
    pub fn has(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }
}

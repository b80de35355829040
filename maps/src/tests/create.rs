//! Creation: error numbers per kernel, and what is not modelled.

use super::*;
use crate::create::CreateError;
use crate::spec::{Creator, FieldKind};

fn verdict(kernel: MapKernel, def: &MapDef) -> String {
    match create(def, &MapRules::new(kernel), &machine(2)) {
        Ok(_) => "ok".into(),
        Err(CreateError::Errno(errno)) => errno.name().expect("a named errno").into(),
        Err(CreateError::NotModelled(what)) => format!("not modelled: {what}"),
    }
}

/// (type, key size, value size, entries, flags, verdicts of 5.10, 6.1, 6.12, 7.2; fewer: the last one holds on).
type Row = (u32, u32, u32, u32, u32, &'static [&'static str]);

const ROWS: &[Row] = &[
    (BPF_MAP_TYPE_ARRAY, 4, 8, 1, 0, &["ok"]),
    (BPF_MAP_TYPE_ARRAY, 8, 8, 1, 0, &["EINVAL"]),
    (BPF_MAP_TYPE_ARRAY, 4, 0, 1, 0, &["EINVAL"]),
    (BPF_MAP_TYPE_ARRAY, 4, 8, 0, 0, &["EINVAL"]),
    (BPF_MAP_TYPE_ARRAY, 4, 8, 1, BPF_F_NO_PREALLOC, &["EINVAL"]),
    (BPF_MAP_TYPE_ARRAY, 4, 8, 1, BPF_F_MMAPABLE | BPF_F_INNER_MAP | BPF_F_NUMA_NODE, &["ok"]),
    (BPF_MAP_TYPE_ARRAY, 4, 8, 1, BPF_F_PRESERVE_ELEMS, &["EINVAL"]),
    (BPF_MAP_TYPE_ARRAY, 4, 8, 1, BPF_F_RDONLY_PROG | BPF_F_WRONLY_PROG, &["EINVAL"]),
    (BPF_MAP_TYPE_ARRAY, 4, 8, 1, BPF_F_RDONLY | BPF_F_WRONLY, &["EINVAL"]),
    (BPF_MAP_TYPE_ARRAY, 4, (4 << 20) + 1, 1, 0, &["E2BIG", "ok"]),
    (BPF_MAP_TYPE_ARRAY, 4, 1 << 31, 1, 0, &["E2BIG"]),
    (BPF_MAP_TYPE_ARRAY, 4, 1 << 20, 1 << 20, 0, &["E2BIG", "ENOMEM"]),
    (BPF_MAP_TYPE_PERCPU_ARRAY, 4, 32 << 10, 1, 0, &["ok"]),
    (BPF_MAP_TYPE_PERCPU_ARRAY, 4, (32 << 10) + 1, 1, 0, &["E2BIG"]),
    (BPF_MAP_TYPE_PERCPU_ARRAY, 4, 8, 1, BPF_F_MMAPABLE, &["EINVAL"]),
    (BPF_MAP_TYPE_PERCPU_ARRAY, 4, 8, 1, BPF_F_NUMA_NODE, &["EINVAL"]),
    (BPF_MAP_TYPE_HASH, 4, 8, 3, 0, &["ok"]),
    (BPF_MAP_TYPE_HASH, 0, 8, 3, 0, &["EINVAL"]),
    (BPF_MAP_TYPE_HASH, 4, 8, 0, 0, &["EINVAL"]),
    (BPF_MAP_TYPE_HASH, 512, 8, 3, 0, &["ok"]),
    (BPF_MAP_TYPE_HASH, 513, 8, 3, 0, &["E2BIG", "ok"]),
    (BPF_MAP_TYPE_HASH, 4, (4 << 20) - 512 - 48, 3, 0, &["E2BIG", "ok"]),
    (BPF_MAP_TYPE_HASH, 4, (4 << 20) - 48 - 4, 1, 0, &["E2BIG"]),
    (BPF_MAP_TYPE_HASH, 4, 8, u32::MAX, BPF_F_NO_PREALLOC, &["E2BIG"]),
    (BPF_MAP_TYPE_HASH, 4, 8, 3, BPF_F_NO_COMMON_LRU, &["EINVAL"]),
    (BPF_MAP_TYPE_HASH, 4, 8, 3, BPF_F_MMAPABLE, &["EINVAL"]),
    (BPF_MAP_TYPE_HASH, 4, 8, 3, BPF_F_ZERO_SEED | BPF_F_RDONLY_PROG, &["ok"]),
    (BPF_MAP_TYPE_PERCPU_HASH, 4, 8, 3, BPF_F_NUMA_NODE, &["EINVAL"]),
    (BPF_MAP_TYPE_PERCPU_HASH, 4, (32 << 10) + 1, 3, 0, &["E2BIG"]),
    (BPF_MAP_TYPE_LRU_HASH, 4, 8, 3, BPF_F_NO_PREALLOC, &["ENOTSUPP"]),
    (BPF_MAP_TYPE_LRU_HASH, 4, 8, 3, BPF_F_NO_COMMON_LRU, &["ok"]),
    (BPF_MAP_TYPE_LRU_PERCPU_HASH, 4, 8, 3, BPF_F_NO_COMMON_LRU, &["ok"]),
    (BPF_MAP_TYPE_LRU_PERCPU_HASH, 4, 8, 3, BPF_F_NUMA_NODE, &["EINVAL"]),
    (BPF_MAP_TYPE_LPM_TRIE, 8, 8, 3, BPF_F_NO_PREALLOC, &["ok"]),
    (BPF_MAP_TYPE_LPM_TRIE, 8, 8, 3, 0, &["EINVAL"]),
    (BPF_MAP_TYPE_LPM_TRIE, 4, 8, 3, BPF_F_NO_PREALLOC, &["EINVAL"]),
    (BPF_MAP_TYPE_LPM_TRIE, 260, 8, 3, BPF_F_NO_PREALLOC, &["ok"]),
    (BPF_MAP_TYPE_LPM_TRIE, 261, 8, 3, BPF_F_NO_PREALLOC, &["EINVAL"]),
    (BPF_MAP_TYPE_QUEUE, 0, 8, 3, 0, &["ok"]),
    (BPF_MAP_TYPE_STACK, 4, 8, 3, 0, &["EINVAL"]),
    (BPF_MAP_TYPE_BLOOM_FILTER, 0, 8, 3, 0, &["EINVAL", "ok"]),
    (BPF_MAP_TYPE_RINGBUF, 0, 0, 4096, 0, &["ok"]),
    (BPF_MAP_TYPE_RINGBUF, 0, 0, 2048, 0, &["EINVAL"]),
    (BPF_MAP_TYPE_RINGBUF, 0, 0, 12288, 0, &["EINVAL"]),
    (BPF_MAP_TYPE_RINGBUF, 0, 0, 0, 0, &["EINVAL"]),
    (BPF_MAP_TYPE_RINGBUF, 4, 0, 4096, 0, &["EINVAL"]),
    (BPF_MAP_TYPE_RINGBUF, 0, 0, 4096, BPF_F_RDONLY_PROG, &["EINVAL"]),
    (
        BPF_MAP_TYPE_RINGBUF,
        0,
        0,
        4096,
        BPF_F_RB_OVERWRITE,
        &["EINVAL", "EINVAL", "EINVAL", "not modelled: BPF_F_RB_OVERWRITE"],
    ),
    (BPF_MAP_TYPE_UNSPEC, 4, 8, 1, 0, &["EINVAL"]),
    (BPF_MAP_TYPE_ARENA, 0, 0, 1, 0, &["EINVAL"]),
    (BPF_MAP_TYPE_ARENA, 0, 0, 1, BPF_F_MMAPABLE, &["EINVAL", "EINVAL", "not modelled: BPF_MAP_TYPE_ARENA"]),
    (BPF_MAP_TYPE_RHASH, 4, 8, 1, 0, &["EINVAL"]),
    (BPF_MAP_TYPE_RHASH, 4, 8, 1, BPF_F_NO_PREALLOC, &["EINVAL", "EINVAL", "EINVAL", "ok"]),
    (99, 4, 8, 1, 0, &["EINVAL"]),
];

#[test]
fn error_numbers_per_kernel() {
    for &(map_type, key_size, value_size, entries, flags, verdicts) in ROWS {
        let def = MapDef::new("m", map_type, key_size, value_size, entries).with_flags(flags);
        for (i, kernel) in MapKernel::ALL.into_iter().enumerate() {
            let want = verdicts[i.min(verdicts.len() - 1)];
            assert_eq!(verdict(kernel, &def), want, "{}: {def:?}", kernel.name());
        }
    }
}

#[test]
fn privileges() {
    let as_creator = |map_type, flags, cap_bpf, cap_sys_admin| {
        let mut def = def(map_type, 1, flags);
        def.creator = Creator { cap_bpf, cap_sys_admin, cap_net_admin: true };
        MapKernel::ALL.map(|kernel| verdict(kernel, &def))
    };
    assert_eq!(as_creator(BPF_MAP_TYPE_ARRAY, 0, false, false), ["EPERM"; 4]);
    assert_eq!(as_creator(BPF_MAP_TYPE_ARRAY, 0, true, false), ["ok"; 4]);
    assert_eq!(as_creator(BPF_MAP_TYPE_HASH, BPF_F_ZERO_SEED, true, false), ["EPERM"; 4]);
    let bad_flag = as_creator(BPF_MAP_TYPE_ARRAY, BPF_F_NO_PREALLOC, false, false);
    assert_eq!(bad_flag, ["EPERM", "EPERM", "EINVAL", "EINVAL"], "the order of checks changed");
}

#[test]
fn special_fields() {
    let spin = |map_type, flags| {
        let def = def(map_type, 1, flags).with_spin_lock(0);
        MapKernel::ALL.map(|kernel| verdict(kernel, &def))
    };
    assert_eq!(spin(BPF_MAP_TYPE_HASH, 0), ["ok"; 4]);
    assert_eq!(spin(BPF_MAP_TYPE_LRU_HASH, 0), ["ENOTSUPP", "ENOTSUPP", "EOPNOTSUPP", "EOPNOTSUPP"]);
    assert_eq!(spin(BPF_MAP_TYPE_ARRAY, BPF_F_RDONLY_PROG), ["EACCES"; 4]);
    assert_eq!(spin(BPF_MAP_TYPE_ARRAY, BPF_F_WRONLY_PROG), ["ok", "ok", "EACCES", "EACCES"]);
    let uptr = MapDef::new("m", BPF_MAP_TYPE_TASK_STORAGE, 4, 8, 0).with_field(FieldKind::Uptr, 0);
    let uptr = verdict(MapKernel::V7_2, &uptr.with_btf().with_flags(BPF_F_NO_PREALLOC));
    assert_eq!(uptr, "not modelled: uptr in a map value");
}

#[test]
fn map_extra_belongs_to_other_types() {
    let mut def = def(BPF_MAP_TYPE_HASH, 1, 0);
    def.extra = 1;
    assert_eq!(MapKernel::ALL.map(|kernel| verdict(kernel, &def)), ["EINVAL"; 4]);
}

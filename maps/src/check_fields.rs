//! Which special fields a value of which map type may have, per kernel.
//!
//! Source: `kernel/bpf/syscall.c:map_check_btf`. 5.10 and 6.1 look at one kind after the other, each with its own error number; later
//! kernels collect all of them in a `struct btf_record`. Fields that a kernel does not recognize are plain bytes to it. Neighbours: `check`
//! (the rest of creation), `rules` (what is recognized).

use sim::errno::Errno;

use crate::check::{Check, refuse};
use crate::consts::*;
use crate::rules::{MapKernel, MapRules};
use crate::spec::{FieldKind, MapDef};

/// Kinds that may be in values of the same map types.
struct Rule {
    kinds: &'static [FieldKind],
    types: &'static [u32],
    /// Types that joined later, with the first kernel.
    later: &'static [(MapKernel, u32)],
}

use FieldKind as K;
use MapKernel::{V6_1, V6_12, V7_2};

const RULES: &[Rule] = &[
    Rule {
        kinds: &[K::SpinLock, K::ResSpinLock],
        types: &[
            BPF_MAP_TYPE_HASH,
            BPF_MAP_TYPE_ARRAY,
            BPF_MAP_TYPE_CGROUP_STORAGE,
            BPF_MAP_TYPE_SK_STORAGE,
            BPF_MAP_TYPE_INODE_STORAGE,
        ],
        later: &[
            (V6_1, BPF_MAP_TYPE_TASK_STORAGE),
            (V6_12, BPF_MAP_TYPE_CGRP_STORAGE),
            (V7_2, BPF_MAP_TYPE_RHASH),
        ],
    },
    Rule {
        kinds: &[K::Timer, K::Workqueue, K::TaskWork],
        types: &[BPF_MAP_TYPE_HASH, BPF_MAP_TYPE_LRU_HASH, BPF_MAP_TYPE_ARRAY],
        later: &[(V7_2, BPF_MAP_TYPE_RHASH)],
    },
    Rule {
        kinds: &[K::Kptr, K::KptrRef, K::KptrUntrusted, K::PercpuKptr, K::Refcount],
        types: &[BPF_MAP_TYPE_HASH, BPF_MAP_TYPE_LRU_HASH, BPF_MAP_TYPE_ARRAY, BPF_MAP_TYPE_PERCPU_ARRAY],
        later: &[
            (V6_12, BPF_MAP_TYPE_PERCPU_HASH),
            (V6_12, BPF_MAP_TYPE_LRU_PERCPU_HASH),
            (V6_12, BPF_MAP_TYPE_SK_STORAGE),
            (V6_12, BPF_MAP_TYPE_INODE_STORAGE),
            (V6_12, BPF_MAP_TYPE_TASK_STORAGE),
            (V6_12, BPF_MAP_TYPE_CGRP_STORAGE),
            (V7_2, BPF_MAP_TYPE_RHASH),
        ],
    },
    Rule { kinds: &[K::Uptr], types: &[], later: &[(V7_2, BPF_MAP_TYPE_TASK_STORAGE)] },
    Rule {
        kinds: &[K::ListHead, K::RbRoot],
        types: &[BPF_MAP_TYPE_HASH, BPF_MAP_TYPE_LRU_HASH, BPF_MAP_TYPE_ARRAY],
        later: &[],
    },
];

impl Rule {
    fn allows(&self, map_type: u32, kernel: MapKernel) -> bool {
        self.types.contains(&map_type)
            || self.later.iter().any(|(since, added)| *added == map_type && kernel >= *since)
    }

    fn concerns(&self, def: &MapDef) -> bool {
        def.fields.iter().any(|f| self.kinds.contains(&f.kind))
    }
}

/// The definition as this kernel reads it: without fields that it does not recognize.
pub(crate) fn recognized(def: &MapDef, rules: &MapRules) -> MapDef {
    let mut def = def.clone();
    def.fields.retain(|f| rules.known_fields.contains(&f.kind));
    def
}

/// `map_check_btf` for the fields that are [`recognized`].
pub(crate) fn check_fields(def: &MapDef, rules: &MapRules) -> Check {
    if def.fields.is_empty() {
        return Ok(());
    }
    let inside = def.fields.iter().all(|f| u64::from(f.offset) + u64::from(f.size) <= def.value_size.into());
    assert!(inside, "special field outside the value: the BTF reader gave a wrong offset");
    let concerned = || RULES.iter().filter(|rule| rule.concerns(def));
    if rules.fields_in_one_record {
        refuse(!def.creator.cap_bpf, Errno::EPERM)?;
        refuse(def.has(BPF_F_RDONLY_PROG | BPF_F_WRONLY_PROG), Errno::EACCES)?;
        return refuse(!concerned().all(|r| r.allows(def.map_type, rules.kernel)), Errno::EOPNOTSUPP);
    }
    for rule in concerned() {
        let kptr = rule.kinds.contains(&K::Kptr);
        refuse(kptr && !def.creator.cap_bpf, Errno::EPERM)?;
        let access = if kptr { BPF_F_RDONLY_PROG | BPF_F_WRONLY_PROG } else { BPF_F_RDONLY_PROG };
        refuse(def.has(access), Errno::EACCES)?;
        let lock = rule.kinds.contains(&K::SpinLock);
        let errno = if lock { Errno::ENOTSUPP } else { Errno::EOPNOTSUPP };
        refuse(!rule.allows(def.map_type, rules.kernel), errno)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::create::CreateError;

    fn answers(kind: FieldKind, map_type: u32, flags: u32) -> [i32; 4] {
        let def = MapDef::new("m", map_type, 4, 64, 1).with_flags(flags).with_field(kind, 0);
        MapKernel::ALL.map(|kernel| {
            let rules = MapRules::new(kernel);
            match check_fields(&recognized(&def, &rules), &rules) {
                Ok(()) => 0,
                Err(CreateError::Errno(errno)) => errno.0,
                Err(other) => panic!("{other}"),
            }
        })
    }

    #[test]
    fn types_of_values_per_kernel() {
        assert_eq!(answers(K::SpinLock, BPF_MAP_TYPE_HASH, 0), [0; 4]);
        assert_eq!(answers(K::SpinLock, BPF_MAP_TYPE_LRU_HASH, 0), [524, 524, 95, 95]);
        assert_eq!(answers(K::SpinLock, BPF_MAP_TYPE_TASK_STORAGE, 0), [524, 0, 0, 0]);
        assert_eq!(answers(K::SpinLock, BPF_MAP_TYPE_HASH, BPF_F_WRONLY_PROG), [0, 0, 13, 13]);
        assert_eq!(answers(K::Timer, BPF_MAP_TYPE_LRU_HASH, 0), [0; 4]);
        assert_eq!(answers(K::Timer, BPF_MAP_TYPE_PERCPU_ARRAY, 0), [0, 95, 95, 95]);
        assert_eq!(answers(K::Workqueue, BPF_MAP_TYPE_PERCPU_ARRAY, 0), [0, 0, 95, 95]);
        assert_eq!(answers(K::TaskWork, BPF_MAP_TYPE_SK_STORAGE, 0), [0, 0, 0, 95]);
        assert_eq!(answers(K::Kptr, BPF_MAP_TYPE_PERCPU_HASH, 0), [0, 95, 0, 0]);
        assert_eq!(answers(K::ListHead, BPF_MAP_TYPE_PERCPU_ARRAY, 0), [0, 0, 95, 95]);
        assert_eq!(answers(K::Uptr, BPF_MAP_TYPE_HASH, 0), [0, 0, 0, 95]);
        assert_eq!(answers(K::Kptr, BPF_MAP_TYPE_ARRAY, BPF_F_WRONLY_PROG), [0, 13, 13, 13]);
    }
}

//! Per-CPU values: programs see one, system calls see all.

use super::*;
use sim::context::IrqKind;
use sim::ids::CpuId;

fn on_cpu(m: &Machine, cpu: u16, f: impl FnOnce(&Machine) + 'static) {
    m.interrupt(CpuId(cpu), IrqKind::Hard, "test", f);
}

fn words(bytes: &[u8]) -> Vec<u64> {
    bytes.chunks(8).map(|c| u64::from_le_bytes(c.try_into().expect("8 bytes"))).collect()
}

#[test]
fn each_cpu_has_its_own_value() {
    for map_type in [BPF_MAP_TYPE_PERCPU_ARRAY, BPF_MAP_TYPE_PERCPU_HASH] {
        for kernel in MapKernel::ALL {
            let m = machine(3);
            let map = make(&m, kernel, &def(map_type, 4, 0));
            for cpu in [1, 2] {
                let map = map.clone();
                on_cpu(&m, cpu, move |m| {
                    map.update(m, &key(0), &u64::from(cpu).to_le_bytes(), BPF_ANY).expect("room");
                });
            }
            assert_eq!(words(&map.lookup_user(&m, &key(0), 0).expect("there")), [0, 1, 2]);
            let here = map.lookup(&m, &key(0)).expect("there");
            assert_eq!(map.lookup_percpu(&m, &key(0), 0), Some(here));
            assert_eq!(map.lookup_percpu(&m, &key(0), 3), None);
            let all: Vec<u8> = [7u64, 8, 9].iter().flat_map(|v| v.to_le_bytes()).collect();
            map.update_user(&m, &key(0), &all, BPF_ANY).expect("there");
            assert_eq!(m.arena().load(here, 8), Ok(7));
            assert_eq!(map.update_user(&m, &key(0), &all, BPF_F_LOCK), Err(Errno::EINVAL));
            assert_eq!(map.update(&m, &key(0), &all[..8], BPF_F_LOCK), Err(Errno::EINVAL));
        }
    }
}

/// A key that a program makes starts from zero on the other CPUs, also in reused memory.
#[test]
fn a_new_key_is_zero_elsewhere() {
    for kernel in MapKernel::ALL {
        for flags in [0, BPF_F_NO_PREALLOC] {
            let m = machine(2);
            let map = make(&m, kernel, &def(BPF_MAP_TYPE_PERCPU_HASH, 4, flags));
            map.update_user(&m, &key(1), &[0xff; 16], BPF_NOEXIST).expect("room");
            map.delete(&m, &key(1)).expect("there");
            map.update(&m, &key(2), &5u64.to_le_bytes(), BPF_ANY).expect("room");
            assert_eq!(words(&map.lookup_user(&m, &key(2), 0).expect("there")), [5, 0]);
        }
    }
}

#[test]
fn padding_after_a_value_is_copied_before_7_2() {
    for map_type in [BPF_MAP_TYPE_PERCPU_ARRAY, BPF_MAP_TYPE_PERCPU_HASH] {
        for kernel in MapKernel::ALL {
            let m = machine(2);
            let map = make(&m, kernel, &MapDef::new("m", map_type, 4, 4, 1));
            map.update_user(&m, &key(0), &[0xff; 16], BPF_ANY).expect("room");
            let want = if kernel == MapKernel::V7_2 { 0xffff_ffff } else { u64::MAX };
            assert_eq!(
                words(&map.lookup_user(&m, &key(0), 0).expect("there")),
                [want; 2],
                "{}",
                kernel.name()
            );
        }
    }
}

#[test]
fn naming_a_cpu_is_new_in_7_2() {
    let (one, all) = (BPF_F_CPU | 1 << 32, BPF_F_ALL_CPUS);
    for map_type in [BPF_MAP_TYPE_PERCPU_ARRAY, BPF_MAP_TYPE_PERCPU_HASH] {
        let m = machine(2);
        let map = make(&m, MapKernel::V7_2, &def(map_type, 4, 0));
        let five = 5u64.to_le_bytes();
        map.update_user(&m, &key(0), &five, one).expect("CPU 1");
        assert_eq!(words(&map.lookup_user(&m, &key(0), 0).expect("there")), [0, 5]);
        map.update_user(&m, &key(0), &six(), all).expect("all");
        assert_eq!(words(&map.lookup_user(&m, &key(0), 0).expect("there")), [6, 6]);
        assert_eq!(map.lookup_user(&m, &key(0), one).map(|v| words(&v)), Ok(vec![6]));
        assert_eq!(map.update_user(&m, &key(0), &five, BPF_F_CPU | 2 << 32), Err(Errno::ERANGE));
        assert_eq!(map.update_user(&m, &key(0), &five, BPF_F_CPU | all), Err(Errno::EINVAL));
        assert_eq!(map.lookup_user(&m, &key(0), all), Err(Errno::EINVAL));
        let old = make(&m, MapKernel::V6_12, &def(map_type, 4, 0));
        assert_eq!(old.update_user(&m, &key(0), &[0; 16], one), Err(Errno::EINVAL));
        assert_eq!(old.lookup_user(&m, &key(0), one), Err(Errno::EINVAL));
    }
}

fn six() -> [u8; 8] {
    6u64.to_le_bytes()
}

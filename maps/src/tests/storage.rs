//! Local storage: flags, descriptors, and how memory goes when an element is deleted or its owner ends.

use super::*;
use crate::element::ReaderSection;
use crate::local_storage::{LocalStorage, Owner, OwnerKind};
use crate::object::{Descriptors, Object};
use sim::ids::Pid;

const TYPES: [u32; 4] = [
    BPF_MAP_TYPE_SK_STORAGE,
    BPF_MAP_TYPE_INODE_STORAGE,
    BPF_MAP_TYPE_TASK_STORAGE,
    BPF_MAP_TYPE_CGRP_STORAGE,
];

fn storage_def(map_type: u32) -> MapDef {
    MapDef::new("m", map_type, 4, 8, 0).with_flags(BPF_F_NO_PREALLOC).with_btf()
}

fn owner(number: u64) -> Owner {
    Owner { addr: 0x1000 * number, number }
}

fn storage(map: &Rc<dyn Map>) -> &LocalStorage {
    map.as_local_storage().expect("a storage")
}

/// Each descriptor n stands for owner n; 9 is something else.
struct Owners;

impl Descriptors for Owners {
    fn get(&self, _fd: u32) -> Option<Object> {
        None
    }

    fn owner(&self, fd: u32, _kind: OwnerKind) -> Result<Owner, Errno> {
        if fd == 9 { Err(Errno::EBADF) } else { Ok(owner(fd.into())) }
    }
}

#[test]
fn creation() {
    let verdict = |kernel: MapKernel, def: &MapDef| match create(def, &MapRules::new(kernel), &machine(1)) {
        Ok(_) => 0,
        Err(crate::create::CreateError::Errno(errno)) => errno.0,
        Err(other) => panic!("{other}"),
    };
    let all = |def: &MapDef| MapKernel::ALL.map(|kernel| verdict(kernel, def));
    assert_eq!(TYPES.map(|t| all(&storage_def(t))), [[0; 4], [0; 4], [22, 0, 0, 0], [22, 22, 0, 0]]);
    let good = || storage_def(BPF_MAP_TYPE_SK_STORAGE);
    let bad = [
        good().with_flags(0),
        good().with_flags(BPF_F_NO_PREALLOC | BPF_F_RDONLY),
        MapDef { max_entries: 1, ..good() },
        MapDef { key_size: 8, ..good() },
        MapDef { value_size: 0, ..good() },
        MapDef { btf: None, ..good() },
    ];
    bad.iter().for_each(|def| assert_eq!(all(def), [22; 4], "{def:?}"));
    assert_eq!(all(&MapDef { value_size: 65_408, ..good() }.with_btf()), [7; 4]);
    assert_eq!(all(&MapDef { value_size: 65_407, ..good() }.with_btf()), [0; 4]);
}

#[test]
fn user_space_names_owners_by_descriptor() {
    let m = machine(1);
    let map = make(&m, MapKernel::V6_12, &storage_def(BPF_MAP_TYPE_TASK_STORAGE));
    let value = |n: u64| n.to_le_bytes();
    let update = |fd, n, flags| map.update_user_with(&m, &key(fd), &value(n), flags, &Owners);
    let lookup = |fd| map.lookup_user_with(&m, &key(fd), 0, &Owners);
    assert_eq!(lookup(1), Err(Errno::ENOENT));
    assert_eq!(update(1, 5, BPF_EXIST), Err(Errno::ENOENT));
    assert_eq!(update(1, 5, BPF_ANY), Ok(()));
    assert_eq!(update(1, 6, BPF_NOEXIST), Err(Errno::EEXIST));
    assert_eq!(update(1, 6, 3), Err(Errno::EINVAL));
    assert_eq!(update(9, 6, BPF_ANY), Err(Errno::EBADF));
    assert_eq!(lookup(1), Ok(value(5).to_vec()));
    assert_eq!(lookup(2), Err(Errno::ENOENT));
    assert_eq!(map.delete_user_with(&m, &key(1), &Owners), Ok(()));
    assert_eq!(map.delete_user_with(&m, &key(1), &Owners), Err(Errno::ENOENT));
    assert_eq!(map.next_key_user(&m, None), Err(Errno::ENOTSUPP));
}

/// What became of an element whose value a sleepable reader holds, in the order of events: freed behind the reader, or recycled.
fn end_under_a_reader(kernel: MapKernel, map_type: u32, owner_ends: bool) -> (&'static str, Vec<String>) {
    let m = machine(1);
    let map = make(&m, kernel, &storage_def(map_type));
    let out = Rc::new(std::cell::Cell::new(""));
    let (result, held) = (out.clone(), map.clone());
    let clock = m.clone();
    m.spawn(sim::task::TaskSpec::user("reader"), async move {
        let m = clock;
        let section = m.rcu_trace_guard();
        let addr = storage(&held).set(&m, owner(1), Some(&7_u64.to_le_bytes()), BPF_NOEXIST).expect("room");
        let reader = ReaderSection::new(Pid(1), "p".into(), true);
        held.mark_reader(addr, &reader);
        if owner_ends {
            storage(&held).owner_gone(&m, owner(1).addr);
        } else {
            storage(&held).remove(&m, owner(1).addr).expect("there");
        }
        let again = storage(&held).set(&m, owner(2), Some(&9_u64.to_le_bytes()), BPF_NOEXIST).expect("room");
        m.sleep_ns(1_000_000_000, sim::task::WaitReason::new("fault")).await;
        result.set(match m.arena().load_u64(addr) {
            Ok(9) if again == addr => "recycled",
            Ok(7) => "kept",
            Ok(other) => panic!("the value is {other}"),
            Err(_) => "freed",
        });
        drop(section);
    });
    m.run();
    (out.get(), map_events(&m))
}

#[test]
fn a_deleted_element_waits_for_sleeping_readers_except_on_5_10() {
    let got = MapKernel::ALL.map(|kernel| end_under_a_reader(kernel, BPF_MAP_TYPE_INODE_STORAGE, false).0);
    assert_eq!(got, ["freed", "kept", "kept", "kept"]);
}

#[test]
fn an_owner_that_ends_does_not_wait_for_them() {
    let kernels = [MapKernel::V6_1, MapKernel::V6_12, MapKernel::V7_2];
    let task = kernels.map(|kernel| end_under_a_reader(kernel, BPF_MAP_TYPE_TASK_STORAGE, true));
    assert_eq!([task[0].0, task[1].0, task[2].0], ["freed", "recycled", "freed"]);
    assert!(task[1].1.contains(&"map_recycled_under_reader".to_owned()), "{:?}", task[1].1);
    let inode = kernels.map(|kernel| end_under_a_reader(kernel, BPF_MAP_TYPE_INODE_STORAGE, true).0);
    assert_eq!(inode, ["freed"; 3]);
}

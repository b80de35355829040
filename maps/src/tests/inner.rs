//! Maps of maps: templates, what may be stored, and when an inner map is freed.

use super::*;
use crate::create::CreateError;
use crate::inner::InnerFd;
use crate::object::{NoDescriptors, Object, One};
use crate::refcount;

const ALL: [MapKernel; 4] = MapKernel::ALL;
const BOTH: [u32; 2] = [BPF_MAP_TYPE_ARRAY_OF_MAPS, BPF_MAP_TYPE_HASH_OF_MAPS];

fn array(entries: u32, flags: u32) -> MapDef {
    def(BPF_MAP_TYPE_ARRAY, entries, flags)
}

fn outer(map_type: u32, entries: u32) -> MapDef {
    MapDef::new("outer", map_type, 4, 4, entries)
}

/// A map with a number, as a table of maps would give it.
fn inner(m: &Machine, kernel: MapKernel, id: u32, def: &MapDef) -> Rc<dyn Map> {
    let map = make(m, kernel, &MapDef { name: format!("inner{id}"), ..def.clone() });
    map.core().id.set(id);
    map
}

fn put(m: &Machine, outer: &dyn Map, k: u32, map: &Rc<dyn Map>, flags: u64) -> Result<(), Errno> {
    outer.update_user_with(m, &key(k), &[0; 4], flags, &One(Object::Map(map.clone())))
}

fn created(kernel: MapKernel, m: &Machine, def: &MapDef) -> Result<(), Errno> {
    match create(def, &MapRules::new(kernel), m) {
        Ok(_) => Ok(()),
        Err(CreateError::Errno(errno)) => Err(errno),
        Err(CreateError::NotModelled(what)) => panic!("{what}"),
    }
}

#[test]
fn templates() {
    for kernel in ALL {
        let m = machine(2);
        let old = matches!(kernel, MapKernel::V5_10 | MapKernel::V6_1);
        let lock = make(&m, kernel, &array(1, 0).with_spin_lock(0));
        let plain = make(&m, kernel, &array(1, 0));
        for map_type in BOTH {
            let nested = make(&m, kernel, &outer(map_type, 1).with_inner(&*plain));
            let with = |inner| MapDef { inner, ..outer(map_type, 4) };
            let rows = [
                (with(InnerFd::NotAMap), Err(Errno::EINVAL)),
                (with(InnerFd::NotOpen), Err(Errno::EBADF)),
                (outer(map_type, 4).with_inner(&*plain), Ok(())),
                (outer(map_type, 4).with_inner(&*nested), Err(Errno::EINVAL)),
                (outer(map_type, 4).with_inner(&*lock), if old { Err(Errno::ENOTSUPP) } else { Ok(()) }),
                (outer(map_type, 0).with_inner(&*plain), Err(Errno::EINVAL)),
                (MapDef { value_size: 8, ..outer(map_type, 4).with_inner(&*plain) }, Err(Errno::EINVAL)),
                (outer(map_type, 4).with_flags(BPF_F_INNER_MAP).with_inner(&*plain), Err(Errno::EINVAL)),
            ];
            for (def, want) in rows {
                assert_eq!(created(kernel, &m, &def), want, "{}: {def:?}", kernel.name());
            }
        }
        // An array of descriptors has no read-only programs' side; a hash has.
        let read_only = |map_type| outer(map_type, 4).with_flags(BPF_F_RDONLY_PROG).with_inner(&*plain);
        assert_eq!(created(kernel, &m, &read_only(BPF_MAP_TYPE_ARRAY_OF_MAPS)), Err(Errno::EINVAL));
        assert_eq!(created(kernel, &m, &read_only(BPF_MAP_TYPE_HASH_OF_MAPS)), Ok(()));
    }
}

#[test]
fn what_may_be_stored() {
    for kernel in ALL {
        let m = machine(2);
        let hash = |entries| MapDef::new("h", BPF_MAP_TYPE_HASH, 4, 8, entries);
        // Template, candidate, whether it is like enough: arrays must agree in the number of entries unless the flag says otherwise.
        let rows = [
            (array(2, 0), array(2, 0), true),
            (array(2, 0), array(3, 0), false),
            (array(2, BPF_F_INNER_MAP), array(3, BPF_F_INNER_MAP), true),
            (array(2, BPF_F_INNER_MAP), array(2, 0), false),
            (hash(2), hash(9), true),
            (hash(2), hash(2).with_flags(BPF_F_NO_PREALLOC), false),
            (hash(2), MapDef { value_size: 16, ..hash(2) }, false),
            (hash(2), array(2, 0), false),
        ];
        for (template, candidate, fits) in rows {
            let template = make(&m, kernel, &template);
            let map = inner(&m, kernel, 7, &candidate);
            for map_type in BOTH {
                let outer = make(&m, kernel, &outer(map_type, 2).with_inner(&*template));
                let want = if fits { Ok(()) } else { Err(Errno::EINVAL) };
                assert_eq!(put(&m, &*outer, 0, &map, BPF_ANY), want, "{}: {candidate:?}", kernel.name());
                assert_eq!(outer.lookup(&m, &key(0)), fits.then(|| map.core().addr));
                let id = outer.lookup_user(&m, &key(0), 0).map(|id| read_number(&id));
                assert_eq!(id, if fits { Ok("7".into()) } else { Err(Errno::ENOENT) });
            }
        }
    }
}

#[test]
fn errors_of_updates_and_deletes() {
    for kernel in ALL {
        let m = machine(2);
        let template = make(&m, kernel, &array(1, 0));
        let map = inner(&m, kernel, 5, &array(1, 0));
        let array = make(&m, kernel, &outer(BPF_MAP_TYPE_ARRAY_OF_MAPS, 2).with_inner(&*template));
        let hash = make(&m, kernel, &outer(BPF_MAP_TYPE_HASH_OF_MAPS, 1).with_inner(&*template));
        let no_fd =
            |map: &dyn Map, k, flags| map.update_user_with(&m, &key(k), &[9, 0, 0, 0], flags, &NoDescriptors);
        assert_eq!(no_fd(&*array, 0, BPF_ANY), Err(Errno::EBADF));
        assert_eq!(no_fd(&*array, 0, BPF_NOEXIST), Err(Errno::EINVAL), "the flags come first");
        assert_eq!(no_fd(&*array, 2, BPF_ANY), Err(Errno::E2BIG), "so does the index");
        assert_eq!(no_fd(&*hash, 0, 7), Err(Errno::EINVAL), "BPF_F_LOCK without a lock");
        assert_eq!(no_fd(&*hash, 0, 3), Err(Errno::EBADF), "here the descriptor comes first");
        assert_eq!(array.update_user_with(&m, &key(0), &[0; 4], 0, &One(Object::Other)), Err(Errno::EINVAL));
        assert_eq!(put(&m, &*array, 0, &map, BPF_EXIST), Err(Errno::EINVAL));
        assert_eq!(put(&m, &*hash, 0, &map, BPF_EXIST), Err(Errno::ENOENT));
        assert_eq!(put(&m, &*hash, 0, &map, 3), Err(Errno::EINVAL));
        assert_eq!(put(&m, &*hash, 0, &map, BPF_NOEXIST), Ok(()));
        assert_eq!(put(&m, &*hash, 0, &map, BPF_NOEXIST), Err(Errno::EEXIST));
        assert_eq!(put(&m, &*hash, 0, &map, BPF_EXIST), Ok(()));
        assert_eq!(put(&m, &*hash, 1, &map, BPF_ANY), Err(Errno::E2BIG));
        assert_eq!(map.core().life.refs(), 2, "failed updates keep no reference");
        script_on(
            &m,
            &*hash,
            "user_lookup 0 -> 5\nnext - -> 0\nuser_delete 0 -> ok\nuser_delete 0 -> ENOENT\nlen -> 0",
        );
        script_on(
            &m,
            &*array,
            "user_lookup 0 -> ENOENT\nuser_lookup 2 -> ENOENT\nuser_delete 0 -> ENOENT\nuser_delete 2 -> E2BIG
             lookup 0 -> none\nupdate 0 1 -> EINVAL\nnext 0 -> 1\nnext 1 -> ENOENT\nlen -> 0\nfreeze -> ok",
        );
        assert_eq!(put(&m, &*array, 0, &map, BPF_ANY), Err(Errno::EPERM), "frozen");
    }
}

/// What a map waits for that was replaced while nobody else held it.
fn replaced(kernel: MapKernel, map_type: u32, sleepable_user: bool) -> Vec<String> {
    let m = machine(2);
    let template = make(&m, kernel, &array(1, 0));
    let outer = make(&m, kernel, &outer(map_type, 2).with_inner(&*template));
    if sleepable_user {
        outer.core().life.count_sleepable_user(true);
    }
    let (old, new) = (inner(&m, kernel, 1, &array(1, 0)), inner(&m, kernel, 2, &array(1, 0)));
    put(&m, &*outer, 1, &old, BPF_ANY).expect("fits");
    refcount::put_user(&m, &old);
    assert!(!old.core().life.freed(), "the outer map holds it");
    put(&m, &*outer, 1, &new, BPF_ANY).expect("fits");
    assert!(!old.core().life.freed(), "a reader may hold it");
    assert!(m.arena().load_u64(old.core().addr).is_ok());
    m.run();
    assert!(old.core().life.freed());
    assert!(m.arena().load_u64(old.core().addr).is_err());
    let events = m.events();
    let flavour = |e: &sim::event::Event| {
        e.body.fields().iter().find(|(name, _)| *name == "flavour").map(|(_, v)| format!("{v:?}"))
    };
    events.events().iter().filter(|e| e.body.name() == "map_unreferenced").filter_map(flavour).collect()
}

#[test]
fn what_a_replaced_inner_map_waits_for() {
    let both = "Str(\"rcu_tasks_trace\")";
    let rcu = "Str(\"rcu\")";
    for map_type in BOTH {
        for kernel in ALL {
            let lazy = matches!(kernel, MapKernel::V6_12 | MapKernel::V7_2);
            assert_eq!(replaced(kernel, map_type, true), [both], "{}", kernel.name());
            assert_eq!(
                replaced(kernel, map_type, false),
                [if lazy { rcu } else { both }],
                "{}",
                kernel.name()
            );
        }
    }
}

#[test]
fn everything_is_freed_once() {
    for kernel in ALL {
        for map_type in BOTH {
            for flags in [0, BPF_F_NO_PREALLOC] {
                if map_type == BPF_MAP_TYPE_ARRAY_OF_MAPS && flags != 0 {
                    continue;
                }
                let m = machine(2);
                let before = m.arena().live_objects();
                let template = make(&m, kernel, &array(1, 0));
                let outer = make(&m, kernel, &outer(map_type, 3).with_flags(flags).with_inner(&*template));
                refcount::put_user(&m, &template);
                for round in 0..5 {
                    let map = inner(&m, kernel, round + 1, &array(1, 0));
                    put(&m, &*outer, round % 3, &map, BPF_ANY).expect("fits");
                    refcount::put_user(&m, &map);
                }
                outer.delete_user(&m, &key(1)).expect("is there");
                refcount::put_user(&m, &outer);
                m.run();
                assert_eq!(m.arena().live_objects(), before, "{} type {map_type}", kernel.name());
            }
        }
    }
}

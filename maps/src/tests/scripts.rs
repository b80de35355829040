//! Update flags, error numbers, iteration, freeze: what programs and user space see of each type.

use super::*;

const ALL: &[MapKernel] = &MapKernel::ALL;
const OLD: &[MapKernel] = &[MapKernel::V5_10, MapKernel::V6_1];
const NEW: &[MapKernel] = &[MapKernel::V6_12, MapKernel::V7_2];

#[test]
fn array() {
    let text = "
        lookup 2 -> 0
        lookup 3 -> none
        update 2 7 -> ok
        update 2 8 exist -> ok
        lookup 2 -> 8
        update 2 9 noexist -> EEXIST
        update 3 1 -> E2BIG
        update 3 1 noexist -> E2BIG
        update 2 1 3 -> EINVAL
        update 2 1 lock -> EINVAL
        delete 2 -> EINVAL
        next - -> 0
        next 1 -> 2
        next 2 -> ENOENT
        next 77 -> 0
        user_lookup 2 -> 8
        user_lookup 3 -> ENOENT
        user_lookup 2 lock -> EINVAL
        user_lookup 2 1 -> EINVAL
        len -> 3";
    script(ALL, &def(BPF_MAP_TYPE_ARRAY, 3, 0), text);
    script(ALL, &def(BPF_MAP_TYPE_ARRAY, 3, BPF_F_MMAPABLE), text);
}

#[test]
fn hash_of_both_kinds() {
    let text = "
        lookup 1 -> none
        next - -> ENOENT
        update 1 10 exist -> ENOENT
        update 1 10 noexist -> ok
        update 1 11 noexist -> EEXIST
        update 1 12 -> ok
        lookup 1 -> 12
        update 1 13 3 -> EINVAL
        update 1 13 lock -> EINVAL
        user_update 1 13 lock -> EINVAL
        update 2 20 -> ok
        update 3 30 -> ok
        update 4 40 -> E2BIG
        update 3 31 -> ok
        len -> 3
        delete 2 -> ok
        delete 2 -> ENOENT
        update 4 40 -> ok
        update 5 50 -> E2BIG
        user_lookup 4 -> 40
        user_lookup 2 -> ENOENT
        len -> 3";
    script(ALL, &def(BPF_MAP_TYPE_HASH, 3, 0), text);
    script(ALL, &def(BPF_MAP_TYPE_HASH, 3, BPF_F_NO_PREALLOC), text);
}

#[test]
fn spin_lock_in_the_value() {
    // Value: lock at 0, four bytes of data at 4: numbers are shifted by 32 bits.
    let data = |n: u64| n << 32;
    for map_type in [BPF_MAP_TYPE_HASH, BPF_MAP_TYPE_ARRAY] {
        let text = format!(
            "update 0 {} -> ok
             update 0 {} lock -> ok
             lookup 0 -> {}
             user_lookup 0 lock -> {}
             update 0 {} lock -> ok
             user_lookup 0 -> {}",
            data(1),
            data(2) + 0xffff,
            data(2),
            data(2),
            data(3) + 1,
            data(3),
        );
        script(ALL, &def(map_type, 1, 0).with_spin_lock(0), &text);
    }
}

#[test]
fn a_locked_update_of_a_locked_value_is_a_deadlock() {
    let m = machine(1);
    let map = make(&m, MapKernel::V6_12, &def(BPF_MAP_TYPE_ARRAY, 1, 0).with_spin_lock(0));
    let value = map.lookup(&m, &key(0)).expect("arrays are full");
    let lock = map.lock_addr(value).expect("there is a lock");
    m.arena_mut().store(lock, 4, 1).expect("the lock is memory");
    script_on(
        &m,
        &*map,
        "update 0 5 lock -> EDEADLK\nupdate 0 4294967296 -> ok\nuser_lookup 0 -> 4294967296",
    );
    assert_eq!(m.arena().load(lock, 4), Ok(1), "a plain update leaves the lock alone");
    assert_eq!(m.findings().len(), 1);
}

#[test]
fn descriptors_and_freeze() {
    for map_type in [BPF_MAP_TYPE_ARRAY, BPF_MAP_TYPE_HASH] {
        let writable = "
            user_update 0 5 -> ok
            freeze -> ok
            user_update 0 6 -> EPERM
            user_delete 0 -> EPERM
            user_lookup 0 -> 5
            update 0 7 -> ok
            user_lookup 0 -> 7";
        script(ALL, &def(map_type, 4, 0), writable);
        script(
            ALL,
            &def(map_type, 4, BPF_F_RDONLY),
            "user_update 0 5 -> EPERM\nupdate 0 5 -> ok\nuser_lookup 0 -> 5",
        );
        script(ALL, &def(map_type, 4, BPF_F_WRONLY), "user_update 0 5 -> ok\nuser_lookup 0 -> EPERM");
        script(OLD, &def(map_type, 4, 0), "freeze -> ok\nfreeze -> EBUSY");
        script(NEW, &def(map_type, 4, 0), "freeze -> ok\nfreeze -> EPERM");
        script(OLD, &def(map_type, 4, 0).with_spin_lock(0), "freeze -> ok");
        script(NEW, &def(map_type, 4, 0).with_spin_lock(0), "freeze -> ENOTSUPP");
    }
}

#[test]
fn programs_cannot_store_into_a_read_only_array() {
    let m = machine(1);
    let map = make(&m, MapKernel::V6_1, &def(BPF_MAP_TYPE_ARRAY, 1, BPF_F_RDONLY_PROG));
    script_on(&m, &*map, "user_update 0 5 -> ok\nfreeze -> ok\nlookup 0 -> 5");
    let addr = map.direct_value().expect("one entry");
    assert!(m.arena_mut().store(addr, 8, 6).is_err());
    assert_eq!(m.arena().load(addr, 8), Ok(5));
}

#[test]
fn iteration_restarts_at_an_unknown_key_and_sees_each_once() {
    let m = machine(1);
    let map = make(&m, MapKernel::V6_1, &MapDef::new("m", BPF_MAP_TYPE_HASH, 4, 8, 64));
    (0..50).for_each(|k| map.update(&m, &key(k), &[0; 8], BPF_ANY).expect("room"));
    let mut seen = Vec::new();
    let mut prev: Option<Vec<u8>> = None;
    while let Ok(next) = map.next_key(&m, prev.as_deref()) {
        seen.push(next.clone());
        prev = Some(next);
    }
    assert_eq!(seen.len(), 50);
    assert_eq!(map.next_key(&m, Some(&key(777))), Ok(seen[0].clone()));
    let mut cursor = Default::default();
    let visited: Vec<_> = std::iter::from_fn(|| map.visit(&m, &mut cursor)).map(|v| v.key).collect();
    assert_eq!(visited, seen, "for_each and get_next_key walk the same way");
    assert!(seen.windows(2).any(|w| w[0] > w[1]), "not the order of keys");
    // With BPF_F_ZERO_SEED the order is the same on every run and machine.
    let zero = |seed| {
        let m = Machine::new(MachineConfig { seed, ..MachineConfig::default() });
        let map = make(&m, MapKernel::V6_1, &def(BPF_MAP_TYPE_HASH, 64, BPF_F_ZERO_SEED));
        (0..50).for_each(|k| map.update(&m, &key(k), &[0; 8], BPF_ANY).expect("room"));
        map.next_key(&m, None)
    };
    assert_eq!(zero(1), zero(2));
}

#[test]
fn the_callback_may_delete_what_it_is_shown() {
    let m = machine(1);
    let map = make(&m, MapKernel::V6_12, &def(BPF_MAP_TYPE_HASH, 4, BPF_F_NO_PREALLOC));
    (0..4).for_each(|k| map.update(&m, &key(k), &[0; 8], BPF_ANY).expect("room"));
    let mut cursor = Default::default();
    let mut shown = 0;
    while let Some(visit) = map.visit(&m, &mut cursor) {
        map.delete(&m, &visit.key).expect("it was there");
        shown += 1;
    }
    assert_eq!((shown, map.len()), (4, 0));
}

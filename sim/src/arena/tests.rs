//! What a user of the arena can rely on: placement, poison, faults and history.

use super::*;
use crate::ids::{CpuId, Pid};

const MIB: usize = 1 << 20;

fn at(time_ns: u64) -> Stamp {
    Stamp { time_ns, pid: Pid(7), cpu: CpuId(1) }
}

fn kind<T>(result: Result<T, MemFault>) -> Option<MemFaultKind> {
    result.err().map(|fault| fault.kind)
}

#[test]
fn values_are_little_endian_at_any_alignment() {
    let mut arena = Arena::new(MIB);
    let a = arena.alloc_zeroed(24, "test", at(0)).unwrap();
    arena.store(a + 5, 8, 0x1122_3344_5566_7788).unwrap();
    assert_eq!(arena.load(a + 5, 8), Ok(0x1122_3344_5566_7788));
    assert_eq!(arena.load(a + 5, 1), Ok(0x88));
    assert_eq!(arena.load(a + 8, 2), Ok(0x4455));
    assert_eq!(arena.load(a + 4, 4), Ok(0x6677_8800));
    assert_eq!(arena.read(a, 6).unwrap(), [0, 0, 0, 0, 0, 0x88]);
}

#[test]
fn an_access_past_the_requested_size_faults_at_the_first_bad_byte() {
    let mut arena = Arena::new(MIB);
    let a = arena.alloc_zeroed(13, "test", at(0)).unwrap();
    assert_eq!(arena.load(a + 12, 1), Ok(0));
    let fault = arena.load(a + 8, 8).unwrap_err();
    assert_eq!((fault.kind, fault.bad), (MemFaultKind::PastEnd, a + 13));
    assert_eq!(kind(arena.store(a + 13, 1, 0)), Some(MemFaultKind::PastEnd));
    assert_eq!(kind(arena.write(a, &[1; 14])), Some(MemFaultKind::PastEnd));
    assert_eq!(arena.load(a, 8), Ok(0), "a refused write changes nothing");
}

#[test]
fn every_class_has_a_redzone_behind_a_full_object() {
    let mut arena = Arena::new(4 * MIB);
    for size in [8, 16, 32, 64, 96, 128, 192, 256, 512, 1024, 2048, 4096, 8192, 8193, 40_960] {
        let a = arena.alloc(size, "first", at(0)).unwrap();
        let b = arena.alloc(size, "second", at(0)).unwrap();
        assert!(b >= a + size as u64 + 16, "size {size}");
        assert_eq!(kind(arena.load(a + size as u64, 1)), Some(MemFaultKind::PastEnd), "size {size}");
        assert_eq!(arena.object_at(a + size as u64).unwrap().what, "first");
    }
}

#[test]
fn addresses_that_are_no_kernel_memory_fault() {
    let arena = Arena::new(MIB);
    for addr in [
        0,
        8,
        0x7fff_ffff_f000,
        0xffff_8000_0000_0000,
        ARENA_BASE - 1,
        ARENA_BASE + MIB as u64,
        u64::MAX,
        u64::MAX - 7,
    ] {
        assert_eq!(kind(arena.load(addr, 8)), Some(MemFaultKind::OutsideArena), "{addr:#x}");
    }
    assert_eq!(kind(arena.load(ARENA_BASE + 4096, 8)), Some(MemFaultKind::NeverAllocated));
    assert_eq!(kind(arena.load(ARENA_BASE + MIB as u64 - 4, 8)), Some(MemFaultKind::OutsideArena));
    assert_eq!(kind(arena.read(ARENA_BASE + 8, usize::MAX)), Some(MemFaultKind::OutsideArena));
}

#[test]
fn freed_memory_is_poisoned_and_faults_until_reused() {
    let mut arena = Arena::new(MIB);
    let a = arena.alloc_zeroed(64, "old", at(1)).unwrap();
    let other = arena.alloc_zeroed(64, "other", at(1)).unwrap();
    arena.free(a, at(2));
    arena.free(other, at(3));
    assert_eq!(kind(arena.load(a, 8)), Some(MemFaultKind::Freed));
    assert_eq!(kind(arena.store(a + 60, 4, 0)), Some(MemFaultKind::Freed));
    // Last freed, first reused; and memory that is not zeroed shows the poison.
    assert_eq!(arena.alloc(64, "new", at(4)), Some(other));
    assert_eq!(arena.alloc(64, "new", at(5)), Some(a));
    assert_eq!(arena.load(a, 8), Ok(0x6b6b_6b6b_6b6b_6b6b));
    assert_eq!(arena.load(a + 56, 8), Ok(0xa56b_6b6b_6b6b_6b6b));
}

#[test]
fn an_object_remembers_its_owners() {
    let mut arena = Arena::new(MIB);
    let a = arena.alloc(40, "first", at(1)).unwrap();
    arena.free(a, at(2));
    arena.alloc(48, "second", at(3)).unwrap();
    arena.free(a, at(4));
    let info = arena.object_at(a + 41).unwrap();
    assert_eq!(
        (info.what, info.size, info.state, info.freed),
        ("second", 48, ObjectState::Freed, Some(at(4)))
    );
    assert_eq!(info.history, [PastOwner { what: "first", allocated: at(1), freed: at(2) }]);
    for n in 0..20 {
        arena.alloc(64, "more", at(n)).unwrap();
        arena.free(a, at(n));
    }
    assert!(arena.object_at(a).unwrap().history.len() <= 8, "history is bounded");
    assert!(
        info.describe(a + 41)[0].contains("41 bytes inside 48-byte second"),
        "{:?}",
        info.describe(a + 41)
    );
}

#[test]
fn quarantine_delays_reuse() {
    let mut arena = Arena::new(MIB);
    arena.set_quarantine(1);
    let a = arena.alloc(100, "a", at(0)).unwrap();
    arena.free(a, at(1));
    let b = arena.alloc(100, "b", at(2)).unwrap();
    assert_ne!(a, b);
    arena.free(b, at(3));
    assert_eq!(arena.alloc(100, "c", at(4)), Some(a));
    arena.set_quarantine(0);
    assert_eq!(arena.alloc(100, "d", at(5)), Some(b));
}

#[test]
fn read_only_objects_refuse_stores_until_allowed_or_reused() {
    let mut arena = Arena::new(MIB);
    let a = arena.alloc_zeroed(20, "rodata", at(0)).unwrap();
    arena.set_read_only(a, true);
    assert_eq!(arena.load(a + 8, 8), Ok(0));
    assert_eq!(arena.load(a + 16, 4), Ok(0));
    assert_eq!(kind(arena.store(a, 8, 1)), Some(MemFaultKind::ReadOnly));
    assert_eq!(kind(arena.store(a + 16, 4, 1)), Some(MemFaultKind::ReadOnly));
    arena.free(a, at(1));
    assert_eq!(arena.alloc(20, "data", at(2)), Some(a));
    assert_eq!(arena.store(a, 8, 1), Ok(()));
}

#[test]
fn large_objects_are_zeroed_again_after_reuse() {
    let mut arena = Arena::new(4 * MIB);
    let a = arena.alloc_zeroed(100_000, "ring buffer", at(0)).unwrap();
    assert_eq!(a % 4096, 0);
    arena.write(a, &[1; 100_000]).unwrap();
    arena.free(a, at(1));
    assert_eq!(arena.alloc_zeroed(90_000, "smaller", at(2)), Some(a));
    assert!(arena.read(a, 90_000).unwrap().iter().all(|b| *b == 0));
    assert_eq!(kind(arena.load(a + 90_000, 1)), Some(MemFaultKind::PastEnd));
}

#[test]
fn a_full_arena_says_so() {
    let mut arena = Arena::new(64 << 10);
    assert_eq!(arena.alloc(MIB, "too large", at(0)), None);
    assert_eq!(arena.alloc(usize::MAX - 10_000, "absurd", at(0)), None);
    let got = (0..).map_while(|_| arena.alloc(512, "filler", at(0))).count();
    assert!((80..=128).contains(&got), "{got} objects of 512 bytes in 64 KiB");
    assert_eq!((arena.live_objects(), arena.live_bytes()), (got, got * 512));
}

#[test]
fn zero_bytes_and_wrong_frees() {
    let mut arena = Arena::new(MIB);
    assert_eq!(arena.alloc(0, "nothing", at(0)), Some(ZERO_SIZE_PTR));
    assert_eq!(arena.try_free(ZERO_SIZE_PTR, at(0)), Ok(()));
    let a = arena.alloc(32, "x", at(0)).unwrap();
    assert_eq!(arena.try_free(a + 8, at(0)), Err(FreeFault::NotAnObject));
    assert_eq!(arena.try_free(0x1000, at(0)), Err(FreeFault::NotAnObject));
    arena.free(a, at(1));
    assert_eq!(arena.try_free(a, at(2)), Err(FreeFault::DoubleFree));
}

#[test]
fn copies_may_overlap() {
    let mut arena = Arena::new(MIB);
    let a = arena.alloc_zeroed(64, "x", at(0)).unwrap();
    arena.write(a, &[1, 2, 3, 4]).unwrap();
    arena.copy(a + 2, a, 4).unwrap();
    assert_eq!(arena.read(a, 6).unwrap(), [1, 2, 1, 2, 3, 4]);
    assert_eq!(kind(arena.copy(a + 62, a, 4)), Some(MemFaultKind::PastEnd));
}

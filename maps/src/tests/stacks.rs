//! BPF_MAP_TYPE_STACK_TRACE: buckets, collisions, the flags of `bpf_get_stackid`.

use super::*;
use crate::jhash::jhash;
use crate::stack_trace::{BPF_F_FAST_STACK_CMP, BPF_F_REUSE_STACKID};

fn map(kernel: MapKernel, m: &Machine, flags: u32) -> Rc<dyn Map> {
    make(m, kernel, &MapDef::new("stacks", BPF_MAP_TYPE_STACK_TRACE, 4, 64, 4).with_flags(flags))
}

/// Two stacks that share a bucket of four, and one that does not.
fn colliding() -> [Vec<u64>; 3] {
    let bucket = |ips: &[u64]| jhash(&ips.iter().flat_map(|ip| ip.to_le_bytes()).collect::<Vec<_>>(), 0) & 3;
    let stack = |n: u64| vec![0xffff_ffff_8100_0000 + 16 * n, 0xffff_ffff_8200_0000];
    let first = stack(0);
    let same = (1..).map(stack).find(|other| bucket(other) == bucket(&first)).expect("one in four");
    let other = (1..).map(stack).find(|other| bucket(other) != bucket(&first)).expect("three in four");
    [first, same, other]
}

#[test]
fn a_stack_has_one_bucket_and_keeps_it() {
    for kernel in MapKernel::ALL {
        let m = machine(1);
        let map = map(kernel, &m, 0);
        let stacks = map.as_stack_trace().expect("its type");
        let [first, same, other] = colliding();
        let id = stacks.store(&m, &first, 0).expect("empty");
        assert_eq!(stacks.store(&m, &first, 0), Ok(id), "the same stack again");
        assert_eq!(stacks.store(&m, &same, 0), Err(Errno::EEXIST));
        assert_eq!(
            stacks.store(&m, &same, BPF_F_FAST_STACK_CMP),
            Err(Errno::EEXIST),
            "the whole hash differs"
        );
        assert_ne!(stacks.store(&m, &other, 0), Ok(id));
        let mut want: Vec<u8> = first.iter().flat_map(|ip| ip.to_le_bytes()).collect();
        want.resize(64, 0);
        assert_eq!(map.lookup_user(&m, &id.to_le_bytes(), 0), Ok(want));
        assert_eq!(stacks.store(&m, &same, BPF_F_REUSE_STACKID), Ok(id), "the new one stays");
        assert_eq!(map.len(), 2);
        assert_eq!(stacks.store(&m, &first, 1), stacks.store(&m, &first[1..], 0), "one frame left out");
        assert_eq!(stacks.store(&m, &first, 2), Err(Errno::EFAULT));
        assert_eq!(stacks.store(&m, &first, 1 << 12), Err(Errno::EINVAL));
        let taken = map.lookup_and_delete_user(&m, &id.to_le_bytes(), 0);
        assert_eq!(taken.is_ok(), kernel == MapKernel::V7_2);
        assert_eq!(map.delete_user(&m, &4u32.to_le_bytes()), Err(Errno::E2BIG));
    }
}

#[test]
fn elements_come_back() {
    let m = machine(1);
    let map = make(&m, MapKernel::V6_12, &MapDef::new("stacks", BPF_MAP_TYPE_STACK_TRACE, 4, 64, 3));
    let stacks = map.as_stack_trace().expect("its type");
    for n in 1..500u64 {
        // Three elements for four buckets: sometimes there is none left, never more than three.
        let stored = stacks.store(&m, &[n], BPF_F_REUSE_STACKID);
        assert!(stored.is_ok() || stored == Err(Errno::ENOMEM), "{stored:?}");
        if n % 7 == 0 {
            let first = map.next_key(&m, None).expect("not empty");
            map.delete(&m, &first).expect("it was there");
        }
        assert!(map.len() <= 3);
    }
    map.destroy(&m);
}

#[test]
fn build_id_maps_say_that_they_have_addresses() {
    let m = machine(1);
    let map = map(MapKernel::V6_12, &m, BPF_F_STACK_BUILD_ID);
    let id = map.as_stack_trace().expect("its type").store(&m, &[7], 0).expect("empty");
    let value = map.lookup_user(&m, &id.to_le_bytes(), 0).expect("stored");
    assert_eq!((value[0], &value[24..32]), (2, &7u64.to_le_bytes()[..]));
}

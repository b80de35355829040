//! The ring buffer: order, room, wake-ups.

use std::cell::RefCell;

use super::*;
use sim::task::{TaskSpec, WaitReason};

fn ring(m: &Machine, bytes: u32) -> Rc<dyn Map> {
    make(m, MapKernel::V6_1, &MapDef::new("rb", BPF_MAP_TYPE_RINGBUF, 0, 0, bytes))
}

#[test]
fn the_consumer_sees_records_in_order_and_stops_at_a_busy_one() {
    let m = machine(1);
    let map = ring(&m, 4096);
    let rb = map.as_ringbuf().expect("a ring");
    let first = rb.reserve(&m, 4, 0).expect("room");
    let second = rb.reserve(&m, 4, 0).expect("room");
    rb.output(&m, b"third", 0).expect("room");
    assert_eq!(second - first, 16, "8 bytes of header, data padded to 8");
    m.arena_mut().write(second, b"two.").expect("reserved");
    rb.commit(&m, second, 0, false).expect("reserved");
    assert_eq!(rb.consume(&m), None, "the first record is still being written");
    rb.commit(&m, first, 0, true).expect("reserved");
    assert_eq!(rb.consume(&m), Some(b"two.".to_vec()), "a discarded record is skipped");
    assert_eq!(rb.consume(&m), Some(b"third".to_vec()));
    assert_eq!(rb.consume(&m), None);
    assert_eq!(rb.commit(&m, second, 0, false), Err(Errno::EINVAL), "committed before");
}

#[test]
fn room_and_queries() {
    let m = machine(1);
    let map = ring(&m, 4096);
    let rb = map.as_ringbuf().expect("a ring");
    assert_eq!(rb.reserve(&m, 4096 - 8, 0), None, "a full ring would look empty");
    assert_eq!(rb.reserve(&m, 4096, 0), None);
    assert_eq!(rb.reserve(&m, u64::MAX, 0), None);
    assert_eq!(rb.reserve(&m, 8, 1), None, "flags are reserved");
    assert_eq!(rb.output(&m, &[0; 8], 4), Err(Errno::EINVAL));
    let filled = (0..).take_while(|_| rb.output(&m, &[1; 56], 0).is_ok()).count();
    assert_eq!(filled, 63, "64 records of 64 bytes would fill it to the last byte");
    assert_eq!(rb.output(&m, &[1; 56], 0), Err(Errno::EAGAIN));
    assert_eq!([0, 1, 2, 3, 4].map(|q| rb.query(q)), [63 * 64, 4096, 0, 63 * 64, 0]);
    rb.consume(&m).expect("a record");
    assert_eq!([0, 2].map(|q| rb.query(q)), [62 * 64, 64]);
    rb.output(&m, &[2; 56], 0).expect("room again");
}

/// A record that runs over the end of the ring reads back whole.
#[test]
fn wrapping() {
    let m = machine(1);
    let map = ring(&m, 4096);
    let rb = map.as_ringbuf().expect("a ring");
    for round in 0..200u32 {
        let record: Vec<u8> = (0..100 + round % 37).map(|i| (i + round) as u8).collect();
        rb.output(&m, &record, 0).expect("room");
        assert_eq!(rb.consume(&m), Some(record));
    }
    assert!(rb.query(BPF_RB_PROD_POS) > 4 * 4096);
}

/// A record held busy keeps its room although the consumer is past everything before it.
#[test]
fn a_busy_record_blocks_the_ring() {
    let m = machine(1);
    let map = ring(&m, 4096);
    let rb = map.as_ringbuf().expect("a ring");
    let held = rb.reserve(&m, 8, 0).expect("room");
    let filled = (0..).take_while(|_| rb.output(&m, &[0; 1016], 0).is_ok()).count();
    assert_eq!(filled, 3);
    assert_eq!(rb.consume(&m), None);
    rb.commit(&m, held, 0, false).expect("reserved");
    assert_eq!(std::iter::from_fn(|| rb.consume(&m)).count(), 4);
}

/// (flags of the record, does the waiting consumer get it before the timeout)
#[test]
fn wakeups() {
    for (flags, want_ns) in [(0, 1_000), (BPF_RB_NO_WAKEUP, 5_000), (BPF_RB_FORCE_WAKEUP, 1_000)] {
        let m = machine(2);
        let map = ring(&m, 4096);
        let got = Rc::new(RefCell::new(Vec::new()));
        let (consumer, results) = (map.clone(), got.clone());
        let m2 = m.clone();
        m.spawn(TaskSpec::user("consumer"), async move {
            let rb = consumer.as_ringbuf().expect("a ring");
            rb.wait(&m2).await;
            results.borrow_mut().push(m2.now_ns() / 1_000 * 1_000);
            assert!(rb.consume(&m2).is_some());
        });
        let m2 = m.clone();
        m.spawn(TaskSpec::user("producer"), async move {
            let rb = map.as_ringbuf().expect("a ring");
            m2.sleep_ns(1_000_000, WaitReason::new("test")).await;
            rb.output(&m2, b"a", flags).expect("room");
            m2.sleep_ns(4_000_000, WaitReason::new("test")).await;
            rb.output(&m2, b"b", BPF_RB_FORCE_WAKEUP).expect("room");
        });
        m.run();
        let ms = got.borrow()[0] / 1_000_000;
        assert_eq!(ms, want_ns / 1_000, "flags {flags}");
    }
}

#[test]
fn other_operations_are_not_supported() {
    let m = machine(1);
    let map = ring(&m, 4096);
    assert_eq!(map.update_user(&m, &[], &[], 0), Err(Errno::ENOTSUPP));
    assert_eq!(map.delete_user(&m, &[]), Err(Errno::ENOTSUPP));
    assert_eq!(map.lookup_user(&m, &[], 0), Err(Errno::ENOTSUPP));
    assert_eq!(map.next_key_user(&m, None), Err(Errno::ENOTSUPP));
}

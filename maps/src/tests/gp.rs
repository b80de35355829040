//! Which grace period frees what: elements made at run time.

use std::cell::Cell;

use super::*;
use sim::context::IrqKind;
use sim::ids::CpuId;
use sim::machine::{Flavour, GracePeriodModel};
use sim::task::{TaskSpec, WaitReason};

const MS: u64 = 1_000_000;

/// Runs `body` as a task of a fresh machine with one map without preallocation.
fn run<F>(kernel: MapKernel, entries: u32, body: impl FnOnce(Machine, Rc<dyn Map>) -> F)
where
    F: Future<Output = ()> + 'static,
{
    let rcu = GracePeriodModel::for_kernel(kernel.name()).expect("a profile");
    let m = Machine::new(MachineConfig { nr_cpus: 2, rcu, ..MachineConfig::default() });
    let map = make(&m, kernel, &def(BPF_MAP_TYPE_HASH, entries, BPF_F_NO_PREALLOC));
    m.spawn(TaskSpec::user("test"), body(m.clone(), map));
    m.run();
    assert!(m.findings().is_empty(), "{:?}", m.findings());
}

fn count(m: &Machine, event: &str) -> usize {
    map_events(m).iter().filter(|e| *e == event).count()
}

#[test]
fn kernel_5_10_frees_after_a_classic_grace_period() {
    run(MapKernel::V5_10, 4, |m, map| async move {
        map.update(&m, &key(1), &[7; 8], BPF_ANY).expect("room");
        let held = map.lookup(&m, &key(1)).expect("there");
        m.rcu_read_lock_trace();
        map.delete(&m, &key(1)).expect("there");
        assert!(m.arena().load(held, 8).is_ok(), "a grace period has not passed");
        m.synchronize(Flavour::Classic).await;
        m.sleep_ns(MS, WaitReason::new("test")).await;
        assert!(m.arena().load(held, 8).is_err(), "a Tasks Trace reader does not keep it");
        m.rcu_read_unlock_trace();
    });
}

#[test]
fn only_trimmed_elements_wait_and_a_sleeper_keeps_them() {
    for kernel in [MapKernel::V6_1, MapKernel::V6_12, MapKernel::V7_2] {
        run(kernel, 512, |m, map| async move {
            (0..300).for_each(|k| map.update(&m, &key(k), &[7; 8], BPF_ANY).expect("refilled in time"));
            let held: Vec<_> = (0..300).map(|k| map.lookup(&m, &key(k)).expect("there")).collect();
            m.rcu_read_lock_trace();
            (0..300).for_each(|k| map.delete(&m, &key(k)).expect("there"));
            assert!(count(&m, "map_grace_period_queued") > 0);
            m.sleep_ns(100 * MS, WaitReason::new("test")).await;
            assert!(
                held.iter().all(|a| m.arena().load(*a, 8).is_ok()),
                "{}: the reader waits",
                kernel.name()
            );
            assert_eq!(count(&m, "map_element_freed"), 0);
            m.rcu_read_unlock_trace();
            // 6.12 may hold callbacks back for a quarter of a second.
            m.sleep_ns(600 * MS, WaitReason::new("test")).await;
            let freed = count(&m, "map_element_freed");
            // Eight trims of 33 each; the first starts a grace period, and only 7.2's callback starts the next for the others.
            assert_eq!(freed, if kernel == MapKernel::V7_2 { 264 } else { 33 }, "{}", kernel.name());
            assert_eq!(
                classic_after_trace(&m),
                kernel == MapKernel::V6_1,
                "{}: 6.1 does not rely on the classic grace period inside",
                kernel.name()
            );
            let gone = held.iter().filter(|a| m.arena().load(**a, 8).is_err()).count();
            assert!(gone <= freed && gone < held.len(), "{gone} gone, {freed} freed: the list keeps some");
        });
    }
}

/// A classic grace period began after the last Tasks Trace one had ended.
fn classic_after_trace(m: &Machine) -> bool {
    let flavour = |e: &&sim::event::Event| e.body.fields()[0].1.to_string();
    let events = m.events();
    let events = events.events();
    let trace_end =
        events.iter().rposition(|e| e.body.name() == "grace_period_end" && flavour(&e) == "rcu_tasks_trace");
    let after = &events[trace_end.expect("there was one")..];
    after.iter().any(|e| e.body.name() == "grace_period_begin" && flavour(&e) == "rcu")
}

/// 6.12 and later: a refill takes objects back from those that wait for the sleeper.
#[test]
fn newer_kernels_take_waiting_elements_back() {
    for (kernel, want) in [(MapKernel::V6_1, false), (MapKernel::V6_12, true), (MapKernel::V7_2, true)] {
        run(kernel, 512, move |m, map| async move {
            (0..300).for_each(|k| map.update(&m, &key(k), &[7; 8], BPF_ANY).expect("room"));
            m.rcu_read_lock_trace();
            (0..300).for_each(|k| map.delete(&m, &key(k)).expect("there"));
            (300..500).for_each(|k| map.update(&m, &key(k), &[7; 8], BPF_ANY).expect("room"));
            let events = m.events();
            let taken = events
                .events()
                .iter()
                .filter(|e| e.body.name() == "map_refill")
                .any(|e| !e.body.fields().contains(&("taken_back", sim::event::Value::U64(0))));
            drop(events);
            assert_eq!(taken, want, "{}", kernel.name());
            m.rcu_read_unlock_trace();
        });
    }
}

/// Elements freed on another CPU wait in the cache of the CPU that allocated them, so its refill finds them.
#[test]
fn trimmed_elements_go_to_their_owner() {
    run(MapKernel::V6_12, 512, |m, map| async move {
        let owner = m.current_cpu();
        (0..300).for_each(|k| map.update(&m, &key(k), &[7; 8], BPF_ANY).expect("room"));
        m.rcu_read_lock_trace();
        for k in 0..300 {
            let map = map.clone();
            m.interrupt(CpuId(1 - owner.0), IrqKind::Hard, "test", move |m| {
                map.delete(m, &key(k)).expect("there")
            });
        }
        (300..400).for_each(|k| map.update(&m, &key(k), &[7; 8], BPF_ANY).expect("room"));
        let last = m
            .events()
            .events()
            .iter()
            .rev()
            .find(|e| e.body.name() == "map_refill")
            .expect("refilled")
            .clone();
        assert_eq!(
            (last.cpu, last.body.fields()[1].1.clone()),
            (owner, sim::event::Value::U64(0)),
            "all taken back"
        );
        m.rcu_read_unlock_trace();
    });
}

/// With interrupts off nothing refills: the fifth insert of a fresh map fails.
#[test]
fn allocation_never_blocks() {
    for kernel in [MapKernel::V6_1, MapKernel::V6_12, MapKernel::V7_2] {
        run(kernel, 64, |m, map| async move {
            m.local_irq_disable();
            let results: Vec<_> = (0..6).map(|k| map.update(&m, &key(k), &[7; 8], BPF_ANY)).collect();
            assert_eq!(results, [Ok(()), Ok(()), Ok(()), Ok(()), Err(Errno::ENOMEM), Err(Errno::ENOMEM)]);
            m.local_irq_enable();
            assert_eq!(map.update(&m, &key(9), &[7; 8], BPF_ANY), Ok(()), "the interrupt work has run");
            assert_eq!(map.len(), 5);
        });
    }
}

/// The same inside a real interrupt.
#[test]
fn an_interrupt_lives_from_the_free_list() {
    let m = machine(1);
    let map = make(&m, MapKernel::V6_12, &def(BPF_MAP_TYPE_HASH, 64, BPF_F_NO_PREALLOC));
    let fails = Rc::new(Cell::new(0));
    let (inside, counter) = (map.clone(), fails.clone());
    m.interrupt(CpuId(0), IrqKind::Hard, "test", move |m| {
        let failed = (0..10).filter(|k| inside.update(m, &key(*k), &[0; 8], BPF_ANY).is_err());
        counter.set(failed.count());
    });
    assert_eq!((fails.get(), map.len()), (6, 4));
}

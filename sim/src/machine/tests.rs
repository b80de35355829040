//! What a user of the machine would notice: order, time, interrupts, contexts, grace periods, determinism.

use std::cell::RefCell;
use std::rc::Rc;

use super::*;
use crate::context::IrqKind;
use crate::finding;
use crate::task::WaitReason;

type Log = Rc<RefCell<Vec<String>>>;

fn machine(nr_cpus: usize, seed: u64, policy: Policy) -> Machine {
    Machine::new(MachineConfig { nr_cpus, seed, policy, ..MachineConfig::default() })
}

fn note(log: &Log, text: impl Into<String>) {
    log.borrow_mut().push(text.into());
}

/// Two tasks that compute in slices of 10 us; the log shows the interleaving.
fn interleave(nr_cpus: usize, seed: u64, policy: Policy) -> (Vec<String>, u64, String) {
    let m = machine(nr_cpus, seed, policy);
    let log = Log::default();
    for name in ["a", "b"] {
        let (machine, log) = (m.clone(), log.clone());
        m.spawn(TaskSpec::user(name), async move {
            for step in 0..3 {
                note(&log, format!("{name}{step}@{}", machine.current_cpu()));
                machine.charge(10_000);
                machine.cpu_point().await;
            }
        });
    }
    assert_eq!(m.run(), Outcome::Complete);
    let text = log.borrow().clone();
    (text, m.now_ns(), m.schedule().to_string())
}

#[test]
fn two_cpus_run_two_tasks_side_by_side_in_half_the_time() {
    let (one, one_ns, _) = interleave(1, 0, Policy::RoundRobin);
    let (two, two_ns, _) = interleave(2, 0, Policy::RoundRobin);
    assert_eq!(one, ["a0@cpu0", "a1@cpu0", "a2@cpu0", "b0@cpu0", "b1@cpu0", "b2@cpu0"]);
    assert_eq!(two, ["a0@cpu0", "b0@cpu1", "a1@cpu0", "b1@cpu1", "a2@cpu0", "b2@cpu1"]);
    assert!(one_ns > 60_000 && two_ns < 40_000, "{one_ns} {two_ns}");
}

#[test]
fn same_seed_same_run_and_some_other_seed_another_one() {
    let run = |seed| interleave(2, seed, Policy::Random);
    assert_eq!(run(1), run(1));
    assert!((2..20).any(|seed| run(seed).0 != run(1).0), "no seed changes anything");
}

#[test]
fn a_recorded_schedule_replays() {
    let random = (0..50).map(|seed| interleave(2, seed, Policy::Random)).find(|r| r.0[0] == "b0@cpu1");
    let (log, _, schedule) = random.expect("some seed starts with b");
    let replayed = interleave(2, 0, Policy::Replay(schedule.parse().expect("printed by us")));
    assert_eq!(replayed.0, log);
}

#[test]
fn sleeping_frees_the_cpu_and_takes_virtual_time_only() {
    let m = machine(1, 0, Policy::RoundRobin);
    let log = Log::default();
    let (m1, log1) = (m.clone(), log.clone());
    m.spawn(TaskSpec::user("sleeper"), async move {
        m1.sleep_ns(3_000_000_000, WaitReason::new("nanosleep")).await;
        note(&log1, format!("woke at {} ms", m1.now_ns() / 1_000_000));
    });
    let (m2, log2) = (m.clone(), log.clone());
    m.spawn(
        TaskSpec::user("other"),
        async move { note(&log2, format!("ran at {} ms", m2.now_ns() / 1_000_000)) },
    );
    assert_eq!(m.run(), Outcome::Complete);
    assert_eq!(*log.borrow(), ["ran at 0 ms", "woke at 3000 ms"]);
}

#[test]
fn a_task_with_migration_disabled_resumes_on_its_cpu() {
    let resumes_on = |pin: bool| {
        let m = machine(2, 0, Policy::RoundRobin);
        let log = Log::default();
        let (m1, log1) = (m.clone(), log.clone());
        m.spawn(TaskSpec::user("pinned"), async move {
            if pin {
                m1.migrate_disable();
            }
            m1.sleep_ns(1_000, WaitReason::new("nanosleep")).await;
            note(&log1, m1.current_cpu().to_string());
            if pin {
                m1.migrate_enable();
            }
        });
        let m2 = m.clone();
        let hog = TaskSpec::user("hog").on_cpu(CpuId(0));
        m.spawn(hog, async move {
            m2.charge(100_000);
            m2.cpu_point().await;
        });
        assert_eq!(m.run(), Outcome::Complete);
        log.take().join(" ")
    };
    assert_eq!(resumes_on(false), "cpu1");
    assert_eq!(resumes_on(true), "cpu0");
}

#[test]
fn interrupts_wait_for_what_masks_them_and_nmi_does_not() {
    let m = machine(1, 0, Policy::RoundRobin);
    let log = Log::default();
    for (kind, name) in [(IrqKind::Hard, "hard"), (IrqKind::Soft, "soft"), (IrqKind::Nmi, "nmi")] {
        let log = log.clone();
        m.at(5_000, move |m| {
            m.interrupt(CpuId(0), kind, name, move |m| {
                note(&log, format!("{name}:{}", m.current_task().comm()))
            });
        });
    }
    let (m1, log1) = (m.clone(), log.clone());
    m.spawn(TaskSpec::user("app"), async move {
        let guard = m1.irq_guard();
        m1.charge(10_000);
        m1.cpu_point().await;
        note(&log1, "irqs on");
        drop(guard);
        m1.cpu_point().await;
    });
    assert_eq!(m.run(), Outcome::Complete);
    assert_eq!(*log.borrow(), ["nmi:app", "irqs on", "hard:app", "soft:app"]);
}

#[test]
fn sleeping_in_atomic_context_is_a_finding_in_the_kernels_words() {
    let m = machine(1, 0, Policy::RoundRobin);
    let m1 = m.clone();
    m.spawn(TaskSpec::user("cat"), async move {
        let guard = m1.preempt_guard();
        m1.sleep_ns(10, WaitReason::new("nanosleep")).await;
        drop(guard);
    });
    m.run();
    let findings = m.findings();
    assert_eq!(findings[0].code, finding::INVALID_SLEEP);
    assert!(findings[0].message.starts_with("BUG: sleeping function called from invalid context at "));
    assert!(findings[0].notes[0].starts_with("in_atomic(): 1, irqs_disabled(): 0, non_block: 0, pid:"));
    assert_eq!(findings[0].notes[1], "preempt_count: 1, expected: 0");
}

#[test]
fn waiting_for_nobody_is_a_deadlock_that_names_the_waiter() {
    let m = machine(1, 0, Policy::RoundRobin);
    let m1 = m.clone();
    m.spawn(TaskSpec::user("stuck"), async move { m1.block(WaitReason::new("mmap_lock")).await });
    assert!(matches!(m.run(), Outcome::Deadlock(tasks) if tasks.len() == 1));
    assert!(m.findings()[0].notes.iter().any(|n| n.contains("stuck") && n.contains("mmap_lock")));
}

#[test]
fn a_trace_reader_that_sleeps_delays_its_flavour_only() {
    let m = machine(2, 0, Policy::RoundRobin);
    let log = Log::default();
    let m1 = m.clone();
    m.spawn(TaskSpec::user("reader"), async move {
        let _section = m1.rcu_trace_guard();
        m1.sleep_ns(1_000_000_000, WaitReason::new("page_in")).await;
    });
    let (m2, log2) = (m.clone(), log.clone());
    m.spawn(TaskSpec::user("updater"), async move {
        for flavour in [Flavour::Classic, Flavour::TasksTrace] {
            m2.synchronize(flavour).await;
            note(&log2, format!("{} {}", flavour.name(), m2.now_ns() >= 1_000_000_000));
        }
    });
    assert_eq!(m.run(), Outcome::Complete);
    assert_eq!(*log.borrow(), ["rcu false", "rcu_tasks_trace true"]);
}

#[test]
fn a_hook_fire_runs_as_the_task_that_fires_it() {
    let m = machine(1, 0, Policy::RoundRobin);
    let m1 = m.clone();
    m.spawn(TaskSpec::user("app"), async move {
        let (me, m2) = (m1.current(), m1.clone());
        let inside = m1.fire(async move {
            m2.sleep_ns(1_000, WaitReason::new("page_in")).await;
            m2.current()
        });
        assert_eq!(inside.await, me);
    });
    assert_eq!(m.run(), Outcome::Complete);
}

#[test]
#[should_panic(expected = "a simulated task panicked")]
fn a_panic_in_a_task_ends_the_run() {
    let m = machine(1, 0, Policy::RoundRobin);
    m.spawn(TaskSpec::user("bug"), async { panic!("ours") });
    m.run();
}

//! `bpf_spin_lock` between CPUs, and what hangs a kernel.

use programs::object::{MapSpec, SpecialField, SpecialKind};
use programs::runtime::{Frame, Invocation, inline_map};

use super::lab::{Lab, V6_12, V7_2, run_plain};

fn map_with(kind: SpecialKind, name: &str) -> MapSpec {
    let lock = SpecialField { kind, offset: 0, size: 4, ty: programs::btf::TypeId::VOID, nested: false };
    MapSpec { special: vec![lock], ..inline_map(name, 2, 4, 16, 1) }
}

fn locked_map() -> MapSpec {
    map_with(SpecialKind::SpinLock, "m")
}

const VALUE: &str =
    "*(u32 *)(r10 -4) = 0\nr1 = map[m]\nr2 = r10\nr2 += -4\ncall bpf_map_lookup_elem\nr6 = r0\n";

/// Takes the lock, counts slowly without atomics, releases it.
fn counting() -> String {
    format!(
        "{VALUE}r1 = r6\ncall bpf_spin_lock\nr7 = *(u64 *)(r6 +8)\nr8 = 3000\nwait:\nr8 += -1\nif r8 != 0 goto wait\n\
         r7 += 1\n*(u64 *)(r6 +8) = r7\nr1 = r6\ncall bpf_spin_unlock\nr0 = 0\nexit"
    )
}

fn count_on_two_cpus(text: &str) -> (u64, Lab) {
    let lab = Lab::new(V6_12, 2);
    let prog = lab.load("tc", text, &[locked_map()]);
    for cpu in 0..2 {
        lab.task(&format!("t{cpu}"), cpu, None, &prog, Invocation::new(lab.ctx(&[]), Frame::Plain));
    }
    lab.m.run();
    let map = lab.bpf.map_by_name("m").expect("created").map;
    let value = map.lookup(&lab.m, &[0; 4]).expect("an array has all");
    let count = lab.m.arena().load(value + 8, 8).expect("live");
    (count, lab)
}

#[test]
fn two_cpus_count_under_the_lock_and_lose_updates_without_it() {
    let (count, lab) = count_on_two_cpus(&counting());
    assert_eq!(count, 2);
    assert!(lab.m.findings().is_empty(), "{:?}", lab.m.findings());
    let spins = lab.m.events().events().iter().filter(|e| e.body.name() == "bpf_spin_wait").count();
    assert_eq!(spins, 1);
    let bare = counting()
        .replace("r1 = r6\ncall bpf_spin_lock\n", "")
        .replace("r1 = r6\ncall bpf_spin_unlock\n", "");
    assert_eq!(count_on_two_cpus(&bare).0, 1, "the slices interleave");
}

#[test]
fn a_lock_taken_twice_is_a_finding_and_is_released() {
    let text = format!("{VALUE}r1 = r6\ncall bpf_spin_lock\nr1 = r6\ncall bpf_spin_lock\nr0 = 0\nexit");
    let ran = run_plain(V6_12, "tc", &text, &[locked_map()]);
    assert_eq!(ran.findings(), ["F0007"]);
    let map = ran.lab.bpf.map_by_name("m").expect("created").map;
    let value = map.lookup(&ran.lab.m, &[0; 4]).expect("an array has all");
    assert!(ran.lab.bpf.spin_locks().holder(value).is_none());
}

#[test]
fn an_unlock_without_a_lock_is_a_finding() {
    let text = format!("{VALUE}r1 = r6\ncall bpf_spin_unlock\nr0 = 0\nexit");
    assert_eq!(run_plain(V6_12, "tc", &text, &[locked_map()]).findings(), ["F0006"]);
}

/// Takes the lock in a value of `first`, loops for a while, takes that of `second`, and releases both. r0 is what the second lock said.
fn two_locks(lock: &str, unlock: &str, first: &str, second: &str) -> String {
    let value = |map: &str, reg: &str| VALUE.replace("map[m]", &format!("map[{map}]")).replace("r6", reg);
    format!(
        "{}{}r1 = r6\ncall {lock}\nr8 = 3000\nwait:\nr8 += -1\nif r8 != 0 goto wait\nr1 = r7\ncall {lock}\nr9 = r0\n\
         if r9 s< 0 goto out\nr1 = r7\ncall {unlock}\nout:\nr1 = r6\ncall {unlock}\nr0 = r9\nexit",
        value(first, "r6"),
        value(second, "r7")
    )
}

/// Two CPUs take the locks of maps a and b in opposite orders.
fn opposite(version: programs::profile::KernelVersion, kind: SpecialKind) -> (Lab, [i64; 2]) {
    let lab = Lab::new(version, 2);
    let maps = [map_with(kind, "a"), map_with(kind, "b")];
    let (lock, unlock) = match kind {
        SpecialKind::SpinLock => ("bpf_spin_lock", "bpf_spin_unlock"),
        _ => ("kfunc bpf_res_spin_lock", "kfunc bpf_res_spin_unlock"),
    };
    let ab = lab.load("tc", &two_locks(lock, unlock, "a", "b"), &maps);
    let ba = two_locks(lock, unlock, "b", "a");
    let assembly = programs::isa::assemble(&ba, &["a", "b"]).expect("assembles");
    let spec = programs::runtime::inline_program("back", "tc", &ba, &assembly);
    let object = programs::runtime::inline_object("test", "GPL", vec![spec.clone()], maps.to_vec());
    let ba = lab.bpf.load_program(&object, &spec, &ab.maps).expect("loads");
    let inv = || Invocation::new(lab.ctx(&[]), Frame::Plain);
    let one = lab.task("forth", 0, None, &ab, inv());
    let two = lab.task("back", 1, None, &ba, inv());
    lab.m.run();
    let got = [one.borrow().ret as i64, two.borrow().ret as i64];
    (lab, got)
}

fn codes(lab: &Lab) -> Vec<&'static str> {
    lab.m.findings().iter().map(|f| f.code.0).collect()
}

#[test]
fn opposite_orders_on_two_cpus_are_a_deadlock_that_names_everyone() {
    let (lab, _) = opposite(V6_12, SpecialKind::SpinLock);
    let found = codes(&lab);
    assert_eq!(found.iter().filter(|code| **code == "F0004").count(), 1, "{found:?}");
    assert!(found.contains(&"F0021") && found.contains(&"F0020"), "{found:?}");
    let findings = lab.m.findings();
    let deadlock = findings.iter().find(|f| f.code.0 == "F0004").expect("counted");
    let text = format!("{} {}", deadlock.message, deadlock.notes.join("\n"));
    for part in ["forth", "back", "map a", "map b", "call bpf_spin_lock", "program prog", "program back"] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
}

#[test]
fn resilient_locks_give_up_instead() {
    let (lab, got) = opposite(V7_2, SpecialKind::ResSpinLock);
    assert!(got == [-35, 0] || got == [0, -35] || got == [-35, -35], "{got:?}");
    assert!(!codes(&lab).contains(&"F0004"), "{:?}", codes(&lab));
    assert!(lab.m.now_ns() < 5_000_000, "within some milliseconds: {}", lab.m.now_ns());
}

#[test]
fn a_resilient_lock_of_this_cpu_is_refused_at_once() {
    let text = format!(
        "{VALUE}r1 = r6\ncall kfunc bpf_res_spin_lock\nr1 = r6\ncall kfunc bpf_res_spin_lock\nr7 = r0\nr1 = r6\n\
         call kfunc bpf_res_spin_unlock\nr0 = r7\nexit"
    );
    let ran = run_plain(V7_2, "tc", &text, &[map_with(SpecialKind::ResSpinLock, "m")]);
    assert_eq!((ran.ret(), ran.findings()), (-35, vec![]));
}

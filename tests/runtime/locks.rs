//! `bpf_spin_lock` between CPUs, and what hangs a kernel.

use programs::object::{MapSpec, SpecialField, SpecialKind};
use programs::runtime::{Frame, Invocation, inline_map};

use super::lab::{Lab, V6_12, run_plain};

fn locked_map() -> MapSpec {
    let lock = SpecialField {
        kind: SpecialKind::SpinLock,
        offset: 0,
        size: 4,
        ty: programs::btf::TypeId::VOID,
        nested: false,
    };
    MapSpec { special: vec![lock], ..inline_map("m", 2, 4, 16, 1) }
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
    assert_eq!(ran.lab.bpf.spin_locks().holder(value), None);
}

#[test]
fn an_unlock_without_a_lock_is_a_finding() {
    let text = format!("{VALUE}r1 = r6\ncall bpf_spin_unlock\nr0 = 0\nexit");
    assert_eq!(run_plain(V6_12, "tc", &text, &[locked_map()]).findings(), ["F0006"]);
}

//! Programs that a verifier would refuse: each is a finding that names instruction, line and memory.

use programs::object::{MapKind, MapSpec};
use programs::runtime::inline_map;

use super::lab::{Ran, V6_12, run_plain};

fn xdp(text: &str, maps: &[MapSpec]) -> Ran {
    use programs::runtime::{Frame, Invocation};
    super::lab::run_in(super::lab::Lab::new(V6_12, 1), "xdp", text, maps, None, |lab| {
        Invocation::new(lab.ctx(&[]), Frame::Plain)
    })
}

fn one(ran: &Ran) -> (String, String) {
    let findings = ran.lab.m.findings();
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(ran.ret(), 0);
    assert!(ran.result.fault.is_some());
    (findings[0].code.0.to_string(), format!("{}\n{}", findings[0].message, findings[0].notes.join("\n")))
}

#[test]
fn null_and_wild_pointers() {
    let (code, text) = one(&xdp("r1 = 0\nr0 = *(u64 *)(r1 +16)\nexit", &[]));
    assert_eq!(code, "F0003");
    assert!(text.contains("1: (79) r0 = *(u64 *)(r1 +16)"), "{text}");
    assert!(text.contains("; r0 = *(u64 *)(r1 +16) @ prog:2"), "{text}");
    let (code, text) = one(&xdp("r0 = *(u64 *)(r10 +8)\nexit", &[]));
    assert_eq!(code, "F0003");
    assert!(text.contains("512-byte BPF stack"), "{text}");
}

#[test]
fn read_only_data() {
    let rodata =
        MapSpec { initial: Some(vec![1; 8]), kind: MapKind::Rodata, ..inline_map("t.rodata", 2, 4, 8, 1) };
    let (code, _) = one(&xdp("r1 = map_value[t.rodata] + 0\n*(u64 *)(r1 +0) = 2\nr0 = 1\nexit", &[rodata]));
    assert_eq!(code, "F0008");
}

#[test]
fn helper_arguments_are_checked_too() {
    let (code, text) =
        one(&run_plain(V6_12, "fentry/vfs_read", "r1 = 64\nr2 = 8\ncall bpf_get_current_comm\nexit", &[]));
    assert_eq!(code, "F0003");
    assert!(text.contains("call bpf_get_current_comm#16"), "{text}");
    let (code, _) =
        one(&run_plain(V6_12, "fentry/vfs_read", "r1 = r10\nr2 = r10\ncall bpf_map_lookup_elem\nexit", &[]));
    assert_eq!(code, "F0003");
}

#[test]
fn an_endless_program_ends_by_its_budget() {
    let (code, text) = one(&run_plain(
        V6_12,
        "fentry/vfs_read",
        "r0 = 0\nagain:\nr0 += 1\nif r0 != 0 goto again\nexit",
        &[],
    ));
    assert_eq!(code, "F0005");
    assert!(text.contains("did not end within"), "{text}");
}

#[test]
fn what_is_left_open_is_reported_and_closed() {
    let rows = [
        ("call kfunc bpf_rcu_read_lock\nr0 = 1\nexit", "bpf_rcu_read_lock region"),
        ("call kfunc bpf_preempt_disable\nr0 = 1\nexit", "bpf_preempt_disable region"),
        ("r1 = map[ring]\nr2 = 8\nr3 = 0\ncall bpf_ringbuf_reserve\nr0 = 1\nexit", "references"),
    ];
    for (text, what) in rows {
        let ran = run_plain(V6_12, "fentry/vfs_read", text, &super::helpers::maps());
        assert_eq!((ran.ret(), ran.findings()), (1, vec!["F0006"]), "{text}");
        assert!(ran.lab.m.findings()[0].message.contains(what));
    }
}

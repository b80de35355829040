//! The same read as sleepable and as atomic program, on pages that are and are not there.

use programs::profile::KernelVersion;
use programs::runtime::{Frame, Invocation};

use super::lab::{Lab, Ran, V5_10, V6_1, V6_12, V7_2, run_in};

/// Reads 8 bytes at the address in the context and returns them, or the error.
fn read(version: KernelVersion, section: &str, helper: &str, kind: &str) -> Ran {
    let lab = Lab::new(version, 1);
    let page = lab.page(kind);
    let text = format!(
        "r3 = *(u64 *)(r1 +0)\n*(u64 *)(r10 -8) = 255\nr1 = r10\nr1 += -8\nr2 = 8\ncall {helper}\n\
         if r0 != 0 goto out\nr0 = *(u64 *)(r10 -8)\nout:\nexit"
    );
    run_in(lab, section, &text, &[], Some(page.mm), |lab| {
        Invocation::new(lab.ctx(&[page.addr]), Frame::Plain)
    })
}

/// The only LSM hook that may sleep on every kernel.
const HOOK: &str = "bprm_committed_creds";

fn copy(version: KernelVersion, kind: &str) -> Ran {
    read(version, &format!("lsm.s/{HOOK}"), "bpf_copy_from_user", kind)
}

fn probe(version: KernelVersion, kind: &str) -> Ran {
    read(version, &format!("lsm/{HOOK}"), "bpf_probe_read_user", kind)
}

#[test]
fn the_same_read_in_both_contexts() {
    let text = i64::from_le_bytes(*b"sleepabl");
    // Kind of page, what the sleepable program gets, whether it slept, what the atomic one gets.
    let rows = [
        ("anon_resident", text, false, text),
        ("anon_untouched", 0, false, -14),
        ("swapped_out", text, true, -14),
        ("file_private_uncached", text, true, -14),
        ("prot_none", -14, false, -14),
        ("unmapped", -14, false, -14),
    ];
    for version in [V5_10, V6_1, V6_12, V7_2] {
        for (kind, sleepable, slept, atomic) in rows {
            let (copied, probed) = (copy(version, kind), probe(version, kind));
            assert_eq!(copied.ret(), sleepable, "{version} {kind}");
            assert_eq!(probed.ret(), atomic, "{version} {kind}");
            assert_eq!(copied.result.slept_ns > 10_000, slept, "{version} {kind}: {:?}", copied.result);
            assert_eq!((probed.result.slept_ns, probed.findings()), (0, vec![]), "{version} {kind}");
            assert_eq!(copied.findings(), [""; 0], "{version} {kind}");
        }
    }
}

#[test]
fn other_tasks_run_while_a_sleepable_program_waits_for_its_page() {
    let lab = Lab::new(V6_12, 1);
    let page = lab.page("swapped_out");
    let text = "r3 = *(u64 *)(r1 +0)\nr1 = r10\nr1 += -8\nr2 = 8\ncall bpf_copy_from_user\ncall bpf_ktime_get_ns\nexit";
    let reader = lab.load("lsm.s/file_open", text, &[]);
    let other = lab.load("lsm/file_open", "call bpf_ktime_get_ns\nexit", &[]);
    let inv = |lab: &Lab| Invocation::new(lab.ctx(&[page.addr]), Frame::Plain);
    let slow = lab.task("reader", 0, Some(page.mm), &reader, inv(&lab));
    let fast = lab.task("other", 0, None, &other, inv(&lab));
    lab.m.run();
    assert!(fast.borrow().ret < slow.borrow().ret, "{:?} {:?}", fast.borrow(), slow.borrow());
    assert!(slow.borrow().slept_ns > 10_000);
}

#[test]
fn strings_from_user_memory() {
    let ran = |version, section: &str, call: &str, kind: &str| {
        let lab = Lab::new(version, 1);
        let page = lab.page(kind);
        let text = format!("r3 = *(u64 *)(r1 +0)\nr1 = r10\nr1 += -64\nr2 = 64\nr4 = 0\ncall {call}\nexit");
        run_in(lab, section, &text, &[], Some(page.mm), |lab| {
            Invocation::new(lab.ctx(&[page.addr]), Frame::Plain)
        })
        .ret()
    };
    let kfunc = "kfunc bpf_copy_from_user_str";
    let resident = ran(V6_12, "lsm/file_open", "bpf_probe_read_user_str", "anon_resident");
    assert!(resident > 8, "{resident}");
    assert_eq!(ran(V6_12, "lsm.s/file_open", kfunc, "anon_resident"), resident);
    assert_eq!(ran(V6_12, "lsm.s/file_open", kfunc, "swapped_out"), resident);
    assert_eq!(ran(V6_12, "lsm/file_open", "bpf_probe_read_user_str", "swapped_out"), -14);
    // An untouched page is an empty string; what that counts differs.
    assert_eq!(ran(V6_12, "lsm.s/file_open", kfunc, "anon_untouched"), 1);
}

#[test]
fn another_tasks_memory() {
    let lab = Lab::new(V6_12, 1);
    let page = lab.page("swapped_out");
    let text = "r3 = *(u64 *)(r1 +0)\nr6 = r3\ncall bpf_get_current_task_btf\nr4 = r0\nr1 = r10\nr1 += -8\nr2 = 8\nr3 = r6\nr5 = 0\n\
                call bpf_copy_from_user_task\nif r0 != 0 goto out\nr0 = *(u64 *)(r10 -8)\nout:\nexit";
    let ran = run_in(lab, "lsm.s/file_open", text, &[], Some(page.mm), |lab| {
        Invocation::new(lab.ctx(&[page.addr]), Frame::Plain)
    });
    assert_eq!(ran.ret(), i64::from_le_bytes(*b"sleepabl"));
}

#[test]
fn a_read_that_may_sleep_in_a_region_is_reported_in_the_kernels_words() {
    let lab = Lab::new(V6_12, 1);
    let page = lab.page("swapped_out");
    let text = "r6 = *(u64 *)(r1 +0)\ncall kfunc bpf_preempt_disable\nr1 = r10\nr1 += -8\nr2 = 8\nr3 = r6\ncall bpf_copy_from_user\n\
                r6 = r0\ncall kfunc bpf_preempt_enable\nr0 = r6\nexit";
    let ran = run_in(lab, "lsm.s/file_open", text, &[], Some(page.mm), |lab| {
        Invocation::new(lab.ctx(&[page.addr]), Frame::Plain)
    });
    // Atomic context: the fault is refused, the program goes on with -EFAULT.
    assert_eq!((ran.ret(), ran.findings()), (-14, vec!["F0001"]));
    let message = ran.lab.m.findings()[0].message.clone();
    assert_eq!(message, "BUG: sleeping function called from invalid context at include/linux/uaccess.h");
}

//! One row for each helper and kfunc that needs no page and no packet: what it leaves in r0.

use programs::object::MapSpec;
use programs::profile::KernelVersion;
use programs::runtime::{Frame, Invocation, ProbeFrame, TrampolineFrame, inline_map};

use super::lab::{Lab, V5_10, V6_1, V6_12, V7_2, run_in, run_plain};

const HASH: u32 = 1;
const ARRAY: u32 = 2;
const PROG_ARRAY: u32 = 3;
const PERF_EVENT_ARRAY: u32 = 4;
const PERCPU_ARRAY: u32 = 6;
const RINGBUF: u32 = 27;

/// Maps that rows may name: `hash`, `array`, `percpu`, `ring`, `progs`, `perf`.
pub fn maps() -> Vec<MapSpec> {
    vec![
        inline_map("hash", HASH, 4, 8, 8),
        inline_map("array", ARRAY, 4, 8, 4),
        inline_map("percpu", PERCPU_ARRAY, 4, 8, 4),
        inline_map("ring", RINGBUF, 0, 0, 4096),
        inline_map("progs", PROG_ARRAY, 4, 4, 2),
        inline_map("perf", PERF_EVENT_ARRAY, 4, 4, 0),
    ]
}

/// Runs a text (statements separated by newlines or `;;`) and gives r0.
fn r0(version: KernelVersion, section: &str, text: &str) -> i64 {
    let ran = run_plain(version, section, &text.replace(";;", "\n"), &maps());
    assert_eq!(ran.findings(), [""; 0], "{text}: {:?}", ran.lab.m.findings());
    ran.ret()
}

const KEY_0: &str = "*(u32 *)(r10 -4) = 0;; r2 = r10;; r2 += -4;;";

#[test]
#[expect(clippy::too_many_lines, reason = "a table: a row or two per helper")]
fn rows_of_helpers() {
    let put = "*(u64 *)(r10 -16) = 77;; r1 = map[hash];; r3 = r10;; r3 += -16;; r4 = 0;; call bpf_map_update_elem;;";
    let rows: Vec<(&str, String, i64)> = vec![
        ("lookup misses", format!("{KEY_0} r1 = map[hash];; call bpf_map_lookup_elem;; exit"), 0),
        (
            "update, lookup, read",
            format!("{KEY_0} {put} {KEY_0} r1 = map[hash];; call bpf_map_lookup_elem;; r0 = *(u64 *)(r0 +0);; exit"),
            77,
        ),
        ("delete misses", format!("{KEY_0} r1 = map[hash];; call bpf_map_delete_elem;; exit"), -2),
        ("delete", format!("{KEY_0} {put} {KEY_0} r1 = map[hash];; call bpf_map_delete_elem;; exit"), 0),
        ("exists already", format!("{KEY_0} {put} {KEY_0} {};; exit", put.replace("r4 = 0", "r4 = 1")), -17),
        ("array has all", format!("{KEY_0} r1 = map[array];; call bpf_map_lookup_elem;; r0 = *(u64 *)(r0 +0);; exit"), 0),
        (
            "percpu of CPU 0",
            format!("{KEY_0} r1 = map[percpu];; r3 = 0;; call bpf_map_lookup_percpu_elem;; if r0 == 0 goto out;; r0 = 1;; out:;; exit"),
            1,
        ),
        ("percpu of no CPU", format!("{KEY_0} r1 = map[percpu];; r3 = 9;; call bpf_map_lookup_percpu_elem;; exit"), 0),
        ("clock", "call bpf_ktime_get_ns;; r6 = r0;; call bpf_ktime_get_ns;; r0 -= r6;; exit".into(), 22),
        ("same clock", "call bpf_ktime_get_boot_ns;; r6 = r0;; call bpf_ktime_get_ns;; r0 -= r6;; exit".into(), 22),
        ("jiffies", "call bpf_jiffies64;; exit".into(), 0xffff_ffff - 75_000 + 1),
        ("pid and tgid are the same", "call bpf_get_current_pid_tgid;; r1 = r0;; w1 = w1;; r0 >>= 32;; r0 -= r1;; exit".into(), 0),
        ("uid and gid", "call bpf_get_current_uid_gid;; exit".into(), 100 << 32 | 1000),
        ("CPU", "call bpf_get_smp_processor_id;; exit".into(), 0),
        ("node", "call bpf_get_numa_node_id;; exit".into(), 0),
        (
            "comm",
            "r1 = r10;; r1 += -16;; r2 = 16;; call bpf_get_current_comm;; r0 = *(u64 *)(r10 -16);; exit".into(),
            i64::from(u32::from_le_bytes(*b"cat\0")),
        ),
        ("cookie", "r1 = r1;; call bpf_get_attach_cookie;; exit".into(), 0),
        (
            "number",
            "r1 = 0x3735 ll;; *(u64 *)(r10 -8) = r1;; r1 = r10;; r1 += -8;; r2 = 8;; r3 = 0;; r4 = r10;; r4 += -16;; \
             call bpf_strtol;; r1 = *(u64 *)(r10 -16);; r0 *= 100;; r0 += r1;; exit"
                .into(),
            257,
        ),
        (
            "no number",
            "r1 = 0x7a ll;; *(u64 *)(r10 -8) = r1;; r1 = r10;; r1 += -8;; r2 = 8;; r3 = 0;; r4 = r10;; r4 += -16;; call bpf_strtoul;; exit"
                .into(),
            -22,
        ),
        (
            "strncmp",
            "*(u64 *)(r10 -8) = 98;; *(u64 *)(r10 -16) = 97;; r1 = r10;; r1 += -8;; r2 = 8;; r3 = r10;; r3 += -16;; call bpf_strncmp;; exit"
                .into(),
            1,
        ),
        (
            "random numbers differ",
            "call bpf_get_prandom_u32;; r6 = r0;; call bpf_get_prandom_u32;; if r0 == r6 goto same;; r0 = 1;; exit;; same:;; r0 = 0;; exit".into(),
            1,
        ),
        ("full ring", "r1 = map[ring];; r2 = 5000;; r3 = 0;; call bpf_ringbuf_reserve;; exit".into(), 0),
        (
            "record",
            "r1 = map[ring];; r2 = 8;; r3 = 0;; call bpf_ringbuf_reserve;; r6 = r0;; *(u64 *)(r6 +0) = 5;; r1 = r6;; r2 = 0;; \
             call bpf_ringbuf_submit;; r1 = map[ring];; r2 = 0;; call bpf_ringbuf_query;; exit"
                .into(),
            16,
        ),
        (
            "discarded record",
            "r1 = map[ring];; r2 = 8;; r3 = 0;; call bpf_ringbuf_reserve;; r1 = r0;; r2 = 0;; call bpf_ringbuf_discard;; r0 = 3;; exit".into(),
            3,
        ),
        (
            "output",
            "*(u64 *)(r10 -8) = 5;; r1 = map[ring];; r2 = r10;; r2 += -8;; r3 = 8;; r4 = 0;; call bpf_ringbuf_output;; exit".into(),
            0,
        ),
        ("tail call to nothing goes on", "r2 = map[progs];; r3 = 1;; call bpf_tail_call;; r0 = 4;; exit".into(), 4),
        (
            "loop",
            "r1 = 5;; r2 = func[body];; r3 = r10;; r3 += -8;; *(u64 *)(r10 -8) = 0;; r4 = 0;; call bpf_loop;; r1 = *(u64 *)(r10 -8);; \
             r0 *= 100;; r0 += r1;; exit;; body:;; r3 = *(u64 *)(r2 +0);; r3 += r1;; *(u64 *)(r2 +0) = r3;; r0 = 0;; exit"
                .into(),
            510,
        ),
        (
            "loop that stops",
            "r1 = 5;; r2 = func[body];; r3 = 0;; r4 = 0;; call bpf_loop;; exit;; body:;; r0 = 1;; exit".into(),
            1,
        ),
        ("loop too long", "r1 = 8388609;; r2 = func[body];; r3 = 0;; r4 = 0;; call bpf_loop;; exit;; body:;; r0 = 0;; exit".into(), -7),
        (
            "for each",
            "r1 = map[array];; r2 = func[body];; r3 = 0;; r4 = 0;; call bpf_for_each_map_elem;; exit;; body:;; r0 = *(u32 *)(r2 +0);; \
             r0 >>= 1;; exit"
                .into(),
            3,
        ),
        ("cgroup", "call bpf_get_current_cgroup_id;; exit".into(), 1),
        ("snprintf wants whole words", "r1 = r10;; r1 += -8;; r2 = 8;; r3 = r10;; r3 += -8;; r4 = r10;; r4 += -8;; r5 = 7;; call bpf_snprintf;; exit".into(), -22),
    ];
    for (what, text, expected) in rows {
        assert_eq!(r0(V6_12, "fentry/vfs_read", &text), expected, "{what}");
    }
    assert_eq!(r0(V6_12, "cgroup_skb/egress", "call bpf_ktime_get_coarse_ns;; exit"), 0, "the first tick");
}

#[test]
fn rows_of_kfuncs() {
    let rows: [(KernelVersion, &str, &str, i64); 7] = [
        (
            V6_12,
            "fentry/vfs_read",
            "call kfunc bpf_rcu_read_lock;; call kfunc bpf_rcu_read_unlock;; r0 = 1;; exit",
            1,
        ),
        (
            V6_12,
            "fentry/vfs_read",
            "call kfunc bpf_preempt_disable;; call kfunc bpf_preempt_enable;; r0 = 2;; exit",
            2,
        ),
        (
            V7_2,
            "fentry/vfs_read",
            "r1 = r10;; r1 += -8;; call kfunc bpf_local_irq_save;; r1 = r10;; r1 += -8;; call kfunc bpf_local_irq_restore;; r0 = 3;; exit",
            3,
        ),
        (
            V6_12,
            "fentry/vfs_read",
            "call bpf_get_current_task_btf;; r1 = r0;; call kfunc bpf_task_acquire;; r1 = r0;; call kfunc bpf_task_release;; r0 = 4;; exit",
            4,
        ),
        (
            V6_12,
            "fentry/vfs_read",
            "call bpf_get_current_pid_tgid;; w1 = w0;; call kfunc bpf_task_from_pid;; if r0 == 0 goto none;; r1 = r0;; \
             call kfunc bpf_task_release;; r0 = 5;; none:;; exit",
            5,
        ),
        (V6_12, "fentry/vfs_read", "r1 = 99999;; call kfunc bpf_task_from_pid;; exit", 0),
        (
            V6_12,
            "fentry/vfs_read",
            "r1 = r10;; r1 += -8;; r2 = 3;; r3 = 7;; call kfunc bpf_iter_num_new;; r6 = 0;; next:;; r1 = r10;; r1 += -8;; \
             call kfunc bpf_iter_num_next;; if r0 == 0 goto end;; r1 = *(s32 *)(r0 +0);; r6 += r1;; goto next;; end:;; r1 = r10;; r1 += -8;; \
             call kfunc bpf_iter_num_destroy;; r0 = r6;; exit",
            3 + 4 + 5 + 6,
        ),
    ];
    for (version, section, text, expected) in rows {
        assert_eq!(r0(version, section, text), expected, "{text}");
    }
}

/// `bpf_printk("%d %s", 7, comm)` with the format in a data map.
fn print_row(version: KernelVersion, helper: &str, fmt: &str) -> (i64, Vec<String>) {
    let mut bytes = fmt.as_bytes().to_vec();
    bytes.push(0);
    let rodata = MapSpec {
        initial: Some(bytes.clone()),
        kind: programs::object::MapKind::Rodata,
        ..inline_map("t.rodata", ARRAY, 4, bytes.len() as u32, 1)
    };
    let len = bytes.len();
    let text = format!(
        "r1 = r10\nr1 += -16\nr2 = 16\ncall bpf_get_current_comm\nr1 = 7\n*(u64 *)(r10 -32) = r1\nr1 = r10\nr1 += -16\n*(u64 *)(r10 -24) = r1\n{}\nexit",
        match helper {
            "bpf_trace_printk" => format!(
                "r1 = map_value[t.rodata] + 0\nr2 = {len}\nr3 = 7\nr4 = r10\nr4 += -16\nr5 = 0\ncall bpf_trace_printk"
            ),
            _ => format!(
                "r1 = map_value[t.rodata] + 0\nr2 = {len}\nr3 = r10\nr3 += -32\nr4 = 16\ncall bpf_trace_vprintk"
            ),
        }
    );
    let ran = run_plain(version, "fentry/vfs_read", &text, &[rodata]);
    assert_eq!(ran.findings(), [""; 0], "{:?}", ran.lab.m.findings());
    (ran.ret(), ran.printed())
}

#[test]
fn printk_lines_carry_what_the_kernel_would_print() {
    for version in [V5_10, V6_1, V6_12, V7_2] {
        assert_eq!(print_row(version, "bpf_trace_printk", "pid %d %s"), (9, vec!["pid 7 cat".to_string()]));
    }
    assert_eq!(print_row(V6_12, "bpf_trace_vprintk", "%04x|%-5s|"), (11, vec!["0007|cat  |".to_string()]));
    assert_eq!(print_row(V6_12, "bpf_trace_printk", "%f"), (-22, vec![]));
}

#[test]
fn frames_answer_what_is_asked_about_the_function() {
    let trampoline = |lab: &Lab| {
        let frame =
            TrampolineFrame { func: "vfs_read".into(), ip: 0x1000, args: [11, 22].into(), ret: Some(33) };
        Invocation { cookie: 9, ..Invocation::new(lab.ctx(&[11, 22]), Frame::Trampoline(frame)) }
    };
    let value = "r3 = r10\nr3 += -8\n";
    let rows = [
        (format!("r2 = 1\n{value}call bpf_get_func_arg\nr0 = *(u64 *)(r10 -8)\nexit"), 22),
        (format!("r2 = 2\n{value}call bpf_get_func_arg\nexit"), -22),
        ("r2 = r10\nr2 += -8\ncall bpf_get_func_ret\nr0 = *(u64 *)(r10 -8)\nexit".to_string(), 33),
        ("call bpf_get_func_arg_cnt\nexit".to_string(), 2),
        ("call bpf_get_func_ip\nexit".to_string(), 0x1000),
        ("call bpf_get_attach_cookie\nexit".to_string(), 9),
    ];
    for (text, expected) in rows {
        let ran = run_in(Lab::new(V6_12, 1), "fexit/vfs_read", &text, &[], None, trampoline);
        assert_eq!((ran.ret(), ran.findings()), (expected, vec![]), "{text}");
    }
}

#[test]
fn override_return_reaches_the_hook() {
    let mut profile = programs::profile::Profile::new(V6_12);
    for option in ["FUNCTION_ERROR_INJECTION", "BPF_KPROBE_OVERRIDE"] {
        profile.config.set(option, true).expect("known");
    }
    let mut lab = Lab::new(V6_12, 1);
    let config = programs::runtime::BpfConfig { verify: false, ..programs::runtime::BpfConfig::new(profile) };
    lab.bpf = programs::runtime::Bpf::new(lab.m.clone(), config);
    let prog = lab.load("kprobe/should_failslab", "r2 = -12\ncall bpf_override_return\nr0 = 0\nexit", &[]);
    let inv = Invocation::new(
        lab.ctx(&[]),
        Frame::Probe(ProbeFrame { func: "should_failslab".into(), ..ProbeFrame::default() }),
    );
    lab.task("cat", 0, None, &prog, inv.clone());
    lab.m.run();
    let Frame::Probe(frame) = &*inv.frame else { panic!("a probe") };
    assert_eq!(frame.overridden.get().map(|v| v as i32), Some(-12));
}

#[test]
fn perf_records_are_kept_per_cpu() {
    let text = "*(u64 *)(r10 -8) = 5\nr2 = map[perf]\nr3 = 0xffffffff ll\nr4 = r10\nr4 += -8\nr5 = 8\ncall bpf_perf_event_output\nexit";
    let ran = run_plain(V6_12, "fentry/vfs_read", text, &maps());
    assert_eq!((ran.ret(), ran.findings()), (0, vec![]));
    assert_eq!(&*ran.lab.bpf.outputs().perf[0].data, 5u64.to_le_bytes());
    let text = text.replace("0xffffffff ll", "1");
    assert_eq!(run_plain(V6_12, "fentry/vfs_read", &text, &maps()).ret(), -7, "one CPU, one buffer");
}

#[test]
fn a_helper_without_a_body_is_named_and_never_silent() {
    let ran = run_plain(V6_12, "fentry/vfs_read", "r1 = 9\ncall bpf_send_signal\nr0 = 1\nexit", &[]);
    assert_eq!((ran.ret(), ran.findings()), (0, vec!["F0009"]));
    let finding = ran.lab.m.findings()[0].clone();
    assert!(finding.message.contains("bpf_send_signal"), "{finding:?}");
    assert!(finding.notes.iter().any(|n| n.contains("call bpf_send_signal#109")), "{finding:?}");
}

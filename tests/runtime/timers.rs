//! Timers and work queues in map values: when callbacks run, in which context, and what stops them.

use programs::object::{MapSpec, SpecialField, SpecialKind};
use programs::runtime::{Frame, Invocation, inline_map};

use super::lab::{Lab, V6_1, V6_12, V7_2, run_plain};

fn with_field(kind: SpecialKind, map_type: u32) -> MapSpec {
    let field = SpecialField { kind, offset: 0, size: 16, ty: programs::btf::TypeId::VOID, nested: false };
    MapSpec { special: vec![field], ..inline_map("m", map_type, 4, 32, 1) }
}

fn timer_map() -> MapSpec {
    with_field(SpecialKind::Timer, 2)
}

/// r6 is the value of key 0.
const VALUE: &str =
    "*(u32 *)(r10 -4) = 0\nr1 = map[m]\nr2 = r10\nr2 += -4\ncall bpf_map_lookup_elem\nr6 = r0\n";
const INIT: &str = "r1 = r6\nr2 = map[m]\nr3 = 1\ncall bpf_timer_init\n";
const SET: &str = "r1 = r6\nr2 = func[cb]\ncall bpf_timer_set_callback\n";
const START: &str = "r1 = r6\nr2 = 1000\nr3 = 0\ncall bpf_timer_start\n";
const CANCEL: &str = "r1 = r6\ncall bpf_timer_cancel\n";
/// Counts its calls in the value and keeps what it was given.
const CALLBACK: &str = "cb:\nr4 = *(u64 *)(r3 +16)\nr4 += 1\n*(u64 *)(r3 +16) = r4\nr0 = 0\nexit\n";

fn program(body: &str, callback: &str) -> String {
    format!("{VALUE}{body}r0 = 0\nexit\n{callback}")
}

fn word(lab: &Lab, offset: u64) -> u64 {
    let map = lab.bpf.map_by_name("m").expect("created").map;
    let value = map.lookup(&lab.m, &[0; 4]).expect("key 0");
    lab.m.arena().load_u64(value + offset).expect("live")
}

fn names(lab: &Lab) -> Vec<String> {
    let events = lab.m.events();
    let wanted = |name: &str| {
        name.starts_with("bpf_timer_") || name.starts_with("bpf_wq_") || name == "bpf_async_free"
    };
    events.events().iter().map(|e| e.body.name().to_owned()).filter(|name| wanted(name)).collect()
}

#[test]
fn a_timer_fires_once_in_softirq() {
    for version in [V6_1, V6_12, V7_2] {
        let text = program(&[INIT, SET, START].concat(), CALLBACK);
        let ran = run_plain(version, "tc", &text, &[timer_map()]);
        assert_eq!(ran.findings(), [""; 0]);
        assert_eq!(word(&ran.lab, 16), 1);
        assert_eq!(names(&ran.lab), ["bpf_timer_start", "bpf_timer_expire"]);
        let events = ran.lab.m.events();
        let begin = events
            .events()
            .iter()
            .filter(|e| e.body.name() == "bpf_prog_run_begin")
            .nth(1)
            .expect("callback");
        assert!(begin.flags.softirq && begin.time_ns >= 1000, "{begin:?}");
    }
}

#[test]
fn return_values_of_the_helpers() {
    let rows: &[(&str, String, [i64; 3])] = &[
        ("start without init", START.into(), [-22; 3]),
        ("cancel without init", CANCEL.into(), [-22; 3]),
        ("set_callback without init", SET.into(), [-22; 3]),
        ("init", INIT.into(), [0; 3]),
        ("init twice", [INIT, INIT].concat(), [-16; 3]),
        ("an unknown clock", INIT.replace("r3 = 1", "r3 = 2"), [-22; 3]),
        ("start without callback", [INIT, START].concat(), [-22; 3]),
        ("absolute time", [INIT, SET, &START.replace("r3 = 0", "r3 = 1")].concat(), [-22, 0, 0]),
        ("cancel what is not armed", [INIT, SET, CANCEL].concat(), [0; 3]),
        ("cancel what is armed", [INIT, SET, START, CANCEL].concat(), [1; 3]),
        ("cancel takes the callback away", [INIT, SET, CANCEL, START].concat(), [-22; 3]),
    ];
    for (what, body, expected) in rows {
        let callback = if body.contains("func[cb]") { CALLBACK } else { "" };
        let text = format!("{VALUE}{body}exit\n{callback}");
        let got = [V6_1, V6_12, V7_2].map(|version| run_plain(version, "tc", &text, &[timer_map()]).ret());
        assert_eq!(got, *expected, "{what}");
    }
}

#[test]
fn a_timer_cannot_cancel_itself() {
    let callback = "cb:\nr6 = r3\nr1 = r3\ncall bpf_timer_cancel\n*(u64 *)(r6 +16) = r0\nr0 = 0\nexit\n";
    for version in [V6_1, V6_12, V7_2] {
        let ran = run_plain(version, "tc", &program(&[INIT, SET, START].concat(), callback), &[timer_map()]);
        assert_eq!(word(&ran.lab, 16) as i64, -35);
        assert_eq!(ran.findings(), [""; 0]);
    }
}

#[test]
fn a_callback_that_arms_its_timer_ends_with_the_last_task() {
    let again = "cb:\nr6 = r3\nr4 = *(u64 *)(r3 +16)\nr4 += 1\n*(u64 *)(r3 +16) = r4\nr1 = r6\nr2 = 1000\nr3 = 0\n\
                 call bpf_timer_start\nr0 = 0\nexit\n";
    let ran = run_plain(V6_12, "tc", &program(&[INIT, SET, START].concat(), again), &[timer_map()]);
    assert_eq!(word(&ran.lab, 16), 1);
    assert_eq!(names(&ran.lab).last().map(String::as_str), Some("bpf_timer_dropped"));
}

#[test]
fn an_update_or_the_last_descriptor_stops_a_timer() {
    for how in ["update", "close"] {
        let lab = Lab::new(V7_2, 1);
        let start = START.replace("1000", "1000000");
        let prog = lab.load("tc", &program(&[INIT, SET, &start].concat(), CALLBACK), &[timer_map()]);
        lab.task("t", 0, None, &prog, Invocation::new(lab.ctx(&[]), Frame::Plain));
        let map = lab.bpf.map_by_name("m").expect("created").map;
        lab.m.at(500_000, move |m| match how {
            "update" => map.update_user(m, &[0; 4], &[7; 32], 0).expect("a plain update"),
            _ => map.user_let_go(m),
        });
        lab.m.run();
        assert_eq!(names(&lab), ["bpf_timer_start", "bpf_async_free"], "{how}");
    }
}

#[test]
fn without_a_descriptor_no_timer_is_made() {
    let lab = Lab::new(V6_12, 1);
    let prog = lab.load("tc", &format!("{VALUE}{INIT}exit\n"), &[timer_map()]);
    lab.bpf.map_by_name("m").expect("created").map.user_let_go(&lab.m);
    let result = lab.task("t", 0, None, &prog, Invocation::new(lab.ctx(&[]), Frame::Plain));
    lab.m.run();
    assert_eq!(result.borrow().ret as i64, -1);
}

#[test]
fn a_deleted_element_takes_its_timer_with_it() {
    for (flags, version) in [(0, V6_1), (0, V7_2), (1, V6_1), (1, V7_2)] {
        let map = MapSpec { map_flags: flags, ..with_field(SpecialKind::Timer, 1) };
        let insert = "*(u32 *)(r10 -4) = 0\n*(u64 *)(r10 -40) = 0\n*(u64 *)(r10 -32) = 0\n*(u64 *)(r10 -24) = 0\n\
                      *(u64 *)(r10 -16) = 0\nr1 = map[m]\nr2 = r10\nr2 += -4\nr3 = r10\nr3 += -40\nr4 = 0\ncall bpf_map_update_elem\n";
        let delete = "r1 = map[m]\nr2 = r10\nr2 += -4\ncall bpf_map_delete_elem\n";
        let text = format!("{insert}{VALUE}{INIT}{SET}{START}{delete}exit\n{CALLBACK}");
        let ran = run_plain(version, "tc", &text, &[map]);
        assert_eq!((ran.ret(), ran.findings()), (0, vec![]));
        assert_eq!(names(&ran.lab), ["bpf_timer_start", "bpf_async_free"]);
    }
}

#[test]
fn work_runs_in_a_kernel_thread_and_may_sleep() {
    let body = "r1 = r6\nr2 = map[m]\nr3 = 0\ncall kfunc bpf_wq_init\nr1 = r6\nr2 = func[cb]\nr3 = 0\nr4 = 0\n\
                call kfunc bpf_wq_set_callback\nr1 = r6\nr2 = 0\ncall kfunc bpf_wq_start\nr1 = r6\nr2 = 0\ncall kfunc bpf_wq_start\n";
    for version in [V6_12, V7_2] {
        let body = if version == V6_12 {
            body.replace("set_callback", "set_callback_impl")
        } else {
            body.to_owned()
        };
        let ran = run_plain(version, "tc", &program(&body, CALLBACK), &[with_field(SpecialKind::Wq, 2)]);
        assert_eq!(ran.findings(), [""; 0]);
        assert_eq!(word(&ran.lab, 16), 1, "queued twice, run once");
        let events = ran.lab.m.events();
        let begin = events
            .events()
            .iter()
            .filter(|e| e.body.name() == "bpf_prog_run_begin")
            .nth(1)
            .expect("callback");
        assert_eq!((&*begin.comm, begin.flags.preempt, begin.flags.migrate), ("kworker/0:0", 0, 1));
    }
}

#[test]
fn task_work_runs_when_the_task_returns_to_user_space() {
    let call = "call bpf_get_current_task_btf\nr1 = r0\nr2 = r6\nr3 = map[m]\nr4 = func[cb]\nr5 = 0\ncall kfunc bpf_task_work_schedule_resume\n";
    let text = format!("{VALUE}{call}{call}exit\n{CALLBACK}");
    let field = SpecialField {
        kind: SpecialKind::TaskWork,
        offset: 0,
        size: 8,
        ty: programs::btf::TypeId::VOID,
        nested: false,
    };
    let map = MapSpec { special: vec![field], ..inline_map("m", 2, 4, 32, 1) };
    let lab = Lab::new(V7_2, 1);
    let prog = lab.load("tc", &text, &[map]);
    let (bpf, m, inv) = (lab.bpf.clone(), lab.m.clone(), Invocation::new(lab.ctx(&[]), Frame::Plain));
    let ret = std::rc::Rc::new(std::cell::Cell::new(0));
    let out = ret.clone();
    lab.m.spawn(sim::task::TaskSpec::user("t"), async move {
        let guard = m.rcu_read_guard();
        out.set(bpf.run_atomic(&prog, &inv, &guard).await.ret as i64);
        drop(guard);
        bpf.run_task_works().await;
    });
    lab.m.run();
    assert_eq!((ret.get(), word(&lab, 16)), (-16, 1), "scheduled once, the second time busy");
    assert!(lab.m.findings().is_empty(), "{:?}", lab.m.findings());
}

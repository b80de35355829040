//! Maps as programs use them: iteration, tail calls, initial contents, what a reader sees when an element is recycled.

use std::cell::Cell;
use std::rc::Rc;

use programs::isa::assemble;
use programs::object::{MapKind, MapSpec, Slot, SlotTarget};
use programs::runtime::{Frame, Invocation, inline_map, inline_object, inline_program};
use sim::context::IrqKind;
use sim::ids::CpuId;
use sim::task::TaskSpec;

use super::lab::{Lab, V6_12, run_plain};

#[test]
fn for_each_visits_a_hash_under_rcu_and_may_delete() {
    let text = "*(u32 *)(r10 -4) = 1\n*(u64 *)(r10 -16) = 10\nr1 = map[h]\nr2 = r10\nr2 += -4\nr3 = r10\nr3 += -16\nr4 = 0\n\
         call bpf_map_update_elem\n*(u32 *)(r10 -4) = 2\nr1 = map[h]\nr2 = r10\nr2 += -4\nr3 = r10\nr3 += -16\nr4 = 0\n\
         call bpf_map_update_elem\nr1 = map[h]\nr2 = func[body]\nr3 = 0\nr4 = 0\ncall bpf_for_each_map_elem\nr6 = r0\n\
         r1 = map[h]\nr2 = func[body]\nr3 = 0\nr4 = 0\ncall bpf_for_each_map_elem\nr6 *= 10\nr0 += r6\nexit\n\
         body:\ncall bpf_map_delete_elem\nexit";
    let ran = run_plain(V6_12, "fentry/vfs_read", text, &[inline_map("h", 1, 4, 8, 8)]);
    assert_eq!((ran.ret(), ran.findings()), (20, vec![]), "two the first time, none the second");
}

#[test]
fn a_tail_call_ends_in_the_other_program() {
    let lab = Lab::new(V6_12, 1);
    let progs = MapSpec {
        slots: vec![Slot { index: 1, target: SlotTarget::Program("second".into()) }],
        ..inline_map("progs", 3, 4, 4, 2)
    };
    let make = |name: &str, text: &str| {
        inline_program(name, "xdp", text, &assemble(text, &["progs"]).expect("valid"))
    };
    let first = make("first", "r2 = map[progs]\nr3 = 1\ncall bpf_tail_call\nr0 = 1\nexit");
    let second = make("second", "r0 = 2\nexit");
    let object = inline_object("t", "GPL", vec![first, second], vec![progs]);
    let loaded = lab.bpf.load_object(&object, None).expect("loads");
    let prog = loaded.program("first").expect("loaded").clone();
    let result = lab.task("cat", 0, None, &prog, Invocation::new(lab.ctx(&[]), Frame::Plain));
    lab.m.run();
    assert_eq!(result.borrow().ret, 2);
}

#[test]
fn data_maps_have_their_initial_contents() {
    let data = MapSpec {
        initial: Some(vec![7, 0, 0, 0, 9, 0, 0, 0]),
        kind: MapKind::Data,
        ..inline_map("t.data", 2, 4, 8, 1)
    };
    let text = "r1 = map_value[t.data] + 4\nr0 = *(u32 *)(r1 +0)\n*(u32 *)(r1 +0) = 5\nexit";
    let ran = run_plain(V6_12, "fentry/vfs_read", text, &[data]);
    assert_eq!((ran.ret(), ran.findings()), (9, vec![]));
    let map = ran.lab.bpf.map_by_name("t.data").expect("created");
    assert_eq!(map.map.lookup_user(&ran.lab.m, &[0; 4], 0), Ok(vec![7, 0, 0, 0, 5, 0, 0, 0]));
}

#[test]
fn a_value_is_recycled_under_a_sleeping_reader() {
    let lab = Lab::new(V6_12, 1);
    let page = lab.page("swapped_out");
    let text = "r6 = *(u64 *)(r1 +0)\n*(u32 *)(r10 -4) = 1\nr1 = map[h]\nr2 = r10\nr2 += -4\ncall bpf_map_lookup_elem\n\
                if r0 == 0 goto out\nr7 = r0\nr1 = r10\nr1 += -16\nr2 = 8\nr3 = r6\ncall bpf_copy_from_user\n\
                r0 = *(u64 *)(r7 +0)\nout:\nexit";
    let reader = lab.load("lsm.s/file_open", text, &[inline_map("h", 1, 4, 8, 1)]);
    let map = lab.bpf.map_by_name("h").expect("created").map;
    map.update(&lab.m, &1u32.to_le_bytes(), &111u64.to_le_bytes(), 0).expect("room");
    let inv = Invocation::new(lab.ctx(&[page.addr]), Frame::Plain);
    let seen = lab.task("reader", 0, Some(page.mm), &reader, inv);
    let m = lab.m.clone();
    lab.m.spawn(TaskSpec::user("updater"), async move {
        map.delete(&m, &1u32.to_le_bytes()).expect("is there");
        map.update(&m, &2u32.to_le_bytes(), &222u64.to_le_bytes(), 0).expect("room");
    });
    lab.m.run();
    assert_eq!(seen.borrow().ret, 222, "the value of another key");
    let events = lab.m.events();
    let names: Vec<&str> = events.events().iter().map(|e| e.body.name()).collect();
    let count = |name| names.iter().filter(|n| **n == name).count();
    let told = (count("map_recycled_under_reader"), count("map_recycled_access"));
    assert_eq!(told, (1, 1), "when it happens, and when the program looks: {names:?}");
}

#[test]
fn a_queue_gives_back_what_was_pushed_and_then_enoent() {
    let text = "*(u64 *)(r10 -8) = 7\nr1 = map[q]\nr2 = r10\nr2 += -8\nr3 = 0\ncall bpf_map_push_elem\n\
                *(u64 *)(r10 -8) = 1\nr1 = map[q]\nr2 = r10\nr2 += -8\ncall bpf_map_peek_elem\n\
                r1 = map[q]\nr2 = r10\nr2 += -8\ncall bpf_map_pop_elem\nr6 = *(u64 *)(r10 -8)\n\
                r1 = map[q]\nr2 = r10\nr2 += -8\ncall bpf_map_pop_elem\nr7 = *(u64 *)(r10 -8)\n\
                r0 += r6\nr0 += r7\nexit";
    let ran = run_plain(V6_12, "fentry/vfs_read", text, &[inline_map("q", 22, 0, 8, 4)]);
    assert_eq!((ran.ret(), ran.findings()), (7 - 2, vec![]), "-ENOENT, and zeros for the value");
}

#[test]
fn an_interrupt_runs_its_program_while_a_sleepable_one_waits_on_the_same_cpu() {
    let lab = Lab::new(V6_12, 1);
    let page = lab.page("swapped_out");
    let text = "r3 = *(u64 *)(r1 +0)\nr1 = r10\nr1 += -8\nr2 = 8\ncall bpf_copy_from_user\nexit";
    let sleeper = lab.load("lsm.s/file_open", text, &[]);
    let xdp = lab.load("xdp", "call bpf_ktime_get_ns\nexit", &[]);
    let slow =
        lab.task("reader", 0, Some(page.mm), &sleeper, Invocation::new(lab.ctx(&[page.addr]), Frame::Plain));
    let (bpf, inv, at) =
        (lab.bpf.clone(), Invocation::new(lab.ctx(&[]), Frame::Plain), Rc::new(Cell::new(0)));
    let out = at.clone();
    lab.m.at(20_000, move |m| {
        m.interrupt(CpuId(0), IrqKind::Soft, "net_rx", move |m| {
            let guard = m.rcu_read_guard();
            out.set(bpf.run_in_irq(&xdp, &inv, &guard).ret);
        });
    });
    lab.m.run();
    assert_eq!(slow.borrow().ret, 0);
    assert!((20_000..slow.borrow().slept_ns).contains(&at.get()), "{} {:?}", at.get(), slow.borrow());
    assert!(lab.m.findings().is_empty(), "{:?}", lab.m.findings());
}

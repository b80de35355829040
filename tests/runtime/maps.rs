//! Maps as programs use them: iteration, tail calls, initial contents, what a reader sees when an element is recycled.

use programs::isa::assemble;
use programs::object::{MapKind, MapSpec, Slot, SlotTarget};
use programs::runtime::{Frame, Invocation, inline_map, inline_object, inline_program};

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

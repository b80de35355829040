//! Maps of maps under programs: filled by the object, replaced while a sleeping program holds the inner map.

use programs::object::{MapSpec, Slot, SlotTarget};
use programs::profile::KernelVersion;
use programs::runtime::{Frame, Invocation, inline_map, map_def};
use sim::task::TaskSpec;

use super::lab::{Lab, V5_10, V6_1, V6_12, V7_2, run_plain};

const ARRAY: u32 = 2;
const ARRAY_OF_MAPS: u32 = 12;
const HASH_OF_MAPS: u32 = 13;

fn inner(name: &str) -> MapSpec {
    inline_map(name, ARRAY, 4, 8, 1)
}

/// An outer map whose element 0 holds the object's first map.
fn outer(map_type: u32) -> MapSpec {
    MapSpec {
        inner: Some(Box::new(inner("outer.inner"))),
        slots: vec![Slot { index: 0, target: SlotTarget::Map(0) }],
        ..inline_map("outer", map_type, 4, 4, 2)
    }
}

const LOOK_UP_INNER: &str = "*(u32 *)(r10 -4) = 0\nr1 = map[outer]\nr2 = r10\nr2 += -4\ncall bpf_map_lookup_elem\nif r0 == 0 goto out\nr7 = r0\n";
const READ_INNER: &str = "r1 = r7\nr2 = r10\nr2 += -4\ncall bpf_map_lookup_elem\nif r0 == 0 goto out\nr0 = *(u64 *)(r0 +0)\nout:\nexit";

#[test]
fn a_program_walks_into_the_inner_map_that_the_object_put_there() {
    for version in [V5_10, V6_1, V6_12, V7_2] {
        for map_type in [ARRAY_OF_MAPS, HASH_OF_MAPS] {
            let text = format!(
                "{LOOK_UP_INNER}r1 = r7\nr2 = r10\nr2 += -4\ncall bpf_map_lookup_elem\nr1 = 5\n*(u64 *)(r0 +0) = r1\n{READ_INNER}"
            );
            let ran = run_plain(version, "xdp", &text, &[inner("first"), outer(map_type)]);
            assert_eq!((ran.ret(), ran.findings()), (5, vec![]), "{}", version.name());
            let first = ran.lab.bpf.map_by_name("first").expect("created");
            assert_eq!(first.map.lookup_user(&ran.lab.m, &[0; 4], 0), Ok(5u64.to_le_bytes().to_vec()));
            let outer = ran.lab.bpf.map_by_name("outer").expect("created");
            assert_eq!(outer.map.lookup_user(&ran.lab.m, &[0; 4], 0), Ok(first.id.to_le_bytes().to_vec()));
        }
    }
}

/// A sleeping program holds the inner map while it is replaced and its last descriptor closed.
fn replaced_under_a_sleeper(version: KernelVersion, map_type: u32) {
    let lab = Lab::new(version, 1);
    let page = lab.page("swapped_out");
    let text = format!(
        "r6 = *(u64 *)(r1 +0)\n{LOOK_UP_INNER}r1 = r10\nr1 += -16\nr2 = 8\nr3 = r6\ncall bpf_copy_from_user\n{READ_INNER}"
    );
    let reader = lab.load("lsm.s/file_open", &text, &[inner("first"), outer(map_type)]);
    let (first, outer) = (lab.bpf.map_by_name("first").unwrap(), lab.bpf.map_by_name("outer").unwrap());
    first.map.update(&lab.m, &[0; 4], &111u64.to_le_bytes(), 0).expect("an array");
    let second = lab.bpf.create_map(&map_def(&inner("second"))).expect("an array");
    let inv = Invocation::new(lab.ctx(&[page.addr]), Frame::Plain);
    let seen = lab.task("reader", 0, Some(page.mm), &reader, inv);
    let (bpf, held) = (lab.bpf.clone(), first.clone());
    lab.m.spawn(TaskSpec::user("updater"), async move {
        let new = maps::object::Object::Map(second.map.clone());
        bpf.set_element(&*outer.map, &[0; 4], new, 0).expect("like the template");
        bpf.close_map(&held);
        assert!(bpf.map_by_name("first").is_none(), "its id is gone at once");
    });
    lab.m.run();
    assert_eq!(seen.borrow().ret, 111, "{}: the map it holds goes on to exist", version.name());
    assert!(lab.m.findings().is_empty(), "{:?}", lab.m.findings());
    assert!(first.map.core().life.freed());
    let events = lab.m.events();
    let at = |name: &str| {
        let of_first = |e: &&sim::event::Event| format!("{:?}", e.body.fields()).contains("\"first\"");
        let found = events.events().iter().filter(of_first).find(|e| e.body.name() == name);
        found.unwrap_or_else(|| panic!("{}: no {name}", version.name())).time_ns
    };
    assert!(at("map_inner_held") < at("map_freed"));
    assert!(at("map_unreferenced") + seen.borrow().slept_ns / 2 < at("map_freed"), "freed after the sleeper");
}

#[test]
fn an_inner_map_outlives_the_sleeper_that_holds_it() {
    for version in [V6_1, V6_12, V7_2] {
        replaced_under_a_sleeper(version, ARRAY_OF_MAPS);
        replaced_under_a_sleeper(version, HASH_OF_MAPS);
    }
}

#[test]
fn a_slot_with_another_kind_of_map_fails_the_load() {
    let lab = Lab::new(V6_12, 1);
    let other = inline_map("first", ARRAY, 4, 16, 1);
    let error = lab.try_load("xdp", "r0 = 0\nexit", &[other, outer(ARRAY_OF_MAPS)]).expect_err("refused");
    assert!(error.to_string().contains("failed to initialize slot [0]"), "{error}");
}

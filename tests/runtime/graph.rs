//! Objects that programs make, in lists, in trees and in map values: the object is compiled from C.

use programs::object::load_object;
use programs::profile::KernelVersion;
use programs::runtime::{Frame, Invocation};

use super::lab::{Lab, V6_12, V7_2};

const GRAPH: &[u8] = include_bytes!("../data/objects/graph.bpf.o");

/// Runs these programs of the object one after the other; what they returned, and how many objects are alive at the end.
fn run(version: KernelVersion, programs: &[&str]) -> (Vec<i32>, Lab) {
    let lab = Lab::new(version, 1);
    let object = load_object(GRAPH, "graph").expect("a good file");
    let loaded = lab.bpf.load_object(&object, None).expect("maps");
    let run = |name: &&str| {
        let outcome = loaded.programs.iter().find(|p| p.name == **name).expect("in the object");
        let prog = outcome.result.as_ref().unwrap_or_else(|e| panic!("{name}: {e}"));
        lab.task(name, 0, None, prog, Invocation::new(lab.ctx(&[]), Frame::Plain))
    };
    let results: Vec<_> = programs.iter().map(run).collect();
    lab.m.run();
    let returned = results.iter().map(|result| result.borrow().ret as i32).collect();
    (returned, lab)
}

fn codes(lab: &Lab) -> Vec<&'static str> {
    lab.m.findings().iter().map(|f| f.code.0).collect()
}

#[test]
fn a_list_keeps_its_order_and_a_tree_sorts() {
    for version in [V6_12, V7_2] {
        let (returned, lab) = run(version, &["fill", "drain", "drain"]);
        assert_eq!((returned, codes(&lab)), (vec![0, 312_123, 0], vec![]), "{version}");
    }
}

#[test]
fn an_exchanged_pointer_gives_the_old_object_back() {
    let (returned, lab) = run(V6_12, &["keep", "keep"]);
    assert_eq!((returned, codes(&lab)), (vec![0, 7], vec![]));
}

#[test]
fn what_a_map_holds_goes_with_it() {
    let (_, lab) = run(V7_2, &["fill", "keep"]);
    assert_eq!(lab.bpf.objects_alive(), 4);
    lab.bpf.map_by_name("boxes").expect("created").map.destroy(&lab.m);
    assert_eq!(lab.bpf.objects_alive(), 0);
}

#[test]
fn a_lost_object_is_a_finding_and_is_dropped() {
    let (_, lab) = run(V6_12, &["leak"]);
    assert_eq!((codes(&lab), lab.bpf.objects_alive()), (vec!["F0006"], 0));
}

//! The real objects of the library load on the kernels that accept them.

use programs::object::load_object;
use programs::runtime::{Frame, Invocation};

use super::lab::{Lab, V6_12, V7_2};

const READ_USER: &[u8] = include_bytes!("../../scenarios/library/objects/read_user.bpf.o");

#[test]
fn library_objects_load_on_6_12() {
    let objects: [(&str, &[u8]); 3] = [
        ("read_user", READ_USER),
        ("exec_audit", include_bytes!("../../scenarios/library/objects/exec_audit.bpf.o")),
        ("file_open_audit", include_bytes!("../../scenarios/library/objects/file_open_audit.bpf.o")),
    ];
    for version in [V6_12, V7_2] {
        for (name, bytes) in objects {
            let lab = Lab::new(version, 1);
            let object = load_object(bytes, name).expect("a good file");
            let loaded = lab.bpf.load_object(&object, None).expect("maps");
            for program in loaded.programs {
                assert!(program.result.is_ok(), "{version} {name} {}: {:?}", program.name, program.result);
            }
        }
    }
}

#[test]
fn a_refused_program_says_why_in_the_kernels_words() {
    let lab = Lab::new(V6_12, 1);
    let text = "r1 = r10\nr1 += -8\nr2 = 8\nr3 = 0\ncall bpf_copy_from_user\nr0 = 0\nexit";
    let error = lab.try_load("lsm/file_open", text, &[]).expect_err("it may not sleep");
    assert_eq!(error.errno(), Some(sim::errno::Errno::EINVAL));
    assert!(error.message().contains("helper call might sleep in a non-sleepable prog"), "{error}");
    assert_eq!(error.line.as_ref().map(|line| line.line), Some(5));
}

#[test]
fn an_unknown_section_is_refused_by_the_loader() {
    let lab = Lab::new(V6_12, 1);
    let error = lab.try_load("nonsense", "r0 = 0\nexit", &[]).expect_err("no such section");
    assert!(error.message().contains("nonsense"), "{error}");
}

#[test]
fn runs_are_events_with_begin_and_end() {
    let lab = Lab::new(V6_12, 1);
    let prog = lab.load("lsm/file_open", "r0 = 0\nexit", &[]);
    lab.task("cat", 0, None, &prog, Invocation::new(lab.ctx(&[]), Frame::Plain));
    lab.m.run();
    let names: Vec<&str> = lab.m.events().events().iter().map(|e| e.body.name()).collect();
    let wanted = ["bpf_prog_load", "bpf_prog_run_begin", "bpf_prog_run_end"];
    let found: Vec<&&str> = names.iter().filter(|n| wanted.contains(n)).collect();
    assert_eq!(found, ["bpf_prog_load", "bpf_prog_run_begin", "bpf_prog_run_end"].iter().collect::<Vec<_>>());
    assert_eq!(prog.run_cnt.get(), 1);
}

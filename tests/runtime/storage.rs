//! Local storage from programs: get, create, delete, the recursion counters, and a task that exits.

use std::cell::RefCell;
use std::rc::Rc;

use maps::callable::Callable;
use maps::map::Map;
use programs::object::MapSpec;
use programs::profile::KernelVersion;
use programs::runtime::{Frame, Invocation, LoadedProgram, inline_map};
use sim::context::IrqKind;
use sim::machine::Machine;

use super::lab::{Lab, V6_1, V6_12, V7_2, run_plain};

fn task_storage() -> MapSpec {
    MapSpec { map_flags: 1, ..inline_map("m", 29, 4, 8, 0) }
}

/// r0 is the value of the current task, made with 42 if `flags` says so.
fn get(flags: u32) -> String {
    format!(
        "*(u64 *)(r10 -8) = 42\ncall bpf_get_current_task_btf\nr2 = r0\nr1 = map[m]\nr3 = r10\nr3 += -8\nr4 = {flags}\n\
         call bpf_task_storage_get\n"
    )
}

const DELETE: &str = "call bpf_get_current_task_btf\nr2 = r0\nr1 = map[m]\ncall bpf_task_storage_delete\n";
const LOAD: &str = "if r0 == 0 goto out\nr0 = *(u64 *)(r0 +0)\nout:\nexit";

#[test]
fn get_creates_on_demand_and_delete_says_whether_there_was_one() {
    let rows: &[(&str, String, i64)] = &[
        ("nothing there", format!("{}{LOAD}", get(0)), 0),
        ("created", format!("{}{LOAD}", get(1)), 42),
        ("an unknown flag", format!("{}{LOAD}", get(2)), 0),
        ("there the second time", format!("{}{}{LOAD}", get(1), get(0)), 42),
        ("delete nothing", format!("{DELETE}exit"), -2),
        ("delete", format!("{}{DELETE}exit", get(1)), 0),
        ("gone", format!("{}{DELETE}{}{LOAD}", get(1), get(0)), 0),
        ("no task", "r2 = 0\nr1 = map[m]\nr3 = 0\nr4 = 1\ncall bpf_task_storage_get\nexit".to_string(), 0),
        ("delete without a task", "r2 = 0\nr1 = map[m]\ncall bpf_task_storage_delete\nexit".to_string(), -22),
    ];
    for version in [V6_1, V6_12, V7_2] {
        for (what, text, expected) in rows {
            let ran = run_plain(version, "fentry/vfs_read", text, &[task_storage()]);
            assert_eq!((ran.ret(), ran.findings()), (*expected, vec![]), "{what} on {version:?}");
        }
    }
}

/// An NMI inside the creation of an element: runs a program there and keeps its result.
struct Nmi {
    lab: RefCell<Option<(programs::runtime::Bpf, Rc<LoadedProgram>, Invocation)>>,
    result: Rc<RefCell<Vec<i64>>>,
}

impl Callable for Nmi {
    fn bucket_locked(&self, m: &Machine, _map: &dyn Map) {
        let Some((bpf, prog, inv)) = self.lab.borrow_mut().take() else { return };
        let result = self.result.clone();
        m.interrupt(m.current_cpu(), IrqKind::Nmi, "perf", move |m| {
            let ret = bpf.run_in_irq(&prog, &inv, &m.preempt_guard()).ret;
            result.borrow_mut().push(ret as i64);
        });
    }
}

/// What a program in an NMI gets while the current task's element is being made.
fn nested(version: KernelVersion, text: &str) -> i64 {
    let lab = Lab::new(version, 1);
    let outer = lab.load("fentry/vfs_read", &format!("{}{LOAD}", get(1)), &[task_storage()]);
    let assembly = programs::isa::assemble(text, &["m"]).expect("assembles");
    let spec = programs::runtime::inline_program("inner", "fentry/vfs_write", text, &assembly);
    let object = programs::runtime::inline_object("test", "GPL", vec![spec.clone()], vec![task_storage()]);
    let inner = lab.bpf.load_program(&object, &spec, &outer.maps).expect("loads");
    let inv = || Invocation::new(lab.ctx(&[]), Frame::Plain);
    let nmi = Nmi { lab: RefCell::new(Some((lab.bpf.clone(), inner, inv()))), result: Rc::default() };
    let result = nmi.result.clone();
    lab.bpf.map_by_name("m").expect("created").map.core().set_callable(Some(Rc::new(nmi)));
    lab.task("t", 0, None, &outer, inv());
    lab.m.run();
    result.borrow()[0]
}

#[test]
fn an_operation_inside_another_one() {
    let create = format!("{}r0 = r0 != 0\nexit", get(1))
        .replace("r0 = r0 != 0", "if r0 == 0 goto none\nr0 = 1\nnone:");
    let got = [V6_1, V6_12, V7_2].map(|version| nested(version, &create));
    assert_eq!(got, [0, 0, 1], "busy: NULL; since 7.0 there is no counter");
    let delete = format!("{DELETE}exit");
    let got = [V6_1, V6_12, V7_2].map(|version| nested(version, &delete));
    assert_eq!(got, [-16, -2, -2]);
}

#[test]
fn a_task_that_exits_takes_its_storage_along_after_a_grace_period() {
    let lab = Lab::new(V7_2, 1);
    let prog = lab.load("fentry/vfs_read", &format!("{}{LOAD}", get(1)), &[task_storage()]);
    lab.task("t", 0, None, &prog, Invocation::new(lab.ctx(&[]), Frame::Plain));
    lab.m.run();
    let map = lab.bpf.map_by_name("m").expect("created").map;
    assert_eq!(map.len(), 0);
    let names: Vec<String> = lab.m.events().events().iter().map(|e| e.body.name().to_owned()).collect();
    let at = |name: &str| names.iter().position(|n| n == name).unwrap_or_else(|| panic!("no {name}"));
    assert!(
        at("sched_process_exit") < at("map_owner_gone") && at("map_owner_gone") < at("map_element_freed")
    );
}

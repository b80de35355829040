//! The machine bench: hook fires beside a bare tokio task, the host cost of a page-in, memory per simulated task, and growth.
//!
//! `cargo bench -p tests --bench machine`. Wall time of one thread, best of five; figures are ratios to tokio in the same run.

mod memory;

use std::hint::black_box;
use std::rc::Rc;
use std::time::Instant;

use hooks::{Kernel, Target};
use programs::isa::assemble;
use programs::object::{Object, ProgramSpec, Subprog};
use programs::profile::{KernelVersion, Profile};
use programs::runtime::{Bpf, BpfConfig, LoadedProgram};
use sim::machine::{Machine, MachineConfig, Outcome};
use sim::mm::map::MapRequest;
use sim::mm::vma::Prot;
use sim::task::{TaskSpec, WaitReason};
use sim::uaccess;

const ROUNDS: usize = 5;
const FIRES: u64 = 100_000;
const PAGES: u64 = 20_000;

fn kernel(nr_cpus: usize) -> Kernel {
    let config =
        MachineConfig { nr_cpus, record_events: false, time_limit_ns: u64::MAX, ..MachineConfig::default() };
    let config = MachineConfig { step_limit: u64::MAX, ..config };
    Kernel::new(Bpf::new(Machine::new(config), BpfConfig::new(Profile::new(KernelVersion::V6_12))))
}

/// `r0 = 0; exit` for a section.
fn empty_program(kernel: &Kernel, section: &str) -> Rc<LoadedProgram> {
    let insns = assemble("r0 = 0\nexit", &[]).expect("assembles").insns;
    let subprogs =
        vec![Subprog { name: "empty".into(), start: 0, len: insns.len(), global: true, func: None }];
    let spec = ProgramSpec {
        name: "empty".into(),
        section: section.into(),
        insns,
        subprogs,
        exception_callback: Default::default(),
        kfuncs: Vec::new(),
        ksyms: Vec::new(),
        core: Vec::new(),
        lines: Vec::new(),
    };
    let object = Object {
        name: "bench".into(),
        license: "GPL".into(),
        version: None,
        programs: vec![spec.clone()],
        maps: Vec::new(),
        kconfig: Vec::new(),
        btf: None,
        struct_ops: Vec::new(),
        skipped: Vec::new(),
    };
    kernel.bpf().load_program(&object, &spec, &Rc::from([])).unwrap_or_else(|e| panic!("{e}"))
}

/// Best of several rounds: nanoseconds per operation.
fn best(ops: u64, mut round: impl FnMut()) -> f64 {
    let times = (0..ROUNDS).map(|_| {
        let start = Instant::now();
        round();
        start.elapsed().as_nanos() as f64 / ops as f64
    });
    times.fold(f64::INFINITY, f64::min)
}

/// Spawning a task that does nothing and waiting for it, as a program would with tokio alone.
fn bare_tokio() -> f64 {
    best(FIRES, || {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let local = tokio::task::LocalSet::new();
        local.block_on(&runtime, async {
            let task = tokio::task::spawn_local(async {
                for n in 0..FIRES {
                    black_box(tokio::task::spawn_local(async move { n }).await.expect("no panic"));
                }
            });
            task.await.expect("no panic");
        });
    })
}

/// Fires of one empty program, spread over tasks that are pinned to CPUs in turn.
fn fires(section: &'static str, nr_cpus: usize, nr_tasks: u64) -> f64 {
    best(FIRES, || {
        let k = kernel(nr_cpus);
        let program = empty_program(&k, section);
        let target =
            if section == "uprobe" { Target::Uprobe("f".into()) } else { Target::Fentry("vfs_read".into()) };
        k.attach_to(&program, target, 0).expect("attaches");
        for n in 0..nr_tasks {
            let k2 = k.clone();
            let cpu = sim::ids::CpuId((n % nr_cpus as u64) as u16);
            k.machine().spawn(TaskSpec::user("app").on_cpu(cpu), async move {
                for _ in 0..FIRES / nr_tasks {
                    match section {
                        "uprobe" => k2.uprobe("f", &[1, 2]).await,
                        _ => drop(k2.call_function("vfs_read", &[1, 2, 3, 4], async { 0 }).await),
                    }
                }
            });
        }
        assert_eq!(k.machine().run(), Outcome::Complete);
        assert!(program.run_cnt.get() >= FIRES / nr_tasks * nr_tasks, "every fire ran the program");
    })
}

/// Sleeping reads of untouched pages: a fault, a wait, a wake-up and a copy each.
fn page_ins() -> f64 {
    best(PAGES, || {
        let k = kernel(1);
        let m = k.machine().clone();
        let mm = m.mm().new_mm();
        let start = m.mm().mmap(mm, &MapRequest::anon(PAGES * 4096, Prot::from_bits(3))).expect("maps");
        let m2 = m.clone();
        m.spawn(TaskSpec { mm: Some(mm), ..TaskSpec::user("app") }, async move {
            let mut byte = [0];
            for page in 0..PAGES {
                uaccess::copy_from_user(&m2, mm, start + page * 4096, &mut byte).await.expect("mapped");
            }
        });
        assert_eq!(m.run(), Outcome::Complete);
    })
}

/// Blocking and waking: `tasks` tasks that each sleep `rounds` times.
fn sleeps(nr_cpus: usize, tasks: u64, rounds: u64) -> f64 {
    best(tasks * rounds, || {
        let k = kernel(nr_cpus);
        for n in 0..tasks {
            let m = k.machine().clone();
            k.machine().spawn(TaskSpec::user("app"), async move {
                for _ in 0..rounds {
                    m.sleep_ns(1_000 + n, WaitReason::new("nanosleep")).await;
                }
            });
        }
        assert_eq!(k.machine().run(), Outcome::Complete);
    })
}

fn main() {
    if std::env::args().any(|arg| arg == "--test") {
        return;
    }
    if let Some(tasks) = memory::child_request() {
        return memory::measure(tasks);
    }
    let tokio_ns = bare_tokio();
    let line = |what: &str, ns: f64| println!("| {what} | {ns:.0} | {:.2} |", ns / tokio_ns);
    println!("| operation | ns | times a bare tokio task |\n|---|---|---|");
    line("bare tokio spawn_local and await", tokio_ns);
    line("fire, fentry, empty program", fires("fentry/vfs_read", 1, 1));
    line("fire, uprobe, empty program", fires("uprobe", 1, 1));
    line("page-in of an untouched page", page_ins());
    for (cpus, tasks) in [(1, 10), (1, 1_000), (4, 4), (16, 16), (64, 64), (64, 10_000)] {
        line(&format!("fire, {cpus} CPUs, {tasks} tasks"), fires("fentry/vfs_read", cpus, tasks));
    }
    for (cpus, tasks) in [(1, 10), (1, 1_000), (1, 100_000), (64, 100_000)] {
        line(&format!("sleep and wake, {cpus} CPUs, {tasks} tasks"), sleeps(cpus, tasks, 200_000 / tasks));
    }
    memory::report();
}

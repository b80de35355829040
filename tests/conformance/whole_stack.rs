//! The same recordings through the whole simulator: a clang-built program on a uprobe reads the page, in a simulated task.
//!
//! Neighbour `user_memory` replays every way on the memory model alone; here the six ways of the recording's own programs pass through
//! loading, the hook's enter and exit, the interpreter, the helper and the scheduler. Rows without a page are load verdicts.

use std::cell::RefCell;
use std::rc::Rc;

use hooks::{Kernel, Target};
use programs::object::{Object, load_object};
use programs::profile::{KernelVersion, Profile};
use programs::runtime::{Bpf, BpfConfig, LoadedProgram};
use sim::machine::{Machine, MachineConfig};
use sim::mm::costs::Medium;
use sim::mm::fixture::{Answer, Fixture, Made};
use sim::mm::rules::MmRules;
use sim::mm::swap::SwapBacking;
use sim::mm::uffd::UffdId;
use sim::mm::{MmConfig, SwapConfig};
use sim::task::{TaskSpec, WaitReason};

use crate::user_memory::{Outcome, Row, SLACK, UFFD_DELAY_NS, check_rows, residency, rows};

const OBJECT: &[u8] = include_bytes!("../data/objects/user_memory.bpf.o");
/// Layout of `io`, alone in .bss.
const ADDRESS: u64 = 0;
const LEN: u64 = 8;
const RET: u64 = 16;
const DST: u64 = 24;
/// The page is made at boot; by now whatever I/O that took is over.
const START_NS: u64 = 1_000_000_000;
const FUNCTION: &str = "/bin/guest:trigger";

fn kernel(version: &str) -> Result<Kernel, String> {
    let version: KernelVersion = version.parse().map_err(|_| format!("no profile for kernel {version}"))?;
    let swap = vec![SwapConfig { backing: SwapBacking::Zram, pages: 16_384 }];
    let rules = MmRules::for_kernel(version.name()).ok_or_else(|| format!("no rules for {version}"))?;
    let mm = MmConfig { rules, swap, ..MmConfig::default() };
    let machine =
        Machine::new(MachineConfig { mm, kernel_memory_bytes: 16 << 20, ..MachineConfig::default() });
    Ok(Kernel::new(Bpf::new(machine, BpfConfig::new(Profile::new(version)))))
}

/// Loads the way's program and attaches it: the errno of the load otherwise.
fn load(k: &Kernel, object: &Object, way: &str) -> Result<Rc<LoadedProgram>, String> {
    let spec =
        object.programs.iter().find(|spec| spec.name == way).ok_or_else(|| format!("unknown way {way}"))?;
    let maps = k.bpf().create_maps(object).map_err(|e| e.to_string())?;
    let program = k.bpf().load_program(object, spec, &maps);
    program.map_err(|e| format!("load {}", e.errno().map_or(0, |errno| errno.ret())))
}

/// Answers userfaultfd messages for ever, each after the recording's delay.
fn start_handler(m: &Machine, id: UffdId, answer: Answer) {
    let m2 = m.clone();
    m.spawn(TaskSpec::kthread("handler"), async move {
        loop {
            let message = m2.mm().uffd_read(id);
            let Some(message) = message else {
                m2.mm().uffd_wait_message(id, m2.current());
                m2.block(WaitReason::new("userfaultfd_read")).await;
                continue;
            };
            m2.sleep_ns(UFFD_DELAY_NS, WaitReason::new("nanosleep")).await;
            let now = m2.now_ns();
            let woken = answer.give(&mut m2.mm(), id, message.mm, message.addr, now);
            woken.into_iter().for_each(|task| m2.wake(task));
        }
    });
}

fn io_base(k: &Kernel, program: &LoadedProgram) -> Result<u64, String> {
    let bss = program.maps.iter().find(|map| map.name.ends_with(".bss")).ok_or("no .bss map")?;
    let _ = k;
    bss.map.direct_value().map_err(|errno| format!(".bss: {errno}"))
}

/// Calls the probed function once and says what came of it.
async fn trigger(k: Kernel, io: u64, made: Made, row_len: usize) -> Outcome {
    let m = k.machine().clone();
    m.sleep_ns(START_NS, WaitReason::new("nanosleep")).await;
    {
        let mut arena = m.arena_mut();
        arena.store(io + ADDRESS, 8, made.addr).expect(".bss");
        arena.store(io + LEN, 4, row_len as u64).expect(".bss");
        arena.write(io + DST, &vec![0xaa; row_len + SLACK]).expect(".bss");
    }
    let (now, task) = (m.now_ns(), m.current_task());
    let resident_before = residency(&m.mm(), &made, now);
    let faults = (task.min_flt.get(), task.maj_flt.get());
    k.uprobe(FUNCTION, &[made.addr, row_len as u64]).await;
    let blocked_ms = (m.now_ns() - now) / 1_000_000 / 50 * 50;
    let resident_after = residency(&m.mm(), &made, m.now_ns());
    let arena = m.arena();
    Outcome {
        ret: arena.load(io + RET, 8).expect(".bss") as i64,
        dst: arena.read(io + DST, row_len + SLACK).expect(".bss").to_vec(),
        minor: Some((task.min_flt.get() - faults.0) as usize),
        major: (task.maj_flt.get() - faults.1) as usize,
        resident_before,
        resident_after,
        blocked_ms,
    }
}

fn replay(row: &Row<'_>) -> Result<Outcome, String> {
    let object = load_object(OBJECT, "user_memory").map_err(|e| e.to_string())?;
    let k = kernel(row.kernel)?;
    let program = load(&k, &object, row.way)?;
    k.attach_to(&program, Target::Uprobe(FUNCTION.into()), 0).map_err(|e| e.to_string())?;
    let m = k.machine().clone();
    let made = Fixture::new(&mut m.mm(), Medium::RamDisk).make(row.page);
    let made = made.ok_or_else(|| format!("unknown page kind {}", row.page))?;
    if let Some((id, answer)) = made.uffd {
        start_handler(&m, id, answer);
    }
    let io = io_base(&k, &program)?;
    let outcome = Rc::new(RefCell::new(None));
    let (slot, len, mm) = (outcome.clone(), row.len, made.mm);
    let body = trigger(k.clone(), io, made, len);
    m.spawn(TaskSpec { mm: Some(mm), ..TaskSpec::user("guest") }, async move {
        *slot.borrow_mut() = Some(body.await);
    });
    m.run();
    let findings: Vec<String> = m.findings().iter().map(|f| f.message.clone()).collect();
    let mut outcome = outcome.take().ok_or_else(|| format!("the task never ended: {findings:?}"))?;
    if !findings.is_empty() {
        return Err(format!("findings: {findings:?}"));
    }
    if row.expected.minor.is_none() {
        outcome.minor = None;
    }
    Ok(outcome)
}

#[test]
fn every_recorded_row_agrees_through_the_whole_simulator() {
    let csv = include_str!("../data/user_memory.csv");
    check_rows("user_memory.csv", &rows(csv), replay);
}

#[test]
fn programs_load_where_the_recording_says_they_do() {
    let object = load_object(OBJECT, "user_memory").expect("our own object");
    let refused = |kernel: &str, way: &str| load(&kernel_of(kernel), &object, way).err();
    let csv = include_str!("../data/user_memory.csv");
    let mut seen = 0;
    for line in csv.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let expected = cells[2].is_empty().then(|| cells[11].to_string());
        seen += usize::from(expected.is_some());
        assert_eq!(refused(cells[0], cells[1]), expected, "{line}");
    }
    assert!(seen >= 5, "the recording has load verdicts");
}

fn kernel_of(version: &str) -> Kernel {
    kernel(version).unwrap_or_else(|e| panic!("{e}"))
}

//! Running an accepted program on random inputs, each instruction compared with the claims.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use programs::interp::Run;
use programs::object::Object;
use programs::profile::{KernelVersion, Profile};
use programs::runtime::{Bpf, BpfConfig, Frame, Invocation, PacketFrame, PacketKind, RunResult, StepWatch};
use sim::ids::CpuId;
use sim::machine::{Machine, MachineConfig, Outcome as Ended};
use sim::task::TaskSpec;

use super::claims::{Claims, Real};
use super::generate::{MAPS, RING, SHAPES, Sample};
use super::{Failure, Outcome};
use crate::numbers::Numbers;

/// Instructions of a run, or of a call of a callback in it. Kernels that know callbacks and iterators accept loops without an end around
/// them, and others that take hours.
const BUDGET_INSNS: u64 = 200_000;

/// Compares before every instruction; keeps the first difference.
struct Comparison {
    claims: Claims,
    machine: RefCell<Option<Machine>>,
    compared: Cell<u64>,
    wrong: RefCell<Option<String>>,
}

impl StepWatch for Comparison {
    fn before(&self, run: &Run) {
        if self.wrong.borrow().is_some() || self.claims.is_given_up() {
            return;
        }
        let machine = self.machine.borrow();
        let machine = machine.as_ref().expect("set before the run");
        let load = |address: u64| machine.arena().load(address, 8).ok();
        let real = Real { regs: std::array::from_fn(|number| run.reg(number)), load: &load };
        self.compared.set(self.compared.get() + 1);
        if let Err(text) = self.claims.check(run.pc(), &real) {
            *self.wrong.borrow_mut() = Some(text);
        }
    }
}

/// Runs `object`'s program on `runs` inputs.
pub(super) fn run(
    sample: &Sample,
    object: &Object,
    claims: Claims,
    seed: u64,
    runs: u64,
) -> Result<Outcome, Failure> {
    let comparison = Rc::new(Comparison {
        claims,
        machine: RefCell::default(),
        compared: Cell::new(0),
        wrong: RefCell::default(),
    });
    for nr in 0..runs {
        let mut numbers = Numbers::new(seed.wrapping_mul(1000).wrapping_add(nr));
        one(sample, object, &comparison, &mut numbers)?;
    }
    Ok(Outcome::Agrees { compared: comparison.compared.get() })
}

fn one(
    sample: &Sample,
    object: &Object,
    comparison: &Rc<Comparison>,
    numbers: &mut Numbers,
) -> Result<(), Failure> {
    let m = Machine::new(MachineConfig { nr_cpus: 1, seed: numbers.next_u64(), ..MachineConfig::default() });
    // It was verified before, with somebody who took notes.
    let mut config = BpfConfig { verify: false, ..BpfConfig::new(Profile::new(sample.version)) };
    config.limits.insn_budget = BUDGET_INSNS;
    let bpf = Bpf::new(m.clone(), config);
    let loaded = bpf.load_object(object, None).map_err(|error| Failure::new("load", error.to_string()))?;
    let program = loaded.programs.into_iter().next().expect("one program").result;
    let program = program.map_err(|error| Failure::new("load", error.to_string()))?;
    fill_maps(&m, &bpf, numbers)?;
    let invocation = invocation(sample, &m, numbers);
    *comparison.machine.borrow_mut() = Some(m.clone());
    bpf.watch_steps(Some(comparison.clone()));
    let result = Rc::new(RefCell::new(RunResult::default()));
    let (m2, out) = (m.clone(), result.clone());
    m.spawn(TaskSpec::user("app").on_cpu(CpuId(0)), async move {
        let done = if program.sleepable() {
            let _section = m2.rcu_trace_guard();
            bpf.run_sleepable(&program, &invocation).await
        } else {
            let guard = m2.rcu_read_guard();
            bpf.run_atomic(&program, &invocation, &guard).await
        };
        bpf.watch_steps(None);
        *out.borrow_mut() = done;
    });
    let ended = m.run();
    *comparison.machine.borrow_mut() = None;
    if let Some(wrong) = comparison.wrong.borrow_mut().take() {
        return Err(Failure::new("range", wrong));
    }
    let may_go_on = sample.version > KernelVersion::V5_10;
    let no_fault = |code: sim::finding::Code| {
        code == sim::finding::NOT_MODELLED || (code == sim::finding::ENDLESS_PROGRAM && may_go_on)
    };
    if let Some(finding) = m.findings().iter().find(|finding| !no_fault(finding.code)) {
        return Err(Failure::new("finding", format!("{} {}", finding.code.0, finding.message)));
    }
    if ended != Ended::Complete {
        return Err(Failure::new("end", format!("the run ended with {ended:?}")));
    }
    match &result.borrow().fault {
        Some(fault) if m.findings().is_empty() => Err(Failure::new("fault", fault.to_string())),
        _ => Ok(()),
    }
}

/// Some elements with random contents, as a process would put them there.
fn fill_maps(m: &Machine, bpf: &Bpf, numbers: &mut Numbers) -> Result<(), Failure> {
    for (name, _, _, _, entries) in &MAPS[..RING] {
        let map = bpf.map_by_name(name).expect("the object has it").map;
        for key in 0..*entries {
            let bytes = map.core().user_value_size(0);
            let value: Vec<u8> = (0..bytes.div_ceil(8)).flat_map(|_| numbers.edgy().to_le_bytes()).collect();
            if numbers.one_in(4) {
                continue;
            }
            let put = map.update_user(m, &key.to_le_bytes(), &value[..bytes], 0);
            put.map_err(|errno| Failure::new("map", format!("{name}: {errno}")))?;
        }
    }
    Ok(())
}

/// The context of the program's kind with random contents; packets are of any length.
fn invocation(sample: &Sample, m: &Machine, numbers: &mut Numbers) -> Invocation {
    let shape = SHAPES.iter().find(|shape| shape.section == sample.section).expect("a generated kind");
    if shape.packet.is_some() {
        let kind = if sample.section == "xdp" { PacketKind::Xdp } else { PacketKind::Skb };
        let bytes: Vec<u8> = (0..numbers.below(130)).map(|_| numbers.next_u64() as u8).collect();
        let frame = PacketFrame::new(m, kind, &bytes).expect("memory");
        let (first, width, count) = shape.fields;
        for nr in 0..count as i64 {
            let offset = (first + width * nr) as u64;
            // `len` of a socket buffer is what the packet says.
            if kind == PacketKind::Xdp || offset > 0 {
                frame.set_u32(m, offset, numbers.edgy() as u32).expect("the context is live");
            }
        }
        return Invocation::new(frame.ctx, Frame::Packet(frame));
    }
    let mut arena = m.arena_mut();
    let ctx = arena.alloc_zeroed(168, "context", m.stamp()).expect("memory");
    for at in (0..168).step_by(8) {
        arena.store(ctx + at, 8, numbers.edgy()).expect("just allocated");
    }
    Invocation::new(ctx, Frame::Plain)
}

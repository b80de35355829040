//! A machine with a BPF subsystem, and short ways to run a program on it.

use std::cell::RefCell;
use std::rc::Rc;

use programs::isa::assemble;
use programs::object::MapSpec;
use programs::profile::{KernelVersion, Profile};
use programs::runtime::{
    Bpf, BpfConfig, Frame, Invocation, LoadError, LoadedProgram, RunResult, inline_object, inline_program,
};
use sim::ids::{CpuId, MmId};
use sim::machine::{Machine, MachineConfig, Outcome};
use sim::mm::fixture::{Fixture, Made};
use sim::mm::{Medium, MmConfig, MmRules, SwapBacking, SwapConfig};
use sim::task::TaskSpec;

pub const V5_10: KernelVersion = KernelVersion::V5_10;
pub const V6_1: KernelVersion = KernelVersion::V6_1;
pub const V6_12: KernelVersion = KernelVersion::V6_12;
pub const V7_2: KernelVersion = KernelVersion::V7_2;

pub struct Lab {
    pub m: Machine,
    pub bpf: Bpf,
}

/// What a run left behind.
pub struct Ran {
    pub lab: Lab,
    pub result: RunResult,
}

impl Ran {
    pub fn ret(&self) -> i64 {
        self.result.ret as i64
    }

    /// Codes of the findings.
    pub fn findings(&self) -> Vec<&'static str> {
        self.lab.m.findings().iter().map(|f| f.code.0).collect()
    }

    /// Lines of trace_pipe.
    pub fn printed(&self) -> Vec<String> {
        self.lab.bpf.outputs().printk.iter().map(|line| line.text.to_string()).collect()
    }
}

impl Lab {
    pub fn new(version: KernelVersion, nr_cpus: usize) -> Lab {
        let swap = vec![SwapConfig { backing: SwapBacking::Disk(Medium::Nvme), pages: 64 }];
        let rules = MmRules::for_kernel(version.name()).expect("a preset");
        let mm = MmConfig { rules, swap, ..MmConfig::default() };
        let m = Machine::new(MachineConfig { nr_cpus, mm, ..MachineConfig::default() });
        // These tests are about what happens when a program runs, whether a kernel loads it or not.
        let config = BpfConfig { verify: false, ..BpfConfig::new(Profile::new(version)) };
        let bpf = Bpf::new(m.clone(), config);
        Lab { m, bpf }
    }

    /// Loads an assembled program with its maps.
    pub fn try_load(
        &self,
        section: &str,
        text: &str,
        maps: &[MapSpec],
    ) -> Result<Rc<LoadedProgram>, LoadError> {
        let names: Vec<&str> = maps.iter().map(|map| map.name.as_str()).collect();
        let assembly = assemble(text, &names).unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
        let program = inline_program("prog", section, text, &assembly);
        let object = inline_object("test", "GPL", vec![program], maps.to_vec());
        self.bpf.load_object(&object, None)?.programs.remove(0).result
    }

    pub fn load(&self, section: &str, text: &str, maps: &[MapSpec]) -> Rc<LoadedProgram> {
        self.try_load(section, text, maps).unwrap_or_else(|error| panic!("{section}\n{text}\n{error}"))
    }

    /// A page of the given kind in a new address space.
    pub fn page(&self, kind: &str) -> Made {
        Fixture::new(&mut self.m.mm(), Medium::Hdd).make(kind).expect("a kind of page")
    }

    /// A context of 8 words.
    pub fn ctx(&self, words: &[u64]) -> u64 {
        let mut arena = self.m.arena_mut();
        let ctx = arena.alloc_zeroed(64, "test context", self.m.stamp()).expect("memory");
        for (at, word) in words.iter().enumerate() {
            arena.store(ctx + 8 * at as u64, 8, *word).expect("just allocated");
        }
        ctx
    }

    /// A task that runs the program once; the result appears in the cell.
    pub fn task(
        &self,
        name: &str,
        cpu: u16,
        mm: Option<MmId>,
        prog: &Rc<LoadedProgram>,
        inv: Invocation,
    ) -> Rc<RefCell<RunResult>> {
        let result = Rc::new(RefCell::new(RunResult::default()));
        let (m, bpf, prog, out) = (self.m.clone(), self.bpf.clone(), prog.clone(), result.clone());
        let spec = TaskSpec { mm, uid: 1000, gid: 100, ..TaskSpec::user(name) }.on_cpu(CpuId(cpu));
        self.m.spawn(spec, async move {
            let done = run(&m, &bpf, &prog, &inv).await;
            *out.borrow_mut() = done;
        });
        result
    }
}

/// Enters as a hook does: under Tasks Trace or under RCU.
async fn run(m: &Machine, bpf: &Bpf, prog: &Rc<LoadedProgram>, inv: &Invocation) -> RunResult {
    if prog.sleepable() {
        let _section = m.rcu_trace_guard();
        bpf.run_sleepable(prog, inv).await
    } else {
        let guard = m.rcu_read_guard();
        bpf.run_atomic(prog, inv, &guard).await
    }
}

/// Runs one program in a task named `cat` on a one-CPU machine; `words` are its context.
pub fn run_in(
    lab: Lab,
    section: &str,
    text: &str,
    maps: &[MapSpec],
    mm: Option<MmId>,
    inv: impl FnOnce(&Lab) -> Invocation,
) -> Ran {
    let prog = lab.load(section, text, maps);
    let inv = inv(&lab);
    let result = lab.task("cat", 0, mm, &prog, inv);
    assert_eq!(lab.m.run(), Outcome::Complete, "{text}");
    let result = result.borrow().clone();
    Ran { lab, result }
}

/// The same with a plain frame and an empty context.
pub fn run_plain(version: KernelVersion, section: &str, text: &str, maps: &[MapSpec]) -> Ran {
    run_in(Lab::new(version, 1), section, text, maps, None, |lab| Invocation::new(lab.ctx(&[]), Frame::Plain))
}

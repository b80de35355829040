//! Entering and leaving a program: which read-side section it runs under, whether it may migrate, and whether a second entry on
//! the same CPU is skipped.
//!
//! Modelled after kernel/bpf/trampoline.c (`__bpf_prog_enter*`), kernel/trace/bpf_trace.c (`trace_call_bpf`, `__bpf_trace_run`) and
//! include/linux/bpf.h (`bpf_prog_run_array_sleepable`, `bpf_prog_run_array_uprobe`). Neighbours: `trampoline` and `kinds` call
//! [`run_program`] per program.

use std::cell::Cell;
use std::rc::Rc;

use programs::profile::KernelVersion;
use programs::runtime::{Invocation, LoadedProgram};
use sim::machine::{InAtomic, Machine};

use crate::event::HookEvent;
use crate::kernel::Kernel;

/// Through which door a program is entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// fentry, fexit, fmod_ret, LSM: through a trampoline.
    Trampoline,
    /// kprobes, tracepoints, perf events: preemption off, one program at a time per CPU, whatever it is.
    PerfArray,
    /// raw tracepoints: RCU, and since 6.1 a recursion counter per program.
    RawTracepoint,
    /// uprobes: before 6.1 like kprobes; since then the whole array runs under Tasks Trace, atomic programs also under RCU.
    Uprobe,
    /// Packets, in softirq context.
    Softirq,
    /// Iterators and `BPF_PROG_TEST_RUN` of syscall programs.
    Direct,
}

/// Which counters a run takes, decided once per run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rules {
    trace: bool,
    rcu: bool,
    migrate: bool,
    preempt: bool,
    /// Skip when this program already runs on this CPU.
    own_counter: bool,
    /// Skip when any program of this door already runs on this CPU (`bpf_prog_active`).
    shared_counter: bool,
}

fn rules(kernel: &Kernel, program: &LoadedProgram, door: Door) -> Rules {
    let profile = kernel.bpf().profile();
    let version = profile.version;
    let sleepable = program.kind.sleepable;
    let old = version == KernelVersion::V5_10;
    let base = Rules {
        trace: sleepable,
        rcu: !sleepable,
        migrate: !(old && sleepable),
        preempt: false,
        own_counter: false,
        shared_counter: false,
    };
    match door {
        Door::Trampoline => Rules { own_counter: !old && program.kind.checks_recursion(profile), ..base },
        Door::PerfArray => faultable_or_shared(base, sleepable),
        // A sleepable tp_btf program that 5.10 or 6.1 let load runs under plain RCU there.
        Door::RawTracepoint if version < KernelVersion::V7_2 => {
            Rules { trace: false, rcu: true, own_counter: !old, ..base }
        }
        Door::RawTracepoint => Rules { own_counter: true, ..base },
        Door::Uprobe if old => faultable_or_shared(base, false),
        Door::Uprobe => Rules { trace: true, ..base },
        Door::Softirq => Rules { migrate: false, ..base },
        // 5.10 runs iterators under RCU even if they carry the flag.
        Door::Direct if old => Rules { trace: false, rcu: true, migrate: true, ..base },
        Door::Direct => base,
    }
}

fn faultable_or_shared(base: Rules, sleepable: bool) -> Rules {
    if sleepable {
        Rules { own_counter: true, ..base }
    } else {
        Rules { preempt: true, shared_counter: true, ..base }
    }
}

/// Changes a counter of the current context.
type Step = fn(&Machine);

impl Rules {
    fn enter(self, m: &Machine) {
        let steps: [(bool, Step); 4] = [
            (self.trace, Machine::rcu_read_lock_trace),
            (self.preempt, Machine::preempt_disable),
            (self.rcu, Machine::rcu_read_lock),
            (self.migrate, Machine::migrate_disable),
        ];
        steps.iter().filter(|(on, _)| *on).for_each(|(_, enter)| enter(m));
    }

    fn leave(self, m: &Machine) {
        let steps: [(bool, Step); 4] = [
            (self.migrate, Machine::migrate_enable),
            (self.rcu, Machine::rcu_read_unlock),
            (self.preempt, Machine::preempt_enable),
            (self.trace, Machine::rcu_read_unlock_trace),
        ];
        steps.iter().filter(|(on, _)| *on).for_each(|(_, leave)| leave(m));
    }

    /// The counters to take on this CPU.
    fn counters(self, kernel: &Kernel, program: &Rc<LoadedProgram>) -> Counters {
        let cpu = kernel.machine().current_cpu();
        Counters {
            cpu: cpu.index(),
            own: self.own_counter.then(|| program.clone()),
            shared: self.shared_counter.then(|| kernel.clone()),
        }
    }
}

/// Recursion counters of one run; they belong to the CPU it was entered on.
struct Counters {
    cpu: usize,
    own: Option<Rc<LoadedProgram>>,
    shared: Option<Kernel>,
}

impl Counters {
    fn cells(&self) -> impl Iterator<Item = &Cell<u32>> {
        let own = self.own.iter().map(|program| &program.active[self.cpu]);
        own.chain(self.shared.iter().map(|kernel| kernel.prog_active(self.cpu)))
    }

    /// Counts this run in; false if it must be skipped. Counted even then: leaving counts it out.
    fn enter(&self) -> bool {
        let mut first = true;
        for cell in self.cells() {
            cell.set(cell.get() + 1);
            first &= cell.get() == 1;
        }
        first
    }

    fn leave(&self) {
        self.cells().for_each(|cell| cell.set(cell.get() - 1));
    }
}

/// Runs one attached program through its door. `None`: it was skipped.
pub async fn run_program(
    kernel: &Kernel,
    program: &Rc<LoadedProgram>,
    inv: &Invocation,
    door: Door,
) -> Option<u64> {
    let m = kernel.machine();
    let rules = rules(kernel, program, door);
    rules.enter(m);
    if rules.trace && !rules.rcu {
        // might_fault() of the sleepable enter functions.
        m.might_sleep("kernel/bpf/trampoline.c");
    }
    let counters = rules.counters(kernel, program);
    let ret = if counters.enter() {
        let result = match rules.rcu || rules.preempt || !program.kind.sleepable {
            true => kernel.bpf().run_atomic(program, inv, &Atomic(m)).await,
            false => kernel.bpf().run_sleepable(program, inv).await,
        };
        Some(result.ret)
    } else {
        missed(kernel, program, rules);
        None
    };
    counters.leave();
    rules.leave(m);
    ret
}

/// The same where nothing can be awaited: in an interrupt.
pub fn run_program_in_irq(
    kernel: &Kernel,
    program: &Rc<LoadedProgram>,
    inv: &Invocation,
    door: Door,
) -> Option<u64> {
    let m = kernel.machine();
    let rules = rules(kernel, program, door);
    rules.enter(m);
    let counters = rules.counters(kernel, program);
    let ret = if counters.enter() {
        Some(kernel.bpf().run_in_irq(program, inv, &Atomic(m)).ret)
    } else {
        missed(kernel, program, rules);
        None
    };
    counters.leave();
    rules.leave(m);
    ret
}

/// The proof that `Rules::enter` has made the context atomic.
struct Atomic<'a>(&'a Machine);

impl InAtomic for Atomic<'_> {
    fn machine(&self) -> &Machine {
        self.0
    }
}

fn missed(kernel: &Kernel, program: &LoadedProgram, rules: Rules) {
    program.recursion_misses.set(program.recursion_misses.get() + 1);
    let why = if rules.shared_counter { "bpf_prog_active" } else { "recursion" };
    kernel.machine().emit_with(|| HookEvent::Missed { program: program.name.to_string(), why });
}

//! Programs in interrupts: what an interrupt handler reaches, run as plain functions.
//!
//! The same doors as in task context, but nothing can wait: a sleepable program that is reached here is an invalid sleep, and is
//! reported as one. Neighbours: `trampoline` and `kinds` have the versions for tasks.

use std::cell::Cell;
use std::rc::Rc;

use programs::runtime::{Frame, Invocation, LoadedProgram, ProbeFrame, TrampolineFrame};

use crate::kernel::Kernel;
use crate::protocol::{Door, run_program_in_irq};
use crate::registry::{Link, Target, TargetKind};
use crate::regs::PtRegs;

/// `struct bpf_perf_event_data` (include/uapi/linux/bpf_perf_event.h): registers, sample period, address.
const PERF_EVENT_CONTEXT_BYTES: usize = 168 + 16;

impl Kernel {
    /// An interrupt handler calls a kernel function (or hits the tracepoint of this name) without arguments. Programs that replace
    /// return values run, but what they return goes nowhere.
    pub fn call_function_in_irq(&self, name: &str) {
        let targets: [(TargetKind, Door); 6] = [
            (Target::Kprobe, Door::PerfArray),
            (Target::Tracepoint, Door::PerfArray),
            (Target::RawTracepoint, Door::RawTracepoint),
            (Target::Fentry, Door::Trampoline),
            (Target::FmodRet, Door::Trampoline),
            (Target::Fexit, Door::Trampoline),
        ];
        for (target, door) in targets {
            let links = self.registry().links(&target(name.to_string()));
            for link in links.iter().flat_map(|links| links.iter()) {
                self.run_link_in_irq(name, link, door);
            }
        }
    }

    fn run_link_in_irq(&self, function: &str, link: &Link, door: Door) {
        let ip = self.function_address(function);
        let frame = match door {
            Door::Trampoline | Door::RawTracepoint => Frame::Trampoline(TrampolineFrame {
                func: function.into(),
                ip,
                args: Rc::from([]),
                ret: Some(0),
            }),
            _ => Frame::Probe(ProbeFrame { func: function.into(), ip, overridden: Cell::new(None) }),
        };
        let ctx = self.alloc_context("pt_regs", PtRegs::kernel_function(&[]).bytes());
        let inv = Invocation { ctx, cookie: link.cookie, frame: Rc::new(frame) };
        run_program_in_irq(self, &link.program, &inv, door);
        self.free_context(ctx);
    }

    /// A perf event's overflow interrupt runs its program (kernel/events/core.c:bpf_overflow_handler).
    pub fn run_perf_event_in_irq(&self, program: &Rc<LoadedProgram>) {
        let mut bytes = PtRegs::kernel_function(&[]).bytes().to_vec();
        bytes.resize(PERF_EVENT_CONTEXT_BYTES, 0);
        let ctx = self.alloc_context("bpf_perf_event_data", &bytes);
        let inv = Invocation::new(ctx, Frame::Plain);
        run_program_in_irq(self, program, &inv, Door::PerfArray);
        self.free_context(ctx);
    }
}

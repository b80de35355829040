//! Interrupts: they hit whatever runs on a CPU, add to its context, and run to completion as plain functions.

use super::{IrqHandler, Machine, SimEvent};
use crate::context::{self, IrqKind};
use crate::ids::CpuId;
use crate::task::Task;

pub(super) struct PendingIrq {
    kind: IrqKind,
    name: &'static str,
    handler: IrqHandler,
}

impl Machine {
    /// Raises an interrupt on `cpu` now. It runs at once, or is held back until the CPU's context lets it in.
    pub fn interrupt(
        &self,
        cpu: CpuId,
        kind: IrqKind,
        name: &'static str,
        f: impl FnOnce(&Machine) + 'static,
    ) {
        let irq = PendingIrq { kind, name, handler: Box::new(f) };
        if self.lets_in(cpu, kind) {
            self.serve(cpu, irq);
        } else {
            self.0.cpus[cpu.index()].pending_irqs.borrow_mut().push_back(irq);
        }
    }

    fn victim(&self, cpu: CpuId) -> std::rc::Rc<Task> {
        self.task(self.0.cpus[cpu.index()].current.get())
    }

    fn lets_in(&self, cpu: CpuId, kind: IrqKind) -> bool {
        let task = self.victim(cpu);
        let ctx = &task.ctx;
        let irqs_on = ctx.irqs_disabled.get() == 0;
        match kind {
            IrqKind::Nmi => true,
            IrqKind::Hard => irqs_on && !ctx.in_hardirq() && !ctx.in_nmi(),
            IrqKind::Soft => irqs_on && !ctx.in_softirq() && !ctx.in_hardirq() && !ctx.in_nmi(),
        }
    }

    fn serve(&self, cpu: CpuId, irq: PendingIrq) {
        let task = self.victim(cpu);
        let saved = (self.0.current.get(), self.0.current_cpu.get(), self.0.debt_ns.get());
        // During a timed event nobody executes: the time goes to the CPU that is hit, whoever executed last.
        let own_cpu = !self.0.in_event.get() && saved.1 == cpu && saved.0 == task.id;
        self.0.current.set(task.id);
        self.0.current_cpu.set(cpu);
        if !own_cpu {
            self.0.debt_ns.set(0);
        }
        context::add(&task.ctx.preempt_count, irq.kind.offset());
        self.emit_with(|| SimEvent::IrqEntry { kind: irq.kind, name: irq.name });
        self.charge(self.0.config.costs.interrupt_ns);
        (irq.handler)(self);
        self.emit_with(|| SimEvent::IrqExit { kind: irq.kind, name: irq.name });
        let balanced = context::sub(&task.ctx.preempt_count, irq.kind.offset());
        assert!(balanced, "interrupt handlers restore preempt_count");
        if !own_cpu {
            self.delay_cpu(cpu, self.0.debt_ns.get());
            self.0.current.set(saved.0);
            self.0.current_cpu.set(saved.1);
            self.0.debt_ns.set(saved.2);
        }
        self.serve_pending(cpu);
        self.reschedule_idle(cpu);
    }

    /// The interrupt took time that the interrupted task did not get.
    fn delay_cpu(&self, cpu: CpuId, ns: u64) {
        let slot = &self.0.cpus[cpu.index()];
        let from = slot.busy_until_ns.get().max(self.0.now_ns.get());
        slot.busy_until_ns.set(from + ns);
    }

    /// Serves what was held back and may now come in: softirqs at the end of an interrupt, anything when a guard ends.
    pub(super) fn serve_pending(&self, cpu: CpuId) {
        loop {
            let slot = &self.0.cpus[cpu.index()];
            let index = slot.pending_irqs.borrow().iter().position(|irq| self.lets_in(cpu, irq.kind));
            let Some(index) = index else { return };
            let irq = slot.pending_irqs.borrow_mut().remove(index).expect("found");
            self.serve(cpu, irq);
        }
    }

    /// An idle CPU that an interrupt gave work takes it up.
    fn reschedule_idle(&self, cpu: CpuId) {
        let slot = &self.0.cpus[cpu.index()];
        if slot.current.get() == slot.idle
            && !slot.queue.borrow().is_empty()
            && !self.victim(cpu).ctx.in_interrupt()
        {
            self.schedule_cpu(cpu, self.0.now_ns.get());
        }
    }
}

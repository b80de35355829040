//! Execution context: everything a kernel counts to know whether code may sleep.
//!
//! Key type: [`Context`], one per task (an interrupt adds to the context of the task it interrupts, as `preempt_count` does).
//! The layout of `preempt_count` is Linux's (`include/linux/preempt.h`): 8 bits preemption depth, 8 bits softirq, 4 bits hardirq,
//! 4 bits NMI. Neighbours: `guards` gives RAII forms, `machine::report` turns a violation into a finding.

use std::cell::{Cell, RefCell};

use crate::event::CtxFlags;
use crate::ids::LockId;

/// One level of `preempt_disable()`.
pub const PREEMPT_OFFSET: u32 = 1;
/// One level of serving a softirq.
pub const SOFTIRQ_OFFSET: u32 = 1 << 8;
/// `local_bh_disable()` counts twice a served softirq, so that the two can be told apart.
pub const SOFTIRQ_DISABLE_OFFSET: u32 = 2 * SOFTIRQ_OFFSET;
/// One level of hard interrupt.
pub const HARDIRQ_OFFSET: u32 = 1 << 16;
/// One level of non-maskable interrupt.
pub const NMI_OFFSET: u32 = 1 << 20;

const PREEMPT_MASK: u32 = 0xff;
const SOFTIRQ_MASK: u32 = 0xff << 8;
const HARDIRQ_MASK: u32 = 0xf << 16;
const NMI_MASK: u32 = 0xf << 20;

/// The kinds of interrupt that can hit a task on its CPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IrqKind {
    /// A device or timer interrupt; held back while interrupts are disabled.
    Hard,
    /// Deferred work of an interrupt (packets, timers); held back in interrupts and while bottom halves are disabled.
    Soft,
    /// Never held back.
    Nmi,
}

impl IrqKind {
    pub(crate) fn offset(self) -> u32 {
        match self {
            IrqKind::Hard => HARDIRQ_OFFSET,
            IrqKind::Soft => SOFTIRQ_OFFSET,
            IrqKind::Nmi => NMI_OFFSET,
        }
    }
}

/// The counters of one task.
#[derive(Debug, Default)]
pub struct Context {
    /// Linux's `preempt_count`, same bit layout.
    pub preempt_count: Cell<u32>,
    /// `local_irq_disable()` depth (0 = enabled).
    pub irqs_disabled: Cell<u32>,
    /// `rcu_read_lock()` nesting.
    pub rcu_depth: Cell<u32>,
    /// `rcu_read_lock_trace()` nesting.
    pub rcu_trace_depth: Cell<u32>,
    /// `migrate_disable()` nesting: the task resumes on the same CPU.
    pub migration_disabled: Cell<u32>,
    /// `pagefault_disable()` nesting: a fault is `-EFAULT`, never a wait.
    pub pagefault_disabled: Cell<u32>,
    /// Spinning locks held, innermost last, with the name each was taken under.
    pub locks_held: RefCell<Vec<(LockId, &'static str)>>,
}

pub(crate) fn add(cell: &Cell<u32>, by: u32) {
    cell.set(cell.get() + by);
}

/// Subtracts, and says whether the counter was high enough (an unbalanced exit is the caller's finding).
#[must_use]
pub(crate) fn sub(cell: &Cell<u32>, by: u32) -> bool {
    let ok = cell.get() >= by;
    cell.set(cell.get().saturating_sub(by));
    ok
}

impl Context {
    /// `in_nmi()`.
    pub fn in_nmi(&self) -> bool {
        self.preempt_count.get() & NMI_MASK != 0
    }

    /// `in_hardirq()`.
    pub fn in_hardirq(&self) -> bool {
        self.preempt_count.get() & HARDIRQ_MASK != 0
    }

    /// `in_softirq()`: serving a softirq, or bottom halves disabled.
    pub fn in_softirq(&self) -> bool {
        self.preempt_count.get() & SOFTIRQ_MASK != 0
    }

    /// Serving a softirq right now (`in_serving_softirq()`).
    pub fn serving_softirq(&self) -> bool {
        self.preempt_count.get() & SOFTIRQ_OFFSET != 0
    }

    /// In any interrupt: code here does not belong to the task.
    pub fn in_interrupt(&self) -> bool {
        self.in_nmi() || self.in_hardirq() || self.serving_softirq()
    }

    /// `in_atomic()`: any bit of `preempt_count` set.
    pub fn in_atomic(&self) -> bool {
        self.preempt_count.get() != 0
    }

    /// The conditions of `__might_sleep()` (`kernel/sched/core.c`).
    pub fn may_sleep(&self) -> bool {
        !self.in_atomic() && self.irqs_disabled.get() == 0 && self.rcu_depth.get() == 0
    }

    /// `faulthandler_disabled()` (`include/linux/uaccess.h`): a fault on user memory may not be served here.
    pub fn faulthandler_disabled(&self) -> bool {
        self.pagefault_disabled.get() != 0 || self.in_atomic()
    }

    /// Whether the scheduler may take the CPU away. Differs from a PREEMPT_RCU kernel: an RCU reader is not preempted here,
    /// which only makes its section shorter.
    pub fn preemptible(&self) -> bool {
        self.may_sleep()
    }

    /// The ftrace flag column for this context.
    pub fn flags(&self, need_resched: bool) -> CtxFlags {
        CtxFlags {
            irqs_off: self.irqs_disabled.get() != 0 || self.in_hardirq() || self.in_nmi(),
            need_resched,
            nmi: self.in_nmi(),
            hardirq: self.in_hardirq(),
            softirq: self.serving_softirq(),
            preempt: (self.preempt_count.get() & PREEMPT_MASK) as u8,
            migrate: self.migration_disabled.get().min(255) as u8,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_counter_forbids_sleep_on_its_own() {
        type Enter = fn(&Context);
        let cases: &[(&str, Enter, bool)] = &[
            ("nothing", |_| (), true),
            ("preempt_disable", |c| add(&c.preempt_count, PREEMPT_OFFSET), false),
            ("local_bh_disable", |c| add(&c.preempt_count, SOFTIRQ_DISABLE_OFFSET), false),
            ("hardirq", |c| add(&c.preempt_count, HARDIRQ_OFFSET), false),
            ("irqs off", |c| add(&c.irqs_disabled, 1), false),
            ("rcu_read_lock", |c| add(&c.rcu_depth, 1), false),
            ("rcu_read_lock_trace", |c| add(&c.rcu_trace_depth, 1), true),
            ("migrate_disable", |c| add(&c.migration_disabled, 1), true),
            ("pagefault_disable", |c| add(&c.pagefault_disabled, 1), true),
        ];
        for (what, enter, may_sleep) in cases {
            let ctx = Context::default();
            enter(&ctx);
            assert_eq!(ctx.may_sleep(), *may_sleep, "{what}");
        }
    }

    #[test]
    fn disabled_bottom_halves_are_not_a_served_softirq() {
        let ctx = Context::default();
        add(&ctx.preempt_count, SOFTIRQ_DISABLE_OFFSET);
        assert!(ctx.in_softirq() && !ctx.serving_softirq() && !ctx.in_interrupt());
    }
}

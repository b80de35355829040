//! Context counters of the current task, as the kernel's functions of the same names change them, and RAII guards.
//!
//! A guard that implements [`InAtomic`] proves to the compiler that code runs in atomic context: atomic programs take one and are
//! plain functions, so an `await` in them does not compile.

use super::Machine;
use crate::context::{self, PREEMPT_OFFSET, SOFTIRQ_DISABLE_OFFSET};
use crate::finding::UNBALANCED;
use crate::ids::LockId;

/// Proof of atomic context.
pub trait InAtomic {
    /// The machine whose context the guard holds.
    fn machine(&self) -> &Machine;
}

impl Machine {
    /// `preempt_disable()`.
    pub fn preempt_disable(&self) {
        context::add(&self.current_task().ctx.preempt_count, PREEMPT_OFFSET);
    }

    /// `preempt_enable()`.
    pub fn preempt_enable(&self) {
        let task = self.current_task();
        let depth = task.ctx.preempt_count.get() & 0xff;
        let ok = depth > 0 && context::sub(&task.ctx.preempt_count, PREEMPT_OFFSET);
        self.expect_balanced(ok, "preempt_enable");
    }

    /// `local_bh_disable()`.
    pub fn local_bh_disable(&self) {
        context::add(&self.current_task().ctx.preempt_count, SOFTIRQ_DISABLE_OFFSET);
    }

    /// `local_bh_enable()`; serves softirqs that were held back.
    pub fn local_bh_enable(&self) {
        let ok = context::sub(&self.current_task().ctx.preempt_count, SOFTIRQ_DISABLE_OFFSET);
        self.expect_balanced(ok, "local_bh_enable");
        self.serve_pending(self.current_cpu());
    }

    /// `local_irq_disable()`, counted.
    pub fn local_irq_disable(&self) {
        context::add(&self.current_task().ctx.irqs_disabled, 1);
    }

    /// `local_irq_enable()`; serves interrupts that were held back.
    pub fn local_irq_enable(&self) {
        let ok = context::sub(&self.current_task().ctx.irqs_disabled, 1);
        self.expect_balanced(ok, "local_irq_enable");
        self.serve_pending(self.current_cpu());
    }

    /// `migrate_disable()`.
    pub fn migrate_disable(&self) {
        context::add(&self.current_task().ctx.migration_disabled, 1);
    }

    /// `migrate_enable()`.
    pub fn migrate_enable(&self) {
        let ok = context::sub(&self.current_task().ctx.migration_disabled, 1);
        self.expect_balanced(ok, "migrate_enable");
    }

    /// `pagefault_disable()`.
    pub fn pagefault_disable(&self) {
        context::add(&self.current_task().ctx.pagefault_disabled, 1);
    }

    /// `pagefault_enable()`.
    pub fn pagefault_enable(&self) {
        let ok = context::sub(&self.current_task().ctx.pagefault_disabled, 1);
        self.expect_balanced(ok, "pagefault_enable");
    }

    /// `rcu_read_lock()`.
    pub fn rcu_read_lock(&self) {
        let depth = &self.current_task().ctx.rcu_depth;
        context::add(depth, 1);
        if depth.get() == 1 {
            self.classic_section_begins();
        }
    }

    /// `rcu_read_unlock()`.
    pub fn rcu_read_unlock(&self) {
        let depth = &self.current_task().ctx.rcu_depth;
        let ok = context::sub(depth, 1);
        if ok && depth.get() == 0 {
            self.classic_section_ends();
        }
        self.expect_balanced(ok, "rcu_read_unlock");
    }

    /// `rcu_read_lock_trace()`: the section belongs to the task and may block.
    pub fn rcu_read_lock_trace(&self) {
        let depth = &self.current_task().ctx.rcu_trace_depth;
        context::add(depth, 1);
        self.trace_section_begins(depth.get() == 1);
    }

    /// `rcu_read_unlock_trace()`.
    pub fn rcu_read_unlock_trace(&self) {
        let depth = &self.current_task().ctx.rcu_trace_depth;
        let ok = context::sub(depth, 1);
        if ok {
            self.trace_section_ends(depth.get() == 0);
        }
        self.expect_balanced(ok, "rcu_read_unlock_trace");
    }

    /// Notes that the current task holds a spinning lock (which also disables preemption).
    pub fn lock_acquired(&self, lock: LockId, name: &'static str) {
        self.preempt_disable();
        self.current_task().ctx.locks_held.borrow_mut().push((lock, name));
    }

    /// Notes that the lock was released.
    pub fn lock_released(&self, lock: LockId) {
        let task = self.current_task();
        let held = task.ctx.locks_held.borrow().iter().rposition(|(id, _)| *id == lock);
        if let Some(index) = held {
            task.ctx.locks_held.borrow_mut().remove(index);
            self.preempt_enable();
        }
        self.expect_balanced(held.is_some(), "spin_unlock");
    }

    fn expect_balanced(&self, ok: bool, what: &str) {
        if !ok {
            self.finding(UNBALANCED, format!("{what}() without the matching call before it"), Vec::new());
        }
    }
}

macro_rules! guards {
    ($($(#[$doc:meta])* $name:ident: $method:ident, $enter:ident, $leave:ident;)*) => {$(
        $(#[$doc])*
        #[must_use = "the section ends when the guard is dropped"]
        pub struct $name {
            machine: Machine,
        }

        impl Machine {
            $(#[$doc])*
            pub fn $method(&self) -> $name {
                self.$enter();
                $name { machine: self.clone() }
            }
        }

        impl $name {
            /// The machine whose context the guard holds.
            pub fn machine(&self) -> &Machine {
                &self.machine
            }
        }

        impl Drop for $name {
            fn drop(&mut self) {
                if self.machine.is_executing() {
                    self.machine.$leave();
                }
            }
        }
    )*};
}

guards! {
    /// Preemption is off while this lives.
    PreemptGuard: preempt_guard, preempt_disable, preempt_enable;
    /// Bottom halves are off while this lives.
    BhGuard: bh_guard, local_bh_disable, local_bh_enable;
    /// Interrupts are off while this lives.
    IrqGuard: irq_guard, local_irq_disable, local_irq_enable;
    /// A classic RCU read-side section.
    RcuReadGuard: rcu_read_guard, rcu_read_lock, rcu_read_unlock;
    /// A Tasks-Trace read-side section: sleeping is allowed in it, so it proves no atomic context.
    RcuTraceGuard: rcu_trace_guard, rcu_read_lock_trace, rcu_read_unlock_trace;
}

macro_rules! atomic {
    ($($name:ident),*) => {$(
        impl InAtomic for $name {
            fn machine(&self) -> &Machine {
                &self.machine
            }
        }
    )*};
}
atomic!(PreemptGuard, BhGuard, IrqGuard, RcuReadGuard);

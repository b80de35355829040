//! Regions: RCU, preemption, interrupts. Source: `kernel/bpf/helpers.c` (`bpf_rcu_read_lock`, `bpf_preempt_disable`,
//! `bpf_local_irq_save`).

use std::cell::Cell;

use sim::finding;
use sim::machine::Machine;

use super::Row;
use crate::runtime::{CallFault, HelperCx, Reply, ret};

pub(super) const ROWS: &[Row] = &[
    Row { name: "bpf_rcu_read_lock", body: rcu_lock },
    Row { name: "bpf_rcu_read_unlock", body: rcu_unlock },
    Row { name: "bpf_preempt_disable", body: preempt_disable },
    Row { name: "bpf_preempt_enable", body: preempt_enable },
    Row { name: "bpf_local_irq_save", body: irq_save },
    Row { name: "bpf_local_irq_restore", body: irq_restore },
];

fn enter(cx: &HelperCx<'_>, depth: &Cell<u32>, enter: fn(&Machine)) -> Reply {
    depth.set(depth.get() + 1);
    enter(cx.machine());
    ret(0)
}

fn leave(cx: &HelperCx<'_>, depth: &Cell<u32>, leave: fn(&Machine), what: &str) -> Reply {
    if depth.get() == 0 {
        return Err(CallFault::new(
            finding::UNBALANCED,
            format!("{what} without the matching call before it"),
        ));
    }
    depth.set(depth.get() - 1);
    leave(cx.machine());
    ret(0)
}

fn rcu_lock(cx: &HelperCx<'_>, _: [u64; 5]) -> Reply {
    enter(cx, &cx.state.rcu, Machine::rcu_read_lock)
}

fn rcu_unlock(cx: &HelperCx<'_>, _: [u64; 5]) -> Reply {
    leave(cx, &cx.state.rcu, Machine::rcu_read_unlock, "bpf_rcu_read_unlock")
}

fn preempt_disable(cx: &HelperCx<'_>, _: [u64; 5]) -> Reply {
    enter(cx, &cx.state.preempt, Machine::preempt_disable)
}

fn preempt_enable(cx: &HelperCx<'_>, _: [u64; 5]) -> Reply {
    leave(cx, &cx.state.preempt, Machine::preempt_enable, "bpf_preempt_enable")
}

/// Stores the flags where the argument points, as `local_irq_save` does: bit 9 (IF) is set when interrupts were on.
fn irq_save(cx: &HelperCx<'_>, [flags, ..]: [u64; 5]) -> Reply {
    let on = cx.machine().current_task().ctx.irqs_disabled.get() == 0;
    cx.store(flags, 8, if on { 1 << 9 } else { 0 })?;
    enter(cx, &cx.state.irq, Machine::local_irq_disable)
}

fn irq_restore(cx: &HelperCx<'_>, _: [u64; 5]) -> Reply {
    leave(cx, &cx.state.irq, Machine::local_irq_enable, "bpf_local_irq_restore")
}

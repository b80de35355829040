//! Timed interrupts of a scenario.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use sim::context::IrqKind as SimKind;
use sim::ids::CpuId;
use sim::machine::Machine;

use super::problem::Problems;
use super::world::World;
use crate::diag::catalogue::input::OUT_OF_RANGE;
use crate::file::{IrqKind, Scenario};

/// Most interrupts that one table raises.
const MOST: u32 = 1_000_000;

/// Finds tables that would raise interrupts without end.
pub(super) fn check(scenario: &Scenario, problems: &mut Problems) {
    for interrupt in &scenario.interrupts {
        if let Some(every) = interrupt.every.as_ref().filter(|every| every.value.0 == 0) {
            problems.at(
                OUT_OF_RANGE,
                &every.span,
                "an interrupt cannot repeat after no time",
                "at least 1ns",
            );
        }
        if let Some(count) = interrupt.count.as_ref().filter(|count| count.value > MOST) {
            problems.at(
                OUT_OF_RANGE,
                &count.span,
                format!("an interrupt repeats at most {MOST} times"),
                "too many",
            );
        }
    }
}

/// Puts the first interrupt of each table on the machine's clock; each one schedules the next.
pub(super) fn schedule(world: &Rc<World>) {
    for (index, interrupt) in world.scenario.interrupts.iter().enumerate() {
        let left = interrupt.count.as_ref().map_or(1, |count| count.value);
        schedule_one(world, index, interrupt.at.value.0, left);
    }
}

fn schedule_one(world: &Rc<World>, index: usize, at_ns: u64, left: u32) {
    if left == 0 {
        return;
    }
    let inner = world.clone();
    world.machine().at(at_ns, move |m| {
        raise(&inner, m, index);
        if let Some(every) = &inner.scenario.interrupts[index].every {
            schedule_one(&inner, index, at_ns.saturating_add(every.value.0), left - 1);
        }
    });
}

fn raise(world: &Rc<World>, m: &Machine, index: usize) {
    let interrupt = &world.scenario.interrupts[index];
    let kind = match interrupt.kind {
        IrqKind::Hard => SimKind::Hard,
        IrqKind::Soft => SimKind::Soft,
        IrqKind::Nmi => SimKind::Nmi,
    };
    let inner = world.clone();
    m.interrupt(CpuId(interrupt.cpu.value as u16), kind, intern(&interrupt.name), move |m| {
        let interrupt = &inner.scenario.interrupts[index];
        m.charge(interrupt.takes.value.0);
        if let Some(what) = &interrupt.fires {
            fire(&inner, &what.value);
        }
    });
}

/// What an interrupt reaches: a program of the scenario by its name, else a kernel function or tracepoint with what is attached to it.
fn fire(world: &World, what: &str) {
    match world.entry(what) {
        Some(entry) => {
            for (program, _) in &world.entries[entry].loaded {
                world.kernel.run_perf_event_in_irq(program);
            }
        }
        None => world.kernel.call_function_in_irq(what),
    }
}

/// Names in events live as long as the process; each distinct one is kept once.
fn intern(name: &str) -> &'static str {
    thread_local! {
        static NAMES: RefCell<BTreeSet<&'static str>> = const { RefCell::new(BTreeSet::new()) };
    }
    NAMES.with_borrow_mut(|names| match names.get(name) {
        Some(known) => known,
        None => {
            let kept: &'static str = Box::leak(name.to_owned().into_boxed_str());
            names.insert(kept);
            kept
        }
    })
}

//! `bpf_mem_alloc`: the element allocator of maps without preallocation, 6.1 and later.
//!
//! Each CPU has a last-in-first-out list of free objects. Allocation takes from it and never blocks: an empty list is -ENOMEM.
//! A freed object goes back to the list of the CPU that frees it and **may be handed out again at once**. Interrupt work, raised
//! by allocations and frees, refills a list below its low watermark and trims one above its high watermark; only trimmed
//! objects wait for a grace period (Tasks Trace, on 6.1 followed by a classic one) and are then freed. Maps that must not reuse at once
//! free with [`MemAlloc::free_rcu`]: a classic grace period comes first.
//!
//! Differs: an NMI cannot land inside these functions, so the per-CPU `active` counter never refuses.
//! Source: `kernel/bpf/memalloc.c`. What an object is, [`Objects`] says. Neighbours: `htab`, `rules::MemAllocRules`.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use sim::context::IrqKind;
use sim::ids::CpuId;
use sim::machine::Machine;

use crate::event::MapEvent;
use crate::rules::MemAllocRules;

/// Where objects come from. An object is a number that the caller gives meaning to.
pub(crate) trait Objects {
    /// A zeroed object from the kernel's allocator.
    fn make(&self, m: &Machine) -> Option<u64>;
    /// Back to the kernel's allocator.
    fn destroy(&self, m: &Machine, object: u64);
    /// The object begins to wait for a grace period, or was taken back from waiting.
    fn set_waiting(&self, object: u64, waiting: bool);
}

/// Sizes of one CPU's list (`init_refill_work`, `prefill_mem_cache`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Watermarks {
    pub low: u32,
    pub high: u32,
    pub batch: u32,
    pub prefill: u32,
}

impl Watermarks {
    /// For objects of `unit` bytes; `percpu` for the small cache of per-CPU values.
    pub fn new(unit: u64, percpu: bool) -> Watermarks {
        let (low, high) = match unit {
            _ if percpu => (1, 3),
            ..=256 => (32, 96),
            _ => ((32 * 256 / unit).max(1) as u32, (96 * 256 / unit).max(3) as u32),
        };
        let prefill = if !percpu && unit <= 256 { 4 } else { 1 };
        Watermarks { low, high, batch: ((high - low) / 4 * 3).max(1), prefill }
    }
}

/// A grace period under way for objects of one CPU (`call_rcu_ttrace_in_progress`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Gp {
    #[default]
    Idle,
    Running,
    /// Running, and objects came since.
    RunningMoreQueued,
}

/// One CPU's cache.
#[derive(Default)]
struct Cache {
    free: Vec<u64>,
    irq_pending: bool,
    /// The cache that allocated the object freed last; trimmed objects go there.
    target: usize,
    queued: Vec<u64>,
    waiting: Vec<u64>,
    gp: Gp,
    /// Freed by `bpf_mem_cache_free_rcu`, not yet waiting (`free_by_rcu`).
    by_rcu: Vec<u64>,
    /// Wait for a classic grace period (`waiting_for_gp`).
    waiting_rcu: Vec<u64>,
    /// That grace period is under way (`call_rcu_in_progress`).
    rcu_running: bool,
}

struct Shared {
    objects: Rc<dyn Objects>,
    marks: Watermarks,
    rules: MemAllocRules,
    map: Rc<str>,
    caches: RefCell<Vec<Cache>>,
    /// CPU whose cache handed the object out last.
    owner: RefCell<BTreeMap<u64, usize>>,
    draining: Cell<bool>,
}

/// The allocator of one map.
#[derive(Clone)]
pub(crate) struct MemAlloc(Rc<Shared>);

impl MemAlloc {
    /// Caches for all CPUs, prefilled.
    pub fn new(
        m: &Machine,
        objects: Rc<dyn Objects>,
        marks: Watermarks,
        rules: MemAllocRules,
        map: Rc<str>,
    ) -> MemAlloc {
        let caches = (0..m.nr_cpus()).map(|cpu| Cache { target: cpu, ..Cache::default() }).collect();
        let alloc = MemAlloc(Rc::new(Shared {
            objects,
            marks,
            rules,
            map,
            caches: RefCell::new(caches),
            owner: RefCell::default(),
            draining: Cell::new(false),
        }));
        (0..m.nr_cpus()).for_each(|cpu| {
            alloc.refill_from_kernel(m, cpu, marks.prefill);
        });
        alloc
    }

    /// `bpf_mem_cache_alloc`: an object of this CPU's list, `None` when it is empty.
    pub fn alloc(&self, m: &Machine) -> Option<u64> {
        let cpu = m.current_cpu().index();
        let (object, left) = {
            let mut caches = self.0.caches.borrow_mut();
            let object = caches[cpu].free.pop();
            (object, caches[cpu].free.len() as u32)
        };
        match object {
            Some(object) => {
                self.0.owner.borrow_mut().insert(object, cpu);
            }
            None => m.emit_with(|| MapEvent::AllocFailed { map: self.0.map.clone() }),
        }
        if left < self.0.marks.low {
            self.raise(m, cpu);
        }
        object
    }

    /// `bpf_mem_cache_free`: to this CPU's list, whichever CPU allocated it.
    pub fn free(&self, m: &Machine, object: u64) {
        let cpu = m.current_cpu().index();
        let left = {
            let mut caches = self.0.caches.borrow_mut();
            let cache = &mut caches[cpu];
            if self.0.rules.free_to_owner {
                cache.target = self.0.owner.borrow().get(&object).copied().unwrap_or(cpu);
            }
            cache.free.push(object);
            cache.free.len() as u32
        };
        if left > self.0.marks.high {
            self.raise(m, cpu);
        }
    }

    /// `bpf_mem_cache_free_rcu`: after a classic grace period the object is as one that was trimmed: it waits for a Tasks Trace
    /// grace period, and a refill may take it back before that.
    pub fn free_rcu(&self, m: &Machine, object: u64) {
        let cpu = m.current_cpu().index();
        self.0.objects.set_waiting(object, true);
        let running = {
            let mut caches = self.0.caches.borrow_mut();
            let cache = &mut caches[cpu];
            cache.target = self.0.owner.borrow().get(&object).copied().unwrap_or(cpu);
            cache.by_rcu.push(object);
            cache.rcu_running
        };
        if !running {
            self.raise(m, cpu);
        }
    }

    /// `check_free_by_rcu`: one grace period at a time; what comes meanwhile waits for the next interrupt work after it.
    fn check_by_rcu(&self, m: &Machine, cpu: usize) {
        let elements = {
            let mut caches = self.0.caches.borrow_mut();
            let cache = &mut caches[cpu];
            if cache.by_rcu.is_empty() || cache.rcu_running {
                return;
            }
            cache.rcu_running = true;
            cache.waiting_rcu = std::mem::take(&mut cache.by_rcu);
            cache.waiting_rcu.len() as u64
        };
        m.emit_with(|| MapEvent::GracePeriodQueued { map: self.0.map.clone(), elements, flavour: "rcu" });
        let this = self.clone();
        m.call_rcu(move |m| this.rcu_done(m, cpu));
    }

    /// `__free_by_rcu`.
    fn rcu_done(&self, m: &Machine, cpu: usize) {
        let target = {
            let mut caches = self.0.caches.borrow_mut();
            let cache = &mut caches[cpu];
            cache.rcu_running = false;
            let mut done = std::mem::take(&mut cache.waiting_rcu);
            let target = cache.target;
            if done.is_empty() {
                return;
            }
            caches[target].queued.append(&mut done);
            target
        };
        self.call_rcu(m, target);
    }

    /// `bpf_mem_alloc_destroy`: everything on any list is freed now; grace periods under way find nothing.
    pub fn destroy(&self, m: &Machine) {
        self.0.draining.set(true);
        let mut all = Vec::new();
        for cache in self.0.caches.borrow_mut().iter_mut() {
            all.append(&mut cache.by_rcu);
            all.append(&mut cache.waiting_rcu);
            all.append(&mut cache.queued);
            all.append(&mut cache.waiting);
            all.append(&mut cache.free);
        }
        all.into_iter().for_each(|object| self.give_back(m, object));
    }

    /// `irq_work_raise`: runs as soon as interrupts are on.
    fn raise(&self, m: &Machine, cpu: usize) {
        if std::mem::replace(&mut self.0.caches.borrow_mut()[cpu].irq_pending, true) {
            return;
        }
        let this = self.clone();
        m.interrupt(CpuId(cpu as u16), IrqKind::Hard, "bpf_mem_refill", move |m| this.refill(m, cpu));
    }

    /// `bpf_mem_refill`.
    fn refill(&self, m: &Machine, cpu: usize) {
        let count = {
            let mut caches = self.0.caches.borrow_mut();
            caches[cpu].irq_pending = false;
            caches[cpu].free.len() as u32
        };
        if self.0.draining.get() {
            return;
        }
        if count < self.0.marks.low {
            self.alloc_bulk(m, cpu);
        } else if count > self.0.marks.high {
            self.free_bulk(m, cpu);
        }
        self.check_by_rcu(m, cpu);
    }

    /// `alloc_bulk`: newer kernels first take back what waits for a grace period.
    fn alloc_bulk(&self, m: &Machine, cpu: usize) {
        let mut taken_back = 0;
        if self.0.rules.refill_takes_back {
            let mut caches = self.0.caches.borrow_mut();
            let cache = &mut caches[cpu];
            while taken_back < self.0.marks.batch {
                let Some(object) = cache.queued.pop().or_else(|| cache.waiting.pop()) else { break };
                self.0.objects.set_waiting(object, false);
                cache.free.push(object);
                taken_back += 1;
            }
        }
        let allocated = self.refill_from_kernel(m, cpu, self.0.marks.batch - taken_back);
        m.emit_with(|| MapEvent::Refill {
            map: self.0.map.clone(),
            allocated: allocated.into(),
            taken_back: taken_back.into(),
        });
    }

    fn refill_from_kernel(&self, m: &Machine, cpu: usize, count: u32) -> u32 {
        for done in 0..count {
            let Some(object) = self.0.objects.make(m) else { return done };
            self.0.caches.borrow_mut()[cpu].free.push(object);
        }
        count
    }

    /// `free_bulk`: trims the list to the middle of its watermarks.
    fn free_bulk(&self, m: &Machine, cpu: usize) {
        let middle = (self.0.marks.high + self.0.marks.low) / 2;
        let target = {
            let mut caches = self.0.caches.borrow_mut();
            let target = if self.0.rules.free_to_owner { caches[cpu].target } else { cpu };
            while caches[cpu].free.len() as u32 > middle {
                let object = caches[cpu].free.pop().expect("longer than the middle");
                self.0.objects.set_waiting(object, true);
                caches[target].queued.push(object);
            }
            target
        };
        self.call_rcu(m, target);
    }

    /// `do_call_rcu(_ttrace)`: at most one grace period per cache.
    fn call_rcu(&self, m: &Machine, cpu: usize) {
        if self.0.caches.borrow()[cpu].gp != Gp::Idle {
            self.0.caches.borrow_mut()[cpu].gp = Gp::RunningMoreQueued;
            return;
        }
        self.start_gp(m, cpu);
    }

    fn start_gp(&self, m: &Machine, cpu: usize) {
        let elements = {
            let mut caches = self.0.caches.borrow_mut();
            let cache = &mut caches[cpu];
            cache.gp = Gp::Running;
            let queued = std::mem::take(&mut cache.queued);
            cache.waiting.extend(queued.into_iter().rev());
            cache.waiting.len() as u64
        };
        let chain = self.0.rules.chain_classic;
        let flavour = if chain { "rcu_tasks_trace, then rcu" } else { "rcu_tasks_trace" };
        m.emit_with(|| MapEvent::GracePeriodQueued { map: self.0.map.clone(), elements, flavour });
        let this = self.clone();
        m.call_rcu_tasks_trace(move |m| {
            if chain {
                m.call_rcu(move |m| this.gp_done(m, cpu));
            } else {
                this.gp_done(m, cpu);
            }
        });
    }

    /// `__free_rcu`: what still waits is freed; 7.2 starts over for objects that came meanwhile.
    fn gp_done(&self, m: &Machine, cpu: usize) {
        let (done, more) = {
            let mut caches = self.0.caches.borrow_mut();
            let cache = &mut caches[cpu];
            let more = cache.gp == Gp::RunningMoreQueued && self.0.rules.callback_restarts;
            cache.gp = Gp::Idle;
            (std::mem::take(&mut cache.waiting), more)
        };
        done.into_iter().for_each(|object| self.give_back(m, object));
        if more {
            self.start_gp(m, cpu);
        }
    }

    fn give_back(&self, m: &Machine, object: u64) {
        self.0.owner.borrow_mut().remove(&object);
        self.0.objects.destroy(m, object);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn watermarks_follow_the_object_size() {
        let marks = |unit, percpu| {
            let w = Watermarks::new(unit, percpu);
            (w.low, w.high, w.batch, w.prefill)
        };
        assert_eq!(marks(64, false), (32, 96, 48, 4));
        assert_eq!(marks(256, false), (32, 96, 48, 4));
        assert_eq!(marks(4096, false), (2, 6, 3, 1));
        assert_eq!(marks(16384, false), (1, 3, 1, 1));
        assert_eq!(marks(64, true), (1, 3, 1, 1));
    }
}

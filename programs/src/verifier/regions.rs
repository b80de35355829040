//! Regions in which a program may not sleep: RCU sections, without preemption, without interrupts, with a `bpf_res_spin_lock` held.
//!
//! Key items: `kfunc_regions`, `end_rcu_protection` of [`Verifier`]. Neighbours: `kfunc` calls here; `refs` says what may not be left open;
//! `graph` needs locks. Modelled after kernel/bpf/verifier.c:check_kfunc_call, process_irq_flag, process_spin_lock and
//! invalidate_rcu_protected_refs. 6.12 knows one RCU section at a time, 7.2 nests them.

use super::call::Callback;
use super::helper::locks::SpinLock;
use super::kfunc::{Call, Found, is_plain_allocated};
use super::reg::{Flags, Kind, MapRef, Reg};
use super::stack_objects::{Whereabouts, argument, as_argument};
use super::state::{Byte, Object, RefKind, Reference, ReturnRange};
use super::stop::{Checked, invalid, no_access, not_modelled};
use super::verify::Verifier;
use crate::profile::KernelVersion;

impl Verifier<'_> {
    /// Regions that the kfunc begins or ends, and those in which it must not or must be called.
    pub(super) fn kfunc_regions(&mut self, call: &Call, sleepable: bool) -> Checked {
        if self.version() == KernelVersion::V7_2 {
            return self.regions_nested(call, sleepable);
        }
        let name = call.name();
        let (lock, unlock) = (name == "bpf_rcu_read_lock", name == "bpf_rcu_read_unlock");
        if self.path.state.regions.rcu > 0 {
            if self.in_locked_callback() && (lock || unlock) {
                return no_access("Calling bpf_rcu_read_{lock,unlock} in unnecessary rbtree callback");
            }
            if lock {
                return invalid(format!("nested rcu read lock (kernel function {name})"));
            }
            if unlock {
                self.end_rcu_protection();
                self.path.state.regions.rcu = 0;
            } else if sleepable {
                return no_access(format!("kernel func {name} is sleepable within rcu_read_lock region"));
            }
        } else if lock {
            self.path.state.regions.rcu = 1;
        } else if unlock {
            return invalid(format!("unmatched rcu read unlock (kernel function {name})"));
        }
        let regions = &mut self.path.state.regions;
        match name {
            "bpf_preempt_disable" => regions.preempt += 1,
            "bpf_preempt_enable" if regions.preempt == 0 => {
                return invalid(format!("unmatched attempt to enable preemption (kernel function {name})"));
            }
            "bpf_preempt_enable" => regions.preempt -= 1,
            _ if sleepable && regions.preempt > 0 => {
                return no_access(format!("kernel func {name} is sleepable within non-preemptible region"));
            }
            _ => {}
        }
        Ok(())
    }

    fn regions_nested(&mut self, call: &Call, sleepable: bool) -> Checked {
        let name = call.name();
        let regions = &mut self.path.state.regions;
        match name {
            "bpf_rcu_read_lock" => regions.rcu += 1,
            "bpf_rcu_read_unlock" if regions.rcu == 0 => {
                return invalid(format!("unmatched rcu read unlock (kernel function {name})"));
            }
            "bpf_rcu_read_unlock" => {
                regions.rcu -= 1;
                if regions.rcu == 0 {
                    self.end_rcu_protection();
                }
            }
            "bpf_preempt_disable" => regions.preempt += 1,
            "bpf_preempt_enable" if regions.preempt == 0 => {
                return invalid(format!("unmatched attempt to enable preemption (kernel function {name})"));
            }
            "bpf_preempt_enable" => regions.preempt -= 1,
            _ => {}
        }
        if sleepable && !self.may_sleep() {
            let context = self.not_sleepable_because();
            return no_access(format!("kernel func {name} is sleepable within {context}"));
        }
        if matches!(name, "bpf_rcu_read_lock" | "bpf_rcu_read_unlock") && self.in_locked_callback() {
            return no_access("Calling bpf_rcu_read_{lock,unlock} in unnecessary rbtree callback");
        }
        if call.has("RCU_PROTECTED") && !self.in_rcu_section() {
            return no_access(format!("kernel func {name} requires RCU critical section protection"));
        }
        Ok(())
    }

    /// The section is over: what it protected may be gone (`invalidate_rcu_protected_refs`).
    pub(super) fn end_rcu_protection(&mut self) {
        let protected = Flags::RCU.with(Flags::MAYBE_NULL);
        self.path.state.each_reg_mut(|reg| {
            if reg.flags.has(Flags::RCU) {
                reg.flags = reg.flags.without(protected).with(Flags::UNTRUSTED);
            }
        });
        self.unprotect_iters();
    }

    /// Functions that the kfunc calls now or later.
    pub(super) fn kfunc_callbacks(&mut self, insn: usize, call: &Call, found: &Found) -> Checked {
        let any = ReturnRange { min: i32::MIN, max: i32::MAX, low_half: false };
        let late = self.version() == KernelVersion::V7_2;
        let (range, map) = match call.stem() {
            "bpf_rbtree_add" => return self.tree_callback(insn, found),
            "bpf_wq_set_callback" => {
                let max = i32::from(!late);
                (ReturnRange { min: 0, max, low_half: false }, self.reg(1).kind)
            }
            "bpf_task_work_schedule_signal" | "bpf_task_work_schedule_resume" => (any, self.reg(3).kind),
            _ => return Ok(()),
        };
        let (Kind::MapValue { map, uid } | Kind::MapPtr { map, uid }) = map else {
            return not_modelled("callback without a map");
        };
        let Some(subprog) = found.callback else { return not_modelled("callback without a function") };
        let args = self.map_element_args(map, uid);
        self.begin_async_callback(Callback { subprog, args, range }, true)
    }

    /// Map, key and value (`set_timer_callback_state`).
    pub(super) fn map_element_args(&self, map: MapRef, uid: super::reg::Id) -> [Reg; 5] {
        let pointer = |kind| Reg::pointer(kind, Flags::NONE, self.numbers);
        let nothing = Reg::not_init(self.numbers);
        [
            pointer(Kind::MapPtr { map, uid }),
            pointer(Kind::MapKey { map }),
            pointer(Kind::MapValue { map, uid }),
            nothing,
            nothing,
        ]
    }

    /// The comparison of two nodes.
    fn tree_callback(&mut self, insn: usize, found: &Found) -> Checked {
        let (Some(subprog), Some(root)) = (found.callback, found.root) else {
            return not_modelled("callback without a function");
        };
        let mut node = self.graph_node(&root);
        self.make_non_owning(&mut node);
        let nothing = Reg::not_init(self.numbers);
        let range = ReturnRange { min: 0, max: 1, low_half: false };
        let args = [node, node, nothing, nothing, nothing];
        self.begin_callback(insn, Callback { subprog, args, range })
    }

    /// `process_irq_flag`.
    pub(super) fn irq_flag_arg(&mut self, insn: usize, name: &str, regno: u8) -> Checked {
        let reg = *self.reg(regno);
        let version = self.version();
        if !matches!(reg.kind, Kind::Stack { .. }) {
            return invalid(format!("{} doesn't point to an irq flag on stack", argument(version, regno)));
        }
        let lock = matches!(name, "bpf_res_spin_lock_irqsave" | "bpf_res_spin_unlock_irqrestore");
        if matches!(name, "bpf_local_irq_save" | "bpf_res_spin_lock_irqsave") {
            return self.save_irq(insn, regno, &reg, lock);
        }
        let held = match self.object_at(&reg, 1) {
            Whereabouts::At(at) => self.object_slot(at).object.map(|object| (at, object)),
            _ => None,
        };
        let Some((at, Object::IrqFlag { ref_id, lock: saved_by_lock })) = held else {
            return invalid(format!("expected an initialized irq flag as {}", as_argument(version, regno)));
        };
        self.object_read(at, 1);
        if saved_by_lock != lock {
            let class = |lock| if lock { "lock" } else { "native" };
            return invalid(format!(
                "irq flag acquired by {} kfuncs cannot be restored with {} kfuncs",
                class(saved_by_lock),
                class(lock)
            ));
        }
        let innermost = self.path.state.regions.irq;
        if ref_id != innermost {
            let taken =
                self.path.state.refs.iter().find(|held| held.id == innermost).map_or(0, |held| held.insn);
            return no_access(format!(
                "cannot restore irq state out of order, expected id={innermost} acquired at insn_idx={taken}"
            ));
        }
        self.path.state.release(RefKind::Irq, ref_id);
        let outer =
            self.path.state.refs.iter().rfind(|held| held.kind == RefKind::Irq).map_or(0, |held| held.id);
        self.path.state.regions.irq = outer;
        self.clear_object(at);
        Ok(())
    }

    fn save_irq(&mut self, insn: usize, regno: u8, reg: &Reg, lock: bool) -> Checked {
        let free = match self.object_at(reg, 1) {
            Whereabouts::Nowhere => false,
            Whereabouts::Untouched => true,
            Whereabouts::At(at) => !self.object_slot(at).bytes.contains(&Byte::IrqFlag),
        };
        if !free {
            let name = as_argument(self.version(), regno);
            return invalid(format!("expected uninitialized irq flag as {name}"));
        }
        self.claim_stack(regno, 1)?;
        let Whereabouts::At(at) = self.object_at(reg, 1) else {
            return not_modelled("irq flag off the stack");
        };
        let id = self.new_id();
        let irq = Reference { kind: RefKind::Irq, id, insn, frame: 0, parent: 0, lock: None };
        self.path.state.acquire(irq);
        self.path.state.regions.irq = id;
        self.keep_object(at, Byte::IrqFlag, Object::IrqFlag { ref_id: id, lock });
        Ok(())
    }

    /// `process_spin_lock` for the resilient kind (7.2).
    pub(super) fn res_lock_arg(&mut self, name: &str, regno: u8) -> Checked {
        if self.in_locked_callback() {
            return no_access("can't res_spin_{lock,unlock} in rbtree cb");
        }
        let reg = *self.reg(regno);
        let plain_value = matches!(reg.kind, Kind::MapValue { .. }) && reg.flags == Flags::NONE;
        if !plain_value && !is_plain_allocated(&reg) {
            return invalid(format!("R{regno} doesn't point to map value or allocated object"));
        }
        let lock = SpinLock {
            take: matches!(name, "bpf_res_spin_lock" | "bpf_res_spin_lock_irqsave"),
            resilient: true,
            irq: matches!(name, "bpf_res_spin_lock_irqsave" | "bpf_res_spin_unlock_irqrestore"),
        };
        self.process_spin_lock(regno, lock)
    }
}

//! References that a path must give back: acquiring, releasing, and what is left at an exit.
//!
//! Key items: `acquire_reference`, `release_reference`, `check_resource_leak` of [`Verifier`]. Neighbours: helpers and kfuncs acquire and
//! release; `exit` asks what is left. Modelled after kernel/bpf/verifier.c:acquire_reference, release_reference and
//! check_reference_leak. 6.12 and before keep a list per frame; here one list has the frame in each entry, which decides alike.

use super::reg::{Id, Reg};
use super::state::{RefKind, Reference, Role};
use super::stop::{Checked, invalid};
use super::verify::Verifier;
use crate::profile::{KernelVersion, ProgType};

/// Where a leak is looked for, for the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeakAt {
    Exit,
    Throw,
    TailCall,
    LegacyLoad,
}

impl LeakAt {
    /// How 7.2 names it.
    fn name(self) -> &'static str {
        match self {
            LeakAt::Exit => "BPF_EXIT instruction in main prog",
            LeakAt::Throw => "bpf_throw",
            LeakAt::TailCall => "tail_call",
            LeakAt::LegacyLoad => "BPF_LD_[ABS|IND]",
        }
    }
}

impl Verifier<'_> {
    /// A new reference to something acquired at `insn`.
    pub(super) fn acquire_reference(&mut self, insn: usize) -> Id {
        self.acquire_child(insn, 0)
    }

    /// As [`Self::acquire_reference`], of something that lives inside another (7.2).
    pub(super) fn acquire_child(&mut self, insn: usize, parent: Id) -> Id {
        let id = self.new_id();
        let in_callback = self.path.state.current().role == Role::Callback;
        let frame = if in_callback { self.path.state.frames.len() - 1 } else { 0 };
        self.path.state.acquire(Reference { kind: RefKind::Pointer, id, insn, frame, parent, lock: None });
        id
    }

    /// Gives a reference back; registers that hold it are of no use afterwards. False if there is no such reference, or
    /// (before 7.2) if a callback would release its caller's.
    pub(super) fn release_reference(&mut self, id: Id) -> Checked<bool> {
        if !self.release_quietly(id) {
            return Ok(false);
        }
        if self.version() == KernelVersion::V7_2 {
            return self.invalidate_derived(id).map(|()| true);
        }
        let gone = self.released_reg();
        self.path.state.each_reg_mut(|reg| {
            if reg.ref_id == id {
                *reg = gone;
            }
        });
        Ok(true)
    }

    /// Takes the reference off the list and leaves registers alone.
    pub(super) fn release_quietly(&mut self, id: Id) -> bool {
        let frame = self.path.state.frames.len() - 1;
        let foreign = self.version() < KernelVersion::V7_2
            && self.path.state.current().role == Role::Callback
            && self.path.state.find_ref(id).is_some_and(|held| held.frame != frame);
        !foreign && self.path.state.release(RefKind::Pointer, id)
    }

    /// What a register is whose object is gone: an unknown number for root since 5.10's `mark_reg_unknown`.
    pub(super) fn released_reg(&self) -> Reg {
        Reg::unknown(self.numbers)
    }

    /// 7.2: what was made from the object goes with it, unless it holds references of its own.
    pub(super) fn invalidate_derived(&mut self, id: Id) -> Checked {
        let mut due = vec![id];
        while let Some(id) = due.pop() {
            if let Some(child) = self.path.state.refs.iter().find(|held| held.parent == id) {
                let (child, insn) = (child.id, child.insn);
                return invalid(format!("Leaking reference id={child} alloc_insn={insn}. Release it first."));
            }
            let gone = self.released_reg();
            self.path.state.each_reg_mut(|reg| {
                if reg.id != id && reg.ref_id != id || reg.is_scalar() {
                    return;
                }
                if reg.ref_id == id && reg.id != 0 && reg.id != id {
                    due.push(reg.id);
                }
                *reg = gone;
            });
            self.end_dynptrs_of(id, &mut due);
        }
        Ok(())
    }

    /// References that are left where a path ends (`check_reference_leak`), in the order in which the kernel looks.
    pub(super) fn check_reference_leak(&self, exception: bool) -> Checked {
        let state = &self.path.state;
        let frame = state.frames.len() - 1;
        let callback = state.current().role == Role::Callback;
        let late = self.version() == KernelVersion::V7_2;
        if !exception && frame > 0 && (late || !callback) {
            return Ok(());
        }
        let returned = |held: &Reference| {
            late && !exception
                && self.input.kind.prog_type == ProgType::STRUCT_OPS
                && self.reg(0).id == held.id
        };
        let ours = |held: &&Reference| {
            held.kind == RefKind::Pointer
                && (exception || late || !callback || held.frame == frame)
                && !returned(held)
        };
        match state.refs.iter().rfind(ours) {
            None => Ok(()),
            Some(held) => invalid(format!("Unreleased reference id={} alloc_insn={}", held.id, held.insn)),
        }
    }

    /// Everything that must not be left over at this point: locks, references, regions. Before 7.2 each caller has its own words.
    pub(super) fn check_resource_leak(&self, at: LeakAt, check_regions: bool) -> Checked {
        if self.version() < KernelVersion::V7_2 {
            return self.check_resource_leak_early(at, check_regions);
        }
        let (regions, name) = (&self.path.state.regions, at.name());
        let inside = |what: &str| invalid(format!("{name} cannot be used inside {what}-ed region"));
        if check_regions && regions.locks > 0 {
            return inside("bpf_spin_lock");
        }
        if self.check_reference_leak(at == LeakAt::Throw).is_err() {
            return invalid(format!("{name} would lead to reference leak"));
        }
        if check_regions && regions.irq != 0 {
            return inside("bpf_local_irq_save");
        }
        if check_regions && regions.rcu > 0 {
            return inside("bpf_rcu_read_lock");
        }
        if check_regions && regions.preempt > 0 {
            return inside("bpf_preempt_disable");
        }
        Ok(())
    }

    fn check_resource_leak_early(&self, at: LeakAt, check_regions: bool) -> Checked {
        let regions = &self.path.state.regions;
        match at {
            LeakAt::Exit | LeakAt::Throw => {
                if regions.locks > 0 && check_regions {
                    return invalid("bpf_spin_unlock is missing");
                }
                if regions.rcu > 0 && check_regions {
                    return invalid("bpf_rcu_read_unlock is missing");
                }
                if regions.preempt > 0 && check_regions {
                    let verb = if regions.preempt == 1 { " is" } else { "(s) are" };
                    return invalid(format!("{} bpf_preempt_enable{verb} missing", regions.preempt));
                }
                self.check_reference_leak(at == LeakAt::Throw)
            }
            LeakAt::TailCall => {
                if self.check_reference_leak(false).is_err() {
                    return invalid("tail_call would lead to reference leak");
                }
                Ok(())
            }
            LeakAt::LegacyLoad => {
                if self.check_reference_leak(false).is_err() {
                    return invalid("BPF_LD_[ABS|IND] cannot be mixed with socket references");
                }
                let inside =
                    |what| invalid(format!("BPF_LD_[ABS|IND] cannot be used inside {what}-ed region"));
                if regions.locks > 0 {
                    return inside("bpf_spin_lock");
                }
                if regions.rcu > 0 {
                    return inside("bpf_rcu_read_lock");
                }
                if regions.preempt > 0 {
                    return inside("bpf_preempt_disable");
                }
                Ok(())
            }
        }
    }
}

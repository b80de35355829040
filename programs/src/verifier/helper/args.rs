//! One argument of a helper.
//!
//! Key item: `check_argument` of [`Verifier`]. Neighbours: `types` says which types fit, `memory` looks at what they point to. Modelled
//! after kernel/bpf/verifier.c:check_func_arg.

use super::locks::SpinLock;
use super::{Call, kernel_bug};
use crate::object::SpecialKind;
use crate::profile::argument::{ArgBase, Argument};
use crate::profile::{KernelVersion, ProgType};
use crate::verifier::history::SlotRef;
use crate::verifier::reg::{Kind, Reg};
use crate::verifier::state::{Byte, place};
use crate::verifier::stop::{Checked, Stop, invalid, no_access};
use crate::verifier::verify::Verifier;
use sim::errno::Errno;

/// `BPF_F_INNER_MAP`.
const INNER_MAP: u32 = 1 << 12;

impl Verifier<'_> {
    pub(super) fn check_argument(&mut self, index: usize, call: &mut Call) -> Checked {
        let mut argument = call.proto.arguments[index];
        let regno = index as u8 + 1;
        self.read_reg(regno)?;
        if argument.base == ArgBase::Anything {
            return Ok(());
        }
        let reg = *self.reg(regno);
        if reg.is_packet() && !self.packet_argument_ok(call) {
            return no_access("helper access to the packet is not allowed");
        }
        if argument.base == ArgBase::MapValue {
            argument = self.resolve_map_value(argument, call)?;
        }
        if reg.is_null() && argument.maybe_null {
            if self.version() == KernelVersion::V7_2 {
                self.want_reg(regno);
            }
        } else {
            self.check_reg_type(regno, &argument, call)?;
            self.check_arg_offset(regno, &argument)?;
        }
        self.check_release(regno, &reg, &argument, call)?;
        self.note_reference(regno, &reg, &argument, call)?;
        self.check_argument_value(index, &reg, &argument, call)
    }

    /// May a helper get packet pointers here (`may_access_direct_pkt_data`)?
    fn packet_argument_ok(&self, call: &Call) -> bool {
        match self.input.kind.prog_type.name().unwrap_or_default() {
            "LWT_IN" | "LWT_OUT" | "LWT_SEG6LOCAL" | "SK_REUSEPORT" | "FLOW_DISSECTOR" | "CGROUP_SKB"
            | "SCHED_CLS" | "SCHED_ACT" | "XDP" | "LWT_XMIT" | "SK_SKB" | "SK_MSG" => call.proto.pkt_access,
            "CGROUP_SOCKOPT" => true,
            _ => false,
        }
    }

    /// `resolve_map_arg_type`.
    fn resolve_map_value(&self, argument: Argument, call: &Call) -> Checked<Argument> {
        let Some((map, _)) = call.map else { return kernel_bug("invalid map_ptr to access map->type") };
        let facts = self.facts.map(map);
        if facts.is(&["SOCKMAP", "SOCKHASH"]) {
            let plain = !argument.maybe_null && !argument.uninit;
            if !plain {
                return invalid("invalid arg_type for sockmap/sockhash");
            }
            return Ok(Argument { base: ArgBase::BtfIdSockCommon, structure: None, ..argument });
        }
        if facts.is(&["BLOOM_FILTER"]) && call.is("bpf_map_peek_elem") {
            return Ok(Argument { uninit: false, write: false, ..argument });
        }
        Ok(argument)
    }

    /// What is given back must be owned.
    fn check_release(&mut self, regno: u8, reg: &Reg, argument: &Argument, call: &Call) -> Checked {
        if !argument.release {
            return Ok(());
        }
        let version = self.version();
        if argument.base == ArgBase::Dynptr {
            return self.check_dynptr_release(regno);
        }
        if self.is_referenced(reg) || reg.is_null() {
            return Ok(());
        }
        if version == KernelVersion::V7_2 {
            let name = call.name(version);
            return invalid(format!(
                "release helper {name} expects referenced PTR_TO_BTF_ID passed to R{regno}"
            ));
        }
        invalid(format!("R{regno} must be referenced when passed to release function"))
    }

    fn note_reference(&self, regno: u8, reg: &Reg, argument: &Argument, call: &mut Call) -> Checked {
        if !self.is_referenced(reg) {
            return Ok(());
        }
        if self.version() == KernelVersion::V7_2 {
            call.ref_id = reg.id;
            call.ref_count += 1;
            return Ok(());
        }
        if argument.base == ArgBase::Kptr && self.version() == KernelVersion::V6_12 {
            return Ok(());
        }
        if call.ref_id != 0 {
            let (new, old) = (reg.ref_id, call.ref_id);
            return kernel_bug(&format!(
                "verifier internal error: more than one arg with ref_obj_id R{regno} {new} {old}"
            ));
        }
        call.ref_id = reg.ref_id;
        Ok(())
    }

    fn check_argument_value(
        &mut self,
        index: usize,
        reg: &Reg,
        argument: &Argument,
        call: &mut Call,
    ) -> Checked {
        let regno = index as u8 + 1;
        match argument.base {
            ArgBase::ConstMapPtr => self.note_map(reg, call),
            ArgBase::MapKey => self.check_key(regno, call),
            ArgBase::MapValue => self.check_value(regno, reg, argument, call),
            ArgBase::PercpuBtfId => {
                let Kind::Btf { btf, id } = reg.kind else { return Ok(()) };
                call.percpu = Some((btf, id));
                Ok(())
            }
            ArgBase::SpinLock => self.check_lock_argument(regno, call),
            ArgBase::Timer => {
                let found = self.check_map_field(regno, SpecialKind::Timer);
                call.map = Some(found.map_err(|stop| self.early_no_access(stop))?);
                Ok(())
            }
            ArgBase::Func => {
                if let Kind::Func { subprog } = reg.kind {
                    call.subprog = subprog as usize;
                }
                Ok(())
            }
            ArgBase::Mem => self.check_memory_argument(regno, reg, argument, call),
            ArgBase::IntPtr => {
                self.helper_memory(regno, argument.size.into(), false, false, Some(&mut call.raw))?;
                self.check_aligned(reg, argument.size)
            }
            ArgBase::ConstSize | ArgBase::ConstSizeOrZero => {
                let write = call.proto.arguments[index - 1].write;
                let zero_ok = argument.base == ArgBase::ConstSizeOrZero;
                call.size_max = reg.num.umax();
                self.memory_and_size(regno - 1, regno, write, zero_ok, Some(&mut call.raw))
            }
            ArgBase::Dynptr => {
                call.dynptr = Some(self.process_dynptr_arg(regno, call.insn, argument)?);
                Ok(())
            }
            ArgBase::ConstAllocSize => self.check_alloc_size(regno, reg, call),
            ArgBase::ConstStr => self.check_const_string(regno),
            ArgBase::Kptr => {
                let found = self.process_kptr_arg(regno).map_err(|stop| self.early_no_access(stop))?;
                if found.map.is_some() {
                    call.map = found.map;
                }
                call.kptr = Some(found);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// 6.1 and before turn errors about locks, timers and kptrs into -EACCES.
    fn early_no_access(&self, stop: Stop) -> Stop {
        match stop {
            Stop::Refused(rejection) if self.version() <= KernelVersion::V6_1 => {
                Stop::Refused(crate::gate::Rejection { errno: Errno::EACCES, ..rejection })
            }
            other => other,
        }
    }

    fn note_map(&self, reg: &Reg, call: &mut Call) -> Checked {
        let Kind::MapPtr { map, uid } = reg.kind else { return Ok(()) };
        if let Some(before) = call.map
            && self.version() != KernelVersion::V5_10
            && before != (map, uid)
        {
            return invalid(format!(
                "timer pointer in R1 map_uid={} doesn't match map pointer in R2 map_uid={uid}",
                before.1
            ));
        }
        call.map = Some((map, uid));
        Ok(())
    }

    fn check_key(&mut self, regno: u8, call: &mut Call) -> Checked {
        let Some((map, _)) = call.map else { return kernel_bug("invalid map_ptr to access map->key") };
        let facts = self.facts.map(map);
        let (size, flags, array) = (facts.key_size, facts.flags, facts.is(&["ARRAY", "PERCPU_ARRAY"]));
        self.helper_memory(regno, size.into(), false, false, None)?;
        if self.version() == KernelVersion::V7_2 && array && flags & INNER_MAP == 0 {
            call.key = self.constant_key(regno, size);
        }
        Ok(())
    }

    /// A key on the stack whose value is known (`get_constant_map_key`).
    fn constant_key(&mut self, regno: u8, size: u32) -> Option<u64> {
        let reg = *self.reg(regno);
        let Kind::Stack { frame } = reg.kind else { return None };
        let at = reg.known_offset()?;
        let (slot, byte) = place(usize::try_from(-at).ok()?);
        let held = *self.path.state.frames[usize::from(frame)].stack.get(slot)?;
        let run = |kind: Byte| held.bytes[byte..].iter().take_while(|found| **found == kind).count() as u32;
        if run(Byte::Zero) >= size {
            return Some(0);
        }
        if !held.is_scalar_spill() || run(Byte::Spill) != size {
            return None;
        }
        let value = held.reg.num.known()?;
        self.want_slot(SlotRef { frame, slot: slot as u8 });
        i64::try_from(value).ok().map(|value| value as u64)
    }

    fn check_value(&mut self, regno: u8, reg: &Reg, argument: &Argument, call: &mut Call) -> Checked {
        if argument.maybe_null && reg.is_null() {
            return Ok(());
        }
        let Some((map, _)) = call.map else { return kernel_bug("invalid map_ptr to access map->value") };
        let size = self.facts.map(map).value_size;
        call.raw.mode = argument.uninit;
        let write = self.writes(argument);
        self.helper_memory(regno, size.into(), write, false, Some(&mut call.raw))
    }

    /// 5.10 knows of writing only what must not be initialized.
    fn writes(&self, argument: &Argument) -> bool {
        if self.version() == KernelVersion::V5_10 { argument.uninit } else { argument.write }
    }

    fn check_lock_argument(&mut self, regno: u8, call: &Call) -> Checked {
        if self.version() >= KernelVersion::V6_12 && self.in_locked_callback() {
            return no_access("can't spin_{lock,unlock} in rbtree cb");
        }
        let lock = SpinLock { take: call.is("bpf_spin_lock"), resilient: false, irq: false };
        self.process_spin_lock(regno, lock).map_err(|stop| self.early_no_access(stop))
    }

    fn check_memory_argument(
        &mut self,
        regno: u8,
        reg: &Reg,
        argument: &Argument,
        call: &mut Call,
    ) -> Checked {
        call.raw.mode = argument.uninit;
        if argument.size == 0 {
            return Ok(());
        }
        self.helper_memory(regno, argument.size.into(), argument.write, false, Some(&mut call.raw))?;
        if argument.aligned { self.check_aligned(reg, argument.size) } else { Ok(()) }
    }

    fn check_alloc_size(&mut self, regno: u8, reg: &Reg, call: &mut Call) -> Checked {
        let Some(size) = reg.num.known() else {
            return no_access(if self.version() == KernelVersion::V5_10 {
                format!("R{regno} unbounded size, use 'var &= const' or 'if (var < const)'")
            } else {
                format!("R{regno} is not a known constant'")
            });
        };
        call.mem_size = size;
        if self.version() != KernelVersion::V5_10 {
            self.want_reg(regno);
        }
        Ok(())
    }

    /// The dynptr argument of a helper that gives it back must own something.
    fn check_dynptr_release(&self, regno: u8) -> Checked {
        if self.version() == KernelVersion::V7_2 {
            return Ok(());
        }
        let reg = *self.reg(regno);
        if !matches!(reg.kind, Kind::Stack { .. }) && self.version() == KernelVersion::V6_12 {
            return invalid("cannot release unowned const bpf_dynptr");
        }
        if self.dynptr_reference(regno).is_some_and(|id| id != 0) {
            return Ok(());
        }
        invalid(format!("arg {regno} is an unacquired reference"))
    }

    /// Programs of type SYSCALL may pass their context at any offset (7.2: `is_var_ctx_off_allowed`).
    pub(in crate::verifier) fn variable_context_offset(&self) -> bool {
        self.input.kind.prog_type == ProgType::SYSCALL
    }
}

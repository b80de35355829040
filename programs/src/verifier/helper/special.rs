//! Rules of single helpers: callbacks, tail calls, flags that must be zero, dynptrs.
//!
//! Key item: `special_rules` of [`Verifier`]. Modelled after the switch over `func_id` in kernel/bpf/verifier.c:check_helper_call and the
//! set_*_callback_state functions.

use super::{Call, kernel_bug};
use crate::btf::{Kind as BtfKind, TypeId};
use crate::profile::{AttachType, KernelVersion, ProgType};
use crate::verifier::call::Callback;
use crate::verifier::names::type_name;
use crate::verifier::refs::LeakAt;
use crate::verifier::reg::{BtfSource, DynptrKind, Flags, Id, Kind, MapRef, Reg};
use crate::verifier::state::{ReturnRange, Role};
use crate::verifier::stop::{Checked, invalid, no_access, not_modelled, refuse};
use crate::verifier::verify::{Next, Verifier};
use sim::errno::Errno;

const MAX_ERRNO: i32 = 4095;

/// What a helper does to its call beyond its arguments.
type Rule = for<'a, 'v> fn(&'a mut Verifier<'v>, &'a mut Call) -> Checked;

/// Helpers with rules of their own.
const RULES: &[(&str, Rule)] = &[
    ("bpf_tail_call", |verifier, _| verifier.before_tail_call()),
    ("bpf_get_local_storage", |verifier, _| verifier.local_storage_flags()),
    ("bpf_for_each_map_elem", |verifier, call| verifier.for_each_callback(call)),
    ("bpf_timer_set_callback", |verifier, call| verifier.timer_callback(call)),
    ("bpf_find_vma", |verifier, call| verifier.vma_callback(call)),
    ("bpf_loop", |verifier, call| verifier.loop_callback(call)),
    ("bpf_user_ringbuf_drain", |verifier, call| verifier.user_ringbuf_callback(call)),
    ("bpf_snprintf", |verifier, _| verifier.check_snprintf()),
    ("bpf_dynptr_from_mem", |verifier, _| verifier.dynptr_memory()),
    ("bpf_dynptr_write", |verifier, call| verifier.dynptr_write(call)),
    ("bpf_set_retval", |verifier, _| verifier.set_retval()),
    ("bpf_per_cpu_ptr", |verifier, call| verifier.percpu_object(call)),
    ("bpf_this_cpu_ptr", |verifier, call| verifier.percpu_object(call)),
    ("bpf_get_func_ip", |verifier, call| verifier.function_address(call)),
];

impl Verifier<'_> {
    pub(super) fn special_rules(&mut self, call: &mut Call) -> Checked {
        match RULES.iter().find(|row| call.is(row.0)) {
            Some((_, rule)) => rule(self, call),
            None => Ok(()),
        }
    }

    fn before_tail_call(&mut self) -> Checked {
        let regions = self.path.state.regions;
        let inside = |what: &str| invalid(format!("tail_call cannot be used inside {what}-ed region"));
        match self.version() {
            // 5.10 counts what callers hold, too.
            KernelVersion::V5_10 if !self.path.state.refs.is_empty() => {
                invalid("tail_call would lead to reference leak")
            }
            KernelVersion::V6_12 => {
                if regions.locks > 0 {
                    return inside("bpf_spin_lock");
                }
                self.check_resource_leak(LeakAt::TailCall, true)?;
                if regions.rcu > 0 {
                    return inside("bpf_rcu_read_lock");
                }
                if regions.preempt > 0 {
                    return inside("bpf_preempt_disable");
                }
                Ok(())
            }
            _ => self.check_resource_leak(LeakAt::TailCall, true),
        }
    }

    /// 7.2: the jump is a return from this function, what follows the call is another path.
    pub(super) fn after_tail_call(&mut self, insn: usize) -> Checked<Next> {
        if self.path.state.frames.len() == 1 {
            return Ok(Next::At(insn + 1));
        }
        if self.path.state.current().role == Role::Callback {
            return invalid("cannot tail call within callback");
        }
        let other = self.fork_to(insn + 1);
        self.push(other)?;
        self.clear_packet_pointers();
        self.set_unknown(0);
        self.leave()
    }

    fn local_storage_flags(&mut self) -> Checked {
        if !self.reg(2).is_null() {
            return invalid("get_local_storage() doesn't support non-zero flags");
        }
        if self.version() == KernelVersion::V7_2 {
            self.want_reg(2);
        }
        Ok(())
    }

    fn callback(&self, call: &Call, given: [Option<Reg>; 5]) -> Callback {
        let nothing = Reg::not_init(self.numbers);
        Callback {
            subprog: call.subprog,
            args: given.map(|reg| reg.unwrap_or(nothing)),
            range: ReturnRange { min: 0, max: 1, low_half: false },
        }
    }

    fn map_regs(&self, map: MapRef, uid: Id) -> [Reg; 3] {
        let uid = if self.version() == KernelVersion::V7_2 { uid } else { 0 };
        let pointer = |kind| Reg::pointer(kind, Flags::NONE, self.numbers);
        [
            pointer(Kind::MapPtr { map, uid }),
            pointer(Kind::MapKey { map }),
            pointer(Kind::MapValue { map, uid }),
        ]
    }

    fn for_each_callback(&mut self, call: &mut Call) -> Checked {
        let Some((map, uid)) = call.map else { return kernel_bug("expected map for helper call") };
        // 6.1 remembers one map for each call (`record_func_map`, `set_map_elem_callback_state`).
        let known = *self.walked_maps.entry(call.insn).or_insert(map);
        if known != map && self.version() == KernelVersion::V6_1 {
            return invalid("tail_call abusing map_ptr");
        }
        self.check_for_each(call)?;
        let [_, key, value] = self.map_regs(map, uid);
        let (map_reg, context) = (*self.reg(1), *self.reg(3));
        let callback = self.callback(call, [Some(map_reg), Some(key), Some(value), Some(context), None]);
        self.begin_callback(call.insn, callback)
    }

    fn timer_callback(&mut self, call: &mut Call) -> Checked {
        let Kind::MapValue { map, uid } = self.reg(1).kind else { return kernel_bug("timer") };
        let [map_reg, key, value] = self.map_regs(map, uid);
        let mut callback = self.callback(call, [Some(map_reg), Some(key), Some(value), None, None]);
        let last = self.version() == KernelVersion::V7_2;
        if last {
            callback.range.max = 0;
        }
        // Before 7.2 the flag of the program counts, although timers run in softirq context.
        self.begin_async_callback(callback, !last && self.input.kind.sleepable)
    }

    fn vma_callback(&mut self, call: &mut Call) -> Checked {
        let Some(ty) = self.facts.kernel.find_by_name_kind("vm_area_struct", BtfKind::Struct) else {
            return not_modelled("struct vm_area_struct, which is not among the kernel's types");
        };
        let kind = Kind::Btf { btf: BtfSource::Kernel, id: ty.id().0 };
        let vma = Reg::pointer(kind, Flags::NONE, self.numbers);
        let (task, context) = (*self.reg(1), *self.reg(4));
        let callback = self.callback(call, [Some(task), Some(vma), Some(context), None, None]);
        self.begin_callback(call.insn, callback)
    }

    fn loop_callback(&mut self, call: &mut Call) -> Checked {
        // Whether the call can become a loop of instructions depends on the flags.
        if self.reg(4).is_null() {
            self.want_reg(4);
        }
        if self.version() >= KernelVersion::V6_12 {
            if !self.reg(1).is_scalar() {
                // Only 7.2 asks for a number; 6.12 trips over the pointer when it wants its exact value.
                return kernel_bug("(no message) Bad address");
            }
            self.want_reg(1);
            let current = self.path.state.current();
            if u64::from(current.callback_depth) >= self.reg(1).num.umax() {
                self.path.state.current_mut().callback_depth = 0;
                return Ok(());
            }
        }
        let (index, context) = (Reg::unknown(self.numbers), *self.reg(3));
        let callback = self.callback(call, [Some(index), Some(context), None, None, None]);
        self.begin_callback(call.insn, callback)
    }

    fn user_ringbuf_callback(&mut self, call: &mut Call) -> Checked {
        let mut dynptr = Reg::pointer(Kind::Dynptr { kind: DynptrKind::Local }, Flags::NONE, self.numbers);
        if self.version() >= KernelVersion::V6_12 {
            dynptr.id = self.new_id();
        }
        let context = *self.reg(3);
        let callback = self.callback(call, [Some(dynptr), Some(context), None, None, None]);
        self.begin_callback(call.insn, callback)
    }

    fn dynptr_memory(&self) -> Checked {
        let reg = self.reg(1);
        if matches!(reg.kind, Kind::MapValue { .. }) && reg.flags == Flags::NONE {
            return Ok(());
        }
        let name = type_name(self.version(), reg);
        no_access(format!("Unsupported reg type {name} for bpf_dynptr_from_mem data"))
    }

    /// Writing through a dynptr over a packet may move the packet.
    fn dynptr_write(&self, call: &mut Call) -> Checked {
        let kind = call.dynptr.as_ref().and_then(|found| found.kind);
        let version = self.version();
        call.changes_packet |= match kind {
            Some(DynptrKind::Skb) => version >= KernelVersion::V6_12,
            Some(DynptrKind::SkbMeta) => version == KernelVersion::V7_2,
            _ => false,
        };
        Ok(())
    }

    fn percpu_object(&self, call: &mut Call) -> Checked {
        let reg = self.reg(1);
        if !reg.flags.has(Flags::RCU) {
            return Ok(());
        }
        let Kind::Btf { btf, id } = reg.kind else { return Ok(()) };
        let ty = self.btf(btf).and_then(|btf| btf.type_by_id(TypeId(id)));
        if !ty.is_some_and(|ty| matches!(ty.kind(), BtfKind::Struct | BtfKind::Union)) {
            return kernel_bug("Helper has invalid btf/btf_id in R1");
        }
        call.own_percpu = true;
        Ok(())
    }

    /// Kprobes have the address, and tracing programs that are called through a trampoline; others that the helper is listed for have not
    /// (`check_get_func_ip`).
    fn function_address(&self, call: &Call) -> Checked {
        let kind = &self.input.kind;
        let last = self.version() == KernelVersion::V7_2;
        let called = [AttachType::TRACE_FENTRY, AttachType::TRACE_FEXIT, AttachType::MODIFY_RETURN];
        let sessions = [
            AttachType::TRACE_FSESSION,
            AttachType::TRACE_FENTRY_MULTI,
            AttachType::TRACE_FEXIT_MULTI,
            AttachType::TRACE_FSESSION_MULTI,
        ];
        let attach = kind.attach_type;
        let through = called.contains(&attach) || last && sessions.contains(&attach);
        let traced = kind.prog_type == ProgType::TRACING;
        if kind.prog_type == ProgType::KPROBE || traced && through {
            return Ok(());
        }
        let why = match (traced, last) {
            (true, true) => "supported only for fentry/fexit/fsession/fmod_ret programs".to_string(),
            (true, false) => "supported only for fentry/fexit/fmod_ret programs".to_string(),
            (false, _) => format!("not supported for program type {}", kind.prog_type.0),
        };
        refuse(Errno::ENOTSUPP, format!("func {}#{} {why}", call.name(self.version()), call.id))
    }

    fn set_retval(&mut self) -> Checked {
        let kind = &self.input.kind;
        let hook = kind.prog_type == ProgType::LSM && kind.attach_type == AttachType::LSM_CGROUP;
        let last = self.version() == KernelVersion::V7_2;
        let any =
            kind.prog_type == ProgType::CGROUP_SOCKOPT && kind.attach_type == AttachType::CGROUP_GETSOCKOPT;
        if last && !self.reg(1).is_scalar() {
            return invalid("R1 is not a scalar");
        }
        if last && any {
            return Ok(());
        }
        let mut range = (-MAX_ERRNO, 0);
        if hook {
            let Some(found) = self.cgroup_hook_range()? else {
                return invalid("BPF_LSM_CGROUP that attach to void LSM hooks can't modify return value!");
            };
            range = found;
        }
        if !last {
            return Ok(());
        }
        self.want_reg(1);
        let number = self.reg(1).num;
        let (_, _, low_min, low_max) = number.low();
        if range.0 <= low_min && low_max <= range.1 {
            return Ok(());
        }
        let (smin, smax) = (number.smin(), number.smax());
        let mut has = String::new();
        if smin > i64::MIN {
            has += &format!(" smin={smin}");
        }
        if smax < i64::MAX {
            has += &format!(" smax={smax}");
        }
        if has.is_empty() {
            has = " unknown scalar value".into();
        }
        let (min, max) = range;
        invalid(format!("At bpf_set_retval the register R1 has{has} should have been in [{min}, {max}]"))
    }

    /// What the hook of a cgroup LSM program returns; none for hooks that return nothing.
    pub(super) fn cgroup_hook_range(&self) -> Checked<Option<(i32, i32)>> {
        if self.target_returns_void()? {
            return Ok(None);
        }
        let hook = self.input.kind.target.as_deref().and_then(|hook| self.profile.lsm_hook(hook));
        let truth = hook.is_some_and(|hook| hook.returns_bool);
        Ok(Some(if truth { (0, 1) } else { (-MAX_ERRNO, 0) }))
    }
}

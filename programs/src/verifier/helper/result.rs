//! What a helper returns, and the references that come with it.
//!
//! Key item: `set_result` of [`Verifier`]. Modelled after the second half of kernel/bpf/verifier.c:check_helper_call and
//! do_refine_retval_range.

use super::{Call, kernel_bug};
use crate::btf::{Kind as BtfKind, TypeId};
use crate::object::SpecialKind;
use crate::profile::{AttachType, KernelVersion, ProgType};
use crate::verifier::reg::{BtfSource, Flags, Kind, Reg};
use crate::verifier::stop::{Checked, invalid, not_modelled};
use crate::verifier::verify::Verifier;

/// Largest error number that a pointer or a return value carries (`MAX_ERRNO`).
const MAX_ERRNO: i32 = 4095;
/// Possible CPUs of the kernels that verdicts are compared with (`nr_cpu_ids`).
const CPUS: i32 = 1;

/// Helpers that give a reference.
const ACQUIRES: &[&str] =
    &["bpf_sk_lookup_tcp", "bpf_sk_lookup_udp", "bpf_skc_lookup_tcp", "bpf_ringbuf_reserve"];
/// Helpers whose result is their argument as another type (`is_ptr_cast_function`).
const CASTS: &[&str] = &[
    "bpf_tcp_sock",
    "bpf_sk_fullsock",
    "bpf_skc_to_tcp_sock",
    "bpf_skc_to_tcp6_sock",
    "bpf_skc_to_udp6_sock",
    "bpf_skc_to_mptcp_sock",
    "bpf_skc_to_tcp_timewait_sock",
    "bpf_skc_to_tcp_request_sock",
];
/// Helpers that return at most as many bytes as they were given room for, or an error.
const RETURNS_SIZE: &[&str] = &[
    "bpf_get_stack",
    "bpf_get_task_stack",
    "bpf_probe_read_str",
    "bpf_probe_read_kernel_str",
    "bpf_probe_read_user_str",
];
/// Structures that helpers return pointers to.
const STRUCTURES: &[(&str, &str)] = &[
    ("bpf_skc_to_tcp6_sock", "tcp6_sock"),
    ("bpf_skc_to_tcp_sock", "tcp_sock"),
    ("bpf_skc_to_tcp_timewait_sock", "tcp_timewait_sock"),
    ("bpf_skc_to_tcp_request_sock", "tcp_request_sock"),
    ("bpf_skc_to_udp6_sock", "udp6_sock"),
    ("bpf_skc_to_unix_sock", "unix_sock"),
    ("bpf_skc_to_mptcp_sock", "mptcp_sock"),
    ("bpf_get_current_task_btf", "task_struct"),
    ("bpf_task_pt_regs", "pt_regs"),
    ("bpf_sock_from_file", "socket"),
];

impl Verifier<'_> {
    /// r0 after the call.
    pub(super) fn set_result(&mut self, call: &mut Call) -> Checked {
        let Some(mut result) = self.result(call)? else { return self.refine(call) };
        if result.may_be_null() {
            result.id = self.new_id();
        }
        self.set_reg(0, result);
        self.tie_result(call)?;
        self.refine(call)
    }

    /// The value; none for nothing or a number.
    fn result(&mut self, call: &Call) -> Checked<Option<Reg>> {
        let numbers = self.numbers;
        let ret = call.proto.ret;
        let (null, base) = match ret.strip_suffix("_OR_NULL") {
            Some(base) => (Flags::MAYBE_NULL, base),
            None if ret.contains("PTR_MAYBE_NULL") => (Flags::MAYBE_NULL, ret),
            None => (Flags::NONE, ret),
        };
        let base = base.split('|').next().unwrap_or(base);
        let pointer = |kind, flags: Flags| Ok(Some(Reg::pointer(kind, flags.with(null), numbers)));
        let memory = Kind::Mem { size: call.mem_size as u32 };
        match base {
            "INTEGER" | "?" => {
                self.set_unknown(0);
                Ok(None)
            }
            "VOID" => Ok(None),
            "PTR_TO_MAP_VALUE" => self.map_value_result(call, null).map(Some),
            "PTR_TO_SOCKET" => pointer(Kind::Socket, Flags::NONE),
            "PTR_TO_SOCK_COMMON" => pointer(Kind::SockCommon, Flags::NONE),
            "PTR_TO_TCP_SOCK" => pointer(Kind::TcpSock, Flags::NONE),
            "PTR_TO_ALLOC_MEM" if self.version() == KernelVersion::V5_10 => pointer(memory, Flags::NONE),
            "PTR_TO_ALLOC_MEM" | "PTR_TO_RINGBUF_MEM" => pointer(memory, Flags::RINGBUF),
            "PTR_TO_DYNPTR_MEM" => pointer(memory, Flags::NONE),
            "PTR_TO_MEM_OR_BTF_ID" => {
                let rdonly = if ret.contains("MEM_RDONLY") { Flags::RDONLY } else { Flags::NONE };
                self.percpu_result(call, null, rdonly).map(Some)
            }
            "PTR_TO_BTF_ID" => self.object_result(call, null).map(Some),
            "PTR_TO_BTF_ID_TRUSTED" => self.object_result(call, Flags::TRUSTED).map(Some),
            other => not_modelled(format!("return type {other}")),
        }
    }

    fn map_value_result(&mut self, call: &Call, null: Flags) -> Checked<Reg> {
        let Some((map, uid)) = call.map else { return kernel_bug("unexpected null map_ptr") };
        let facts = self.facts.map(map);
        let locked =
            facts.field(SpecialKind::SpinLock).is_some() || facts.field(SpecialKind::ResSpinLock).is_some();
        let max = u64::from(facts.max_entries);
        let there = call.is("bpf_map_lookup_elem") && call.key.is_some_and(|key| key < max);
        let null = if there { Flags::NONE } else { null };
        let mut result = Reg::pointer(Kind::MapValue { map, uid }, null, self.numbers);
        if locked && !result.may_be_null() {
            result.id = self.new_id();
        }
        Ok(result)
    }

    /// `bpf_per_cpu_ptr` and `bpf_this_cpu_ptr`: memory, or a structure.
    fn percpu_result(&self, call: &Call, null: Flags, rdonly: Flags) -> Checked<Reg> {
        let Some((source, id)) = call.percpu else { return kernel_bug("Helper has invalid btf_id in R1") };
        let Some(btf) = self.btf(source) else { return not_modelled("BTF of a per-CPU variable") };
        let Some(ty) = btf.resolve(TypeId(id)) else { return not_modelled("type of a per-CPU variable") };
        let numbers = self.numbers;
        if matches!(ty.kind(), BtfKind::Struct | BtfKind::Union) {
            let flags = if call.own_percpu { Flags::ALLOC.with(Flags::RCU) } else { null };
            return Ok(Reg::pointer(Kind::Btf { btf: source, id }, flags, numbers));
        }
        let Some(size) = btf.size_of(ty.id()) else {
            return invalid(format!("unable to resolve the size of type '{}': -22", ty.name()));
        };
        Ok(Reg::pointer(Kind::Mem { size: size as u32 }, null.with(rdonly), numbers))
    }

    fn object_result(&self, call: &Call, flags: Flags) -> Checked<Reg> {
        let numbers = self.numbers;
        if let Some(kptr) = &call.kptr {
            let mut flags = flags;
            if kptr.btf == BtfSource::Program {
                flags = flags.with(Flags::ALLOC);
                if kptr.field.kind == SpecialKind::PercpuKptr {
                    flags = flags.with(Flags::PERCPU);
                }
            }
            return Ok(Reg::pointer(Kind::Btf { btf: kptr.btf, id: kptr.id }, flags, numbers));
        }
        let row = STRUCTURES.iter().find(|row| call.is(row.0));
        let Some((_, name)) = row else { return not_modelled(format!("result of helper {}", call.id)) };
        let Some(ty) = self.facts.kernel.find_by_name_kind(name, BtfKind::Struct) else {
            return not_modelled(format!("struct {name}, which is not among the kernel's types"));
        };
        Ok(Reg::pointer(Kind::Btf { btf: BtfSource::Kernel, id: ty.id().0 }, flags, numbers))
    }

    /// References: a new one, or the argument's.
    fn tie_result(&mut self, call: &Call) -> Checked {
        let last = self.version() == KernelVersion::V7_2;
        if call.is_any(CASTS) {
            if last {
                return self.tie_cast(call);
            }
            self.path.state.reg_mut(0).ref_id = call.ref_id;
        } else if self.acquires(call) {
            let id = self.acquire_reference(call.insn);
            let result = self.path.state.reg_mut(0);
            result.id = id;
            if !last {
                result.ref_id = id;
            }
        }
        if let (true, Some(found)) = (call.is("bpf_dynptr_data"), &call.dynptr) {
            let owner = if found.ref_id == 0 || last { found.id } else { found.ref_id };
            let tracked = self.version() >= KernelVersion::V6_12 || found.ref_id != 0;
            self.path.state.reg_mut(0).ref_id = if tracked { owner } else { 0 };
        }
        Ok(())
    }

    fn acquires(&self, call: &Call) -> bool {
        let sockets = call.map.is_some_and(|(map, _)| self.facts.map(map).is(&["SOCKMAP", "SOCKHASH"]));
        call.is_any(ACQUIRES) || call.is("bpf_kptr_xchg") || (call.is("bpf_map_lookup_elem") && sockets)
    }

    /// 7.2: the result shares the reference of what was cast, so that NULL is a path of its own.
    fn tie_cast(&mut self, call: &Call) -> Checked {
        if call.ref_id == 0 || self.path.state.find_ref(call.ref_id).is_none() {
            return Ok(());
        }
        if call.ref_count > 1 {
            let count = call.ref_count;
            return kernel_bug(&format!("function expects only one referenced object but got {count}"));
        }
        let null = Reg::constant(0, self.numbers);
        let mut other = self.fork_to(call.insn + 1);
        *other.state.reg_mut(0) = null;
        self.push(other)?;
        let result = self.path.state.reg_mut(0);
        result.flags = result.flags.without(Flags::MAYBE_NULL);
        result.id = call.ref_id;
        Ok(())
    }

    /// What is known about a returned number (`do_refine_retval_range`).
    fn refine(&mut self, call: &Call) -> Checked {
        let version = self.version();
        if call.proto.ret != "INTEGER" {
            return Ok(());
        }
        let range = if call.is_any(RETURNS_SIZE) {
            let task_stack = call.is("bpf_get_task_stack") && version == KernelVersion::V5_10;
            (!task_stack).then_some((-MAX_ERRNO, call.size_max as i32))
        } else if call.is("bpf_get_smp_processor_id") && version >= KernelVersion::V6_12 {
            Some((0, CPUS - 1))
        } else if call.is("bpf_get_retval") && version == KernelVersion::V7_2 {
            self.previous_return()?
        } else {
            None
        };
        if let Some((min, max)) = range {
            let numbers = self.numbers;
            self.path.state.reg_mut(0).num.set_signed_range(min, max, numbers);
        }
        Ok(())
    }

    /// What the program before this one may have returned (7.2).
    fn previous_return(&self) -> Checked<Option<(i32, i32)>> {
        let kind = &self.input.kind;
        if kind.prog_type == ProgType::CGROUP_SOCKOPT && kind.attach_type == AttachType::CGROUP_GETSOCKOPT {
            return Ok(None);
        }
        if kind.prog_type == ProgType::LSM && kind.attach_type == AttachType::LSM_CGROUP {
            return self.cgroup_hook_range();
        }
        Ok(Some((-MAX_ERRNO, 0)))
    }
}

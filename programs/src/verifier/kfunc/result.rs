//! What a kfunc gives back.
//!
//! Key item: `kfunc_result` of [`Verifier`]. Neighbours: `mod` has checked the arguments; `graph` knows objects of the program. Modelled
//! after kernel/bpf/verifier.c:check_special_kfunc (6.12: inside check_kfunc_call) and the end of check_kfunc_call.

use super::types::{Pointee, is_scalar_kind, is_struct_kind, pointee};
use super::{Call, Found};
use crate::btf::TypeId;
use crate::profile::KernelVersion;
use crate::verifier::dynptr::is_owning;
use crate::verifier::reg::{BtfSource, DynptrKind, Flags, Kind, Reg};
use crate::verifier::stop::{Checked, invalid, not_modelled};
use crate::verifier::verify::Verifier;

impl Verifier<'_> {
    pub(super) fn kfunc_result(&mut self, insn: usize, call: &Call, found: &Found) -> Checked {
        let kernel = self.facts.kernel;
        let Some(ty) = kernel.resolve(call.result) else { return not_modelled("a result without a type") };
        let to = pointee(kernel, call.result);
        let makes_object =
            ["bpf_obj_new", "bpf_percpu_obj_new", "bpf_refcount_acquire"].contains(&call.stem());
        if call.has("ACQUIRE") && !makes_object && !to.is_some_and(|to| to.is_struct()) {
            return invalid("acquire kernel function does not return PTR_TO_BTF_ID");
        }
        let numbers = self.numbers;
        match to {
            Some(to) => {
                let mut reg = self.pointer_result(call, found, &to)?;
                self.own_result(insn, call, found, &to, &mut reg);
                self.set_reg(0, reg);
            }
            None if is_scalar_kind(ty.kind()) => {
                let locks = ["bpf_res_spin_lock", "bpf_res_spin_lock_irqsave"].contains(&call.name());
                let reg = if locks { Reg::constant(0, numbers) } else { Reg::unknown(numbers) };
                self.set_reg(0, reg);
            }
            None => {}
        }
        Ok(())
    }

    /// NULL, references and ids.
    fn own_result(&mut self, insn: usize, call: &Call, found: &Found, to: &Pointee<'_>, reg: &mut Reg) {
        let late = self.version() == KernelVersion::V7_2;
        let cannot_fail = call.stem() == "bpf_refcount_acquire" && found.owning;
        let null = call.has("RET_NULL") && !cannot_fail;
        if null {
            reg.flags = reg.flags.with(Flags::MAYBE_NULL);
            reg.id = self.new_id();
        }
        let node = to.is_struct() && ["bpf_rb_node", "bpf_list_node"].contains(&to.name);
        if call.has("ACQUIRE") {
            let id = self.acquire_reference(insn);
            if late {
                reg.id = id;
            } else {
                reg.ref_id = id;
                if null || self.version() == KernelVersion::V6_1 {
                    reg.id = id;
                }
            }
        } else if (late && node) || call.name() == "bpf_rbtree_first" {
            self.make_non_owning(reg);
        }
        if reg.id == 0 && self.may_hold_lock(reg) {
            reg.id = self.new_id();
        }
    }

    fn pointer_result(&mut self, call: &Call, found: &Found, to: &Pointee<'_>) -> Checked<Reg> {
        if self.version() >= KernelVersion::V6_12
            && let Some(reg) = self.special_result(call, found, to)?
        {
            return Ok(reg);
        }
        if to.kind == crate::btf::Kind::Void && self.version() >= KernelVersion::V6_12 {
            return Ok(Reg::unknown(self.numbers));
        }
        if to.is_struct() {
            let flags = self.object_flags(call, found);
            let kind = Kind::Btf { btf: BtfSource::Kernel, id: to.id.0 };
            return Ok(Reg::pointer(kind, flags, self.numbers));
        }
        self.memory_result(call, found, to)
    }

    fn memory_result(&mut self, call: &Call, found: &Found, to: &Pointee<'_>) -> Checked<Reg> {
        let early = self.version() == KernelVersion::V6_1;
        let own = if early { None } else { self.facts.kernel.size_of(to.id) };
        let (size, read_only) = match (found.size.filter(|size| *size != 0), own.filter(|size| *size != 0)) {
            (Some(size), _) => (size, found.read_only),
            (None, Some(size)) => (size, true),
            (None, None) => {
                let (name, word, target) = (call.name(), to.word(), to.name);
                return invalid(format!(
                    "kernel function {name} returns pointer type {word} {target} is not supported"
                ));
            }
        };
        let flags = if read_only { Flags::RDONLY } else { Flags::NONE };
        let mut reg = Reg::pointer(Kind::Mem { size: size as u32 }, flags, self.numbers);
        reg.ref_id = found.owner;
        if self.version() == KernelVersion::V7_2 && call.has("RCU_PROTECTED") {
            reg.flags = reg.flags.with(Flags::RCU);
        }
        Ok(reg)
    }

    /// How far the kernel object may be trusted.
    fn object_flags(&self, call: &Call, found: &Found) -> Flags {
        let from_iter = call.has("ITER_NEXT").then(|| found.iter.is_some_and(|iter| iter.rcu));
        match (self.version(), from_iter) {
            (KernelVersion::V7_2, _) if call.name() == "bpf_get_kmem_cache" => Flags::UNTRUSTED,
            (KernelVersion::V7_2, _) if call.has("RCU_PROTECTED") => Flags::RCU,
            (KernelVersion::V6_12 | KernelVersion::V7_2, Some(true)) => Flags::RCU,
            (KernelVersion::V7_2, _) | (KernelVersion::V6_12, Some(false)) => Flags::TRUSTED,
            _ => Flags::NONE,
        }
    }

    /// Results that BTF does not tell (`check_special_kfunc`).
    fn special_result(&mut self, call: &Call, found: &Found, to: &Pointee<'_>) -> Checked<Option<Reg>> {
        let numbers = self.numbers;
        let program =
            |id: u32, flags: Flags| Reg::pointer(Kind::Btf { btf: BtfSource::Program, id }, flags, numbers);
        let reg = match call.stem() {
            "bpf_obj_new" => program(self.new_object_type(found, false)?, Flags::ALLOC),
            "bpf_percpu_obj_new" => {
                program(self.new_object_type(found, true)?, Flags::ALLOC.with(Flags::PERCPU))
            }
            "bpf_refcount_acquire" => {
                let Some(object) = found.object else { return not_modelled("object without a type") };
                Reg::pointer(Kind::Btf { btf: object.btf, id: object.id.0 }, Flags::ALLOC, numbers)
            }
            "bpf_cast_to_kern_ctx" => {
                let id = found.context.map_or(0, |id| id.0);
                Reg::pointer(Kind::Btf { btf: BtfSource::Kernel, id }, Flags::TRUSTED, numbers)
            }
            "bpf_rdonly_cast" => self.read_only_cast(found.constant.unwrap_or_default())?,
            "bpf_dynptr_slice" | "bpf_dynptr_slice_rdwr" => self.slice(call, found)?,
            _ if to.is_struct() && ["bpf_rb_node", "bpf_list_node"].contains(&to.name) => {
                let Some(root) = found.root else { return not_modelled("node without a root") };
                self.graph_node(&root)
            }
            _ => return Ok(None),
        };
        Ok(Some(reg))
    }

    fn read_only_cast(&self, id: u64) -> Checked<Reg> {
        let late = self.version() == KernelVersion::V7_2;
        let ty = u32::try_from(id).ok().and_then(|id| self.facts.kernel.type_by_id(TypeId(id)));
        let numbers = self.numbers;
        match ty {
            Some(ty) if is_struct_kind(ty.kind()) => {
                let kind = Kind::Btf { btf: BtfSource::Kernel, id: ty.id().0 };
                Ok(Reg::pointer(kind, Flags::UNTRUSTED, numbers))
            }
            Some(ty) if late && ty.kind() == crate::btf::Kind::Void => {
                let flags = Flags::RDONLY.with(Flags::UNTRUSTED);
                Ok(Reg::pointer(Kind::Mem { size: 0 }, flags, numbers))
            }
            None if late => invalid(format!("Unknown type ID {} passed to kfunc bpf_rdonly_cast", id as i64)),
            _ => {
                let or_void = if late { " or void" } else { "" };
                invalid(format!("kfunc bpf_rdonly_cast type ID argument must be of a struct{or_void}"))
            }
        }
    }

    /// Memory of a dynptr, directly.
    fn slice(&mut self, call: &Call, found: &Found) -> Checked<Reg> {
        let (Some(size), Some(dynptr)) = (found.constant, found.dynptr) else {
            return crate::verifier::stop::refuse(
                sim::errno::Errno::EFAULT,
                "bpf_dynptr_slice(_rdwr) no constant size",
            );
        };
        let packet = matches!(dynptr.kind, DynptrKind::Skb | DynptrKind::Xdp | DynptrKind::SkbMeta);
        let mut flags = if packet { Flags::PACKET_SLICE } else { Flags::SLICE };
        debug_assert!(!(packet && is_owning(dynptr.kind)), "packets need no release");
        if call.name() == "bpf_dynptr_slice" {
            flags = flags.with(Flags::RDONLY);
        } else if !self.may_write_packet() {
            return invalid("the prog does not allow writes to packet data");
        }
        let mut reg = Reg::pointer(Kind::Mem { size: size as u32 }, flags, self.numbers);
        if self.version() == KernelVersion::V7_2 {
            reg.ref_id = dynptr.id;
        }
        Ok(reg)
    }
}

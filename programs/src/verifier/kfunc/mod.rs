//! Calls of kernel functions.
//!
//! Key types: [`Call`], [`Found`]. `class` says what each argument is for, `args` checks arguments of 6.12 and 7.2, `early` those of 6.1,
//! `memory` buffers, `result` what comes back, `types` reads BTF. Neighbours: `dynptr`, `iter`, `graph` and `regions` know the objects that
//! kfuncs work on; `call` dispatches here. Modelled after kernel/bpf/verifier.c:check_kfunc_call. Prototypes come from the kernel's BTF;
//! arguments that the verifier adds itself (`KF_IMPLICIT_ARGS`) are not in them.

mod args;
pub(super) mod class;
mod early;
mod memory;
mod result;
pub(super) mod types;

use sim::errno::Errno;

use super::dynptr::Seen;
use super::graph::Root;
use super::iter::IterSeen;
use super::reg::{Id, Kind, MapRef, Reg};
use super::state::Touched;
use super::stop::{Checked, invalid, no_access, not_modelled, refuse};
use super::verify::{Next, Verifier};
use crate::btf::{Param, TypeId};
use crate::gate::{self, POISONED_KFUNC_BASE};
use crate::isa::Callee;
use crate::object::number_behind;
use crate::profile::kfunc::{Kfunc, KfuncAccess};
use crate::profile::{KernelVersion, message};
use types::TypeRef;

/// Lowest error number that a lock returns.
const MAX_ERRNO: i64 = 4095;

/// A kfunc and its prototype.
pub(super) struct Call<'b> {
    pub kfunc: &'static Kfunc,
    pub params: Vec<Param<'b>>,
    pub result: TypeId,
}

impl Call<'_> {
    pub fn name(&self) -> &'static str {
        self.kfunc.name
    }

    pub fn has(&self, flag: &str) -> bool {
        self.kfunc.has_flag(flag)
    }

    /// One of the three that make an iterator.
    pub fn is_iter(&self) -> bool {
        ["ITER_NEW", "ITER_NEXT", "ITER_DESTROY"].iter().any(|flag| self.has(flag))
    }

    /// The name, without the ending of variants that take arguments from the verifier.
    pub fn stem(&self) -> &'static str {
        self.name().strip_suffix("_impl").unwrap_or(self.name())
    }
}

/// What the arguments said (`struct bpf_kfunc_call_arg_meta`).
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    /// Value of the argument that must be constant.
    pub constant: Option<u64>,
    /// Size of the memory that comes back.
    pub size: Option<u64>,
    pub read_only: bool,
    /// The referenced object among the arguments.
    pub owner: Id,
    /// Register whose object is released.
    pub release: Option<u8>,
    pub map: Option<(MapRef, Id)>,
    pub dynptr: Option<Seen>,
    pub iter: Option<IterSeen>,
    /// Type of the program's object.
    pub object: Option<TypeRef>,
    /// The kernel's context struct.
    pub context: Option<TypeId>,
    pub callback: Option<usize>,
    /// The argument owns its object, so a new reference cannot fail.
    pub owning: bool,
    pub root: Option<Root>,
}

impl Verifier<'_> {
    pub(super) fn check_kfunc_call(&mut self, insn: usize, index: i32) -> Checked<Next> {
        let Some(named) = usize::try_from(index).ok().and_then(|index| self.input.kfuncs.get(index)) else {
            if number_behind(index) == 0 && self.program.input.insns[insn].off == 0 {
                // Refused when it is still there after the dead code is gone.
                self.nameless_kfunc.get_or_insert(insn);
                return Ok(Next::At(insn + 1));
            }
            return not_modelled("a kfunc without a name");
        };
        let Some(kfunc) = self.profile.kfunc(&named.name) else {
            // What the loader makes of a call to a function that the kernel lacks.
            let id = POISONED_KFUNC_BASE + named.extern_index as i32;
            let text = message(self.version(), "helper_invalid", &["unknown", &id.to_string()]);
            return Err(gate::Rejection {
                errno: Errno::EINVAL,
                message: text,
                insn: Some(insn),
                stage: gate::Stage::Loader,
            }
            .into());
        };
        if kfunc.access(self.version(), &self.input.kind) == KfuncAccess::Unknown {
            return not_modelled(format!("whether this program may call {}", kfunc.name));
        }
        let kernel = self.facts.kernel;
        let function = kernel.find_by_name_kind(kfunc.name, crate::btf::Kind::Func);
        if kfunc.access(self.version(), &self.input.kind) == KfuncAccess::Denied {
            return no_access(message(self.version(), "kfunc_not_allowed", &[kfunc.name]));
        }
        let Some(proto) = function.and_then(|function| kernel.func_proto(function.id())) else {
            return not_modelled(format!("prototype of {}", kfunc.name));
        };
        let call = Call { kfunc, params: proto.params().collect(), result: proto.target() };
        if self.version() <= KernelVersion::V6_1 {
            self.early_call(insn, &call)
        } else {
            self.late_call(insn, &call)
        }
    }

    fn late_call(&mut self, insn: usize, call: &Call) -> Checked<Next> {
        let late = self.version() == KernelVersion::V7_2;
        let name = call.name();
        if late && matches!(name, "bpf_res_spin_lock" | "bpf_res_spin_lock_irqsave") {
            self.fork_failed_lock(insn)?;
        } else if name == "__bpf_trap" {
            return refuse(Errno::EFAULT, "unexpected __bpf_trap() due to uninitialized variable?");
        }
        let sleepable = call.kfunc.sleepable();
        if sleepable && !self.path.state.regions.sleepable {
            return no_access(message(self.version(), "kfunc_sleepable", &[name]));
        }
        let mut found = Found::default();
        self.kfunc_args(insn, call, &mut found)?;
        if late {
            self.check_object_drop(call, &found)?;
        }
        self.kfunc_callbacks(insn, call, &found)?;
        if call.stem() == "bpf_session_cookie" {
            (found.size, found.read_only) = (Some(8), false);
        }
        self.kfunc_regions(call, sleepable)?;
        self.kfunc_releases(call, &found)?;
        if name == "bpf_throw" {
            self.check_thrown_value()?;
        }
        self.read_arguments(call);
        self.clear_caller_saved();
        self.kfunc_result(insn, call, &found)?;
        if name == "bpf_xdp_pull_data" && late {
            self.clear_packet_pointers();
        }
        if let (true, Some(iter)) = (call.has("ITER_NEXT"), found.iter) {
            self.iter_next(insn, iter)?;
        }
        if name == "bpf_throw" { self.throw() } else { Ok(Next::At(insn + 1)) }
    }

    /// The registers of the arguments count as read.
    pub(super) fn read_arguments(&mut self, call: &Call) {
        let regs = (1..=call.params.len().min(5)).fold(0, |regs, reg| regs | 1 << reg);
        let frame = self.path.state.frames.len() - 1;
        self.search.mark_read(&self.path, frame, Touched { regs, slots: 0 });
    }

    /// A lock that may fail is followed both ways: in the one put aside, r0 is an error and nothing is held.
    fn fork_failed_lock(&mut self, insn: usize) -> Checked {
        let numbers = self.numbers;
        let mut failed = self.fork_to(insn + 1);
        failed.state.running().written.regs |= 0b11_1111;
        let frame = failed.state.current_mut();
        frame.regs[..6].fill(Reg::not_init(numbers));
        frame.regs[0] =
            Reg { num: super::scalar::Scalar::between(-MAX_ERRNO, -1, numbers), ..Reg::unknown(numbers) };
        self.push(failed)
    }

    /// 7.2: objects with fields that an NMI must not touch are not freed where one might interrupt.
    fn check_object_drop(&mut self, call: &Call, found: &Found) -> Checked {
        use crate::profile::{AttachType, ProgType};
        if !matches!(call.stem(), "bpf_obj_drop" | "bpf_percpu_obj_drop") {
            return Ok(());
        }
        let kind = &self.input.kind;
        let tracing = kind.prog_type.is_tracing_context(self.version())
            || (kind.prog_type == ProgType::TRACING
                && kind.attach_type != AttachType::TRACE_ITER
                && !kind.sleepable);
        let unsafe_fields = found.object.is_some_and(|object| self.has_nmi_unsafe_fields(object));
        if tracing && unsafe_fields {
            let name = call.name();
            return invalid(format!(
                "{name} cannot be used in tracing programs on types with NMI unsafe fields"
            ));
        }
        Ok(())
    }

    /// Without an exception callback the thrown value is the program's result.
    fn check_thrown_value(&mut self) -> Checked {
        if self.info.iter().any(|info| info.is_exception_callback) {
            Ok(())
        } else {
            self.check_return_code(1, "R1")
        }
    }

    /// Whether this kfunc may be called with a lock held.
    pub(super) fn kfunc_allowed_in_lock(&self, callee: Callee) -> bool {
        const GRAPH: [&str; 17] = [
            "bpf_list_push_front",
            "bpf_list_push_back",
            "bpf_list_add",
            "bpf_list_pop_front",
            "bpf_list_pop_back",
            "bpf_list_del",
            "bpf_list_front",
            "bpf_list_back",
            "bpf_list_is_first",
            "bpf_list_is_last",
            "bpf_list_empty",
            "bpf_rbtree_add",
            "bpf_rbtree_remove",
            "bpf_rbtree_first",
            "bpf_rbtree_root",
            "bpf_rbtree_left",
            "bpf_rbtree_right",
        ];
        const ALSO_7_2: [&str; 12] = [
            "bpf_iter_num_new",
            "bpf_iter_num_next",
            "bpf_iter_num_destroy",
            "bpf_res_spin_lock",
            "bpf_res_spin_unlock",
            "bpf_res_spin_lock_irqsave",
            "bpf_res_spin_unlock_irqrestore",
            "bpf_arena_alloc_pages",
            "bpf_arena_free_pages",
            "bpf_arena_reserve_pages",
            "bpf_stream_vprintk",
            "bpf_stream_print_stack",
        ];
        let Some(kfunc) = self.kfunc_of(callee) else { return false };
        let stem = kfunc.name.strip_suffix("_impl").unwrap_or(kfunc.name);
        GRAPH.contains(&stem)
            || stem == "bpf_refcount_acquire"
            || (self.version() == KernelVersion::V7_2 && ALSO_7_2.contains(&kfunc.name))
    }

    /// The id by which the register's object is released.
    pub(super) fn reference_of(&self, reg: &Reg) -> Id {
        match (self.is_referenced(reg), self.version()) {
            (false, _) => 0,
            (true, KernelVersion::V7_2) => reg.id,
            (true, _) => reg.ref_id,
        }
    }
}

/// A pointer to an object of the program (`PTR_TO_BTF_ID | MEM_ALLOC`), and nothing else.
pub(super) fn is_plain_allocated(reg: &Reg) -> bool {
    matches!(reg.kind, Kind::Btf { .. }) && reg.flags == super::reg::Flags::ALLOC
}

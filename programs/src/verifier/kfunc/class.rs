//! What an argument of a kfunc is for, by its type and the suffix of its name.
//!
//! Key type: [`Class`]. Neighbours: `args` checks the register for its class; `types` reads BTF. Modelled after
//! kernel/bpf/verifier.c:get_kfunc_ptr_arg_type.

use super::Call;
use super::types::{Pointee, is_function_pointer, is_scalar_kind, is_scalar_struct, points_to};
use crate::btf::{Btf, Param, TypeId};
use crate::profile::KernelVersion;
use crate::verifier::reg::{Flags, Kind, Reg};
use crate::verifier::stack_objects::argument;
use crate::verifier::stop::{Checked, invalid};
use crate::verifier::verify::Verifier;

/// Class of a pointer argument (`enum kfunc_ptr_arg_type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Context,
    /// NULL where that is allowed.
    Null,
    /// An object of the program, to be freed.
    Allocated,
    /// An object of the program with a reference count.
    Refcounted,
    Dynptr,
    Iter,
    ListHead,
    ListNode,
    RbRoot,
    RbNode,
    ConstText,
    Map,
    WorkQueue,
    Timer,
    TaskWork,
    IrqFlag,
    ResLock,
    /// A kernel object.
    Object,
    Callback,
    Memory,
    /// Memory whose size is the next argument.
    SizedMemory,
}

/// Rows: structs behind the pointer, in the kernel's order, with the first version that looks for them.
const STRUCTS: [(&str, Class); 4] = [
    ("bpf_list_head", Class::ListHead),
    ("bpf_list_node", Class::ListNode),
    ("bpf_rb_root", Class::RbRoot),
    ("bpf_rb_node", Class::RbNode),
];
const LATE_STRUCTS: [(&str, Class); 2] = [("bpf_timer", Class::Timer), ("bpf_task_work", Class::TaskWork)];
/// Kfuncs whose only pointer is the context, whatever BTF says (7.2 has all of them, 6.12 the first).
const TAKE_CONTEXT: [&str; 3] = ["bpf_cast_to_kern_ctx", "bpf_session_is_return", "bpf_session_cookie"];

/// `btf_param_match_suffix`.
pub(in crate::verifier) fn has_suffix(param: &Param<'_>, suffix: &str) -> bool {
    param.name.len() > suffix.len() && param.name.ends_with(suffix)
}

/// A number whose name ends in `suffix`, and the register holds a number.
fn is_size(btf: &Btf, param: Option<&Param<'_>>, reg: &Reg, suffix: &str) -> bool {
    let scalar = |id: TypeId| btf.resolve(id).is_some_and(|ty| is_scalar_kind(ty.kind()));
    param.is_some_and(|param| reg.is_scalar() && has_suffix(param, suffix) && scalar(param.ty))
}

/// The argument is a size that must be known.
pub(super) fn is_constant_size(btf: &Btf, param: Option<&Param<'_>>, reg: &Reg) -> bool {
    is_size(btf, param, reg, "__szk")
}

/// Types that stand for a kernel struct (`reg2btf_ids`).
pub(in crate::verifier) fn stands_for(version: KernelVersion, kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Socket => Some("sock"),
        Kind::SockCommon => Some("sock_common"),
        Kind::TcpSock => Some("tcp_sock"),
        Kind::MapPtr { .. } if version >= KernelVersion::V6_12 => Some("bpf_map"),
        _ => None,
    }
}

impl Verifier<'_> {
    pub(super) fn classify(&self, call: &Call, index: usize, to: &Pointee<'_>) -> Checked<Class> {
        let (version, btf) = (self.version(), self.facts.kernel);
        let late = version == KernelVersion::V7_2;
        let param = &call.params[index];
        let regno = index as u8 + 1;
        let reg = self.reg(regno);
        let first_only = if late { &TAKE_CONTEXT[..] } else { &TAKE_CONTEXT[..1] };
        if first_only.contains(&call.name()) {
            return Ok(Class::Context);
        }
        let next = call.params.get(index + 1);
        let sized = regno < 5 && {
            let size = self.reg(regno + 1);
            is_size(btf, next, size, "__sz") || is_constant_size(btf, next, size)
        };
        if self.is_context_type(param.ty) {
            return Ok(Class::Context);
        }
        if has_suffix(param, "__nullable") && reg.is_null() && !(late && sized) {
            return Ok(Class::Null);
        }
        if let Some(class) = self.named_class(call, index, late) {
            return Ok(class);
        }
        if matches!(reg.kind, Kind::Btf { .. }) || stands_for(version, reg.kind).is_some() {
            if to.is_struct() {
                return Ok(Class::Object);
            }
            let place = if late { format!("R{regno}") } else { format!("args#{index}") };
            let (name, word, target) = (call.name(), to.word(), to.name);
            return invalid(format!(
                "kernel function {name} {place} pointer type {word} {target} is not supported"
            ));
        }
        if is_function_pointer(btf, param.ty) {
            return Ok(Class::Callback);
        }
        self.plain_memory(to, sized, &argument(version, regno))?;
        Ok(if sized { Class::SizedMemory } else { Class::Memory })
    }

    /// Classes by suffix or by struct.
    fn named_class(&self, call: &Call, index: usize, late: bool) -> Option<Class> {
        let btf = self.facts.kernel;
        let param = &call.params[index];
        if has_suffix(param, "__alloc") {
            return Some(Class::Allocated);
        }
        if has_suffix(param, "__refcounted_kptr") {
            return Some(Class::Refcounted);
        }
        if points_to(btf, param.ty, "bpf_dynptr") {
            return Some(Class::Dynptr);
        }
        let iter = if call.is_iter() { index == 0 } else { has_suffix(param, "__iter") };
        if iter {
            return Some(Class::Iter);
        }
        let by_struct =
            |rows: &[(&str, Class)]| rows.iter().find(|row| points_to(btf, param.ty, row.0)).map(|row| row.1);
        if let Some(class) = by_struct(&STRUCTS) {
            return Some(class);
        }
        if has_suffix(param, "__str") {
            return Some(Class::ConstText);
        }
        if has_suffix(param, "__map") {
            return Some(Class::Map);
        }
        if points_to(btf, param.ty, "bpf_wq") {
            return Some(Class::WorkQueue);
        }
        if !late {
            return None;
        }
        if let Some(class) = by_struct(&LATE_STRUCTS) {
            return Some(class);
        }
        if has_suffix(param, "__irq_flag") {
            return Some(Class::IrqFlag);
        }
        points_to(btf, param.ty, "bpf_res_spin_lock").then_some(Class::ResLock)
    }

    /// What else a pointer may lead to: numbers, structs of numbers, and anything if its size is given.
    pub(super) fn plain_memory(&self, to: &Pointee<'_>, sized: bool, name: &str) -> Checked {
        let scalars = to.is_scalar() || is_scalar_struct(self.facts.kernel, to.id, 0);
        if scalars || (sized && to.kind == crate::btf::Kind::Void) {
            return Ok(());
        }
        let or_void = if sized { "void, " } else { "" };
        let (word, target) = (to.word(), to.name);
        invalid(format!(
            "{name} pointer type {word} {target} must point to {or_void}scalar, or struct with scalar"
        ))
    }
}

/// Modifiers under which an object may still be trusted (`BPF_REG_TRUSTED_MODIFIERS`).
pub(in crate::verifier) const TRUSTED: Flags = Flags::ALLOC.with(Flags::TRUSTED).with(Flags::NON_OWN_REF);

/// Modifiers that make a pointer unfit (`bpf_type_has_unsafe_modifiers`).
pub(in crate::verifier) fn has_unsafe_modifiers(flags: Flags) -> bool {
    flags.without(TRUSTED) != Flags::NONE
}

//! The kernel function whose arguments are a program's context.
//!
//! Key type: [`Prototype`]. Neighbours: `arguments` reads it, `return_range` asks whether the function returns anything. Modelled after
//! kernel/bpf/verifier.c:bpf_check_attach_target and check_struct_ops_btf_id.

use super::stop::{Checked, not_modelled};
use super::verify::Verifier;
use crate::btf::{Btf, Kind, Param, Type, TypeId};
use crate::profile::{AttachType, KernelVersion, ProgType};

/// A function's prototype, without the first argument of tracepoints, which programs do not see.
pub(super) struct Prototype<'b> {
    pub params: Vec<Param<'b>>,
    /// Types of all arguments.
    pub all: Vec<TypeId>,
    pub result: TypeId,
}

impl Verifier<'_> {
    /// The prototype of what the program is attached to; none if the program's context is not described by one.
    pub(super) fn prototype(&self) -> Checked<Option<Prototype<'_>>> {
        let kind = &self.input.kind;
        let btf = self.facts.kernel;
        let target = kind.target.as_deref().unwrap_or_default();
        if kind.prog_type == ProgType::STRUCT_OPS {
            return self.member_prototype(target).map(Some);
        }
        let found = match kind.attach_type {
            AttachType::TRACE_RAW_TP => self.tracepoint(target),
            AttachType::TRACE_ITER => function(btf, &format!("bpf_iter_{target}")),
            AttachType::LSM_MAC | AttachType::LSM_CGROUP => function(btf, &format!("bpf_lsm_{target}")),
            AttachType::TRACE_FENTRY_MULTI
            | AttachType::TRACE_FEXIT_MULTI
            | AttachType::TRACE_FSESSION_MULTI => {
                // All of them share one function without arguments.
                let int = btf.find_by_name_kind("int", Kind::Int).map_or(TypeId::VOID, |int| int.id());
                return Ok(Some(Prototype { params: Vec::new(), all: Vec::new(), result: int }));
            }
            _ => function(btf, target),
        };
        let Some(proto) = found else {
            let kind = if kind.attach_type == AttachType::TRACE_RAW_TP { "tracepoint" } else { "function" };
            return not_modelled(format!("the prototype of {kind} {target}, which the kernel's types lack"));
        };
        let hidden = usize::from(kind.attach_type == AttachType::TRACE_RAW_TP);
        Ok(Some(Prototype {
            params: proto.params().skip(hidden).collect(),
            all: proto.params().map(|param| param.ty).collect(),
            result: proto.target(),
        }))
    }

    /// A tracepoint's function; since 6.12 the template, whose arguments have names.
    fn tracepoint(&self, name: &str) -> Option<Type<'_>> {
        let btf = self.facts.kernel;
        let template = function(btf, &format!("__bpf_trace_{name}"));
        if let Some(template) = template.filter(|_| self.version() >= KernelVersion::V6_12) {
            return Some(template);
        }
        btf.func_proto(btf.find_by_name_kind(&format!("btf_trace_{name}"), Kind::Typedef)?.id())
    }

    /// The function pointer that a struct_ops program implements.
    fn member_prototype(&self, member: &str) -> Checked<Prototype<'_>> {
        let btf = self.facts.kernel;
        let name = self.input.kind.struct_ops.as_deref().unwrap_or_default();
        let structure = btf.find_by_name_kind(name, Kind::Struct);
        let found = structure.and_then(|ty| ty.members().find(|found| found.name == member));
        let Some(proto) = found.and_then(|found| btf.func_proto(found.ty)) else {
            return not_modelled(format!("member {member} of struct {name}, which the kernel's types lack"));
        };
        Ok(Prototype {
            params: proto.params().collect(),
            all: proto.params().map(|param| param.ty).collect(),
            result: proto.target(),
        })
    }

    /// The function that the program is attached to returns nothing.
    pub(super) fn target_returns_void(&self) -> Checked<bool> {
        Ok(self.prototype()?.is_some_and(|prototype| prototype.result == TypeId::VOID))
    }
}

fn function<'b>(btf: &'b Btf, name: &str) -> Option<Type<'b>> {
    btf.func_proto(btf.find_by_name_kind(name, Kind::Func)?.id())
}

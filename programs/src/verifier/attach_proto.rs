//! The kernel function whose arguments are a program's context.
//!
//! Key type: [`Prototype`]. Neighbours: `arguments` reads it, `return_range` asks whether the function returns anything. Modelled after
//! kernel/bpf/verifier.c:bpf_check_attach_target and check_struct_ops_btf_id.

use sim::errno::Errno;

use super::stop::{Checked, not_modelled};
use super::verify::Verifier;
use crate::btf::{Btf, Kind, Param, Type, TypeId};
use crate::gate::{Rejection, Stage};
use crate::profile::{AttachType, KernelVersion, ProgType};

/// Most arguments of a function that programs attach to (`MAX_BPF_FUNC_ARGS`; 5.10 takes one less).
const MAX_ARGUMENTS: usize = 12;
/// Largest argument, passed by value.
const MAX_ARGUMENT_BYTES: u32 = 16;

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

    /// Whether a trampoline can call on behalf of the function (kernel/bpf/btf.c:btf_distill_func_proto).
    ///
    /// # Errors
    /// -EINVAL for arguments or results that no trampoline passes on.
    pub(super) fn check_target(&self) -> Checked {
        let kind = &self.input.kind;
        let name = match kind.attach_type {
            AttachType::TRACE_RAW_TP => return Ok(()),
            AttachType::LSM_MAC | AttachType::LSM_CGROUP => format!("bpf_lsm_{}", self.target_name()),
            AttachType::TRACE_ITER => format!("bpf_iter_{}", self.target_name()),
            _ => self.target_name().to_string(),
        };
        if ![ProgType::TRACING, ProgType::LSM].contains(&kind.prog_type) {
            return Ok(());
        }
        // A function that the types lack is not judged here: the first access to its arguments is.
        let Some(proto) = function(self.facts.kernel, &name) else { return Ok(()) };
        let refused = match self.unsupported(proto) {
            Some(what) => format!("The function {name} {what}"),
            None => return Ok(()),
        };
        let (errno, stage) = (Errno::EINVAL, Stage::Target);
        Err(Rejection { errno, message: refused, insn: None, stage }.into())
    }

    fn unsupported(&self, proto: Type<'_>) -> Option<String> {
        let early = self.version() == KernelVersion::V5_10;
        let params: Vec<_> = proto.params().collect();
        if params.len() > MAX_ARGUMENTS - usize::from(early) {
            return Some(format!("has {} arguments. Too many.", params.len()));
        }
        // Size, and the kind if nothing of the kind can be passed.
        let passed = |ty: TypeId| match self.facts.kernel.resolve(ty) {
            Some(ty) if ty.kind() == Kind::Ptr => Ok(8),
            Some(ty) if ty.kind() == Kind::Int || ty.kind().is_enum() => Ok(ty.own_size()),
            Some(ty) if ty.kind() == Kind::Void => Ok(0),
            Some(ty) if ty.kind().is_composite() && !early => Ok(ty.own_size()),
            other => Err(other.map_or("UNKNOWN", |ty| ty.kind().name())),
        };
        let result = self.facts.kernel.resolve(proto.target());
        if let Some(result) = result.filter(|ty| ty.kind().is_composite() || passed(ty.id()).is_err()) {
            return Some(format!("return type {} is unsupported.", result.kind().name()));
        }
        params.iter().enumerate().find_map(|(index, param)| {
            if param.ty == TypeId::VOID && index + 1 == params.len() {
                return Some("with variable args is unsupported.".to_string());
            }
            let kind = self.facts.kernel.resolve(param.ty).map_or("UNKNOWN", |ty| ty.kind().name());
            match passed(param.ty) {
                Ok(0) => Some("has malformed void argument.".to_string()),
                Ok(size) if size <= MAX_ARGUMENT_BYTES => None,
                _ => Some(format!("arg{index} type {kind} is unsupported.")),
            }
        })
    }

    fn target_name(&self) -> &str {
        self.input.kind.target.as_deref().unwrap_or_default()
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

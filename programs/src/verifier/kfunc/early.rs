//! Kfuncs of 6.1: fewer kinds of arguments, and sleeping is looked at last.
//!
//! Neighbours: `args` is the same for later kernels. Modelled after kernel/bpf/btf.c:btf_check_func_arg_match and
//! kernel/bpf/verifier.c:check_kfunc_call of 6.1.

use sim::errno::Errno;

use super::class::{has_suffix, stands_for};
use super::types::{Pointee, TypeRef, is_scalar_kind, pointee, word};
use super::{Call, Found};
use crate::btf::Kind as BtfKind;
use crate::object::SpecialKind;
use crate::profile::argument::{ArgBase, Argument};
use crate::verifier::reg::{BtfSource, DynptrKind, Flags, Kind, Reg};
use crate::verifier::stop::{Checked, invalid, not_modelled, refuse};
use crate::verifier::verify::{Next, Verifier};

impl Verifier<'_> {
    pub(super) fn early_call(&mut self, insn: usize, call: &Call) -> Checked<Next> {
        let mut found = Found::default();
        let mut index = 0;
        while index < call.params.len() {
            index += if self.early_arg(call, index, &mut found)? { 2 } else { 1 };
        }
        let name = call.name();
        if call.has("RELEASE") && found.owner == 0 {
            return invalid(format!("release kernel function {name} expects refcounted PTR_TO_BTF_ID"));
        }
        if call.kfunc.sleepable() && !self.input.kind.sleepable {
            return invalid(format!("kernel function {name} is sleepable but the program is not"));
        }
        if let Some(regno) = found.release {
            let id = self.reg(regno).ref_id;
            if !self.release_reference(id)? {
                if self.facts.is_cut() {
                    return not_modelled(format!("the number of function {name}"));
                }
                let number =
                    self.facts.kernel.find_by_name_kind(name, BtfKind::Func).map_or(0, |ty| ty.id().0);
                return invalid(format!("kfunc {name}#{number} reference has not been acquired before"));
            }
        }
        self.read_arguments(call);
        self.clear_caller_saved();
        self.kfunc_result(insn, call, &found)?;
        Ok(Next::At(insn + 1))
    }

    /// Checks an argument; true if the next one went with it.
    fn early_arg(&mut self, call: &Call, index: usize, found: &mut Found) -> Checked<bool> {
        let btf = self.facts.kernel;
        let param = call.params[index];
        let regno = index as u8 + 1;
        let reg = *self.reg(regno);
        let Some(ty) = btf.resolve(param.ty) else { return not_modelled("an argument without a type") };
        if is_scalar_kind(ty.kind()) {
            if reg.is_scalar() && ["rdonly_buf_size", "rdwr_buf_size"].contains(&param.name) {
                self.buffer_size(regno, param.name == "rdonly_buf_size", found)?;
            }
            return if reg.is_scalar() { Ok(false) } else { invalid(format!("R{regno} is not a scalar")) };
        }
        let Some(to) = pointee(btf, param.ty) else {
            return invalid(format!("Unrecognized arg#{index} type {}", word(ty.kind())));
        };
        let object = matches!(reg.kind, Kind::Btf { .. }) && reg.flags == Flags::NONE;
        let stands = stands_for(self.version(), reg.kind).is_some();
        let trusted = call.has("TRUSTED_ARGS");
        if trusted && (object || stands) && reg.ref_id == 0 {
            return invalid(format!("R{regno} must be referenced"));
        }
        let context = reg.kind == Kind::Ctx && reg.flags == Flags::NONE;
        let released = (trusted && (object || stands || context)) || (call.has("RELEASE") && reg.ref_id != 0);
        self.check_arg_offset(regno, &Argument::plain(ArgBase::Anything, released))?;
        if reg.ref_id != 0 {
            if found.owner != 0 {
                let (first, second) = (found.owner, reg.ref_id);
                let text = "verifier internal error: more than one arg with ref_obj_id";
                return refuse(Errno::EFAULT, format!("{text} R{regno} {second} {first}"));
            }
            found.owner = reg.ref_id;
            found.release = call.has("RELEASE").then_some(regno);
        }
        if index == 0 && call.has("KPTR_GET") {
            return self.kptr_get_arg(&reg, call, &to).map(|()| false);
        }
        if self.is_context_type(param.ty) {
            // The kernel prints the kind of the argument's type here, not the register's.
            return if context {
                Ok(false)
            } else {
                invalid(format!("arg#{index} expected pointer to ctx, but got PTR"))
            };
        }
        if object || (stands && reg.flags == Flags::NONE) {
            return self.early_object(call, regno, &reg, &to).map(|()| false);
        }
        self.early_memory(call, index, &to)
    }

    fn early_object(&self, call: &Call, regno: u8, reg: &Reg, to: &Pointee<'_>) -> Checked {
        let (name, index) = (call.name(), regno - 1);
        let (kind, wanted) = (to.word(), to.name);
        if !to.is_struct() {
            let text =
                format!("kernel function {name} args#{index} pointer type {kind} {wanted} is not supported");
            return invalid(text);
        }
        let Some(held) = super::args::type_of(reg).or_else(|| self.type_it_stands_for(reg)) else {
            return not_modelled("kernel type of a socket");
        };
        let strict = call.has("TRUSTED_ARGS") || (call.has("RELEASE") && reg.ref_id != 0);
        let need = TypeRef { btf: BtfSource::Kernel, id: to.id };
        if self.struct_matches(held, reg.off.into(), need, strict) {
            return Ok(());
        }
        let held_kind =
            self.btf(held.btf).and_then(|btf| btf.resolve(held.id)).map_or("STRUCT", |ty| word(ty.kind()));
        let held = self.type_name_of_btf(held);
        invalid(format!(
            "kernel function {name} args#{index} expected pointer to {kind} {wanted} but R{regno} has a pointer to {held_kind} {held}"
        ))
    }

    fn early_memory(&mut self, call: &Call, index: usize, to: &Pointee<'_>) -> Checked<bool> {
        let regno = index as u8 + 1;
        let size_type = |param: &crate::btf::Param<'_>| {
            self.facts.kernel.resolve(param.ty).is_some_and(|ty| is_scalar_kind(ty.kind()))
        };
        let sized = call.params.get(index + 1).is_some_and(|next| {
            (has_suffix(next, "__sz") || next.name == "__sz")
                && size_type(next)
                && self.reg(regno + 1).is_scalar()
        });
        let (kind, name) = (to.word(), to.name);
        let dynptr = to.is_struct() && name == "bpf_dynptr_kern";
        if dynptr {
            let text = |what: &str| invalid(format!("arg#{index} pointer type {kind} {name} {what}"));
            if !matches!(self.reg(regno).kind, Kind::Stack { .. }) {
                return text("not to stack");
            }
            return match self.dynptr_behind(regno) {
                None => text("must be valid and initialized"),
                Some(seen) if seen.kind != DynptrKind::Local => {
                    text("points to unsupported dynamic pointer type")
                }
                Some(_) => Ok(false),
            };
        }
        self.plain_memory(to, sized, &format!("arg#{index}"))?;
        if sized {
            let text =
                format!("arg#{index} arg#{} memory, len pair leads to invalid memory access", index + 1);
            self.kfunc_memory_and_size(regno, regno + 1)
                .map_err(|stop| super::memory::with_message(as_invalid(stop), text))?;
            return Ok(true);
        }
        self.memory_arg(regno, to).map_err(as_invalid)?;
        Ok(false)
    }

    /// The first argument of `KF_KPTR_GET`: a field of a map value.
    fn kptr_get_arg(&self, reg: &Reg, call: &Call, to: &Pointee<'_>) -> Checked {
        let Kind::MapValue { map, .. } = reg.kind else {
            return invalid("arg#0 expected pointer to map value");
        };
        if reg.flags.has(Flags::MAYBE_NULL) {
            return invalid("arg#0 expected pointer to map value");
        }
        let Some(known) = reg.num.known() else { return invalid("arg#0 must have constant offset") };
        let at = i64::from(reg.off) + known as i64;
        let fields = &self.facts.map(map).fields;
        let field = fields.iter().find(|f| f.kind == SpecialKind::KptrRef && i64::from(f.offset) == at);
        let Some(field) = field else {
            return invalid(format!("arg#0 no referenced kptr at map value offset={at}"));
        };
        let Some(inner) = pointee(self.facts.kernel, to.id) else {
            return invalid("arg#0 BTF type must be a double pointer");
        };
        let (name, kind, wanted) = (call.name(), inner.word(), inner.name);
        if !inner.is_struct() {
            return invalid(format!(
                "kernel function {name} args#0 pointer type {kind} {wanted} is not supported"
            ));
        }
        let need = TypeRef { btf: BtfSource::Kernel, id: inner.id };
        if self.kptr_target(field) == Some(need) {
            return Ok(());
        }
        invalid(format!("kernel function {name} args#0 expected pointer to {kind} {wanted}"))
    }
}

/// 6.1 returns -EINVAL whatever was wrong with the memory.
fn as_invalid(stop: crate::verifier::stop::Stop) -> crate::verifier::stop::Stop {
    use crate::verifier::stop::Stop;
    match stop {
        Stop::Refused(refused) => Stop::Refused(crate::gate::Rejection { errno: Errno::EINVAL, ..refused }),
        other => other,
    }
}

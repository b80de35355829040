//! Arguments of kfuncs in 6.12 and 7.2.
//!
//! Key item: `kfunc_args` of [`Verifier`]. Neighbours: `class` sorts them; `memory`, `dynptr`, `iter`, `graph` and `regions` know each
//! class. 6.12 counts arguments in its messages, 7.2 names registers. Modelled after kernel/bpf/verifier.c:check_kfunc_args.

use sim::errno::Errno;

use super::class::{Class, has_suffix, has_unsafe_modifiers, stands_for};
use super::types::{Pointee, TypeRef, is_projection, is_scalar_kind, pointee, points_to, word};
use super::{Call, Found, is_plain_allocated};
use crate::object::SpecialKind;
use crate::profile::argument::{ArgBase, Argument};
use crate::profile::{AttachType, KernelVersion, ProgType};
use crate::verifier::context_types::kernel_context;
use crate::verifier::dynptr::{DynptrUse, Source};
use crate::verifier::iter::IterArg;
use crate::verifier::names::{type_name, type_name_of};
use crate::verifier::reg::{BtfSource, DynptrKind, Flags, Kind, Reg};
use crate::verifier::stack_objects::argument;
use crate::verifier::stop::{Checked, invalid, no_access, refuse};
use crate::verifier::verify::Verifier;

/// Registers that carry arguments.
const MAX_ARGS: usize = 5;
/// Number of `void *`, which stands for contexts without a struct, in the BTF of 6.12 and 7.2.
const VOID_POINTER: (u32, u32) = (106, 35);

impl Verifier<'_> {
    pub(super) fn kfunc_args(&mut self, insn: usize, call: &Call, found: &mut Found) -> Checked {
        let late = self.version() == KernelVersion::V7_2;
        let name = call.name();
        let count = call.params.len();
        if count > MAX_ARGS {
            if late {
                return crate::verifier::stop::not_modelled("arguments on the stack");
            }
            return invalid(format!("Function {name} has {count} > {MAX_ARGS} args"));
        }
        if late && call.has("RELEASE") {
            found.release = Some(1);
        }
        let mut index = 0;
        while index < count {
            let param = call.params[index];
            let added = late && points_to(self.facts.kernel, param.ty, "bpf_prog_aux");
            if !added
                && !has_suffix(&param, "__ign")
                && self.kfunc_arg(insn, call, index, found)? == Class::SizedMemory
            {
                // The size was looked at with its buffer.
                index += 1;
            }
            index += 1;
        }
        if !late && call.has("RELEASE") && found.release.is_none() {
            return invalid(format!("release kernel function {name} expects refcounted PTR_TO_BTF_ID"));
        }
        Ok(())
    }

    fn kfunc_arg(&mut self, insn: usize, call: &Call, index: usize, found: &mut Found) -> Checked<Class> {
        let btf = self.facts.kernel;
        let (version, late) = (self.version(), self.version() == KernelVersion::V7_2);
        let param = call.params[index];
        let regno = index as u8 + 1;
        let Some(ty) = btf.resolve(param.ty) else { return invalid("(no message) argument without a type") };
        if is_scalar_kind(ty.kind()) {
            self.scalar_arg(regno, param.name, found)?;
            return Ok(Class::Null);
        }
        let Some(to) = pointee(btf, param.ty) else {
            let name = argument(version, regno);
            return invalid(format!("Unrecognized {name} type {}", word(ty.kind())));
        };
        let reg = *self.reg(regno);
        let trusted = late || call.has("TRUSTED_ARGS") || call.has("RELEASE");
        let checks_null = trusted || call.has("RCU");
        if checks_null && (reg.is_null() || reg.may_be_null()) && !has_suffix(&param, "__nullable") {
            let name = if late { format!("R{regno}") } else { format!("arg{index}") };
            return no_access(format!("Possibly NULL pointer passed to trusted {name}"));
        }
        self.note_owner(call, regno, &to, found)?;
        let class = self.classify(call, index, &to)?;
        if class == Class::Null {
            return Ok(class);
        }
        if class == Class::Map {
            self.map_arg(regno, found)?;
        }
        if matches!(class, Class::Map | Class::Allocated | Class::Object) && checks_null {
            self.check_trust(call, regno)?;
        }
        let released = found.release == Some(regno);
        let base = match class {
            Class::Dynptr if late => ArgBase::Dynptr,
            Class::Context => ArgBase::Ctx,
            _ => ArgBase::Anything,
        };
        self.check_arg_offset(regno, &Argument::plain(base, released))?;
        if late && class == Class::Refcounted && matches!(reg.kind, Kind::Btf { .. }) {
            self.check_object_offset(&reg, regno, false)?;
        }
        self.classified_arg(insn, call, index, (class, &to), found)?;
        Ok(class)
    }

    fn scalar_arg(&mut self, regno: u8, name: &str, found: &mut Found) -> Checked {
        let reg = *self.reg(regno);
        if !reg.is_scalar() {
            return invalid(format!("R{regno} is not a scalar"));
        }
        if name.len() > 3 && name.ends_with("__k") {
            let Some(value) = reg.known() else {
                return invalid(format!("R{regno} must be a known constant"));
            };
            self.want_reg(regno);
            found.constant = Some(value);
        } else if name == "rdonly_buf_size" || name == "rdwr_buf_size" {
            self.buffer_size(regno, name == "rdonly_buf_size", found)?;
        }
        Ok(())
    }

    /// The size of the memory that comes back.
    pub(super) fn buffer_size(&mut self, regno: u8, read_only: bool, found: &mut Found) -> Checked {
        if found.size.is_some_and(|size| size != 0) {
            return invalid("2 or more rdonly/rdwr_buf_size parameters for kfunc");
        }
        let Some(value) = self.reg(regno).known() else { return invalid(format!("R{regno} is not a const")) };
        if self.version() == KernelVersion::V7_2 && u32::try_from(value).is_err() {
            return invalid(format!("R{regno} rdonly/rdwr_buf_size exceeds u32 max"));
        }
        found.read_only |= read_only;
        found.size = Some(value);
        self.want_reg(regno);
        Ok(())
    }

    /// Which argument holds the reference, and which one a release takes.
    fn note_owner(&mut self, call: &Call, regno: u8, to: &Pointee<'_>, found: &mut Found) -> Checked {
        let reg = *self.reg(regno);
        let reference = self.reference_of(&reg);
        if self.version() == KernelVersion::V7_2 {
            let dynptr = to.is_struct() && to.name == "bpf_dynptr";
            if found.release == Some(regno) && !dynptr && reference == 0 && !reg.is_null() {
                let name = call.name();
                return invalid(format!(
                    "release kfunc {name} expects referenced PTR_TO_BTF_ID passed to R{regno}"
                ));
            }
        } else if reference != 0 && call.has("RELEASE") {
            if found.owner != 0 {
                let (first, text) =
                    (found.owner, "verifier internal error: more than one arg with ref_obj_id");
                return refuse(Errno::EFAULT, format!("{text} R{regno} {reference} {first}"));
            }
            found.release = Some(regno);
        }
        if reference != 0 {
            found.owner = reference;
        }
        Ok(())
    }

    fn map_arg(&mut self, regno: u8, found: &mut Found) -> Checked {
        let reg = *self.reg(regno);
        // An object keeps its type where others keep their map; whether it is a map is asked later.
        if matches!(reg.kind, Kind::Btf { .. }) {
            return Ok(());
        }
        let (Kind::MapPtr { map, uid } | Kind::MapValue { map, uid }) = reg.kind else {
            return invalid(format!("pointer in R{regno} isn't map pointer"));
        };
        let facts = self.facts.map(map);
        let task_work = facts.field(SpecialKind::TaskWork).is_some();
        if let Some((field_map, field_uid)) = found.map
            && (task_work || facts.field(SpecialKind::Wq).is_some())
            && (field_map, field_uid) != (map, uid)
        {
            let (what, place) =
                if task_work { ("bpf_task_work", ("R2", "R3")) } else { ("workqueue", ("R1", "R2")) };
            return invalid(format!(
                "{what} pointer in {} map_uid={field_uid} doesn't match map pointer in {} map_uid={uid}",
                place.0, place.1
            ));
        }
        found.map = Some((map, uid));
        Ok(())
    }

    fn check_trust(&self, call: &Call, regno: u8) -> Checked {
        let reg = self.reg(regno);
        if self.is_trusted(reg) {
            return Ok(());
        }
        if !call.has("RCU") {
            return invalid(format!("R{regno} must be referenced or trusted"));
        }
        if reg.flags.has(Flags::RCU) { Ok(()) } else { invalid(format!("R{regno} must be a rcu pointer")) }
    }

    fn classified_arg(
        &mut self,
        insn: usize,
        call: &Call,
        index: usize,
        (class, to): (Class, &Pointee<'_>),
        found: &mut Found,
    ) -> Checked {
        let regno = index as u8 + 1;
        let param = call.params[index];
        match class {
            Class::Null => Ok(()),
            Class::Context => self.context_arg(call, regno, found),
            Class::Allocated => self.allocated_arg(call, regno, found),
            Class::Refcounted => self.refcounted_arg(regno, found),
            Class::Dynptr => self.dynptr_arg(insn, call, regno, has_suffix(&param, "__uninit"), found),
            Class::Iter => self.iter_arg(insn, call, regno, to, found),
            Class::ListHead => self.graph_root_arg(regno, SpecialKind::ListHead, found),
            Class::RbRoot => self.graph_root_arg(regno, SpecialKind::RbRoot, found),
            Class::ListNode => self.list_node_arg(regno, has_suffix(&param, "__nonown_allowed"), found),
            Class::RbNode => self.rb_node_arg(call, regno, found),
            Class::ConstText => self.const_text_arg(regno),
            Class::WorkQueue => self.map_field_arg(regno, SpecialKind::Wq, found),
            Class::Timer => self.map_field_arg(regno, SpecialKind::Timer, found),
            Class::TaskWork => self.map_field_arg(regno, SpecialKind::TaskWork, found),
            Class::IrqFlag => self.irq_flag_arg(insn, call.name(), regno),
            Class::ResLock => self.res_lock_arg(call.name(), regno),
            Class::Map | Class::Object => self.object_arg(call, regno, class, to),
            Class::Callback => self.callback_arg(regno, found),
            Class::Memory => self.memory_arg(regno, to),
            Class::SizedMemory => self.sized_memory_arg(call, index, found),
        }
    }

    fn context_arg(&mut self, call: &Call, regno: u8, found: &mut Found) -> Checked {
        let (reg, version) = (self.reg(regno), self.version());
        if reg.kind != Kind::Ctx || reg.flags != Flags::NONE {
            let (name, held) = (argument(version, regno), type_name(version, reg));
            return invalid(format!("{name} expected pointer to ctx, but got {held}"));
        }
        if call.name() != "bpf_cast_to_kern_ctx" {
            return Ok(());
        }
        let named = kernel_context(self.input.kind.prog_type);
        let ty = named.and_then(|name| {
            let mut types = self.facts.kernel.find_by_name(name);
            types.find(|ty| super::types::is_struct_kind(ty.kind()))
        });
        match ty {
            Some(ty) => found.context = Some(ty.id()),
            None if named.is_none() => {
                let id = if self.version() == KernelVersion::V7_2 { VOID_POINTER.1 } else { VOID_POINTER.0 };
                return invalid(format!("kern ctx type id {id} is not a struct"));
            }
            None => return crate::verifier::stop::not_modelled("the kernel's context struct"),
        }
        Ok(())
    }

    fn allocated_arg(&mut self, call: &Call, regno: u8, found: &mut Found) -> Checked {
        let reg = *self.reg(regno);
        let name = argument(self.version(), regno);
        let suffix = if self.version() == KernelVersion::V7_2 { "" } else { "_impl" };
        let percpu = Flags::ALLOC.with(Flags::PERCPU);
        let takes = match reg.kind {
            Kind::Btf { .. } if reg.flags == Flags::ALLOC => "bpf_obj_drop",
            Kind::Btf { .. } if reg.flags == percpu => "bpf_percpu_obj_drop",
            _ => return invalid(format!("{name} expected pointer to allocated object")),
        };
        if call.stem() != takes {
            return invalid(format!("{name} expected for {takes}{suffix}()"));
        }
        if !self.is_referenced(&reg) {
            return invalid("allocated object must be referenced");
        }
        found.object = type_of(&reg);
        Ok(())
    }

    fn refcounted_arg(&mut self, regno: u8, found: &mut Found) -> Checked {
        let reg = *self.reg(regno);
        let name = argument(self.version(), regno);
        if !self.is_object(&reg) {
            return invalid(format!("{name} is neither owning or non-owning ref"));
        }
        let late = self.version() == KernelVersion::V7_2;
        let owning = !reg.flags.has(Flags::NON_OWN_REF) && (!late || self.is_referenced(&reg));
        found.owning |= owning;
        found.object = type_of(&reg);
        let fields = self.object_fields(&reg);
        if fields.is_empty() {
            let bug = if late { "verifier bug" } else { "verifier internal error" };
            return refuse(Errno::EFAULT, format!("{bug}: Couldn't find btf_record"));
        }
        if fields.iter().any(|field| field.kind == SpecialKind::Refcount) {
            return Ok(());
        }
        invalid(format!("{name} doesn't point to a type with bpf_refcount field"))
    }

    fn dynptr_arg(
        &mut self,
        insn: usize,
        call: &Call,
        regno: u8,
        uninit: bool,
        found: &mut Found,
    ) -> Checked {
        let made = match call.name() {
            "bpf_dynptr_from_skb" => Some(DynptrKind::Skb),
            "bpf_dynptr_from_xdp" => Some(DynptrKind::Xdp),
            "bpf_dynptr_from_skb_meta" => Some(DynptrKind::SkbMeta),
            "bpf_dynptr_from_file" => Some(DynptrKind::File),
            _ => None,
        };
        if uninit {
            let owner = if self.version() == KernelVersion::V7_2 { found.owner } else { 0 };
            let (kind, source) = match (made, found.dynptr) {
                (Some(kind), _) => (kind, Source::Fresh { owner }),
                (None, Some(seen)) => (seen.kind, Source::Clone(seen)),
                (None, None) => return refuse(Errno::EFAULT, "no dynptr type for parent of clone"),
            };
            return self.dynptr_argument(insn, regno, DynptrUse::Make(kind), source).map(|_| ());
        }
        let constant = matches!(self.reg(regno).kind, Kind::Dynptr { .. });
        let what = match call.name() {
            "bpf_dynptr_file_discard" => DynptrUse::End(Some(DynptrKind::File)),
            _ if constant => DynptrUse::Read,
            _ => DynptrUse::Change(made),
        };
        found.dynptr = self.dynptr_argument(insn, regno, what, Source::Fresh { owner: 0 })?;
        Ok(())
    }

    fn iter_arg(
        &mut self,
        insn: usize,
        call: &Call,
        regno: u8,
        to: &Pointee<'_>,
        found: &mut Found,
    ) -> Checked {
        let kind = &self.input.kind;
        let css_task_allowed = kind.prog_type == ProgType::LSM
            || (kind.prog_type == ProgType::TRACING && kind.attach_type == AttachType::TRACE_ITER)
            || self.path.state.regions.sleepable;
        if call.name() == "bpf_iter_css_task_new" && !css_task_allowed {
            return invalid("css_task_iter is only allowed in bpf_lsm, bpf_iter and sleepable progs");
        }
        let what = if call.has("ITER_NEW") {
            IterArg::New { rcu_protected: call.has("RCU_PROTECTED") }
        } else if call.has("ITER_DESTROY") {
            IterArg::Destroy
        } else {
            IterArg::Use
        };
        let ty = (to.kind == crate::btf::Kind::Struct).then_some(to.id);
        let seen = self.iter_argument(insn, regno, ty, what, call.name())?;
        if let Some(seen) = seen {
            found.owner = seen.ref_id;
            found.iter = Some(seen);
        }
        Ok(())
    }

    fn object_arg(&mut self, call: &Call, regno: u8, class: Class, to: &Pointee<'_>) -> Checked {
        let (reg, version) = (*self.reg(regno), self.version());
        let object = matches!(reg.kind, Kind::Btf { .. });
        let unfit = has_unsafe_modifiers(reg.flags) && !reg.flags.has(Flags::RCU);
        if (!object || unfit) && stands_for(version, reg.kind).is_none() {
            let trusted = Flags::ALLOC.with(Flags::TRUSTED).with(Flags::NON_OWN_REF);
            let kept = reg.flags.without(reg.flags.without(trusted));
            let (name, held) = (argument(version, regno), type_name(version, &reg));
            let wanted = type_name_of(version, reg.kind, kept);
            return invalid(format!("{name} is {held} expected {wanted} or socket"));
        }
        let kernel = self.facts.kernel;
        let map_type = kernel.find_by_name("bpf_map").find(|ty| super::types::is_struct_kind(ty.kind()));
        let wanted = match (class, map_type) {
            (Class::Map, Some(ty)) => Pointee { id: ty.id(), kind: ty.kind(), name: ty.name() },
            _ => *to,
        };
        self.check_object_type(call, regno, &wanted)
    }

    /// `process_kf_arg_ptr_to_btf_id`.
    fn check_object_type(&self, call: &Call, regno: u8, wanted: &Pointee<'_>) -> Checked {
        let (reg, version) = (*self.reg(regno), self.version());
        let Some(held) = type_of(&reg).or_else(|| self.type_it_stands_for(&reg)) else {
            return crate::verifier::stop::not_modelled("kernel type of a socket");
        };
        let need = TypeRef { btf: BtfSource::Kernel, id: wanted.id };
        let strict = (call.has("RELEASE") && self.is_referenced(&reg)) || self.is_no_cast_alias(held, need);
        let off = if version == KernelVersion::V7_2 {
            reg.num.known().unwrap_or_default() as i64
        } else {
            reg.off.into()
        };
        let held_name = self.type_name_of_btf(held);
        if is_projection(wanted.name, &held_name) || self.struct_matches(held, off, need, strict) {
            return Ok(());
        }
        let late = version == KernelVersion::V7_2;
        let place = if late { format!("R{regno}") } else { format!("args#{}", regno - 1) };
        let held_kind =
            self.btf(held.btf).and_then(|btf| btf.resolve(held.id)).map_or("STRUCT", |ty| word(ty.kind()));
        let (name, kind, wanted) = (call.name(), wanted.word(), wanted.name);
        invalid(format!(
            "kernel function {name} {place} expected pointer to {kind} {wanted} but R{regno} has a pointer to {held_kind} {held_name}"
        ))
    }

    /// The kernel type of sockets and maps.
    pub(super) fn type_it_stands_for(&self, reg: &Reg) -> Option<TypeRef> {
        let name = stands_for(self.version(), reg.kind)?;
        let ty = self.facts.kernel.find_by_name(name).find(|ty| super::types::is_struct_kind(ty.kind()))?;
        Some(TypeRef { btf: BtfSource::Kernel, id: ty.id() })
    }

    fn callback_arg(&mut self, regno: u8, found: &mut Found) -> Checked {
        let Kind::Func { subprog } = self.reg(regno).kind else {
            let late = self.version() == KernelVersion::V7_2;
            let name = if late { format!("R{regno}") } else { format!("arg{}", regno - 1) };
            return invalid(format!("{name} expected pointer to func"));
        };
        found.callback = Some(subprog as usize);
        Ok(())
    }

    fn list_node_arg(&mut self, regno: u8, non_owning_ok: bool, found: &mut Found) -> Checked {
        let reg = *self.reg(regno);
        let borrowed = non_owning_ok && reg.flags.has(Flags::NON_OWN_REF) && !self.is_referenced(&reg);
        if !borrowed {
            self.owned_node(regno)?;
        }
        self.graph_node_arg(regno, SpecialKind::ListNode, found)
    }

    fn rb_node_arg(&mut self, call: &Call, regno: u8, found: &mut Found) -> Checked {
        let reg = *self.reg(regno);
        let late = self.version() == KernelVersion::V7_2;
        let name = call.name();
        if call.stem() == "bpf_rbtree_add" {
            self.owned_node(regno)?;
        } else if late {
            if !reg.flags.has(Flags::NON_OWN_REF) && !self.is_referenced(&reg) {
                return invalid(format!("{name} can only take non-owning or refcounted bpf_rb_node pointer"));
            }
            if self.in_locked_callback() {
                return invalid(format!("{name} not allowed in rbtree cb"));
            }
        } else {
            if !reg.flags.has(Flags::NON_OWN_REF) || self.is_referenced(&reg) {
                return invalid("rbtree_remove node input must be non-owning ref");
            }
            if self.in_locked_callback() {
                return invalid("rbtree_remove not allowed in rbtree cb");
            }
        }
        self.graph_node_arg(regno, SpecialKind::RbNode, found)
    }

    fn owned_node(&self, regno: u8) -> Checked {
        let reg = self.reg(regno);
        if !is_plain_allocated(reg) {
            let name = argument(self.version(), regno);
            return invalid(format!("{name} expected pointer to allocated object"));
        }
        if self.is_referenced(reg) { Ok(()) } else { invalid("allocated object must be referenced") }
    }
}

/// The BTF type of a pointer to an object.
pub(super) fn type_of(reg: &Reg) -> Option<TypeRef> {
    match reg.kind {
        Kind::Btf { btf, id } => Some(TypeRef::new(btf, id)),
        _ => None,
    }
}

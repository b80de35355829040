//! Arguments of the program's own functions: what their BTF says, and the registers a function begins with.
//!
//! Key types: [`Arg`]. Neighbours: `call_args` checks calls with it; `mod` begins functions with it. Modelled after
//! kernel/bpf/btf.c:btf_prepare_func_args.

use sim::errno::Errno;

use super::context_types::context_type;
use super::reg::{BtfSource, DynptrKind, Flags, Kind as RegKind, Reg};
use super::state::{Frame, Role, State};
use super::stop::{Checked, Stop, invalid, refuse};
use super::verify::Verifier;
use crate::btf::{Btf, Kind, Type, TypeId};
use crate::profile::{AttachType, KernelVersion, ProgType};

pub(super) const MAX_ARGS: usize = 5;

/// What a function expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arg {
    Context,
    Number,
    Dynptr,
    Memory {
        size: u32,
        nullable: bool,
    },
    /// Read through faults, whatever it is (7.2's `__arg_untrusted`).
    UntrustedMemory,
    Kernel {
        id: u32,
        nullable: bool,
        untrusted: bool,
    },
    Arena,
}

/// Tags of an argument (`__arg_ctx` and its like).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tags {
    ctx: bool,
    trusted: bool,
    untrusted: bool,
    nonnull: bool,
    nullable: bool,
    arena: bool,
}

impl Tags {
    fn set(&mut self, name: &str, version: KernelVersion) -> bool {
        let tag = match name {
            "ctx" => &mut self.ctx,
            "trusted" => &mut self.trusted,
            "nonnull" => &mut self.nonnull,
            "nullable" => &mut self.nullable,
            "arena" => &mut self.arena,
            "untrusted" if version == KernelVersion::V7_2 => &mut self.untrusted,
            _ => return false,
        };
        *tag = true;
        true
    }

    fn is_empty(self) -> bool {
        self == Tags::default()
    }

    /// Anything beside `keep`.
    fn beside(self, keep: impl Fn(&mut Tags)) -> bool {
        let mut rest = self;
        keep(&mut rest);
        !rest.is_empty()
    }
}

/// Name of the context's structure as functions may take it.
fn own_context_type(prog_type: ProgType) -> Option<&'static str> {
    context_type(prog_type).map(|name| if name == "bpf_user_pt_regs_t" { "pt_regs" } else { name })
}

/// What modifiers and typedefs stand for.
pub(super) fn plain(btf: &Btf, id: TypeId) -> Option<Type<'_>> {
    btf.resolve(id).or_else(|| btf.type_by_id(id))
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Void => "UNKNOWN",
        Kind::Ptr => "PTR",
        kind => kind.name(),
    }
}

impl Verifier<'_> {
    /// State in which main begins.
    pub(super) fn main_state(&mut self) -> Checked<State> {
        let mut frame = Frame::new(0, None, 0, (self.numbers, &self.search.tally));
        frame.regs[1] = Reg::pointer(RegKind::Ctx, Flags::NONE, self.numbers);
        let mut state = State::new(frame, self.input.kind.sleepable);
        self.acquire_context_references(&mut state);
        Ok(state)
    }

    /// What the kernel writes into the log when main's arguments are not a context: no reason to refuse it, but the last line if it is
    /// refused without a word later on.
    pub(super) fn main_complaint(&self) -> Option<String> {
        match self.version() {
            KernelVersion::V5_10 => None,
            KernelVersion::V6_1 => self.early_complaint(),
            _ => match self.function_args(0) {
                Err(Stop::Refused(refused)) if self.facts.btf.is_some() => Some(refused.message),
                _ => None,
            },
        }
    }

    /// 6.1 compares with the registers that main has: a context, and nothing else (`btf_check_func_arg_match`).
    fn early_complaint(&self) -> Option<String> {
        let (btf, func, proto) = self.function_type(0)?;
        let (name, id) = (func.name(), func.id().0);
        for (index, param) in proto.params().enumerate() {
            let ty = plain(btf, param.ty)?;
            let regno = index + 1;
            match ty.kind() {
                Kind::Ptr if index == 0 && self.is_own_context(btf, ty) => {}
                Kind::Ptr => {
                    return Some(format!("reg type unsupported for arg#{index} function {name}#{id}"));
                }
                kind if kind == Kind::Int || kind.is_enum() => {
                    return Some(format!("R{regno} is not a scalar"));
                }
                kind => return Some(format!("Unrecognized arg#{index} type {}", kind_name(kind))),
            }
        }
        None
    }

    /// State in which a global function begins: any arguments that match its prototype.
    pub(super) fn function_state(&mut self, subprog: usize) -> Checked<State> {
        let args = self.function_args(subprog)?;
        let mut frame = Frame::new(subprog, None, 0, (self.numbers, &self.search.tally));
        if self.info[subprog].is_exception_callback {
            frame.role = Role::ExceptionCallback;
            if self.returns_void(subprog) {
                return invalid("exception cb cannot return void");
            }
            if args != [Arg::Number] {
                return invalid("exception cb only supports single integer argument");
            }
        }
        for (number, arg) in args.into_iter().enumerate() {
            frame.regs[number + 1] = self.register_of(arg);
        }
        Ok(State::new(frame, self.input.kind.sleepable))
    }

    fn register_of(&mut self, arg: Arg) -> Reg {
        let numbers = self.numbers;
        let nullable = |flag: bool| if flag { Flags::MAYBE_NULL } else { Flags::NONE };
        let mut reg = match arg {
            Arg::Context => return Reg::pointer(RegKind::Ctx, Flags::NONE, numbers),
            Arg::Number | Arg::Arena => return Reg::unknown(numbers),
            Arg::Dynptr => Reg::pointer(RegKind::Dynptr { kind: DynptrKind::Local }, Flags::NONE, numbers),
            Arg::Memory { size, nullable: null } => {
                Reg::pointer(RegKind::Mem { size }, nullable(null), numbers)
            }
            Arg::UntrustedMemory => {
                let flags = Flags::RDONLY.with(Flags::UNTRUSTED);
                return Reg::pointer(RegKind::Mem { size: 0 }, flags, numbers);
            }
            Arg::Kernel { id, nullable: null, untrusted } => {
                let trust = if untrusted { Flags::UNTRUSTED } else { Flags::TRUSTED };
                let kind = RegKind::Btf { btf: BtfSource::Kernel, id };
                Reg::pointer(kind, nullable(null).with(trust), numbers)
            }
        };
        reg.id = self.new_id();
        reg
    }

    /// The function's type in the program's BTF.
    pub(super) fn function_type(&self, subprog: usize) -> Option<(&Btf, Type<'_>, Type<'_>)> {
        let btf = self.facts.btf?;
        let start = self.program.subprogs[subprog].start;
        let spec = self.facts.program.subprogs.iter().find(|spec| spec.start == start)?;
        let func = btf.type_by_id(spec.func?)?;
        let proto = btf.func_proto(func.id())?;
        Some((btf, func, proto))
    }

    pub(super) fn returns_void(&self, subprog: usize) -> bool {
        let proto = self.function_type(subprog).map(|(btf, _, proto)| (btf, proto.target()));
        let version = self.version();
        version == KernelVersion::V7_2
            && proto.is_some_and(|(btf, id)| plain(btf, id).is_none_or(|ty| ty.kind() == Kind::Void))
    }

    /// Functions that may be left in their middle, by a tail call or a load beyond the packet, must return a number
    /// (check_btf.c:check_btf_func).
    pub(super) fn check_functions_that_return(&self) -> Checked {
        if !self.input.has_func_info {
            return Ok(());
        }
        for (subprog, info) in self.info.iter().enumerate().skip(1) {
            let Some((btf, _, proto)) = self.function_type(subprog) else { continue };
            let number = plain(btf, proto.target())
                .is_some_and(|ty| ty.kind().is_enum() || (ty.kind() == Kind::Int && ty.own_size() <= 8));
            let what = match (info.has_legacy_load, info.has_tail_call) {
                _ if number => continue,
                (true, _) => "LD_ABS",
                (_, true) => "tail_call",
                _ => continue,
            };
            return invalid(format!("{what} is only allowed in functions that return 'int'."));
        }
        Ok(())
    }

    /// `btf_prepare_func_args` of a global function.
    pub(super) fn function_args(&self, subprog: usize) -> Checked<Vec<Arg>> {
        let Some((btf, func, proto)) = self.function_type(subprog) else {
            return refuse(Errno::EFAULT, "Global functions need valid BTF");
        };
        let name = func.name();
        let count = proto.params().len();
        if count > MAX_ARGS {
            return invalid(match self.version() {
                KernelVersion::V5_10 => {
                    format!("Global function {name}() with {count} > 5 args. Buggy compiler.")
                }
                KernelVersion::V7_2 => {
                    format!("global function {name} has {count} > 5 args, stack args not supported")
                }
                _ => format!("Global function {name}() with {count} > 5 args. Buggy compiler."),
            });
        }
        self.check_return_type(btf, proto, name)?;
        let arg = |(index, id): (usize, TypeId)| self.own_argument(btf, func, index, id);
        proto.params().map(|param| param.ty).enumerate().map(arg).collect()
    }

    fn check_return_type(&self, btf: &Btf, proto: Type<'_>, name: &str) -> Checked {
        let kind = plain(btf, proto.target()).map_or(Kind::Void, |ty| ty.kind());
        if kind == Kind::Int || kind.is_enum() {
            return Ok(());
        }
        if self.version() == KernelVersion::V7_2 {
            if kind == Kind::Void || plain(btf, proto.target()).is_some_and(|ty| is_arena_pointer(btf, ty)) {
                return Ok(());
            }
            let text = format!(
                "Global function {name}() return value not void or scalar. Only those are supported."
            );
            return refuse(Errno::EOPNOTSUPP, text);
        }
        invalid(format!("Global function {name}() doesn't return scalar. Only those are supported."))
    }

    fn own_argument(&self, btf: &Btf, func: Type<'_>, index: usize, id: TypeId) -> Checked<Arg> {
        let version = self.version();
        let ty = plain(btf, id);
        let kind = ty.as_ref().map_or(Kind::Void, |ty| ty.kind());
        let late = version >= KernelVersion::V6_12;
        // For kernels that do not know the tag, the loader gives the function the context's type (bpf_program_fixup_func_info).
        let tagged = || has_tag(btf, func, index, "arg:ctx");
        if !late && tagged() && context_type(self.input.kind.prog_type).is_some() {
            return Ok(Arg::Context);
        }
        let mut tags = if late { self.argument_tags(btf, func, index)? } else { Tags::default() };
        tags.arena |= version == KernelVersion::V7_2 && ty.is_some_and(|ty| is_arena_pointer(btf, ty));
        if let Some(pointer) = ty.filter(|ty| ty.kind() == Kind::Ptr) {
            if let Some(arg) = self.own_pointer(btf, pointer, index, tags)? {
                return Ok(arg);
            }
        } else if !tags.is_empty() {
            return invalid(format!("arg#{index} has pointer tag, but is not a pointer type"));
        } else if kind == Kind::Int || kind.is_enum() {
            return Ok(Arg::Number);
        }
        let text = format!("Arg#{index} type {} in {}() is not supported yet.", kind_name(kind), func.name());
        invalid(text)
    }

    /// `arg:<tag>` declaration tags.
    fn argument_tags(&self, btf: &Btf, func: Type<'_>, index: usize) -> Checked<Tags> {
        let mut tags = Tags::default();
        let ours = |ty: &Type<'_>| {
            ty.kind() == Kind::DeclTag
                && ty.target() == func.id()
                && ty.tagged_component() == Some(index as u32)
        };
        for tag in btf.types().filter(ours).filter_map(|ty| ty.name().strip_prefix("arg:")) {
            if !tags.set(tag, self.version()) {
                return refuse(Errno::EOPNOTSUPP, format!("arg#{index} has unsupported set of tags"));
            }
        }
        Ok(tags)
    }

    fn own_pointer(&self, btf: &Btf, ptr: Type<'_>, index: usize, tags: Tags) -> Checked<Option<Arg>> {
        let combination = || invalid(format!("arg#{index} has invalid combination of tags"));
        let version = self.version();
        if tags.ctx || self.is_own_context(btf, ptr) {
            if tags.beside(|rest| rest.ctx = false) {
                return combination();
            }
            if tags.ctx {
                self.check_tagged_context(btf, ptr, index)?;
            }
            return Ok(Some(Arg::Context));
        }
        if version == KernelVersion::V5_10 {
            return Ok(None);
        }
        let pointee = plain(btf, ptr.target());
        let pointee_kind = pointee.as_ref().map_or(Kind::Void, |ty| ty.kind());
        let late = version >= KernelVersion::V6_12;
        let pointee_name = pointee.as_ref().map_or("", |ty| ty.name());
        if late && matches!(pointee_kind, Kind::Struct | Kind::Fwd) && pointee_name == "bpf_dynptr" {
            return if tags.is_empty() { Ok(Some(Arg::Dynptr)) } else { combination() };
        }
        if tags.trusted {
            if tags.nonnull {
                return combination();
            }
            let id = self.kernel_twin(index, pointee_kind, pointee_name)?;
            return Ok(Some(Arg::Kernel { id, nullable: tags.nullable, untrusted: false }));
        }
        if tags.untrusted {
            return self.untrusted_argument(index, pointee_kind, pointee_name, tags).map(Some);
        }
        if tags.arena {
            if tags.beside(|rest| rest.arena = false) {
                return invalid(format!("arg#{index} arena cannot be combined with any other tags"));
            }
            return Ok(Some(Arg::Arena));
        }
        if tags.nullable {
            return combination();
        }
        let Some(size) = btf.size_of(ptr.target()).filter(|_| pointee_kind != Kind::Void) else {
            let named = format!("{} {pointee_name}", kind_name(pointee_kind));
            return invalid(format!("arg#{index} reference type('{named}') size cannot be determined: -22"));
        };
        Ok(Some(Arg::Memory { size: size as u32, nullable: !tags.nonnull }))
    }

    fn untrusted_argument(&self, index: usize, kind: Kind, name: &str, tags: Tags) -> Checked<Arg> {
        if tags.beside(|rest| rest.untrusted = false) {
            return invalid(format!("arg#{index} untrusted cannot be combined with any other tags"));
        }
        if matches!(kind, Kind::Void | Kind::Int | Kind::Float) || kind.is_enum() {
            return Ok(Arg::UntrustedMemory);
        }
        let id = self.kernel_twin(index, kind, name)?;
        if kind != Kind::Struct && kind != Kind::Union && kind != Kind::Fwd {
            let what = kind_name(kind);
            let text = format!(
                "arg#{index} has type {what} '{name}', but only struct or primitive types are allowed"
            );
            return invalid(text);
        }
        Ok(Arg::Kernel { id, nullable: false, untrusted: true })
    }

    /// The kernel's type of the same essential name (`btf_get_ptr_to_btf_id`).
    fn kernel_twin(&self, index: usize, kind: Kind, name: &str) -> Checked<u32> {
        let essential = crate::btf::essential_name(name);
        let mut found = self.facts.kernel.find_by_name(essential).filter(|ty| ty.kind() == kind);
        match (found.next(), found.next()) {
            (Some(twin), None) => Ok(twin.id().0),
            (first, _) => {
                let (errno, why) = if first.is_none() {
                    (Errno::ENOENT, "has no matches")
                } else {
                    (Errno::ESRCH, "is ambiguous")
                };
                let text = format!("arg#{index} reference type('{} {name}') {why}", kind_name(kind));
                refuse(errno, text)
            }
        }
    }

    /// Whether a pointer is to the context of this program type (`btf_is_prog_ctx_type`).
    fn is_own_context(&self, btf: &Btf, ptr: Type<'_>) -> bool {
        let kind = self.input.kind.prog_type;
        let late = self.version() >= KernelVersion::V6_12;
        if kind == ProgType::KPROBE && late && passes_typedef(btf, ptr.target(), "bpf_user_pt_regs_t") {
            return true;
        }
        let Some(ty) = plain(btf, ptr.target()).filter(|ty| ty.kind().is_composite()) else { return false };
        // The kernel's own name of a packet's context does as well, later than 6.1.
        let projected = |name: &str| {
            late && [("__sk_buff", "sk_buff"), ("xdp_md", "xdp_buff")].contains(&(name, ty.name()))
        };
        let typedef = context_type(kind).is_some_and(|name| name == ty.name() || projected(name));
        typedef || own_context_type(kind).is_some_and(|name| name == ty.name())
    }

    /// `btf_validate_prog_ctx_type`: what `__arg_ctx` may be on.
    fn check_tagged_context(&self, btf: &Btf, ptr: Type<'_>, index: usize) -> Checked {
        use ProgType as T;
        let (kind, attach) = (self.input.kind.prog_type, self.input.kind.attach_type);
        let regs = matches!(kind, T::KPROBE | T::PERF_EVENT);
        if regs && passes_typedef(btf, ptr.target(), "bpf_user_pt_regs_t") {
            return Ok(());
        }
        let Some(ty) = plain(btf, ptr.target()).filter(|ty| ty.kind() != Kind::Void) else { return Ok(()) };
        let (is_struct, name) = (ty.kind().is_composite(), ty.name());
        if name.is_empty() {
            return invalid(format!("arg#{index} type doesn't have a name"));
        }
        let u64_pointer = ty.kind() == Kind::Int && ty.own_size() == 8;
        let special = match kind {
            T::KPROBE | T::PERF_EVENT => is_struct && name == "pt_regs",
            T::RAW_TRACEPOINT | T::RAW_TRACEPOINT_WRITABLE | T::LSM | T::STRUCT_OPS => u64_pointer,
            T::TRACING if attach == AttachType::TRACE_RAW_TP => {
                u64_pointer || (is_struct && name == "bpf_raw_tracepoint_args")
            }
            T::TRACING if attach == AttachType::TRACE_ITER => is_struct && name.starts_with("bpf_iter__"),
            T::TRACING => u64_pointer,
            T::TRACEPOINT | T::SYSCALL | T::EXT => true,
            _ => false,
        };
        if special {
            return Ok(());
        }
        match own_context_type(kind).filter(|name| !name.starts_with("__u")) {
            None => invalid(format!("arg#{index} should be void pointer")),
            Some(wanted) if is_struct && wanted == name => Ok(()),
            Some(wanted) => invalid(format!("arg#{index} should be `struct {wanted} *`")),
        }
    }
}

/// A pointer that a type tag says to lead into an arena (`btf_scan_type_tags`).
fn is_arena_pointer(btf: &Btf, pointer: Type<'_>) -> bool {
    let mut at = pointer;
    while at.kind() == Kind::Ptr || at.kind().is_modifier() {
        if at.kind() == Kind::TypeTag && at.name() == "arena" {
            return true;
        }
        match btf.type_by_id(at.target()) {
            Some(next) if next.kind() != Kind::Ptr => at = next,
            _ => return false,
        }
    }
    false
}

fn has_tag(btf: &Btf, func: Type<'_>, index: usize, name: &str) -> bool {
    btf.types().any(|ty| {
        ty.kind() == Kind::DeclTag
            && ty.target() == func.id()
            && ty.tagged_component() == Some(index as u32)
            && ty.name() == name
    })
}

/// Whether a type is this typedef, behind modifiers.
fn passes_typedef(btf: &Btf, mut id: TypeId, name: &str) -> bool {
    while let Some(ty) = btf.type_by_id(id) {
        match ty.kind() {
            Kind::Typedef => return ty.name() == name,
            kind if kind.is_modifier() => id = ty.target(),
            _ => return false,
        }
    }
    false
}

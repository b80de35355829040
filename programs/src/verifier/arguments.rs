//! Contexts that are the arguments of a kernel function: tracing, LSM, iterators and struct_ops.
//!
//! Key items: `argument_access`, [`Prototype`]. Neighbours: `context` sends accesses here, `attach_proto` finds the function, `btf_access`
//! goes on from the pointers that are given. Modelled after kernel/bpf/btf.c:btf_ctx_access, include/linux/bpf.h:bpf_tracing_ctx_access
//! and kernel/bpf/bpf_struct_ops.c:prepare_arg_info.

use super::attach_proto::Prototype;
use super::btf_walk::Walk;
use super::memory::Access;
use super::reg::{BtfSource, Flags, Id, Kind, Reg};
use super::state::{RefKind, Reference, ReturnRange, State};
use super::stop::{Checked, invalid, no_access, not_modelled};
use super::verify::Verifier;
use crate::btf::{Kind as BtfKind, Type, TypeId};
use crate::profile::{AttachType, KernelVersion, ProgType, RawArgument, raw_tracepoint_argument};

/// Arguments that a context can have, in bytes (`MAX_BPF_FUNC_ARGS`).
const MAX_CONTEXT: i64 = 96;
/// Arguments of a function without prototype.
const DEFAULT_ARGUMENTS: usize = 5;

/// What an argument is.
enum Argument<'b> {
    /// The access is refused.
    Refused,
    Scalar,
    /// The value that the hooked function returns.
    Result,
    Buffer {
        flags: Flags,
    },
    Pointer {
        target: Type<'b>,
        flags: Flags,
    },
    /// The program owns it and gives it back (`__ref`).
    Owned {
        target: Type<'b>,
        id: Id,
    },
    /// A pointer that may be an error number: the kernel notes that in a line that it does not end.
    ErrorNumber {
        index: usize,
    },
}

impl Verifier<'_> {
    /// Whether the context is the arguments of a kernel function.
    pub(super) fn has_btf_arguments(&self) -> bool {
        use ProgType as T;
        [T::TRACING, T::LSM, T::STRUCT_OPS].contains(&self.input.kind.prog_type)
    }

    /// An access to the context of such a program.
    pub(super) fn argument_access(&mut self, a: &Access, off: i64) -> Checked<Option<Reg>> {
        let numbers = self.numbers;
        // LSM programs come without this check: they may even store, which changes nothing outside the context.
        let lsm = self.input.kind.prog_type == ProgType::LSM;
        let outside = !(0..MAX_CONTEXT).contains(&off) || a.write || off % a.size != 0;
        let argument = if outside && !lsm { Argument::Refused } else { self.argument(a, off)? };
        let mut unfinished = None;
        let given = match argument {
            Argument::Refused => {
                let text = format!("invalid bpf_context access off={off} size={}", a.size);
                return no_access(text);
            }
            _ if a.write => None,
            Argument::Scalar => None,
            Argument::ErrorNumber { index } => {
                unfinished = Some(format!("marking pointer arg{index} as scalar as it may encode error"));
                None
            }
            Argument::Result => self.hook_range().map(|range| {
                let mut reg = Reg::unknown(numbers);
                reg.num.set_signed_range(range.min, range.max, numbers);
                reg
            }),
            Argument::Buffer { flags } => Some(Reg::pointer(Kind::Buf, flags, numbers)),
            Argument::Owned { id, .. } if self.path.state.find_ref(id).is_none() => {
                let text = "Reference may already be released";
                return no_access(format!("invalid bpf_context access off={off}. {text}"));
            }
            Argument::Owned { target, id } => {
                unfinished = Some(String::new());
                let kind = Kind::Btf { btf: BtfSource::Kernel, id: target.id().0 };
                let mut reg = Reg::pointer(kind, Flags::TRUSTED, numbers);
                reg.id = id;
                Some(reg)
            }
            Argument::Pointer { target, flags } => {
                unfinished = Some(String::new());
                let kind = Kind::Btf { btf: BtfSource::Kernel, id: target.id().0 };
                Some(Reg::pointer(kind, flags, numbers))
            }
        };
        if let Some(line) = unfinished {
            self.unfinished = line;
        }
        Ok(given.map(|mut reg| {
            if reg.may_be_null() {
                reg.id = self.new_id();
            }
            reg
        }))
    }

    /// `btf_ctx_access`.
    fn argument(&self, a: &Access, off: i64) -> Checked<Argument<'_>> {
        if off % 8 != 0 {
            return Ok(Argument::Refused);
        }
        let attach = self.input.kind.attach_type;
        let Some(prototype) = self.prototype()? else {
            let index = usize::try_from(off / 8).unwrap_or(usize::MAX);
            let after = [AttachType::TRACE_FEXIT, AttachType::TRACE_FSESSION, AttachType::LSM_MAC];
            let known = index < DEFAULT_ARGUMENTS || (index == DEFAULT_ARGUMENTS && after.contains(&attach));
            return Ok(if known { Argument::Scalar } else { Argument::Refused });
        };
        let index = self.argument_index(&prototype, off);
        let param = prototype.params.get(index);
        let ty = match param {
            Some(param) => param.ty,
            None if index == prototype.params.len() && self.sees_result() => prototype.result,
            None => return Ok(Argument::Refused),
        };
        let Some(ty) = self.facts.kernel.resolve(ty) else { return Ok(Argument::Refused) };
        let early = self.version() == KernelVersion::V5_10;
        let number = is_small_int(ty) || ty.kind().is_enum();
        if param.is_none() && attach == AttachType::MODIFY_RETURN && !is_small_int(ty) {
            return Ok(Argument::Refused);
        }
        if number || (ty.kind().is_composite() && !early) {
            let ranged = param.is_none() && attach == AttachType::LSM_MAC;
            return Ok(if ranged { Argument::Result } else { Argument::Scalar });
        }
        if ty.kind() != BtfKind::Ptr || (self.version() >= KernelVersion::V6_12 && a.size != 8) {
            return Ok(Argument::Refused);
        }
        let name = param.map_or("", |param| param.name);
        self.pointer_argument(&prototype, ty, index, name)
    }

    /// The argument at a byte of the context: since 6.1 structs that are passed by value may take several words.
    fn argument_index(&self, prototype: &Prototype<'_>, off: i64) -> usize {
        if self.version() == KernelVersion::V5_10 {
            return usize::try_from(off / 8).unwrap_or(usize::MAX);
        }
        let btf = self.facts.kernel;
        let words = |ty: TypeId| match btf.resolve(ty) {
            Some(ty) if ty.kind() == BtfKind::Ptr => 8,
            Some(ty) => i64::from(ty.own_size().next_multiple_of(8)),
            None => 0,
        };
        let mut end = 0;
        // The kernel counts the first argument of a tracepoint's function too, which programs do not see.
        for (index, ty) in prototype.all.iter().enumerate() {
            end += words(*ty);
            if (0..end).contains(&off) {
                return index;
            }
        }
        end += words(prototype.result);
        if (0..end).contains(&off) { prototype.all.len() } else { prototype.all.len() + 1 }
    }

    /// Programs that run after the function find what it returned behind the arguments.
    fn sees_result(&self) -> bool {
        use AttachType as A;
        let attach = self.input.kind.attach_type;
        match self.input.kind.prog_type {
            ProgType::LSM => {
                attach == A::LSM_MAC || (attach == A::LSM_CGROUP && self.version() >= KernelVersion::V6_1)
            }
            ProgType::TRACING => {
                [A::TRACE_FEXIT, A::MODIFY_RETURN].contains(&attach)
                    || (attach == A::TRACE_FSESSION && self.version() == KernelVersion::V7_2)
            }
            _ => false,
        }
    }

    fn pointer_argument(
        &self,
        prototype: &Prototype<'_>,
        pointer: Type<'_>,
        index: usize,
        name: &str,
    ) -> Checked<Argument<'_>> {
        let btf = self.facts.kernel;
        let special = self.special_argument(prototype, index)?;
        if let Some(Special::Buffer(flags)) = special {
            return Ok(Argument::Buffer { flags });
        }
        if self.is_list_to_free(index) {
            let Some(target) = btf.find_by_name_kind("bpf_sk_buff_ptr", BtfKind::Struct) else {
                return not_modelled("struct bpf_sk_buff_ptr, which the kernel's types lack");
            };
            return Ok(Argument::Pointer { target, flags: Flags::TRUSTED });
        }
        let Some(target) = btf.resolve(pointer.target()) else { return Ok(Argument::Refused) };
        if self.is_opaque(btf.type_by_id(pointer.target()), target) {
            return Ok(Argument::Scalar);
        }
        if !target.kind().is_composite() {
            return Ok(Argument::Refused);
        }
        if let Some(Special::Owned(id)) = special {
            return Ok(Argument::Owned { target, id });
        }
        if let Some(Special::Flags(flags)) = special {
            return Ok(Argument::Pointer { target, flags });
        }
        let mut flags = Flags::NONE;
        let mut scalar = false;
        if self.version() >= KernelVersion::V6_12 {
            if self.arguments_are_trusted() {
                flags = flags.with(Flags::TRUSTED);
            }
            let listed = self.raw_tracepoint(index);
            if name.ends_with("__nullable") || listed == Some(RawArgument::MayBeNull) {
                flags = flags.with(Flags::MAYBE_NULL);
            }
            scalar = listed == Some(RawArgument::MayBeError);
        }
        if scalar {
            return Ok(Argument::ErrorNumber { index });
        }
        let how = Walk { btf, version: self.version(), flexible: true };
        let tags = if self.version() == KernelVersion::V5_10 { Flags::NONE } else { how.tags(pointer)? };
        let flags = flags.with(tags.without(Flags::RCU));
        Ok(Argument::Pointer { target: self.promoted(target, flags), flags })
    }

    /// Where a packet scheduler puts what is to be dropped: a pointer to a pointer (net/sched/bpf_qdisc.c:bpf_qdisc_is_valid_access).
    fn is_list_to_free(&self, index: usize) -> bool {
        let kind = &self.input.kind;
        let enqueue = kind.target.as_deref() == Some("enqueue") && index == 2;
        kind.struct_ops.as_deref() == Some("Qdisc_ops") && enqueue
    }

    /// Pointers that are numbers to the verifier: to nothing, to integers, in 7.2 to anything but a struct.
    fn is_opaque(&self, direct: Option<Type<'_>>, target: Type<'_>) -> bool {
        let integer = target.kind() == BtfKind::Int;
        match self.version() {
            // Only `char *` and `const char *`, seen without a typedef.
            KernelVersion::V5_10 => {
                let direct = direct.map_or(BtfKind::Void, |ty| ty.kind());
                let bytes =
                    matches!(direct, BtfKind::Int | BtfKind::Const) && integer && target.own_size() == 1;
                direct == BtfKind::Void || bytes
            }
            KernelVersion::V6_1 | KernelVersion::V6_12 => {
                direct.is_none_or(|ty| ty.kind() == BtfKind::Void) || integer
            }
            KernelVersion::V7_2 => !target.kind().is_composite(),
        }
    }

    /// `prog_args_trusted`.
    fn arguments_are_trusted(&self) -> bool {
        let kind = &self.input.kind;
        match kind.prog_type {
            ProgType::TRACING => {
                [AttachType::TRACE_RAW_TP, AttachType::TRACE_ITER].contains(&kind.attach_type)
            }
            ProgType::LSM => {
                let hook = kind.target.as_deref().and_then(|name| self.profile.lsm_hook(name));
                !hook.is_some_and(|hook| hook.untrusted_args)
            }
            ProgType::STRUCT_OPS => true,
            _ => false,
        }
    }

    fn raw_tracepoint(&self, index: usize) -> Option<RawArgument> {
        let kind = &self.input.kind;
        let raw = kind.prog_type == ProgType::TRACING && kind.attach_type == AttachType::TRACE_RAW_TP;
        let name = kind.target.as_deref().filter(|_| raw)?;
        raw_tracepoint_argument(self.version(), name, index)
    }

    /// Congestion control algorithms get their socket as a TCP socket.
    fn promoted<'b>(&'b self, target: Type<'b>, flags: Flags) -> Type<'b> {
        let tcp = self.input.kind.struct_ops.as_deref() == Some("tcp_congestion_ops");
        if !tcp || target.name() != "sock" || flags.without(Flags::TRUSTED) != Flags::NONE {
            return target;
        }
        self.facts.kernel.find_by_name_kind("tcp_sock", BtfKind::Struct).unwrap_or(target)
    }

    /// What the program type says of an argument (`ctx_arg_info`).
    fn special_argument(&self, prototype: &Prototype<'_>, index: usize) -> Checked<Option<Special>> {
        let kind = &self.input.kind;
        let target = kind.target.as_deref().unwrap_or_default();
        match kind.prog_type {
            ProgType::TRACING if kind.attach_type == AttachType::TRACE_ITER => {
                Ok(iterator_argument(self.version(), target, prototype.params[index].name))
            }
            ProgType::STRUCT_OPS if self.version() >= KernelVersion::V6_12 => {
                if let Some((_, id)) = self.context_refs.iter().find(|(owned, _)| *owned == index) {
                    return Ok(Some(Special::Owned(*id)));
                }
                let stub = self.stub();
                let name = stub.and_then(|stub| stub.params().nth(index)).map_or("", |param| param.name);
                let nullable = name.ends_with("__nullable");
                let flags = Flags::TRUSTED.with(Flags::MAYBE_NULL);
                Ok(nullable.then_some(Special::Flags(flags)))
            }
            _ => Ok(None),
        }
    }

    /// The function that stands for a struct_ops member and says by its names what the arguments are.
    fn stub(&self) -> Option<Type<'_>> {
        let kind = &self.input.kind;
        let (structure, member) = (kind.struct_ops.as_deref()?, kind.target.as_deref()?);
        let btf = self.facts.kernel;
        let stub = btf.find_by_name_kind(&format!("{structure}__{member}"), BtfKind::Func)?;
        btf.func_proto(stub.id())
    }

    /// 7.2: what a program owns cannot be handed to the one it calls in its place.
    pub(super) fn check_owned_arguments(&self) -> Checked {
        let ops = self.input.kind.prog_type == ProgType::STRUCT_OPS && self.version() == KernelVersion::V7_2;
        let owns =
            || self.stub().is_some_and(|stub| stub.params().any(|param| param.name.ends_with("__ref")));
        if ops && self.info.iter().any(|info| info.has_tail_call) && owns() {
            return invalid("program with __ref argument cannot tail call");
        }
        Ok(())
    }

    /// 7.2: a struct_ops program owns the arguments whose names end with `__ref` from its start.
    pub(super) fn acquire_context_references(&mut self, state: &mut State) {
        if self.input.kind.prog_type != ProgType::STRUCT_OPS || self.version() != KernelVersion::V7_2 {
            return;
        }
        let Some(stub) = self.stub() else { return };
        let owned = stub.params().enumerate().filter(|(_, param)| param.name.ends_with("__ref"));
        let owned: Vec<usize> = owned.map(|(index, _)| index).collect();
        for index in owned {
            let id = self.new_id();
            let kind = RefKind::Pointer;
            state.acquire(Reference { kind, id, insn: 0, frame: 0, parent: 0, lock: None });
            self.context_refs.push((index, id));
        }
    }

    /// What an LSM hook may return, if that is limited (`bpf_lsm_get_retval_range`, 6.12 on).
    pub(super) fn hook_range(&self) -> Option<ReturnRange> {
        let kind = &self.input.kind;
        let limited = kind.prog_type == ProgType::LSM
            && kind.attach_type == AttachType::LSM_MAC
            && self.version() >= KernelVersion::V6_12;
        let hook =
            self.profile.lsm_hook(kind.target.as_deref()?).filter(|hook| limited && !hook.is_void())?;
        let (min, max) = if hook.returns_bool { (0, 1) } else { (-MAX_ERRNO, 0) };
        Some(ReturnRange { min, max, low_half: true })
    }
}

/// `MAX_ERRNO`.
const MAX_ERRNO: i32 = 4095;

/// An argument with a type of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Special {
    Buffer(Flags),
    Flags(Flags),
    Owned(Id),
}

/// A row of the arguments that iterators declare.
struct IteratorArgument {
    iterator: &'static str,
    argument: &'static str,
    /// First version in which the pointer is trusted, if there is one.
    trusted: Option<KernelVersion>,
    buffer: Option<Flags>,
}

const fn object(
    iterator: &'static str,
    argument: &'static str,
    trusted: Option<KernelVersion>,
) -> IteratorArgument {
    IteratorArgument { iterator, argument, trusted, buffer: None }
}

const fn buffer(iterator: &'static str, argument: &'static str, flags: Flags) -> IteratorArgument {
    IteratorArgument { iterator, argument, trusted: None, buffer: Some(flags) }
}

/// What the iterators declare (`struct bpf_iter_reg` of each). An element may be NULL: the last call has none.
const ITERATOR_ARGUMENTS: [IteratorArgument; 24] = [
    object("bpf_prog", "prog", None),
    object("bpf_map", "map", Some(KernelVersion::V6_12)),
    object("bpf_link", "link", None),
    object("cgroup", "cgroup", Some(KernelVersion::V6_12)),
    object("kmem_cache", "s", Some(KernelVersion::V7_2)),
    object("task", "task", Some(KernelVersion::V6_12)),
    object("task_file", "task", None),
    object("task_file", "file", None),
    object("task_vma", "task", None),
    object("task_vma", "vma", None),
    object("dmabuf", "dmabuf", None),
    object("ksym", "ksym", None),
    object("sockmap", "sk", None),
    object("bpf_sk_storage_map", "sk", None),
    object("tcp", "sk_common", Some(KernelVersion::V6_12)),
    object("udp", "udp_sk", Some(KernelVersion::V6_12)),
    object("unix", "unix_sk", None),
    object("netlink", "sk", None),
    object("ipv6_route", "rt", None),
    buffer("bpf_map_elem", "key", Flags::RDONLY),
    buffer("bpf_map_elem", "value", Flags::NONE),
    buffer("sockmap", "key", Flags::RDONLY),
    buffer("bpf_sk_storage_map", "value", Flags::NONE),
    buffer("bpf_rhash_elem", "key", Flags::RDONLY),
];

fn iterator_argument(version: KernelVersion, iterator: &str, argument: &str) -> Option<Special> {
    let row = ITERATOR_ARGUMENTS.iter().find(|row| row.iterator == iterator && row.argument == argument)?;
    if let Some(flags) = row.buffer {
        return Some(Special::Buffer(flags.with(Flags::MAYBE_NULL)));
    }
    let trusted = row.trusted.is_some_and(|since| version >= since);
    let flags = if trusted { Flags::TRUSTED.with(Flags::MAYBE_NULL) } else { Flags::MAYBE_NULL };
    Some(Special::Flags(flags))
}

/// `btf_type_is_small_int`.
fn is_small_int(ty: Type<'_>) -> bool {
    ty.kind() == BtfKind::Int && ty.own_size() <= 8
}

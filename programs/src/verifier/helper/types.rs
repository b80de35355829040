//! Register types that fit each argument type, per version, and what is looked at beyond the type.
//!
//! Key items: [`compatible`], `check_reg_type` and `check_arg_offset` of [`Verifier`]. Neighbours: `args` calls them for each argument.
//! Modelled after kernel/bpf/verifier.c:check_reg_type (tables `compatible_reg_types`) and check_func_arg_reg_off.

use super::{Call, kernel_bug};
use crate::profile::KernelVersion;
use crate::profile::argument::{ArgBase, Argument};
use crate::verifier::names::{type_name, type_name_of};
use crate::verifier::reg::{BtfSource, DynptrKind, Flags, Kind, MapRef, Reg};
use crate::verifier::stop::{Checked, invalid, no_access, refuse};
use crate::verifier::verify::Verifier;
use sim::errno::Errno;

/// A type without what belongs to one register alone.
type Shape = (Kind, Flags);

const ANY_MAP: MapRef = MapRef::Outer(0);
const STACK: Shape = (Kind::Stack { frame: 0 }, Flags::NONE);
const PACKET: Shape = (Kind::Packet { range: 0 }, Flags::NONE);
const PACKET_META: Shape = (Kind::PacketMeta { range: 0 }, Flags::NONE);
const MAP_KEY: Shape = (Kind::MapKey { map: ANY_MAP }, Flags::NONE);
const MAP_VALUE: Shape = (Kind::MapValue { map: ANY_MAP, uid: 0 }, Flags::NONE);
const MAP_PTR: Shape = (Kind::MapPtr { map: ANY_MAP, uid: 0 }, Flags::NONE);
const MEM: Shape = (Kind::Mem { size: 0 }, Flags::NONE);
const RINGBUF_MEM: Shape = (Kind::Mem { size: 0 }, Flags::RINGBUF);
const BUF: Shape = (Kind::Buf, Flags::NONE);
const RDONLY_BUF: Shape = (Kind::Buf, Flags::RDONLY);
const CTX: Shape = (Kind::Ctx, Flags::NONE);
const SCALAR: Shape = (Kind::Scalar, Flags::NONE);
const SOCK_COMMON: Shape = (Kind::SockCommon, Flags::NONE);
const SOCKET: Shape = (Kind::Socket, Flags::NONE);
const TCP_SOCK: Shape = (Kind::TcpSock, Flags::NONE);
const XDP_SOCK: Shape = (Kind::XdpSock, Flags::NONE);
const FUNC: Shape = (Kind::Func { subprog: 0 }, Flags::NONE);
const DYNPTR: Shape = (Kind::Dynptr { kind: DynptrKind::Local }, Flags::NONE);
const BTF_KIND: Kind = Kind::Btf { btf: BtfSource::Kernel, id: 0 };
const BTF: Shape = (BTF_KIND, Flags::NONE);
const TRUSTED: Shape = (BTF_KIND, Flags::TRUSTED);
const RCU: Shape = (BTF_KIND, Flags::RCU);
const ALLOC: Shape = (BTF_KIND, Flags::ALLOC);
const PERCPU: Shape = (BTF_KIND, Flags::PERCPU);
const PERCPU_RCU: Shape = (BTF_KIND, Flags::PERCPU.with(Flags::RCU));
const PERCPU_TRUSTED: Shape = (BTF_KIND, Flags::PERCPU.with(Flags::TRUSTED));
const NON_OWN: Shape = (BTF_KIND, Flags::ALLOC.with(Flags::NON_OWN_REF));
const NON_OWN_RCU: Shape = (BTF_KIND, Flags::ALLOC.with(Flags::NON_OWN_REF).with(Flags::RCU));

const SCALARS: &[Shape] = &[SCALAR];
const MAP_PTRS: &[Shape] = &[MAP_PTR];
const CONTEXTS: &[Shape] = &[CTX];
const FUNCS: &[Shape] = &[FUNC];
const STACKS: &[Shape] = &[STACK];
const SOCKETS: &[Shape] = &[SOCKET];
const MAP_VALUES: &[Shape] = &[MAP_VALUE];
const DYNPTRS: &[Shape] = &[STACK, DYNPTR];
const SOCKS: &[Shape] = &[SOCK_COMMON, SOCKET, TCP_SOCK, XDP_SOCK];
const SOCKS_BTF: &[Shape] = &[SOCK_COMMON, SOCKET, TCP_SOCK, XDP_SOCK, BTF];
const SOCKS_TRUSTED: &[Shape] = &[SOCK_COMMON, SOCKET, TCP_SOCK, XDP_SOCK, BTF, TRUSTED];
const KEYS_5_10: &[Shape] = &[STACK, PACKET, PACKET_META, MAP_VALUE];
const KEYS_6_1: &[Shape] = &[STACK, PACKET, PACKET_META, MAP_KEY, MAP_VALUE];
const MEM_5_10: &[Shape] = &[STACK, PACKET, PACKET_META, MAP_VALUE, MEM, RDONLY_BUF, BUF];
const MEM_6_1: &[Shape] = &[STACK, PACKET, PACKET_META, MAP_KEY, MAP_VALUE, MEM, RINGBUF_MEM, BUF];
const MEM_6_12: &[Shape] = &[STACK, PACKET, PACKET_META, MAP_KEY, MAP_VALUE, MEM, RINGBUF_MEM, BUF, TRUSTED];
const MEM_7_2: &[Shape] =
    &[STACK, PACKET, PACKET_META, MAP_KEY, MAP_VALUE, MEM, RINGBUF_MEM, BUF, TRUSTED, CTX];

/// The row of an argument type: the types that fit in 5.10, 6.1, 6.12 and 7.2.
struct Row {
    base: ArgBase,
    fits: [&'static [Shape]; 4],
}

const fn same(base: ArgBase, fits: &'static [Shape]) -> Row {
    Row { base, fits: [fits; 4] }
}

const ROWS: &[Row] = &[
    Row { base: ArgBase::MapKey, fits: [KEYS_5_10, KEYS_6_1, MEM_6_12, MEM_7_2] },
    Row { base: ArgBase::MapValue, fits: [KEYS_5_10, KEYS_6_1, MEM_6_12, MEM_7_2] },
    Row { base: ArgBase::Mem, fits: [MEM_5_10, MEM_6_1, MEM_6_12, MEM_7_2] },
    same(ArgBase::IntPtr, KEYS_5_10),
    same(ArgBase::ConstSize, SCALARS),
    same(ArgBase::ConstSizeOrZero, SCALARS),
    same(ArgBase::ConstAllocSize, SCALARS),
    same(ArgBase::Scalar, SCALARS),
    same(ArgBase::ConstMapPtr, MAP_PTRS),
    same(ArgBase::Ctx, CONTEXTS),
    same(ArgBase::SockCommon, SOCKS),
    Row { base: ArgBase::BtfIdSockCommon, fits: [SOCKS_BTF, SOCKS_BTF, SOCKS_TRUSTED, SOCKS_TRUSTED] },
    same(ArgBase::Socket, SOCKETS),
    Row { base: ArgBase::BtfId, fits: [&[BTF], &[BTF], &[BTF, TRUSTED, RCU], &[BTF, TRUSTED, RCU]] },
    Row { base: ArgBase::SpinLock, fits: [MAP_VALUES, MAP_VALUES, &[MAP_VALUE, ALLOC], &[MAP_VALUE, ALLOC]] },
    Row { base: ArgBase::AllocMem, fits: [&[MEM], &[RINGBUF_MEM], &[RINGBUF_MEM], &[RINGBUF_MEM]] },
    Row {
        base: ArgBase::PercpuBtfId,
        fits: [
            &[PERCPU],
            &[PERCPU],
            &[PERCPU, PERCPU_RCU, PERCPU_TRUSTED],
            &[PERCPU, PERCPU_RCU, PERCPU_TRUSTED],
        ],
    },
    same(ArgBase::Func, FUNCS),
    same(ArgBase::Stack, STACKS),
    same(ArgBase::ConstStr, MAP_VALUES),
    same(ArgBase::Timer, MAP_VALUES),
    Row {
        base: ArgBase::Kptr,
        fits: [MAP_VALUES, MAP_VALUES, &[MAP_VALUE, ALLOC], &[MAP_VALUE, ALLOC, NON_OWN, NON_OWN_RCU]],
    },
    same(ArgBase::Dynptr, DYNPTRS),
];

/// Types that fit an argument (`compatible_reg_types`).
fn compatible(version: KernelVersion, base: ArgBase) -> &'static [Shape] {
    ROWS.iter().find(|row| row.base == base).map_or(&[], |row| row.fits[version.index()])
}

fn same_kind(a: Kind, b: Kind) -> bool {
    std::mem::discriminant(&a) == std::mem::discriminant(&b)
}

impl Verifier<'_> {
    /// `check_reg_type`: the register's type fits the argument, and a kernel object is of the wanted structure.
    pub(super) fn check_reg_type(&self, regno: u8, argument: &Argument, call: &Call) -> Checked {
        let reg = *self.reg(regno);
        let version = self.version();
        let fits = compatible(version, argument.base);
        let flags = self.folded(&reg, regno, argument, call);
        if !fits.iter().any(|shape| same_kind(shape.0, reg.kind) && shape.1 == flags) {
            let names: Vec<String> =
                fits.iter().map(|shape| type_name_of(version, shape.0, shape.1)).collect();
            let name = type_name(version, &reg);
            return no_access(format!("R{regno} type={name} expected={}", names.join(", ")));
        }
        let Kind::Btf { btf, id } = reg.kind else { return Ok(()) };
        let as_memory = matches!(argument.base, ArgBase::Mem | ArgBase::MapKey | ArgBase::MapValue);
        if as_memory {
            if argument.rdonly {
                return Ok(());
            }
            let name = type_name(version, &reg);
            let helper = call.name(version);
            return no_access(format!("{helper}() may write into memory pointed by R{regno} type={name}"));
        }
        if reg.flags.has(Flags::ALLOC) {
            self.known_own_object(&reg)?;
            return self.check_own_object(regno, call);
        }
        if reg.flags.has(Flags::PERCPU) || (version <= KernelVersion::V6_1 && reg.flags != Flags::NONE) {
            return Ok(());
        }
        let nullable = argument.maybe_null && !argument.release;
        if version >= KernelVersion::V6_12 && reg.may_be_null() && !nullable {
            let word = if version == KernelVersion::V7_2 { "R" } else { "arg" };
            return no_access(format!("Possibly NULL pointer passed to helper {word}{regno}"));
        }
        if call.is("bpf_kptr_xchg") {
            return self.given_kptr(regno, call);
        }
        self.check_structure(regno, (btf, id), argument, call)
    }

    /// The flags of a register's type that count for this argument.
    fn folded(&self, reg: &Reg, regno: u8, argument: &Argument, call: &Call) -> Flags {
        let mut flags = reg.flags;
        if self.version() == KernelVersion::V5_10 {
            return flags;
        }
        if argument.rdonly {
            flags = flags.without(Flags::RDONLY);
        }
        if argument.maybe_null {
            flags = flags.without(Flags::MAYBE_NULL);
        }
        if argument.base == ArgBase::Mem && self.version() >= KernelVersion::V6_12 {
            flags = flags.without(Flags::PACKET_SLICE);
        }
        let late = self.version() >= KernelVersion::V6_12;
        if late && call.is("bpf_kptr_xchg") && regno == 2 && flags.has(Flags::ALLOC) {
            flags = flags.without(Flags::ALLOC).without(Flags::PERCPU);
        }
        flags
    }

    /// What may still be NULL was forgotten for objects that programs make.
    fn known_own_object(&self, reg: &Reg) -> Checked {
        let percpu = Flags::ALLOC.with(Flags::PERCPU);
        if [Flags::ALLOC, percpu, NON_OWN.1, NON_OWN_RCU.1].contains(&reg.flags) {
            return Ok(());
        }
        self.own_fault("invalid PTR_TO_BTF_ID register for type match")
    }

    /// The kernel blames itself.
    fn own_fault(&self, what: &str) -> Checked {
        let bug = if self.version() == KernelVersion::V7_2 { "bug" } else { "internal error" };
        refuse(Errno::EFAULT, format!("verifier {bug}: {what}"))
    }

    /// An object the program made: only locks and kptrs take it.
    fn check_own_object(&self, regno: u8, call: &Call) -> Checked {
        if call.is("bpf_kptr_xchg") && regno == 2 {
            return self.given_kptr(regno, call);
        }
        if call.is("bpf_kptr_xchg") || call.is("bpf_spin_lock") || call.is("bpf_spin_unlock") {
            return Ok(());
        }
        self.own_fault("unimplemented handling of MEM_ALLOC")
    }

    /// `bpf_kptr_xchg` puts in what the field takes.
    fn given_kptr(&self, regno: u8, call: &Call) -> Checked {
        match &call.kptr {
            Some(kptr) => self.kptr_matches(regno, kptr),
            None => kernel_bug("bpf_kptr_xchg without a field"),
        }
    }

    /// The structure is the wanted one, or begins with it.
    fn check_structure(&self, regno: u8, is: (BtfSource, u32), argument: &Argument, call: &Call) -> Checked {
        let version = self.version();
        let reg = *self.reg(regno);
        let wanted = argument.structure.unwrap_or("sock_common");
        if version == KernelVersion::V7_2 {
            self.check_object_offset(&reg, regno, true)?;
        }
        let strict = argument.release && !call.is("bpf_sk_release");
        if !self.is_structure(is, reg.known_offset().unwrap_or(0), wanted, strict) {
            let name = self.structure_name(is);
            return no_access(format!("R{regno} is of type {name} but {wanted} is expected"));
        }
        if version == KernelVersion::V5_10 && reg.num.known() != Some(0) {
            return no_access(format!("R{regno} is a pointer to in-kernel struct with non-zero offset"));
        }
        Ok(())
    }

    /// `check_func_arg_reg_off`: which types may be passed with an offset.
    pub(in crate::verifier) fn check_arg_offset(&self, regno: u8, argument: &Argument) -> Checked {
        let reg = *self.reg(regno);
        match self.version() {
            KernelVersion::V5_10 => {
                if reg.kind == Kind::Ctx {
                    self.check_context_offset(&reg, regno)
                } else {
                    Ok(())
                }
            }
            KernelVersion::V6_1 => self.check_arg_offset_6_1(&reg, regno, argument),
            _ => self.check_arg_offset_late(&reg, regno, argument),
        }
    }

    /// `check_ctx_reg` (5.10).
    fn check_context_offset(&self, reg: &Reg, regno: u8) -> Checked {
        if reg.off != 0 {
            return no_access(format!("dereference of modified ctx ptr R{regno} off={} disallowed", reg.off));
        }
        if reg.num.known() != Some(0) {
            return no_access(format!("variable ctx access var_off={} disallowed", reg.num.var_off()));
        }
        Ok(())
    }

    fn check_arg_offset_6_1(&self, reg: &Reg, regno: u8, argument: &Argument) -> Checked {
        if matches!(reg.kind, Kind::Stack { .. }) && argument.base == ArgBase::Dynptr && reg.off % 8 != 0 {
            return invalid("cannot pass in dynptr at an offset");
        }
        let free = match reg.kind {
            Kind::Stack { .. }
            | Kind::Packet { .. }
            | Kind::PacketMeta { .. }
            | Kind::MapKey { .. }
            | Kind::MapValue { .. }
            | Kind::Scalar => reg.flags == Flags::NONE,
            Kind::Mem { .. } => {
                reg.flags == Flags::NONE || reg.flags == Flags::RDONLY || reg.flags == Flags::RINGBUF
            }
            Kind::Buf => reg.flags == Flags::NONE || reg.flags == Flags::RDONLY,
            _ => false,
        };
        if free && argument.base != ArgBase::AllocMem {
            return Ok(());
        }
        let object = same_kind(reg.kind, BTF_KIND) && reg.flags == Flags::NONE;
        if object && argument.release && reg.off != 0 {
            return invalid(format!("R{regno} must have zero offset when passed to release func"));
        }
        self.check_object_offset(reg, regno, object)
    }

    fn check_arg_offset_late(&self, reg: &Reg, regno: u8, argument: &Argument) -> Checked {
        let last = self.version() == KernelVersion::V7_2;
        if argument.release {
            if argument.base == ArgBase::Dynptr && matches!(reg.kind, Kind::Stack { .. }) {
                return Ok(());
            }
            let moved = if last { reg.num.known() != Some(0) } else { reg.off != 0 };
            if moved {
                return invalid(format!(
                    "R{regno} must have zero offset when passed to release func or trusted arg to kfunc"
                ));
            }
            if !last {
                return self.check_object_offset(reg, regno, false);
            }
        }
        let free = match reg.kind {
            Kind::Stack { .. }
            | Kind::Packet { .. }
            | Kind::PacketMeta { .. }
            | Kind::MapKey { .. }
            | Kind::MapValue { .. }
            | Kind::Arena
            | Kind::Scalar => reg.flags == Flags::NONE,
            Kind::Mem { .. } => {
                reg.flags == Flags::NONE || reg.flags == Flags::RDONLY || reg.flags == Flags::RINGBUF
            }
            Kind::Buf => reg.flags == Flags::NONE || reg.flags == Flags::RDONLY,
            Kind::Ctx => last && argument.base != ArgBase::Ctx && self.variable_context_offset(),
            _ => false,
        };
        if free {
            return Ok(());
        }
        let fixed = [Flags::NONE, Flags::ALLOC, Flags::TRUSTED, Flags::RCU, NON_OWN.1, NON_OWN_RCU.1];
        let object = same_kind(reg.kind, BTF_KIND) && fixed.contains(&reg.flags);
        self.check_object_offset(reg, regno, object)
    }

    /// `__check_ptr_off_reg`: a pointer is where it was made, or at a fixed distance if that is allowed.
    pub(in crate::verifier) fn check_object_offset(&self, reg: &Reg, regno: u8, fixed_ok: bool) -> Checked {
        let name = type_name(self.version(), reg);
        let last = self.version() == KernelVersion::V7_2;
        let variable = if last { reg.num.known().is_none() } else { reg.num.known() != Some(0) };
        let off = if last { reg.num.known().unwrap_or(0) as i64 } else { i64::from(reg.off) };
        let text = if variable && (last || (off >= 0 && (fixed_ok || off == 0))) {
            let number = self.print_number(reg.num.var_off());
            format!("variable {name} access var_off={number} disallowed")
        } else if off < 0 {
            format!("negative offset {name} ptr R{regno} off={off} disallowed")
        } else if !fixed_ok && off != 0 {
            format!("dereference of modified {name} ptr R{regno} off={off} disallowed")
        } else {
            return Ok(());
        };
        no_access(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expected(version: KernelVersion, base: ArgBase) -> String {
        let names = compatible(version, base).iter().map(|shape| type_name_of(version, shape.0, shape.1));
        names.collect::<Vec<_>>().join(", ")
    }

    /// The lists that real kernels print.
    #[test]
    fn lists_read_as_the_kernels_print_them() {
        let memory = KernelVersion::ALL.map(|version| expected(version, ArgBase::Mem));
        assert_eq!(
            memory,
            [
                "fp, pkt, pkt_meta, map_value, mem, rdonly_buf, rdwr_buf",
                "fp, pkt, pkt_meta, map_key, map_value, mem, alloc_mem, buf",
                "fp, pkt, pkt_meta, map_key, map_value, mem, ringbuf_mem, buf, trusted_ptr_",
                "fp, pkt, pkt_meta, map_key, map_value, mem, ringbuf_mem, buf, trusted_ptr_, ctx",
            ]
        );
        let socks = KernelVersion::ALL.map(|version| expected(version, ArgBase::BtfIdSockCommon));
        assert_eq!(socks[0], "sock_common, sock, tcp_sock, xdp_sock, ptr_");
        assert_eq!(socks[3], "sock_common, sock, tcp_sock, xdp_sock, ptr_, trusted_ptr_");
        assert_eq!(expected(KernelVersion::V6_12, ArgBase::BtfId), "ptr_, trusted_ptr_, rcu_ptr_");
        assert_eq!(expected(KernelVersion::V6_1, ArgBase::AllocMem), "alloc_mem");
        assert_eq!(expected(KernelVersion::V7_2, ArgBase::AllocMem), "ringbuf_mem");
    }
}

//! Loads, stores and atomics: which memory a register points to and what may be done with it.
//!
//! Neighbours: `stack` for the stack, `context` for contexts, `btf_access` for kernel objects; `verify` dispatches here. Modelled after
//! kernel/bpf/verifier.c:check_mem_access, check_map_access, check_packet_access and check_atomic, for a privileged loader.

use super::names::type_name;
use super::pointer_use::Use;
use super::reg::{Flags, Kind, MapRef, Reg};
use super::stack::Stored;
use super::stop::{Checked, invalid, no_access, not_modelled, refuse};
use super::verify::Verifier;
use crate::isa::{AtomicOp, Imm64, Op, Size, Src};
use crate::object::SpecialKind;
use crate::profile::KernelVersion;
use sim::errno::Errno;

const MAX_OFFSET: u64 = 1 << 29;
/// Bytes of `struct bpf_flow_keys`.
const FLOW_KEYS: i64 = 56;

/// An access by an instruction.
#[derive(Clone, Copy, Debug)]
pub struct Access {
    pub base: u8,
    pub off: i64,
    pub size: i64,
    pub write: bool,
    /// Register that is loaded or stored; none for immediates and for the read of an atomic without result.
    pub value: Option<u8>,
    pub stored: Stored,
}

impl Verifier<'_> {
    pub(super) fn load_imm64(&mut self, _insn: usize, dst: u8, imm: Imm64) -> Checked {
        self.write_reg(dst)?;
        let numbers = self.numbers;
        let map_at = |index: i32| usize::try_from(index).ok().filter(|index| *index < self.facts.maps.len());
        let reg = match imm {
            Imm64::Value(value) => Reg::constant(value, numbers),
            Imm64::Map(index) => {
                let Some(index) = map_at(index) else {
                    return invalid(format!("fd {index} is not pointing to valid bpf_map"));
                };
                Reg::pointer(Kind::MapPtr { map: MapRef::Outer(index), uid: 0 }, Flags::NONE, numbers)
            }
            Imm64::MapValue { map, offset } => {
                let Some(index) = map_at(map) else {
                    return invalid(format!("fd {map} is not pointing to valid bpf_map"));
                };
                return self.direct_value(dst, index, offset);
            }
            Imm64::Func(_) => {
                if !self.input.has_func_info {
                    return invalid("missing btf func_info");
                }
                let Some(subprog) = self.program.callee(self.path.insn) else {
                    return invalid("missing btf func_info");
                };
                if self.program.subprogs[subprog].global {
                    return invalid("callback function not static");
                }
                Reg::pointer(Kind::Func { subprog: subprog as u32 }, Flags::NONE, numbers)
            }
            Imm64::BtfVar { id, .. } => return self.kernel_symbol(dst, id),
            Imm64::MapIdx(_) | Imm64::MapIdxValue { .. } => {
                return not_modelled("maps by index of an fd array");
            }
        };
        self.set_reg(dst, reg);
        Ok(())
    }

    fn direct_value(&mut self, dst: u8, map: usize, offset: i32) -> Checked {
        let facts = &self.facts.maps[map];
        let numbers = self.numbers;
        if facts.is(&["ARENA"]) {
            let mut reg = Reg::unknown(numbers);
            reg.kind = Kind::Arena;
            self.set_reg(dst, reg);
            return Ok(());
        }
        let locked =
            facts.field(SpecialKind::SpinLock).is_some() || facts.field(SpecialKind::ResSpinLock).is_some();
        let mut reg = Reg::pointer(Kind::MapValue { map: MapRef::Outer(map), uid: 0 }, Flags::NONE, numbers);
        if self.version() == KernelVersion::V7_2 {
            reg.num = super::scalar::Scalar::constant(i64::from(offset) as u64, numbers);
        } else {
            reg.off = offset;
        }
        // Later kernels know that there is only one such element.
        if locked && self.version() <= KernelVersion::V6_1 {
            reg.id = self.new_id();
        }
        self.set_reg(dst, reg);
        Ok(())
    }

    pub(super) fn access(&mut self, insn: usize, op: Op) -> Checked {
        let numbers = self.numbers;
        match op {
            Op::Load { size, signed, dst, base, off } => {
                self.read_reg(base.0)?;
                self.write_reg_check(dst.0)?;
                let access = load(size, base.0, off, dst.0);
                let pointer = *self.reg(base.0);
                let value = self.check_access(access)?;
                let acquires = matches!(self.program.ops[insn], Some(Op::LoadAcquire { .. }));
                self.note_pointer(&pointer, if acquires { Use::LoadAcquire } else { Use::Load })?;
                self.write_reg(dst.0)?;
                let mut reg = value.unwrap_or_else(|| Reg::unknown(numbers));
                let bytes = u32::from(size.bytes());
                if bytes < 8 && reg.is_scalar() {
                    if signed {
                        reg.num.sign_extend(bytes, crate::isa::Width::W64, numbers);
                        reg.num.sync(numbers);
                    } else {
                        reg.num.truncate(bytes, numbers);
                    }
                }
                self.set_reg(dst.0, reg);
                Ok(())
            }
            Op::Store { size, base, off, src } => {
                let (value, stored) = match src {
                    Src::Reg(src) => (Some(src.0), Stored::Reg(src.0)),
                    Src::Imm(imm) => (None, Stored::Imm(imm)),
                };
                if let Some(src) = value {
                    self.read_reg(src)?;
                }
                self.read_reg(base.0)?;
                if value.is_none() {
                    self.no_immediate_store(base.0)?;
                }
                let pointer = *self.reg(base.0);
                self.store(size, base.0, off, value, stored)?;
                self.note_pointer(&pointer, if value.is_some() { Use::Store } else { Use::StoreImmediate })
            }
            Op::LoadAcquire { size, dst, base, off } => {
                self.read_reg(base.0)?;
                self.atomic_target(base.0)?;
                self.access(insn, Op::Load { size, signed: false, dst, base, off })
            }
            Op::StoreRelease { size, base, off, src } => {
                self.access(insn, Op::Store { size, base, off, src: Src::Reg(src) })?;
                self.atomic_target(base.0)
            }
            _ => unreachable!("only accesses are dispatched here"),
        }
    }

    fn write_reg_check(&self, reg: u8) -> Checked {
        if reg == 10 { no_access("frame pointer is read only") } else { Ok(()) }
    }

    fn store(&mut self, size: Size, base: u8, off: i16, value: Option<u8>, stored: Stored) -> Checked {
        let access = Access { base, off: off.into(), size: size.bytes().into(), write: true, value, stored };
        self.check_access(access).map(|_| ())
    }

    /// `BPF_ST` into a context is refused.
    fn no_immediate_store(&self, base: u8) -> Checked {
        if self.reg(base).kind != Kind::Ctx || self.version() == KernelVersion::V7_2 {
            return Ok(());
        }
        if self.version() == KernelVersion::V6_12 {
            return Ok(());
        }
        no_access(format!(
            "BPF_ST stores into R{base} {} is not allowed",
            type_name(self.version(), self.reg(base))
        ))
    }

    pub(super) fn atomic(&mut self, _insn: usize, op: Op) -> Checked {
        let Op::Atomic { size, op, base, off, src } = op else {
            unreachable!("only atomics are dispatched here")
        };
        self.read_reg(src.0)?;
        self.read_reg(base.0)?;
        if op == AtomicOp::CmpXchg {
            self.read_reg(0)?;
        }
        self.atomic_target(base.0)?;
        let loaded = op.fetched(src).map(|reg| reg.0);
        if let Some(loaded) = loaded {
            self.write_reg_check(loaded)?;
        }
        let read = Access {
            base: base.0,
            off: off.into(),
            size: size.bytes().into(),
            write: false,
            value: loaded,
            stored: Stored::Unknown,
        };
        let value = self.check_access(read)?;
        let pointer = *self.reg(base.0);
        self.note_pointer(&pointer, Use::Atomic)?;
        self.store(size, base.0, off, None, Stored::Unknown)?;
        if let Some(loaded) = loaded {
            self.write_reg(loaded)?;
            let numbers = self.numbers;
            let mut reg = value.unwrap_or_else(|| Reg::unknown(numbers));
            if size.bytes() < 8 && reg.is_scalar() {
                reg.num.truncate(size.bytes().into(), numbers);
            }
            self.set_reg(loaded, reg);
        }
        Ok(())
    }

    fn atomic_target(&self, base: u8) -> Checked {
        let reg = self.reg(base);
        let refused = matches!(reg.kind, Kind::Ctx | Kind::FlowKeys) || reg.is_packet() || reg.is_socket();
        let loads = matches!(self.program.ops[self.path.insn], Some(Op::LoadAcquire { .. }));
        // Nothing catches the fault of such a load, unlike that of a plain one.
        let bare = matches!(reg.kind, Kind::Btf { .. }) && reg.flags == Flags::NONE;
        let may_fault = loads && (bare || reg.flags.has(Flags::UNTRUSTED));
        if !refused && !may_fault {
            return Ok(());
        }
        let word = if self.version() == KernelVersion::V5_10 { "BPF_XADD" } else { "BPF_ATOMIC" };
        let how = if loads { "loads from" } else { "stores into" };
        no_access(format!("{word} {how} R{base} {} is not allowed", type_name(self.version(), reg)))
    }

    /// `check_mem_access`: what a load gives, if it is more than an unknown scalar.
    pub(super) fn check_access(&mut self, a: Access) -> Checked<Option<Reg>> {
        let reg = *self.reg(a.base);
        self.check_alignment(&reg, a.off, a.size)?;
        let off = a.off + i64::from(reg.off);
        let name = type_name(self.version(), &reg);
        let base = a.base;
        if reg.may_be_null() {
            return no_access(format!("R{base} invalid mem access '{name}'"));
        }
        match reg.kind {
            Kind::MapKey { map } => {
                if a.write {
                    return no_access(format!("write to change key R{base} not allowed"));
                }
                self.region(base, off, a.size, self.facts.map(map).key_size, false)?;
                Ok(None)
            }
            Kind::MapValue { map, .. } => self.map_value(&a, &reg, map, off),
            Kind::Mem { size } => {
                if a.write && reg.flags.has(Flags::RDONLY) {
                    return no_access(format!("R{base} cannot write into {name}"));
                }
                let untrusted = reg.flags.has(Flags::UNTRUSTED) && self.version() == KernelVersion::V7_2;
                if !untrusted {
                    self.region(base, off, a.size, size, false)?;
                }
                Ok(None)
            }
            Kind::Ctx => self.context_access(&a, &reg, off),
            Kind::Stack { .. } if a.write => {
                self.stack_store(base, off, a.size, a.stored)?;
                Ok(None)
            }
            Kind::Stack { .. } => self.stack_load(base, off, a.size, a.value),
            Kind::Packet { .. } | Kind::PacketMeta { .. } => {
                if a.write && !self.may_write_packet() {
                    return no_access("cannot write into packet");
                }
                self.packet(base, off, a.size, false)?;
                Ok(None)
            }
            Kind::FlowKeys => {
                // 5.10 takes any offset within the bounds of its fixed part.
                let known = reg.num.known().or((self.version() == KernelVersion::V5_10).then_some(0));
                let Some(known) = known else {
                    let number = self.print_number(reg.num.var_off());
                    return no_access(format!(
                        "R{base} invalid variable offset to flow keys: off={off}, var_off={number}"
                    ));
                };
                let off = off + known as i64;
                if off < 0 || off + a.size > FLOW_KEYS {
                    return no_access(format!("invalid access to flow keys off={off} size={}", a.size));
                }
                Ok(None)
            }
            Kind::Socket | Kind::SockCommon | Kind::TcpSock | Kind::XdpSock => {
                if a.write {
                    return no_access(format!("R{base} cannot write into {name}"));
                }
                self.socket_access(&reg, base, off, a.size)?;
                Ok(None)
            }
            Kind::TpBuffer | Kind::Buf => self.buffer(&a, &reg, off),
            Kind::Btf { .. } => self.btf_access(&a, &reg, off),
            Kind::MapPtr { map, .. } => self.map_object(&a, map, off),
            Kind::Arena => Ok(None),
            _ => no_access(format!("R{base} invalid mem access '{name}'")),
        }
    }

    /// Only the stack and atomics need aligned accesses on x86-64 (`check_ptr_alignment`).
    fn check_alignment(&self, reg: &Reg, off: i64, size: i64) -> Checked {
        let op = self.program.ops[self.path.insn];
        let atomic = matches!(op, Some(Op::Atomic { .. } | Op::LoadAcquire { .. } | Op::StoreRelease { .. }));
        let strict = atomic || matches!(reg.kind, Kind::Stack { .. });
        if !strict || size == 1 || reg.kind == Kind::Arena {
            return Ok(());
        }
        // Packets begin 2 bytes behind an aligned address (`NET_IP_ALIGN`).
        let packet = if reg.is_packet() { 2 } else { 0 };
        let by = i64::from(reg.off) + off + packet;
        let shifted = reg.num.var_off().add(crate::verifier::tnum::Tnum::constant(by as u64));
        if shifted.is_aligned(size as u64) {
            return Ok(());
        }
        let number = self.print_number(reg.num.var_off());
        let early = self.version() < KernelVersion::V7_2;
        let fixed = if early { format!("+{}", reg.off) } else { String::new() };
        let what = aligned_name(reg.kind);
        let start = if packet > 0 { format!("{packet}+") } else { String::new() };
        no_access(format!("misaligned {what}access off {start}{number}{fixed}+{off} size {size}"))
    }

    /// A tracked number as messages show it: 6.12 on print constants as such.
    pub(super) fn print_number(&self, number: crate::verifier::tnum::Tnum) -> String {
        if self.version() < KernelVersion::V6_12 || !number.is_const() {
            return number.to_string();
        }
        let negative = number.value as i64;
        if number.value <= u64::from(u16::MAX) {
            number.value.to_string()
        } else if self.version() == KernelVersion::V7_2 && i16::try_from(negative).is_ok() {
            negative.to_string()
        } else {
            format!("{:#x}", number.value)
        }
    }

    /// `check_mem_region_access`.
    pub(super) fn region(&mut self, regno: u8, off: i64, size: i64, len: u32, zero_ok: bool) -> Checked {
        let num = self.reg(regno).num;
        let smin = num.smin();
        let lowest = smin.wrapping_add(off);
        if smin < 0 && (smin == i64::MIN || i32::try_from(lowest).is_err() || lowest < 0) {
            return no_access(format!(
                "R{regno} min value is negative, either use unsigned index or do a if (index >=0) check."
            ));
        }
        if !self.inside(lowest, size, len, zero_ok) {
            return no_access(format!("R{regno} min value is outside of the allowed memory range"));
        }
        if num.umax() >= MAX_OFFSET {
            return no_access(format!(
                "R{regno} unbounded memory access, make sure to bounds check any such access"
            ));
        }
        if !self.inside(num.umax() as i64 + off, size, len, zero_ok) {
            return no_access(format!("R{regno} max value is outside of the allowed memory range"));
        }
        Ok(())
    }

    fn inside(&self, off: i64, size: i64, len: u32, zero_ok: bool) -> bool {
        off >= 0 && (size > 0 || (size == 0 && zero_ok)) && off + size <= i64::from(len)
    }

    fn map_value(&mut self, a: &Access, reg: &Reg, map: MapRef, off: i64) -> Checked<Option<Reg>> {
        self.map_permission(map, reg, off, a)?;
        self.map_access(a.base, off, a.size, false, true)?;
        let facts = self.facts.map(map);
        let Some(known) = reg.num.known() else { return Ok(None) };
        let at = off + known as i64;
        let kptr = |kind| {
            matches!(
                kind,
                SpecialKind::Kptr
                    | SpecialKind::KptrRef
                    | SpecialKind::KptrUntrusted
                    | SpecialKind::PercpuKptr
                    | SpecialKind::Uptr
            )
        };
        if let Some(field) = facts.fields.iter().find(|f| kptr(f.kind) && i64::from(f.offset) == at).copied()
        {
            return self.kptr_access(a, reg, map, field);
        }
        if a.write || at < 0 {
            return Ok(None);
        }
        match facts.frozen_at(at as usize, a.size as usize) {
            Ok(value) => Ok(value.map(|value| Reg::constant(value, self.numbers))),
            Err(name) => {
                self.open_value
                    .get_or_insert_with(|| format!("the value of {name} in the kernel's configuration"));
                Ok(None)
            }
        }
    }

    /// `check_map_access_type`.
    pub(super) fn map_permission(&self, map: MapRef, reg: &Reg, off: i64, a: &Access) -> Checked {
        let facts = self.facts.map(map);
        let (allowed, word) =
            if a.write { (facts.may_write(), "write into") } else { (facts.may_read(), "read from") };
        if allowed {
            return Ok(());
        }
        // 7.2 keeps the fixed part of the offset with the rest.
        let kept = if self.version() == KernelVersion::V7_2 { reg.num.smin() } else { 0 };
        let (value_size, size, off) = (facts.value_size, a.size, off.wrapping_add(kept));
        no_access(format!("{word} map forbidden, value_size={value_size} off={off} size={size}"))
    }

    /// `check_map_access`. `direct`: by an instruction.
    pub(super) fn map_access(
        &mut self,
        regno: u8,
        off: i64,
        size: i64,
        zero_ok: bool,
        direct: bool,
    ) -> Checked {
        let reg = *self.reg(regno);
        let Kind::MapValue { map, .. } = reg.kind else { unreachable!("only map values come here") };
        let facts = self.facts;
        let map = facts.map(map);
        self.region(regno, off, size, map.value_size, zero_ok)?;
        for field in &map.fields {
            let (start, end) = (i64::from(field.offset), i64::from(field.offset + field.size));
            let touches = reg.num.smin() + off < end && start < reg.num.umax() as i64 + off + size;
            if touches {
                self.field_access(&reg, field, off, size, direct)?;
            }
        }
        Ok(())
    }

    fn field_access(
        &self,
        reg: &Reg,
        field: &super::facts::Field,
        off: i64,
        size: i64,
        direct: bool,
    ) -> Checked {
        let pointer = match field.kind {
            SpecialKind::Kptr
            | SpecialKind::KptrRef
            | SpecialKind::KptrUntrusted
            | SpecialKind::PercpuKptr
            | SpecialKind::Uptr => true,
            kind => {
                return no_access(format!("{} cannot be accessed directly by load/store", field_name(kind)));
            }
        };
        debug_assert!(pointer);
        if !direct {
            return no_access("kptr cannot be accessed indirectly by helper");
        }
        let Some(known) = reg.num.known() else {
            return no_access("kptr access cannot have variable offset");
        };
        let at = off + known as i64;
        if at != i64::from(field.offset) {
            return no_access(format!("kptr access misaligned expected={} off={at}", field.offset));
        }
        if size != 8 { no_access("kptr access size must be BPF_DW") } else { Ok(()) }
    }

    /// `check_packet_access`.
    pub(super) fn packet(&mut self, regno: u8, off: i64, size: i64, zero_ok: bool) -> Checked {
        let reg = *self.reg(regno);
        let (Kind::Packet { range } | Kind::PacketMeta { range }) = reg.kind else {
            unreachable!("only packet pointers come here")
        };
        let outside = format!("R{regno} offset is outside of the packet");
        if self.version() == KernelVersion::V7_2 {
            return match u32::try_from(range) {
                Ok(range) => self.region(regno, off, size, range, zero_ok),
                Err(_) => refuse(Errno::EINVAL, outside),
            };
        }
        if reg.num.smin() < 0 {
            return no_access(format!(
                "R{regno} min value is negative, either use unsigned index or do a if (index >=0) check."
            ));
        }
        if range < 0 {
            return refuse(Errno::EINVAL, outside);
        }
        if self.inside(off, size, range as u32, zero_ok) { Ok(()) } else { no_access(outside) }
    }

    /// Packet pointers mean nothing any more (`clear_all_pkt_pointers`).
    pub(super) fn clear_packet_pointers(&mut self) {
        let numbers = self.numbers;
        self.path.state.each_reg_mut(|reg| {
            if reg.is_packet_or_end() || reg.flags.has(Flags::PACKET_SLICE) {
                *reg = Reg::unknown(numbers);
            }
        });
    }

    /// 7.2: the fixed part is in the number, so that it may be anything from 0 on.
    fn buffer_start(&self, a: &Access, reg: &Reg, off: i64, what: &str) -> Checked {
        let base = a.base;
        let Some(known) = reg.num.known() else {
            let number = self.print_number(reg.num.var_off());
            return no_access(format!("R{base} invalid variable buffer offset: off={off}, var_off={number}"));
        };
        let known = known as i64;
        if known + off < 0 {
            return no_access(format!(
                "R{base} invalid negative {what} buffer offset: off={off}, var_off={known}"
            ));
        }
        Ok(())
    }

    pub(super) fn buffer(&mut self, a: &Access, reg: &Reg, off: i64) -> Checked<Option<Reg>> {
        if a.write && reg.flags.has(Flags::RDONLY) {
            let name = type_name(self.version(), reg);
            return no_access(format!("R{} cannot write into {name}", a.base));
        }
        let what = match (reg.kind, reg.flags.has(Flags::RDONLY)) {
            (Kind::TpBuffer, _) => "tracepoint",
            (_, true) => "rdonly",
            _ => "rdwr",
        };
        if self.version() == KernelVersion::V7_2 {
            return self.buffer_start(a, reg, off, what).map(|()| None);
        }
        if off < 0 {
            let text = format!("R{} invalid {what} buffer access: off={off}, size={}", a.base, a.size);
            return no_access(text);
        }
        if reg.num.known() != Some(0) {
            let number = reg.num.var_off();
            let text = format!(
                "R{} invalid variable buffer offset: off={off}, var_off={}",
                a.base,
                self.print_number(number)
            );
            return no_access(text);
        }
        Ok(None)
    }
}

/// How messages about alignment call memory.
fn aligned_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Stack { .. } => "stack ",
        Kind::Packet { .. } | Kind::PacketMeta { .. } => "packet ",
        Kind::FlowKeys => "flow keys ",
        Kind::MapKey { .. } => "key ",
        Kind::MapValue { .. } => "value ",
        Kind::Ctx => "context ",
        Kind::Socket => "sock ",
        Kind::SockCommon => "sock_common ",
        Kind::TcpSock => "tcp_sock ",
        Kind::XdpSock => "xdp_sock ",
        _ => "",
    }
}

fn load(size: Size, base: u8, off: i16, dst: u8) -> Access {
    Access {
        base,
        off: off.into(),
        size: size.bytes().into(),
        write: false,
        value: Some(dst),
        stored: Stored::Unknown,
    }
}

/// `btf_field_type_name`.
pub(super) fn field_name(kind: SpecialKind) -> &'static str {
    match kind {
        SpecialKind::SpinLock => "bpf_spin_lock",
        SpecialKind::ResSpinLock => "bpf_res_spin_lock",
        SpecialKind::Timer => "bpf_timer",
        SpecialKind::Wq => "bpf_wq",
        SpecialKind::TaskWork => "bpf_task_work",
        SpecialKind::KptrUntrusted | SpecialKind::Kptr | SpecialKind::KptrRef => "kptr",
        SpecialKind::PercpuKptr => "percpu_kptr",
        SpecialKind::Uptr => "uptr",
        SpecialKind::OtherTag => "",
        SpecialKind::ListHead => "bpf_list_head",
        SpecialKind::ListNode => "bpf_list_node",
        SpecialKind::RbRoot => "bpf_rb_root",
        SpecialKind::RbNode => "bpf_rb_node",
        SpecialKind::Refcount => "bpf_refcount",
    }
}

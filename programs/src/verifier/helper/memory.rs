//! Memory that a helper or kfunc reads or writes through an argument.
//!
//! Key items: `helper_memory`, `memory_and_size`, `memory_argument` of [`Verifier`], [`Raw`]. Neighbours: `args` and the kfuncs call
//! them; `stack`, `memory` know the kinds of memory. Modelled after kernel/bpf/verifier.c:check_helper_mem_access, check_mem_size_reg,
//! check_mem_reg and check_stack_range_initialized.

use crate::profile::{KernelVersion, ProgType};
use crate::verifier::memory::Access;
use crate::verifier::names::type_name;
use crate::verifier::reg::{Flags, Kind, Reg};
use crate::verifier::stack::{Purpose, Stored};
use crate::verifier::state::{Byte, place};
use crate::verifier::stop::{Checked, no_access};
use crate::verifier::tnum::Tnum;
use crate::verifier::verify::Verifier;

/// Sizes from here on count as unbounded (`BPF_MAX_VAR_SIZ`).
const MAX_SIZE: u64 = 1 << 29;
/// What the network stack reserves before a frame (`NET_IP_ALIGN`, as strict alignment assumes it).
const IP_ALIGN: u64 = 2;

/// Memory that need not be initialized, because the helper writes all of it.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::verifier) struct Raw {
    /// The argument at hand is such memory.
    pub mode: bool,
    /// Register and size of what was found on the stack.
    pub found: Option<(u8, i64)>,
    /// What the program will not read may be in it: an argument of a global function or of a kfunc, by its type.
    pub typed: bool,
}

impl Verifier<'_> {
    /// `size` bytes at a register are read, or written, too. `raw`: stack need not be initialized if its mode says so.
    pub(in crate::verifier) fn helper_memory(
        &mut self,
        regno: u8,
        size: i64,
        write: bool,
        zero_ok: bool,
        raw: Option<&mut Raw>,
    ) -> Checked {
        let reg = *self.reg(regno);
        let access = Access { base: regno, off: 0, size, write, value: None, stored: Stored::Unknown };
        let off = i64::from(reg.off);
        let version = self.version();
        let early = version == KernelVersion::V5_10;
        if early && reg.flags.any(Flags::MAYBE_NULL.with(Flags::PERCPU)) {
            return self.not_memory(regno, size, zero_ok);
        }
        match reg.kind {
            Kind::Packet { .. } | Kind::PacketMeta { .. } => self.packet(regno, off, size, zero_ok),
            Kind::MapKey { map } => {
                self.not_written(&access, &reg, write)?;
                let key_size = self.facts.map(map).key_size;
                self.region(regno, off, size, key_size, false)
            }
            Kind::MapValue { map, .. } => {
                self.map_permission(map, &reg, off, &access)?;
                self.map_access(regno, off, size, zero_ok, false)
            }
            Kind::Mem { size: bytes } => {
                self.not_written(&access, &reg, write && reg.flags.has(Flags::RDONLY))?;
                self.region(regno, off, size, bytes, zero_ok)
            }
            Kind::Buf => {
                self.not_written(&access, &reg, write && reg.flags.has(Flags::RDONLY))?;
                self.buffer(&access, &reg, off).map(|_| ())
            }
            Kind::Stack { .. } => self.stack_argument(&access, &reg, zero_ok, raw),
            Kind::Btf { .. } if version >= KernelVersion::V6_12 => {
                let write = write && version == KernelVersion::V7_2;
                self.btf_access(&Access { write, ..access }, &reg, off).map(|_| ())
            }
            Kind::Ctx => self.context_memory(&access, zero_ok),
            _ => self.not_memory(regno, size, zero_ok),
        }
    }

    fn not_written(&self, access: &Access, reg: &Reg, wrong: bool) -> Checked {
        if !wrong {
            return Ok(());
        }
        if self.version() == KernelVersion::V5_10 {
            // The kernel writes no line of its own here.
            return no_access("(no message) Permission denied");
        }
        no_access(format!("R{} cannot write into {}", access.base, type_name(self.version(), reg)))
    }

    fn not_memory(&self, regno: u8, size: i64, zero_ok: bool) -> Checked {
        let reg = self.reg(regno);
        if zero_ok && size == 0 && reg.is_null() {
            return Ok(());
        }
        no_access(format!("R{regno} type={} expected=fp", type_name(self.version(), reg)))
    }

    /// A context as memory: only where the kernel does not translate its fields.
    fn context_memory(&mut self, access: &Access, zero_ok: bool) -> Checked {
        let prog_type = self.input.kind.prog_type;
        match self.version() {
            KernelVersion::V7_2 if prog_type == ProgType::SYSCALL => {
                self.region(access.base, 0, access.size, u16::MAX.into(), zero_ok)
            }
            KernelVersion::V6_1 | KernelVersion::V6_12 if !translates_context(prog_type) => {
                if access.size == 0 {
                    return if zero_ok { Ok(()) } else { no_access("(no message) Permission denied") };
                }
                self.check_access(Access { off: access.size - 1, size: 1, ..*access }).map(|_| ())
            }
            _ => self.not_memory(access.base, access.size, zero_ok),
        }
    }

    /// `check_stack_range_initialized` for calls.
    fn stack_argument(
        &mut self,
        access: &Access,
        reg: &Reg,
        zero_ok: bool,
        raw: Option<&mut Raw>,
    ) -> Checked {
        let (regno, size) = (access.base, access.size);
        if size == 0 && !zero_ok {
            return no_access("invalid zero-sized read");
        }
        let version = self.version();
        // Before 7.2 bounds are those of a write: what is initialized is asked below.
        let write = access.write || version < KernelVersion::V7_2;
        let bounds = self.stack_bounds(regno, reg.off.into(), size, Purpose::Helper, write)?;
        match raw {
            Some(raw) if raw.mode && reg.num.known().is_some() => {
                if version >= KernelVersion::V6_12 {
                    self.no_dynptr_in(reg, bounds)?;
                }
                raw.found = Some((regno, size));
                Ok(())
            }
            raw => {
                let purpose = match (write, raw.is_some_and(|raw| raw.typed)) {
                    (true, _) => Purpose::Helper,
                    (false, true) => Purpose::Typed,
                    (false, false) => Purpose::Read,
                };
                self.stack_read_range(regno, bounds, size, purpose)
            }
        }
    }

    fn no_dynptr_in(&self, reg: &Reg, (min, max): (i64, i64)) -> Checked {
        let Kind::Stack { frame } = reg.kind else { return Ok(()) };
        let stack = &self.path.state.frames[usize::from(frame)].stack;
        for at in min..max {
            let (slot, byte) = place(-at as usize);
            if stack.get(slot).is_some_and(|slot| slot.bytes[byte] == Byte::Dynptr) {
                return no_access(format!("potential write to dynptr at off={at} disallowed"));
            }
        }
        Ok(())
    }

    /// Memory in one register and its size in the next (`check_mem_size_reg`).
    pub(in crate::verifier) fn memory_and_size(
        &mut self,
        regno: u8,
        size: u8,
        write: bool,
        zero_ok: bool,
        raw: Option<&mut Raw>,
    ) -> Checked {
        let number = self.reg(size).num;
        // 5.10 knows that an argument is written only from raw mode.
        let write = write && (self.version() > KernelVersion::V5_10 || number.known().is_some());
        let mut raw = raw.filter(|_| number.known().is_some());
        if number.smin() < 0 {
            return no_access(format!(
                "R{size} min value is negative, either use unsigned or 'var &= const'"
            ));
        }
        if number.umin() == 0 {
            if self.version() <= KernelVersion::V6_1 {
                self.helper_memory(regno, 0, write, zero_ok, raw.as_deref_mut())?;
            } else if !zero_ok {
                return no_access(format!(
                    "R{size} invalid zero-sized read: u64=[0,{}]",
                    number.umax() as i64
                ));
            }
        }
        if number.umax() >= MAX_SIZE {
            return no_access(format!(
                "R{size} unbounded memory access, use 'var &= const' or 'if (var < const)'"
            ));
        }
        self.helper_memory(regno, number.umax() as i64, write, zero_ok, raw)?;
        self.want_reg(size);
        Ok(())
    }

    /// Memory of a known size that is read and written, or nothing (`check_mem_reg`).
    pub(in crate::verifier) fn memory_argument(&mut self, regno: u8, size: u32) -> Checked {
        if self.reg(regno).is_null() {
            return Ok(());
        }
        if self.version() == KernelVersion::V7_2 && i32::try_from(size).is_err() {
            return no_access(format!("R{regno} memory size {size} is too large"));
        }
        self.as_not_null(regno, |verifier| {
            let mut typed = Raw { typed: true, ..Raw::default() };
            verifier.helper_memory(regno, size.into(), false, true, Some(&mut typed))?;
            verifier.helper_memory(regno, size.into(), true, true, None)
        })
    }

    /// Memory and size of a kfunc (`check_kfunc_mem_size_reg`).
    pub(in crate::verifier) fn kfunc_memory_and_size(&mut self, regno: u8, size: u8) -> Checked {
        self.as_not_null(regno, |verifier| {
            verifier.memory_and_size(regno, size, false, true, None)?;
            verifier.memory_and_size(regno, size, true, true, None)
        })
    }

    /// Looks at a register as if it were not NULL, and leaves it as it was.
    fn as_not_null(&mut self, regno: u8, check: impl FnOnce(&mut Self) -> Checked) -> Checked {
        let before = *self.reg(regno);
        if !before.may_be_null() {
            return check(self);
        }
        let mut assumed = before;
        self.facts.not_null(&mut assumed);
        self.set_reg(regno, assumed);
        let checked = check(self);
        self.set_reg(regno, before);
        checked
    }

    /// `check_ptr_alignment` in strict mode, for memory that a helper uses as one word.
    pub(super) fn check_aligned(&self, reg: &Reg, size: u32) -> Checked {
        let last = self.version() == KernelVersion::V7_2;
        let packet = reg.is_packet();
        let extra = if packet { IP_ALIGN } else { 0 };
        let by = Tnum::constant((i64::from(reg.off) as u64).wrapping_add(extra));
        let number = reg.num.var_off();
        if number.add(by).is_aligned(size.into()) {
            return Ok(());
        }
        let what = match reg.kind {
            Kind::Packet { .. } | Kind::PacketMeta { .. } => "packet ",
            Kind::MapKey { .. } => "key ",
            Kind::MapValue { .. } => "value ",
            Kind::Stack { .. } => "stack ",
            _ => "",
        };
        let number = self.print_number(number);
        let before = if packet { format!("{IP_ALIGN}+") } else { String::new() };
        let off = if last { String::new() } else { format!("{}+", reg.off) };
        no_access(format!("misaligned {what}access off {before}{number}+{off}0 size {size}"))
    }
}

/// Types whose context fields the kernel translates (`convert_ctx_access`).
pub(in crate::verifier) fn translates_context(prog_type: ProgType) -> bool {
    let plain = [
        ProgType::KPROBE,
        ProgType::TRACEPOINT,
        ProgType::RAW_TRACEPOINT,
        ProgType::RAW_TRACEPOINT_WRITABLE,
        ProgType::TRACING,
        ProgType::LSM,
        ProgType::STRUCT_OPS,
        ProgType::SYSCALL,
        ProgType::NETFILTER,
        ProgType::LIRC_MODE2,
    ];
    !plain.contains(&prog_type) && prog_type.name() != Some("CGROUP_DEVICE")
}

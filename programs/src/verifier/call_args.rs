//! Arguments at calls of the program's own functions, compared with what their BTF says.
//!
//! Key function: [`Verifier::check_call_args`]. Neighbours: `function_args` reads the BTF; `call` asks. Modelled after
//! kernel/bpf/verifier.c:btf_check_func_arg_match (5.10, 6.1: btf.c). Static functions have no arguments of their own here: a mismatch
//! never refuses a program.

use sim::errno::Errno;

use super::dynptr::{DynptrUse, Source};
use super::function_args::{Arg, MAX_ARGS};
use super::names::type_name;
use super::reg::{BtfSource, Flags, Kind as RegKind};
use super::stop::{Checked, Stop, invalid, no_access, refuse};
use super::verify::Verifier;
use crate::profile::KernelVersion;
use crate::profile::argument::{ArgBase, Argument};

impl Verifier<'_> {
    /// Arguments at a call (`btf_check_subprog_call`). Only for global functions a mismatch is an error.
    pub(super) fn check_call_args(&mut self, subprog: usize, global: bool) -> Checked {
        self.check_stack_args(subprog)?;
        if !global {
            return Ok(());
        }
        // The kernel's log goes on with "Caller passes invalid args into func"; what is wrong with them says more.
        let args = self.function_args(subprog)?;
        self.check_args(&args, subprog)
    }

    /// 7.2 passes arguments beyond five on the stack, also for functions from which the compiler took the ones it could do without
    /// (`check_outgoing_stack_args`). No instruction modelled here stores one.
    fn check_stack_args(&self, subprog: usize) -> Checked {
        let proto = self.function_type(subprog).filter(|_| self.input.has_func_info);
        match proto.map(|(_, _, proto)| proto.params().len()) {
            Some(count) if self.version() == KernelVersion::V7_2 && count > MAX_ARGS => {
                let text = format!("callee expects {count} args, stack arg1 is not initialized");
                refuse(Errno::EFAULT, text)
            }
            _ => Ok(()),
        }
    }

    fn check_args(&mut self, args: &[Arg], subprog: usize) -> Checked {
        for (index, arg) in args.iter().enumerate() {
            self.check_arg(index as u8 + 1, *arg, subprog)?;
        }
        Ok(())
    }

    fn check_arg(&mut self, regno: u8, arg: Arg, subprog: usize) -> Checked {
        let reg = *self.reg(regno);
        let late = self.version() == KernelVersion::V7_2;
        let named = if late { format!("R{regno}") } else { format!("arg#{}", regno - 1) };
        match arg {
            Arg::Number if !reg.is_scalar() => invalid(format!("R{regno} is not a scalar")),
            Arg::Number | Arg::UntrustedMemory | Arg::Kernel { untrusted: true, .. } => Ok(()),
            Arg::Context => self.check_context_arg(regno, &named),
            Arg::Arena if reg.kind == RegKind::Arena || reg.is_scalar() => Ok(()),
            Arg::Arena => invalid(format!("R{regno} is not a pointer to arena or scalar.")),
            Arg::Memory { size, nullable } => {
                self.offset_first(regno, ArgBase::Anything)?;
                as_invalid(self.memory_argument(regno, size))?;
                let slice = reg.is_packet_or_end() || reg.flags.has(Flags::PACKET_SLICE);
                if late && slice && self.info[subprog].changes_packet {
                    let text =
                        format!("{named} is a packet pointer, but func#{subprog} may change packet data");
                    return invalid(text);
                }
                let null = reg.may_be_null() || (late && reg.is_null());
                if !nullable && null {
                    invalid(format!("{named} is expected to be non-NULL"))
                } else {
                    Ok(())
                }
            }
            Arg::Dynptr => {
                let fresh = Source::Fresh { owner: 0 };
                self.check_arg_offset(regno, &Argument::plain(ArgBase::Dynptr, false))?;
                self.dynptr_argument(self.path.insn, regno, DynptrUse::Read, fresh).map(|_| ())
            }
            Arg::Kernel { id, nullable, .. } => {
                if nullable && reg.is_null() {
                    return Ok(());
                }
                self.check_kernel_arg(regno, id, nullable)
            }
        }
    }

    /// An object of the kernel (`__arg_trusted`): `check_reg_type` and `check_func_arg_reg_off` with the argument's own structure.
    fn check_kernel_arg(&mut self, regno: u8, id: u32, nullable: bool) -> Checked {
        let reg = *self.reg(regno);
        let version = self.version();
        let flags = if nullable { reg.flags.without(Flags::MAYBE_NULL) } else { reg.flags };
        let fits = [Flags::NONE, Flags::TRUSTED, Flags::RCU].contains(&flags);
        let RegKind::Btf { btf, id: found } = reg.kind else { return self.no_kernel_object(regno) };
        if !fits {
            return self.no_kernel_object(regno);
        }
        if version == KernelVersion::V7_2 {
            self.check_object_offset(&reg, regno, true)?;
        }
        let off = reg.known_offset().unwrap_or(0);
        if !self.structure_matches((btf, found), off, (BtfSource::Kernel, id), false) {
            let (is, wanted) =
                (self.structure_name((btf, found)), self.structure_name((BtfSource::Kernel, id)));
            return no_access(format!("R{regno} is of type {is} but {wanted} is expected"));
        }
        self.check_arg_offset(regno, &Argument::plain(ArgBase::BtfId, false))
    }

    fn no_kernel_object(&self, regno: u8) -> Checked {
        let name = type_name(self.version(), self.reg(regno));
        no_access(format!("R{regno} type={name} expected=ptr_, trusted_ptr_, rcu_ptr_"))
    }

    /// `check_func_arg_reg_off` before the kind of the pointer is looked at. A register that holds nothing, as the compiler leaves it
    /// where a function does not use its argument, is at no known offset.
    fn offset_first(&self, regno: u8, base: ArgBase) -> Checked {
        if self.version() == KernelVersion::V5_10 {
            return Ok(());
        }
        self.check_arg_offset(regno, &Argument::plain(base, false))
    }

    fn check_context_arg(&mut self, regno: u8, named: &str) -> Checked {
        let version = self.version();
        let late = version == KernelVersion::V7_2;
        self.offset_first(regno, if late { ArgBase::Ctx } else { ArgBase::Anything })?;
        let early = version <= KernelVersion::V6_1;
        if self.reg(regno).kind != RegKind::Ctx {
            let text = if early { "expected pointer to ctx, but got PTR" } else { "expects pointer to ctx" };
            return invalid(format!("{named} {text}"));
        }
        let offset = self.check_pointer_offset(regno);
        if version == KernelVersion::V5_10 { as_invalid(offset) } else { offset }
    }
}

/// Whatever is wrong, the caller's answer is -EINVAL.
fn as_invalid(checked: Checked) -> Checked {
    checked.map_err(|stop| match stop {
        Stop::Refused(refused) => Stop::Refused(crate::gate::Rejection { errno: Errno::EINVAL, ..refused }),
        other => other,
    })
}

//! Memory that kfuncs get: buffers, constant strings, and fields of map values.
//!
//! Neighbours: `args` sends arguments here; `helper` checks accesses by calls. Modelled after kernel/bpf/verifier.c:check_kfunc_args and
//! check_map_field_pointer (6.12: process_wq_func).

use super::class::is_constant_size;
use super::types::Pointee;
use super::{Call, Found};
use crate::gate::Rejection;
use crate::object::SpecialKind;
use crate::profile::KernelVersion;
use crate::verifier::memory::field_name;
use crate::verifier::reg::{Kind, Reg};
use crate::verifier::stack_objects::argument;
use crate::verifier::stop::{Checked, Stop, invalid, refuse};
use crate::verifier::verify::Verifier;
use sim::errno::Errno;

impl Verifier<'_> {
    pub(super) fn memory_arg(&mut self, regno: u8, to: &Pointee<'_>) -> Checked {
        let Some(size) = self.facts.kernel.size_of(to.id) else {
            let (name, word, target) = (argument(self.version(), regno), to.word(), to.name);
            return invalid(format!(
                "{name} reference type('{word} {target}') size cannot be determined: -22"
            ));
        };
        self.memory_argument(regno, u32::try_from(size).unwrap_or(u32::MAX))
    }

    pub(super) fn sized_memory_arg(&mut self, call: &Call, index: usize, found: &mut Found) -> Checked {
        let regno = index as u8 + 1;
        let late = self.version() == KernelVersion::V7_2;
        let optional = if late { "__nullable" } else { "__opt" };
        let left_out = self.reg(regno).is_null() && super::class::has_suffix(&call.params[index], optional);
        if !left_out {
            let text = if late {
                format!("R{regno} and R{} memory, len pair leads to invalid memory access", regno + 1)
            } else {
                format!("arg#{index} arg#{} memory, len pair leads to invalid memory access", index + 1)
            };
            self.kfunc_memory_and_size(regno, regno + 1).map_err(|stop| with_message(stop, text))?;
        }
        let size = *self.reg(regno + 1);
        if is_constant_size(self.facts.kernel, call.params.get(index + 1), &size) {
            let Some(value) = size.known() else {
                return invalid(format!("R{} must be a known constant", regno + 1));
            };
            found.constant = Some(value);
        }
        Ok(())
    }

    pub(super) fn const_text_arg(&mut self, regno: u8) -> Checked {
        let reg = *self.reg(regno);
        if !is_plain_map_value(&reg) {
            let name = argument(self.version(), regno);
            return invalid(format!("{name} doesn't point to a const string"));
        }
        self.check_const_string(regno)
    }

    /// A field of a map value: work queue, timer or task work.
    pub(super) fn map_field_arg(&mut self, regno: u8, kind: SpecialKind, found: &mut Found) -> Checked {
        let reg = *self.reg(regno);
        let (Kind::MapValue { map, uid }, true) = (reg.kind, is_plain_map_value(&reg)) else {
            let name = argument(self.version(), regno);
            return invalid(format!("{name} doesn't point to a map value"));
        };
        let facts = self.facts.map(map);
        let late = self.version() == KernelVersion::V7_2;
        let what = field_name(kind);
        let field = facts.field(kind).map(|field| i64::from(field.offset));
        if late {
            if reg.num.known().is_none() {
                return invalid(format!(
                    "R{regno} doesn't have constant offset. {what} has to be at the constant offset"
                ));
            }
            if facts.value_type == crate::btf::TypeId::VOID {
                let name = &facts.name;
                return invalid(format!("map '{name}' has to have BTF in order to use {what}"));
            }
            if field.is_none() {
                return invalid(format!("map '{}' has no valid {what}", facts.name));
            }
        }
        let at = i64::from(reg.off) + reg.num.var_off().value as i64;
        if field != Some(at) {
            let field = field.unwrap_or(-22);
            return invalid(format!("off {at} doesn't point to 'struct {what}' that is at {field}"));
        }
        if found.map.is_some() && late {
            return refuse(Errno::EFAULT, format!("Two map pointers in a {what} helper"));
        }
        found.map = Some((map, uid));
        Ok(())
    }
}

fn is_plain_map_value(reg: &Reg) -> bool {
    matches!(reg.kind, Kind::MapValue { .. }) && reg.flags == crate::verifier::reg::Flags::NONE
}

/// The refusal with the line that comes after it in the log.
pub(super) fn with_message(stop: Stop, message: String) -> Stop {
    match stop {
        Stop::Refused(refused) => Stop::Refused(Rejection { message, ..refused }),
        other => other,
    }
}

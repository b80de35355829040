//! Registers as the logs of 5.10 and 6.1 print them: `R1=ctx(id=0,off=0,imm=0)` and `R1=ctx(off=0,imm=0)`.
//!
//! Key functions: [`reg_text`], [`spill_text`]. Neighbour: `print`, which has the form of later kernels. Modelled after
//! kernel/bpf/verifier.c:print_verifier_state.

use super::names::type_name;
use super::print::StateNames;
use super::reg::{Flags, Kind, Reg};
use super::scalar::Scalar;
use crate::profile::KernelVersion;

/// One register.
pub(super) fn reg_text(version: KernelVersion, reg: &Reg, names: &dyn StateNames) -> String {
    let bits = reg.num.var_off();
    let stack = matches!(reg.kind, Kind::Stack { .. });
    if (reg.is_scalar() || stack) && bits.is_const() {
        let value = (bits.value as i64).wrapping_add(if stack { reg.off.into() } else { 0 });
        return format!("{}{value}", head(version, reg));
    }
    let pointee = match reg.kind {
        Kind::Btf { btf, id } => names.btf(btf, id),
        _ => String::new(),
    };
    // 6.1 leaves the type's name away only where a number follows it.
    let name = match version {
        KernelVersion::V5_10 => head(version, reg),
        _ => format!("{}{}", precise(reg), type_name(version, reg)),
    };
    format!("{name}{pointee}({})", parts(version, reg, names).join(","))
}

/// A register that lies on the stack: without its ranges.
pub(super) fn spill_text(version: KernelVersion, reg: &Reg) -> String {
    let bits = reg.num.var_off();
    let value =
        if reg.is_scalar() && bits.is_const() { (bits.value as i64).to_string() } else { String::new() };
    format!("{}{value}", head(version, reg))
}

fn precise(reg: &Reg) -> &'static str {
    if reg.is_scalar() && reg.precise { "P" } else { "" }
}

/// Type and mark before a number: 5.10 has a name for numbers, too.
fn head(version: KernelVersion, reg: &Reg) -> String {
    match version {
        KernelVersion::V5_10 => format!("{}{}", type_name(version, reg), precise(reg)),
        _ if reg.is_scalar() => precise(reg).to_owned(),
        _ => type_name(version, reg).to_string(),
    }
}

fn parts(version: KernelVersion, reg: &Reg, names: &dyn StateNames) -> Vec<String> {
    let oldest = version == KernelVersion::V5_10;
    let mut parts = Vec::new();
    if oldest || reg.id != 0 {
        parts.push(format!("id={}", reg.id));
    }
    let counted = match reg.kind {
        Kind::Socket | Kind::TcpSock | Kind::Mem { .. } => true,
        Kind::Btf { .. } => !oldest && !reg.flags.has(Flags::PERCPU),
        _ => false,
    };
    if counted && (oldest || reg.ref_id != 0) {
        parts.push(format!("ref_obj_id={}", reg.ref_id));
    }
    if !reg.is_scalar() {
        parts.push(format!("off={}", reg.off));
    }
    match reg.kind {
        Kind::Packet { range } | Kind::PacketMeta { range } => parts.push(format!("r={range}")),
        Kind::MapPtr { map, .. } | Kind::MapValue { map, .. } | Kind::MapKey { map } => {
            parts.extend(names.map(map).map(|(_, key, value)| format!("ks={key},vs={value}")));
        }
        _ => {}
    }
    let bits = reg.num.var_off();
    if bits.is_const() {
        parts.push(format!("imm={:x}", bits.value));
    } else {
        ranges(if oldest { "_value" } else { "" }, &reg.num, &mut parts);
    }
    parts
}

/// Bounds that say something; `suffix` stands behind each name.
fn ranges(suffix: &str, num: &Scalar, parts: &mut Vec<String>) {
    let (umin32, umax32, smin32, smax32) = num.low();
    let (smin, smax, umin, umax) = (num.smin(), num.smax(), num.umin(), num.umax());
    let mut bound = |said: bool, name: &str, value: String| {
        if said {
            parts.push(format!("{name}{suffix}={value}"));
        }
    };
    bound(smin as u64 != umin && smin != i64::MIN, "smin", smin.to_string());
    bound(smax as u64 != umax && smax != i64::MAX, "smax", smax.to_string());
    bound(umin != 0, "umin", umin.to_string());
    bound(umax != u64::MAX, "umax", umax.to_string());
    let bits = num.var_off();
    if !bits.is_unknown() {
        parts.push(format!("var_off=({:#x}; {:#x})", bits.value, bits.mask));
    }
    let mut bound = |said: bool, name: &str, value: i32| {
        if said {
            parts.push(format!("{name}{suffix}={value}"));
        }
    };
    bound(i64::from(smin32) != smin && smin32 != i32::MIN, "s32_min", smin32);
    bound(i64::from(smax32) != smax && smax32 != i32::MAX, "s32_max", smax32);
    bound(u64::from(umin32) != umin && umin32 != 0, "u32_min", umin32 as i32);
    bound(u64::from(umax32) != umax && umax32 != u32::MAX, "u32_max", umax32 as i32);
}

#[cfg(test)]
mod tests {
    use super::super::reg::{BtfSource, MapRef};
    use super::super::scalar::Numbers;
    use super::*;

    struct Nameless;

    impl StateNames for Nameless {
        fn map(&self, _: MapRef) -> Option<(String, u32, u32)> {
            Some(("m".to_owned(), 4, 32))
        }

        fn btf(&self, _: BtfSource, id: u32) -> String {
            format!("type{id}")
        }
    }

    #[test]
    fn registers_print_as_in_the_logs_of_old_kernels() {
        use KernelVersion::{V5_10, V6_1};
        let text = |version, reg: &Reg| reg_text(version, reg, &Nameless);
        let n = Numbers::V6_12;
        assert_eq!(text(V5_10, &Reg::constant(70000, n)), "inv70000");
        assert_eq!(text(V6_1, &Reg::constant(70000, n)), "70000");
        let context = Reg::pointer(Kind::Ctx, Flags::NONE, n);
        assert_eq!(text(V5_10, &context), "ctx(id=0,off=0,imm=0)");
        assert_eq!(text(V6_1, &context), "ctx(off=0,imm=0)");
        let mut value = Reg::pointer(Kind::MapValue { map: MapRef::Outer(0), uid: 0 }, Flags::MAYBE_NULL, n);
        value.id = 1;
        assert_eq!(text(V5_10, &value), "map_value_or_null(id=1,off=0,ks=4,vs=32,imm=0)");
        let mut word = Reg::unknown(n);
        word.num.truncate(4, n);
        assert_eq!(text(V5_10, &word), "inv(id=0,umax_value=4294967295,var_off=(0x0; 0xffffffff))");
        assert_eq!(text(V6_1, &word), "scalar(umax=4294967295,var_off=(0x0; 0xffffffff))");
        assert_eq!(text(V6_1, &Reg::pointer(Kind::Stack { frame: 0 }, Flags::NONE, n)), "fp0");
    }
}

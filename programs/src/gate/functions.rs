//! Function boundaries and kfunc descriptors: what the verifier learns before it runs the program
//! (verifier.c:add_subprog_and_kfunc, check_subprogs, check_btf_info). Control flow is in `flow`.

use std::collections::BTreeSet;

use sim::errno::Errno;

use super::input::{GateInput, Rejection, Stage};
use crate::isa::Insn;
use crate::isa::table::{class, special};
use crate::object::{ExceptionCallback, number_behind};
use crate::profile::kfunc::Kfunc;
use crate::profile::{KernelVersion, Profile, message};

/// `BPF_MAX_SUBPROGS`.
pub const MAX_SUBPROGS: usize = 256;
/// No kernel has so many types.
const FAR: i32 = 1 << 24;
pub(super) const PSEUDO_CALL: u8 = 1;
pub(super) const PSEUDO_KFUNC: u8 = 2;
pub(super) const PSEUDO_FUNC: u8 = 4;

fn refuse<T>(stage: Stage, errno: Errno, text: String) -> Result<T, Rejection> {
    Err(Rejection::new(stage, errno, text))
}

pub(super) fn is_call(insn: &Insn) -> bool {
    insn.code == class::JMP | special::CALL
}

pub(super) fn is_exit(insn: &Insn) -> bool {
    insn.code == class::JMP | special::EXIT
}

/// The instruction that a call or function address at `at` refers to.
pub(super) fn callee(insns: &[Insn], at: usize) -> Option<usize> {
    let insn = &insns[at];
    let refers =
        (is_call(insn) && insn.src == PSEUDO_CALL) || (insn.is_load_imm64() && insn.src == PSEUDO_FUNC);
    let to = (at as i64) + 1 + i64::from(insn.imm);
    refers.then(|| usize::try_from(to).unwrap_or(usize::MAX))
}

/// Where a jump at `at` goes; `None` for instructions that do not jump.
pub(super) fn jump_target(insns: &[Insn], at: usize) -> Option<i64> {
    let insn = &insns[at];
    let kind = insn.code & 7;
    if kind != class::JMP && kind != class::JMP32 || is_call(insn) || is_exit(insn) {
        return None;
    }
    let long = insn.code == class::JMP32 | special::JA;
    let indirect = insn.code == class::JMP | special::JA | special::X;
    let distance = if long { i64::from(insn.imm) } else { i64::from(insn.off) };
    (!indirect).then_some(at as i64 + 1 + distance)
}

/// Starts of the functions the kernel knows of, in order. 5.10 counts only call targets.
pub(crate) fn starts(profile: &Profile, input: &GateInput) -> Result<Vec<usize>, Rejection> {
    let version = profile.version;
    let mut starts = BTreeSet::from([0]);
    let mut at = 0;
    while at < input.insns.len() {
        let insn = &input.insns[at];
        if is_call(insn) && insn.src == PSEUDO_KFUNC && version != KernelVersion::V5_10 {
            kernel_function(profile, input, insn).map_err(|rejection| rejection.at(at))?;
        }
        let counted = is_call(insn) || version != KernelVersion::V5_10;
        if let Some(to) = callee(&input.insns, at).filter(|_| counted) {
            if to >= input.insns.len() {
                let text = message(version, "call_destination", &[]);
                return Err(Rejection::new(Stage::Functions, Errno::EINVAL, text).at(at));
            }
            starts.insert(to);
        }
        if starts.len() > MAX_SUBPROGS {
            return refuse(Stage::Functions, Errno::E2BIG, message(version, "too_many_subprograms", &[]));
        }
        at += if insn.is_load_imm64() { 2 } else { 1 };
    }
    if version >= KernelVersion::V6_12 && input.has_func_info {
        match input.exception_callback {
            ExceptionCallback::Default => {}
            ExceptionCallback::At(start) => {
                starts.insert(start);
            }
            ExceptionCallback::Several => {
                let text = "multiple exception callback tags for main subprog".to_string();
                return refuse(Stage::Functions, Errno::EEXIST, text);
            }
        }
    }
    Ok(starts.into_iter().collect())
}

/// What add_kfunc_call says to a call. There is no table of modules for those that name a kernel function by number.
fn kernel_function(profile: &Profile, input: &GateInput, call: &Insn) -> Result<(), Rejection> {
    let version = profile.version;
    let by_number = call.imm < 0;
    if !input.gpl && (by_number || resolves(profile, input, call)) {
        return refuse(Stage::Functions, Errno::EINVAL, message(version, "kfunc_gpl", &[]));
    }
    if named_kfunc(profile, input, call).is_some_and(|kfunc| kfunc.name.starts_with(DEVICE_KFUNCS)) {
        let text = "metadata kfuncs require device-bound program".into();
        return refuse(Stage::Functions, Errno::EINVAL, text);
    }
    let id = if by_number { number_behind(call.imm) } else { call.imm };
    if id > FAR && call.off == 0 {
        return refuse(Stage::Functions, Errno::EINVAL, format!("kernel btf_id {id} is not a function"));
    }
    if !by_number || call.off == 0 {
        return Ok(());
    }
    if version == KernelVersion::V7_2 && id <= 0 {
        let text = format!("invalid kernel function btf_id {id}");
        return refuse(Stage::Functions, Errno::EINVAL, text);
    }
    let errno = if call.off < 0 { Errno::EINVAL } else { Errno::EPROTO };
    refuse(Stage::Functions, errno, "failed to find BTF for kernel function".into())
}

/// Kfuncs that ask a network device (`XDP_METADATA_KFUNC_xxx`): for programs that were loaded for one, which no section name does
/// (`bpf_dev_bound_kfunc_check`).
const DEVICE_KFUNCS: &str = "bpf_xdp_metadata_rx_";

/// Whether the loader could resolve the kfunc of a call; it replaces the others by an invalid helper call.
pub(super) fn resolves(profile: &Profile, input: &GateInput, call: &Insn) -> bool {
    named_kfunc(profile, input, call).is_some()
}

/// The kfunc of a call by name, if this kernel has it.
fn named_kfunc(profile: &Profile, input: &GateInput, call: &Insn) -> Option<&'static Kfunc> {
    let kfunc = usize::try_from(call.imm).ok().and_then(|index| input.kfuncs.get(index))?;
    kfunc.found(profile)
}

/// Jumps stay inside their function, functions end, and the BTF tells of as many functions as there are.
pub(super) fn boundaries(profile: &Profile, input: &GateInput, starts: &[usize]) -> Result<(), Rejection> {
    let version = profile.version;
    for (index, start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).copied().unwrap_or(input.insns.len());
        for at in *start..end {
            let inside = |to: i64| (*start as i64..end as i64).contains(&to);
            let insn = &input.insns[at];
            // Before jumps had long distances, each was in the same field.
            let unknown = version == KernelVersion::V5_10 && insn.code == class::JMP32 | special::JA;
            let near = unknown.then(|| at as i64 + 1 + i64::from(insn.off));
            if let Some(to) = near.or_else(|| jump_target(&input.insns, at)).filter(|to| !inside(*to)) {
                let text = message(version, "jump_out_of_range", &[&at.to_string(), &to.to_string()]);
                return Err(Rejection::new(Stage::Functions, Errno::EINVAL, text).at(at));
            }
        }
        if end > *start && !ends_function(version, &input.insns[end - 1]) {
            let text = message(version, "last_insn", &[]);
            return Err(Rejection::new(Stage::Functions, Errno::EINVAL, text).at(end - 1));
        }
    }
    if input.has_func_info && input.functions.len() != starts.len() {
        return refuse(Stage::Functions, Errno::EINVAL, message(version, "func_info_count", &[]));
    }
    Ok(())
}

fn ends_function(version: KernelVersion, insn: &Insn) -> bool {
    let jump = class::JMP | special::JA;
    let long = class::JMP32 | special::JA;
    let indirect = jump | special::X;
    let late = version >= KernelVersion::V6_1;
    is_exit(insn)
        || insn.code == jump
        || (late && insn.code == long)
        || (version == KernelVersion::V7_2 && insn.code == indirect)
}

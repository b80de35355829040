//! The load gate: everything a kernel decides about a program without following its registers.
//!
//! [`check`] runs the stages in the order of the version and stops at the first refusal, in the kernel's words:
//! loader (maps can be created, targets exist), system call, functions, then attach target and maps (5.10, 6.1: target
//! first; 6.12, 7.2: maps and control flow first), then the walk to helper and kfunc calls. What needs registers,
//! ranges, references or regions is the verifier's; an acceptance here says so by its [`Scope`]. The verifier starts
//! from [`before_verification`] and asks [`check_helper`] and [`check_kfunc`] at each call.
//!
//! [`attach_gate`] holds the rules of attaching; [`takes`] asks both for a section alone. Facts come from `profile`, programs from `object`.

mod attach;
mod calls;
mod creation;
mod fields;
mod flow;
mod from_object;
mod functions;
mod input;
mod map_types;
mod maps;
mod records;
mod summary;
mod syscall_checks;
mod taken;
mod target;
#[cfg(test)]
mod tests;
mod types_taken;
mod values;
mod walk;

pub use attach::{AttachRefusal, AttachSite, attach_gate, default_site, max_trampoline_programs};
pub use calls::{POISONED_KFUNC_BASE, SleepContext, check_helper, check_kfunc};
pub(crate) use creation::special_field;
pub use creation::{map_def, map_rules};
pub use fields::check as check_fields;
pub use fields::is_stack_arg;
pub use fields::when_followed as check_operand;
pub use from_object::is_gpl_compatible;
pub use functions::MAX_SUBPROGS;
pub(crate) use functions::starts as function_starts;
pub use input::{
    GateFunction, GateInput, GateKfunc, GateMap, KernelNames, MapFields, Rejection, Scope, Stage, Verdict,
};
pub(crate) use map_types::ObjectTypes;
pub use maps::{BPF_F_NO_PREALLOC, MAX_USED_MAPS, compatible as check_map};
pub(crate) use records::Field;
pub(crate) use summary::sleeping_functions;
pub use syscall_checks::MAX_INSNS;
pub use syscall_checks::{has_target, lacks_target, target_listed};
pub use taken::{takes, takes_somewhere};
pub use target::takes_structure;

use crate::profile::{KernelVersion, Profile, ProgType};
use walk::Stop;

/// Decides a load as far as the gate can. `names` is the kernel's BTF, if there is one.
pub fn check(profile: &Profile, input: &GateInput, names: Option<&dyn KernelNames>) -> Verdict {
    let decided = before_verification(profile, input, names).map_err(Stop::Refused);
    match decided.and_then(|()| walk::check(profile, input)) {
        Err(Stop::Refused(rejection)) => Verdict::Reject(rejection),
        Err(Stop::TooLong) => Verdict::Unknown { what: "the program has too many paths for the gate".into() },
        Ok(()) if input.kind.prog_type == ProgType::EXT => Verdict::Unknown {
            what: "freplace programs take their rules from the program they replace".into(),
        },
        Ok(()) => Verdict::Accept { scope: Scope::Gate },
    }
}

/// The stages before the verifier follows the program; their refusals are final.
///
/// # Errors
/// The first refusal in the kernel's order.
pub fn before_verification(
    profile: &Profile,
    input: &GateInput,
    names: Option<&dyn KernelNames>,
) -> Result<(), Rejection> {
    syscall_checks::loader(profile, input, names)?;
    syscall_checks::syscall(profile, input)?;
    let starts = functions::starts(profile, input)?;
    functions::boundaries(profile, input, &starts)?;
    if profile.version <= KernelVersion::V6_1 {
        target::check(profile, input, names)?;
        maps::check(profile, input)?;
        flow::check(profile, input)
    } else {
        maps::check(profile, input)?;
        flow::check(profile, input)?;
        target::check(profile, input, names)?;
        flow::recursion(profile, input)
    }
}

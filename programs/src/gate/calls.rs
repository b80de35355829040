//! Calls: may this program call this helper or kfunc (verifier.c:check_helper_call, check_kfunc_call)?
//!
//! The checks here come before any look at registers, so the verifier uses them unchanged; it adds the regions
//! (RCU, preemption, locks) by passing its own description of the context.

use sim::errno::Errno;

use super::input::{GateInput, Rejection, Stage};
use crate::profile::helper::{Availability, Helper, HelperProto, helper_print_name, max_helper_id};
use crate::profile::kfunc::{Kfunc, KfuncAccess};
use crate::profile::{KernelVersion, Profile, ProgramKind, message};

/// First of the helper ids that a loader puts into calls of kfuncs it could not resolve.
pub const POISONED_KFUNC_BASE: i32 = 2_002_000_000;

/// May code sleep at a call? The verifier says more than yes or no; so does the 7.2 message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SleepContext {
    /// It may.
    Sleepable,
    /// It may not, because of how the program is run.
    NonSleepable,
}

fn refuse<T>(errno: Errno, text: String) -> Result<T, Rejection> {
    Err(Rejection::new(Stage::Instructions, errno, text))
}

/// Checks a helper call up to the point where arguments are looked at. Gives the prototype, or `None` when it depends
/// on something that is not modelled.
///
/// # Errors
/// `EINVAL` in the words of the version: unknown id, not for this program type, licence, `allowed` callback, sleeping.
pub fn check_helper(
    profile: &Profile,
    kind: &ProgramKind,
    gpl: bool,
    context: SleepContext,
    id: i32,
) -> Result<Option<&'static HelperProto>, Rejection> {
    let version = profile.version;
    let words = |key: &str, args: &[&str]| refuse(Errno::EINVAL, message(version, key, args));
    let number = id.to_string();
    let Some(known) = u32::try_from(id).ok().filter(|id| *id < max_helper_id(version)) else {
        let refusal = words("helper_invalid", &["unknown", &number]);
        let by_loader = id >= POISONED_KFUNC_BASE;
        return refusal.map_err(|refused| {
            if by_loader { Rejection { stage: Stage::Loader, ..refused } } else { refused }
        });
    };
    let name = helper_print_name(version, known);
    let availability = match Helper::from_id(known) {
        Some(helper) if helper.exists(version) => helper.availability(profile, kind),
        _ => Availability::NoProto,
    };
    let proto = match availability {
        Availability::Proto(proto) => proto,
        Availability::NoProto => return words("helper_unavailable", &[name, &number]),
        Availability::Unknown => return Ok(None),
    };
    if proto.gpl_only && !gpl {
        return words("helper_gpl", &[]);
    }
    if proto.allowed.is_some_and(|allowed| !allowed.passes(profile, kind)) {
        return words("helper_not_allowed", &[]);
    }
    if proto.might_sleep && context == SleepContext::NonSleepable {
        let args: &[&str] = if version == KernelVersion::V7_2 { &[name, &number] } else { &[] };
        return words("helper_might_sleep", args);
    }
    Ok(Some(proto))
}

/// Checks a kfunc call: registered for the program type, and sleeping only where that is allowed. 6.1 looks at the
/// arguments before it asks about sleeping; here both versions ask in the same order.
///
/// # Errors
/// `EACCES`, or `EINVAL` for a sleeping kfunc in 6.1.
pub fn check_kfunc(
    profile: &Profile,
    kind: &ProgramKind,
    context: SleepContext,
    kfunc: &Kfunc,
) -> Result<(), Rejection> {
    let version = profile.version;
    if kfunc.access(version, kind) == KfuncAccess::Denied {
        return refuse(Errno::EACCES, message(version, "kfunc_not_allowed", &[kfunc.name]));
    }
    if kfunc_may_sleep(version, kfunc) && context == SleepContext::NonSleepable {
        let errno = if version == KernelVersion::V6_1 { Errno::EINVAL } else { Errno::EACCES };
        return refuse(errno, message(version, "kfunc_sleepable", &[kfunc.name]));
    }
    Ok(())
}

/// Whether the verifier treats the kfunc as sleeping. 7.2 swaps the arena kfuncs for variants that do not sleep when
/// the call site may not (fixups.c), so they count as not sleeping there.
fn kfunc_may_sleep(version: KernelVersion, kfunc: &Kfunc) -> bool {
    let arena = ["bpf_arena_alloc_pages", "bpf_arena_free_pages", "bpf_arena_reserve_pages"];
    kfunc.sleepable() && !(version == KernelVersion::V7_2 && arena.contains(&kfunc.name))
}

/// The kfunc a call instruction names, or what the loader made of it when this kernel lacks it: a helper id that no
/// kernel knows.
pub(super) fn resolve_kfunc(
    profile: &Profile,
    input: &GateInput,
    index: i32,
) -> Result<Option<&'static Kfunc>, Rejection> {
    let Some(named) = usize::try_from(index).ok().and_then(|index| input.kfuncs.get(index)) else {
        return Ok(None);
    };
    match named.found(profile) {
        Some(kfunc) => Ok(Some(kfunc)),
        None => {
            let id = POISONED_KFUNC_BASE + named.extern_index as i32;
            let text = message(profile.version, "helper_invalid", &["unknown", &id.to_string()]);
            Err(Rejection::new(Stage::Loader, Errno::EINVAL, text))
        }
    }
}

/// Whether a call might sleep, wherever it stands (7.2's summary per function, cfg.c:mark_subprog_might_sleep).
pub(super) fn call_might_sleep(profile: &Profile, input: &GateInput, src: u8, imm: i32) -> bool {
    match src {
        0 => {
            let helper = u32::try_from(imm).ok().and_then(Helper::from_id);
            let availability = helper.map(|helper| helper.availability(profile, &input.kind));
            matches!(availability, Some(Availability::Proto(proto)) if proto.might_sleep)
        }
        2 => {
            let kfunc = resolve_kfunc(profile, input, imm).ok().flatten();
            kfunc.is_some_and(|kfunc| kfunc_may_sleep(profile.version, kfunc))
        }
        _ => false,
    }
}

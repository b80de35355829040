//! Functions of a program that somebody calls later or from another place: who, and what may be done in them.
//!
//! Key items: [`Callback`], [`runs_in`]. Neighbour: `help` asks when sleeping was refused.

use programs::profile::{Profile, ProgramKind};
use programs::verifier::state::Role;

use super::listing::Listing;
use super::since;
use super::watch::Seen;

/// `BPF_PSEUDO_FUNC`: a load of a function's address.
const FUNCTION: u8 = 4;

const TIMER: &str = "bpf_timer_set_callback";

/// A function that a helper or kfunc was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callback {
    /// The helper or kfunc.
    pub by: String,
    /// It runs after that call has returned, from an interrupt.
    pub later: bool,
}

/// What runs later where it may sleep: kfuncs, one of which tells of it, and how it is used.
const WORKERS: &[(&[&str], &str)] = &[
    (
        &["bpf_wq_set_callback_impl", "bpf_wq_set_callback"],
        "a work queue (`bpf_wq_init`, `bpf_wq_set_callback`, `bpf_wq_start`)",
    ),
    (
        &["bpf_task_work_schedule_signal_impl", "bpf_task_work_schedule_signal"],
        "task work (`bpf_task_work_schedule_signal`)",
    ),
];

impl Callback {
    /// Where to call `callee`, which may sleep, instead.
    pub fn help(&self, profile: &Profile, kind: &ProgramKind, callee: &str) -> Vec<String> {
        if !self.later {
            let text = "the function that `{}` calls may sleep only where the program may, and never under a lock: collect there what is \
                        needed, and sleep behind the call";
            return vec![text.replace("{}", &self.by)];
        }
        let mut lines = vec![format!(
            "`{}` has its function called from an interrupt: it cannot sleep, whatever the program may do (6.1 and 6.12 do not notice it in sleepable programs)",
            self.by
        )];
        for (kfuncs, what) in WORKERS {
            let offers = since::versions(|version| {
                let profile = since::on(profile, version);
                let worker = kfuncs.iter().any(|kfunc| since::offered(&profile, kfunc, kind));
                worker && since::offered(&profile, callee, kind)
            });
            lines.extend(
                since::since(&offers)
                    .map(|since| format!("{what} calls a function that may call `{callee}`, {since}")),
            );
        }
        lines
    }
}

/// What calls the function that the path ends in; `None` when the program calls it itself.
pub(super) fn runs_in(listing: &Listing<'_>, path: &[usize], seen: &Seen) -> Option<Callback> {
    let state = seen.state(path.len().checked_sub(1)?)?;
    let frame = state.frames.iter().rev().find(|frame| frame.role != Role::Plain)?;
    match frame.role {
        Role::Plain | Role::ExceptionCallback => None,
        Role::Callback => Some(Callback { by: listing.callee(frame.callsite?)?, later: false }),
        Role::AsyncCallback => {
            // Work queues and task work run in a process.
            let by = given_to(listing, listing.program.function_of(path[0])?.start)?;
            (by == TIMER).then_some(Callback { by, later: true })
        }
    }
}

/// The first call behind a load of a function's address.
fn given_to(listing: &Listing<'_>, start: usize) -> Option<String> {
    let insns = &listing.program.insns;
    let target = |at: usize| usize::try_from(at as i64 + 1 + i64::from(insns[at].imm)).ok();
    let loads =
        |at: &usize| insns[*at].is_load_imm64() && insns[*at].src == FUNCTION && target(*at) == Some(start);
    let load = (0..insns.len()).find(loads)?;
    (load..insns.len()).find_map(|at| listing.callee(at))
}

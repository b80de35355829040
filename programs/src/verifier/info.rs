//! What is known about each function of a program before or beside following it.
//!
//! Key types: [`Info`]. Neighbours: `call` and `stack_depth` read it. Modelled after kernel/bpf/verifier.c:struct bpf_subprog_info and the
//! summaries of check_cfg (7.2: cfg.c:mark_subprog_changes_pkt_data, mark_subprog_might_sleep, mark_subprog_might_throw).

use super::program::{CallTraits, Program};
use crate::gate::{self, GateInput};
use crate::isa::{Callee, Op};
use crate::profile::Profile;
use crate::profile::helper::{Availability, Helper};
use crate::profile::kfunc::Kfunc;

const TAIL_CALL: i32 = 12;
/// Helpers that call a function before they return: for_each_map_elem, find_vma, loop, user_ringbuf_drain.
const SYNC_CALLBACK_HELPERS: [i32; 4] = [164, 180, 181, 209];
const TIMER_SET_CALLBACK: i32 = 170;
const SYNC_CALLBACK_KFUNCS: [&str; 2] = ["bpf_rbtree_add_impl", "bpf_rbtree_add"];
const ASYNC_CALLBACK_KFUNCS: [&str; 6] = [
    "bpf_wq_set_callback_impl",
    "bpf_wq_set_callback",
    "bpf_task_work_schedule_signal",
    "bpf_task_work_schedule_resume",
    "bpf_task_work_schedule_signal_impl",
    "bpf_task_work_schedule_resume_impl",
];
/// Helpers after which packet pointers mean nothing (net/core/filter.c:bpf_helper_changes_pkt_data).
const CHANGES_PACKET: [i32; 23] =
    [9, 10, 11, 12, 13, 18, 19, 31, 38, 39, 43, 44, 50, 54, 63, 65, 73, 74, 75, 76, 90, 91, 143];

/// A function, beside its instructions.
#[derive(Clone, Debug, Default)]
pub struct Info {
    /// Deepest byte of its stack.
    pub stack_depth: usize,
    pub is_callback: bool,
    pub is_async_callback: bool,
    pub is_exception_callback: bool,
    pub has_tail_call: bool,
    pub has_legacy_load: bool,
    pub changes_packet: bool,
    pub might_sleep: bool,
    pub might_throw: bool,
}

/// Whether packet pointers are void after this helper.
pub fn changes_packet(id: i32) -> bool {
    CHANGES_PACKET.contains(&id)
}

/// The kfunc of a call.
fn kfunc(profile: &Profile, input: &GateInput, index: i32) -> Option<&'static Kfunc> {
    let named = usize::try_from(index).ok().and_then(|index| input.kfuncs.get(index))?;
    profile.kfunc(&named.name)
}

/// What a call means for the search.
pub fn call_traits(profile: &Profile, input: &GateInput, callee: Callee) -> CallTraits {
    match callee {
        Callee::Subprog(_) => CallTraits::default(),
        Callee::Helper(id) => CallTraits {
            params: params(profile, input, id),
            sync_callback: SYNC_CALLBACK_HELPERS.contains(&id),
            async_callback: id == TIMER_SET_CALLBACK,
            iter_next: false,
        },
        Callee::Kfunc { id, .. } => {
            kfunc(profile, input, id).map_or(CallTraits::default(), |kfunc| CallTraits {
                sync_callback: SYNC_CALLBACK_KFUNCS.contains(&kfunc.name),
                async_callback: ASYNC_CALLBACK_KFUNCS.contains(&kfunc.name),
                iter_next: kfunc.has_flag("ITER_NEXT"),
                params: None,
            })
        }
    }
}

/// Arguments of a helper.
fn params(profile: &Profile, input: &GateInput, id: i32) -> Option<u8> {
    let helper = u32::try_from(id).ok().and_then(Helper::from_id)?;
    match helper.availability(profile, &input.kind) {
        Availability::Proto(proto) => Some(proto.arguments.len() as u8),
        _ => None,
    }
}

/// One entry per function of the program.
pub fn infos(profile: &Profile, program: &Program) -> Vec<Info> {
    let sleeping = gate::sleeping_functions(profile, program.input);
    let mut infos: Vec<Info> = program
        .subprogs
        .iter()
        .map(|subprog| own(profile, program, subprog.start..subprog.end, sleeping.contains(&subprog.start)))
        .collect();
    spread(program, &mut infos);
    infos
}

fn own(profile: &Profile, program: &Program, range: std::ops::Range<usize>, might_sleep: bool) -> Info {
    let mut info = Info { might_sleep, ..Info::default() };
    for op in program.ops[range].iter().flatten() {
        match op {
            Op::Call(Callee::Helper(id)) => {
                info.has_tail_call |= *id == TAIL_CALL;
                info.changes_packet |= changes_packet(*id);
            }
            Op::Call(Callee::Kfunc { id, .. }) => {
                let name = kfunc(profile, program.input, *id).map_or("", |kfunc| kfunc.name);
                info.might_throw |= name == "bpf_throw";
                info.changes_packet |= name == "bpf_xdp_pull_data";
            }
            Op::SkbAbs { .. } | Op::SkbInd { .. } => info.has_legacy_load = true,
            _ => {}
        }
    }
    info
}

/// What a function calls, it does (`merge_callee_effects`).
fn spread(program: &Program, infos: &mut [Info]) {
    loop {
        let mut changed = false;
        for at in 0..program.len() {
            let Some(callee) = program.callee(at) else { continue };
            let caller = program.subprog_around(at);
            let (packet, throw) = (infos[callee].changes_packet, infos[callee].might_throw);
            let info = &mut infos[caller];
            changed |= (packet && !info.changes_packet) || (throw && !info.might_throw);
            info.changes_packet |= packet;
            info.might_throw |= throw;
        }
        if !changed {
            return;
        }
    }
}

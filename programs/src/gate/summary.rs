//! Which functions of a program might sleep, by what they contain and call (7.2, cfg.c:mark_subprog_might_sleep).
//!
//! The summary does not look at values: a sleeping call in dead code counts.

use std::collections::{BTreeMap, BTreeSet};

use super::calls::call_might_sleep;
use super::functions::{callee, is_call};
use super::input::GateInput;
use crate::profile::Profile;

/// First instructions of the functions that might sleep.
pub(crate) fn sleeping_functions(profile: &Profile, input: &GateInput) -> BTreeSet<usize> {
    let mut sleeping = BTreeSet::new();
    let mut calls: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for function in &input.functions {
        let end = (function.start + function.len).min(input.insns.len());
        for at in function.start..end {
            let insn = &input.insns[at];
            if is_call(insn) && call_might_sleep(profile, input, insn.src, insn.imm) {
                sleeping.insert(function.start);
            }
            if let Some(to) = callee(&input.insns, at) {
                calls.entry(function.start).or_default().insert(to);
            }
        }
    }
    loop {
        let known = sleeping.len();
        for (caller, callees) in &calls {
            if callees.iter().any(|to| sleeping.contains(to)) {
                sleeping.insert(*caller);
            }
        }
        if sleeping.len() == known {
            return sleeping;
        }
    }
}

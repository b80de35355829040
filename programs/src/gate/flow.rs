//! Control flow: every instruction is reached, no jump enters a 64-bit load, and the loops that a version refuses.
//!
//! Modelled after kernel/bpf/verifier.c:check_cfg, push_insn and visit_insn (7.2: cfg.c) and, for recursion in 7.2, sort_subprogs_topo.
//! Neighbours: `functions` has the functions' boundaries.

use sim::errno::Errno;

use super::functions::{callee, is_call, is_exit, jump_target};
use super::input::{GateInput, Rejection, Stage};
use crate::isa::table::{class, special};
use crate::object::ExceptionCallback;
use crate::profile::{KernelVersion, Profile, message};

const PSEUDO_CALL: u8 = 1;

/// A way from one instruction to another.
#[derive(Clone, Copy)]
struct Edge {
    to: i64,
    /// It may lead back to an instruction that is being explored.
    loop_ok: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    New,
    OnTheWay,
    Done,
}

fn refuse<T>(text: String, at: usize) -> Result<T, Rejection> {
    Err(Rejection::new(Stage::Flow, Errno::EINVAL, text).at(at))
}

/// The edges of an instruction, in the kernel's order. 5.10 and 6.1 allow loops through jumps only.
fn edges(version: KernelVersion, input: &GateInput, at: usize) -> Vec<Edge> {
    let insn = &input.insns[at];
    let late = version >= KernelVersion::V6_12;
    let wide = insn.is_load_imm64() && version > KernelVersion::V5_10;
    let next = at as i64 + if wide { 2 } else { 1 };
    let unconditional = [class::JMP | special::JA, class::JMP32 | special::JA].contains(&insn.code);
    let to_callee = callee(&input.insns, at).map(|to| to as i64);
    if is_exit(insn) {
        return Vec::new();
    }
    if let Some(to) = jump_target(&input.insns, at) {
        let there = Edge { to, loop_ok: true };
        let fall = Edge { to: next, loop_ok: true };
        return if unconditional { vec![there] } else { vec![fall, there] };
    }
    let call = insn.src == PSEUDO_CALL && is_call(insn);
    let fall = Edge { to: next, loop_ok: late };
    match to_callee.filter(|_| call || version > KernelVersion::V5_10) {
        Some(to) => vec![fall, Edge { to, loop_ok: late || !call }],
        None => vec![fall],
    }
}

/// Explores depth first, as the kernel does.
fn explore(profile: &Profile, input: &GateInput) -> Result<Vec<Seen>, Rejection> {
    let mut seen = vec![Seen::New; input.insns.len()];
    let mut stack = vec![(0_usize, 0_usize)];
    if let Some(first) = seen.first_mut() {
        *first = Seen::OnTheWay;
    }
    // Nothing calls an exception callback: the kernel goes there when it has seen the rest.
    let mut unseen = match input.exception_callback {
        ExceptionCallback::At(start) if profile.version >= KernelVersion::V6_12 => Some(start),
        _ => None,
    };
    loop {
        let Some((at, turn)) = stack.pop() else {
            let next = unseen.take().filter(|start| seen.get(*start) == Some(&Seen::New));
            let Some(start) = next else { break };
            seen[start] = Seen::OnTheWay;
            stack.push((start, 0));
            continue;
        };
        let Some(edge) = edges(profile.version, input, at).get(turn).copied() else {
            seen[at] = Seen::Done;
            continue;
        };
        stack.push((at, turn + 1));
        let Some(to) = usize::try_from(edge.to).ok().filter(|to| *to < seen.len()) else {
            let text =
                message(profile.version, "jump_out_of_range", &[&at.to_string(), &edge.to.to_string()]);
            return refuse(text, at);
        };
        match seen[to] {
            Seen::New => {
                seen[to] = Seen::OnTheWay;
                stack.push((to, 0));
            }
            Seen::OnTheWay if !edge.loop_ok => {
                return refuse(format!("back-edge from insn {at} to {to}"), at);
            }
            _ => {}
        }
    }
    Ok(seen)
}

/// Every instruction must be reachable and no jump may enter the middle of a 64-bit load.
pub(super) fn check(profile: &Profile, input: &GateInput) -> Result<(), Rejection> {
    let version = profile.version;
    let indirect = class::JMP | special::JA | special::X;
    if input.insns.iter().any(|insn| insn.code == indirect) {
        // Jump tables lie in maps that the gate does not read: reachability stays open.
        return Ok(());
    }
    let seen = explore(profile, input)?;
    let mut at = 0;
    while at < input.insns.len() {
        if seen[at] == Seen::New {
            return refuse(message(version, "unreachable", &[&at.to_string()]), at);
        }
        let wide = input.insns[at].is_load_imm64();
        let entered = seen.get(at + 1).is_some_and(|seen| *seen != Seen::New);
        if wide && entered && version >= KernelVersion::V6_1 {
            return refuse(format!("jump into the middle of ldimm64 insn {at}"), at);
        }
        at += if wide { 2 } else { 1 };
    }
    Ok(())
}

/// 7.2: no function may call itself, directly or through others.
pub(super) fn recursion(profile: &Profile, input: &GateInput) -> Result<(), Rejection> {
    if profile.version != KernelVersion::V7_2 {
        return Ok(());
    }
    let mut seen = vec![Seen::New; input.functions.len()];
    for root in 0..seen.len() {
        let mut stack = if seen[root] == Seen::New { vec![root] } else { Vec::new() };
        while let Some(&caller) = stack.last() {
            seen[caller] = Seen::OnTheWay;
            match next_callee(input, caller, &seen)? {
                Some(callee) => stack.push(callee),
                None => {
                    seen[caller] = Seen::Done;
                    stack.pop();
                }
            }
        }
    }
    Ok(())
}

/// A function that `caller` refers to and that was not looked at. Calls are taken from the last one, as in a postorder.
fn next_callee(input: &GateInput, caller: usize, seen: &[Seen]) -> Result<Option<usize>, Rejection> {
    let function = &input.functions[caller];
    let end = (function.start + function.len).min(input.insns.len());
    for at in (function.start..end).rev() {
        let target = callee(&input.insns, at);
        let found = target.and_then(|to| input.functions.iter().position(|function| function.start == to));
        let Some(found) = found else { continue };
        match seen[found] {
            Seen::New => return Ok(Some(found)),
            Seen::OnTheWay if is_call(&input.insns[at]) => {
                // Names come from the program's BTF.
                let name =
                    |at: usize| if input.has_func_info { input.functions[at].name.as_str() } else { "" };
                let (from, to) = (name(caller), name(found));
                return refuse(format!("recursive call from {from}() to {to}()"), at);
            }
            _ => {}
        }
    }
    Ok(None)
}

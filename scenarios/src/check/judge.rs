//! Asks `programs` about each program on each kernel. The only place that knows which judge is asked.
//!
//! Key function: [`judge`].

use programs::btf::Btf;
use programs::object::{Object, ProgramSpec};
use programs::profile::Profile;
use programs::verifier::state::RefKind;
use programs::{core_reloc, gate, verifier};

use super::log::TypeNames;
use super::trail::{Held, Judged, Trail};
use super::watch::Seen;
use super::{Place, Refusal, Report, Row, Verdict, Work, callback, family, help, listing};
use crate::file::Kernel;

/// The types of one kernel, given by the user.
#[derive(Debug)]
pub struct KernelTypes {
    pub kernel: Kernel,
    pub btf: Btf,
}

/// Judges every program of an object; `path` is how the user named it.
pub fn judge(path: &str, object: &Object, kernels: &[Kernel], types: &[KernelTypes]) -> Report {
    let one = |program: &ProgramSpec, kernel: Kernel| {
        let btf = types.iter().find(|types| types.kernel == kernel).map(|types| &types.btf);
        row(object, program, kernel, btf)
    };
    let programs = object.programs.iter();
    let mut together: Vec<(String, Vec<String>)> = Vec::new();
    for slot in &object.struct_ops {
        match together.iter_mut().find(|(variable, _)| *variable == slot.variable) {
            Some((_, programs)) => programs.push(slot.program.clone()),
            None => together.push((slot.variable.clone(), vec![slot.program.clone()])),
        }
    }
    Report {
        path: path.to_owned(),
        kernels: kernels.to_vec(),
        rows: programs.flat_map(|program| kernels.iter().map(move |kernel| one(program, *kernel))).collect(),
        skipped: object.skipped.iter().map(|s| (s.section.clone(), s.reason.clone())).collect(),
        together,
    }
}

fn row(object: &Object, program: &ProgramSpec, kernel: Kernel, btf: Option<&Btf>) -> Row {
    let profile = Profile::new(kernel.version());
    let (types, judged) = ask(&profile, object, program, btf);
    let verdict = match &judged.verdict {
        gate::Verdict::Accept { .. } => Verdict::Accept,
        gate::Verdict::Unknown { what } => Verdict::Unknown { reason: what.clone() },
        gate::Verdict::Reject(_) => {
            Verdict::Reject(Box::new(refusal(&profile, object, program, types, &judged)))
        }
    };
    Row {
        program: program.name.clone(),
        section: program.section.clone(),
        kernel,
        verdict,
        work: judged.work,
    }
}

/// The judge's answer, and the kernel's types that it is from.
fn ask<'b>(
    profile: &Profile,
    object: &Object,
    program: &ProgramSpec,
    btf: Option<&'b Btf>,
) -> (&'b Btf, Judged) {
    let (kernel, judgement) = match btf {
        Some(btf) => (btf, verifier::verify_with(profile, object, program, btf, None)),
        None => verifier::decide(profile, object, program),
    };
    let stats = judgement.stats;
    let work = Work {
        processed: stats.processed,
        total_states: stats.total_states,
        peak_states: stats.peak_states,
        max_states_per_insn: stats.max_states_per_insn,
        mark_read: stats.mark_read,
    };
    let held = judgement.held.iter().map(|held| Held { what: what(held.what).to_owned(), insn: held.insn });
    let judged = Judged {
        verdict: judgement.verdict,
        path: judgement.path,
        held: held.collect(),
        work: (stats.processed > 0).then_some(work),
    };
    (kernel, judged)
}

fn what(kind: RefKind) -> &'static str {
    match kind {
        RefKind::Pointer => "reference",
        RefKind::Irq => "saved interrupt state",
        RefKind::Lock | RefKind::ResLock | RefKind::ResLockIrq => "lock",
    }
}

/// The program with its CO-RE relocations applied to the kernel's types: what a loader hands over.
pub fn relocated(object: &Object, program: &ProgramSpec, kernel: &Btf) -> Option<ProgramSpec> {
    let local = object.btf.as_ref().filter(|_| !program.core.is_empty())?;
    let done = core_reloc::relocate(program, local, kernel).ok()?;
    Some(ProgramSpec { insns: done.insns, ..program.clone() })
}

fn refusal(
    profile: &Profile,
    object: &Object,
    program: &ProgramSpec,
    kernel: &Btf,
    judged: &Judged,
) -> Refusal {
    let gate::Verdict::Reject(rejection) = &judged.verdict else { unreachable!("asked for refusals only") };
    let loaded = relocated(object, program, kernel);
    let unrelocated = program;
    let program = loaded.as_ref().unwrap_or(program);
    let listing = listing::Listing::new(profile, object, program);
    let insn = rejection.insn.map(|index| listing.instruction(index));
    let seen = Seen::watch(profile, object, unrelocated, kernel, &judged.path);
    let trail = Trail::new(&listing, judged, &rejection.message, &seen);
    let names = TypeNames { object, kernel };
    let known = rejection.insn.and_then(|_| trail.known(&names));
    let code = family::code_of(&rejection.message);
    let callee = rejection.insn.and_then(|insn| listing.callee(insn));
    let code =
        known.as_ref().map_or(code, |(kind, _)| family::with_register(code, &rejection.message, *kind));
    let code = callee.as_deref().map_or(code, |callee| family::with_callee(code, &rejection.message, callee));
    let void = trail.void().map(|(void, _)| void);
    let code = if trail.releases_again(void.as_ref()) { family::with_release(code) } else { code };
    // What led to the last instruction is beside the point when the program is refused as a whole.
    let (steps, left_out) = if rejection.insn.is_some() { trail.steps(code) } else { (Vec::new(), 0) };
    let subject = help::Subject {
        profile,
        object,
        program,
        code,
        message: &rejection.message,
        insn: rejection.insn,
        kernel,
        callee,
        known: known.as_ref().map(|(_, text)| text.as_str()),
        steps: &steps,
        void,
        callback: callback::runs_in(&listing, &judged.path, &seen),
    };
    let help = help::lines(&subject);
    Refusal {
        code,
        errno: rejection.errno.ret(),
        message: rejection.message.clone(),
        place: Place::of(program, rejection.insn.or_else(|| named(program, &rejection.message)).unwrap_or(0)),
        insn,
        known: known.map(|(_, text)| text),
        steps,
        left_out,
        help,
    }
}

/// Start of the function that a message names, as `f()`.
fn named(program: &ProgramSpec, message: &str) -> Option<usize> {
    let called = |name: &str| message.split([' ', '\'']).any(|word| word.strip_suffix("()") == Some(name));
    program.subprogs.iter().find(|function| called(&function.name)).map(|function| function.start)
}

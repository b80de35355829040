//! Asks `programs` about each program on each kernel. The only place that knows which judge is asked.
//!
//! Key function: [`judge`].

use programs::btf::Btf;
use programs::gate::{self, GateInput};
use programs::object::{Object, ProgramSpec};
use programs::profile::Profile;
use sim::errno::Errno;

use super::trail::{Judged, Trail};
use super::{Place, Refusal, Report, Row, Verdict, family, help, listing};
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
    Report {
        path: path.to_owned(),
        kernels: kernels.to_vec(),
        rows: programs.flat_map(|program| kernels.iter().map(move |kernel| one(program, *kernel))).collect(),
        skipped: object.skipped.iter().map(|s| (s.section.clone(), s.reason.clone())).collect(),
    }
}

fn row(object: &Object, program: &ProgramSpec, kernel: Kernel, btf: Option<&Btf>) -> Row {
    let profile = Profile::new(kernel.version());
    let judged = ask(&profile, object, program, btf);
    let verdict = match &judged.verdict {
        gate::Verdict::Accept { .. } => Verdict::Accept,
        gate::Verdict::Unknown { what } => Verdict::Unknown { reason: what.clone() },
        gate::Verdict::Reject(_) => Verdict::Reject(Box::new(refusal(&profile, object, program, &judged))),
    };
    Row {
        program: program.name.clone(),
        section: program.section.clone(),
        kernel,
        verdict,
        work: judged.work,
    }
}

/// The judge's answer.
fn ask(profile: &Profile, object: &Object, program: &ProgramSpec, btf: Option<&Btf>) -> Judged {
    let Some(input) = GateInput::from_object(profile, object, program) else {
        // libbpf.c:bpf_object_load_prog says so before any kernel is asked.
        let message = format!("missing BPF prog type, check ELF section name '{}'", program.section);
        return Judged::gate(gate::Verdict::Reject(gate::Rejection {
            errno: Errno::EINVAL,
            message,
            insn: None,
            stage: gate::Stage::Loader,
        }));
    };
    Judged::gate(gate::check(profile, &input, btf.map(|btf| btf as &dyn gate::KernelNames)))
}

fn refusal(profile: &Profile, object: &Object, program: &ProgramSpec, judged: &Judged) -> Refusal {
    let gate::Verdict::Reject(rejection) = &judged.verdict else { unreachable!("asked for refusals only") };
    let listing = listing::Listing::new(profile, object, program);
    let code = family::code_of(&rejection.message);
    let insn = rejection.insn.map(|index| listing.instruction(index));
    let steps = Trail::new(&listing, judged, &rejection.message).steps(code);
    let subject =
        help::Subject { profile, object, program, code, message: &rejection.message, steps: &steps };
    let help = help::lines(&subject);
    Refusal {
        code,
        errno: rejection.errno.ret(),
        message: rejection.message.clone(),
        place: Place::of(program, rejection.insn.unwrap_or(0)),
        insn,
        steps,
        help,
    }
}

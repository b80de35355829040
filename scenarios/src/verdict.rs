//! What each kernel says about the programs of an object: the work behind `sleepable check`.
//!
//! The verdict is that of `programs::gate`: everything a kernel decides without following registers. Key types:
//! [`Row`] (one program on one kernel), [`Verdict`].

use std::path::Path;

use programs::gate::{self, GateInput};
use programs::object::{Object, ProgramSpec, load_object};
use programs::profile::Profile;
use sim::errno::Errno;

use crate::diag::Diagnostic;
use crate::diag::catalogue::input::OBJECT;
use crate::file::Kernel;
use crate::result::SourceLine;

/// One program on one kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub program: String,
    pub section: String,
    pub kernel: Kernel,
    pub verdict: Verdict,
}

/// What the kernel says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing that was checked speaks against it.
    Accept,
    Reject {
        /// Negative, as the system call returns it.
        errno: i64,
        /// In the kernel's words.
        reason: String,
        /// The line of C, when the object has line information.
        source: Option<SourceLine>,
    },
    /// The answer depends on something that is not modelled.
    Unknown { reason: String },
}

/// All programs of an object on all kernels asked for.
#[derive(Clone, Debug)]
pub struct Report {
    pub rows: Vec<Row>,
    /// Sections that were left out, and why.
    pub skipped: Vec<(String, String)>,
}

/// Loads an object; `path` names it in messages.
///
/// # Errors
/// The file is not an object that a BPF loader accepts.
pub fn read_object(bytes: &[u8], path: &str) -> Result<Object, Diagnostic> {
    load_object(bytes, &object_name(path)).map_err(|error| {
        let diagnostic =
            Diagnostic::error(OBJECT, format!("`{path}` cannot be loaded: {}", error.what())).at_path(path);
        let place = error.place().to_string();
        let place = place.trim_start_matches(" (").trim_end_matches(')');
        let diagnostic =
            if place.is_empty() { diagnostic } else { diagnostic.note(format!("place: {place}")) };
        diagnostic.maybe_help(Some(error.help().to_owned()).filter(|help| !help.is_empty()))
    })
}

/// The file's name without directories and `.bpf.o`: libbpf names data maps after it.
pub fn object_name(path: &str) -> String {
    let name = Path::new(path).file_name().map_or_else(|| path.into(), |name| name.to_string_lossy());
    name.split('.').next().unwrap_or(&name).to_owned()
}

/// Judges every program of an object.
pub fn judge(object: &Object, kernels: &[Kernel]) -> Report {
    let rows = object.programs.iter().flat_map(|program| {
        kernels.iter().map(move |kernel| Row {
            program: program.name.clone(),
            section: program.section.clone(),
            kernel: *kernel,
            verdict: verdict(object, program, *kernel),
        })
    });
    let skipped = object.skipped.iter().map(|s| (s.section.clone(), s.reason.clone())).collect();
    Report { rows: rows.collect(), skipped }
}

fn verdict(object: &Object, program: &ProgramSpec, kernel: Kernel) -> Verdict {
    let profile = Profile::new(kernel.version());
    let Some(input) = GateInput::from_object(&profile, object, program) else {
        // libbpf.c:bpf_object_load_prog says so before any kernel is asked.
        let reason = format!("missing BPF prog type, check ELF section name '{}'", program.section);
        return Verdict::Reject { errno: Errno::EINVAL.ret(), reason, source: None };
    };
    match gate::check(&profile, &input, None) {
        gate::Verdict::Accept { .. } => Verdict::Accept,
        gate::Verdict::Unknown { what } => Verdict::Unknown { reason: what },
        gate::Verdict::Reject(rejection) => Verdict::Reject {
            errno: rejection.errno.ret(),
            source: rejection.insn.and_then(|insn| line_of(program, insn)),
            reason: rejection.message,
        },
    }
}

/// The source line of an instruction.
pub fn line_of(program: &ProgramSpec, insn: usize) -> Option<SourceLine> {
    let line = program.line_of(insn).filter(|line| line.line > 0)?;
    Some(SourceLine { file: line.file.to_string(), line: line.line, column: line.col })
}

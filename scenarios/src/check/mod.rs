//! What each kernel says about the programs of an object, and why: the work behind `sleepable check`.
//!
//! Key types: [`Report`] (an object on some kernels), [`Row`] (one program on one kernel), [`Refusal`].
//!
//! Map: `judge` asks `programs`, the only place that does; `family` finds the rule behind a message; `trail` tells from the instructions
//! that led there where values came from and which branches were taken (`origin`), and where a pointer stopped being valid (`void`), with the
//! states that `watch` saw on the way; `label` is what stands at the refused line; `help` says what to do (`since` asks the
//! tables, `clue` reads the message, `context` knows the fields of contexts, `callback` looks at functions that run later, `advice` knows the kernel's words, `thumbs` has a line for every rule); `compare` puts kernels beside each other;
//! `draw` makes rustc-like text of it; `json`, `junit` and `sarif` are the forms for machines; `log` follows
//! the verifier as the kernel's log does.

mod advice;
mod callback;
mod clue;
pub mod compare;
mod context;
pub mod draw;
pub mod family;
pub mod help;
pub mod json;
pub mod judge;
pub mod junit;
mod label;
mod listing;
pub mod log;
mod map_reasons;
mod origin;
pub mod sarif;
mod since;
pub mod table;
mod thumbs;
pub mod trail;
mod void;
mod watch;

use std::path::Path;

use programs::object::{Object, ProgramSpec, load_object};
use sim::errno::Errno;

use crate::diag::Diagnostic;
use crate::diag::catalogue::input::OBJECT;
use crate::file::Kernel;
use trail::Step;

/// All programs of an object on all kernels asked for: programs in the object's order, kernels in the order given.
#[derive(Clone, Debug)]
pub struct Report {
    /// As the user named the object.
    pub path: String,
    pub kernels: Vec<Kernel>,
    pub rows: Vec<Row>,
    /// Sections that were left out, and why.
    pub skipped: Vec<(String, String)>,
    /// struct_ops variables with their programs: a loader loads all of one, or none.
    pub together: Vec<(String, Vec<String>)>,
}

impl Report {
    /// The rows of each program.
    pub fn programs(&self) -> impl Iterator<Item = &[Row]> {
        self.rows.chunks(self.kernels.len().max(1))
    }

    /// Whether every kernel loads every program.
    pub fn sound(&self) -> bool {
        self.rows.iter().all(|row| row.verdict == Verdict::Accept)
    }
}

/// One program on one kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub program: String,
    pub section: String,
    pub kernel: Kernel,
    pub verdict: Verdict,
    /// The work of the verifier; `None` when it was not reached.
    pub work: Option<Work>,
}

/// The numbers of the kernel's "processed" line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Instructions followed, over all paths.
    pub processed: usize,
    pub total_states: usize,
    pub peak_states: usize,
    pub max_states_per_insn: usize,
    pub mark_read: usize,
}

/// What the kernel says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing that was checked speaks against it.
    Accept,
    Reject(Box<Refusal>),
    /// The answer depends on something that is not modelled.
    Unknown {
        reason: String,
    },
}

impl Verdict {
    /// One word.
    pub fn word(&self) -> &'static str {
        match self {
            Verdict::Accept => "accept",
            Verdict::Reject(_) => "reject",
            Verdict::Unknown { .. } => "unknown",
        }
    }

    /// The refusal, if it is one.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Verdict::Reject(refusal) => Some(refusal),
            _ => None,
        }
    }
}

/// Why a kernel refuses a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The rule, a code of the catalogue.
    pub code: &'static str,
    /// Negative, as the system call returns it.
    pub errno: i64,
    /// In the kernel's words.
    pub message: String,
    /// The instruction at which it was noticed; `None` when the program is refused as a whole.
    pub insn: Option<Instruction>,
    /// Its line of C, or the first line of the program.
    pub place: Option<Place>,
    /// What the verifier knew about the register that the message is about, as its log prints it: `R0=scalar(smin=0,smax=8)`.
    pub known: Option<String>,
    /// What led there, in the order of execution.
    pub steps: Vec<Step>,
    /// Branches on the way that `steps` leaves out: they come before the first one there, each outcome counted once.
    pub left_out: usize,
    /// What the user can do.
    pub help: Vec<String>,
}

/// An instruction and its line of C.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// Slot in the program.
    pub index: usize,
    /// As the kernel's log prints it, without the slot's number.
    pub text: String,
    /// `None` without line information (`clang -g`).
    pub place: Option<Place>,
}

/// A place in the C source, as BTF has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub file: String,
    /// From 1.
    pub line: u32,
    /// From 1; 0 when the compiler did not know.
    pub column: u32,
    /// The line itself, which BTF carries.
    pub text: String,
}

impl Place {
    /// The place of an instruction.
    pub fn of(program: &ProgramSpec, insn: usize) -> Option<Place> {
        let line = program.line_of(insn).filter(|line| line.line > 0)?;
        Some(Place {
            file: line.file.to_string(),
            line: line.line,
            column: character(&line.text, line.col),
            text: line.text.to_string(),
        })
    }
}

/// Without characters that steer a terminal: names and lines come from the file.
pub fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c }).collect()
}

/// The character that a column counted in bytes is at, as the compiler counts; 0 stays 0.
fn character(text: &str, column: u32) -> u32 {
    let bytes = (column as usize).saturating_sub(1);
    let before = text.char_indices().take_while(|(at, _)| *at < bytes).count();
    if column == 0 || bytes > text.len() { column } else { before as u32 + 1 }
}

/// `-EINVAL` for -22.
pub fn errno_name(errno: i64) -> String {
    let name = i32::try_from(-errno).ok().and_then(|number| Errno(number).name());
    name.map_or_else(|| errno.to_string(), |name| format!("-{name}"))
}

/// First bytes of files that people take for objects, and what they are.
const OTHERS: &[(&[u8], &str, &str)] = &[
    (b"!<arch>\n", "it is an archive", "`ar x` takes the objects out of it"),
    (
        b"BC\xc0\xde",
        "it is LLVM bitcode",
        "compile without `-emit-llvm` and `-flto`: `clang -target bpf -g -O2 -c`",
    ),
    (b"\x1f\x8b", "it is compressed (gzip)", "unpack it first"),
    (b"\xfd7zXZ", "it is compressed (xz)", "unpack it first"),
    (b"\x28\xb5\x2f\xfd", "it is compressed (zstd)", "unpack it first"),
    (b"PK\x03\x04", "it is a zip file", "unpack it first"),
    (b"\x9f\xeb", "it is BTF alone", "an object is asked for; types of a kernel go to `--btf`"),
];

/// What a file is that is no ELF file, and what to do.
fn no_object(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    const COMPILE: &str = "give the object that `clang -target bpf -g -O2 -c` writes";
    if bytes.starts_with(b"\x7fELF") {
        return None;
    }
    let known = OTHERS.iter().find(|(magic, ..)| bytes.starts_with(magic));
    let text = || std::str::from_utf8(bytes).is_ok_and(|text| !text.contains('\0'));
    Some(match known {
        Some((_, what, help)) => (*what, *help),
        None if bytes.is_empty() => ("the file is empty", COMPILE),
        None if text() => ("it is text, not a compiled object", COMPILE),
        None => ("it is no ELF file", COMPILE),
    })
}

/// Loads an object; `path` names it in messages.
///
/// # Errors
/// The file is not an object that a BPF loader accepts.
pub fn read_object(bytes: &[u8], path: &str) -> Result<Object, Diagnostic> {
    let refused =
        |what: &str| Diagnostic::error(OBJECT, format!("`{path}` cannot be loaded: {what}")).at_path(path);
    if let Some((what, help)) = no_object(bytes) {
        return Err(refused(what).help(help));
    }
    load_object(bytes, &object_name(path)).map_err(|error| {
        let place = error.place().to_string();
        let place = place.trim_start_matches(" (").trim_end_matches(')');
        let diagnostic = refused(error.what());
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

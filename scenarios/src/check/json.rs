//! `--format json`: one object per program and kernel, described by `schema/check.schema.json`.
//!
//! Key types: [`Line`] and its parts. Keys are never removed or given another meaning; new ones may come.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Instruction, Refusal, Row};

/// One program on one kernel.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Line<'a> {
    /// The object, as given on the command line.
    pub file: &'a str,
    /// Name of the program's function.
    pub program: &'a str,
    /// Its ELF section.
    pub section: &'a str,
    /// `5.10`, `6.1`, `6.12` or `7.2`.
    pub kernel: &'static str,
    /// `accept`, `reject`, or `unknown` when the answer depends on something that is not modelled.
    pub verdict: &'static str,
    /// Negative error number of the system call; null unless rejected.
    pub errno: Option<i64>,
    /// The rule that refuses, a code of `sleepable explain`; null unless rejected.
    pub code: Option<&'static str>,
    /// The kernel's decisive line, or what is not modelled; null when accepted.
    pub reason: Option<&'a str>,
    /// The refused line of C, or the first one of the program; null when accepted or without line information.
    pub source: Option<Source<'a>>,
    /// The refused instruction; null when accepted or refused as a whole.
    pub instruction: Option<At<'a>>,
    /// What the verifier knew about the register that the message is about, as the kernel's log prints it; null when there is none.
    pub known: Option<&'a str>,
    /// What led there, in the order of execution.
    pub path: Vec<Step<'a>>,
    /// Branches that `path` leaves out: they come before the first branch in it. What a jump found is counted once, however often it did.
    pub branches_left_out: usize,
    /// What can be done.
    pub help: &'a [String],
    /// What the verdict leaves open; null when nothing.
    pub note: Option<&'a str>,
    /// The verifier's work; null when it was not reached.
    pub work: Option<Work>,
}

/// A line of C.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Source<'a> {
    pub file: &'a str,
    /// From 1.
    pub line: u32,
    /// From 1; 0 when the compiler did not know.
    pub column: u32,
    /// The line itself.
    pub text: &'a str,
}

/// An instruction.
#[derive(Debug, Serialize, JsonSchema)]
pub struct At<'a> {
    /// Slot in the program, from 0; a wide load takes two slots.
    pub index: usize,
    /// As the kernel's log prints it.
    pub text: &'a str,
}

/// A step of the path.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Step<'a> {
    /// `value` (where a value was made), `branch` (what a conditional jump found), `held` (where a lock, reference or region was taken),
    /// `void` (where a pointer stopped being valid).
    pub kind: &'static str,
    pub text: &'a str,
    pub instruction: At<'a>,
    pub source: Option<Source<'a>>,
    /// How often the path came by with this outcome.
    pub times: usize,
}

/// The numbers of the kernel's `processed` line.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Work {
    /// Instructions followed, over all paths.
    pub processed: usize,
    pub total_states: usize,
    pub peak_states: usize,
    pub max_states_per_insn: usize,
    pub mark_read: usize,
}

/// The object for one row; `file` is the object's path.
pub fn line<'a>(file: &'a str, row: &'a Row) -> Line<'a> {
    let refusal = row.verdict.refusal();
    let reason = match &row.verdict {
        super::Verdict::Unknown { reason } => Some(reason.as_str()),
        _ => refusal.map(|refusal| refusal.message.as_str()),
    };
    Line {
        file,
        program: &row.program,
        section: &row.section,
        kernel: row.kernel.name(),
        verdict: row.verdict.word(),
        errno: refusal.map(|refusal| refusal.errno),
        code: refusal.map(|refusal| refusal.code),
        reason,
        source: refusal.and_then(|refusal| source(refusal.place.as_ref())),
        instruction: refusal.and_then(|refusal| refusal.insn.as_ref()).map(at),
        known: refusal.and_then(|refusal| refusal.known.as_deref()),
        path: refusal.map(path).unwrap_or_default(),
        branches_left_out: refusal.map_or(0, |refusal| refusal.left_out),
        help: refusal.map_or(&[], |refusal| refusal.help.as_slice()),
        // All types of the four kernels are built in, so nothing is left open; readers may expect the key.
        note: None,
        work: row.work.map(|work| Work {
            processed: work.processed,
            total_states: work.total_states,
            peak_states: work.peak_states,
            max_states_per_insn: work.max_states_per_insn,
            mark_read: work.mark_read,
        }),
    }
}

fn path(refusal: &Refusal) -> Vec<Step<'_>> {
    fn step(step: &super::trail::Step) -> Step<'_> {
        Step {
            kind: step.kind.name(),
            text: &step.text,
            instruction: at(&step.insn),
            source: source(step.insn.place.as_ref()),
            times: step.times,
        }
    }
    refusal.steps.iter().map(step).collect()
}

fn at(insn: &Instruction) -> At<'_> {
    At { index: insn.index, text: &insn.text }
}

fn source(place: Option<&super::Place>) -> Option<Source<'_>> {
    place.map(|place| Source { file: &place.file, line: place.line, column: place.column, text: &place.text })
}

/// JSON schema of a line.
pub fn schema() -> serde_json::Value {
    serde_json::to_value(schemars::schema_for!(Line<'_>)).expect("a schema is JSON")
}

//! `--log`: the way through a program in the shape of the kernel's verifier log.
//!
//! Key function: [`log`]. It watches the verifier: instructions with their line of C, what each changed, where a path that waited begins
//! (`from 3 to 7: …`), where one joins a state that was followed (`7: safe`), calls and returns (`callee:`), functions that are checked on
//! their own (`Validating f() func#1...`), and the line of numbers at the end.

use std::fmt::Write as _;

use programs::btf::{Btf, TypeId};
use programs::gate;
use programs::isa::{Callee, Op, Reg, Src};
use programs::object::{Object, ProgramSpec};
use programs::profile::{KernelVersion, Profile};
use programs::verifier::print::{StateNames, state_text};
use programs::verifier::reg::{BtfSource, MapRef};
use programs::verifier::state::{Role, State};
use programs::verifier::{Observer, decide, verify_with};

use super::Place;
use super::judge::relocated;
use super::listing::Listing;

/// Text that is kept; a loop over a million instructions would fill memory.
const MAX_BYTES: usize = 16 << 20;
/// Changes are written behind an instruction at this column, or a multiple of [`STEP`] (`vlog_alignment`).
const CHANGES: usize = 40;
const STEP: usize = 8;
/// `BPF_COMPLEXITY_LIMIT_INSNS`.
const LIMIT: usize = 1_000_000;

/// The log of one program on one kernel.
pub fn log(profile: &Profile, object: &Object, program: &ProgramSpec, btf: Option<&Btf>) -> String {
    let kernel = btf.unwrap_or_else(|| decide(profile, object, program).0);
    let loaded = relocated(object, program, kernel);
    let shown = loaded.as_ref().unwrap_or(program);
    let listing = Listing::new(profile, object, shown);
    let mut writer = Writer {
        listing: &listing,
        names: TypeNames { object, kernel },
        text: String::new(),
        before: None,
        waiting: Vec::new(),
        checked: None,
        line: None,
        full: false,
    };
    for (number, function) in shown.subprogs.iter().enumerate() {
        writeln!(writer.text, "func#{number} @{}", function.start).expect("text");
    }
    let judged = verify_with(profile, object, program, kernel, Some(&mut writer));
    let mut text = match &judged.verdict {
        gate::Verdict::Reject(rejection) if unseen(rejection) => return UNSEEN.to_owned(),
        verdict => writer.finish(matches!(verdict, gate::Verdict::Accept { .. })),
    };
    match judged.verdict {
        // The kernel says no more than the error number.
        gate::Verdict::Reject(rejection) if rejection.message.starts_with(SILENT) => Ok(()),
        gate::Verdict::Reject(rejection) => writeln!(text, "{}", rejection.message),
        gate::Verdict::Unknown { what } => writeln!(text, "not modelled: {what}"),
        gate::Verdict::Accept { .. } => Ok(()),
    }
    .expect("text");
    let stats = judged.stats;
    writeln!(
        text,
        "processed {} insns (limit {LIMIT}) max_states_per_insn {} total_states {} peak_states {} mark_read {}",
        stats.processed, stats.max_states_per_insn, stats.total_states, stats.peak_states, stats.mark_read
    )
    .expect("text");
    text
}

/// How refusals begin for which the kernel has no words.
const SILENT: &str = "(no message)";
const UNSEEN: &str = "-- refused before the verifier looks: the kernel's log is empty\n";

/// Whether the verifier never saw the program: the loader gave up, or the system call did.
fn unseen(rejection: &gate::Rejection) -> bool {
    rejection.insn.is_none() && matches!(rejection.stage, gate::Stage::Loader | gate::Stage::Syscall)
}

/// Writes while the verifier goes.
struct Writer<'a> {
    listing: &'a Listing<'a>,
    names: TypeNames<'a>,
    text: String,
    /// The last instruction and the state before it.
    before: Option<(usize, State)>,
    /// Branches whose other side may come later: instruction and its target.
    waiting: Vec<(usize, usize)>,
    /// The function that is checked now: the program itself, or one that is checked on its own.
    checked: Option<usize>,
    /// Line of C that was written last.
    line: Option<Place>,
    full: bool,
}

impl Observer for Writer<'_> {
    fn before(&mut self, insn: usize, state: &State) {
        if self.full {
            return;
        }
        match self.before.as_ref().map(|(last, before)| (*last, self.follows(*last, before, insn, state))) {
            Some((last, true)) => {
                self.goes_on(last, insn, state);
                self.branch(last, insn);
                if self.listing.profile.version == KernelVersion::V5_10 {
                    // Kernels that do not say what changed print all of it.
                    self.whole(&format!("{insn}:"), state);
                }
            }
            Some((last, false)) => {
                self.end_line(None);
                self.joined(last);
                self.resume(insn, state);
            }
            None => self.resume(insn, state),
        }
        self.source(insn);
        let text = self.listing.line(insn);
        write!(self.text, "{insn}: {text}").expect("text");
        self.before = Some((insn, state.clone()));
        if self.text.len() > MAX_BYTES {
            self.text += "\n(the rest of the log is left out)";
            self.full = true;
        }
    }
}

impl Writer<'_> {
    /// Whether the path goes on from `last` to `insn`.
    fn follows(&self, last: usize, before: &State, insn: usize, state: &State) -> bool {
        let (depth, now) = (before.frames.len(), state.frames.len());
        match self.listing.op(last) {
            Some(Op::Exit) => depth > 1 && now == depth - 1,
            Some(Op::Call(Callee::Subprog(_) | Callee::Helper(_) | Callee::Kfunc { .. })) => {
                now == depth + 1 || (now == depth && insn == self.listing.next(last))
            }
            Some(_) => now == depth && self.successors(last).contains(&insn),
            None => false,
        }
    }

    fn successors(&self, insn: usize) -> Vec<usize> {
        let next = self.listing.next(insn);
        let to = |delta: i64| usize::try_from(next as i64 + delta).ok();
        match self.listing.op(insn) {
            Some(Op::Jump { delta, .. }) => to(delta.into()).into_iter().collect(),
            Some(Op::Branch { delta, .. } | Op::MayGoto { delta }) => {
                to(delta.into()).into_iter().chain([next]).collect()
            }
            Some(Op::JumpReg { .. }) => (0..self.listing.program.insns.len()).collect(),
            _ => vec![next],
        }
    }

    /// From an instruction to the next one of a path.
    fn goes_on(&mut self, last: usize, insn: usize, state: &State) {
        let version = self.listing.profile.version;
        let Some((_, before)) = self.before.take() else { return };
        let (was, is) = (before.frames.len(), state.frames.len());
        let op = self.listing.op(last);
        if matches!(op, Some(Op::Call(Callee::Subprog(_)))) && is == was + 1 {
            self.text.push('\n');
            let (caller, callee) = parted(&before, state);
            self.whole("caller:\n", &caller);
            self.whole("callee:\n", &callee);
        } else if op == Some(Op::Exit) {
            self.text.push('\n');
            self.whole("returning from callee:\n", &before);
            self.whole(&format!("to caller at {insn}:\n"), &returned(&before, state));
            if version > KernelVersion::V5_10 {
                self.whole(&format!("\nfrom {last} to {insn}:"), state);
            }
        } else if let Some(number) = self.assumed(last) {
            let name = &self.listing.program.subprogs[number].name;
            self.text += &match version {
                KernelVersion::V5_10 | KernelVersion::V6_1 => {
                    format!("\nFunc#{number} is global and valid. Skipping.\n")
                }
                _ => format!("\nFunc#{number} ('{name}') is global and assumed valid.\n"),
            };
            if version > KernelVersion::V5_10 {
                let changed = state_text(version, state, Some(&before), 0, &self.names);
                writeln!(self.text, "{insn}:{changed}").expect("text");
            }
        } else {
            self.before = Some((last, before));
            self.end_line(Some(state));
        }
    }

    /// The function checked on its own that an instruction calls.
    fn assumed(&self, insn: usize) -> Option<usize> {
        let Some(Op::Call(Callee::Subprog(delta))) = self.listing.op(insn) else { return None };
        let target = usize::try_from(self.listing.next(insn) as i64 + i64::from(delta)).ok()?;
        self.listing.program.subprogs.iter().position(|function| function.start == target && function.global)
    }

    /// The end of the log's way.
    fn finish(mut self, accepted: bool) -> String {
        self.end_line(None);
        if accepted && !self.full {
            if let Some((last, _)) = self.before.take() {
                self.joined(last);
            }
            self.validated();
        }
        self.text
    }

    /// Begins the check of a function, when it is one that is checked on its own, or the program itself.
    fn begins(&mut self, insn: usize, state: &State) -> bool {
        let functions = &self.listing.program.subprogs;
        let found = functions.iter().position(|function| {
            function.start == insn && (function.global || insn == 0) && state.frames.len() == 1
        });
        let Some(number) = found.filter(|number| self.checked != Some(*number)) else { return false };
        self.validated();
        self.checked = Some(number);
        self.waiting.clear();
        if number > 0 && self.listing.profile.version >= KernelVersion::V6_12 {
            writeln!(self.text, "Validating {}() func#{number}...", functions[number].name).expect("text");
        }
        true
    }

    /// The function checked last is done.
    fn validated(&mut self) {
        let Some(number) = self.checked.filter(|number| *number > 0) else { return };
        let name = match self.listing.profile.version {
            KernelVersion::V5_10 | KernelVersion::V6_1 => String::new(),
            _ => format!(" ('{}')", self.listing.program.subprogs[number].name),
        };
        writeln!(self.text, "Func#{number}{name} is safe for any args that match its prototype")
            .expect("text");
    }

    /// The last instruction's line: what it changed, when the path goes on.
    fn end_line(&mut self, after: Option<&State>) {
        let Some((last, before)) = &self.before else { return };
        let version = self.listing.profile.version;
        if let Some(after) = after.filter(|_| version > KernelVersion::V5_10) {
            let changed = state_text(version, after, Some(before), self.touched(*last), &self.names);
            if !changed.is_empty() {
                let length = self.text.len() - self.text.rfind('\n').map_or(0, |at| at + 1) + 1;
                let column = (length + STEP / 2).max(CHANGES).next_multiple_of(STEP);
                let padding = " ".repeat(column - length - 1);
                write!(self.text, "{padding};{changed}").expect("text");
            }
        }
        self.text.push('\n');
    }

    /// Registers that an instruction names, a bit each: the kernel prints them although they did not change.
    fn touched(&self, insn: usize) -> u16 {
        let bit = |reg: Reg| 1 << reg.0;
        let of = |src: Src| if let Src::Reg(reg) = src { bit(reg) } else { 0 };
        match self.listing.op(insn) {
            Some(Op::Alu { dst, src, .. } | Op::Branch { dst, src, .. }) => bit(dst) | of(src),
            Some(Op::Load { dst, base, .. }) => bit(dst) | bit(base),
            Some(Op::Store { base, src, .. }) => bit(base) | of(src),
            _ => 0,
        }
    }

    /// Remembers the side of a branch that was not taken, or an iterator's other answer.
    fn branch(&mut self, last: usize, insn: usize) {
        let kfunc = matches!(self.listing.op(last), Some(Op::Call(Callee::Kfunc { .. })));
        let name = kfunc.then(|| self.listing.callee(last)).flatten();
        if name
            .and_then(|name| self.listing.profile.kfunc(&name))
            .is_some_and(|row| row.has_flag("ITER_NEXT"))
        {
            self.waiting.push((last, insn));
        }
        if matches!(self.listing.op(last), Some(Op::Branch { .. } | Op::MayGoto { .. })) {
            let other = self.successors(last).into_iter().find(|side| *side != insn);
            self.waiting.extend(other.map(|other| (last, other)));
        }
    }

    /// A path that ended without an exit joined a state that was followed before.
    fn joined(&mut self, last: usize) {
        if !matches!(self.listing.op(last), Some(Op::Exit)) {
            let at = self.successors(last);
            let at =
                at.first().map_or(last, |first| if at.len() == 1 { *first } else { self.listing.next(last) });
            writeln!(self.text, "{at}: safe").expect("text");
        }
    }

    /// A path that waited, or another function.
    fn resume(&mut self, insn: usize, state: &State) {
        let begins = self.begins(insn, state);
        let at = self.waiting.iter().rposition(|(_, other)| *other == insn).filter(|_| !begins);
        let waited = at.map(|at| {
            self.waiting.truncate(at + 1);
            self.waiting.pop().expect("found there").0
        });
        let called = || state.current().callsite.filter(|_| state.current().role == Role::Callback);
        // 5.10 says at level 2 only where the path is.
        let old = self.listing.profile.version == KernelVersion::V5_10;
        match waited.or_else(called).filter(|_| !old) {
            Some(from) => self.whole(&format!("\nfrom {from} to {insn}:"), state),
            None => self.whole(&format!("{insn}:"), state),
        }
    }

    fn whole(&mut self, title: &str, state: &State) {
        let text = state_text(self.listing.profile.version, state, None, 0, &self.names);
        writeln!(self.text, "{title}{text}").expect("text");
    }

    /// The line of C, when it is another one than before.
    fn source(&mut self, insn: usize) {
        let place = Place::of(self.listing.program, insn);
        let new = self.listing.profile.version >= KernelVersion::V6_12;
        // Up to 6.1 another column is another line, and its number is not told.
        let key = |place: &Option<Place>| {
            place.as_ref().map(|place| (place.file.clone(), place.line, if new { 0 } else { place.column }))
        };
        if place.is_some() && key(&place) != key(&self.line) {
            if let Some(place) = &place {
                let file = place.file.rsplit('/').next().unwrap_or(&place.file);
                let number = if new { format!(" @ {file}:{}", place.line) } else { String::new() };
                writeln!(self.text, "; {}{number}", place.text.trim()).expect("text");
            }
            self.line = place;
        }
    }
}

/// Caller and callee at a call, with the marks of what was written before it: the kernel prints them ahead of the next instruction.
fn parted(before: &State, state: &State) -> (State, State) {
    const ARGUMENTS: u16 = 0b11_1110;
    let (mut caller, mut callee) = (state.clone(), state.clone());
    caller.frames.pop();
    let written = before.frames[before.frames.len() - 1].written;
    caller.running().written = written;
    callee.running().written.regs |= written.regs & ARGUMENTS;
    (caller, callee)
}

/// The caller that a function came back to, with the marks that it had, and that of the result.
fn returned(before: &State, state: &State) -> State {
    let mut caller = state.clone();
    let (own, result) =
        (before.frames[state.frames.len() - 1].written, before.frames[state.frames.len()].written);
    let marks = &mut caller.running().written;
    *marks = own;
    marks.regs = own.regs & !1 | result.regs & 1;
    caller
}

/// Names from the object's and the kernel's BTF.
pub(super) struct TypeNames<'a> {
    pub object: &'a Object,
    pub kernel: &'a Btf,
}

impl StateNames for TypeNames<'_> {
    fn map(&self, map: MapRef) -> Option<(String, u32, u32)> {
        let spec = match map {
            MapRef::Outer(index) => self.object.maps.get(index)?,
            MapRef::Inner(index) => self.object.maps.get(index)?.inner.as_deref()?,
        };
        Some((spec.name.clone(), spec.key_size, spec.value_size))
    }

    fn btf(&self, source: BtfSource, id: u32) -> String {
        let btf = match source {
            BtfSource::Kernel => Some(self.kernel),
            BtfSource::Program => self.object.btf.as_ref(),
        };
        btf.map_or("?", |btf| btf.name_of(TypeId(id))).to_owned()
    }
}

//! `--log`: the way through a program in the shape of the kernel's verifier log.
//!
//! Key function: [`log`]. It watches the verifier: instructions with their line of C, what each changed, where a path that waited begins
//! (`from 3 to 7: …`), where one joins a state that was followed (`7: safe`), and the line of numbers at the end.

use std::fmt::Write as _;

use programs::btf::{Btf, TypeId};
use programs::gate;
use programs::isa::{Callee, Op, Reg, Src};
use programs::object::{Object, ProgramSpec};
use programs::profile::{KernelVersion, Profile};
use programs::verifier::print::{StateNames, state_text};
use programs::verifier::reg::{BtfSource, MapRef};
use programs::verifier::state::State;
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
        line: None,
        full: false,
    };
    for (number, function) in shown.subprogs.iter().enumerate() {
        writeln!(writer.text, "func#{number} @{}", function.start).expect("text");
    }
    let judged = verify_with(profile, object, program, kernel, Some(&mut writer));
    writer.end_line(None);
    let mut text = writer.text;
    match judged.verdict {
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

/// Writes while the verifier goes.
struct Writer<'a> {
    listing: &'a Listing<'a>,
    names: TypeNames<'a>,
    text: String,
    /// The last instruction and the state before it.
    before: Option<(usize, State)>,
    /// Branches whose other side may come later: instruction and its target.
    waiting: Vec<(usize, usize)>,
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
                self.end_line(Some(state));
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
            None => self.whole(&format!("{insn}:"), state),
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

    /// Remembers the side of a branch that was not taken.
    fn branch(&mut self, last: usize, insn: usize) {
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
        let from = self.waiting.iter().rposition(|(_, other)| *other == insn);
        match from {
            Some(at) => {
                let (from, _) = self.waiting[at];
                self.waiting.truncate(at);
                self.text.push('\n');
                self.whole(&format!("from {from} to {insn}:"), state);
            }
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

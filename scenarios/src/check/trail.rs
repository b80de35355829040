//! The way to a refusal: branches taken, where the value came from, what is still held.
//!
//! Key types: [`Judged`] (what a judge says), [`Trail`], [`Step`]. Everything is derived from the instructions followed up to the refusal;
//! `origin` walks them backwards.

use std::collections::{BTreeMap, BTreeSet};

use programs::gate;
use programs::isa::{Callee, JmpOp, Op, Reg, Size, Src, Width, disassemble};
use programs::isa::{NoNames, Style};
use programs::profile::KernelVersion;
use programs::profile::helper::Helper;
use programs::verifier::print::reg_text;
use programs::verifier::reg::Kind;

use super::help::assigned;
use super::listing::Listing;
use super::log::TypeNames;
use super::origin::{self, Past, Source, Stay, Way};
use super::void::{self, Cause, Voided};
use super::watch::{Seen, Spot};
use super::{Instruction, Place, Work};

/// Branches that are told of, the last ones; how many came before is counted.
const MAX_BRANCHES: usize = 32;

/// A judge's answer about one program on one kernel.
#[derive(Debug)]
pub struct Judged {
    pub verdict: gate::Verdict,
    /// Slots of the instructions followed up to the refusal, in order; empty when none was followed.
    pub path: Vec<usize>,
    /// What the program holds at the end.
    pub held: Vec<Held>,
    pub work: Option<Work>,
}

/// A reference, lock or region that is not given back yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// "reference", "lock", "RCU section" and so on.
    pub what: String,
    /// Where it was taken.
    pub insn: usize,
}

/// What a step is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// Where a value was made.
    Value,
    /// A conditional jump.
    Branch,
    /// Where something was taken that is still held.
    Held,
    /// Where a pointer stopped being valid.
    Void,
}

impl StepKind {
    /// Name for machines.
    pub fn name(self) -> &'static str {
        match self {
            StepKind::Value => "value",
            StepKind::Branch => "branch",
            StepKind::Held => "held",
            StepKind::Void => "void",
        }
    }
}

/// One step of the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub kind: StepKind,
    pub insn: Instruction,
    pub text: String,
    /// How often the path came by with this outcome.
    pub times: usize,
}

/// The instructions that led to a refusal.
pub(super) struct Trail<'a> {
    listing: &'a Listing<'a>,
    judged: &'a Judged,
    message: &'a str,
    seen: &'a Seen,
    /// Depth of calls at each instruction of the path.
    depth: Vec<i32>,
}

/// Rules about how far a number reaches: where it comes from matters.
const BOUNDS: [&str; 5] = ["V0003", "V0004", "V0005", "V0014", "V0021"];

impl<'a> Trail<'a> {
    pub fn new(listing: &'a Listing<'a>, judged: &'a Judged, message: &'a str, seen: &'a Seen) -> Trail<'a> {
        Trail { listing, judged, message, seen, depth: depths(listing, &judged.path) }
    }

    fn way(&self) -> Way<'_> {
        Way { listing: self.listing, path: &self.judged.path, depth: &self.depth, seen: self.seen }
    }

    /// The steps of a refusal by the rule `code`, in the order of execution, and how many branches before them are left out.
    pub fn steps(&self, code: &str) -> (Vec<Step>, usize) {
        let mut steps: BTreeMap<(usize, u8), Step> = BTreeMap::new();
        let mut first = usize::MAX;
        let values = self.values(code).into_iter().map(|told| (StepKind::Value, told));
        let held = self.held(code).into_iter().map(|told| (StepKind::Held, told));
        let void = self.void().into_iter().map(|(void, told)| (StepKind::Void, (void.at, told.0, told.1)));
        for (kind, (at, insn, text)) in values.chain(held).chain(void) {
            first = first.min(at);
            let order = if kind == StepKind::Void { 2 } else { 0 };
            steps.insert((at, order), self.step(kind, insn, text));
        }
        let (branches, left_out) = self.branches(first);
        for (at, step) in branches {
            steps.insert((at, 1), step);
        }
        (steps.into_values().collect(), left_out)
    }

    fn step(&self, kind: StepKind, insn: usize, text: String) -> Step {
        Step { kind, insn: self.listing.instruction(insn), text, times: 1 }
    }

    /// The end of the path and the register that the refusal is about.
    fn end(&self) -> Option<(usize, u8)> {
        self.judged.path.len().checked_sub(1).zip(self.register())
    }

    /// Where the register that the message is about got its value: position on the path, slot, words.
    fn values(&self, code: &str) -> Vec<(usize, usize, String)> {
        let Some((last, reg)) = self.end() else { return Vec::new() };
        let past = origin::of(self.way(), last, reg);
        let mut found = self.told(&past, reg);
        let bounds = BOUNDS.contains(&code);
        if let Some((at, number)) = self.number(last, reg, &past).filter(|_| bounds) {
            let more = self.told(&origin::of(self.way(), at, number), number);
            found.extend(
                more.into_iter()
                    .filter(|(at, ..)| found.iter().all(|(known, ..)| known != at))
                    .collect::<Vec<_>>(),
            );
        }
        found
    }

    fn told(&self, past: &Past, reg: u8) -> Vec<(usize, usize, String)> {
        let path = &self.judged.path;
        let tell = |source: &Source| match source {
            Source::At { at, text } | Source::Entry { at, text } => {
                (*at, path[*at], format!("r{reg} is {text}"))
            }
            // It was copied to the register of the message later.
            Source::Changed { at, reg: then, text } if *then != reg => {
                (*at, path[*at], format!("r{then} (later r{reg}) is {text}"))
            }
            Source::Changed { at, text, .. } => (*at, path[*at], format!("r{reg} is {text}")),
            Source::Never { at } => (*at, path[*at], format!("no instruction from here on sets r{reg}")),
        };
        past.sources.iter().map(tell).collect()
    }

    /// The number that moved the pointer `reg` out of its bounds, or that says how much a call may access behind it: the position at which
    /// it counts, and its register.
    fn number(&self, last: usize, reg: u8, past: &Past) -> Option<(usize, u8)> {
        let path = &self.judged.path;
        let scalar = |at: usize, reg: u8| {
            let held = self.seen.reg(at, self.depth[at], Spot::Reg(reg))?;
            (held.is_scalar() && held.known().is_none()).then_some((at, reg))
        };
        let moved = |at: usize| match self.listing.op(path[at])? {
            Op::Alu { dst, src: Src::Reg(src), .. } => scalar(at, src.0).or_else(|| scalar(at, dst.0)),
            _ => None,
        };
        let size = || {
            let held = self.seen.reg(last, self.depth[last], Spot::Reg(reg + 1))?;
            (self.is_size(path[last], reg + 1) && held.is_scalar()).then_some((last, reg + 1))
        };
        let changed = match past.sources.first() {
            Some(Source::Changed { at, .. }) => moved(*at),
            _ => None,
        };
        changed.or_else(size)
    }

    /// Whether a call takes this register for the size of what the register before it points to.
    fn is_size(&self, insn: usize, reg: u8) -> bool {
        let Some(Op::Call(callee)) = self.listing.op(insn) else { return false };
        let Callee::Helper(id) = callee else { return self.message.contains("memory, len pair") };
        let helper = u32::try_from(id).ok().and_then(Helper::from_id);
        helper.is_some_and(|helper| helper.takes_size(self.listing.profile.version, reg))
    }

    /// Where the value that the refusal is about stopped being a valid pointer, or the object on the stack that it points to ended; slot and
    /// words.
    pub fn void(&self) -> Option<(Voided, (usize, String))> {
        let (last, reg) = self.end()?;
        let path = &self.judged.path;
        let past = origin::of(self.way(), last, reg);
        let (void, name) = match void::voided(self.listing, path, self.seen, &past.stays) {
            Some(void) => (void, self.name(&past, reg)),
            None => {
                let about = ["dynptr", "iter", "irq flag", "unacquired reference"];
                let off = self.seen.stack_offset(last, self.depth[last], reg)?;
                about.iter().find(|word| self.message.contains(**word))?;
                let spot = Spot::Slot(i16::try_from(off).ok()?);
                let level = self.depth[last];
                let there = (0..=last).rev().filter(|at| self.depth[*at] >= level);
                let stays: Vec<Stay> = there.map(|at| Stay { at, level, spot }).collect();
                (void::ended(self.listing, path, self.seen, &stays)?, format!("what lives at r10{off}"))
            }
        };
        let told = (path[void.at], void.words(&name));
        Some((void, told))
    }

    /// Whether the refused call releases what was released before.
    pub fn releases_again(&self, void: Option<&Voided>) -> bool {
        let listing = self.listing;
        let releases = |insn: usize| match listing.op(insn) {
            Some(Op::Call(Callee::Helper(id))) => u32::try_from(id).is_ok_and(Helper::releases),
            Some(Op::Call(Callee::Kfunc { .. })) => {
                let kfunc = listing.callee(insn).and_then(|name| listing.profile.kfunc(&name));
                kfunc.is_some_and(|kfunc| kfunc.has_flag("RELEASE"))
            }
            _ => false,
        };
        let gone =
            void.is_some_and(|void| matches!(void.cause, Cause::Released | Cause::HandedOver | Cause::Ended));
        gone && self.judged.path.last().is_some_and(|insn| releases(*insn))
    }

    /// The variable that a value was put into when it was made, and its register.
    fn name(&self, past: &Past, reg: u8) -> String {
        let place = match past.sources.last() {
            Some(Source::At { at, .. }) => Place::of(self.listing.program, self.judged.path[*at]),
            _ => None,
        };
        match place.as_ref().and_then(assigned) {
            Some(variable) => format!("`{variable}` (r{reg})"),
            None => format!("r{reg}"),
        }
    }

    /// The register that the refusal is about and what was known of it, as the log prints it; with the number that matters for how far it
    /// reaches.
    pub fn known(&self, names: &TypeNames<'_>) -> Option<(Kind, String)> {
        let (last, reg) = self.end()?;
        let level = self.depth[last];
        let held = self.seen.reg(last, level, Spot::Reg(reg)).filter(|held| held.kind != Kind::NotInit)?;
        let frame = usize::try_from(level).ok()?;
        let text = |reg: u8| {
            let held = self.seen.reg(last, level, Spot::Reg(reg))?;
            Some(format!("R{reg}={}", reg_text(self.listing.profile.version, frame, held, names)))
        };
        Some((held.kind, text(reg)?))
    }

    /// The register that the message names, or through which the refused instruction goes.
    pub fn register(&self) -> Option<u8> {
        if let Some(argument) = self.message.strip_prefix("arg#") {
            let digits: String = argument.chars().take_while(char::is_ascii_digit).collect();
            return digits.parse::<u8>().ok().map(|number| number + 1).filter(|reg| *reg <= 5);
        }
        if let Some(number) = number_after(self.message, "as arg #") {
            // 6.1 counts from 1, later kernels from 0; 7.2 names the register.
            let first = usize::from(self.listing.profile.version > KernelVersion::V6_1);
            return u8::try_from(number + first).ok().filter(|reg| (1..=5).contains(reg));
        }
        if let Some(reg) = named_register(self.message) {
            return Some(reg);
        }
        match self.listing.op(*self.judged.path.last()?)? {
            Op::Load { base, .. } | Op::Store { base, .. } | Op::Atomic { base, .. } => Some(base.0),
            Op::LoadAcquire { base, .. } | Op::StoreRelease { base, .. } => Some(base.0),
            Op::Alu { dst, src: Src::Reg(src), .. } => Some(self.offset_of(dst, src)),
            Op::Alu { dst, .. } => Some(dst.0),
            _ => None,
        }
        .filter(|reg| *reg != 10)
    }

    /// Of two operands the one that is no pointer.
    fn offset_of(&self, dst: Reg, src: Reg) -> u8 {
        let last = self.judged.path.len() - 1;
        let held = self.seen.reg(last, self.depth[last], Spot::Reg(src.0));
        if held.is_some_and(|held| held.is_pointer()) { dst.0 } else { src.0 }
    }

    /// Where things that are still held were taken.
    fn held(&self, code: &str) -> Vec<(usize, usize, String)> {
        let path = &self.judged.path;
        let position = |insn: usize| path.iter().rposition(|followed| *followed == insn);
        let mut found: Vec<(usize, usize, String)> = Vec::new();
        if matches!(code, "V0006" | "V0007" | "V0009" | "V0023") {
            let held = self.judged.held.iter();
            found.extend(held.filter_map(|held| {
                Some((position(held.insn)?, held.insn, format!("the {} is taken here", held.what)))
            }));
        }
        if let Some(insn) = number_after(self.message, "alloc_insn=") {
            found.push((position(insn).unwrap_or(0), insn, "the reference is taken here".to_owned()));
        }
        found.extend(self.region().filter(|(_, insn, _)| found.iter().all(|(_, known, _)| known != insn)));
        found
    }

    /// The last call that began the region which the message speaks of.
    fn region(&self) -> Option<(usize, usize, String)> {
        let (_, callees, what) = REGIONS.iter().find(|(words, ..)| self.message.contains(words))?;
        let path = &self.judged.path;
        // Not the refused call itself: `bpf_spin_lock` under a lock.
        let at = path[..path.len().saturating_sub(1)].iter().rposition(|insn| {
            self.listing.callee(*insn).is_some_and(|callee| callees.contains(&callee.as_str()))
        })?;
        Some((at, path[at], format!("{what} begins here")))
    }

    /// Conditional jumps behind `first` (all, when nothing else is told of) and what came of them.
    /// With them, how many others came before the last [`MAX_BRANCHES`].
    fn branches(&self, first: usize) -> (Vec<(usize, Step)>, usize) {
        let path = &self.judged.path;
        let begin = if first == usize::MAX { 0 } else { first };
        let mut told: Vec<(usize, usize)> = Vec::new();
        let mut found: Vec<(usize, Step)> = Vec::new();
        let mut left_out: BTreeSet<(usize, usize)> = BTreeSet::new();
        for at in (begin..path.len().saturating_sub(1)).rev() {
            let outcome = (path[at], path[at + 1]);
            if let Some(known) = told.iter().position(|known| *known == outcome) {
                found[known].1.times += 1;
            } else if !matches!(self.listing.op(path[at]), Some(Op::Branch { .. })) {
                continue;
            } else if found.len() == MAX_BRANCHES {
                left_out.insert(outcome);
            } else if let Some(text) = self.outcome(at) {
                told.push(outcome);
                found.push((at, self.step(StepKind::Branch, path[at], text)));
            }
        }
        (found, left_out.len())
    }

    /// What the conditional jump at a position of the path found, and where it went.
    fn outcome(&self, at: usize) -> Option<String> {
        let (insn, next) = (self.judged.path[at], self.judged.path[at + 1]);
        let Op::Branch { width, op, dst, src, .. } = self.listing.op(insn)? else { return None };
        let taken = next != self.listing.next(insn);
        let condition = condition(width, if taken { op_words(op) } else { opposite(op) }, dst, src);
        let line = |insn| Place::of(self.listing.program, insn).map(|place| place.line);
        let (here, there) = (line(insn), if taken { self.line_ahead(at + 1) } else { line(next) });
        Some(match there {
            Some(line) if here != there => format!("{condition}, on to line {line}"),
            Some(_) => condition,
            None => format!("{condition}, on to instruction {next}"),
        })
    }

    /// The line that the path comes to from a position: an instruction without a line of its own does not belong to the one in front of
    /// it when the path jumps there.
    fn line_ahead(&self, from: usize) -> Option<u32> {
        let path = &self.judged.path;
        let own = |insn: usize| {
            self.listing.program.line_of(insn).filter(|line| line.insn == insn && line.line > 0)
        };
        let same_function = |at: &usize| self.depth[*at] == self.depth[from];
        (from..path.len()).take_while(same_function).find_map(|at| own(path[at])).map(|line| line.line)
    }
}

/// Words of a message, what begins the region they speak of, and how to call it.
const REGIONS: &[(&str, &[&str], &str)] = &[
    ("rcu_read", &["bpf_rcu_read_lock"], "the RCU section"),
    ("non-preemptible", &["bpf_preempt_disable"], "the section without preemption"),
    ("preempt", &["bpf_preempt_disable"], "the section without preemption"),
    ("IRQ-disabled", &["bpf_local_irq_save", "bpf_res_spin_lock_irqsave"], "the section without interrupts"),
    ("irq_save", &["bpf_local_irq_save"], "the section without interrupts"),
    ("spin_lock", &["bpf_spin_lock", "bpf_res_spin_lock", "bpf_res_spin_lock_irqsave"], "the locked section"),
    (
        "spin_unlock",
        &["bpf_spin_lock", "bpf_res_spin_lock", "bpf_res_spin_lock_irqsave"],
        "the locked section",
    ),
    (
        "holding a lock",
        &["bpf_spin_lock", "bpf_res_spin_lock", "bpf_res_spin_lock_irqsave"],
        "the locked section",
    ),
];

/// The register in `R3 invalid mem access …`.
fn named_register(message: &str) -> Option<u8> {
    let mut words = message.split(|c: char| !c.is_ascii_alphanumeric());
    words.find_map(|word| word.strip_prefix('R')?.parse().ok()).filter(|reg| *reg <= 9)
}

fn number_after(message: &str, key: &str) -> Option<usize> {
    let rest = &message[message.find(key)? + key.len()..];
    rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok()
}

/// Depth of calls at each instruction: a call that goes on in another function enters it, its exit leaves it.
fn depths(listing: &Listing<'_>, path: &[usize]) -> Vec<i32> {
    let mut depth = 0;
    let mut depths = Vec::with_capacity(path.len());
    for (at, insn) in path.iter().enumerate() {
        depths.push(depth);
        let next = path.get(at + 1).copied();
        match listing.op(*insn) {
            Some(Op::Call(_)) if next.is_some_and(|next| next != listing.next(*insn)) => depth += 1,
            Some(Op::Exit) => depth -= 1,
            _ => {}
        }
    }
    depths
}

/// Spelling of a comparison that holds.
fn op_words(op: JmpOp) -> &'static str {
    match op {
        JmpOp::Eq => "==",
        JmpOp::Ne => "!=",
        JmpOp::Gt => ">",
        JmpOp::Ge => ">=",
        JmpOp::Lt => "<",
        JmpOp::Le => "<=",
        JmpOp::SGt => "s>",
        JmpOp::SGe => "s>=",
        JmpOp::SLt => "s<",
        JmpOp::SLe => "s<=",
        JmpOp::Set => "has bits of",
    }
}

/// Spelling of the opposite.
fn opposite(op: JmpOp) -> &'static str {
    match op {
        JmpOp::Eq => "!=",
        JmpOp::Ne => "==",
        JmpOp::Gt => "<=",
        JmpOp::Ge => "<",
        JmpOp::Lt => ">=",
        JmpOp::Le => ">",
        JmpOp::SGt => "s<=",
        JmpOp::SGe => "s<",
        JmpOp::SLt => "s>=",
        JmpOp::SLe => "s>",
        JmpOp::Set => "has no bits of",
    }
}

fn condition(width: Width, words: &str, dst: Reg, src: Src) -> String {
    let reg = |reg: Reg| format!("{}{}", if width == Width::W32 { 'w' } else { 'r' }, reg.0);
    let right = match src {
        Src::Reg(src) => reg(src),
        Src::Imm(imm) => imm.to_string(),
    };
    format!("{} {words} {right}", reg(dst))
}

/// How large an access is, for words.
pub(super) fn bytes(size: Size) -> String {
    match size.bytes() {
        1 => "1 byte".to_owned(),
        n => format!("{n} bytes"),
    }
}

/// An instruction without names.
pub(super) fn plain(op: &Op) -> String {
    disassemble(op, Style::Kernel, &NoNames)
}

/// Whether a call is of a helper or kfunc, not of a function of the program.
pub(super) fn leaves_program(op: &Op) -> bool {
    matches!(op, Op::Call(Callee::Helper(_) | Callee::Kfunc { .. }))
}

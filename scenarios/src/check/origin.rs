//! Where a register got its value: the path walked backwards, through copies, spills and calls.
//!
//! Key items: [`of`], [`Past`], [`Way`]. Neighbours: `trail` tells of it; `watch` knows the states on the way; `void` looks at where the value lived.

use programs::isa::{AluOp, AtomicOp, Callee, Imm64, Op, Size, Src};
use programs::object::ProgramSpec;
use programs::profile::helper::Helper;
use programs::profile::{AttachType, ProgType, Section};

use super::listing::Listing;
use super::trail::{bytes, leaves_program, plain};
use super::watch::{Seen, Spot};

/// Steps that are told of: the last change of a value and the places before it.
const MAX_SOURCES: usize = 4;

/// What r1 is when the program begins.
const CONTEXT: &str = "the context";
const FRAME_POINTER: u8 = 10;

/// A place that a value comes from; `at` counts positions on the path.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Source {
    At {
        at: usize,
        text: String,
    },
    /// An instruction changed it while it lived in this register.
    Changed {
        at: usize,
        reg: u8,
        text: String,
    },
    /// The register came with the function.
    Entry {
        at: usize,
        text: String,
    },
    /// No instruction wrote it.
    Never {
        at: usize,
    },
}

/// Where the value lived before the instruction at a position of the path; `level` counts frames from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stay {
    pub at: usize,
    pub level: i32,
    pub spot: Spot,
}

/// What is known of a value's past.
#[derive(Debug, Default)]
pub(super) struct Past {
    /// The last one first.
    pub sources: Vec<Source>,
    /// The latest first.
    pub stays: Vec<Stay>,
}

/// A path and what was seen on it.
#[derive(Clone, Copy)]
pub(super) struct Way<'a> {
    pub listing: &'a Listing<'a>,
    pub path: &'a [usize],
    /// Depth of calls at each instruction of the path.
    pub depth: &'a [i32],
    pub seen: &'a Seen,
}

/// What an instruction does to it.
enum Effect {
    None,
    /// It comes from there.
    From(Spot),
    /// It is changed in this register; where it comes from still matters.
    Changed(u8, String),
    /// It is made here.
    Made(String),
}

/// The past of register `reg` as the instruction at position `end` finds it.
pub(super) fn of(way: Way<'_>, end: usize, reg: u8) -> Past {
    let mut walk =
        Walk { way, spot: Spot::Reg(reg), level: way.depth[end], read: None, past: Past::default() };
    walk.stay(end);
    for at in (0..end).rev() {
        let done = walk.back(at);
        walk.stay(at);
        if done {
            return walk.made();
        }
    }
    let entry = walk.entry(0);
    walk.past.sources.push(entry);
    walk.past
}

/// A walk backwards along the path.
struct Walk<'a> {
    way: Way<'a>,
    /// Where the value lives, and in which frame.
    spot: Spot,
    level: i32,
    /// The load that took it out of the stack, and the bytes it read.
    read: Option<(usize, Size)>,
    past: Past,
}

impl Walk<'_> {
    fn stay(&mut self, at: usize) {
        self.past.stays.push(Stay { at, level: self.level, spot: self.spot });
    }

    /// Goes behind the instruction at position `at`; true when the value's beginning is found.
    fn back(&mut self, at: usize) -> bool {
        let Way { listing, path, depth, .. } = self.way;
        let Some(op) = listing.op(path[at]) else { return false };
        if depth[at] < self.level {
            // Into the caller: arguments are its registers at the call, everything else is this function's own.
            self.level = depth[at];
            if matches!((self.spot, op), (Spot::Reg(1..=5), Op::Call(Callee::Subprog(_)))) {
                return false;
            }
            let entry = self.entry(at + 1);
            self.past.sources.push(entry);
            return true;
        }
        if depth[at] > self.level {
            // The value a called function returned is made inside it.
            if depth[at] == self.level + 1 && op == Op::Exit && self.spot == Spot::Reg(0) {
                self.level = depth[at];
            }
            return false;
        }
        match self.effect(at, &op) {
            Effect::None => {}
            Effect::From(spot) => {
                if let (Spot::Slot(_), Op::Load { size, .. }) = (spot, op) {
                    self.read = Some((at, size));
                }
                self.spot = spot;
            }
            Effect::Changed(reg, text) => {
                if self.past.sources.is_empty() {
                    self.past.sources.push(Source::Changed { at, reg, text });
                }
            }
            Effect::Made(text) => {
                let text = loaded(self.way, at, &op).unwrap_or(text);
                self.past.sources.push(Source::At { at, text });
                return true;
            }
        }
        self.past.sources.len() >= MAX_SOURCES
    }

    /// The beginning was found.
    fn made(mut self) -> Past {
        if self.spot == Spot::Reg(FRAME_POINTER) {
            // Where the address was calculated says more than that there is a stack.
            if let Some(Source::At { text, .. }) = self.past.sources.last_mut() {
                *text = "an address in the stack, made here".to_owned();
            }
        }
        self.past
    }

    /// The value was there when the function at position `at` began, or never.
    fn entry(&self, at: usize) -> Source {
        let Way { listing, path, .. } = self.way;
        let function = listing.program.function_of(path[at]);
        let is_main = function.is_some_and(|function| function.start == 0);
        match (self.spot, self.read) {
            (Spot::Reg(FRAME_POINTER), _) => Source::Entry { at, text: "an address in the stack".to_owned() },
            (Spot::Reg(1), _) if is_main => Source::Entry { at, text: CONTEXT.to_owned() },
            (Spot::Reg(number @ 1..=5), _) if !is_main => {
                let name = function.map_or("the function", |function| function.name.as_str());
                Source::Entry { at, text: format!("argument {number} of `{name}`") }
            }
            (Spot::Slot(off), Some((at, size))) => {
                Source::At { at, text: format!("{} read from the stack at r10{off}", bytes(size)) }
            }
            _ => Source::Never { at },
        }
    }

    fn effect(&self, at: usize, op: &Op) -> Effect {
        match self.spot {
            Spot::Reg(reg) => self.on_register(at, op, reg),
            Spot::Slot(off) => self.on_slot(at, op, off),
        }
    }

    /// The offset in this function's stack that an access goes to.
    fn stack_offset(&self, at: usize, base: u8, off: i16) -> Option<i16> {
        if base == FRAME_POINTER {
            return Some(off);
        }
        let start = self.way.seen.stack_offset(at, self.level, base)?;
        i16::try_from(start + i64::from(off)).ok()
    }

    fn on_slot(&self, at: usize, op: &Op, off: i16) -> Effect {
        match *op {
            Op::Store { size, base, off: to, src } => match self.stack_offset(at, base.0, to) {
                Some(start) if start == off => match src {
                    Src::Reg(src) => Effect::From(Spot::Reg(src.0)),
                    Src::Imm(imm) => Effect::Made(format!("{imm}, stored here")),
                },
                Some(start) if start < off && i64::from(off - start) < size.bytes() as i64 => {
                    Effect::Made(format!("a part of {} stored here", bytes(size)))
                }
                _ => Effect::None,
            },
            Op::Call(_) if leaves_program(op) && self.writes_slot(at) => {
                let name =
                    self.way.listing.callee(self.way.path[at]).unwrap_or_else(|| "this call".to_owned());
                Effect::Made(format!("written to the stack by `{name}`"))
            }
            _ => Effect::None,
        }
    }

    /// Whether the slot's bytes are others behind the instruction than before it.
    fn writes_slot(&self, at: usize) -> bool {
        let slot = |at| self.way.seen.slot(at, self.level, self.spot).map(|slot| slot.bytes);
        let known = self.way.seen.state(at).is_some() && self.way.seen.state(at + 1).is_some();
        known && slot(at + 1).is_some() && slot(at) != slot(at + 1)
    }

    fn on_register(&self, at: usize, op: &Op, reg: u8) -> Effect {
        let Way { listing, path, .. } = self.way;
        match *op {
            Op::Alu { op: AluOp::Mov, dst, src, .. } if dst.0 == reg => match src {
                Src::Reg(src) => Effect::From(Spot::Reg(src.0)),
                Src::Imm(imm) => Effect::Made(format!("{imm}, set here")),
            },
            Op::MovSx { dst, src, .. } if dst.0 == reg => Effect::From(Spot::Reg(src.0)),
            Op::Alu { dst, .. }
            | Op::Neg { dst, .. }
            | Op::End { dst, .. }
            | Op::AddrSpaceCast { dst, .. }
                if dst.0 == reg =>
            {
                Effect::Changed(reg, format!("changed here: `{}`", plain(op)))
            }
            Op::LoadImm64 { dst, imm } if dst.0 == reg => Effect::Made(constant(listing, imm)),
            Op::Load { size, dst, base, off, .. } if dst.0 == reg => match self.stack_offset(at, base.0, off)
            {
                Some(slot) => Effect::From(Spot::Slot(slot)),
                None => Effect::Made(format!("{} read from memory here", bytes(size))),
            },
            Op::LoadAcquire { size, dst, .. } if dst.0 == reg => {
                Effect::Made(format!("{} read from memory here", bytes(size)))
            }
            Op::Atomic { op, src, .. } if fetched(op, src.0) == Some(reg) => {
                Effect::Made("what was in memory before, fetched here".to_owned())
            }
            Op::SkbAbs { size, .. } | Op::SkbInd { size, .. } if reg == 0 => {
                Effect::Made(format!("{} of the packet, read here", bytes(size)))
            }
            Op::SkbAbs { .. } | Op::SkbInd { .. } if (1..=5).contains(&reg) => {
                Effect::Made("destroyed here, as by a call".to_owned())
            }
            Op::Call(callee) if reg == 0 && leaves_program(op) => {
                Effect::Made(result_of(listing, path[at], callee))
            }
            Op::Call(_) if (1..=5).contains(&reg) => {
                let name = listing.callee(path[at]).unwrap_or_else(|| "this function".to_owned());
                Effect::Made(format!("destroyed by the call of `{name}`: r1 to r5 do not survive calls"))
            }
            _ => Effect::None,
        }
    }
}

/// The register that gets the old value.
fn fetched(op: AtomicOp, src: u8) -> Option<u8> {
    match op {
        AtomicOp::CmpXchg => Some(0),
        AtomicOp::Xchg => Some(src),
        AtomicOp::Add { fetch }
        | AtomicOp::Or { fetch }
        | AtomicOp::And { fetch }
        | AtomicOp::Xor { fetch } => fetch.then_some(src),
    }
}

/// A load whose address is the context says so.
fn loaded(way: Way<'_>, at: usize, op: &Op) -> Option<String> {
    let Op::Load { size, base, off, .. } = *op else { return None };
    let address = of(way, at, base.0).sources;
    let context = matches!(address.last(), Some(Source::Entry { text, .. }) if text == CONTEXT);
    let plain = address.len() == 1 && size == Size::Dw;
    let argument = argument(way.listing.program, off).filter(|_| plain);
    context.then(|| argument.unwrap_or_else(|| format!("{} of the context, read here", bytes(size))))
}

/// What programs with arguments find at an offset of their context: `BPF_PROG` hides the context.
fn argument(program: &ProgramSpec, off: i16) -> Option<String> {
    let kind = Section::resolve(&program.section)?.kind();
    let listed = match kind.prog_type {
        ProgType::TRACING => kind.attach_type != AttachType::TRACE_ITER,
        other => [ProgType::LSM, ProgType::STRUCT_OPS].contains(&other),
    };
    let number = usize::try_from(off).ok().filter(|off| listed && off % 8 == 0)? / 8 + 1;
    let target = kind.target.map_or_else(|| "the hook".to_owned(), |target| format!("`{target}`"));
    Some(format!("argument {number} of {target}, read here"))
}

fn constant(listing: &Listing<'_>, imm: Imm64) -> String {
    let map = |index| listing.map_name(index).unwrap_or("?").to_owned();
    match imm {
        Imm64::Map(index) | Imm64::MapIdx(index) => format!("the map `{}`", map(index)),
        Imm64::MapValue { map: index, offset } | Imm64::MapIdxValue { map: index, offset } => {
            format!("the value of `{}` at offset {offset}", map(index))
        }
        Imm64::Value(value) => format!("{value:#x}, set here"),
        Imm64::BtfVar { .. } => "the address of a kernel symbol".to_owned(),
        Imm64::Func(_) => "the address of a function".to_owned(),
    }
}

fn result_of(listing: &Listing<'_>, insn: usize, callee: Callee) -> String {
    let name = listing.callee(insn).unwrap_or_else(|| "an unknown function".to_owned());
    let or_null = match callee {
        Callee::Helper(id) => {
            u32::try_from(id).ok().and_then(Helper::from_id).is_some_and(Helper::may_return_null)
        }
        _ => listing.profile.kfunc(&name).is_some_and(|kfunc| kfunc.has_flag("RET_NULL")),
    };
    format!("the result of `{name}`{}", if or_null { ", NULL when there is nothing" } else { "" })
}

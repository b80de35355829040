//! Where a register got its value: the path walked backwards, through copies, spills and calls.
//!
//! Key function: [`of`]. Neighbour: `trail` tells of it.

use programs::isa::{AluOp, Callee, Imm64, Op, Size, Src};
use programs::object::ProgramSpec;
use programs::profile::helper::Helper;
use programs::profile::{AttachType, ProgType, Section};

use super::listing::Listing;
use super::trail::{bytes, leaves_program, plain};

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

/// What is looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Reg(u8),
    /// The stack at this offset from the frame pointer.
    Slot(i16),
}

/// What an instruction does to it.
enum Effect {
    None,
    /// It comes from there.
    From(Wanted),
    /// It is changed; where it comes from still matters.
    Changed(String),
    /// It is made here.
    Made(String),
}

/// The sources of register `reg` as the instruction at position `end` finds it, the last one first.
pub(super) fn of(listing: &Listing<'_>, path: &[usize], depth: &[i32], end: usize, reg: u8) -> Vec<Source> {
    let mut found = Vec::new();
    let mut wanted = Wanted::Reg(reg);
    let mut level = depth[end];
    for at in (0..end).rev() {
        let Some(op) = listing.op(path[at]) else { continue };
        if depth[at] < level {
            // Into the caller: arguments are its registers at the call, everything else is this function's own.
            level = depth[at];
            match wanted {
                Wanted::Reg(1..=5) if matches!(op, Op::Call(Callee::Subprog(_))) => continue,
                _ => {
                    found.push(entry(listing, path, at + 1, wanted));
                    return found;
                }
            }
        }
        if depth[at] > level {
            // The value a called function returned is made inside it.
            if depth[at] == level + 1 && op == Op::Exit && wanted == Wanted::Reg(0) {
                level = depth[at];
            }
            continue;
        }
        match effect(listing, path[at], &op, wanted) {
            Effect::None => {}
            Effect::From(source) => wanted = source,
            Effect::Changed(text) => {
                if found.is_empty() {
                    found.push(Source::At { at, text });
                }
            }
            Effect::Made(text) => {
                found.push(Source::At { at, text: loaded(listing, path, depth, at, &op).unwrap_or(text) });
                break;
            }
        }
        if found.len() >= MAX_SOURCES {
            break;
        }
    }
    if wanted == Wanted::Reg(FRAME_POINTER) {
        // Where the address was calculated says more than that there is a stack.
        if let Some(Source::At { text, .. }) = found.last_mut() {
            *text = "an address in the stack, made here".to_owned();
        }
    }
    if !matches!(found.last(), Some(Source::At { .. })) {
        found.push(entry(listing, path, 0, wanted));
    }
    found
}

/// A load whose address is the context says so.
fn loaded(listing: &Listing<'_>, path: &[usize], depth: &[i32], at: usize, op: &Op) -> Option<String> {
    let Op::Load { size, base, off, .. } = *op else { return None };
    let address = of(listing, path, depth, at, base.0);
    let context = matches!(address.last(), Some(Source::Entry { text, .. }) if text == CONTEXT);
    let plain = address.len() == 1 && size == Size::Dw;
    let argument = argument(listing.program, off).filter(|_| plain);
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

/// The value was there when the function at position `at` began, or never.
fn entry(listing: &Listing<'_>, path: &[usize], at: usize, wanted: Wanted) -> Source {
    let function = listing.program.function_of(path[at]);
    let is_main = function.is_some_and(|function| function.start == 0);
    match wanted {
        Wanted::Reg(FRAME_POINTER) => Source::Entry { at, text: "an address in the stack".to_owned() },
        Wanted::Reg(1) if is_main => Source::Entry { at, text: CONTEXT.to_owned() },
        Wanted::Reg(number @ 1..=5) if !is_main => {
            let name = function.map_or("the function", |function| function.name.as_str());
            Source::Entry { at, text: format!("argument {number} of `{name}`") }
        }
        _ => Source::Never { at },
    }
}

fn effect(listing: &Listing<'_>, insn: usize, op: &Op, wanted: Wanted) -> Effect {
    match wanted {
        Wanted::Reg(reg) => on_register(listing, insn, op, reg),
        Wanted::Slot(off) => match *op {
            Op::Store { base, off: to, src, .. } if base.0 == 10 && to == off => match src {
                Src::Reg(src) => Effect::From(Wanted::Reg(src.0)),
                Src::Imm(imm) => Effect::Made(format!("{imm}, stored here")),
            },
            _ => Effect::None,
        },
    }
}

fn on_register(listing: &Listing<'_>, insn: usize, op: &Op, reg: u8) -> Effect {
    match *op {
        Op::Alu { op: AluOp::Mov, dst, src, .. } if dst.0 == reg => match src {
            Src::Reg(src) => Effect::From(Wanted::Reg(src.0)),
            Src::Imm(imm) => Effect::Made(format!("{imm}, set here")),
        },
        Op::MovSx { dst, src, .. } if dst.0 == reg => Effect::From(Wanted::Reg(src.0)),
        Op::Alu { dst, .. } | Op::Neg { dst, .. } | Op::End { dst, .. } | Op::AddrSpaceCast { dst, .. }
            if dst.0 == reg =>
        {
            Effect::Changed(format!("changed here: `{}`", plain(op)))
        }
        Op::LoadImm64 { dst, imm } if dst.0 == reg => Effect::Made(constant(listing, imm)),
        Op::Load { dst, base, off, .. } if dst.0 == reg && base.0 == 10 => Effect::From(Wanted::Slot(off)),
        Op::Load { size, dst, .. } | Op::LoadAcquire { size, dst, .. } if dst.0 == reg => {
            Effect::Made(format!("{} read from memory here", bytes(size)))
        }
        Op::SkbAbs { size, .. } | Op::SkbInd { size, .. } if reg == 0 => {
            Effect::Made(format!("{} of the packet, read here", bytes(size)))
        }
        Op::SkbAbs { .. } | Op::SkbInd { .. } if (1..=5).contains(&reg) => {
            Effect::Made("destroyed here, as by a call".to_owned())
        }
        Op::Call(callee) if reg == 0 && leaves_program(op) => Effect::Made(result_of(listing, insn, callee)),
        Op::Call(_) if (1..=5).contains(&reg) => {
            let name = listing.callee(insn).unwrap_or_else(|| "this function".to_owned());
            Effect::Made(format!("destroyed by the call of `{name}`: r1 to r5 do not survive calls"))
        }
        _ => Effect::None,
    }
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

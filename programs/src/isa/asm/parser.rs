//! One line to statements: labels, function heads and instructions whose symbols are still names.
//!
//! The grammar is that of `disasm`, plus names. [`Draft`] is an instruction that `resolve` completes.

use std::ops::Range;

use super::AsmError;
use super::cursor::{Cursor, Parsed};
use super::lexer::Kind;
use super::values;
use crate::isa::op::{Callee, Op, Size, Src, Width};
use crate::isa::table::{ALU, ATOMIC, JMP};

/// What a symbol stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// A jump inside a function.
    Jump,
    /// A subprogram or helper to call.
    Call,
    /// A kernel function to call.
    Kfunc,
    /// The address of a subprogram.
    Func,
    /// A map in a 64-bit load.
    Map,
}

/// A name to be replaced by a number.
#[derive(Clone, Debug)]
pub(super) struct Symbol {
    pub name: String,
    pub span: Range<usize>,
    pub usage: Use,
}

/// An instruction, perhaps with one symbol left.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub op: Op,
    pub symbol: Option<Symbol>,
    pub span: Range<usize>,
}

impl From<Op> for Draft {
    fn from(op: Op) -> Draft {
        Draft { op, symbol: None, span: 0..0 }
    }
}

#[derive(Clone, Debug)]
pub(super) enum Statement {
    Label { name: String, span: Range<usize>, function: bool },
    Insn(Draft),
}

/// The statements of one line: any number of labels, then at most one instruction.
pub(super) fn line(cursor: &mut Cursor<'_>) -> Parsed<Vec<Statement>> {
    let mut out = Vec::new();
    while let Some(label) = label(cursor)? {
        out.push(label);
    }
    skip_log_prefix(cursor);
    if cursor.peek().is_some() {
        let span = cursor.span_to_end();
        let draft = instruction(cursor)?;
        cursor.done()?;
        out.push(Statement::Insn(Draft { span, ..draft }));
    }
    Ok(out)
}

fn label(cursor: &mut Cursor<'_>) -> Parsed<Option<Statement>> {
    let function = matches!((cursor.peek(), cursor.peek_at(1)), (Some(Kind::Word(f)), Some(Kind::Word(_))) if f == "func");
    let is_label =
        matches!((cursor.peek(), cursor.peek_at(1)), (Some(Kind::Word(_)), Some(Kind::Punct(":"))));
    if !function && !is_label {
        return Ok(None);
    }
    cursor.skip(usize::from(function));
    let (name, span) = cursor.word("a name")?;
    cursor.punct(":")?;
    Ok(Some(Statement::Label { name: name.to_owned(), span, function }))
}

/// `12: (bf)` in front of an instruction, so that a verifier log can be pasted.
fn skip_log_prefix(cursor: &mut Cursor<'_>) {
    if matches!((cursor.peek(), cursor.peek_at(1)), (Some(Kind::Number(_)), Some(Kind::Punct(":")))) {
        cursor.skip(2);
    }
    let code = matches!(cursor.peek_at(1), Some(Kind::Word(_) | Kind::Number(_)));
    if cursor.peek() == Some(&Kind::Punct("(")) && code && cursor.peek_at(2) == Some(&Kind::Punct(")")) {
        cursor.skip(3);
    }
}

fn instruction(cursor: &mut Cursor<'_>) -> Parsed<Draft> {
    if let Some((width, dst)) = cursor.maybe_reg() {
        return if cursor.eat("=") {
            values::assignment(cursor, width, dst)
        } else {
            arithmetic(cursor, width, dst).map(Draft::from)
        };
    }
    if cursor.eat("*") {
        return store(cursor).map(Draft::from);
    }
    let before = cursor.span();
    let (word, _) = cursor.word("an instruction or a label")?;
    match word {
        "exit" => Ok(Op::Exit.into()),
        "goto" => jump(cursor, Op::Jump { long: false, delta: 0 }),
        "gotol" => jump(cursor, Op::Jump { long: true, delta: 0 }),
        "may_goto" => jump(cursor, Op::MayGoto { delta: 0 }),
        "gotox" => Ok(Op::JumpReg { dst: cursor.reg(Width::W64)? }.into()),
        "if" => branch(cursor),
        "call" => call(cursor),
        "lock" => lock(cursor).map(Draft::from),
        "store_release" => store_release(cursor).map(Draft::from),
        other => Err(AsmError::new(before, format!("unknown instruction `{other}`"))
            .expected("an instruction or a label")
            .help("instructions look like `r1 = *(u64 *)(r10 -8)`, `if r1 s> 5 goto out`, `call bpf_ktime_get_ns`; a label ends with `:`")),
    }
}

fn arithmetic(cursor: &mut Cursor<'_>, width: Width, dst: crate::isa::op::Reg) -> Parsed<Op> {
    let row = ALU.iter().find(|row| matches!(cursor.peek(), Some(Kind::Punct(p)) if *p == row.spelling));
    let row = row.ok_or_else(|| cursor.error("an operator such as `=`, `+=` or `s>>=`"))?;
    cursor.skip(1);
    let src = values::operand(cursor, width, false)?;
    Ok(Op::Alu { width, op: row.op, dst, src })
}

fn store(cursor: &mut Cursor<'_>) -> Parsed<Op> {
    let (size, base, off) = cursor.unsigned_place()?;
    cursor.punct("=")?;
    // The 32-bit name of a register means the same here: only `size` bytes are stored.
    let src = match cursor.maybe_reg() {
        Some((_, reg)) => Src::Reg(reg),
        None => values::operand(cursor, Width::W32, true)?,
    };
    Ok(Op::Store { size, base, off, src })
}

fn lock(cursor: &mut Cursor<'_>) -> Parsed<Op> {
    cursor.punct("*")?;
    let (size, base, off) = atomic_place(cursor)?;
    let row = ATOMIC.iter().find(|row| matches!(cursor.peek(), Some(Kind::Punct(p)) if *p == row.2));
    let row = row.ok_or_else(|| cursor.error("`+=`, `|=`, `&=` or `^=`"))?;
    cursor.skip(1);
    let src = cursor.maybe_reg().ok_or_else(|| cursor.error("a register"))?.1;
    Ok(Op::Atomic { size, op: row.0, base, off, src })
}

/// `(u64 *)(r1 +0)` of an atomic: only 32 and 64 bits exist.
pub(super) fn atomic_place(cursor: &mut Cursor<'_>) -> Parsed<(Size, crate::isa::op::Reg, i16)> {
    let span = cursor.span();
    let (size, base, off) = cursor.unsigned_place()?;
    match size {
        Size::W | Size::Dw => Ok((size, base, off)),
        _ => Err(AsmError::new(span, "atomic operations have 32 or 64 bits").expected("u32 or u64")),
    }
}

fn store_release(cursor: &mut Cursor<'_>) -> Parsed<Op> {
    cursor.punct("(")?;
    let (size, base, off) = cursor.unsigned_place()?;
    cursor.punct(",")?;
    let src = cursor.reg(Width::W64)?;
    cursor.punct(")")?;
    Ok(Op::StoreRelease { size, base, off, src })
}

fn branch(cursor: &mut Cursor<'_>) -> Parsed<Draft> {
    let (width, dst) = cursor.maybe_reg().ok_or_else(|| cursor.error("a register"))?;
    let row = JMP.iter().find(|row| matches!(cursor.peek(), Some(Kind::Punct(p)) if *p == row.2));
    let (op, ..) = *row.ok_or_else(|| cursor.error("a comparison such as `==`, `s>` or `&`"))?;
    cursor.skip(1);
    let src = values::operand(cursor, width, true)?;
    cursor.keyword("goto")?;
    jump(cursor, Op::Branch { width, op, dst, src, delta: 0 })
}

/// A jump's target: a label, `pc+3` or `+3`.
fn jump(cursor: &mut Cursor<'_>, op: Op) -> Parsed<Draft> {
    if let Some((delta, span)) = relative(cursor)? {
        let op = op.with_jump_delta(delta).ok_or_else(|| too_far(span))?;
        return Ok(op.into());
    }
    let (name, span) = cursor.word("a label or `pc+N`")?;
    Ok(Draft { symbol: Some(Symbol { name: name.to_owned(), span, usage: Use::Jump }), ..op.into() })
}

pub(super) fn too_far(span: Range<usize>) -> AsmError {
    AsmError::new(span, "the jump is too far for a 16-bit distance")
        .expected("a target at most 32767 instructions away")
        .help("`gotol` has a 32-bit distance")
}

/// `pc+3` or `+3`.
pub(super) fn relative(cursor: &mut Cursor<'_>) -> Parsed<Option<(i32, Range<usize>)>> {
    let span = cursor.span_to_end();
    let signed = |kind: Option<&Kind>| matches!(kind, Some(Kind::Punct("+" | "-")));
    let pc = matches!(cursor.peek(), Some(Kind::Word(w)) if w == "pc") && signed(cursor.peek_at(1));
    if !pc && !signed(cursor.peek()) {
        return Ok(None);
    }
    cursor.skip(usize::from(pc));
    Ok(Some((cursor.integer("a distance of 32 bits")?, span)))
}

/// `call bpf_ktime_get_ns`, `call 5`, `call sub1`, `call pc+3`, `call kfunc NAME`, and the log's `call NAME#5`.
fn call(cursor: &mut Cursor<'_>) -> Parsed<Draft> {
    if let Some((delta, _)) = relative(cursor)? {
        return Ok(Op::Call(Callee::Subprog(delta)).into());
    }
    cursor.eat("#");
    if matches!(cursor.peek(), Some(Kind::Number(_))) {
        return Ok(Op::Call(Callee::Helper(cursor.integer("a helper number")?)).into());
    }
    let kfunc = matches!(cursor.peek_at(1), Some(Kind::Word(_))) && cursor.eat_word("kfunc");
    let (name, span) = cursor.word("a helper, a subprogram or `kfunc NAME`")?;
    let numbered = name == "kernel" && cursor.eat("-") && cursor.eat_word("function");
    let id: Option<i32> = if cursor.eat("#") { Some(cursor.integer("a number")?) } else { None };
    match id {
        Some(id) if numbered => return Ok(Op::Call(Callee::Kfunc { id, module: 0 }).into()),
        Some(id) if name == "unknown" || crate::isa::helper_name(id) == Some(name) => {
            return Ok(Op::Call(Callee::Helper(id)).into());
        }
        _ => {}
    }
    // A log prints kernel functions as NAME#btf_id; only the name means anything here.
    let usage = if kfunc || id.is_some() { Use::Kfunc } else { Use::Call };
    let symbol = Symbol { name: name.to_owned(), span, usage };
    Ok(Draft { symbol: Some(symbol), ..Op::Call(Callee::Helper(0)).into() })
}

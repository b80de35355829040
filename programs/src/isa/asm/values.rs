//! Right-hand sides: everything that can stand behind `r1 =`, and immediate operands.

use super::AsmError;
use super::cursor::{Cursor, Parsed};
use super::lexer::Kind;
use super::parser::{Draft, Symbol, Use, atomic_place, relative};
use crate::isa::op::{AluOp, AtomicOp, End, Imm64, Op, Reg, Size, Src, Width};
use crate::isa::table::ATOMIC;

/// A register of the width or an immediate. `bits` allows 32-bit numbers that mean a negative immediate by their bit
/// pattern, which is how the kernel prints comparisons.
pub(super) fn operand(cursor: &mut Cursor<'_>, width: Width, bits: bool) -> Parsed<Src> {
    if matches!(cursor.peek(), Some(Kind::Number(_) | Kind::Punct("-" | "+"))) {
        let (value, span) = cursor.number()?;
        let as_bits = u32::try_from(value).ok().filter(|_| bits || width == Width::W32).map(|v| v as i32);
        return i32::try_from(value).ok().or(as_bits).map(Src::Imm).ok_or_else(|| {
            AsmError::new(span, format!("{value:#x} does not fit a sign-extended 32-bit immediate"))
                .expected("a number from -0x80000000 to 0x7fffffff")
                .help(format!("load it into a register first: `r2 = {value:#x} ll`"))
        });
    }
    match cursor.peek() {
        Some(Kind::Word(_)) => cursor.reg(width).map(Src::Reg),
        _ => Err(cursor.error("a register or a number")),
    }
}

/// What follows `dst =`.
pub(super) fn assignment(cursor: &mut Cursor<'_>, width: Width, dst: Reg) -> Parsed<Draft> {
    match cursor.peek() {
        Some(Kind::Number(_)) => constant(cursor, width, dst),
        Some(Kind::Punct("-")) if matches!(cursor.peek_at(1), Some(Kind::Word(_))) => {
            negate(cursor, width, dst)
        }
        Some(Kind::Punct("-" | "+")) => constant(cursor, width, dst),
        Some(Kind::Punct("*")) => load(cursor, width, dst),
        Some(Kind::Punct("(")) => sign_extend(cursor, width, dst),
        Some(Kind::Word(word)) => word_value(cursor, width, dst, word),
        _ => Err(cursor.error("a register, a number, a load or a function")),
    }
}

fn word_value(cursor: &mut Cursor<'_>, width: Width, dst: Reg, word: &str) -> Parsed<Draft> {
    if let Some((kind, bits)) = byte_order(word) {
        return swap(cursor, width, dst, kind, bits);
    }
    match word {
        "map" | "map_value" | "map_idx" | "map_idx_value" | "btf_var" | "func" if width == Width::W64 => {
            symbolic(cursor, dst, word)
        }
        "load_acquire" => load_acquire(cursor, dst),
        "addr_space_cast" => addr_space_cast(cursor, dst),
        _ if word.starts_with("atomic") => atomic(cursor, dst, word),
        _ => {
            let src = Src::Reg(cursor.reg(width)?);
            Ok(Op::Alu { width, op: AluOp::Mov, dst, src }.into())
        }
    }
}

/// A number: a 32-bit move if it fits, else (or with `ll`) a 64-bit immediate load.
fn constant(cursor: &mut Cursor<'_>, width: Width, dst: Reg) -> Parsed<Draft> {
    let start = cursor.span().start;
    let mut ahead = cursor.lookahead();
    let (value, span) = ahead.number()?;
    let long = ahead.eat_word("ll");
    if width == Width::W64 && (long || i32::try_from(value).is_err()) {
        cursor.number()?;
        cursor.eat_word("ll");
        let bits = u64::try_from(value).ok().or_else(|| i64::try_from(value).ok().map(|v| v as u64));
        let bits = bits.ok_or_else(|| {
            AsmError::new(start..span.end, "the number does not fit 64 bits").expected("a number of 64 bits")
        })?;
        return Ok(Op::LoadImm64 { dst, imm: Imm64::Value(bits) }.into());
    }
    let src = operand(cursor, width, false)?;
    Ok(Op::Alu { width, op: AluOp::Mov, dst, src }.into())
}

fn negate(cursor: &mut Cursor<'_>, width: Width, dst: Reg) -> Parsed<Draft> {
    cursor.punct("-")?;
    let span = cursor.span();
    if cursor.reg(width)? != dst {
        return Err(AsmError::new(span, "a register can only be negated in place")
            .expected("the destination register"));
    }
    Ok(Op::Neg { width, dst }.into())
}

fn load(cursor: &mut Cursor<'_>, width: Width, dst: Reg) -> Parsed<Draft> {
    let span = cursor.span();
    cursor.punct("*")?;
    let (size, signed) = cursor.cast()?;
    if cursor.eat_word("skb") {
        return packet_load(cursor, size, dst);
    }
    // clang's assembler writes 32-bit loads as `w1 = *(u32 *)…`; the instruction is the same.
    if width == Width::W32 && (signed || size == Size::Dw) {
        return Err(AsmError::new(span, "this load fills the whole register")
            .expected("a 64-bit destination r0 to r10"));
    }
    let (base, off) = cursor.address()?;
    Ok(Op::Load { size, signed, dst, base, off }.into())
}

fn packet_load(cursor: &mut Cursor<'_>, size: Size, dst: Reg) -> Parsed<Draft> {
    if dst != Reg::R0 {
        return Err(cursor.error("`r0` as the destination of a packet load"));
    }
    cursor.punct("[")?;
    let register = cursor.maybe_reg();
    let imm = match (register, cursor.peek()) {
        (Some(_), Some(Kind::Punct("]"))) => 0,
        // The log writes a negative offset as `r7 + -4`.
        (Some(_), Some(Kind::Punct("+"))) => {
            cursor.skip(1);
            cursor.integer("an offset of 32 bits")?
        }
        _ => cursor.integer("an offset of 32 bits")?,
    };
    cursor.punct("]")?;
    Ok(match register {
        Some((_, src)) => Op::SkbInd { size, src, imm }.into(),
        None => Op::SkbAbs { size, imm }.into(),
    })
}

/// `(s8)r2`.
fn sign_extend(cursor: &mut Cursor<'_>, width: Width, dst: Reg) -> Parsed<Draft> {
    cursor.punct("(")?;
    let span = cursor.span();
    let (size, signed) = cursor.size()?;
    let bits = size.bytes() * 8;
    if !signed || (width == Width::W32 && bits == 32) {
        return Err(
            AsmError::new(span, "not a sign extension this width has").expected("s8, s16 or (64-bit) s32")
        );
    }
    cursor.punct(")")?;
    let src = cursor.reg(width)?;
    Ok(Op::MovSx { width, bits, dst, src }.into())
}

fn byte_order(word: &str) -> Option<(End, u8)> {
    [("bswap", End::Swap), ("be", End::Be), ("le", End::Le)].into_iter().find_map(|(prefix, kind)| {
        let bits = word.strip_prefix(prefix)?;
        Some((kind, bits.parse().ok().filter(|bits| matches!(bits, 16 | 32 | 64))?))
    })
}

fn swap(cursor: &mut Cursor<'_>, width: Width, dst: Reg, kind: End, bits: u8) -> Parsed<Draft> {
    cursor.skip(1);
    let span = cursor.span();
    if cursor.reg(width)? != dst {
        return Err(
            AsmError::new(span, "bytes can only be swapped in place").expected("the destination register")
        );
    }
    Ok(Op::End { kind, bits, dst }.into())
}

fn load_acquire(cursor: &mut Cursor<'_>, dst: Reg) -> Parsed<Draft> {
    cursor.skip(1);
    cursor.punct("(")?;
    let (size, base, off) = cursor.unsigned_place()?;
    cursor.punct(")")?;
    Ok(Op::LoadAcquire { size, dst, base, off }.into())
}

fn addr_space_cast(cursor: &mut Cursor<'_>, dst: Reg) -> Parsed<Draft> {
    cursor.skip(1);
    cursor.punct("(")?;
    let src = cursor.reg(Width::W64)?;
    cursor.punct(",")?;
    let to = cursor.integer("an address space number")?;
    cursor.punct(",")?;
    let from = cursor.integer("an address space number")?;
    cursor.punct(")")?;
    Ok(Op::AddrSpaceCast { dst, src, to, from }.into())
}

/// `atomic64_fetch_add((u64 *)(r1 +0), r2)` and its relatives. The result register is fixed by the instruction.
fn atomic(cursor: &mut Cursor<'_>, dst: Reg, word: &str) -> Parsed<Draft> {
    let function = word.strip_prefix("atomic64_").or_else(|| word.strip_prefix("atomic_"));
    let row = ATOMIC.iter().find(|row| Some(row.3) == function && !row.3.is_empty());
    let (op, ..) = *row.ok_or_else(|| cursor.error("an atomic function such as `atomic64_fetch_add`"))?;
    let name = cursor.span();
    cursor.skip(1);
    cursor.punct("(")?;
    let (size, base, off) = atomic_place(cursor)?;
    if word.starts_with("atomic64_") != (size == Size::Dw) {
        return Err(AsmError::new(name, "the function's width is not the operand's")
            .expected("`atomic64_` with u64 or `atomic_` with u32"));
    }
    cursor.punct(",")?;
    if op == AtomicOp::CmpXchg {
        cursor.keyword("r0")?;
        cursor.punct(",")?;
    }
    let span = cursor.span();
    let src = cursor.maybe_reg().ok_or_else(|| cursor.error("a register"))?.1;
    cursor.punct(")")?;
    let result = if op == AtomicOp::CmpXchg { Reg::R0 } else { src };
    if dst != result {
        return Err(AsmError::new(span, format!("the old value goes to {result}"))
            .expected(format!("`{result} = …`")));
    }
    Ok(Op::Atomic { size, op, base, off, src }.into())
}

/// `map[name]`, `map_value[name] + 8`, `func[name]`; a number in place of a name is written `#3`, a distance `+3`.
fn symbolic(cursor: &mut Cursor<'_>, dst: Reg, word: &str) -> Parsed<Draft> {
    cursor.skip(1);
    cursor.punct("[")?;
    if word == "func" {
        return function_address(cursor, dst);
    }
    let (number, symbol) = if cursor.eat("#") {
        (cursor.integer("a number")?, None)
    } else if matches!(word, "map" | "map_value") {
        let (name, span) = cursor.word("a map's name or `#index`")?;
        (0, Some(Symbol { name: name.to_owned(), span, usage: Use::Map }))
    } else {
        return Err(cursor.error("`#` and a number"));
    };
    cursor.punct("]")?;
    let offset = match cursor.peek() {
        Some(_) if !matches!(word, "map" | "map_idx") => cursor.integer("an offset of 32 bits")?,
        _ => 0,
    };
    let imm = match word {
        "map" => Imm64::Map(number),
        "map_value" => Imm64::MapValue { map: number, offset },
        "map_idx" => Imm64::MapIdx(number),
        "map_idx_value" => Imm64::MapIdxValue { map: number, offset },
        _ => Imm64::BtfVar { id: number, module: offset },
    };
    Ok(Draft { symbol, ..Op::LoadImm64 { dst, imm }.into() })
}

fn function_address(cursor: &mut Cursor<'_>, dst: Reg) -> Parsed<Draft> {
    let imm = |delta| Op::LoadImm64 { dst, imm: Imm64::Func(delta) };
    let draft = match relative(cursor)? {
        Some((delta, _)) => imm(delta).into(),
        None => {
            let (name, span) = cursor.word("a subprogram's name")?;
            Draft { symbol: Some(Symbol { name: name.to_owned(), span, usage: Use::Func }), ..imm(0).into() }
        }
    };
    cursor.punct("]")?;
    Ok(draft)
}

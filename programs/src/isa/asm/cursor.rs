//! Walks the tokens of one line: the small words of the grammar that every statement is made of.

use std::ops::Range;

use super::AsmError;
use super::lexer::{Kind, Token};
use crate::isa::op::{Reg, Size, Width};
use crate::isa::table::SIZE;

pub(super) type Parsed<T> = Result<T, AsmError>;

/// Position in a line.
pub(super) struct Cursor<'a> {
    tokens: &'a [Token],
    next: usize,
    /// Where the line ends, for errors about what is missing.
    end: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(tokens: &'a [Token], end: usize) -> Self {
        Cursor { tokens, next: 0, end }
    }

    /// A second cursor at the same place.
    pub(super) fn lookahead(&self) -> Self {
        Cursor { tokens: self.tokens, next: self.next, end: self.end }
    }

    pub(super) fn peek(&self) -> Option<&'a Kind> {
        self.peek_at(0)
    }

    pub(super) fn peek_at(&self, ahead: usize) -> Option<&'a Kind> {
        self.tokens.get(self.next + ahead).map(|token| &token.kind)
    }

    pub(super) fn skip(&mut self, count: usize) {
        self.next += count;
    }

    /// Span of the next token, or an empty one at the end of the line.
    pub(super) fn span(&self) -> Range<usize> {
        self.tokens.get(self.next).map_or(self.end..self.end, |token| token.span.clone())
    }

    /// From the start of the next token to the end of the line's last.
    pub(super) fn span_to_end(&self) -> Range<usize> {
        self.span().start..self.tokens.last().map_or(self.end, |token| token.span.end)
    }

    /// An error at the next token.
    pub(super) fn error(&self, expected: impl Into<String>) -> AsmError {
        let found = match self.peek() {
            None => "the end of the line".to_owned(),
            Some(Kind::Word(word)) => format!("`{word}`"),
            Some(Kind::Number(number)) => format!("`{number}`"),
            Some(Kind::Punct(punct)) => format!("`{punct}`"),
        };
        let expected = expected.into();
        AsmError::new(self.span(), format!("expected {expected}, found {found}")).expected(expected)
    }

    pub(super) fn done(&self) -> Parsed<()> {
        if self.peek().is_none() { Ok(()) } else { Err(self.error("the end of the line")) }
    }

    pub(super) fn eat(&mut self, punct: &str) -> bool {
        let found = matches!(self.peek(), Some(Kind::Punct(p)) if *p == punct);
        self.next += usize::from(found);
        found
    }

    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some(Kind::Word(w)) if w == word);
        self.next += usize::from(found);
        found
    }

    pub(super) fn punct(&mut self, punct: &str) -> Parsed<()> {
        if self.eat(punct) { Ok(()) } else { Err(self.error(format!("`{punct}`"))) }
    }

    pub(super) fn keyword(&mut self, word: &str) -> Parsed<()> {
        if self.eat_word(word) { Ok(()) } else { Err(self.error(format!("`{word}`"))) }
    }

    /// A name, with its span.
    pub(super) fn word(&mut self, what: &str) -> Parsed<(&'a str, Range<usize>)> {
        let span = self.span();
        match self.peek() {
            Some(Kind::Word(word)) => {
                self.next += 1;
                Ok((word, span))
            }
            _ => Err(self.error(what)),
        }
    }

    /// A number that may carry a sign. Positive numbers use all 64 bits.
    pub(super) fn number(&mut self) -> Parsed<(i128, Range<usize>)> {
        let start = self.span().start;
        let negative = self.eat("-");
        if !negative {
            self.eat("+");
        }
        let span = start..self.span().end;
        match self.peek() {
            Some(Kind::Number(value)) => {
                self.next += 1;
                let value = i128::from(*value);
                Ok((if negative { -value } else { value }, span))
            }
            _ => Err(self.error("a number")),
        }
    }

    /// A number that fits the type.
    pub(super) fn integer<T: TryFrom<i128>>(&mut self, what: &str) -> Parsed<T> {
        let (value, span) = self.number()?;
        T::try_from(value)
            .map_err(|_| AsmError::new(span, format!("{value} does not fit")).expected(what.to_owned()))
    }

    /// A register and its width if the next word is one.
    pub(super) fn maybe_reg(&mut self) -> Option<(Width, Reg)> {
        let Some(Kind::Word(word)) = self.peek() else { return None };
        let found = register(word)?;
        self.next += 1;
        Some(found)
    }

    /// A register of the given width.
    pub(super) fn reg(&mut self, width: Width) -> Parsed<Reg> {
        let span = self.span();
        let name = if width == Width::W64 { "a register r0 to r10" } else { "a 32-bit register w0 to w10" };
        match self.maybe_reg() {
            Some((found, reg)) if found == width => Ok(reg),
            Some(_) => Err(AsmError::new(span, "the operands differ in width").expected(name)),
            None => Err(self.error(name)),
        }
    }

    /// `u8` … `u64`, `s8` … `s32`: the size and whether it is signed.
    pub(super) fn size(&mut self) -> Parsed<(Size, bool)> {
        let found = match self.peek() {
            Some(Kind::Word(word)) => SIZE.iter().find_map(|(size, _, unsigned, signed)| match word {
                w if w == unsigned => Some((*size, false)),
                w if w == signed && *size != Size::Dw => Some((*size, true)),
                _ => None,
            }),
            _ => None,
        };
        let found = found.ok_or_else(|| self.error("an access size: u8, u16, u32, u64, s8, s16 or s32"))?;
        self.next += 1;
        Ok(found)
    }

    /// `(u64 *)`.
    pub(super) fn cast(&mut self) -> Parsed<(Size, bool)> {
        self.punct("(")?;
        let size = self.size()?;
        self.punct("*")?;
        self.punct(")")?;
        Ok(size)
    }

    /// `(r1 +8)`.
    pub(super) fn address(&mut self) -> Parsed<(Reg, i16)> {
        self.punct("(")?;
        let base = self.reg(Width::W64)?;
        let off = match self.peek() {
            Some(Kind::Punct("+" | "-")) => self.integer("an offset from -32768 to 32767")?,
            _ => 0,
        };
        self.punct(")")?;
        Ok((base, off))
    }

    /// `(u64 *)(r1 +8)` of an operation that has no signed form.
    pub(super) fn unsigned_place(&mut self) -> Parsed<(Size, Reg, i16)> {
        let span = self.span();
        let (size, signed) = self.cast()?;
        if signed {
            return Err(AsmError::new(span, "only loads sign-extend").expected("u8, u16, u32 or u64"));
        }
        let (base, off) = self.address()?;
        Ok((size, base, off))
    }
}

fn register(word: &str) -> Option<(Width, Reg)> {
    let (width, number) = match (word.strip_prefix('r'), word.strip_prefix('w')) {
        (Some(number), _) => (Width::W64, number),
        (_, Some(number)) => (Width::W32, number),
        _ => return None,
    };
    let canonical = number == "0" || !number.starts_with('0');
    let number: u8 = number.parse().ok().filter(|n| canonical && *n <= 10)?;
    Some((width, Reg(number)))
}

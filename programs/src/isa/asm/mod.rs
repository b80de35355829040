//! The assembler for the verifier log's syntax, with names.
//!
//! One instruction a line, as `disasm` prints it, and besides: labels (`out:`), functions (`sub1:` that is called, or
//! `func sub1:`), jumps and calls by name, helpers by name (`call bpf_ktime_get_ns`), kernel functions
//! (`call kfunc bpf_rcu_read_lock`), maps (`r1 = map[name]`, `r1 = map_value[name] + 8`), subprogram addresses
//! (`r2 = func[callback]`), 64-bit constants (`r1 = 0x123456789 ll`), comments (`;` or `//`). The `12: (bf)` in front
//! of a log line is skipped. Errors carry byte spans into the text. Files: `lexer`, `cursor`, `parser`, `values`
//! (right-hand sides), `resolve` (names to numbers).

mod cursor;
mod lexer;
mod parser;
mod resolve;
mod values;

use std::ops::Range;

use super::insn::Insn;
use cursor::Cursor;
use resolve::Resolver;

/// An assembled text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assembly {
    pub insns: Vec<Insn>,
    /// For each slot: its instruction's place in the text.
    pub spans: Vec<Range<usize>>,
    /// The functions in order; the first one, at slot 0, is the program.
    pub functions: Vec<Function>,
    /// Names of the kernel functions called; `Callee::Kfunc` has the index.
    pub kfuncs: Vec<String>,
}

/// A function in an assembled text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    pub name: String,
    /// First slot.
    pub start: usize,
    /// Number of slots.
    pub len: usize,
}

/// What is wrong with a text and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: {message}")]
pub struct AsmError {
    /// Bytes of the text.
    pub span: Range<usize>,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    pub message: String,
    /// What would be right at the span.
    pub expected: String,
    pub help: Option<String>,
}

impl AsmError {
    fn new(span: Range<usize>, message: impl Into<String>) -> AsmError {
        AsmError { span, line: 0, column: 0, message: message.into(), expected: String::new(), help: None }
    }

    fn expected(mut self, expected: impl Into<String>) -> AsmError {
        self.expected = expected.into();
        self
    }

    fn help(mut self, help: impl Into<String>) -> AsmError {
        self.help = Some(help.into());
        self
    }

    fn located(mut self, text: &str) -> AsmError {
        let before = &text[..self.span.start];
        self.line = before.matches('\n').count() + 1;
        self.column = before[before.rfind('\n').map_or(0, |at| at + 1)..].chars().count() + 1;
        self
    }
}

/// Assembles a text. `maps` are the names that `map[...]` may use; the instruction gets the index.
///
/// # Errors
/// All errors of the text, at most one a line plus those about names, in the order of the text.
pub fn assemble(text: &str, maps: &[&str]) -> Result<Assembly, Vec<AsmError>> {
    let mut resolver = Resolver::new(maps);
    let mut start = 0;
    let mut empty = true;
    for line in text.split_inclusive('\n') {
        let end = start + line.trim_end().len();
        let parsed = lexer::tokens(line, start).and_then(|tokens| {
            empty &= tokens.is_empty();
            parser::line(&mut Cursor::new(&tokens, end))
        });
        match parsed {
            Ok(statements) => statements.into_iter().for_each(|statement| resolver.add(statement)),
            Err(error) => {
                empty = false;
                resolver.error(error);
            }
        }
        start += line.len();
    }
    if empty {
        resolver.error(AsmError::new(0..0, "the program has no instructions").expected("an instruction"));
    }
    resolver.finish().map_err(|mut errors| {
        errors.sort_by_key(|error| error.span.start);
        errors.into_iter().map(|error| error.located(text)).collect()
    })
}

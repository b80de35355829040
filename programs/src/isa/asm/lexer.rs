//! Characters to tokens, one line at a time. Comments start with `;` (as the verifier log's do) or `//`.

use std::ops::Range;

use super::AsmError;

/// One token and where it is in the whole text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub kind: Kind,
    pub span: Range<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name, register or keyword.
    Word(String),
    /// A number without its sign.
    Number(u64),
    /// An operator or bracket, as spelled.
    Punct(&'static str),
}

/// Longest first, so that the first match is the right one.
const PUNCT: &[&str] = &[
    "s>>=", "<<=", ">>=", "s/=", "s%=", "s>=", "s<=", "==", "!=", "<=", ">=", "+=", "-=", "*=", "/=", "|=",
    "&=", "^=", "%=", "s>", "s<", "=", ">", "<", "&", "+", "-", "*", "(", ")", "[", "]", ",", ":", "#",
];

/// Tokens of one line. `start` is the line's position in the text.
pub(super) fn tokens(line: &str, start: usize) -> Result<Vec<Token>, AsmError> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(c) = line[at..].chars().next() {
        let rest = &line[at..];
        if c == ';' || rest.starts_with("//") {
            break;
        }
        if c.is_whitespace() {
            at += c.len_utf8();
            continue;
        }
        let (kind, len) = token(rest, start + at)?;
        out.push(Token { kind, span: start + at..start + at + len });
        at += len;
    }
    Ok(out)
}

fn token(rest: &str, at: usize) -> Result<(Kind, usize), AsmError> {
    let first = rest.chars().next().expect("not at the end");
    // Before words: `s>` begins like one.
    if let Some(punct) = PUNCT.iter().find(|p| rest.starts_with(**p)) {
        return Ok((Kind::Punct(punct), punct.len()));
    }
    let len = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.')).unwrap_or(rest.len());
    let word = &rest[..len];
    match first {
        '0'..='9' => number(word).map(|value| (Kind::Number(value), len)).ok_or_else(|| {
            AsmError::new(at..at + len, format!("`{word}` is not a number"))
                .expected("a decimal or 0x number of at most 64 bits")
        }),
        _ if len > 0 => Ok((Kind::Word(word.to_owned()), len)),
        _ => {
            let span = at..at + first.len_utf8();
            Err(AsmError::new(span, format!("unexpected character `{first}`"))
                .expected("an instruction or a label"))
        }
    }
}

fn number(word: &str) -> Option<u64> {
    match word.strip_prefix("0x").or_else(|| word.strip_prefix("0X")) {
        Some(hex) => u64::from_str_radix(hex, 16).ok(),
        None => word.parse().ok(),
    }
}

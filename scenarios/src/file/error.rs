//! Turns the TOML reader's errors into diagnostics with a code, a label and a suggestion.

use std::sync::Arc;

use crate::diag::{Diagnostic, Source, catalogue, suggest};

use catalogue::input::{MISSING_KEY, OUT_OF_RANGE, SYNTAX, UNKNOWN_KEY, UNKNOWN_NAME, WRONG_TYPE};

/// How serde and toml begin their sentences, and which code that is.
const KINDS: &[(&str, &str)] = &[
    ("unknown field", UNKNOWN_KEY),
    ("unknown variant", UNKNOWN_NAME),
    ("missing field", MISSING_KEY),
    ("invalid type", WRONG_TYPE),
    ("invalid length", WRONG_TYPE),
    ("invalid value", OUT_OF_RANGE),
    ("wanted exactly 1 element", WRONG_TYPE),
];

/// The diagnostic for an error of the TOML reader.
pub(super) fn from_toml(error: &toml::de::Error, source: &Arc<Source>) -> Diagnostic {
    let text = error.message().trim();
    let (code, sentence) = classify(text);
    let span = error.span().unwrap_or(0..0);
    let words: Vec<&str> = quoted(sentence);
    let (message, label) = match (code, words.first()) {
        (UNKNOWN_KEY, Some(key)) => (format!("unknown key `{key}`"), "not a key of this table".to_owned()),
        (UNKNOWN_NAME, Some(name)) if sentence.starts_with("unknown variant") => {
            (format!("`{name}` is not possible here"), "not one of the choices".to_owned())
        }
        (MISSING_KEY, Some(key)) => (format!("the key `{key}` is missing"), "in this table".to_owned()),
        (WRONG_TYPE, _) => wrong_type(sentence),
        (SYNTAX, _) => (format!("not TOML: {}", first_line(sentence)), rest_lines(sentence)),
        _ => (first_line(sentence).to_owned(), "here".to_owned()),
    };
    let diagnostic = Diagnostic::error(code, message).in_source(source).label(&span, label);
    diagnostic.maybe_help(match (code, words.split_first()) {
        (UNKNOWN_KEY | UNKNOWN_NAME, Some((word, known))) => known_words(word, known),
        _ => None,
    })
}

fn classify(text: &str) -> (&'static str, &str) {
    if let Some(code) = text.get(..5).and_then(catalogue::intern)
        && let Some(sentence) = text[5..].strip_prefix(": ")
    {
        return (code, sentence);
    }
    KINDS.iter().find(|(start, _)| text.starts_with(start)).map_or((SYNTAX, text), |(_, code)| (code, text))
}

/// How serde names what it wanted, and how users do.
const WANTED: &[(&str, &str)] = &[
    ("a string", "text in quotes"),
    ("a boolean", "`true` or `false`"),
    ("a sequence", "a list"),
    ("a map", "a table"),
    ("variant of enum Step", "a step such as { sleep = \"1ms\" }"),
    ("struct ", "a table"),
    ("enum ", "one of its names"),
    ("u32", "a whole number from 0"),
    ("u64", "a whole number from 0"),
    ("i64", "a whole number"),
];

/// `invalid type: FOUND, expected WANTED`, in the user's words; the label says what stands there.
fn wrong_type(sentence: &str) -> (String, String) {
    let Some((found, wanted)) =
        sentence.strip_prefix("invalid type: ").and_then(|s| s.split_once(", expected "))
    else {
        return (first_line(sentence).to_owned(), "here".to_owned());
    };
    let wanted =
        WANTED.iter().find(|(serde, _)| wanted.starts_with(serde)).map_or(wanted, |(_, words)| words);
    let found = found.replace("string ", "the text ").replace("sequence", "a list").replace("map", "a table");
    (format!("expected {wanted}"), format!("this is {found}"))
}

/// The words in backticks.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// A suggestion when one is close, else the list (the reader asked for one of few choices).
fn known_words(word: &str, known: &[&str]) -> Option<String> {
    if let Some(meant) = suggest::closest(word, known.iter().copied()) {
        return Some(format!("did you mean `{meant}`?"));
    }
    let list: Vec<String> = known.iter().map(|word| format!("`{word}`")).collect();
    (!list.is_empty()).then(|| format!("possible here: {}", list.join(", ")))
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or(text)
}

fn rest_lines(text: &str) -> String {
    let rest: Vec<&str> = text.lines().skip(1).collect();
    if rest.is_empty() { "here".to_owned() } else { rest.join("; ") }
}

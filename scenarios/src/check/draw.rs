//! A refusal in rustc's look: the lines of C with what happened there, the kernel's words, what to do, and who agrees.
//!
//! Key function: [`refusal`]. The lines come from the object's BTF (`Canvas`); an object without line information shows instructions.

use std::collections::BTreeMap;

use annotate_snippets::{AnnotationKind, Group as Block, Level, Origin, Snippet};
use programs::object::ProgramSpec;

use super::compare::{Group, names, verdicts};
use super::label::label;
use super::trail::{Step, StepKind};
use super::{Instruction, Place, Refusal, Row, errno_name};
use crate::diag::catalogue::rules;
use crate::diag::render::Style;

/// Steps that are shown; a note says how many branches are left out, and how many of these the JSON form has.
const MAX_STEPS: usize = 8;

/// The text of one refusal; `rows` are all of the program.
pub fn refusal(object: &str, program: &ProgramSpec, rows: &[Row], group: &Group<'_>, style: Style) -> String {
    let lead = group.lead();
    let title = rules::rule(lead.code).map_or("refused", |rule| rule.entry.title);
    let title = format!("`{}`: {title}", program.name);
    let mut block = Block::with_title(Level::ERROR.primary_title(title).id(lead.code));
    let canvases = canvases(object, program, lead);
    if canvases.is_empty() {
        block = block.element(Origin::path(format!("{object}, section `{}`", program.section)));
    }
    for canvas in &canvases {
        block = block.element(canvas.snippet());
    }
    let wrap = |text: String| wrapped(&text, style.width);
    if program.lines.is_empty() {
        let text = "there are no lines of C in the object: `clang -g` puts them there";
        block = block.element(Level::NOTE.message(wrap(text.to_owned())));
    }
    if let Some(text) = left_out(lead) {
        block = block.element(Level::NOTE.message(wrap(text)));
    }
    if let Some(insn) = &lead.insn {
        let text = format!("at instruction {}: {}", insn.index, insn.text);
        block = block.element(Level::NOTE.message(wrap(text)));
    }
    if let Some(known) = &lead.known {
        block = block.element(Level::NOTE.message(format!("known there: {known}")));
    }
    for (kernels, refusal) in group.words() {
        let whose = group.whose(&kernels, refusal);
        let number = errno_name(refusal.errno);
        // A loader's own messages end with it.
        let said = match refusal.message.ends_with(&*number) {
            true => format!("{whose}: {}", refusal.message),
            false => format!("{whose}: {} ({number})", refusal.message),
        };
        block = block.element(Level::NOTE.with_name("kernel").message(said));
    }
    for (kernels, help) in group.help() {
        let whose = if kernels.is_empty() { String::new() } else { format!("{}: ", names(&kernels)) };
        block = block.element(Level::HELP.message(wrap(format!("{whose}{help}"))));
    }
    if rows.len() > 1 {
        block = block.element(Level::NOTE.message(wrap(verdicts(rows))));
    }
    format!("{}\n\n", style.renderer().render(&[block]))
}

/// What stands before a line of words: `     = help: `.
const BEFORE_WORDS: usize = 16;

/// Words in lines that fit a terminal; the kernels' own words are left whole, so that they can be copied.
fn wrapped(text: &str, width: Option<usize>) -> String {
    let Some(width) = width.map(|width| width.saturating_sub(BEFORE_WORDS).max(40)) else {
        return text.to_owned();
    };
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("never empty");
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(word.to_owned());
        } else {
            *line += if line.is_empty() { "" } else { " " };
            *line += word;
        }
    }
    lines.join("\n")
}

/// A label to be drawn.
struct Mark {
    line: usize,
    /// From 1; 0: the whole line.
    column: usize,
    text: String,
    primary: bool,
}

/// Lines of one file that are known, and the labels on them.
struct Canvas {
    path: String,
    first: usize,
    text: String,
    /// Byte ranges in `text`.
    labels: Vec<(std::ops::Range<usize>, String, bool)>,
}

impl Canvas {
    fn new(path: String, known: &BTreeMap<usize, String>, marks: &[Mark]) -> Canvas {
        let lines = marks.iter().map(|mark| mark.line);
        let (first, last) = (lines.clone().min().unwrap_or(0), lines.max().unwrap_or(0));
        let mut text = String::new();
        let mut labels = Vec::new();
        for number in first..=last {
            let line = known.get(&number).map_or("...", |line| line.trim_end());
            for mark in marks.iter().filter(|mark| mark.line == number) {
                let span = span(line, mark.column);
                labels.push((
                    text.len() + span.start..text.len() + span.end,
                    mark.text.clone(),
                    mark.primary,
                ));
            }
            text.push_str(line);
            text.push('\n');
        }
        Canvas { path, first, text, labels }
    }

    fn snippet(&self) -> Snippet<'_, annotate_snippets::Annotation<'_>> {
        let annotations = self.labels.iter().map(|(span, text, primary)| {
            let kind = if *primary { AnnotationKind::Primary } else { AnnotationKind::Context };
            kind.span(span.clone()).label(text.as_str())
        });
        Snippet::source(self.text.as_str())
            .path(self.path.as_str())
            .line_start(self.first)
            .annotations(annotations)
    }
}

/// Longest line of C that is underlined as a whole.
const WHOLE_LINE: usize = 48;

/// The word at a column; without one the whole line but its indentation, of a long line the first word.
fn span(line: &str, column: usize) -> std::ops::Range<usize> {
    let indent = line.len() - line.trim_start().len();
    let at = column.checked_sub(1).and_then(|at| line.char_indices().nth(at)).map(|(at, _)| at);
    let at = match at.filter(|at| *at >= indent) {
        Some(at) => at,
        None if line.len() - indent <= WHOLE_LINE => return indent..line.len(),
        None => indent,
    };
    let word = line[at..].find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(line.len() - at);
    let one = line[at..].chars().next().map_or(0, char::len_utf8);
    at..at + word.max(one)
}

/// One canvas per file, that of the refused line first.
fn canvases(object: &str, program: &ProgramSpec, refusal: &Refusal) -> Vec<Canvas> {
    let label = label(refusal.code, &refusal.message);
    let mut files: Vec<(String, Vec<Mark>)> = Vec::new();
    let mut add = |file: &str, mark: Mark| match files.iter_mut().find(|(known, _)| known == file) {
        Some((_, marks)) => marks.push(mark),
        None => files.push((file.to_owned(), vec![mark])),
    };
    let with_lines = refusal.place.is_some();
    let listing = format!("{object}, instructions of `{}`", program.name);
    match (&refusal.place, &refusal.insn) {
        (Some(place), _) => {
            // A program that is refused as a whole has no column of its own.
            let (column, text) = match refusal.insn {
                Some(_) => (place.column as usize, label.to_owned()),
                None if Place::of(program, 0).as_ref() != Some(place) => {
                    (0, format!("this function: {label}"))
                }
                None => (0, format!("this program, `SEC(\"{}\")`: {label}", program.section)),
            };
            add(&place.file, Mark { line: place.line as usize, column, text, primary: true });
        }
        (None, Some(insn)) => {
            add(&listing, Mark { line: insn.index, column: 0, text: label.to_owned(), primary: true })
        }
        (None, None) => return Vec::new(),
    }
    for (number, step) in shown(refusal).into_iter().enumerate() {
        let text = step_text(number + 1, step);
        match &step.insn.place {
            Some(place) if with_lines => {
                add(
                    &place.file,
                    Mark { line: place.line as usize, column: place.column as usize, text, primary: false },
                );
            }
            None if !with_lines => {
                add(&listing, Mark { line: step.insn.index, column: 0, text, primary: false })
            }
            _ => {}
        }
    }
    let instructions = || refusal.insn.iter().chain(refusal.steps.iter().map(|step| &step.insn));
    let known = |file: &str| if with_lines { lines_of(program, file) } else { numbered(instructions()) };
    files.iter().map(|(file, marks)| Canvas::new(file.clone(), &known(file), marks)).collect()
}

/// The last steps, values and what is held before branches.
fn shown(refusal: &Refusal) -> Vec<&Step> {
    let mut left =
        MAX_STEPS.saturating_sub(refusal.steps.iter().filter(|step| step.kind != StepKind::Branch).count());
    let mut steps: Vec<&Step> = Vec::new();
    for step in refusal.steps.iter().rev() {
        if step.kind == StepKind::Branch {
            if left == 0 {
                continue;
            }
            left -= 1;
        }
        steps.push(step);
    }
    steps.reverse();
    steps
}

/// How many branches are not shown, and where they belong.
fn left_out(refusal: &Refusal) -> Option<String> {
    let shown = shown(refusal);
    let hidden = refusal.steps.len() - shown.len();
    let all = hidden + refusal.left_out;
    let (branches, are) = if all == 1 { ("branch", "is") } else { ("branches", "are") };
    let place = match shown.iter().position(|step| step.kind == StepKind::Branch) {
        Some(first) => format!(" before step {}", first + 1),
        None => String::new(),
    };
    let json = match hidden {
        hidden if hidden == all => "; `--format json` has all".to_owned(),
        hidden => format!("; `--format json` has {hidden} more"),
    };
    (all > 0).then(|| format!("{all} {branches}{place} {are} left out{json}"))
}

fn step_text(number: usize, step: &Step) -> String {
    match step.times {
        1 => format!("{number}. {}", step.text),
        times => format!("{number}. {} ({times} times)", step.text),
    }
}

/// Every line of the file that the object's BTF carries.
fn lines_of(program: &ProgramSpec, file: &str) -> BTreeMap<usize, String> {
    let lines = program.lines.iter().filter(|line| &*line.file == file);
    lines.map(|line| (line.line as usize, line.text.to_string())).collect()
}

fn numbered<'a>(instructions: impl Iterator<Item = &'a Instruction>) -> BTreeMap<usize, String> {
    instructions.map(|insn| (insn.index, insn.text.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_words_fit_a_terminal() {
        let text = "one two three four five six seven eight nine ten eleven twelve";
        assert_eq!(wrapped(text, None), text);
        let lines = wrapped(text, Some(60));
        assert!(lines.lines().count() == 2 && lines.lines().all(|line| line.len() <= 44), "{lines}");
        assert_eq!(lines.replace('\n', " "), text);
    }

    #[test]
    fn words_are_underlined() {
        assert_eq!(span("\tvalue = *p;", 2), 1..6);
        assert_eq!(span("\tvalue = *p;", 10), 9..10);
        assert_eq!(span("  x;", 0), 2..4);
        assert_eq!(span("  x;", 99), 2..4);
        let long = format!("  SEC(\"tc\") {}", "x".repeat(WHOLE_LINE));
        assert_eq!(span(&long, 0), 2..5);
        assert_eq!(span("ä = b;", 5), 5..6);
    }
}

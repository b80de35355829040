//! `sleepable explain`: what a code means.

use super::Exit;
use super::console::Console;
use crate::check::compare;
use crate::check::errno_name;
use crate::diag::catalogue::input::NO_CODE;
use crate::diag::catalogue::lesson::{self, Recorded};
use crate::diag::catalogue::{self, Entry};
use crate::diag::{Diagnostic, suggest};
use crate::file::Kernel;

/// Columns that explanations are wrapped to.
const WIDTH: usize = 96;

pub(super) fn run(code: Option<&str>, console: &mut Console) -> Exit {
    let Some(code) = code else {
        for entry in catalogue::all() {
            console.line(&format!("{}  {}", entry.code, entry.title));
        }
        return Exit::Success;
    };
    match catalogue::find(code) {
        Some(entry) => {
            console.out(&page(entry));
            Exit::Success
        }
        None => {
            let near = suggest::closest(&full_length(code), catalogue::all().map(|entry| entry.code));
            let diagnostic = Diagnostic::error(NO_CODE, format!("there is no code `{code}`"))
                .maybe_help(near.map(|near| format!("did you mean `{near}`?")))
                .help("`sleepable explain` without a code lists all of them");
            console.diagnostic(&diagnostic);
            Exit::BadInput
        }
    }
}

/// `V0006` for `v6`: people leave zeros out.
fn full_length(code: &str) -> String {
    let digits = code.trim_start_matches(|c: char| !c.is_ascii_digit());
    match (digits.parse::<u16>(), code.chars().next()) {
        (Ok(number), Some(letter)) if code.len() == digits.len() + 1 => format!("{letter}{number:04}"),
        _ => code.to_owned(),
    }
}

fn page(entry: &Entry) -> String {
    let paragraphs: Vec<String> = entry.text.lines().map(|line| wrap(line, "")).collect();
    let mut page = format!("{}: {}\n\n{}\n", entry.code, entry.title, paragraphs.join("\n"));
    if !entry.example.is_empty() {
        page += "\nExample:\n\n";
        page += &indented(entry.example);
    }
    if let Some(lesson) = lesson::lesson(entry.code) {
        page += "\nA program that breaks the rule and one that keeps it:\n\n";
        page += &indented(&lesson.source.replace('\t', "    "));
        page += &format!("\nWhat kernels say:\n\n{}", verdicts(&lesson.verdicts));
    }
    page
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", format!("    {line}").trim_end())).collect()
}

/// One line per program and answer, with the kernels that give it.
fn verdicts(recorded: &[Recorded]) -> String {
    let mut answers: Vec<(String, String, Vec<Kernel>)> = Vec::new();
    for row in recorded {
        let answer = match row.errno {
            Some(errno) => format!("{} ({})", row.message, errno_name(errno)),
            None => "loads".to_owned(),
        };
        let program = match row.circumstance {
            Some(circumstance) => format!("{} {circumstance}", row.program),
            None => row.program.to_owned(),
        };
        match answers.iter_mut().find(|(known, said, _)| *known == program && *said == answer) {
            Some((.., kernels)) => kernels.push(row.kernel),
            None => answers.push((program, answer, vec![row.kernel])),
        }
    }
    let line = |(program, answer, kernels): &(String, String, Vec<Kernel>)| {
        let text = format!("{program}, {}: {answer}", compare::names(kernels));
        format!("    {}\n", wrap(&text, "        "))
    };
    answers.iter().map(line).collect()
}

/// Lines of at most [`WIDTH`] columns; `indent` goes before each but the first.
fn wrap(paragraph: &str, indent: &str) -> String {
    let mut lines = vec![String::new()];
    for word in paragraph.split_whitespace() {
        let line = lines.last_mut().expect("never empty");
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(format!("{indent}{word}"));
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.join("\n")
}

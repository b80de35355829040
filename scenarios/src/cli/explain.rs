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

/// Columns that explanations are wrapped to where no terminal has another width.
const WIDTH: usize = 80;
/// Lines that are longer than this are hard to read, also on a wide terminal.
const WIDEST: usize = 100;

pub(super) fn run(code: Option<&str>, console: &mut Console) -> Exit {
    let Some(code) = code else {
        for entry in catalogue::all() {
            console.line(&format!("{}  {}", entry.code, entry.title));
        }
        return Exit::Success;
    };
    match catalogue::find(code) {
        Some(entry) => {
            let width = console.style().width.map_or(WIDTH, |width| width.min(WIDEST));
            console.out(&page(entry, width));
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

fn page(entry: &Entry, width: usize) -> String {
    let paragraphs: Vec<String> = entry.text.lines().map(|line| wrap(line, "", width)).collect();
    let mut page = format!("{}: {}\n\n{}\n", entry.code, entry.title, paragraphs.join("\n"));
    if !entry.example.is_empty() {
        page += "\nExample:\n\n";
        page += &indented(entry.example);
    }
    if let Some(lesson) = lesson::lesson(entry.code) {
        page += "\nA program that breaks the rule and one that keeps it:\n\n";
        page += &indented(&lesson.source.replace('\t', "    "));
        page += &format!("\nWhat kernels say:\n\n{}", verdicts(&lesson.verdicts, width));
    }
    page
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", format!("    {line}").trim_end())).collect()
}

/// One line per program and answer, with the kernels that give it.
fn verdicts(recorded: &[Recorded], width: usize) -> String {
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
        format!("{}\n", wrap(&format!("    {text}"), "        ", width))
    };
    answers.iter().map(line).collect()
}

/// Lines of at most `width` columns where words allow it; the first keeps its indentation, `indent` goes before the others.
fn wrap(paragraph: &str, indent: &str, width: usize) -> String {
    let text = paragraph.trim_start();
    let mut lines = vec![paragraph[..paragraph.len() - text.len()].to_owned()];
    let mut empty = true;
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("never empty");
        if !empty && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(format!("{indent}{word}"));
        } else {
            if !empty {
                line.push(' ');
            }
            line.push_str(word);
        }
        empty = false;
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_keep_to_the_width() {
        for (entry, width) in catalogue::all().flat_map(|entry| [(entry, 60), (entry, 80)]) {
            let example = |line: &str| line.starts_with("    ");
            let page = page(entry, width);
            let long = page.lines().skip(1).find(|line| !example(line) && line.chars().count() > width);
            assert!(long.is_none(), "{} at {width}: {}", entry.code, long.unwrap_or_default());
        }
    }
}

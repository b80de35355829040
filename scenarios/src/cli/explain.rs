//! `sleepable explain`: what a code means.

use super::Exit;
use super::console::Console;
use crate::diag::catalogue::input::NO_CODE;
use crate::diag::catalogue::{self, Entry};
use crate::diag::{Diagnostic, suggest};

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
            let near = suggest::closest(code, catalogue::all().map(|entry| entry.code));
            let diagnostic = Diagnostic::error(NO_CODE, format!("there is no code `{code}`"))
                .maybe_help(near.map(|near| format!("did you mean `{near}`?")))
                .help("`sleepable explain` without a code lists all of them");
            console.diagnostic(&diagnostic);
            Exit::BadInput
        }
    }
}

fn page(entry: &Entry) -> String {
    let paragraphs: Vec<String> = entry.text.lines().map(wrap).collect();
    let mut page = format!("{}: {}\n\n{}\n", entry.code, entry.title, paragraphs.join("\n"));
    if !entry.example.is_empty() {
        page += "\nExample:\n\n";
        page.extend(entry.example.lines().map(|line| format!("{}\n", format!("    {line}").trim_end())));
    }
    page
}

fn wrap(paragraph: &str) -> String {
    let mut lines = vec![String::new()];
    for word in paragraph.split_whitespace() {
        let line = lines.last_mut().expect("never empty");
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(word.to_owned());
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.join("\n")
}

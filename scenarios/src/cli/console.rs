//! stdout for results, stderr for everything else; colours; a progress bar on a terminal.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::ColorChoice;
use crate::diag::Diagnostic;
use crate::diag::render::{Style, render};

/// The two streams.
pub(super) struct Console {
    out_style: Style,
    err_style: Style,
    /// Nobody reads stdout any more (`| head`): stay quiet, keep the exit code right.
    closed: bool,
    /// Results were lost for another reason than a reader that went away.
    lost: bool,
    progress: Option<ProgressBar>,
}

impl Console {
    pub(super) fn new(choice: ColorChoice) -> Console {
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let style = |terminal: bool| Style {
            color: match choice {
                ColorChoice::Auto => terminal && !no_color,
                ColorChoice::Always => true,
                ColorChoice::Never => false,
            },
            width: terminal.then(columns).flatten(),
        };
        Console {
            out_style: style(io::stdout().is_terminal()),
            err_style: style(io::stderr().is_terminal()),
            closed: false,
            lost: false,
            progress: None,
        }
    }

    /// How results are drawn.
    pub(super) fn style(&self) -> Style {
        self.out_style
    }

    /// Whether stdout still has a reader.
    pub(super) fn lost_output(&self) -> bool {
        self.lost
    }

    /// Nobody reads stdout any more.
    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    /// Writes a result.
    pub(super) fn out(&mut self, text: &str) {
        if self.closed {
            return;
        }
        let write = || {
            let mut stdout = io::stdout().lock();
            stdout.write_all(text.as_bytes())?;
            stdout.flush()
        };
        let outcome = match &self.progress {
            Some(bar) => bar.suspend(write),
            None => write(),
        };
        if let Err(error) = outcome {
            self.closed = true;
            if error.kind() != io::ErrorKind::BrokenPipe {
                self.lost = true;
                self.err(&format!("error: cannot write to stdout: {error}\n"));
            }
        }
    }

    /// Writes a result line.
    pub(super) fn line(&mut self, text: &str) {
        self.out(&format!("{text}\n"));
    }

    /// Writes to stderr; there is nobody to tell when that fails.
    pub(super) fn err(&self, text: &str) {
        let write = || io::stderr().lock().write_all(text.as_bytes());
        let _ = match &self.progress {
            Some(bar) => bar.suspend(write),
            None => write(),
        };
    }

    /// A diagnostic about the input.
    pub(super) fn diagnostic(&self, diagnostic: &Diagnostic) {
        self.err(&render(diagnostic, self.err_style));
    }

    /// A diagnostic that is a result: a failed expectation, a finding.
    pub(super) fn difference(&mut self, diagnostic: &Diagnostic) {
        let text = render(diagnostic, self.out_style);
        self.out(&text);
    }

    /// A word in a colour: 31 red, 32 green, 33 yellow (ANSI SGR).
    pub(super) fn paint(&self, sgr: u8, text: &str) -> String {
        if self.out_style.color { format!("\x1b[1;{sgr}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// Begins a progress bar, when stderr is a terminal and there is more than a moment's work.
    pub(super) fn begin_progress(&mut self, total: usize) {
        if total < 4 || !io::stderr().is_terminal() {
            return;
        }
        let bar = ProgressBar::with_draw_target(Some(total as u64), ProgressDrawTarget::stderr());
        let template = "{spinner} {pos}/{len} [{bar:30}] {msg}";
        bar.set_style(
            ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        bar.enable_steady_tick(Duration::from_millis(200));
        self.progress = Some(bar);
    }

    /// What is being worked on now.
    pub(super) fn advance(&self, what: &str) {
        if let Some(bar) = &self.progress {
            bar.set_message(what.to_owned());
            bar.inc(1);
        }
    }

    /// Removes the bar.
    pub(super) fn end_progress(&mut self) {
        if let Some(bar) = self.progress.take() {
            bar.finish_and_clear();
        }
    }
}

/// Columns of the terminal.
fn columns() -> Option<usize> {
    let (_, columns) = console::Term::stdout().size_checked()?;
    Some(usize::from(columns)).filter(|columns| *columns >= 20)
}
